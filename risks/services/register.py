"""Maintaining the register: what is said of a risk, who leads it, and what keeps it down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from organisation.models import BusinessGroup, User
from organisation.periods import london_day
from records.canonical import normal
from records.edits import Conflict, Edit, write_onto
from records.services import trail
from rendering import formats
from risks.models import Control, Risk, RiskIndicator, RiskLead
from risks.models.risk import WRITTEN
from risks.rules import Refused


def locked(risk: Risk) -> Risk:
    """Lock a risk for the rest of the transaction: what is said of it is written by one person after the other."""
    return Risk.objects.select_for_update(no_key=True).get(pk=risk.pk)


@transaction.atomic
def change(
    *, risk: Risk, edits: Mapping[str, Edit], groups: Collection[BusinessGroup] | None = None, by: User, at: datetime
) -> tuple[Conflict, ...]:
    """Write the edits that nobody has overtaken, and which groups the risk concerns; return those that somebody has.

    Raises Refused where a target would be left with a score and no day, or the other way round.
    """
    current = locked(risk)
    result = write_onto(current, names=WRITTEN, edits=edits)
    if (current.target_score is None) != (current.target_on is None):
        raise Refused(
            "Somebody has changed the target meanwhile, and the two do not go together, so nothing was saved. Look at "
            "the risk in another window, then write score and day as they should be."
        )
    before = set(current.groups.values_list("pk", flat=True))
    now = before if groups is None else {group.pk for group in groups}
    if result.accepted or now != before:
        current.changed_at, current.changed_by = at, by
        current.save()
        current.groups.set(now)
        trail.record(act="risk.changed", thing=current, by=by, at=at, fields=sorted(result.accepted))
    return result.conflicts


@transaction.atomic
def link_indicators(*, risk: Risk, codes: Collection[str], by: User, at: datetime) -> None:
    """Say which injury indicators bear on the risk: these and no others."""
    current = locked(risk)
    there = set(current.indicators.values_list("code", flat=True))
    if there == set(codes):
        return
    current.indicators.exclude(code__in=codes).delete()
    RiskIndicator.objects.bulk_create(RiskIndicator(risk=current, code=code) for code in sorted({*codes} - there))
    trail.record(act="risk.indicators-linked", thing=current, by=by, at=at, indicators=sorted(codes))


# --- Who leads it -----------------------------------------------------------------------------------------------------


@transaction.atomic
def name_lead(*, risk: Risk, post: str, person: User | None, starts_on: date, by: User, at: datetime) -> RiskLead:
    """Say which post leads the risk from a day on, and who holds it. A risk may have several."""
    current = locked(risk)
    post = str(normal(post))
    there = current.leads.filter(post__iexact=post, ends_on=None)
    if there.exists():
        raise Refused(f"{post} leads this risk already. End that first if somebody else holds the post now.")
    lead = RiskLead.objects.create(risk=current, post=post, person=person, starts_on=starts_on)
    trail.record(act="risk.lead-named", thing=lead, by=by, at=at, starts_on=starts_on.isoformat())
    return lead


@transaction.atomic
def end_lead(*, lead: RiskLead, ends_on: date, by: User, at: datetime) -> RiskLead:
    """Let a post lead the risk no longer than to the end of a day."""
    locked(lead.risk)
    current = RiskLead.objects.select_for_update(no_key=True).select_related("risk").get(pk=lead.pk)
    if current.ends_on is not None:
        raise Refused(f"{current.post} leads this risk to the end of {formats.day(current.ends_on)} already.")
    if ends_on < current.starts_on:
        raise Refused(f"{current.post} leads it from {formats.day(current.starts_on)} on. It cannot end before.")
    if ends_on > london_day(at) + timedelta(days=366):
        raise Refused("That is more than a year away. Check the year.")
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    trail.record(act="risk.lead-ended", thing=current, by=by, at=at, ends_on=ends_on.isoformat())
    return current


# --- What keeps it down -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_control(*, risk: Risk, text: str, owner: str, assurance: str, by: User, at: datetime) -> Control:
    """Write something that keeps the risk down, who answers for it, and how it is known that it works."""
    current = locked(risk)
    said = {"text": str(normal(text)), "owner": str(normal(owner)), "assurance": str(normal(assurance))}
    if current.controls.filter(ended_at=None, text=said["text"]).exists():
        raise Refused("This control is there already, so it was not added again.")
    control = Control.objects.create(risk=current, added_at=at, added_by=by, **said)
    trail.record(act="control.added", thing=control, by=by, at=at)
    return control


@transaction.atomic
def end_control(*, control: Control, because: str, by: User, at: datetime) -> Control:
    """Say that a control is in place no more, and why. It stays in the risk’s history."""
    locked(control.risk)
    current = Control.objects.select_for_update(no_key=True).select_related("risk").get(pk=control.pk)
    if current.ended_at is not None:
        raise Refused("This control has been ended already.")
    current.ended_at, current.ended_by, current.ended_because = at, by, str(normal(because))
    current.save(update_fields=["ended_at", "ended_by", "ended_because"])
    trail.record(act="control.ended", thing=current, by=by, at=at, words={"because": current.ended_because})
    return current
