from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from assurance.models.statement import Revision


class WorkbookUpload(models.Model):
    """What a filled-in workbook asks for, between its preview and the moment its author applies it.

    The answers are kept, not the file: what was previewed is what is applied. One that is never applied is forgotten
    when the person uploads another; an applied one stays, with what was decided where two people differed.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="What its author called the file.")
    uploaded_at = models.DateTimeField()
    answers: models.JSONField[Any, Any] = models.JSONField(help_text="As workbooks.py read them; read whole.")
    decisions: models.JSONField[Any, Any] = models.JSONField(
        default=dict, help_text="Whose answer was kept where somebody else had changed it too."
    )
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["revision", "by"], condition=models.Q(applied_at=None), name="workbooks_not_applied"),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.revision}"
