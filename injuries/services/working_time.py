"""Recording how many comply with the limit on working time, and the share aimed for. What was said is never edited.

Whoever writes holds the row of the staff group meanwhile, so that two people's readings of one day, or targets from
one day, come one after the other and the second is told.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from injuries.models import StaffGroup, WorkingTimeReading, WorkingTimeTarget
from organisation.models import User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from rendering import formats

MEANWHILE = "Somebody has corrected or withdrawn this reading meanwhile. Look at the list again."
SENT_BEFORE = (
    "This form was sent already, and says something else now. Look at the list, and correct what is wrong there."
)
MORE_THAN_IN_SCOPE = "More people are over the limit, by the two numbers below, than are in scope. Check all three."
SUPERSEDED = "Another target has taken this one’s place already. Supersede that one instead."


class Refused(Exception):
    """An act is not possible as things stand; the text says why and what to do, `field` where in a form."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Said:
    """A reading as at a day: people in scope, and those over the limit of `hours`, averaged over the `weeks` before."""

    day: date
    in_scope: int
    opted_out: int
    not_opted_out: int
    weeks: int
    hours: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was endorsed: the share that complies, in per cent, from a day on."""

    share: Decimal
    from_on: date
    endorsed_by: str
    note: str = ""


# --- Readings -------------------------------------------------------------------------------------------------------


@transaction.atomic
def record(*, said: Said, staff_group: StaffGroup, token: uuid.UUID, by: User, at: datetime) -> WorkingTimeReading:
    """Record a reading. The same form sent twice records it once; a day that has one is refused."""
    _held(staff_group)
    if (sent_before := _sent_before(token, said, staff_group, by)) is not None:
        return sent_before
    reading = _write(said, staff_group, token, by, at)
    trail.record(act="working-time.recorded", thing=reading, by=by, at=at, **_told(reading))
    return reading


@transaction.atomic
def correct(
    *, reading: WorkingTimeReading, said: Said, because: str, token: uuid.UUID, by: User, at: datetime
) -> WorkingTimeReading:
    """Put a reading in the place of another one, and return it. The earlier one stays readable."""
    _held(reading.staff_group)
    if (sent_before := _sent_before(token, said, reading.staff_group, by, corrects=reading)) is not None:
        return sent_before
    earlier = WorkingTimeReading.objects.select_for_update(no_key=True).get(pk=reading.pk)
    if earlier.ended_at is not None:
        raise Refused(MEANWHILE)
    if _normal(said) == _said_by(earlier):
        raise Refused("This is what the reading says already. Change what is wrong, or leave it as it is.")
    _end(earlier, by, at)
    later = _write(said, reading.staff_group, token, by, at, corrects=earlier, because=because)
    words = {"because": later.because}
    trail.record(act="working-time.corrected", thing=later, by=by, at=at, words=words, **_told(later))
    return later


@transaction.atomic
def withdraw(*, reading: WorkingTimeReading, because: str, by: User, at: datetime) -> None:
    """Take back a reading that was recorded in error. It stays readable; the same said twice is done once."""
    because = str(normal(because))
    locked = WorkingTimeReading.objects.select_for_update(no_key=True).get(pk=reading.pk)
    if locked.ended_at is not None:
        if locked.ended_by_id == by.pk and locked.withdrawn_because == because:
            return
        raise Refused(MEANWHILE)
    _end(locked, by, at, because=because)
    words = {"because": because}
    trail.record(act="working-time.withdrawn", thing=locked, by=by, at=at, words=words, **_told(locked))


def _sent_before(
    token: uuid.UUID, said: Said, staff_group: StaffGroup, by: User, *, corrects: WorkingTimeReading | None = None
) -> WorkingTimeReading | None:
    """What the same form has recorded already. Raises Refused where it says something else by now."""
    found: WorkingTimeReading | None = WorkingTimeReading.objects.filter(token=token, recorded_by=by).first()
    if found is None:
        return None
    is_same = _said_by(found) == _normal(said)
    if not (is_same and found.staff_group == staff_group and found.corrects == corrects):
        raise Refused(SENT_BEFORE)
    return found


def _write(
    said: Said,
    staff_group: StaffGroup,
    token: uuid.UUID,
    by: User,
    at: datetime,
    *,
    corrects: WorkingTimeReading | None = None,
    because: str = "",
) -> WorkingTimeReading:
    if said.day > london_day(at):
        raise Refused("The day is in the future. Record what has been worked once it has been.", field="day")
    if said.opted_out + said.not_opted_out > said.in_scope:
        raise Refused(MORE_THAN_IN_SCOPE, field="in_scope")
    if WorkingTimeReading.objects.standing().filter(staff_group=staff_group, day=said.day).exists():
        raise Refused(
            f"There is a reading of {staff_group} on {formats.day(said.day)} already. Correct that one instead.",
            field="day",
        )
    return WorkingTimeReading.objects.create(
        **asdict(_normal(said)),
        staff_group=staff_group,
        token=token,
        corrects=corrects,
        because=str(normal(because)),
        recorded_by=by,
        recorded_at=at,
    )


def _said_by(reading: WorkingTimeReading) -> Said:
    return Said(**{one.name: getattr(reading, one.name) for one in fields(Said)})


def _normal(said: Said) -> Said:
    return replace(said, note=str(normal(said.note)))


def _end(reading: WorkingTimeReading, by: User, at: datetime, *, because: str = "") -> None:
    reading.ended_at, reading.ended_by, reading.withdrawn_because = at, by, because
    reading.save(update_fields=["ended_at", "ended_by", "withdrawn_because"])


def _told(reading: WorkingTimeReading) -> dict[str, str | int | None]:
    """The reading as the trail keeps it."""
    return {
        "staff_group": reading.staff_group.code,
        "day": reading.day.isoformat(),
        "in_scope": reading.in_scope,
        "opted_out": reading.opted_out,
        "not_opted_out": reading.not_opted_out,
        "weeks": reading.weeks,
        "hours": reading.hours,
        "corrects": reading.corrects_id,
    }


# --- Targets --------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_target(*, terms: Terms, staff_group: StaffGroup, token: uuid.UUID, by: User, at: datetime) -> WorkingTimeTarget:
    """Enter a target that was endorsed. The same form sent twice enters it once; a day that has one is refused."""
    _held(staff_group)
    if (sent_before := _entered_before(token, terms, staff_group, by)) is not None:
        return sent_before
    target = _enter(terms, staff_group, token, by, at)
    trail.record(act="working-time.target_set", thing=target, by=by, at=at, **_terms_told(target))
    return target


@transaction.atomic
def supersede_target(
    *, target: WorkingTimeTarget, terms: Terms, token: uuid.UUID, by: User, at: datetime
) -> WorkingTimeTarget:
    """Enter a target that takes the place of another, and return it. The earlier one stays readable."""
    _held(target.staff_group)
    if (sent_before := _entered_before(token, terms, target.staff_group, by, supersedes=target)) is not None:
        return sent_before
    earlier = WorkingTimeTarget.objects.select_for_update(no_key=True).get(pk=target.pk)
    if earlier.ended_at is not None:
        raise Refused(SUPERSEDED)
    earlier.ended_at = at
    earlier.save(update_fields=["ended_at"])
    later = _enter(terms, target.staff_group, token, by, at, supersedes=earlier)
    trail.record(act="working-time.target_superseded", thing=later, by=by, at=at, **_terms_told(later))
    return later


def _entered_before(
    token: uuid.UUID, terms: Terms, staff_group: StaffGroup, by: User, *, supersedes: WorkingTimeTarget | None = None
) -> WorkingTimeTarget | None:
    """What the same form has entered already. Raises Refused where it says something else by now."""
    found: WorkingTimeTarget | None = WorkingTimeTarget.objects.filter(token=token, entered_by=by).first()
    if found is None:
        return None
    is_same = _terms_of(found) == _normal_terms(terms)
    if not (is_same and found.staff_group == staff_group and found.supersedes == supersedes):
        raise Refused(SENT_BEFORE)
    return found


def _terms_of(target: WorkingTimeTarget) -> Terms:
    return Terms(**{one.name: getattr(target, one.name) for one in fields(Terms)})


def _normal_terms(terms: Terms) -> Terms:
    return replace(terms, endorsed_by=str(normal(terms.endorsed_by)), note=str(normal(terms.note)))


def _enter(
    terms: Terms,
    staff_group: StaffGroup,
    token: uuid.UUID,
    by: User,
    at: datetime,
    *,
    supersedes: WorkingTimeTarget | None = None,
) -> WorkingTimeTarget:
    if WorkingTimeTarget.objects.standing().filter(staff_group=staff_group, from_on=terms.from_on).exists():
        raise Refused(
            f"There is a target for {staff_group} from {formats.day(terms.from_on)} already. Supersede that one "
            "instead.",
            field="from_on",
        )
    return WorkingTimeTarget.objects.create(
        **asdict(_normal_terms(terms)),
        staff_group=staff_group,
        token=token,
        supersedes=supersedes,
        entered_by=by,
        entered_at=at,
    )


def _terms_told(target: WorkingTimeTarget) -> dict[str, str | int | None]:
    """The target as the trail keeps it."""
    return {
        "staff_group": target.staff_group.code,
        "share": str(target.share),
        "from_on": target.from_on.isoformat(),
        "supersedes": target.supersedes_id,
    }


# --- Both -----------------------------------------------------------------------------------------------------------


def _held(staff_group: StaffGroup) -> None:
    """Hold the row of the staff group until the transaction is over."""
    StaffGroup.objects.select_for_update(no_key=True).get(pk=staff_group.pk)
