"""The life of a statement, as the services let it go."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actions.models import Action, ActionStatus, Task
from assurance.models import Decision, Entry, EntryAction, Revision, RevisionState, Statement
from assurance.rules import Blocked, Refused
from assurance.services import opening, statements
from assurance.services.content import content_of
from assurance.services.saving import ActionEdit, Saved
from maturity.models import Edition
from maturity.services import editions
from organisation.models import Unit
from organisation.periods import Quarter
from organisation.roles import Role
from records.edits import Conflict, Edit
from records.models import TrailEntry
from records.services import trail
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db
Q1 = Quarter(2025, 1)
IN_Q1 = datetime(2025, 5, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def small_edition() -> Edition:
    """Two themes, of which the second is not scored, on five levels."""
    model = maturity.model("small", starts_on=date(2019, 4, 1), levels=5, themes=2, unscored=(2,))
    return editions.load(model, at=maturity.LOADED_AT).edition


@pytest.fixture
def draft(small_edition: Edition) -> Revision:
    return factories.make_statement(make_unit("Harbour OCU"), Q1, edition=small_edition)


def entry_of(revision: Revision, identity: str = "theme-1") -> Entry:
    return revision.entries.get(theme__identity=identity)


def new_action(title: str = "Brief everybody", **more: object) -> ActionEdit:
    values = {"title": title, "lead": "Inspector", "due_on": date(2025, 9, 30)} | more
    return ActionEdit(None, uuid.uuid4(), {name: Edit(0, value) for name, value in values.items()})


def trail_of(revision: Revision) -> list[tuple[str, str]]:
    entries = TrailEntry.objects.with_identities().filter(thing_type="assurance.Revision", thing_id=revision.pk)
    return [(entry.act, entry.actor_name) for entry in entries]


# --- Opening ------------------------------------------------------------------------------------------------------


def test_a_quarter_opens_for_every_unit_that_exists_on_its_first_day(small_edition: Edition) -> None:
    there = make_unit("There")
    make_unit("Closed before", closed_on=date(2025, 3, 31))
    make_unit("Not yet", opened_on=date(2025, 4, 2))
    last_day = make_unit("Closes that day", closed_on=date(2025, 4, 1))
    assert opening.open_quarter(quarter=Q1, at=IN_Q1) == 2
    opened = Statement.objects.filter(quarter=Q1)
    assert {statement.unit for statement in opened} == {there, last_day}
    assert {statement.edition for statement in opened} == {small_edition}
    revision = Revision.objects.get(statement__unit=there)
    assert (revision.number, revision.state) == (1, RevisionState.OPEN)
    assert [entry.theme.identity for entry in revision.entries.all()] == ["theme-1", "theme-2"]


def test_opening_a_quarter_again_changes_nothing(draft: Revision) -> None:
    make_unit("Other")
    assert opening.open_quarter(quarter=Q1, at=IN_Q1) == 1
    assert opening.open_quarter(quarter=Q1, at=IN_Q1) == 0
    assert Revision.objects.count() == 2
    assert Entry.objects.count() == 4
    assert draft.statement.opened_at != IN_Q1


def test_a_unit_that_is_added_later_gets_its_statement_with_the_next_run(draft: Revision) -> None:
    make_unit("Late")
    assert opening.open_quarter(quarter=Q1, at=IN_Q1) == 1
    assert Statement.objects.get(unit__name="Late").opened_at == IN_Q1
    assert Statement.objects.get(unit=draft.statement.unit).revisions.count() == 1


@pytest.mark.usefixtures("small_edition")
def test_opening_costs_the_same_number_of_queries_whatever_the_number_of_units() -> None:
    make_unit()
    opening.open_quarter(quarter=Q1, at=IN_Q1)  # the first also fixes the edition
    with CaptureQueriesContext(connection) as for_one:
        assert opening.open_quarter(quarter=Q1.plus(1), at=IN_Q1) == 1
    for _ in range(40):
        make_unit()
    with CaptureQueriesContext(connection) as for_many:
        assert opening.open_quarter(quarter=Q1.plus(2), at=IN_Q1) == 41
    assert len(for_many) == len(for_one)


def test_the_edition_in_force_on_the_first_day_is_used_and_fixed(small_edition: Edition) -> None:
    later = maturity.edition("later", starts_on=date(2025, 4, 2), levels=5)
    make_unit()
    opening.open_quarter(quarter=Q1, at=IN_Q1)
    small_edition.refresh_from_db()
    later.refresh_from_db()
    assert small_edition.in_use_since == IN_Q1
    assert later.in_use_since is None


def test_without_an_edition_a_quarter_cannot_be_opened_and_the_reason_says_what_to_do() -> None:
    make_unit()
    with pytest.raises(Refused, match="load_model"):
        opening.open_quarter(quarter=Q1, at=IN_Q1)


# --- Filling in ---------------------------------------------------------------------------------------------------


def test_what_is_saved_says_who_saved_it_and_counts_the_field_up(draft: Revision) -> None:
    spoc = make_person(Role.SPOC, draft.statement.unit)
    saved = statements.save_entry(entry=entry_of(draft), edits={"level_answer": Edit(0, 4)}, by=spoc, at=IN_Q1)
    entry = entry_of(draft)
    assert saved.is_complete
    assert (entry.level, entry.changed_by, entry.changed_at) == (4, spoc, IN_Q1)
    assert entry.field_versions == {"level_answer": 1}


def test_filling_a_statement_quickly_for_a_test_leaves_it_as_the_service_does(small_edition: Edition) -> None:
    spoc, at = make_person(Role.SPOC), factories.moment_in(Q1)
    by_service, quickly = [factories.make_statement(make_unit(), Q1, edition=small_edition) for _ in range(2)]
    words = {"level_answer": 2, "held_without_shrmt": True, "evidence": "Records of Theme 1 were checked."}
    edits = {name: Edit(0, value) for name, value in words.items()}
    statements.save_entry(entry=entry_of(by_service), edits=edits, by=spoc, at=at)
    factories.fill(quickly, level=2, by=spoc)

    def everything(revision: Revision) -> list[list[dict[str, object]]]:
        entry = revision.entries.get(theme__identity="theme-1")
        history = apps.get_model("assurance", "EntryEvent").objects.filter(pgh_obj=entry).order_by("pgh_id")
        kinds = [revision.entries.order_by("theme__number"), history]
        here = {"id", "revision_id", "pgh_id", "pgh_obj_id", "pgh_created_at", "pgh_context_id"}
        return [[{name: row[name] for name in row if name not in here} for row in kind.values()] for kind in kinds]

    assert everything(quickly) == everything(by_service)
    assert everything(quickly)[1]


def test_a_field_changed_since_is_refused_and_the_others_are_saved(draft: Revision) -> None:
    one, other = (make_person(Role.SPOC, draft.statement.unit) for _ in range(2))
    entry = entry_of(draft)
    statements.save_entry(entry=entry, edits={"evidence": Edit(0, "Theirs")}, by=one, at=IN_Q1)
    edits = {"evidence": Edit(0, "Mine"), "level_answer": Edit(0, 2)}
    saved = statements.save_entry(entry=entry, edits=edits, by=other, at=IN_Q1)
    assert saved.conflicts == (Conflict("evidence", "Mine", "Theirs", 1),)
    entry.refresh_from_db()
    assert (entry.evidence, entry.level) == ("Theirs", 2)
    assert statements.save_entry(entry=entry, edits={"evidence": Edit(1, "Both")}, by=other, at=IN_Q1).is_complete
    entry.refresh_from_db()
    assert entry.evidence == "Both"


def test_line_ends_and_accents_are_stored_in_one_form(draft: Revision) -> None:
    edits = {"evidence": Edit(0, "Cafe\u0301\r\nrota")}
    statements.save_entry(entry=entry_of(draft), edits=edits, by=make_person(Role.SPOC), at=IN_Q1)
    assert entry_of(draft).evidence == "Caf\u00e9\nrota"


def test_a_theme_that_is_not_scored_takes_no_level(draft: Revision) -> None:
    spoc = make_person(Role.SPOC)
    with pytest.raises(Refused, match="not scored"):
        statements.save_entry(entry=entry_of(draft, "theme-2"), edits={"level_answer": Edit(0, 3)}, by=spoc, at=IN_Q1)
    evidence = {"evidence": Edit(0, "A wellbeing week.")}
    assert statements.save_entry(entry=entry_of(draft, "theme-2"), edits=evidence, by=spoc, at=IN_Q1).is_complete


def test_a_row_of_the_form_raises_one_action_however_often_it_is_sent(draft: Revision) -> None:
    spoc, row = make_person(Role.SPOC), new_action()
    for _ in range(3):
        statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[row], by=spoc, at=IN_Q1)
    action = Action.objects.get()
    task = Task.objects.get()
    assert (action.title, action.unit, action.status) == ("Brief everybody", draft.statement.unit, ActionStatus.OPEN)
    assert (task.lead, task.due_on) == ("Inspector", date(2025, 9, 30))
    assert EntryAction.objects.get().entry == entry_of(draft)


def test_removing_an_action_withdraws_it_and_keeps_it(draft: Revision) -> None:
    action = factories.raise_action(draft, "theme-1")
    row = ActionEdit(action.pk, uuid.uuid4(), {"status": Edit(0, ActionStatus.WITHDRAWN.value)})
    statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[row], by=make_person(Role.SPOC), at=IN_Q1)
    action.refresh_from_db()
    assert action.status == ActionStatus.WITHDRAWN
    assert content_of(draft)["entries"][0]["actions"] == []


def test_an_action_changed_since_is_refused_field_by_field(draft: Revision) -> None:
    action, spoc = factories.raise_action(draft, "theme-1", title="Old"), make_person(Role.SPOC)

    def save(**edits: Edit) -> Saved:
        row = ActionEdit(action.pk, uuid.uuid4(), edits)
        return statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[row], by=spoc, at=IN_Q1)

    save(title=Edit(0, "Theirs"))
    saved = save(title=Edit(0, "Mine"), lead=Edit(0, "Sergeant"))
    assert saved.action_conflicts == {action.pk: (Conflict("title", "Mine", "Theirs", 1),)}
    action.refresh_from_db()
    assert (action.title, action.tasks.get().lead) == ("Theirs", "Sergeant")
    assert (action.changed_by, action.changed_at) == (spoc, IN_Q1)


def test_an_action_of_another_unit_cannot_be_reached_through_the_form(draft: Revision, small_edition: Edition) -> None:
    elsewhere = factories.make_statement(quarter=Q1, edition=small_edition)
    action = factories.raise_action(elsewhere, "theme-1", title="Theirs")
    row = ActionEdit(action.pk, uuid.uuid4(), {"title": Edit(0, "Mine")})
    with pytest.raises(Refused, match="does not belong"):
        statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[row], by=make_person(Role.SPOC), at=IN_Q1)
    action.refresh_from_db()
    assert action.title == "Theirs"


def test_only_the_fields_of_a_theme_can_be_saved(draft: Revision) -> None:
    with pytest.raises(ValueError, match="has no answer changed_by"):
        statements.save_entry(
            entry=entry_of(draft), edits={"changed_by": Edit(0, 1)}, by=make_person(Role.SPOC), at=IN_Q1
        )


def test_the_details_are_saved_field_by_field(draft: Revision) -> None:
    one, other = make_person(Role.SPOC), make_person(Role.SPOC)
    edits = {"completer_name": Edit(0, "First"), "meeting_on": Edit(0, date(2025, 5, 1))}
    assert statements.save_details(revision=draft, edits=edits, by=one, at=IN_Q1).is_complete
    again = {"completer_name": Edit(0, "Second"), "completer_position": Edit(0, "Manager")}
    saved = statements.save_details(revision=draft, edits=again, by=other, at=IN_Q1)
    assert saved.conflicts == (Conflict("completer_name", "Second", "First", 1),)
    draft.refresh_from_db()
    assert (draft.completer_name, draft.completer_position) == ("First", "Manager")
    assert (draft.details_changed_by, draft.details_changed_at) == (other, IN_Q1)


# --- Completing ---------------------------------------------------------------------------------------------------


def test_completing_a_blank_statement_is_refused_with_everything_that_is_missing(draft: Revision) -> None:
    with pytest.raises(Blocked) as refusal:
        statements.complete(revision=draft, by=make_person(Role.SPOC), at=IN_Q1)
    assert [(blocker.theme, blocker.field) for blocker in refusal.value.blockers] == [
        ("theme-1", "level_answer"),
        (None, "meeting_on"),
        (None, "completer_name"),
        (None, "completer_position"),
    ]
    draft.refresh_from_db()
    assert draft.is_open
    assert trail_of(draft) == []


@pytest.mark.parametrize("close", [factories.complete, lambda revision: factories.sign(factories.complete(revision))])
def test_a_closed_statement_takes_no_more_answers(draft: Revision, close: Callable[[Revision], Revision]) -> None:
    close(factories.fill(draft))
    spoc, row = make_person(Role.SPOC), new_action()
    with pytest.raises(Refused, match="was not changed"):
        statements.save_entry(entry=entry_of(draft), edits={"level_answer": Edit(1, 1)}, by=spoc, at=IN_Q1)
    with pytest.raises(Refused, match="was not changed"):
        statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[row], by=spoc, at=IN_Q1)
    with pytest.raises(Refused, match="was not changed"):
        statements.save_details(revision=draft, edits={"completer_name": Edit(1, "X")}, by=spoc, at=IN_Q1)
    with pytest.raises(Refused):
        statements.complete(revision=draft, by=spoc, at=IN_Q1)
    assert entry_of(draft).level == 3
    assert Action.objects.count() == 0


def test_a_completed_statement_can_be_reopened_with_a_reason(draft: Revision) -> None:
    spoc = make_person(Role.SPOC)
    completed = factories.complete(factories.fill(draft), by=spoc)
    with pytest.raises(Refused, match="Say why"):
        statements.reopen(revision=completed, reason="  ", by=spoc, at=IN_Q1)
    same = statements.reopen(revision=completed, reason="A level was wrong.", by=spoc, at=IN_Q1)
    assert (same.pk, same.state, same.completed_by) == (draft.pk, RevisionState.OPEN, None)
    assert trail_of(draft) == [("statement.completed", spoc.name), ("statement.reopened", spoc.name)]
    assert trail.words_of(TrailEntry.objects.get(act="statement.reopened")) == {"reason": "A level was wrong."}


def test_what_was_signed_in_the_meantime_is_not_reopened_as_a_completed_draft(draft: Revision) -> None:
    """A SPOC may reopen a completed statement and not a signed one; the right was judged on what was loaded."""
    seen = factories.complete(factories.fill(draft))
    factories.sign(Revision.objects.get(pk=seen.pk))
    with pytest.raises(Refused, match="signed now"):
        statements.reopen(revision=seen, reason="A level was wrong.", by=make_person(Role.SPOC), at=IN_Q1)
    assert draft.statement.revisions.count() == 1


# --- Signing ------------------------------------------------------------------------------------------------------


def expected_content(
    *, unit: str, quarter: str, revision: int, completer: str, meeting: str, previous: str, actions: int = 1
) -> str:
    """The canonical content of a filled statement of the small edition with actions, written out by hand."""
    action = (
        '{"achieved":"","baseline":"","measure":"","result":"","status":"open","target":"",'
        '"tasks":[{"due_on":"2025-09-30","due_words":"","leads":"Inspector","measure":"","ongoing":false,'
        '"starts_on":null,"supporters":"","title":""}],"title":"Brief everybody"}'
    )
    return (
        f'{{"completer_name":"{completer}","completer_position":"Safety manager","edition":"small","entries":['
        f'{{"actions":[{",".join([action] * actions)}],'
        '"carried":"","carried_from":null,"criteria":[],"criteria_note":"",'
        '"evidence":"Records of Theme 1 were checked.","files":[],"held_without_shrmt":true,'
        '"level":3,"links":[],"name":"Theme 1","no_level":"","no_level_reason":"","not_sure_note":"",'
        '"scored":true,"theme":"theme-1"},'
        '{"actions":[],"carried":"","carried_from":null,"criteria":[],"criteria_note":"","evidence":"","files":[],'
        '"held_without_shrmt":null,"level":null,"links":[],"name":"Theme 2","no_level":"",'
        '"no_level_reason":"","not_sure_note":"","scored":false,"theme":"theme-2"}],'
        f'"format":2,"meeting_on":"{meeting}","no_meeting_reason":"","previous":{previous},"quarter":"{quarter}",'
        f'"revision":{revision},"unit":"{unit}"}}'
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_signature_freezes_the_content_under_its_digest_and_the_next_one_follows_it(draft: Revision) -> None:
    unit = draft.statement.unit
    spoc, slt = make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)
    statements.save_entry(entry=entry_of(draft), edits={}, action_rows=[new_action()], by=spoc, at=IN_Q1)
    first = factories.sign(factories.complete(factories.fill(draft, by=spoc), by=spoc), by=slt, at=IN_Q1)
    expected = expected_content(
        unit="Harbour OCU", quarter="2025/26-Q1", revision=1, completer=spoc.name, meeting="2025-04-01", previous="null"
    )
    assert first.content_digest == sha256(expected)
    assert (first.state, first.signed_by, first.signed_at) == (RevisionState.SIGNED, slt, IN_Q1)
    assert (first.signer_name, first.signer_position) == (slt.name, "Chief superintendent")

    following = factories.make_statement(unit, Q1.next(), edition=draft.statement.edition)
    statements.save_entry(entry=entry_of(following), edits={}, action_rows=[new_action()], by=spoc, at=IN_Q1)
    second = factories.sign(factories.complete(factories.fill(following, by=spoc), by=spoc), by=slt)
    expected = expected_content(
        unit="Harbour OCU",
        quarter="2025/26-Q2",
        revision=1,
        completer=spoc.name,
        meeting="2025-07-01",
        previous=f'"{first.content_digest}"',
        actions=2,  # that of the quarter before is still open, and follows
    )
    assert second.content_digest == sha256(expected)


def test_the_chain_of_one_unit_does_not_run_through_another(draft: Revision) -> None:
    factories.signed(quarter=Q1, edition=draft.statement.edition)
    assert content_of(draft)["previous"] is None


def test_a_signature_that_had_to_wait_for_another_comes_after_it(draft: Revision) -> None:
    """Its moment was taken at the door, before the other's; the chain is read in the order of signing times."""
    following = factories.make_statement(draft.statement.unit, Q1.next(), edition=draft.statement.edition)
    for revision in (draft, following):
        factories.complete(factories.fill(revision))
    first = factories.sign(draft, at=IN_Q1)
    second = factories.sign(following, at=IN_Q1 - timedelta(milliseconds=5))
    assert second.signed_at == IN_Q1 + timedelta(microseconds=1)
    assert second.content["previous"] == first.content_digest
    assert content_of(second) == second.content
    third = factories.make_statement(draft.statement.unit, Q1.next().next(), edition=draft.statement.edition)
    assert content_of(third)["previous"] == second.content_digest


