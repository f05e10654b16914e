"""A table that compares two periods, line by line, and what is said of it. Plain values: no database, no clock.

What the figures mean and how they are worked out: `rates.py` and `comparisons.py`. Here is decided what a table shows
of them, in which order and in which words; pages, workbooks and papers print the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from injuries.comparisons import ADJUSTED, CLUSTERED, REPORTING, Comparison, Judged, Verdict, compare, judge
from injuries.months import Month, Period
from injuries.rates import Counted, MonthsMissing, NoExposure, Observed, Showing, observed_over
from rendering import formats
from rendering.tables import Cell, Table

WHAT_A_RATE_IS = (
    "A rate is the number in the period for each 1,000 people and month: 1,000 × the number ÷ the sum of the "
    "monthly headcounts. It is an average monthly rate, not a yearly one."
)
ROUNDED_LAST = "Changes in rates are worked out before anything is rounded."
PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Line:
    """What is compared: an indicator, of a staff group or of everybody, month by month in both periods."""

    code: str
    name: str
    group: str
    group_code: str
    later: tuple[Counted, ...]
    earlier: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One period of a line in words; empty where nothing can be said, for the reason in `missing`."""

    number: str
    monthly: str
    rate: str
    is_unreliable: bool
    missing: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table in words. `change` is of rates, from unrounded ones; `interval` is of the ratio of rates."""

    code: str
    name: str
    group: str
    group_code: str
    later: Side
    earlier: Side
    change: str
    verdict: str
    interval: str
    p: str
    sentence: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both periods, as a table has them: the later one first."""
        return self.later, self.earlier


