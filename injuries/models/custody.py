"""What the custody command reports for whole months. The lists that it counts by are data: a new cause needs no code.

A report is never edited. One that was wrong has ended: another has taken its place, or it was recorded in error; how,
when and why stays with it. What is not reported is blank, and differs from none.
"""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from injuries.months import Month, Period


class CustodyTerm(models.Model):
    """An entry of one of the lists that custody figures are counted by."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class CustodyDenominator(CustodyTerm):
    """What events are counted among, as the middle of a sentence has it: “custody records”, “detainees”."""


class InterventionCause(CustodyTerm):
    """What made a successful intervention necessary, such as an inadequate search."""


class DetaineeInjuryType(CustodyTerm):
    """How a detainee was injured, such as by self-harm."""


class CustodyExceptionKind(CustodyTerm):
    """What is reported by exception, such as the delayed attendance of a Forensic Medical Examiner."""


class CustodyReferral(CustodyTerm):
    """To whom an exception was referred: a body or a post, never a person by name."""


class EndedHow(models.TextChoices):
    """Why a report stands no more."""

    CORRECTED = "corrected", "Corrected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CustodyReportQuerySet(models.QuerySet["CustodyReport"]):
    def standing(self) -> CustodyReportQuerySet:
        """Those that count: neither corrected nor withdrawn."""
        return self.filter(ended_at=None)

    def ended(self) -> CustodyReportQuerySet:
        """Those that stand no more, kept as history."""
        return self.filter(ended_at__isnull=False)


_SAID = (
    "token",
    "first",
    "last",
    "denominator_id",
    "denominator_number",
    "interventions",
    "injuries",
    "exceptions_reported",
    "note",
    "recorded_by_id",
    "recorded_at",
    "replaces_id",
)


class CustodyReport(models.Model):
    """Custody figures of a period of whole months, as the custody command gave them.

    `token` is that of the form, so that one sent twice is recorded once.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.DateField(help_text="The first day of its first month.")
    last = models.DateField(help_text="The first day of its last month.")
    denominator = models.ForeignKey(CustodyDenominator, on_delete=models.PROTECT, null=True, related_name="+")
    denominator_number = models.PositiveIntegerField(null=True)
    interventions = models.PositiveIntegerField(null=True, help_text="Successful ones: one per event. None: not said.")
    injuries = models.PositiveIntegerField(null=True, help_text="Of detainees. None: not said.")
    exceptions_reported = models.BooleanField(help_text="Whether the report says what there was, if anything.")
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", help_text="Which it corrects."
    )
    ended_how = models.CharField(max_length=10, choices=EndedHow.choices, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)

    objects = CustodyReportQuerySet.as_manager()

    class Meta:
        ordering = ["-last", "-first", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "last"], condition=Q(ended_at=None), name="one_standing_custody_report_per_period"
            ),
            models.CheckConstraint(
                condition=Q(first__day=1, last__day=1, first__lte=F("last")), name="custody_reports_are_of_whole_months"
            ),
            models.CheckConstraint(
                condition=Q(denominator=None, denominator_number=None)
                | Q(denominator__isnull=False, denominator_number__isnull=False),
                name="a_custody_denominator_has_a_name_and_a_number",
            ),
            models.CheckConstraint(
                condition=Q(interventions__isnull=False) | Q(injuries__isnull=False) | Q(exceptions_reported=True),
                name="a_custody_report_says_something",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_how="", ended_because="")
                | (
                    Q(ended_at__isnull=False, ended_by__isnull=False, ended_how__in=EndedHow.values)
                    & ~Q(ended_because="")
                ),
                name="custody_report_ended_by_somebody_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="custody_reports_stay",
                operation=pgtrigger.UpdateOf(*_SAID)  # type: ignore[no-untyped-call]  # ships no types
                | pgtrigger.Delete,
            ),
            pgtrigger.Protect(
                name="custody_reports_end_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"custody figures of {self.period.name}"

    @property
    def period(self) -> Period:
        return Period(Month.of(self.first), Month.of(self.last))

    @property
    def stands(self) -> bool:
        return self.ended_at is None


def _no_more_than(total: str, *, parts: str) -> pgtrigger.Trigger:
    """Hold the sum of a report's `parts`, each a row, to its `total`; without a total there are no parts either.

    All rows of a report are written in the transaction that writes it, so no other adds to them meanwhile.
    """
    sums_up = """
        IF (SELECT SUM(number) FROM {meta.db_table} WHERE report_id = NEW.report_id)
            > (SELECT COALESCE(%(total)s, -1) FROM injuries_custodyreport WHERE id = NEW.report_id) THEN
            RAISE EXCEPTION 'The %(parts)s come to more than the %(total)s.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """
    return pgtrigger.Trigger(
        name=f"{parts}_within_the_total",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        func=pgtrigger.Func(sums_up % {"parts": parts, "total": total}),  # type: ignore[no-untyped-call]  # ships no types
    )


def _stays(what: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(name=f"{what}_stay", operation=pgtrigger.Update | pgtrigger.Delete)


class InterventionsByCause(models.Model):
    """How many interventions of a report had a cause; 0 is said to be none, and a cause without a row is not known."""

    report = models.ForeignKey(CustodyReport, on_delete=models.PROTECT, related_name="causes")
    term = models.ForeignKey(InterventionCause, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "term"], name="a_cause_once_per_custody_report")]
        triggers = [_no_more_than("interventions", parts="causes"), _stays("causes")]

    def __str__(self) -> str:
        return f"{self.term}: {self.number}"


class InjuriesByType(models.Model):
    """How many injuries of a report were of a type, one each."""

    report = models.ForeignKey(CustodyReport, on_delete=models.PROTECT, related_name="types")
    term = models.ForeignKey(DetaineeInjuryType, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "term"], name="a_type_once_per_custody_report")]
        triggers = [_no_more_than("injuries", parts="types"), _stays("types")]

    def __str__(self) -> str:
        return f"{self.term}: {self.number}"


class CustodyExceptions(models.Model):
    """How many exceptions of a kind a report has, and to whom they were referred. Blank: the report does not say."""

    report = models.ForeignKey(CustodyReport, on_delete=models.PROTECT, related_name="exceptions")
    kind = models.ForeignKey(CustodyExceptionKind, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(CustodyReferral, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "referral"],
                nulls_distinct=False,
                name="a_kind_and_referral_once_per_custody_report",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="custody_exceptions_are_some"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exceptions_are_of_a_report_that_has_them",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT (SELECT exceptions_reported FROM injuries_custodyreport WHERE id = NEW.report_id) THEN
                        RAISE EXCEPTION 'The report says nothing of exceptions.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            _stays("custody_exceptions"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"


# The lists by what the file of indicators calls them.
CUSTODY_LISTS: dict[str, Any] = {
    "custody_denominators": CustodyDenominator,
    "intervention_causes": InterventionCause,
    "detainee_injury_types": DetaineeInjuryType,
    "custody_exceptions": CustodyExceptionKind,
    "custody_referrals": CustodyReferral,
}
