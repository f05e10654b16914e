"""Asking from a theme's page, the list of questions and advice, answering, and who advises which unit."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import MentoringRecord, Revision, UnitAdviser
from assurance.services import mentoring
from organisation.models import Unit
from organisation.roles import Role
from tests.factories.assurance import ask, make_adviser, make_statement
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make_unit("Alder")


@pytest.fixture
def draft(unit: Unit) -> Revision:
    return make_statement(unit)


def signed_in(role: Role, unit: Unit | None = None) -> Client:
    client = Client()
    client.force_login(make_person(role, unit))
    return client


def ask_page(revision: Revision, identity: str = "leadership") -> str:
    return f"/statements/{revision.statement.unit.slug}/{revision.statement.quarter.slug}/themes/{identity}/ask/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(unescape(response.content.decode()).split())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_the_page_says_who_is_asked_and_warns_against_naming_anybody(draft: Revision, unit: Unit) -> None:
    adviser = make_adviser(unit).adviser
    page = text_of(signed_in(Role.SPOC, unit), ask_page(draft))
    assert f"{adviser.name} of the Safety and Health Risk Management Team (SHRMT) advises Alder" in page
    assert "Do not name anybody, and write nothing about anybody’s health." in page


def test_without_an_adviser_the_page_says_that_all_of_shrmt_sees_it(draft: Revision, unit: Unit) -> None:
    page = text_of(signed_in(Role.SLT_LEAD, unit), ask_page(draft))
    assert "No adviser is named for Alder. Everybody in the Safety and Health Risk Management Team (SHRMT)" in page


def test_asking_returns_to_the_theme_and_the_question_is_kept(draft: Revision, unit: Unit) -> None:
    client = signed_in(Role.SPOC, unit)
    response = client.post(ask_page(draft), {"question": "Does a drill count?"})
    assert (response.status_code, response["Location"]) == (302, ask_page(draft).removesuffix("ask/"))
    record = MentoringRecord.objects.get()
    assert (record.unit, record.theme.identity, record.question) == (unit, "leadership", "Does a drill count?")
    assert "Does a drill count?" in text_of(client, ask_page(draft))  # among what was asked before


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Fill in “Your question”."), ("word " * 301, "This has 301 words and the limit is 300.")],
)
def test_what_cannot_be_asked_is_said_and_kept(draft: Revision, unit: Unit, typed: str, said: str) -> None:
    response = signed_in(Role.SPOC, unit).post(ask_page(draft), {"question": typed})
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert said in page
    assert "<title>Error:" in page
    assert typed.strip() in page
    assert not MentoringRecord.objects.exists()


def test_the_same_question_again_is_answered_on_the_form(draft: Revision, unit: Unit) -> None:
    client = signed_in(Role.SPOC, unit)
    for status in (302, 422):
        response = client.post(ask_page(draft), {"question": "Does a drill count?"})
        assert response.status_code == status
    assert "You have asked this already" in response.content.decode()
    assert MentoringRecord.objects.count() == 1


def test_a_theme_that_the_edition_does_not_have_is_404(draft: Revision, unit: Unit) -> None:
    assert signed_in(Role.SPOC, unit).get(ask_page(draft, "no-such-theme")).status_code == 404


def test_a_reader_who_is_not_of_the_unit_is_told_why_not(draft: Revision) -> None:
    response = signed_in(Role.SHRMT).get(ask_page(draft))
    assert response.status_code == 403
    assert "Only the unit’s SPOC and SLT lead ask its adviser." in unescape(response.content.decode())


# --- The list --------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_where_questions_come_from(unit: Unit) -> None:
    page = text_of(signed_in(Role.SPOC, unit), "/mentoring/")
    assert "Nothing has been asked or advised yet. A unit asks from the page of a theme" in page
    assert "Record advice" not in page
    assert "Who advises which unit" not in page


def test_a_unit_reads_its_own_questions_only(unit: Unit) -> None:
    ask(unit, question="Ours?")
    ask(make_unit(), question="Theirs?")
    page = text_of(signed_in(Role.SPOC, unit), "/mentoring/")
    assert "1 record." in page
    assert "Ours?" in page
    assert "Theirs?" not in page


def test_the_list_is_narrowed_to_what_waits_in_units_one_advises(unit: Unit) -> None:
    adviser = make_adviser(unit).adviser
    ask(unit, question="Mine and open?")
    answered = ask(unit, question="Mine and answered?")
    mentoring.answer(record=answered, advice="Yes.", by=adviser, at=timezone.now())
    ask(make_unit(), question="Somebody else’s?")
    client = Client()
    client.force_login(adviser)
    everything = text_of(client, "/mentoring/")
    assert "3 records." in everything
    assert everything.index("Mine and open?") < everything.index("Mine and answered?")
    waiting = text_of(client, "/mentoring/?whose=mine&state=waiting")
    assert "1 record where the question waits for an answer and the unit is one you advise." in waiting
    assert "Mine and open?" in waiting
    assert "1 record where the advice is given." in text_of(client, "/mentoring/?state=answered")
    assert "2 records where the unit’s name contains “alder”." in text_of(client, "/mentoring/?unit=alder")
    assert "No record fits." in text_of(client, "/mentoring/?unit=willow")
    assert "3 records." in text_of(client, "/mentoring/?state=nonsense")


def test_the_list_is_cut_into_pages_that_keep_what_is_shown(unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    for number in range(21):
        ask(unit, question=f"Question {number}?", by=spoc)
    client = Client()
    client.force_login(spoc)
    page = text_of(client, "/mentoring/?state=waiting")
    assert "Page 1 of 2" in page
    assert 'href="?state=waiting&page=2"' in page
    assert "Question 20?" in text_of(client, "/mentoring/?state=waiting&page=2")


def test_the_list_takes_the_same_queries_however_long_it_is(unit: Unit) -> None:
    client = signed_in(Role.SHRMT)
    client.get("/mentoring/")
    ask(unit)
    few = queries(client, "/mentoring/")
    for _ in range(8):
        make_adviser(unit)
        mentoring.answer(record=ask(make_unit()), advice="Yes.", by=make_person(Role.SHRMT), at=timezone.now())
    assert queries(client, "/mentoring/") == few


# --- One record ------------------------------------------------------------------------------------------------------


def test_shrmt_answers_and_the_unit_reads_the_answer(unit: Unit) -> None:
    record = ask(unit, question="Does a drill count?")
    auditor = signed_in(Role.SHRMT)
    assert "Answer it" in text_of(auditor, f"/mentoring/{record.pk}/")
    response = auditor.post(f"/mentoring/{record.pk}/", {"advice": "Yes, with its date."})
    assert (response.status_code, response["Location"]) == (302, f"/mentoring/{record.pk}/")
    page = text_of(signed_in(Role.SPOC, unit), f"/mentoring/{record.pk}/")
    assert "Yes, with its date." in page
    assert "Answer it" not in page


def test_somebody_else_s_answer_is_shown_and_what_was_typed_is_kept(unit: Unit) -> None:
    record = ask(unit)
    mentoring.answer(record=record, advice="Yes, at once.", by=make_person(Role.SHRMT), at=timezone.now())
    response = signed_in(Role.SHRMT).post(f"/mentoring/{record.pk}/", {"advice": "No, by no means."})
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "Yes, at once." in page
    assert "No, by no means." in page
    assert "Somebody has answered this question meanwhile." in page


def test_whoever_waits_is_told_for_whom(unit: Unit) -> None:
    record = ask(unit)
    spoc = signed_in(Role.SPOC, unit)
    assert "no adviser is named for this unit" in text_of(spoc, f"/mentoring/{record.pk}/")
    adviser = make_adviser(unit).adviser
    assert f"It waits for an answer from {adviser.name}." in text_of(spoc, f"/mentoring/{record.pk}/")


def test_advice_is_recorded_without_a_question(draft: Revision, unit: Unit) -> None:
    auditor = signed_in(Role.SHRMT)
    text_of(auditor, "/mentoring/new/")
    filled = {"unit": unit.pk, "theme": "audit", "advice": "Plan the audit in spring."}
    response = auditor.post("/mentoring/new/", filled)
    record = MentoringRecord.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/mentoring/{record.pk}/")
    assert (record.unit, record.theme.identity, record.advice) == (unit, "audit", "Plan the audit in spring.")
    assert record.theme.edition_id == draft.statement.edition_id
    again = auditor.post("/mentoring/new/", filled)
    assert again.status_code == 422
    assert "You have recorded this advice already" in again.content.decode()


# --- Who advises which unit ------------------------------------------------------------------------------------------


def test_the_head_names_an_adviser_and_lets_them_go(unit: Unit) -> None:
    auditor, head = make_person(Role.SHRMT), signed_in(Role.HEAD)
    assert "1 unit, 1 of them without an adviser today." in text_of(head, "/mentoring/advisers/")
    today = timezone.localdate()
    filled = {"unit": unit.pk, "adviser": auditor.pk, "starts_on": f"{today.day} {today.month} {today.year}"}
    assert head.post("/mentoring/advisers/", filled).status_code == 302
    named = UnitAdviser.objects.get()
    assert (named.unit, named.adviser, named.starts_on, named.ends_on) == (unit, auditor, today, None)
    assert "1 unit, 0 of them without an adviser today." in text_of(head, "/mentoring/advisers/")
    again = head.post("/mentoring/advisers/", filled)
    assert again.status_code == 422
    assert "advises Alder already" in again.content.decode()
    assert head.post(f"/mentoring/advisers/{named.pk}/end/").status_code == 302
    named.refresh_from_db()
    assert named.ends_on == today
    assert "End<span" not in text_of(head, "/mentoring/advisers/")


def test_only_people_of_shrmt_are_offered_and_taken(unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    response = signed_in(Role.SHRMT).post(
        "/mentoring/advisers/", {"unit": unit.pk, "adviser": spoc.pk, "starts_on": "1 4 2026"}
    )
    assert response.status_code == 422
    assert not UnitAdviser.objects.exists()


def test_the_list_of_advisers_takes_the_same_queries_however_many_units_there_are(unit: Unit) -> None:
    head = signed_in(Role.HEAD)
    make_adviser(unit)
    few = queries(head, "/mentoring/advisers/")
    group = make_group()
    for _ in range(6):
        make_adviser(make_unit(group=group))
    assert queries(head, "/mentoring/advisers/") == few


# --- The front page --------------------------------------------------------------------------------------------------


def test_an_adviser_s_front_page_says_how_many_questions_wait(unit: Unit) -> None:
    adviser = make_adviser(unit).adviser
    client = Client()
    client.force_login(adviser)
    assert "No question from a unit waits for an answer." in text_of(client, "/")
    ask(unit)
    ask(make_unit())
    page = text_of(client, "/")
    assert 'href="/mentoring/?state=waiting&whose=mine"' in page
    assert "Questions from units you advise" in page
    assert "Questions from units without an adviser" in page
    assert "2 waiting" in page


def test_a_unit_s_front_page_says_whether_its_questions_are_answered(unit: Unit) -> None:
    spoc = signed_in(Role.SPOC, unit)
    assert "what you were advised" not in text_of(spoc, "/")
    record = ask(unit)
    assert "1 waiting" in text_of(spoc, "/")
    mentoring.answer(record=record, advice="Yes.", by=make_person(Role.SHRMT), at=timezone.now())
    assert "All answered" in text_of(spoc, "/")
