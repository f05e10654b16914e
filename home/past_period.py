"""Records that are past their period: for somebody to look at, never deleted by the service.

A record is listed from the day on which its years are over, with whether a legal hold keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from actions.models import Action
from assurance.models import Rollup, Statement
from home.services import holding
from home.services.retention import years_before
from organisation.models import Appointment, Unit, User
from organisation.periods import LONDON, Quarter, london_day
from papers.models import Paper
from records.models import RecordClass, TrailEntry

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One record, where it is read, and whether a hold keeps it."""

    name: str
    address: str
    held: bool


@dataclass(frozen=True, slots=True)
class Past:
    """One sort of record: how long it is kept, how many are past that, and the first of them."""

    title: str
    setting: str
    years: int
    count: int
    lines: Sequence[Line]


def accounts(now: datetime) -> Past:
    """Closed accounts in which nothing has happened for their years; who holds an appointment yet is in use."""
    years = settings.RETENTION.accounts_years
    since = years_before(now, years)
    recent = TrailEntry.objects.filter(at__gte=since)
    used = recent.filter(Q(actor=OuterRef("pk")) | Q(thing_type=User._meta.label, thing_id=OuterRef("pk")))
    held = Appointment.objects.filter(person=OuterRef("pk")).ahead_or_in_force(london_day(since))
    found = User.objects.filter(~Exists(used), ~Exists(held), is_active=False, removed_at=None, joined_at__lt=since)
    under = holding.people_under(RecordClass.PEOPLE)
    return _past(
        "Closed accounts",
        "KEEP_ACCOUNTS_YEARS",
        years,
        found.order_by("pk"),
        held=lambda person: under is None or person.pk in under,
        address=lambda person: reverse("person", args=[person.pk]),
    )


def records(now: datetime) -> list[Past]:
    """Statements, actions, roll-ups and papers that are past their years."""
    return [_statements(now), _actions(now), _rollups(now), _papers(now)]


def _ended_before(now: datetime, years: int) -> date:
    return london_day(years_before(now, years))


def _statements(now: datetime) -> Past:
    years = settings.RETENTION.statements_years
    quarter = Quarter.of(_ended_before(now, years))
    found = Statement.objects.filter(quarter__lt=quarter).select_related("unit").order_by("quarter", "unit__name")
    under = _units_under(RecordClass.STATEMENTS)
    return _past(
        "Statements",
        "KEEP_STATEMENTS_YEARS",
        years,
        found,
        held=lambda statement: statement.unit_id in under,
        address=lambda one: reverse("assurance:statement", args=[one.unit.slug, one.quarter]),
        name=lambda one: f"{one.unit}, {one.quarter.name}",
    )


def _actions(now: datetime) -> Past:
    years = settings.RETENTION.actions_years
    closed_before = datetime.combine(_ended_before(now, years), datetime.min.time(), tzinfo=LONDON)
    found = Action.objects.filter(closed_at__lt=closed_before).select_related("unit").order_by("closed_at", "pk")
    under = _units_under(RecordClass.ACTIONS)
    return _past(
        "Closed actions",
        "KEEP_ACTIONS_YEARS",
        years,
        found,
        held=lambda action: action.unit_id in under,
        address=lambda action: reverse("actions:action", args=[action.pk]),
        name=lambda action: f"Action {action.pk} of {action.owner}",
    )


def _rollups(now: datetime) -> Past:
    years = settings.RETENTION.reports_years
    half = Quarter.of(_ended_before(now, years)).half
    found = Rollup.objects.filter(half__lt=half).select_related("group").order_by("half", "group__name")
    under = _groups_under(RecordClass.REPORTS)
    return _past(
        "Roll-ups",
        "KEEP_REPORTS_YEARS",
        years,
        found,
        # The force summary is the whole force's: any hold of reports is on it.
        held=lambda one: under is None or (bool(under) if one.is_of_the_force else one.group_id in under),
        address=lambda one: reverse("assurance:rollup", args=[one.slug, one.half]),
    )


def _papers(now: datetime) -> Past:
    years = settings.RETENTION.reports_years
    found = Paper.objects.filter(meeting_on__lt=_ended_before(now, years)).order_by("meeting_on", "pk")
    under = _groups_under(RecordClass.REPORTS)  # a paper is the whole force's: any hold of reports is on it
    return _past(
        "Panel papers",
        "KEEP_REPORTS_YEARS",
        years,
        found,
        held=lambda _: under is None or bool(under),
        address=lambda paper: reverse("papers:paper", args=[paper.pk]),
    )


def _units_under(record_class: RecordClass) -> frozenset[int]:
    return frozenset(Unit.objects.filter(holding.units_under(record_class)).values_list("pk", flat=True))


def _groups_under(record_class: RecordClass) -> frozenset[int] | None:
    return holding.groups_under(record_class)


def _past(
    title: str,
    setting: str,
    years: int,
    found: QuerySet[Any],
    *,
    held: Callable[[Any], bool],
    address: Callable[[Any], str],
    name: Callable[[Any], str] = str,
) -> Past:
    lines = [Line(name(one), address(one), held(one)) for one in found[:SHOWN]]
    return Past(title, setting, years, found.count(), lines)
