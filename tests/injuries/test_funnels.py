"""Funnels against PHEindicatormethods 2.1.0's test data (SHARED_DIR/data/funnel), read in place.

Its classes are to come out exactly, its curves to 5 parts in 100,000: its solver stops at 1e-7. They are of units' own
intervals without dispersion, whose winsorising is held against scipy.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from math import asin, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.mstats import winsorize

from injuries.limits.charts import NothingToChart, NotOnThisChart
from injuries.limits.funnels import (
    Curve,
    Funnel,
    Standing,
    rate_curve,
    rate_funnel,
    share_curve,
    share_funnel,
    standing_of,
    winsorised,
)
from injuries.rates import Counted, Interval, byar_interval, exact_interval, z_of
from records.proportions import wilson, wilson_at

# As the package calls them, by the probability beyond.
CALLED = {
    Standing.FAR_ABOVE: "High (0.001)",
    Standing.ABOVE: "High (0.025)",
    Standing.NEAR: "Not significant",
    Standing.BELOW: "Low (0.025)",
    Standing.FAR_BELOW: "Low (0.001)",
}
WIDTHS = ((0.95, "2s"), (0.998, "3s"))


def closely(value: str) -> Any:
    return pytest.approx(float(value), rel=5e-5)


@pytest.fixture(scope="module")
def folder(shared_dir: Path) -> Path:
    return shared_dir / "data" / "funnel"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as opened:
        return [{name.strip(): value for name, value in row.items()} for row in csv.DictReader(opened)]


def units_of(*both: tuple[int | None, Any]) -> list[Counted]:
    return [Counted(f"Unit {number}", events, exposure) for number, (events, exposure) in enumerate(both)]


def classes(funnel: Funnel) -> list[str]:
    return [CALLED[unit.standing] for unit in funnel.units]


# --- Reference: classes -----------------------------------------------------------------------------------------------


def test_ratios_of_observed_to_expected_are_classed_as_the_reference(folder: Path) -> None:
    rows = rows_of(folder / "testdata_funnel_ratio_inputs.csv")
    units = units_of(*((int(row["obs"]), float(row["expected"])) for row in rows))
    assert len(units) == 300
    assert classes(rate_funnel(units, against=1, per=100, widen=False)) == [row["significance"] for row in rows]


@pytest.mark.parametrize("including_none", [True, False])
def test_crude_rates_are_classed_as_the_reference(folder: Path, including_none: bool) -> None:
    """Forty units, one of which has no events: with it in the mean of all, and without."""
    rows = rows_of(folder / "testdata_funnel_rate_dsr_inputs.csv")
    compared = [row for row in rows if including_none or int(row["count"])]
    assert (len(rows), len(compared)) == (40, 40 if including_none else 39)
    units = units_of(*((int(row["count"]), int(row["pop"])) for row in compared))
    column = f"crude_per_100000_with{'' if including_none else 'out'}_0"
    assert classes(rate_funnel(units, per=100_000, widen=False)) == [row[column] for row in compared]
    assert [row[column] for row in compared] == [row[column.replace("100000", "100")] for row in compared]


def test_standardised_rates_are_classed_as_the_reference(folder: Path) -> None:
    """Of a standardised rate the exposure is what its events would have had at that rate."""
    rows = [row for row in rows_of(folder / "testdata_funnel_rate_dsr_inputs.csv") if int(row["count"]) >= 10]
    units = units_of(*((int(row["count"]), int(row["count"]) / float(row["rate_dsr"])) for row in rows))
    assert classes(rate_funnel(units, widen=False)) == [row["dsr_per_100000_with_0"] for row in rows]


def test_shares_are_classed_as_the_reference(folder: Path) -> None:
    """Its numerators are weighted and have fractions; rounded to whole ones no class changes."""
    rows = rows_of(folder / "testdata_funnel_prop_inputs.csv")
    parts, wholes = ([float(row[name]) for row in rows] for name in ("numerator", "denominator"))
    mean, expected = sum(parts) / sum(wholes), [row["significance"] for row in rows]
    own = [
        standing_of(mean, *(Interval(*wilson(part, whole, confidence=confidence)) for confidence, _ in WIDTHS))
        for part, whole in zip(parts, wholes, strict=True)
    ]
    assert [CALLED[standing] for standing in own] == expected
    units = units_of(*((round(part), int(whole)) for part, whole in zip(parts, wholes, strict=True)))
    assert classes(share_funnel(units, widen=False)) == expected


@pytest.mark.parametrize("multiplier", [1, 100])
def test_intervals_of_shares_are_those_of_the_reference(folder: Path, multiplier: int) -> None:
    rows = rows_of(folder / "phe_Proportion_testdata_Prop.csv")
    compared = [row for row in rows if row["multiplier"] == str(multiplier) and row["value"] != "NA"]
    assert len(compared) == 8
    units = [Counted(row["Area"], int(row["Numerator"]), int(row["Denominator"])) for row in compared]
    funnel = share_funnel(units, per=multiplier, widen=False)
    for unit, row in zip(funnel.units, compared, strict=True):
        assert unit.rate == pytest.approx(float(row["value"]), rel=1e-9)
        for interval, ending in ((unit.inner, "95_0cl"), (unit.outer, "99_8cl")):
            assert interval is not None
            assert interval.low == pytest.approx(float(row[f"lower{ending}"]), rel=1e-9)
            assert interval.high == pytest.approx(float(row[f"upper{ending}"]), rel=1e-9)


def test_wilsons_intervals_are_those_of_the_reference(folder: Path) -> None:
    rows = [row for row in rows_of(folder / "phe_Byars_Wilson_testdata_B_W.csv") if row["method"] == "Wilson"]
    assert len(rows) == 6
    for row in rows:
        confidence = float(row["confidence"].rstrip("%")) / 100
        found = wilson(float(row["x"]), float(row["n"]), confidence=confidence)
        assert found == pytest.approx((float(row["lowercl"]), float(row["uppercl"])), rel=1e-9)


# --- Reference: curves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["", "_2", "_3"])
def test_the_curves_of_rates_are_those_of_the_reference(folder: Path, number: str) -> None:
    """Per 100,000, of three years' events, with populations of one year."""
    rows = rows_of(folder / f"testdata_funnel_rate_outputs{number}.csv")
    assert len(rows) == 100
    mean = float(rows[0]["baseline"]) / 100_000
    for confidence, width in WIDTHS:
        curve = rate_curve(mean, [int(row["Events"]) for row in rows], z=z_of(confidence), per=100_000)
        for row, lower, upper in zip(rows, curve.lower, curve.upper, strict=True):
            assert lower.exposure / 3 == closely(row[f"lower_{width}_population_1_year"])
            assert upper.exposure / 3 == closely(row[f"upper_{width}_population_1_year"])
            assert lower.rate == closely(row[f"lower_{width}_limit"])
            assert upper.rate == closely(row[f"upper_{width}_limit"])


