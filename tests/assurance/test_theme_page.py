"""What a theme's page shows beside its questions, how it is first opened, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import Carried, EvidenceItem, MergeDecision, Presence, Revision
from maturity.models import Criterion
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import address, entry_of, form_on, html_of, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def shown(browser: Client, revision: Revision, *more: str, theme: str = "leadership") -> Any:
    """The theme's page, after the first visit has carried forward what there is."""
    return browser.get(address("theme", revision, theme) + "".join(more), follow=True)


# --- The questions ------------------------------------------------------------------------------------------------


def test_every_criterion_of_every_level_is_there_to_tick(browser: Client, draft: Revision) -> None:
    html = html_of(shown(browser, draft))
    criteria = Criterion.objects.filter(theme=entry_of(draft).theme)
    assert criteria.count() > 5
    for criterion in criteria.select_related("level"):
        assert f'value="{criterion.pk}"' in html
        assert f'data-level="{criterion.level.number}"' in html
    assert "What evidence of level 3 usually looks like" in html


def test_every_free_text_warns_against_names_and_health(browser: Client, draft: Revision) -> None:
    for page in (shown(browser, draft), browser.get(address("details", draft))):
        html = html_of(page)
        boxes = html.count("<textarea") - html.count('id="merged-')
        assert boxes
        assert html.count("Do not name anybody, and write nothing about anybody’s health.") >= boxes


def test_all_answers_are_saved_without_scripts(browser: Client, draft: Revision) -> None:
    page = shown(browser, draft)
    ids = list(Criterion.objects.filter(theme=entry_of(draft).theme, level__number=3).values_list("pk", flat=True))
    sent = form_on(page) | {
        "level_answer": "3",
        "criteria_met": [str(pk) for pk in ids[:2]],
        "criteria_note": "The third is under way.",
        "held_without_shrmt": "yes",
        "evidence": "Nine walks",
    }
    assert browser.post(address("theme", draft, "leadership"), sent).status_code == 302
    entry = entry_of(draft)
    assert (entry.level, entry.criteria_met, entry.criteria_note) == (3, sorted(ids[:2]), "The third is under way.")
    again = form_on(shown(browser, draft))
    assert again["criteria_met"] == [str(pk) for pk in sorted(ids[:2])]


def test_a_theme_that_is_not_scored_asks_for_evidence_and_actions_only(browser: Client, draft: Revision) -> None:
    page = form_on(shown(browser, draft, theme="wellbeing"))
    assert "level_answer" not in html_of(shown(browser, draft, theme="wellbeing"))
    assert browser.post(address("theme", draft, "wellbeing"), page | {"evidence": "A survey"}).status_code == 302
    assert entry_of(draft, "wellbeing").evidence == "A survey"


def test_a_page_sent_twice_is_saved_once_and_another_text_on_it_is_not_lost(browser: Client, draft: Revision) -> None:
    sent = form_on(shown(browser, draft)) | {"evidence": "First"}
    where = address("theme", draft, "leadership")
    assert [browser.post(where, sent).status_code for _ in range(2)] == [302, 302]
    assert entry_of(draft).field_versions["evidence"] == 1
    later = browser.post(where, sent | {"evidence": "Typed after going back"})
    assert later.status_code == 409  # the same page: both texts are shown, none is taken for the first again
    assert "Typed after going back" in html_of(later)


# --- Carried forward ----------------------------------------------------------------------------------------------


@pytest.fixture
def carried(unit: Unit) -> Revision:
    factories.signed(unit, factories.this_quarter().previous(), level=4)
    return factories.make_statement(unit)


def test_the_first_visit_carries_forward_and_comes_back(browser: Client, carried: Revision) -> None:
    where = address("theme", carried, "leadership")
    response = browser.get(where)
    assert (response.status_code, response.headers["Location"]) == (302, where)
    entry = entry_of(carried)
    assert (entry.level, entry.carried) == (4, Carried.UNCONFIRMED)
    before = factories.this_quarter().previous().name
    assert f"Carried forward from {before}: confirm that it is still true, or change it." in text_of(
        html_of(browser.get(where))
    )


