"""Which of several people's edits may be saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from records.edits import Conflict, Edit, Reconciled, next_versions, reconcile, write_onto

STORED = {"level": 3, "evidence": "Minutes of March."}
VERSIONS = {"level": 2, "evidence": 5}


def test_a_change_made_on_the_newest_version_is_accepted() -> None:
    result = reconcile(values=STORED, versions=VERSIONS, edits={"level": Edit(2, 4)})
    assert result.accepted == {"level": 4}
    assert result.conflicts == ()


def test_a_change_made_on_an_older_version_is_a_conflict_that_keeps_both() -> None:
    result = reconcile(values=STORED, versions=VERSIONS, edits={"evidence": Edit(4, "Minutes of May.")})
    assert result.accepted == {}
    assert result.conflicts == (Conflict("evidence", "Minutes of May.", "Minutes of March.", 5),)


def test_one_field_in_conflict_does_not_hold_up_the_others() -> None:
    edits = {"level": Edit(2, 5), "evidence": Edit(0, "Mine.")}
    result = reconcile(values=STORED, versions=VERSIONS, edits=edits)
    assert result.accepted == {"level": 5}
    assert [conflict.field for conflict in result.conflicts] == ["evidence"]


def test_two_people_who_mean_the_same_are_not_in_conflict() -> None:
    result = reconcile(values=STORED, versions=VERSIONS, edits={"evidence": Edit(1, "Minutes of March.")})
    assert (result.accepted, result.conflicts) == ({}, ())


def test_what_was_not_touched_is_not_written() -> None:
    assert reconcile(values=STORED, versions=VERSIONS, edits={"level": Edit(2, 3)}).accepted == {}


def test_a_field_that_never_changed_is_at_version_nought() -> None:
    assert reconcile(values={"title": ""}, versions={}, edits={"title": Edit(0, "New")}).accepted == {"title": "New"}
    conflict = reconcile(values={"title": ""}, versions={}, edits={"title": Edit(1, "New")}).conflicts[0]
    assert conflict.their_version == 0


def test_a_version_from_the_future_is_not_trusted() -> None:
    result = reconcile(values=STORED, versions=VERSIONS, edits={"level": Edit(99, 1)})
    assert result.accepted == {}
    assert len(result.conflicts) == 1


def test_emptying_a_field_is_a_change_like_any_other() -> None:
    assert reconcile(values=STORED, versions=VERSIONS, edits={"evidence": Edit(5, "")}).accepted == {"evidence": ""}
    assert reconcile(values=STORED, versions=VERSIONS, edits={"level": Edit(2, None)}).accepted == {"level": None}


def test_only_what_changed_gets_a_new_version() -> None:
    before = {"level": 2}
    assert next_versions(before, {"level": 4, "evidence": "x"}) == {"level": 3, "evidence": 1}
    assert before == {"level": 2}


@dataclass
class Note:
    title: str = "As it was"
    text: str = "Some words"
    field_versions: dict[str, int] = field(default_factory=lambda: {"text": 2})


def test_what_nobody_has_overtaken_is_set_on_the_row_with_its_next_version() -> None:
    note = Note()
    edits = {"title": Edit(0, "Mine"), "text": Edit(1, "Also mine")}
    result = write_onto(note, names=("title", "text"), edits=edits)
    assert (note.title, note.text, note.field_versions) == ("Mine", "Some words", {"text": 2, "title": 1})
    assert result == Reconciled({"title": "Mine"}, (Conflict("text", "Also mine", "Some words", 2),))
