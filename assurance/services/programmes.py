"""Audit programmes: proposing what to audit in a half-year, adopting it, and changing what was adopted.

Seeds are drawn here and never typed: whoever could choose one could try until it suits. Each draw stays, with who drew
it, and is in the trail.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum

from assurance import injury_signals
from assurance.models import (
    AuditProgramme,
    ChangeKind,
    Chosen,
    ProgrammeChange,
    ProgrammeDraw,
    ProgrammeItem,
    ProgrammeState,
)
from assurance.rules import Refused
from assurance.sampling import Drawn, Ingredient, NothingFits, Part, Scored, draw
from assurance.services.selecting import Effort, facts_of, units_of
from organisation.models import Unit, User
from organisation.periods import HalfYear, london_day
from records.canonical import normal
from records.services import trail
from rendering.formats import decimal

SEED_BYTES = 8
ACT_OF = {
    ChangeKind.ADDED: "programme.added",
    ChangeKind.REMOVED: "programme.removed",
    ChangeKind.MOVED: "programme.moved",
}
SAY_WHY = "Say why. Whoever reads the programme reads it beside the change."


@dataclass(frozen=True)
class Wanted:
    """What a programme is proposed with: weights of the ingredients, the share left to chance, and auditors' days."""

    weights: Mapping[Ingredient, int]
    random_share: int
    auditor_days: Decimal
    days_per_audit: Decimal
    days_per_theme: Decimal

    def as_columns(self) -> dict[str, Any]:
        """What the programme keeps of it."""
        return vars(self) | {"weights": {str(one): self.weights[one] for one in Ingredient}}


def wanted_of(programme: AuditProgramme) -> Wanted:
    """Return what a programme was last proposed with."""
    return Wanted(
        weights={one: programme.weights[one] for one in Ingredient},
        random_share=programme.random_share,
        auditor_days=programme.auditor_days,
        days_per_audit=programme.days_per_audit,
        days_per_theme=programme.days_per_theme,
    )


# --- Proposing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(*, half: HalfYear, wanted: Wanted, by: User, at: datetime) -> AuditProgramme:
    """Propose the half's programme from what is known today; proposed before, it is proposed anew with its seed.

    Raises Refused where the half is over, its programme is adopted, or not one audit fits into the days.
    """
    today = london_day(at)
    if half.last_day < today:
        raise Refused("That half-year is over, so nothing can be planned for it. Choose this one or a later one.")
    seed = _new_seed()
    programme, is_new = AuditProgramme.objects.get_or_create(
        half=half,
        defaults={"as_at": today, "seed": seed, "proposed_at": at, "proposed_by": by, **wanted.as_columns()},
    )
    if is_new:
        _record_draw(programme, number=1, because="", by=by, at=at)
    return _propose(_to_propose(programme), wanted, own_days=_own_days(programme), by=by, at=at)


@transaction.atomic
def draw_again(*, programme: AuditProgramme, because: str, by: User, at: datetime) -> AuditProgramme:
    """Draw another seed and propose the programme anew with it. Raises Refused, also without a reason."""
    because = normal(because).strip()
    if not because:
        raise Refused("Say why another seed is drawn. Whoever reads the programme reads it beside the draw.")
    current = _to_propose(programme)
    current.seed = _new_seed()
    last = current.draws.aggregate(last=Max("number"))["last"]
    _record_draw(current, number=last + 1, because=because, by=by, at=at)
    return _propose(current, wanted_of(current), own_days=_own_days(current), by=by, at=at)


@transaction.atomic
def set_days(*, item: ProgrammeItem, days: Decimal | None, by: User, at: datetime) -> AuditProgramme:
    """Set how long the audit of one unit takes, None: as long as any; and propose the programme anew with it."""
    current = _to_propose(item.programme)
    own_days = _own_days(current)
    own_days.pop(item.unit_id, None)
    if days is not None:
        own_days[item.unit_id] = days
    trail.record(act="programme.days_set", thing=item, by=by, at=at, days=str(days) if days else "as any audit")
    return _propose(current, wanted_of(current), own_days=own_days, by=by, at=at)


def _new_seed() -> str:
    return secrets.token_hex(SEED_BYTES)


def _record_draw(programme: AuditProgramme, *, number: int, because: str, by: User, at: datetime) -> None:
    made = ProgrammeDraw.objects.create(
        programme=programme, number=number, seed=programme.seed, because=because, drawn_at=at, drawn_by=by
    )
    words = {"reason": because} if because else None
    trail.record(act="programme.drawn", thing=made, by=by, at=at, words=words, seed=made.seed, number=number)


