"""Investigations: commissioned, written, completed; and what units learn of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from organisation.models import BusinessGroup, Unit, User
from organisation.periods import london_day
from records.canonical import normal
from records.edits import Conflict, Edit, write_onto
from records.services import trail
from rendering import formats
from risks.models import Investigation, LearningShare, UnitLearning
from risks.models.investigation import INVESTIGATION_WRITTEN
from risks.rules import Refused
from risks.services import liaison_notices
from risks.services.places import group_of

COMPLETED = "It is completed, so what it says stays. The Head of Safety, Health and Wellbeing can reopen it."


@transaction.atomic
def commission(*, answers: Mapping[str, Any], by: User, at: datetime) -> Investigation:
    """Enter an investigation of an event."""
    said = {name: normal(value) if isinstance(value, str) else value for name, value in answers.items()}
    made = Investigation(entered_at=at, entered_by=by, changed_at=at, changed_by=by, **said)
    _put_in_order(made, at)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same one sent twice meets the first one
    if Investigation.objects.filter(title=made.title, event_on=made.event_on).exists():
        raise Refused("There is an investigation of that title into an event of that day already.")
    made.save()
    trail.record(act="investigation.commissioned", thing=made, by=by, at=at, on=made.commissioned_on.isoformat())
    return made


@transaction.atomic
def change(*, investigation: Investigation, edits: Mapping[str, Edit], by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write the edits that nobody has overtaken; return those that somebody has."""
    current = _locked(investigation)
    if current.completed_on is not None:
        raise Refused(COMPLETED)
    result = write_onto(current, names=INVESTIGATION_WRITTEN, edits=edits)
    if result.accepted:
        _put_in_order(current, at)
        current.changed_at, current.changed_by = at, by
        current.save()
        trail.record(act="investigation.changed", thing=current, by=by, at=at, fields=sorted(result.accepted))
    return result.conflicts


def _put_in_order(one: Investigation, at: datetime) -> None:
    """Say which business group answers for it, and refuse days that cannot be."""
    if max(one.event_on, one.commissioned_on) > london_day(at):
        raise Refused("The day lies in the future. Say on which day it was.")
    if one.commissioned_on < one.event_on:
        raise Refused(f"The event was on {formats.day(one.event_on)}. Nobody has it investigated before that.")
    unit = Unit.objects.get(pk=one.unit_id) if one.unit_id else None
    group = BusinessGroup.objects.get(pk=one.group_id) if one.group_id else None
    one.group = group_of(unit, group, one.event_on)


def _locked(investigation: Investigation) -> Investigation:
    return Investigation.objects.select_for_update(of=("self",), no_key=True).get(pk=investigation.pk)


# --- Completing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def complete(*, investigation: Investigation, completed_on: date, by: User, at: datetime) -> Investigation:
    """Say that an investigation is completed: what it says stays from then on."""
    current = _locked(investigation)
    if current.completed_on is not None:
        raise Refused(f"It was completed on {formats.day(current.completed_on)} already.")
    if not current.findings:
        raise Refused("Nobody has written yet what was found. Write that first.")
    if completed_on > london_day(at):
        raise Refused("The day lies in the future. Say on which day it was completed.")
    if completed_on < current.commissioned_on:
        raise Refused(f"It was commissioned on {formats.day(current.commissioned_on)}. It was not completed before.")
    current.completed_on, current.completed_at, current.completed_by = completed_on, at, by
    current.save(update_fields=["completed_on", "completed_at", "completed_by"])
    trail.record(act="investigation.completed", thing=current, by=by, at=at, on=completed_on.isoformat())
    return current


@transaction.atomic
def reopen(*, investigation: Investigation, because: str, by: User, at: datetime) -> Investigation:
    """Let the texts of a completed investigation be written again, with the reason. What was shared stays shared."""
    current = _locked(investigation)
    if current.completed_on is None:
        raise Refused("It is not completed, so there is nothing to reopen.")
    words = {"because": str(normal(because))}
    trail.record(
        act="investigation.reopened", thing=current, by=by, at=at, words=words, was=current.completed_on.isoformat()
    )
    current.completed_on = current.completed_at = current.completed_by = None
    current.save(update_fields=["completed_on", "completed_at", "completed_by"])
    return current


# --- Learning ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def share(
    *, investigation: Investigation, groups: Collection[BusinessGroup], units: Collection[Unit], by: User, at: datetime
) -> LearningShare:
    """Share what is learnt with units, and with those that are in business groups today; units that exist today."""
    current = _locked(investigation)
    if current.completed_on is None:
        raise Refused("The investigation is not completed. Complete it, then share what is learnt of it.")
    if not current.learning:
        raise Refused("Nobody has written what can be learnt of it. Reopen it and write that first.")
    chosen = _units(groups, units, london_day(at))
    if not chosen:
        raise Refused("No unit exists today among those that you chose. Choose business groups or units.")
    said = {"title": current.title, "text": current.learning, "theme": current.theme}
    told = UnitLearning.objects.filter(
        share__investigation=current, unit__in=chosen, **{f"share__{name}": value for name, value in said.items()}
    )
    chosen -= set(told.values_list("unit_id", flat=True))
    if not chosen:
        raise Refused("This has been shared with all of these units already.")
    made = LearningShare.objects.create(investigation=current, by=by, at=at, **said)
    UnitLearning.objects.bulk_create(UnitLearning(share=made, unit_id=unit) for unit in sorted(chosen))
    liaison_notices.shared(made, at=at)
    trail.record(act="learning.shared", thing=made, by=by, at=at, investigation=current.pk, units=sorted(chosen))
    return made


def _units(groups: Collection[BusinessGroup], units: Collection[Unit], today: date) -> set[int]:
    existing = Unit.objects.open_on(today)
    found = set(existing.filter(pk__in=[unit.pk for unit in units]).values_list("pk", flat=True))
    for group in groups:
        found |= set(existing.in_group_on(group, today).values_list("pk", flat=True))
    return found


@transaction.atomic
def acknowledge(*, answer: UnitLearning, note: str, by: User, at: datetime) -> UnitLearning:
    """Record that a unit has taken note of learning, once; `note` says what it does with it, if anything."""
    rows = UnitLearning.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "share")
    current = rows.get(pk=answer.pk)
    if current.acknowledged_at is not None:
        raise Refused(f"{current.unit} acknowledged this on {formats.day(current.acknowledged_at)} already.")
    current.acknowledged_at, current.acknowledged_by, current.note = at, by, str(normal(note))
    current.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    liaison_notices.acknowledged(current, at=at)
    trail.record(act="learning.acknowledged", thing=current, by=by, at=at)
    return current
