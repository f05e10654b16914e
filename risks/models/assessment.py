"""What is said of a risk over time: assessments, the Board's decisions, how it stands. Nothing is overwritten."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.models.meeting import BoardMeeting
from risks.models.risk import Risk, RiskStatus
from risks.trend import Direction

ONE_TO_FIVE = (1, 5)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def standing(self) -> AssessmentQuerySet:
        """Those that have not been taken back."""
        return self.filter(withdrawn_at=None)


class Assessment(models.Model):
    """Where a risk lies as at a day, before and after its controls. A wrong one is taken back, and stays."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="assessments")
    assessed_on = models.DateField()
    likelihood_before = models.PositiveSmallIntegerField(help_text="Before controls, from 1 to 5.")
    impact_before = models.PositiveSmallIntegerField(help_text="Before controls, from 1 to 5.")
    likelihood = models.PositiveSmallIntegerField(help_text="After controls, from 1 to 5.")
    impact = models.PositiveSmallIntegerField(help_text="After controls, from 1 to 5.")
    because = models.TextField(help_text="What the assessment rests on.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood_before__range=ONE_TO_FIVE)
                & Q(impact_before__range=ONE_TO_FIVE)
                & Q(likelihood__range=ONE_TO_FIVE)
                & Q(impact__range=ONE_TO_FIVE),
                name="assessments_lie_on_the_scale",
            ),
            models.CheckConstraint(condition=~Q(because=""), name="an_assessment_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="an_assessment_is_withdrawn_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["risk", "-assessed_on"], name="assessments_by_risk_and_day")]
        triggers = [
            pgtrigger.Protect(
                name="assessments_stay",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # ships no types
                    "risk_id",
                    "assessed_on",
                    "likelihood_before",
                    "impact_before",
                    "likelihood",
                    "impact",
                    "because",
                    "by_id",
                    "at",
                )
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment of risk {self.risk.reference}"

    @property
    def name_in_trail(self) -> str:
        return f"assessment {self.pk} of risk {self.risk.reference}"


class DecisionKind(models.TextChoices):
    """What the Board decides about a risk of its register."""

    ACCEPTED = "accepted", "Accepted onto the register"
    OPENED = "opened", "Opened"
    CONTROLLED = "controlled", "Designated as controlled"
    REOPENED = "reopened", "Reopened"
    CLOSED = "closed", "Closed"
    TREND = "trend", "Said how it moves"
    TREND_TAKEN_BACK = "trend-taken-back", "Took back what it had said of how it moves"


OF_THE_TREND = (DecisionKind.TREND, DecisionKind.TREND_TAKEN_BACK)


class BoardDecision(models.Model):
    """A decision of the Board about a risk, with meeting and minute. `status` is the risk's from then on."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=DecisionKind.choices)
    status = models.CharField(max_length=10, choices=RiskStatus.choices, blank=True)
    trend = models.CharField(
        max_length=10, choices=[(one.value, one.value.capitalize()) for one in Direction], blank=True
    )
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="decisions")
    minute = models.CharField(max_length=40, help_text="Where the minutes say it, such as “4.2”.")
    because = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(because="") & ~Q(minute=""), name="a_decision_has_minute_and_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_THE_TREND, status="") | (~Q(kind__in=OF_THE_TREND) & ~Q(status="")),
                name="a_decision_sets_the_status_or_the_trend",
            ),
            models.CheckConstraint(
                condition=(Q(kind=DecisionKind.TREND) & ~Q(trend="")) | (~Q(kind=DecisionKind.TREND) & Q(trend="")),
                name="the_boards_own_trend_has_a_direction",
            ),
        ]
        triggers = [pgtrigger.Protect(name="decisions_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: risk {self.risk.reference}"

    @property
    def name_in_trail(self) -> str:
        return f"decision {self.pk} on risk {self.risk.reference}"


class RiskUpdate(models.Model):
    """How a risk stands, told for a meeting of the Board. A later one for the same meeting goes before it."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="updates")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="updates")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-meeting__held_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="an_update_says_something")]
        triggers = [pgtrigger.Protect(name="updates_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Risk {self.risk.reference} for the {self.meeting}"

    @property
    def name_in_trail(self) -> str:
        return f"update of risk {self.risk.reference}"
