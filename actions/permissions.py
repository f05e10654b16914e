"""Who may do what with actions: the table of domain.md. The row filter stands on the model."""

from __future__ import annotations

from django.db.models import Q

from actions import bodies
from actions.models import Action
from actions.models.action import READS_ALL, READS_OWN_GROUP, READS_OWN_UNIT
from organisation.models import Unit
from organisation.models.unit import UnitQuerySet
from organisation.permissions import Person, appointments_today, roles_anywhere, roles_over_unit, units_in_scope
from organisation.roles import Role

READS_UNITS_ACTIONS = READS_ALL | READS_OWN_UNIT | READS_OWN_GROUP
# They read those of the Board, or of the risks that they lead (`bodies.py`).
READS_A_BODYS = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY, Role.RISK_LEAD})
READS_ACTIONS = READS_UNITS_ACTIONS | READS_A_BODYS
WRITES_OWN_UNIT = frozenset({Role.SPOC, Role.SLT_LEAD})
# They may raise an action for a unit they read, and look after what they raised.
RAISES_FOR_OWN_GROUP = frozenset({Role.COG_LEAD})
RAISES_FOR_ALL = frozenset({Role.SHRMT, Role.HEAD})
RAISES = WRITES_OWN_UNIT | RAISES_FOR_OWN_GROUP | RAISES_FOR_ALL


def can_list_actions(user: Person) -> bool:
    """Whether the person reads any actions at all."""
    return bool(roles_anywhere(user) & READS_ACTIONS)


def can_read_action(user: Person, action: Action) -> bool:
    if action.unit is None:
        return bool(roles_anywhere(user) & READS_ALL) or _is_among(action, bodies.readable_by(user))
    return bool(roles_over_unit(user, action.unit) & READS_UNITS_ACTIONS)


def can_write_action(user: Person, action: Action) -> bool:
    """Whether the person changes, closes and reopens the action: of their own unit or body, or raised by them."""
    if action.unit is None:
        raised = action.raised_by_id == user.pk and roles_anywhere(user) & RAISES_FOR_ALL
        return bool(raised) or _is_among(action, bodies.writable_by(user))
    roles = roles_over_unit(user, action.unit)
    return bool(roles & WRITES_OWN_UNIT or (action.raised_by_id == user.pk and roles & RAISES))


def can_raise_actions(user: Person) -> bool:
    """Whether there is a unit for which the person may raise actions."""
    return bool(roles_anywhere(user) & RAISES)


def units_to_raise_for(user: Person) -> UnitQuerySet:
    """The units for which the person may raise an action."""
    if appointments_today(user).to(RAISES_FOR_ALL).exists():
        return Unit.objects.all()
    own: Q = units_in_scope(user, unit_roles=WRITES_OWN_UNIT, group_roles=RAISES_FOR_OWN_GROUP)
    return Unit.objects.filter(own)


def _is_among(action: Action, found: Q) -> bool:
    return Action.objects.filter(found, pk=action.pk).exists()
