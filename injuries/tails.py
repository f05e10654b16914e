"""Tails of the Poisson and binomial distributions, in logarithms. Plain numbers: no database, no clock.

A tail is summed from its own largest term outwards, so that a p-value of 1e-200 keeps its figures: one less the rest
would leave nothing of it. Where the tail asked for is the larger part, the rest is the smaller one and is summed
instead. Logarithms never underflow, however far a trial value lies from what was seen. Single terms follow Loader
(2000, *Fast and accurate computation of binomial probabilities*): Stirling's error and the deviance, rather than
differences of large factorials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from math import exp, expm1, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

# Odds further out than e to this are as good as none, or as certainty, and would overflow.
MOST_LOG_ODDS = 700.0
# Up to this mean the range of a Poisson count is summed; beyond it, a formula is right to within one event.
SUMMED_UP_TO = 1_000_000
# A term smaller than this part of its sum changes no figure of it.
NEGLIGIBLE = 1e-17
# From this count the series for Stirling's error is exact to the last figure.
SERIES_FROM = 16
# A root is closed in on until its logarithm is known to this; ten thousand times what any figure needs.
CLOSE_ENOUGH = 1e-13
# Steps that a root is looked for in, each way of closing in; thirty times what any has needed.
MOST_STEPS = 300


def log_poisson(events: int, mean: float) -> float:
    """Return the log of the probability of exactly so many events where `mean` (from 0) are expected."""
    if mean == 0:
        return -inf if events else 0.0
    if events == 0:
        return -mean
    return -_stirlings_error(events) - _deviance(events, mean) - log(2 * pi * events) / 2


def log_poisson_upper(events: int, mean: float, *, own: float = 1.0) -> float:
    """Return log P(more than `events`) with `own` times the probability of just as many: 1, or of a mid-p tail ½."""
    if events >= mean:
        return _log_poisson_rise(events, mean, own)
    return _log_rest(_log_poisson_fall(events, mean, 1 - own))


def log_poisson_lower(events: int, mean: float, *, own: float = 1.0) -> float:
    """Return log P(fewer than `events`) with `own` times the probability of just as many."""
    if events < mean:
        return _log_poisson_fall(events, mean, own)
    return _log_rest(_log_poisson_rise(events, mean, 1 - own))


def log_binomial(events: int, trials: int, log_odds: float) -> float:
    """Return the log of the probability of so many successes in as many trials, at the log of the odds of each."""
    log_share, log_other = -_softplus(-log_odds), -_softplus(log_odds)
    others = trials - events
    if events == 0 or others == 0:
        return events * log_share + others * log_other
    errors = _stirlings_error(trials) - _stirlings_error(events) - _stirlings_error(others)
    away = _deviance(events, trials * exp(log_share)) + _deviance(others, trials * exp(log_other))
    return errors - away + (log(trials) - log(events) - log(others) - log(2 * pi)) / 2


def log_binomial_upper(events: int, trials: int, log_odds: float, *, own: float = 1.0) -> float:
    """Return log P(more successes than `events`) with `own` times the probability of just as many."""
    log_odds = _within_reach(log_odds)
    if _is_above_mean(events, trials, log_odds):
        return _log_binomial_rise(events, trials, log_odds, own)
    return _log_rest(_log_binomial_rise(trials - events, trials, -log_odds, 1 - own))


def log_binomial_lower(events: int, trials: int, log_odds: float, *, own: float = 1.0) -> float:
    """Return log P(fewer successes than `events`) with `own` times the probability of just as many."""
    return log_binomial_upper(trials - events, trials, -log_odds, own=own)


def poisson_range(mean: float, *, tail: float) -> tuple[int, int]:
    """Return the least and the greatest count that is not rare where `mean` are expected.

    Fewer than the least, and more than the greatest, each have a probability of at most `tail`.
    """
    if mean == 0:
        return 0, 0
    # Cornish and Fisher's expansion to its second term: where to begin, and from a million enough by itself.
    z = -NormalDist().inv_cdf(tail)
    skew = (z * z - 1) / 6
    low, high = max(0, round(mean - z * sqrt(mean) + skew)), max(0, round(mean + z * sqrt(mean) + skew))
    if mean > SUMMED_UP_TO:
        return low, high
    rare = log(tail)
    while low and log_poisson_lower(low - 1, mean) > rare:
        low -= 1
    while log_poisson_lower(low, mean) <= rare:
        low += 1
    while high and log_poisson_upper(high, mean) <= rare:
        high -= 1
    while log_poisson_upper(high + 1, mean) > rare:
        high += 1
    return low, high


def root_of_rising(function: Callable[[float], float], start: float, step: float) -> float:
    """Return where a function that never falls is nought, from a guess and how far off it may be.

    Regula falsi by the Illinois rule, which closes in from both sides, with a halving wherever that is slow. Raises
    ArithmeticError where the function stays on one side of nought as far as one can go.
    """
    (low, below), (high, above) = _around_nought(function, start, step)
    side = 0
    for number in range(MOST_STEPS):
        if high - low <= CLOSE_ENOUGH * max(1.0, abs(low + high) / 2) or below == above:
            break
        middle = (low + high) / 2 if number % 4 == 3 else (low * above - high * below) / (above - below)
        if not low < middle < high:
            middle = (low + high) / 2
        value = function(middle)
        if value == 0:
            return middle
        if value < 0:
            low, below, above, side = middle, value, above / 2 if side < 0 else above, -1
        else:
            high, above, below, side = middle, value, below / 2 if side > 0 else below, 1
    return (low + high) / 2


# --- Sums and terms ---------------------------------------------------------------------------------------------------


def _log_poisson_rise(events: int, mean: float, own: float) -> float:
    """The upper tail from a count at or above the mean, where each term is smaller than the one before."""
    ratios = (mean / number for number in count(events + 1))
    return log_poisson(events, mean) + _log(_summed(ratios, own))


def _log_poisson_fall(events: int, mean: float, own: float) -> float:
    """The lower tail from a count below the mean."""
    ratios = (number / mean for number in range(events, 0, -1))
    return log_poisson(events, mean) + _log(_summed(ratios, own))


def _log_binomial_rise(events: int, trials: int, log_odds: float, own: float) -> float:
    odds = exp(log_odds)
    ratios = (odds * (trials - number) / (number + 1) for number in range(events, trials))
    return log_binomial(events, trials, log_odds) + _log(_summed(ratios, own))


def _summed(ratios: Iterable[float], own: float) -> float:
    """A tail in units of its first term, which counts `own` times."""
    total, term = own, 1.0
    for ratio in ratios:
        term *= ratio
        total += term
        if term <= total * NEGLIGIBLE:
            break
    return total


def _is_above_mean(events: int, trials: int, log_odds: float) -> bool:
    """Whether so many successes are at least what is expected, told by the odds so that small ones keep figures."""
    return events * exp(-log_odds) >= trials - events


def _log(value: float) -> float:
    return log(value) if value else -inf


def _log_rest(log_part: float) -> float:
    """The log of one less a part that is given by its log."""
    if log_part >= 0:
        return -inf
    return log1p(-exp(log_part)) if log_part < -log(2) else log(-expm1(log_part))


def _softplus(value: float) -> float:
    """log(1 + e^value), which for a large value is that value."""
    return value + log1p(exp(-value)) if value > 0 else log1p(exp(value))


def _within_reach(log_odds: float) -> float:
    return max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))


def _deviance(events: float, mean: float) -> float:
    """events · log(events ÷ mean) + mean − events, which near the mean is a small difference of large terms.

    By x = (events − mean) ÷ (events + mean), log(events ÷ mean) is 2·(x + x³/3 + x⁵/5 + …).
    """
    if mean == 0:
        return inf
    x = (events - mean) / (events + mean)
    if abs(x) > 0.1:
        return events * log(events / mean) + mean - events
    total, power, odd = (events - mean) * x, 2 * events * x, 1
    while True:
        power *= x * x
        odd += 2
        if total + power / odd == total:
            return total
        total += power / odd


def _stirlings_error(number: int) -> float:
    """log(number!) less Stirling's formula for it."""
    if number < SERIES_FROM:
        return lgamma(number + 1) - (number + 0.5) * log(number) + number - log(2 * pi) / 2
    inverse = 1 / number
    square = inverse * inverse
    return inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))


def _around_nought(
    function: Callable[[float], float], start: float, step: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two places with their values: below or at nought, and at or above it."""
    here, value = start, function(start)
    direction = 1 if value < 0 else -1
    for _ in range(MOST_STEPS):
        there = here + direction * step
        beyond = function(there)
        if (beyond < 0) != (value < 0) or beyond == 0:
            found = (here, value), (there, beyond)
            return found if direction > 0 else (found[1], found[0])
        here, value, step = there, beyond, step * 2
    raise ArithmeticError("The function has no root within reach.")
