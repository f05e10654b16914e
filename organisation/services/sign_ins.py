"""Signing in and out, and the sessions that come of it: put on record, listed, ended.

What somebody typed is never kept. A try at an address that nobody has leaves an entry about no account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from organisation.models import User
from records.services import trail

_WORDS = {"totp": "app", "webauthn": "passkey", "recovery_codes": "recovery-code", "socialaccount": "sso"}


def word_for(record: dict[str, Any]) -> str:
    """Return how one step of signing in was done, as the trail says it: password, app, passkey, recovery-code, sso."""
    kind = str(record.get("type") if record.get("method") == "mfa" else record.get("method"))
    return _WORDS.get(kind, kind)


@transaction.atomic
def record(*, person: User, how: Sequence[str], at: datetime) -> None:
    """Put on record that somebody has signed in; `how` lists the steps, such as password, app."""
    trail.record(act="account.signed_in", thing=person, by=person, at=at, how="+".join(dict.fromkeys(how)))


@transaction.atomic
def record_end(*, person: User, at: datetime) -> None:
    """Put on record that somebody has signed out."""
    trail.record(act="account.signed_out", thing=person, by=person, at=at)


@transaction.atomic
def record_failure(*, address: str, why: str, at: datetime) -> None:
    """Put on record that a sign-in failed; `why` is password, code, passkey, limit or closed.

    Nobody knows who it was, so the entry has no actor: only, where there is one, the account that was tried.
    """
    person = User.objects.filter(email__iexact=address.strip()).first()
    trail.record(act="account.sign_in_failed", thing=person, by=None, at=at, why=why)


def sessions_of(person: User) -> list[tuple[UserSession, dict[str, Any]]]:
    """Return the person's sessions that there are still, with what is kept in each, newest first."""
    rows = UserSession.objects.filter(user_id=person.pk).order_by("-created_at", "-pk")
    stored = Session.objects.in_bulk([row.session_key for row in rows])
    return [(row, stored[row.session_key].get_decoded()) for row in rows if row.session_key in stored]


@transaction.atomic
def revoke(*, sessions: Iterable[UserSession], by: User, at: datetime) -> int:
    """End sessions at once, whatever is open in them; return how many there were."""
    ended = 0
    for session in sessions:
        Session.objects.filter(session_key=session.session_key).delete()
        session.delete()
        trail.record(act="session.revoked", thing=session.user, by=by, at=at)
        ended += 1
    return ended


def end_all(*, person: User, by: User, at: datetime) -> int:
    """End every session of somebody, as when their account is closed."""
    return revoke(sessions=UserSession.objects.filter(user_id=person.pk).select_related("user"), by=by, at=at)
