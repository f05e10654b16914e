"""Lawful redaction: two people, what goes and what stays, and chains that can still be checked."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from actions.models import Action, Task
from assurance.models import Entry, EvidenceFile, EvidenceItem, Redaction, Revision, StatementDocument
from assurance.redaction import MARK
from assurance.rules import Refused
from assurance.services import redactions, statements
from assurance.services.documents import document_of
from assurance.services.evidence import remove as remove_evidence
from organisation.models import User
from organisation.roles import Role
from records.models import Blob, HoldScope, RecordClass, TrailEntry
from records.services import blobs, holds
from records.verification import what_ails
from tests.factories import assurance, evidence, papers
from tests.factories.holds import make_hold, to_be_lifted
from tests.factories.organisation import make_person, make_unit
from tests.factories.trail import seal

pytestmark = pytest.mark.django_db

SECRET = "Quenby Thistlewood"
QUARTER = assurance.this_quarter()


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


@pytest.fixture
def signed() -> Revision:
    """A revision whose leadership evidence, and an earlier text of it, name somebody; and the one before it."""
    unit = make_unit("Harbour OCU")
    assurance.signed(unit, QUARTER.previous())
    draft = assurance.fill(assurance.make_statement(unit))
    entry = draft.entries.get(theme__identity="leadership")
    Entry.objects.filter(pk=entry.pk).update(evidence=f"First draft: {SECRET} was hurt on the stairs.")
    Entry.objects.filter(pk=entry.pk).update(evidence=f"Injury of {SECRET} on the stairs was looked into.")
    return assurance.sign(assurance.complete(draft))


def verified(*options: str) -> tuple[int, str]:
    seal()
    out = StringIO()
    try:
        call_command("verify_digests", *options, stdout=out)
        call_command("verify_trail", stdout=out, stderr=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def everything_in_the_database() -> str:
    """Every value of every table, as text: where a secret could be left."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {connection.ops.quote_name(table)} t")  # noqa: S608  # names of the database's own
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_changes_before_a_second_person_decides(signed: Revision, head: User) -> None:
    waiting = assurance.propose_redaction(signed, SECRET, by=head)
    signed.refresh_from_db()
    assert SECRET in str(signed.content)
    with pytest.raises(Refused, match="somebody else has to decide"):
        redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    with pytest.raises(IntegrityError, match="redaction_takes_two_people"), transaction.atomic():
        Redaction.objects.filter(pk=waiting.pk).update(state="refused", decided_by=head, decided_at=timezone.now())
    with pytest.raises(Refused, match="waits already"):
        assurance.propose_redaction(signed, SECRET)
    assert verified() == (0, verified()[1])


def test_what_is_taken_out_stands_nowhere_any_more_and_the_chains_hold(signed: Revision, head: User) -> None:
    digest = signed.content_digest
    printed = StatementDocument.objects.create(revision=signed, blob=papers.make_blob(), printed_at=timezone.now()).blob
    assert SECRET in everything_in_the_database()
    done = redactions.carry_out(redaction=assurance.propose_redaction(signed, SECRET), by=head, at=timezone.now())
    assert SECRET not in everything_in_the_database()
    signed.refresh_from_db()
    leadership = next(entry for entry in signed.content["entries"] if entry["theme"] == "leadership")
    assert leadership["evidence"] == f"Injury of {MARK} on the stairs was looked into."
    assert signed.entries.get(theme__identity="leadership").evidence == leadership["evidence"]
    assert signed.content_digest == digest
    assert (done.digest_before, done.decided_by, len(done.digest_after)) == (digest, head, 64)
    assert document_of(signed) is None
    printed.refresh_from_db()
    assert printed.removed_at is not None
    assert verified()[0] == 0
    (line,) = TrailEntry.objects.filter(act="statement.redacted")
    assert (line.thing_id, line.detail["before"], line.detail["after"]) == (signed.pk, digest, done.digest_after)
    # The unit goes on: the next signature names the digest that was signed.
    following = statements.reopen(
        revision=signed, reason="A level has changed.", by=make_person(Role.SLT_LEAD), at=timezone.now()
    )
    again = assurance.sign(assurance.complete(assurance.fill(following)))
    assert again.content["previous"] == digest
    assert verified()[0] == 0


