from __future__ import annotations

from django.conf import settings
from django.db import models


class HeavyWork(models.TextChoices):
    """What is counted, in the words of “… in an hour”. How many are allowed stands in settings.ALLOWANCES."""

    UPLOADS = "uploads", "files sent"
    MEGABYTES = "megabytes", "megabytes sent"
    EXPORTS = "exports", "lists and workbooks taken away"
    DOCUMENTS = "documents", "documents asked for"
    CHECKS = "checks", "documents verified"


class Allowance(models.Model):
    """How much of something costly a person has had in one hour of the clock."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="A HeavyWork.")
    hour = models.DateTimeField(help_text="When the hour begins.")
    spent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "kind", "hour", name="one_allowance_per_hour"),
        ]
        indexes = [models.Index(fields=["hour"], name="allowance_by_hour")]

    def __str__(self) -> str:
        return f"{self.spent} {HeavyWork(self.kind).label} since {self.hour:%H:%M}"
