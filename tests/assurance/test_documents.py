"""A statement's documents: what the PDF of a signed one says, that it is printed once, and the blank form."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from django.urls import reverse
from pytest_django import Settings

from actions.models import Task
from assurance import documents
from assurance.models import BlankForm, Decision, Revision, RevisionState, StatementDocument
from assurance.services import documents as services
from assurance.services import statements
from organisation.models import Unit, User
from organisation.periods import Quarter
from records.edits import Edit
from records.models import Job, JobState, TrailEntry
from records.services import jobs
from rendering import pdf
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.conformance import failures

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 5, 20, 9, 30, tzinfo=UTC)
QUARTER = Quarter(2025, 1)
MISCHIEF = (
    "<script>alert(1)</script> & \u0007bell \ue000 private \U0001f46e officer\n\n" + "A long line of evidence. " * 60
)


def print_statement(revision: Revision, *, by: User | None = None) -> StatementDocument:
    """Ask for the PDF and do the worker's part."""
    job = services.request(revision=revision, by=by, at=NOW)
    if job is not None:
        jobs.perform(job.pk, services.build)
        job.refresh_from_db()
        assert job.error == ""
    return StatementDocument.objects.get(revision=revision)


def print_blank(revision: Revision) -> BlankForm:
    job = services.request_blank(statement=revision.statement, by=None, at=NOW)
    if job is not None:
        jobs.perform(job.pk, services.build_blank)
        job.refresh_from_db()
        assert job.error == ""
    return BlankForm.objects.get(statement=revision.statement)


def text_of(path: Path, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, text=True, check=True).stdout


def words_of(path: Path) -> str:
    return " ".join(text_of(path).split())


def words_in_reading_order(path: Path) -> str:
    """The text as a screen reader gets it: element by element, not line by line across columns."""
    told = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, text=True, check=True).stdout
    return " ".join(" ".join(re.findall(r'^\s*"(.*)"$', told, re.MULTILINE)).split())


@pytest.fixture
def filled(unit: Unit, spoc: User) -> Revision:
    """A statement with everything in it: long and mischievous evidence, ticked points, actions."""
    revision = factories.fill(factories.make_statement(unit, QUARTER), by=spoc, levels={"leadership": 4})
    entry = revision.entries.get(theme__identity="leadership")
    ticked = sorted(entry.theme.criteria.filter(level__number=4).values_list("pk", flat=True))[:3]
    answers = {"evidence": (1, MISCHIEF), "criteria_met": (0, ticked), "criteria_note": (0, "The last is on its way.")}
    edits = {name: Edit(version, value) for name, (version, value) in answers.items()}
    statements.save_entry(entry=entry, edits=edits, by=spoc, at=NOW)
    factories.raise_action(revision, title="Walk every store with its supervisor", lead="Chief inspector")
    two = factories.raise_action(revision, "audit", title="Audit the garages", lead="Inspector")
    Task.objects.create(
        action=two, number=2, title="Report to the board", lead="Superintendent", due_words="Autumn 2025"
    )
    return revision


@pytest.fixture
def signed(filled: Revision) -> Revision:
    return factories.sign(factories.complete(filled), at=NOW)


# --- Printing once ---------------------------------------------------------------------------------------------------


def test_the_pdf_of_a_signed_revision_is_printed_once_and_kept(signed: Revision) -> None:
    first = print_statement(signed)
    assert services.request(revision=signed, by=None, at=NOW) is None
    assert print_statement(signed) == first
    trail = TrailEntry.objects.get(act="statement.printed")
    assert trail.detail == {"content_digest": signed.content_digest, "sha256": first.blob.sha256}


def test_a_second_worker_leaves_the_first_file_where_it_is(signed: Revision) -> None:
    """Two jobs for one revision: the first was thought lost, and was not."""
    first = print_statement(signed)
    again = jobs.request(
        task=services.PRINT, key=services.statement_key(signed), by=None, at=NOW, revision_id=signed.pk
    )
    jobs.perform(again.pk, services.build)
    again.refresh_from_db()
    assert again.state == JobState.DONE
    assert StatementDocument.objects.get() == first
    assert TrailEntry.objects.filter(act="statement.printed").count() == 1


