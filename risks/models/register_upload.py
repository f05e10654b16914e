"""Files of the register that somebody has brought and not confirmed yet."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class RegisterUpload(models.Model):
    """What a file says, until its author has seen what it comes to and confirmed it. The file itself is not kept."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, help_text="What whoever brought it called the file.")
    lines: models.JSONField[object, object] = models.JSONField(help_text="What its lines say.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
