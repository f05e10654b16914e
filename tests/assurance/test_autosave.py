"""Saving answers while they are given: what is saved, what is said about the rest, and what it costs."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Action, ActionStatus
from actions.services import tasks
from assurance.models import Decision, MergeDecision, Revision, SaveReceipt
from maturity.models import Criterion
from organisation.models import User
from tests.assurance.pages import address, entry_of, form_on, html_of, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories.actions import add_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]

HTMX = {"HX-Request": "true"}
FRAME = re.compile("BEGIN|COMMIT|SAVEPOINT|RELEASE")
# Who is at work goes along with a change, for the history that the database keeps of it: one message, no query more.
WRITE = re.compile(r"(SELECT set_config\(.*?; )?(INSERT|UPDATE|DELETE)")
SWAPPED = re.compile(r'<input type="hidden" name="([^"]+)" id="[^"]+" value="([^"]*)" hx-swap-oob="true">')


def part_of(page: dict[str, Any], *answers: str, **given: object) -> dict[str, Any]:
    """What the page's script sends of these answers: their fields and stamps, and whose page it is."""
    wanted = {"revision", "person", *answers, *(f"{name}-version" for name in answers)}
    sent = {name: value for name, value in page.items() if name in wanted}
    return sent | {"token": str(uuid.uuid4())} | given


def row_of(page: dict[str, Any], row: str, **given: object) -> dict[str, Any]:
    """The same of a row of actions, which is sent whole."""
    sent = {name: value for name, value in page.items() if name.startswith(f"{row}-") or name in {"revision", "person"}}
    counts = {"actions-TOTAL_FORMS": page["actions-TOTAL_FORMS"], "actions-INITIAL_FORMS": "0"}
    typed = {f"{row}-{name}": value for name, value in given.items()}
    return sent | counts | {"token": str(uuid.uuid4())} | typed


def save(browser: Client, revision: Revision, sent: dict[str, Any]) -> Any:
    return browser.post(address("autosave", revision, "leadership"), sent, headers=HTMX)


def page_of(browser: Client, revision: Revision) -> dict[str, Any]:
    return form_on(browser.get(address("theme", revision, "leadership")))


def swapped_in(response: Any) -> dict[str, str]:
    """The hidden fields that the answer puts on the page, by name."""
    return dict(SWAPPED.findall(html_of(response)))


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.headers["Autosave-Outcome"]


# --- Saving -------------------------------------------------------------------------------------------------------


def test_one_answer_is_saved_and_nothing_else_is_touched(browser: Client, draft: Revision, spoc: User) -> None:
    page = page_of(browser, draft)
    response = save(browser, draft, part_of(page, "evidence", evidence="Nine walks"))
    entry = entry_of(draft)
    assert outcome(response) == (200, "saved")
    assert (entry.evidence, entry.level, entry.changed_by) == ("Nine walks", None, spoc)
    assert entry.field_versions == {"evidence": 1}
    assert 'data-kept="evidence"' in html_of(response)
    assert re.search(r'data-saved-at="\d{1,2}:\d\d(am|pm)"', html_of(response))


