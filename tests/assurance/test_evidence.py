"""Giving links and files as evidence, taking them back, and that nobody touches them once they are signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from assurance.models import EvidenceFile, EvidenceItem, Revision
from assurance.rules import Blocked, Refused
from assurance.services import evidence, statements
from organisation.models import User
from records.filetypes import MOST_BYTES
from records.models import Blob, TrailEntry, Verdict
from records.services import trail
from tests.factories import assurance as factories
from tests.factories import clamd, files
from tests.factories.evidence import entry_of, give_file, give_link, make_file, sent
from tests.factories.organisation import make_unit

pytestmark = pytest.mark.django_db


def uploaded(
    draft: Revision, spoc: User, file: SimpleUploadedFile | None = None, theme: str = "leadership", **more: object
) -> EvidenceItem:
    given: dict[str, object] = {"of_on": None} | more
    return evidence.upload(
        entry=entry_of(draft, theme),
        file=file or sent(),
        by=spoc,
        at=timezone.now(),
        **given,  # type: ignore[arg-type]
    )


def last_line() -> TrailEntry:
    return TrailEntry.objects.latest("id")


# --- Links --------------------------------------------------------------------------------------------------------


def test_a_link_is_kept_with_who_gave_it_when_and_of_which_day(draft: Revision, spoc: User) -> None:
    item = give_link(draft, by=spoc, of_on=date(2026, 11, 2))
    item.refresh_from_db()
    assert (item.url, item.title, item.of_on, item.added_by) == (
        "https://intranet.example/walk-rounds", "Log of walk-rounds", date(2026, 11, 2), spoc,
    )  # fmt: skip
    assert item.added_at.date() != item.of_on
    line = last_line()
    assert (line.act, line.thing_id, line.actor_id) == ("evidence.added", item.pk, spoc.pk)
    assert trail.words_of(line)["url"] == item.url


def test_only_addresses_of_web_pages_are_links(draft: Revision) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.org", "//example.org"):
        with pytest.raises(Refused, match="https://"):
            give_link(draft, url=url)
    assert not EvidenceItem.objects.exists()


def test_the_same_link_twice_is_one(draft: Revision) -> None:
    give_link(draft)
    with pytest.raises(Refused, match="has this link already"):
        give_link(draft)


# --- Files --------------------------------------------------------------------------------------------------------


def test_an_upload_is_kept_under_its_digest_with_its_size_name_and_sender(draft: Revision, spoc: User) -> None:
    content = files.pdf("Walk-round")
    item = uploaded(draft, spoc, sent(content, "../../Walk round.pdf"), title="Walk-round", of_on=date(2026, 10, 9))
    file = item.file
    assert file is not None
    assert (file.blob.sha256, file.blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert file.blob.path.read_bytes() == content
    assert file.blob.media_type == "application/pdf"  # the browser said text/html
    assert (file.name, file.unit, file.uploaded_by) == ("Walk round.pdf", draft.statement.unit, spoc)
    assert (item.title, item.of_on) == ("Walk-round", date(2026, 10, 9))
    line = last_line()
    assert (line.act, line.thing_id) == ("evidence.added", item.pk)
    assert trail.words_of(line) == {"title": "Walk-round", "name": "Walk round.pdf"}
    assert {name: line.detail[name] for name in ("theme", "statement", "sha256")} == {
        "theme": "leadership",
        "statement": str(draft),
        "sha256": file.blob.sha256,
    }


def test_a_file_received_on_the_disk_is_read_from_there(draft: Revision, spoc: User) -> None:
    content = files.pdf()
    with TemporaryUploadedFile("minutes.pdf", "application/pdf", len(content), None) as received:
        received.write(content)
        received.flush()
        item = uploaded(draft, spoc, received)  # type: ignore[arg-type]
    assert item.file is not None
    assert item.file.blob.path.read_bytes() == content


def test_a_file_over_the_limit_is_refused_by_the_size_that_was_counted(draft: Revision, spoc: User) -> None:
    file = sent()
    file.size = MOST_BYTES + 1  # what the receiver counted; it keeps no more than that
    with pytest.raises(Refused, match="the limit is 20 MB"):
        uploaded(draft, spoc, file)
    assert not Blob.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"<svg><script>alert(1)</script></svg>", "plan.png", "It is an SVG drawing"),
        (files.office("docm"), "minutes.docm", "It carries macros"),
        (files.pdf() + b"PK", "minutes.pdf", "bytes after its end"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    draft: Revision, spoc: User, content: bytes, name: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        uploaded(draft, spoc, sent(content, name))
    assert not Blob.objects.exists()
    assert not EvidenceFile.objects.exists()


def test_one_file_serves_several_themes_and_its_bytes_are_stored_once(draft: Revision, spoc: User) -> None:
    first = uploaded(draft, spoc, title="Minutes", of_on=date(2026, 10, 9))
    assert first.file is not None
    second = evidence.attach(entry=entry_of(draft, "audit"), file=first.file, by=spoc, at=timezone.now())
    third = uploaded(draft, spoc, sent(name="the same again.pdf"), theme="communication")
    assert {item.file for item in (first, second, third)} == {first.file}
    assert (second.title, second.of_on) == ("Minutes", date(2026, 10, 9))
    assert third.title == "the same again.pdf"
    assert Blob.objects.count() == EvidenceFile.objects.count() == 1


def test_two_units_with_the_same_bytes_have_a_file_each(draft: Revision, spoc: User) -> None:
    elsewhere = factories.make_statement(make_unit("Elsewhere"))
    ours, theirs = uploaded(draft, spoc), give_file(elsewhere)
    assert ours.file != theirs.file
    assert ours.file is not None
    assert theirs.file is not None
    assert ours.file.blob == theirs.file.blob


def test_a_theme_takes_a_file_once(draft: Revision, spoc: User) -> None:
    uploaded(draft, spoc)
    with pytest.raises(Refused, match="has this file already"):
        uploaded(draft, spoc, sent(name="another name.pdf"))


def test_another_units_file_cannot_be_given(draft: Revision) -> None:
    theirs = make_file(make_unit("Elsewhere"))
    with pytest.raises(Refused, match="does not belong to the unit"):
        give_file(draft, file=theirs)


def test_a_theme_takes_no_more_than_can_be_read(draft: Revision, spoc: User) -> None:
    for number in range(evidence.MOST_ITEMS):
        give_link(draft, url=f"https://example.org/{number}", by=spoc)
    with pytest.raises(Refused, match="at most 50"):
        uploaded(draft, spoc)


# --- The antivirus ------------------------------------------------------------------------------------------------


def infected() -> SimpleUploadedFile:
    return sent(files.pdf(objects=[f"({clamd.EICAR.decode()})"]), "invoice.pdf")


def test_an_infected_file_is_refused_and_kept_in_trail_and_log(
    draft: Revision, spoc: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with clamd.on_tcp() as (address, _):
        settings.CLAMD_ADDRESS = address
        with pytest.raises(Refused, match=r"found something in it \(Eicar-Test-Signature\)"):
            uploaded(draft, spoc, infected())
    assert not EvidenceItem.objects.exists()
    assert not Blob.objects.exists()
    line = last_line()
    assert (line.act, line.actor_id, line.thing_id) == ("evidence.infected", spoc.pk, entry_of(draft).pk)
    assert (trail.words_of(line), line.detail["finding"]) == ({"name": "invoice.pdf"}, "Eicar-Test-Signature")
    assert "Eicar-Test-Signature" in caplog.text


def test_a_clean_file_says_so(draft: Revision, spoc: User, settings: Settings) -> None:
    with clamd.on_tcp() as (address, daemon):
        settings.CLAMD_ADDRESS = address
        item = uploaded(draft, spoc)
    assert item.file is not None
    assert item.file.blob.verdict == Verdict.CLEAN
    assert daemon.seen == [item.file.blob.size]


def test_with_the_daemon_away_a_file_waits_in_quarantine(draft: Revision, spoc: User, settings: Settings) -> None:
    settings.CLAMD_ADDRESS = clamd.nobody_listens()
    item = uploaded(draft, spoc)
    assert item.file is not None
    assert item.file.blob.verdict == Verdict.WAITING
    assert not item.file.blob.may_be_handed_out


def test_bytes_found_infected_before_are_refused_while_nothing_scans_them(draft: Revision, spoc: User) -> None:
    make_file(make_unit("Elsewhere"), verdict=Verdict.INFECTED)
    with pytest.raises(Refused, match="antivirus found something"):
        uploaded(draft, spoc)
    assert last_line().act == "evidence.infected"


def test_a_file_found_infected_since_cannot_be_given_again(draft: Revision) -> None:
    file = make_file(draft.statement.unit, verdict=Verdict.INFECTED)
    with pytest.raises(Refused, match="found something in this file since"):
        give_file(draft, file=file)


def test_what_is_infected_holds_up_completing_and_signing_until_it_is_removed(draft: Revision, spoc: User) -> None:
    item = give_file(factories.fill(draft), file=make_file(draft.statement.unit, verdict=Verdict.WAITING))
    completed = factories.complete(draft)
    Blob.objects.update(verdict=Verdict.INFECTED)
    with pytest.raises(Refused, match="Leadership: the virus scanner found something in a file"):
        factories.sign(completed)
    statements.reopen(revision=completed, reason="Infected", by=spoc, at=timezone.now())
    with pytest.raises(Blocked) as blocked:
        factories.complete(draft)
    assert [(one.theme, one.field) for one in blocked.value.blockers] == [("leadership", "evidence_items")]
    evidence.remove(item=item, by=spoc, at=timezone.now())
    assert factories.sign(factories.complete(draft)).is_frozen


# --- Taking back --------------------------------------------------------------------------------------------------


def test_removing_takes_it_from_the_theme_and_leaves_the_file_to_the_unit(draft: Revision, spoc: User) -> None:
    item = uploaded(draft, spoc)
    other = evidence.attach(entry=entry_of(draft, "audit"), file=item.file, by=spoc, at=timezone.now())  # type: ignore[arg-type]
    pk = item.pk
    evidence.remove(item=item, by=spoc, at=timezone.now())
    assert list(EvidenceItem.objects.all()) == [other]
    assert EvidenceFile.objects.count() == 1
    line = last_line()
    assert (line.act, line.thing_id, trail.words_of(line)["name"]) == ("evidence.removed", pk, "minutes.pdf")


def test_removing_twice_is_removing_once(draft: Revision, spoc: User) -> None:
    item = give_link(draft)
    again = EvidenceItem.objects.get(pk=item.pk)
    evidence.remove(item=item, by=spoc, at=timezone.now())
    evidence.remove(item=again, by=spoc, at=timezone.now())
    assert TrailEntry.objects.filter(act="evidence.removed").count() == 1


# --- Closed revisions ---------------------------------------------------------------------------------------------


def test_nothing_is_added_or_removed_once_the_statement_is_completed(draft: Revision, spoc: User) -> None:
    item, file = give_link(draft, by=spoc), make_file(draft.statement.unit)
    factories.complete(factories.fill(draft))
    acts: list[Callable[[], object]] = [
        lambda: give_link(draft, url="https://example.org/late", by=spoc),
        lambda: uploaded(draft, spoc),
        lambda: give_file(draft, file=file, by=spoc),
        lambda: evidence.remove(item=item, by=spoc, at=timezone.now()),
    ]
    for act in acts:
        with pytest.raises(Refused, match="completed now"):
            act()
    assert list(EvidenceItem.objects.all()) == [item]


@pytest.fixture
def signed_item(draft: Revision, spoc: User) -> EvidenceItem:
    """A file given as evidence in a statement that is signed now."""
    item = uploaded(draft, spoc)
    give_link(draft, by=spoc)
    factories.sign(factories.complete(factories.fill(draft)))
    return item


def test_the_signature_covers_links_and_files(signed_item: EvidenceItem) -> None:
    revision = Revision.objects.get()
    assert signed_item.file is not None
    leadership = next(entry for entry in revision.content["entries"] if entry["theme"] == "leadership")
    assert [file["sha256"] for file in leadership["files"]] == [signed_item.file.blob.sha256]
    assert [link["url"] for link in leadership["links"]] == ["https://intranet.example/walk-rounds"]


TAMPERING = {
    "change the item": "UPDATE assurance_evidenceitem SET title = 'Other' WHERE id = {item}",
    "point the item at another address": "UPDATE assurance_evidenceitem SET file_id = NULL, url = 'https://a.example'",
    "move the item to another theme": "UPDATE assurance_evidenceitem SET entry_id = {other_entry} WHERE id = {item}",
    "move the item to a draft": "UPDATE assurance_evidenceitem SET entry_id = {draft_entry} WHERE id = {item}",
    "move an item of a draft in": "UPDATE assurance_evidenceitem SET entry_id = {other_entry} WHERE id = {draft_item}",
    "delete the item": "DELETE FROM assurance_evidenceitem WHERE id = {item}",
    "delete all items": "DELETE FROM assurance_evidenceitem",
    "add an item": "INSERT INTO assurance_evidenceitem (entry_id, file_id, url, title, added_at, added_by_id) "
    "VALUES ({other_entry}, NULL, 'https://a.example', 'Late', now(), {user})",
    "change the file’s name": "UPDATE assurance_evidencefile SET name = 'other.pdf' WHERE id = {file}",
    "swap the file’s bytes": "UPDATE assurance_evidencefile SET blob_id = {other_blob} WHERE id = {file}",
    "delete the file": "DELETE FROM assurance_evidencefile WHERE id = {file}",
    "change the digest": "UPDATE records_blob SET sha256 = repeat('0', 64) WHERE id = {blob}",
    "change the type": "UPDATE records_blob SET media_type = 'text/html' WHERE id = {blob}",
    "delete the blob": "DELETE FROM records_blob WHERE id = {blob}",
}


OF_SIGNED, INTO_SIGNED = "of a signed revision cannot be changed", "cannot be added to a signed revision"
STAYS, NEVER = "evidence_files_stay", "blobs_never_change"
REFUSALS = {
    "change the item": OF_SIGNED,
    "point the item at another address": OF_SIGNED,
    "move the item to another theme": OF_SIGNED,
    "move the item to a draft": OF_SIGNED,
    "move an item of a draft in": INTO_SIGNED,
    "delete the item": OF_SIGNED,
    "delete all items": OF_SIGNED,
    "add an item": INTO_SIGNED,
    "change the file’s name": STAYS,
    "swap the file’s bytes": STAYS,
    "delete the file": STAYS,
    "change the digest": NEVER,
    "change the type": NEVER,
    "delete the blob": NEVER,
}


@pytest.mark.parametrize("what", TAMPERING)
def test_the_files_of_a_signed_revision_can_never_be_changed_or_deleted(what: str, signed_item: EvidenceItem) -> None:
    """Not by the services, not by the models, not by SQL: the database refuses."""
    signed, file = signed_item.entry.revision, signed_item.file
    assert file is not None
    draft = factories.make_statement(make_unit("Elsewhere"))
    draft_item = give_link(draft)
    other_blob = make_file(draft.statement.unit, files.pdf("Other")).blob
    statement = TAMPERING[what].format(
        item=signed_item.pk,
        file=file.pk,
        blob=file.blob_id,
        other_blob=other_blob.pk,
        other_entry=entry_of(signed, "audit").pk,
        draft_entry=draft_item.entry_id,
        draft_item=draft_item.pk,
        user=signed_item.added_by_id,
    )
    before = list(EvidenceItem.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match=REFUSALS[what]), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(EvidenceItem.objects.order_by("pk").values()) == before
    file.refresh_from_db()
    assert file.blob.path.read_bytes() == files.pdf()


def test_the_next_revision_begins_with_the_evidence_of_the_last_and_may_change_it(
    signed_item: EvidenceItem, slt: User
) -> None:
    signed = signed_item.entry.revision
    signed.refresh_from_db()
    following = statements.reopen(revision=signed, reason="New figures", by=slt, at=timezone.now())
    copies = EvidenceItem.objects.filter(entry__revision=following)
    assert sorted(copies.values_list("title", flat=True)) == ["Log of walk-rounds", "minutes.pdf"]
    evidence.remove(item=copies.get(url=""), by=slt, at=timezone.now())
    assert EvidenceItem.objects.filter(pk=signed_item.pk).exists()
