"""What custody reports say and how two of them compare: the source's figures, and what lacks said in words."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from scipy.stats import binom, chi2

from injuries.custody_figures import (
    Exceptions,
    Reported,
    by_cause,
    estimates,
    exception_rows,
    report_row,
)
from injuries.custody_pairs import compared, default_pair
from injuries.custody_tables import tables
from injuries.months import Month, Period
from rendering import formats
from rendering.charts.intervals import intervals

REFERENCE = Path(__file__).parents[1] / "reference"
with (REFERENCE / "custody_binomial_reference_R.csv").open(encoding="utf-8") as opened:
    R = {row["quantity"]: float(row["value"]) for row in csv.DictReader(opened)}

RECORDS, DETAINEES = "custody records", "detainees"


def months(first: str, last: str) -> Period:
    return Period(Month.parse(first), Month.parse(last))


def half(year: int, **says: object) -> Reported:
    return Reported(f"{year}-h1", months(f"{year}-01", f"{year}-06"), **says)  # type: ignore[arg-type]  # as said there


def year(which: int, **says: object) -> Reported:
    return Reported(f"{which}", months(f"{which}-01", f"{which}-12"), **says)  # type: ignore[arg-type]


# [001, paragraphs 1.22 and 1.28]
H1_2019 = half(2019, among=RECORDS, number=59_177, interventions=258, injuries=36)
H1_2018 = half(2018, among=DETAINEES, number=70_044, interventions=387)
Y_2018 = year(2018, injuries=118)
Y_2017 = year(2017, injuries=182)
SOURCE = (H1_2019, Y_2018, H1_2018, Y_2017)


# --- What a report says -----------------------------------------------------------------------------------------------


def test_the_sources_rates_are_per_1000_of_what_is_named() -> None:
    """4.36 and 5.53 (statistics.md), which are R's shares, too; intervals by the chi-square distribution."""
    for report, share, printed in ((H1_2019, "p1", "4.36"), (H1_2018, "p0", "5.53")):
        row = report_row(report)
        assert row.interventions.rate == printed == formats.rate(1000 * R[share])
        events, number = report.interventions or 0, report.number or 1
        low, high = chi2.ppf(0.025, 2 * events) / 2, chi2.ppf(0.975, 2 * events + 2) / 2
        assert row.interventions.interval == f"{1000 * low / number:.2f} to {1000 * high / number:.2f}"
    assert report_row(H1_2019).denominator == "59,177 custody records"
    assert report_row(H1_2019).interventions.monthly == "43.0"
    assert report_row(H1_2019).injuries.rate == "0.61"


def test_an_interval_of_few_is_exact() -> None:
    """Of 5 events: 1.62 to 11.67, the textbook's (Garwood 1936)."""
    row = report_row(half(2019, among=RECORDS, number=1000, interventions=5))
    assert row.interventions.interval == "1.62 to 11.67"
    assert row.interventions.is_unreliable


@pytest.mark.parametrize(
    ("says", "missing"),
    [
        ({}, "Not reported."),
        ({"interventions": 30}, "No denominator is reported."),
        ({"interventions": 30, "among": RECORDS, "number": 0}, "There were no custody records."),
        ({"interventions": 2, "among": RECORDS, "number": 900}, "Fewer than three: no rate is shown."),
        ({"interventions": 0, "among": RECORDS, "number": 900}, "Fewer than three: no rate is shown."),
    ],
)
def test_what_has_no_rate_says_why(says: dict[str, object], missing: str) -> None:
    figure = report_row(half(2019, **says)).interventions
    assert (figure.rate, figure.interval, figure.missing) == ("", "", missing)


def test_none_is_a_number_and_not_reported_is_not() -> None:
    assert report_row(half(2019, interventions=0, injuries=None)).interventions.number == "0"
    assert report_row(half(2019, interventions=0, injuries=None)).injuries.number == ""


# --- By cause, exceptions ---------------------------------------------------------------------------------------------


