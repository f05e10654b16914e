"""Writing on a roll-up in a browser: autosaved, with two people at once, and without JavaScript."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assurance.models import MergeDecision, Rollup, SaveReceipt
from organisation.models import BusinessGroup, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import form_on, html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories import rollups as factory
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FRAME = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET )")


@pytest.fixture
def group() -> BusinessGroup:
    """A group of one unit at level 2 in every theme."""
    group = make_group("Frontline Policing")
    statements.signed(make_unit("Kiln Hill", group=group), factory.last_half().quarters[0], level=2)
    return group


@pytest.fixture
def lead(group: BusinessGroup) -> User:
    return make_person(Role.COG_LEAD, group=group)


@pytest.fixture
def support(group: BusinessGroup) -> User:
    return make_person(Role.COG_SUPPORT, group=group)


@pytest.fixture
def rollup(group: BusinessGroup) -> Rollup:
    return factory.built(group)


def address(name: str, rollup: Rollup, *more: object) -> str:
    return reverse(f"assurance:{name}", args=[rollup.slug, rollup.half, *more])


def part_of(page: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """What the page's script sends when one answer has been given."""
    fixed = {field: page[field] for field in ("person", "revision")}
    return {**fixed, "token": str(uuid.uuid4()), f"{name}-version": page[f"{name}-version"], name: value}


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.headers.get("Autosave-Outcome", "")


# --- The pages ----------------------------------------------------------------------------------------------------


def test_a_theme_s_page_shows_what_the_units_report_and_takes_the_lead_s_own_level(rollup: Rollup, lead: User) -> None:
    browser = signed_in(lead)
    page = browser.get(address("rollup_theme", rollup, "audit"))
    said = text_of(html_of(page))
    assert "2 Reactive culture 1" in said
    assert "Median: 2. Lowest: 2." in said
    sent = form_on(page) | {"level": "4", "evidence": "Our own visits.", "then": "save"}
    assert browser.post(address("rollup_theme", rollup, "audit"), sent).status_code == 302
    stated = rollup.assessments.get(theme_identity="audit")
    assert (stated.level, stated.evidence, stated.changed_by) == (4, "Our own visits.", lead)


def test_the_words_are_written_before_anything_is_built(group: BusinessGroup, lead: User) -> None:
    rollup = Rollup(group=group, half=factory.last_half())
    browser = signed_in(lead)
    page = browser.get(address("rollup_words", rollup))
    sent = form_on(page) | {
        "board_meeting_on": "5 11 2030",
        "group_meeting_on": "1 10 2025",
        "reported_at_meeting": "no",
        "reported_at_meeting_note": "It was called off.",
        "narrative": "It holds.",
        "shows_comparison": "no",
        "then": "continue",
    }
    response = browser.post(address("rollup_words", rollup), sent)
    assert response.url == address("rollup_theme", rollup, "leadership")  # type: ignore[attr-defined]  # a redirect
    stored = Rollup.objects.get(group=group)
    assert (stored.reported_at_meeting, stored.shows_comparison, stored.narrative) == (False, False, "It holds.")
    assert stored.figures is None
    said = text_of(html_of(browser.get(address("rollup", stored))))
    assert "Were the units’ statements reported there? No" in said


def test_the_last_theme_leads_to_what_is_missing(rollup: Rollup, lead: User, support: User) -> None:
    for person, name in ((lead, "issue_rollup"), (support, "rollup")):
        browser = signed_in(person)
        sent = form_on(browser.get(address("rollup_theme", rollup, "audit"))) | {"then": "continue"}
        response = browser.post(address("rollup_theme", rollup, "audit"), sent)
        assert response.url == address(name, rollup)  # type: ignore[attr-defined]  # a redirect


def test_a_theme_that_is_not_scored_has_no_page(rollup: Rollup, lead: User) -> None:
    assert signed_in(lead).get(address("rollup_theme", rollup, "wellbeing")).status_code == 404
    assert signed_in(lead).get(address("rollup_theme", rollup, "no-such")).status_code == 404


def test_what_is_wrong_is_said_and_the_rest_is_saved(rollup: Rollup, lead: User) -> None:
    browser = signed_in(lead)
    sent = form_on(browser.get(address("rollup_words", rollup)))
    response = browser.post(address("rollup_words", rollup), sent | {"board_meeting_on": "soon", "narrative": "Kept."})
    assert response.status_code == 422
    assert "“soon” is not a date" in html_of(response)
    rollup.refresh_from_db()
    assert (rollup.board_meeting_on, rollup.narrative) == (None, "Kept.")


