"""What has changed since a roll-up was issued, in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from assurance.rollup_changes import Changes, Used, report_changes, unit_changes, word_changes

NOTHING = Used(1, "Kiln Hill")
SIGNED_Q1 = Used(1, "Kiln Hill", "2025/26-Q1", 1, "signed")
ACCEPTED_Q1 = Used(1, "Kiln Hill", "2025/26-Q1", 1, "accepted")
ACCEPTED_Q2 = Used(1, "Kiln Hill", "2025/26-Q2", 2, "accepted")


def said(then: Used, now: Used, *, state: str = "accepted") -> list[str]:
    found = unit_changes([then], [now], states={(1, "2025/26-Q1", 1): state})
    return [f"{one.unit}: {one.text}" for one in found]


@pytest.mark.parametrize("same", [NOTHING, SIGNED_Q1, ACCEPTED_Q2])
def test_a_unit_that_counts_as_before_is_not_named(same: Used) -> None:
    assert said(same, same) == []


def test_a_statement_accepted_since_is_named() -> None:
    assert said(SIGNED_Q1, ACCEPTED_Q1) == ["Kiln Hill: 2025/26-Q1, revision 1 is accepted now."]


def test_a_later_statement_takes_the_place_of_the_one_used() -> None:
    assert said(ACCEPTED_Q1, ACCEPTED_Q2, state="accepted") == [
        "Kiln Hill: 2025/26-Q2, revision 2 (accepted) counts now, in place of 2025/26-Q1, revision 1."
    ]


def test_a_statement_that_was_returned_is_told_from_one_that_was_overtaken() -> None:
    assert said(SIGNED_Q1, NOTHING, state="returned") == [
        "Kiln Hill: Nothing counts now, in place of 2025/26-Q1, revision 1, which was returned."
    ]


def test_a_first_statement_is_named() -> None:
    assert said(NOTHING, SIGNED_Q1) == [
        "Kiln Hill: 2025/26-Q1, revision 1 (signed, not yet accepted) counts now; nothing was signed then."
    ]


def test_units_that_came_or_went_are_named_in_the_order_of_their_names() -> None:
    found = unit_changes([SIGNED_Q1], [Used(2, "Ash Row")], states={})
    assert [(one.unit, one.text) for one in found] == [
        ("Ash Row", "It is counted now, and was not then."),
        ("Kiln Hill", "It was counted then, and is not now."),
    ]


def test_words_are_named_by_answer_and_by_theme() -> None:
    then: dict[str, Any] = {
        "board_meeting_on": None,
        "meeting": {"on": None, "reported": True, "note": ""},
        "opinion": None,
        "narrative": "As it was",
        "shows_comparison": True,
        "themes": [
            {"identity": "audit", "name": "Audit", "level": 2},
            {"identity": "leadership", "name": "Leadership"},
        ],
    }
    now = {**then, "narrative": "As it is", "themes": [{**then["themes"][0], "level": 3}, then["themes"][1]]}
    assert word_changes(then, then) == []
    assert word_changes(then, now) == ["the overall narrative", "the assessment of Audit"]


def test_groups_that_issued_another_version_since_are_named() -> None:
    def reports(**numbers: int | None) -> list[dict[str, Any]]:
        return [{"group": slug.title(), "slug": slug, "number": number} for slug, number in numbers.items()]

    found = report_changes(reports(east=None, north=1, south=2), reports(east=1, north=2, south=2, west=None))
    assert [(one.unit, one.text) for one in found] == [
        ("East", "Version 1 of its roll-up is issued now."),
        ("North", "Version 2 of its roll-up is issued now."),
    ]


def test_nothing_changed_is_no_change() -> None:
    assert not Changes()
    assert Changes(is_built_again=True)
