"""Many appointments from one file: seen before they are made, then all of them or none.

The preview does what the file asks for, line by line and by the same acts as the pages, and takes it all back. So it
cannot promise what applying refuses, and lines that are in each other's way show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from organisation.appointment_files import (
    EMAIL,
    FIRST_DAY,
    GROUP,
    LAST_DAY,
    NAME,
    ROLE,
    TAKES_OVER_FROM,
    UNIT,
    Line,
)
from organisation.formfields import DayField
from organisation.models import Appointment, AppointmentFile, BusinessGroup, Unit, User
from organisation.roles import Role, Scope
from organisation.rules import Refused
from organisation.services import accounts, appointments, invitations
from records.canonical import content_digest, normal
from records.services import trail
from rendering.formats import day as in_words

KEPT_FOR = timedelta(days=1)
LONGEST_NAME = User._meta.get_field("name").max_length or 0


class Verdict(StrEnum):
    """What becomes of a line."""

    MADE = "Will be made"
    CHANGED = "Will be changed"
    HANDED_OVER = "Will be handed over"
    SAME = "Stands already"
    REFUSED = "Refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line and what becomes of it. `said` is why, or what exactly; by column where one is at fault."""

    line: Line
    verdict: Verdict
    said: tuple[tuple[str, str], ...] = ()
    makes_account: bool = False
    account: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What applying a file came to."""

    made: int
    changed: int
    handed_over: int
    accounts: int


class Overtaken(Exception):
    """What the file comes to now is not what its author has seen, or something in it is refused."""


class AppliedAlready(Exception):
    """The same file was sent twice: the first time counts."""


# --- Keeping and previewing ---------------------------------------------------------------------------------------


@transaction.atomic
def keep(*, lines: Iterable[Line], name: str, by: User, at: datetime) -> AppointmentFile:
    """Keep what a file asks for until its author applies it. Their earlier one, and others' old ones, are forgotten."""
    waiting = AppointmentFile.objects.filter(applied_at=None)
    waiting.filter(by=by).delete()
    waiting.filter(uploaded_at__lt=at - KEPT_FOR).delete()
    return AppointmentFile.objects.create(
        by=by, name=name[:200], uploaded_at=at, lines=[line.as_json() for line in lines]
    )


def preview(*, file: AppointmentFile, by: User, at: datetime) -> list[Outcome]:
    """Return what becomes of each line if the file is applied now."""
    with transaction.atomic():
        outcomes = _run(lines_of(file), by=by, at=at)
        transaction.set_rollback(True)
    return outcomes


def lines_of(file: AppointmentFile) -> list[Line]:
    return [Line.from_json(kept) for kept in file.lines]


def digest_of(outcomes: Sequence[Outcome]) -> str:
    """Return a digest of what somebody sees in a preview, to tell whether it still is so."""
    return content_digest(
        [
            [*one.line.as_json(), one.verdict.value, [list(pair) for pair in one.said], one.makes_account]
            for one in outcomes
        ]
    )


@transaction.atomic
def apply(*, file: AppointmentFile, seen: str, invite: bool, by: User, at: datetime) -> Done:
    """Do all that the file asks for, or nothing. `seen` is the digest of the preview that its author has seen.

    Raises Overtaken where it comes to something else now, AppliedAlready where it has been applied.
    """
    locked = AppointmentFile.objects.select_for_update(no_key=True).get(pk=file.pk)
    if locked.applied_at is not None:
        raise AppliedAlready
    outcomes = _run(lines_of(locked), by=by, at=at)
    if digest_of(outcomes) != seen or any(one.verdict is Verdict.REFUSED for one in outcomes):
        raise Overtaken
    new = {one.account for one in outcomes if one.makes_account}
    if invite and accounts.can_invite():
        for person in User.objects.filter(pk__in=new).order_by("pk"):
            invitations.invite(person=person, by=by, at=at)
    verdicts = [one.verdict for one in outcomes]
    done = Done(
        verdicts.count(Verdict.MADE),
        verdicts.count(Verdict.CHANGED),
        verdicts.count(Verdict.HANDED_OVER),
        len(new),
    )
    locked.lines, locked.applied_at = [], at
    locked.save(update_fields=["lines", "applied_at"])
    trail.record(
        act="appointment.imported",
        thing=locked,
        by=by,
        at=at,
        made=done.made,
        changed=done.changed,
        handed_over=done.handed_over,
        accounts=done.accounts,
    )
    return done