def test_a_second_redaction_follows_the_first(signed: Revision, head: User) -> None:
    for passage in (SECRET, "stairs"):
        signed.refresh_from_db()
        redactions.carry_out(redaction=assurance.propose_redaction(signed, passage), by=head, at=timezone.now())
    signed.refresh_from_db()
    assert f"Injury of {MARK} on the {MARK} was looked into." in str(signed.content)
    assert verified()[0] == 0


@pytest.mark.parametrize(
    "tampering",
    [
        'UPDATE assurance_revision SET content = content || \'{"completer_position": "Anything"}\' WHERE id = %s',
        "UPDATE assurance_entry SET evidence = 'Nothing was ever here.' WHERE evidence LIKE '%%redacted%%'"
        " AND revision_id = %s",
        "DELETE FROM records_trailentry WHERE act = 'statement.redacted' AND thing_id = %s",
    ],
)
def test_a_redaction_is_no_cover_for_tampering(tampering: str, signed: Revision, head: User) -> None:
    redactions.carry_out(redaction=assurance.propose_redaction(signed, SECRET), by=head, at=timezone.now())
    seal()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(tampering, [signed.pk])
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert verified()[0] == 1


TOMBSTONE_COLUMNS = {
    "revision_id": "(SELECT min(id) FROM assurance_revision)",
    "path": "'entries/leadership/not_sure_note'",
    "label": "'Something else'",
    "item_id": "1",
    "redacted": "'Nothing was ever here.'",
    "reason": "'So.'",
    "authority": "'Nobody'",
    "proposed_at": "now()",
    "proposed_by_id": "(SELECT max(id) FROM organisation_user WHERE id NOT IN (proposed_by_id, decided_by_id))",
    "state": "'refused'",
    "decided_at": "now()",
    "decided_by_id": "(SELECT max(id) FROM organisation_user WHERE id NOT IN (proposed_by_id, decided_by_id))",
    "digest_before": "repeat('a', 64)",
    "digest_after": "repeat('a', 64)",
}


@pytest.mark.parametrize("column", TOMBSTONE_COLUMNS)
def test_a_changed_column_of_a_tombstone_is_found(column: str, signed: Revision, head: User) -> None:
    done = redactions.carry_out(redaction=assurance.propose_redaction(signed, SECRET), by=head, at=timezone.now())
    seal()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assurance_redaction DROP CONSTRAINT redaction_of_a_text_or_a_file")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE assurance_redaction SET {column} = {TOMBSTONE_COLUMNS[column]}")  # noqa: S608  # our own table above
        cursor.execute("SET LOCAL session_replication_role = origin")
    status, said = verified()
    assert status == 1
    assert f"Redaction {done.pk}: it is not what the trail says" in said


def test_every_column_of_a_tombstone_has_been_tampered_with() -> None:
    columns = {field.column for field in Redaction._meta.concrete_fields}
    assert set(TOMBSTONE_COLUMNS) == columns - {"id", "refused_because"}  # words of a refusal: nothing was taken out


def test_a_tombstone_that_was_taken_away_is_missed(signed: Revision, head: User) -> None:
    done = redactions.carry_out(redaction=assurance.propose_redaction(signed, SECRET), by=head, at=timezone.now())
    seal()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM assurance_redaction")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert f"Redaction {done.pk}: it is not what the trail says" in verified()[1]


def test_words_of_an_action_go_from_the_action_too(head: User) -> None:
    unit = make_unit()
    draft = assurance.fill(assurance.make_statement(unit))
    assurance.raise_action(draft, "leadership", title=f"Help for {SECRET}")
    signed = assurance.sign(assurance.complete(draft))
    waiting = assurance.propose_redaction(signed, SECRET, path="entries/leadership/actions/0/title")
    redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    assert Action.objects.get(unit=unit).title == f"Help for {MARK}"
    assert SECRET not in everything_in_the_database()
    assert verified()[0] == 0


