"""Two custody reports beside each other: which, by what, and what is said of the change. Plain values.

A line is compared by rates where both reports have a denominator, and else by month: one of the two, since both would
test the same numbers twice. Numbers stand beside each other for equally long periods only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from injuries.comparisons import ADJUSTED, CLUSTERED, REPORTING, Comparison, Judged, Verdict, compare, judge
from injuries.custody_figures import INJURIES, INTERVENTIONS, NOT_REPORTED, Reported, observed_among
from injuries.months import IN_A_YEAR, Period
from injuries.rates import Observed, Showing, observed
from rendering import formats

A_MONTH = "A month"
NEUTRAL = "Fewer successful interventions are neither better nor worse: it may mean that less is reported."
ROUNDED_LAST = "Changes are worked out before anything is rounded."


@dataclass(frozen=True, slots=True)
class Side:
    """One report of a line: its number, empty where raw numbers do not compare, and its rate by the line's basis."""

    number: str
    rate: str
    is_unreliable: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison in words. `care` is what it is to be read with, in a sentence."""

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
class Pair:
    """Two reports whose periods do not overlap."""

    later: Reported
    earlier: Reported

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
    def basis(self) -> str:
        """What the numbers are of: `Per 1,000 custody records`, `A month`."""
        if not self.is_rate:
            return A_MONTH
        if self.later.among == self.earlier.among:
            return f"Per 1,000 {self.later.among}"
        return f"Per 1,000 {self.later.among}, earlier per 1,000 {self.earlier.among}"

    @property
    def care(self) -> str:
        """What a change has to be read with: denominators that differ, or lack."""
        if not self.is_rate:
            without = formats.listed([one.period.name for one in self.reports if not one.has_exposure])
            return f"No denominator to divide by in {without}: fewer people in custody would look like fewer events."
        if self.later.among != self.earlier.among:
            return (
                f"Counted among {self.later.among} in one and {self.earlier.among} in the other: holds only if both "
                "count the same thing."
            )
        return ""

    def observed(self, events: int, report: Reported) -> Observed:
        """Return the events of a report by what both are compared by."""
        if self.is_rate:
            return observed_among(events, report)
        months = len(report.period)
        return observed(events, months, months=months, per="months")


@dataclass(frozen=True, slots=True)
class Compared(Pair):
    """The lines of a comparison, with what has to be read beside them."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """How each rate or average has changed, for those of which that can be said."""
        return [row.sentence for row in self.rows if row.sentence]


@dataclass(frozen=True, slots=True)
class _Line:
    """What is compared: events of both reports; None where one does not say."""

    name: str
    later: int | None
    earlier: int | None


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
    pair = Pair(later, earlier)
    lines = [
        _Line(INTERVENTIONS, later.interventions, earlier.interventions),
        _Line(INJURIES, later.injuries, earlier.injuries),
    ]
    found = [_comparison(line, pair) for line in lines]
    judged = iter(judge([one for one in found if one is not None]))
    rows = tuple(
        _row(line, pair, None if one is None else next(judged)) for line, one in zip(lines, found, strict=True)
    )
    return Compared(later, earlier, rows, tuple(_notes(pair)))


def _comparison(line: _Line, pair: Pair) -> Comparison | None:
    if line.later is None or line.earlier is None:
        return None
    return compare(pair.observed(line.later, pair.later), pair.observed(line.earlier, pair.earlier))


def _row(line: _Line, pair: Pair, judged: Judged | None) -> Row:
    later, earlier = _side(line.later, pair.later, pair), _side(line.earlier, pair.earlier, pair)
    if judged is None:
        return Row(line.name, pair.basis, later, earlier, "", "", "", "", "", "")
    comparison, change, interval, p, sentence = judged.comparison, "", "", "", ""
    if comparison.change is not None and later.rate and earlier.rate:
        change = formats.signed_change(comparison.change)
        sentence = _sentence(line.name, comparison.change, judged.verdict, pair)
    if judged.adjusted_p is not None:
        interval = formats.interval(comparison.interval.low, comparison.interval.high)
        p = "less than 0.001" if judged.adjusted_p < 0.001 else formats.decimal(judged.adjusted_p, 3)
    return Row(line.name, pair.basis, later, earlier, change, judged.verdict.value, interval, p, sentence, pair.care)


def _side(events: int | None, report: Reported, pair: Pair) -> Side:
    if events is None:
        return Side("", "", missing=f"{NOT_REPORTED}.")
    number = formats.count(events) if pair.has_numbers else ""
    period = pair.observed(events, report)
    if period.showing is Showing.NO_RATE:
        return Side(number, "", missing="Fewer than three: no rate is shown.")
    rate = formats.rate(period.rate_per_1000) if pair.is_rate else formats.decimal(period.monthly_average)
    return Side(number, rate, is_unreliable=period.showing is Showing.UNRELIABLE)


def _sentence(name: str, change: Fraction, verdict: Verdict, pair: Pair) -> str:
    what = "rate" if pair.is_rate else "monthly average"
    by = formats.signed_change(abs(change)).lstrip("+")
    if not by.strip("0.%"):
        return f"{name}: the {what} is the same, to a tenth of a per cent."
    return f"{name}: the {what} {'rose' if change > 0 else 'fell'} by {by} ({verdict})."


def _notes(pair: Pair) -> list[str]:
    notes = [ROUNDED_LAST, NEUTRAL, CLUSTERED, REPORTING, ADJUSTED]
    if pair.has_numbers:
        return notes
    lengths = " and ".join(str(len(one.period)) for one in pair.reports)
    return [
        f"The periods are of different lengths ({lengths} months), so their numbers are not set beside each other: "
        "only rates and monthly averages are.",
        *notes,
    ]
