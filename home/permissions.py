"""Who reads the trail: the table of domain.md. An administrator reads what belongs to signing in, and no more."""

from __future__ import annotations

from django.db.models import Q

from home.acts import SIGN_INS, family_of
from organisation.permissions import Person, roles_anywhere
from organisation.roles import Role
from records.models import TrailEntry
from records.models.trail import TrailQuerySet

READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
READS_SIGN_INS = frozenset({Role.ADMINISTRATOR})
READS_TRAIL = READS_ALL | READS_SIGN_INS


def can_list_trail(user: Person) -> bool:
    """Whether the person reads any of the trail."""
    return bool(roles_anywhere(user) & READS_TRAIL)


def can_read_whole_trail(user: Person) -> bool:
    return bool(roles_anywhere(user) & READS_ALL)


def can_read_entry(user: Person, entry: TrailEntry) -> bool:
    roles = roles_anywhere(user)
    return bool(roles & READS_ALL or (roles & READS_SIGN_INS and family_of(entry.act) in SIGN_INS))


def trail_visible_to(user: Person) -> TrailQuerySet:
    """Entries that `can_read_entry` grants, as a filter."""
    roles = roles_anywhere(user)
    entries: TrailQuerySet = TrailEntry.objects.all()
    if roles & READS_ALL:
        return entries
    if not roles & READS_SIGN_INS:
        return entries.none()
    sign_ins = Q()
    for family in SIGN_INS:
        sign_ins |= Q(act__startswith=f"{family}.")
    return entries.filter(sign_ins)
