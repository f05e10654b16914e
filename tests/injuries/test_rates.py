"""Rates, changes and their intervals: Table 1 of the source, R 4.2.2 and PHEindicatormethods 2.1.0's test data.

`single_rate_ci_reference_R.csv`, `table1_fixture.json` and `assault_table1_*.csv` (tests/reference) were worked out for
this project; what lies in SHARED_DIR/data/funnel is other packages' and read in place.
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import inf, nextafter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from injuries.rates import (
    Counted,
    DenominatorsDiffer,
    Interval,
    MonthsMissing,
    NoExposure,
    NotACount,
    NothingEarlier,
    Showing,
    Undefined,
    UnequalPeriods,
    byar_interval,
    change_of_counts,
    change_of_rates,
    exact_interval,
    in_groups,
    interval_of_count,
    interval_per_1000,
    observed,
    observed_over,
    rolling,
    showing_of,
    z_of,
)
from rendering import formats

REFERENCE = Path(__file__).parents[1] / "reference"
WIDTHS = ((0.95, "95"), (0.998, "998"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


TABLE_1 = json.loads((REFERENCE / "table1_fixture.json").read_text(encoding="utf-8"))
SINGLE = rows_of(REFERENCE / "single_rate_ci_reference_R.csv")


def exactly(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-15)


def months_of(total: int, person_months: int) -> list[Counted]:
    """A total split into twelve months whose fractional headcounts add up to it exactly."""
    counts = [total // 12 + (month < total % 12) for month in range(12)]
    average = (Decimal(person_months) / 12).quantize(Decimal("0.01"))
    headcounts = [average + month for month in range(-5, 6)]
    headcounts.append(person_months - sum(headcounts, Decimal(0)))
    return [Counted(str(month), *both) for month, both in enumerate(zip(counts, headcounts, strict=True))]


# --- Table 1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", TABLE_1["rows"], ids=lambda row: row["group"])
def test_table_1_comes_out_as_published_from_monthly_headcounts(row: dict[str, Any]) -> None:
    later, earlier = (
        observed_over(months_of(row[period]["count"], row[period]["person_months"])) for period in ("later", "earlier")
    )
    for period, name in ((later, "later"), (earlier, "earlier")):
        assert period.events == row[name]["count"]
        assert formats.rate(period.rate_per_1000) == row[name]["rate"]
    expected = row["change_pct"].replace("-", formats.MINUS)
    assert formats.signed_change(change_of_rates(later, earlier)).lstrip("+") == f"{expected}%"


def test_table_1_has_the_figures_that_were_published() -> None:
    """The printed page itself, so that the fixture cannot drift away from it."""
    printed = [
        (row[period]["count"], row[period]["rate"]) for row in TABLE_1["rows"] for period in ("later", "earlier")
    ]
    assert printed == [(1890, "4.96"), (1851, "4.76"), (19, "1.28"), (23, "1.46"), (80, "9.81"), (40, "5.60")]
    assert [row["change_pct"] for row in TABLE_1["rows"]] == ["4.2", "-12.6", "75.1"]


def test_a_change_from_printed_rates_would_be_another_one() -> None:
    """Published are −12.6 and +75.1: rates are rounded when they are printed, and not before."""
    changes = {row["group"]: Decimal(row["change_from_printed_rates"]) for row in TABLE_1["rows"]}
    assert (changes["pcso"], changes["ddo"]) == (Decimal("-12.3"), Decimal("75.2"))


IMPLIED = rows_of(REFERENCE / "assault_table1_implied_headcount.csv")


@pytest.mark.parametrize("row", IMPLIED, ids=lambda row: f"{row['group']} {row['period']}")
@given(part=st.fractions(0, 1))
def test_every_headcount_that_rounding_allows_prints_the_published_rate(row: dict[str, str], part: Fraction) -> None:
    least, most = int(row["person_months_min"]), int(row["person_months_max"])
    period = observed(int(row["count"]), least + part * (most - least), months=12)
    assert formats.rate(period.rate_per_1000) == row["published_rate"]


def test_no_whole_headcount_of_detention_officers_prints_the_published_rate() -> None:
    """80 and 9.81: why headcounts are not rounded to whole people."""
    assert {row["whole_headcounts_that_work"] for row in IMPLIED if row["count"] == "80"} == {"none"}
    printed = {formats.rate(observed(80, 12 * headcount, months=12).rate_per_1000) for headcount in range(600, 760)}
    assert "9.81" not in printed


@pytest.mark.parametrize("row", rows_of(REFERENCE / "assault_table1_changes.csv"), ids=lambda row: row["group"])
def test_changes_of_counts_and_of_rates_are_different_figures(row: dict[str, str]) -> None:
    of_group = next(one for one in TABLE_1["rows"] if one["group"] == row["group"])
    later, earlier = (
        observed(of_group[period]["count"], of_group[period]["person_months"], months=12)
        for period in ("later", "earlier")
    )
    assert round(float(100 * change_of_counts(later, earlier)), 2) == float(row["count_change_pct"])
    change = float(100 * change_of_rates(later, earlier))
    assert float(row["reachable_min_pct"]) <= change <= float(row["reachable_max_pct"])
    assert round(change, 1) == float(row["published_change_pct"])


def test_major_injuries_a_month_are_as_published() -> None:
    """89 and 72 in twelve months: 7.4 and 6 a month, a rise in counts of 23.6 %."""
    later, earlier = observed(89, Decimal("0.9873"), months=12), observed(72, 1, months=12)
    assert formats.decimal(later.monthly_average) == "7.4"
    assert earlier.monthly_average == 6
    assert formats.signed_change(change_of_counts(later, earlier)) == "+23.6%"
    assert formats.signed_change(change_of_rates(later, earlier)) == "+25.2%"


# --- Intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", SINGLE, ids=lambda row: f"{row['x']} in {row['t']}")
def test_exact_intervals_are_those_of_r(row: dict[str, str]) -> None:
    for confidence, ending in WIDTHS:
        found = exact_interval(int(row["x"]), z=z_of(confidence))
        assert found.low / float(row["t"]) == exactly(float(row[f"exact{ending}_lo"]))
        assert found.high / float(row["t"]) == exactly(float(row[f"exact{ending}_hi"]))


@pytest.mark.parametrize("row", SINGLE, ids=lambda row: f"{row['x']} in {row['t']}")
def test_byars_intervals_are_those_of_r(row: dict[str, str]) -> None:
    for confidence, ending in WIDTHS:
        found = byar_interval(int(row["x"]), z=z_of(confidence))
        low = float(row[f"byar{ending}_lo"])
        # R has no lower end of no events, and one below nought of one event at 99.8 %.
        assert found.low / float(row["t"]) == exactly(low if low > 0 else 0)
        assert found.high / float(row["t"]) == exactly(float(row[f"byar{ending}_hi"]))


@pytest.mark.parametrize("row", SINGLE, ids=lambda row: f"{row['x']} in {row['t']}")
def test_the_public_health_rule_is_that_of_r(row: dict[str, str]) -> None:
    found = interval_per_1000(observed(int(row["x"]), Decimal(row["t"]) * 1000, months=12))
    assert (found.low, found.high) == (exactly(float(row["phe_rule_lo"])), exactly(float(row["phe_rule_hi"])))


def test_byars_cube_below_nought_is_nought() -> None:
    assert [float(row["byar998_lo"]) for row in SINGLE if row["x"] == "1"] == [pytest.approx(-0.00281448152318)]
    assert byar_interval(1, z=z_of(0.998)).low == 0
    assert byar_interval(0, z=z_of(0.95)).low == 0
    assert byar_interval(2, z=z_of(0.998)).low > 0


def test_the_rule_changes_at_ten_events() -> None:
    z = z_of(0.998)
    assert interval_of_count(9, z=z) == exact_interval(9, z=z)
    assert interval_of_count(10, z=z) == byar_interval(10, z=z) != exact_interval(10, z=z)


@pytest.mark.parametrize(("file", "width"), [("phe_Rate_testdata_Rate.csv", 2), ("phe_Rate_testdata_Rate_g.csv", 1)])
def test_rates_are_those_of_the_public_health_package(shared_dir: Path, file: str, width: int) -> None:
    rows = rows_of(shared_dir / "data" / "funnel" / file)
    compared = [row for row in rows if "NA" not in (row["Numerator"], row["Denominator"])]
    assert (len(rows), len(compared)) in {(20, 17), (12, 9)}
    columns = {2: (("lower95_0cl", "upper95_0cl"), ("lower99_8cl", "upper99_8cl")), 1: (("lowercl", "uppercl"),)}
    for row in compared:
        # Their rates are per `multiplier`; ours per 1,000.
        scale = 1000 / float(row["multiplier"])
        period = observed(int(row["Numerator"]), int(row["Denominator"]), months=12)
        assert float(period.rate_per_1000) == exactly(scale * float(row["value"]))
        for (confidence, _), (low, high) in zip(WIDTHS, columns[width], strict=False):
            found = interval_per_1000(period, confidence=confidence)
            assert found.low == exactly(scale * float(row[low]))
            assert found.high == exactly(scale * float(row[high]))


def test_byars_intervals_are_those_of_the_public_health_package(shared_dir: Path) -> None:
    rows = rows_of(shared_dir / "data" / "funnel" / "phe_Byars_Wilson_testdata_B_W.csv")
    byars = [row for row in rows if row["method"] == "Byars"]
    assert len(byars) == 7
    for row in byars:
        found = byar_interval(float(row["x"]), z=z_of(float(row["confidence"].rstrip("%")) / 100))
        assert found.low == exactly(0 if row["lowercl"] == "NA" else float(row["lowercl"]))
        assert found.high == exactly(float(row["uppercl"]))


@given(st.integers(0, 20_000), st.sampled_from([0.5, 0.8, 0.95, 0.998, 0.999999]))
@settings(deadline=None)
def test_exact_intervals_are_those_of_the_gamma_distribution(events: int, confidence: float) -> None:
    found, tail = exact_interval(events, z=z_of(confidence)), (1 - confidence) / 2
    assert found.low == pytest.approx(stats.gamma.ppf(tail, events) if events else 0, rel=1e-8)
    assert found.high == pytest.approx(stats.gamma.isf(tail, events + 1), rel=1e-8)


@pytest.mark.parametrize("events", [100_000, 100_001, 10**6, 10**9, 10**15])
def test_from_a_hundred_thousand_events_byars_interval_is_the_exact_one(events: int) -> None:
    found = exact_interval(events, z=z_of(0.95))
    assert found.low == pytest.approx(stats.gamma.ppf(0.025, events), rel=1e-9)
    assert found.high == pytest.approx(stats.gamma.isf(0.025, events + 1), rel=1e-9)


@given(st.integers(0, 500), st.floats(0.1, 4), st.floats(1.01, 3))
@settings(deadline=None)
def test_intervals_widen_with_confidence_and_rise_with_events(events: int, z: float, wider: float) -> None:
    for interval in (exact_interval, byar_interval):
        one, outer, more = interval(events, z=z), interval(events, z=z * wider), interval(events + 1, z=z)
        assert outer.low <= one.low < one.high < outer.high
        assert one.low <= more.low
        assert one.high < more.high
    assert exact_interval(events, z=z).low <= events <= exact_interval(events, z=z).high


@pytest.mark.parametrize("events", [0, 1, 9, 10, 500])
def test_very_wide_intervals_are_still_intervals(events: int) -> None:
    """As a funnel of units that have little in common asks for; each wider than the one before."""
    found = [exact_interval(events, z=z) for z in (10.0, 25.0, 29.999, 30.001, 37.0, 40.0, 200.0, 1000.0)]
    for one, wider in pairwise(found):
        assert 0 <= wider.low <= one.low <= events < one.high < wider.high < inf
    # Of no events, the upper end is the log of how rare it is to be: scipy's log of the normal tail.
    if not events:
        assert found[-1].high == pytest.approx(-stats.norm.logsf(1000.0), rel=1e-9)
        assert found[3].high == pytest.approx(-stats.norm.logsf(30.001), rel=1e-9)


@pytest.mark.parametrize("mean", [0.3, 2.5, 12, 80])
def test_exact_intervals_hold_the_truth_as_often_as_they_say(mean: float) -> None:
    """Over all counts that a true mean gives, each with its probability: never less than 95 %."""
    counts = range(int(mean + 12 * mean**0.5 + 20))
    intervals = {count: exact_interval(count, z=z_of(0.95)) for count in counts}
    held = sum(
        stats.poisson.pmf(count, mean) for count in counts if intervals[count].low <= mean <= intervals[count].high
    )
    assert 0.95 <= held < 1


# --- Periods ----------------------------------------------------------------------------------------------------------

a_headcount = st.one_of(
    st.integers(0, 50_000),
    st.decimals(0, 50_000, places=2, allow_nan=False),
    st.floats(0, 50_000, allow_nan=False),
    st.fractions(0, 50_000, max_denominator=1000),
)
some_months = st.lists(st.tuples(st.integers(0, 300), a_headcount), min_size=2, max_size=24).map(
    lambda both: [Counted(str(number), *one) for number, one in enumerate(both)]
)


@given(some_months, st.data())
def test_a_period_split_in_two_adds_up_to_the_whole(months: list[Counted], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(months) - 1))
    whole = observed_over(months)
    halves = observed_over(months[:at]), observed_over(months[at:])
    assert halves[0] + halves[1] == whole
    assert whole.events == sum(month.events or 0 for month in months)
    if whole.exposure:
        assert (halves[0] + halves[1]).rate_per_1000 == whole.rate_per_1000


@given(some_months.flatmap(lambda months: st.tuples(st.just(months), st.permutations(months))))
def test_the_order_of_the_months_changes_nothing(orders: tuple[list[Counted], list[Counted]]) -> None:
    assert observed_over(orders[0]) == observed_over(orders[1])


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rate_rises_with_events_and_falls_with_people(events: int, people: int, more: int) -> None:
    rate = observed(events, people, months=12).rate_per_1000
    assert observed(events + more, people, months=12).rate_per_1000 > rate
    assert observed(events, people + more, months=12).rate_per_1000 <= rate
    assert rate * people == 1000 * events


def test_rolling_periods_are_those_that_end_with_each_month() -> None:
    months = [Counted(str(number), number, 10 * number) for number in range(1, 6)]
    found = rolling(months, months=3)
    assert found[:2] == (None, None)
    assert found[2:] == tuple(observed_over(months[first : first + 3]) for first in range(3))
    broken = [*months[:2], Counted("3", None, 30), *months[3:], Counted("6", 1, 1)]
    assert [period is None for period in rolling(broken, months=2)] == [True, False, True, True, False, False]
    assert rolling([], months=3) == ()


def test_months_are_added_up_to_quarters() -> None:
    months = [Counted(f"2018-{number:02}", number, Decimal("0.5")) for number in range(4, 12)]
    first, second = in_groups(months)
    assert (first, second) == (
        Counted("2018-04 to 2018-06", 15, Fraction(3, 2)),
        Counted("2018-07 to 2018-09", 24, Fraction(3, 2)),
    )
    (gap,) = in_groups([months[0], Counted("2018-05", None, None), months[2]])
    assert (gap.events, gap.exposure) == (None, None)
    assert in_groups(months[:2]) == ()


@given(some_months, st.integers(1, 6))
def test_whole_groups_add_up_to_their_months(months: list[Counted], size: int) -> None:
    groups = in_groups(months, months=size)
    whole = len(months) // size * size
    assert sum(group.events or 0 for group in groups) == sum(month.events or 0 for month in months[:whole])
    if groups:
        assert observed_over(groups).exposure == observed_over(months[:whole]).exposure


@pytest.mark.parametrize("exposure", [0, Decimal(0), Fraction(0), 0.0])
def test_a_rate_among_nobody_is_a_named_error(exposure: Any) -> None:
    nobody, somebody = observed(0, exposure, months=12), observed(3, 100, months=12)
    with pytest.raises(NoExposure, match="no person-months"):
        _ = nobody.rate_per_1000
    with pytest.raises(NoExposure):
        interval_per_1000(nobody)
    with pytest.raises(NoExposure):
        change_of_rates(somebody, nobody)
    assert nobody.monthly_average == 0


@pytest.mark.parametrize(
    "exposure", [-1, Decimal("-0.01"), float("nan"), inf, -inf, Decimal("NaN"), Decimal("Infinity")]
)
def test_an_exposure_that_cannot_be_is_a_named_error(exposure: Any) -> None:
    with pytest.raises(NoExposure):
        observed(1, exposure, months=12)
    with pytest.raises(NoExposure):
        Counted("July", 1, exposure)


@pytest.mark.parametrize("events", [-1, 2.5, True, "3"])
def test_what_is_no_count_is_a_named_error(events: Any) -> None:
    with pytest.raises(NotACount):
        observed(events, 1, months=12)
    with pytest.raises(NotACount):
        Counted("July", events)


def test_missing_months_are_named_rather_than_left_out() -> None:
    months = [Counted("2018-07", 1, 100), Counted("2018-08", None, 100), Counted("2018-09", 4, None)]
    with pytest.raises(MonthsMissing, match="2018-08, 2018-09"):
        observed_over(months)
    with pytest.raises(Undefined, match="0 months"):
        observed_over([])


def test_a_month_without_people_and_events_does_not_stop_the_others() -> None:
    assert observed_over([Counted("2018-07", 0, 0), Counted("2018-08", 3, 100)]).rate_per_1000 == 30


def test_counts_of_unequal_periods_are_not_compared() -> None:
    """The source's detainee injuries: 36 in six months, 118 in twelve."""
    half, year = observed(36, 6, months=6), observed(118, 12, months=12)
    with pytest.raises(UnequalPeriods):
        change_of_counts(half, year)
    assert formats.decimal(half.monthly_average) == "6.0"
    assert formats.decimal(year.monthly_average) == "9.8"


