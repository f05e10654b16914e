"""Injuries per 1,000, how they changed, and what chance would do by itself. Plain numbers: no database, no clock.

`statistics.md`, *Rates*. Counts are whole numbers; exposures (person-months, or whatever else something is counted
among) may be int, Decimal, Fraction or float, and are kept exactly as fractions, so that two halves of a period add up
to the whole. Rates and changes are fractions too: nothing is rounded before it is printed (`rendering.formats`).
Intervals and p-values are floats. What cannot be worked out raises a named error, an `Undefined`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import erfc, exp, inf, log, sqrt
from statistics import NormalDist

from injuries.tails import (
    log_binomial_lower,
    log_binomial_upper,
    log_poisson_lower,
    log_poisson_upper,
    root_of_rising,
)
from records.proportions import CONFIDENCE, wilson

PER = 1000
# Of fewer events no rate is shown, and of fewer than the second number a rate is marked as unreliable.
FEWEST_FOR_A_RATE = 3
FEWEST_FOR_A_RELIABLE_RATE = 20
# Two periods with fewer events between them are too few to say anything of.
FEWEST_TO_COMPARE = 10
# From here Byar's interval stands for the exact one, as the UK's public-health bodies have it.
BYAR_FROM = 10
# Up to here exact intervals of a count are summed. From here Byar's agrees with them to a part in 10^10.
SUMMED_UP_TO = 1_000_000
# Where each period has more events than this, the score interval stands in: it then differs by a millionth, and takes
# no time. (`statistics.md` allows it from 2,000; up to a hundred thousand the sums take milliseconds.)
SCORE_ABOVE = 100_000
# Below this, a p-value adjusted within its table is more than chance.
SIGNIFICANCE = 0.05

# What is always printed with a verdict.
CLUSTERED = "Injuries cluster in incidents, so chance varies more than these intervals say."
REPORTING = "A change in what is reported is not chance, and not a change in what happens either."
ADJUSTED = (
    "The p-values behind the verdicts are mid-p values of the conditional binomial test, adjusted for the number of "
    "comparisons in the table (Holm). The intervals are at 95% and are not adjusted."
)

Number = int | float | Decimal | Fraction


class Undefined(ValueError):
    """A figure that is not defined for what was counted. The message says why."""


class NotACount(Undefined):
    """Something that is not a whole number of events from nought."""


class NoExposure(Undefined):
    """Nobody among whom something could be counted, or a number of people that cannot be."""


class NothingEarlier(Undefined):
    """A change since a period in which nothing happened."""


class MonthsMissing(Undefined):
    """A period of which months have no count or no headcount."""


class UnequalPeriods(Undefined):
    """Counts of periods of different lengths, which are compared as rates only."""


class DenominatorsDiffer(Undefined):
    """Periods that are counted among different things, and so do not add up."""


class Showing(StrEnum):
    """How a rate may be shown, by the events that it rests on."""

    NO_RATE = "no rate"
    UNRELIABLE = "unreliable"
    RELIABLE = "reliable"


class Verdict(StrEnum):
    """What is said of a change in a rate."""

    MORE_THAN_CHANCE = "more than chance"
    COULD_BE_CHANCE = "could be chance"
    TOO_FEW_TO_SAY = "too few to say"


class Method(StrEnum):
    """What a comparison's interval and p-value come from."""

    MID_P = "conditional binomial, mid-p"
    SCORE = "conditional binomial, score"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, which may be infinite."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one month, or quarter, or other stretch of time, called `label`.

    `events` are None where nobody has counted yet; `exposure` is None where the headcount is missing.
    """

    label: str
    events: int | None
    exposure: Number | None = None

    def __post_init__(self) -> None:
        if self.events is not None:
            _check_count(self.events)
        if self.exposure is not None:
            exact_exposure(self.exposure)


@dataclass(frozen=True, slots=True)
class Observed:
    """So many events in a period of so many months, among so much exposure (`per`: what that is counted in)."""

    events: int
    exposure: Fraction
    months: int
    per: str = "person-months"

    def __post_init__(self) -> None:
        _check_count(self.events)
        if self.exposure < 0:
            raise NoExposure(f"{self.exposure} {self.per} cannot be.")
        if self.months < 1:
            raise Undefined(f"A period of {self.months} months is none.")

    def __add__(self, other: Observed) -> Observed:
        """Both periods, one after the other, as one. Raises DenominatorsDiffer."""
        if self.per != other.per:
            raise DenominatorsDiffer(f"{self.per} and {other.per} do not add up.")
        return Observed(
            self.events + other.events, self.exposure + other.exposure, self.months + other.months, self.per
        )

    @property
    def rate_per_1000(self) -> Fraction:
        """1,000 × events ÷ exposure: among person-months an average monthly rate. Raises NoExposure."""
        if not self.exposure:
            raise NoExposure(f"There are no {self.per}, so there is no rate.")
        return PER * self.events / self.exposure

    @property
    def monthly_average(self) -> Fraction:
        return Fraction(self.events, self.months)

    @property
    def showing(self) -> Showing:
        return showing_of(self.events)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rate of a later period ÷ that of an earlier one, with what chance would do by itself.

    `ratio` is unrounded, and None where nothing happened earlier. `interval` is the 95 % interval that belongs to the
    two-sided p-value `p`, twice the smaller mid-p tail of the later events given the events of both periods; `exact`
    and `exact_p` are the conservative alternative (Clopper and Pearson's, twice the smaller tail). All four come from
    the score test where `method` says so. Where nothing happened in either, everything from 0 to infinity is possible.
    """

    later: Observed
    earlier: Observed
    ratio: Fraction | None
    interval: Interval
    p: float
    exact: Interval
    exact_p: float
    method: Method

    @property
    def change(self) -> Fraction | None:
        """The change in rate as a part of the earlier one: 0.042 for 4.2 % more."""
        return None if self.ratio is None else self.ratio - 1

    @property
    def events(self) -> int:
        """The events of both periods together."""
        return self.later.events + self.earlier.events

    @property
    def same_denominator(self) -> bool:
        """Whether both rates are counted among the same thing; otherwise the comparison has to say so."""
        return self.later.per == self.earlier.per


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison with its p-value adjusted within its table, None where it is too few to say."""

    comparison: Comparison
    adjusted_p: float | None
    verdict: Verdict


# --- Rates and changes ------------------------------------------------------------------------------------------------


def exact_exposure(exposure: Number) -> Fraction:
    """Return an exposure exactly. Raises NoExposure for a negative one, and for what is no finite number."""
    try:
        exact = Fraction(exposure)
    except (ValueError, OverflowError) as error:
        raise NoExposure(f"{exposure} is not a number to divide by.") from error
    if exact < 0:
        raise NoExposure(f"{exposure} is below nought.")
    return exact


def observed(events: int, exposure: Number, *, months: int, per: str = "person-months") -> Observed:
    """Return what was counted in a period. Raises NotACount and NoExposure."""
    return Observed(events, exact_exposure(exposure), months, per)


def observed_over(counted: Iterable[Counted], *, per: str = "person-months") -> Observed:
    """Return what was counted in several months together, in whichever order.

    Raises MonthsMissing, naming them, where one has no count or no headcount: a sum over the rest would be lower than
    what happened. Raises Undefined for no month at all.
    """
    months = tuple(counted)
    missing = [month.label for month in months if month.events is None or month.exposure is None]
    if missing:
        raise MonthsMissing(f"No count or no {per}: {', '.join(missing)}.")
    exposure = sum((exact_exposure(month.exposure or 0) for month in months), Fraction(0))
    return Observed(sum(month.events or 0 for month in months), exposure, len(months), per)


def showing_of(events: int) -> Showing:
    """Return how a rate of so many events may be shown."""
    if events < FEWEST_FOR_A_RATE:
        return Showing.NO_RATE
    return Showing.UNRELIABLE if events < FEWEST_FOR_A_RELIABLE_RATE else Showing.RELIABLE


def change_of_rates(later: Observed, earlier: Observed) -> Fraction:
    """Return the unrounded later rate ÷ the unrounded earlier one − 1. Raises NoExposure and NothingEarlier."""
    if not earlier.rate_per_1000:
        raise NothingEarlier("The earlier rate is nought, so there is no change as a part of it.")
    return later.rate_per_1000 / earlier.rate_per_1000 - 1


def change_of_counts(later: Observed, earlier: Observed) -> Fraction:
    """Return the later count ÷ the earlier one − 1. Raises UnequalPeriods and NothingEarlier."""
    if later.months != earlier.months:
        raise UnequalPeriods(f"{later.months} and {earlier.months} months: compare rates or monthly averages.")
    if not earlier.events:
        raise NothingEarlier("Nothing happened in the earlier period, so there is no change as a part of it.")
    return Fraction(later.events, earlier.events) - 1


# --- The interval of one rate -----------------------------------------------------------------------------------------


def z_of(confidence: float) -> float:
    """Return how many standard errors a normal interval of so much confidence reaches to either side."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def exact_interval(events: int, *, z: float) -> Interval:
    """Return the exact interval of an expected count (Garwood 1936), by the chi-square or gamma distribution.

    `z` says how wide: 1.96 for 95 %, 3.09 for 99.8 % (`z_of`). From a million events it is Byar's.
    """
    _check_count(events)
    byar = byar_interval(events, z=z)
    if events > SUMMED_UP_TO:
        return byar
    tail = log(_tail_beyond(z))
    low = 0.0
    if events:
        start = log(byar.low) if byar.low > 0 else log(events) - z
        low = exp(root_of_rising(lambda mean: log_poisson_upper(events, exp(mean)) - tail, start, 0.01))
    high = exp(root_of_rising(lambda mean: tail - log_poisson_lower(events, exp(mean)), log(byar.high), 0.01))
    return Interval(low, high)


