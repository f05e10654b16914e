"""Whoever owns the server can switch the database's triggers off. What they change then, the check names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from assurance.models import (
    Decision,
    Entry,
    EvidenceFile,
    EvidenceItem,
    IssuedRollup,
    Review,
    ReviewComment,
    Revision,
    Rollup,
    Statement,
)
from assurance.models.statement import SIGNED_COLUMNS
from organisation.roles import Role
from records.canonical import content_digest
from records.models import Blob
from records.services import blobs
from tests.factories import assurance, papers, rollups
from tests.factories import organisation as make
from tests.factories.trail import seal

pytestmark = pytest.mark.django_db

QUARTER = assurance.this_quarter()
LAST = QUARTER.previous()
LOST = "the trail says that it was signed, and it is not there as signed any more."


@dataclass(frozen=True)
class Chain:
    """A unit's signed revisions: last quarter's, this quarter's that was returned, and the one that followed it."""

    first: Revision
    returned: Revision
    newest: Revision
    evidence: EvidenceItem
    link: EvidenceItem


@pytest.fixture
def chain() -> Chain:
    unit = make.make_unit("Harbour OCU")
    first = assurance.signed(unit, LAST)
    draft = assurance.make_statement(unit, QUARTER)
    entry = draft.entries.get(theme__identity="leadership")
    spoc = make.make_person(Role.SPOC, unit)
    now = timezone.now()
    blob = blobs.store(content=b"%PDF-1.7 minutes", media_type="application/pdf", at=now)
    file = EvidenceFile.objects.create(unit=unit, blob=blob, name="minutes.pdf", uploaded_at=now, uploaded_by=spoc)
    added = {"entry": entry, "added_at": now, "added_by": spoc}
    evidence = EvidenceItem.objects.create(file=file, title="Minutes", **added)
    link = EvidenceItem.objects.create(url="https://example.org/", title="Figures", of_on=LAST.first_day, **added)
    criteria = entry.theme.criteria.filter(level__number=3).values_list("pk", flat=True)
    Entry.objects.filter(pk=entry.pk).update(criteria_met=list(criteria), criteria_note="All of them.")
    returned = assurance.sign(assurance.complete(assurance.fill(draft)))
    assurance.decide(
        returned, Decision.RETURNED, comments={"leadership": "Give figures.", "audit": "Name the last one."}
    )
    newest = assurance.sign(assurance.complete(assurance.fill(returned.statement.revisions.latest("number"))))
    assurance.signed(make.make_unit("Market BCU"), QUARTER)  # whose chain stays whole
    returned.refresh_from_db()
    seal()
    return Chain(first, returned, newest, evidence, link)


