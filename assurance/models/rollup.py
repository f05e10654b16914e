from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assurance.models.statement import Revision
from organisation.fields import HalfYearField
from organisation.models import BusinessGroup, UnitMembership
from organisation.models.unit import WHOLE_FORCE
from organisation.permissions import Person, appointments_today
from organisation.roles import Role
from records.models import Blob

# Whose drafts a role reads: every group's and the force summary, or its own group's.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_GROUP = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
# Who besides reads what is issued: of every group, of the group that their unit is in, and of the force summary.
READS_ALL_ISSUED = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
READS_ISSUED_OF_OWN_UNITS_GROUP = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_ISSUED_SUMMARY = READS_ALL_ISSUED | {Role.COG_LEAD}

# What is written on a roll-up, each answer with a version of its own (docs/decisions/0002).
ROLLUP_ANSWERS = (
    "board_meeting_on",
    "group_meeting_on",
    "reported_at_meeting",
    "reported_at_meeting_note",
    "narrative",
    "opinion_level",
    "opinion",
    "shows_comparison",
)
# What is written on one theme of it: the lead's own assessment, and what the figures mean.
ASSESSMENT_ANSWERS = ("level", "evidence", "actions", "narrative")


def groups_in_scope(user: Person) -> models.QuerySet[BusinessGroup]:
    """Business groups whose roll-ups, issued or not, the person reads."""
    appointments = appointments_today(user)
    if appointments.to(READS_ALL).exists():
        return BusinessGroup.objects.all()
    return BusinessGroup.objects.filter(pk__in=appointments.to(READS_OWN_GROUP).values("group"))


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(self, user: Person) -> RollupQuerySet:
        """Roll-ups, drafts too, that `can_read_rollup` grants, as a filter."""
        if appointments_today(user).to(READS_ALL).exists():
            return self
        return self.filter(group__in=groups_in_scope(user))

    def of_groups(self) -> RollupQuerySet:
        """Business groups' roll-ups: not the force summaries."""
        return self.exclude(group=None)


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*ROLLUP_ANSWERS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*ROLLUP_ANSWERS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="RollupEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="rollup_event_by_rollup")]},
)
class Rollup(models.Model):
    """A half-year summed up: of a business group from its units' statements, or of the force (no group).

    It is a draft for ever: building replaces its figures and never its words, issuing freezes a copy of both.
    """

    group = models.ForeignKey(
        BusinessGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rollups",
        help_text="Blank: the force summary.",
    )
    half = HalfYearField()
    figures: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="As rollup.py made them; read whole.")
    figures_digest = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    board_meeting_on = models.DateField("date of the Board meeting it is for", null=True, blank=True)
    group_meeting_on = models.DateField(
        "date of the group’s six-monthly health and safety meeting", null=True, blank=True
    )
    reported_at_meeting = models.BooleanField(
        "whether its units’ statements were reported at that meeting", null=True, blank=True
    )
    reported_at_meeting_note = models.TextField(blank=True)
    narrative = models.TextField(blank=True, help_text="What the figures mean, over all themes.")
    opinion_level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Force summary: the level of the force in the Head's opinion."
    )
    opinion = models.TextField(blank=True, help_text="Force summary: the Head's opinion in words.")
    shows_comparison = models.BooleanField(default=True, help_text="Whether the half before is shown beside this one.")
    field_versions = models.JSONField(default=dict, help_text="How often each answer has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    objects = RollupQuerySet.as_manager()

    class Meta:
        ordering = ["-half", "group__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "half"], name="one_rollup_per_group_and_half", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(built_at=None, figures=None, pdf=None, figures_digest="")
                | Q(built_at__isnull=False, figures__isnull=False, pdf__isnull=False),
                name="rollup_built_whole_or_not_at_all",
            ),
            models.CheckConstraint(condition=Q(half__regex=r"^\d{4}/\d{2}-H[12]$"), name="rollup_is_of_a_half_year"),
            models.CheckConstraint(
                condition=Q(opinion_level=None) | Q(opinion_level__range=(1, 5)), name="opinion_within_the_scale"
            ),
            models.CheckConstraint(
                condition=Q(group=None, group_meeting_on=None, reported_at_meeting=None, reported_at_meeting_note="")
                | Q(group__isnull=False, opinion_level=None, opinion=""),
                name="opinion_of_the_force_meeting_of_a_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.half}"

    @property
    def is_of_the_force(self) -> bool:
        return self.group_id is None

    @property
    def name(self) -> str:
        """Whose half-year it is."""
        return "The whole force" if self.group is None else self.group.name

    @property
    def title(self) -> str:
        """What pages call it."""
        return "Force summary" if self.group is None else f"Roll-up of {self.group.name}"

    @property
    def slug(self) -> str:
        """What stands for it in addresses."""
        return WHOLE_FORCE if self.group is None else self.group.slug

    @property
    def job_key(self) -> str:
        """The key of the job that builds it."""
        return f"rollup:{self.pk}"


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*ASSESSMENT_ANSWERS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*ASSESSMENT_ANSWERS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="ThemeAssessmentEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="assessment_event_by_row")]},
)
class ThemeAssessment(models.Model):
    """What whoever leads states about a theme of the group or the force: stated, not worked out (2019 paper, §1.12)."""

    rollup = models.ForeignKey(Rollup, on_delete=models.PROTECT, related_name="assessments")
    theme_identity = models.SlugField(max_length=60)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    actions = models.TextField(blank=True)
    narrative = models.TextField(blank=True, help_text="What the units' figures for the theme mean.")
    field_versions = models.JSONField(default=dict, help_text="How often each answer has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    class Meta:
        ordering = ["rollup", "theme_identity"]
        constraints = [
            models.UniqueConstraint(fields=["rollup", "theme_identity"], name="one_assessment_per_rollup_and_theme"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__range=(1, 5)), name="assessment_within_the_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme_identity} in {self.rollup}"


class IssuedRollupQuerySet(models.QuerySet["IssuedRollup"]):
    def visible_to(self, user: Person) -> IssuedRollupQuerySet:
        """Issued roll-ups and force summaries that `can_read_issued_rollup` grants, as a filter."""
        appointments = appointments_today(user)
        if appointments.to(READS_ALL | READS_ALL_ISSUED).exists():
            return self
        memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(timezone.localdate())
        own_units = appointments.to(READS_ISSUED_OF_OWN_UNITS_GROUP).values("unit")
        readable = Q(rollup__group__in=groups_in_scope(user)) | Q(
            rollup__group__in=memberships.filter(unit__in=own_units).values("group")
        )
        if appointments.to(READS_ISSUED_SUMMARY).exists():
            readable |= Q(rollup__group=None)
        return self.filter(readable)

    def newest_first(self) -> IssuedRollupQuerySet:
        return self.order_by("-number")

    def newest_of_each(self) -> IssuedRollupQuerySet:
        """The newest version of each roll-up, with the group, without what is read whole."""
        newest = self.select_related("rollup__group").defer("content", "rollup__figures")
        return newest.order_by("rollup_id", "-number").distinct("rollup_id")


# Once its document has been printed, nothing of an issued version changes.
ISSUED_COLUMNS = (
    "rollup_id",
    "number",
    "content",
    "content_digest",
    "figures_digest",
    "as_at",
    "because",
    "issued_at",
    "issued_by_id",
    "issuer_name",
)


class IssuedRollup(models.Model):
    """A version of a roll-up as it was issued: figures, words and the revisions used, frozen with a digest."""

    rollup = models.ForeignKey(Rollup, on_delete=models.PROTECT, related_name="issued")
    number = models.PositiveSmallIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(help_text="What was issued, word for word; read whole.")
    content_digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical content.")
    figures_digest = models.CharField(max_length=64, help_text="Of the build that was on the issuer's screen.")
    as_at = models.DateField(help_text="The day of the figures.")
    because = models.TextField(blank=True, help_text="Why it follows an earlier version.")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issuer_name = models.CharField(max_length=200, help_text="As it was: it stays when the account is removed.")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revisions = models.ManyToManyField(Revision, through="IssuedRevision", related_name="+")

    objects = IssuedRollupQuerySet.as_manager()

    class Meta:
        ordering = ["rollup", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rollup", "number"], name="one_issue_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="issues_count_from_one"),
            models.CheckConstraint(
                condition=Q(number=1, because="") | (Q(number__gt=1) & ~Q(because="")), name="reissued_with_a_reason"
            ),
            models.CheckConstraint(condition=Q(content_digest__regex=r"^[0-9a-f]{64}$"), name="issued_with_a_digest"),
        ]
        indexes = [models.Index(fields=["content_digest"], name="issued_by_digest")]
        triggers = [
            pgtrigger.Protect(
                name="issued_rollups_stay",
                operation=pgtrigger.UpdateOf(*ISSUED_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="issued_documents_stay",
                operation=pgtrigger.UpdateOf("pdf_id"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__pdf_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rollup}, version {self.number}"

    @property
    def job_key(self) -> str:
        """The key of the job that prints its document."""
        return f"issued-rollup:{self.pk}"


class IssuedRevision(models.Model):
    """That an issued roll-up counts a unit by this revision."""

    issued = models.ForeignKey(IssuedRollup, on_delete=models.PROTECT, related_name="used")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="used_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issued", "revision"], name="one_use_per_issue_and_revision")]
        triggers = [pgtrigger.Protect(name="uses_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.revision} in {self.issued}"
