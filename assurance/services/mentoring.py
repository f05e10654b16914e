"""Mentoring, kept apart from statements: a unit asks, an adviser answers or advises unasked; who advises which unit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from assurance.models import MentoringRecord, UnitAdviser
from assurance.rules import Refused
from maturity.models import Theme
from organisation.models import Appointment, Unit, User
from organisation.periods import london_day
from organisation.roles import Role
from records.services import notices, trail
from rendering.formats import day


@transaction.atomic
def ask(*, unit: Unit, theme: Theme, question: str, by: User, at: datetime) -> MentoringRecord:
    """Put a unit's question to its advisers; with none named, all of SHRMT finds it on its list."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # the same question sent twice meets the first one
    if not question.strip():
        raise Refused("Write your question.")
    waiting = MentoringRecord.objects.unanswered().filter(unit=unit, theme__identity=theme.identity)
    if waiting.filter(asked_by=by, question=question).exists():
        raise Refused("You have asked this already, and the answer is on its way. There is no need to ask again.")
    record = MentoringRecord.objects.create(unit=unit, theme=theme, question=question, asked_by=by, asked_at=at)
    trail.record(act="mentoring.asked", thing=record, by=by, at=at, unit=unit.slug, theme=theme.identity)
    notices.tell_all(
        [
            notices.News(
                person_id=one.adviser_id,
                kind="mentoring.asked",
                line=f"{unit} asks for advice on {theme}. Read the question and answer it.",
                address=_address(record),
                key=f"mentoring:{record.pk}:asked",
            )
            for one in UnitAdviser.objects.acting(london_day(at)).filter(unit=unit).exclude(adviser=by)
        ],
        at=at,
    )
    return record


@transaction.atomic
def answer(*, record: MentoringRecord, advice: str, by: User, at: datetime) -> MentoringRecord:
    """Answer a unit's question and tell who asked. The first answer stands; more advice is a record of its own."""
    record = MentoringRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
    if record.advised_at is not None:
        raise Refused(
            "Somebody has answered this question meanwhile. Read the answer; what you would add can be a record of its "
            "own."
        )
    if not advice.strip():
        raise Refused("Write your advice.")
    record.advice, record.advised_by, record.advised_at = advice, by, at
    record.save(update_fields=["advice", "advised_by", "advised_at"])
    trail.record(
        act="mentoring.answered", thing=record, by=by, at=at, unit=record.unit.slug, theme=record.theme.identity
    )
    notices.withdraw(key=f"mentoring:{record.pk}:asked", at=at)
    if record.asked_by is not None:
        notices.tell(
            person=record.asked_by,
            kind="mentoring.answered",
            line=f"Your question about {record.theme} for {record.unit} is answered. Read the advice.",
            address=_address(record),
            key=f"mentoring:{record.pk}:answered",
            at=at,
        )
    return record


@transaction.atomic
def note(*, unit: Unit, theme: Theme, advice: str, by: User, at: datetime) -> MentoringRecord:
    """Record advice that was given without a question, such as on a visit."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if not advice.strip():
        raise Refused("Write your advice.")
    same = MentoringRecord.objects.filter(unit=unit, theme__identity=theme.identity, advised_by=by, advice=advice)
    if same.exists():
        raise Refused("You have recorded this advice already, so it is not recorded again.")
    record = MentoringRecord.objects.create(unit=unit, theme=theme, advice=advice, advised_by=by, advised_at=at)
    trail.record(act="mentoring.noted", thing=record, by=by, at=at, unit=unit.slug, theme=theme.identity)
    return record


# --- Who advises a unit --------------------------------------------------------------------------------------------


@transaction.atomic
def appoint_adviser(*, unit: Unit, adviser: User, starts_on: date, by: User, at: datetime) -> UnitAdviser:
    """Name somebody of SHRMT as a unit's adviser from a day on. A unit may have several."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    in_shrmt = Appointment.objects.to({Role.SHRMT}).filter(person=adviser, starts_on__lte=starts_on)
    if not in_shrmt.filter(Q(ends_on=None) | Q(ends_on__gte=max(starts_on, london_day(at)))).exists():
        raise Refused(f"{adviser} is not in SHRMT on {day(starts_on)}. Choose another person or another day.")
    already = UnitAdviser.objects.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), unit=unit, adviser=adviser)
    if already.exists():
        raise Refused(f"{adviser} advises {unit} already.")
    named = UnitAdviser.objects.create(unit=unit, adviser=adviser, starts_on=starts_on)
    trail.record(act="adviser.appointed", thing=named, by=by, at=at, unit=unit.slug, starts_on=starts_on.isoformat())
    return named


@transaction.atomic
def end_adviser(*, named: UnitAdviser, ends_on: date, by: User, at: datetime) -> UnitAdviser:
    """Let somebody advise a unit no longer than to the end of a day."""
    named = UnitAdviser.objects.select_for_update(no_key=True).select_related("unit", "adviser").get(pk=named.pk)
    if named.ends_on is not None and named.ends_on <= ends_on:
        raise Refused(f"{named.adviser} advises {named.unit} to the end of {day(named.ends_on)} at the latest already.")
    if ends_on < named.starts_on:
        raise Refused(f"{named.adviser} advises {named.unit} from {day(named.starts_on)}. It cannot end before.")
    named.ends_on = ends_on
    named.save(update_fields=["ends_on"])
    trail.record(act="adviser.ended", thing=named, by=by, at=at, unit=named.unit.slug, ends_on=ends_on.isoformat())
    return named


def _address(record: MentoringRecord) -> str:
    return reverse("assurance:mentoring_record", args=[record.pk])
