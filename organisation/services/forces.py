"""The force that runs the installation: what it is called, whether completer and signer may be one person, and after
how many days somebody further up is told of a statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from organisation.models import Force, User
from records.canonical import normal
from records.services import trail


@transaction.atomic
def change(
    *,
    name: str,
    short_name: str,
    completer_may_sign: bool,
    finaliser_may_publish: bool,
    slt_lead_told_after_days: int,
    cog_lead_told_after_days: int,
    review_within_days: int,
    by: User,
    at: datetime,
) -> tuple[str, ...]:
    """Change the force's settings, or make them the first time; return which changed."""
    days = {
        "slt_lead_told_after_days": slt_lead_told_after_days,
        "cog_lead_told_after_days": cog_lead_told_after_days,
        "review_within_days": review_within_days,
    }
    one_person = {"completer_may_sign": completer_may_sign, "finaliser_may_publish": finaliser_may_publish}
    wanted: dict[str, Any] = {"name": normal(name), "short_name": normal(short_name), **one_person, **days}
    force = Force.objects.select_for_update(no_key=True).first()
    if force is None:
        force, changed = Force.objects.create(**wanted), tuple(wanted)
    else:
        changed = tuple(field for field, value in wanted.items() if getattr(force, field) != value)
        for field in changed:
            setattr(force, field, wanted[field])
        force.save(update_fields=list(wanted))
    if changed:
        told = {"changed": list(changed), **one_person, **days}
        trail.record(act="force.changed", thing=force, by=by, at=at, **told)
    return changed
