"""The pages about people: the list and its filters, accounts, and appointments made, ended, extended, handed over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from organisation.models import Appointment, Unit, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.organisation import LONG_AGO, appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def client(administrator: User) -> Client:
    return signed_in(administrator)


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def typed(day: date) -> str:
    return f"{day.day} {day.month} {day.year}"


# --- The list -----------------------------------------------------------------------------------------------------


def names(client: Client, **query: str) -> list[str]:
    response = client.get(reverse("people"), query)
    assert response.status_code == 200
    return [person.name for person in response.context["page"]]


def test_the_list_narrows_by_name_role_unit_group_and_account(client: Client) -> None:
    group = make_group("Frontline")
    harbour = make_unit("Harbour OCU", group=group)
    spoc, lead = make_user("a@example.org", name="Anne"), make_user("b@example.org", name="Bert")
    closed, without = make_user(name="Closed one", is_active=False), make_user(name="Without")
    appoint(spoc, Role.SPOC, harbour)
    appoint(lead, Role.COG_LEAD, group=group)
    assert {spoc.name, lead.name, closed.name, without.name} <= set(names(client))
    assert names(client, text="A@EXAMPLE") == ["Anne"]
    assert names(client, role="spoc") == ["Anne"]
    assert names(client, unit="harbour-ocu") == ["Anne"]
    assert names(client, group="frontline") == ["Anne", "Bert"]
    assert names(client, group="frontline", role="cog-lead") == ["Bert"]
    assert names(client, state="closed") == ["Closed one"]
    assert names(client, state="without") == ["Without"]
    assert "Closed one" not in names(client, state="open")
    assert len(names(client, role="no such role")) > 3


def test_a_unit_lead_sees_the_people_of_the_unit_and_of_them_what_they_are_there(unit: Unit) -> None:
    lead, both, other = make_person(Role.SLT_LEAD, unit), make_user(name="Both"), make_user(name="Elsewhere")
    elsewhere = make_unit("Elsewhere OCU")
    appoint(both, Role.SPOC, unit)
    appoint(both, Role.SPOC, elsewhere)
    appoint(other, Role.SPOC, elsewhere)
    client = signed_in(lead)
    assert sorted(names(client)) == sorted(["Both", lead.name])
    assert names(client, unit="elsewhere-ocu") == names(client)  # not one of the choices, so nothing to go by
    page = client.get(reverse("person", args=[both.pk]))
    assert "Harbour OCU" in page.text
    assert "Elsewhere OCU" not in page.text
    assert client.get(reverse("person", args=[other.pk])).status_code == 404
    assert client.get(reverse("appoint", args=[both.pk])).status_code == 403
    assert client.get(reverse("appoint", args=[other.pk])).status_code == 404


def test_the_list_asks_the_database_no_more_for_more_people(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("people"))
        return len(captured)

    queries()  # what a session's first page writes
    before = queries()
    for _ in range(20):
        make_person(Role.SPOC)
    assert queries() == before


# --- Accounts -----------------------------------------------------------------------------------------------------


def test_an_account_is_made_and_gives_no_rights(client: Client, administrator: User) -> None:
    response = client.post(reverse("new_person"), {"name": "Inspector North", "email": "North@Example.org"})
    made = User.objects.get(name="Inspector North")
    assert response.headers["Location"] == reverse("person", args=[made.pk])
    assert not made.has_usable_password()
    assert not Appointment.objects.filter(person=made).exists()
    entry = TrailEntry.objects.get(act="account.made")
    assert (entry.actor_id, entry.thing_id, entry.thing_name) == (administrator.pk, made.pk, f"account {made.pk}")


def test_an_address_that_somebody_has_is_refused_and_what_was_typed_stays(client: Client) -> None:
    make_user("north@example.org", name="Somebody else")
    response = client.post(reverse("new_person"), {"name": "Inspector North", "email": "NORTH@example.org"})
    assert response.status_code == 422
    assert "Somebody else" in response.text
    assert 'value="Inspector North"' in response.text
    assert User.objects.filter(email__iexact="north@example.org").count() == 1


def test_a_closed_account_is_shut_out_in_the_session_that_is_open(client: Client, unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    theirs = signed_in(spoc)
    assert theirs.get(reverse("assurance:statements")).status_code == 200
    client.post(reverse("close_person", args=[spoc.pk]), {"because": "Has left the service."})
    assert theirs.get(reverse("assurance:statements")).status_code == 302
    assert Appointment.objects.get(person=spoc).ended_at is not None
    client.post(reverse("reopen_person", args=[spoc.pk]))
    spoc.refresh_from_db()
    assert spoc.is_active
    assert signed_in(spoc).get(reverse("assurance:statements")).status_code == 404  # no rights come back


def test_closing_needs_a_reason_and_is_not_for_oneself(client: Client, administrator: User, unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    assert client.post(reverse("close_person", args=[spoc.pk]), {"because": " "}).status_code == 422
    assert client.post(reverse("close_person", args=[administrator.pk]), {"because": "Gone."}).status_code == 422
    assert User.objects.filter(pk__in=[spoc.pk, administrator.pk], is_active=True).count() == 2


# --- Appointments -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unit")
def test_somebody_is_appointed_and_has_the_rights_at_once(client: Client, today: date) -> None:
    person = make_user()
    theirs = signed_in(person)
    assert theirs.get(reverse("assurance:statements")).status_code == 404
    response = client.post(
        reverse("appoint", args=[person.pk]), {"role": "spoc", "unit": "harbour-ocu", "starts_on": typed(today)}
    )
    assert response.status_code == 302
    assert theirs.get(reverse("assurance:statements")).status_code == 200


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"role": "spoc"}, "Choose the unit that the person is appointed to."),
        ({"role": "cog-lead"}, "Choose the business group that the person is appointed to."),
        ({"role": "head", "unit": "harbour-ocu"}, "This role is not to a unit."),
        ({"unit": "harbour-ocu"}, "Choose the role."),
        ({"role": "spoc", "unit": "harbour-ocu", "ends_on": "1 1 2016"}, "The last day cannot be before the first."),
        ({"role": "spoc", "unit": "harbour-ocu", "starts_on": "soon"}, "“soon” is not a date."),
        ({"role": "spoc", "unit": "harbour-ocu", "starts_on": "1 1 2014"}, "Harbour OCU opens on 1 April 2015."),
    ],
)
def test_an_appointment_that_may_not_be_is_refused_in_words(
    client: Client, today: date, sent: dict[str, str], said: str
) -> None:
    person = make_user()
    response = client.post(reverse("appoint", args=[person.pk]), {"starts_on": typed(today)} | sent)
    assert response.status_code == 422
    assert said in response.text
    assert not person.appointments.exists()


@pytest.mark.usefixtures("unit")
def test_nobody_appoints_themselves(client: Client, administrator: User, today: date) -> None:
    response = client.post(
        reverse("appoint", args=[administrator.pk]), {"role": "spoc", "unit": "harbour-ocu", "starts_on": typed(today)}
    )
    assert response.status_code == 422
    assert "Nobody appoints themselves." in response.text


def test_an_appointment_that_is_ended_at_once_is_over_in_the_session_that_is_open(client: Client, unit: Unit) -> None:
    spoc = make_user()
    held = appoint(spoc, Role.SPOC, unit)
    theirs = signed_in(spoc)
    assert theirs.get(reverse("assurance:statements")).status_code == 200
    sent = {"when": "at-once", "because": "Moved to another unit."}
    assert client.post(reverse("end_appointment", args=[held.pk]), sent).status_code == 302
    assert theirs.get(reverse("assurance:statements")).status_code == 404
    assert "Moved to another unit." in client.get(reverse("person", args=[spoc.pk])).text


def test_an_appointment_ends_with_a_day_and_is_extended_again(client: Client, unit: Unit, today: date) -> None:
    held = appoint(make_user(), Role.SPOC, unit)
    end = reverse("end_appointment", args=[held.pk])
    assert client.post(end, {"when": "on-a-day"}).status_code == 422
    assert client.post(end, {"when": "at-once"}).status_code == 422
    assert client.post(end, {"when": "on-a-day", "last_day": typed(today - DAY)}).status_code == 422
    assert client.post(end, {"when": "on-a-day", "last_day": typed(today + DAY)}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == today + DAY
    extend = reverse("extend_appointment", args=[held.pk])
    assert client.post(extend, {}).status_code == 422
    assert client.post(extend, {"ends_on": typed(today + 9 * DAY), "without_end": "on"}).status_code == 422
    assert client.post(extend, {"ends_on": typed(today)}).status_code == 422
    assert client.post(extend, {"ends_on": typed(today + 9 * DAY)}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == today + 9 * DAY
    assert client.post(extend, {"without_end": "on"}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on is None


def test_an_appointment_is_handed_over_by_e_mail_address(client: Client, unit: Unit, today: date) -> None:
    old, new = make_user(), make_user("new@example.org", name="Successor")
    held = appoint(old, Role.SPOC, unit)
    address = reverse("hand_over_appointment", args=[held.pk])
    sent = {"email": "nobody@example.org", "starts_on": typed(today + DAY)}
    assert "Nobody has an account with this address." in client.post(address, sent).text
    assert client.post(address, sent | {"email": "NEW@example.org"}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == today
    successor = Appointment.objects.get(person=new)
    assert (successor.role, successor.unit, successor.starts_on, successor.follows) == ("spoc", unit, today + DAY, held)


def test_what_is_over_is_neither_ended_nor_extended_nor_handed_over(client: Client, unit: Unit, today: date) -> None:
    held = appoint(make_user(), Role.SPOC, unit, starts_on=LONG_AGO, ends_on=today - DAY)
    make_user("new@example.org")
    for name, sent in {
        "end_appointment": {"when": "at-once", "because": "Late."},
        "extend_appointment": {"without_end": "on"},
        "hand_over_appointment": {"email": "new@example.org", "starts_on": typed(today)},
    }.items():
        response = client.post(reverse(name, args=[held.pk]), sent)
        assert response.status_code == 422, name
        assert "over" in response.text
    held.refresh_from_db()
    assert (held.ended_at, held.ends_on) == (None, today - DAY)


# --- Invitations --------------------------------------------------------------------------------------------------


def test_a_new_person_is_invited_where_that_is_asked_for(client: Client) -> None:
    client.post(reverse("new_person"), {"name": "One", "email": "one@example.org", "invite": "on"})
    client.post(reverse("new_person"), {"name": "Two", "email": "two@example.org"})
    invited = TrailEntry.objects.get(act="account.invited")
    assert invited.thing_id == User.objects.get(name="One").pk
    two = User.objects.get(name="Two")
    client.post(reverse("invite_person", args=[two.pk]))
    assert TrailEntry.objects.filter(act="account.invited", thing_id=two.pk).count() == 1


def test_nobody_is_invited_where_no_e_mail_goes_out(client: Client, settings: Settings) -> None:
    settings.EMAIL_GOES_OUT = False
    person = make_user()
    assert "invite" not in client.get(reverse("new_person")).context["form"].fields
    response = client.post(reverse("invite_person", args=[person.pk]), follow=True)
    assert "sends no e-mail" in response.text
    assert not TrailEntry.objects.filter(act="account.invited").exists()
