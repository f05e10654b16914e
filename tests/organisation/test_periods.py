"""Quarters, half-years and days: around 31 March and 1 April, summer time, leap years, and what is no period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation.periods import (
    HalfYear,
    NotAPeriod,
    Quarter,
    financial_year_name,
    financial_year_of,
    london_day,
)

DAYS = st.dates(min_value=date(1900, 4, 1), max_value=date(2200, 3, 31))
QUARTERS = st.builds(Quarter, st.integers(1900, 2200), st.integers(1, 4))
HALVES = st.builds(HalfYear, st.integers(1900, 2200), st.integers(1, 2))


# --- Days in years, quarters and halves ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "quarter", "half"),
    [
        (date(2025, 3, 31), "2024/25-Q4", "2024/25-H2"),
        (date(2025, 4, 1), "2025/26-Q1", "2025/26-H1"),
        (date(2025, 6, 30), "2025/26-Q1", "2025/26-H1"),
        (date(2025, 7, 1), "2025/26-Q2", "2025/26-H1"),
        (date(2025, 9, 30), "2025/26-Q2", "2025/26-H1"),
        (date(2025, 10, 1), "2025/26-Q3", "2025/26-H2"),
        (date(2025, 12, 31), "2025/26-Q3", "2025/26-H2"),
        (date(2026, 1, 1), "2025/26-Q4", "2025/26-H2"),
        (date(2024, 2, 29), "2023/24-Q4", "2023/24-H2"),
    ],
)
def test_a_day_falls_in_its_quarter_and_half(day: date, quarter: str, half: str) -> None:
    assert str(Quarter.of(day)) == quarter
    assert str(HalfYear.of(day)) == half


@pytest.mark.parametrize(("day", "year"), [(date(2020, 3, 31), 2019), (date(2020, 4, 1), 2020)])
def test_the_financial_year_turns_on_the_first_of_april(day: date, year: int) -> None:
    assert financial_year_of(day) == year


@pytest.mark.parametrize(("year", "name"), [(2019, "2019/20"), (1999, "1999/00"), (2008, "2008/09")])
def test_financial_years_are_written_with_both_years(year: int, name: str) -> None:
    assert financial_year_name(year) == name


def test_a_quarter_says_when_it_begins_ends_and_is_due() -> None:
    spring = Quarter.parse("2025/26-Q1")
    assert (spring.first_day, spring.last_day, spring.due_on) == (
        date(2025, 4, 1),
        date(2025, 6, 30),
        date(2025, 5, 31),
    )


@pytest.mark.parametrize(
    ("quarter", "due_on"),
    [
        ("2025/26-Q1", date(2025, 5, 31)),
        ("2025/26-Q2", date(2025, 8, 31)),
        ("2025/26-Q3", date(2025, 11, 30)),
        ("2025/26-Q4", date(2026, 2, 28)),
        ("2023/24-Q4", date(2024, 2, 29)),
        ("1999/00-Q4", date(2000, 2, 29)),
        ("2099/00-Q4", date(2100, 2, 28)),
    ],
)
def test_a_statement_is_due_on_the_last_day_of_the_second_month(quarter: str, due_on: date) -> None:
    assert Quarter.parse(quarter).due_on == due_on


def test_a_half_says_when_it_begins_ends_and_is_due() -> None:
    summer, winter = HalfYear.parse("2025/26-H1"), HalfYear.parse("2025/26-H2")
    assert (summer.first_day, summer.last_day, summer.due_on) == (
        date(2025, 4, 1),
        date(2025, 9, 30),
        date(2025, 10, 28),
    )
    assert (winter.first_day, winter.last_day, winter.due_on) == (
        date(2025, 10, 1),
        date(2026, 3, 31),
        date(2026, 4, 28),
    )


def test_names_say_the_months() -> None:
    assert Quarter.parse("2025/26-Q4").name == "Q4 2025/26 (January to March 2026)"
    assert HalfYear.parse("2025/26-H1").name == "H1 2025/26 (April to September 2025)"
    assert HalfYear.parse("2025/26-H2").name == "H2 2025/26 (October 2025 to March 2026)"


# --- London's day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # Summer time began on 29 March 2026: half past eleven at night in UTC is past midnight in London.
        (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 3, 31, 22, 59, tzinfo=UTC), date(2026, 3, 31)),
        # On 31 March 2013 the clocks went forward that very morning.
        (datetime(2013, 3, 31, 0, 30, tzinfo=UTC), date(2013, 3, 31)),
        (datetime(2013, 3, 31, 23, 30, tzinfo=UTC), date(2013, 4, 1)),
        # In winter both clocks agree; on 26 October 2025 they went back.
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 10, 25, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 10, 26, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
    ],
)
def test_a_moment_falls_on_londons_day(moment: datetime, day: date) -> None:
    assert london_day(moment) == day


def test_a_moment_at_the_turn_of_the_year_belongs_to_the_quarter_of_londons_day() -> None:
    assert str(Quarter.of(london_day(datetime(2026, 3, 31, 23, 30, tzinfo=UTC)))) == "2026/27-Q1"


def test_a_moment_without_a_time_zone_falls_on_no_day() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        london_day(datetime(2026, 3, 31, 23, 30))  # noqa: DTZ001  # that is what is refused


# --- Reading and writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2025/26-Q1", "2025-26-q1", " 2025/26-q1 "])
def test_a_quarter_is_read_as_people_and_addresses_write_it(text: str) -> None:
    assert Quarter.parse(text) == Quarter(2025, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "2025/26", "2025/26-Q0", "2025/26-Q5", "2025/27-Q1", "2025/26-H1", "25/26-Q1", "2025/26 Q1", "2025/26-Q1x",
        "٢٠٢٥/٢٦-Q1", "0000/01-Q1", "9999/00-Q1", "9999/00-Q4",
    ],
)  # fmt: skip
def test_what_is_no_quarter_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(NotAPeriod, match="Write it like 2025/26-Q1"):
        Quarter.parse(text)


@pytest.mark.parametrize("text", ["2025/26-H0", "2025/26-H3", "2025/26-Q1", "2024/26-H1", "9999/00-H2"])
def test_what_is_no_half_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(NotAPeriod, match="Write it like 2025/26-H1"):
        HalfYear.parse(text)


def test_a_century_ends_in_two_noughts() -> None:
    assert Quarter.parse("1999/00-Q1") == Quarter(1999, 1)
    with pytest.raises(NotAPeriod):
        Quarter.parse("1999/01-Q1")


def test_the_last_year_that_can_be_written_has_all_its_days() -> None:
    last = HalfYear.parse("9998/99-H2")
    assert (last.last_day, last.due_on) == (date(9999, 3, 31), date(9999, 4, 28))


# --- What holds for every period ----------------------------------------------------------------------------------


@given(DAYS)
def test_the_quarter_and_the_half_of_a_day_contain_it(day: date) -> None:
    quarter, half = Quarter.of(day), HalfYear.of(day)
    assert day in quarter
    assert quarter.first_day <= day <= quarter.last_day
    assert half.first_day <= day <= half.last_day
    assert quarter.half == half
    assert quarter in half.quarters


@given(QUARTERS)
def test_next_and_previous_undo_each_other_and_leave_no_gap(quarter: Quarter) -> None:
    assert quarter.next().previous() == quarter == quarter.previous().next()
    assert quarter.next().first_day == quarter.last_day + timedelta(days=1)
    assert quarter < quarter.next()
    assert quarter.first_day not in quarter.previous()
    assert 90 <= (quarter.last_day - quarter.first_day).days + 1 <= 92


@given(QUARTERS, st.integers(-40, 40))
def test_any_number_of_quarters_forth_and_back_leads_home(quarter: Quarter, steps: int) -> None:
    assert quarter.plus(steps).plus(-steps) == quarter
    assert quarter.plus(4).start_year == quarter.start_year + 1


@given(HALVES)
def test_halves_follow_each_other_without_a_gap(half: HalfYear) -> None:
    assert half.next().previous() == half == half.previous().next()
    assert half.next().first_day == half.last_day + timedelta(days=1)
    assert half.quarters[0].next() == half.quarters[1]
    assert half < half.next()


@given(QUARTERS)
def test_a_due_day_lies_in_its_quarter_and_ends_a_month(quarter: Quarter) -> None:
    assert quarter.due_on in quarter
    assert (quarter.due_on + timedelta(days=1)).day == 1
    assert (quarter.due_on.month - quarter.first_day.month) % 12 == 1


@given(QUARTERS)
def test_what_is_written_is_read_again(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter == Quarter.parse(quarter.slug)
    assert HalfYear.parse(str(quarter.half)) == quarter.half == HalfYear.parse(quarter.half.slug)


@given(QUARTERS, QUARTERS)
def test_texts_sort_as_the_quarters_do(one: Quarter, other: Quarter) -> None:
    assert (str(one) < str(other)) == (one < other)
