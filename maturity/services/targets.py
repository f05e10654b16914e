"""Entering targets, and putting one in the place of another. What was endorsed is never edited."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime

from django.db import transaction

from maturity.models import Target, Theme
from organisation.models import BusinessGroup, RiskBand, Unit, User
from organisation.periods import london_day
from records.services import trail


class Refused(Exception):
    """The target cannot be entered; the text says why and what to do."""


@dataclass(frozen=True)
class Terms:
    """What was endorsed: a level, by when, for whom and where in the model.

    For at most one of a group, a unit or some risk bands: with none of them, for the whole force. `share` is in per
    cent of the units it is for; None means every one of them.
    """

    level: int
    by_on: date
    endorsed_by: str
    endorsed_on: date
    self_sustaining: bool = False
    group: BusinessGroup | None = None
    unit: Unit | None = None
    risk_bands: list[str] = field(default_factory=list)
    theme_identity: str = ""
    share: int | None = None
    source: str = ""
    note: str = ""


@transaction.atomic
def add(*, terms: Terms, by: User | None, at: datetime) -> Target:
    """Enter a target that the Board or another body has endorsed; `by` is None where the system does."""
    target = _enter(terms, by=by, at=at)
    trail.record(act="target.entered", thing=target, by=by, at=at, **_told(target))
    return target


@transaction.atomic
def supersede(*, target: Target, terms: Terms, by: User | None, at: datetime) -> Target:
    """Enter a target that takes the place of another, and return it. The earlier one stays readable."""
    earlier = Target.objects.select_for_update(no_key=True).get(pk=target.pk)
    if earlier.superseded_by_id is not None:
        raise Refused("Another target has taken this one’s place already. Supersede that one instead.")
    later = _enter(terms, by=by, at=at)
    earlier.superseded_by, earlier.superseded_at = later, at
    earlier.save(update_fields=["superseded_by", "superseded_at"])
    trail.record(act="target.superseded", thing=earlier, by=by, at=at, superseded_by=later.pk, **_told(later))
    return later


def _enter(terms: Terms, *, by: User | None, at: datetime) -> Target:
    _refuse_what_cannot_be(terms, today=london_day(at))
    values = {one.name: getattr(terms, one.name) for one in fields(terms)}
    values["risk_bands"] = [band for band in RiskBand.values if band in terms.risk_bands]
    if Target.objects.current().filter(**values).exists():
        raise Refused("This very target stands already, so it is not entered again.")
    return Target.objects.create(**values, entered_at=at, entered_by=by)


def _refuse_what_cannot_be(terms: Terms, *, today: date) -> None:
    if sum(map(bool, (terms.group, terms.unit, terms.risk_bands))) > 1:
        raise Refused(
            "A target is for one business group, one unit or some risk bands. Choose one of the three, or none of "
            "them for the whole force."
        )
    if terms.unit is not None and terms.share is not None:
        raise Refused("A share is of several units, and this target is for one. Leave the share empty.")
    if terms.endorsed_on > today:
        raise Refused("The day of endorsement is in the future. Enter the target once it has been endorsed.")
    if terms.by_on < terms.endorsed_on:
        raise Refused("The target was to be reached before it was endorsed. Check both days.")
    if terms.theme_identity and not Theme.objects.filter(identity=terms.theme_identity).exists():
        raise Refused("No edition of the model has this theme. Choose another one.")


def _told(target: Target) -> dict[str, str | int | None]:
    """The terms as the trail keeps them."""
    return {
        "level": target.level,
        "by_on": target.by_on.isoformat(),
        "for_whom": target.for_whom,
        "theme": target.theme_identity or None,
        "endorsed_by": target.endorsed_by,
    }
