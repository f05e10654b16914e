"""The trail: one row an act, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction

from records.models import TrailEntry

THE_SYSTEM = "the system"


def record(*, act: str, thing: models.Model, by: AbstractBaseUser | None, at: datetime, **detail: Any) -> TrailEntry:
    """Write who did what to which thing; `by` is None where the system acted on its own.

    Refuses to run outside a transaction: an act and its trail are true together or not at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The trail of {act} must be written in the transaction of the act itself.")
    return TrailEntry.objects.create(
        at=at,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else THE_SYSTEM,
        act=act,
        thing_type=thing._meta.label,
        thing_id=thing.pk,
        thing_name=str(thing)[:300],
        detail=detail,
    )
