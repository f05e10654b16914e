"""Second factors on record: added and removed by their owner, taken away by an administrator where all are lost."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from organisation.models import User
from organisation.services import letters, sign_ins
from records.services import trail


@transaction.atomic
def record_added(*, person: User, kind: str, at: datetime) -> None:
    """Put on record that somebody has a second factor more; `kind` is app, passkey or recovery-codes."""
    trail.record(act="account.second_factor_added", thing=person, by=person, at=at, kind=kind)
    letters.request(kind=letters.FACTOR_ADDED, to=person, at=at)


@transaction.atomic
def record_removed(*, person: User, kind: str, by: User, at: datetime) -> None:
    """Put on record that somebody has a second factor less."""
    trail.record(act="account.second_factor_removed", thing=person, by=by, at=at, kind=kind)
    letters.request(kind=letters.FACTOR_REMOVED, to=person, at=at)


@transaction.atomic
def take_away(*, person: User, by: User, at: datetime) -> bool:
    """Remove every second factor of somebody who has lost them all, and end their sessions; return whether any was.

    They sign in with their password alone once more, and are asked to set up a new one at once if their role needs it.
    """
    removed, _ = Authenticator.objects.filter(user_id=person.pk).delete()
    if removed:
        record_removed(person=person, kind="all", by=by, at=at)
        sign_ins.end_all(person=person, by=by, at=at)
    return bool(removed)