def test_the_page_goes_on_from_the_stamps_it_is_answered_with(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    for text in ("One", "One two", "One two three"):
        response = save(browser, draft, part_of(page, "evidence", evidence=text))
        assert outcome(response) == (200, "saved")
        assert set(swapped_in(response)) == {"evidence-version"}
        page |= swapped_in(response)
    assert entry_of(draft).evidence == "One two three"
    assert page["evidence-version"] == page_of(browser, draft)["evidence-version"]


def test_the_same_save_sent_again_is_answered_alike_and_changes_nothing(
    browser: Client, draft: Revision, slt: User
) -> None:
    sent = part_of(page_of(browser, draft), "evidence", evidence="Mine")
    first = save(browser, draft, sent)
    save_elsewhere(draft, slt, evidence="Theirs, on top of it")
    again = save(browser, draft, sent)
    assert outcome(again) == (200, "saved")
    assert swapped_in(again) == swapped_in(first)
    assert entry_of(draft).evidence == "Theirs, on top of it"
    assert SaveReceipt.objects.filter(token=sent["token"]).count() == 1


def test_ticked_criteria_are_saved_whatever_their_order(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    ids = list(Criterion.objects.filter(theme=entry_of(draft).theme).order_by("pk").values_list("pk", flat=True)[:3])
    response = save(browser, draft, part_of(page, "criteria_met", criteria_met=[str(pk) for pk in reversed(ids)]))
    assert outcome(response) == (200, "saved")
    assert entry_of(draft).criteria_met == ids
    assert form_on(browser.get(address("theme", draft, "leadership")))["criteria_met"] == [str(pk) for pk in ids]
    none = part_of(page | swapped_in(response), "criteria_met")
    none.pop("criteria_met", None)
    assert outcome(save(browser, draft, none)) == (200, "saved")
    assert entry_of(draft).criteria_met == []


def test_a_criterion_of_another_theme_is_refused(browser: Client, draft: Revision) -> None:
    other = Criterion.objects.exclude(theme=entry_of(draft).theme).values_list("pk", flat=True)[0]
    response = save(browser, draft, part_of(page_of(browser, draft), "criteria_met", criteria_met=str(other)))
    assert outcome(response) == (422, "refused")
    assert entry_of(draft).criteria_met == []


@pytest.mark.parametrize("answer", ["not-sure", "cannot-say"])
def test_that_there_is_no_level_is_an_answer(browser: Client, draft: Revision, answer: str) -> None:
    save_elsewhere(draft, signed_in_person(browser), level_answer=4)
    response = save(browser, draft, part_of(page_of(browser, draft), "level_answer", level_answer=answer))
    assert outcome(response) == (200, "saved")
    assert (entry_of(draft).level, entry_of(draft).level_answer) == (None, answer)


def signed_in_person(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


def test_wrong_answers_are_named_and_right_ones_saved(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    sent = part_of(page, "evidence", "level_answer", evidence="word " * 1001, level_answer="4")
    response = save(browser, draft, sent)
    assert outcome(response) == (422, "refused")
    assert 'data-error="id_evidence" data-answer="evidence"' in html_of(response)
    assert "Take out at least 1 word." in html_of(response)
    assert 'data-kept="level_answer"' in html_of(response)
    assert set(swapped_in(response)) == {"level_answer-version"}
    assert (entry_of(draft).evidence, entry_of(draft).level) == ("", 4)


# --- Actions ------------------------------------------------------------------------------------------------------


def test_a_new_action_is_raised_once_and_then_changed(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    first = save(browser, draft, row_of(page, "actions-0", title="Brief"))
    assert outcome(first) == (200, "saved")
    action = Action.objects.get()
    assert swapped_in(first)["actions-0-action"] == str(action.pk)
    sent = row_of(page | swapped_in(first), "actions-0", title="Brief every supervisor", due_on="1 12 2026")
    second = save(browser, draft, sent)
    assert outcome(second) == (200, "saved")
    action.refresh_from_db()
    assert (action.title, str(action.tasks.get().due_on)) == ("Brief every supervisor", "2026-12-01")
    assert Action.objects.count() == 1


def test_a_new_action_whose_answer_got_lost_is_raised_once(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    save(browser, draft, row_of(page, "actions-0", title="Brief"))
    response = save(browser, draft, row_of(page, "actions-0", title="Brief everybody"))
    assert Action.objects.count() == 1
    assert outcome(response)[0] in {200, 409}  # of the same person: changed, or both versions are shown


def test_an_action_without_a_title_waits_for_one(browser: Client, draft: Revision) -> None:
    response = save(browser, draft, row_of(page_of(browser, draft), "actions-0", lead="Chief inspector"))
    assert outcome(response) == (422, "refused")
    assert 'data-error="id_actions-0-title" data-answer="actions-0"' in html_of(response)
    assert Action.objects.count() == 0


def test_rows_that_are_not_sent_are_left_alone(browser: Client, draft: Revision) -> None:
    first = factories.raise_action(draft, title="First")
    second = factories.raise_action(draft, title="Second")
    response = save(browser, draft, row_of(page_of(browser, draft), "actions-1", title="Second, reworded"))
    assert outcome(response) == (200, "saved")
    assert 'data-kept="actions-1"' in html_of(response)
    for action in (first, second):
        action.refresh_from_db()
    assert (first.title, second.title) == ("First", "Second, reworded")


def test_a_ticked_removal_withdraws_and_unticking_it_takes_it_back(browser: Client, draft: Revision) -> None:
    action = factories.raise_action(draft, title="First")
    page = page_of(browser, draft)
    removed = save(browser, draft, row_of(page, "actions-0", DELETE="on"))
    action.refresh_from_db()
    assert (outcome(removed), action.status) == ((200, "saved"), ActionStatus.WITHDRAWN)
    again = save(browser, draft, row_of(page | swapped_in(removed), "actions-0"))
    action.refresh_from_db()
    assert (outcome(again), action.status) == ((200, "saved"), ActionStatus.OPEN)


def test_an_action_of_another_theme_is_not_changed_from_here(browser: Client, draft: Revision) -> None:
    other = factories.raise_action(draft, "audit", title="Elsewhere")
    sent = row_of(page_of(browser, draft), "actions-0", title="Taken over", action=str(other.pk))
    response = save(browser, draft, sent)
    assert outcome(response) == (422, "refused")
    assert "does not belong to this theme" in html_of(response)
    other.refresh_from_db()
    assert other.title == "Elsewhere"


# --- Two people ---------------------------------------------------------------------------------------------------


def test_a_field_somebody_else_changed_is_shown_both_ways_with_a_text_that_holds_both(
    browser: Client, draft: Revision, slt: User
) -> None:
    save_elsewhere(draft, slt, evidence="Walks were held.\nMinutes are kept.")
    page = page_of(browser, draft)
    save_elsewhere(draft, slt, evidence="Walks were held.\nMinutes are kept and read.")
    mine = "Nine walks were held.\r\nMinutes are kept."
    response = save(browser, draft, part_of(page, "evidence", "level_answer", evidence=mine, level_answer="3"))
    html = html_of(response)
    assert outcome(response) == (409, "conflict")
    assert f"Saved by {slt.name}" in html
    assert 'data-control="evidence"' in html
    assert "Nine walks were held.\nMinutes are kept and read.</textarea>" in html
    assert 'data-kept="level_answer"' in html  # the field that nobody else has touched
    assert set(swapped_in(response)) == {"level_answer-version"}
    assert (entry_of(draft).evidence, entry_of(draft).level) == ("Walks were held.\nMinutes are kept and read.", 3)
    assert MergeDecision.objects.get().mine == "Nine walks were held.\nMinutes are kept."


def decided(response: Any, page: dict[str, Any], **given: object) -> dict[str, Any]:
    """What the script sends when its person has chosen between the two versions of an answer."""
    (name,) = given
    stamp = re.search(rf'data-control="{name}" data-stamp="([^"]+)"', html_of(response))
    assert stamp is not None
    return part_of(page | {f"{name}-version": stamp[1]}, name, decided=name, **given)


def test_the_choice_between_two_versions_is_saved_and_kept(browser: Client, draft: Revision, slt: User) -> None:
    page = page_of(browser, draft)
    save_elsewhere(draft, slt, evidence="Theirs")
    conflict = save(browser, draft, part_of(page, "evidence", evidence="Mine"))
    assert outcome(save(browser, draft, decided(conflict, page, evidence="Both"))) == (200, "saved")
    assert entry_of(draft).evidence == "Both"
    kept = MergeDecision.objects.get()
    assert (kept.mine, kept.theirs, kept.result) == ("Mine", "Theirs", "Both")


def test_that_the_other_version_stands_is_a_choice_too(browser: Client, draft: Revision, slt: User) -> None:
    page = page_of(browser, draft)
    save_elsewhere(draft, slt, level_answer=2)
    conflict = save(browser, draft, part_of(page, "level_answer", level_answer="4"))
    assert "Level 4: " in html_of(conflict)
    assert outcome(save(browser, draft, decided(conflict, page, level_answer="2"))) == (200, "saved")
    assert MergeDecision.objects.get().result == 2
    assert "was not saved" not in text_of(html_of(browser.get(address("theme", draft, "leadership"))))


def test_different_fields_and_themes_never_collide(browser: Client, draft: Revision, slt: User) -> None:
    mine, theirs = page_of(browser, draft), page_of(signed_in(slt), draft)
    assert outcome(save(browser, draft, part_of(mine, "evidence", evidence="Mine"))) == (200, "saved")
    assert outcome(save(signed_in(slt), draft, part_of(theirs, "level_answer", level_answer="4"))) == (200, "saved")
    save_elsewhere(draft, slt, "audit", evidence="Another theme")
    after = save(browser, draft, part_of(mine, "held_without_shrmt", held_without_shrmt="yes"))
    assert outcome(after) == (200, "saved")


def test_an_action_somebody_else_changed_is_shown_both_ways(browser: Client, draft: Revision, slt: User) -> None:
    factories.raise_action(draft, title="As raised")
    page = page_of(browser, draft)
    save(signed_in(slt), draft, row_of(page_of(signed_in(slt), draft), "actions-0", title="By the SLT lead"))
    response = save(browser, draft, row_of(page, "actions-0", title="By me", lead="Sergeant"))
    assert outcome(response) == (409, "conflict")
    assert 'data-answer="actions-0" data-control="actions-0-title"' in html_of(response)
    assert "actions-0-title-version" not in swapped_in(response)
    assert Action.objects.get().tasks.get().lead == "Sergeant"


# --- Pages that have been left behind -----------------------------------------------------------------------------


def test_a_task_that_has_moved_up_is_not_overwritten_with_the_first_ones_answers(
    browser: Client, draft: Revision, slt: User
) -> None:
    """Another task has become the action’s first since the page was opened: the row shows that one’s answers now."""
    action = factories.raise_action(draft, lead="Sergeant")
    add_task(action, lead="Chief inspector")
    page = page_of(browser, draft)
    tasks.remove(task=action.tasks.get(number=1), by=slt, at=timezone.now())
    response = save(browser, draft, row_of(page, "actions-0", lead="Inspector"))
    assert outcome(response) == (409, "conflict")
    assert action.tasks.get().lead == "Chief inspector"


def test_a_completed_statement_stops_the_page_and_says_so(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    factories.complete(factories.fill(draft))
    response = save(browser, draft, part_of(page, "evidence", evidence="Too late"))
    assert outcome(response) == (409, "stopped")
    assert "it is completed now" in text_of(html_of(response))


def test_a_page_of_the_revision_before_is_stopped(browser: Client, draft: Revision) -> None:
    page = page_of(browser, draft)
    factories.decide(factories.sign(factories.complete(factories.fill(draft))), Decision.RETURNED)
    assert outcome(save(browser, draft, part_of(page, "evidence", evidence="Too late"))) == (409, "stopped")
    assert entry_of(Revision.objects.get(statement=draft.statement, number=2)).evidence != "Too late"


def test_a_page_of_one_person_is_not_saved_as_another(browser: Client, draft: Revision, slt: User) -> None:
    page = page_of(browser, draft)
    response = save(signed_in(slt), draft, part_of(page, "evidence", evidence="Whose?"))
    assert outcome(response) == (403, "other-person")
    assert entry_of(draft).evidence == ""


def test_without_htmx_the_answer_leads_to_the_page(browser: Client, draft: Revision) -> None:
    sent = part_of(page_of(browser, draft), "evidence", evidence="Not so")
    response = browser.post(address("autosave", draft, "leadership"), sent)
    assert (response.status_code, response.headers["Location"]) == (302, address("theme", draft, "leadership"))


# --- The details --------------------------------------------------------------------------------------------------


def test_the_details_are_saved_one_by_one(browser: Client, draft: Revision, slt: User) -> None:
    where = address("autosave_details", draft)
    page = form_on(browser.get(address("details", draft)))
    response = browser.post(where, part_of(page, "completer_name", completer_name="A Person"), headers=HTMX)
    assert outcome(response) == (200, "saved")
    wrong = browser.post(where, part_of(page, "meeting_on", meeting_on="last Tuesday"), headers=HTMX)
    assert outcome(wrong) == (422, "refused")
    theirs = form_on(signed_in(slt).get(address("details", draft)))
    sent = part_of(theirs, "no_meeting_reason", no_meeting_reason="By the lead")
    assert outcome(signed_in(slt).post(where, sent, headers=HTMX)) == (200, "saved")
    both = browser.post(where, part_of(page, "no_meeting_reason", no_meeting_reason="By me"), headers=HTMX)
    assert outcome(both) == (409, "conflict")
    draft.refresh_from_db()
    assert (draft.completer_name, draft.meeting_on, draft.no_meeting_reason) == ("A Person", None, "By the lead")
    # On the next visit the text that was refused is offered; saving the page as it is lets the other stand.
    shown = browser.get(address("details", draft))
    assert "An answer of yours was not saved" in text_of(html_of(shown))
    assert browser.post(address("details", draft), form_on(shown)).status_code == 302
    assert MergeDecision.objects.get().result == "By the lead"
    assert "was not saved" not in text_of(html_of(browser.get(address("details", draft))))


# --- What it costs ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "given",
    [
        {"evidence": "Nine walks"},
        {"level_answer": "4"},
        {"held_without_shrmt": "no"},
        {"not_sure_note": "Ask the team"},
    ],
)
def test_an_autosave_costs_at_most_eight_queries_and_one_transaction(
    browser: Client, draft: Revision, given: dict[str, str]
) -> None:
    for number in range(5):
        factories.raise_action(draft, title=f"Action {number}")
    page = page_of(browser, draft)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = save(browser, draft, part_of(page, *given, **given))
    assert outcome(response) == (200, "saved")
    statements = [query["sql"] for query in captured]
    assert len([sql for sql in statements if not FRAME.match(sql)]) <= 8, statements
    assert statements.count("BEGIN") == 1
    assert sum(bool(WRITE.match(sql)) for sql in statements) == 2  # the entry, the receipt


@pytest.mark.django_db(transaction=True)
def test_an_autosave_of_the_details_costs_at_most_eight_queries_and_one_transaction(
    browser: Client, draft: Revision
) -> None:
    page = form_on(browser.get(address("details", draft)))
    with CaptureQueriesContext(connection) as captured:
        sent = part_of(page, "completer_name", completer_name="A Person")
        response = browser.post(address("autosave_details", draft), sent, headers=HTMX)
    assert outcome(response) == (200, "saved")
    statements = [query["sql"] for query in captured]
    assert len([sql for sql in statements if not FRAME.match(sql)]) <= 8, statements
    assert statements.count("BEGIN") == 1