def test_what_the_rows_say_later_does_not_change_what_was_signed(draft: Revision) -> None:
    action = factories.raise_action(draft, "theme-1", title="As signed")
    signed = factories.sign(factories.complete(factories.fill(draft)))
    Action.objects.filter(pk=action.pk).update(title="Changed later")
    signed.refresh_from_db()
    assert signed.content["entries"][0]["actions"][0]["title"] == "As signed"


def test_whoever_completed_a_statement_cannot_sign_it(draft: Revision) -> None:
    slt = make_person(Role.SLT_LEAD, draft.statement.unit)
    completed = factories.complete(factories.fill(draft), by=slt)
    with pytest.raises(Refused, match="somebody else has to sign"):
        factories.sign(completed, by=slt)
    completed.refresh_from_db()
    assert completed.state == RevisionState.COMPLETED


def test_only_what_the_signer_has_seen_can_be_signed(draft: Revision) -> None:
    completed = factories.complete(factories.fill(draft))
    slt = make_person(Role.SLT_LEAD, draft.statement.unit)
    for stale in ("", "0" * 64):
        with pytest.raises(Refused, match="has changed since you opened this page"):
            statements.sign(
                revision=completed, seen_digest=stale, signer_name="N", signer_position="P", by=slt, at=IN_Q1
            )
    completed.refresh_from_db()
    assert (completed.state, completed.content_digest) == (RevisionState.COMPLETED, "")


