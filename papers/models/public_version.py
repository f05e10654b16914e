"""The public version of a paper: the paper with passages taken out, each for a reason, as a document of its own."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from organisation.permissions import Person, appointments_today
from papers.models.paper import READS_ALL, Paper
from records.models import Blob

# Nothing of what was frozen changes; publishing and withdrawing say so once.
FROZEN_COLUMNS = ("paper_id", "number", "content", "content_digest", "redactions", "made_at", "made_by_id")


class PublicVersionQuerySet(models.QuerySet["PublicVersion"]):
    def visible_to(self, user: Person) -> PublicVersionQuerySet:
        """Versions that `can_read_public_version` grants, as a filter."""
        readable = self.filter(paper__in=Paper.objects.visible_to(user))
        if appointments_today(user).to(READS_ALL).exists():
            return readable
        newer = PublicVersion.objects.filter(paper=OuterRef("paper"), number__gt=OuterRef("number"))
        return readable.exclude(published_at=None).exclude(Exists(newer.exclude(published_at=None)))

    def published_of(self, paper: Paper) -> PublicVersion | None:
        """Return what stands beside a paper for everybody, the newest; none where the paper is not released."""
        if not paper.is_released:
            return None
        return self.for_lists().filter(paper=paper).exclude(published_at=None).order_by("-number").first()

    def for_lists(self) -> PublicVersionQuerySet:
        """Leave out the frozen content, which is large."""
        return self.defer("content", "paper__content", "paper__skeleton", "paper__words").select_related(
            "paper", "made_by", "published_by", "pdf"
        )


class PublicVersion(models.Model):
    """What anybody may read of a paper: no word that was taken out is in `content`, in its document or beside it."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="public_versions")
    number = models.PositiveSmallIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(help_text="What it says, word for word; read whole.")
    content_digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical content.")
    redactions: models.JSONField[Any, Any] = models.JSONField(
        help_text="What was taken out: section, which passages by their place in it, and why. Never the words."
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PublicVersionQuerySet.as_manager()

    class Meta:
        ordering = ["paper", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="one_public_version_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="public_versions_count_from_one"),
            models.CheckConstraint(
                condition=Q(content_digest__regex=r"^[0-9a-f]{64}$"), name="public_version_with_a_digest"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False, pdf__isnull=False),
                name="public_version_published_with_its_document",
            ),
        ]
        indexes = [models.Index(fields=["content_digest"], name="public_version_by_digest")]
        triggers = [
            pgtrigger.Protect(
                name="published_versions_stay",
                operation=pgtrigger.UpdateOf("published_at", "published_by_id"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="public_versions_stay",
                operation=pgtrigger.UpdateOf(*FROZEN_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="documents_of_public_versions_stay",
                operation=pgtrigger.UpdateOf("pdf_id"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__pdf_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Public version {self.number} of {self.paper}"

    @property
    def is_overtaken(self) -> bool:
        """Whether a newer version has been published, which readers of the paper get in its place: one query."""
        newer = PublicVersion.objects.filter(paper=self.paper_id, number__gt=self.number)
        return newer.exclude(published_at=None).exists()

    @property
    def name_in_trail(self) -> str:
        return f"public version {self.number} of “{self.paper.title}”"

    @property
    def job_key(self) -> str:
        """The key of the job that prints its document."""
        return f"public-version:{self.pk}"
