"""How far units are from a target, and how fast they go. Plain values: no database, no clock.

Rules: `statistics.md`, *Levels are ordinal*, "Reaching a target". The share at a quarter is that of the statements that
count at its end: for each unit, as in a roll-up, from the two quarters that end with it; a unit with nothing signed is
in the denominator and not at the target. What was merely carried forward has not moved. No model is fitted: the range
of recent pace is what the last five quarters would make of the rest of the way, and no confidence interval.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from assurance.comparing import Editions
from assurance.sustaining import QuarterlyLevels, self_sustaining
from organisation.periods import Quarter

QUARTERS_OF_HISTORY = 5
LEVEL_OF_ASSURANCE = 3  # against which assurance is given where no target says otherwise (2017 paper, §11)


@dataclass(frozen=True)
class TargetFacts:
    """A target of the group or of the whole force. `theme` is an identity, or empty for every scored theme.

    `share` is a percentage of units, None for every unit; no `risk_bands` are all of them.
    """

    level: int
    by_on: date
    for_whom: str = ""
    self_sustaining: bool = False
    of_group: bool = False
    risk_bands: tuple[str, ...] = ()
    theme: str = ""
    share: int | None = None
    endorsed_by: str = ""
    endorsed_on: date | None = None


@dataclass(frozen=True)
class Counting:
    """The statement of a unit that counts at the end of a quarter: of which quarter it is, and what it says."""

    quarter: Quarter
    said: QuarterlyLevels
    carried: Collection[str] = ()


@dataclass(frozen=True)
class UnitHistory:
    """A unit over the quarters. `counting` is by the quarter at whose end it counts; `statements` by their own."""

    name: str
    expected: Collection[Quarter]
    counting: Mapping[Quarter, Counting] = field(default_factory=dict)
    statements: Mapping[Quarter, QuarterlyLevels] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """How many of how many units were at the target at the end of a quarter."""

    quarter: str
    at_target: int
    units: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.at_target, self.units) if self.units else Fraction(0)


@dataclass(frozen=True)
class TargetProgress:
    """A target, and what is counted for it, as a roll-up keeps it. `history` is at most five quarters, the last last.

    `short` names the units that are not at the target; of a force, the groups are counted and no unit is named.
    """

    level: int
    self_sustaining: bool
    for_whom: str
    theme: str
    share: int | None
    by_on: str
    endorsed_by: str
    endorsed_on: str
    history: tuple[Point, ...]
    short: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What follows from the counts. Paces are units a quarter; `slowest` and `fastest` are shares at the target's day.

    `quarters_left` are whole quarters from the last one counted; at none, or fewer, the day has come. What asks for
    more history than there is, or for time that is not left, is None.
    """

    at_target: int
    units: int
    needed: int
    quarters_left: int
    required_pace: Fraction | None = None
    observed_pace: Fraction | None = None
    slowest: Fraction | None = None
    fastest: Fraction | None = None

    @property
    def short(self) -> int:
        """How many more units must reach it."""
        return max(self.needed - self.at_target, 0)

    @property
    def too_early(self) -> bool:
        return self.observed_pace is None


def level_asked(targets: Iterable[TargetFacts], identity: str, day: date) -> int:
    """Return the level that is asked of every unit of the group in a theme: what the shares at target speak of.

    Of the targets that hold for all of its units, in the order of `Target.objects.applying_to`: the group's own before
    the force's, one for the theme before one for all, the one whose day comes next before those whose day has passed.
    """
    holding = [one for one in targets if not one.risk_bands and one.theme in ("", identity)]
    if not holding:
        return LEVEL_OF_ASSURANCE
    return min(holding, key=lambda one: _precedence(one, day)).level


def _precedence(target: TargetFacts, day: date) -> tuple[bool, bool, bool, int, int]:
    passed = target.by_on < day
    distance = target.by_on.toordinal()
    return not target.of_group, not target.theme, passed, -distance if passed else distance, -target.level


def points_until(last: Quarter) -> tuple[Quarter, ...]:
    """Return the quarters that a target's history is counted at."""
    return tuple(last.plus(-back) for back in reversed(range(QUARTERS_OF_HISTORY)))


