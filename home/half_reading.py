"""What stands on *My half*: read from statements, reviews, roll-ups, targets and actions for `home/half.py`.

A fixed number of queries, however many units the group and the force have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q

from actions.models import Action, Task
from assurance import rollup
from assurance.models import Entry, IssuedRollup, Revision, Rollup
from assurance.models.entry import Carried
from assurance.worklist import ReviewState, WorkRow, work_lists
from home.half import (
    Facts,
    Fall,
    Question,
    Reading,
    Readings,
    ThemeFacts,
    ThemeStanding,
    UnitFacts,
    falls,
    merely_carried,
    questions,
    standings,
)
from maturity.applying import TargetFacts
from maturity.models import Edition, NotComparable, Target, Theme
from organisation.models import BusinessGroup, UnitMembership
from organisation.periods import HalfYear, Quarter, london_day
from organisation.permissions import Person

MOST_ACTIONS = 10


@dataclass(frozen=True, slots=True)
class RollupState:
    """How far the roll-up of a half-year is."""

    rollup: Rollup
    issued: IssuedRollup | None
    today: date

    @property
    def is_over(self) -> bool:
        return bool(self.rollup.half.last_day < self.today)

    @property
    def is_late(self) -> bool:
        return self.issued is None and bool(self.rollup.half.due_on < self.today)


@dataclass(frozen=True, slots=True)
class GroupActions:
    """The group's actions today: how many, and those that are overdue, the longest first."""

    open: int
    overdue: int
    oldest_due_on: date | None
    longest: Sequence[Action]


@dataclass(frozen=True, slots=True)
class Half:
    """The page: `half` is the one that the next roll-up is about."""

    group: BusinessGroup
    half: HalfYear
    quarter: Quarter
    today: date
    units: Sequence[UnitFacts]
    not_signed: Sequence[WorkRow]
    expected: int
    waiting: Sequence[tuple[Quarter, WorkRow]]
    rollups: Sequence[RollupState]
    standings: Sequence[ThemeStanding]
    fallen: Mapping[ThemeFacts, Sequence[Fall]]
    actions: GroupActions
    questions: Sequence[Question]

    @property
    def has_targets(self) -> bool:
        return any(standing.no_target < len(self.units) for standing in self.standings)

    @property
    def is_overdue(self) -> bool:
        """Whether the day has passed on which this quarter's statements were due, signed."""
        return bool(self.today > self.quarter.due_on)


def read_half(group: BusinessGroup, user: Person, *, today: date) -> Half:
    """Read the page of a group for somebody who may see it."""
    running = HalfYear.of(today)
    quarter = Quarter.of(today)
    rollups = _rollups(group, [running.previous(), running], today)
    # Until the last half-year's roll-up is issued, that is what its lead is asked about.
    half = running if rollups[0].issued else running.previous()
    facts = _units(group, today)
    units = [unit for unit, _ in facts]
    themes = _themes(quarter)
    readings = _readings(units, [half.previous(), half, running], themes)
    newest = {**readings[running.previous()], **readings[running]}
    held = standings(themes, units, newest, _targets(today), group_id=group.pk, today=today)
    fallen = falls(themes, units, readings[half], readings[half.previous()], _not_comparable())
    lists = work_lists([group], quarter, today=today) + work_lists([group], quarter.previous(), today=today)
    waiting = [(found.quarter, row) for found in lists for row in found.rows if _waits(row)]
    actions = _actions(units, user, today)
    asked = questions(
        Facts(
            half=half.name,
            half_before=half.previous().name,
            today=today,
            units=units,
            nothing_signed=[
                unit for unit, dates in facts if unit.id not in readings[half] and _was_due(dates, half, today)
            ],
            fallen=fallen,
            standings=held,
            carried=merely_carried(units, readings[half]),
            actions_overdue=actions.overdue,
            oldest_due_on=actions.oldest_due_on,
            reviews_waiting=len(waiting),
        )
    )
    return Half(
        group=group,
        half=half,
        quarter=quarter,
        today=today,
        units=units,
        not_signed=[row for row in lists[0].rows if not _is_signed(row)],
        expected=len(lists[0].rows),
        waiting=waiting,
        rollups=rollups,
        standings=held,
        fallen=fallen,
        actions=actions,
        questions=asked,
    )


def _waits(row: WorkRow) -> bool:
    return row.state == ReviewState.AWAITS_REVIEW


def _is_signed(row: WorkRow) -> bool:
    return row.state in (ReviewState.AWAITS_REVIEW, ReviewState.ACCEPTED)


def _was_due(unit: rollup.UnitFacts, half: HalfYear, today: date) -> bool:
    """Whether a statement of the half should be signed by now: the unit was there, and the day has passed."""
    return any(unit.expected_in(quarter) and quarter.due_on < today for quarter in half.quarters)


