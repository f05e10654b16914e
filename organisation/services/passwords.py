"""Passwords: changed by whoever is signed in, chosen anew by whoever has the link from an e-mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.models import User
from organisation.services import letters
from records.services import trail


@transaction.atomic
def change(*, person: User, password: str, at: datetime) -> None:
    """Set the password of somebody who knows the one so far. Their other sessions end with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    trail.record(act="account.password_changed", thing=person, by=person, at=at)
    letters.request(kind=letters.PASSWORD_CHANGED, to=person, at=at)


@transaction.atomic
def reset(*, person: User, password: str, at: datetime) -> None:
    """Set the password of somebody who has opened the link that was sent to them. Every session ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    trail.record(act="account.password_reset", thing=person, by=person, at=at)
    letters.request(kind=letters.PASSWORD_CHANGED, to=person, at=at)
