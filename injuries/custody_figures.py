"""Custody reports in words: what each says, and how two of them compare. Plain values: no database, no clock.

Three things differ from other injury figures. What events are counted among has a name, and one report may count
custody records where another counts detainees. A rate is of the whole period, not of a month, so it bears comparison
between a half-year and a year; a raw number does not. And of some periods no denominator is known: their numbers are
compared by month, each month taken as equally long (docs/decisions/0024-custody-figures.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from injuries.comparisons import ADJUSTED, CLUSTERED, REPORTING, Comparison, Judged, Verdict, compare, judge
from injuries.months import IN_A_YEAR, Period
from injuries.rates import Interval, Observed, Showing, interval_per_1000, observed
from rendering import formats
from rendering.charts.intervals import Estimate
from rendering.tables import Cell, Column, Table

INTERVENTIONS, INJURIES = "Successful interventions", "Injuries of detainees"
NOT_REPORTED = "Not reported"
NOT_KNOWN = "–"  # of which there is a total, and no number of its own
A_MONTH = "A month"

WHAT_A_RATE_IS = (
    "A rate is the number in the whole period for each 1,000 of what the report names, such as custody records. "
    "Unlike the rates of other injury figures it is not a monthly one."
)
A_MONTH_IS = (
    "A month: the number ÷ the months of the period, each taken as equally long. The first half of a year has 181 or "
    "182 days, less than 1% fewer than half of them."
)
NEUTRAL = "Fewer successful interventions are neither better nor worse: it may mean that less is reported."
ROUNDED_LAST = "Changes are worked out before anything is rounded."
SHOWN_FROM = (
    "Of fewer than three events no rate is shown, and of fewer than 20 it is marked as unreliable. Intervals of a rate "
    "are at 95%, exact below 10 events and Byar’s from 10."
)
NEVER_ADDED = "Periods may overlap, such as a half-year and its year. Those are neither added up nor compared."


@dataclass(frozen=True, slots=True)
class Exceptions:
    """So many exceptions of a kind; `referral` is to whom they were referred, empty where that is not said."""

    kind: str
    referral: str
    number: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report says of a period, by the names of its lists. None: it does not say, which differs from 0.

    `among` names the denominator, empty where there is none; `number` is how many of them there were.
    """

    token: str
    period: Period
    among: str = ""
    number: int | None = None
    interventions: int | None = None
    causes: Mapping[str, int] | None = None
    injuries: int | None = None
    types: Mapping[str, int] | None = None
    exceptions: tuple[Exceptions, ...] | None = None
    note: str = ""

    @property
    def denominator(self) -> str:
        """Number and name of what is counted among: `59,177 custody records`."""
        return "" if self.number is None else f"{formats.count(self.number)} {self.among}"

    @property
    def has_exposure(self) -> bool:
        """Whether a rate can be worked out: a denominator is named, and is not nought."""
        return bool(self.number)


