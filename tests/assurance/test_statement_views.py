"""The pages on which a statement is listed, opened and read, and what each asks of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from actions.models import Action
from assurance.models import Decision, Entry, Revision
from assurance.services import statements
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from tests.assurance.pages import address, entry_of, form_on, html_of, raise_actions, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
FIRST_CRITERION = "The unit takes no specific action on health and safety leadership."
# Session, user, appointments and force of the frame; the unit’s roles; revision, entries, levels, criteria, last
# quarter, validated level and actions of the page.
QUERIES_OF_A_THEME_PAGE = 13
# The same frame; who reads which statements, the quarters there are, the page, and who answers information requests.
QUERIES_OF_THE_LIST = 10


# --- The task list ------------------------------------------------------------------------------------------------


def test_the_task_list_names_every_theme_and_how_far_it_is(browser: Client, draft: Revision, spoc: User) -> None:
    save_elsewhere(draft, spoc, "leadership", level_answer=3, evidence="Minutes.", held_without_shrmt=True)
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
        assert browser.post(address("theme", draft, "leadership"), {"level_answer": "5"}).status_code == 404


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


@pytest.mark.usefixtures("opened")
def test_each_level_stands_with_its_name_and_criteria_under_it(browser: Client, draft: Revision) -> None:
    html = html_of(browser.get(address("theme", draft, "leadership")))
    radios = re.findall(r'name="level_answer" type="radio" value="(\d)"', html)
    assert [int(number) for number in radios] == [1, 2, 3, 4, 5]
    assert html.count(FIRST_CRITERION) == 1
    first = html.index("Level 1: Negative culture and failing")
    second = html.index("Level 2: Reactive culture")
    assert first < html.index(FIRST_CRITERION) < second


@pytest.mark.usefixtures("opened")
def test_a_theme_that_is_not_scored_asks_for_no_level_and_says_why(browser: Client, draft: Revision) -> None:
    response = browser.get(address("theme", draft, "wellbeing"))
    assert 'name="level_answer"' not in html_of(response)
    assert "not scored in this edition" in html_of(response)
    sent = form_on(response) | {"evidence": "A wellbeing week.", "level_answer": "5", "then": "save"}
    assert browser.post(address("theme", draft, "wellbeing"), sent).status_code == 302
    entry = entry_of(draft, "wellbeing")
    assert (entry.evidence, entry.level) == ("A wellbeing week.", None)


@pytest.mark.usefixtures("opened")
def test_the_level_of_last_quarter_stands_beside_the_question(browser: Client, draft: Revision, unit: Unit) -> None:
    before = draft.statement.quarter.previous()
    factories.signed(unit, before, level=2, levels={"leadership": 4})
    text = text_of(html_of(browser.get(address("theme", draft, "leadership"))))
    assert f"{before.name} 4 Proactive culture" in text
    assert "Level 4: Proactive culture Last quarter" in text


@pytest.mark.usefixtures("opened")
def test_the_newest_signed_revision_of_last_quarter_counts_and_drafts_do_not(
    browser: Client, draft: Revision, unit: Unit, slt: User
) -> None:
    before = draft.statement.quarter.previous()
    first = factories.signed(unit, before, level=2)
    second = statements.reopen(revision=first, reason="A fire.", by=slt, at=timezone.now())
    save_elsewhere(second, slt, level_answer=5)
    assert "2 Reactive culture</strong>" in html_of(browser.get(address("theme", draft, "leadership")))
    factories.sign(factories.complete(second))
    assert "5 Resilient and self-driven culture</strong>" in html_of(browser.get(address("theme", draft, "leadership")))


@pytest.mark.usefixtures("opened")
def test_without_a_signed_statement_last_quarter_says_so(browser: Client, draft: Revision, unit: Unit) -> None:
    factories.fill(factories.make_statement(unit, draft.statement.quarter.previous()), level=5)
    factories.signed(quarter=draft.statement.quarter.previous(), level=5)  # another unit's
    assert f"{draft.statement.quarter.previous().name} Nothing signed" in text_of(
        html_of(browser.get(address("theme", draft, "leadership")))
    )


def test_a_theme_that_changed_its_meaning_is_not_to_be_compared(browser: Client, unit: Unit) -> None:
    older, newer = maturity.shipped("2017", "2019")
    factories.signed(unit, Quarter(2018, 4), edition=older, level=3)
    now = factories.make_statement(unit, Quarter(2019, 1), edition=newer)
    changed = html_of(browser.get(address("theme", now, "audit"), follow=True))
    assert "Do not compare it" in changed
    assert "moved to audit (theme 12) in 2019" in changed
    assert "Do not compare it" not in html_of(browser.get(address("theme", now, "leadership"), follow=True))


@pytest.mark.usefixtures("opened")
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
    raise_actions(draft, 12)
    with django_assert_num_queries(QUERIES_OF_A_THEME_PAGE):
        html = html_of(browser.get(address("theme", draft, "leadership")))
    assert "Action 11" in html
    assert "3 Compliant culture</strong>" in html


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
@pytest.mark.usefixtures("opened")
def test_what_no_browser_sends_is_refused_and_saved_nowhere(
    draft: Revision, browser: Client, sent: dict[str, str]
) -> None:
    where = address("theme", draft, "leadership")
    response = browser.post(where, form_on(browser.get(where)) | sent)
    assert response.status_code == 422
    entry = draft.entries.get(theme__identity="leadership")
    assert (entry.evidence, entry.no_level_reason) == ("", "")
    assert not Action.objects.exists()


@pytest.mark.usefixtures("opened")
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
