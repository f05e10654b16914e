"""What stands behind a save: sent twice it is done once, and what was overtaken is kept until it is decided on."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import Action
from assurance.models import Entry, MergeDecision, Revision, SaveReceipt
from assurance.rules import Refused
from assurance.services import forgetting, saving, statements
from assurance.services.saving import ActionEdit, Saved
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from tests.factories import assurance as factories
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def draft(unit: Unit) -> Revision:
    return factories.make_statement(unit, Quarter(2026, 1))


@pytest.fixture
def entry(draft: Revision) -> Entry:
    return draft.entries.get(theme__identity="leadership")


def save(entry: Entry, by: User, at: datetime = AT, token: uuid.UUID | None = None, **values: Edit) -> Saved:
    return statements.save_entry(entry=entry, edits=values, token=token or uuid.uuid4(), by=by, at=at)


# --- Sent twice ---------------------------------------------------------------------------------------------------


def test_a_save_sent_again_changes_nothing_and_is_answered_as_the_first_time(entry: Entry, spoc: User) -> None:
    token = uuid.uuid4()
    first = save(entry, spoc, token=token, evidence=Edit(0, "Minutes"), level_answer=Edit(0, 4))
    save(entry, spoc, at=LATER, evidence=Edit(1, "Minutes of May"))
    before = Entry.objects.filter(pk=entry.pk).values().get()
    assert save(entry, spoc, at=LATER, token=token, evidence=Edit(0, "Minutes"), level_answer=Edit(0, 4)) == first
    assert Entry.objects.filter(pk=entry.pk).values().get() == before
    assert (first.stamps, first.saved_at) == ({"evidence": 1, "level_answer": 1}, AT)


def test_a_refusal_because_of_somebody_else_s_change_is_answered_again_alike(
    entry: Entry, spoc: User, slt: User
) -> None:
    save(entry, slt, evidence=Edit(0, "Theirs"))
    token = uuid.uuid4()
    first = save(entry, spoc, at=LATER, token=token, evidence=Edit(0, "Mine"))
    (conflict,) = first.conflicts
    assert (conflict.mine, conflict.theirs, conflict.their_version) == ("Mine", "Theirs", 1)
    assert (first.before.by, first.before.at) == (slt, AT)
    save(entry, slt, at=LATER, evidence=Edit(1, "Theirs, second"))
    assert save(entry, spoc, at=LATER, token=token, evidence=Edit(0, "Mine")) == first
    assert MergeDecision.objects.count() == 1


def test_a_save_sent_again_after_the_statement_was_completed_is_answered_as_the_first_time(
    draft: Revision, entry: Entry, spoc: User
) -> None:
    token = uuid.uuid4()
    factories.fill(draft, by=spoc)
    entry.refresh_from_db()
    first = save(entry, spoc, token=token, evidence=Edit(entry.field_versions["evidence"], "Last words"))
    factories.complete(draft, by=spoc)
    assert save(entry, spoc, token=token, evidence=Edit(1, "Last words")) == first
    with pytest.raises(Refused, match="completed now"):
        save(entry, spoc, evidence=Edit(2, "Too late"))


def test_a_new_action_sent_again_is_raised_once_and_answered_with_the_same_number(entry: Entry, spoc: User) -> None:
    row = ActionEdit(
        None, uuid.uuid4(), {"title": Edit(0, "Brief"), "lead": Edit(0, ""), "due_on": Edit(0, date(2026, 9, 30))}
    )
    token = uuid.uuid4()
    answers = [
        statements.save_entry(entry=entry, edits={}, action_rows=[row], token=token, by=spoc, at=AT) for _ in range(2)
    ]
    action = Action.objects.get()
    assert [answer.actions for answer in answers] == [{row.token: action.pk}] * 2


def test_details_sent_again_change_nothing_and_keep_the_days_of_a_conflict(
    draft: Revision, spoc: User, slt: User
) -> None:
    theirs, mine, token = date(2026, 5, 5), date(2026, 5, 6), uuid.uuid4()
    statements.save_details(revision=draft, edits={"meeting_on": Edit(0, theirs)}, by=slt, at=AT)
    edits = {"meeting_on": Edit(0, mine), "completer_name": Edit(0, "A")}
    first, again = (
        statements.save_details(revision=draft, edits=edits, token=token, by=spoc, at=LATER) for _ in range(2)
    )
    assert first == again
    assert [(one.field, one.mine, one.theirs) for one in again.conflicts] == [("meeting_on", mine, theirs)]
    draft.refresh_from_db()
    assert (draft.meeting_on, draft.completer_name, draft.field_versions["completer_name"]) == (theirs, "A", 1)


def test_a_token_of_another_save_is_refused_and_says_nothing_of_it(
    draft: Revision, entry: Entry, spoc: User, slt: User
) -> None:
    token = uuid.uuid4()
    save(entry, spoc, token=token, evidence=Edit(0, "Minutes"))
    other = draft.entries.get(theme__identity="audit")
    for thing, person in ((entry, slt), (other, spoc)):
        with pytest.raises(Refused, match="reload the page"):
            save(thing, person, token=token, evidence=Edit(0, "Other"))
    with pytest.raises(Refused, match="reload the page"):
        statements.save_details(revision=draft, edits={}, token=token, by=spoc, at=AT)


def test_receipts_are_forgotten_after_thirty_days(entry: Entry, spoc: User) -> None:
    old, young = AT - timedelta(days=31), AT - timedelta(days=29)
    for number, at in enumerate((old, young)):
        save(entry, spoc, at=at, evidence=Edit(number, f"Text {number}"))
    assert forgetting.old_receipts(before=AT - timedelta(days=30), sparing=()) == 1
    assert SaveReceipt.objects.get().saved_at == young


def test_a_save_costs_four_queries_however_much_the_statement_holds(entry: Entry, spoc: User) -> None:
    """The lock, whether it was done before, the change, and its receipt: the page adds who is asking."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        save(entry, spoc, evidence=Edit(0, "Minutes"))
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) == 4, asked


