"""Agenda packs of the Board's meetings: what was frozen of one, its version, and its document."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.permissions import Person
from records.models import Blob
from risks.models import BoardMeeting
from risks.permissions import can_read_meetings


class BoardPackQuerySet(models.QuerySet["BoardPack"]):
    def visible_to(self, user: Person) -> BoardPackQuerySet:
        """Packs that `can_read_packs` grants, as a filter."""
        return self if can_read_meetings(user) else self.none()

    def for_lists(self) -> BoardPackQuerySet:
        """Leave out the frozen content, which is large."""
        return self.defer("content").select_related("meeting", "made_by", "pdf")


# Once its document has been printed, nothing of a pack changes.
FROZEN_COLUMNS = ("meeting_id", "number", "content", "content_digest", "made_at", "made_by_id")


class BoardPack(models.Model):
    """A version of a meeting's agenda pack: all that it says, frozen with a digest when it was asked for."""

    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="packs")
    number = models.PositiveSmallIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(help_text="What it says, word for word; read whole.")
    content_digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical content.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = BoardPackQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_pack_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="packs_count_from_one"),
            models.CheckConstraint(condition=Q(content_digest__regex=r"^[0-9a-f]{64}$"), name="pack_with_a_digest"),
        ]
        indexes = [models.Index(fields=["content_digest"], name="pack_by_digest")]
        triggers = [
            pgtrigger.Protect(
                name="packs_stay",
                operation=pgtrigger.UpdateOf(*FROZEN_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="documents_of_packs_stay",
                operation=pgtrigger.UpdateOf("pdf_id"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__pdf_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Agenda pack of the {self.meeting}, version {self.number}"

    @property
    def name_in_trail(self) -> str:
        return f"agenda pack of the {self.meeting}, version {self.number}"

    @property
    def job_key(self) -> str:
        """The key of the job that prints its document."""
        return f"board-pack:{self.pk}"
