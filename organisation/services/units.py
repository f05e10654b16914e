"""Units and business groups over time: opened, renamed, merged, split, moved, closed.

History stays with the unit that made it. So a renamed unit is a unit that ends and one that begins the day after, and
the one remembers the other as its predecessor; nothing is carried over but, where it is wished, who is appointed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.text import slugify

from organisation import dependants
from organisation.models import Appointment, BusinessGroup, RiskBand, Unit, UnitKind, UnitMembership, User
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import london_day
from organisation.roles import Role
from organisation.rules import Held, Refused, clash
from organisation.services import appointments
from records.services import trail
from rendering.formats import day

ONE_DAY = timedelta(days=1)
FARTHEST_AHEAD = timedelta(days=2 * 366)
LONGEST_SLUG = 80
# Reorganisations follow one another, so that none decides on units that another is changing. Any number, always the
# same; the trail has one of its own.
REORGANISING = 7_266_483_104


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that is to be opened."""

    name: str
    kind: str
    risk_band: str
    group: BusinessGroup


@dataclass(frozen=True, slots=True)
class Seat:
    """An appointment that somebody gets to a unit since they hold it in one that the unit came of."""

    person: User
    role: Role
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Seating:
    """Who is appointed again and, in sentences, who is not and why."""

    seats: tuple[Seat, ...] = ()
    left_out: tuple[str, ...] = ()


# --- Acts ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_unit(*, new: NewUnit, on: date, by: User, at: datetime) -> Unit:
    """Open a unit that came of no other. Raises Refused."""
    _one_at_a_time()
    check_open(new, on=on, today=london_day(at))
    unit = _open(new, on)
    trail.record(act="unit.opened", thing=unit, by=by, at=at, **_described(new, on))
    return unit


@transaction.atomic
def rename(*, unit: Unit, name: str, on: date, appoint_again: bool, by: User, at: datetime) -> Unit:
    """Let the unit go on under another name from `on`; return it as the unit that it is from then on."""
    _one_at_a_time()
    [before] = _fresh([unit])
    new = check_rename(before, name=name, on=on, today=london_day(at))
    after = _succeed([before], _open(new, on), on)
    trail.record(act="unit.renamed", thing=before, by=by, at=at, to=after.name, successor=after.pk, on=on.isoformat())
    _seat([before], after, on, appoint_again, by=by, at=at)
    return after


@transaction.atomic
def merge(
    *, units: Sequence[Unit], into: Unit | NewUnit, on: date, appoint_again: bool, by: User, at: datetime
) -> Unit:
    """Let units become one from `on`: a new one, or one that goes on. Return it."""
    _one_at_a_time()
    before = _fresh(units)
    goes_on = _fresh([into])[0] if isinstance(into, Unit) else into
    check_merge(before, into=goes_on, on=on, today=london_day(at))
    after = _succeed(before, goes_on if isinstance(goes_on, Unit) else _open(goes_on, on), on)
    for unit in before:
        trail.record(act="unit.merged", thing=unit, by=by, at=at, to=after.name, successor=after.pk, on=on.isoformat())
    _seat(before, after, on, appoint_again, by=by, at=at)
    return after


@transaction.atomic
def split(*, unit: Unit, into: Sequence[NewUnit], on: date, by: User, at: datetime) -> list[Unit]:
    """Let the unit become several new ones from `on`. Who is appointed where is for people to say."""
    _one_at_a_time()
    [before] = _fresh([unit])
    check_split(before, into=into, on=on, today=london_day(at))
    after = [_succeed([before], _open(new, on), on) for new in into]
    told = {"to": [one.name for one in after], "successors": [one.pk for one in after], "on": on.isoformat()}
    trail.record(act="unit.split", thing=before, by=by, at=at, **told)
    return after


@transaction.atomic
def close(*, unit: Unit, last_day: date, by: User, at: datetime) -> Unit:
    """Let the unit end with `last_day`, with nothing coming of it."""
    _one_at_a_time()
    [closing] = _fresh([unit])
    check_close([closing], last_day=last_day, today=london_day(at))
    _close(closing, last_day)
    trail.record(act="unit.closed", thing=closing, by=by, at=at, last_day=last_day.isoformat())
    return closing


@transaction.atomic
def move(*, unit: Unit, to: BusinessGroup, on: date, by: User, at: datetime) -> UnitMembership:
    """Let the unit belong to another business group from `on`."""
    _one_at_a_time()
    [moving] = _fresh([unit])
    so_far = check_move(moving, to=to, on=on, today=london_day(at))
    ends_on, so_far.ends_on = so_far.ends_on, on - ONE_DAY
    so_far.save(update_fields=["ends_on"])
    told = {"from_group": so_far.group.name, "to_group": to.name, "on": on.isoformat()}
    trail.record(act="unit.moved", thing=moving, by=by, at=at, **told)
    return UnitMembership.objects.create(unit=moving, group=to, starts_on=on, ends_on=ends_on)


