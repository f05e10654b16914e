"""Custody reports in words: what each says of its period. Plain values: no database, no clock.

Three things differ from other injury figures. What events are counted among has a name, and one report may count
custody records where another counts detainees. A rate is of the whole period, not of a month, so it bears comparison
between a half-year and a year; a raw number does not. And of some periods no denominator is known: their numbers are
compared by month, each month taken as equally long (docs/decisions/0024-custody-figures.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from injuries.months import Period
from injuries.rates import Observed, Showing, interval_per_1000, observed
from rendering import formats
from rendering.charts.intervals import Estimate

INTERVENTIONS, INJURIES = "Successful interventions", "Injuries of detainees"
NOT_REPORTED = "Not reported"
NOT_KNOWN = "–"  # of which there is a total, and no number of its own

READING = (
    "A rate is the number in the whole period for each 1,000 of what the report names, such as custody records. "
    "Unlike the rates of other injury figures it is not a monthly one.",
    "A month: the number ÷ the months of the period, each taken as equally long. The first half of a year has 181 or "
    "182 days, less than 1% fewer than half of them.",
    "Of fewer than three events no rate is shown, and of fewer than 20 it is marked as unreliable. Intervals of a rate "
    "are at 95%, exact below 10 events and Byar’s from 10.",
    "Periods may overlap, such as a half-year and its year. Those are neither added up nor compared.",
)


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
    period = observed_among(events, report)
    if period.showing is Showing.NO_RATE:
        return Figure(number, monthly, missing="Fewer than three: no rate is shown.")
    interval = interval_per_1000(period)
    in_words = formats.interval(interval.low, interval.high)
    rate = formats.rate(period.rate_per_1000)
    return Figure(number, monthly, rate, in_words, period.showing is Showing.UNRELIABLE)


def observed_among(events: int, report: Reported) -> Observed:
    """Return so many events among what the report names, of which there has to be a number."""
    return observed(events, report.number or 0, months=len(report.period), per=report.among)


def estimates(reports: Sequence[Reported]) -> list[Estimate]:
    """Return successful interventions for each 1,000, with intervals, of the reports that have a rate to show."""
    found = []
    for report in reports:
        if report.interventions is None or not report.has_exposure:
            continue
        period = observed_among(report.interventions, report)
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
            ExceptionsRow(period, one.kind, one.referral or "Not referred, or not said", formats.count(one.number))
            for one in report.exceptions
        ]
    return found