def tamper(sql: str, *values: str | int) -> None:
    """Change what the database's triggers protect."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def verify(*options: str) -> tuple[int, list[str]]:
    """Run the command; return its exit status and what it said, without what it says first and last."""
    out = StringIO()
    try:
        call_command("verify_digests", *options, stdout=out, stderr=StringIO())
        status = 0
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    said = [line for line in out.getvalue().splitlines() if not line.startswith(("Checking ", "Reading "))]
    return status, said[:-1]


def test_what_is_as_it_was_signed_is_found_well(chain: Chain) -> None:  # noqa: ARG001  # there is something to check
    out = StringIO()
    call_command("verify_digests", "--files", stdout=out)
    assert out.getvalue().splitlines() == [
        "Checking 4 signed revisions.",
        "Reading 1 stored files.",
        "Everything that was checked is as it was signed or stored.",
    ]


def test_an_empty_database_is_found_well() -> None:
    assert verify("--files") == (0, [])


OTHER_PERSON = "(SELECT max(id) FROM organisation_user WHERE id NOT IN (completed_by_id, signed_by_id))"
# Column of a signed revision: what it is set to, and what the check then says.
REVISION_COLUMNS = {
    "statement_id": ("(SELECT max(id) FROM assurance_statement)", "its row is of unit Quarry BCU"),
    "number": ("7", "its row is of revision 7, its content of 1"),
    "completer_name": ("'Somebody'", "the name of the person completing it differs"),
    "completer_position": ("'Anything'", "the position of the person completing it differs"),
    "meeting_on": ("NULL", "the date of the meeting differs"),
    "no_meeting_reason": ("'None was held.'", "why there was no meeting differs"),
    "completed_at": ("completed_at - interval '1 hour'", "who completed it, or when, differs from the trail"),
    "completed_by_id": (OTHER_PERSON, "who completed it, or when, differs from the trail"),
    "signed_at": ("signed_at - interval '1 hour'", "who signed it, or when, differs from the trail"),
    "signed_by_id": (OTHER_PERSON, "who signed it, or when, differs from the trail"),
    "signer_name": ("'Somebody'", "the signer’s name or position differs from the trail"),
    "signer_position": ("'Anything'", "the signer’s name or position differs from the trail"),
    "content": ('content || \'{"completer_name": "Somebody"}\'', "its content has the digest"),
    "content_digest": ("repeat('a', 64)", f"and {'a' * 64} is stored with it"),
    "state": ("'accepted'", "it is accepted, but its review says returned"),
    "opened_because": ("'A slip.'", "why it was opened differs from when it was signed"),
    "field_versions": ("'{}'", "how often, or why it was opened differs from when it was signed"),
    "details_changed_at": ("now()", "who wrote it last and when, how often"),
    "details_changed_by_id": ("signed_by_id", "who wrote it last and when, how often"),
}


@pytest.mark.parametrize("column", REVISION_COLUMNS)
def test_a_changed_column_of_a_signed_revision_is_named_with_its_place(column: str, chain: Chain) -> None:
    value, found = REVISION_COLUMNS[column]
    edition = chain.returned.statement.edition
    Statement.objects.create(
        unit=make.make_unit("Quarry BCU"), quarter=QUARTER, edition=edition, opened_at=timezone.now()
    )
    tamper(f"UPDATE assurance_revision SET {column} = {value} WHERE id = %s", chain.returned.pk)  # noqa: S608  # our own table above
    status, said = verify()
    assert status == 1
    # A revision that is put under another unit breaks the chain that it is now in as well as the one that it was in.
    assert len(said) == (2 if column == "statement_id" else 1)
    assert any(found in line for line in said)
    if column == "statement_id":
        assert [line.split(": ")[0] for line in said] == [
            f"Harbour OCU, {QUARTER}, revision 2",
            f"Quarry BCU, {QUARTER}, revision 1",
        ]
    else:
        number = 7 if column == "number" else 1
        assert said[0].startswith(f"Harbour OCU, {QUARTER}, revision {number}: ")


def test_every_column_of_a_signed_revision_has_been_tampered_with() -> None:
    assert set(REVISION_COLUMNS) == columns_of(Revision) - {"id"}  # which other rows name: it cannot change alone
    assert set(SIGNED_COLUMNS) == set(REVISION_COLUMNS) - {"state"}  # a review changes the state


def columns_of(model: type[Model]) -> set[str | None]:
    return {field.column for field in model._meta.concrete_fields}


ENTRY_COLUMNS = {
    "level": ("4", "the level of the theme leadership differs from what was signed"),
    "no_level": ("'not-sure'", "why there is no level of the theme leadership differs"),
    "not_sure_note": ("'Ask again.'", "what is not sure of the theme leadership differs"),
    "held_without_shrmt": (
        "NOT held_without_shrmt",
        "whether it is held without SHRMT of the theme leadership differs",
    ),
    "criteria_met": ("criteria_met[2:]", "the criteria ticked of the theme leadership differs"),
    "criteria_note": ("''", "the note on criteria of the theme leadership differs"),
    "evidence": ("evidence || ' And more.'", "the evidence of the theme leadership differs"),
    "no_level_reason": ("'None.'", "the reason for no level of the theme leadership differs"),
    "carried": ("'confirmed'", "what was carried forward of the theme leadership differs"),
    "carried_from_id": (
        "(SELECT min(id) FROM assurance_entry)",
        "the quarter it was carried forward from of the theme leadership differs",
    ),
    "theme_id": ("(SELECT max(id) FROM maturity_theme)", "the theme leadership is in its content only"),
    "revision_id": ("(SELECT max(id) FROM assurance_revision)", "the theme leadership is in its content only"),
    "first_opened_at": ("now()", "who wrote it last and when, how often"),
    "field_versions": ("'{\"level_answer\": 9}'", "who wrote it last and when, how often"),
    "changed_at": ("now()", "who wrote it last and when, how often"),
    "changed_by_id": ("(SELECT min(id) FROM organisation_user)", "who wrote it last and when, how often"),
}


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_a_changed_answer_is_named_with_its_theme(column: str, chain: Chain) -> None:
    value, found = ENTRY_COLUMNS[column]
    entry = chain.returned.entries.get(theme__identity="leadership")
    with connection.cursor() as cursor:  # constraints bind whoever changes a row, and who owns the table drops them
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for constraint in (
            "level_or_why_there_is_none",
            "carried_from_somewhere",
            "one_entry_per_revision_and_theme",
        ):
            cursor.execute(f"ALTER TABLE assurance_entry DROP CONSTRAINT {constraint}")
    tamper(f"UPDATE assurance_entry SET {column} = {value} WHERE id = %s", entry.pk)  # noqa: S608  # our own table above
    status, said = verify()
    assert status == 1
    assert said[0].startswith(f"Harbour OCU, {QUARTER}, revision 1: ")
    assert found in said[0]


def test_every_column_of_an_entry_has_been_tampered_with() -> None:
    assert set(ENTRY_COLUMNS) == columns_of(Entry) - {"id"}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM assurance_evidenceitem WHERE id = %s", "the {} of the theme leadership differs"),
        ("UPDATE assurance_evidenceitem SET title = 'Other' WHERE id = %s", "the {} of the theme leadership differs"),
        ("UPDATE assurance_evidenceitem SET of_on = '2020-01-01' WHERE id = %s", "the {} of the theme leadership"),
    ],
)
@pytest.mark.parametrize("kind", ["files", "links"])
def test_changed_evidence_is_named(sql: str, found: str, kind: str, chain: Chain) -> None:
    tamper(sql, (chain.evidence if kind == "files" else chain.link).pk)
    status, said = verify()
    assert status == 1
    assert said[0].startswith(f"Harbour OCU, {QUARTER}, revision 1: ")
    assert found.format(kind) in said[0]


def test_another_row_that_reads_the_same_is_named(chain: Chain) -> None:
    """Of what was carried forward the content has the quarter, of a file its bytes and name: the rows are kept too."""
    unit = make.make_unit("Sawmill OCU")
    before = assurance.signed(unit, LAST)
    draft = assurance.fill(assurance.make_statement(unit, QUARTER))
    one, other = before.entries.order_by("pk")[:2]
    draft.entries.filter(theme=one.theme).update(carried="confirmed", carried_from=one)
    signed = assurance.sign(assurance.complete(draft))
    values = EvidenceFile.objects.filter(items=chain.evidence).values(
        "unit_id", "blob_id", "name", "uploaded_at", "uploaded_by_id"
    )
    twin = EvidenceFile.objects.create(**values.get())
    assert verify() == (0, [])
    tamper(
        "UPDATE assurance_entry SET carried_from_id = %s WHERE carried <> '' AND revision_id = %s", other.pk, signed.pk
    )
    tamper("UPDATE assurance_evidenceitem SET file_id = %s WHERE id = %s", twin.pk, chain.evidence.pk)
    status, said = verify()
    assert status == 1
    assert [line.split(", ")[0] for line in said] == ["Harbour OCU", "Sawmill OCU"]
    assert all("who wrote it last and when, how often" in line for line in said)


ITEM_COLUMNS = {
    "entry_id": "(SELECT max(id) FROM assurance_entry)",
    "file_id": "NULL",
    "url": "'https://example.com/'",
    "title": "'Other'",
    "of_on": "'2020-01-01'",
    "added_at": "now()",
    "added_by_id": "(SELECT min(id) FROM organisation_user)",
}


@pytest.mark.parametrize("column", ITEM_COLUMNS)
def test_a_changed_column_of_evidence_is_named(column: str, chain: Chain) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assurance_evidenceitem DROP CONSTRAINT evidence_is_a_file_or_a_link")
    item = chain.evidence if column == "file_id" else chain.link
    tamper(f"UPDATE assurance_evidenceitem SET {column} = {ITEM_COLUMNS[column]} WHERE id = %s", item.pk)  # noqa: S608  # our own table above
    status, said = verify()
    assert status == 1
    assert said[0].startswith(f"Harbour OCU, {QUARTER}, revision 1: ")


def test_every_column_of_evidence_has_been_tampered_with() -> None:
    assert set(ITEM_COLUMNS) == columns_of(EvidenceItem) - {"id"}


REVIEW_COLUMNS = {
    "revision_id": "(SELECT min(id) FROM assurance_revision)",
    "decision": "'accepted'",
    "appropriately_completed": "NOT appropriately_completed",
    "appropriately_completed_note": "'So it is.'",
    "reflects_performance": "NOT reflects_performance",
    "reflects_performance_note": "'So it does.'",
    "identifies_improvement": "NOT identifies_improvement",
    "identifies_improvement_note": "'So it does.'",
    "reasons": "'None.'",
    "decided_by_id": "(SELECT min(id) FROM organisation_user)",
    "decider_name": "'Somebody'",
    "decided_at": "now()",
    "content_digest": "repeat('a', 64)",
}


@pytest.mark.parametrize("column", REVIEW_COLUMNS)
def test_a_changed_column_of_a_review_is_named(column: str, chain: Chain) -> None:
    value = REVIEW_COLUMNS[column]
    tamper(f"UPDATE assurance_review SET {column} = {value} WHERE revision_id = %s", chain.returned.pk)  # noqa: S608  # our own table above
    status, said = verify()
    assert status == 1
    expected = {
        "decision": "it is returned, but its review says accepted",
        "revision_id": "it is signed, but its review says returned",  # the first of the chain, which nobody reviewed
    }
    assert expected.get(column, "its review is not the one that was given") in said[0]


def test_every_column_of_a_review_has_been_tampered_with() -> None:
    assert set(REVIEW_COLUMNS) == columns_of(Review) - {"id"}


COMMENT_COLUMNS = {
    # The only other review there could be is nobody's: the comment is no longer with the one that it was made in.
    "review_id": "(SELECT max(id) + 1 FROM assurance_review)",
    "theme_id": "theme_id + 1",
    "text": "'Very good.'",
}


@pytest.mark.parametrize("column", COMMENT_COLUMNS)
def test_a_changed_column_of_a_comment_is_named(column: str, chain: Chain) -> None:
    tamper(
        f"UPDATE assurance_reviewcomment SET {column} = {COMMENT_COLUMNS[column]} WHERE text = %s",  # noqa: S608  # our own table above
        "Give figures.",
    )
    assert "its review is not the one that was given" in verify()[1][0]
    assert chain.returned.review.comments.count() == (1 if column == "review_id" else 2)


def test_every_column_of_a_comment_has_been_tampered_with() -> None:
    assert set(COMMENT_COLUMNS) == columns_of(ReviewComment) - {"id"}


def test_a_comment_that_was_taken_out_is_missed(chain: Chain) -> None:  # noqa: ARG001  # there is one to take out
    for text in ("Give figures.", "Name the last one."):
        tamper("DELETE FROM assurance_reviewcomment WHERE text = %s", text)
        assert "its review is not the one that was given" in verify()[1][0]


def test_a_comment_that_nobody_made_is_named(chain: Chain) -> None:
    review = assurance.decide(chain.newest, Decision.ACCEPTED)
    seal()
    assert verify() == (0, [])
    theme = chain.newest.entries.get(theme__identity="audit").theme_id
    tamper(
        "INSERT INTO assurance_reviewcomment (review_id, theme_id, text) VALUES (%s, %s, 'Excellent.')",
        review.pk,
        theme,
    )
    assert "its review is not the one that was given" in verify()[1][0]


def test_a_review_that_was_taken_out_with_its_state_is_missed(chain: Chain) -> None:
    tamper("DELETE FROM assurance_review WHERE revision_id = %s", chain.returned.pk)
    tamper("UPDATE assurance_revision SET state = 'signed' WHERE id = %s", chain.returned.pk)
    assert "it is signed, but the trail has it returned" in verify()[1][0]


def test_a_review_that_nobody_gave_is_named(chain: Chain) -> None:
    columns = ", ".join(REVIEW_COLUMNS)
    values = columns.replace("revision_id", "%s").replace("decision,", "'accepted',").replace("reasons", "''")
    tamper(
        f"INSERT INTO assurance_review ({columns}) SELECT {values} FROM assurance_review WHERE revision_id = %s",  # noqa: S608  # our own table above
        chain.newest.pk,
        chain.returned.pk,
    )
    tamper("UPDATE assurance_revision SET state = 'accepted' WHERE id = %s", chain.newest.pk)
    assert "it is accepted, but the trail has it not reviewed" in verify()[1][0]


def test_only_the_first_broken_link_of_a_chain_is_named(chain: Chain) -> None:
    for revision in (chain.returned, chain.newest):
        tamper("UPDATE assurance_revision SET signer_name = 'Somebody' WHERE id = %s", revision.pk)
    status, said = verify()
    assert status == 1
    assert [line.split(": ")[0] for line in said] == [f"Harbour OCU, {QUARTER}, revision 1"]


def test_content_that_was_changed_and_given_its_own_digest_breaks_the_link_after_it(chain: Chain) -> None:
    """Also where the trail was doctored to go with it."""
    content = {**chain.returned.content, "completer_position": "Anything"}
    digest = content_digest(content)
    tamper(
        'UPDATE assurance_revision SET content = content || \'{"completer_position": "Anything"}\','
        " completer_position = 'Anything', content_digest = %s WHERE id = %s",
        digest,
        chain.returned.pk,
    )
    assert "the trail has it signed with the digest" in verify()[1][0]
    tamper(
        "UPDATE records_trailentry SET detail = detail || jsonb_build_object('content_digest', %s::text)"
        " WHERE act = 'statement.signed' AND thing_id = %s",
        digest,
        chain.returned.pk,
    )
    status, said = verify()
    assert status == 1
    assert said == [
        f"Harbour OCU, {QUARTER}, revision 2: it names {chain.returned.content_digest} as the digest of the unit’s "
        f"signed revision before it, which is {digest}."
    ]


def delete(revision: Revision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM assurance_evidenceitem USING assurance_entry"
            " WHERE entry_id = assurance_entry.id AND revision_id = %s",
            [revision.pk],
        )
        cursor.execute("DELETE FROM assurance_entry WHERE revision_id = %s", [revision.pk])
        cursor.execute("DELETE FROM assurance_review WHERE revision_id = %s", [revision.pk])
        cursor.execute("DELETE FROM assurance_revision WHERE id = %s", [revision.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_revision_that_was_taken_out_of_the_middle_is_missed(chain: Chain) -> None:
    delete(chain.returned)
    status, said = verify()
    assert status == 1
    assert f"Harbour OCU, {QUARTER}, revision 2: it names {chain.returned.content_digest}" in said[0]
    assert said[1] == f"Harbour OCU, {QUARTER}, revision 1: {LOST}"


def test_the_newest_revision_is_missed_too(chain: Chain) -> None:
    delete(chain.newest)
    assert verify() == (1, [f"Harbour OCU, {QUARTER}, revision 2: {LOST}"])


def test_a_signature_that_nobody_gave_is_named(chain: Chain) -> None:
    tamper(
        "DELETE FROM records_trailentry WHERE act = 'statement.signed' AND thing_id = %s",
        chain.newest.pk,
    )
    assert f"Harbour OCU, {QUARTER}, revision 2: the trail has 0 signatures of it." in verify()[1]


def test_content_that_was_taken_out_is_named(chain: Chain) -> None:
    tamper("UPDATE assurance_revision SET content = 'null' WHERE id = %s", chain.first.pk)
    assert f"Harbour OCU, {LAST}, revision 1: its content is gone." in verify()[1]


def test_content_that_could_never_have_been_signed_is_named(chain: Chain) -> None:
    tamper("UPDATE assurance_revision SET content = content || '{\"revision\": 1.5}' WHERE id = %s", chain.first.pk)
    (line,) = verify()[1]
    assert "it holds what is never signed" in line


def test_figures_and_papers_are_checked_too() -> None:
    paper = papers.make_published()
    figures = papers.north()
    group = make.make_group("Harbours")
    Rollup.objects.create(
        group=group,
        half=papers.HALF,
        figures=figures,
        figures_digest=content_digest(figures),
        built_at=timezone.now() - timedelta(days=1),
        pdf=papers.make_blob(),
    )
    for rollup in Rollup.objects.exclude(group=group):  # the paper's, whose digests are made up
        Rollup.objects.filter(pk=rollup.pk).update(figures_digest=content_digest(rollup.figures))
    assert verify() == (0, [])
    tamper('UPDATE papers_paper SET content = content || \'{"title": "Other"}\' WHERE id = %s', paper.pk)
    tamper('UPDATE assurance_rollup SET figures = figures || \'{"half": "Other"}\' WHERE group_id = %s', group.pk)
    status, said = verify()
    assert status == 1
    assert [line.split(": ")[0] for line in said] == [
        "Roll-up of Harbours, 2025/26-H1",
        f"Paper “{paper.title}”",
    ]


OTHER_THAN_THE_ISSUER = "(SELECT min(id) FROM organisation_user WHERE id <> issued_by_id)"
# Column of an issued roll-up: what it is set to, and what the check then says.
ISSUED_COLUMNS = {
    "rollup_id": ("(SELECT id FROM assurance_rollup WHERE group_id IS NULL)", "whose it is differs"),
    "number": ("7", "its number differs between its row and its content"),
    "content": ("jsonb_set(content, '{words,narrative}', '\"Otherwise\"')", "its content has the digest"),
    "content_digest": ("repeat('a', 64)", f"and {'a' * 64} is stored with it"),
    "figures_digest": ("repeat('a', 64)", "the digest of its figures differs"),
    "as_at": ("as_at - 1", "the day of its figures differs"),
    "because": ("'A slip.'", "why it follows an earlier version differs"),
    "issued_at": ("issued_at - interval '1 hour'", "when it was issued differs"),
    "issued_by_id": (OTHER_THAN_THE_ISSUER, "who issued it, or when, differs from the trail"),
    "issuer_name": ("'Somebody'", "the name of who issued it differs"),
    "pdf_id": ("(SELECT min(id) FROM records_blob WHERE id <> pdf_id)", "not the one that the trail says was printed"),
}


@pytest.fixture
def issued() -> IssuedRollup:
    """The second of two versions of a group's roll-up, printed, beside a force summary that was built."""
    group = make.make_group("Harbours")
    assurance.signed(make.make_unit("Harbour OCU", group=group), rollups.last_half().quarters[0])
    first = rollups.issued(group)
    second = rollups.printed(rollups.issue(first.rollup, because="A word was wrong."))
    rollups.built(None)
    seal()
    assert verify() == (0, [])
    return second


