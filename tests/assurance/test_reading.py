"""Frozen content, put into words for pages and documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from assurance.reading import ReadAction, ReadLevel, read

NAMES = {3: "Compliant culture"}


def content(**changes: Any) -> dict[str, Any]:
    entry = {
        "theme": "leadership",
        "name": "Leadership",
        "scored": True,
        "level": 3,
        "held_without_shrmt": False,
        "evidence": "Minutes.",
        "no_level_reason": "",
        "actions": [],
    }
    return {
        "unit": "Harbour OCU",
        "quarter": "2025/26-Q1",
        "edition": "2019",
        "revision": 2,
        "completer_name": "A Person",
        "completer_position": "Manager",
        "meeting_on": "2025-05-06",
        "no_meeting_reason": "",
        "entries": [entry | changes],
        "previous": None,
    }


def test_dates_are_read_as_days_and_levels_by_their_name() -> None:
    read_back = read(content(), NAMES)
    assert read_back.meeting_on == date(2025, 5, 6)
    assert read_back.entries[0].level == ReadLevel(3, "Compliant culture")
    assert (read_back.unit, read_back.quarter, read_back.revision) == ("Harbour OCU", "2025/26-Q1", 2)


def test_a_theme_without_a_level_has_none() -> None:
    assert read(content(level=None), NAMES).entries[0].level is None


def test_a_level_that_the_edition_does_not_name_keeps_its_number() -> None:
    assert read(content(level=7), NAMES).entries[0].level == ReadLevel(7, "")


def test_an_action_has_the_leads_and_days_that_its_tasks_name() -> None:
    action = {
        "title": "Brief everybody",
        "status": "open",
        "tasks": [
            {"lead": "Inspector", "due_on": None},
            {"lead": "", "due_on": "2025-09-30"},
            {"lead": "Sergeant", "due_on": "2025-12-31"},
        ],
    }
    assert read(content(actions=[action]), NAMES).entries[0].actions == (
        ReadAction("Brief everybody", "open", ("Inspector", "Sergeant"), (date(2025, 9, 30), date(2025, 12, 31))),
    )


def test_somebody_who_leads_two_tasks_of_an_action_is_named_once() -> None:
    tasks = [{"lead": lead, "due_on": None} for lead in ("Inspector", "Sergeant", "Inspector")]
    action = {"title": "Brief everybody", "status": "open", "tasks": tasks}
    assert read(content(actions=[action]), NAMES).entries[0].actions[0].leads == ("Inspector", "Sergeant")