def byar_interval(events: float, *, z: float) -> Interval:
    """Return Byar's approximation to it (Breslow and Day 1987, section 2.3), which needs no sums.

    Its lower end is a cube that falls below nought for few events, at 99.8 % for one: it is nought there, and of no
    events, for which it is not defined.
    """
    low = 0.0
    if events:
        low = events * max(0.0, 1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3
    more = events + 1
    return Interval(low, more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3)


def interval_of_count(events: int, *, z: float) -> Interval:
    """Return the interval of an expected count by the UK's public-health rule: exact below 10, Byar's from 10."""
    return exact_interval(events, z=z) if events < BYAR_FROM else byar_interval(events, z=z)


def interval_per_1000(observed: Observed, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of a rate per 1,000 by that rule. Raises NoExposure."""
    if not observed.exposure:
        raise NoExposure(f"There are no {observed.per}, so there is no rate.")
    interval = interval_of_count(observed.events, z=z_of(confidence))
    return Interval(_times(interval.low, PER / observed.exposure), _times(interval.high, PER / observed.exposure))


# --- Two rates --------------------------------------------------------------------------------------------------------


def compare(later: Observed, earlier: Observed, *, confidence: float = CONFIDENCE) -> Comparison:
    """Compare two rates: of all events, how many fell in the later period, given how much exposure it had.

    (Przyborowski and Wilenski 1940; mid-p: Lancaster 1961, Berry and Armitage 1995.) Raises NoExposure.
    """
    # The rates are asked for first, so that a missing denominator is told before anything else.
    ratio = later.rate_per_1000 / earlier.rate_per_1000 if earlier.rate_per_1000 else None
    happened, trials = later.events, later.events + earlier.events
    log_odds = _log(later.exposure) - _log(earlier.exposure)
    if min(later.events, earlier.events) > SCORE_ABOVE:
        interval, p = _score_interval(happened, trials, log_odds, confidence), _score_p(happened, trials, log_odds)
        return Comparison(later, earlier, ratio, interval, p, interval, p, Method.SCORE)
    return Comparison(
        later,
        earlier,
        ratio,
        _conditional_interval(happened, trials, log_odds, confidence, own=0.5),
        _two_sided_p(happened, trials, log_odds, own=0.5),
        _conditional_interval(happened, trials, log_odds, confidence, own=1.0),
        _two_sided_p(happened, trials, log_odds, own=1.0),
        Method.MID_P,
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted for there being several (Holm 1979), in the same order, each at most 1."""
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = least
    return tuple(adjusted)


def judge(comparisons: Sequence[Comparison]) -> tuple[Judged, ...]:
    """Return the verdict on each comparison of one printed table, in the same order.

    Those with too few events to say take no part in the adjustment: nothing is tested, and what puts them aside, the
    events of both periods together, does not depend on how these fall.
    """
    tested = [comparison for comparison in comparisons if comparison.events >= FEWEST_TO_COMPARE]
    adjusted = iter(holm([comparison.p for comparison in tested]))
    return tuple(
        _judged(comparison, next(adjusted))
        if comparison.events >= FEWEST_TO_COMPARE
        else Judged(comparison, None, Verdict.TOO_FEW_TO_SAY)
        for comparison in comparisons
    )


# --- How they are worked out ------------------------------------------------------------------------------------------


def _judged(comparison: Comparison, adjusted_p: float) -> Judged:
    beyond = adjusted_p < SIGNIFICANCE
    return Judged(comparison, adjusted_p, Verdict.MORE_THAN_CHANCE if beyond else Verdict.COULD_BE_CHANCE)


def _check_count(events: int) -> None:
    if isinstance(events, bool) or not isinstance(events, int) or events < 0:
        raise NotACount(f"{events} is not a number of events.")


def _tail_beyond(z: float) -> float:
    """The probability beyond `z` on one side, itself rather than 1 less the rest; at least the smallest there is."""
    return max(erfc(z / sqrt(2)) / 2, 1e-300)


def _log(exact: Fraction) -> float:
    """The log of an exact number, however large its parts."""
    return log(exact.numerator) - log(exact.denominator)


def _times(number: float, exact: Fraction) -> float:
    """Their product; infinite where no float holds it."""
    try:
        return number * float(exact)
    except OverflowError:
        return inf if number else 0.0


def _ratio_at(log_odds: float, log_odds_if_equal: float) -> float:
    """The ratio of two rates that gives such odds of an event falling in the later period."""
    try:
        return exp(log_odds - log_odds_if_equal)
    except OverflowError:
        return inf


def _conditional_interval(happened: int, trials: int, log_odds: float, confidence: float, *, own: float) -> Interval:
    """The ratios of rates under which neither tail from what happened is smaller than half of what is left out.

    What happened belongs to its tail with `own` times its probability: 1 (Clopper and Pearson's) or ½ (mid-p).
    """
    tail, guess = log((1 - confidence) / 2), log(happened + 0.5) - log(trials - happened + 0.5)
    low, high = 0.0, inf
    if happened:

        def above(odds: float) -> float:
            return log_binomial_upper(happened, trials, odds, own=own) - tail

        low = _ratio_at(root_of_rising(above, guess - 1, 0.5), log_odds)
    if happened < trials:

        def below(odds: float) -> float:
            return tail - log_binomial_lower(happened, trials, odds, own=own)

        high = _ratio_at(root_of_rising(below, guess + 1, 0.5), log_odds)
    return Interval(low, high)


def _two_sided_p(happened: int, trials: int, log_odds: float, *, own: float) -> float:
    """Twice the smaller tail from what happened, at most 1. Each tail is summed itself."""
    upper = log_binomial_upper(happened, trials, log_odds, own=own)
    lower = log_binomial_lower(happened, trials, log_odds, own=own)
    return min(1.0, 2 * exp(min(upper, lower)))


def _score_interval(happened: int, trials: int, log_odds: float, confidence: float) -> Interval:
    low, high = wilson(happened, trials, confidence=confidence)
    return Interval(_ratio_at(log(low / (1 - low)), log_odds), _ratio_at(log(high / (1 - high)), log_odds))


def _score_p(happened: int, trials: int, log_odds: float) -> float:
    share = 1 / (1 + exp(-log_odds)) if log_odds > 0 else exp(log_odds) / (1 + exp(log_odds))
    spread = sqrt(trials * share * (1 - share))
    return erfc(abs(happened - trials * share) / spread / sqrt(2)) if spread else 0.0
