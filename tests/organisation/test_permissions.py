"""Rights come from appointments in force today, over a unit, a group or the whole force, and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from organisation.models import Unit
from organisation.permissions import (
    appointments_today,
    roles_anywhere,
    roles_over_group,
    roles_over_unit,
    units_in_scope,
)
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def units_of(person: object) -> set[str]:
    scope = units_in_scope(person, unit_roles=UNIT_ROLES, group_roles=GROUP_ROLES)  # type: ignore[arg-type]
    return set(Unit.objects.filter(scope).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "gives_rights"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (0, 0, True), (-9, 9, True)],
)
def test_an_appointment_gives_rights_from_its_first_day_to_its_last(
    starts_in: int, ends_in: int | None, gives_rights: bool
) -> None:
    person, unit = make.make_user(), make.make_unit()
    make.appoint(
        person,
        Role.SPOC,
        unit,
        starts_on=today() + starts_in * DAY,
        ends_on=None if ends_in is None else today() + ends_in * DAY,
    )
    expected = {Role.SPOC} if gives_rights else set()
    assert roles_anywhere(person) == expected
    assert roles_over_unit(person, unit) == expected
    assert units_of(person) == ({unit.name} if gives_rights else set())


def test_nobody_has_rights_without_an_appointment() -> None:
    person, unit = make.make_user(), make.make_unit()
    assert roles_anywhere(person) == set()
    assert roles_over_unit(person, unit) == set()
    assert roles_over_group(person, make.make_group()) == set()


def test_a_stranger_and_a_closed_account_have_none() -> None:
    person = make.make_user(is_active=False)
    make.appoint(person, Role.HEAD)
    assert not appointments_today(person).exists()
    assert roles_anywhere(AnonymousUser()) == set()


def test_a_unit_role_reaches_its_unit_only() -> None:
    group = make.make_group()
    own, beside = make.make_unit(group=group), make.make_unit(group=group)
    person = make.make_person(Role.SLT_LEAD, own)
    assert roles_over_unit(person, own) == {Role.SLT_LEAD}
    assert roles_over_unit(person, beside) == set()
    assert roles_over_group(person, group) == set()


def test_a_group_role_reaches_the_units_of_the_group() -> None:
    group = make.make_group()
    inside, outside = make.make_unit(group=group), make.make_unit()
    person = make.make_person(Role.COG_LEAD, group=group)
    assert roles_over_unit(person, inside) == {Role.COG_LEAD}
    assert roles_over_unit(person, outside) == set()
    assert roles_over_group(person, group) == {Role.COG_LEAD}
    assert units_of(person) == {inside.name}


def test_a_role_of_the_force_reaches_everything() -> None:
    person = make.make_person(Role.SHRMT)
    assert roles_over_unit(person, make.make_unit()) == {Role.SHRMT}
    assert roles_over_group(person, make.make_group()) == {Role.SHRMT}


def test_roles_of_several_appointments_add_up() -> None:
    unit = make.make_unit()
    person = make.make_person(Role.SPOC, unit)
    make.appoint(person, Role.SHRMT)
    make.appoint(person, Role.SPOC, unit, starts_on=today())
    assert roles_over_unit(person, unit) == {Role.SPOC, Role.SHRMT}


def test_a_unit_that_moves_takes_its_readers_from_the_new_group_on_the_day_it_moves() -> None:
    before, after = make.make_group(), make.make_group()
    unit = make.make_unit(group=before)
    make.move_unit(unit, to=after, on=today(), last_day_before=today() - DAY)
    assert roles_over_unit(make.make_person(Role.COG_LEAD, group=after), unit) == {Role.COG_LEAD}
    assert roles_over_unit(make.make_person(Role.COG_LEAD, group=before), unit) == set()


def test_until_the_day_it_moves_a_unit_stays_with_its_group() -> None:
    before, after = make.make_group(), make.make_group()
    unit = make.make_unit(group=before)
    make.move_unit(unit, to=after, on=today() + DAY, last_day_before=today())
    assert roles_over_unit(make.make_person(Role.COG_LEAD, group=before), unit) == {Role.COG_LEAD}
    assert units_of(make.make_person(Role.COG_LEAD, group=after)) == set()


def test_a_closed_unit_stays_with_the_group_of_its_last_day() -> None:
    first, last = make.make_group(), make.make_group()
    closed_on = today() - 100 * DAY
    unit = make.make_unit(group=first)
    make.move_unit(unit, to=last, on=closed_on - 10 * DAY, last_day_before=closed_on - 11 * DAY)
    unit.memberships.filter(ends_on=None).update(ends_on=closed_on)
    Unit.objects.filter(pk=unit.pk).update(closed_on=closed_on)
    assert roles_over_unit(make.make_person(Role.COG_LEAD, group=last), unit) == {Role.COG_LEAD}
    assert roles_over_unit(make.make_person(Role.COG_LEAD, group=first), unit) == set()
    assert units_of(make.make_person(Role.COG_SUPPORT, group=last)) == {unit.name}


@pytest.mark.parametrize("role", list(Role))
def test_the_units_in_scope_are_those_over_which_the_person_has_that_role(role: Role) -> None:
    """The row filter and the predicate agree, unit by unit."""
    group = make.make_group()
    units = [make.make_unit(group=group), make.make_unit(group=group), make.make_unit()]
    person = make.make_user()
    make.appoint(person, role, units[0] if role in UNIT_ROLES else None, group if role in GROUP_ROLES else None)
    for unit in units:
        has_role = bool(roles_over_unit(person, unit) & (UNIT_ROLES | GROUP_ROLES))
        assert (unit.name in units_of(person)) == has_role
