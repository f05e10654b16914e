"""The pages of one action, as people use them: two at once, with bad input, and without the right to change it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from actions.models import Action, Task
from actions.permissions import can_write_action, units_to_raise_for
from actions.services import actions, plans
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import form_on, html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories.actions import add_task, make_action
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def browser(spoc: User) -> Client:
    return signed_in(spoc)


@pytest.fixture
def other(unit: Unit) -> Client:
    return signed_in(make_person(Role.SLT_LEAD, unit))


@pytest.fixture
def action(unit: Unit) -> Action:
    return make_action(unit, "Brief every supervisor", lead="Inspector")


def at(action: Action, page: str = "") -> str:
    return f"/actions/{action.pk}/{page}"


def task_page(action: Action, task: Task, page: str = "") -> str:
    return at(action, f"tasks/{task.pk}/{page}")


# --- Reading ------------------------------------------------------------------------------------------------------


def test_the_page_says_everything_there_is(unit: Unit, spoc: User, browser: Client) -> None:
    draft = statements.make_statement(unit)
    action = statements.raise_action(draft, "audit", title="Clear the open recommendations")
    other = make_action(unit, "Walk the sites")
    yesterday = timezone.localdate() - timedelta(days=1)
    add_task(action, "Ask for <b>dates</b>", due=yesterday, supporters="Sergeant", measure="Answers")
    actions.relate(action=action, to=[other], by=spoc, at=timezone.now())
    actions.note(action=action, text="Seven of nine are cleared.", by=spoc, at=timezone.now())
    plan = plans.gather(name="Safer sites", actions=[action], by=spoc, at=timezone.now())
    html = html_of(browser.get(at(action)))
    text = text_of(html)
    for said in (
        "Clear the open recommendations",
        f"Assurance and Audit, statement of {draft.statement.quarter.name}",
        "Task 2: Ask for &lt;b&gt;dates&lt;/b&gt;",
        "Overdue",
        "Sergeant",
        "Walk the sites",
        "Seven of nine are cleared.",
    ):
        assert said in text
    assert f"/actions/?plan={plan.pk}" in html
    assert f'href="/statements/{unit.slug}/' in html


def test_a_related_action_that_the_reader_may_not_see_is_not_named(action: Action, browser: Client) -> None:
    """A unit's action stays its own; rows that cross units, should there be any, show nothing."""
    action.related.add(make_action(make_unit(), "Of another unit"))
    assert "Of another unit" not in html_of(browser.get(at(action)))


def test_a_reader_is_shown_the_action_and_no_way_to_change_it(action: Action, unit: Unit) -> None:
    lead = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    html = html_of(signed_in(lead).get(at(action)))
    assert "Brief every supervisor" in html
    for link in ("edit/", "close/", "note/", "tasks/new/", "/done/"):
        assert f"{at(action)}{link}" not in html
    response = signed_in(lead).post(at(action, "close/"), {"achieved": "All"})
    assert response.status_code == 403
    assert "You can read it." in text_of(html_of(response))


@pytest.mark.parametrize("pk", ["0", "999999999", str(2**63), str(10**30)])
def test_an_action_or_task_that_is_not_there_is_not_found(browser: Client, action: Action, pk: str) -> None:
    assert browser.get(f"/actions/{pk}/").status_code == 404
    assert browser.get(at(action, f"tasks/{pk}/")).status_code == 404


def test_a_task_is_found_under_its_own_action_only(browser: Client, action: Action, unit: Unit) -> None:
    other = make_action(unit).tasks.get()
    assert browser.get(task_page(action, other)).status_code == 404
    assert browser.post(task_page(action, other, "remove/")).status_code == 404
    assert browser.post(task_page(action, other, "done/")).status_code == 404


# --- Who may write ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COG_LEAD, Role.SHRMT, Role.HEAD])
def test_whoever_raised_an_action_for_a_unit_they_follow_looks_after_it(unit: Unit, role: Role) -> None:
    group = unit.memberships.get().group
    person = make_person(role, group=group if role is Role.COG_LEAD else None)
    ours, another = make_action(unit, by=person), make_action(unit)
    assert can_write_action(person, ours)
    assert not can_write_action(person, another)
    assert unit in units_to_raise_for(person)
    person.appointments.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not can_write_action(person, ours)


def test_cog_support_raises_and_changes_nothing(unit: Unit) -> None:
    person = make_person(Role.COG_SUPPORT, group=unit.memberships.get().group)
    assert not can_write_action(person, make_action(unit, by=person))
    assert not units_to_raise_for(person).exists()