def _locked(programme: AuditProgramme) -> AuditProgramme:
    return AuditProgramme.objects.select_for_update(no_key=True).get(pk=programme.pk)


def _to_propose(programme: AuditProgramme) -> AuditProgramme:
    current = _locked(programme)
    if current.is_adopted:
        raise Refused("This programme is adopted. Add, remove or move single units instead, each with its reason.")
    return current


def _own_days(programme: AuditProgramme) -> dict[int, Decimal]:
    return dict(programme.items.filter(own_days=True).values_list("unit", "days"))


def _propose(
    programme: AuditProgramme, wanted: Wanted, *, own_days: dict[int, Decimal], by: User, at: datetime
) -> AuditProgramme:
    """Score, draw and write: the programme's row is locked, its items are replaced."""
    today = london_day(at)
    effort = Effort(wanted.days_per_audit, wanted.days_per_theme, own_days)
    units = facts_of(programme.half, effort, as_at=today)
    try:
        drawn = draw(
            units,
            wanted.weights,
            seed=programme.seed,
            as_at=today,
            injuries=injury_signals.of_units([unit.id for unit in units], today),
            days=wanted.auditor_days,
            random_share=wanted.random_share,
        )
    except NothingFits as why:
        longest = max(unit.days for unit in units)
        raise Refused(
            f"The longest audit takes {decimal(longest)} days and the auditors have {decimal(wanted.auditor_days)}, so "
            "chance could draw an audit that does not fit. Give the auditors more days, or make that audit shorter."
        ) from why
    for name, value in wanted.as_columns().items():
        setattr(programme, name, value)
    programme.version += 1
    programme.as_at, programme.proposed_at, programme.proposed_by = today, at, by
    programme.save()
    programme.items.all().delete()
    ProgrammeItem.objects.bulk_create(_items(programme, drawn, own_days))
    columns = {name: str(value) for name, value in wanted.as_columns().items() if name != "weights"}
    trail.record(
        act="programme.proposed",
        thing=programme,
        by=by,
        at=at,
        version=programme.version,
        seed=programme.seed,
        units=len(drawn.ranking),
        by_score=len(drawn.by_score),
        by_chance=len(drawn.by_chance),
        weights=programme.weights,
        **columns,
    )
    return programme


def _items(programme: AuditProgramme, drawn: Drawn, own_days: Mapping[int, Decimal]) -> list[ProgrammeItem]:
    places = {one.unit.id: place for place, one in enumerate(drawn.chosen, start=1)}
    by_score = {one.unit.id for one in drawn.by_score}

    def item(one: Scored) -> ProgrammeItem:
        place = places.get(one.unit.id)
        chosen = "" if place is None else Chosen.BY_SCORE if one.unit.id in by_score else Chosen.BY_CHANCE
        return ProgrammeItem(
            programme=programme,
            unit_id=one.unit.id,
            rank=one.rank,
            score=one.score,
            ingredients=[_frozen(part) for part in one.parts],
            days=one.unit.days,
            own_days=one.unit.id in own_days,
            chosen=chosen,
            place=place,
        )

    return [item(one) for one in drawn.ranking]


def _frozen(part: Part) -> dict[str, Any]:
    return {"ingredient": str(part.ingredient), "value": part.value, "weight": part.weight, "fact": part.fact}


def parts_of(item: ProgrammeItem) -> list[Part]:
    """Return what an item's score is made of, as it was frozen."""
    return [Part(Ingredient(one["ingredient"]), one["value"], one["weight"], one["fact"]) for one in item.ingredients]


# --- Adopting and changing ----------------------------------------------------------------------------------------


@transaction.atomic
def adopt(*, programme: AuditProgramme, seen_version: int, by: User, at: datetime) -> AuditProgramme:
    """Adopt exactly the proposal that was on the Head's screen. From now on it is frozen. Raises Refused."""
    current = _locked(programme)
    if current.is_adopted:
        raise Refused("This programme has been adopted already.")
    if current.version != seen_version:
        raise Refused("The programme has been proposed anew since you opened this page. Read it again, then adopt it.")
    if current.half.last_day < london_day(at):
        raise Refused("That half-year is over, so there is nothing left to adopt.")
    current.state, current.adopted_at, current.adopted_by = ProgrammeState.ADOPTED, at, by
    current.save(update_fields=["state", "adopted_at", "adopted_by"])
    taken = current.items.exclude(place=None)
    trail.record(
        act="programme.adopted",
        thing=current,
        by=by,
        at=at,
        version=current.version,
        seed=current.seed,
        audits=taken.count(),
    )
    return current


