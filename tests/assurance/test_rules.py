"""What blocks completion: every rule both ways, and the days around the ends of quarters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assurance.rules import (
    EntryFacts,
    EntryStatus,
    RevisionFacts,
    blocks_completion,
    entry_status,
)
from organisation.periods import Quarter

LEADERSHIP = EntryFacts("leadership", "Leadership", scored=True)
AUDIT = EntryFacts("audit", "Assurance and Audit", scored=True)
WELLBEING = EntryFacts("wellbeing", "Wellbeing", scored=False)


def answered(entry: EntryFacts) -> EntryFacts:
    return replace(entry, level=3, held_without_shrmt=True, evidence="Minutes.")


def facts(*entries: EntryFacts, **details: object) -> RevisionFacts:
    """A revision of the last quarter of 2024/25, judged on 20 March 2025, complete but for what the test changes."""
    whole = RevisionFacts(
        quarter=Quarter(2024, 4),
        today=date(2025, 3, 20),
        entries=entries,
        completer_name="A Person",
        completer_position="Safety manager",
        meeting_on=date(2025, 3, 4),
    )
    return replace(whole, **details)  # type: ignore[arg-type]  # each test names fields of the facts


def blocked(revision: RevisionFacts) -> list[tuple[str | None, str]]:
    return [(blocker.theme, blocker.field) for blocker in blocks_completion(revision)]


def test_nothing_blocks_a_statement_that_answers_everything() -> None:
    assert blocked(facts(answered(LEADERSHIP), answered(AUDIT), WELLBEING)) == []


def test_a_scored_theme_needs_a_level() -> None:
    assert blocked(facts(LEADERSHIP)) == [("leadership", "level_answer")]


def test_a_reason_stands_in_for_a_level() -> None:
    assert blocked(facts(replace(LEADERSHIP, no_level_reason="The unit opened last week."))) == []


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_blanks_are_no_reason(reason: str) -> None:
    assert blocked(facts(replace(LEADERSHIP, no_level_reason=reason))) == [("leadership", "level_answer")]


def test_a_level_needs_evidence() -> None:
    assert blocked(facts(replace(answered(LEADERSHIP), evidence=" "))) == [("leadership", "evidence")]


def test_a_reason_stands_in_for_evidence() -> None:
    entry = replace(answered(LEADERSHIP), evidence="", no_level_reason="The records burnt.")
    assert blocked(facts(entry)) == []


@pytest.mark.parametrize("answer", [True, False])
def test_either_answer_about_shrmt_is_an_answer(answer: bool) -> None:
    assert blocked(facts(replace(answered(LEADERSHIP), held_without_shrmt=answer))) == []


def test_a_level_needs_the_answer_about_shrmt() -> None:
    entry = replace(answered(LEADERSHIP), held_without_shrmt=None)
    assert blocked(facts(entry)) == [("leadership", "held_without_shrmt")]


def test_without_a_level_nobody_asks_who_holds_it() -> None:
    entry = replace(LEADERSHIP, no_level_reason="New unit.", held_without_shrmt=None)
    assert blocked(facts(entry)) == []


def test_an_unscored_theme_never_blocks() -> None:
    assert blocked(facts(WELLBEING)) == []


def test_the_meeting_or_a_reason_is_needed() -> None:
    assert blocked(facts(meeting_on=None)) == [(None, "meeting_on")]
    assert blocked(facts(meeting_on=None, no_meeting_reason="It was called off.")) == []
    assert blocked(facts(meeting_on=None, no_meeting_reason=" ")) == [(None, "meeting_on")]


def test_a_reason_does_not_excuse_a_wrong_date() -> None:
    revision = facts(meeting_on=date(2024, 12, 31), no_meeting_reason="It was early.")
    assert blocked(revision) == [(None, "meeting_on")]


@pytest.mark.parametrize(
    ("meeting_on", "today", "is_right"),
    [
        (date(2024, 12, 31), date(2025, 4, 2), False),  # the day before the quarter begins
        (date(2025, 1, 1), date(2025, 4, 2), True),  # its first day
        (date(2025, 3, 31), date(2025, 3, 31), True),  # its last day, on the day itself
        (date(2025, 3, 31), date(2025, 4, 2), True),  # its last day, stated late
        (date(2025, 4, 1), date(2025, 4, 2), False),  # the first day of the next financial year
        (date(2025, 3, 31), date(2025, 3, 30), False),  # tomorrow
        (date(2025, 3, 21), date(2025, 3, 20), False),  # tomorrow, within the quarter
    ],
)
def test_the_meeting_is_in_the_quarter_and_has_taken_place(meeting_on: date, today: date, is_right: bool) -> None:
    assert (blocked(facts(meeting_on=meeting_on, today=today)) == []) is is_right


def test_a_future_meeting_and_one_of_another_quarter_are_told_apart() -> None:
    [future] = blocks_completion(facts(meeting_on=date(2025, 3, 25)))
    [elsewhere] = blocks_completion(facts(meeting_on=date(2024, 11, 5)))
    assert "in the future" in future.message
    assert "Q4 2024/25 (January to March 2025)" in elsewhere.message


@pytest.mark.parametrize("field", ["completer_name", "completer_position"])
def test_the_person_completing_is_named_with_a_position(field: str) -> None:
    assert blocked(facts(**{field: " "})) == [(None, field)]


def test_blockers_come_theme_by_theme_and_the_details_last() -> None:
    no_evidence = replace(answered(LEADERSHIP), evidence="", held_without_shrmt=None)
    revision = facts(no_evidence, AUDIT, completer_name="", meeting_on=None)
    assert blocked(revision) == [
        ("leadership", "evidence"),
        ("leadership", "held_without_shrmt"),
        ("audit", "level_answer"),
        (None, "meeting_on"),
        (None, "completer_name"),
    ]


def test_a_blocker_names_its_theme_so_that_a_list_of_them_can_be_read() -> None:
    [blocker] = blocks_completion(facts(AUDIT))
    assert blocker.message.startswith("Assurance and Audit: ")


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (WELLBEING, EntryStatus.NOT_SCORED),
        (replace(WELLBEING, evidence="A leaflet."), EntryStatus.NOT_SCORED),
        (LEADERSHIP, EntryStatus.NOT_STARTED),
        (replace(LEADERSHIP, evidence="Half a sentence"), EntryStatus.IN_PROGRESS),
        (replace(LEADERSHIP, held_without_shrmt=False), EntryStatus.IN_PROGRESS),
        (replace(LEADERSHIP, level=2), EntryStatus.IN_PROGRESS),
        (answered(LEADERSHIP), EntryStatus.DONE),
        (replace(LEADERSHIP, no_level_reason="New unit."), EntryStatus.DONE),
    ],
)
def test_the_task_list_says_how_far_a_theme_is(entry: EntryFacts, status: str) -> None:
    assert entry_status(entry, blocks_completion(facts(entry))) == status


def test_not_sure_is_for_now_and_blocks_even_with_a_reason() -> None:
    entry = replace(LEADERSHIP, no_level="not-sure", no_level_reason="We will ask the adviser.")
    assert blocked(facts(entry)) == [("leadership", "level_answer")]
    (blocker,) = blocks_completion(facts(entry))
    assert "left as not sure" in blocker.message


def test_that_no_level_can_be_given_needs_its_reason() -> None:
    assert blocked(facts(replace(LEADERSHIP, no_level="cannot-say"))) == [("leadership", "level_answer")]
    assert blocked(facts(replace(LEADERSHIP, no_level="cannot-say", no_level_reason="Opened last week."))) == []


def test_an_infected_file_has_to_go_first() -> None:
    assert blocked(facts(replace(answered(LEADERSHIP), links_and_files=2, infected=1))) == [
        ("leadership", "evidence_items")
    ]


def test_a_link_or_a_file_is_evidence() -> None:
    assert blocked(facts(replace(answered(LEADERSHIP), evidence="", links_and_files=1))) == []


@pytest.mark.parametrize(
    ("met", "note", "fields"),
    [
        (0, "", []),  # ticking is optional
        (4, "", []),
        (3, "", ["criteria_note"]),
        (3, "  ", ["criteria_note"]),
        (3, "The fourth is not ours to do.", []),
    ],
)
def test_points_left_unticked_want_a_word_of_explanation(met: int, note: str, fields: list[str]) -> None:
    entry = replace(answered(LEADERSHIP), criteria=4, criteria_met=met, criteria_note=note)
    assert [field for _, field in blocked(facts(entry))] == fields


@pytest.mark.parametrize("theme", [answered(LEADERSHIP), WELLBEING])
def test_what_is_merely_copied_waits_to_be_confirmed(theme: EntryFacts) -> None:
    assert blocked(facts(replace(theme, carried="unconfirmed"))) == [(theme.identity, "carried")]
    for carried in ("confirmed", "changed"):
        assert blocked(facts(replace(theme, carried=carried))) == []


def test_the_task_list_tells_carried_and_not_sure_from_begun() -> None:
    def status(**changes: object) -> str:
        entry = replace(LEADERSHIP, **changes)  # type: ignore[arg-type]  # each line names fields of the facts
        return entry_status(entry, blocks_completion(facts(entry)))

    assert status(carried="unconfirmed", level=3, evidence="Minutes.") == EntryStatus.CARRIED
    assert status(no_level="not-sure") == EntryStatus.NOT_SURE
    assert status(no_level="cannot-say") == EntryStatus.IN_PROGRESS
    assert status(links_and_files=1) == EntryStatus.IN_PROGRESS
