"""What still keeps a roll-up from being issued, each thing named with its page and field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assurance.rollup_rules import AssessmentFacts, IssueFacts, blocks_issuing

TODAY = date(2025, 10, 20)
COMPLETE = IssueFacts(
    today=TODAY,
    of_the_force=False,
    is_built=True,
    themes=(AssessmentFacts("leadership", "Leadership", 3, "Visits"), AssessmentFacts("audit", "Audit", 2, "Audits")),
    board_meeting_on=date(2025, 11, 20),
    group_meeting_on=date(2025, 10, 1),
    reported_at_meeting=True,
)
FORCE = replace(
    COMPLETE, of_the_force=True, group_meeting_on=None, reported_at_meeting=None, opinion_level=3, opinion="It holds."
)


def test_nothing_blocks_a_complete_roll_up_or_force_summary() -> None:
    assert blocks_issuing(COMPLETE) == []
    assert blocks_issuing(FORCE) == []


@pytest.mark.parametrize(
    ("facts", "without", "where"),
    [
        (COMPLETE, {"is_built": False}, (None, "figures")),
        (COMPLETE, {"board_meeting_on": None}, (None, "board_meeting_on")),
        (COMPLETE, {"group_meeting_on": None}, (None, "group_meeting_on")),
        (COMPLETE, {"group_meeting_on": date(2025, 10, 21)}, (None, "group_meeting_on")),
        (COMPLETE, {"reported_at_meeting": None}, (None, "reported_at_meeting")),
        (COMPLETE, {"reported_at_meeting": False}, (None, "reported_at_meeting_note")),
        (FORCE, {"opinion_level": None}, (None, "opinion_level")),
        (FORCE, {"opinion": " \n"}, (None, "opinion")),
        (COMPLETE, {"themes": (AssessmentFacts("audit", "Audit"),)}, ("audit", "level")),
        (COMPLETE, {"themes": (AssessmentFacts("audit", "Audit", 2, " "),)}, ("audit", "evidence")),
        (FORCE, {"themes": (AssessmentFacts("audit", "Audit"),)}, ("audit", "level")),
    ],
)
def test_what_is_missing_is_named_with_its_place(
    facts: IssueFacts, without: dict[str, Any], where: tuple[str | None, str]
) -> None:
    assert [(blocker.theme, blocker.field) for blocker in blocks_issuing(replace(facts, **without))] == [where]


@pytest.mark.parametrize(
    "change",
    [
        {"board_meeting_on": date(2024, 1, 1)},
        {"group_meeting_on": TODAY},
        {"reported_at_meeting": False, "reported_at_meeting_note": "It was called off."},
        {"themes": (AssessmentFacts("audit", "Audit", None, "No audit has looked at it yet."),)},
        {"themes": ()},
    ],
)
def test_what_is_enough_blocks_nothing(change: dict[str, Any]) -> None:
    assert blocks_issuing(replace(COMPLETE, **change)) == []
