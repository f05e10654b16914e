"""Who reads the trail, and who answers for what is held about people: the table of domain.md.

An administrator reads what belongs to signing in, and no more; removes people, and is the second of the two who lift a
legal hold. The Head places holds, sees what is past its period, and takes all that is held about a person.
"""

from __future__ import annotations

from django.db.models import Q

from home.acts import SIGN_INS, family_of
from organisation.models import User
from organisation.permissions import ANSWERS_REQUESTS, Person, answers_requests, roles_anywhere
from organisation.roles import Role
from records.models import LegalHold, PersonalExport, TrailEntry
from records.models.hold import LegalHoldQuerySet
from records.models.personal_export import PersonalExportQuerySet
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


def can_read_failed_work(user: Person) -> bool:
    """Whether the person sees which long work has failed: whoever looks after the machine."""
    return Role.ADMINISTRATOR in roles_anywhere(user)


# --- What is held about people ------------------------------------------------------------------------------------


def can_read_retention(user: Person) -> bool:
    """Whether the person sees how long what is kept, and which accounts are past their period."""
    return answers_requests(user)


def can_read_records_past_their_period(user: Person) -> bool:
    return Role.HEAD in roles_anywhere(user)


def can_take_data_of(user: Person, person: User) -> bool:
    """Whether somebody takes what is held about a person: their own, or to answer a request."""
    return user.pk == person.pk or answers_requests(user)


def can_take_all_data_of(user: Person, person: User) -> bool:
    """Whether that is all of it; an administrator's file leaves out what administrators do not read."""
    return user.pk == person.pk or Role.HEAD in roles_anywhere(user)


def can_take_export(user: Person, export: PersonalExport) -> bool:
    """Whether somebody takes this file: whoever asked for it, while they may still take what is in it."""
    if export.requested_by_id != user.pk:
        return False
    if export.complete:
        return can_take_all_data_of(user, export.person)
    return can_take_data_of(user, export.person)


def exports_visible_to(user: Person) -> PersonalExportQuerySet:
    """Files that `can_take_export` grants, as a filter."""
    roles = roles_anywhere(user)
    asked: PersonalExportQuerySet = PersonalExport.objects.filter(requested_by=user.pk)
    if Role.HEAD in roles:
        return asked
    own = Q(person=user.pk)
    return asked.filter(own | Q(complete=False)) if roles & ANSWERS_REQUESTS else asked.filter(own)


def can_remove_people(user: Person) -> bool:
    return Role.ADMINISTRATOR in roles_anywhere(user)


def can_list_holds(user: Person) -> bool:
    return answers_requests(user)


def can_place_holds(user: Person) -> bool:
    """Whether the person places legal holds, and asks to lift them."""
    return Role.HEAD in roles_anywhere(user)


def can_read_hold(user: Person, hold: LegalHold) -> bool:
    """The Head reads all of them; an administrator those that wait for a second person."""
    roles = roles_anywhere(user)
    return Role.HEAD in roles or (Role.ADMINISTRATOR in roles and hold.waits_for_a_second_person)


def holds_visible_to(user: Person) -> LegalHoldQuerySet:
    """Holds that `can_read_hold` grants, as a filter."""
    roles = roles_anywhere(user)
    found: LegalHoldQuerySet = LegalHold.objects.all()
    if Role.HEAD in roles:
        return found
    if Role.ADMINISTRATOR in roles:
        return found.in_force().filter(lift_asked_at__isnull=False)
    return found.none()


def can_decide_on_lifting(user: Person, hold: LegalHold) -> bool:
    """Whether the person agrees to lift a hold, or keeps it: a second person, who did not ask."""
    return can_read_hold(user, hold) and hold.waits_for_a_second_person and hold.lift_asked_by_id != user.pk
