"""Points with their centre line, limits and signals, whatever kind of chart. Plain numbers: no database, no clock.

What every kind shares: stretches of time with limits of their own, gaps where something is missing, signals and runs.
A kind (`counts.py`, `xmr.py`, `between.py`) says what its values are and where limits lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from injuries.limits.rules import Placed, RuleSet, Runs, Signal, runs_of, signals_of
from injuries.rates import Undefined


class NothingToChart(Undefined):
    """A series without a single value."""


class NoSuchPoint(Undefined):
    """A stretch that is to begin at a point which the series does not have, or two points with one name."""


class Unexplained(Undefined):
    """Limits that begin anew without a reason."""


class NotOnThisChart(Undefined):
    """A value that this kind of chart cannot have, such as more successes than trials."""


class Kind(StrEnum):
    """The kinds of chart, by the names that textbooks have for them."""

    U = "u chart"
    U_PRIME = "u′ chart (Laney)"
    C = "c chart"
    P = "p chart"
    P_PRIME = "p′ chart (Laney)"
    XMR = "XmR chart"
    G = "g chart"
    T = "t chart"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What limits rest on, from the point called `start` (None: the first) until the next baseline's.

    `points` fixes them to the first so many that have a value (None: to all of the stretch). Limits that begin anew
    have a `reason`: the event, with its date, that made what came after another thing (a new reporting system).
    """

    start: str | None = None
    points: int | None = None
    reason: str = ""


# One set of limits for everything, worked out from everything.
WHOLE = (Baseline(),)


@dataclass(frozen=True, slots=True)
class Lines:
    """The centre line and the limits at one point; the warning limits are two sigma from it. None: there is none."""

    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    lower_warning: float | None = None
    upper_warning: float | None = None


NO_LINES = Lines()


@dataclass(frozen=True, slots=True)
class Point:
    """One point. `value` is None where something is missing. `stretch` is the number of its stretch, from 0."""

    label: str
    value: float | None
    lines: Lines
    stretch: int
    signals: tuple[Signal, ...]

    @property
    def signal(self) -> Signal | None:
        """The most telling one."""
        return self.signals[0] if self.signals else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points that share limits. These rest on `rests_on` points.

    `dispersion` is the index of dispersion of the counts that limits rest on: about 1 where chance alone moves them,
    None where they are no counts, or too few.
    """

    baseline: Baseline
    first: str
    last: str
    rests_on: int
    runs: Runs
    dispersion: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn and read. Values are per `per` of what they are counted among."""

    kind: Kind
    rules: RuleSet
    per: int
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]

    @property
    def signals(self) -> tuple[Point, ...]:
        """The points that are signals."""
        return tuple(point for point in self.points if point.signals)

    @property
    def look_closer(self) -> bool:
        """Whether the points of a stretch run about its centre line in a way that chance rarely brings about."""
        return any(stretch.runs.look_closer for stretch in self.stretches)


# The lines at any position of a stretch; and these, given the positions that they rest on. None: too few for any.
LinesAt = Callable[[int], Lines]
LinesFrom = Callable[[Sequence[int]], LinesAt | None]


def charted(
    kind: Kind,
    labels: Sequence[str],
    values: Sequence[float | None],
    lines_from: LinesFrom,
    *,
    rules: RuleSet,
    baselines: Sequence[Baseline],
    per: int = 1,
    dispersion_of: Callable[[Sequence[int]], float | None] = lambda _: None,
) -> Chart:
    """Return the chart of labelled values. A stretch whose limits would rest on too few points has none.

    Raises NothingToChart, NoSuchPoint and Unexplained.
    """
    if all(value is None for value in values):
        raise NothingToChart("There is no month with a figure to draw.")
    points: list[Point] = []
    stretches: list[Stretch] = []
    for number, (baseline, positions) in enumerate(_stretches(labels, baselines)):
        present = [position for position in positions if values[position] is not None]
        rested = present[: baseline.points]
        lines_at = (lines_from(rested) if rested else None) or _without
        lines = [lines_at(position) for position in positions]
        placed = [placed_at(values[position], line) for position, line in zip(positions, lines, strict=True)]
        points += [
            Point(labels[position], values[position], line, number, signals)
            for position, line, signals in zip(positions, lines, signals_of(placed, rules), strict=True)
        ]
        runs = runs_of([place.side for place in placed])
        first, last = labels[positions[0]], labels[positions[-1]]
        stretches.append(Stretch(baseline, first, last, len(rested), runs, dispersion_of(rested)))
    return Chart(kind, rules, per, tuple(points), tuple(stretches))


def placed_at(value: float | None, lines: Lines) -> Placed:
    """Return where a value lies among its lines. On a limit is within it; on the centre line is on no side."""
    if value is None or lines.centre is None:
        return Placed(value)
    return Placed(
        value,
        side=(value > lines.centre) - (value < lines.centre),
        outside=_beyond(value, lines.lower, lines.upper),
        beyond_two_sigma=_beyond(value, lines.lower_warning, lines.upper_warning) != 0,
    )


def about(centre: float, sigma: float, *, least: float | None = None, most: float | None = None) -> Lines:
    """Return lines three and two sigma to either side of a centre, on a scale that may have ends."""

    def clipped(value: float) -> float:
        value = value if least is None else max(least, value)
        return value if most is None else min(most, value)

    lower, lower_warning, upper_warning, upper = (clipped(centre + steps * sigma) for steps in (-3, -2, 2, 3))
    return Lines(centre, lower, upper, lower_warning, upper_warning)


def _without(_: int) -> Lines:
    return NO_LINES


def _beyond(value: float, lower: float | None, upper: float | None) -> int:
    if upper is not None and value > upper:
        return 1
    return -1 if lower is not None and value < lower else 0


def _stretches(labels: Sequence[str], baselines: Sequence[Baseline]) -> list[tuple[Baseline, range]]:
    """Each baseline with the positions of its stretch."""
    if len(set(labels)) < len(labels):
        raise NoSuchPoint("Two points have the same name, so a stretch could begin at either.")
    if not baselines:
        raise NoSuchPoint("There is no baseline to work out limits from.")
    starts = [_start(labels, baseline, first=not number) for number, baseline in enumerate(baselines)]
    ends = [*starts[1:], len(labels)]
    if starts[0] or any(start >= end for start, end in zip(starts, ends, strict=True)):
        raise NoSuchPoint("Baselines begin with the first point and follow one another in time.")
    return [(baseline, range(*bounds)) for baseline, *bounds in zip(baselines, starts, ends, strict=True)]


def _start(labels: Sequence[str], baseline: Baseline, *, first: bool) -> int:
    if baseline.points is not None and baseline.points < 1:
        raise NoSuchPoint("Limits rest on one point at least.")
    if baseline.start is None and first:
        return 0
    if baseline.start not in labels:
        raise NoSuchPoint(f"There is no point {baseline.start} for limits to begin at.")
    if not first and not baseline.reason.strip():
        raise Unexplained(f"Limits begin anew at {baseline.start} without a reason.")
    return labels.index(baseline.start)
