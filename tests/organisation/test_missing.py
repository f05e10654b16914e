"""Who and what is missing: what is listed, what is left out, who may see it, what it costs, and the file."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from html import unescape
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisation.missing import Gap, missing
from organisation.models import (
    BusinessGroup,
    ExpectedQualification,
    Qualification,
    QualificationStatus,
    QualificationType,
    Unit,
    User,
)
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import html_of, signed_in, text_of
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def gaps(key: str) -> tuple[Gap, ...]:
    [section] = [one for one in missing(today()) if one.key == key]
    return section.gaps


def noted(key: str) -> dict[str, str]:
    """What is known of each gap, by the unit, group or person."""
    return {gap.place or gap.person: gap.note for gap in gaps(key)}


@pytest.fixture
def group() -> BusinessGroup:
    return make.make_group("Met Operations")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make.make_unit("Harbour OCU", group=group)


@pytest.fixture
def person() -> User:
    return make.make_user(name="Somebody")


# --- Posts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "role"), [("spoc", Role.SPOC), ("slt-lead", Role.SLT_LEAD)])
def test_units_of_today_without_somebody_in_the_role_are_listed(key: str, role: Role, unit: Unit) -> None:
    for number, name in enumerate(("Held", "Ended", "Ended at once", "Planned", "Account closed")):
        make.make_unit(name, kind="bcu" if number else "ocu")
    by_name = {one.name: one for one in Unit.objects.all()}
    make.make_unit("Closed", closed_on=today() - DAY)
    make.make_unit("Not open yet", opened_on=today() + DAY)
    make.appoint(make.make_user(), role, by_name["Held"])
    make.appoint(make.make_user(), role, by_name["Ended"], ends_on=today() - DAY)
    make.end_at_once(make.appoint(make.make_user(), role, by_name["Ended at once"]), by=make.make_user())
    make.appoint(make.make_user(), role, by_name["Planned"], starts_on=date(2099, 1, 1))
    make.appoint(make.make_user(is_active=False), role, by_name["Account closed"])
    assert noted(key) == {
        "Account closed": "Nobody is appointed",
        "Ended": "Nobody is appointed",
        "Ended at once": "Nobody is appointed",
        "Harbour OCU": "Nobody is appointed",
        "Planned": "Somebody is appointed from 1 January 2099",
    }
    [harbour] = [gap for gap in gaps(key) if gap.place == unit.name]
    assert (harbour.what, harbour.place_url) == ("Met Operations", reverse("unit", args=[unit.slug]))


def test_groups_with_units_and_no_lead_are_listed(unit: Unit, group: BusinessGroup) -> None:
    led = make.make_unit(group=make.make_group("Led")).memberships.get().group
    make.appoint(make.make_user(), Role.COG_LEAD, group=led)
    make.appoint(make.make_user(), Role.COG_SUPPORT, group=group)  # decides nothing
    make.make_group("Without units")
    make.make_unit(group=make.make_group("Of closed units"), closed_on=today() - DAY)
    assert noted("cog-lead") == {"Met Operations": "Nobody is appointed"}
    make.appoint(make.make_user(), Role.COG_LEAD, group=unit.memberships.get().group)
    assert noted("cog-lead") == {}


# --- Qualifications -----------------------------------------------------------------------------------------------


@pytest.fixture
def certificate() -> QualificationType:
    kind = QualificationType.objects.create(code="level-3", name="Level 3 certificate", level=3)
    ExpectedQualification.objects.create(role=Role.SPOC, type=kind)
    return kind


@pytest.mark.parametrize(
    ("status", "on", "expires", "note"),
    [
        (QualificationStatus.HELD, date(2024, 5, 1), None, None),
        (QualificationStatus.HELD, date(2024, 5, 1), date(2099, 1, 1), None),
        (QualificationStatus.HELD, date(2024, 5, 1), date(2025, 5, 1), "Ran out on 1 May 2025"),
        (QualificationStatus.HELD, date(2099, 5, 1), None, "To be held from 1 May 2099"),
        (QualificationStatus.STUDYING, date(2024, 5, 1), None, "Studying for it, 1 May 2024"),
        (QualificationStatus.WITHDRAWN, date(2024, 5, 1), None, "Given up or withdrawn, 1 May 2024"),
    ],
)
def test_a_qualification_is_missing_unless_it_is_held_today(
    status: str,
    on: date,
    expires: date | None,
    note: str | None,
    unit: Unit,
    person: User,
    certificate: QualificationType,
) -> None:
    make.appoint(person, Role.SPOC, unit)
    Qualification.objects.create(person=person, type=certificate, status=status, on=on, expires_on=expires)
    found = [(gap.person, gap.what, gap.place, gap.note) for gap in gaps("qualifications")]
    expected = ("Somebody", "Level 3 certificate", "Single point of contact (SPOC), Harbour OCU", note)
    assert found == ([] if note is None else [expected])


def test_somebody_is_listed_once_whatever_number_of_units_asks_for_it(
    unit: Unit, person: User, certificate: QualificationType
) -> None:
    make.appoint(person, Role.SPOC, unit)
    make.appoint(person, Role.SPOC, make.make_unit("Quayside OCU"))
    [gap] = gaps("qualifications")
    assert (gap.what, gap.note) == (certificate.name, "Nothing is recorded")
    assert gap.place.count("SPOC") == 2


@pytest.mark.usefixtures("certificate")
def test_nothing_is_asked_of_other_roles_of_closed_units_and_accounts_and_of_who_is_yet_to_come(unit: Unit) -> None:
    make.appoint(make.make_user(), Role.SLT_LEAD, unit)
    make.appoint(make.make_user(), Role.SPOC, make.make_unit(closed_on=today() - DAY))
    make.appoint(make.make_user(is_active=False), Role.SPOC, unit)
    make.appoint(make.make_user(), Role.SPOC, unit, starts_on=today() + DAY)
    assert gaps("qualifications") == ()


# --- Appointments that end, accounts without any ------------------------------------------------------------------


@pytest.mark.parametrize(("days", "listed"), [(-1, False), (0, True), (60, True), (61, False), (None, False)])
def test_appointments_that_end_within_sixty_days_are_listed(
    days: int | None, listed: bool, unit: Unit, person: User
) -> None:
    make.appoint(person, Role.SPOC, unit, ends_on=None if days is None else today() + days * DAY)
    assert bool(gaps("ending")) is listed


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "followed"),
    [(31, None, True), (0, None, True), (0, 31, True), (32, None, False), (0, 30, False), (0, 29, False)],
)
def test_it_says_whether_somebody_holds_the_role_after_that(
    starts_in: int, ends_in: int | None, followed: bool, unit: Unit, person: User
) -> None:
    make.appoint(person, Role.SPOC, unit, ends_on=today() + 30 * DAY)
    ends_on = None if ends_in is None else today() + ends_in * DAY
    make.appoint(make.make_user(), Role.SPOC, unit, starts_on=today() + starts_in * DAY, ends_on=ends_on)
    make.appoint(make.make_user(), Role.SPOC)  # of another unit
    make.appoint(make.make_user(), Role.SLT_LEAD, unit)
    found = {gap.person: gap.note for gap in gaps("ending")}
    assert found["Somebody"] == f"{'Somebody' if followed else 'Nobody'} holds the role after that"


def test_roles_of_groups_and_of_the_force_are_followed_too(group: BusinessGroup) -> None:
    soon = today() + DAY
    make.appoint(make.make_user(name="Lead"), Role.COG_LEAD, group=group, ends_on=soon)
    make.appoint(make.make_user(), Role.COG_LEAD, group=group)
    make.appoint(make.make_user(name="Head"), Role.HEAD, ends_on=soon)
    make.appoint(make.make_user(name="Adviser"), Role.SHRMT, ends_on=soon)
    make.appoint(make.make_user(), Role.SHRMT)
    assert noted("ending") == {
        "Adviser": "Somebody holds the role after that",
        "Head": "Nobody holds the role after that",
        "Lead": "Somebody holds the role after that",
    }


def test_what_ends_with_its_unit_or_has_ended_already_is_not_listed(unit: Unit, person: User) -> None:
    soon = today() + DAY
    make.appoint(person, Role.SPOC, make.make_unit(closed_on=soon), ends_on=soon)
    make.appoint(person, Role.SPOC, make.make_unit(closed_on=today() - DAY), ends_on=soon)
    make.end_at_once(make.appoint(person, Role.SLT_LEAD, unit, ends_on=soon), by=person)
    make.appoint(make.make_user(is_active=False), Role.SPOC, unit, ends_on=soon)
    assert gaps("ending") == ()


def test_accounts_that_give_no_rights_now_or_later_are_listed(unit: Unit) -> None:
    make.appoint(make.make_user(name="Held"), Role.SPOC, unit)
    make.appoint(make.make_user(name="To come"), Role.SPOC, unit, starts_on=today() + DAY)
    make.appoint(make.make_user(name="Over"), Role.SPOC, unit, ends_on=today() - DAY)
    make.make_user(name="Never")
    make.make_user(name="Closed", is_active=False)
    assert noted("accounts") == {"Never": "Never had one", "Over": "Had appointments that are over"}


# --- The page and the file ----------------------------------------------------------------------------------------


@pytest.fixture
def browser() -> Client:
    return signed_in(make.make_person(Role.HEAD))


def test_a_force_where_nothing_is_missing_is_told_so(browser: Client) -> None:
    text = text_of(html_of(browser.get(reverse("missing"))))
    for sentence in ("Every unit has a SPOC.", "No role asks for a qualification yet.", "No appointment ends soon."):
        assert sentence in text
    assert "as text (CSV)" not in text


def test_the_page_shows_the_first_fifty_and_says_how_many_there_are(browser: Client, group: BusinessGroup) -> None:
    for number in range(51):
        make.make_unit(f"Unit of many {number:02d}", group=group)
    text = unescape(text_of(html_of(browser.get(reverse("missing")))))
    assert "51 in all, of which the first 50 are shown; the file has all of them." in text
    assert "Unit of many 49" in text
    assert "Unit of many 50" not in text


def queries_of(browser: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(reverse("missing")).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("certificate")
def test_the_page_costs_the_same_however_many_units_and_people_there_are(browser: Client) -> None:
    def fill() -> None:
        group = make.make_group()
        one = make.make_unit(group=group)
        make.appoint(make.make_user(), Role.SPOC, one, ends_on=today() + DAY)
        make.make_unit(group=group)
        make.make_user()

    fill()
    browser.get(reverse("missing"))
    few = queries_of(browser)
    for _ in range(15):
        fill()
    assert queries_of(browser) == few
    assert few <= 20


def test_the_file_has_everything_harmless_and_the_trail_knows_who_took_it(
    browser: Client, group: BusinessGroup
) -> None:
    make.make_unit("=1+1", group=group)
    make.make_user(name="@SUM(A1)")
    response = browser.get(reverse("missing"), {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Missing", "Unit, group or appointment", "Person", "What", "Day", "What is known"]
    assert [
        "Units with no single point of contact (SPOC)",
        "'=1+1",
        "",
        "Met Operations",
        "",
        "Nobody is appointed",
    ] in rows
    assert ["'@SUM(A1)", today().isoformat()] in [[row[2], row[4]] for row in rows]
    assert TrailEntry.objects.get(act="missing.downloaded").detail == {"rows": len(rows) - 1}


def test_a_look_at_the_headers_takes_nothing_away(browser: Client) -> None:
    response = browser.head(reverse("missing"), {"format": "csv"})
    assert (response.status_code, response.content) == (200, b"")
    assert not TrailEntry.objects.filter(act="missing.downloaded").exists()