@pytest.mark.parametrize("column", ISSUED_COLUMNS)
def test_a_changed_column_of_an_issued_roll_up_is_named(column: str, issued: IssuedRollup) -> None:
    value, found = ISSUED_COLUMNS[column]
    tamper(f"UPDATE assurance_issuedrollup SET {column} = {value} WHERE id = %s", issued.pk)  # noqa: S608  # our own table above
    status, said = verify()
    assert status == 1
    assert all(line.startswith("Issued roll-up of ") for line in said)
    assert any(found in line for line in said)


def test_every_column_of_an_issued_roll_up_has_been_tampered_with() -> None:
    assert set(ISSUED_COLUMNS) == columns_of(IssuedRollup) - {"id"}  # which the trail names: it cannot change alone


def test_an_issued_roll_up_that_vanished_or_lost_a_statement_it_counts_is_missed(issued: IssuedRollup) -> None:
    tamper("DELETE FROM assurance_issuedrevision WHERE issued_id = %s", issued.pk)
    status, said = verify()
    assert (status, len(said)) == (1, 1)
    assert "the statements that it counts differ between its rows and its content" in said[0]
    tamper("DELETE FROM assurance_issuedrollup WHERE id = %s", issued.pk)
    lost = "the trail says that it was issued, and it is not there any more"
    assert verify() == (1, [f"Issued roll-up of {issued}: {lost}."])


def test_stored_files_are_read_where_that_is_asked_for(chain: Chain) -> None:
    blob = Blob.objects.get()
    blob.path.write_bytes(b"%PDF-1.7 MINUTES")
    assert verify() == (0, [])
    status, said = verify("--files")
    assert status == 1
    assert said[0].startswith(f"Stored file {blob.sha256}: its bytes have the digest ")
    blob.path.unlink()
    assert verify("--files")[1] == [f"Stored file {blob.sha256}: the file is missing."]
    assert chain.evidence.file_id is not None


def test_the_number_of_queries_does_not_grow_with_the_number_of_revisions(
    chain: Chain,  # noqa: ARG001  # there is something to check
    django_assert_max_num_queries: object,
) -> None:
    # Fourteen for statements and roll-ups, one for reviewers' comments on themes, one for issued roll-ups, two for
    # issued audits, one for agenda packs.
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # the plugin's fixture has no public type
        assert verify()[0] == 0
    for number in range(3):
        assurance.signed(make.make_unit(f"Unit of many {number}"), QUARTER)
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # as above
        assert verify()[0] == 0