def test_what_was_overtaken_elsewhere_goes_too(signed: Revision, head: User) -> None:
    """A task that was removed, evidence that was taken back, and the same text carried into the next revision."""
    spoc = make_person(Role.SPOC, signed.statement.unit)
    following = statements.reopen(
        revision=signed, reason="A level has changed.", by=make_person(Role.SLT_LEAD), at=timezone.now()
    )
    assert SECRET in following.entries.get(theme__identity="leadership").evidence
    following.entries.filter(theme__identity="leadership").update(evidence="Nobody is named.")
    action = assurance.raise_action(following, "leadership", title="Help")
    Task.objects.create(action=action, number=2, title=f"Write to {SECRET}").delete()
    link = evidence.give_link(following, by=spoc, title=f"Minutes of {SECRET}")
    remove_evidence(item=link, by=spoc, at=timezone.now())
    assurance.raise_action(following, "leadership", title=f"Ask {SECRET}")
    again = assurance.sign(assurance.complete(assurance.fill(following)))
    for revision, path in ((signed, "evidence"), (again, "actions/1/title")):
        waiting = assurance.propose_redaction(revision, SECRET, path=f"entries/leadership/{path}")
        redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    assert SECRET not in everything_in_the_database()
    assert verified()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_its_bytes_and_its_names_wherever_it_was_given(head: User) -> None:
    unit, other = make_unit("Harbour OCU"), make_unit("Market BCU")
    revisions = []
    for one in (unit, other):
        draft = assurance.make_statement(one)
        evidence.give_file(draft, by=make_person(Role.SPOC, one), name=f"{SECRET}.pdf")
        revisions.append(assurance.sign(assurance.complete(assurance.fill(draft))))
    item = EvidenceItem.objects.get(entry__revision=revisions[0])
    assert item.file is not None
    path = item.file.blob.path
    assert path.exists()
    waiting = redactions.propose(
        revision=revisions[0], item=item, reason="A court said so.", authority="Order 7",
        by=make_person(Role.SHRMT), at=timezone.now(),
    )  # fmt: skip
    (where,) = redactions.elsewhere(waiting)
    assert where.startswith("Market BCU, ")
    redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    assert not path.exists()
    assert set(EvidenceFile.objects.values_list("name", flat=True)) == {MARK}
    for revision in revisions:
        revision.refresh_from_db()
        (file,) = next(entry for entry in revision.content["entries"] if entry["files"])["files"]
        assert (file["name"], file["title"], file["sha256"]) == (MARK, MARK, item.file.blob.sha256)
        assert list(Redaction.objects.that_changed(revision)) == [waiting]
    assert verified("--files")[0] == 0
    blob = Blob.objects.get(sha256=item.file.blob.sha256)
    assert not blob.may_be_handed_out
    assert SECRET not in everything_in_the_database()
    path.write_bytes(b"put back")
    assert what_ails(blob) == "its bytes were to be taken away and are still there"
    assert blobs.take_away_leftovers() == 1
    assert not path.exists()
    draft = assurance.make_statement(make_unit())
    with pytest.raises(blobs.TakenAway, match="taken out by law"):
        evidence.give_file(draft, by=head)


def test_a_gap_that_the_trail_does_not_know_is_found() -> None:
    blob = papers.make_blob()
    Blob.objects.filter(pk=blob.pk).update(removed_at=timezone.now())
    blob.path.unlink()
    blob.refresh_from_db()
    assert what_ails(blob) == "its row says that its bytes were taken away, and the trail does not know of it"


def test_under_a_legal_hold_nothing_is_taken_out(signed: Revision, head: User) -> None:
    waiting = assurance.propose_redaction(signed, SECRET)
    holds.place(
        record_class=RecordClass.STATEMENTS, scope=HoldScope.UNIT, scope_id=signed.statement.unit_id,
        authority="Coroner", reason="Inquest", by=head, at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="A legal hold is on this unit"):
        redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    with pytest.raises(Refused, match="A legal hold is on this unit"):
        assurance.propose_redaction(signed, "looked", path="entries/leadership/evidence")
    signed.refresh_from_db()
    assert SECRET in str(signed.content)