@transaction.atomic
def change(*, unit: Unit, kind: str, risk_band: str, by: User, at: datetime) -> Unit:
    """Say anew what kind of unit it is and which risk band it is in. It counts from now on."""
    _one_at_a_time()
    [changing] = _fresh([unit])
    check_change(changing, kind=kind, risk_band=risk_band, today=london_day(at))
    told = {
        name: [getattr(changing, name), value]
        for name, value in (("kind", kind), ("risk_band", risk_band))
        if getattr(changing, name) != value
    }
    changing.kind, changing.risk_band = kind, risk_band
    changing.save(update_fields=["kind", "risk_band"])
    trail.record(act="unit.changed", thing=changing, by=by, at=at, **told)
    return changing


@transaction.atomic
def make_group(*, name: str, by: User, at: datetime) -> BusinessGroup:
    """Make a business group, which has no units yet."""
    _one_at_a_time()
    name = _group_name(name)
    group = BusinessGroup.objects.create(name=name, slug=_free_slug(BusinessGroup, name))
    trail.record(act="group.made", thing=group, by=by, at=at)
    return group


@transaction.atomic
def rename_group(*, group: BusinessGroup, name: str, by: User, at: datetime) -> BusinessGroup:
    """Call the group something else, from now on and wherever it is shown; what was signed or issued keeps its words.

    Its address stays as it is, so that links to it go on working.
    """
    _one_at_a_time()
    current = BusinessGroup.objects.get(pk=group.pk)
    before, current.name = current.name, _group_name(name, of=current)
    if before == current.name:
        raise Refused(f"The group is called {before} already. Write the name that it is to have.")
    current.save(update_fields=["name"])
    trail.record(act="group.renamed", thing=current, by=by, at=at, name=[before, current.name])
    return current


# --- What cannot be -----------------------------------------------------------------------------------------------


def check_open(new: NewUnit, *, on: date, today: date) -> None:
    """Raise Refused where the unit cannot be opened on that day."""
    _refuse_far_days(on, today)
    _refuse_taken(new.name, from_day=on)


def check_rename(unit: Unit, *, name: str, on: date, today: date) -> NewUnit:
    """Return the unit under its new name; raise Refused where it cannot have it from `on`."""
    if name.casefold() == unit.name.casefold():
        raise Refused(f"The unit is called {unit.name} already. Write the name that it is to have.")
    check_close([unit], last_day=on - ONE_DAY, today=today)
    _refuse_taken(name, from_day=on)
    return NewUnit(name, unit.kind, unit.risk_band, _group_on(unit, on - ONE_DAY))


def check_merge(units: Sequence[Unit], *, into: Unit | NewUnit, on: date, today: date) -> None:
    """Raise Refused where these units cannot become that one from `on`."""
    if isinstance(into, Unit):
        if into in units:
            raise Refused(f"{into.name} cannot go on and end at once. Leave it out of the units that end.")
        if into.opened_on > on or (into.closed_on is not None and into.closed_on < on):
            raise Refused(f"{into.name} does not exist on {day(on)}. Choose a unit that does, or another day.")
        _refuse_circles(units, into)
    elif len(units) < 2:
        raise Refused("A merger needs at least two units. Name the others, or rename this one instead.")
    check_close(units, last_day=on - ONE_DAY, today=today)
    if isinstance(into, NewUnit):
        _refuse_taken(into.name, from_day=on, but=units)


def check_split(unit: Unit, *, into: Sequence[NewUnit], on: date, today: date) -> None:
    """Raise Refused where the unit cannot become those from `on`."""
    if len(into) < 2:
        raise Refused("A split makes at least two units. Name them both, or rename this one instead.")
    names = [new.name.casefold() for new in into]
    twice = next((new.name for new in into if names.count(new.name.casefold()) > 1), None)
    if twice is not None:
        raise Refused(f"Two of the new units are called {twice}. Give each a name of its own.")
    check_close([unit], last_day=on - ONE_DAY, today=today)
    for new in into:
        _refuse_taken(new.name, from_day=on, but=[unit])


