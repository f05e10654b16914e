"""Answering a request: what is chosen, kept back and confirmed, and that what is kept back is nowhere in the PDF."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import page
import pikepdf
import pytest
from django.db import Error as AnyDatabaseError
from django.db import transaction
from django.utils import timezone

from assurance.models import Decision, InformationRequest, Release, RequestedStatement, Revision, Withholding
from assurance.rules import Refused
from assurance.services import information_requests as services
from assurance.services import redactions, statements
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.edits import Edit
from records.models import Job, JobState, TrailEntry
from records.services import jobs
from tests.factories import assurance as factories
from tests.factories import information_requests as make
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 1)
EVIDENCE = "Every driver was spoken to. Xanthippe Quillfeather fell off a lorry in Zugzwang Yard. All is mended."
KEPT = "Every driver was spoken to. [withheld] All is mended."
PASSAGE = "Xanthippe Quillfeather fell off a lorry in Zugzwang Yard."


@pytest.fixture
def signed(unit: Unit, spoc: User) -> Revision:
    """A signed statement that names somebody."""
    revision = factories.fill(factories.make_statement(unit, QUARTER), by=spoc)
    entry = revision.entries.get(theme__identity="leadership")
    edits = {"evidence": Edit(entry.field_versions["evidence"], EVIDENCE)}
    statements.save_entry(entry=entry, edits=edits, by=spoc, at=factories.moment_in(QUARTER))
    factories.raise_action(revision, title="Speak to Ottoline Brackwater", lead="Chief inspector")
    revision.refresh_from_db()
    return factories.sign(factories.complete(revision))


@pytest.fixture
def request_(signed: Revision) -> InformationRequest:
    request = make.make_request()
    make.choose(request, signed)
    return request


@pytest.fixture
def item(request_: InformationRequest) -> RequestedStatement:
    return RequestedStatement.objects.select_related("request", "revision__statement__edition").get(request=request_)


def printed(release: Release) -> Release:
    """Do the worker's part."""
    jobs.perform(Job.objects.get(key=services.key_of(release)).pk, services.build)
    release.refresh_from_db()
    return release


def bytes_and_streams(path: Path) -> bytes:
    """Everything that is in a PDF: the file's own bytes, and each of its streams and texts unpacked."""
    found = [path.read_bytes()]
    with pikepdf.open(path) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                found.append(thing.read_bytes())
            found.append(thing.unparse() if hasattr(thing, "unparse") else repr(thing).encode())
        found.append(str(pdf.docinfo).encode())
    return b"\n".join(found)


def spellings(text: str) -> list[bytes]:
    """How a text may stand in a PDF: as UTF-8, as UTF-16, as hexadecimal of either."""
    utf8, utf16 = text.encode(), text.encode("utf-16-be")
    return [
        utf8,
        utf16,
        *(raw.hex().encode() for raw in (utf8, utf16)),
        *(raw.hex().upper().encode() for raw in (utf8, utf16)),
    ]


# --- Choosing -------------------------------------------------------------------------------------------------------


def test_the_newest_signed_revision_of_each_statement_is_chosen_once(signed: Revision, unit: Unit) -> None:
    factories.decide(signed, Decision.RETURNED)  # its next revision is a draft, which nobody has signed
    factories.signed(unit, QUARTER.next())
    factories.make_statement(unit, QUARTER.next().next())
    factories.signed(make_unit(), QUARTER)
    request = make.make_request()

    def choose() -> int:
        last = QUARTER.next().next()
        return services.choose(request=request, units=[unit], first=QUARTER, last=last, by=request.made_by, at=make.NOW)

    assert choose() == 2
    assert choose() == 0
    assert {one.revision.statement.quarter for one in services.items(request)} == {QUARTER, QUARTER.next()}


