"""The calendar page and the feed: whose dates, in which form, and who is told that there is nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from assurance.models import Decision, Revision, Statement
from assurance.services import statements as acts
from home import feed
from home.dates import dates_of
from home.feed import Day
from home.views.calendar import FETCHES_AN_HOUR
from organisation.models import CalendarLink, User
from organisation.periods import Quarter
from organisation.roles import Role
from organisation.services import calendars
from records.edits import Edit
from tests.factories import assurance
from tests.factories.organisation import LONG_AGO, appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address_of(person: User) -> str:
    current = CalendarLink.objects.filter(person=person, revoked_at=None).first()
    secret = calendars.make_link(person=person, instead_of=current.pk if current else None, at=timezone.now())
    return reverse("calendar_feed", args=[secret])


def entries(body: bytes) -> dict[str, Any]:
    """The entries by what they are of, as another program reads them."""
    return {str(event["UID"]).partition("@")[0]: event for event in Calendar.from_ical(body).walk("VEVENT")}


def days_of(person: User, today: date) -> dict[str, Day]:
    return {one.name: one for one in dates_of(person, today=today)}


# --- How it is written ----------------------------------------------------------------------------------------------


def a_day(name: str = "thing-1-due", title: str = "Due: Harbour") -> Day:
    return Day(name, date(2026, 11, 30), title, "https://truelevel.example.org/statements/", NOW, 7)


def test_a_day_is_a_whole_day_with_what_programs_need() -> None:
    body = feed.written([a_day()], title="Truelevel", host="truelevel.example.org")
    calendar = Calendar.from_ical(body)
    assert (calendar["VERSION"], calendar["CALSCALE"], calendar["X-WR-CALNAME"]) == ("2.0", "GREGORIAN", "Truelevel")
    assert calendar["PRODID"]
    event: Any
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == "thing-1-due@truelevel.example.org"
    assert event["DTSTART"].dt == date(2026, 11, 30)
    assert event["DTEND"].dt == date(2026, 12, 1)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW
    assert event["SEQUENCE"] == 7
    assert event["SUMMARY"] == "Due: Harbour"
    assert b"DTSTART;VALUE=DATE:20261130\r\n" in body
    assert b"DTSTAMP:20261122T090000Z\r\n" in body
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in body
    assert b"X-PUBLISHED-TTL:PT6H\r\n" in body


def test_lines_are_folded_and_ended_as_the_standard_asks() -> None:
    """RFC 5545 §3.1: CRLF after each line, none longer than 75 octets, a character never cut in two."""
    long = "Zoë’s unit – " + "é" * 200
    body = feed.written([a_day(title=long)], title="Truelevel", host="truelevel.example.org")
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", body)
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")
    assert entries(body)["thing-1-due"]["SUMMARY"] == long


def test_a_name_cannot_add_lines_to_the_calendar() -> None:
    title = "Due: A; B, C\\ \r\nEND:VEVENT\r\nBEGIN:VALARM\nX:1"
    body = feed.written([a_day(title=title)], title="Truelevel", host="truelevel.example.org")
    assert body.count(b"\r\nEND:VEVENT\r\n") == 1
    assert b"\r\nBEGIN:VALARM" not in body
    assert "A; B, C\\" in entries(body)["thing-1-due"]["SUMMARY"]


def test_the_same_days_are_the_same_bytes_in_whatever_order() -> None:
    days = [a_day(f"thing-{number}-due") for number in range(5)]
    one = feed.written(days, title="Truelevel", host="h.example")
    assert feed.written(reversed(days), title="Truelevel", host="h.example") == one


def test_a_calendar_without_days_is_one_that_programs_read() -> None:
    assert entries(feed.written([], title="Truelevel", host="h.example")) == {}


# --- Whose dates ----------------------------------------------------------------------------------------------------


def test_a_unit_has_its_statements_dates_of_the_past_quarter_and_a_year_ahead() -> None:
    unit = make_unit("Harbour")
    person = make_person(Role.SPOC, unit)
    q3 = Quarter(2026, 3)
    assurance.make_statement(unit, q3)
    found = days_of(person, date(2026, 11, 22))
    of_unit = f"statement-{unit.pk}"
    assert {name: day.on for name, day in found.items()} == {
        f"{of_unit}-2026-27-q3-opens": date(2026, 10, 1),
        f"{of_unit}-2026-27-q3-due": date(2026, 11, 30),
        f"{of_unit}-2026-27-q4-opens": date(2027, 1, 1),
        f"{of_unit}-2026-27-q4-due": date(2027, 2, 28),
        f"{of_unit}-2027-28-q1-opens": date(2027, 4, 1),
        f"{of_unit}-2027-28-q1-due": date(2027, 5, 31),
        f"{of_unit}-2027-28-q2-opens": date(2027, 7, 1),
        f"{of_unit}-2027-28-q2-due": date(2027, 8, 31),
        f"{of_unit}-2027-28-q3-opens": date(2027, 10, 1),
        f"{of_unit}-2027-28-q3-due": date(2027, 11, 30),
    }
    due = found[f"{of_unit}-2026-27-q3-due"]
    assert due.title == "Statement is due, signed: Harbour, Q3 2026/27"
    assert due.link.endswith("/statements/harbour/2026-27-q3/")
    assert found[f"{of_unit}-2026-27-q4-due"].link.endswith("/statements/")


def test_a_group_has_its_roll_ups_dates() -> None:
    group = make_group("North")
    for role in (Role.COG_LEAD, Role.COG_SUPPORT):
        found = days_of(make_person(role, group=group), date(2026, 11, 22))
        assert {name: day.on for name, day in found.items()} == {
            f"roll-up-{group.pk}-2026-27-h1-due": date(2026, 10, 28),
            f"roll-up-{group.pk}-2026-27-h2-due": date(2027, 4, 28),
            f"roll-up-{group.pk}-2027-28-h1-due": date(2027, 10, 28),
        }
        assert found[f"roll-up-{group.pk}-2026-27-h1-due"].title == "Roll-up is due: North, H1 2026/27"


def test_the_head_has_the_force_summary_s_dates() -> None:
    found = days_of(make_person(Role.HEAD), date(2026, 11, 22))
    assert {name: day.on for name, day in found.items()} == {
        "roll-up-whole-force-2026-27-h1-due": date(2026, 10, 28),
        "roll-up-whole-force-2026-27-h2-due": date(2027, 4, 28),
        "roll-up-whole-force-2027-28-h1-due": date(2027, 10, 28),
    }
    assert found["roll-up-whole-force-2026-27-h1-due"].title == "Force summary is due: H1 2026/27"
    assert days_of(make_person(Role.SHRMT), date(2026, 11, 22)) == {}


def test_the_recorded_meeting_is_there_and_moves_with_its_date() -> None:
    unit = make_unit("Harbour")
    person = make_person(Role.SPOC, unit)
    revision = assurance.make_statement(unit, Quarter(2026, 3))
    name = f"statement-{unit.pk}-2026-27-q3-meeting"
    assert name not in days_of(person, date(2026, 11, 22))
    seen = []
    for version, on in enumerate((date(2026, 11, 10), date(2026, 11, 12))):
        edits = {"meeting_on": Edit(version, on)}
        acts.save_details(revision=revision, edits=edits, by=person, at=NOW + timedelta(minutes=version))
        seen.append(days_of(person, date(2026, 11, 22))[name])
    assert [day.on for day in seen] == [date(2026, 11, 10), date(2026, 11, 12)]
    assert seen[0].title == "Health and safety meeting: Harbour, Q3 2026/27"
    assert [day.changed_at for day in seen] == [NOW, NOW + timedelta(minutes=1)]
    assert seen[0].sequence < seen[1].sequence


def test_the_due_day_says_when_the_statement_is_signed_and_when_it_no_longer_is() -> None:
    unit = make_unit("Harbour")
    person = make_person(Role.SLT_LEAD, unit)
    quarter = assurance.this_quarter()
    name = f"statement-{unit.pk}-{quarter.slug}-due"
    today = timezone.localdate()
    before = days_of(make_person(Role.SPOC, unit), today)
    assert name not in before  # nothing was opened this quarter
    revision = assurance.signed(unit)
    signed = days_of(person, today)[name]
    assert signed.title.startswith("Due day of a statement that is signed: Harbour")
    assurance.decide(revision, Decision.RETURNED)
    returned = days_of(person, today)[name]
    assert returned.title.startswith("Statement is due, signed: Harbour")
    assert returned.sequence >= signed.sequence
    assert returned.changed_at >= signed.changed_at


def test_predicted_days_keep_their_names_when_they_come_true() -> None:
    unit = make_unit("Harbour")
    person = make_person(Role.SPOC, unit)
    predicted = days_of(person, date(2026, 9, 30))
    assurance.make_statement(unit, Quarter(2026, 3), at=datetime(2026, 10, 2, 8, tzinfo=UTC))
    opened = days_of(person, date(2026, 10, 2))
    name = f"statement-{unit.pk}-2026-27-q3-opens"
    assert predicted[name].on == date(2026, 10, 1)
    assert opened[name].on == date(2026, 10, 2)  # the worker was away on the first
    assert predicted[name].sequence < opened[name].sequence < 2**31


def test_units_that_close_or_begin_have_dates_for_the_quarters_they_exist_in() -> None:
    closing = make_unit("Closing", closed_on=date(2027, 1, 1))
    beginning = make_unit("Beginning", opened_on=date(2027, 1, 2))
    person = make_person(Role.SPOC, closing)
    appoint(person, Role.SPOC, beginning)
    found = {name.rpartition("-")[0] for name in days_of(person, date(2026, 11, 22))}
    assert found == {
        f"statement-{closing.pk}-2026-27-q4",
        *(f"statement-{beginning.pk}-2027-28-q{number}" for number in (1, 2, 3)),
    }


def test_rights_are_judged_at_each_fetch() -> None:
    unit, other = make_unit("Harbour"), make_unit("Quay")
    for each in (unit, other):
        assurance.make_statement(each)
    person = make_user()
    appointment = appoint(person, Role.SPOC, unit)
    address = address_of(person)
    assert b"Harbour" in Client().get(address).content
    assert b"Quay" not in Client().get(address).content
    appointment.ends_on = timezone.localdate() - timedelta(days=1)
    appointment.save()
    assert entries(Client().get(address).content) == {}
    appoint(person, Role.SLT_LEAD, other)
    assert b"Quay" in Client().get(address).content


def test_people_without_a_unit_or_group_have_no_dates() -> None:
    assurance.make_statement(make_unit())
    for role in (Role.SHRMT, Role.BOARD_MEMBER, Role.PANEL_MEMBER, Role.ADMINISTRATOR):
        assert dates_of(make_person(role), today=timezone.localdate()) == []


def test_the_head_s_dates_are_those_of_the_force_summary() -> None:
    """Due 28 days after the half ends: of the half before, this one and the next."""
    days = dates_of(make_person(Role.HEAD), today=date(2026, 11, 29))
    assert [one.title for one in days] == [
        f"Force summary is due: {half}" for half in ("H1 2026/27", "H2 2026/27", "H1 2027/28")
    ]
    assert [one.on for one in days] == [date(2026, 10, 28), date(2027, 4, 28), date(2027, 10, 28)]


def test_nothing_that_anybody_wrote_is_in_the_feed() -> None:
    revision = assurance.signed(make_unit("Harbour"))
    assurance.decide(revision, Decision.RETURNED, reasons="The boiler burst.")
    person = make_user()
    appoint(person, Role.SPOC, revision.statement.unit)
    body = Client().get(address_of(person)).content.decode()
    written = [revision.completer_name, revision.signer_name, "boiler", "Records of", "Safety manager", person.name]
    assert [text for text in written if text in body] == []
    assert "Harbour" in body


def test_the_feed_costs_the_same_whatever_the_force(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def costs(person: User) -> None:
        with django_assert_num_queries(6):  # units; groups; statements; revisions; whether the Head; roll-ups
            dates_of(person, today=timezone.localdate())

    few, many = make_user(), make_user()
    for person, number in ((few, 1), (many, 12)):
        for _ in range(number):
            unit = make_unit()
            appoint(person, Role.SPOC, unit)
            appoint(person, Role.COG_LEAD)
            assurance.make_statement(unit)
            assurance.make_statement(unit, assurance.this_quarter().previous())
    costs(few)
    costs(many)
    assert Statement.objects.count() == Revision.objects.count() == 26


# --- The feed over HTTP ---------------------------------------------------------------------------------------------


def test_the_feed_needs_no_sign_in_and_stays_out_of_shared_caches() -> None:
    person = make_person(Role.SPOC)
    response = Client().get(address_of(person))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"] == 'attachment; filename="truelevel.ics"'
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response
    assert entries(response.content)


def test_what_has_not_changed_is_not_sent_again() -> None:
    unit = make_unit()
    person = make_person(Role.SPOC, unit)
    address = address_of(person)
    etag = Client().get(address)["ETag"]
    unchanged = Client().get(address, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assurance.make_statement(unit)
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 200


def test_unknown_stopped_and_closed_are_all_no_page() -> None:
    person = make_person(Role.SPOC)
    unknown = reverse("calendar_feed", args=["x" * 43])
    assert Client().get(unknown).status_code == 404
    old = address_of(person)
    new = address_of(person)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert Client().post(new).status_code == 405
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert Client().get(new).status_code == 404
    User.objects.filter(pk=person.pk).update(is_active=True)
    calendars.revoke_link(person=person, at=timezone.now())
    assert Client().get(new).status_code == 404


def test_a_link_is_served_sixty_times_an_hour_and_its_neighbour_is_not_counted() -> None:
    address, other = address_of(make_person(Role.SPOC)), address_of(make_person(Role.SPOC))
    answers = [Client().get(address).status_code for _ in range(FETCHES_AN_HOUR)]
    assert set(answers) == {200}
    refused = Client().get(address)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert Client().get(other).status_code == 200


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_makes_a_link_shows_it_once_and_stops_it(settings: Any) -> None:
    settings.SITE_URL = "https://truelevel.example.org"
    person = make_person(Role.SPOC)
    client = signed_in(person)
    assert "You have no link" in client.get("/calendar/").content.decode()
    made = client.post("/calendar/", {"act": "make", "instead_of": ""})
    [shown] = re.findall(r'value="(https://truelevel\.example\.org/calendar/[\w-]{43}\.ics)"', made.content.decode())
    assert made["Cache-Control"].count("no-store") == 1
    feed_address = shown.removeprefix("https://truelevel.example.org")
    assert Client().get(feed_address).status_code == 200
    again = client.get("/calendar/").content.decode()
    assert "/calendar/" in again
    assert feed_address not in again
    stopped = client.post("/calendar/", {"act": "stop"}, follow=True)
    assert "The link has been stopped" in stopped.content.decode()
    assert Client().get(feed_address).status_code == 404


def test_the_same_form_sent_again_makes_no_second_link() -> None:
    person = make_person(Role.SPOC)
    client = signed_in(person)
    client.post("/calendar/", {"act": "make", "instead_of": ""})
    again = client.post("/calendar/", {"act": "make", "instead_of": ""}, follow=True)
    assert "Your link has changed since" in again.content.decode()
    assert CalendarLink.objects.count() == 1
    client.post("/calendar/", {"act": "make", "instead_of": str(CalendarLink.objects.get().pk)})
    assert CalendarLink.objects.count() == 2
    assert client.post("/calendar/", {"act": "make", "instead_of": "²"}).status_code == 302


def test_the_home_page_leads_there_for_everybody_but_the_panel() -> None:
    link = f'href="{reverse("calendar")}"'
    assert link in signed_in(make_person(Role.SPOC)).get("/").content.decode()
    assert link not in signed_in(make_person(Role.PANEL_MEMBER)).get("/").content.decode()
    assert link not in signed_in(make_user()).get("/").content.decode()
    assert signed_in(make_person(Role.PANEL_MEMBER)).get("/calendar/").status_code == 404
    former = make_user()
    appoint(former, Role.SPOC, starts_on=LONG_AGO, ends_on=timezone.localdate() - timedelta(days=1))
    assert signed_in(former).get("/calendar/").status_code == 404
