from __future__ import annotations

from django.db import models

from assurance.models.statement import Revision, Statement
from records.models import Blob


class StatementDocument(models.Model):
    """The PDF of a signed revision, as it was printed once and is handed out ever after."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="document")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Document of {self.revision}"


class BlankForm(models.Model):
    """The PDF of a statement with nothing in it, to be filled in by hand: of its unit, quarter and edition."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="blank_form")
    unit_name = models.CharField(max_length=200, help_text="As it is printed: under another name it is printed anew.")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Blank form of {self.statement}"
