"""Months as people and programs write them."""

from __future__ import annotations

from datetime import date

import pytest

from injuries import months_in_files

JULY = date(2018, 7, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2018-07", "2018/07", "2018-7", "2018-07-01", "July 2018", "july  2018", "Jul-18", "Jul 18", "Jul 2018",
        "July-2018", "Jul '18", "07/2018", "7/2018", "01/07/2018", "1.7.2018", "1 July 2018",
    ],
)  # fmt: skip
def test_a_month_is_read_however_it_is_written(text: str) -> None:
    assert months_in_files.read(text) == JULY


def test_september_has_two_short_names() -> None:
    assert (
        months_in_files.read("Sep 2019")
        == months_in_files.read("Sept 2019")
        == months_in_files.read("Sept-19")
        == date(2019, 9, 1)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no month"),
        ("summer", "is no month"),
        ("2018", "is no month"),
        ("2018-13", "no month of ours"),
        ("00/2018", "no month of ours"),
        ("Jug 2018", "no month of ours"),
        ("Juli 2018", "no month of ours"),
        ("July 1066", "no month of ours"),
        ("18/07/2018", "is a day"),
        ("2026-07-18", "is a day"),
        ("18 July 2018", "is a day"),
        ("٢٠١٨-٠٧", "is no month"),
    ],
)
def test_what_is_no_month_is_refused_with_how_to_write_one(text: str, words: str) -> None:
    with pytest.raises(months_in_files.NotAMonth, match=words):
        months_in_files.read(text)


def test_months_follow_each_other_over_the_year() -> None:
    assert months_in_files.plus(date(2018, 11, 1), 3) == date(2019, 2, 1)
    assert months_in_files.plus(date(2018, 2, 1), -2) == date(2017, 12, 1)
    assert [one.month for one in months_in_files.through(date(2018, 11, 1), date(2019, 2, 1))] == [11, 12, 1, 2]
    assert months_in_files.through(JULY, date(2018, 6, 1)) == []


def test_months_are_told_in_runs() -> None:
    there = [date(2019, 1, 1), date(2018, 12, 1), date(2018, 5, 1), date(2018, 11, 1)]
    assert months_in_files.runs_in_words(there) == "May 2018, November 2018 to January 2019"
    assert months_in_files.runs_in_words([]) == ""