# --- What a report says -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of events in words; what cannot be said is empty, for the reason in `missing`."""

    number: str = ""
    monthly: str = ""
    rate: str = ""
    interval: str = ""
    is_unreliable: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in words."""

    token: str
    period: str
    denominator: str
    interventions: Figure
    injuries: Figure
    note: str

    @property
    def figures(self) -> tuple[Figure, Figure]:
        """Both, as a table has them."""
        return self.interventions, self.injuries


def report_row(report: Reported) -> ReportRow:
    """Return what a report says."""
    interventions, injuries = _figure(report.interventions, report), _figure(report.injuries, report)
    return ReportRow(report.token, report.period.name, report.denominator, interventions, injuries, report.note)


def _figure(events: int | None, report: Reported) -> Figure:
    if events is None:
        return Figure(missing=f"{NOT_REPORTED}.")
    number, monthly = formats.count(events), formats.decimal(Fraction(events, len(report.period)))
    if report.number is None:
        return Figure(number, monthly, missing="No denominator is reported.")
    if not report.number:
        return Figure(number, monthly, missing=f"There were no {report.among}.")
    period = _observed(events, report)
    if period.showing is Showing.NO_RATE:
        return Figure(number, monthly, missing="Fewer than three: no rate is shown.")
    rate, interval = formats.rate(period.rate_per_1000), _in_words(interval_per_1000(period))
    return Figure(number, monthly, rate, interval, period.showing is Showing.UNRELIABLE)


def _observed(events: int, report: Reported) -> Observed:
    return observed(events, report.number or 0, months=len(report.period), per=report.among)


def _in_words(interval: Interval) -> str:
    return formats.interval(interval.low, interval.high)


def estimates(reports: Sequence[Reported]) -> list[Estimate]:
    """Return successful interventions for each 1,000, with intervals, of the reports that have a rate to show."""
    found = []
    for report in reports:
        if report.interventions is None or not report.has_exposure:
            continue
        period = _observed(report.interventions, report)
        if period.showing is not Showing.NO_RATE:
            interval = interval_per_1000(period)
            is_unreliable = period.showing is Showing.UNRELIABLE
            of = f"per 1,000 {report.among}"
            rate = float(period.rate_per_1000)
            found.append(Estimate(report.period.name, of, rate, interval.low, interval.high, is_unreliable))
    return found


# --- By cause and by type ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """A period's events by cause or type; `rest` are those of which it is not recorded. Without a total, no numbers."""

    period: str
    total: str
    numbers: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Events of every report by the causes or types that any of them names. They are never added up over reports."""

    name: str
    terms: tuple[str, ...]
    rest: str
    rows: tuple[BreakdownRow, ...]


def by_cause(reports: Sequence[Reported], terms: Sequence[str]) -> Breakdown:
    """Return successful interventions by cause, of which `terms` has the order."""
    parts = [(one.period.name, one.interventions, one.causes or {}) for one in reports]
    return _breakdown(INTERVENTIONS, terms, "Cause not recorded", parts)


def by_type(reports: Sequence[Reported], terms: Sequence[str]) -> Breakdown:
    """Return injuries of detainees by type, of which `terms` has the order."""
    parts = [(one.period.name, one.injuries, one.types or {}) for one in reports]
    return _breakdown(INJURIES, terms, "Type not recorded", parts)


def _breakdown(
    name: str, terms: Sequence[str], rest: str, parts: Sequence[tuple[str, int | None, Mapping[str, int]]]
) -> Breakdown:
    named = tuple(term for term in terms if any(term in numbers for _, _, numbers in parts))
    rows = tuple(
        BreakdownRow(period, NOT_REPORTED, tuple(NOT_KNOWN for _ in named), NOT_KNOWN)
        if total is None
        else BreakdownRow(
            period,
            formats.count(total),
            tuple(formats.count(numbers[term]) if term in numbers else NOT_KNOWN for term in named),
            formats.count(total - sum(numbers.values())),
        )
        for period, total, numbers in parts
    )
    return Breakdown(name, named, rest, rows)


@dataclass(frozen=True, slots=True)
class ExceptionsRow:
    """Exceptions of a period and kind in words."""

    period: str
    kind: str
    referral: str
    number: str


def exception_rows(reports: Sequence[Reported]) -> list[ExceptionsRow]:
    """Return the exceptions of every report; one without any says whether there were none or it does not say."""
    found: list[ExceptionsRow] = []
    for report in reports:
        period = report.period.name
        if not report.exceptions:
            found.append(ExceptionsRow(period, NOT_REPORTED if report.exceptions is None else "None", "", ""))
            continue
        found += [
            ExceptionsRow(period, one.kind, one.referral or "Not said", formats.count(one.number))
            for one in report.exceptions
        ]
    return found


# --- Two reports ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One report of a comparison: its number, empty where raw numbers do not compare, and its rate by the basis."""

    number: str
    rate: str
    is_unreliable: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison in words. `care` is what it is to be read with, in sentences."""

    name: str
    basis: str
    later: Side
    earlier: Side
    change: str
    verdict: str
    interval: str
    p: str
    sentence: str
    care: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both reports, as a table has them: the later one first."""
        return self.later, self.earlier


@dataclass(frozen=True, slots=True)
class Compared:
    """Two reports beside each other, with what has to be read beside them."""

    later: Reported
    earlier: Reported
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def reports(self) -> tuple[Reported, Reported]:
        """Both, as a table has them: the later one first."""
        return self.later, self.earlier

    @property
    def is_rate(self) -> bool:
        """Whether rates are compared; monthly averages otherwise."""
        return self.later.has_exposure and self.earlier.has_exposure

    @property
    def has_numbers(self) -> bool:
        """Whether the periods are equally long, so that their numbers may stand beside each other."""
        return len(self.later.period) == len(self.earlier.period)

    @property
    def sentences(self) -> list[str]:
        return [row.sentence for row in self.rows if row.sentence]


