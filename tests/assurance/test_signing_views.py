"""Checking the answers, completing, signing and reopening."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from assurance.models import Revision, RevisionState
from assurance.services import statements
from organisation.models import User
from tests.assurance.pages import address, form_on, html_of, save_elsewhere, signed_in
from tests.factories import assurance as factories

pytestmark = pytest.mark.django_db


# --- Check your answers -------------------------------------------------------------------------------------------


def test_everything_missing_leads_to_the_field_that_answers_it(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, "leadership", level_answer=3)
    html = html_of(browser.get(address("check", draft)))
    targets = re.findall(r'<li><a class="govuk-link" href="([^"]+)">', html)
    assert len(targets) == 2 + 10 + 3
    assert targets[0] == f"{address('theme', draft, 'leadership')}#id_evidence"
    for target in targets:
        page, anchor = target.split("#")
        assert f'id="{anchor}"' in html_of(browser.get(page, follow=True)), target
    assert "Complete statement</button>" not in html


def test_a_full_statement_is_completed_with_a_confirmation(browser: Client, draft: Revision, spoc: User) -> None:
    factories.fill(draft)
    where = address("check", draft)
    assert "What is still missing" not in html_of(browser.get(where))
    unconfirmed = browser.post(where, form_on(browser.get(where)))
    assert unconfirmed.status_code == 422
    assert 'href="#id_confirmed"' in html_of(unconfirmed)
    response = browser.post(where, {"confirmed": "on"})
    assert (response.status_code, response.headers["Location"]) == (302, address("statement", draft))
    draft.refresh_from_db()
    assert (draft.state, draft.completed_by) == (RevisionState.COMPLETED, spoc)


def test_completing_what_is_not_complete_is_refused_with_what_is_missing(browser: Client, draft: Revision) -> None:
    response = browser.post(address("check", draft), {"confirmed": "on"})
    assert response.status_code == 422
    assert "cannot be completed yet" in html_of(response)
    draft.refresh_from_db()
    assert draft.is_open


# --- Signing and reopening ----------------------------------------------------------------------------------------


@pytest.fixture
def completed(draft: Revision, spoc: User) -> Revision:
    return factories.complete(factories.fill(draft), by=spoc)


def signature(**changes: str) -> dict[str, str]:
    return {"signer_name": "A Superintendent", "signer_position": "Head of unit", "confirmed": "on"} | changes


def test_signing_freezes_what_was_on_the_page(completed: Revision, slt: User) -> None:
    browser, where = signed_in(slt), address("sign", completed)
    shown = browser.get(where)
    assert "for and on behalf of Harbour OCU" in html_of(shown)
    assert "Records of Leadership were checked." in html_of(shown)
    response = browser.post(where, form_on(shown) | signature())
    assert (response.status_code, response.headers["Location"]) == (302, address("statement", completed))
    completed.refresh_from_db()
    assert (completed.state, completed.signed_by, completed.signer_name) == (
        RevisionState.SIGNED, slt, "A Superintendent",
    )  # fmt: skip
    assert completed.content_digest == form_on(shown)["digest"]


@pytest.mark.parametrize("missing", ["signer_name", "signer_position", "confirmed"])
def test_a_signature_without_name_post_or_confirmation_is_asked_for(
    completed: Revision, slt: User, missing: str
) -> None:
    browser, where = signed_in(slt), address("sign", completed)
    sent = form_on(browser.get(where)) | signature()
    del sent[missing]
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert f'href="#id_{missing}"' in html_of(response)
    completed.refresh_from_db()
    assert completed.state == RevisionState.COMPLETED


def test_a_statement_that_changed_since_it_was_read_has_to_be_read_again(
    completed: Revision, slt: User, spoc: User
) -> None:
    browser, where = signed_in(slt), address("sign", completed)
    opened = form_on(browser.get(where))
    statements.reopen(revision=completed, reason="A slip.", by=spoc, at=timezone.now())
    save_elsewhere(completed, spoc, evidence="Quite another text")
    factories.complete(completed, by=spoc)
    response = browser.post(where, opened | signature())
    again = form_on(response)
    assert response.status_code == 422
    assert "has changed since you opened" in html_of(response)
    assert "Quite another text" in html_of(response)
    assert again["signer_position"] == "Head of unit"
    assert "confirmed" not in again
    assert browser.post(where, again | {"confirmed": "on"}).status_code == 302


def test_whoever_completed_it_reads_why_they_cannot_sign(draft: Revision, slt: User) -> None:
    factories.complete(factories.fill(draft), by=slt)
    browser, where = signed_in(slt), address("sign", draft)
    html = html_of(browser.get(where))
    assert "somebody else has to sign it" in html
    assert "Sign the statement</button>" not in html
    digest = form_on(browser.get(where)).get("digest", "")
    response = browser.post(where, signature(digest=digest))
    assert response.status_code == 422
    assert "You completed this statement" in html_of(response)


def test_what_is_not_completed_cannot_be_signed(draft: Revision, slt: User) -> None:
    browser = signed_in(slt)
    assert browser.get(address("sign", draft)).headers["Location"] == address("statement", draft)
    assert browser.post(address("sign", draft), signature()).status_code == 422


def test_a_completed_statement_reopens_with_a_reason(browser: Client, completed: Revision) -> None:
    where = address("reopen", completed)
    blank = browser.post(where, {"reason": " "})
    assert blank.status_code == 422
    assert "Say why" in html_of(blank)
    assert browser.post(where, {"reason": "A wrong level."}).status_code == 302
    completed.refresh_from_db()
    assert completed.is_open
    assert browser.get(where).headers["Location"] == address("statement", completed)


def test_an_slt_lead_reopens_a_signed_statement_as_the_next_revision(completed: Revision, slt: User) -> None:
    factories.sign(completed, by=slt)
    browser = signed_in(slt)
    assert "revision 1 stands" in html_of(browser.get(address("reopen", completed)))
    assert browser.post(address("reopen", completed), {"reason": "A site was closed."}).status_code == 302
    html = html_of(browser.get(address("statement", completed)))
    assert "A site was closed." in html
    assert address("revision", completed, 1) in html
    assert "Overdue" not in html
    old = html_of(browser.get(address("revision", completed, 1)))
    assert "this one stands until that is signed" in old
