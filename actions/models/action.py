from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models import Unit


class ActionStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Action(models.Model):
    """Something a unit has set out to do. It does not know who raised it: the raising room holds the join row."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class Task(models.Model):
    """A step of an action: who leads it and by when. Lead and words stand as they were written."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    lead = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="one_task_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tasks_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.action}, task {self.number}"
