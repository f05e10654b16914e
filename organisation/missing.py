"""Who and what is missing all over the force on a day: posts nobody holds, qualifications, appointments that end.

A fixed number of queries, however many units and people there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from organisation.models import (
    Appointment,
    BusinessGroup,
    ExpectedQualification,
    Qualification,
    QualificationStatus,
    Unit,
    UnitMembership,
    User,
)
from organisation.periods import london_day
from organisation.roles import Role
from rendering.formats import day

ENDING_WITHIN = timedelta(days=60)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: where, whose, what of, on which day, and what is known. Empty where it has none."""

    place: str = ""
    place_url: str = ""
    person: str = ""
    person_url: str = ""
    what: str = ""
    on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Gaps of one kind. `place`, `person`, `what` and `on` head the columns that it has; empty ones are left out."""

    key: str
    title: str
    gaps: tuple[Gap, ...]
    nothing: str
    place: str = ""
    person: str = ""
    what: str = ""
    on: str = ""


def missing(today: date) -> list[Section]:
    """Return everything that is missing on `today`, kind by kind."""
    return [
        Section(
            "spoc",
            "Units with no single point of contact (SPOC)",
            tuple(_units_without(Role.SPOC, today)),
            "Every unit has a SPOC.",
            place="Unit",
            what="Business group",
        ),
        Section(
            "slt-lead",
            "Units with no Senior Leadership Team (SLT) lead",
            tuple(_units_without(Role.SLT_LEAD, today)),
            "Every unit has an SLT lead.",
            place="Unit",
            what="Business group",
        ),
        Section(
            "cog-lead",
            "Business groups with no Chief Officer Group (COG) lead",
            tuple(_groups_without_lead(today)),
            "Every business group that has units has a COG lead.",
            place="Business group",
        ),
        Section(
            "qualifications",
            "Expected qualifications that are not held",
            tuple(_qualifications(today)),
            "Everybody holds what their role asks for."
            if ExpectedQualification.objects.exists()
            else "No role asks for a qualification yet. An administrator says which ones do.",
            person="Person",
            what="Qualification",
            place="Appointed to",
        ),
        Section(
            "ending",
            f"Appointments that end within {ENDING_WITHIN.days} days",
            tuple(_ending(today)),
            "No appointment ends soon.",
            person="Person",
            what="Appointment",
            on="Last day",
        ),
        Section(
            "accounts",
            "Accounts without any appointment",
            tuple(_accounts_without(today)),
            "Everybody with an account has an appointment, now or to come.",
            person="Person",
            on="Account since",
        ),
    ]


# --- Posts --------------------------------------------------------------------------------------------------------


def _units_without(role: Role, today: date) -> Iterator[Gap]:
    holders = Appointment.objects.in_force(today).to({role}).filter(person__is_active=True, unit=OuterRef("pk"))
    units = Unit.objects.open_on(today).filter(~Exists(holders))
    with_groups: Any = units.with_group_on(today)
    to_come = _first_days(units, role, "unit", today)
    for pk, slug, name, group in with_groups.order_by("name", "pk").values_list("pk", "slug", "name", "group_name"):
        yield Gap(place=name, place_url=reverse("unit", args=[slug]), what=group or "", note=_to_come(to_come.get(pk)))


def _groups_without_lead(today: date) -> Iterator[Gap]:
    """Groups that have no unit today need nobody to lead them."""
    holders = Appointment.objects.in_force(today).to({Role.COG_LEAD}).filter(person__is_active=True)
    members = UnitMembership.objects.in_force(today)
    groups = BusinessGroup.objects.filter(
        ~Exists(holders.filter(group=OuterRef("pk"))), Exists(members.filter(group=OuterRef("pk")))
    )
    to_come = _first_days(groups, Role.COG_LEAD, "group", today)
    for group in groups.order_by("name"):
        address = f"{reverse('units')}?group={group.slug}"
        yield Gap(place=group.name, place_url=address, note=_to_come(to_come.get(group.pk)))


def _first_days(things: QuerySet[Unit] | QuerySet[BusinessGroup], role: Role, to: str, today: date) -> dict[int, date]:
    """Return from when somebody is appointed to each of the things, where that is to come."""
    planned = Appointment.objects.ahead_or_in_force(today).to({role})
    planned = planned.filter(person__is_active=True, starts_on__gt=today, **{f"{to}__in": things.values("pk")})
    return dict(planned.order_by().values_list(to).annotate(Min("starts_on")))


def _to_come(first_day: date | None) -> str:
    return "Nobody is appointed" if first_day is None else f"Somebody is appointed from {day(first_day)}"


# --- Qualifications -----------------------------------------------------------------------------------------------


def _qualifications(today: date) -> Iterator[Gap]:
    expected: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for role, pk, name in ExpectedQualification.objects.order_by("type__name").values_list(
        "role", "type_id", "type__name"
    ):
        expected[role].append((pk, name))
    held = _appointed_to_something_open(today).filter(role__in=list(expected), person__is_active=True)
    known = _known(held)
    wanted: dict[tuple[int, int], list[Appointment]] = defaultdict(list)
    names: dict[int, str] = {}
    for one in held.select_related("person", "unit", "group").order_by("person__name", "person", "pk"):
        for pk, name in expected[one.role]:
            names[pk] = name
            wanted[one.person_id, pk].append(one)
    for (person, pk), appointments in wanted.items():
        standing = known.get((person, pk))
        if standing is None or not _is_held(standing, today):
            yield Gap(
                place="; ".join(map(str, appointments)),
                person=appointments[0].person.name,
                person_url=_page_of(person),
                what=names[pk],
                note=_how_far(standing, today),
            )


def _known(held: QuerySet[Appointment]) -> Mapping[tuple[int, int], Qualification]:
    """Return what the people hold or study for, by person and type: there is one line for each."""
    rows = Qualification.objects.filter(person__in=held.order_by().values("person"))
    return {(one.person_id, one.type_id): one for one in rows}


def _is_held(one: Qualification, today: date) -> bool:
    has_run_out = one.expires_on is not None and one.expires_on < today
    return one.status == QualificationStatus.HELD and one.on <= today and not has_run_out


def _how_far(one: Qualification | None, today: date) -> str:
    if one is None:
        return "Nothing is recorded"
    if one.status != QualificationStatus.HELD:
        return f"{one.get_status_display()}, {day(one.on)}"
    if one.on > today:
        return f"To be held from {day(one.on)}"
    return f"Ran out on {day(one.expires_on)}" if one.expires_on else ""


# --- Appointments -------------------------------------------------------------------------------------------------


def _appointed_to_something_open(today: date) -> QuerySet[Appointment]:
    """Appointments in force to the force, a group, or a unit that exists: those to closed units are for reading."""
    return Appointment.objects.in_force(today).filter(
        Q(unit=None) | Q(unit__closed_on=None) | Q(unit__closed_on__gte=today)
    )


def _ending(today: date) -> Iterator[Gap]:
    """Appointments that end with their unit are nobody's loss."""
    same_scope = Q(unit=OuterRef("unit")) | Q(group=OuterRef("group")) | Q(unit=None, group=None)
    later = Appointment.objects.filter(
        same_scope,
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        role=OuterRef("role"),
        ended_at=None,
        person__is_active=True,
        starts_on__lte=OuterRef("ends_on") + ONE_DAY,
    )
    ending = (
        _appointed_to_something_open(today)
        .filter(ended_at=None, person__is_active=True, ends_on__lte=today + ENDING_WITHIN)
        .exclude(unit__closed_on__lte=F("ends_on"))
        .annotate(is_followed=Exists(later))
    )
    for one in ending.select_related("person", "unit", "group").order_by("ends_on", "person__name", "pk"):
        yield Gap(
            person=one.person.name,
            person_url=_page_of(one.person_id),
            what=str(one),
            on=one.ends_on,
            note="Somebody holds the role after that" if one.is_followed else "Nobody holds the role after that",
        )


def _accounts_without(today: date) -> Iterator[Gap]:
    appointments = Appointment.objects.filter(person=OuterRef("pk"))
    people = User.objects.filter(
        ~Exists(Appointment.objects.ahead_or_in_force(today).filter(person=OuterRef("pk"))), is_active=True
    ).annotate(had_one=Exists(appointments))
    for one in people.order_by("name", "pk"):
        yield Gap(
            person=one.name,
            person_url=_page_of(one.pk),
            on=london_day(one.joined_at),
            note="Had appointments that are over" if one.had_one else "Never had one",
        )


def _page_of(person: int) -> str:
    return reverse("person", args=[person])


# --- As a file ----------------------------------------------------------------------------------------------------

COLUMNS = ("Missing", "Unit, group or appointment", "Person", "What", "Day", "What is known")


def as_rows(sections: Iterable[Section]) -> Iterator[tuple[str | date | None, ...]]:
    """Return a row a gap, as COLUMNS names its cells."""
    for section in sections:
        for gap in section.gaps:
            yield section.title, gap.place, gap.person, gap.what, gap.on, gap.note
