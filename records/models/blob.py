from __future__ import annotations

from pathlib import Path

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class Verdict(models.TextChoices):
    """What the antivirus daemon says of a blob. Only what waits or is infected is withheld."""

    NOT_SCANNED = "not-scanned", "Not scanned: no antivirus is set up"
    WAITING = "waiting", "Waiting to be scanned"
    CLEAN = "clean", "Nothing found"
    INFECTED = "infected", "Infected"


class Blob(models.Model):
    """Bytes that never change, named by their SHA-256. Who may see them is decided by the row that links here."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, choices=Verdict.choices, default=Verdict.NOT_SCANNED)
    scanned_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its bytes were taken away for good, because the law asked for it."
    )
    finding = models.CharField(max_length=200, blank=True, help_text="What the antivirus daemon calls it.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_named_by_its_sha256"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(verdict=Verdict.WAITING), name="blobs_waiting_to_be_scanned"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="blobs_never_change",
                operation=pgtrigger.UpdateOf("sha256", "size", "media_type", "stored_at") | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> Path:
        """Where the bytes lie: outside the web root, under a name of our own."""
        return Path(settings.FILES_DIR) / self.sha256[:2] / self.sha256

    @property
    def may_be_handed_out(self) -> bool:
        """Whether nothing speaks against handing the bytes out, as far as the scan goes. Permission is the link's."""
        return self.removed_at is None and self.verdict in (Verdict.NOT_SCANNED, Verdict.CLEAN)
