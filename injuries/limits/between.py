"""Charts of how long it is between events, for what happens less than about three times a month. Plain numbers.

On these a high point is the good one: longer without. A g chart counts whole days, or other opportunities, between
events; a t chart takes time that need not be whole, on a scale on which it is nearly normal (Nelson 1994).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import sqrt
from statistics import mean, median

from injuries.limits.charts import WHOLE, Baseline, Chart, Kind, Lines, LinesAt, NotOnThisChart, about, charted
from injuries.limits.ranges import D2
from injuries.limits.rules import SIGMA_ALONE, RuleSet
from injuries.limits.xmr import Measured, moving_range_lines
from injuries.rates import Observed

# Below this average a month, a chart of monthly counts says little: look at quarters, or at the time between.
FEWEST_A_MONTH = 3
# Time between events of a constant rate is made nearly normal by this root.
ROOT = 3.6


def is_rare(period: Observed) -> bool:
    """Return whether events are too rare for a chart of monthly counts: add up quarters, or chart the time between."""
    return period.monthly_average < FEWEST_A_MONTH


def days_between(days: Iterable[date]) -> tuple[Measured, ...]:
    """Return the days from each event to the next, in order of time, called by the later one's date and number.

    Two events on one day are nought days apart. One event, or none, has nothing between.
    """
    ordered = sorted(days)
    return tuple(
        Measured(f"{after.isoformat()} ({number})", (after - before).days)
        for number, (before, after) in enumerate(pairwise(ordered), start=2)
    )


def g_chart(
    between: Sequence[Measured], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE
) -> Chart:
    """Return the chart of opportunities between events (Benneyan 2001). Its centre line is the median.

    Raises NotOnThisChart for a value that is below nought.
    """
    values = _from_nought(between)

    def lines_from(rested: Sequence[int]) -> LinesAt:
        resting = [value for position in rested if (value := values[position]) is not None]
        usual = mean(resting)
        limits = about(usual, sqrt(usual * (usual + 1)), least=0)
        lines = Lines(median(resting), limits.lower, limits.upper, limits.lower_warning, limits.upper_warning)
        return lambda _: lines

    return charted(Kind.G, [one.label for one in between], values, lines_from, rules=rules, baselines=baselines)


def t_chart(
    between: Sequence[Measured], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE
) -> Chart:
    """Return the chart of time between events: an XmR chart of its 3.6th root, drawn as time.

    Raises NotOnThisChart for a value that is below nought.
    """
    values = _from_nought(between)
    roots = [None if value is None else value ** (1 / ROOT) for value in values]

    def lines_from(rested: Sequence[int]) -> LinesAt:
        of_roots = moving_range_lines(roots, rested, reach=3 / D2, screened=rules.screened)
        lines = Lines(
            _as_time(of_roots.centre),
            _as_time(of_roots.lower),
            _as_time(of_roots.upper),
            _as_time(of_roots.lower_warning),
            _as_time(of_roots.upper_warning),
        )
        return lambda _: lines

    # Drawn by way of their roots, as the limits are, so that rounding cannot put a value beyond a limit it lies on.
    times = [_as_time(root) for root in roots]
    return charted(Kind.T, [one.label for one in between], times, lines_from, rules=rules, baselines=baselines)


def _as_time(root: float | None) -> float | None:
    """A root as the time it stands for; below nought there is none, so that a limit there is nought."""
    return None if root is None else max(0.0, root) ** ROOT


def _from_nought(between: Sequence[Measured]) -> list[float | None]:
    for one in between:
        if one.value is not None and one.value < 0:
            raise NotOnThisChart(f"{one.label}: {one.value} is before the event before.")
    return [one.value for one in between]