# --- Overtaken ----------------------------------------------------------------------------------------------------


def test_what_was_overtaken_is_kept_until_its_author_decides(entry: Entry, spoc: User, slt: User) -> None:
    save(entry, slt, evidence=Edit(0, "Theirs"))
    save(entry, spoc, evidence=Edit(0, "Mine"))
    (merge,) = saving.pending_merges(revision=entry.revision, entry=entry, by=spoc)
    assert (merge.field, merge.mine, merge.theirs, merge.their_version) == ("evidence", "Mine", "Theirs", 1)
    assert saving.pending_merges(revision=entry.revision, entry=entry, by=slt) == []

    save(entry, spoc, at=LATER, evidence=Edit(1, "Both"))
    merge.refresh_from_db()
    assert (merge.result, merge.decided_at) == ("Both", LATER)
    assert saving.pending_merges(revision=entry.revision, entry=entry, by=spoc) == []


def test_another_field_or_an_older_page_decides_nothing(entry: Entry, spoc: User, slt: User) -> None:
    save(entry, slt, evidence=Edit(0, "Theirs"))
    save(entry, spoc, evidence=Edit(0, "Mine"))
    save(entry, spoc, no_level_reason=Edit(0, "None yet"))
    save(entry, slt, evidence=Edit(1, "Theirs, second"))
    save(entry, spoc, evidence=Edit(1, "Mine, second"))  # refused again: a newer version than the one decided on
    waiting = saving.pending_merges(revision=entry.revision, entry=entry, by=spoc)
    assert [(merge.mine, merge.decided_at) for merge in waiting] == [("Mine", None), ("Mine, second", None)]


def test_of_two_whose_texts_were_overtaken_each_decides_on_their_own(entry: Entry, spoc: User, slt: User) -> None:
    save(entry, make_person(Role.SPOC, entry.revision.statement.unit), evidence=Edit(0, "Theirs"))
    save(entry, spoc, evidence=Edit(0, "Mine"))
    save(entry, slt, evidence=Edit(0, "The lead’s"))
    save(entry, spoc, at=LATER, evidence=Edit(1, "Both"))
    assert saving.pending_merges(revision=entry.revision, entry=entry, by=spoc) == []
    (merge,) = saving.pending_merges(revision=entry.revision, entry=entry, by=slt)
    assert (merge.mine, merge.decided_at) == ("The lead’s", None)


