from __future__ import annotations

from django.db import models

from assurance.models.statement import Revision
from records.models import Blob


class StatementDocument(models.Model):
    """The PDF of a signed revision, as it was printed once and is handed out ever after."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="document")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Document of {self.revision}"
