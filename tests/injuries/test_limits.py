"""Charts over time against qicharts2 0.8.1 and NHSRplotthedots 0.2.2 (SHARED_DIR/data/spc), read in place."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import mean, variance
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from injuries.limits.between import days_between, g_chart, is_rare, t_chart
from injuries.limits.charts import (
    Baseline,
    Chart,
    Kind,
    Lines,
    NoSuchPoint,
    NothingToChart,
    NotOnThisChart,
    Unexplained,
)
from injuries.limits.counts import c_chart, may_widen, p_chart, p_prime_chart, u_chart, u_prime_chart
from injuries.limits.rules import EXACT_ALONE, SEVEN_POINTS, SIGMA_ALONE, Rule, RuleSet, Signal
from injuries.limits.xmr import Measured, is_frequent, xmr_chart
from injuries.rates import Counted, NoExposure, observed

Row = dict[str, str]

COUNT_CASES = {
    "u_bac_all": (u_chart, 1),
    "u_bac_all_per10000": (u_chart, 10_000),
    "uprime_bac_all_screened": (u_prime_chart, 10_000),
    "uprime_bac_all_unscreened": (u_prime_chart, 10_000),
    "u_uti_bfh": (u_chart, 10_000),
    "uprime_uti_bfh_screened": (u_prime_chart, 10_000),
    "p_nhs_accidents": (p_chart, 1),
    "pprime_nhs_accidents_screened": (p_prime_chart, 1),
    "pprime_nhs_accidents_unscreened": (p_prime_chart, 1),
    "u_ddo_like": (u_chart, 1000),
    "uprime_ddo_like": (u_prime_chart, 1000),
}
OTHER_CASES = (
    "c_cdi",
    "i_cdi_screened",
    "i_cdi_unscreened",
    "t_montgomery_714_screened",
    "t_montgomery_714_unscreened",
    "g_days_between",
)
XMR_CASES = (
    "snapshot_r1",
    "snapshot_r2_spike_screened",
    "snapshot_r3_spike_unscreened",
    "vignette_deviation_screened",
    "vignette_deviation_unscreened",
    "test_2of3_opposite_sides",
    "two_of_three_same_side",
    "trend_up_then_back",
    "shift_of_7",
    "ties_on_mean",
    "constant_series",
    "short_series_5",
    "rebase_at_13",
    "fix_after_12",
    "poisson_154_step_175_spike",
    "poisson_6_common",
    "poisson_1p5_rare",
)
# What NHSRplotthedots calls a point.
CALLED = {
    None: "Common Cause",
    Signal(Rule.OUTSIDE, 1): "Above UCL",
    Signal(Rule.OUTSIDE, -1): "Below LCL",
    Signal(Rule.TREND, 1): "7 Point Trend (Increasing)",
    Signal(Rule.TREND, -1): "7 Point Trend (Decreasing)",
    Signal(Rule.TWO_OF_THREE, 1): "2 Points Close to UCL",
    Signal(Rule.TWO_OF_THREE, -1): "2 Points Close to LCL",
    Signal(Rule.SHIFT, 1): "7 Points Above CL",
    Signal(Rule.SHIFT, -1): "7 Points Below CL",
}


def exactly(value: str) -> Any:
    return pytest.approx(float(value), rel=1e-9, abs=1e-12)


def cases_in(path: Path) -> dict[str, list[Row]]:
    cases = defaultdict(list)
    with path.open(encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            cases[row["case"]].append(row)
    return cases


@pytest.fixture(scope="module")
def count_cases(shared_dir: Path) -> dict[str, list[Row]]:
    return cases_in(shared_dir / "data" / "spc" / "count_charts_qicharts2_reference.csv")


@pytest.fixture(scope="module")
def xmr_cases(shared_dir: Path) -> dict[str, list[Row]]:
    return cases_in(shared_dir / "data" / "spc" / "xmr_nhsrplotthedots_reference.csv")


def counted(*both: tuple[int | None, Any]) -> list[Counted]:
    return [Counted(str(number), events, exposure) for number, (events, exposure) in enumerate(both)]


def measured(*values: float | None) -> list[Measured]:
    return [Measured(str(number), value) for number, value in enumerate(values)]


def told(chart: Chart) -> list[str]:
    return [CALLED[point.signal] for point in chart.points]


def chart_of_qicharts(case: str, rows: list[Row]) -> Chart:
    screened = rows[0]["screenedmr"] == "TRUE"
    rules = replace(SIGMA_ALONE, screened=screened)
    if case in COUNT_CASES:
        draw, per = COUNT_CASES[case]
        return draw(counted(*((int(row["y.sum"]), float(row["n"])) for row in rows)), rules=rules, per=per)
    if case == "c_cdi":
        return c_chart(counted(*((int(row["y.sum"]), None) for row in rows)), rules=rules)
    values = measured(*(float(row["y.sum"]) for row in rows))
    if case.startswith("i_"):
        # Theirs is 3 ÷ d2, of which 2.66 is the rounded form.
        return xmr_chart(values, rules=replace(SEVEN_POINTS, screened=screened, reach=3 / 1.128))
    return (t_chart if case.startswith("t_") else g_chart)(values, rules=rules)


# --- Reference --------------------------------------------------------------------------------------------------------


def test_the_references_have_every_case(count_cases: dict[str, list[Row]], xmr_cases: dict[str, list[Row]]) -> None:
    assert set(count_cases) == {*COUNT_CASES, *OTHER_CASES}
    assert set(xmr_cases) == set(XMR_CASES)


@pytest.mark.parametrize("case", [*COUNT_CASES, *OTHER_CASES])
def test_values_lines_and_signals_are_those_of_qicharts(case: str, count_cases: dict[str, list[Row]]) -> None:
    rows = count_cases[case]
    chart = chart_of_qicharts(case, rows)
    assert len(chart.points) == len(rows) >= 20
    for point, row in zip(chart.points, rows, strict=True):
        assert point.value == exactly(row["y"])
        assert point.lines.centre == exactly(row["cl"])
        assert point.lines.lower == exactly(row["lcl"])
        assert point.lines.upper == exactly(row["ucl"])
        assert point.lines.lower_warning == exactly(row["lcl.95"])
        assert point.lines.upper_warning == exactly(row["ucl.95"])
        outside = any(signal.rule is Rule.OUTSIDE for signal in point.signals)
        assert outside == (row["sigma.signal"] == "TRUE")


@pytest.mark.parametrize("case", [*COUNT_CASES, *OTHER_CASES])
def test_runs_are_those_of_qicharts(case: str, count_cases: dict[str, list[Row]]) -> None:
    row = count_cases[case][0]
    chart = chart_of_qicharts(case, count_cases[case])
    runs = chart.stretches[0].runs
    assert (runs.useful, runs.longest, runs.crossings) == (
        int(row["n.useful"]),
        int(row["longest.run"]),
        int(row["n.crossings"]),
    )
    assert (runs.longest_by_chance, runs.fewest_by_chance) == (int(row["longest.run.max"]), int(row["n.crossings.min"]))
    assert chart.look_closer == runs.look_closer == (row["runs.signal"] == "TRUE")


@pytest.mark.parametrize("case", XMR_CASES)
def test_xmr_charts_are_those_of_the_nhs(case: str, xmr_cases: dict[str, list[Row]]) -> None:
    rows = xmr_cases[case]
    fixed = None if rows[0]["fix_after"] == "NA" else int(rows[0]["fix_after"])
    groups = [row["rebase_group"] for row in rows]
    anew = [number for number in range(1, len(rows)) if groups[number] != groups[number - 1]]
    chart = xmr_chart(
        measured(*(float(row["y"]) for row in rows)),
        rules=replace(SEVEN_POINTS, screened=rows[0]["screen_outliers"] == "TRUE"),
        baselines=[Baseline(points=fixed), *(Baseline(str(number), reason="A new system") for number in anew)],
    )
    for point, row in zip(chart.points, rows, strict=True):
        assert point.lines.centre == exactly(row["mean"])
        # Of a series that never moves, theirs are not a number; ours are the mean.
        assert point.lines.lower == exactly(row["mean" if row["lpl"] == "NA" else "lpl"])
        assert point.lines.upper == exactly(row["mean" if row["upl"] == "NA" else "upl"])
    assert told(chart) == [row["special_cause_type"] for row in rows]


# --- The chart for monthly injuries -----------------------------------------------------------------------------------


def test_exact_limits_are_scipys_quantiles_at_each_months_expected_count() -> None:
    months = counted((7, 595), (5, Decimal("599.5")), (9, 602), (16, 610), (2, 590))
    chart = u_chart(months)
    rate = 39 / (595 + 599.5 + 602 + 610 + 590)
    for point, month in zip(chart.points, months, strict=True):
        exposure = float(month.exposure or 0)
        assert point.lines.centre == pytest.approx(1000 * rate)
        low, high = stats.poisson.ppf([0.001, 0.999], rate * exposure)
        assert point.lines.lower == pytest.approx(1000 * low / exposure)
        assert point.lines.upper == pytest.approx(1000 * high / exposure)
        assert (point.lines.lower_warning, point.lines.upper_warning) == (None, None)
    assert (chart.kind, chart.rules, chart.per) == (Kind.U, EXACT_ALONE, 1000)


@pytest.mark.parametrize("exposure", [1000, 602.1, 7, *(Decimal(10004 + step) / 100 for step in range(0, 500, 40))])
def test_a_count_on_its_limit_is_no_signal_and_the_next_one_is(exposure: Any) -> None:
    """Twelve months fix the baseline at 6 a month, where more than 15, and fewer than 0, are rare."""
    before = [(6, exposure)] * 12
    assert stats.poisson.ppf([0.001, 0.999], 6).tolist() == [0, 15]
    chart = u_chart(counted(*before, (15, exposure), (16, exposure), (0, exposure)), baselines=[Baseline(points=12)])
    assert [point.signal for point in chart.points[12:]] == [None, Signal(Rule.OUTSIDE, 1), None]


def false_alarms(draw: Callable[[list[int]], Chart], expected: float, *, charts: int = 200) -> float:
    """The share of charts of 36 months on which chance alone makes a signal; drawn the same way each time."""
    drawn = np.random.default_rng(36).poisson(expected, (charts, 36)).tolist()
    return sum(bool(draw(months).signals) for months in drawn) / charts


@pytest.mark.parametrize(("expected", "exact", "usual"), [(154, 0.05, 0.29), (0.5, 0.01, 0.75)])
def test_exact_limits_alone_rarely_raise_a_false_alarm(expected: float, exact: float, usual: float) -> None:
    """`statistics.md`: on stable data the usual rules do so in 29 % and 75 % of charts, exact limits in 5 % and 1 %."""

    def by_exact_limits(months: list[int]) -> Chart:
        return u_chart(counted(*((month, 1000) for month in months)))

    def by_usual_rules(months: list[int]) -> Chart:
        return xmr_chart(measured(*(float(month) for month in months)))

    assert false_alarms(by_exact_limits, expected) == pytest.approx(exact, abs=0.04)
    assert false_alarms(by_usual_rules, expected) == pytest.approx(usual, abs=0.1)


def test_runs_on_monthly_injuries_are_a_reason_to_look_closer_and_no_signal() -> None:
    """Eighteen months a little above the mean, then eighteen a little below it."""
    chart = u_chart(counted(*[(105, 1000)] * 18, *[(95, 1000)] * 18))
    assert chart.signals == ()
    assert chart.look_closer


def test_the_index_of_dispersion_is_variance_over_mean_of_equal_exposures() -> None:
    counts = [3, 9, 4, 12, 0, 7]
    (stretch,) = c_chart(counted(*((count, None) for count in counts))).stretches
    assert stretch.dispersion == pytest.approx(variance(counts) / mean(counts))


def test_laneys_limits_are_called_for_above_an_index_of_one_and_a_half(count_cases: dict[str, list[Row]]) -> None:
    wide, usual = (chart_of_qicharts(case, count_cases[case]) for case in ("u_ddo_like", "u_bac_all"))
    assert (may_widen(wide), may_widen(usual)) == (True, False)
    assert wide.stretches[0].dispersion == pytest.approx(1.796, abs=5e-4)


# --- Baselines --------------------------------------------------------------------------------------------------------

STEP = [(10, 100)] * 12 + [(20, 100)] * 12


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, c_chart, p_chart, p_prime_chart])
def test_limits_that_begin_anew_rest_on_what_came_after_alone(draw: Callable[..., Chart]) -> None:
    anew = [Baseline(), Baseline("12", reason="1 July 2017: a new reporting system")]
    chart = draw(counted(*STEP), baselines=anew)
    alone = draw(counted(*STEP[12:]))
    assert [point.lines for point in chart.points[12:]] == [point.lines for point in alone.points]
    assert [point.stretch for point in chart.points] == [0] * 12 + [1] * 12
    first, second = chart.stretches
    assert (first.first, first.last, second.first, second.last, second.rests_on) == ("0", "11", "12", "23", 12)
    assert second.baseline.reason == "1 July 2017: a new reporting system"


def test_fixed_limits_stay_where_they_were() -> None:
    chart = u_chart(counted(*STEP), baselines=[Baseline(points=12)])
    assert {point.lines for point in chart.points} == {chart.points[0].lines}
    assert chart.points[0].lines.centre == 100
    assert chart.stretches[0].rests_on == 12
    expected = stats.poisson.ppf(0.999, 10)
    assert [bool(point.signals) for point in chart.points] == [False] * 12 + [bool(expected < 20)] * 12


def test_a_fixed_baseline_passes_over_missing_months() -> None:
    chart = u_chart(counted((10, 100), (None, 100), (20, 100), (90, 100)), baselines=[Baseline(points=2)])
    assert chart.points[0].lines.centre == 150
    assert chart.stretches[0].rests_on == 2


@pytest.mark.parametrize(
    ("baselines", "error"),
    [
        ([Baseline(), Baseline("12")], Unexplained),
        ([Baseline(), Baseline("12", reason=" ")], Unexplained),
        ([Baseline(), Baseline("99", reason="Why")], NoSuchPoint),
        ([Baseline("5", reason="Why")], NoSuchPoint),
        ([Baseline(), Baseline("12", reason="Why"), Baseline("6", reason="Why")], NoSuchPoint),
        ([Baseline(), Baseline("0", reason="Why")], NoSuchPoint),
        ([Baseline(), Baseline(reason="Why")], NoSuchPoint),
        ([Baseline(points=0)], NoSuchPoint),
        ([], NoSuchPoint),
    ],
)
def test_baselines_that_make_no_sense_are_named_errors(baselines: list[Baseline], error: type[Exception]) -> None:
    with pytest.raises(error):
        u_chart(counted(*STEP), baselines=baselines)


def test_two_points_of_one_name_are_a_named_error() -> None:
    with pytest.raises(NoSuchPoint, match="same name"):
        u_chart([Counted("July", 1, 100), Counted("July", 2, 100)])


# --- Few, none and missing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, p_chart, p_prime_chart])
def test_a_month_without_a_count_or_a_headcount_is_a_gap(draw: Callable[..., Chart]) -> None:
    chart = draw(counted((4, 100), (None, 100), (5, None), (0, 0), (6, 120), (3, 110)))
    assert [point.value is None for point in chart.points] == [False, True, True, True, False, False]
    assert all(point.signals == () for point in chart.points[1:4])
    assert [chart.points[number].lines for number in (2, 3)] == [Lines(), Lines()]
    # Months that are missing change nothing about the others.
    alone = draw([Counted("0", 4, 100), Counted("4", 6, 120), Counted("5", 3, 110)])
    if draw in (u_chart, p_chart):
        assert [point.lines for point in chart.points if point.value is not None] == [
            point.lines for point in alone.points
        ]


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, p_chart, p_prime_chart])
def test_events_among_nobody_are_a_named_error(draw: Callable[..., Chart]) -> None:
    with pytest.raises(NoExposure, match="of nobody"):
        draw(counted((4, 100), (1, 0)))


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, p_chart, p_prime_chart, c_chart])
def test_a_baseline_in_which_nothing_happened_gives_no_limits(draw: Callable[..., Chart]) -> None:
    chart = draw(counted(*[(0, 100)] * 5, (1, 100)), baselines=[Baseline(points=5)])
    assert {point.lines for point in chart.points} == {Lines(0.0)}
    assert chart.signals == ()
    assert chart.stretches[0].dispersion is None


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, p_chart, p_prime_chart, c_chart])
def test_one_month_is_a_chart_without_signals(draw: Callable[..., Chart]) -> None:
    chart = draw(counted((3, 100)))
    assert (len(chart.points), chart.signals, chart.stretches[0].dispersion) == (1, (), None)
    assert (chart.points[0].lines.upper is None) == (draw in (u_prime_chart, p_prime_chart))


@pytest.mark.parametrize("draw", [u_chart, u_prime_chart, p_chart, p_prime_chart, c_chart])
def test_without_a_count_there_is_no_chart(draw: Callable[..., Chart]) -> None:
    for months in ([], counted((None, 100), (None, None))):
        with pytest.raises(NothingToChart):
            draw(months)


@pytest.mark.parametrize("draw", [xmr_chart, g_chart, t_chart])
def test_without_a_value_there_is_no_chart(draw: Callable[..., Chart]) -> None:
    for values in ([], measured(None, None)):
        with pytest.raises(NothingToChart):
            draw(values)


def test_one_value_has_a_centre_line_and_no_limits() -> None:
    (point,) = xmr_chart(measured(4.2)).points
    assert (point.lines, point.signals) == (Lines(4.2), ())


def test_a_stretch_that_has_just_begun_has_no_limits_yet() -> None:
    chart = xmr_chart(measured(1, 2, 1, 9), baselines=[Baseline(), Baseline("3", reason="New scales")])
    assert chart.points[3].lines == Lines(9)
    assert chart.points[2].lines.upper is not None


def test_moving_ranges_do_not_reach_across_a_gap() -> None:
    """1 to 2 and 11 to 12 are a step each; the ten between 2 and 11 is not a range of neighbours."""
    chart = xmr_chart(measured(1, 2, None, 11, 12))
    assert chart.points[0].lines == Lines(6.5, 6.5 - 2.66, 6.5 + 2.66, 6.5 - 2.66 * 2 / 3, 6.5 + 2.66 * 2 / 3)
    assert chart.points[2].value is None


@given(st.floats(0.01, 1e6), st.integers(1, 40))
@settings(deadline=None)
def test_where_nothing_moves_the_limits_are_the_mean_and_nothing_is_a_signal(value: float, length: int) -> None:
    for draw in (xmr_chart, t_chart):
        chart = draw(measured(*[value] * length))
        assert chart.signals == ()
        assert chart.points[0].lines.centre == pytest.approx(value)


def test_more_than_all_is_a_named_error() -> None:
    with pytest.raises(NotOnThisChart, match="7 of 6"):
        p_chart(counted((3, 5), (7, 6)))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_finite_value_is_a_named_error(value: float) -> None:
    with pytest.raises(NotOnThisChart):
        Measured("July", value)


def test_shares_that_are_always_all_have_no_limits() -> None:
    for draw in (p_chart, p_prime_chart):
        chart = draw(counted(*[(4, 4)] * 3, (3, 4)), baselines=[Baseline(points=3)])
        assert {point.lines for point in chart.points} == {Lines(1.0)}
        assert chart.signals == ()


@pytest.mark.parametrize(("events", "rare", "frequent"), [(35, True, False), (36, False, False), (120, False, True)])
def test_which_chart_suits_goes_by_events_a_month(events: int, rare: bool, frequent: bool) -> None:
    """Over twelve months: below 3 a month quarters or the time between, from 10 as a measure."""
    period = observed(events, 1000, months=12)
    assert (is_rare(period), is_frequent(period)) == (rare, frequent)


# --- Between events ---------------------------------------------------------------------------------------------------


def test_days_between_are_told_in_order_of_time() -> None:
    days = [date(2019, 3, 1), date(2019, 1, 1), date(2019, 1, 31), date(2019, 1, 31)]
    assert [one.value for one in days_between(days)] == [30, 0, 29]
    assert days_between(days)[2].label == "2019-03-01 (4)"
    assert days_between([]) == days_between(days[:1]) == ()


@pytest.mark.parametrize("draw", [g_chart, t_chart])
def test_time_before_the_event_before_is_a_named_error(draw: Callable[..., Chart]) -> None:
    with pytest.raises(NotOnThisChart):
        draw(measured(3, -1))


@pytest.mark.parametrize("draw", [g_chart, t_chart])
def test_several_events_on_one_day_are_a_chart(draw: Callable[..., Chart]) -> None:
    chart = draw(measured(0, 0, 0))
    assert chart.points[0].lines == Lines(0, 0, 0, 0, 0)
    assert chart.signals == ()


# --- Properties -------------------------------------------------------------------------------------------------------

some_counts = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 10**9)), st.one_of(st.none(), st.floats(1e-9, 1e9))), max_size=30
)


@given(some_counts, st.sampled_from([u_chart, u_prime_chart, c_chart]))
@settings(deadline=None)
def test_whatever_was_counted_ends_in_a_chart_or_a_named_error(
    both: list[tuple[int | None, float | None]], draw: Callable[..., Chart]
) -> None:
    try:
        chart = draw(counted(*both))
    except NothingToChart:
        assert all(events is None or (exposure is None and draw is not c_chart) for events, exposure in both)
        return
    assert [point.label for point in chart.points] == [str(number) for number in range(len(both))]
    for point in chart.points:
        if point.lines.lower is not None and point.lines.upper is not None and point.lines.centre is not None:
            assert 0 <= point.lines.lower <= point.lines.upper
            assert point.lines.lower <= point.lines.centre * (1 + 1e-9)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 5000)), min_size=2, max_size=30), st.integers(2, 9))
@settings(deadline=None)
def test_what_rates_are_printed_per_changes_no_signal(both: list[tuple[int, int]], times: int) -> None:
    """Everything is as many times as large, the index of dispersion excepted."""
    for rules in (EXACT_ALONE, SIGMA_ALONE):
        one, other = (u_chart(counted(*both), rules=rules, per=per) for per in (1000, 1000 * times))
        assert [point.signals for point in one.points] == [point.signals for point in other.points]
        assert one.stretches[0].dispersion == other.stretches[0].dispersion


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=40))
def test_an_xmr_chart_upside_down_has_its_signals_upside_down(values: list[int]) -> None:
    rules: RuleSet = SEVEN_POINTS
    chart = xmr_chart(measured(*map(float, values)), rules=rules)
    turned = xmr_chart(measured(*(float(-value) for value in values)), rules=rules)
    for point, other in zip(chart.points, turned.points, strict=True):
        assert {(signal.rule, signal.side) for signal in point.signals} == {
            (signal.rule, -signal.side) for signal in other.signals
        }
