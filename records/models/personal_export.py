from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class PersonalExportQuerySet(models.QuerySet["PersonalExport"]):
    def ready(self) -> PersonalExportQuerySet:
        return self.filter(made_at__isnull=False)


class PersonalExport(models.Model):
    """All that is held about a person, as a file for them or for whoever answers their request.

    The bytes lie in the row, not among the stored files: those are kept for good, this is deleted after some days.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField()
    complete = models.BooleanField(help_text="Or only what an administrator may read of it.")
    made_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(null=True, blank=True)

    objects = PersonalExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at=None, content=None, sha256="")
                | (Q(made_at__isnull=False, content__isnull=False) & Q(sha256__regex=r"^[0-9a-f]{64}$")),
                name="personal_export_made_with_its_content",
            ),
        ]
        indexes = [models.Index(fields=["person", "requested_by", "-id"], name="personal_exports_by_person")]

    def __str__(self) -> str:
        return f"personal data export {self.pk}"

    @property
    def job_key(self) -> str:
        """The key of the job that makes it."""
        return f"personal-export:{self.pk}"
