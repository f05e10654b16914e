"""Investigations of the Safety and Health Risk Management Team (SHRMT), and the learning that units share of them."""

from __future__ import annotations

from enum import StrEnum

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisation.models import Unit, UnitMembership
from organisation.permissions import Person, appointments_today, roles_anywhere
from organisation.roles import Role
from risks.models.hse import OfAGroup

# Who reads every investigation, and who their own business group's.
READS_INVESTIGATIONS = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
READS_OWN_INVESTIGATIONS = frozenset({Role.COG_LEAD})
# Who reads the learning that is shared; and which units' answers, besides those who read all of them.
READS_LEARNING = READS_INVESTIGATIONS | {Role.SLT_LEAD, Role.COG_LEAD, Role.COG_SUPPORT}
READS_OWN_GROUPS_ANSWERS = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
ACKNOWLEDGES = frozenset({Role.SLT_LEAD})


class InvestigationState(StrEnum):
    """How far an investigation is."""

    COMMISSIONED = "Commissioned"
    COMPLETED = "Completed"
    SHARED = "Learning shared"


class InvestigationQuerySet(models.QuerySet["Investigation"]):
    def visible_to(self, user: Person) -> InvestigationQuerySet:
        """Investigations that `permissions.can_read_investigation` grants, as a filter."""
        if roles_anywhere(user) & READS_INVESTIGATIONS:
            return self
        return self.filter(group__in=appointments_today(user).to(READS_OWN_INVESTIGATIONS).values("group"))

    def with_state(self) -> InvestigationQuerySet:
        """Add what `state` asks for, so that a list asks it once for all."""
        return self.annotate(
            has_shared=models.Exists(LearningShare.objects.filter(investigation=models.OuterRef("pk")))
        )


# What people write into an investigation. Earlier texts are kept by the database's own triggers.
INVESTIGATION_WRITTEN = (
    "title",
    "event_on",
    "unit_id",
    "group_id",
    "happened",
    "commissioned_on",
    "commissioned_by",
    "findings",
    "learning",
    "theme",
)


@pghistory.track(
    pghistory.UpdateEvent(
        label="overwritten",
        row="OLD",
        condition=pgtrigger.AnyChange(*(name.removesuffix("_id") for name in INVESTIGATION_WRITTEN), "completed_on"),
    ),
    fields=[
        *(name.removesuffix("_id") for name in INVESTIGATION_WRITTEN),
        "completed_on",
        "field_versions",
        "changed_at",
        "changed_by",
    ],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="InvestigationEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="investigation_event_by_row")]},
)
class Investigation(OfAGroup):
    """An investigation of an event. While it is completed, its texts stay as they are."""

    title = models.CharField(max_length=200)
    event_on = models.DateField()
    happened = models.TextField(help_text="What happened, without names.")
    commissioned_on = models.DateField()
    commissioned_by = models.CharField(max_length=120, help_text="The post that commissioned it.")
    findings = models.TextField(blank=True)
    learning = models.TextField(blank=True, help_text="What others can learn of it.")
    theme = models.SlugField(max_length=60, blank=True, help_text="Which theme of the model it bears on: its identity.")
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    completed_on = models.DateField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InvestigationQuerySet.as_manager()

    class Meta:
        ordering = ["-commissioned_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(happened="") & ~Q(commissioned_by=""),
                name="an_investigation_says_what_and_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(commissioned_on__gte=F("event_on")), name="an_investigation_follows_its_event"
            ),
            models.CheckConstraint(
                condition=Q(completed_on=None, completed_at=None, completed_by=None)
                | (
                    Q(
                        completed_on__isnull=False,
                        completed_on__gte=F("commissioned_on"),
                        completed_at__isnull=False,
                        completed_by__isnull=False,
                    )
                    & ~Q(findings="")
                ),
                name="a_completed_investigation_has_findings",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="investigations_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="completed_texts_stay",
                operation=pgtrigger.UpdateOf(*INVESTIGATION_WRITTEN),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__completed_on__isnull=False, new__completed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> InvestigationState:
        """How far it is; of a list that `with_state` has not prepared, a query each."""
        if self.completed_on is None:
            return InvestigationState.COMMISSIONED
        shared = getattr(self, "has_shared", None)
        if shared is None:
            shared = self.shares.exists()
        return InvestigationState.SHARED if shared else InvestigationState.COMPLETED

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"investigation {self.pk}"


# --- Learning ---------------------------------------------------------------------------------------------------------


class LearningShareQuerySet(models.QuerySet["LearningShare"]):
    def visible_to(self, user: Person) -> LearningShareQuerySet:
        """Learning that `permissions.can_read_learning` grants, as a filter: whoever reads any reads all of it."""
        return self if roles_anywhere(user) & READS_LEARNING else self.none()


class LearningShare(models.Model):
    """The learning of an investigation as units were told it. What is told anew is another row."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="shares")
    title = models.CharField(max_length=200)
    text = models.TextField()
    theme = models.SlugField(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = LearningShareQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="learning_says_something")]
        triggers = [pgtrigger.Protect(name="learning_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        return f"learning {self.pk}"


class UnitLearningQuerySet(models.QuerySet["UnitLearning"]):
    def visible_to(self, user: Person) -> UnitLearningQuerySet:
        """Units' answers that `permissions.can_read_answer` grants, as a filter."""
        if roles_anywhere(user) & READS_INVESTIGATIONS:
            return self
        held = appointments_today(user)
        memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(timezone.localdate()).filter(
            group__in=held.to(READS_OWN_GROUPS_ANSWERS).values("group")
        )
        return self.filter(Q(unit__in=held.to(ACKNOWLEDGES).values("unit")) | Q(unit__in=memberships.values("unit")))

    def waiting(self) -> UnitLearningQuerySet:
        return self.filter(acknowledged_at=None)


class UnitLearning(models.Model):
    """A unit that learning was shared with, and that it has acknowledged it."""

    share = models.ForeignKey(LearningShare, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, help_text="What the unit does with it.")

    objects = UnitLearningQuerySet.as_manager()

    class Meta:
        ordering = ["unit__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["share", "unit"], name="learning_is_shared_once_with_a_unit"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None, note="")
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="learning_is_acknowledged_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="shared_learning_stays",
                operation=pgtrigger.UpdateOf("share_id", "unit_id") | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="learning_is_acknowledged_once",
                operation=pgtrigger.UpdateOf("acknowledged_at", "acknowledged_by_id", "note"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__acknowledged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share} for {self.unit}"

    @property
    def name_in_trail(self) -> str:
        return f"learning {self.share_id} for {self.unit}"