@transaction.atomic
def add(*, programme: AuditProgramme, unit: Unit, reason: str, by: User, at: datetime) -> ProgrammeChange:
    """Add a unit at the end of an adopted programme. Raises Refused where it is in, or its audit does not fit."""
    current, reason = _to_change(programme, reason)
    item = current.items.filter(unit=unit).first() or _without_score(current, unit, at)
    if item.place is not None:
        raise Refused(f"{unit.name} is in the programme already.")
    taken = current.items.exclude(place=None).aggregate(days=Sum("days"), last=Max("place"))
    together = (taken["days"] or Decimal(0)) + item.days
    if together > current.auditor_days:
        raise Refused(
            f"With {unit.name} the audits would take {decimal(together)} days, and the auditors have "
            f"{decimal(current.auditor_days)}. Remove another unit first."
        )
    item.place, item.chosen = (taken["last"] or 0) + 1, item.chosen or Chosen.ADDED
    item.save()
    return _record_change(current, unit, ChangeKind.ADDED, None, item.place, reason, by, at)


@transaction.atomic
def remove(*, item: ProgrammeItem, reason: str, by: User, at: datetime) -> ProgrammeChange:
    """Remove a unit from an adopted programme; those behind it move up. Raises Refused."""
    current, reason = _to_change(item.programme, reason)
    order, found = _in_order(current, item)
    before = found.place
    order.remove(found)
    found.place = None
    _write_places([found], order)
    return _record_change(current, item.unit, ChangeKind.REMOVED, before, None, reason, by, at)


@transaction.atomic
def move(*, item: ProgrammeItem, place: int, reason: str, by: User, at: datetime) -> ProgrammeChange:
    """Give a unit of an adopted programme another place; those in between make room. Raises Refused."""
    current, reason = _to_change(item.programme, reason)
    order, found = _in_order(current, item)
    before = found.place
    if not 1 <= place <= len(order):
        raise Refused(f"The programme has places 1 to {len(order)}. Choose one of them.")
    if place == before:
        raise Refused(f"It has place {place} already. Choose another.")
    order.remove(found)
    order.insert(place - 1, found)
    _write_places([], order)
    return _record_change(current, item.unit, ChangeKind.MOVED, before, place, reason, by, at)


def _to_change(programme: AuditProgramme, reason: str) -> tuple[AuditProgramme, str]:
    reason = normal(reason).strip()
    if not reason:
        raise Refused(SAY_WHY)
    current = _locked(programme)
    if not current.is_adopted:
        raise Refused("This programme is not adopted yet. Propose it anew with other weights or days instead.")
    return current, reason


def _without_score(programme: AuditProgramme, unit: Unit, at: datetime) -> ProgrammeItem:
    """A unit that was not there when the programme was proposed: an audit of it takes what most take."""
    if not units_of(programme.half, as_at=london_day(at)).filter(pk=unit.pk).exists():
        raise Refused(f"{unit.name} is not there in that half-year.")
    usual = programme.items.filter(own_days=False).values_list("days", flat=True).first()
    return ProgrammeItem(programme=programme, unit=unit, days=usual or programme.days_per_audit)


def _in_order(programme: AuditProgramme, item: ProgrammeItem) -> tuple[list[ProgrammeItem], ProgrammeItem]:
    order = list(programme.items.exclude(place=None).order_by("place"))
    found = next((one for one in order if one.pk == item.pk), None)
    if found is None:
        raise Refused(f"{item.unit.name} is not in the programme any more.")
    return order, found


def _write_places(out: list[ProgrammeItem], order: Sequence[ProgrammeItem]) -> None:
    for place, one in enumerate(order, start=1):
        one.place = place
    ProgrammeItem.objects.bulk_update([*out, *order], ["place"])


def _record_change(
    programme: AuditProgramme,
    unit: Unit,
    kind: ChangeKind,
    before: int | None,
    place: int | None,
    reason: str,
    by: User,
    at: datetime,
) -> ProgrammeChange:
    made = ProgrammeChange.objects.create(
        programme=programme, unit=unit, kind=kind, place_before=before, place=place, reason=reason, at=at, by=by
    )
    trail.record(act=ACT_OF[kind], thing=made, by=by, at=at, words={"reason": reason}, place_before=before, place=place)
    return made