# --- Line by line -------------------------------------------------------------------------------------------------


def _run(lines: Sequence[Line], *, by: User, at: datetime) -> list[Outcome]:
    """Do what the lines ask for, in their order, each as a whole or not at all."""
    names = _Names()
    known = User.objects.filter(email__in={email for line in lines for email in (line.email, line.takes_over_from)})
    appointments.lock(known)  # all at once, so that two files do not wait for each other
    return [_outcome(line, names, by=by, at=at) for line in lines]


def _outcome(line: Line, names: _Names, *, by: User, at: datetime) -> Outcome:
    faults: list[tuple[str, str]] = []
    asked = _read(line, names, faults)
    if asked is None:
        return Outcome(line, Verdict.REFUSED, tuple(faults))
    try:
        with transaction.atomic():
            return _do(line, asked, by=by, at=at)
    except Refused as refusal:
        return Outcome(line, Verdict.REFUSED, (("", str(refusal)),))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line whose every cell can be read."""

    email: str
    name: str
    role: Role
    unit: Unit | None
    group: BusinessGroup | None
    starts_on: date
    ends_on: date | None
    takes_over_from: str

    @property
    def place(self) -> dict[str, Any]:
        """What the appointment is to, as its columns have it."""
        return {"role": self.role, "unit": self.unit, "group": self.group}


def _do(line: Line, asked: _Asked, *, by: User, at: datetime) -> Outcome:
    person = accounts.by_email(asked.email)
    is_new = person is None
    if person is None:
        if not asked.name:
            raise Refused("There is no account with this address. Write the person’s name too, and one is made.")
        person = accounts.make(name=asked.name, email=asked.email, by=by, at=at)
    elif asked.name and normal(asked.name).casefold() != normal(person.name).casefold():
        raise Refused(f"The account with this address is {person.name}’s. Check the address, or leave the name empty.")
    made = (("", f"An account is made for {person.name}."),) if is_new else ()
    standing = Appointment.objects.filter(
        person=person, starts_on=asked.starts_on, ended_at=None, **asked.place
    ).first()
    if asked.takes_over_from:
        return _hand_over(line, asked, person, standing, made, by=by, at=at)
    if standing is None:
        appointments.make(person=person, starts_on=asked.starts_on, ends_on=asked.ends_on, by=by, at=at, **asked.place)
        return Outcome(line, Verdict.MADE, made, makes_account=is_new, account=person.pk)
    if standing.ends_on == asked.ends_on:
        return Outcome(line, Verdict.SAME, account=person.pk)
    return _change(line, standing, asked.ends_on, by=by, at=at)


def _change(line: Line, standing: Appointment, ends_on: date | None, *, by: User, at: datetime) -> Outcome:
    """Let an appointment that there is end on another day."""
    before = _until(standing.ends_on)
    if ends_on is None or (standing.ends_on is not None and ends_on > standing.ends_on):
        appointments.extend(appointment=standing, ends_on=ends_on, by=by, at=at)
    else:
        appointments.end(appointment=standing, last_day=ends_on, by=by, at=at)
    said = f"Last day: {_until(ends_on)}, instead of {before}."
    return Outcome(line, Verdict.CHANGED, (("", said),), account=standing.person_id)


def _hand_over(
    line: Line,
    asked: _Asked,
    person: User,
    standing: Appointment | None,
    made: tuple[tuple[str, str], ...],
    *,
    by: User,
    at: datetime,
) -> Outcome:
    """Let the person take over what somebody else holds; a line that has been done already says so."""
    holder = accounts.by_email(asked.takes_over_from)
    if holder is None:
        raise Refused(f"There is no account {asked.takes_over_from} to take over from. Check the address.")
    if standing is not None and standing.follows is not None and standing.follows.person_id == holder.pk:
        return Outcome(line, Verdict.SAME, account=person.pk)
    held = Appointment.objects.in_force(asked.starts_on).filter(person=holder, **asked.place).first()
    if held is None:
        raise Refused(
            f"{holder.name} holds no such appointment on {in_words(asked.starts_on)}, so it cannot be taken over. "
            "Check the role, its unit or group and the first day, or leave “Takes over from” empty."
        )
    if asked.ends_on not in (None, held.ends_on):
        raise Refused(
            f"It is handed over with the last day that it has: {_until(held.ends_on)}. Leave the last day empty here, "
            "and change it afterwards."
        )
    appointments.hand_over(appointment=held, to=person, starts_on=asked.starts_on, by=by, at=at)
    said = (*made, ("", f"{holder.name} holds it up to then. Last day: {_until(held.ends_on)}."))
    return Outcome(line, Verdict.HANDED_OVER, said, makes_account=bool(made), account=person.pk)


def _until(day: date | None) -> str:
    return in_words(day) if day else "no end"


# --- Reading cells ------------------------------------------------------------------------------------------------


class _Names:
    """Units and groups by what people may write for them: the name, or the word in its address."""

    def __init__(self) -> None:
        self.units: dict[str, list[Unit]] = defaultdict(list)
        for unit in Unit.objects.order_by("pk"):
            for said in {unit.name.casefold(), unit.slug}:
                self.units[said].append(unit)
        self.groups = {
            said: group for group in BusinessGroup.objects.all() for said in (group.name.casefold(), group.slug)
        }


ROLES = {said: role for role in Role for said in (role.value, role.value.replace("-", " "), role.label.casefold())}


def _read(line: Line, names: _Names, faults: list[tuple[str, str]]) -> _Asked | None:
    """Return what the line asks for; None where a cell is at fault, which is added to `faults` by its column."""
    role = ROLES.get(line.role.casefold())
    if role is None:
        said = f"“{line.role}” is no role. Write it as the list of roles has it." if line.role else "Write the role."
        faults.append((ROLE, said))
    try:
        validate_email(line.email)
    except ValidationError:
        said = f"“{line.email}” is not an e-mail address." if line.email else "Write the person’s e-mail address."
        faults.append((EMAIL, said))
    if len(line.name) > LONGEST_NAME:
        faults.append((NAME, f"A name has at most {LONGEST_NAME} characters."))
    unit = _unit(line, names, role, faults)
    group = _group(line, names, role, faults)
    starts_on, ends_on = _day(FIRST_DAY, line.starts_on, faults), _day(LAST_DAY, line.ends_on, faults)
    if not line.starts_on:
        faults.append((FIRST_DAY, "Write the first day."))
    if line.takes_over_from and "@" not in line.takes_over_from:
        faults.append((TAKES_OVER_FROM, "Write the e-mail address of whoever holds the appointment now."))
    if faults or role is None or starts_on is None:
        return None
    return _Asked(line.email, line.name, role, unit, group, starts_on, ends_on, line.takes_over_from)


def _unit(line: Line, names: _Names, role: Role | None, faults: list[tuple[str, str]]) -> Unit | None:
    found = names.units.get(line.unit.casefold(), []) if line.unit else []
    if line.unit and not found:
        faults.append((UNIT, f"There is no unit called “{line.unit}”. Check its name."))
    elif len(found) > 1:
        words = " or ".join(unit.slug for unit in found)
        faults.append((UNIT, f"Several units are called “{line.unit}”. Write {words} instead."))
    elif role is not None and bool(found) is not (role.scope is Scope.UNIT):
        faults.append((UNIT, "Write the unit." if not found else "This role is not to a unit. Leave it empty."))
    return found[0] if len(found) == 1 else None


def _group(line: Line, names: _Names, role: Role | None, faults: list[tuple[str, str]]) -> BusinessGroup | None:
    found = names.groups.get(line.group.casefold()) if line.group else None
    if line.group and found is None:
        faults.append((GROUP, f"There is no business group called “{line.group}”. Check its name."))
    elif role is not None and (found is not None) is not (role.scope is Scope.GROUP):
        said = "Write the business group." if found is None else "This role is not to a business group. Leave it empty."
        faults.append((GROUP, said))
    return found


def _day(column: str, text: str, faults: list[tuple[str, str]]) -> date | None:
    try:
        day: date | None = DayField(required=False).clean(text)
    except ValidationError as error:
        faults.append((column, " ".join(error.messages)))
        return None
    return day
