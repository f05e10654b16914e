"""The pages of units and business groups: what they show to whom, and reorganising in two steps."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisation.models import Appointment, BusinessGroup, Unit, User
from organisation.roles import Role
from tests.assurance.pages import html_of, signed_in, text_of
from tests.factories import actions, assurance, maturity
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def typed(day: date) -> str:
    return f"{day.day} {day.month} {day.year}"


@pytest.fixture
def group() -> BusinessGroup:
    return make.make_group("Met Operations")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make.make_unit("Harbour OCU", group=group)


@pytest.fixture
def administrator() -> User:
    return make.make_person(Role.ADMINISTRATOR)


@pytest.fixture
def browser(administrator: User) -> Client:
    return signed_in(administrator)


def hidden(response: Any) -> dict[str, str]:
    """What the check page sends again."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', html_of(response))
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def said(response: Any) -> str:
    """The words of the page."""
    return unescape(text_of(html_of(response)))


def names(response: Any) -> list[str]:
    return re.findall(
        r'<th scope="row" class="govuk-table__header"><a class="govuk-link" href="[^"]*">([^<]*)</a>', html_of(response)
    )


# --- The list -----------------------------------------------------------------------------------------------------


def test_the_list_has_every_unit_and_says_which_have_ended_or_are_to_open(browser: Client) -> None:
    make.make_unit("Harbour OCU")
    make.make_unit("Old OCU", closed_on=today() - DAY)
    make.make_unit("New OCU", opened_on=today() + DAY)
    make.make_unit("Ending OCU", closed_on=today())
    response = browser.get(reverse("units"))
    assert names(response) == ["Ending OCU", "Harbour OCU", "New OCU", "Old OCU"]
    text = said(response)
    assert "4 units, by name." in text
    assert "Old OCU Ended" in text
    assert "New OCU To open" in text
    assert "Ending OCU To end" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "harb"}, ["Harbour OCU"]),
        ({"group": "met-operations"}, ["Harbour OCU"]),
        ({"kind": "bcu"}, ["Old BCU"]),
        ({"risk_band": "high"}, ["Old BCU"]),
        ({"state": "closed"}, ["Old BCU"]),
        ({"state": "open"}, ["Harbour OCU"]),
        ({"state": "planned"}, ["New OCU"]),
        ({"state": "nonsense", "group": "nowhere"}, ["Harbour OCU", "New OCU", "Old BCU"]),
    ],
)
def test_the_list_is_narrowed_and_says_by_what(
    query: dict[str, str], expected: list[str], browser: Client, group: BusinessGroup
) -> None:
    make.make_unit("Harbour OCU", group=group)
    make.make_unit("Old BCU", closed_on=today() - DAY, kind="bcu", risk_band="high")
    make.make_unit("New OCU", opened_on=today() + DAY)
    response = browser.get(reverse("units"), query)
    assert names(response) == expected
    assert ("where the" in said(response)) == (len(expected) == 1)


def test_the_list_costs_the_same_however_many_units_there_are(browser: Client, group: BusinessGroup) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("units"))
        return len(captured)

    make.make_unit(group=group)
    browser.get(reverse("units"))
    few = queries()
    for _ in range(20):
        make.make_unit(group=group)
    assert queries() == few


def test_a_spoc_sees_their_own_unit_and_no_way_to_change_it(unit: Unit) -> None:
    make.make_unit("Elsewhere OCU")
    browser = signed_in(make.make_person(Role.SPOC, unit))
    response = browser.get(reverse("units"))
    assert names(response) == ["Harbour OCU"]
    assert "Open a unit" not in said(response)
    assert "Rename" not in said(browser.get(reverse("unit", args=[unit.slug])))


# --- The page -----------------------------------------------------------------------------------------------------


