"""The list of actions: whose they are, how they are filtered and sorted, what it costs, and the files it becomes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from actions.models import Action
from actions.permissions import READS_A_BODYS, can_list_actions, can_read_action
from actions.services import actions, plans, tasks
from organisation.models import Unit, User
from organisation.roles import Role, Scope
from records.models import TrailEntry
from records.services import trail
from tests.assurance.pages import html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories.actions import add_task, make_action
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

LIST = "/actions/"
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def browser(spoc: User) -> Client:
    return signed_in(spoc)


def titles(response: Any) -> list[str]:
    """The actions on the page, in their order."""
    pattern = r'<th scope="row" class="govuk-table__header"><a class="govuk-link" href="/actions/\d+/">([^<]*)</a>'
    return re.findall(pattern, html_of(response))


def rows_of_csv(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def sheet(response: Any, name: str = "Actions") -> list[dict[str, Any]]:
    header: Any
    rows: Any
    header, *rows = load_workbook(BytesIO(response.content))[name].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


# --- Whose they are -----------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(0, 3)), max_size=3),
    sort=st.sampled_from(["", "title", "-due", "nonsense"]),
    state=st.sampled_from(["", "open", "overdue", "nonsense"]),
)
def test_no_action_of_another_unit_is_ever_listed_or_taken_away(
    held: list[tuple[Role, int]], sort: str, state: str
) -> None:
    """Four units in two groups with an overdue action each: what is listed is what the appointments reach."""
    with transaction.atomic():  # the next example meets an empty database
        _compare_what_is_listed(held, sort, state)
        transaction.set_rollback(True)


def _compare_what_is_listed(held: list[tuple[Role, int]], sort: str, state: str) -> None:
    groups = [make_group(), make_group()]
    units = [make_unit(group=groups[number % 2]) for number in range(4)]
    raised = [make_action(one, due=today() - DAY) for one in units]
    person = make_user()
    reached: set[int] = set()
    for role, number in held:
        unit_of_role = units[number] if role.scope is Scope.UNIT else None
        appoint(person, role, unit_of_role, groups[number % 2] if role.scope is Scope.GROUP else None)
        if role in (Role.SHRMT, Role.HEAD):
            reached |= set(range(4))
        elif role in (Role.SPOC, Role.SLT_LEAD):
            reached.add(number)
        elif role in (Role.COG_LEAD, Role.COG_SUPPORT):
            reached |= {number % 2, number % 2 + 2}
    expected = {raised[number].title for number in reached}
    every = Action.objects.select_related("unit")
    assert {one.title for one in every.visible_to(person)} == expected
    assert {one.title for one in every if can_read_action(person, one)} == expected
    response = signed_in(person).get(LIST, {"sort": sort, "state": state})
    # The Board, and whoever leads a risk, have a list of their own, in which no unit's actions are.
    has_a_list = bool(expected) or bool({role for role, _ in held} & READS_A_BODYS)
    assert response.status_code == (200 if has_a_list else 404)
    assert can_list_actions(person) is has_a_list
    assert set(titles(response)) == expected
    if expected:
        taken = signed_in(person).get(LIST, {"sort": sort, "state": state, "format": "csv"})
        assert {row["Action"] for row in rows_of_csv(taken)} == expected


def test_the_units_column_and_filter_are_for_those_who_read_several(unit: Unit, browser: Client) -> None:
    make_action(unit)
    assert '<th scope="col" class="govuk-table__header"><a' in html_of(browser.get(LIST))
    assert 'name="unit"' not in html_of(browser.get(LIST))
    make_action(make_unit("Quay OCU"))
    html = html_of(signed_in(make_person(Role.HEAD)).get(LIST))
    assert 'name="unit"' in html
    assert "Quay OCU" in html


# --- Filters ------------------------------------------------------------------------------------------------------


@pytest.fixture
def various(unit: Unit, spoc: User) -> None:
    make_action(unit, "Open and late", due=today() - DAY, lead="Training lead")
    make_action(unit, "Open, due today", due=today())
    make_action(unit, "Open, on-going", due="on-going")
    closed = make_action(unit, "Closed, was late", due=today() - DAY)
    actions.close(action=closed, achieved="Forty walks.", by=spoc, at=timezone.now())
    actions.withdraw(action=make_action(unit, "Withdrawn"), reason="No longer needed", by=spoc, at=timezone.now())
    add_task(make_action(unit, "Of two tasks"), "Repeat the walks")


@pytest.mark.parametrize(
    ("wanted", "found", "said"),
    [
        ({"state": "overdue"}, ["Open and late"], "1 action where the status is overdue,"),
        ({"state": "closed"}, ["Closed, was late"], "where the status is closed"),
        ({"state": "withdrawn"}, ["Withdrawn"], "where the status is withdrawn"),
        ({"text": "LATE", "state": "open"}, ["Open and late"], "where the text contains “LATE” and the status is open"),
        ({"text": "walks"}, ["Of two tasks", "Closed, was late"], "2 actions where the text contains “walks”"),
        ({"text": "training"}, ["Open and late"], "contains “training”"),
        ({"text": "nothing like it"}, [], "No action fits."),
    ],
)
@pytest.mark.usefixtures("various")
def test_the_list_is_narrowed_and_says_how(
    browser: Client, wanted: dict[str, str], found: list[str], said: str
) -> None:
    response = browser.get(LIST, wanted)
    assert titles(response) == found
    assert said in text_of(html_of(response))


@pytest.mark.usefixtures("various")
@pytest.mark.parametrize(
    "nonsense",
    [
        {"state": "lost"},
        {"unit": "no-such-unit"},
        {"origin": "theme:no-such-theme"},
        {"origin": "x"},
        {"plan": "-1"},
        {"plan": "\x00"},
        {"text": "\x00"},
        {"page": "nought"},
        {"page": "999"},
        {"page": "-3"},
        {"sort": "unit__name"},
        {"sort": "-"},
        {"format": "exe"},
    ],
)
def test_what_cannot_be_read_in_the_address_is_left_out(browser: Client, nonsense: dict[str, str]) -> None:
    response = browser.get(LIST, nonsense)
    assert response.status_code == 200
    assert len(titles(response)) == 6


def test_another_units_name_in_the_address_shows_nothing_of_it(browser: Client, unit: Unit) -> None:
    make_action(unit, "Ours")
    quay = make_unit("Quay OCU")
    make_action(quay, "Theirs")
    response = browser.get(LIST, {"unit": quay.slug})
    assert titles(response) == ["Ours"]
    assert "Quay OCU" not in html_of(response)


def test_actions_are_found_by_the_theme_that_raised_them(unit: Unit, spoc: User) -> None:
    draft = statements.make_statement(unit)
    statements.raise_action(draft, "leadership", title="Of leadership")
    statements.raise_action(draft, "audit", title="Of audit")
    make_action(unit, "Of neither")
    response = signed_in(spoc).get(LIST, {"origin": "theme:audit"})
    assert titles(response) == ["Of audit"]
    assert "the origin is Assurance and Audit" in text_of(html_of(response))


def test_actions_are_found_by_the_plan_that_gathers_them(unit: Unit, spoc: User) -> None:
    planned = make_action(unit, "Planned")
    make_action(unit, "Unplanned")
    plan = plans.gather(name="Safer sites", actions=[planned], by=spoc, at=timezone.now())
    hidden = plans.gather(name="Of others", actions=[make_action()], by=spoc, at=timezone.now())
    response = signed_in(spoc).get(LIST, {"plan": plan.pk})
    assert titles(response) == ["Planned"]
    assert "Of others" not in html_of(response)
    assert titles(signed_in(spoc).get(LIST, {"plan": hidden.pk})) == ["Planned", "Unplanned"]


# --- Order and pages ----------------------------------------------------------------------------------------------


def test_open_ones_come_first_and_the_next_due_at_the_top(unit: Unit, spoc: User, browser: Client) -> None:
    closed = make_action(unit, "Closed", due=date(2020, 1, 1))
    actions.close(action=closed, achieved="Done", by=spoc, at=timezone.now())
    make_action(unit, "No day")
    make_action(unit, "Later", due=today() + DAY)
    sooner = make_action(unit, "Sooner", due=date(2020, 1, 1))
    add_task(sooner, due=today())
    tasks.finish(task=sooner.tasks.get(number=1), by=spoc, at=timezone.now())  # what is done is due no more
    response = browser.get(LIST)
    assert titles(response) == ["Sooner", "Later", "No day", "Closed"]
    assert "aria-sort" not in html_of(response)


@pytest.mark.parametrize(
    ("column", "ascending"),
    [
        ("title", ["Ash", "Birch", "Cedar"]),
        ("due", ["Cedar", "Ash", "Birch"]),
        ("raised", ["Birch", "Cedar", "Ash"]),
        ("status", ["Birch", "Cedar", "Ash"]),
    ],
)
def test_every_heading_sorts_both_ways_and_says_so(
    unit: Unit, spoc: User, browser: Client, column: str, ascending: list[str]
) -> None:
    def moment(day: int) -> datetime:
        return datetime(2026, 11, day, 9, tzinfo=UTC)

    ash = make_action(unit, "Ash", due=date(2027, 1, 2), at=moment(3))
    make_action(unit, "Birch", at=moment(1))  # no day: last, whichever way the days are sorted
    make_action(unit, "Cedar", due=date(2027, 1, 1), at=moment(2))
    actions.close(action=ash, achieved="Done", by=spoc, at=timezone.now())
    up, down = browser.get(LIST, {"sort": column}), browser.get(LIST, {"sort": f"-{column}"})
    assert titles(up) == ascending
    expected = {"due": ["Ash", "Cedar", "Birch"], "status": ["Ash", "Birch", "Cedar"]}
    assert titles(down) == expected.get(column, ascending[::-1])
    assert html_of(up).count('aria-sort="ascending"') == 1
    assert html_of(down).count('aria-sort="descending"') == 1
    assert f"?sort=-{column}" in html_of(up)


def test_sorting_keeps_the_filters_and_begins_at_the_first_page(unit: Unit, browser: Client) -> None:
    for number in range(60):
        make_action(unit, f"Walk {number:02}")
    response = browser.get(LIST, {"text": "walk", "page": "2"})
    html = html_of(response)
    assert len(titles(response)) == 25
    assert "Page 2 of 3" in text_of(html)
    assert 'href="?text=walk&amp;sort=title"' in html
    assert 'href="?text=walk&amp;page=3"' in html
    assert len(titles(browser.get(LIST, {"page": "3"}))) == 10


def test_the_list_takes_as_many_queries_for_sixty_actions_as_for_two(unit: Unit, browser: Client) -> None:
    draft = statements.make_statement(unit)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(LIST).status_code == 200
        return len(found)

    def grow(count: int) -> None:
        for number in range(count):
            add_task(make_action(unit), f"Task {number}")
        statements.raise_action(draft)

    grow(2)
    queries()
    few = queries()
    grow(58)
    assert queries() == few


# --- Files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.usefixtures("various")
def test_a_file_holds_exactly_what_the_filter_shows_and_leaves_a_line(
    browser: Client, spoc: User, file_format: str
) -> None:
    response = browser.get(LIST, {"state": "open", "sort": "title", "format": file_format})
    rows: list[dict[str, Any]] = rows_of_csv(response) if file_format == "csv" else sheet(response)
    assert [row["Action"] for row in rows] == ["Of two tasks", "Open and late", "Open, due today", "Open, on-going"]
    assert [row["Overdue"] for row in rows] == ["No", "Yes", "No", "No"]
    assert response["Content-Disposition"] == f'attachment; filename="actions-{today().isoformat()}.{file_format}"'
    line = TrailEntry.objects.get(act="actions.downloaded")
    assert line.actor == spoc
    assert trail.words_of(line) == {"where": "status is open"}  # which can be erased: it may hold what was looked for
    assert {name: line.detail[name] for name in ("actions", "format")} == {"actions": 4, "format": file_format}
    assert set(line.detail) == {"actions", "format", "words"}


def test_a_file_has_all_pages_and_every_column(unit: Unit, spoc: User, browser: Client) -> None:
    for number in range(30):
        make_action(unit, f"Walk {number:02}")
    action = make_action(unit, "Brief all", due=date(2026, 3, 6), lead="Sergeant", measure="Briefed", baseline="2")
    add_task(action, "Again", due="Autumn 2027", lead="Trainer", supporters="Inspector")
    tasks.finish(task=action.tasks.get(number=1), by=spoc, at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC))
    actions.close(action=action, achieved="All of them", by=spoc, at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    rows = rows_of_csv(browser.get(LIST, {"format": "csv", "page": "2"}))
    assert len(rows) == 31
    (row,) = (row for row in rows if row["Action"] == "Brief all")
    assert row == {
        "Number": str(action.pk),
        "Unit": "Harbour OCU",
        "Action": "Brief all",
        "Status": "Closed",
        "Overdue": "No",
        "Next due": "",
        "Raised under": "",
        "Raised on": today().isoformat(),
        "Tasks": "2",
        "Tasks done": "1",
        "Led by": "Sergeant; Trainer",
        "Supported by": "Inspector",
        "Measure": "Briefed",
        "Baseline": "2",
        "Target": "",
        "Result": "",
        "Closed on": "2026-07-01",
        "Achieved": "All of them",
    }
    workbook = browser.get(LIST, {"format": "xlsx"})
    (kept,) = (row for row in sheet(workbook) if row["Action"] == "Brief all")
    assert (kept["Closed on"], kept["Tasks"], kept["Target"]) == (datetime(2026, 7, 1), 2, None)  # noqa: DTZ001
    found = [row for row in sheet(workbook, "Tasks") if row["Action"] == "Brief all"]
    assert [(row["Task number"], row["Task"], row["Led by"], row["Due"]) for row in found] == [
        (1, None, "Sergeant", datetime(2026, 3, 6)),  # noqa: DTZ001
        (2, "Again", "Trainer", "Autumn 2027"),
    ]
    assert found[0]["Done on"] == datetime(2026, 3, 5)  # noqa: DTZ001  # 23:30 in winter: the same day in London


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")'])
def test_no_text_becomes_a_formula_where_a_file_is_opened(unit: Unit, browser: Client, text: str) -> None:
    make_action(unit, text, lead=text)
    (row,) = rows_of_csv(browser.get(LIST, {"format": "csv"}))
    assert (row["Action"], row["Led by"]) == (f"'{text}", f"'{text}")
    workbook = load_workbook(BytesIO(browser.get(LIST, {"format": "xlsx"}).content))
    for name in ("Actions", "Tasks"):
        cells = [cell for cell in workbook[name][2] if cell.value == text]
        assert len(cells) == 2
        assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}
    assert text in text_of(html_of(browser.get(LIST)).replace("&#x27;", "'").replace("&quot;", '"'))


@pytest.mark.parametrize("begin", ["\t", "\r"])
def test_a_text_that_hides_a_formula_behind_a_blank_is_text_too(unit: Unit, browser: Client, begin: str) -> None:
    """Forms take such blanks away; rows that came another way may have them."""
    make_action(unit, f"{begin}=1+1")
    (row,) = rows_of_csv(browser.get(LIST, {"format": "csv"}))
    assert row["Action"].startswith("'")


def test_a_workbook_takes_signs_that_workbooks_cannot_hold(unit: Unit, browser: Client) -> None:
    make_action(unit, "Brief\x0ball\x08")
    (row,) = sheet(browser.get(LIST, {"format": "xlsx"}))
    assert row["Action"] == "Brief\N{REPLACEMENT CHARACTER}all\N{REPLACEMENT CHARACTER}"


def test_a_look_at_the_headers_takes_nothing_away(unit: Unit, browser: Client) -> None:
    make_action(unit)
    response = browser.head(LIST, {"format": "csv"})
    assert (response.status_code, response.content) == (200, b"")
    assert not TrailEntry.objects.filter(act="actions.downloaded").exists()


# --- Words --------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_where_actions_come_from(browser: Client) -> None:
    assert "There are no actions yet." in text_of(html_of(browser.get(LIST)))


def test_reviews_and_the_front_page_lead_to_the_overdue_ones(unit: Unit, browser: Client) -> None:
    make_action(unit, due=today() - DAY)
    make_action(unit)
    group = unit.memberships.get().group
    lead = signed_in(make_person(Role.COG_LEAD, group=group))
    quarter = statements.signed(unit).statement.quarter
    address = f"{LIST}?unit={unit.slug}&amp;state=overdue"
    pages: list[Callable[[], Any]] = [
        lambda: browser.get("/"),
        lambda: lead.get(reverse("assurance:group_reviews", args=[group.slug, quarter])),
        lambda: lead.get(reverse("assurance:review", args=[unit.slug, quarter])),
    ]
    for page in pages:
        assert address in html_of(page())
    assert "Harbour OCU: 2 open actions" in text_of(html_of(browser.get("/")))
    assert f"{group}: 2 open actions" in text_of(html_of(lead.get("/")))
    assert "1 of the unit’s actions is overdue today" in text_of(html_of(pages[2]()))
