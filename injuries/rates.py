"""Injuries per 1,000, how they changed, and the interval of each. Plain numbers: no database, no clock.

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
from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

from injuries.tails import log_poisson_lower, log_poisson_upper, root_of_rising
from records.proportions import CONFIDENCE

PER = 1000
# Of fewer events no rate is shown, and of fewer than the second number a rate is marked as unreliable.
FEWEST_FOR_A_RATE = 3
FEWEST_FOR_A_RELIABLE_RATE = 20
# From here Byar's interval stands for the exact one, as the UK's public-health bodies have it.
BYAR_FROM = 10
# Up to here exact intervals of a count are summed. From here Byar's agrees with them to a part in a billion.
SUMMED_UP_TO = 100_000
# From so many standard errors the series for how rare that is says it to ten figures, where a float soon holds none.
SERIES_FROM_Z = 30.0
# No mean that is tried has a larger log than this, which a float would not hold.
MOST_LOG_MEAN = 700.0

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


def rolling(counted: Sequence[Counted], *, months: int = 12, per: str = "person-months") -> tuple[Observed | None, ...]:
    """Return for each month, in order of time, the period of so many months that ends with it.

    None where fewer months lead up to it, or one of them has no count or no headcount.
    """
    return tuple(_complete(counted[max(0, last - months) : last], months, per) for last in range(1, len(counted) + 1))


def in_groups(counted: Sequence[Counted], *, months: int = 3) -> tuple[Counted, ...]:
    """Return months in order of time added up by so many: quarters, where the first month begins one.

    Where something of a month is missing, it is missing of its group, and months too few for a group are left out.
    """
    groups = [counted[first : first + months] for first in range(0, len(counted) - months + 1, months)]
    return tuple(_added_up(group) for group in groups)


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

    `z` says how wide: 1.96 for 95 %, 3.09 for 99.8 % (`z_of`). From 100,000 events it is Byar's.
    """
    _check_count(events)
    byar = byar_interval(events, z=z)
    if events > SUMMED_UP_TO:
        return byar
    # Byar's ends are where to begin; where his low one is nought, at what its first term makes of it.
    tail, step = _log_beyond(z), 0.1 / (events + 1)
    low = 0.0
    if events:
        start = log(byar.low) if byar.low > 0 else max(-MOST_LOG_MEAN, (tail + lgamma(events + 1)) / events)
        low = exp(root_of_rising(lambda mean: log_poisson_upper(events, _mean_at(mean)) - tail, start, step))
    high = exp(root_of_rising(lambda mean: tail - log_poisson_lower(events, _mean_at(mean)), log(byar.high), step))
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


def interval_per_1000(period: Observed, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of a rate per 1,000 by that rule. Raises NoExposure."""
    if not period.exposure:
        raise NoExposure(f"There are no {period.per}, so there is no rate.")
    interval = interval_of_count(period.events, z=z_of(confidence))
    return Interval(_times(interval.low, PER / period.exposure), _times(interval.high, PER / period.exposure))


# --- How they are worked out ------------------------------------------------------------------------------------------


def _complete(counted: Sequence[Counted], months: int, per: str) -> Observed | None:
    if len(counted) < months or any(month.events is None or month.exposure is None for month in counted):
        return None
    return observed_over(counted, per=per)


def _added_up(group: Sequence[Counted]) -> Counted:
    events = [month.events for month in group if month.events is not None]
    exposures = [exact_exposure(month.exposure) for month in group if month.exposure is not None]
    return Counted(
        f"{group[0].label} to {group[-1].label}",
        sum(events) if len(events) == len(group) else None,
        sum(exposures, Fraction(0)) if len(exposures) == len(group) else None,
    )


def _check_count(events: int) -> None:
    if isinstance(events, bool) or not isinstance(events, int) or events < 0:
        raise NotACount(f"{events} is not a number of events.")


def _log_beyond(z: float) -> float:
    """The log of the probability beyond `z` on one side, itself rather than 1 less the rest."""
    if z < SERIES_FROM_Z:
        return log(erfc(z / sqrt(2)) / 2)
    square = z * z
    return -square / 2 - log(2 * pi * square) / 2 + log1p(-1 / square + 3 / square**2 - 15 / square**3)


def _mean_at(log_mean: float) -> float:
    return exp(min(MOST_LOG_MEAN, log_mean))


def _times(number: float, exact: Fraction) -> float:
    """Their product; infinite where no float holds it."""
    try:
        return number * float(exact)
    except OverflowError:
        return inf if number else 0.0
