"""The rules that call points of a chart signals. Plain numbers: no database, no clock.

A set of rules has a name and a version, which are printed on the chart: changing what counts as a signal is a new
version, so that an old chart says what it was read by. `statistics.md`, *Charts over time*, whose rules for XmR charts
are those of NHS England's *Making Data Count* as NHSRplotthedots 0.2.2 has them; runs are Anhøj and Olesen's (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import comb, log2

# Of fewer points that are not on the centre line, runs say nothing.
FEWEST_FOR_RUNS = 10
# How rare, at most, as few crossings are by chance as the fewest that are not remarked on.
FEW_CROSSINGS = 0.05


class Rule(StrEnum):
    """What a point can be a signal by, the most telling first."""

    OUTSIDE = "outside the limits"
    TREND = "part of a trend"
    TWO_OF_THREE = "two of three near a limit"
    SHIFT = "part of a shift"


class Limits(StrEnum):
    """How far from the centre line the limits are."""

    EXACT_POISSON = "exact Poisson limits, 99.8%"
    THREE_SIGMA = "three-sigma limits"
    MOVING_RANGE = "limits from the moving range"


class Near(StrEnum):
    """Which points count as near a limit, for two of three."""

    BETWEEN = "between two and three sigma"
    BEYOND = "beyond two sigma, outside the limits included"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What limits a chart has and what is a signal on it.

    `trend` and `shift` are the numbers of points that make one; None where that is no signal. `near` is None where two
    of three near a limit is none. `screened` leaves moving ranges of at least 3.267 × their mean out of it, once.
    `reach` is what the mean moving range is multiplied by for an XmR chart's limits. `tail` is how rare a count beyond
    an exact limit is, at most.
    """

    name: str
    version: int
    limits: Limits
    trend: int | None = None
    shift: int | None = None
    near: Near | None = None
    screened: bool = True
    reach: float = 2.66
    tail: float = 0.001

    @property
    def words(self) -> tuple[str, ...]:
        """What is printed on the chart: the name with its version, then each rule."""
        lines = [f"{self.name}, version {self.version}", f"a point outside {self.limits}"]
        if self.trend:
            lines.append(f"a trend of {self.trend} points, each higher (or lower) than the one before")
        if self.near:
            lines.append(f"two of three points {self.near}, all three on that side of the centre line")
        if self.shift:
            lines.append(f"a shift of {self.shift} points on one side of the centre line")
        return tuple(lines)


# Monthly injuries: on stable data of 36 months a false alarm in one chart of twenty, rather than in 3 of 10 and more.
EXACT_ALONE = RuleSet("Exact limits alone", 1, Limits.EXACT_POISSON)
SIGMA_ALONE = RuleSet("Three-sigma limits alone", 1, Limits.THREE_SIGMA)
SEVEN_POINTS = RuleSet("Limits and runs of seven", 1, Limits.MOVING_RANGE, trend=7, shift=7, near=Near.BETWEEN)


@dataclass(frozen=True, slots=True)
class Signal:
    """Why a point is one, and on which side: 1 above the centre line or rising, −1 below it or falling."""

    rule: Rule
    side: int


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs about the centre line (Anhøj and Olesen 2014): a reason to look closer, not a signal.

    `useful` points are not on the line. `longest` is the longest run of them on one side, `longest_by_chance` the
    longest not remarked on; `crossings` is how often they change sides, `fewest_by_chance` the fewest not remarked on.
    """

    useful: int
    longest: int
    longest_by_chance: int
    crossings: int
    fewest_by_chance: int

    @property
    def look_closer(self) -> bool:
        """Whether points stay on one side for longer, or change sides less often, than chance lets them."""
        if self.useful < FEWEST_FOR_RUNS:
            return False
        return self.longest > self.longest_by_chance or self.crossings < self.fewest_by_chance


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a point lies: its value, the side of the centre line, outside on which side, near a limit or not.

    All of a missing point say nothing: None, 0 and False. A point between the limits has `outside` 0.
    """

    value: float | None = None
    side: int = 0
    outside: int = 0
    beyond_two_sigma: bool = False


def signals_of(points: Sequence[Placed], rules: RuleSet) -> list[tuple[Signal, ...]]:
    """Return each point's signals, the most telling first. A missing point is none, and breaks what it stands in."""
    found: list[list[Signal]] = [[Signal(Rule.OUTSIDE, point.outside)] if point.outside else [] for point in points]
    sides = [point.side for point in points]
    if rules.trend:
        _mark(found, Rule.TREND, trend_ends([point.value for point in points], rules.trend), rules.trend)
    if rules.near:
        close = [point.beyond_two_sigma and (rules.near is Near.BEYOND or not point.outside) for point in points]
        for index, flagged in enumerate(two_of_three(close, sides)):
            if flagged:
                found[index].append(Signal(Rule.TWO_OF_THREE, sides[index]))
    if rules.shift:
        _mark(found, Rule.SHIFT, shift_ends(sides, rules.shift), rules.shift)
    return [tuple(signals) for signals in found]


def shift_ends(sides: Sequence[int], length: int) -> list[int]:
    """Return for each point the side on which it and those before it are so many in a row; 0 where they are not."""
    ends, run = [], 0
    for index, side in enumerate(sides):
        run = run + 1 if index and side == sides[index - 1] else 1
        ends.append(side if run >= length else 0)
    return ends


def trend_ends(values: Sequence[float | None], length: int) -> list[int]:
    """Return 1 (or −1) for each point that is the last of so many, each higher (or lower) than the one before.

    Two equal values break a trend, and so does a missing one.
    """
    steps = [0] + [_sign(one, other) for one, other in pairwise(values)]
    return shift_ends(steps, length - 1)[: len(values)]


def two_of_three(close: Sequence[bool], sides: Sequence[int]) -> list[bool]:
    """Return which points are near a limit and in three in a row on that side of which at least two are near."""
    return [near and there for near, there in zip(close, in_two_of_three(close, sides), strict=True)]


def in_two_of_three(close: Sequence[bool], sides: Sequence[int]) -> list[bool]:
    """Return which points stand in such three, near a limit or not."""
    flagged = [False] * len(close)
    for start in range(len(close) - 2):
        three = slice(start, start + 3)
        if sum(close[three]) >= 2 and abs(sum(sides[three])) == 3:
            flagged[three] = [True] * 3
    return flagged


def runs_of(sides: Sequence[int]) -> Runs:
    """Return the runs of points on either side of the centre line (1 or −1); those on it (0) are passed over."""
    useful = [side for side in sides if side]
    if not useful:
        return Runs(0, 0, 0, 0, 0)
    longest = run = 1
    crossings = 0
    for before, side in pairwise(useful):
        run = run + 1 if side == before else 1
        crossings += side != before
        longest = max(longest, run)
    return Runs(len(useful), longest, round(log2(len(useful)) + 3), crossings, _fewest_crossings(len(useful)))


def _mark(found: list[list[Signal]], rule: Rule, ends: Sequence[int], length: int) -> None:
    """Every point of a run is a signal, not just its last."""
    for index in range(len(ends)):
        for side in (1, -1):
            if side in ends[index : index + length]:
                found[index].append(Signal(rule, side))


def _sign(before: float | None, after: float | None) -> int:
    if before is None or after is None:
        return 0
    return (after > before) - (after < before)


def _fewest_crossings(useful: int) -> int:
    """The least number of changes of a fair coin's side that is not rarer, with all fewer, than one in twenty."""
    throws, total = useful - 1, 0
    for number in range(throws + 1):
        total += comb(throws, number)
        if total >= FEW_CROSSINGS * 2**throws:
            return number
    return 0
