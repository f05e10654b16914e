"""The pages on which a statement is printed: one page, the PDF of a signed revision, the blank form."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import BlankForm, Decision, Revision, StatementDocument
from assurance.services import documents
from organisation.models import User
from organisation.roles import Role
from records.models import Job, JobState, TrailEntry
from tests.assurance.pages import address, html_of, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories.organisation import make_person
from tests.factories.papers import make_blob

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return unescape(text_of(html_of(answer)))


@pytest.fixture
def signed(draft: Revision) -> Revision:
    return factories.sign(factories.complete(factories.fill(draft)))


@pytest.fixture
def printed(signed: Revision) -> StatementDocument:
    return StatementDocument.objects.create(revision=signed, blob=make_blob(), printed_at=timezone.now())


# --- One page to print -----------------------------------------------------------------------------------------------


def test_the_page_has_all_of_a_draft_and_says_that_it_is_one(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, evidence="Two inspections.\nAnd a third.")
    factories.raise_action(draft, title="Brief every supervisor", lead="Chief inspector")
    page = browser.get(address("print_statement", draft))
    text = words(page)
    assert "Draft, not signed. What stands here may still change." in text
    assert "Unit Harbour OCU" in text
    assert "Theme Level Evidence for the level Actions to improve" in text
    assert "Two inspections. And a third." in text
    assert "Brief every supervisor. Led by Chief inspector" in text
    assert "Content digest" not in text
    assert '<p class="one-page__mark" aria-hidden="true">Draft, not signed</p>' in html_of(page)
    assert text.count("12. Assurance and Audit") == 1


def test_the_page_of_a_signed_revision_has_signature_and_digest(browser: Client, signed: Revision) -> None:
    page = browser.get(address("print_statement", signed))
    text = words(page)
    assert f"Signed by {signed.signer_name}, {signed.signer_position}" in text
    assert signed.content_digest in text
    assert f"/verify/{signed.content_digest}/" in text
    assert "one-page__mark" not in html_of(page)


def test_an_earlier_revision_is_printed_as_it_was(browser: Client, signed: Revision, spoc: User) -> None:
    factories.decide(signed, Decision.RETURNED)
    second = signed.statement.revisions.get(number=2)
    save_elsewhere(second, spoc, evidence="Written in the second revision.")
    first = words(browser.get(address("print_statement", signed), {"revision": "1"}))
    assert "Written in the second revision." not in first
    assert signed.content_digest in first
    assert "Written in the second revision." in words(browser.get(address("print_statement", signed)))


@pytest.mark.parametrize("asked", ["3", "0", "-1", "one", "1e3", "99999", "٣"])
@pytest.mark.parametrize(
    "name", ["print_statement", "statement_pdf", "statement_pdf_progress", "statement_pdf_download"]
)
def test_a_revision_that_is_not_there_is_no_page(browser: Client, signed: Revision, name: str, asked: str) -> None:
    assert browser.get(address(name, signed), {"revision": asked}).status_code == 404


def test_the_page_takes_as_many_queries_for_a_full_statement_as_for_an_empty_one(
    browser: Client, draft: Revision, spoc: User
) -> None:
    page = address("print_statement", draft)
    factories.raise_action(draft)
    save_elsewhere(draft, spoc, evidence="Something.")
    browser.get(page)
    with CaptureQueriesContext(connection) as few:
        browser.get(page)
    factories.fill(draft, by=spoc)
    for identity in ("audit", "communication", "leadership"):
        factories.raise_action(draft, identity)
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(few) == len(many) <= 14


# --- The PDF ---------------------------------------------------------------------------------------------------------


def test_before_it_is_printed_the_page_has_a_button_and_pressing_it_twice_queues_one_job(
    browser: Client, signed: Revision, spoc: User
) -> None:
    assert "Make the PDF" in words(browser.get(address("statement_pdf", signed)))
    for _ in range(2):
        answer = browser.post(address("statement_pdf", signed))
        assert (answer.status_code, answer["Location"]) == (302, f"{address('statement_pdf', signed)}?revision=1")
    job = Job.objects.get(key=documents.statement_key(signed))
    assert (job.state, job.requested_by, job.task) == (JobState.QUEUED, spoc, "assurance.print_statement")
    page = browser.get(answer["Location"])
    assert "Waiting for the worker to start" in words(page)
    assert 'hx-trigger="load delay:2s"' in html_of(page)
    assert "Make the PDF" not in words(page)


def test_the_page_of_a_printed_one_has_its_file_digest(browser: Client, printed: StatementDocument) -> None:
    page = browser.get(address("statement_pdf", printed.revision))
    text = words(page)
    assert f"File digest (SHA-256) {printed.blob.sha256}" in text
    assert f"Content digest (SHA-256) {printed.revision.content_digest}" in text
    assert "Download the statement (PDF" in text
    assert "hx-get" not in html_of(page)
    browser.post(address("statement_pdf", printed.revision))
    assert not Job.objects.filter(task=documents.PRINT).exists()


def fragment(client: Client, name: str, revision: Revision) -> Any:
    return client.get(address(name, revision), headers={"HX-Request": "true"})


def test_a_running_job_shows_per_cent_and_step_and_asks_again(browser: Client, signed: Revision) -> None:
    browser.post(address("statement_pdf", signed))
    lease = timezone.now() + timedelta(minutes=1)
    Job.objects.update(state=JobState.RUNNING, progress=50, step="Printing the statement", lease_until=lease)
    html = html_of(fragment(browser, "statement_pdf_progress", signed))
    assert "Printing: 50%. Printing the statement" in html
    assert f'hx-get="{address("statement_pdf_progress", signed)}?revision=1"' in html
    assert "<html" not in html


def test_a_finished_job_reloads_the_page(browser: Client, signed: Revision) -> None:
    browser.post(address("statement_pdf", signed))
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now(), progress=100)
    StatementDocument.objects.create(revision=signed, blob=make_blob(), printed_at=timezone.now())
    assert fragment(browser, "statement_pdf_progress", signed)["HX-Refresh"] == "true"


def test_a_failed_job_says_why_and_may_be_tried_again(browser: Client, signed: Revision) -> None:
    browser.post(address("statement_pdf", signed))
    Job.objects.update(state=JobState.FAILED, error="Two of the fonts are missing.", finished_at=timezone.now())
    text = words(browser.get(address("statement_pdf", signed)))
    assert "Failed Two of the fonts are missing." in text
    assert "Try again" in text


def test_without_htmx_progress_is_the_page_itself(browser: Client, signed: Revision) -> None:
    answer = browser.get(address("statement_pdf_progress", signed))
    assert (answer.status_code, answer["Location"]) == (302, f"{address('statement_pdf', signed)}?revision=1")


def test_a_draft_has_no_pdf_and_the_page_says_what_there_is_instead(browser: Client, signed: Revision) -> None:
    factories.decide(signed, Decision.RETURNED)
    page = browser.get(address("statement_pdf", signed))
    text = words(page)
    assert "Revision 2 is open and not signed, so it has no PDF" in text
    assert f'href="{address("print_statement", signed)}?revision=2"' in html_of(page)
    assert "PDF of revision 1" in text
    assert browser.post(address("statement_pdf", signed)).status_code == 422
    assert not Job.objects.filter(task=documents.PRINT).exists()
    assert browser.get(address("statement_pdf_download", signed)).status_code == 404


def test_the_download_is_the_stored_file_and_leaves_a_trail(printed: StatementDocument) -> None:
    person = make_person(Role.HEAD)
    revision = printed.revision
    answer = signed_in(person).get(address("statement_pdf_download", revision))
    assert hashlib.sha256(answer.getvalue()).hexdigest() == printed.blob.sha256
    assert answer["Content-Type"] == "application/pdf"
    assert answer["ETag"] == f'"{printed.blob.sha256}"'
    quarter = revision.statement.quarter.slug
    assert answer["Content-Disposition"] == f'attachment; filename="statement-harbour-ocu-{quarter}-revision-1.pdf"'
    trail = TrailEntry.objects.get(act="statement.downloaded")
    assert (trail.actor, trail.detail) == (person, {"form": "pdf", "sha256": printed.blob.sha256})


def test_who_has_the_file_already_is_told_so_and_takes_nothing(browser: Client, printed: StatementDocument) -> None:
    where = address("statement_pdf_download", printed.revision)
    answer: Any = browser.get(where, headers={"If-None-Match": f'"{printed.blob.sha256}"'})
    assert (answer.status_code, answer.content) == (304, b"")
    looked: Any = browser.head(where)
    for close in looked._resource_closers:  # as a server does; closing the answer would end the test's connection too
        close()
    assert looked.status_code == 200
    assert not TrailEntry.objects.filter(act="statement.downloaded").exists()


# --- The blank form --------------------------------------------------------------------------------------------------


def test_the_blank_form_is_asked_for_and_downloaded(browser: Client, draft: Revision) -> None:
    assert "Make the blank form" in words(browser.get(address("blank_pdf", draft)))
    for _ in range(2):
        answer = browser.post(address("blank_pdf", draft))
        assert (answer.status_code, answer["Location"]) == (302, address("blank_pdf", draft))
    job = Job.objects.get()
    assert job.task == "assurance.print_blank_form"
    assert "Waiting for the worker to start" in words(browser.get(address("blank_pdf", draft)))
    assert browser.get(address("blank_pdf_download", draft)).status_code == 404
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now(), progress=100)
    unit_name = draft.statement.unit.name
    BlankForm.objects.create(
        statement=draft.statement, unit_name=unit_name, blob=make_blob(), printed_at=timezone.now()
    )
    assert fragment(browser, "blank_pdf_progress", draft)["HX-Refresh"] == "true"
    assert "Download the blank form (PDF" in words(browser.get(address("blank_pdf", draft)))
    file = browser.get(address("blank_pdf_download", draft))
    quarter = draft.statement.quarter.slug
    assert file["Content-Disposition"] == f'attachment; filename="statement-harbour-ocu-{quarter}-blank.pdf"'
    assert file.getvalue().startswith(b"%PDF")
    assert not TrailEntry.objects.filter(act="statement.downloaded").exists()