def test_a_units_page_shows_its_groups_over_time_its_line_and_its_people(
    browser: Client, unit: Unit, administrator: User
) -> None:
    make.move_unit(unit, to=make.make_group("Professionalism"), on=date(2025, 7, 1), last_day_before=date(2025, 6, 30))
    first = make.make_unit("First OCU", opened_on=date(2010, 4, 1), closed_on=date(2012, 3, 31))
    before = make.make_unit("Before OCU", opened_on=date(2012, 4, 1), closed_on=date(2015, 3, 31))
    sister = make.make_unit("Sister OCU")
    first.successors.add(before)
    before.successors.add(unit, sister)
    make.appoint(make.make_user(name="Now"), Role.SPOC, unit)
    make.appoint(make.make_user(name="Then"), Role.SLT_LEAD, unit, ends_on=today() - DAY)
    make.end_at_once(make.appoint(make.make_user(name="Stopped"), Role.SPOC, unit), by=administrator)
    text = said(browser.get(reverse("unit", args=[unit.slug])))
    assert "Professionalism, from 1 July 2025" in text
    assert "Met Operations, from 1 April 2015 to 30 June 2025" in text
    assert "Before OCU , 1 April 2012 to 31 March 2015; other units came of it too" in text
    assert "further along the line" in text
    now, earlier = text.split("Earlier appointments (2)")
    assert "Now" in now.split("People", 1)[1]
    assert "Then" in earlier
    assert "Stopped" in earlier


def test_relatives_that_the_reader_may_not_open_are_named_without_a_link(unit: Unit) -> None:
    after = make.make_unit("Dockside OCU")
    unit.successors.add(after)
    html = html_of(signed_in(make.make_person(Role.SPOC, unit)).get(reverse("unit", args=[unit.slug])))
    assert "Dockside OCU" in html
    assert reverse("unit", args=[after.slug]) not in html
    html = html_of(signed_in(make.make_person(Role.HEAD)).get(reverse("unit", args=[unit.slug])))
    assert reverse("unit", args=[after.slug]) in html


# --- In two steps -------------------------------------------------------------------------------------------------


def test_a_renaming_is_checked_before_it_is_done(browser: Client, unit: Unit) -> None:
    make.appoint(make.make_user(name="The SPOC"), Role.SPOC, unit)
    assurance.make_statement(unit)
    assurance.make_adviser(unit)
    actions.make_action(unit)
    maturity.target(unit=unit)
    address = reverse("rename_unit", args=[unit.slug])
    wanted = {"name": "Dockside OCU", "on": typed(today() + 30 * DAY), "appoint_again": "on"}
    checked = browser.post(address, wanted)
    assert checked.status_code == 200
    assert Unit.objects.count() == 1
    text = said(checked)
    for sentence in (
        "Harbour OCU has its last day on",
        "Dockside OCU opens on",
        "Its first statement is that of Q",
        "The SPOC: Single point of contact (SPOC) of Dockside OCU from",
        "is open and is still due, signed, by",
        "advises Harbour OCU",
        "1 open action of Harbour OCU stays with it",
        "The target of level 3 for Harbour OCU",
    ):
        assert sentence in text
    done = browser.post(address, hidden(checked), follow=True)
    after = Unit.objects.get(name="Dockside OCU")
    assert done.redirect_chain == [(reverse("unit", args=[after.slug]), 302)]
    assert "Harbour OCU is Dockside OCU from" in said(done)
    assert after.appointments.filter(person__name="The SPOC", role=Role.SPOC).count() == 1


def test_what_has_changed_since_it_was_read_is_shown_again_and_not_done(browser: Client, unit: Unit) -> None:
    address = reverse("rename_unit", args=[unit.slug])
    wanted = {"name": "Dockside OCU", "on": typed(today() + 30 * DAY), "appoint_again": "on"}
    seen = hidden(browser.post(address, wanted))
    make.appoint(make.make_user(name="Just appointed"), Role.SPOC, unit)
    response = browser.post(address, seen)
    assert response.status_code == 409
    assert "Something has changed since you read this page" in said(response)
    assert "Just appointed" in said(response)
    assert Unit.objects.count() == 1
    browser.post(address, hidden(response))
    assert Unit.objects.count() == 2


def test_going_back_keeps_what_was_typed(browser: Client, unit: Unit) -> None:
    address = reverse("rename_unit", args=[unit.slug])
    wanted = {"name": "Dockside OCU", "on": typed(today() + 30 * DAY)}
    response = browser.post(address, {**hidden(browser.post(address, wanted)), "back": "1"})
    assert response.status_code == 200
    assert 'value="Dockside OCU"' in html_of(response)
    assert Unit.objects.count() == 1


