"""Filling in a theme and the details: what is saved, what is refused, and two people at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from actions.models import Action, ActionStatus
from assurance.models import Decision, Entry, Revision
from organisation.models import User
from tests.assurance.pages import address, entry_of, form_on, html_of, raise_actions, save_elsewhere, signed_in
from tests.factories import assurance as factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]


# --- A theme: saving ----------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved(browser: Client, draft: Revision, spoc: User) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {
        "level_answer": "4",
        "held_without_shrmt": "no",
        "evidence": "Walks by the SLT lead,\r\nnine in all.",
        "actions-0-title": "Brief every supervisor",
        "actions-0-lead": "Chief inspector",
        "actions-0-due_on": "30 9 2026",
        "then": "save",
    }
    response = browser.post(where, sent)
    assert (response.status_code, response.headers["Location"]) == (302, where)
    entry = entry_of(draft)
    assert (entry.level, entry.held_without_shrmt, entry.changed_by) == (4, False, spoc)
    assert entry.evidence == "Walks by the SLT lead,\nnine in all."
    action = entry.actions.get()
    assert (action.title, action.tasks.get().lead, action.tasks.get().due_on) == (
        "Brief every supervisor", "Chief inspector", date(2026, 9, 30),
    )  # fmt: skip
    again = form_on(browser.get(where))
    assert {name: again[name] for name in ("level_answer", "held_without_shrmt", "evidence", "actions-0-title")} == {
        name: sent[name] for name in ("level_answer", "held_without_shrmt", "evidence", "actions-0-title")
    }
    assert again["actions-0-due_on"] == "30 9 2026"


def test_saving_a_page_that_nobody_touched_changes_nothing(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, level_answer=3, evidence="One\n\nTwo", held_without_shrmt=True)
    factories.raise_action(draft)
    before = list(Entry.objects.filter(revision=draft).values_list("changed_at", "field_versions"))
    action = Action.objects.get()
    where = address("theme", draft, "leadership")
    assert browser.post(where, form_on(browser.get(where))).status_code == 302
    assert list(Entry.objects.filter(revision=draft).values_list("changed_at", "field_versions")) == before
    assert Action.objects.get().field_versions == action.field_versions


def test_save_and_continue_goes_from_theme_to_theme_to_the_details_to_the_check(
    browser: Client, draft: Revision
) -> None:
    where, visited = address("theme", draft, "leadership"), []
    for _ in range(13):
        sent = form_on(browser.get(where)) | {"then": "continue"}
        where = browser.post(where, sent).headers["Location"]
        visited.append(where)
    assert visited[0] == address("theme", draft, "policy-governance")
    assert visited[-2:] == [address("details", draft), address("check", draft)]
    assert len(set(visited)) == 13


def test_add_another_action_saves_and_leads_to_a_blank_row(browser: Client, draft: Revision) -> None:
    factories.raise_action(draft, title="First")
    where = address("theme", draft, "leadership")
    assert "actions-1-title" not in form_on(browser.get(where))
    response = browser.post(where, form_on(browser.get(where)) | {"evidence": "Kept", "then": "add"})
    assert response.headers["Location"] == f"{where}?add=1#actions-1"
    shown = browser.get(response.headers["Location"])
    assert 'id="actions-1"' in html_of(shown)
    sent = form_on(shown) | {"actions-1-title": "Second", "then": "save"}
    assert browser.post(where, sent).status_code == 302
    assert sorted(entry_of(draft).actions.values_list("title", flat=True)) == ["First", "Second"]
    assert entry_of(draft).evidence == "Kept"


def test_a_removed_action_is_withdrawn_and_leaves_the_page(browser: Client, draft: Revision) -> None:
    action = factories.raise_action(draft, title="Not needed any more")
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"actions-0-DELETE": "on", "actions-0-title": ""}
    assert browser.post(where, sent).status_code == 302
    action.refresh_from_db()
    assert (action.status, action.title) == (ActionStatus.WITHDRAWN, "Not needed any more")
    assert "Not needed any more" not in html_of(browser.get(where))


def test_the_same_new_row_sent_twice_raises_one_action(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"actions-0-title": "Once"}
    assert [browser.post(where, sent).status_code for _ in range(2)] == [302, 302]
    assert Action.objects.count() == 1


def test_an_action_of_another_theme_cannot_be_changed_from_here(browser: Client, draft: Revision) -> None:
    other = factories.raise_action(draft, "audit", title="Elsewhere")
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"actions-0-action": str(other.pk), "actions-0-title": "Taken over"}
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert "does not belong to this theme" in html_of(response)
    other.refresh_from_db()
    assert other.title == "Elsewhere"


# --- A theme: wrong input -----------------------------------------------------------------------------------------


def test_a_theme_takes_thirty_actions_and_says_so_of_the_next(browser: Client, draft: Revision) -> None:
    raise_actions(draft, 30)
    where = address("theme", draft, "leadership")
    shown = browser.get(f"{where}?add=1")
    assert "at most 30 actions" in html_of(shown)
    assert 'value="add"' not in html_of(shown)
    assert browser.post(where, form_on(shown) | {"actions-0-title": "Reworded"}).status_code == 302
    one_more = {"actions-TOTAL_FORMS": "31", "actions-30-title": "One too many", "actions-1-title": "Reworded too"}
    response = browser.post(where, form_on(browser.get(where)) | one_more)
    assert response.status_code == 422
    assert "at most 30 actions" in html_of(response)
    assert form_on(response)["actions-30-title"] == "One too many"
    titles = set(Action.objects.values_list("title", flat=True))
    assert len(titles) == 30
    assert titles >= {"Reworded", "Reworded too"}


def test_a_page_that_arrives_without_its_rows_is_refused_and_loses_no_text(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"evidence": "Kept"}
    del sent["actions-TOTAL_FORMS"]
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert "arrived incomplete" in html_of(response)
    assert form_on(response)["evidence"] == "Kept"


@pytest.mark.parametrize("number", ["-1", "9" * 30])
def test_an_action_that_cannot_exist_is_refused(browser: Client, draft: Revision, number: str) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"actions-0-action": number, "actions-0-title": "Kept"}
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert form_on(response)["actions-0-title"] == "Kept"
    assert Action.objects.count() == 0


def test_wrong_input_is_named_and_everything_typed_is_kept(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {
        "level_answer": "3",
        "evidence": "Kept as it is",
        "actions-0-title": "An action",
        "actions-0-due_on": "31 6 2026",
    }
    response = browser.post(where, sent)
    html = html_of(response)
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert 'href="#id_actions-0-due_on"' in html
    assert 'id="id_actions-0-due_on"' in html
    kept = form_on(response)
    assert {name: kept[name] for name in ("level_answer", "evidence", "actions-0-title", "actions-0-due_on")} == {
        name: sent[name] for name in ("level_answer", "evidence", "actions-0-title", "actions-0-due_on")
    }
    assert (entry_of(draft).level, entry_of(draft).evidence) == (3, "Kept as it is")
    assert Action.objects.count() == 0
    mended = kept | {"actions-0-due_on": "30 6 2026", "evidence": "Better still"}
    assert browser.post(where, mended).status_code == 302
    assert entry_of(draft).evidence == "Better still"
    assert Action.objects.get().title == "An action"


def test_without_a_level_the_reason_is_asked_for(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"level_answer": "cannot-say"}
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert 'href="#id_no_level_reason"' in html_of(response)
    assert browser.post(where, sent | {"no_level_reason": "The unit is new."}).status_code == 302
    assert entry_of(draft).no_level_reason == "The unit is new."
    assert form_on(browser.get(where))["level_answer"] == "cannot-say"


def test_too_many_words_are_counted_and_kept(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    response = browser.post(where, form_on(browser.get(where)) | {"evidence": "word " * 1003})
    assert response.status_code == 422
    assert "Take out at least 3 words" in html_of(response)
    assert form_on(response)["evidence"].count("word") == 1003


@pytest.mark.parametrize("level", ["0", "6", "three", "3.5", "٣"])
def test_a_level_that_is_not_on_the_page_is_refused(browser: Client, draft: Revision, level: str) -> None:
    where = address("theme", draft, "leadership")
    assert browser.post(where, form_on(browser.get(where)) | {"level_answer": level}).status_code == 422
    assert entry_of(draft).level is None


# --- A theme: two people ------------------------------------------------------------------------------------------


def test_a_field_somebody_changed_meanwhile_shows_both_versions_and_saves_the_rest(
    browser: Client, draft: Revision, slt: User
) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="What the SLT lead wrote")
    response = browser.post(where, opened | {"evidence": "What I wrote", "level_answer": "4"})
    html = html_of(response)
    assert response.status_code == 409
    assert "Somebody else changed this answer" in html
    assert "What the SLT lead wrote" in html
    assert slt.name in html
    both = form_on(response)["evidence"]
    assert set(both.splitlines()) == {"What I wrote", "What the SLT lead wrote"}
    assert (entry_of(draft).evidence, entry_of(draft).level) == ("What the SLT lead wrote", 4)
    assert browser.post(where, form_on(response) | {"evidence": "What we agreed on"}).status_code == 302
    assert entry_of(draft).evidence == "What we agreed on"


def test_an_answer_left_alone_neither_overwrites_nor_asks(browser: Client, draft: Revision, slt: User) -> None:
    save_elsewhere(draft, slt, evidence="First", level_answer=2, held_without_shrmt=True)
    action = factories.raise_action(draft, title="As raised")
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    changes = {"evidence": "Second", "level_answer": "3", "actions-0-title": "Reworded"}
    assert signed_in(slt).post(where, opened | changes).status_code == 302
    assert browser.post(where, opened | {"held_without_shrmt": "no"}).status_code == 302
    entry = entry_of(draft)
    action.refresh_from_db()
    assert (entry.evidence, entry.level, entry.held_without_shrmt) == ("Second", 3, False)
    assert action.title == "Reworded"


def test_the_person_named_is_the_one_who_wrote_the_other_version(
    browser: Client, draft: Revision, slt: User, spoc: User
) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="Theirs")
    html = html_of(browser.post(where, opened | {"evidence": "Mine", "level_answer": "4"}))
    assert f"Saved by {slt.name}" in html
    assert f"Saved by {spoc.name}" not in html


def test_a_third_version_between_the_two_is_shown_again(browser: Client, draft: Revision, slt: User) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="Second")
    conflict = browser.post(where, opened | {"evidence": "Mine"})
    save_elsewhere(draft, slt, evidence="Third")
    again = browser.post(where, form_on(conflict))
    assert again.status_code == 409
    assert "Third" in html_of(again)
    assert entry_of(draft).evidence == "Third"


def test_the_version_is_checked_also_when_another_field_is_wrong(browser: Client, draft: Revision, slt: User) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="Theirs")
    sent = opened | {"evidence": "Mine", "actions-0-title": "An action", "actions-0-due_on": "soon"}
    response = browser.post(where, sent)
    html = html_of(response)
    assert response.status_code == 409
    assert "Theirs" in html
    assert 'href="#id_actions-0-due_on"' in html
    assert entry_of(draft).evidence == "Theirs"
    mended = form_on(response) | {"actions-0-due_on": "", "evidence": "Mine"}
    assert browser.post(where, mended).status_code == 302
    assert entry_of(draft).evidence == "Mine"
    assert Action.objects.get().title == "An action"


def test_a_wrong_field_keeps_its_version_until_it_is_right(browser: Client, draft: Revision, slt: User) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="Theirs")
    first = browser.post(where, opened | {"evidence": "word " * 1001})
    assert first.status_code == 422
    second = browser.post(where, form_on(first) | {"evidence": "Short enough"})
    assert second.status_code == 409
    assert entry_of(draft).evidence == "Theirs"


@pytest.mark.parametrize("version", ["", "x", "-5", "10" * 30])
def test_a_version_that_cannot_be_read_overwrites_nothing(
    browser: Client, draft: Revision, slt: User, version: str
) -> None:
    save_elsewhere(draft, slt, evidence="Theirs")
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"evidence": "Mine", "evidence-version": version}
    assert browser.post(where, sent).status_code == 409
    assert entry_of(draft).evidence == "Theirs"


def test_an_action_changed_meanwhile_shows_both_versions(browser: Client, draft: Revision, slt: User) -> None:
    action = factories.raise_action(draft, title="As raised", lead="Inspector")
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    other = signed_in(slt)
    assert other.post(where, opened | {"actions-0-title": "By the SLT lead"}).status_code == 302
    response = browser.post(where, opened | {"actions-0-title": "By me", "actions-0-lead": "Sergeant"})
    html = html_of(response)
    assert response.status_code == 409
    assert "By the SLT lead" in html
    assert slt.name in html
    action.refresh_from_db()
    assert (action.title, action.tasks.get().lead) == ("By the SLT lead", "Sergeant")
    assert browser.post(where, form_on(response)).status_code == 302
    action.refresh_from_db()
    assert action.title == "By me"


def test_an_action_withdrawn_meanwhile_is_not_changed_in_passing(browser: Client, draft: Revision, slt: User) -> None:
    action = factories.raise_action(draft, title="As raised")
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    assert signed_in(slt).post(where, opened | {"actions-0-DELETE": "on"}).status_code == 302
    response = browser.post(where, opened | {"actions-0-title": "Still needed"})
    assert response.status_code == 409
    assert "Withdrawn" in html_of(response)
    assert browser.post(where, form_on(response)).status_code == 302
    action.refresh_from_db()
    assert (action.title, action.status) == ("Still needed", ActionStatus.OPEN)


def test_a_statement_completed_meanwhile_gives_the_typed_text_back(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    factories.complete(factories.fill(draft))
    sent = opened | {"evidence": "Two hours of work", "actions-0-title": "A new action"}
    response = browser.post(where, sent)
    html = html_of(response)
    assert response.status_code == 409
    assert "it is completed now" in html
    assert "Two hours of work" in html
    assert "A new action" in html
    assert entry_of(draft).evidence == "Records of Leadership were checked."


def test_a_page_of_the_revision_before_does_not_write_into_the_next(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    signed = factories.sign(factories.complete(factories.fill(draft)))
    factories.decide(signed, Decision.RETURNED)
    response = browser.post(where, opened | {"evidence": "Written on the old page"})
    assert response.status_code == 409
    assert "Written on the old page" in html_of(response)
    assert entry_of(Revision.objects.get(statement=draft.statement, number=2)).evidence != "Written on the old page"


def test_a_closed_statement_leads_from_the_form_to_the_text(browser: Client, draft: Revision) -> None:
    factories.complete(factories.fill(draft))
    for name, *more in (("theme", "leadership"), ("details",), ("check",)):
        response = browser.get(address(name, draft, *more))
        assert (response.status_code, response.headers["Location"]) == (302, address("statement", draft))


# --- The details --------------------------------------------------------------------------------------------------


def test_the_details_are_saved_and_conflicts_shown(browser: Client, draft: Revision, slt: User) -> None:
    where = address("details", draft)
    opened = form_on(browser.get(where))
    day = draft.statement.quarter.first_day
    sent = opened | {"completer_name": "First", "meeting_on": f"{day.day} {day.month} {day.year}", "then": "save"}
    assert browser.post(where, sent).headers["Location"] == where
    response = signed_in(slt).post(where, opened | {"completer_name": "Second", "completer_position": "Inspector"})
    assert response.status_code == 409
    assert "First" in html_of(response)
    draft.refresh_from_db()
    assert (draft.completer_name, draft.completer_position, draft.meeting_on) == ("First", "Inspector", day)
    assert signed_in(slt).post(where, form_on(response)).status_code == 302
    draft.refresh_from_db()
    assert draft.completer_name == "Second"


def test_a_date_that_is_none_is_kept_as_typed(browser: Client, draft: Revision) -> None:
    where = address("details", draft)
    sent = form_on(browser.get(where)) | {"meeting_on": "last Tuesday", "completer_name": "A Person"}
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert 'href="#id_meeting_on"' in html_of(response)
    assert form_on(response)["meeting_on"] == "last Tuesday"
    draft.refresh_from_db()
    assert draft.completer_name == "A Person"


def test_details_sent_after_completion_come_back_to_be_copied(browser: Client, draft: Revision) -> None:
    where = address("details", draft)
    opened = form_on(browser.get(where))
    factories.complete(factories.fill(draft))
    response = browser.post(where, opened | {"no_meeting_reason": "The room was flooded."})
    assert response.status_code == 409
    assert "The room was flooded." in html_of(response)
