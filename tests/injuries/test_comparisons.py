"""Two rates against R 4.2.2 (`rate_ratio_reference_R.csv`), and the verdicts that `statistics.md` has as check values.

The reference's `exact_p_minlike` adds up what is as rare as what was seen, in both tails: another definition of a
two-sided p-value, which is not used here. Nor are its Wald intervals.
"""

from __future__ import annotations

import csv
import time
from decimal import Decimal
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from injuries import comparisons
from injuries.comparisons import Comparison, Method, Verdict, compare, holm, judge
from injuries.rates import Interval, NoExposure, Observed, observed
from records.proportions import wilson
from rendering import formats

REFERENCE = Path(__file__).parents[1] / "reference"
with (REFERENCE / "rate_ratio_reference_R.csv").open(encoding="utf-8") as opened:
    RATIOS = {row["id"]: row for row in csv.DictReader(opened)}
with (REFERENCE / "custody_binomial_reference_R.csv").open(encoding="utf-8") as opened:
    CUSTODY = {row["quantity"]: float(row["value"]) for row in csv.DictReader(opened)}

TABLE_1 = ("police_assault_2019_v_2018", "pcso_assault_2019_v_2018", "ddo_assault_2019_v_2018")
MAJORS = "major_injuries_2019_v_2018_rate"
INTERVENTIONS = "custody_si_2019_v_2018_as_poisson"


def exactly(value: str) -> Any:
    return pytest.approx(float(value), rel=1e-9, abs=1e-15)


def period(events: int, exposure: Any = 1000) -> Observed:
    return observed(events, exposure, months=12)


def compared(row: dict[str, str]) -> Comparison:
    return compare(period(int(row["x1"]), Decimal(row["t1"])), period(int(row["x0"]), Decimal(row["t0"])))


# --- Reference --------------------------------------------------------------------------------------------------------


def test_the_reference_was_read() -> None:
    assert len(RATIOS) == 13


@pytest.mark.parametrize("row", RATIOS.values(), ids=RATIOS)
def test_ratios_intervals_and_p_values_are_those_of_r(row: dict[str, str]) -> None:
    found = compared(row)
    assert found.method is Method.MID_P
    if row["rate_ratio"] == "Inf":
        assert (found.ratio, found.change) == (None, None)
    else:
        # R's ratio is printed with twelve decimals.
        assert float(found.ratio or 0) == pytest.approx(float(row["rate_ratio"]), abs=1e-12)
        assert float(100 * (found.change or 0)) == pytest.approx(float(row["change_pct"]), abs=1e-10)
    assert (found.interval.low, found.interval.high) == (exactly(row["midp_lo"]), exactly(row["midp_hi"]))
    assert (found.exact.low, found.exact.high) == (exactly(row["exact_lo"]), exactly(row["exact_hi"]))
    assert (found.p, found.exact_p) == (exactly(row["midp_p"]), exactly(row["exact_p_central"]))