def progress(
    target: TargetFacts,
    units: Sequence[UnitHistory],
    last: Quarter,
    *,
    theme_name: str,
    editions: Editions,
    edition: str,
    scored: Collection[str],
) -> tuple[TargetProgress, dict[int, bool | None]]:
    """Count the units at the target at the end of the last five quarters, and say where each stands at the last.

    A unit is named by its place in `units`: names need not be unique. None: the target has no bearing on it.

    `edition` is that of the half-year and `scored` its scored themes. The history begins after the last quarter that
    was counted on an edition whose themes are not all comparable, and not before the first statement; the last one is
    always there.
    """
    asked = [target.theme] if target.theme else sorted(scored)
    points: list[Point] = []
    short: list[str] = []
    standing: dict[int, bool | None] = {}
    for quarter in points_until(last):
        there = {place: unit for place, unit in enumerate(units) if quarter in unit.expected}
        standing = {
            place: _is_at(target, unit, quarter, editions, before=standing.get(place), was_there=place in standing)
            for place, unit in there.items()
        }
        short = [units[place].name for place, at_target in standing.items() if at_target is False]
        counted = [found for unit in there.values() if (found := unit.counting.get(quarter)) is not None]
        if not all(editions.comparable(edition, one.said.edition, identity) for one in counted for identity in asked):
            points.clear()
            counted = []
        if points or counted or quarter == last:
            with_bearing = [at_target for at_target in standing.values() if at_target is not None]
            points.append(Point(str(quarter), sum(with_bearing), len(with_bearing)))
    return kept(target, points, theme_name=theme_name, short=short), standing


def kept(
    target: TargetFacts, history: Sequence[Point], *, theme_name: str, short: Iterable[str] = ()
) -> TargetProgress:
    """Return the target with its history as a roll-up keeps them."""
    return TargetProgress(
        target.level,
        target.self_sustaining,
        target.for_whom,
        theme_name,
        target.share,
        target.by_on.isoformat(),
        target.endorsed_by,
        target.endorsed_on.isoformat() if target.endorsed_on else "",
        tuple(history),
        tuple(short),
    )


def _is_at(
    target: TargetFacts,
    unit: UnitHistory,
    quarter: Quarter,
    editions: Editions,
    *,
    before: bool | None,
    was_there: bool,
) -> bool | None:
    """Whether the unit is at the target at the end of a quarter; None where the target's theme is not scored there.

    `before` is what was found at the end of the quarter before, if the unit `was_there`.
    """
    counts = unit.counting.get(quarter)
    if counts is None:
        return False
    levels = counts.said.levels
    asked = [identity for identity in levels if target.theme in ("", identity)]
    if not asked:
        return None
    if was_there and quarter.previous() in unit.counting and set(asked) <= set(counts.carried):
        return before
    if target.self_sustaining:
        return set(asked) <= self_sustaining(unit.statements, counts.quarter, editions, least=target.level)
    return all((levels[identity] or 0) >= target.level for identity in asked)


def outlook(history: Sequence[Point], *, by_on: date, share: int | None) -> Outlook:
    """Return how many units are short, the pace that is required and the one observed, and where it leads.

    `history` has one point a quarter, the last one last; from five on there is a pace. `share` is a percentage.
    """
    now = history[-1]
    needed = now.units if share is None else math.ceil(Fraction(share * now.units, 100))
    found = Outlook(now.at_target, now.units, needed, quarters_left=_quarters_until(by_on, Quarter.parse(now.quarter)))
    left = found.quarters_left
    required = Fraction(found.short, left) if left > 0 else None
    if len(history) < QUARTERS_OF_HISTORY or not now.units:
        return Outlook(now.at_target, now.units, needed, left, required)
    shares = [point.share for point in history[-QUARTERS_OF_HISTORY:]]
    paces = [(later - earlier) / 2 for earlier, later in zip(shares, shares[2:], strict=False)]
    observed = (shares[-1] - shares[0]) / (QUARTERS_OF_HISTORY - 1) * now.units
    if left <= 0:
        return Outlook(now.at_target, now.units, needed, left, None, observed)
    carried_on = [min(max(now.share + pace * left, Fraction(0)), Fraction(1)) for pace in (min(paces), max(paces))]
    return Outlook(now.at_target, now.units, needed, left, required, observed, *carried_on)


def _quarters_until(day: date, since: Quarter) -> int:
    """Whole quarters that end after `since` and by `day`."""
    quarter = Quarter.of(day)
    last_over = quarter if day == quarter.last_day else quarter.previous()
    return (last_over.start_year - since.start_year) * 4 + last_over.number - since.number
