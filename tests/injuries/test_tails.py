"""Tails of the binomial and Poisson distributions against scipy, and against sums of whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, inf, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from injuries.tails import (
    log_binomial,
    log_binomial_lower,
    log_binomial_upper,
    log_poisson,
    log_poisson_lower,
    log_poisson_upper,
    poisson_range,
    root_of_rising,
)

a_mean = st.floats(1e-6, 5000)
log_odds = st.floats(-12, 12)


def exact_upper(events: int, trials: int, odds: Fraction, own: Fraction) -> Fraction:
    """The tail with nothing rounded."""
    share = odds / (1 + odds)
    terms = [comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(events, trials + 1)]
    return sum(terms[1:], own * terms[0])


@given(st.integers(0, 4000), a_mean)
@settings(deadline=None)
def test_terms_and_tails_of_poisson_counts_are_those_of_scipy(events: int, mean: float) -> None:
    assert log_poisson(events, mean) == pytest.approx(stats.poisson.logpmf(events, mean), rel=1e-9, abs=1e-9)
    upper, lower = exp(log_poisson_upper(events, mean)), exp(log_poisson_lower(events, mean))
    assert upper == pytest.approx(stats.poisson.sf(events - 1, mean), rel=1e-9, abs=1e-250)
    assert lower == pytest.approx(stats.poisson.cdf(events, mean), rel=1e-9, abs=1e-250)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 400), st.integers(1, 400), st.sampled_from((0, 1, 2)))
@settings(deadline=None)
def test_tails_of_binomial_counts_are_the_sums_of_their_terms(
    events: int, others: int, odds: int, to: int, twice_own: int
) -> None:
    trials, own = events + others, Fraction(twice_own, 2)
    expected = exact_upper(events, trials, Fraction(odds, to), own)
    found = log_binomial_upper(events, trials, log(odds / to), own=float(own))
    assert exp(found) == pytest.approx(float(expected), rel=1e-10)


@given(st.integers(0, 3000), st.integers(0, 3000), log_odds)
def test_the_two_tails_have_the_value_itself_between_them(events: int, others: int, odds: float) -> None:
    trials = events + others
    halves = log_binomial_upper(events, trials, odds, own=0.5), log_binomial_lower(events, trials, odds, own=0.5)
    assert exp(halves[0]) + exp(halves[1]) == pytest.approx(1, abs=1e-9)
    own = exp(log_binomial(events, trials, odds))
    whole = log_binomial_upper(events, trials, odds), log_binomial_lower(events, trials, odds)
    assert exp(whole[0]) + exp(whole[1]) - own == pytest.approx(1, abs=1e-9)


def test_a_tail_far_out_keeps_its_figures() -> None:
    """One less the rest would be nought: 1,900 of 2,000 throws of a fair coin."""
    expected = sum(comb(2000, k) for k in range(1900, 2001))
    found = log_binomial_upper(1900, 2000, 0.0)
    assert found == pytest.approx(log(expected) - 2000 * log(2), rel=1e-12)
    assert stats.binom.sf(1899, 2000, 0.5) == 0 or found == pytest.approx(log(stats.binom.sf(1899, 2000, 0.5)))


@pytest.mark.parametrize("odds", [-1e6, -700.0, -300.0, 300.0, 700.0, 1e6])
def test_no_odds_underflow(odds: float) -> None:
    upper, lower = log_binomial_upper(1000, 2000, odds), log_binomial_lower(1000, 2000, odds)
    assert (upper if odds > 0 else lower) == 0
    assert min(upper, lower) < -250_000
    assert min(upper, lower) > -inf


def test_nothing_expected_is_nothing_seen() -> None:
    assert (log_poisson(0, 0), log_poisson(3, 0)) == (0, -inf)
    assert (log_poisson_upper(0, 0), log_poisson_upper(1, 0), log_poisson_lower(0, 0)) == (0, -inf, 0)


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.01, 0.5, 1, 6.36, 9.99, 154, 1000.5, 99_999, 999_999])
@pytest.mark.parametrize("tail", [0.001, 0.025])
def test_the_range_of_a_count_is_that_of_scipys_quantiles(mean: float, tail: float) -> None:
    expected = (stats.poisson.ppf(tail, mean), stats.poisson.ppf(1 - tail, mean)) if mean else (0, 0)
    assert poisson_range(mean, tail=tail) == expected


def test_the_range_of_a_very_large_count_is_right_to_an_event() -> None:
    low, high = poisson_range(5_000_000, tail=0.001)
    assert abs(low - stats.poisson.ppf(0.001, 5_000_000)) <= 1
    assert abs(high - stats.poisson.ppf(0.999, 5_000_000)) <= 1
    assert poisson_range(1e15, tail=0.001)[0] < 1e15


@given(a_mean)
@settings(deadline=None)
def test_beyond_the_range_is_as_rare_as_it_is_said_to_be(mean: float) -> None:
    low, high = poisson_range(mean, tail=0.001)
    assert stats.poisson.cdf(low - 1, mean) <= 0.001 < stats.poisson.cdf(low, mean)
    assert stats.poisson.sf(high, mean) <= 0.001
    assert high == 0 or stats.poisson.sf(high - 1, mean) > 0.001


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.01, 5))
def test_a_root_is_found_from_anywhere(root: float, start: float, step: float) -> None:
    assert root_of_rising(lambda x: (x - root) ** 3, start, step) == pytest.approx(root, abs=1e-4)
    assert root_of_rising(lambda x: x - root, start, step) == pytest.approx(root, rel=1e-12, abs=1e-12)


def test_a_function_without_a_root_says_so() -> None:
    with pytest.raises(ArithmeticError):
        root_of_rising(lambda _: 1.0, 0.0, 1.0)