def _rollups(group: BusinessGroup, halves: Sequence[HalfYear], today: date) -> list[RollupState]:
    found = {one.half: one for one in Rollup.objects.filter(group=group, half__in=halves).defer("figures")}
    versions = IssuedRollup.objects.filter(rollup__in=list(found.values())).defer("content").order_by("number")
    newest = {one.rollup_id: one for one in versions}
    return [
        RollupState(one, newest.get(one.pk), today)
        for one in (found.get(half) or Rollup(group=group, half=half) for half in halves)
    ]


def _units(group: BusinessGroup, today: date) -> list[tuple[UnitFacts, rollup.UnitFacts]]:
    """Return the units that the group has today, by name, and the days between which they exist."""
    memberships = UnitMembership.objects.in_force(today).filter(group=group).order_by("unit__name")
    open_ones = memberships.filter(Q(unit__closed_on=None) | Q(unit__closed_on__gte=today), unit__opened_on__lte=today)
    columns = ("unit_id", "unit__name", "unit__slug", "unit__risk_band", "unit__opened_on", "unit__closed_on")
    return [
        (UnitFacts(pk, name, slug, risk_band), rollup.UnitFacts(pk, name, slug, opened_on, closed_on))
        for pk, name, slug, risk_band, opened_on, closed_on in open_ones.values_list(*columns)
    ]


def _themes(quarter: Quarter) -> list[ThemeFacts]:
    """Return the scored themes of the edition that the quarter's statements are on."""
    themes = Theme.objects.filter(edition=Edition.objects.in_force(quarter.first_day), scored=True).order_by("number")
    return [ThemeFacts(identity, name) for identity, name in themes.values_list("identity", "name")]


def _readings(
    units: Iterable[UnitFacts], halves: Iterable[HalfYear], themes: Iterable[ThemeFacts]
) -> dict[HalfYear, Readings]:
    """Return, half by half, the statement that counts for each unit, as the roll-up chooses it: two queries."""
    halves = list(dict.fromkeys([*halves]))
    rows = Revision.objects.standing().filter(
        statement__unit__in=[unit.id for unit in units],
        statement__quarter__in=[quarter for half in halves for quarter in half.quarters],
    )
    editions: dict[int, int] = {}
    signed: dict[tuple[HalfYear, int], list[rollup.SignedRevision]] = defaultdict(list)
    for pk, unit, quarter, edition, number, state, signed_at in rows.values_list(
        "pk", "statement__unit", "statement__quarter", "statement__edition", "number", "state", "signed_at"
    ):
        if signed_at is not None:
            editions[pk] = edition
            one = rollup.SignedRevision(pk, unit, quarter, number, state, london_day(signed_at))
            signed[quarter.half, unit].append(one)
    chosen = {key: counts for key, found in signed.items() if (counts := rollup.taken(found)[0]) is not None}
    levels, carried = _entries([one.id for one in chosen.values()], themes)
    readings: dict[HalfYear, dict[int, Reading]] = {half: {} for half in halves}
    for (half, unit), one in chosen.items():
        readings[half][unit] = Reading(
            one.quarter.name, one.number, editions[one.id], levels[one.id], frozenset(carried[one.id])
        )
    return dict(readings)


def _entries(
    revisions: Iterable[int], themes: Iterable[ThemeFacts]
) -> tuple[dict[int, dict[str, int | None]], dict[int, set[str]]]:
    """Return {revision: {theme identity: level}} and {revision: themes merely carried} of the scored themes."""
    levels: dict[int, dict[str, int | None]] = defaultdict(dict)
    carried: dict[int, set[str]] = defaultdict(set)
    entries = Entry.objects.filter(
        revision__in=list(revisions), theme__scored=True, theme__identity__in=[theme.identity for theme in themes]
    )
    for revision, identity, level, how in entries.values_list("revision", "theme__identity", "level", "carried"):
        levels[revision][identity] = level
        if how == Carried.CONFIRMED:
            carried[revision].add(identity)
    return levels, carried


def _targets(today: date) -> list[TargetFacts]:
    columns = ("pk", "level", "by_on", "group_id", "unit_id", "risk_bands", "theme_identity")
    return [
        TargetFacts(pk, level, by_on, group, unit, tuple(bands), identity)
        for pk, level, by_on, group, unit, bands, identity in Target.objects.on(today).values_list(*columns)
    ]


def _not_comparable() -> set[tuple[int, int, str]]:
    return set(NotComparable.objects.values_list("edition_id", "earlier_id", "identity"))


def _actions(units: Iterable[UnitFacts], user: Person, today: date) -> GroupActions:
    theirs = Action.objects.visible_to(user).filter(unit__in=[unit.id for unit in units])
    overdue = theirs.overdue(today)
    longest = list(overdue.with_next_due().select_related("unit").order_by(F("next_due_on"), "pk")[:MOST_ACTIONS])
    late: dict[str, Any] = Task.objects.filter(action__in=overdue.order_by().values("pk"), done_at=None).aggregate(
        actions=Count("action", distinct=True), oldest=Min("due_on")
    )
    return GroupActions(theirs.open().count(), late["actions"], late["oldest"], longest)