def test_a_statement_that_is_left_out_again_can_be_chosen_again(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    services.remove(item=item, by=request_.made_by, at=make.NOW)
    assert services.items(request_) == []
    assert make.choose(request_, item.revision).pk != item.pk
    assert RequestedStatement.objects.filter(request=request_).count() == 2


def test_two_requests_do_not_share_a_reference(request_: InformationRequest) -> None:
    with pytest.raises(Refused, match="already"):
        services.make(
            reference=request_.reference,
            law="foi",
            subject="The same",
            received_on=request_.received_on,
            by=request_.made_by,
            at=make.NOW,
        )


# --- Keeping back ---------------------------------------------------------------------------------------------------


def test_a_decision_says_where_and_never_what(item: RequestedStatement) -> None:
    one = make.withhold(item, "entries/leadership/evidence", KEPT)
    begins = EVIDENCE.index(PASSAGE)
    assert one.spans == [[begins, begins + len(PASSAGE)]]
    assert not one.is_whole
    everything = " ".join(str(value) for value in Withholding.objects.values_list().get(pk=one.pk))
    assert "Xanthippe" not in everything
    entry = TrailEntry.objects.latest("pk")
    assert (entry.act, entry.detail) == ("information-request.withheld", {"exemption": "s40"})
    assert "Xanthippe" not in f"{entry.thing_name} {entry.detail}"


def test_numbers_run_through_the_request_and_an_undone_one_is_not_given_again(item: RequestedStatement) -> None:
    first = make.withhold(item, "signer_name")
    services.undo(withholding=first, by=item.request.made_by, at=make.NOW)
    second = make.withhold(item, "signer_name")
    assert (first.number, second.number) == (1, 2)
    assert [line.number for line in services.outcome(item.request).schedule] == [2]


def test_a_text_that_is_kept_back_whole_cannot_be_kept_back_again(item: RequestedStatement) -> None:
    make.withhold(item, "signer_name")
    with pytest.raises(Refused, match="already"):
        make.withhold(item, "signer_name")


def test_what_is_given_out_has_marks_and_the_schedule_their_reasons(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    make.withhold(item, "entries/leadership/evidence", KEPT)
    make.withhold(item, "entries/leadership/actions/0/title")
    found = services.outcome(request_)
    (given,) = found.statements
    (leadership,) = [entry for entry in given.read.entries if entry.identity == "leadership"]
    assert leadership.evidence == "Every driver was spoken to. [withheld 1] All is mended."
    assert leadership.actions[0].title == "[withheld 2]"
    assert [(line.number, line.text, line.what, line.exemption) for line in found.schedule] == [
        (1, "Leadership: evidence", "1 passage", "Section 40: personal information"),
        (2, "Leadership, action 1: title", "All of the text", "Section 40: personal information"),
    ]


def test_a_text_that_has_been_redacted_by_law_since_is_not_given_out_by_its_old_decision(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    make.withhold(item, "entries/leadership/evidence", "[withheld] All is mended.")
    redaction = factories.propose_redaction(item.revision, EVIDENCE)
    redactions.carry_out(redaction=redaction, by=make_person(Role.HEAD), at=timezone.now())
    with pytest.raises(Refused, match="changed since"):
        services.outcome(request_)


def test_places_kept_back_do_not_stay_where_a_redaction_has_moved_the_text(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    """The mark is longer than what it stands for here: what was kept back would begin before the places that are."""
    kept = make.withhold(item, "entries/leadership/evidence")
    redaction = factories.propose_redaction(item.revision, "Every")
    redactions.carry_out(redaction=redaction, by=make_person(Role.HEAD), at=timezone.now())
    with pytest.raises(Refused, match=f"Undo mark {kept.number} and decide anew"):
        services.outcome(request_)
    services.undo(withholding=kept, by=request_.made_by, at=timezone.now())
    item.revision.refresh_from_db()
    make.withhold(item, "entries/leadership/evidence", at=timezone.now())
    (given,) = services.outcome(request_).statements
    leadership = next(entry for entry in given.content["entries"] if entry["theme"] == "leadership")
    assert leadership["evidence"] == "[withheld 2]"


# --- Confirming and printing ----------------------------------------------------------------------------------------


def test_the_pdf_has_what_is_given_out_and_nothing_of_what_is_kept_back(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    make.withhold(item, "entries/leadership/evidence", KEPT)
    make.withhold(item, "entries/leadership/actions/0/title")
    make.withhold(item, "signer_name")
    make.withhold(item, "completer_name")
    release = printed(make.confirm(request_))
    assert release.blob is not None
    path = release.blob.path
    words = " ".join(
        subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout.split()
    )
    for said in (
        request_.reference,
        "Every driver was spoken to. [withheld 1] All is mended.",
        "What is kept back",
        "Section 40: personal information",
        "It is about somebody.",
        "Harbour OCU, 2025/26-Q1, revision 1: Leadership: evidence",
    ):
        assert said in words
    inside = bytes_and_streams(path)
    revision = item.revision
    for secret in ("Xanthippe", "Quillfeather", "Zugzwang", "lorry", "Ottoline", "Brackwater"):
        assert secret not in words
        assert not [spelling for spelling in spellings(secret) if spelling in inside]
    # The people's names are those of their roles in these tests, which the levels' words do not have.
    assert f"Signed by [withheld 3], {revision.signer_position}" in words
    assert "Completed by [withheld 4]" in words


def test_a_pdf_that_gives_everything_out_would_have_shown_it(request_: InformationRequest) -> None:
    """The search above finds what is there: the same names, in a PDF from which nothing is kept back."""
    release = printed(make.confirm(request_))
    assert release.blob is not None
    words = subprocess.run(
        ["pdftotext", str(release.blob.path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Xanthippe" in words
    assert "Brackwater" in words


def test_the_pdf_can_be_read_by_everybody(request_: InformationRequest, item: RequestedStatement) -> None:
    make.withhold(item, "signer_name")
    release = printed(make.confirm(request_))
    assert release.blob is not None
    content = release.blob.path.read_bytes()
    for profile in ("ua1", "3a"):
        assert [
            f"{one.rule_id} {one.message}" for one in page.validate_pdf_bytes(content, profile=profile).failures
        ] == []


def test_what_is_confirmed_is_what_was_looked_at(request_: InformationRequest, item: RequestedStatement) -> None:
    looked_at = services.outcome(request_).digest
    make.withhold(item, "signer_name")
    with pytest.raises(Refused, match="while you were looking"):
        services.confirm(request=request_, digest=looked_at, by=request_.made_by, at=make.NOW)
    assert not Release.objects.exists()


def test_a_decision_after_the_confirmation_stops_the_pdf(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    one = make.withhold(item, "entries/leadership/evidence", KEPT)
    release = make.confirm(request_)
    services.undo(withholding=one, by=request_.made_by, at=make.NOW)
    job = Job.objects.get(key=services.key_of(release))
    jobs.perform(job.pk, services.build)
    job.refresh_from_db()
    release.refresh_from_db()
    assert (job.state, release.blob) == (JobState.FAILED, None)
    assert "has changed since it was confirmed" in job.error


def test_the_same_is_confirmed_once_and_something_else_is_the_next_answer(
    request_: InformationRequest, item: RequestedStatement
) -> None:
    assert make.confirm(request_).number == 1
    with pytest.raises(Refused, match="already"):
        make.confirm(request_)
    make.withhold(item, "signer_name")
    assert make.confirm(request_).number == 2


def test_nothing_is_confirmed_without_a_statement() -> None:
    with pytest.raises(Refused, match="No statement"):
        make.confirm(make.make_request())


def test_each_step_is_on_record_without_a_name(request_: InformationRequest, item: RequestedStatement) -> None:
    make.withhold(item, "signer_name")
    release = printed(make.confirm(request_))
    services.record_download(release=release, by=request_.made_by, at=make.NOW + timedelta(hours=1))
    entries = TrailEntry.objects.filter(act__startswith="information-request").order_by("pk")
    assert [entry.act.removeprefix("information-request.") for entry in entries] == [
        "made",
        "chosen",
        "withheld",
        "confirmed",
        "printed",
        "downloaded",
    ]
    assert not any(request_.reference in entry.thing_name for entry in entries)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: InformationRequest.objects.filter(pk=row.statement.request_id).update(subject="Something else"),
        lambda row: Withholding.objects.filter(pk=row.pk).update(spans=[[0, 1]]),
        lambda row: Withholding.objects.filter(pk=row.pk).update(reason="Another"),
        lambda row: Withholding.objects.filter(pk=row.pk).delete(),
        lambda row: RequestedStatement.objects.filter(pk=row.statement_id).delete(),
    ],
    ids=["request", "places", "reason", "decision", "statement"],
)
def test_what_was_decided_stays_as_it_was_decided(item: RequestedStatement, change: object) -> None:
    row = make.withhold(item, "signer_name")
    assert callable(change)
    with pytest.raises(AnyDatabaseError), transaction.atomic():
        change(row)


def test_an_answer_that_is_printed_stays(request_: InformationRequest) -> None:
    release = printed(make.confirm(request_))
    with pytest.raises(AnyDatabaseError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(blob=None, printed_at=None)


def test_who_answers_is_shrmt_or_the_head() -> None:
    make_request = make.make_request(by=make_person(Role.HEAD))
    for role in Role:
        visible = InformationRequest.objects.visible_to(make_person(role)).filter(pk=make_request.pk)
        assert visible.exists() is (role in {Role.SHRMT, Role.HEAD})
