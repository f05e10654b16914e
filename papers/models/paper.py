"""Panel papers: a draft, what was frozen of it, and whether the panel may read it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from organisation.fields import HalfYearField
from organisation.permissions import Person, appointments_today
from organisation.roles import Role
from papers import skeleton
from papers.models.template import PaperTemplate
from papers.skeleton import Skeleton
from records.models import Blob

# Who sees papers that are not, or no longer, published.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
SUMMARY = "purpose"


class PaperState(models.TextChoices):
    DRAFT = "draft", "Draft"
    FINAL = "final", "Final, not published"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Person) -> PaperQuerySet:
        """Papers that `can_read_paper` grants, as a filter."""
        appointments = appointments_today(user)
        if appointments.to(READS_ALL).exists():
            return self
        if appointments.exists():
            return self.published()
        return self.none()

    def published(self) -> PaperQuerySet:
        return self.filter(state=PaperState.PUBLISHED)

    def unpublished(self) -> PaperQuerySet:
        return self.exclude(state=PaperState.PUBLISHED)

    def for_lists(self) -> PaperQuerySet:
        """Leave out the frozen content, which is large, and add its first words as `summary`."""
        summary = PaperSection.objects.filter(paper=OuterRef("pk"), key=SUMMARY).values("text")[:1]
        return self.defer("content", "skeleton").select_related("pdf", "author").annotate(summary=Subquery(summary))


class Paper(models.Model):
    """A paper for one meeting of the panel. Figures are gathered and frozen when it is made final."""

    title = models.CharField(max_length=200)
    panel = models.CharField(max_length=200, default="Audit panel", help_text="Which panel it is for.")
    meeting_on = models.DateField()
    template = models.ForeignKey(
        PaperTemplate, on_delete=models.SET_NULL, null=True, help_text="What it was begun from; it keeps a copy."
    )
    skeleton: models.JSONField[Any, Any] = models.JSONField(help_text="Its parts and sections, as of its template.")
    half = HalfYearField(help_text="The half-year whose roll-ups it draws on.")
    report_by = models.CharField(max_length=200, default="Head of Safety, Health and Wellbeing")
    field_versions = models.JSONField(default=dict, help_text="How often each of the details has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    state = models.CharField(max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finalised_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    content: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What was made final, word for word.")
    content_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the canonical content.")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(half__regex=r"^\d{4}/\d{2}-H[12]$"), name="paper_is_on_a_half_year"),
            models.CheckConstraint(
                condition=Q(
                    state=PaperState.DRAFT,
                    finalised_at=None,
                    finalised_by=None,
                    content=None,
                    content_digest="",
                    pdf=None,
                )
                | (
                    Q(state__in=[state.value for state in PaperState if state is not PaperState.DRAFT])
                    & Q(finalised_at__isnull=False, finalised_by__isnull=False, content__isnull=False)
                    & Q(content_digest__regex=r"^[0-9a-f]{64}$")
                ),
                name="paper_frozen_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[PaperState.DRAFT.value, PaperState.FINAL.value], published_at=None, published_by=None
                )
                | Q(
                    state__in=[PaperState.PUBLISHED.value, PaperState.WITHDRAWN.value],
                    published_at__isnull=False,
                    published_by__isnull=False,
                    pdf__isnull=False,
                ),
                name="paper_published_with_its_document",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(state=PaperState.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                )
                | (
                    Q(state=PaperState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_because="")
                ),
                name="paper_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("finalised_by")),
                name="paper_released_by_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["content_digest"], name="paper_by_digest"),
            models.Index(fields=["state", "-meeting_on"], name="paper_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def structure(self) -> Skeleton:
        """Its parts and sections in order."""
        return skeleton.of_json(self.skeleton)

    @property
    def is_draft(self) -> bool:
        return self.state == PaperState.DRAFT

    @property
    def is_final(self) -> bool:
        return self.state == PaperState.FINAL

    @property
    def is_published(self) -> bool:
        return self.state == PaperState.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == PaperState.WITHDRAWN

    @property
    def job_key(self) -> str:
        """The key of the job that makes its PDF."""
        return f"paper:{self.pk}"


class PaperSection(models.Model):
    """One piece of prose, in Markdown. Which there are, their headings and their order: the paper’s skeleton."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="sections")
    key = models.SlugField(max_length=40)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0, help_text="How often the text has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "key"], name="one_section_per_paper_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.key}"
