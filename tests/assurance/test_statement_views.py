"""The pages on which a statement is filled in, checked, signed and read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlencode

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from actions.models import Action, ActionStatus
from assurance.models import Decision, Entry, Revision, RevisionState
from assurance.services import statements
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.edits import Edit
from tests.assurance.pages import address, form_on, html_of, signed_in
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
FIRST_CRITERION = "The unit takes no specific action on health and safety leadership."
# Session, user, appointments and force of the frame; the unit's roles; revision, entries, levels, criteria, last
# quarter and actions of the page.
QUERIES_OF_A_THEME_PAGE = 11
QUERIES_OF_THE_LIST = 9


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def draft(unit: Unit) -> Revision:
    return factories.make_statement(unit)


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def slt(unit: Unit) -> User:
    return make_person(Role.SLT_LEAD, unit)


@pytest.fixture
def browser(spoc: User) -> Client:
    return signed_in(spoc)


def entry_of(revision: Revision, identity: str = "leadership") -> Entry:
    return revision.entries.get(theme__identity=identity)


def save_elsewhere(revision: Revision, by: User, identity: str = "leadership", **values: object) -> None:
    """What another person saves while a page is open."""
    entry = entry_of(revision, identity)
    edits = {name: Edit(entry.field_versions.get(name, 0), value) for name, value in values.items()}
    statements.save_entry(entry=entry, edits=edits, by=by, at=timezone.now())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- The task list ------------------------------------------------------------------------------------------------


def test_the_task_list_names_every_theme_and_how_far_it_is(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, "leadership", level=3, evidence="Minutes.", held_without_shrmt=True)
    save_elsewhere(draft, spoc, "audit", evidence="Begun")
    html = html_of(browser.get(address("statement", draft)))
    rows = [text_of(row) for row in re.findall(r'<li class="govuk-task-list__item.*?</li>', html, re.DOTALL)]
    assert len(rows) == 13
    assert rows[0] == "Leadership Level 3: Compliant culture Completed"
    assert rows[1] == "Policy / Governance Not started"
    assert rows[5] == "Wellbeing Not scored"
    assert rows[11] == "Assurance and Audit In progress"
    assert rows[12].endswith("Not started")
    assert "1 of 11 scored themes is completed." in html


def test_an_overdue_statement_says_so(browser: Client, unit: Unit) -> None:
    old = factories.make_statement(unit, Quarter(2024, 1))
    html = html_of(browser.get(address("statement", old)))
    assert "Overdue" in html
    assert "31 May 2024" in html


def test_a_returned_statement_shows_the_reasons_on_top(browser: Client, draft: Revision, unit: Unit) -> None:
    group = unit.memberships.get().group
    lead = make_person(Role.COG_LEAD, group=group)
    signed = factories.sign(factories.complete(factories.fill(draft)))
    factories.decide(signed, Decision.RETURNED, by=lead, reasons="Give figures for leadership.")
    html = html_of(browser.get(address("statement", draft)))
    assert html.index("Give figures for leadership.") < html.index("Themes</h2>")
    assert lead.name in html
    assert address("revision", draft, 1) in html


def test_a_completed_statement_says_what_happens_next_and_to_whom(draft: Revision, spoc: User, slt: User) -> None:
    factories.complete(factories.fill(draft), by=spoc)
    for_spoc = html_of(signed_in(spoc).get(address("statement", draft)))
    for_slt = html_of(signed_in(slt).get(address("statement", draft)))
    assert address("sign", draft) not in for_spoc
    assert "you cannot sign it yourself" in for_spoc
    assert address("reopen", draft) in for_spoc
    assert address("sign", draft) in for_slt


def test_an_slt_lead_who_completed_it_reads_why_somebody_else_has_to_sign(draft: Revision, slt: User) -> None:
    factories.complete(factories.fill(draft), by=slt)
    html = html_of(signed_in(slt).get(address("statement", draft)))
    assert "somebody else has to sign it" in html
    assert address("sign", draft) not in html


def test_a_signed_statement_is_read_from_what_was_signed(browser: Client, draft: Revision) -> None:
    action = factories.raise_action(draft, title="As it was signed")
    signed = factories.sign(factories.complete(factories.fill(draft)))
    Action.objects.filter(pk=action.pk).update(title="Changed afterwards")
    with pgtrigger.ignore("assurance.Entry:signed_entries_are_frozen"):  # whoever owns the tables can
        Entry.objects.filter(revision=draft).update(evidence="Changed afterwards", level=1)
    for where in (address("statement", draft), address("revision", draft, 1)):
        html = html_of(browser.get(where))
        assert "As it was signed" in html
        assert "Records of Leadership were checked." in html
        assert "Changed afterwards" not in html
        assert signed.content_digest in html
        assert "Chief superintendent" in html


def test_an_open_revision_has_no_frozen_page(browser: Client, draft: Revision) -> None:
    assert browser.get(address("revision", draft, 1)).status_code == 404
    assert browser.get(address("revision", draft, 7)).status_code == 404
    assert browser.get(address("revision", draft, 10**12)).status_code == 404


# --- Who may open what --------------------------------------------------------------------------------------------


def test_people_who_only_read_get_the_text_of_a_draft_and_no_form(draft: Revision, unit: Unit) -> None:
    group = unit.memberships.get().group
    readers = [
        make_person(Role.COG_LEAD, group=group),
        make_person(Role.COG_SUPPORT, group=group),
        make_person(Role.SHRMT),
        make_person(Role.HEAD),
    ]
    for reader in readers:
        browser = signed_in(reader)
        assert browser.get(address("statement", draft)).status_code == 200
        for name, *more in (("theme", "leadership"), ("details",), ("check",), ("sign",), ("reopen",)):
            for answer in (browser.get(address(name, draft, *more)), browser.post(address(name, draft, *more))):
                assert answer.status_code == 403, (reader.name, name)


def test_strangers_do_not_learn_that_a_statement_exists(draft: Revision) -> None:
    strangers = [
        make_user(),
        make_person(Role.SPOC),
        make_person(Role.SLT_LEAD),
        make_person(Role.COG_LEAD),
        make_person(Role.BOARD_MEMBER),
        make_person(Role.PANEL_MEMBER),
        make_person(Role.ADMINISTRATOR),
    ]
    for stranger in strangers:
        browser = signed_in(stranger)
        for name, *more in (("statement",), ("theme", "leadership"), ("details",), ("check",), ("sign",), ("reopen",)):
            assert browser.get(address(name, draft, *more)).status_code == 404, (stranger.name, name)
        assert browser.post(address("theme", draft, "leadership"), {"level": "5"}).status_code == 404


def test_a_spoc_cannot_sign_and_cannot_reopen_what_is_signed(draft: Revision, spoc: User) -> None:
    factories.sign(factories.complete(factories.fill(draft), by=spoc))
    browser = signed_in(spoc)
    assert browser.get(address("sign", draft)).status_code == 403
    assert browser.post(address("reopen", draft), {"reason": "A reason."}).status_code == 403


def test_an_appointment_that_ended_yesterday_opens_nothing(draft: Revision, unit: Unit) -> None:
    person = make_user()
    appoint(person, Role.SPOC, unit, ends_on=timezone.localdate() - timedelta(days=1))
    assert signed_in(person).get(address("theme", draft, "leadership")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/statements/harbour-ocu/2025-26-q5/",
        "/statements/harbour-ocu/2025-27-q1/",
        "/statements/harbour-ocu/last-quarter/",
        "/statements/nowhere/2025-26-q1/",
    ],
)
def test_an_address_that_names_no_statement_is_no_page(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_a_theme_that_the_edition_does_not_have_is_no_page(browser: Client, draft: Revision) -> None:
    assert browser.get(address("theme", draft, "astrology")).status_code == 404


# --- A theme: what it shows ---------------------------------------------------------------------------------------


def test_each_level_stands_with_its_name_and_criteria_under_it(browser: Client, draft: Revision) -> None:
    html = html_of(browser.get(address("theme", draft, "leadership")))
    assert [int(number) for number in re.findall(r'name="level" type="radio" value="(\d)"', html)] == [1, 2, 3, 4, 5]
    assert html.count(FIRST_CRITERION) == 1
    first = html.index("Level 1: Negative culture and failing")
    second = html.index("Level 2: Reactive culture")
    assert first < html.index(FIRST_CRITERION) < second


def test_a_theme_that_is_not_scored_asks_for_no_level_and_says_why(browser: Client, draft: Revision) -> None:
    response = browser.get(address("theme", draft, "wellbeing"))
    assert 'name="level"' not in html_of(response)
    assert "not scored in this edition" in html_of(response)
    sent = form_on(response) | {"evidence": "A wellbeing week.", "level": "5", "then": "save"}
    assert browser.post(address("theme", draft, "wellbeing"), sent).status_code == 302
    entry = entry_of(draft, "wellbeing")
    assert (entry.evidence, entry.level) == ("A wellbeing week.", None)


def test_the_level_of_last_quarter_stands_beside_the_question(browser: Client, draft: Revision, unit: Unit) -> None:
    before = draft.statement.quarter.previous()
    factories.signed(unit, before, level=2, levels={"leadership": 4})
    text = text_of(html_of(browser.get(address("theme", draft, "leadership"))))
    assert f"Last quarter, {before.name}: 4 Proactive culture The statement is signed." in text
    assert "Level 4: Proactive culture Last quarter" in text


def test_the_newest_signed_revision_of_last_quarter_counts_and_drafts_do_not(
    browser: Client, draft: Revision, unit: Unit, slt: User
) -> None:
    before = draft.statement.quarter.previous()
    first = factories.signed(unit, before, level=2)
    second = statements.reopen(revision=first, reason="A fire.", by=slt, at=timezone.now())
    save_elsewhere(second, slt, level=5)
    assert "2 Reactive culture</strong>" in html_of(browser.get(address("theme", draft, "leadership")))
    factories.sign(factories.complete(second))
    assert "5 Resilient and self-driven culture</strong>" in html_of(browser.get(address("theme", draft, "leadership")))


def test_without_a_signed_statement_last_quarter_says_so(browser: Client, draft: Revision, unit: Unit) -> None:
    factories.fill(factories.make_statement(unit, draft.statement.quarter.previous()), level=5)
    factories.signed(quarter=draft.statement.quarter.previous(), level=5)  # another unit's
    assert "nothing signed" in html_of(browser.get(address("theme", draft, "leadership")))


def test_a_theme_that_changed_its_meaning_is_not_to_be_compared(browser: Client, unit: Unit) -> None:
    older, newer = maturity.shipped("2017", "2019")
    factories.signed(unit, Quarter(2018, 4), edition=older, level=3)
    now = factories.make_statement(unit, Quarter(2019, 1), edition=newer)
    changed = html_of(browser.get(address("theme", now, "audit")))
    assert "Do not compare it" in changed
    assert "moved to audit (theme 12) in 2019" in changed
    assert "Do not compare it" not in html_of(browser.get(address("theme", now, "leadership")))


def _answers(revision: Revision, count: int) -> None:
    for number in range(count):
        factories.raise_action(revision, title=f"Action {number}")


def test_a_theme_page_takes_a_fixed_number_of_queries_whatever_the_size_of_the_force(
    browser: Client, draft: Revision, unit: Unit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get(address("theme", draft, "leadership"))
    with django_assert_num_queries(QUERIES_OF_A_THEME_PAGE):
        assert browser.get(address("theme", draft, "leadership")).status_code == 200
    for number in range(30):
        other = make_unit(f"Other {number}")
        factories.make_statement(other)
    for back in range(1, 9):
        factories.signed(unit, draft.statement.quarter.plus(-back))
    _answers(draft, 12)
    with django_assert_num_queries(QUERIES_OF_A_THEME_PAGE):
        html = html_of(browser.get(address("theme", draft, "leadership")))
    assert "Action 11" in html
    assert "3 Compliant culture</strong>" in html


# --- A theme: saving ----------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved(browser: Client, draft: Revision, spoc: User) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {
        "level": "4",
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
    assert {name: again[name] for name in ("level", "held_without_shrmt", "evidence", "actions-0-title")} == {
        name: sent[name] for name in ("level", "held_without_shrmt", "evidence", "actions-0-title")
    }
    assert again["actions-0-due_on"] == "30 9 2026"


def test_saving_a_page_that_nobody_touched_changes_nothing(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, level=3, evidence="One\n\nTwo", held_without_shrmt=True)
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
    _answers(draft, 30)
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
        "level": "3",
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
    assert {name: kept[name] for name in ("level", "evidence", "actions-0-title", "actions-0-due_on")} == {
        name: sent[name] for name in ("level", "evidence", "actions-0-title", "actions-0-due_on")
    }
    assert (entry_of(draft).level, entry_of(draft).evidence) == (3, "Kept as it is")
    assert Action.objects.count() == 0
    mended = kept | {"actions-0-due_on": "30 6 2026", "evidence": "Better still"}
    assert browser.post(where, mended).status_code == 302
    assert entry_of(draft).evidence == "Better still"
    assert Action.objects.get().title == "An action"


def test_without_a_level_the_reason_is_asked_for(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    sent = form_on(browser.get(where)) | {"level": "none"}
    response = browser.post(where, sent)
    assert response.status_code == 422
    assert 'href="#id_no_level_reason"' in html_of(response)
    assert browser.post(where, sent | {"no_level_reason": "The unit is new."}).status_code == 302
    assert entry_of(draft).no_level_reason == "The unit is new."
    assert form_on(browser.get(where))["level"] == "none"


def test_too_many_words_are_counted_and_kept(browser: Client, draft: Revision) -> None:
    where = address("theme", draft, "leadership")
    response = browser.post(where, form_on(browser.get(where)) | {"evidence": "word " * 1003})
    assert response.status_code == 422
    assert "Take out at least 3 words" in html_of(response)
    assert form_on(response)["evidence"].count("word") == 1003


@pytest.mark.parametrize("level", ["0", "6", "three", "3.5", "٣"])
def test_a_level_that_is_not_on_the_page_is_refused(browser: Client, draft: Revision, level: str) -> None:
    where = address("theme", draft, "leadership")
    assert browser.post(where, form_on(browser.get(where)) | {"level": level}).status_code == 422
    assert entry_of(draft).level is None


# --- A theme: two people ------------------------------------------------------------------------------------------


def test_a_field_somebody_changed_meanwhile_shows_both_versions_and_saves_the_rest(
    browser: Client, draft: Revision, slt: User
) -> None:
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    save_elsewhere(draft, slt, evidence="What the SLT lead wrote")
    response = browser.post(where, opened | {"evidence": "What I wrote", "level": "4"})
    html = html_of(response)
    assert response.status_code == 409
    assert "Somebody else changed this answer" in html
    assert "What the SLT lead wrote" in html
    assert slt.name in html
    assert form_on(response)["evidence"] == "What I wrote"
    assert (entry_of(draft).evidence, entry_of(draft).level) == ("What the SLT lead wrote", 4)
    assert browser.post(where, form_on(response)).status_code == 302
    assert entry_of(draft).evidence == "What I wrote"


def test_an_answer_left_alone_neither_overwrites_nor_asks(browser: Client, draft: Revision, slt: User) -> None:
    save_elsewhere(draft, slt, evidence="First", level=2, held_without_shrmt=True)
    action = factories.raise_action(draft, title="As raised")
    where = address("theme", draft, "leadership")
    opened = form_on(browser.get(where))
    changes = {"evidence": "Second", "level": "3", "actions-0-title": "Reworded"}
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
    html = html_of(browser.post(where, opened | {"evidence": "Mine", "level": "4"}))
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
    mended = form_on(response) | {"actions-0-due_on": ""}
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


# --- Check your answers -------------------------------------------------------------------------------------------


def test_everything_missing_leads_to_the_field_that_answers_it(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, "leadership", level=3)
    html = html_of(browser.get(address("check", draft)))
    targets = re.findall(r'<li><a class="govuk-link" href="([^"]+)">', html)
    assert len(targets) == 2 + 10 + 3
    assert targets[0] == f"{address('theme', draft, 'leadership')}#id_evidence"
    for target in targets:
        page, anchor = target.split("#")
        assert f'id="{anchor}"' in html_of(browser.get(page)), target
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


# --- The list -----------------------------------------------------------------------------------------------------


def test_the_list_holds_what_the_person_may_read_and_says_how_many(browser: Client, draft: Revision) -> None:
    factories.make_statement(make_unit("Elsewhere"))
    html = html_of(browser.get(reverse("assurance:statements")))
    assert "1 statement." in html
    assert address("statement", draft) in html
    assert "Elsewhere" not in html


@pytest.mark.parametrize("role", [Role.PANEL_MEMBER, Role.BOARD_MEMBER, Role.BOARD_SECRETARY, Role.ADMINISTRATOR])
def test_who_reads_no_statements_has_no_list(role: Role) -> None:
    assert signed_in(make_person(role)).get(reverse("assurance:statements")).status_code == 404


def test_the_list_is_filtered_by_unit_quarter_and_state_and_says_so(unit: Unit) -> None:
    browser, where = signed_in(make_person(Role.SHRMT)), reverse("assurance:statements")
    factories.signed(unit, Quarter(2024, 1))
    factories.make_statement(unit, Quarter(2024, 2))
    factories.make_statement(make_unit("Airport OCU"), Quarter(2024, 2))

    def shown(**query: str) -> str:
        return text_of(html_of(browser.get(where, query)))

    assert "3 statements." in shown()
    assert "2 statements where the unit’s name contains “harb”." in shown(unit="harb")
    assert "2 statements where the quarter is Q2 2024/25 (July to September 2024)." in shown(quarter="2024/25-Q2")
    assert "1 statement where the state is signed." in shown(state="signed")
    overdue = shown(state="overdue")
    assert "2 statements where the state is overdue." in overdue
    assert "1 statement where the unit’s name contains “harb” and the state is overdue." in shown(
        unit="harb", state="overdue"
    )
    assert "No statement fits." in shown(unit="nothing like it")


@pytest.mark.parametrize("query", ["quarter=nonsense", "state=nonsense", "page=nonsense", "page=99", "unit=%00"])
def test_a_filter_that_cannot_be_read_does_not_break_the_list(browser: Client, draft: Revision, query: str) -> None:
    response = browser.get(f"{reverse('assurance:statements')}?{query}")
    assert response.status_code == 200
    assert address("statement", draft) in html_of(response)


def test_an_empty_list_says_what_will_appear(browser: Client) -> None:
    assert "first day of each quarter" in html_of(browser.get(reverse("assurance:statements")))


def test_the_list_comes_in_pages_that_keep_the_filter() -> None:
    group = make_group()
    browser, where = signed_in(make_person(Role.COG_LEAD, group=group)), reverse("assurance:statements")
    for number in range(27):
        factories.make_statement(make_unit(f"Unit {number:02}", group=group), Quarter(2024, 2))
    first = html_of(browser.get(where, {"unit": "Unit"}))
    assert "27 statements" in first
    assert "?unit=Unit&amp;page=2" in first
    second = html_of(browser.get(f"{where}?unit=Unit&page=2"))
    assert "Unit 26" in second
    assert "Unit 24" not in second


@pytest.mark.parametrize("grow", [1, 24])
def test_the_list_takes_a_fixed_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries, grow: int) -> None:
    group = make_group()
    browser = signed_in(make_person(Role.COG_LEAD, group=group))
    for _ in range(grow):
        factories.make_statement(make_unit(group=group))
    browser.get(reverse("assurance:statements"))
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        browser.get(reverse("assurance:statements"))


def left_open(revision: Revision) -> Revision:
    return revision


def left_completed(revision: Revision) -> Revision:
    return factories.complete(factories.fill(revision))


def left_signed(revision: Revision) -> Revision:
    return factories.sign(left_completed(revision))


@pytest.mark.parametrize(
    ("name", "bring_to"),
    [
        ("statement", left_open),
        ("check", factories.fill),
        ("sign", left_completed),
        ("statement", left_signed),
    ],
)
def test_no_page_of_a_statement_asks_more_of_the_database_as_the_force_grows(
    draft: Revision, slt: User, name: str, bring_to: Callable[[Revision], Revision]
) -> None:
    bring_to(draft)
    browser = signed_in(slt)
    browser.get(address(name, draft))
    with CaptureQueriesContext(connection) as few:
        assert browser.get(address(name, draft)).status_code == 200
    for _ in range(10):
        factories.make_statement()
    for back in range(1, 5):
        factories.signed(draft.statement.unit, draft.statement.quarter.plus(-back))
    with CaptureQueriesContext(connection) as many:
        assert browser.get(address(name, draft)).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "sent",
    [
        {"evidence": "Inspec\x00tions"},
        {"evidence": "x" * 100_000},
        {"no_level_reason": "\x00"},
        {"actions-0-title": "\u0958" * 300},  # 600 characters in the form in which it is stored
        {"actions-0-title": "Brief\x00", "actions-0-lead": "\u0958" * 150},
        {"actions-0-title": "Brief", "actions-0-due_on": "1 1 99999"},
        {"actions-0-title": "Brief", "actions-0-action": "9" * 30},
        {"actions-0-title": "Brief", "actions-0-token": "\x00"},
        {"actions-TOTAL_FORMS": "9" * 30},
        {"actions-TOTAL_FORMS": "\x00"},
    ],
    ids=lambda sent: ", ".join(sent),
)
def test_what_no_browser_sends_is_refused_and_saved_nowhere(
    draft: Revision, browser: Client, sent: dict[str, str]
) -> None:
    where = address("theme", draft, "leadership")
    response = browser.post(where, form_on(browser.get(where)) | sent)
    assert response.status_code == 422
    entry = draft.entries.get(theme__identity="leadership")
    assert (entry.evidence, entry.no_level_reason) == ("", "")
    assert not Action.objects.exists()


def test_an_unreadable_version_overwrites_nothing(draft: Revision, browser: Client) -> None:
    where = address("theme", draft, "leadership")
    for version in ("", "\x00", "9" * 30, "-1.000000000000"):
        response = browser.post(where, form_on(browser.get(where)) | {"evidence": "New", "evidence-version": version})
        assert response.status_code == 409
    assert draft.entries.get(theme__identity="leadership").evidence == ""


@pytest.mark.parametrize(
    "tail",
    [
        "statements/harbour-ocu/9999-00-q4/",
        "statements/harbour-ocu/0000-01-q1/",
        "statements/harbour-ocu/2025-27-q1/",
        "statements/%00/2025-26-q1/",
        f"statements/{'x' * 5000}/2025-26-q1/",
        f"statements/harbour-ocu/2025-26-q1/revisions/{'9' * 30}/",
        f"statements/harbour-ocu/2025-26-q1/revisions/{'9' * 5000}/",
        "statements/harbour-ocu/2025-26-q1/themes/%ED%A0%80/",
        "reviews/frontline/9999-00-q4/",
        "roll-ups/frontline/9999-00-h2/",
        f"papers/{'9' * 30}/",
        f"papers/{'9' * 5000}/",
    ],
)
@pytest.mark.usefixtures("draft")
def test_an_address_that_names_nothing_is_no_page(tail: str) -> None:
    make_group("Frontline")
    assert signed_in(make_person(Role.HEAD)).get(f"/{tail}").status_code == 404


@pytest.mark.usefixtures("draft")
def test_filters_that_cannot_be_read_are_left_out() -> None:
    head = signed_in(make_person(Role.HEAD))
    for asked in (
        {"unit": "\x00"},
        {"quarter": "9999/00-Q4"},
        {"state": "\x00"},
        {"page": "9" * 5000},
        {"page": "\x00"},
        {"unit": "\ud800"},
    ):
        where = f"{reverse('assurance:statements')}?{urlencode(asked, errors='surrogatepass')}"
        assert head.get(where).status_code == 200
    assert head.get(f"{reverse('assurance:rollups')}?half=9999/00-H2").status_code == 200