def default_pair(reports: Sequence[Reported]) -> tuple[Reported, Reported] | None:
    """Return which two are compared unasked: the newest and its like a year before, else the newest two that can be.

    None where no two of them are of periods apart.
    """
    newest_first = sorted(reports, key=lambda one: (one.period.last, one.period.first), reverse=True)
    for later in newest_first:
        apart = [one for one in newest_first if one.period.last < later.period.first]
        if apart:
            year_before = Period(later.period.first.plus(-IN_A_YEAR), later.period.last.plus(-IN_A_YEAR))
            return later, next((one for one in apart if one.period == year_before), apart[0])
    return None


def compared(later: Reported, earlier: Reported) -> Compared:
    """Return two reports beside each other. P-values are adjusted within the table (Holm)."""
    lines = [
        (INTERVENTIONS, later.interventions, earlier.interventions),
        (INJURIES, later.injuries, earlier.injuries),
    ]
    is_rate = later.has_exposure and earlier.has_exposure
    found = [_comparison(one, other, later, earlier, is_rate=is_rate) for _, one, other in lines]
    judged = iter(judge([one for one in found if one is not None]))
    rows = tuple(
        _row(name, (one, other), later, earlier, None if comparison is None else next(judged), is_rate=is_rate)
        for (name, one, other), comparison in zip(lines, found, strict=True)
    )
    return Compared(later, earlier, rows, tuple(_notes(later, earlier)))


def _comparison(
    one: int | None, other: int | None, later: Reported, earlier: Reported, *, is_rate: bool
) -> Comparison | None:
    """Both numbers over what they are counted among or, where one has no such thing, over the months."""
    if one is None or other is None:
        return None
    if is_rate:
        return compare(_observed(one, later), _observed(other, earlier))
    return compare(_by_month(one, later), _by_month(other, earlier))


def _by_month(events: int, report: Reported) -> Observed:
    months = len(report.period)
    return observed(events, months, months=months, per="months")


def _row(
    name: str,
    events: tuple[int | None, int | None],
    later: Reported,
    earlier: Reported,
    judged: Judged | None,
    *,
    is_rate: bool,
) -> Row:
    with_numbers = len(later.period) == len(earlier.period)
    sides = [
        _side(number, report, is_rate=is_rate, with_number=with_numbers)
        for number, report in zip(events, (later, earlier), strict=True)
    ]
    change = verdict = interval = p = sentence = ""
    if judged is not None:
        comparison, verdict = judged.comparison, judged.verdict.value
        if comparison.change is not None and all(side.rate for side in sides):
            change = formats.signed_change(comparison.change)
            sentence = _sentence(name, comparison.change, judged.verdict, is_rate=is_rate)
        if judged.adjusted_p is not None:
            interval = _in_words(comparison.interval)
            p = "less than 0.001" if judged.adjusted_p < 0.001 else formats.decimal(judged.adjusted_p, 3)
    care = "" if judged is None else _care(later, earlier, is_rate=is_rate)
    basis = _basis(later, earlier) if is_rate else A_MONTH
    return Row(name, basis, sides[0], sides[1], change, verdict, interval, p, sentence, care)


def _side(events: int | None, report: Reported, *, is_rate: bool, with_number: bool) -> Side:
    if events is None:
        return Side("", "", missing=f"{NOT_REPORTED}.")
    number = formats.count(events) if with_number else ""
    period = _observed(events, report) if is_rate else _by_month(events, report)
    if period.showing is Showing.NO_RATE:
        return Side(number, "", missing="Fewer than three: no rate is shown.")
    rate = formats.rate(period.rate_per_1000) if is_rate else formats.decimal(period.monthly_average)
    return Side(number, rate, is_unreliable=period.showing is Showing.UNRELIABLE)


def _basis(later: Reported, earlier: Reported) -> str:
    if later.among == earlier.among:
        return f"Per 1,000 {later.among}"
    return f"Per 1,000 {later.among}, earlier per 1,000 {earlier.among}"


def _care(later: Reported, earlier: Reported, *, is_rate: bool) -> str:
    if not is_rate:
        without = formats.listed([one.period.name for one in (later, earlier) if not one.has_exposure])
        return f"No denominator of {without}: fewer people in custody would look like fewer events."
    if later.among != earlier.among:
        return (
            f"Counted among {later.among} in one and {earlier.among} in the other: holds only if both count the same "
            "thing."
        )
    return ""


def _sentence(name: str, change: Fraction, verdict: Verdict, *, is_rate: bool) -> str:
    what = "rate" if is_rate else "monthly average"
    by = formats.signed_change(abs(change)).lstrip("+")
    if not by.strip("0.%"):
        return f"{name}: the {what} is the same, to a tenth of a per cent."
    return f"{name}: the {what} {'rose' if change > 0 else 'fell'} by {by} ({verdict})."


