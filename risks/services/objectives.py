"""What the Board has set itself for a year, and its sub-groups."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from organisation.models import User
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.models import BoardMeeting, Objective, ObjectiveProgress, Standing, SubGroup, SubGroupReport
from risks.rules import Refused


@transaction.atomic
def set_objective(*, year: int, title: str, owner: str, by: User, at: datetime) -> Objective:
    """Write what the Board wants reached in the financial year that starts in `year`, and who answers for it."""
    try:
        with transaction.atomic():
            said = {"title": str(normal(title)), "owner": str(normal(owner))}
            objective = Objective.objects.create(year=year, set_by=by, set_at=at, **said)
    except IntegrityError as error:
        raise Refused("The Board has this objective for that year already.") from error
    trail.record(act="objective.set", thing=objective, by=by, at=at, year=year)
    return objective


@transaction.atomic
def say_progress(*, objective: Objective, standing: Standing, text: str, by: User, at: datetime) -> ObjectiveProgress:
    """Say how an objective stands. What was said before stays."""
    current = Objective.objects.select_for_update(no_key=True).get(pk=objective.pk)
    text = str(normal(text))
    last = current.progress.first()
    if last and (last.standing, last.text) == (standing, text):
        raise Refused("This is what it says already, so it was not written again.")
    said = ObjectiveProgress.objects.create(objective=current, standing=standing, text=text, by=by, at=at)
    trail.record(act="objective.progress", thing=said, by=by, at=at, standing=str(standing))
    return said


@transaction.atomic
def form_sub_group(*, name: str, chair: str, remit: str, starts_on: date, by: User, at: datetime) -> SubGroup:
    """Enter a group that works for the Board."""
    said = {"name": str(normal(name)), "chair": str(normal(chair)), "remit": str(normal(remit))}
    try:
        with transaction.atomic():
            made = SubGroup.objects.create(starts_on=starts_on, made_by=by, made_at=at, **said)
    except IntegrityError as error:
        raise Refused("There is a sub-group of that name already.") from error
    trail.record(act="sub-group.formed", thing=made, by=by, at=at, starts_on=starts_on.isoformat())
    return made


@transaction.atomic
def end_sub_group(*, sub_group: SubGroup, ends_on: date, by: User, at: datetime) -> SubGroup:
    """Let a sub-group work no longer than to the end of a day."""
    current = SubGroup.objects.select_for_update(no_key=True).get(pk=sub_group.pk)
    if current.ends_on is not None:
        raise Refused(f"It ends on {formats.day(current.ends_on)} already.")
    if ends_on < current.starts_on:
        raise Refused(f"It began on {formats.day(current.starts_on)}. It cannot end before.")
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    trail.record(act="sub-group.ended", thing=current, by=by, at=at, ends_on=ends_on.isoformat())
    return current


@transaction.atomic
def report(*, sub_group: SubGroup, meeting: BoardMeeting, text: str, by: User, at: datetime) -> SubGroupReport:
    """Write what a sub-group reports to a meeting. An earlier text for the meeting stays in the history."""
    current = SubGroup.objects.select_for_update(no_key=True).get(pk=sub_group.pk)
    text = str(normal(text))
    last = current.reports.filter(meeting=meeting).first()
    if last and last.text == text:
        raise Refused("This is what it says for that meeting already, so it was not written again.")
    made = SubGroupReport.objects.create(sub_group=current, meeting=meeting, text=text, by=by, at=at)
    trail.record(act="sub-group.reported", thing=made, by=by, at=at, meeting=meeting.held_on.isoformat())
    return made