# --- Raising ------------------------------------------------------------------------------------------------------


def test_an_action_is_raised_for_the_only_unit_there_is_without_choosing(browser: Client, unit: Unit) -> None:
    page = browser.get("/actions/new/")
    assert f'<option value="{unit.slug}" selected>' in html_of(page)
    sent = form_on(page) | {
        "unit": unit.slug,
        "title": "Walk the sites",
        "due_words": "Spring 2027",
        "lead": "Sergeant",
    }
    response = browser.post("/actions/new/", sent)
    raised = Action.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/actions/{raised.pk}/")
    assert (raised.unit, raised.title, raised.tasks.get().due) == (unit, "Walk the sites", "Spring 2027")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": ""}, "Say what is to be done."),
        ({"title": "x" * 301}, "at most 300 characters"),
        ({"title": "Walk\x00"}, "Null characters are not allowed."),
        ({"unit": "elsewhere"}, "Choose one of the units in the list."),
        ({"unit": ""}, "Choose the unit that is to do it."),
        ({"due_on": "31 2 2027"}, "There is no “31 2 2027” in the calendar."),
        ({"due_on": "soon"}, "“soon” is not a date."),
        ({"due_on": "1 3 2027", "due_words": "Spring"}, "in one way only"),
        ({"ongoing": "on", "due_words": "Spring"}, "in one way only"),
        ({"starts_on": "2 3 2027", "due_on": "1 3 2027"}, "It cannot be due before it starts."),
        ({"measure": "word " * 151}, "the limit is 150"),
        ({"lead": "x" * 201}, "at most 200 characters"),
    ],
)
def test_bad_input_is_refused_with_what_to_do_and_kept(
    browser: Client, unit: Unit, sent: dict[str, str], said: str
) -> None:
    make_unit("Elsewhere")
    response = browser.post("/actions/new/", {"unit": unit.slug, "title": "Walk the sites", "target": "Kept"} | sent)
    assert response.status_code == 422
    assert said in text_of(html_of(response))
    assert 'value="Kept"' in html_of(response)
    assert not Action.objects.exists()


# --- Changing -----------------------------------------------------------------------------------------------------


def test_two_people_change_different_answers_of_one_action(browser: Client, other: Client, action: Action) -> None:
    mine, theirs = (form_on(one.get(at(action, "edit/"))) for one in (browser, other))
    assert other.post(at(action, "edit/"), theirs | {"target": "14 of 14"}).status_code == 302
    assert browser.post(at(action, "edit/"), mine | {"baseline": "2 of 14"}).status_code == 302
    action.refresh_from_db()
    assert (action.target, action.baseline) == ("14 of 14", "2 of 14")


def test_of_two_who_change_one_answer_the_second_sees_both_and_decides(
    browser: Client, other: Client, action: Action
) -> None:
    mine, theirs = (form_on(one.get(at(action, "edit/"))) for one in (browser, other))
    assert other.post(at(action, "edit/"), theirs | {"title": "Theirs"}).status_code == 302
    response = browser.post(at(action, "edit/"), mine | {"title": "Mine", "result": "Saved all the same"})
    assert response.status_code == 409
    text = text_of(html_of(response))
    assert "Their version Saved by Senior Leadership Team (SLT) lead" in text
    assert "Theirs" in text
    action.refresh_from_db()
    assert (action.title, action.result) == ("Theirs", "Saved all the same")
    assert browser.post(at(action, "edit/"), form_on(response)).status_code == 302
    action.refresh_from_db()
    assert action.title == "Mine"


def test_of_two_who_change_one_task_the_second_sees_both_and_decides(
    browser: Client, other: Client, action: Action
) -> None:
    where = task_page(action, action.tasks.get())
    mine, theirs = (form_on(one.get(where)) for one in (browser, other))
    assert other.post(where, theirs | {"due_words": "Autumn 2027"}).status_code == 302
    response = browser.post(where, mine | {"due_on": "1 3 2027", "lead": "Sergeant"})
    assert response.status_code == 409
    text = text_of(html_of(response))
    for said in ("When it is due", "Autumn 2027", "1 March 2027"):
        assert said in text
    task = action.tasks.get()
    assert (task.due, task.lead) == ("Autumn 2027", "Sergeant")
    assert browser.post(where, form_on(response)).status_code == 302
    assert action.tasks.get().due == date(2027, 3, 1)