def test_a_refusal_stands_on_the_form_with_what_was_typed(browser: Client, unit: Unit) -> None:
    make.make_unit("Custody")
    wanted = {"name": "Custody", "on": typed(today())}
    response = browser.post(reverse("rename_unit", args=[unit.slug]), wanted)
    assert response.status_code == 422
    assert "There is a unit called Custody already" in said(response)
    assert 'value="Custody"' in html_of(response)


def test_the_same_button_twice_renames_once(browser: Client, unit: Unit) -> None:
    address = reverse("rename_unit", args=[unit.slug])
    seen = hidden(browser.post(address, {"name": "Dockside OCU", "on": typed(today())}))
    browser.post(address, seen)
    again = browser.post(address, seen)
    assert again.status_code == 422
    assert "goes on as Dockside OCU" in said(again)
    assert Unit.objects.count() == 2


def test_units_merge_into_a_new_one_by_their_names(browser: Client, unit: Unit, group: BusinessGroup) -> None:
    make.make_unit("Quayside OCU")
    address = reverse("merge_unit", args=[unit.slug])
    wanted = {
        "others": "quayside  ocu\r\n\r\n",
        "into": "new",
        "name": "Waterside OCU",
        "kind": "ocu",
        "risk_band": "high",
        "group": str(group.pk),
        "on": typed(today() + DAY),
    }
    checked = browser.post(address, wanted)
    assert "Quayside OCU has its last day on" in said(checked)
    assert "Nobody is appointed to Waterside OCU by this" in said(checked)
    browser.post(address, hidden(checked))
    after = Unit.objects.get(name="Waterside OCU")
    assert {one.name for one in after.predecessors.all()} == {"Harbour OCU", "Quayside OCU"}


def test_a_unit_joins_one_that_goes_on(browser: Client, unit: Unit) -> None:
    goes_on = make.make_unit("Quayside OCU")
    address = reverse("merge_unit", args=[unit.slug])
    wanted = {"others": "", "into": "existing", "name": "Quayside OCU", "on": typed(today() + DAY)}
    browser.post(address, hidden(browser.post(address, wanted)))
    assert list(goes_on.predecessors.all()) == [unit]


def test_a_name_that_no_unit_has_is_refused_with_those_that_are_alike(browser: Client, unit: Unit) -> None:
    make.make_unit("Quayside OCU")
    wanted = {"others": "Quayside", "into": "existing", "name": "Nowhere", "on": typed(today() + DAY)}
    response = browser.post(reverse("merge_unit", args=[unit.slug]), wanted)
    assert response.status_code == 422
    text = said(response)
    assert "No unit that exists on that day is called “Quayside”. Units with this in their names: Quayside OCU." in text
    assert "No unit that exists on that day is called “Nowhere”." in text
    missing = browser.post(
        reverse("merge_unit", args=[unit.slug]), {"into": "new", "name": "New", "on": typed(today() + DAY)}
    )
    assert "Choose the new unit’s business group." in said(missing)


def test_a_unit_is_split_into_as_many_as_are_asked_for(browser: Client, unit: Unit, group: BusinessGroup) -> None:
    address = reverse("split_unit", args=[unit.slug])
    wanted = {"on": typed(today() + DAY), "rows": "2"}
    for number, name in enumerate(("North", "South"), start=1):
        wanted |= {
            f"unit-{number}-name": name,
            f"unit-{number}-kind": "ocu",
            f"unit-{number}-risk_band": "low",
            f"unit-{number}-group": str(group.pk),
        }
    more = browser.post(address, {**wanted, "add": "1"})
    assert more.status_code == 200
    assert 'value="North"' in html_of(more)
    assert "New unit 3" in said(more)
    third = {"unit-3-name": "East", "unit-3-kind": "bcu", "unit-3-risk_band": "high", "unit-3-group": str(group.pk)}
    checked = browser.post(address, {**wanted, **third, "rows": "3"})
    browser.post(address, hidden(checked))
    assert {one.name for one in unit.successors.all()} == {"North", "South", "East"}


def test_a_split_with_a_unit_left_empty_says_so(browser: Client, unit: Unit) -> None:
    response = browser.post(reverse("split_unit", args=[unit.slug]), {"on": typed(today()), "rows": "nonsense"})
    assert response.status_code == 422
    assert said(response).count("Enter the unit’s name.") >= 2


