"""An indicator month by month: the chart’s points, the same numbers as a table, and what they say. Plain values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from injuries.limits.between import FEWEST_A_MONTH
from injuries.limits.charts import Chart, NothingToChart, Point
from injuries.limits.counts import may_widen, u_chart
from injuries.rates import Counted, NoExposure, Observed, rolling
from rendering import formats
from rendering.charts.control import Moment
from rendering.tables import Cell, Table

LOOK_CLOSER = (
    "The points stay on one side of the average for longer, or cross it less often, than chance usually lets them. "
    "That is a reason to look closer, not a signal."
)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in words; empty where nothing can be said."""

    month: str
    number: str
    headcount: str
    rate: str
    limits: str
    rolling: str
    says: str


@dataclass(frozen=True, slots=True)
class Monthly:
    """The months of an indicator, of a staff group or of everybody."""

    rows: tuple[MonthRow, ...]
    moments: tuple[Moment, ...]
    sentences: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def can_be_drawn(self) -> bool:
        return bool(self.moments)


def monthly(counted: Sequence[Counted], *, provisional: Collection[str] = ()) -> Monthly:
    """Return the months with their limits; `provisional` are the labels of those that are still incomplete.

    `rolling` is the rate of the twelve months up to each, where all of them are known.
    """
    try:
        chart: Chart | None = u_chart(counted)
        why = ""
    except NothingToChart:
        chart, why = None, "No month has both a count and a headcount, so there is no rate to draw."
    except NoExposure as reason:
        chart, why = None, f"No rate can be worked out. {reason} Mend the headcount of that month."
    points = {point.label: point for point in chart.points} if chart else {}
    rows = tuple(
        _row(one, points.get(one.label), year, one.label in provisional)
        for one, year in zip(counted, rolling(counted), strict=True)
    )
    moments = tuple(_moment(point, point.label in provisional) for point in chart.points) if chart else ()
    sentences = tuple(_sentences(counted, chart)) if chart else (why,)
    return Monthly(rows, moments, sentences, chart.rules.words if chart else ())


def _moment(point: Point, is_provisional: bool) -> Moment:
    outside = point.signal.side if point.signal else 0
    lines = point.lines
    return Moment(point.label, point.value, lines.centre, lines.lower, lines.upper, outside, is_provisional)


def _row(one: Counted, point: Point | None, year: Observed | None, is_provisional: bool) -> MonthRow:
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
    return MonthRow(
        one.label,
        "" if one.events is None else formats.count(one.events),
        "" if one.exposure is None else formats.decimal(one.exposure),
        "" if point is None or point.value is None else formats.rate(point.value),
        limits,
        formats.rate(year.rate_per_1000) if year and year.exposure else "",
        " ".join(says),
    )


def _sentences(counted: Sequence[Counted], chart: Chart) -> list[str]:
    """What the chart says, in words."""
    sides = [(point.label, point.signal.side) for point in chart.signals if point.signal]
    high, low = [label for label, side in sides if side > 0], [label for label, side in sides if side < 0]
    said = []
    for names, where in ((high, "above"), (low, "below")):
        if names:
            said.append(f"{formats.listed(names)}: {where} the limits, more than chance alone usually brings about.")
    if not said:
        said.append("No month lies outside the limits: what moves from month to month could be chance.")
    if chart.look_closer:
        said.append(LOOK_CLOSER)
    known = [one.events for one in counted if one.events is not None]
    if sum(known) < FEWEST_A_MONTH * len(known):
        said.append(
            "There are fewer than three a month, so single months say little: compare quarters or longer periods."
        )
    dispersion = chart.stretches[0].dispersion
    if dispersion is not None and may_widen(chart):
        said.append(
            f"The counts vary {formats.decimal(dispersion)} times as much as chance alone would have them (index of "
            "dispersion), so some months lie outside the limits without a reason of their own."
        )
    return said


COLUMNS = (
    ("Month", 18),
    ("Number", 10),
    ("Headcount", 14),
    ("Rate per 1,000", 14),
    ("Limits, 99.8%", 18),
    ("Rate of 12 months", 18),
    ("To be read with care", 40),
)


def table(months: Monthly, title: str) -> Table:
    """Return the months as a table that leaves the product."""
    rows: list[list[Cell]] = [
        [row.month, row.number, row.headcount, row.rate, row.limits, row.rolling, row.says] for row in months.rows
    ]
    return Table(title, COLUMNS, rows)