def check_close(units: Sequence[Unit], *, last_day: date, today: date) -> None:
    """Raise Refused where one of the units cannot have its last day then."""
    _refuse_far_days(last_day, today)
    for unit in units:
        _refuse_ended(unit)
        if last_day < unit.opened_on:
            raise Refused(
                f"{unit.name} opened on {day(unit.opened_on)}, and its last day would be {day(last_day)}. It must "
                "have existed for a day at least: choose a later date."
            )
    _refuse_later_memberships(units, last_day)
    if forbidden := dependants.of_closing(units, last_day).forbids:
        raise Refused(" ".join(forbidden))


def check_move(unit: Unit, *, to: BusinessGroup, on: date, today: date) -> UnitMembership:
    """Return the membership that a move on that day ends; raise Refused where there can be no such move."""
    _refuse_far_days(on, today)
    if unit.closed_on is not None and on > unit.closed_on:
        raise Refused(f"{unit.name} has its last day on {day(unit.closed_on)}. Choose a date up to then.")
    memberships = list(unit.memberships.select_related("group").order_by("starts_on"))
    later = next((one for one in memberships if one.starts_on > on), None)
    so_far = next((one for one in reversed(memberships) if one.starts_on <= on), None)
    if so_far is None or on == unit.opened_on:
        raise Refused(f"{unit.name} opened on {day(unit.opened_on)}. It can move from the day after that.")
    if so_far.starts_on == on or later is not None:
        other = later or so_far
        raise Refused(
            f"{unit.name} moves to {other.group.name} on {day(other.starts_on)} already. Choose a date after that."
        )
    if so_far.group_id == to.pk:
        raise Refused(f"{unit.name} is in {to.name} on that day already. Choose the group that it moves to.")
    return so_far


def check_change(unit: Unit, *, kind: str, risk_band: str, today: date) -> None:
    """Raise Refused where there is nothing to change, or no such unit any more."""
    if unit.closed_on is not None and unit.closed_on < today:
        _refuse_ended(unit)
    if (kind, risk_band) == (unit.kind, unit.risk_band):
        raise Refused(
            f"{unit.name} is a {UnitKind(kind).label} in the {RiskBand(risk_band).label.lower()} risk band already. "
            "Choose what has changed."
        )


def _refuse_far_days(on: date, today: date) -> None:
    if on > today + FARTHEST_AHEAD:
        raise Refused(f"{day(on)} is more than two years ahead. Check the year.")


def _refuse_ended(unit: Unit) -> None:
    if unit.closed_on is None:
        return
    became = " and ".join(unit.successors.order_by("name").values_list("name", flat=True))
    raise Refused(
        f"{unit.name} has its last day on {day(unit.closed_on)} already"
        + (f" and goes on as {became}. Choose that unit instead." if became else ", so it was not changed.")
    )


def _refuse_taken(name: str, *, from_day: date, but: Iterable[Unit] = ()) -> None:
    """A name belongs to one unit at a time; `but` are units that end the day before."""
    alive = Unit.objects.filter(Q(closed_on=None) | Q(closed_on__gte=from_day), name__iexact=name)
    other = alive.exclude(pk__in=[unit.pk for unit in but]).first()
    if other is not None:
        raise Refused(
            f"There is a unit called {other.name} already, from {day(other.opened_on)}"
            f"{f' to {day(other.closed_on)}' if other.closed_on else ''}. Choose another name."
        )


def _refuse_circles(units: Sequence[Unit], into: Unit) -> None:
    """A unit cannot become one that it came of: whoever follows the line would never arrive."""
    lineage = Unit.objects.lineage()
    if any(into.pk in lineage.all_predecessors(unit.pk) for unit in units):
        raise Refused(f"{into.name} is where one of these units came from. Choose a unit that came after.")


def _refuse_later_memberships(units: Sequence[Unit], last_day: date) -> None:
    planned = UnitMembership.objects.filter(unit__in=units, starts_on__gt=last_day)
    later = planned.select_related("unit", "group").order_by("starts_on").first()
    if later is not None:
        raise Refused(
            f"{later.unit.name} moves to {later.group.name} on {day(later.starts_on)}, after what would be its last "
            f"day. Choose a date after {day(later.starts_on)}."
        )


def _group_name(name: str, *, of: BusinessGroup | None = None) -> str:
    taken = BusinessGroup.objects.filter(name__iexact=name).first()
    if taken is not None and taken != of:
        raise Refused(f"There is a business group called {taken.name} already. Choose another name.")
    return name


# --- Who is appointed again ---------------------------------------------------------------------------------------


