"""Which roles a person holds today, anywhere or over one unit or group. The other rooms' predicates stand on these."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from organisation.models.appointment import READS_ALL, READS_OWN_GROUP, READS_OWN_UNIT, AppointmentQuerySet
from organisation.models.unit import UnitQuerySet
from organisation.roles import FORCE_ROLES, Role

Person = User | AnonymousUser
ANSWERS_REQUESTS = frozenset({Role.HEAD, Role.ADMINISTRATOR})
DECIDES_NOTHING = "You administer accounts and appointments, so you sign, accept, audit and publish nothing."


def appointments_today(user: Person) -> AppointmentQuerySet:
    """The person's appointments in force today: where every right comes from."""
    if not user.is_authenticated or not user.is_active:
        return Appointment.objects.none()
    return Appointment.objects.in_force(timezone.localdate()).filter(person=user)


def hold_appointments(user: Person) -> list[Appointment]:
    """Read the person's appointments in force once, for what one request still asks of them.

    They are kept with the object that stands for the person, which every request has anew.
    """
    if "_held" not in vars(user):
        held = appointments_today(user).select_related("unit", "group").order_by("pk")
        vars(user)["_held"] = list(held)
    return _held(user) or []


def _held(user: Person) -> list[Appointment] | None:
    held: list[Appointment] | None = vars(user).get("_held")
    return held


def _roles(appointments: QuerySet[Appointment]) -> frozenset[Role]:
    return frozenset(Role(role) for role in appointments.values_list("role", flat=True).distinct())


def roles_anywhere(user: Person) -> frozenset[Role]:
    """Roles the person holds today, whatever they are for."""
    held = _held(user)
    if held is not None:
        return frozenset(Role(one.role) for one in held)
    return _roles(appointments_today(user))


def administers(user: Person) -> bool:
    """Whether the person administers accounts and appointments today.

    Whoever does could make themselves anything, so they decide nothing: whatever else they hold, the rooms'
    predicates let them sign, accept, audit, publish and set targets no more.
    """
    return Role.ADMINISTRATOR in roles_anywhere(user)


def roles_in_unit(user: Person, unit: Unit) -> frozenset[Role]:
    """Roles the person holds today in `unit` itself: what its SPOCs and SLT leads are."""
    held = _held(user)
    if held is not None:
        return frozenset(Role(one.role) for one in held if one.unit_id == unit.pk)
    return _roles(appointments_today(user).filter(unit=unit))


def roles_over_unit(user: Person, unit: Unit) -> frozenset[Role]:
    """Roles the person holds today over `unit`: of the unit, of its business group, or of the whole force."""
    groups = UnitMembership.objects.in_force_on_or_at_the_units_end(timezone.localdate()).filter(unit=unit)
    own = Q(unit=unit) | Q(group__in=groups.values("group")) | Q(role__in=sorted(FORCE_ROLES))
    return _roles(appointments_today(user).filter(own))


def roles_over_group(user: Person, group: BusinessGroup) -> frozenset[Role]:
    """Roles the person holds today over `group`: of the group or of the whole force (not of one of its units)."""
    held = _held(user)
    if held is not None:
        return frozenset(Role(one.role) for one in held if one.group_id == group.pk or one.role in FORCE_ROLES)
    return _roles(appointments_today(user).filter(Q(group=group) | Q(role__in=sorted(FORCE_ROLES))))


def units_in_scope(user: Person, *, unit_roles: Collection[Role], group_roles: Collection[Role]) -> Q:
    """Return the filter on Unit for what the person's unit and group appointments reach today."""
    appointments = appointments_today(user)
    today = timezone.localdate()
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(
        group__in=appointments.to(group_roles).values("group")
    )
    return Q(pk__in=appointments.to(unit_roles).values("unit")) | Q(pk__in=memberships.values("unit"))


# --- People and appointments: who reads whom stands beside the row filters, in models/appointment.py -----------------

READS_PEOPLE = READS_ALL | READS_OWN_UNIT | READS_OWN_GROUP


def can_list_people(user: Person) -> bool:
    """Whether the person reads anybody's appointments at all."""
    return bool(roles_anywhere(user) & READS_PEOPLE)


def can_read_everybody(user: Person) -> bool:
    """Whether the person reads all people, and what is for no unit's own: qualifications asked for, the force."""
    return bool(roles_anywhere(user) & READS_ALL)


def can_read_appointment(user: Person, appointment: Appointment) -> bool:
    if appointment.unit is not None:
        return bool(roles_over_unit(user, appointment.unit) & READS_PEOPLE)
    if appointment.group is not None:
        return bool(roles_over_group(user, appointment.group) & READS_PEOPLE)
    return can_read_everybody(user)


def can_read_person(user: Person, person: User) -> bool:
    """Whether the person reads another's account, appointments and qualifications."""
    if can_read_everybody(user):
        return True
    return any(can_read_appointment(user, one) for one in person.appointments.select_related("unit", "group"))


def can_manage_people(user: Person) -> bool:
    """Whether the person makes, changes and closes accounts, and makes and ends appointments."""
    return Role.ADMINISTRATOR in roles_anywhere(user)


# --- Units and business groups --------------------------------------------------------------------------------------


def can_list_units(user: Person) -> bool:
    """Whether the person reads any unit's page at all."""
    return bool(roles_anywhere(user) & READS_PEOPLE)


def can_read_unit(user: Person, unit: Unit) -> bool:
    return bool(roles_over_unit(user, unit) & READS_PEOPLE)


def visible_units(user: Person) -> UnitQuerySet:
    """Units that `can_read_unit` grants, as a filter."""
    if appointments_today(user).to(READS_ALL).exists():
        return Unit.objects.all()
    return Unit.objects.filter(units_in_scope(user, unit_roles=READS_OWN_UNIT, group_roles=READS_OWN_GROUP))


def can_list_groups(user: Person) -> bool:
    """Whether the person reads any business group's line: whoever is of one, or reads all of them."""
    return bool(roles_anywhere(user) & (READS_ALL | READS_OWN_GROUP))


def can_read_group(user: Person, group: BusinessGroup) -> bool:
    return bool(roles_over_group(user, group) & (READS_ALL | READS_OWN_GROUP))


def visible_groups(user: Person) -> QuerySet[BusinessGroup]:
    """Business groups that `can_read_group` grants, as a filter."""
    if appointments_today(user).to(READS_ALL).exists():
        return BusinessGroup.objects.all()
    return BusinessGroup.objects.filter(pk__in=appointments_today(user).to(READS_OWN_GROUP).values("group"))


def can_reorganise(user: Person) -> bool:
    """Whether the person opens, renames, merges, splits, moves and closes units, and makes and renames groups."""
    return Role.ADMINISTRATOR in roles_anywhere(user)


def can_see_who_is_missing(user: Person) -> bool:
    """Whether the person reads what is missing all over the force: posts, qualifications, appointments."""
    return bool(roles_anywhere(user) & READS_ALL)


def answers_requests(user: Person) -> bool:
    """Whether the person answers people's requests about their own data: the Head, or an administrator."""
    return bool(roles_anywhere(user) & ANSWERS_REQUESTS)