def test_the_baselines_of_the_curves_are_weighted_means(folder: Path) -> None:
    rows = [row for row in rows_of(folder / "testdata_funnel_rate_input_funnels.csv") if row["rate"] not in ("NA", "0")]
    for number, largest in (("", None), ("_2", 5)):
        events = [int(row["ev"]) for row in rows]
        if largest is not None:
            events[events.index(max(events))] = largest
        units = units_of(
            *((count, count / Fraction(row["rate"]) * 100_000) for count, row in zip(events, rows, strict=True))
        )
        baseline = float(rows_of(folder / f"testdata_funnel_rate_outputs{number}.csv")[0]["baseline"])
        assert rate_funnel(units, per=100_000).mean == pytest.approx(baseline, rel=1e-9)


def test_the_curves_of_ratios_are_those_of_the_reference(folder: Path) -> None:
    rows = rows_of(folder / "testdata_funnel_ratio_outputs.csv")
    events = [int(row["Observed_events"]) for row in rows]
    assert len(events) >= 100
    for confidence, width in WIDTHS:
        curve = rate_curve(1, events, z=z_of(confidence), per=100)
        for row, lower, upper in zip(rows, curve.lower, curve.upper, strict=True):
            assert lower.exposure == closely(row[f"lower_{width}_exp_events"])
            assert lower.rate == closely(row[f"lower_{width}_isr"])
            assert upper.exposure == closely(row[f"upper_{width}_exp_events"])
            assert upper.rate == closely(row[f"upper_{width}_isr"])


@pytest.mark.parametrize(
    "file", ["testdata_funnel_prop_outputs.csv", "testdata_funnel_prop_outputs_with_axis_variation.csv"]
)
def test_the_curves_of_shares_are_those_of_the_reference(folder: Path, file: str) -> None:
    rows = rows_of(folder / file)
    assert len(rows) == 100
    mean = float(rows[0]["Baseline"]) / 100
    for confidence, width in ((0.95, "2s0025"), (0.998, "3s0001")):
        curve = share_curve(mean, [int(row["Population"]) for row in rows], z=z_of(confidence), per=100)
        for row, lower, upper in zip(rows, curve.lower, curve.upper, strict=True):
            assert lower.rate == pytest.approx(float(row[f"Lower{width}limit"]), rel=5e-5, abs=5e-5)
            assert upper.rate == closely(row[f"Upper{width}limit"])