def test_the_same_text_refused_again_is_kept_once(entry: Entry, spoc: User, slt: User) -> None:
    save(entry, slt, evidence=Edit(0, "Theirs"))
    for _ in range(3):
        save(entry, spoc, evidence=Edit(0, "Mine"))
    assert MergeDecision.objects.count() == 1


def test_leaving_the_other_version_is_a_decision_too(entry: Entry, spoc: User, slt: User) -> None:
    save(entry, slt, evidence=Edit(0, "Theirs"))
    save(entry, spoc, evidence=Edit(0, "Mine"))
    (merge,) = saving.pending_merges(revision=entry.revision, entry=entry, by=spoc)
    save(entry, spoc, at=LATER, evidence=Edit(0, "Theirs"))  # from a page that never showed the other version
    assert saving.pending_merges(revision=entry.revision, entry=entry, by=spoc) == [merge]
    save(entry, spoc, at=LATER, evidence=Edit(1, "Theirs"))
    merge.refresh_from_db()
    assert (merge.mine, merge.result, merge.decided_at) == ("Mine", "Theirs", LATER)


def test_a_day_that_was_overtaken_comes_back_as_a_day(draft: Revision, spoc: User, slt: User) -> None:
    for person, day in ((slt, date(2026, 5, 5)), (spoc, date(2026, 5, 6))):
        statements.save_details(revision=draft, edits={"meeting_on": Edit(0, day)}, by=person, at=AT)
    (merge,) = saving.pending_merges(revision=draft, by=spoc)
    assert (saving.from_json(merge.mine), saving.from_json(merge.theirs)) == (date(2026, 5, 6), date(2026, 5, 5))


def test_an_action_s_overtaken_words_are_kept_and_decided_on(draft: Revision, spoc: User, slt: User) -> None:
    action = factories.raise_action(draft)
    entry = draft.entries.get(theme__identity="leadership")

    def change(title: str, version: int, by: User) -> Saved:
        row = ActionEdit(action.pk, uuid.uuid4(), {"title": Edit(version, title)})
        return statements.save_entry(entry=entry, edits={}, action_rows=[row], by=by, at=AT)

    change("Theirs", 0, slt)
    change("Mine", 0, spoc)
    (merge,) = saving.pending_merges(revision=draft, entry=entry, by=spoc)
    assert (merge.action, merge.field, merge.mine) == (action, "title", "Mine")
    change("Both", 1, spoc)
    merge.refresh_from_db()
    assert merge.result == "Both"


# --- History ------------------------------------------------------------------------------------------------------


def test_every_text_that_was_overwritten_is_in_the_entry_s_history(entry: Entry, spoc: User, slt: User) -> None:
    for version, (by, text) in enumerate([(spoc, "One"), (slt, "Two"), (spoc, "Three")]):
        save(entry, by, evidence=Edit(version, text))
    history = entry.history.order_by("pgh_id")
    assert list(history.values_list("evidence", "changed_by")) == [("", None), ("One", spoc.pk), ("Two", slt.pk)]
    assert history.last().field_versions == {"evidence": 2}


def test_history_also_sees_changes_in_bulk_and_cannot_be_changed(entry: Entry, spoc: User) -> None:
    save(entry, spoc, evidence=Edit(0, "One"))
    Entry.objects.filter(pk=entry.pk).update(evidence="By hand")
    assert entry.history.filter(evidence="One").exists()
    with pytest.raises(Exception, match="append_only"):
        entry.history.update(evidence="Rewritten")


def test_saves_by_themselves_are_not_acts_of_the_trail(entry: Entry, spoc: User) -> None:
    save(entry, spoc, evidence=Edit(0, "One"))
    assert not TrailEntry.objects.exclude(act__startswith="edition.").exists()


def test_a_level_and_a_reason_for_none_exclude_each_other(entry: Entry, spoc: User) -> None:
    for version, answer in enumerate((3, "not-sure", 4, "cannot-say", None)):
        save(entry, spoc, level_answer=Edit(version, answer))
        entry.refresh_from_db()
        assert entry.level_answer == answer
    assert (entry.level, entry.no_level) == (None, "")


def test_somebody_without_a_part_in_it_has_nothing_pending(entry: Entry) -> None:
    assert saving.pending_merges(revision=entry.revision, entry=entry, by=make_person(Role.SPOC)) == []
