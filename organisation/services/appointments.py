"""Appointments: made, ended, extended and handed over. Each act takes effect with its transaction, also for whoever
is signed in: rights are read from the appointments at every request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from organisation.models import Appointment, BusinessGroup, Unit, User
from organisation.periods import london_day
from organisation.roles import Role, Scope
from organisation.rules import Held, Refused, clash, keeps_an_administrator
from records.canonical import normal
from records.services import trail
from rendering.formats import day as in_words

DAY = timedelta(days=1)
# How far ahead an appointment may begin: beyond that a year was mistyped.
MOST_DAYS_AHEAD = 2 * 366
EARLIEST = date(2000, 1, 1)
# Held to the end of the transaction by whoever ends an administrator’s appointment. Any number, always the same.
LAST_ADMINISTRATOR_LOCK = 7_266_483_102
NOT_ONESELF = "Nobody appoints themselves. Ask another administrator."
IS_OVER = "This appointment is over. Appoint the person anew instead."
NO_ADMINISTRATOR_LEFT = (
    "This would leave nobody to manage accounts and appointments, now or later. Appoint another administrator first, "
    "for at least as long as this one."
)


@transaction.atomic
def make(
    *,
    person: User,
    role: Role,
    unit: Unit | None = None,
    group: BusinessGroup | None = None,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    at: datetime,
) -> Appointment:
    """Appoint somebody. `by` None: a command did. Raises Refused where the appointment may not be."""
    lock([person])
    return _make(
        Appointment(
            person=person,
            role=role,
            unit=unit,
            group=group,
            starts_on=starts_on,
            ends_on=ends_on,
            made_by=by,
            made_at=at,
        ),
        by=by,
        at=at,
    )


def _make(sought: Appointment, *, by: User | None, at: datetime) -> Appointment:
    """Write an appointment whose person is locked."""
    _refuse_scope(sought)
    if by is not None and sought.person_id == by.pk:
        raise Refused(NOT_ONESELF)
    if not User.objects.filter(pk=sought.person_id, is_active=True).exists():
        raise Refused("The person’s account is closed. Reopen it first.")
    _refuse_dates(sought, today=london_day(at))
    _refuse_clash(sought)
    sought.save(force_insert=True)
    trail.record(act="appointment.made", thing=sought, by=by, at=at, **_about(sought))
    return sought


@transaction.atomic
def end(*, appointment: Appointment, last_day: date, by: User, at: datetime) -> Appointment:
    """Let an appointment give rights up to the end of a day, today or later."""
    found = _locked(appointment)
    today = london_day(at)
    if found.is_over(today):
        raise Refused("This appointment is over already.")
    if last_day < today:
        raise Refused("The last day cannot be before today: what was done until now was done with its rights.")
    if last_day < found.starts_on:
        raise Refused(f"It starts on {in_words(found.starts_on)} only. End it at once, so that it never starts.")
    if found.ends_on is not None and last_day > found.ends_on:
        raise Refused(f"It ends on {in_words(found.ends_on)} already. Extend it if it is to last longer.")
    if last_day == found.ends_on:
        return found
    _refuse_to_leave_nobody(found, without_from=last_day + DAY, today=today)
    found.ends_on = last_day
    found.save(update_fields=["ends_on"])
    trail.record(act="appointment.ended", thing=found, by=by, at=at, **_about(found))
    return found


@transaction.atomic
def end_at_once(*, appointment: Appointment, because: str, by: User, at: datetime) -> Appointment:
    """Take an appointment's rights away now, for whoever is signed in too. One that is yet to start never does."""
    found = _locked(appointment)
    today = london_day(at)
    if found.is_over(today):
        raise Refused("This appointment is over already.")
    _refuse_to_leave_nobody(found, without_from=today, today=today)
    found.ended_at, found.ended_by, found.ended_because = at, by, normal(because)
    found.save(update_fields=["ended_at", "ended_by", "ended_because"])
    trail.record(act="appointment.ended", thing=found, by=by, at=at, at_once=True, **_about(found))
    return found


@transaction.atomic
def extend(*, appointment: Appointment, ends_on: date | None, by: User, at: datetime) -> Appointment:
    """Let an appointment that is not over last longer; `ends_on` None: without an end."""
    found = _locked(appointment)
    if found.is_over(london_day(at)):
        raise Refused(IS_OVER)
    if found.person_id == by.pk:
        raise Refused(NOT_ONESELF)
    if found.ends_on is None:
        raise Refused("It has no end, so there is nothing to extend.")
    if ends_on is not None and ends_on <= found.ends_on:
        raise Refused(f"It ends on {in_words(found.ends_on)} now: choose a later day, or end it instead.")
    until = found.ends_on
    found.ends_on = ends_on
    _refuse_clash(found)
    found.save(update_fields=["ends_on"])
    trail.record(act="appointment.extended", thing=found, by=by, at=at, until=until.isoformat(), **_about(found))
    return found