@pytest.mark.parametrize(("name", "position"), [("", "Chief"), ("A Person", " ")])
def test_a_signature_has_a_name_and_a_position(draft: Revision, name: str, position: str) -> None:
    completed = factories.complete(factories.fill(draft))
    slt = make_person(Role.SLT_LEAD, draft.statement.unit)
    with pytest.raises(Refused, match="name and position"):
        statements.sign(
            revision=completed, seen_digest="x", signer_name=name, signer_position=position, by=slt, at=IN_Q1
        )


def test_an_open_statement_and_a_signed_one_cannot_be_signed(draft: Revision) -> None:
    with pytest.raises(Refused, match="only a completed one"):
        factories.sign(draft)
    signed = factories.sign(factories.complete(factories.fill(draft)))
    with pytest.raises(Refused, match="only a completed one"):
        factories.sign(signed)


def test_a_signed_statement_reopens_as_the_next_revision_and_stands_until_then(draft: Revision) -> None:
    unit = draft.statement.unit
    action = factories.raise_action(draft, "theme-1")
    signed = factories.sign(factories.complete(factories.fill(draft, level=4)))
    frozen = (signed.content, signed.content_digest, signed.signed_at)
    slt = make_person(Role.SLT_LEAD, unit)
    following = statements.reopen(revision=signed, reason="A site was closed.", by=slt, at=IN_Q1)
    assert (following.number, following.state, following.opened_because) == (
        2, RevisionState.OPEN, "A site was closed.",
    )  # fmt: skip
    assert entry_of(following).level == 4
    assert list(entry_of(following).actions.all()) == [action]
    assert (following.completer_name, following.meeting_on) == (signed.completer_name, Q1.first_day)
    signed.refresh_from_db()
    assert (signed.content, signed.content_digest, signed.signed_at) == frozen
    assert signed.state == RevisionState.SIGNED
    with pytest.raises(Refused, match="newer one already"):
        statements.reopen(revision=signed, reason="Again.", by=slt, at=IN_Q1)
    again = factories.sign(factories.complete(following))
    assert again.content["previous"] == signed.content_digest
    assert again.content["revision"] == 2


