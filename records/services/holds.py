"""Legal holds: placed by one person, at once; lifted by two.

    holds.place(record_class=…, scope=HoldScope.UNIT, scope_id=unit.pk, authority="…", reason="…", by=head, at=now)
    holds.covering(RecordClass.STATEMENTS, [(HoldScope.UNIT, unit.pk), (HoldScope.GROUP, group.pk)]).exists()

Whatever deletes asks `covering` first, in the transaction in which it deletes, under `locked`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from records.models import HoldScope, LegalHold, RecordClass
from records.models.hold import LegalHoldQuerySet
from records.services import trail

# Whoever places a hold, and whoever deletes, holds this advisory lock until their transaction has ended.
HOLDS_LOCK = 7_266_483_102


class Refused(Exception):
    """The act is not possible as things stand; the text says why and what to do."""


def locked() -> None:
    """Wait for whoever is placing a hold or deleting at this moment. Refuses to run outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("Holds are looked at in the transaction that deletes.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLDS_LOCK])


def covering(record_class: RecordClass, scopes: Iterable[tuple[HoldScope, int]]) -> LegalHoldQuerySet:
    """Return the holds in force that forbid deleting records of a class which belong to any of these scopes."""
    return LegalHold.objects.in_force().of(record_class).over(scopes)


@transaction.atomic
def place(
    *,
    record_class: RecordClass,
    scope: HoldScope,
    scope_id: int | None,
    authority: str,
    reason: str,
    by: AbstractBaseUser,
    at: datetime,
) -> LegalHold:
    """Forbid, from now on, that such records are deleted."""
    locked()
    hold = LegalHold.objects.create(
        record_class=record_class,
        scope=scope,
        scope_id=scope_id,
        authority=authority.strip(),
        reason=reason.strip(),
        placed_at=at,
        placed_by_id=by.pk,
    )
    # What it is about may be a person, and why may name one: both stay in the row.
    trail.record(act="hold.placed", thing=hold, by=by, at=at, record_class=hold.record_class, scope=hold.scope)
    return hold


@transaction.atomic
def ask_to_lift(*, hold: LegalHold, authority: str, reason: str, by: AbstractBaseUser, at: datetime) -> LegalHold:
    """Ask that a hold be lifted; it stays in force until another person agrees."""
    current = _in_force(hold)
    if current.lift_asked_at is not None:
        raise Refused("Somebody has asked already to lift this hold. Another person now agrees, or keeps it.")
    current.lift_asked_at, current.lift_asked_by_id = at, by.pk
    current.lift_authority, current.lift_reason = authority.strip(), reason.strip()
    current.save(update_fields=["lift_asked_at", "lift_asked_by", "lift_authority", "lift_reason"])
    trail.record(act="hold.lift_asked", thing=current, by=by, at=at)
    return current


@transaction.atomic
def lift(*, hold: LegalHold, by: AbstractBaseUser, at: datetime) -> LegalHold:
    """Agree that a hold is lifted. Raises Refused for whoever asked, and where nobody has asked."""
    current = _in_force(hold)
    if current.lift_asked_at is None:
        raise Refused("Nobody has asked to lift this hold. One person asks, saying why; another one agrees.")
    if current.lift_asked_by_id == by.pk:
        raise Refused("You asked to lift this hold, so somebody else has to agree.")
    current.lifted_at, current.lifted_by_id = at, by.pk
    current.save(update_fields=["lifted_at", "lifted_by"])
    trail.record(act="hold.lifted", thing=current, by=by, at=at)
    return current


@transaction.atomic
def keep(*, hold: LegalHold, by: AbstractBaseUser, at: datetime) -> LegalHold:
    """Keep a hold that somebody has asked to lift."""
    current = _in_force(hold)
    if current.lift_asked_at is None:
        raise Refused("Nobody has asked to lift this hold: it is kept already.")
    current.lift_asked_at = current.lift_asked_by = None
    current.lift_authority = current.lift_reason = ""
    current.save(update_fields=["lift_asked_at", "lift_asked_by", "lift_authority", "lift_reason"])
    trail.record(act="hold.kept", thing=current, by=by, at=at)
    return current


def _in_force(hold: LegalHold) -> LegalHold:
    current = LegalHold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    if not current.is_in_force:
        raise Refused("This hold has been lifted. If the records must be held again, place a new one.")
    return current
