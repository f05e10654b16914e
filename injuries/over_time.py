"""An indicator over time: the chart’s points, the same numbers as a table, and what they say. Plain values.

By months, or by quarters of the financial year where there are so few a month that single months say little.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from injuries.limits.between import is_rare
from injuries.limits.charts import WHOLE, Baseline, Chart, NothingToChart, Point
from injuries.limits.counts import may_widen, u_chart
from injuries.months import IN_A_YEAR, Month
from injuries.rates import Counted, NoExposure, Observed, in_groups, observed, rolling
from injuries.two_periods import Change
from organisation.periods import Quarter
from rendering import formats
from rendering.charts.control import Moment
from rendering.tables import Cell, Table

IN_A_QUARTER = 3
# Limits that rest on fewer points than a year has will still move a good deal.
FEW_POINTS = 12
LOOK_CLOSER = (
    "The points stay on one side of the average for longer, or cross it less often, than chance usually lets them. "
    "That is a reason to look closer, not a signal."
)


class Step(StrEnum):
    """What one point of the chart, and one row of the table, is of."""

    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A month or quarter in words; empty where nothing can be said."""

    label: str
    number: str
    people: str
    rate: str
    limits: str
    rolling: str
    says: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """The months or quarters of an indicator, of a staff group or of everybody."""

    step: Step
    rows: tuple[TimeRow, ...]
    moments: tuple[Moment, ...]
    sentences: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def can_be_drawn(self) -> bool:
        return bool(self.moments)

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns of the table are headed by."""
        first, people = ("Month", "Headcount") if self.step is Step.MONTH else ("Quarter", "Person-months")
        return first, "Number", people, "Rate per 1,000", "Limits, 99.8%", "Rate of 12 months", "To be read with care"


def over_time(
    months: Sequence[Counted],
    *,
    last: Month,
    step: Step | None = None,
    provisional: Collection[str] = (),
    changes: Sequence[Change] = (),
) -> OverTime:
    """Return the months up to `last` with their limits, or the whole quarters among them.

    Without a `step`, quarters stand for months where there are fewer than three a month. `provisional` are the labels
    of months that are still incomplete. Limits begin anew at a change that says so. `rolling` is the rate of the twelve
    months up to each month or quarter, where all of them are known.
    """
    rare = _are_rare(months)
    quarters = _by_quarter(months, last, provisional)
    if step is Step.QUARTER or (step is None and rare and len(quarters.counted) > 1):
        points = quarters
    else:
        starts = tuple(last.plus(1 - len(months) + index) for index in range(len(months)))
        points = _Points(Step.MONTH, tuple(months), starts, frozenset(provisional))
    try:
        chart: Chart | None = u_chart(points.counted, baselines=_baselines(points, changes))
        why = ""
    except NothingToChart:
        chart, why = None, f"No {points.step} has both a count and a headcount, so there is no rate to draw."
    except NoExposure as reason:
        chart, why = None, f"No rate can be worked out. {reason} Mend the headcount of that {points.step}."
    drawn = {point.label: point for point in chart.points} if chart else {}
    years = rolling(points.counted, months=points.in_a_year)
    rows = tuple(
        _row(one, drawn.get(one.label), year, one.label in points.provisional)
        for one, year in zip(points.counted, years, strict=True)
    )
    moments = tuple(_moment(point, point.label in points.provisional) for point in drawn.values())
    sentences = tuple(_sentences(points.step, chart, rare=rare)) if chart else (why,)
    return OverTime(points.step, rows, moments, sentences, chart.rules.words if chart else ())


# --- Months, or quarters of them --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Points:
    """What the points of a chart are of; `starts` are their first months, `provisional` the labels of some."""

    step: Step
    counted: tuple[Counted, ...]
    starts: tuple[Month, ...]
    provisional: frozenset[str]

    @property
    def in_a_year(self) -> int:
        return IN_A_YEAR if self.step is Step.MONTH else IN_A_YEAR // IN_A_QUARTER


def _are_rare(months: Sequence[Counted]) -> bool:
    """Whether events are too rare for months, by the months that were counted."""
    known = [one.events for one in months if one.events is not None]
    return bool(known) and is_rare(observed(sum(known), len(known), months=len(known), per="months"))


def _by_quarter(months: Sequence[Counted], last: Month, provisional: Collection[str]) -> _Points:
    """The whole quarters of the financial year among the months."""
    first = last.plus(1 - len(months))
    before = (1 - first.number) % IN_A_QUARTER  # months that belong to a quarter that began before the first
    whole = months[before:]
    added = in_groups(whole, months=IN_A_QUARTER)
    starts = tuple(first.plus(before + IN_A_QUARTER * number) for number in range(len(added)))
    counted = tuple(
        replace(one, label=Quarter.of(start.first_day).name) for one, start in zip(added, starts, strict=True)
    )
    incomplete = frozenset(
        one.label
        for number, one in enumerate(counted)
        if any(month.label in provisional for month in whole[IN_A_QUARTER * number : IN_A_QUARTER * (number + 1)])
    )
    return _Points(Step.QUARTER, counted, starts, incomplete)


def _baselines(points: _Points, changes: Sequence[Change]) -> tuple[Baseline, ...]:
    """Where limits begin anew: with the month or quarter in which reporting changed so that it is another thing."""
    begins: dict[int, str] = {}
    for change in changes:
        before = [index for index, start in enumerate(points.starts) if start <= Month.of(change.starts_on)]
        at = before[-1] if before else 0
        ends = points.starts[-1].plus(IN_A_QUARTER if points.step is Step.QUARTER else 1) if points.starts else None
        if change.limits_begin_anew and at and ends and Month.of(change.starts_on) < ends:
            begins[at] = f"{formats.day(change.starts_on)}, {change.name}"
    return (*WHOLE, *(Baseline(points.counted[at].label, reason=begins[at]) for at in sorted(begins)))


# --- In words ---------------------------------------------------------------------------------------------------------


def _moment(point: Point, is_provisional: bool) -> Moment:
    outside = point.signal.side if point.signal else 0
    lines = point.lines
    return Moment(point.label, point.value, lines.centre, lines.lower, lines.upper, outside, is_provisional)


def _row(one: Counted, point: Point | None, year: Observed | None, is_provisional: bool) -> TimeRow:
    says = []
    if one.events is None:
        says.append("Not counted.")
    if one.exposure is None:
        says.append("No headcount.")
    if point and point.signal:
        says.append("Above the limits." if point.signal.side > 0 else "Below the limits.")
    if is_provisional and one.events is not None:
        says.append("Provisional.")
    limits = ""
    if point and point.lines.lower is not None and point.lines.upper is not None:
        limits = f"{formats.rate(point.lines.lower)} to {formats.rate(point.lines.upper)}"
    return TimeRow(
        one.label,
        "" if one.events is None else formats.count(one.events),
        "" if one.exposure is None else formats.decimal(one.exposure),
        "" if point is None or point.value is None else formats.rate(point.value),
        limits,
        formats.rate(year.rate_per_1000) if year and year.exposure else "",
        " ".join(says),
    )


def _sentences(step: Step, chart: Chart, *, rare: bool) -> list[str]:
    """What the chart says, in words."""
    sides = [(point.label, point.signal.side) for point in chart.signals if point.signal]
    high, low = [label for label, side in sides if side > 0], [label for label, side in sides if side < 0]
    said = []
    for names, where in ((high, "above"), (low, "below")):
        if names:
            said.append(f"{formats.listed(names)}: {where} the limits, more than chance alone usually brings about.")
    if not said:
        said.append(f"No {step} lies outside the limits: what moves from {step} to {step} could be chance.")
    if chart.look_closer:
        said.append(LOOK_CLOSER)
    if rare and step is Step.QUARTER:
        said.append("There are fewer than three a month, so single months say little, and quarters are shown.")
    elif rare:
        said.append("There are fewer than three a month, so single months say little: look at quarters.")
    for before, stretch in pairwise(chart.stretches):
        said.append(
            f"Limits begin anew with {stretch.first} ({stretch.baseline.reason}), and rest on what came from then on: "
            f"points up to {before.last} are not to be compared with later ones."
        )
    if 0 < chart.stretches[-1].rests_on < FEW_POINTS:
        points = formats.so_many(chart.stretches[-1].rests_on, step.value)
        said.append(f"The latest limits rest on {points} so far, so they may still move.")
    dispersion = max((one.dispersion for one in chart.stretches if one.dispersion is not None), default=None)
    if dispersion is not None and may_widen(chart):
        said.append(
            f"The counts vary {formats.decimal(dispersion)} times as much as chance alone would have them (index of "
            f"dispersion), so some {step}s lie outside the limits without a reason of their own."
        )
    return said


WIDTHS = (32, 10, 14, 14, 18, 18, 40)


def table(found: OverTime) -> Table:
    """Return the months or quarters as a table that leaves the product."""
    rows: list[list[Cell]] = [
        [row.label, row.number, row.people, row.rate, row.limits, row.rolling, row.says] for row in found.rows
    ]
    return Table(f"By {found.step}", tuple(zip(found.headings, WIDTHS, strict=True)), rows)