def who_follows(units: Sequence[Unit], into: Unit | None, *, on: date, by: User) -> Seating:
    """Return who holds an appointment in `units` on `on` or later, and what they would hold in the unit that follows.

    `into` is that unit where it exists already. Nobody appoints themselves, so whoever asks is left out. Whoever holds
    the same role in several of the units gets it once, for as long as the longest.
    """
    held = list(
        Appointment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), unit__in=units, ended_at=None)
        .select_related("person")
        .order_by("role", "person__name", "pk")
    )
    rest = Appointment.objects.filter(person__in={one.person_id for one in held}).select_related("unit", "group")
    others: dict[int, list[Held]] = defaultdict(list)
    for one in rest.exclude(pk__in=[one.pk for one in held]):
        others[one.person_id].append(appointments.as_held(one))
    there = set(into.appointments.filter(ended_at=None).values_list("person", "role")) if into else set()
    seats: dict[tuple[int, str], Seat] = {}
    left_out: dict[tuple[int, str], str] = {}
    for one in held:
        key = (one.person_id, one.role)
        reason = _why_not(one, others[one.person_id], by=by, there=there, on=on)
        if reason:
            left_out[key] = f"{one.person.name}, {Role(one.role).label}: {reason}"
        else:
            seats[key] = _longer(seats.get(key), one, on)
    return Seating(tuple(seats.values()), tuple(left_out.values()))


def _why_not(one: Appointment, others: Iterable[Held], *, by: User, there: set[tuple[int, str]], on: date) -> str:
    if not one.person.is_active:
        return "the account is closed."
    if one.person_id == by.pk:
        return "nobody appoints themselves. Ask another administrator."
    if (one.person_id, one.role) in there:
        return "appointed there already. Look at the dates."
    sought = Held(role=Role(one.role), starts_on=max(one.starts_on, on), ends_on=one.ends_on, key="", scope="")
    return clash(sought, others)


def _longer(so_far: Seat | None, one: Appointment, on: date) -> Seat:
    starts_on = max(one.starts_on, on)
    if so_far is None:
        return Seat(one.person, Role(one.role), starts_on, one.ends_on)
    ends = [so_far.ends_on, one.ends_on]
    ends_on = None if None in ends else max(end for end in ends if end is not None)
    return Seat(so_far.person, so_far.role, min(so_far.starts_on, starts_on), ends_on)


def _seat(units: Sequence[Unit], into: Unit, on: date, wished: bool, *, by: User, at: datetime) -> None:
    if not wished:
        return
    seats = who_follows(units, into, on=on, by=by).seats
    # Held in one order before they are held one by one, so that no two acts wait for each other.
    people = User.objects.select_for_update(no_key=True).filter(pk__in=[seat.person.pk for seat in seats])
    list(people.order_by("pk"))
    for seat in seats:
        appointments.make(
            person=seat.person,
            role=seat.role,
            unit=into,
            starts_on=seat.starts_on,
            ends_on=seat.ends_on,
            by=by,
            at=at,
        )


# --- Rows ---------------------------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REORGANISING])


def _fresh(units: Sequence[Unit]) -> list[Unit]:
    """Return the units as they stand, locked, each once, in the order given."""
    wanted = list(dict.fromkeys(unit.pk for unit in units))
    found = Unit.objects.select_for_update(no_key=True).order_by("pk").in_bulk(wanted)
    return [found[pk] for pk in wanted]


def _open(new: NewUnit, on: date) -> Unit:
    unit = Unit.objects.create(
        name=new.name, slug=_free_slug(Unit, new.name), kind=new.kind, risk_band=new.risk_band, opened_on=on
    )
    UnitMembership.objects.create(unit=unit, group=new.group, starts_on=on)
    return unit


def _succeed(before: Sequence[Unit], after: Unit, on: date) -> Unit:
    for unit in before:
        _close(unit, on - ONE_DAY)
        unit.successors.add(after)
    return after


def _close(unit: Unit, last_day: date) -> None:
    unit.closed_on = last_day
    unit.save(update_fields=["closed_on"])
    unit.memberships.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)).update(ends_on=last_day)


def _group_on(unit: Unit, on: date) -> BusinessGroup:
    membership = unit.memberships.in_force(on).select_related("group").first()
    if membership is None:
        raise Refused(f"{unit.name} is in no business group on {day(on)}. Move it to one first.")
    return membership.group


def _free_slug(model: type[Unit] | type[BusinessGroup], name: str) -> str:
    """Return an address for the name that no other has: an earlier unit of the same name keeps its own."""
    stem = slugify(name)[: LONGEST_SLUG - 5].strip("-") or "unit"
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True)) | {WHOLE_FORCE}
    return next(slug for slug in chain([stem], (f"{stem}-{number}" for number in range(2, 9999))) if slug not in taken)


def _described(new: NewUnit, on: date) -> dict[str, Any]:
    return {"kind": new.kind, "risk_band": new.risk_band, "group": new.group.name, "on": on.isoformat()}
