"""Saying where a risk lies, and how it stands for a meeting of the Board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from organisation.models import User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.models import Assessment, BoardMeeting, Risk, RiskStatus, RiskUpdate
from risks.rules import Refused
from risks.services.register import locked
from risks.trend import Place


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a risk lies before its controls and after them, and what that rests on."""

    before: Place
    after: Place
    because: str


@transaction.atomic
def assess(*, risk: Risk, assessed_on: date, said: Judgement, by: User, at: datetime) -> Assessment:
    """Record where a risk lies as at a day, which is not before that of its last assessment."""
    current = locked(risk)
    if current.status == RiskStatus.CLOSED:
        raise Refused("The risk is closed, so it is not assessed. The Board reopens it first.")
    if assessed_on > london_day(at):
        raise Refused("The day lies in the future. Say as at which day the risk was assessed.")
    if said.after.score > said.before.score:
        raise Refused("Controls do not make a risk worse. Check what is said of it before and after them.")
    last = current.assessments.standing().first()
    if last and assessed_on < last.assessed_on:
        raise Refused(
            f"It was last assessed as at {formats.day(last.assessed_on)}. If that is wrong, take it back first."
        )
    because = str(normal(said.because))
    if last and (last.assessed_on, place_of(last), last.because) == (assessed_on, said.after, because):
        raise Refused("This assessment is recorded already, so it was not recorded again.")
    made = Assessment.objects.create(
        risk=current,
        assessed_on=assessed_on,
        likelihood_before=said.before.likelihood,
        impact_before=said.before.impact,
        likelihood=said.after.likelihood,
        impact=said.after.impact,
        because=because,
        by=by,
        at=at,
    )
    trail.record(act="risk.assessed", thing=made, by=by, at=at, score=said.after.score)
    return made


@transaction.atomic
def withdraw(*, assessment: Assessment, because: str, by: User, at: datetime) -> Assessment:
    """Take an assessment back that was wrong. It stays in the history, and counts no more."""
    locked(assessment.risk)
    current = Assessment.objects.select_for_update(no_key=True).select_related("risk").get(pk=assessment.pk)
    if current.withdrawn_at is not None:
        raise Refused("This assessment has been taken back already.")
    current.withdrawn_at, current.withdrawn_by, current.withdrawn_because = at, by, str(normal(because))
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    words = {"because": current.withdrawn_because}
    trail.record(act="risk.assessment-withdrawn", thing=current, by=by, at=at, words=words)
    return current


@transaction.atomic
def tell(*, risk: Risk, meeting: BoardMeeting, text: str, by: User, at: datetime) -> RiskUpdate:
    """Write how a risk stands for a meeting of the Board. An earlier text for the meeting stays in the history."""
    current = locked(risk)
    text = str(normal(text))
    last = current.updates.filter(meeting=meeting).first()
    if last and last.text == text:
        raise Refused("This is what it says for that meeting already, so it was not written again.")
    told = RiskUpdate.objects.create(risk=current, meeting=meeting, text=text, by=by, at=at)
    trail.record(act="risk.told", thing=told, by=by, at=at, meeting=meeting.held_on.isoformat())
    return told


def place_of(assessment: Assessment) -> Place:
    """Return where an assessment puts the risk after its controls."""
    return Place(assessment.likelihood, assessment.impact)
