"""Inviting somebody whose account has just been made: they choose their own password, nobody else ever knows it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.models import User
from organisation.services import letters
from records.services import trail


@transaction.atomic
def invite(*, person: User, by: User, at: datetime) -> None:
    """Send the person a link to choose a password. It works once and for three days; inviting again sends another."""
    trail.record(act="account.invited", thing=person, by=by, at=at)
    letters.request(kind=letters.INVITATION, to=person, at=at)