def test_a_returned_statement_goes_on_as_the_next_revision_with_the_same_answers(draft: Revision) -> None:
    factories.raise_action(draft, "theme-1", title="Brief everybody")
    signed = factories.sign(factories.complete(factories.fill(draft, level=2)))
    factories.decide(signed, Decision.RETURNED, reasons="Give figures.")
    signed.refresh_from_db()
    following = Revision.objects.get(statement=signed.statement, number=2)
    assert signed.state == RevisionState.RETURNED
    assert (following.state, following.opened_because) == (RevisionState.OPEN, "Give figures.")
    before, after = content_of(signed)["entries"], content_of(following)["entries"]
    assert before == after
    with pytest.raises(Refused, match="returned"):
        statements.reopen(revision=signed, reason="No.", by=make_person(Role.SLT_LEAD), at=IN_Q1)


def test_an_accepted_statement_can_be_reopened_for_a_material_change(draft: Revision) -> None:
    signed = factories.sign(factories.complete(factories.fill(draft)))
    accepted = factories.decide(signed, Decision.ACCEPTED).revision
    following = statements.reopen(revision=accepted, reason="A fire.", by=make_person(Role.SLT_LEAD), at=IN_Q1)
    signed.refresh_from_db()
    assert (signed.state, following.number) == (RevisionState.ACCEPTED, 2)