@pytest.mark.parametrize("row", RATIOS.values(), ids=RATIOS)
def test_where_the_score_interval_stands_in_it_is_that_of_r(
    row: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "0" in (row["x1"], row["x0"]):
        return  # it never stands in for a period in which nothing happened
    monkeypatch.setattr(comparisons, "SCORE_ABOVE", 0)
    found = compared(row)
    assert found.method is Method.SCORE
    for interval, p in ((found.interval, found.p), (found.exact, found.exact_p)):
        assert (interval.low, interval.high) == (exactly(row["score_lo"]), exactly(row["score_hi"]))
        assert p == exactly(row["score_p"])


def test_shares_of_custody_records_are_those_of_r() -> None:
    """258 interventions in 59,177 records, 387 in 70,044: Wilson's interval of each."""
    for events, records, name in ((258, 59_177, "p1"), (387, 70_044, "p0")):
        assert events / records == pytest.approx(CUSTODY[name], rel=1e-9)
        expected = CUSTODY[f"wilson95_{name}_lo"], CUSTODY[f"wilson95_{name}_hi"]
        assert wilson(events, records) == pytest.approx(expected, rel=1e-9)


def test_taken_as_shares_custody_interventions_say_the_same() -> None:
    """Of events this rare a rate and a share hardly differ: chi-square's p, and Fisher's, lie close to ours."""
    found = compared(RATIOS[INTERVENTIONS])
    assert found.p == pytest.approx(CUSTODY["chisq_p_nocorr"], rel=0.01)
    assert found.exact_p == pytest.approx(CUSTODY["fisher_p"], rel=0.05)
    assert found.exact.low == pytest.approx(CUSTODY["fisher_or_lo"], rel=0.01)
    assert found.exact.high == pytest.approx(CUSTODY["fisher_or_hi"], rel=0.01)


# --- Check values of statistics.md ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed", "p"),
    [
        (TABLE_1[0], "1.04 (0.98 to 1.11)", ".21"),
        (TABLE_1[1], "0.87 (0.47 to 1.61)", ".67"),
        (TABLE_1[2], "1.75 (1.20 to 2.58)", ".003"),
        (MAJORS, "1.25 (0.92 to 1.71)", ".16"),
        (INTERVENTIONS, "0.79 (0.67 to 0.92)", ".003"),
    ],
)
def test_check_values(name: str, printed: str, p: str) -> None:
    found = compared(RATIOS[name])
    ratio, low, high = (formats.rate(value) for value in (found.ratio or 0, found.interval.low, found.interval.high))
    assert f"{ratio} ({low} to {high})" == printed
    assert f"{found.p:.{len(p) - 1}f}".lstrip("0") == p


def test_of_table_1_and_the_majors_only_detention_officers_changed_by_more_than_chance() -> None:
    judged = judge([compared(RATIOS[name]) for name in (*TABLE_1, MAJORS)])
    chance, more = Verdict.COULD_BE_CHANCE, Verdict.MORE_THAN_CHANCE
    assert [one.verdict for one in judged] == [chance, chance, more, chance]
    # Four p-values: the smallest counts four times.
    assert judged[2].adjusted_p == pytest.approx(4 * float(RATIOS[TABLE_1[2]]["midp_p"]), rel=1e-9)


def test_custody_interventions_in_a_table_of_their_own_changed_by_more_than_chance() -> None:
    (judged,) = judge([compared(RATIOS[INTERVENTIONS])])
    assert (judged.verdict, judged.adjusted_p) == (Verdict.MORE_THAN_CHANCE, judged.comparison.p)


def test_denominators_that_differ_are_told() -> None:
    records = observed(258, 59_177, months=12, per="custody records")
    detainees = observed(387, 70_044, months=12, per="detainees")
    assert not compare(records, detainees).same_denominator
    assert compare(records, records).same_denominator


# --- Verdicts ---------------------------------------------------------------------------------------------------------


def test_fewer_than_ten_events_in_both_periods_are_too_few_to_say() -> None:
    nine, ten = compare(period(9), period(0)), compare(period(10), period(0))
    assert nine.p < 0.01
    judged = judge([nine, ten, nine])
    few = Verdict.TOO_FEW_TO_SAY
    assert [one.verdict for one in judged] == [few, Verdict.MORE_THAN_CHANCE, few]
    # They take no part in the adjustment.
    assert [one.adjusted_p for one in judged] == [None, ten.p, None]


def test_a_verdict_that_stands_alone_may_fall_in_a_larger_table() -> None:
    one, other = compare(period(30), period(15)), compare(period(20), period(20))
    assert 0.0125 < one.p < 0.05
    assert judge([one])[0].verdict is Verdict.MORE_THAN_CHANCE
    assert judge([one, other, other, other])[0].verdict is Verdict.COULD_BE_CHANCE
    assert judge([]) == ()