def test_what_has_no_cause_is_the_rest_of_the_total() -> None:
    one = half(2019, interventions=258, causes={"Inadequate search": 120, "Clothing": 0})
    found = by_cause(
        [one, half(2018, injuries=3), half(2017, interventions=7)], ["Clothing", "Fire", "Inadequate search"]
    )
    assert found.terms == ("Clothing", "Inadequate search")
    assert [(row.total, row.numbers, row.rest) for row in found.rows] == [
        ("258", ("0", "120"), "138"),
        ("Not reported", ("–", "–"), "–"),
        ("7", ("–", "–"), "7"),
    ]


def test_no_exceptions_and_none_reported_differ() -> None:
    one = half(2019, exceptions=(Exceptions("Medicines", "Medical Director", 2), Exceptions("Serious", "", 1)))
    rows = exception_rows([one, half(2018, exceptions=()), half(2017, exceptions=None)])
    assert [(row.kind, row.referral, row.number) for row in rows] == [
        ("Medicines", "Medical Director", "2"),
        ("Serious", "Not referred, or not said", "1"),
        ("None", "", ""),
        ("Not reported", "", ""),
    ]


# --- Two reports ------------------------------------------------------------------------------------------------------


def test_the_sources_interventions_fell_by_more_than_chance() -> None:
    """−21.1 %, ratio 0.79 (0.67 to 0.92), mid-p .003 (statistics.md)."""
    found = compared(H1_2019, H1_2018)
    row = found.rows[0]
    assert [(side.number, side.rate) for side in row.sides] == [("258", "4.36"), ("387", "5.53")]
    assert (row.change, row.verdict, row.interval, row.p) == ("−21.1%", "more than chance", "0.67 to 0.92", "0.003")
    assert row.basis == "Per 1,000 custody records, earlier per 1,000 detainees"
    assert row.care == (
        "Counted among custody records in one and detainees in the other: holds only if both count the same thing."
    )
    assert found.sentences == ["Successful interventions: the rate fell by 21.1% (more than chance)."]
    assert "neither better nor worse" in " ".join(found.notes)
    # Of the injuries of 2018's half nothing is known.
    assert found.rows[1].verdict == ""
    assert found.rows[1].earlier.missing == "Not reported."


def test_the_same_denominator_is_not_flagged() -> None:
    found = compared(H1_2019, replace(H1_2018, among=RECORDS))
    assert found.rows[0].care == ""
    assert found.rows[0].basis == "Per 1,000 custody records"


def test_a_half_and_a_year_are_compared_by_month_and_never_by_number() -> None:
    """36 in six months and 118 in twelve: 6.0 and 9.8 a month."""
    found = compared(H1_2019, Y_2018)
    row = found.rows[1]
    assert not found.has_numbers
    assert row.basis == "A month"
    assert [(side.number, side.rate) for side in row.sides] == [("", "6.0"), ("", "9.8")]
    assert row.change == "−39.0%"  # 6 ÷ 9.8333
    assert row.sentence.startswith("Injuries of detainees: the monthly average fell by 39.0%")
    # Of 154 injuries 36 in the later 6 of 18 months: twice the mid-p tail, alone in its table.
    mid_p = 2 * (binom.cdf(35, 154, 1 / 3) + binom.pmf(36, 154, 1 / 3) / 2)
    assert row.p == f"{mid_p:.3f}" == "0.007"
    without = "No denominator to divide by in January 2018 to December 2018"
    assert row.care == f"{without}: fewer people in custody would look like fewer events."
    assert found.notes[0].startswith("The periods are of different lengths (6 and 12 months)")
    printed = [str(cell) for table in tables((), (), (), found) for line in table.rows for cell in line]
    assert not {"36", "118"} & set(printed)
    assert {"6.0", "9.8"} <= set(printed)


def test_rates_of_unequal_periods_do_compare() -> None:
    half_year = half(2019, among=RECORDS, number=50_000, interventions=200)
    whole = year(2018, among=RECORDS, number=100_000, interventions=400)
    row = compared(half_year, whole).rows[0]
    assert [(side.number, side.rate) for side in row.sides] == [("", "4.00"), ("", "4.00")]
    assert row.sentence == "Successful interventions: the rate is the same, to a tenth of a per cent."


