"""Who reads and brings injury figures. Row filters stand beside (the table of domain.md)."""

from __future__ import annotations

from organisation.models import Unit
from organisation.models.unit import UnitQuerySet
from organisation.permissions import (
    Person,
    administers,
    appointments_today,
    roles_anywhere,
    roles_over_unit,
    units_in_scope,
)
from organisation.roles import Role

READS_ALL_UNITS = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_UNIT = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_OWN_GROUP = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
READS_UNITS = READS_ALL_UNITS | READS_OWN_UNIT | READS_OWN_GROUP
READS_FORCE = READS_UNITS | frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY, Role.RISK_LEAD})
BRINGS_FIGURES = READS_ALL_UNITS


def can_read_figures(user: Person) -> bool:
    """Whether the person reads the force's injury figures."""
    return bool(roles_anywhere(user) & READS_FORCE)


def can_read_unit_figures(user: Person, unit: Unit) -> bool:
    """Whether the person reads the injury figures of a unit by itself."""
    return bool(roles_over_unit(user, unit) & READS_UNITS)


def can_list_unit_figures(user: Person) -> bool:
    """Whether the person reads any unit's injury figures by themselves."""
    return bool(roles_anywhere(user) & READS_UNITS)


def can_read_small_counts(user: Person) -> bool:
    """Whether the person needs numbers of a unit that are so small that they can tell who it was."""
    return bool(roles_anywhere(user) & READS_ALL_UNITS)


def units_with_figures(user: Person) -> UnitQuerySet:
    """Units that `can_read_unit_figures` grants, as a filter."""
    if appointments_today(user).to(READS_ALL_UNITS).exists():
        return Unit.objects.all()
    return Unit.objects.filter(units_in_scope(user, unit_roles=READS_OWN_UNIT, group_roles=READS_OWN_GROUP))


def can_bring_figures(user: Person) -> bool:
    """Whether the person imports figures and undoes an import."""
    return bool(roles_anywhere(user) & BRINGS_FIGURES) and not administers(user)


def can_set_working_time_target(user: Person) -> bool:
    """Whether the person enters and supersedes the share that is to comply with the limit on working time."""
    return Role.HEAD in roles_anywhere(user) and not administers(user)