def test_there_is_no_change_since_nothing() -> None:
    nothing, something = observed(0, 100, months=12), observed(3, 100, months=12)
    with pytest.raises(NothingEarlier):
        change_of_rates(something, nothing)
    with pytest.raises(NothingEarlier):
        change_of_counts(something, nothing)
    assert change_of_rates(nothing, something) == -1


def test_records_and_detainees_do_not_add_up() -> None:
    records, detainees = observed(258, 59_177, months=12, per="records"), observed(36, 6, months=6, per="detainees")
    with pytest.raises(DenominatorsDiffer):
        _ = records + detainees


@pytest.mark.parametrize(
    ("events", "showing"),
    [
        (0, Showing.NO_RATE),
        (2, Showing.NO_RATE),
        (3, Showing.UNRELIABLE),
        (19, Showing.UNRELIABLE),
        (20, Showing.RELIABLE),
    ],
)
def test_few_events_give_no_rate_or_an_unreliable_one(events: int, showing: Showing) -> None:
    assert showing_of(events) is observed(events, 1000, months=12).showing is showing


@given(st.integers(0, 10**12), st.fractions(Fraction(1, 10**12), 10**12))
@settings(deadline=None)
def test_extremes_have_an_interval_that_holds_the_rate(events: int, exposure: Fraction) -> None:
    period = observed(events, exposure, months=1)
    found = interval_per_1000(period)
    assert 0 <= found.low <= period.rate_per_1000 * (1 + Fraction(1, 10**9))
    assert found.high >= period.rate_per_1000


def test_a_denominator_too_small_for_a_float_gives_an_infinite_end() -> None:
    tiny = Fraction(1, 10**400)
    assert interval_per_1000(observed(0, tiny, months=1)) == Interval(0, inf)
    assert interval_per_1000(observed(5, nextafter(0, 1), months=1)).high == inf
