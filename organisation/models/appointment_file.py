from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models


class AppointmentFile(models.Model):
    """What a file of appointments asks for, between its preview and the moment its author applies it.

    The lines are kept, not the file: what was previewed is what is applied. They name people, so they go as soon as
    they are applied, and where that never happens when the next file comes.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="What its author called the file.")
    uploaded_at = models.DateTimeField()
    lines: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="As appointment_files.py read them.")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(applied_at=None) | models.Q(lines=[]), name="applied_files_name_nobody"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: what its author called it may name people."""
        return f"file of appointments {self.pk}"