# --- The trail ----------------------------------------------------------------------------------------------------


def test_each_act_leaves_one_line_that_says_who(draft: Revision) -> None:
    unit = draft.statement.unit
    spoc, slt = make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)
    signed = factories.sign(factories.complete(factories.fill(draft, by=spoc), by=spoc), by=slt)
    assert trail_of(draft) == [("statement.completed", spoc.name), ("statement.signed", slt.name)]
    line = TrailEntry.objects.get(act="statement.signed")
    circumstances = line.detail.pop("circumstances_digest")  # tests/home/test_verify_digests.py says of what
    assert len(circumstances) == 64
    assert line.detail == {
        "content_digest": signed.content_digest,
        "signer_name": slt.name,
        "signer_position": "Chief superintendent",
    }
    assert (line.at, line.actor) == (signed.signed_at, slt)
    assert line.thing_name == "Harbour OCU, 2025/26-Q1, revision 1"


def test_an_act_that_is_rolled_back_leaves_no_trail(draft: Revision) -> None:
    completed = factories.complete(factories.fill(draft))
    with transaction.atomic():
        factories.sign(completed)
        assert TrailEntry.objects.filter(act="statement.signed").exists()
        transaction.set_rollback(True)
    completed.refresh_from_db()
    assert completed.state == RevisionState.COMPLETED
    assert not TrailEntry.objects.filter(act="statement.signed").exists()


