"""Panel papers: a draft, what was frozen of it, and whether the panel may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify

from organisation.fields import HalfYearField
from organisation.permissions import Person, appointments_today
from organisation.roles import Role
from papers import skeleton
from papers.models.template import PaperTemplate
from papers.skeleton import Audience, Skeleton
from records.marking import Marking, marking_field
from records.models import Blob
from risks.permissions import READS_MEETINGS

# Who sees papers that are not, or no longer, published.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD})


class PaperState(models.TextChoices):
    DRAFT = "draft", "Draft"
    FINAL = "final", "Final, not published"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What the panel was given and still has: a superseded paper stays readable, beside the one that took its place.
RELEASED = (PaperState.PUBLISHED.value, PaperState.SUPERSEDED.value)
# What nothing changes once a paper has been published: whether it is superseded or withdrawn stands in other columns.
RELEASED_COLUMNS = (
    "title",
    "panel",
    "meeting_on",
    "half",
    "report_by",
    "marking",
    "handling",
    "abbreviations",
    "previous_id",
    "replaces_id",
    "skeleton",
    "content",
    "content_digest",
    "summary",
    "words",
    "audience",
    "pdf_id",
    "finalised_at",
    "finalised_by_id",
    "published_at",
    "published_by_id",
    "released_by_one",
)
# The language by which words are searched: stems and words that carry no meaning.
SEARCHED_IN = "english"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Person) -> PaperQuerySet:
        """Papers that `can_read_paper` grants, as a filter."""
        appointments = appointments_today(user)
        if appointments.to(READS_ALL).exists():
            return self
        if appointments.to(READS_MEETINGS).exists():
            return self.published()
        if appointments.exists():
            return self.published().filter(audience=Audience.PANEL.value)
        return self.none()

    def published(self) -> PaperQuerySet:
        """Those the panel reads, superseded ones too."""
        return self.filter(state__in=RELEASED)

    def unpublished(self) -> PaperQuerySet:
        return self.exclude(state__in=RELEASED)

    def was_released(self) -> PaperQuerySet:
        """Those that were published once, whatever became of them."""
        return self.exclude(published_at=None)

    def for_lists(self) -> PaperQuerySet:
        """Leave out the frozen content, which is large."""
        return self.defer("content", "skeleton", "words").select_related("pdf", "author")


class Paper(models.Model):
    """A paper for one meeting of the panel. Figures are gathered and frozen when it is made final."""

    title = models.CharField(max_length=200)
    panel = models.CharField(max_length=200, default="Audit panel", help_text="Which panel it is for.")
    meeting_on = models.DateField()
    template = models.ForeignKey(
        PaperTemplate, on_delete=models.SET_NULL, null=True, help_text="What it was begun from; it keeps a copy."
    )
    skeleton: models.JSONField[Any, Any] = models.JSONField(help_text="Its parts and sections, as of its template.")
    audience = models.CharField(
        max_length=10,
        choices=[(one.value, one.value) for one in Audience],
        default=Audience.PANEL.value,
        help_text="Who reads it once it is published, as its template says.",
    )
    half = HalfYearField(help_text="The half-year whose roll-ups it draws on.")
    report_by = models.CharField(max_length=200, default="Head of Safety, Health and Wellbeing")
    marking = marking_field()
    handling = models.CharField(max_length=200, blank=True, help_text="Who may be given a sensitive paper, and how.")
    abbreviations = models.TextField(blank=True, help_text="One a line: HSE: Health and Safety Executive")
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next_ones",
        help_text="The paper the panel had before: what has changed since is told.",
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replacements",
        help_text="The published paper that this one supersedes when it is published.",
    )
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
    summary = models.TextField(blank=True, help_text="Its first words as they are printed, for lists; of a final one.")
    words = models.TextField(blank=True, help_text="All it says, as plain text, for searching; of a final one.")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_by_one = models.BooleanField(
        default=False, help_text="Whether one person made it final and published it, as the force allowed then."
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_because = models.TextField(blank=True, help_text="Why another paper took its place, for its readers.")
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
                    state__in=[*RELEASED, PaperState.WITHDRAWN.value],
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
                condition=Q(published_by=None)
                | ~Q(published_by=F("finalised_by"))
                | Q(released_by_one=True, published_by=F("finalised_by")),
                name="paper_released_by_two_people_or_says_so",
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.SUPERSEDED, superseded_at__isnull=False)
                | (~Q(state=PaperState.SUPERSEDED) & (Q(superseded_at=None) | Q(state=PaperState.WITHDRAWN))),
                name="paper_superseded_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None, superseded_because="")
                | (Q(superseded_at__isnull=False) & ~Q(superseded_because="")),
                name="paper_superseded_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(marking=Marking.OFFICIAL, handling="")
                | (Q(marking=Marking.OFFICIAL_SENSITIVE) & ~Q(handling="")),
                name="sensitive_papers_say_how_they_are_handled",
            ),
            models.CheckConstraint(
                condition=~Q(previous=F("id")) & ~Q(replaces=F("id")), name="no_paper_follows_itself"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(published_at=None), name="a_paper_is_superseded_once"
            ),
        ]
        indexes = [
            models.Index(fields=["content_digest"], name="paper_by_digest"),
            models.Index(fields=["state", "-meeting_on"], name="paper_by_state"),
            GinIndex(SearchVector("title", "words", config=SEARCHED_IN), name="paper_by_words"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="released_papers_stay",
                operation=pgtrigger.UpdateOf(*RELEASED_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
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
    def is_superseded(self) -> bool:
        return self.state == PaperState.SUPERSEDED

    @property
    def is_for_the_board(self) -> bool:
        return self.audience == Audience.BOARD

    @property
    def is_released(self) -> bool:
        """Whether the panel reads it."""
        return self.state in RELEASED

    @property
    def file_stem(self) -> str:
        """What its files are called, without their endings."""
        return f"{slugify(self.title)[:80] or 'paper'}-{self.meeting_on:%Y-%m-%d}"

    @property
    def marked(self) -> str:
        """Return its marking as it is printed, with how it is handled."""
        return f"{self.get_marking_display()}: {self.handling}" if self.handling else self.get_marking_display()

    @property
    def is_withdrawn(self) -> bool:
        return self.state == PaperState.WITHDRAWN

    @property
    def job_key(self) -> str:
        """The key of the job that makes its PDF."""
        return f"paper:{self.pk}"


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange("text")),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=["key", "text", "version", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="PaperSectionEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="section_event_by_section")]},
)
class PaperSection(models.Model):
    """One piece of prose, in Markdown. Which there are, their headings and their order: the paper’s skeleton."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="sections")
    key = models.SlugField(max_length=40)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0, help_text="How often the text has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "key"], name="one_section_per_paper_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.key}"
