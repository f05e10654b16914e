"""The files that counts and headcounts come from. What one says counts nowhere until somebody has confirmed it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class UploadKind(models.TextChoices):
    """What the lines of a file are."""

    COUNTS = "counts", "Monthly counts"
    INCIDENTS = "incidents", "One line for each incident"
    HEADCOUNT = "headcount", "Monthly headcount"


class UploadState(models.TextChoices):
    """Waiting: read, and counted nowhere. Applied: its months count. Undone: they did, and do no more."""

    WAITING = "waiting", "Waiting for confirmation"
    APPLIED = "applied", "Imported"
    UNDONE = "undone", "Undone"


class ColumnMapping(models.Model):
    """How the columns of a force's file of incidents are read, as an operator has written it (injuries/mapping.py)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True)
    text = models.TextField(help_text="The TOML file as it was loaded.")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """A file of injury figures: what it brought, who brought it, and what became of it. The file itself is not kept."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=UploadKind.choices)
    mapping = models.ForeignKey(
        ColumnMapping,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="By which the columns of a file of incidents were read.",
    )
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.WAITING)
    name = models.CharField(max_length=200, help_text="What whoever brought it called the file.")
    sha256 = models.CharField(max_length=64, help_text="Of the file's bytes, to tell whether it was brought before.")
    lines = models.PositiveIntegerField(help_text="How many lines of the file said something.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by=None, state=UploadState.WAITING)
                | (Q(applied_at__isnull=False, applied_by__isnull=False) & ~Q(state=UploadState.WAITING)),
                name="upload_applied_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(undone_at=None, undone_by=None, undone_because="") & ~Q(state=UploadState.UNDONE))
                | (
                    Q(undone_at__isnull=False, undone_by__isnull=False, state=UploadState.UNDONE)
                    & ~Q(undone_because="")
                ),
                name="upload_undone_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind=UploadKind.INCIDENTS, mapping__isnull=False)
                | (~Q(kind=UploadKind.INCIDENTS) & Q(mapping=None)),
                name="incidents_are_read_by_a_mapping",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="upload_digest_is_a_sha256"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: what its author called the file may name people."""
        return f"file of injury figures {self.pk}"