def test_a_reader_s_look_carries_nothing_forward(carried: Revision) -> None:
    reader = signed_in(make_person(Role.HEAD))
    assert reader.get(address("theme", carried, "leadership")).status_code == 403
    assert entry_of(carried).first_opened_at is None


def test_what_was_carried_is_confirmed_with_what_is_on_the_page(browser: Client, carried: Revision) -> None:
    page = form_on(shown(browser, carried))
    where = address("theme", carried, "leadership")
    assert browser.post(where, page | {"then": "confirm"}).headers["Location"] == where
    assert entry_of(carried).carried == Carried.CONFIRMED
    assert "and confirmed." in text_of(html_of(shown(browser, carried)))


def test_confirming_by_itself_and_too_late(browser: Client, carried: Revision) -> None:
    shown(browser, carried)
    assert browser.post(address("confirm", carried, "leadership")).status_code == 302
    assert entry_of(carried).carried == Carried.CONFIRMED
    factories.complete(factories.fill(carried))
    response = browser.post(address("confirm", carried, "leadership"), follow=True)
    assert "This statement is completed, so it cannot be changed." in text_of(html_of(response))


def test_what_is_signed_later_is_offered_and_can_be_taken_over(browser: Client, unit: Unit) -> None:
    draft = factories.make_statement(unit)
    shown(browser, draft)
    draft.entries.update(first_opened_at=factories.moment_in(factories.this_quarter().previous().previous()))
    factories.signed(unit, factories.this_quarter().previous(), level=2)
    before = factories.this_quarter().previous().name
    assert f"Start again from {before}" in html_of(shown(browser, draft))
    assert browser.post(address("carry", draft, "leadership")).status_code == 302
    assert entry_of(draft).level == 2
    assert "Start again from" not in html_of(shown(browser, draft))
    again = browser.post(address("carry", draft, "leadership"), follow=True)
    assert "nothing newer to carry forward" in html_of(again)


def test_what_was_carried_is_named_as_missing_and_leads_to_its_banner(browser: Client, carried: Revision) -> None:
    shown(browser, carried)
    check = html_of(browser.get(address("check", carried)))
    assert f'{address("theme", carried, "leadership")}#carried"' in check
    assert 'id="carried"' in html_of(shown(browser, carried))
    tasks = text_of(html_of(browser.get(address("statement", carried))))
    assert "Level 4: Proactive culture, carried forward, not confirmed Carried forward: to confirm" in tasks
    browser.post(address("confirm", carried, "leadership"))
    tasks = text_of(html_of(browser.get(address("statement", carried))))
    assert "Level 4: Proactive culture, carried forward and confirmed" in tasks


# --- Texts that were refused --------------------------------------------------------------------------------------


@pytest.fixture
def refused(browser: Client, draft: Revision, slt: User) -> Revision:
    """A draft in which the SPOC's evidence was overtaken by the SLT lead's."""
    page = form_on(shown(browser, draft))
    save_elsewhere(draft, slt, evidence="Theirs")
    assert browser.post(address("theme", draft, "leadership"), page | {"evidence": "Mine"}).status_code == 409
    return draft


def test_a_refused_text_waits_on_the_page_for_its_author_alone(browser: Client, refused: Revision, slt: User) -> None:
    page = shown(browser, refused)
    assert "An answer of yours was not saved" in text_of(html_of(page))
    assert form_on(page)["evidence"] == "Theirs"
    assert "was not saved" not in text_of(html_of(shown(signed_in(slt), refused)))


def test_a_refused_text_can_be_put_into_the_box_without_scripts(browser: Client, refused: Revision) -> None:
    page = form_on(shown(browser, refused, "?put=evidence"))
    assert set(page["evidence"].splitlines()) == {"Mine", "Theirs"}
    assert browser.post(address("theme", refused, "leadership"), page).status_code == 302
    assert set(entry_of(refused).evidence.splitlines()) == {"Mine", "Theirs"}
    assert MergeDecision.objects.get().decided_at is not None
    assert "was not saved" not in text_of(html_of(shown(browser, refused)))


def test_saving_the_page_as_it_is_lets_the_other_version_stand(browser: Client, refused: Revision) -> None:
    assert browser.post(address("theme", refused, "leadership"), form_on(shown(browser, refused))).status_code == 302
    assert entry_of(refused).evidence == "Theirs"
    assert MergeDecision.objects.get().result == "Theirs"


