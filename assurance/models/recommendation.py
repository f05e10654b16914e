from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from actions.models import Action
from assurance.models.audit import OUT, READS_OWN_GROUPS_AUDITS, READS_OWN_UNITS_AUDITS, Audit, AuditState
from assurance.models.freezing import frozen_with
from assurance.models.verdict import ThemeVerdict
from organisation.models import Unit, UnitMembership
from organisation.permissions import Person, appointments_today
from records.models import Blob

# A recommendation that failed so often proposes a repeat audit (docs/decisions/0019).
FAILURES_THAT_PROPOSE_A_REPEAT = 2


class Priority(models.TextChoices):
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


def _is_confirmed() -> Exists:
    return Exists(ClosureCheck.objects.filter(recommendation=OuterRef("pk"), confirmed=True))


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, user: Person) -> RecommendationQuerySet:
        """Recommendations that `can_read_recommendation` grants, as a filter: of issued audits only."""
        appointments = appointments_today(user)
        units = appointments.to(READS_OWN_UNITS_AUDITS).values("unit")
        groups = appointments.to(READS_OWN_GROUPS_AUDITS).values("group")
        in_groups = UnitMembership.objects.in_force_on_or_at_the_units_end(timezone.localdate()).filter(
            group__in=groups
        )
        return self.filter(
            Q(audit__in=Audit.objects.visible_to(user)) | Q(unit__in=units) | Q(unit__in=in_groups.values("unit")),
            audit__state__in=OUT,
        )

    def closed(self) -> RecommendationQuerySet:
        """Those whose closure an auditor has confirmed."""
        return self.filter(_is_confirmed())

    def open(self) -> RecommendationQuerySet:
        return self.filter(~_is_confirmed())

    def overdue(self, today: date) -> RecommendationQuerySet:
        """Open ones whose day has passed, whoever's turn it is."""
        return self.open().filter(due_on__lt=today)

    def with_standing(self) -> RecommendationQuerySet:
        """Add `is_closed` and `waits_for_a_check`: how it stands."""
        waiting = ClosureCheck.objects.filter(recommendation=OuterRef("pk"), checked_at=None)
        return self.annotate(is_closed=_is_confirmed(), waits_for_a_check=Exists(waiting))

    def proposing_a_repeat(self) -> RecommendationQuerySet:
        """Open ones that were twice not found done, where no repeat of their audit has been planned since then."""
        failed = ClosureCheck.objects.filter(recommendation=OuterRef("pk"), confirmed=False).order_by("checked_at")
        repeats = Audit.objects.filter(repeat_of=OuterRef("audit"), planned_at__gte=OuterRef("failed_twice_at"))
        return (
            self.open()
            .annotate(failed_twice_at=Subquery(failed.values("checked_at")[FAILURES_THAT_PROPOSE_A_REPEAT - 1 :][:1]))
            .filter(~Exists(repeats.exclude(state=AuditState.WITHDRAWN)), failed_twice_at__isnull=False)
        )

    def waiting_for_a_check(self) -> RecommendationQuerySet:
        """Those that the unit says are done, and no auditor has looked at since."""
        return self.filter(Exists(ClosureCheck.objects.filter(recommendation=OuterRef("pk"), checked_at=None)))


class Recommendation(models.Model):
    """What an audit asks a unit to do. With the report's issue it becomes an action of the unit."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="recommendations")
    verdict = models.ForeignKey(
        ThemeVerdict, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recommendations", help_text="Who does it.")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    priority = models.CharField(max_length=10, choices=Priority.choices)
    due_on = models.DateField()
    action = models.OneToOneField(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Once it is issued."
    )

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="one_recommendation_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="recommendation_says_something"),
        ]
        indexes = [models.Index(fields=["unit", "due_on"], name="recommendations_by_unit")]
        triggers = [
            frozen_with(
                "audit",
                "issued_recommendations_are_frozen",
                once="issued_at",
                said="an issued audit",
                row="A recommendation",
                found_by="SELECT ROW.audit_id",
            )
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number} of {self.audit}"


class ClosureCheck(models.Model):
    """That a unit says a recommendation is done, with its evidence, and what an auditor made of that."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    evidence = models.TextField(help_text="What shows that it is done.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed = models.BooleanField(null=True, blank=True, help_text="False: reopened. Blank: not looked at yet.")
    reasons = models.TextField(blank=True, help_text="What the auditor saw, or what is still missing.")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "number"], name="one_closure_check_per_number"),
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(checked_at=None), name="one_open_closure_check"
            ),
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(confirmed=True), name="closed_once_per_recommendation"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="closure_is_asked_with_evidence"),
            models.CheckConstraint(
                condition=Q(confirmed=None, checked_at=None, checked_by=None, reasons="")
                | (Q(confirmed__isnull=False, checked_at__isnull=False, checked_by__isnull=False) & ~Q(reasons="")),
                name="closure_checked_with_reasons",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closure_checks_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__checked_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Check {self.number} of {self.recommendation}"


class ClosureFile(models.Model):
    """A file with which a unit shows that a recommendation is done."""

    closure_check = models.ForeignKey(ClosureCheck, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["closure_check", "blob"], name="a_file_once_per_closure_check")]
        triggers = [pgtrigger.Protect(name="closure_files_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its name may have to be forgotten."""
        return f"closure file {self.pk}"