@pytest.mark.parametrize("number", [None, 0])
def test_without_a_denominator_months_stand_in(number: int | None) -> None:
    found = compared(replace(H1_2019, among=RECORDS if number == 0 else "", number=number), H1_2018)
    row = found.rows[0]
    assert row.basis == "A month"
    assert [(side.number, side.rate) for side in row.sides] == [("258", "43.0"), ("387", "64.5")]
    assert row.change == "−33.3%"


def test_where_nothing_happened_before_nothing_bounds_the_ratio_above() -> None:
    row = compared(
        half(2019, among=RECORDS, number=1000, injuries=20), half(2018, among=RECORDS, number=1000, injuries=0)
    ).rows[1]
    assert (row.change, row.verdict) == ("", "more than chance")
    assert row.interval.endswith(" or more")
    assert row.earlier.missing == "Fewer than three: no rate is shown."


def test_few_of_both_are_too_few_to_say() -> None:
    row = compared(half(2019, injuries=5), half(2018, injuries=4)).rows[1]
    assert (row.verdict, row.interval, row.p) == ("too few to say", "", "")


def test_two_lines_are_adjusted_within_their_table() -> None:
    """Holm: the smaller p-value counts twice. Of 45 interventions 30 later, of 50 injuries 26."""
    found = compared(half(2019, interventions=30, injuries=26), half(2018, interventions=15, injuries=24))
    smaller = 2 * (binom.sf(30, 45, 0.5) + binom.pmf(30, 45, 0.5) / 2)
    larger = 2 * (binom.sf(26, 50, 0.5) + binom.pmf(26, 50, 0.5) / 2)
    assert 0.025 < smaller < 0.05
    assert [row.p for row in found.rows] == [f"{2 * smaller:.3f}", f"{larger:.3f}"]
    assert [row.verdict for row in found.rows] == ["could be chance", "could be chance"]


# --- The chart --------------------------------------------------------------------------------------------------------


def test_the_chart_has_the_rates_of_the_table_in_words() -> None:
    few, fewer = (
        half(2017, among=DETAINEES, number=9000, interventions=9),
        half(2016, interventions=2, among=RECORDS, number=9),
    )
    drawn = intervals(estimates([*SOURCE, few, fewer]), chart_id="x", title="Interventions", measure="Rate per 1,000")
    title = re.findall(r"<title[^>]*>(.*?)</title>", drawn)[0]
    assert title == (
        "Interventions. January 2019 to June 2019: 4.36 per 1,000 custody records, from 3.84 to 4.93; "
        "January 2018 to June 2018: 5.53 per 1,000 detainees, from 4.99 to 6.10; "
        "January 2017 to June 2017: 1.00 per 1,000 detainees, from 0.46 to 1.90, unreliable."
    )
    assert drawn.count("<circle") == 2
    assert ">4.36</text>" in drawn
    with pytest.raises(ValueError, match="nothing to draw"):
        intervals([], chart_id="x", title="Interventions", measure="Rate per 1,000")


# --- Which two --------------------------------------------------------------------------------------------------------


def test_unasked_the_newest_stands_beside_its_like_a_year_before() -> None:
    assert default_pair(SOURCE) == (H1_2019, H1_2018)


def test_otherwise_the_newest_two_that_do_not_overlap() -> None:
    assert default_pair((H1_2019, Y_2018, Y_2017)) == (H1_2019, Y_2018)
    second_half = Reported("h2", months("2018-07", "2018-12"), injuries=60)
    assert default_pair((Y_2018, second_half, Y_2017)) == (second_half, Y_2017)
    # The newest two overlap, and nothing else is apart from them.
    assert default_pair((Y_2018, H1_2018)) is None
    assert default_pair((Y_2018, second_half, H1_2018)) == (second_half, H1_2018)
    assert default_pair(()) is None


def test_numbers_leave_as_numbers() -> None:
    (reports, *_) = tables(SOURCE, (), (), compared(*SOURCE[:2]))
    assert reports.rows[0][:8] == [
        "January 2019 to June 2019", 6, RECORDS, 59_177, Decimal(258), Decimal("43.0"), Decimal("4.36"), "3.84 to 4.93",
    ]  # fmt: skip
