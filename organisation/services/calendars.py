"""A person's private link to the feed of their dates: made, shown once, taken back.

The secret in the link is 256 random bits. Only its digest is kept and looked up, so that nobody who reads the database
can open a feed, and how long a look-up takes says nothing about the secrets there are.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from organisation.models import CalendarLink, User
from records.services import trail

SECRET_BYTES = 32


class LinkChanged(Exception):
    """Another link has been made, or the one there was has been stopped, since the page was read."""


@transaction.atomic
def make_link(*, person: User, instead_of: int | None, at: datetime) -> str:
    """Make the person's link and return its secret, for the only time. The link so far stops at once.

    `instead_of` is the id of the link that the person saw when they asked, None where there was none: the same form
    sent twice makes one link. Raises LinkChanged otherwise.
    """
    _lock(person)
    current = CalendarLink.objects.filter(person=person, revoked_at=None).first()
    if (current.pk if current else None) != instead_of:
        raise LinkChanged
    if current is not None:
        _revoke(current, by=person, at=at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = CalendarLink.objects.create(person=person, token_digest=digest_of(secret), created_at=at)
    trail.record(act="calendar-link.made", thing=link, by=person, at=at)
    return secret


@transaction.atomic
def revoke_link(*, person: User, at: datetime) -> bool:
    """Stop the person's link at once; return whether there was one."""
    _lock(person)
    current = CalendarLink.objects.filter(person=person, revoked_at=None).first()
    if current is not None:
        _revoke(current, by=person, at=at)
    return current is not None


def person_of(secret: str) -> User | None:
    """Return whose feed the secret opens; None where it is unknown or stopped, or the person's account is closed."""
    links = CalendarLink.objects.filter(revoked_at=None, person__is_active=True).select_related("person")
    link = links.filter(token_digest=digest_of(secret)).first()
    return None if link is None else link.person


def digest_of(secret: str) -> str:
    """Return the SHA-256 that a secret is kept and found by. There is nothing to guess, so no salt slows it down."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _lock(person: User) -> None:
    """Let two requests of one person follow each other. Not the key: rows that refer to the person may go on."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _revoke(link: CalendarLink, *, by: User, at: datetime) -> None:
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    trail.record(act="calendar-link.stopped", thing=link, by=by, at=at)