# --- Dispersion -------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=80), st.sampled_from([0.0, 0.05, 0.1, 0.2]))
def test_winsorised_values_are_those_of_scipy(values: list[float], part: float) -> None:
    assert winsorised(values, part) == sorted(np.asarray(winsorize(np.array(values), (part, part))).tolist())


def test_dispersion_is_the_mean_square_of_winsorised_z_on_the_root_scale() -> None:
    """Ten units of 100 expected events each, by hand: z is 2 × (root of the events − 10)."""
    counts = [64, 81, 90, 95, 100, 100, 105, 110, 121, 134]
    funnel = rate_funnel(units_of(*((count, 1000) for count in counts)))
    assert sum(counts) == 1000
    z = [2 * (sqrt(count) - 10) for count in counts]
    z[0], z[-1] = z[1], z[-2]
    assert funnel.dispersion == pytest.approx(sum(one**2 for one in z) / 10)


def test_widened_limits_reach_further_by_the_root_of_the_dispersion_and_say_so() -> None:
    counts = [30, 60, 160, 100, 90, 200, 100, 70, 140, 50]
    units = units_of(*((count, 1000) for count in counts))
    wide, usual = rate_funnel(units), rate_funnel(units, widen=False)
    assert wide.dispersion == usual.dispersion
    assert wide.dispersion is not None
    assert wide.dispersion > 1
    assert (wide.widening, usual.widening) == (sqrt(wide.dispersion), 1)
    for unit, count in zip(wide.units, counts, strict=True):
        expected = byar_interval(count, z=z_of(0.95) * wide.widening)
        assert unit.inner is not None
        assert (unit.inner.low, unit.inner.high) == pytest.approx((expected.low, expected.high))
    events = len(wide.outer_curve.upper) // 2
    assert wide.outer_curve.upper[events].rate > usual.outer_curve.upper[events].rate
    assert wide.note == (
        "Units differ by more than chance alone would have them (dispersion φ = 19.01). "
        "Intervals and limits are therefore 4.36 times as wide."
    ).replace("19.01", f"{wide.dispersion:.2f}").replace("4.36", f"{wide.widening:.2f}")
    assert usual.note.endswith("Limits are not widened.")


def test_where_units_differ_by_no_more_than_chance_nothing_is_widened() -> None:
    funnel = rate_funnel(units_of(*((count, 1000) for count in (100, 104, 97, 99))))
    assert funnel.widening == 1
    assert funnel.note.startswith("Units differ by no more than chance would have them")
    assert {unit.standing for unit in funnel.units} == {Standing.NEAR}


def test_the_dispersion_of_shares_is_on_the_arcsine_scale() -> None:
    parts = [40, 50, 60]
    funnel = share_funnel(units_of(*((part, 100) for part in parts)))
    z = [20 * (asin(sqrt(part / 100)) - asin(sqrt(0.5))) for part in parts]
    assert funnel.dispersion == pytest.approx(sum(one**2 for one in z) / 3)
    outer = funnel.units[0].outer
    assert outer is not None
    assert (outer.low, outer.high) == pytest.approx(wilson_at(40, 100, z=z_of(0.998) * funnel.widening))


# --- Few, none and missing --------------------------------------------------------------------------------------------


def test_units_of_which_something_is_missing_are_not_compared_and_not_in_the_mean() -> None:
    funnel = rate_funnel(units_of((10, 1000), (None, 5000), (7, None), (3, 0), (20, 2000)))
    assert funnel.mean == 10
    compared = [unit.standing is not Standing.NOT_COMPARED for unit in funnel.units]
    assert compared == [True, False, False, False, True]
    assert (funnel.units[1].rate, funnel.units[1].inner, funnel.units[3].events) == (None, None, 3)


def test_a_unit_without_events_is_compared() -> None:
    """None of 20 expected is far below; none of 2 is nothing to remark on."""
    funnel = rate_funnel(units_of((0, 2000), (0, 200), (118, 9600)), widen=False)
    assert [unit.standing for unit in funnel.units] == [Standing.FAR_BELOW, Standing.NEAR, Standing.ABOVE]
    assert funnel.units[0].rate == 0


def test_one_unit_is_near_its_own_mean_and_has_no_dispersion() -> None:
    funnel = rate_funnel(units_of((12, 1000)))
    assert (funnel.units[0].standing, funnel.dispersion, funnel.widening) == (Standing.NEAR, None, 1)
    assert funnel.note.startswith("There are too few units")


