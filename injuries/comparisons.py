"""Two rates: how the later one lies to the earlier, and what chance would do by itself. Plain numbers.

`statistics.md`, *Rates*. Never "the intervals overlap": the events of both periods are taken together, and it is asked
how many of them fall in the later one, which had so much of the exposure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import erfc, exp, inf, log, sqrt

from injuries.rates import Interval, Observed
from injuries.tails import log_binomial_lower, log_binomial_upper, root_of_rising
from records.proportions import CONFIDENCE, wilson

# Two periods with fewer events between them are too few to say anything of.
FEWEST_TO_COMPARE = 10
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
    p: float
    exact_p: float
    method: Method
    confidence: float

    @property
    def interval(self) -> Interval:
        """Worked out when it is asked for: it takes some twenty times as long as the p-value."""
        return self._interval(own=0.5)

    @property
    def exact(self) -> Interval:
        """Clopper and Pearson's, worked out when it is asked for."""
        return self._interval(own=1.0)

    def _interval(self, *, own: float) -> Interval:
        log_odds = _log_odds(self.later, self.earlier)
        if self.method is Method.SCORE:
            return _score_interval(self.later.events, self.events, log_odds, self.confidence)
        return _conditional_interval(self.later.events, self.events, log_odds, self.confidence, own=own)

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


# --- Two rates --------------------------------------------------------------------------------------------------------


def compare(later: Observed, earlier: Observed, *, confidence: float = CONFIDENCE) -> Comparison:
    """Compare two rates: of all events, how many fell in the later period, given how much exposure it had.

    (Przyborowski and Wilenski 1940; mid-p: Lancaster 1961, Berry and Armitage 1995.) Raises NoExposure.
    """
    # The rates are asked for first, so that a missing denominator is told before anything else.
    ratio = later.rate_per_1000 / earlier.rate_per_1000 if earlier.rate_per_1000 else None
    happened, trials = later.events, later.events + earlier.events
    log_odds = _log_odds(later, earlier)
    if min(later.events, earlier.events) > SCORE_ABOVE:
        p = _score_p(happened, trials, log_odds)
        return Comparison(later, earlier, ratio, p, p, Method.SCORE, confidence)
    p, exact_p = (_two_sided_p(happened, trials, log_odds, own=own) for own in (0.5, 1.0))
    return Comparison(later, earlier, ratio, p, exact_p, Method.MID_P, confidence)


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


def _log_odds(later: Observed, earlier: Observed) -> float:
    """The log of the odds of an event falling in the later period where both have the same rate."""
    return _log(later.exposure) - _log(earlier.exposure)


def _log(exact: Fraction) -> float:
    """The log of an exact number, however large its parts."""
    return log(exact.numerator) - log(exact.denominator)


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