def test_an_answer_with_an_error_does_not_hold_up_the_others(browser: Client, action: Action) -> None:
    where = task_page(action, action.tasks.get())
    response = browser.post(where, form_on(browser.get(where)) | {"lead": "Sergeant", "due_on": "soon"})
    assert response.status_code == 422
    assert "“soon” is not a date." in text_of(html_of(response))
    assert (action.tasks.get().lead, action.tasks.get().due) == ("Sergeant", None)
    assert browser.post(where, form_on(response) | {"due_on": "1 3 2027"}).status_code == 302
    assert action.tasks.get().due == date(2027, 3, 1)


def test_an_action_closed_meanwhile_is_not_changed_and_what_was_typed_is_kept(
    browser: Client, spoc: User, action: Action
) -> None:
    opened, task = form_on(browser.get(at(action, "edit/"))), action.tasks.get()
    task_opened = form_on(browser.get(task_page(action, task)))
    actions.close(action=action, achieved="Done", by=spoc, at=timezone.now())
    for where, sent in (
        (at(action, "edit/"), opened | {"target": "Kept on the page"}),
        (task_page(action, task), task_opened | {"supporters": "Kept on the page"}),
        (at(action, "withdraw/"), {"reason": "Kept on the page"}),
    ):
        response = browser.post(where, sent)
        assert response.status_code in (409, 422)
        assert "closed" in text_of(html_of(response))
        assert "Kept on the page" in html_of(response)
    assert browser.get(at(action, "edit/")).status_code == 302
    action.refresh_from_db()
    assert (action.target, action.tasks.get().supporters) == ("", "")


@pytest.mark.parametrize(
    ("page", "field"),
    [("close/", "achieved"), ("withdraw/", "reason"), ("note/", "text")],
)
def test_every_act_asks_its_question_and_does_nothing_without_an_answer(
    browser: Client, action: Action, page: str, field: str
) -> None:
    assert f'name="{field}"' in html_of(browser.get(at(action, page)))
    for sent in ({}, {field: "  "}, {field: "word " * 301}):
        response = browser.post(at(action, page), sent)
        assert response.status_code == 422
        assert "There is a problem" in html_of(response)
    action.refresh_from_db()
    assert (action.status, action.notes.count()) == ("open", 0)


def test_an_action_is_closed_with_what_was_achieved_and_reopened_with_a_reason(browser: Client, action: Action) -> None:
    assert browser.post(at(action, "close/"), {"achieved": "14 of 14\r\nbriefed"}).status_code == 302
    text = text_of(html_of(browser.get(at(action))))
    assert "What was achieved: 14 of 14 briefed" in text
    action.refresh_from_db()
    assert action.achieved == "14 of 14\nbriefed"
    assert browser.get(at(action, "close/")).status_code == 302  # it is closed already
    assert browser.post(at(action, "reopen/"), {"reason": "One was missed"}).status_code == 302
    assert "Reopened:" in text_of(html_of(browser.get(at(action))))
    action.refresh_from_db()
    assert action.is_open


def test_tasks_are_added_marked_as_done_and_removed(browser: Client, action: Action) -> None:
    untitled = browser.post(at(action, "tasks/new/"), {"title": ""})
    assert "Say what is to be done in this task." in text_of(html_of(untitled))
    assert browser.post(at(action, "tasks/new/"), {"title": "Again", "ongoing": "on"}).status_code == 302
    second: Any = action.tasks.get(number=2)
    assert second.due == "on-going"
    assert browser.post(task_page(action, second, "done/"), {"done": "yes"}).status_code == 302
    second.refresh_from_db()
    assert second.done_at is not None
    browser.post(task_page(action, second, "done/"), {"done": "no"})
    second.refresh_from_db()
    assert second.done_at is None
    assert "Remove task 2" in html_of(browser.get(task_page(action, second, "remove/")))
    assert browser.post(task_page(action, second, "remove/")).status_code == 302
    assert action.tasks.count() == 1
    last = browser.post(task_page(action, action.tasks.get(), "remove/"), follow=True)
    assert "An action has at least one task." in text_of(html_of(last))


def test_related_actions_are_chosen_among_the_units_own(browser: Client, action: Action, unit: Unit) -> None:
    ours, foreign = make_action(unit, "Walk the sites"), make_action(make_unit(), "Elsewhere")
    html = html_of(browser.get(at(action, "related/")))
    assert "Walk the sites" in html
    assert "Elsewhere" not in html
    assert browser.post(at(action, "related/"), {"related": [str(foreign.pk)]}).status_code == 422
    assert browser.post(at(action, "related/"), {"related": [str(ours.pk)]}).status_code == 302
    assert list(ours.related.all()) == [action]