@pytest.mark.parametrize("draw", [rate_funnel, share_funnel])
@pytest.mark.parametrize("both", [[], [(None, 100)], [(3, 0)], [(0, 100), (0, 50)]])
def test_without_anything_to_compare_there_is_a_named_error(draw: Any, both: list[tuple[int | None, Any]]) -> None:
    with pytest.raises(NothingToChart):
        draw(units_of(*both))


def test_shares_that_cannot_be_are_named_errors() -> None:
    with pytest.raises(NotOnThisChart, match="5 of 4"):
        share_funnel(units_of((5, 4), (1, 4)))
    with pytest.raises(NothingToChart):
        share_funnel(units_of((4, 4), (7, 7)))


def test_two_units_of_one_name_are_a_named_error() -> None:
    with pytest.raises(NotOnThisChart, match="same name"):
        rate_funnel([Counted("Dogs", 1, 10), Counted("Dogs", 2, 10)])


# --- Properties -------------------------------------------------------------------------------------------------------

some_units = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 10**5)), min_size=1, max_size=12)
extremes = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 10**12)), st.one_of(st.none(), st.floats(1e-9, 1e12))), max_size=8
)


@given(extremes)
@settings(max_examples=40, deadline=None)
def test_whatever_was_counted_ends_in_a_funnel_or_a_named_error(both: list[tuple[int | None, float | None]]) -> None:
    try:
        funnel = rate_funnel(units_of(*both))
    except NothingToChart:
        assert not any(events and exposure for events, exposure in both)
        return
    for unit in funnel.units:
        assert (unit.standing is Standing.NOT_COMPARED) == (None in both[int(unit.label.split()[1])])


@given(some_units)
@settings(max_examples=40, deadline=None)
def test_units_stay_in_the_order_in_which_they_are_given(both: list[tuple[int, int]]) -> None:
    if not any(events for events, _ in both):
        return
    units = units_of(*both)
    funnel, turned = rate_funnel(units), rate_funnel(units[::-1])
    assert [unit.label for unit in funnel.units] == [unit.label for unit in units]
    assert funnel.mean == turned.mean
    assert [unit.standing for unit in funnel.units] == [unit.standing for unit in turned.units[::-1]]


@given(some_units)
@settings(max_examples=40, deadline=None)
def test_intervals_hold_their_rate_and_the_outer_holds_the_inner(both: list[tuple[int, int]]) -> None:
    if not any(events for events, _ in both):
        return
    for unit in rate_funnel(units_of(*both)).units:
        assert unit.inner is not None
        assert unit.outer is not None
        assert unit.rate is not None
        assert unit.outer.low <= unit.inner.low * (1 + 1e-9) <= unit.rate * (1 + 1e-8)
        assert unit.rate * (1 - 1e-8) <= unit.inner.high * (1 - 1e-9) <= unit.outer.high


@given(st.floats(1e-6, 10), st.integers(1, 9), st.sampled_from([0.95, 0.998]))
def test_on_the_curve_a_unit_is_just_told_from_the_mean(mean: float, events: int, confidence: float) -> None:
    """By its exact interval, which is a unit's own below ten events."""
    curve = rate_curve(mean, [events], z=z_of(confidence), per=1)
    interval = exact_interval(events, z=z_of(confidence))
    assert interval.high / curve.lower[0].exposure == pytest.approx(mean)
    assert interval.low / curve.upper[0].exposure == pytest.approx(mean)
    for place in (curve.lower[0], curve.upper[0]):
        assert place.rate == pytest.approx(events / place.exposure)


@given(st.floats(0.01, 0.99), st.integers(1, 10**6))
def test_on_the_curve_a_share_is_just_told_from_the_mean(mean: float, whole: int) -> None:
    z = NormalDist().inv_cdf(0.975)
    curve = share_curve(mean, [whole], z=z)
    for place, end in ((curve.lower[0], 1), (curve.upper[0], 0)):
        if 0 < place.rate < 1:
            assert wilson_at(place.rate * whole, whole, z=z)[end] == pytest.approx(mean, rel=1e-6)


@given(some_units)
@settings(max_examples=40, deadline=None)
def test_the_curve_reaches_over_all_units_with_no_more_points_than_can_be_drawn(both: list[tuple[int, int]]) -> None:
    if not any(events for events, _ in both):
        return
    funnel = rate_funnel(units_of(*both))
    most = max(exposure for _, exposure in both)
    for curve in (funnel.inner_curve, funnel.outer_curve):
        assert isinstance(curve, Curve)
        assert len(curve.lower) <= 100
        for side in (curve.lower, curve.upper):
            exposures = [place.exposure for place in side]
            assert exposures == sorted(exposures)
        assert curve.upper[-1].exposure >= most * (1 - 1e-9)
