"""Qualifications: which there are, which roles expect them, and what people hold or study for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from organisation.models import ExpectedQualification, Qualification, QualificationStatus, QualificationType, User
from organisation.periods import london_day
from organisation.roles import Role
from organisation.rules import Refused
from records.canonical import normal
from records.services import trail

HAS_IT_ALREADY = "There is a line about this qualification of the person’s already. Change that one."


# --- Which there are ----------------------------------------------------------------------------------------------


@transaction.atomic
def make_type(
    *, name: str, level: int | None, expected_of: Collection[Role], by: User, at: datetime
) -> QualificationType:
    """Add a qualification that people may hold, and say of which roles it is expected."""
    name = normal(name)
    code = slugify(name)[:60].strip("-")
    if not code:
        raise Refused("The name has no letters or digits to call the qualification by. Write it out.")
    _refuse_taken(name)
    if QualificationType.objects.filter(code=code).exists():
        raise Refused("There is a qualification whose name is nearly the same. Use that one, or tell them apart.")
    made = QualificationType.objects.create(code=code, name=name, level=level)
    roles = _expect(made, expected_of)
    trail.record(act="qualification.type_made", thing=made, by=by, at=at, level=level, expected_of=roles)
    return made


@transaction.atomic
def change_type(
    *,
    type: QualificationType,
    name: str,
    level: int | None,
    expected_of: Collection[Role],
    by: User,
    at: datetime,
) -> QualificationType:
    """Change what a qualification is called, its level, and of which roles it is expected."""
    found = QualificationType.objects.select_for_update(no_key=True).get(pk=type.pk)
    name = normal(name)
    _refuse_taken(name, besides=found)
    before = (found.name, found.level, _expected(found))
    found.name, found.level = name, level
    found.save(update_fields=["name", "level"])
    roles = _expect(found, expected_of)
    if before != (found.name, found.level, roles):
        trail.record(act="qualification.type_changed", thing=found, by=by, at=at, level=level, expected_of=roles)
    return found


def _refuse_taken(name: str, *, besides: QualificationType | None = None) -> None:
    others = QualificationType.objects.filter(name__iexact=name)
    if (others.exclude(pk=besides.pk) if besides else others).exists():
        raise Refused("There is a qualification of this name already.")


def _expect(type: QualificationType, roles: Collection[Role]) -> list[str]:
    """Let exactly these roles expect the qualification; return them."""
    wanted = sorted(str(role) for role in roles)
    ExpectedQualification.objects.filter(type=type).exclude(role__in=wanted).delete()
    missing = set(wanted) - set(_expected(type))
    ExpectedQualification.objects.bulk_create([ExpectedQualification(type=type, role=role) for role in sorted(missing)])
    return wanted


def _expected(type: QualificationType) -> list[str]:
    return sorted(type.expected_of.values_list("role", flat=True))


# --- What people hold ---------------------------------------------------------------------------------------------


@transaction.atomic
def record(
    *,
    person: User,
    type: QualificationType,
    status: QualificationStatus,
    on: date,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> Qualification:
    """Put on record what somebody holds, studies for or has given up."""
    _refuse_dates(status, on, expires_on, today=london_day(at))
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # so that a form sent twice makes one line
    if Qualification.objects.filter(person=person, type=type).exists():
        raise Refused(HAS_IT_ALREADY)
    made = Qualification.objects.create(person=person, type=type, status=status, on=on, expires_on=expires_on)
    trail.record(act="qualification.recorded", thing=made, by=by, at=at, **_about(made))
    return made


@transaction.atomic
def change(
    *,
    qualification: Qualification,
    status: QualificationStatus,
    on: date,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> Qualification:
    """Change how a qualification of somebody's stands."""
    _refuse_dates(status, on, expires_on, today=london_day(at))
    found = _locked(qualification)
    if (found.status, found.on, found.expires_on) == (status, on, expires_on):
        return found
    found.status, found.on, found.expires_on = status, on, expires_on
    found.save(update_fields=["status", "on", "expires_on"])
    trail.record(act="qualification.changed", thing=found, by=by, at=at, **_about(found))
    return found


@transaction.atomic
def remove(*, qualification: Qualification, by: User, at: datetime) -> None:
    """Take away a line that was entered by mistake."""
    found = _locked(qualification)
    trail.record(act="qualification.removed", thing=found, by=by, at=at, **_about(found))
    found.delete()


def _refuse_dates(status: QualificationStatus, on: date, expires_on: date | None, *, today: date) -> None:
    if on > today:
        raise Refused("The date cannot be after today: put on record what is so already.")
    if expires_on is not None and status != QualificationStatus.HELD:
        raise Refused("Only a qualification that is held runs out. Leave its last day empty.")
    if expires_on is not None and expires_on < on:
        raise Refused("It cannot run out before it was awarded. Check both days.")


def _locked(qualification: Qualification) -> Qualification:
    rows = Qualification.objects.select_for_update(no_key=True, of=("self",)).select_related("type")
    found = rows.filter(pk=qualification.pk).first()
    if found is None:
        raise Refused("Somebody has removed this line since you opened the page.")
    return found


def _about(qualification: Qualification) -> dict[str, object]:
    return {
        "account": qualification.person_id,
        "type": qualification.type_id,
        "status": str(qualification.status),
        "on": qualification.on.isoformat(),
        "expires_on": qualification.expires_on.isoformat() if qualification.expires_on else None,
    }
