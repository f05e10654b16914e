"""Expected words are those of the style sheet for pages: `6 March 2026`, `2:14pm`, `1,890`, `+4.2%`, `−12.6%`."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

import pytest

from rendering import formats


def test_a_day_has_no_leading_zero() -> None:
    assert formats.day(date(2026, 3, 6)) == "6 March 2026"


def test_the_day_of_a_moment_is_londons() -> None:
    # Half past eleven at night in UTC is already the next day under summer time.
    assert formats.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(14, 14), "2:14pm"),
        (time(0, 5), "12:05am"),
        (time(12, 0), "12:00pm"),
        (time(9, 7), "9:07am"),
        (datetime(2026, 3, 28, 13, 0, tzinfo=UTC), "1:00pm"),  # the day before the clocks go forward
        (datetime(2026, 3, 29, 13, 0, tzinfo=UTC), "2:00pm"),  # the day they do
    ],
)
def test_a_time_is_read_on_the_twelve_hour_clock_of_london(moment: datetime | time, words: str) -> None:
    assert formats.clock(moment) == words


def test_a_moment_has_day_and_time() -> None:
    assert formats.day_and_clock(datetime(2026, 3, 6, 14, 14, tzinfo=UTC)) == "6 March 2026, 2:14pm"


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (1890, "1,890"), (-1234567, "−1,234,567")])
def test_counts_have_commas(number: int, words: str) -> None:
    assert formats.count(number) == words


@pytest.mark.parametrize(("number", "words"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), (1890, "1,890 units")])
def test_what_is_counted_is_one_or_several(number: int, words: str) -> None:
    assert formats.so_many(number, "unit") == words


@pytest.mark.parametrize(
    ("number", "places", "words"),
    [
        (0.25, 1, "0.3"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (1.005, 2, "1.01"),
        (Decimal("2.675"), 2, "2.68"),
        (Fraction(1, 8), 2, "0.13"),
        (-0.04, 1, "0.0"),
        (1204, 1, "1,204.0"),
    ],
)
def test_halves_are_rounded_away_from_zero(number: formats.Number, places: int, words: str) -> None:
    assert formats.decimal(number, places) == words


def test_rates_have_two_decimals() -> None:
    assert formats.rate(7.0651) == "7.07"


def test_an_interval_that_nothing_bounds_above_says_so() -> None:
    assert formats.interval(0.666, 0.92) == "0.67 to 0.92"
    assert formats.interval(2.4996, float("inf")) == "2.50 or more"


@pytest.mark.parametrize(("part", "whole", "words"), [(5, 8, "63%"), (0, 3, "0%"), (1, 3, "33%"), (200, 200, "100%")])
def test_a_share_is_a_whole_percentage(part: int, whole: int, words: str) -> None:
    assert formats.share(part, whole) == words


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="share of 0"):
        formats.share(0, 0)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(0.0423, "+4.2%"), (-0.126, "−12.6%"), (0, "0.0%"), (-0.0004, "0.0%"), (0.0425, "+4.3%"), (12.5, "+1,250.0%")],
)
def test_a_change_has_a_sign(ratio: float, words: str) -> None:
    assert formats.signed_change(ratio) == words


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Fraction(975, 1000), "97.5%"),
        (Fraction(1), "100.0%"),
        (1.0, "100.0%"),
        (0, "0.0%"),
        (Fraction(9999, 10_000), "more than 99.9%"),
        (0.9995, "more than 99.9%"),
        (0.99949, "99.9%"),
        (Fraction(1, 10_000), "less than 0.1%"),
        (0.0005, "0.1%"),
    ],
)
def test_a_share_claims_all_or_nothing_only_where_it_is(part: Fraction | float, said: str) -> None:
    """0.9995 is 99.95 %, which rounds to 100.0 %; 0.0005 is 0.05 %, which rounds to 0.1 %."""
    assert formats.per_cent(part) == said


def test_a_share_that_was_given_is_printed_as_it_was_given() -> None:
    given = [Decimal(98), Decimal("98.0"), Decimal("97.5"), Decimal("100.0")]
    assert [formats.so_many_per_cent(one) for one in given] == ["98%", "98%", "97.5%", "100%"]