def test_two_requests_are_one_job(signed: Revision) -> None:
    for _ in range(2):
        services.request(revision=signed, by=None, at=NOW)
    assert Job.objects.filter(key=services.statement_key(signed)).count() == 1


def test_the_same_content_gives_the_same_bytes(signed: Revision) -> None:
    """So that a file that was lost can be told by its digest when it is printed again by the same program."""
    first = print_statement(signed).blob.sha256
    StatementDocument.objects.all().delete()
    assert print_statement(signed).blob.sha256 == first


@pytest.mark.parametrize("state", [RevisionState.OPEN, RevisionState.COMPLETED])
def test_a_draft_is_not_printed(filled: Revision, state: RevisionState) -> None:
    revision = filled if state == RevisionState.OPEN else factories.complete(filled)
    with pytest.raises(services.NotSigned):
        services.request(revision=revision, by=None, at=NOW)
    assert not Job.objects.exists()


def test_what_cannot_be_printed_fails_with_words_and_may_be_tried_again(
    signed: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise pdf.MissingLibrary(["libpango-1.0-0"])

    with monkeypatch.context() as patched:
        patched.setattr(pdf, "render", refuse)
        job = services.request(revision=signed, by=None, at=NOW)
        assert job is not None
        jobs.perform(job.pk, services.build)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "the statement itself is unchanged" in job.error
    assert "apt-get install libpango-1.0-0" in job.error
    assert not StatementDocument.objects.exists()
    print_statement(signed)


# --- What the document says ------------------------------------------------------------------------------------------


def test_the_document_keeps_to_both_standards_and_qpdf_finds_it_sound(signed: Revision) -> None:
    blob = print_statement(signed).blob
    assert failures(blob.path.read_bytes()) == []
    assert subprocess.run(["qpdf", "--check", blob.path], capture_output=True, check=False).returncode == 0


def test_the_document_is_laid_out_as_the_template_is(signed: Revision, spoc: User) -> None:
    """Appendix 2 of the September 2019 paper: what it asks for, in its order."""
    words = words_in_reading_order(print_statement(signed).blob.path)
    assert "Unit Harbour OCU" in words
    assert "Period Q1 2025/26 (April to June 2025)" in words
    assert f"Person completing it {spoc.name}, Safety manager" in words
    assert "Theme Level Evidence for the level Actions to improve" in words
    assert words.index("1. Leadership") < words.index("2. Policy / Governance") < words.index("12. Assurance and Audit")
    assert "4 Proactive culture" in words
    assert "3 of 4 points of the level ticked as met. Not ticked:" in words
    assert "The last is on its way." in words
    assert "Walk every store with its supervisor. Led by Chief inspector" in words
    assert "Report to the board" in words
    assert "Autumn 2025" in words
    assert "6. Wellbeing Not scored in this edition" in words
    assert "Signed for and on behalf of Harbour OCU" in words
    assert "Dated 20 May 2025 at 10:30am" in words
    assert "<script>alert(1)</script> &" in words


def test_the_document_carries_its_content_digest_and_where_to_check_it(signed: Revision, settings: Settings) -> None:
    settings.SITE_URL = "https://truelevel.example"
    path = print_statement(signed).blob.path
    joined = "".join(text_of(path).split())
    assert f"https://truelevel.example/verify/{signed.content_digest}/" in joined
    assert joined.count(signed.content_digest) > 2  # at the foot of every page, in the link, and in the table
    with pikepdf.open(path) as opened:
        links = [str(note.A.URI) for sheet in opened.pages for note in sheet.get("/Annots", []) if "/A" in note]
        title = str(opened.docinfo["/Title"])
    assert set(links) == {f"https://truelevel.example/verify/{signed.content_digest}/"}
    assert title == "Harbour OCU: health and safety statement, Q1 2025/26 (April to June 2025)"


def test_the_address_to_check_at_is_that_of_the_page(settings: Settings) -> None:
    settings.SITE_URL = "https://truelevel.example"
    digest = "0" * 64
    page_ = reverse("verify_digest", args=[digest])
    assert documents.verification_address(digest) == f"https://truelevel.example{page_}"


def test_a_later_revision_names_the_digest_of_the_one_before(signed: Revision) -> None:
    factories.decide(signed, Decision.RETURNED)
    second = signed.statement.revisions.get(number=2)
    factories.sign(factories.complete(second), at=NOW + timedelta(days=1))
    second.refresh_from_db()
    joined = "".join(text_of(print_statement(second).blob.path).split())
    assert f"Theunit’ssignedrevisionbeforeit{signed.content_digest}" in joined


def test_marking_and_digest_stand_on_every_page(signed: Revision) -> None:
    path = print_statement(signed).blob.path
    pages = [page_ for page_ in text_of(path, "-layout").split("\f") if page_.strip()]
    assert len(pages) > 2
    for page_ in pages:
        assert "OFFICIAL" in page_
        assert f"Content digest {signed.content_digest}" in page_


def test_what_is_printed_is_what_was_signed_and_not_what_stands_now(signed: Revision) -> None:
    Revision.objects.filter(pk=signed.pk).update(state=RevisionState.ACCEPTED)
    signed.statement.unit.actions.update(title="Something else by now")
    words = words_of(print_statement(signed).blob.path)
    assert "Walk every store with its supervisor" in words
    assert "Something else by now" not in words


# --- The blank form --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("edition", "sheets"), [("2019", 14), ("2017", 23)])
def test_a_theme_of_the_blank_form_fills_whole_sheets_of_a4(unit: Unit, edition: str, sheets: int) -> None:
    """A sheet in front, one for each of twelve themes, one to sign; nine of 2017 are so long that they take two."""
    chosen = next(one for one in maturity.shipped("2017", "2019") if one.code == edition)
    blank = print_blank(factories.make_statement(unit, QUARTER, edition=chosen))
    with pikepdf.open(blank.blob.path) as opened:
        sizes = [[round(float(side)) for side in sheet.mediabox[2:]] for sheet in opened.pages]
    assert sizes == [[842, 595]] * sheets
    for number in range(2, sheets):
        sheet = text_of(blank.blob.path, "-f", str(number), "-l", str(number))
        assert any(line.startswith(tuple("123456789")) for line in sheet.splitlines()) or "actions to improve" in sheet


def test_the_blank_form_has_every_criterion_a_box_and_lines_and_no_answers(filled: Revision) -> None:
    blank = print_blank(filled)
    words = words_in_reading_order(blank.blob.path)
    # Words are broken at the ends of lines: what is compared is the text without its blanks.
    letters = "".join(words.split())
    for theme in filled.statement.edition.themes.prefetch_related("criteria"):
        assert f"{theme.number}. {theme.name}" in words
        for criterion in theme.criteria.all():
            assert "".join(criterion.text.split()) in letters, criterion.text
    assert words.count("□") == 11 * (5 + 3)
    assert "Harbour OCU" in words
    assert "Q1 2025/26 (April to June 2025)" in words
    assert "Rank or grade, and post" in words
    assert "Walk every store" not in words
    assert failures(blank.blob.path.read_bytes()) == []


def test_the_blank_form_prints_in_black_and_white(filled: Revision) -> None:
    """No colour on its pages but shades of grey."""
    with pikepdf.open(io.BytesIO(print_blank(filled).blob.path.read_bytes())) as opened:
        colours = {
            tuple(round(float(number), 2) for number in instruction.operands)
            for sheet in opened.pages
            for instruction in pikepdf.parse_content_stream(sheet)
            if str(instruction.operator) in ("rg", "RG")
        }
    assert colours
    assert [one for one in colours if max(one) - min(one) > 0.1] == []


def test_the_blank_form_is_printed_once_and_again_under_a_new_name(filled: Revision) -> None:
    first = print_blank(filled)
    assert services.request_blank(statement=filled.statement, by=None, at=NOW) is None
    unit = filled.statement.unit
    unit.name = "Harbour and Quay OCU"
    unit.save()
    second = print_blank(filled)
    assert second.blob != first.blob
    assert "Harbour and Quay OCU" in words_of(second.blob.path)
    assert BlankForm.objects.count() == 1
