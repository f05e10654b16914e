"""People, units, groups and appointments for tests. Each call makes a new row; every value can be chosen."""

from __future__ import annotations

import os
from datetime import date, datetime
from itertools import count

from django.utils import timezone
from django.utils.text import slugify

from organisation.models import (
    Appointment,
    BusinessGroup,
    Qualification,
    QualificationStatus,
    QualificationType,
    RiskBand,
    Unit,
    UnitKind,
    UnitMembership,
    User,
)
from organisation.roles import Role, Scope

LONG_AGO = date(2015, 4, 1)
_numbers = count(1)


def make_group(name: str | None = None) -> BusinessGroup:
    """A business group."""
    name = name or f"Group {next(_numbers)}"
    return BusinessGroup.objects.create(name=name, slug=slugify(name))


def make_unit(
    name: str | None = None,
    *,
    group: BusinessGroup | None = None,
    opened_on: date = LONG_AGO,
    closed_on: date | None = None,
    kind: str = UnitKind.OCU,
    risk_band: str = RiskBand.MEDIUM,
) -> Unit:
    """A unit that belongs to `group` (a new one, unless given) for as long as it exists."""
    name = name or f"Unit {next(_numbers)}"
    unit = Unit.objects.create(
        name=name, slug=slugify(name), kind=kind, risk_band=risk_band, opened_on=opened_on, closed_on=closed_on
    )
    UnitMembership.objects.create(unit=unit, group=group or make_group(), starts_on=opened_on, ends_on=closed_on)
    return unit


def move_unit(unit: Unit, *, to: BusinessGroup, on: date, last_day_before: date) -> UnitMembership:
    """Let the unit belong to another group from `on`; its membership so far ends with `last_day_before`."""
    unit.memberships.filter(ends_on=None).update(ends_on=last_day_before)
    return UnitMembership.objects.create(unit=unit, group=to, starts_on=on)


def make_user(
    email: str | None = None, *, name: str | None = None, password: str | None = None, is_active: bool = True
) -> User:
    """A person without any appointment; without a password, nobody can sign in as them.

    Of an address of their own also where several processes make people in one database, as journeys do.
    """
    number = next(_numbers)
    return User.objects.create_user(
        email or f"person-{os.getpid()}-{number}@example.org",
        password,
        name=name or f"Person {number}",
        is_active=is_active,
    )


def appoint(
    person: User,
    role: Role,
    unit: Unit | None = None,
    group: BusinessGroup | None = None,
    *,
    starts_on: date = LONG_AGO,
    ends_on: date | None = None,
) -> Appointment:
    """Appoint the person; a unit or group role without a unit or group gets a new one."""
    if role.scope is Scope.UNIT and unit is None:
        unit = make_unit()
    if role.scope is Scope.GROUP and group is None:
        group = make_group()
    return Appointment.objects.create(
        person=person, role=role, unit=unit, group=group, starts_on=starts_on, ends_on=ends_on
    )


def end_at_once(appointment: Appointment, *, by: User, at: datetime | None = None) -> Appointment:
    """End the appointment at a moment (now, unless given): from then on it gives no rights."""
    appointment.ended_at, appointment.ended_by = at or timezone.now(), by
    appointment.save(update_fields=["ended_at", "ended_by"])
    return appointment


def make_person(role: Role, unit: Unit | None = None, group: BusinessGroup | None = None) -> User:
    """A person with one appointment, in force today."""
    person = make_user(name=role.label)
    appoint(person, role, unit, group)
    return person


def make_qualification(
    person: User, type: QualificationType | None = None, *, status: str = QualificationStatus.HELD, on: date = LONG_AGO
) -> Qualification:
    """A qualification of the person's, of a new type unless one is given."""
    if type is None:
        number = next(_numbers)
        type = QualificationType.objects.create(code=f"certificate-{number}", name=f"Certificate {number}")
    return Qualification.objects.create(person=person, type=type, status=status, on=on)