def test_a_hold_of_somebody_of_the_unit_or_of_its_actions_is_in_the_way_too(head: User) -> None:
    unit = make_unit()
    spoc = make_person(Role.SPOC, unit)
    draft = assurance.fill(assurance.make_statement(unit))
    assurance.raise_action(draft, "leadership", title=f"Help for {SECRET}")
    signed = assurance.sign(assurance.complete(draft))
    waiting = assurance.propose_redaction(signed, SECRET, path="entries/leadership/actions/0/title")
    for record_class, scope, number in (
        (RecordClass.STATEMENTS, HoldScope.PERSON, spoc.pk),
        (RecordClass.ACTIONS, HoldScope.UNIT, unit.pk),
    ):
        hold = make_hold(record_class, scope, number, by=head)
        with pytest.raises(Refused, match=f"hold {hold.pk}"):
            redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
        holds.lift(hold=to_be_lifted(hold), by=head, at=timezone.now())
    make_hold(RecordClass.STATEMENTS, HoldScope.PERSON, head.pk)
    redactions.carry_out(redaction=waiting, by=head, at=timezone.now())


def test_a_draft_is_changed_and_not_redacted() -> None:
    completed = assurance.complete(assurance.fill(assurance.make_statement(make_unit())))
    with pytest.raises(Refused, match="Only what is signed"):
        redactions.propose(
            revision=completed, reason="So.", authority="A court", by=make_person(Role.SHRMT), at=timezone.now()
        )


def test_a_refused_redaction_leaves_the_text_and_says_why(signed: Revision, head: User) -> None:
    waiting = assurance.propose_redaction(signed, SECRET)
    refused = redactions.refuse(redaction=waiting, because="No order exists.", by=head, at=timezone.now())
    assert (refused.state, refused.refused_because) == ("refused", "No order exists.")
    with pytest.raises(Refused, match="decided on already: it is refused"):
        redactions.carry_out(redaction=waiting, by=make_person(Role.HEAD), at=timezone.now())
    signed.refresh_from_db()
    assert SECRET in str(signed.content)


# --- Pages --------------------------------------------------------------------------------------------------------


def test_two_people_redact_on_the_pages(signed: Revision, head: User, client: Client) -> None:
    unit = signed.statement.unit
    base = f"/statements/{unit.slug}/{QUARTER.slug}/"
    client.force_login(make_person(Role.SHRMT))
    chosen = client.get(f"{base}redactions/?revision=1").content.decode()
    address = f"{base}redactions/new/?revision=1&amp;text=entries%2Fleadership%2Fevidence"
    assert address in chosen
    form = {
        "redacted": f"Injury of {MARK} on the stairs was looked at.",
        "authority": "Order 12",
        "reason": "It names a witness.",
    }
    refused = client.post(address.replace("&amp;", "&"), form)
    assert refused.status_code == 422
    assert "leave every other letter as it was signed" in refused.content.decode()
    assert "It names a witness." in refused.content.decode()
    form["redacted"] = f"Injury of {MARK} on the stairs was looked into."
    proposed = client.post(address.replace("&amp;", "&"), form)
    where = proposed.headers["Location"]
    assert "A Head of Safety, Health and Wellbeing other than" in client.get(where).content.decode()
    assert client.post(where, {"decision": "carry-out"}).status_code == 403
    client.force_login(head)
    page = client.get(where).content.decode()
    assert f"</span>{SECRET}<span" in page  # marked as what goes
    assert client.post(where, {"decision": "refuse"}).status_code == 422
    assert client.post(where, {"decision": "carry-out"}).status_code == 302
    client.force_login(make_person(Role.SPOC, unit))
    read = client.get(f"{base}revisions/1/").content.decode()
    assert SECRET not in read
    assert f"Injury of {MARK} on the stairs" in read
    assert "Authority: Order 12 (redaction" in read
    verify = client.get(f"/verify/{signed.content_digest}/").content.decode()
    assert "What is stored has the digest that was recorded then" in verify


def test_a_file_that_was_taken_out_says_so(head: User, client: Client) -> None:
    unit = make_unit()
    spoc = make_person(Role.SPOC, unit)
    draft = assurance.make_statement(unit)
    item = evidence.give_file(draft, by=spoc)
    signed = assurance.sign(assurance.complete(assurance.fill(draft)))
    waiting = redactions.propose(
        revision=signed, item=item, reason="So.", authority="Order 7", by=make_person(Role.SHRMT), at=timezone.now()
    )
    redactions.carry_out(redaction=waiting, by=head, at=timezone.now())
    client.force_login(spoc)
    answer = client.get(f"/evidence/{item.pk}/")
    assert answer.status_code == 409
    assert "This file was taken out" in answer.content.decode()