def test_a_unit_is_opened_moved_changed_and_closed(browser: Client, group: BusinessGroup) -> None:
    elsewhere = make.make_group("Professionalism")

    def post(name: str, wanted: dict[str, Any], *arguments: str) -> None:
        address = reverse(name, args=arguments)
        assert browser.post(address, hidden(browser.post(address, wanted))).status_code == 302

    post(
        "new_unit",
        {"name": "Canal OCU", "kind": "ocu", "risk_band": "low", "group": group.pk, "on": typed(today() - 9 * DAY)},
    )
    post("move_unit", {"to": elsewhere.pk, "on": typed(today())}, "canal-ocu")
    post("change_unit", {"kind": "bcu", "risk_band": "high"}, "canal-ocu")
    post("close_unit", {"last_day": typed(today() + 9 * DAY)}, "canal-ocu")
    unit = Unit.objects.get(slug="canal-ocu")
    assert (unit.kind, unit.risk_band, unit.closed_on) == ("bcu", "high", today() + 9 * DAY)
    assert list(unit.memberships.order_by("starts_on").values_list("group__name", "starts_on", "ends_on")) == [
        ("Met Operations", today() - 9 * DAY, today() - DAY),
        ("Professionalism", today(), today() + 9 * DAY),
    ]


# --- Business groups ----------------------------------------------------------------------------------------------


def test_groups_are_listed_with_their_units_and_leads(browser: Client, group: BusinessGroup) -> None:
    make.make_unit(group=group)
    make.make_unit(group=group, closed_on=today() - DAY)
    make.appoint(make.make_user(name="The lead"), Role.COG_LEAD, group=group)
    make.appoint(make.make_user(name="The lead before"), Role.COG_LEAD, group=group, ends_on=today() - DAY)
    text = said(browser.get(reverse("groups")))
    assert "Met Operations 1 unit of Met Operations The lead, Chief Officer Group (COG) lead" in text
    assert "The lead before" not in text


def test_groups_are_listed_by_name(browser: Client) -> None:
    for name in ("Met HQ", "Corporate Services", "Specialist Operations"):
        make.make_unit(group=make.make_group(name))
    found = re.findall(
        r'<th scope="row" class="govuk-table__header">([^<]+)</th>', html_of(browser.get(reverse("groups")))
    )
    assert found == ["Corporate Services", "Met HQ", "Specialist Operations"]


def test_a_group_is_made_and_renamed_and_a_taken_name_is_refused(browser: Client) -> None:
    make.make_group("Met Operations")
    browser.post(reverse("new_group"), {"name": "Digital"})
    browser.post(reverse("rename_group", args=["digital"]), {"name": "Digital Policing"})
    assert BusinessGroup.objects.get(slug="digital").name == "Digital Policing"
    response = browser.post(reverse("rename_group", args=["digital"]), {"name": "met operations"})
    assert response.status_code == 422
    assert "There is a business group called Met Operations already" in said(response)


def test_a_cog_lead_sees_their_own_group_alone(group: BusinessGroup) -> None:
    make.make_group("Professionalism")
    text = said(signed_in(make.make_person(Role.COG_LEAD, group=group)).get(reverse("groups")))
    assert "1 business group" in text
    assert "Professionalism" not in text


# --- What meets units that have ended ------------------------------------------------------------------------------


def test_the_people_of_a_unit_that_has_ended_read_on_and_are_asked_for_nothing() -> None:
    quarter = assurance.this_quarter()
    unit = make.make_unit("Harbour OCU")
    spoc = make.make_person(Role.SPOC, unit)
    revision = assurance.make_statement(unit, quarter)
    Unit.objects.filter(pk=unit.pk).update(closed_on=quarter.first_day - DAY)
    browser = signed_in(spoc)
    home = said(browser.get(reverse("home")))
    assert "Harbour OCU has ended. What was signed there can still be read." in home
    assert "is due, signed" not in home
    page = browser.get(reverse("assurance:statement", args=[unit.slug, quarter]))
    assert page.status_code == 200
    assert type(revision.statement).objects.overdue(quarter.last_day).count() == 0
    assert Appointment.objects.filter(person=spoc).exists()
