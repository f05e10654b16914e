"""Making, ending, extending and handing over appointments: what is written, what the trail says, what is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from organisation.models import Appointment, Unit, User
from organisation.permissions import roles_anywhere
from organisation.roles import Role
from organisation.rules import Refused
from organisation.services import accounts, appointments
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


def make(person: User, role: Role, by: User, **more: Any) -> Appointment:
    given: dict[str, Any] = {"person": person, "role": role, "starts_on": TODAY, "by": by, "at": NOW}
    return appointments.make(**given | more)


def acts() -> list[tuple[str, dict[str, Any]]]:
    return list(TrailEntry.objects.filter(act__startswith="appointment.").values_list("act", "detail"))


# --- Making -------------------------------------------------------------------------------------------------------


def test_an_appointment_says_who_made_it_and_the_trail_names_the_account_by_number(
    administrator: User, unit: Unit
) -> None:
    person = make_user(name="Somebody with a name")
    made = make(person, Role.SPOC, administrator, unit=unit)
    assert (made.made_by, made.made_at, made.unit) == (administrator, NOW, unit)
    entry = TrailEntry.objects.get(act="appointment.made")
    assert (entry.actor, entry.thing_id) == (administrator, made.pk)
    assert entry.detail["account"] == person.pk
    assert "Somebody" not in f"{entry.thing_name}{entry.detail}"


@pytest.mark.parametrize(
    ("role", "scope", "said"),
    [
        (Role.SPOC, {}, "Choose the unit"),
        (Role.COG_LEAD, {}, "Choose the business group"),
        (Role.HEAD, {"unit": True}, "not to a unit"),
        (Role.HEAD, {"group": True}, "not to a business group"),
        (Role.SPOC, {"unit": True, "group": True}, "not to a business group"),
    ],
)
def test_an_appointment_is_to_what_its_role_is_for(
    administrator: User, unit: Unit, role: Role, scope: dict[str, bool], said: str
) -> None:
    things = {"unit": unit, "group": make_group()}
    with pytest.raises(Refused, match=said):
        make(make_user(), role, administrator, **{name: things[name] for name in scope})


def test_nobody_is_appointed_twice_to_the_same_at_a_time(administrator: User, unit: Unit) -> None:
    person = make_user()
    first = make(person, Role.SPOC, administrator, unit=unit, ends_on=TODAY + DAY)
    with pytest.raises(Refused, match="already"):
        make(person, Role.SPOC, administrator, unit=unit, starts_on=TODAY + DAY)
    make(person, Role.SPOC, administrator, unit=unit, starts_on=TODAY + 2 * DAY)
    make(person, Role.SLT_LEAD, administrator, unit=unit)
    with pytest.raises(Refused, match="already"):  # it would meet the one that follows
        appointments.extend(appointment=first, ends_on=TODAY + 2 * DAY, by=administrator, at=NOW)


def test_what_was_ended_at_once_can_be_made_again_the_same_day(administrator: User, unit: Unit) -> None:
    person = make_user()
    first = make(person, Role.SPOC, administrator, unit=unit, starts_on=TODAY - DAY)
    appointments.end_at_once(appointment=first, because="By mistake.", by=administrator, at=NOW)
    again = make(person, Role.SPOC, administrator, unit=unit)
    assert Appointment.objects.in_force(TODAY).get(person=person) == again


def test_a_closed_account_is_appointed_to_nothing(administrator: User, unit: Unit) -> None:
    with pytest.raises(Refused, match="closed"):
        make(make_user(is_active=False), Role.SPOC, administrator, unit=unit)


@pytest.mark.parametrize(
    ("opened_on", "closed_on", "said"),
    [(TODAY + DAY, None, "opens on 21 November 2026"), (date(2020, 1, 1), TODAY - DAY, "closed on 19 November 2026")],
)
def test_an_appointment_starts_while_its_unit_is_open(
    administrator: User, opened_on: date, closed_on: date | None, said: str
) -> None:
    unit = make_unit(opened_on=opened_on, closed_on=closed_on)
    with pytest.raises(Refused, match=said):
        make(make_user(), Role.SPOC, administrator, unit=unit)


@pytest.mark.parametrize("starts_on", [date(1999, 12, 31), date(2036, 11, 20)])
def test_a_year_that_was_mistyped_is_refused(administrator: User, starts_on: date) -> None:
    with pytest.raises(Refused, match="cannot start"):
        make(make_user(), Role.HEAD, administrator, starts_on=starts_on)


def test_nobody_appoints_extends_or_takes_over_for_themselves(administrator: User, unit: Unit) -> None:
    with pytest.raises(Refused, match="Nobody appoints themselves"):
        make(administrator, Role.SPOC, administrator, unit=unit)
    own = appoint(administrator, Role.SPOC, unit, ends_on=TODAY)
    with pytest.raises(Refused, match="Nobody appoints themselves"):
        appointments.extend(appointment=own, ends_on=None, by=administrator, at=NOW)
    other = appoint(make_user(), Role.SPOC, make_unit())
    with pytest.raises(Refused, match="Nobody appoints themselves"):
        appointments.hand_over(appointment=other, to=administrator, starts_on=TODAY, by=administrator, at=NOW)
    other.refresh_from_db()
    assert other.ended_at is None  # nothing half done


# --- Ending -------------------------------------------------------------------------------------------------------


def test_one_that_has_not_started_never_does_when_it_is_ended_at_once(administrator: User, unit: Unit) -> None:
    person = make_user()
    ahead = make(person, Role.SPOC, administrator, unit=unit, starts_on=TODAY + 5 * DAY)
    with pytest.raises(Refused, match="End it at once"):
        appointments.end(appointment=ahead, last_day=TODAY, by=administrator, at=NOW)
    ended = appointments.end_at_once(appointment=ahead, because="Not taken up.", by=administrator, at=NOW)
    assert not Appointment.objects.in_force(TODAY + 9 * DAY).filter(person=person).exists()
    assert ended.last_day is not None
    assert ended.last_day < ended.starts_on


def test_ending_says_in_the_trail_whether_it_was_at_once(administrator: User, unit: Unit) -> None:
    one, two = appoint(make_user(), Role.SPOC, unit), appoint(make_user(), Role.SPOC, unit)
    appointments.end(appointment=one, last_day=TODAY + DAY, by=administrator, at=NOW)
    appointments.end(appointment=one, last_day=TODAY + DAY, by=administrator, at=NOW)  # sent twice, done once
    appointments.end_at_once(appointment=two, because="Left.", by=administrator, at=NOW)
    first, second = acts()
    assert (first[0], first[1]["ends_on"]) == ("appointment.ended", "2026-11-21")
    assert "at_once" not in first[1]
    assert (second[0], second[1]["at_once"]) == ("appointment.ended", True)


# --- Handing over -------------------------------------------------------------------------------------------------


def test_handed_over_today_the_old_rights_end_at_once_and_the_new_ones_begin(administrator: User, unit: Unit) -> None:
    old, new = make_user(), make_user()
    held = appoint(old, Role.SPOC, unit, ends_on=TODAY + 30 * DAY)
    made = appointments.hand_over(appointment=held, to=new, starts_on=TODAY, by=administrator, at=NOW)
    held.refresh_from_db()
    assert (held.ended_at, held.is_in_force(TODAY)) == (NOW, False)
    assert (made.person, made.starts_on, made.ends_on, made.follows) == (new, TODAY, TODAY + 30 * DAY, held)
    assert [act for act, _ in acts()] == ["appointment.made", "appointment.handed_over"]
    assert acts()[1][1]["to_account"] == new.pk


def test_handing_over_leaves_everything_as_it_was_where_the_other_may_not(administrator: User, unit: Unit) -> None:
    held, panel = appoint(make_user(), Role.SPOC, unit), make_person(Role.PANEL_MEMBER)
    with pytest.raises(Refused, match="audit panel"):
        appointments.hand_over(appointment=held, to=panel, starts_on=TODAY + DAY, by=administrator, at=NOW)
    held.refresh_from_db()
    assert held.ends_on is None
    assert acts() == []


# --- The last administrator ---------------------------------------------------------------------------------------


def test_the_last_administrator_is_neither_ended_nor_closed(administrator: User) -> None:
    other = make_person(Role.HEAD)
    held = administrator.appointments.get()
    attempts: list[Callable[[], object]] = [
        lambda: appointments.end(appointment=held, last_day=TODAY + DAY, by=other, at=NOW),
        lambda: appointments.end_at_once(appointment=held, because="Left.", by=other, at=NOW),
        lambda: accounts.close(person=administrator, because="Left.", by=other, at=NOW),
    ]
    appoint(make_user(is_active=False), Role.ADMINISTRATOR)  # nobody can sign in to that one
    appoint(make_user(), Role.ADMINISTRATOR, ends_on=TODAY + 30 * DAY)  # nor is that one for good
    for attempt in attempts:
        with pytest.raises(Refused, match="nobody to manage accounts"):
            attempt()
    administrator.refresh_from_db()
    assert administrator.is_active
    assert roles_anywhere(administrator) == {Role.ADMINISTRATOR}


def test_an_administrator_goes_once_another_is_there_or_takes_over(administrator: User) -> None:
    held = administrator.appointments.get()
    successor = appointments.hand_over(appointment=held, to=make_user(), starts_on=TODAY, by=administrator, at=NOW)
    second = appoint(make_user(), Role.ADMINISTRATOR)
    appointments.end_at_once(appointment=successor, because="Left.", by=second.person, at=NOW)
    assert Appointment.objects.in_force(TODAY).to({Role.ADMINISTRATOR}).get() == second


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_at_the_same_time_leave_one() -> None:
    held = [appoint(make_user(), Role.ADMINISTRATOR) for _ in range(2)]
    ready = threading.Barrier(2)
    refused: list[str] = []

    def end(mine: Appointment, theirs: Appointment) -> None:
        ready.wait(10)
        try:
            appointments.end_at_once(appointment=theirs, because="Left.", by=mine.person, at=NOW)
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=pair) for pair in (held, held[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert Appointment.objects.in_force(TODAY).to({Role.ADMINISTRATOR}).count() == 1


# --- Accounts -----------------------------------------------------------------------------------------------------


def test_a_new_address_ends_the_sessions_and_the_trail_says_what_changed_but_not_to_what(administrator: User) -> None:
    person = make_user("old@example.org", name="Before")
    assert accounts.change(person=person, name="Before", email="old@example.org", by=administrator, at=NOW) == ()
    changed = accounts.change(person=person, name="After", email="New@Example.ORG", by=administrator, at=NOW)
    person.refresh_from_db()
    assert (changed, person.name, person.email) == (("name", "email"), "After", "New@example.org")
    entry = TrailEntry.objects.get(act="account.changed")
    assert entry.detail == {"changed": ["name", "email"]}
    with pytest.raises(Refused, match="already"):
        accounts.change(person=make_user(), name="X", email="NEW@example.org", by=administrator, at=NOW)


def test_a_removed_account_stays_closed(administrator: User) -> None:
    person = make_user(is_active=False)
    User.objects.filter(pk=person.pk).update(removed_at=NOW)
    with pytest.raises(Refused, match="personal data"):
        accounts.reopen(person=person, by=administrator, at=NOW)
    with pytest.raises(Refused, match="personal data"):
        accounts.change(person=person, name="Again", email="again@example.org", by=administrator, at=NOW)