# --- Saved while it is being written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "autosave", "more"),
    [("rollup_words", "autosave_rollup_words", ()), ("rollup_theme", "autosave_rollup_theme", ("audit",))],
)
def test_an_answer_is_saved_by_itself_once_however_often_it_is_sent(
    name: str, autosave: str, more: tuple[str, ...], rollup: Rollup, lead: User
) -> None:
    browser = signed_in(lead)
    page = form_on(browser.get(address(name, rollup, *more)))
    sent = part_of(page, "narrative", "First words.")
    first = browser.post(address(autosave, rollup, *more), sent, headers=HTMX)
    again = browser.post(address(autosave, rollup, *more), sent, headers=HTMX)
    assert outcome(first) == outcome(again) == (200, "saved")
    thing: Any = rollup if not more else rollup.assessments.get(theme_identity=more[0])
    thing.refresh_from_db()
    assert (thing.narrative, thing.field_versions) == ("First words.", {"narrative": 1})
    assert SaveReceipt.objects.filter(rollup=rollup).count() == 1
    assert thing.history.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "autosave", "more"),
    [("rollup_words", "autosave_rollup_words", ()), ("rollup_theme", "autosave_rollup_theme", ("audit",))],
)
def test_an_autosave_costs_at_most_eight_queries_and_one_transaction(
    name: str, autosave: str, more: tuple[str, ...], rollup: Rollup, lead: User
) -> None:
    browser = signed_in(lead)
    page = form_on(browser.get(address(name, rollup, *more)))
    with CaptureQueriesContext(connection) as captured:
        sent = part_of(page, "narrative", "Some words.")
        response = browser.post(address(autosave, rollup, *more), sent, headers=HTMX)
    assert outcome(response) == (200, "saved")
    queries = [query["sql"] for query in captured]
    assert len([sql for sql in queries if not FRAME.match(sql)]) <= 8, queries
    assert queries.count("BEGIN") == 1


def test_two_people_s_texts_are_both_shown_and_neither_is_lost(rollup: Rollup, lead: User, support: User) -> None:
    theirs, mine = signed_in(support), signed_in(lead)
    page = form_on(mine.get(address("rollup_theme", rollup, "audit")))
    factory.assess(rollup, "audit", by=support, evidence="Theirs")
    refused = mine.post(
        address("autosave_rollup_theme", rollup, "audit"), part_of(page, "evidence", "Mine"), headers=HTMX
    )
    assert outcome(refused) == (409, "conflict")
    assert {"Theirs", "Mine"} <= set(re.findall(r"Theirs|Mine", html_of(refused)))
    assert rollup.assessments.get(theme_identity="audit").evidence == "Theirs"
    waiting = MergeDecision.objects.get()
    assert (waiting.rollup, waiting.mine, waiting.decided_at) == (rollup, "Mine", None)

    again = mine.get(address("rollup_theme", rollup, "audit"))  # from another device, much later
    assert "An answer of yours was not saved" in html_of(again)
    decided = form_on(again) | {"evidence": "Both", "decided": ["evidence"]}
    assert mine.post(address("rollup_theme", rollup, "audit"), decided).status_code == 302
    waiting.refresh_from_db()
    assert waiting.result == "Both"
    assert rollup.assessments.get(theme_identity="audit").evidence == "Both"
    assert "An answer of yours" not in html_of(theirs.get(address("rollup_theme", rollup, "audit")))


def test_a_level_in_conflict_is_shown_by_its_name(rollup: Rollup, lead: User, support: User) -> None:
    mine = signed_in(lead)
    page = form_on(mine.get(address("rollup_theme", rollup, "audit")))
    factory.assess(rollup, "audit", by=support, level=2)
    refused = mine.post(address("autosave_rollup_theme", rollup, "audit"), part_of(page, "level", "4"), headers=HTMX)
    said = text_of(html_of(refused))
    assert "Level 2: Reactive culture" in said
    assert "Level 4: Proactive culture" in said


def test_a_whole_page_shows_both_versions_without_a_script(rollup: Rollup, lead: User, support: User) -> None:
    browser = signed_in(lead)
    page = form_on(browser.get(address("rollup_words", rollup)))
    factory.answer(rollup, by=support, narrative="Theirs")
    response = browser.post(
        address("rollup_words", rollup), page | {"narrative": "Mine", "board_meeting_on": "5 11 2030"}
    )
    assert response.status_code == 409
    said = text_of(html_of(response))
    assert "Somebody else changed this answer while you were writing" in said
    assert f"Saved by {support.name}" in said
    rollup.refresh_from_db()
    assert (rollup.narrative, str(rollup.board_meeting_on)) == ("Theirs", "2030-11-05")


def test_a_page_of_somebody_else_s_saves_nothing(rollup: Rollup, lead: User, support: User) -> None:
    page = form_on(signed_in(support).get(address("rollup_words", rollup)))
    response = signed_in(lead).post(
        address("autosave_rollup_words", rollup), part_of(page, "narrative", "Whose?"), headers=HTMX
    )
    assert outcome(response) == (403, "other-person")
    rollup.refresh_from_db()
    assert rollup.narrative == ""


# --- Issuing in a browser -----------------------------------------------------------------------------------------


def test_what_is_missing_leads_to_its_question(rollup: Rollup, lead: User) -> None:
    html = html_of(signed_in(lead).get(address("issue_rollup", rollup)))
    assert f'href="{address("rollup_words", rollup)}#id_reported_at_meeting_0"' in html
    assert f'href="{address("rollup_theme", rollup, "audit")}#id_level_0"' in html
    assert "Issue it</h2>" not in html


