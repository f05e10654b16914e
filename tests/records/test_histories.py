"""A row's history: from what to what, by whom, and what was done in one go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.histories import Change, Field, Kept, Source, What, changes, in_one_go, source_of

NINE = datetime(2026, 5, 1, 9, tzinfo=UTC)


def overwritten(minute: int, by: int | None = 1, source: Source = Source.PERSON, **values: Any) -> Kept:
    return Kept(What.OVERWRITTEN, NINE + timedelta(minutes=minute), values, source, by)


def test_a_change_goes_from_what_was_kept_to_what_was_kept_next() -> None:
    kept = [overwritten(0, level=2, text=""), overwritten(5, level=3, text=""), overwritten(9, level=3, text="A")]
    found = changes("row", kept, now={"level": 3, "text": "B"})
    assert [one.fields for one in found] == [
        (Field("level", 2, 3),),
        (Field("text", "", "A"),),
        (Field("text", "A", "B"),),
    ]
    assert [one.at for one in found] == [NINE + timedelta(minutes=minute) for minute in (0, 5, 9)]


def test_what_left_the_values_as_they_were_is_left_out() -> None:
    assert changes("row", [overwritten(0, level=2)], now={"level": 2}) == []


def test_a_row_is_made_and_removed() -> None:
    made = Kept(What.MADE, NINE, {"level": None})
    removed = Kept(What.REMOVED, NINE + timedelta(days=1), {"level": 3})
    found = changes("row", [made, overwritten(3, level=None), removed], now=None)
    assert [one.what for one in found] == [What.MADE, What.OVERWRITTEN, What.REMOVED]
    assert found[1].fields == (Field("level", None, 3),)


def test_what_one_person_does_without_a_longer_pause_is_one_change() -> None:
    kept = [
        overwritten(0, text="", level=2),
        overwritten(10, text="A", level=2),
        overwritten(40, text="AB", level=2),
        overwritten(71, text="AB", level=3),
    ]
    found = in_one_go(changes("row", kept, now={"text": "ABC", "level": 3}))
    assert [(one.begun_at, one.at, one.fields) for one in found] == [
        (NINE, NINE + timedelta(minutes=40), (Field("text", "", "AB"), Field("level", 2, 3))),
        (NINE + timedelta(minutes=71), NINE + timedelta(minutes=71), (Field("text", "AB", "ABC"),)),
    ]


def test_what_was_written_and_taken_back_in_one_go_does_not_show() -> None:
    kept = [overwritten(0, text="A"), overwritten(1, text="AB")]
    assert in_one_go(changes("row", kept, now={"text": "A"})) == []


@pytest.mark.parametrize(("by", "source"), [(2, Source.PERSON), (None, Source.OUTSIDE), (None, Source.TASK)])
def test_what_somebody_else_does_in_between_stays_by_itself(by: int | None, source: Source) -> None:
    kept = [overwritten(0, text=""), overwritten(1, by, source, text="A"), overwritten(2, text="AB")]
    found = in_one_go(changes("row", kept, now={"text": "ABC"}))
    assert [(one.source, one.by, one.fields[0].after) for one in found] == [
        (Source.PERSON, 1, "A"),
        (source, by, "AB"),
        (Source.PERSON, 1, "ABC"),
    ]


def test_two_changes_from_outside_are_two() -> None:
    kept = [overwritten(0, None, Source.OUTSIDE, text=""), overwritten(1, None, Source.OUTSIDE, text="A")]
    assert len(in_one_go(changes("row", kept, now={"text": "AB"}))) == 2


def test_changes_of_two_rows_are_never_joined() -> None:
    one: list[Change] = []
    for row in ("row", "other"):
        one += changes(row, [overwritten(0, text="")], now={"text": "A"})
    assert len(in_one_go(one)) == 2


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, (Source.OUTSIDE, None)),
        ({"user": 7, "url": "/"}, (Source.PERSON, 7)),
        ({"task": "assurance.open_statements"}, (Source.TASK, None)),
        ({"user": None, "url": "/"}, (Source.TASK, None)),
    ],
)
def test_where_a_change_came_from(context: dict[str, Any] | None, expected: tuple[Source, int | None]) -> None:
    assert source_of(context) == expected
