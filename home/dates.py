"""The dates of a person: when their units' statements open and are due, their units' meetings, their groups' roll-ups.

Rights come from the appointments in force at the moment of asking. Names of units and groups and days, nothing else:
whoever holds the link sees it without signing in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.urls import reverse

from assurance.models import Revision, RevisionState, Rollup, Statement
from home.feed import Day
from organisation.models import BusinessGroup, Unit, User
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import HalfYear, Quarter, financial_year_name, london_day
from organisation.permissions import appointments_today
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role

# The quarter before this one, this one, and a year ahead.
QUARTERS = range(-1, 5)
STANDS = {RevisionState.SIGNED.value, RevisionState.ACCEPTED.value}


@dataclass(slots=True)
class Standing:
    """What is known of one statement. The moments only ever grow, and the entries' sequences with them."""

    opened_at: datetime
    is_signed: bool = False
    meeting_on: date | None = None
    signed_or_decided_at: list[datetime] = field(default_factory=list)
    details_changed_at: list[datetime] = field(default_factory=list)


def dates_of(person: User, *, today: date) -> list[Day]:
    """Return the person's days: a fixed number of queries, however many units, groups and quarters there are."""
    appointments = appointments_today(person)
    units = list(Unit.objects.filter(pk__in=appointments.to(UNIT_ROLES).values("unit")).order_by("pk"))
    groups = list(BusinessGroup.objects.filter(pk__in=appointments.to(GROUP_ROLES).values("group")).order_by("pk"))
    quarters = [Quarter.of(today).plus(number) for number in QUARTERS]
    statements = _statements(units, quarters)
    found = [
        day
        for unit in units
        for quarter in quarters
        for day in _of_a_statement(unit, quarter, statements.get((unit.pk, quarter)), today=today)
    ]
    summaries: list[BusinessGroup | None] = [None] if appointments.to({Role.HEAD}).exists() else []
    return found + list(_of_rollups([*groups, *summaries], today))


def _statements(units: list[Unit], quarters: list[Quarter]) -> dict[tuple[int, Quarter], Standing]:
    """Return {(unit, quarter): what is known of its statement}: two queries."""
    if not units:
        return {}
    rows = Statement.objects.filter(unit__in=units, quarter__in=quarters)
    by_id: dict[int, Standing] = {}
    found: dict[tuple[int, Quarter], Standing] = {}
    for statement, unit, quarter, opened_at in rows.values_list("pk", "unit_id", "quarter", "opened_at"):
        found[unit, quarter] = by_id[statement] = Standing(opened_at)
    revisions = Revision.objects.filter(statement__in=rows).order_by("statement", "number")
    for statement, state, signed_at, decided_at, meeting_on, changed_at in revisions.values_list(
        "statement_id", "state", "signed_at", "review__decided_at", "meeting_on", "details_changed_at"
    ):
        standing = by_id[statement]
        standing.is_signed |= state in STANDS
        standing.meeting_on = meeting_on  # the newest revision's: the last one read
        standing.signed_or_decided_at += [moment for moment in (signed_at, decided_at) if moment]
        standing.details_changed_at += [moment for moment in (changed_at,) if moment]
    return found


def _of_a_statement(unit: Unit, quarter: Quarter, standing: Standing | None, *, today: date) -> Iterator[Day]:
    if unit.closed_on is not None and unit.closed_on < quarter.first_day:
        return  # the unit had ended; what may have been opened before that was known is not asked for
    if standing is None and (quarter.first_day <= today or unit.opened_on > quarter.first_day):
        return  # none was opened, and none will be
    period = f"Q{quarter.number} {financial_year_name(quarter.start_year)}"
    known_since = datetime.combine(unit.opened_on, time(0), tzinfo=UTC)
    opened_at = standing.opened_at if standing else known_since
    link = _link("assurance:statement", unit.slug, quarter) if standing else _link("assurance:statements")

    def day(what: str, on: date, title: str, changed_at: datetime) -> Day:
        sequence = max(0, int((changed_at - known_since).total_seconds()))
        name = f"statement-{unit.pk}-{quarter.slug}-{what}"
        return Day(name, on, f"{title}: {unit.name}, {period}", link, changed_at, sequence)

    yield day("opens", london_day(opened_at) if standing else quarter.first_day, "Statement opens", opened_at)
    is_signed, changes = (standing.is_signed, standing.signed_or_decided_at) if standing else (False, [])
    title = "Due day of a statement that is signed" if is_signed else "Statement is due, signed"
    yield day("due", quarter.due_on, title, max([opened_at, *changes]))
    if standing and standing.meeting_on:
        changed_at = max([opened_at, *standing.details_changed_at])
        yield day("meeting", standing.meeting_on, "Health and safety meeting", changed_at)


def _of_rollups(groups: list[BusinessGroup | None], today: date) -> Iterator[Day]:
    """The days on which roll-ups are due; None among the groups stands for the force summary."""
    if not groups:
        return
    this_half = HalfYear.of(today)
    halves = [this_half.previous(), this_half, this_half.next()]
    there = set(Rollup.objects.filter(half__in=halves).values_list("group_id", "half"))
    for group in groups:
        for half in halves:
            wanted = Rollup(group=group, half=half)
            title = "Force summary is due" if group is None else f"Roll-up is due: {group.name}"
            yield Day(
                f"roll-up-{group.pk if group else WHOLE_FORCE}-{half.slug}-due",
                half.due_on,
                f"{title}{',' if group else ':'} H{half.number} {financial_year_name(half.start_year)}",
                _link("assurance:rollup", wanted.slug, half)
                if (wanted.group_id, half) in there
                else _link("assurance:rollups"),
                datetime.combine(half.first_day, time(0), tzinfo=UTC),
            )


def _link(name: str, *arguments: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"