def test_what_is_on_the_page_is_issued_and_then_reissued_with_a_reason(rollup: Rollup, lead: User) -> None:
    factory.write(rollup, by=lead)
    browser = signed_in(lead)
    page = browser.get(address("issue_rollup", rollup))
    assert "What is still missing" not in html_of(page)
    assert browser.post(address("issue_rollup", rollup), form_on(page)).status_code == 422  # not confirmed
    issued = browser.post(address("issue_rollup", rollup), form_on(page) | {"confirmed": "on"})
    assert issued.url == address("issued_rollup", rollup, 1)  # type: ignore[attr-defined]  # a redirect
    assert "Unchanged since issue" in html_of(browser.get(address("issued_rollup", rollup, 1)))
    factory.answer(rollup, by=lead, narrative="Corrected.")
    assert "Changed since issue" in html_of(browser.get(address("rollup", rollup)))
    page = browser.get(address("issue_rollup", rollup))
    without = browser.post(address("issue_rollup", rollup), form_on(page) | {"confirmed": "on"})
    assert "Say why another version is issued." in html_of(without)
    again = form_on(page) | {"confirmed": "on", "because": "A month was wrong."}
    assert browser.post(address("issue_rollup", rollup), again).status_code == 302
    first = text_of(html_of(browser.get(address("issued_rollup", rollup, 1))))
    assert "A newer version has been issued since: version 2" in first
    assert factory.NARRATIVE in first
    second = text_of(html_of(browser.get(address("issued_rollup", rollup, 2))))
    assert "Why it follows an earlier version: A month was wrong." in second
    assert "Corrected." in second


def test_a_page_that_is_behind_issues_nothing_and_asks_again(rollup: Rollup, group: BusinessGroup, lead: User) -> None:
    factory.write(rollup, by=lead)
    browser = signed_in(lead)
    page = form_on(browser.get(address("issue_rollup", rollup))) | {"confirmed": "on"}
    statements.signed(make_unit("Marsh Lane", group=group), rollup.half.quarters[1])
    factory.built(group)
    response = browser.post(address("issue_rollup", rollup), page)
    assert response.status_code == 422
    html = html_of(response)
    assert "The figures have been built again since you opened this page" in html
    assert "checked" not in html.partition('name="confirmed"')[2][:200]
    assert not rollup.issued.exists()


def test_readers_of_what_is_issued_read_the_frozen_words_and_no_draft(
    rollup: Rollup, group: BusinessGroup, lead: User
) -> None:
    factory.issue(factory.write(rollup, by=lead), by=lead)
    factory.answer(rollup, by=lead, narrative="Not for them yet.")
    unit = group.memberships.get().unit
    for role in (Role.SPOC, Role.SLT_LEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY):
        reader = signed_in(make_person(role, unit if role in (Role.SPOC, Role.SLT_LEAD) else None))
        said = text_of(html_of(reader.get(address("issued_rollup", rollup, 1))))
        assert factory.NARRATIVE in said
        assert "Not for them yet." not in said
        assert "since issue" not in said
        assert reader.get(address("rollup", rollup)).status_code == 404
        listed = text_of(html_of(reader.get(reverse("assurance:rollups"))))
        assert "Roll-up of Frontline Policing" in listed
        assert "Drafts" not in listed


def test_the_list_shows_the_force_summary_to_those_who_read_it(rollup: Rollup, lead: User) -> None:
    factory.issued(None)
    browser = signed_in(lead)
    said = text_of(html_of(browser.get(reverse("assurance:rollups"))))
    assert "Force summary" in said
    assert "The whole force" not in said  # its draft
    assert "The whole force" in text_of(html_of(signed_in(make_person(Role.SHRMT)).get(reverse("assurance:rollups"))))
    page = text_of(html_of(browser.get(address("issued_rollup", Rollup(group=None, half=rollup.half), 1))))
    assert "0 of 1 business groups have issued a roll-up." in page
    assert "Frontline Policing Awaited" in page


def test_a_client_without_a_session_is_asked_to_sign_in(rollup: Rollup) -> None:
    assert Client().get(address("rollup_words", rollup)).status_code == 302


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_who_takes_an_issued_version_away_is_in_the_trail_with_the_bytes(rollup: Rollup, lead: User, form: str) -> None:
    version = factory.printed(factory.issue(factory.write(rollup, by=lead), by=lead))
    names = {"pdf": "issued_rollup_pdf", "xlsx": "issued_rollup_workbook", "csv": "issued_rollup_csv"}
    reader = make_person(Role.BOARD_MEMBER)
    response: Any = signed_in(reader).get(address(names[form], rollup, 1))
    file = response.getvalue()
    name = f"roll-up-{rollup.slug}-{rollup.half.slug}-version-1.{form}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    taken = TrailEntry.objects.get(act="rollup.taken")
    assert (taken.actor, taken.thing_id) == (reader, version.pk)
    assert taken.detail == {"form": form, "sha256": hashlib.sha256(file).hexdigest()}
    if form != "pdf":
        signed_in(reader).head(address(names[form], rollup, 1))
        assert TrailEntry.objects.filter(act="rollup.taken").count() == 1