# --- Who else is here ---------------------------------------------------------------------------------------------


def test_who_else_has_the_statement_open_is_said_with_their_theme(browser: Client, draft: Revision, slt: User) -> None:
    shown(signed_in(slt), draft, theme="audit")
    html = text_of(html_of(shown(browser, draft)))
    assert f"Also open now: {slt.name}, in Assurance and Audit." in html
    assert f"Also open now: {slt.name}" not in text_of(html_of(shown(signed_in(slt), draft)))
    assert f"Also open now: {slt.name}, in Leadership." in text_of(html_of(browser.get(address("statement", draft))))


def test_asking_again_answers_only_where_something_is_new(browser: Client, draft: Revision, slt: User) -> None:
    page = form_on(shown(browser, draft))
    where = address("presence", draft)
    assert browser.post(where, {"theme": "leadership"}, headers=HTMX).status_code == 200
    shown(signed_in(slt), draft, theme="audit")
    answer = browser.post(where, {"theme": "leadership", "shown": page.get("shown", "")}, headers=HTMX)
    assert answer.status_code == 200
    assert slt.name in html_of(answer)
    known = html_of(answer).split('name="shown" value="')[1].split('"')[0]
    assert browser.post(where, {"theme": "leadership", "shown": known}, headers=HTMX).status_code == 204
    assert Presence.objects.filter(revision=draft).count() == 2


def test_a_closed_statement_is_asked_about_no_more(browser: Client, draft: Revision) -> None:
    factories.complete(factories.fill(draft))
    assert browser.post(address("presence", draft), {}, headers=HTMX).status_code == 286


# --- What it costs ------------------------------------------------------------------------------------------------


def queries_of(browser: Client, revision: Revision) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(address("theme", revision, "leadership"))
    assert response.status_code == 200
    return [query["sql"] for query in captured]


def test_the_page_costs_at_most_thirteen_queries_however_much_there_is(
    browser: Client, unit: Unit, spoc: User, slt: User
) -> None:
    quarter = factories.this_quarter()
    for back in range(1, 7):
        factories.signed(unit, quarter.plus(-back), level=3)
    draft = factories.make_statement(unit)
    few = make_unit("Quiet OCU")
    empty = factories.make_statement(few)
    first = signed_in(make_person(Role.SPOC, few))
    shown(first, empty)
    shown(browser, draft)
    entry = entry_of(draft)
    for number in range(20):
        factories.raise_action(draft, title=f"Action {number}")
        EvidenceItem.objects.create(
            entry=entry,
            url=f"https://example.org/{number}",
            title=f"Link {number}",
            added_at=timezone.now(),
            added_by=spoc,
        )
    page = form_on(browser.get(address("theme", draft, "leadership")))
    save_elsewhere(draft, slt, evidence="Theirs", not_sure_note="Theirs")
    mine = page | {"evidence": "Mine", "not_sure_note": "Mine", "actions-0-title": "Mine"}
    assert browser.post(address("theme", draft, "leadership"), mine).status_code == 409
    shown(signed_in(slt), draft, theme="audit")
    little, much = queries_of(first, empty), queries_of(browser, draft)
    assert len(much) <= 13, "\n".join(much)
    assert len(little) <= len(much)


# --- Signed out meanwhile -----------------------------------------------------------------------------------------


def test_a_form_that_comes_after_the_session_has_ended_gives_its_text_back(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(shown(browser, draft)) | {"evidence": "Two hours of work", "actions-0-title": "A new action"}
    response = Client().post(where, sent)
    html = html_of(response)
    assert response.status_code == 403
    assert "You had been signed out, so that was not saved" in html
    assert "Two hours of work" in html
    assert "A new action" in html
    assert entry_of(draft).evidence == ""


def test_a_fragment_asked_for_after_the_session_has_ended_leads_to_sign_in(browser: Client, draft: Revision) -> None:
    sent = form_on(shown(browser, draft)) | {"evidence": "Two hours of work"}
    response = Client().post(address("autosave", draft, "leadership"), sent, headers=HTMX)
    assert response.headers["Location"].startswith("/account/sign-in/")
