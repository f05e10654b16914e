"""XmR charts, for measures that are no counts, or counts of ten a month and more. Plain numbers: no database, no clock.

Limits are the mean ± 2.66 × the mean moving range (Wheeler 1993); `statistics.md`, *Charts over time*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import mean

from injuries.limits.charts import WHOLE, Baseline, Chart, Kind, Lines, LinesAt, NotOnThisChart, charted
from injuries.limits.ranges import mean_range
from injuries.limits.rules import SEVEN_POINTS, RuleSet
from injuries.rates import Observed

# From this average a month, counts may be charted as measures are.
FREQUENT_FROM = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, called `label`; None where it is missing. Raises NotOnThisChart for one that is not finite."""

    label: str
    value: float | None

    def __post_init__(self) -> None:
        if self.value is not None and not isfinite(self.value):
            raise NotOnThisChart(f"{self.label}: {self.value} cannot be drawn.")


def xmr_chart(
    measured: Sequence[Measured], *, rules: RuleSet = SEVEN_POINTS, baselines: Sequence[Baseline] = WHOLE
) -> Chart:
    """Return the chart of values with limits from how far neighbours lie apart.

    A stretch without two neighbours has a centre line and no limits. Where nothing moves the limits are the mean.
    """
    values = [one.value for one in measured]

    def lines_from(rested: Sequence[int]) -> LinesAt:
        lines = moving_range_lines(values, rested, reach=rules.reach, screened=rules.screened)
        return lambda _: lines

    return charted(Kind.XMR, [one.label for one in measured], values, lines_from, rules=rules, baselines=baselines)


def is_frequent(period: Observed) -> bool:
    """Return whether events happen often enough for their counts to be charted as measures are."""
    return period.monthly_average >= FREQUENT_FROM


def moving_range_lines(values: Sequence[float | None], rested: Sequence[int], *, reach: float, screened: bool) -> Lines:
    """Return the lines that rest on the values at these positions; neighbours are those with nothing between."""
    resting = set(rested)
    used = [value if position in resting else None for position, value in enumerate(values)]
    centre = mean(value for value in used if value is not None)
    between = mean_range(used, screened=screened)
    if between is None:
        return Lines(centre)
    limit, warning = reach * between, reach * between * 2 / 3
    return Lines(centre, centre - limit, centre + limit, centre - warning, centre + warning)
