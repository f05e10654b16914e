"""Who may audit a unit: an auditor who was nothing to it, or to what it came of, in the 12 months before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.audit_permissions import Bar, bars_to_auditing, can_audit, can_audit_unit, units_to_audit
from assurance.models import MentoringRecord
from organisation.models import Unit, User
from organisation.roles import Role
from tests.factories import assurance as factories
from tests.factories.organisation import appoint, end_at_once, make_group, make_person, make_unit, make_user, move_unit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 16)
A_YEAR_BEFORE, LONGER_AGO = date(2025, 11, 16), date(2025, 11, 15)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU", group=make_group("Frontline"))


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


def may(person: User, unit: Unit, day: date = DAY) -> bool:
    """What the predicate says; the row filter has to say the same."""
    said = can_audit_unit(person, unit, day)
    assert units_to_audit(person, day).filter(pk=unit.pk).exists() is said
    return said


@pytest.mark.parametrize("role", list(Role))
def test_only_auditors_audit(unit: Unit, role: Role) -> None:
    assert may(make_person(role), unit) is (role in {Role.SHRMT, Role.EXTERNAL_AUDITOR})


def test_nobody_audits_before_after_or_without_an_open_account(unit: Unit) -> None:
    person, closed = make_user(), make_user(is_active=False)
    appoint(person, Role.EXTERNAL_AUDITOR, starts_on=DAY, ends_on=DAY)
    appoint(closed, Role.SHRMT)
    days = [DAY - timedelta(days=1), DAY, TOMORROW]
    assert [may(person, unit, day) for day in days] == [False, True, False]
    assert not may(closed, unit)
    assert not can_audit(AnonymousUser(), DAY)
    assert not units_to_audit(AnonymousUser(), DAY).exists()


def test_an_administrator_audits_nothing_then_or_now(unit: Unit, auditor: User) -> None:
    then, other = date(2019, 5, 1), make_person(Role.SHRMT)
    appoint(auditor, Role.ADMINISTRATOR, starts_on=then, ends_on=then)
    assert [may(auditor, unit, day) for day in (then, then + timedelta(days=1))] == [False, True]
    assert may(other, unit, then)
    appoint(other, Role.ADMINISTRATOR, starts_on=timezone.localdate())
    assert not may(other, unit, then)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "independent"),
    [
        (date(2020, 1, 1), None, False),
        (date(2020, 1, 1), A_YEAR_BEFORE, False),
        (date(2020, 1, 1), LONGER_AGO, True),
        (DAY, None, False),
        (TOMORROW, None, True),
    ],
)
@pytest.mark.parametrize("role", [Role.SPOC, Role.SLT_LEAD, Role.COG_LEAD, Role.COG_SUPPORT])
def test_an_appointment_there_or_over_its_group_bars_for_twelve_months(
    unit: Unit, auditor: User, role: Role, starts_on: date, ends_on: date | None, independent: bool
) -> None:
    own = role in {Role.SPOC, Role.SLT_LEAD}
    group = unit.memberships.get().group
    appoint(auditor, role, unit if own else None, None if own else group, starts_on=starts_on, ends_on=ends_on)
    assert may(auditor, unit) is independent
    assert bars_to_auditing(auditor, unit, DAY) == (frozenset() if independent else {Bar.APPOINTED})
    assert may(auditor, make_unit())


@pytest.mark.parametrize(("ended", "independent"), [(A_YEAR_BEFORE, False), (LONGER_AGO, True)])
def test_one_that_was_ended_at_once_bars_from_the_day_of_its_end(
    unit: Unit, auditor: User, ended: date, independent: bool
) -> None:
    at = datetime(ended.year, ended.month, ended.day, 9, tzinfo=UTC)
    end_at_once(appoint(auditor, Role.SPOC, unit), by=make_user(), at=at)
    assert may(auditor, unit) is independent


def test_a_group_the_unit_was_in_before_or_after_the_person_led_it_is_nothing_to_it(unit: Unit, auditor: User) -> None:
    before = unit.memberships.get().group
    move_unit(unit, to=make_group("Specialist"), on=date(2026, 6, 1), last_day_before=date(2026, 5, 31))
    led = appoint(auditor, Role.COG_LEAD, group=before, starts_on=date(2026, 6, 1))
    assert may(auditor, unit)
    led.starts_on = date(2026, 5, 31)
    led.save()
    assert not may(auditor, unit)


def test_what_a_unit_came_of_counts_and_what_came_of_it_does_not(auditor: User) -> None:
    first, second, third, aside = (make_unit(name) for name in ("First", "Second", "Third", "Aside"))
    first.successors.add(second)
    second.successors.add(third)
    appoint(auditor, Role.SPOC, second, ends_on=date(2026, 4, 30))
    assert [may(auditor, one) for one in (first, second, third, aside)] == [True, False, False, True]


def test_its_adviser_and_whoever_gave_it_advice_are_barred_for_twelve_months(unit: Unit, auditor: User) -> None:
    named = factories.make_adviser(unit, adviser=auditor)
    assert not may(auditor, unit)
    assert bars_to_auditing(auditor, unit, DAY) == {Bar.MENTORED}
    for last, independent in ((A_YEAR_BEFORE, False), (LONGER_AGO, True)):
        named.ends_on = last
        named.save()
        assert may(auditor, unit) is independent
    record = factories.ask(unit)
    for on, independent in ((A_YEAR_BEFORE, False), (LONGER_AGO, True)):
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        MentoringRecord.objects.filter(pk=record.pk).update(advice="Yes.", advised_by=auditor, advised_at=at)
        assert may(auditor, unit) is independent


def test_a_year_before_the_last_of_february_begins_on_the_28th(unit: Unit, auditor: User) -> None:
    appoint(auditor, Role.SPOC, unit, ends_on=date(2023, 2, 28))
    assert not may(auditor, unit, date(2024, 2, 29))
    assert may(auditor, unit, date(2024, 3, 1))


def test_the_list_takes_as_many_queries_for_forty_units_as_for_one(unit: Unit, auditor: User) -> None:
    appoint(auditor, Role.SPOC, unit)
    with CaptureQueriesContext(connection) as few:
        assert list(units_to_audit(auditor, DAY)) == []
    for _ in range(39):
        make_unit()
    with CaptureQueriesContext(connection) as many:
        assert len(units_to_audit(auditor, DAY)) == 39
    assert len(many) == len(few) <= 7