@transaction.atomic
def hand_over(*, appointment: Appointment, to: User, starts_on: date, by: User, at: datetime) -> Appointment:
    """Let somebody else hold what one person holds, from a day on; return the new appointment.

    The old one ends with the day before; where the new one starts today, it ends at once.
    """
    lock([appointment.person, to])
    found = _locked(appointment)
    today = london_day(at)
    if found.is_over(today):
        raise Refused("This appointment is over. Appoint the other person instead.")
    if found.person_id == to.pk:
        raise Refused("The appointment is this person’s already. Name somebody else.")
    if starts_on < today:
        raise Refused("It cannot be handed over before today: what was done until now was done with its rights.")
    if starts_on <= found.starts_on:
        raise Refused(
            f"It starts on {in_words(found.starts_on)} only. End it at once, and appoint the other person instead."
        )
    if found.ends_on is not None and starts_on > found.ends_on:
        raise Refused(f"It ends on {in_words(found.ends_on)}. Choose a day up to then, or appoint the other person.")
    successor = Appointment(
        person=to,
        role=found.role,
        unit=found.unit,
        group=found.group,
        starts_on=starts_on,
        ends_on=found.ends_on,
        made_by=by,
        made_at=at,
        follows=found,
    )
    if starts_on == today:
        found.ended_at, found.ended_by, found.ended_because = at, by, "Handed over."
    else:
        found.ends_on = starts_on - DAY
    found.save(update_fields=["ends_on", "ended_at", "ended_by", "ended_because"])
    _make(successor, by=by, at=at)
    trail.record(
        act="appointment.handed_over", thing=found, by=by, at=at, **_about(found), to_account=to.pk, to=successor.pk
    )
    return successor


# --- What is refused ----------------------------------------------------------------------------------------------


def _refuse_scope(sought: Appointment) -> None:
    scope = Role(sought.role).scope
    if (sought.unit is not None) is not (scope is Scope.UNIT):
        raise Refused("Choose the unit." if scope is Scope.UNIT else "This role is not to a unit. Leave the unit out.")
    if (sought.group is not None) is not (scope is Scope.GROUP):
        raise Refused(
            "Choose the business group."
            if scope is Scope.GROUP
            else "This role is not to a business group. Leave the group out."
        )


def _refuse_dates(sought: Appointment, *, today: date) -> None:
    if not EARLIEST <= sought.starts_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refused(
            f"It cannot start on {in_words(sought.starts_on)}: choose a day from {in_words(EARLIEST)} "
            "to two years from now."
        )
    if sought.ends_on is not None and sought.ends_on < sought.starts_on:
        raise Refused("Its last day cannot be before its first. Check both days.")
    unit = sought.unit
    if unit is not None and sought.starts_on < unit.opened_on:
        raise Refused(f"{unit} opens on {in_words(unit.opened_on)}. Choose that day or a later one.")
    if unit is not None and unit.closed_on is not None and sought.starts_on > unit.closed_on:
        raise Refused(
            f"{unit} closed on {in_words(unit.closed_on)}. Choose the unit that took over, or an earlier day."
        )


def _refuse_clash(sought: Appointment) -> None:
    others = Appointment.objects.filter(person=sought.person_id).exclude(pk=sought.pk).select_related("unit", "group")
    if why := clash(as_held(sought), map(as_held, others)):
        raise Refused(why)


def as_held(appointment: Appointment) -> Held:
    """Return an appointment as the rules see it, for as long as it gives rights."""
    return Held(
        role=Role(appointment.role),
        starts_on=appointment.starts_on,
        ends_on=appointment.last_day,
        key=f"{appointment.unit_id or ''}/{appointment.group_id or ''}",
        scope=str(appointment.scope or ""),
    )


def _refuse_to_leave_nobody(ending: Appointment, *, without_from: date, today: date) -> None:
    """Keep an administrator. Whoever ends one waits here for whoever else does, and then sees what they have left."""
    if ending.role != Role.ADMINISTRATOR or not ending.person.is_active:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LAST_ADMINISTRATOR_LOCK])
    administrators = Appointment.objects.to({Role.ADMINISTRATOR}).exclude(pk=ending.pk).filter(person__is_active=True)
    others = [as_held(one) for one in administrators.ahead_or_in_force(today)]
    if not keeps_an_administrator(others, without_from=without_from, so_far_until=ending.ends_on):
        raise Refused(NO_ADMINISTRATOR_LEFT)


def lock(people: Iterable[User]) -> None:
    """Let acts on one person's appointments follow each other. Always in the same order, so that none block."""
    numbers = sorted({person.pk for person in people})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))


def _locked(appointment: Appointment) -> Appointment:
    """The appointment as it stands once its person's is held against other acts."""
    lock([appointment.person])
    rows = Appointment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("person", "unit", "group").get(pk=appointment.pk)


def _about(appointment: Appointment) -> dict[str, object]:
    """What the trail says of an appointment: whose by the account's number, and from when to when."""
    return {
        "account": appointment.person_id,
        "role": str(appointment.role),
        "unit": appointment.unit_id,
        "group": appointment.group_id,
        "starts_on": appointment.starts_on.isoformat(),
        "ends_on": appointment.ends_on.isoformat() if appointment.ends_on else None,
    }