def test_holms_adjustment_is_the_textbooks() -> None:
    """Holm's own steps, by hand: 0.01 × 4, 0.02 × 3, then never less than before, at most 1, in the order given."""
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx((0.06, 0.04, 0.06, 0.06))
    assert holm([0.6, 0.5]) == (1, 1)
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_keep_their_order_and_are_between_the_raw_and_bonferronis(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for p, found in zip(p_values, adjusted, strict=True):
        assert p <= found <= min(1, len(p_values) * p)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [adjusted[index] for index in order] == sorted(adjusted)


# --- Properties -------------------------------------------------------------------------------------------------------

an_exposure = st.fractions(Fraction(1, 1000), 10**6, max_denominator=1000)
a_period = st.builds(period, st.integers(0, 3000), an_exposure)
# Each example sums tails several times: how long that takes is asked once, at the end.
several = settings(max_examples=60, deadline=None)


@given(a_period, a_period)
@several
def test_exchanged_periods_give_the_inverse(one: Observed, other: Observed) -> None:
    found, turned = compare(one, other), compare(other, one)
    assert (found.p, found.exact_p) == pytest.approx((turned.p, turned.exact_p))
    for interval, opposite in ((found.interval, turned.interval), (found.exact, turned.exact)):
        assert interval.low == (pytest.approx(1 / opposite.high, rel=1e-9) if opposite.high < inf else 0)
        assert opposite.low == (pytest.approx(1 / interval.high, rel=1e-9) if interval.high < inf else 0)


@given(a_period, a_period)
@several
def test_intervals_hold_the_ratio_and_the_exact_one_is_the_wider(one: Observed, other: Observed) -> None:
    found = compare(one, other)
    assert found.exact.low <= found.interval.low <= found.interval.high <= found.exact.high
    assert found.p <= found.exact_p + 1e-12
    if found.ratio is not None:
        assert found.interval.low <= float(found.ratio) * (1 + 1e-9)
        assert found.interval.high >= float(found.ratio) * (1 - 1e-9)


@given(a_period, a_period)
@several
def test_an_interval_holds_no_change_just_where_chance_could_have_made_it(one: Observed, other: Observed) -> None:
    found = compare(one, other)
    for interval, p in ((found.interval, found.p), (found.exact, found.exact_p)):
        if abs(p - 0.05) > 1e-9:
            assert (interval.low <= 1 <= interval.high) == (p > 0.05)


@given(a_period, a_period, st.integers(2, 9))
@several
def test_only_the_ratio_of_the_exposures_matters(one: Observed, other: Observed, times: int) -> None:
    found = compare(one, other)
    larger = compare(period(one.events, one.exposure * times), period(other.events, other.exposure * times))
    assert larger.ratio == found.ratio
    assert larger.p == pytest.approx(found.p, rel=1e-9)
    assert larger.interval.low == pytest.approx(found.interval.low, rel=1e-9)


@given(st.integers(0, 2000), st.integers(0, 2000), an_exposure, an_exposure)
@several
def test_exact_comparisons_are_those_of_scipy(later: int, earlier: int, one: Fraction, other: Fraction) -> None:
    # Below 1e-250 scipy soon has nought where there is something.
    found, trials = compare(period(later, one), period(earlier, other)), later + earlier
    share = float(one / (one + other))
    tails = stats.binom.sf(later - 1, trials, share), stats.binom.cdf(later, trials, share)
    assert found.exact_p == pytest.approx(min(1, 2 * min(tails)), rel=1e-7, abs=1e-250)
    for bound, quantile in (
        (found.exact.low, stats.beta.ppf(0.025, later, earlier + 1) if later else 0),
        (found.exact.high, stats.beta.isf(0.025, later + 1, earlier) if earlier else 1),
    ):
        ratio = quantile / (1 - quantile) * float(other / one) if quantile < 1 else inf
        assert bound == pytest.approx(ratio, rel=1e-7)


@pytest.mark.parametrize("rates", [(4.0, 4.0), (15.0, 12.0), (2.0, 30.0), (20.0, 20.0)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(rates: tuple[float, float]) -> None:
    """Over all pairs of counts, each with its probability: exact at least 95 %, mid-p near it and never far below."""
    truth = rates[0] / rates[1]
    held = {"mid-p": 0.0, "exact": 0.0}
    for later in range(int(stats.poisson.ppf(1e-4, rates[0])), int(stats.poisson.isf(1e-4, rates[0])) + 1):
        for earlier in range(int(stats.poisson.ppf(1e-4, rates[1])), int(stats.poisson.isf(1e-4, rates[1])) + 1):
            found = compare(period(later, 1), period(earlier, 1))
            probability = stats.poisson.pmf(later, rates[0]) * stats.poisson.pmf(earlier, rates[1])
            held["mid-p"] += probability * (found.interval.low <= truth <= found.interval.high)
            held["exact"] += probability * (found.exact.low <= truth <= found.exact.high)
    assert held["exact"] > 0.949
    assert 0.94 < held["mid-p"] < held["exact"]


# --- Ends and extremes ------------------------------------------------------------------------------------------------


def test_where_nothing_happened_in_either_everything_is_possible() -> None:
    found = compare(period(0), period(0))
    assert (found.ratio, found.change, found.p, found.exact_p) == (None, None, 1, 1)
    assert found.interval == found.exact == Interval(0, inf)
    assert judge([found])[0].verdict is Verdict.TOO_FEW_TO_SAY


def test_a_period_without_people_is_a_named_error() -> None:
    for later, earlier in ((period(3, 0), period(3)), (period(3), period(3, 0)), (period(3), period(0, 0))):
        with pytest.raises(NoExposure):
            compare(later, earlier)


@given(
    st.integers(0, 10**15),
    st.integers(0, 10**15),
    st.fractions(Fraction(1, 10**9), 10**12),
    st.fractions(Fraction(1, 10**9), 10**12),
)
@several
def test_enormous_counts_and_tiny_denominators_have_an_answer(
    later: int, earlier: int, one: Fraction, other: Fraction
) -> None:
    found = compare(period(later, one), period(earlier, other))
    assert 0 <= found.p <= 1
    assert 0 <= found.interval.low <= found.interval.high
    if found.ratio:
        assert found.interval.low <= float(found.ratio) * (1 + 1e-6)
        assert found.interval.high >= float(found.ratio) * (1 - 1e-6)


@pytest.mark.parametrize("exponent", [-4000, -320, 320, 4000])
def test_exposures_beyond_every_float_do_not_break_it(exponent: int) -> None:
    far = compare(period(30, Fraction(10) ** exponent), period(20, 1))
    if exponent < 0:
        assert (far.interval.low, far.interval.high) == (inf, inf)
    else:
        assert (far.interval.low, far.interval.high) == pytest.approx((0, 0), abs=1e-300)
    assert far.p == 0


def test_the_score_interval_differs_by_a_millionth_where_it_begins_to_stand_in() -> None:
    just = compare(period(comparisons.SCORE_ABOVE), period(comparisons.SCORE_ABOVE + 700))
    beyond = compare(period(comparisons.SCORE_ABOVE + 1), period(comparisons.SCORE_ABOVE + 701))
    assert (just.method, beyond.method) == (Method.MID_P, Method.SCORE)
    assert beyond.interval.low == pytest.approx(just.interval.low, rel=1e-6)
    assert beyond.interval.high == pytest.approx(just.interval.high, rel=1e-6)
    assert beyond.p == pytest.approx(just.p, rel=1e-3)


def test_one_very_large_count_is_still_summed() -> None:
    found = compare(period(5), period(10**9))
    assert found.method is Method.MID_P
    # Against so many, the earlier rate is as good as known, and the later count's own exact interval remains.
    assert found.exact.low == pytest.approx(stats.gamma.ppf(0.025, 5) / 10**9, rel=1e-6)
    assert found.exact.high == pytest.approx(stats.gamma.isf(0.025, 6) / 10**9, rel=1e-6)


def test_a_comparison_of_two_thousand_events_takes_milliseconds() -> None:
    later, earlier = period(2000, 381_048), period(1990, 388_866)
    compare(later, earlier)
    began = time.process_time()
    for _ in range(5):
        compare(later, earlier)
    assert (time.process_time() - began) / 5 < 0.05