@dataclass(frozen=True, slots=True)
class Change:
    """A day from which something is reported in another way, for the notes below a table. `of` is empty: all of it."""

    starts_on: date
    name: str
    effect: str
    of: str
    limits_begin_anew: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A table of two periods, with what has to be read beside it."""

    later: Period
    earlier: Period
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    provisional: tuple[Month, ...] = ()

    @property
    def headings(self) -> tuple[str, str]:
        """What the columns of the later and of the earlier period are headed by."""
        return self._heading(self.later), self._heading(self.earlier)

    def _heading(self, period: Period) -> str:
        return period.until + (f", {PROVISIONAL} in part" if any(month in period for month in self.provisional) else "")

    @property
    def sentences(self) -> list[str]:
        """How each rate has changed, for those of which that can be said."""
        return [row.sentence for row in self.rows if row.sentence]


def compared(
    lines: Sequence[Line],
    *,
    later: Period,
    earlier: Period,
    provisional: Sequence[Month] = (),
    changes: Sequence[Change] = (),
) -> Compared:
    """Return the table of the lines, in their order. P-values are adjusted within it (Holm)."""
    found: list[Comparison | None] = [_comparison(line) for line in lines]
    judged = iter(judge([one for one in found if one is not None]))
    rows = tuple(_row(line, None if one is None else next(judged)) for line, one in zip(lines, found, strict=True))
    marked = tuple(month for month in provisional if month in later or month in earlier)
    return Compared(later, earlier, rows, tuple(_notes(later, earlier, marked, changes)), marked)


def _comparison(line: Line) -> Comparison | None:
    try:
        return compare(observed_over(line.later), observed_over(line.earlier))
    except (MonthsMissing, NoExposure):
        return None


def _row(line: Line, judged: Judged | None) -> Row:
    later, earlier = _side(line.later), _side(line.earlier)
    verdict = change = interval = p = sentence = ""
    if judged is not None:
        comparison = judged.comparison
        verdict = judged.verdict.value
        shown = Showing.NO_RATE not in (comparison.later.showing, comparison.earlier.showing)
        if shown and comparison.change is not None:
            change = formats.signed_change(comparison.change)
            sentence = _sentence(line, comparison, judged.verdict)
        if judged.verdict is not Verdict.TOO_FEW_TO_SAY:
            found = comparison.interval
            interval = formats.interval(found.low, found.high)
            adjusted = judged.adjusted_p or 0.0
            p = "less than 0.001" if adjusted < 0.001 else formats.decimal(adjusted, 3)
    return Row(
        line.code, line.name, line.group, line.group_code, later, earlier, change, verdict, interval, p, sentence
    )


def _sentence(line: Line, comparison: Comparison, verdict: Verdict) -> str:
    change = comparison.change or Fraction(0)
    moved = "rose" if change > 0 else "fell"
    by = formats.signed_change(abs(change)).lstrip("+")
    what = f"{line.name}, {line.group}" if line.group else line.name
    if not formats.decimal(abs(change) * 100).strip("0."):
        return f"{what}: the rate is the same, to a tenth of a per cent."
    return f"{what}: the rate {moved} by {by} ({verdict})."


def _side(counted: Sequence[Counted]) -> Side:
    """What is said of one period: a number where all months were counted, a rate where headcount is known, too."""
    uncounted = [one.label for one in counted if one.events is None]
    if uncounted:
        return Side("", "", "", is_unreliable=False, missing=f"Not counted: {formats.listed(uncounted)}.")
    events = sum(one.events or 0 for one in counted)
    number, monthly = formats.count(events), formats.decimal(Decimal(events) / len(counted))
    without = [one.label for one in counted if one.exposure is None]
    if without:
        return Side(number, monthly, "", is_unreliable=False, missing=f"No headcount: {formats.listed(without)}.")
    period = observed_over(counted)
    if not period.exposure:
        return Side(number, monthly, "", is_unreliable=False, missing="Nobody was there to be counted.")
    return Side(number, monthly, *_rate(period))


def _rate(period: Observed) -> tuple[str, bool, str]:
    if period.showing is Showing.NO_RATE:
        return "", False, "Fewer than three: no rate is shown."
    return formats.rate(period.rate_per_1000), period.showing is Showing.UNRELIABLE, ""


def _notes(later: Period, earlier: Period, provisional: Sequence[Month], changes: Sequence[Change]) -> list[str]:
    notes = [WHAT_A_RATE_IS, ROUNDED_LAST]
    if len(later) != len(earlier):
        notes.append(
            f"The periods are of different lengths ({len(later)} and {len(earlier)} months): compare the monthly "
            "averages and rates, never the numbers."
        )
    if provisional:
        months = formats.listed([month.name for month in provisional])
        notes.append(f"Figures of {months} are {PROVISIONAL}: injuries reported late are still to come.")
    for change in changes:
        if earlier.first.first_day <= change.starts_on < later.last.plus(1).first_day:
            of = f", {change.of}" if change.of else ""
            notes.append(f"Reporting changed on {formats.day(change.starts_on)} ({change.name}{of}). {change.effect}")
    notes += [CLUSTERED, REPORTING, ADJUSTED]
    notes.append(
        "Indicators overlap, so their numbers are never added up. Rates of fewer than 20 are marked as unreliable."
    )
    return notes


# --- What leaves the product ------------------------------------------------------------------------------------------


def tables(table: Compared) -> list[Table]:
    """Return the table with its notes, as a workbook and a list of values have them."""
    headings: list[tuple[str, int]] = [("Indicator", 40), ("Staff group", 36)]
    for period in (table.later, table.earlier):
        headings += [(f"{kind}, {period.name}", 22) for kind in ("Number", "A month", "Rate per 1,000")]
    headings += [
        ("Change in rate", 16),
        ("Is it chance?", 20),
        ("Ratio of rates, 95% interval", 26),
        ("Adjusted p", 14),
        ("What is missing, or to be read with care", 60),
    ]
    rows: list[list[Cell]] = [
        [
            row.name,
            row.group,
            *(_as_number(text) for side in (row.later, row.earlier) for text in (side.number, side.monthly, side.rate)),
            row.change,
            row.verdict,
            row.interval,
            row.p,
            _to_read_with_care(row, table),
        ]
        for row in table.rows
    ]
    notes: list[list[Cell]] = [[number, note] for number, note in enumerate(table.notes, start=1)]
    return [
        Table("Comparison", headings, rows, kept="C2"),
        Table("Notes", [("Note", 8), ("Text", 120)], notes),
    ]


def _as_number(text: str) -> Decimal | str:
    """A printed figure as a number that a spreadsheet can go on with, rounded as it is printed."""
    return Decimal(text.replace(",", "")) if text else ""


def _to_read_with_care(row: Row, table: Compared) -> str:
    said = []
    for side, period in ((row.later, table.later), (row.earlier, table.earlier)):
        if side.missing:
            said.append(f"{period.name}: {side.missing}")
        if side.is_unreliable:
            said.append(f"{period.name}: fewer than 20, so the rate is unreliable.")
    return " ".join(said)


def as_json(table: Compared) -> dict[str, Any]:
    """Return the table as plain JSON values, for what is frozen with it. `of_json` reads it back."""
    return {
        "later": [str(table.later.first), str(table.later.last)],
        "earlier": [str(table.earlier.first), str(table.earlier.last)],
        "rows": [
            {
                **{name: getattr(row, name) for name in _PLAIN},
                "later": _side_as_json(row.later),
                "earlier": _side_as_json(row.earlier),
            }
            for row in table.rows
        ],
        "notes": list(table.notes),
        "provisional": [str(month) for month in table.provisional],
    }


def of_json(kept: Mapping[str, Any]) -> Compared:
    """Return the table that `as_json` wrote."""
    periods = {name: Period(Month.parse(kept[name][0]), Month.parse(kept[name][1])) for name in ("later", "earlier")}
    rows = tuple(
        Row(**{name: row[name] for name in _PLAIN}, later=Side(**row["later"]), earlier=Side(**row["earlier"]))
        for row in kept["rows"]
    )
    provisional = tuple(map(Month.parse, kept["provisional"]))
    return Compared(rows=rows, notes=tuple(kept["notes"]), provisional=provisional, **periods)


_PLAIN = ("code", "name", "group", "group_code", "change", "verdict", "interval", "p", "sentence")


def _side_as_json(side: Side) -> dict[str, Any]:
    return {name: getattr(side, name) for name in ("number", "monthly", "rate", "is_unreliable", "missing")}