def test_an_act_whose_trail_cannot_be_written_does_not_happen(draft: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    completed = factories.complete(factories.fill(draft))

    def full_disk(**_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("assurance.services.statements.trail.record", full_disk)
    with pytest.raises(OSError, match="no space left"):
        factories.sign(completed)
    completed.refresh_from_db()
    assert (completed.state, completed.signed_at) == (RevisionState.COMPLETED, None)


# --- What the database holds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("frozen_with_signature_or_neither", {"signed_at": IN_Q1}),
        ("frozen_with_signature_or_neither", {"content_digest": "a" * 64}),
        ("completed_at_and_by_together", {"completed_at": IN_Q1}),
        ("completed_unless_open", {"state": RevisionState.COMPLETED}),
    ],
)
def test_a_half_signed_revision_cannot_be_stored(draft: Revision, constraint: str, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Revision.objects.filter(pk=draft.pk).update(**change)


def test_a_level_outside_the_scale_cannot_be_stored(draft: Revision) -> None:
    with pytest.raises(IntegrityError, match="level_within_the_scale"):
        Entry.objects.filter(revision=draft).update(level=6)


def test_there_is_one_statement_a_unit_and_quarter_and_one_draft_a_statement(draft: Revision) -> None:
    with pytest.raises(IntegrityError, match="one_statement_per_unit_and_quarter"), transaction.atomic():
        Statement.objects.create(
            unit=draft.statement.unit, quarter=Q1, edition=draft.statement.edition, opened_at=IN_Q1
        )
    with pytest.raises(IntegrityError, match="one_draft_revision_per_statement"), transaction.atomic():
        Revision.objects.create(statement=draft.statement, number=2)


# --- Which statements are overdue ---------------------------------------------------------------------------------


def late_units(today: date) -> set[Unit]:
    return {statement.unit for statement in Statement.objects.overdue(today).select_related("unit")}


def test_a_statement_is_overdue_from_the_day_after_it_was_due_until_it_is_signed(draft: Revision) -> None:
    unit = draft.statement.unit
    assert late_units(date(2025, 5, 31)) == set()
    assert late_units(date(2025, 6, 1)) == {unit}
    assert late_units(date(2026, 1, 1)) == {unit}
    factories.sign(factories.complete(factories.fill(draft)))
    assert late_units(date(2025, 6, 1)) == set()


def test_a_returned_statement_is_overdue_again_and_a_reopened_one_is_not(draft: Revision) -> None:
    returned = factories.sign(factories.complete(factories.fill(draft)))
    reopened = factories.signed(quarter=Q1, edition=draft.statement.edition)
    factories.decide(returned, Decision.RETURNED)
    statements.reopen(revision=reopened, reason="A move.", by=make_person(Role.SLT_LEAD), at=IN_Q1)
    assert late_units(date(2025, 7, 1)) == {returned.statement.unit}


# --- What the database itself keeps -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"content_digest": "0" * 64},
        {"signer_name": "Somebody else"},
        {"signed_at": datetime(2030, 1, 1, tzinfo=UTC)},
        {"completer_name": "Somebody else"},
        {"meeting_on": None},
        {"number": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nothing_that_a_signature_covers_can_be_changed_in_the_database(change: dict[str, object]) -> None:
    revision = factories.signed()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**change)


def test_a_signed_revision_and_its_entries_stay() -> None:
    revision = factories.signed()
    with pytest.raises(DatabaseError, match="signed revision"), transaction.atomic():
        Entry.objects.filter(revision=revision).update(evidence="Written afterwards.")
    with pytest.raises(DatabaseError, match="signed revision"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM assurance_entry WHERE revision_id = %s", [revision.pk])
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM assurance_revision WHERE id = %s", [revision.pk])
