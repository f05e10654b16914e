"""Whom and what legal holds cover, in terms of people, units and groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from records.models import HoldScope, LegalHold, RecordClass
from records.models.hold import LegalHoldQuerySet
from records.services import holds

Scope = tuple[HoldScope, int]


def scopes_of_person(person: User) -> set[Scope]:
    """Return whose records a person's are: their own, of every unit and group they were ever appointed to."""
    found: set[Scope] = {(HoldScope.PERSON, person.pk)}
    appointed = Appointment.objects.filter(person=person)
    units = set(appointed.exclude(unit=None).values_list("unit_id", flat=True))
    groups = set(appointed.exclude(group=None).values_list("group_id", flat=True))
    groups |= set(UnitMembership.objects.filter(unit__in=units).values_list("group_id", flat=True))
    return found | {(HoldScope.UNIT, one) for one in units} | {(HoldScope.GROUP, one) for one in groups}


def over_person(person: User, classes: Iterable[RecordClass]) -> list[LegalHold]:
    """Return the holds in force that forbid deleting what is kept about a person, of any of these classes."""
    scopes = scopes_of_person(person)
    found = {hold.pk: hold for one in classes for hold in holds.covering(one, scopes)}
    return [found[number] for number in sorted(found)]


def people_under(record_class: RecordClass) -> frozenset[int] | None:
    """Return the ids of everybody whose records of a class must stay; None where everybody's must."""
    in_force = LegalHold.objects.in_force().of(record_class)
    if in_force.filter(scope=HoldScope.FORCE).exists():
        return None
    units, groups = _scoped(in_force, HoldScope.UNIT), _scoped(in_force, HoldScope.GROUP)
    held = set(_scoped(in_force, HoldScope.PERSON))
    if units or groups:
        in_groups = UnitMembership.objects.filter(group__in=groups).values("unit")
        appointed = Appointment.objects.filter(Q(unit__in=units) | Q(group__in=groups) | Q(unit__in=in_groups))
        held |= set(appointed.values_list("person_id", flat=True))
    return frozenset(held)


def units_under(record_class: RecordClass) -> Q:
    """Return the filter on Unit for units whose records of a class must stay."""
    in_force = LegalHold.objects.in_force().of(record_class)
    if in_force.filter(scope=HoldScope.FORCE).exists():
        return ~Q(pk=None)
    people = Appointment.objects.filter(person__in=_scoped(in_force, HoldScope.PERSON)).exclude(unit=None)
    in_groups = UnitMembership.objects.filter(group__in=_scoped(in_force, HoldScope.GROUP))
    return (
        Q(pk__in=_scoped(in_force, HoldScope.UNIT))
        | Q(pk__in=in_groups.values("unit"))
        | Q(pk__in=people.values("unit"))
    )


def groups_under(record_class: RecordClass) -> frozenset[int] | None:
    """Return the ids of the groups whose own records of a class must stay, or those of one of their units.

    None where everybody's must.
    """
    in_force = LegalHold.objects.in_force().of(record_class)
    if in_force.filter(scope=HoldScope.FORCE).exists():
        return None
    units = Unit.objects.filter(units_under(record_class))
    of_units = UnitMembership.objects.filter(unit__in=units).values_list("group_id", flat=True)
    people = Appointment.objects.filter(person__in=_scoped(in_force, HoldScope.PERSON)).exclude(group=None)
    return frozenset({*_scoped(in_force, HoldScope.GROUP), *of_units, *people.values_list("group_id", flat=True)})


def _scoped(found: LegalHoldQuerySet, scope: HoldScope) -> list[int]:
    return [number for number in found.filter(scope=scope).values_list("scope_id", flat=True) if number is not None]


def name_of_scope(hold: LegalHold) -> str:
    """Return whose records a hold covers, by name."""
    if hold.scope == HoldScope.FORCE:
        return "The whole force"
    model = {HoldScope.UNIT: Unit, HoldScope.GROUP: BusinessGroup, HoldScope.PERSON: User}[HoldScope(hold.scope)]
    return str(model._default_manager.get(pk=hold.scope_id))