def _notes(later: Reported, earlier: Reported) -> list[str]:
    lengths = (len(later.period), len(earlier.period))
    notes = []
    if lengths[0] != lengths[1]:
        notes.append(
            f"The periods are of different lengths ({lengths[0]} and {lengths[1]} months), so their numbers are not "
            "set beside each other: only rates and monthly averages are."
        )
    return [*notes, ROUNDED_LAST, NEUTRAL, CLUSTERED, REPORTING, ADJUSTED]


READING = (WHAT_A_RATE_IS, A_MONTH_IS, SHOWN_FROM, NEVER_ADDED)


# --- What leaves the product ------------------------------------------------------------------------------------------


def tables(
    reports: Sequence[Reported], causes: Sequence[str], types: Sequence[str], comparison: Compared | None
) -> list[Table]:
    """Return the tables of the page, as a workbook and a list of values have them."""
    found = [
        Table("Reports", _REPORT_COLUMNS, [_report_cells(one) for one in reports]),
        _breakdown_table("By cause", by_cause(reports, causes)),
        _breakdown_table("By type", by_type(reports, types)),
        Table(
            "Exceptions",
            [("Period", 30), ("What", 50), ("Referred to", 44), ("Number", 12)],
            [[row.period, row.kind, row.referral, _as_number(row.number)] for row in exception_rows(reports)],
        ),
    ]
    notes = list(READING)
    if comparison is not None:
        found.append(_comparison_table(comparison))
        notes += comparison.notes
    return [*found, Table("Notes", [("Note", 8), ("Text", 120)], list(enumerate(notes, start=1)))]


_REPORT_COLUMNS: Sequence[Column] = [
    ("Period", 30),
    ("Months", 10),
    ("Counted among", 22),
    ("How many of them", 18),
    (INTERVENTIONS, 18),
    ("Interventions, a month", 18),
    ("Interventions per 1,000", 18),
    ("Interventions per 1,000, 95% interval", 22),
    (INJURIES, 18),
    ("Injuries, a month", 18),
    ("Injuries per 1,000", 18),
    ("Injuries per 1,000, 95% interval", 22),
    ("What is missing, or to be read with care", 60),
    ("Note", 60),
]


def _report_cells(report: Reported) -> list[Cell]:
    row = report_row(report)
    cells: list[Cell] = [row.period, len(report.period), report.among, report.number]
    said = []
    for name, figure in ((INTERVENTIONS, row.interventions), (INJURIES, row.injuries)):
        cells += [*map(_as_number, (figure.number, figure.monthly, figure.rate)), figure.interval]
        if figure.missing:
            said.append(f"{name}: {figure.missing}")
        if figure.is_unreliable:
            said.append(f"{name}: fewer than 20, so the rate is unreliable.")
    return [*cells, " ".join(said), row.note]


def _breakdown_table(title: str, breakdown: Breakdown) -> Table:
    columns = [("Period", 30), (breakdown.name, 24), *((term, 22) for term in breakdown.terms), (breakdown.rest, 22)]
    rows = [[row.period, *map(_as_number, (row.total, *row.numbers, row.rest))] for row in breakdown.rows]
    return Table(title, columns, rows)


def _comparison_table(comparison: Compared) -> Table:
    columns: list[Column] = [("What", 28), ("Basis", 44)]
    for report in (comparison.later, comparison.earlier):
        if comparison.has_numbers:
            columns.append((f"Number, {report.period.name}", 22))
        columns.append((f"By that basis, {report.period.name}", 22))
    columns += [("Change", 14), ("Is it chance?", 20), ("Ratio, 95% interval", 22), ("Adjusted p", 14)]
    columns.append(("What is missing, or to be read with care", 60))
    rows: list[list[Cell]] = []
    for row in comparison.rows:
        numbers: list[Cell] = []
        said = [row.care] if row.care else []
        for side, report in zip(row.sides, (comparison.later, comparison.earlier), strict=True):
            numbers += [_as_number(side.number)] if comparison.has_numbers else []
            numbers.append(_as_number(side.rate))
            if side.missing:
                said.append(f"{report.period.name}: {side.missing}")
            if side.is_unreliable:
                said.append(f"{report.period.name}: fewer than 20, so the rate is unreliable.")
        rows.append([row.name, row.basis, *numbers, row.change, row.verdict, row.interval, row.p, " ".join(said)])
    return Table("Comparison", columns, rows, kept="B2")


def _as_number(text: str) -> Cell:
    """A printed figure as a number that a spreadsheet can go on with, rounded as it is printed; words as they are."""
    plain = text.replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).isdecimal() else text
