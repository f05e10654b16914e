"""The Board's meetings: what each is to deal with is in the room's other tables, which point here."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class BoardMeeting(models.Model):
    """A meeting of the Health, Safety and Wellbeing Board."""

    held_on = models.DateField(unique=True)
    name = models.CharField(max_length=100, help_text="Such as “August 2019 Board”.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="a_meeting_has_a_name")]

    def __str__(self) -> str:
        return self.name
