"""Frozen content, put into words for pages and documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from assurance.reading import ReadLevel, read

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
    (read_back,) = read(content(actions=[action]), NAMES).entries[0].actions
    assert (read_back.title, read_back.status) == ("Brief everybody", "open")
    assert read_back.leads == ("Inspector", "Sergeant")
    assert read_back.due_on == (date(2025, 9, 30), date(2025, 12, 31))


def test_content_of_the_first_format_says_nothing_of_what_it_did_not_know() -> None:
    """Statements signed before criteria, files and carrying forward were written down stay readable."""
    action = {"title": "Brief everybody", "status": "open", "tasks": [{"lead": "Inspector", "due_on": None}]}
    entry = read(content(actions=[action]), NAMES).entries[0]
    assert (entry.criteria, entry.links, entry.files, entry.carried, entry.carried_from) == ((), (), (), "", None)
    assert (entry.no_level, entry.not_sure_note, entry.criteria_note) == ("", "", "")
    task = entry.actions[0].tasks[0]
    assert (task.title, task.supporters, task.starts_on, task.ongoing, task.due_words) == ("", "", None, False, "")


def test_an_entry_reads_with_its_criteria_links_and_files() -> None:
    entry = read(
        content(
            criteria=[
                {"level": 3, "text": "Plans exist", "met": True},
                {"level": 3, "text": "They work", "met": False},
            ],
            links=[{"title": "Plan", "url": "https://example.org/plan", "of_on": "2025-04-02"}],
            files=[
                {
                    "title": "Minutes",
                    "name": "minutes.pdf",
                    "size": 1200,
                    "sha256": "ab" * 32,
                    "media_type": "application/pdf",
                    "of_on": None,
                }
            ],
            carried="confirmed",
            carried_from="2024/25-Q4",
        ),
        NAMES,
    ).entries[0]
    assert (entry.criteria_met, len(entry.criteria)) == (1, 2)
    assert (entry.links[0].title, entry.links[0].of_on) == ("Plan", date(2025, 4, 2))
    assert (entry.files[0].name, entry.files[0].size, entry.files[0].of_on) == ("minutes.pdf", 1200, None)
    assert (entry.carried, entry.carried_from) == ("confirmed", "2024/25-Q4")


def test_somebody_who_leads_two_tasks_of_an_action_is_named_once() -> None:
    tasks = [{"lead": lead, "due_on": None} for lead in ("Inspector", "Sergeant", "Inspector")]
    action = {"title": "Brief everybody", "status": "open", "tasks": tasks}
    assert read(content(actions=[action]), NAMES).entries[0].actions[0].leads == ("Inspector", "Sergeant")
