"""Units beside each other: which lie outside of what chance would have of them, as a table and a funnel. Plain values.

Units stand in the order of their names, never of their rates: this is no league table. A number below the smallest that
may be shown is withheld, with everything that would give it away, since so few can be people who are known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from injuries.limits.charts import NothingToChart
from injuries.limits.funnels import Curve, Funnel, FunnelUnit, Standing, rate_funnel
from injuries.rates import Counted
from rendering import formats
from rendering.charts.funnel import Dot, Sides
from rendering.tables import Cell, Table

OUTSIDE = {Standing.FAR_ABOVE: 1, Standing.FAR_BELOW: -1}
WITHHELD = "Fewer than {smallest}"
NOT_COMPARED = "No headcount in every month, so no rate."


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in words; empty where nothing can be said."""

    unit: str
    number: str
    people: str
    rate: str
    interval: str
    says: str


@dataclass(frozen=True, slots=True)
class BetweenUnits:
    """The units that may be shown, against the mean of all; `dots` and sides are empty where nothing can be drawn."""

    rows: tuple[UnitRow, ...]
    mean: str
    note: str
    dots: tuple[Dot, ...]
    inner: Sides
    outer: Sides
    mean_rate: float


NO_SIDES = Sides((), ())


def between_units(units: Sequence[Counted], *, shown: Collection[str], smallest: int) -> BetweenUnits:
    """Return units by their rate against that of all, from their counts and person-months in one period.

    `shown` are the labels of those that the reader may see by themselves; of these, numbers below `smallest` are
    withheld (0: none are). Only what is shown is drawn.
    """
    try:
        found: Funnel | None = rate_funnel(units)
    except NothingToChart as reason:
        found, why = None, str(reason)
    if found is None:
        rows = tuple(_without_rate(one, smallest) for one in units if one.label in shown)
        return BetweenUnits(rows, "", why, (), NO_SIDES, NO_SIDES, 0.0)
    rows = tuple(_row(one, smallest) for one in found.units if one.label in shown)
    return BetweenUnits(
        rows,
        formats.rate(found.mean),
        found.note,
        tuple(
            Dot(one.label, one.exposure, one.rate, OUTSIDE.get(one.standing, 0))
            for one in found.units
            if one.label in shown
            and one.exposure is not None
            and one.rate is not None
            and not _is_withheld(one.events, smallest)
        ),
        _sides(found.inner_curve),
        _sides(found.outer_curve),
        found.mean,
    )


def _sides(curve: Curve) -> Sides:
    return Sides(*(tuple((place.exposure, place.rate) for place in side) for side in (curve.lower, curve.upper)))


def _is_withheld(events: int | None, smallest: int) -> bool:
    return events is not None and events < smallest


def _without_rate(one: Counted, smallest: int) -> UnitRow:
    return UnitRow(one.label, _number(one.events, smallest), "", "", "", "")


def _row(one: FunnelUnit, smallest: int) -> UnitRow:
    people = "" if one.exposure is None else formats.decimal(one.exposure)
    if _is_withheld(one.events, smallest):
        return UnitRow(one.label, _number(one.events, smallest), people, "", "", "")
    if one.rate is None or one.inner is None:
        return UnitRow(one.label, _number(one.events, smallest), people, "", "", NOT_COMPARED)
    interval = f"{formats.rate(one.inner.low)} to {formats.rate(one.inner.high)}"
    said = one.standing.value
    return UnitRow(
        one.label,
        _number(one.events, smallest),
        people,
        formats.rate(one.rate),
        interval,
        f"{said[:1].upper()}{said[1:]}",
    )


def _number(events: int | None, smallest: int) -> str:
    if events is None:
        return ""
    return WITHHELD.format(smallest=smallest) if events < smallest else formats.count(events)


COLUMNS = (
    ("Unit", 40),
    ("Number", 14),
    ("Person-months", 14),
    ("Rate per 1,000", 14),
    ("95% interval", 18),
    ("Against the mean", 50),
)


def table(units: BetweenUnits) -> Table:
    """Return the units as a table that leaves the product."""
    rows: list[list[Cell]] = [
        [one.unit, one.number, one.people, one.rate, one.interval, one.says] for one in units.rows
    ]
    return Table("By unit", COLUMNS, rows)
