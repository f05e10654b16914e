"""Who reads the pages that set several readings side by side: whoever reads each of them. Row filters stand beside."""

from __future__ import annotations

from assurance.audit_permissions import READS_AUDITS
from assurance.models.climate import READS_CLIMATE
from assurance.models.statement import READS_ALL, READS_OWN_GROUP, READS_OWN_UNIT
from assurance.permissions import READS_STATEMENTS
from organisation.models import Unit
from organisation.models.unit import UnitQuerySet
from organisation.permissions import Person, appointments_today, roles_anywhere, roles_over_unit, units_in_scope

# Statements, audits and climate surveys are all read by these (the table of domain.md).
READS_THREE_READINGS = READS_STATEMENTS & READS_AUDITS & READS_CLIMATE


def can_list_three_readings(user: Person) -> bool:
    """Whether the person reads any unit's three readings at all."""
    return bool(roles_anywhere(user) & READS_THREE_READINGS)


def can_read_three_readings(user: Person, unit: Unit) -> bool:
    return bool(roles_over_unit(user, unit) & READS_THREE_READINGS)


def reads_all_three_readings(user: Person) -> bool:
    """Whether the person reads those of every unit, and so the force's."""
    return bool(roles_anywhere(user) & READS_THREE_READINGS & READS_ALL)


def units_with_three_readings(user: Person) -> UnitQuerySet:
    """Units that `can_read_three_readings` grants, as a filter."""
    if appointments_today(user).to(READS_THREE_READINGS & READS_ALL).exists():
        return Unit.objects.all()
    own = units_in_scope(
        user,
        unit_roles=READS_THREE_READINGS & READS_OWN_UNIT,
        group_roles=READS_THREE_READINGS & READS_OWN_GROUP,
    )
    return Unit.objects.filter(own)
