"""Passwords: changed by whoever is signed in, chosen anew by whoever has the link from an e-mail."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Exists, OuterRef

from organisation.models import User
from organisation.services import letters
from records.services import trail


def whose(address: str) -> User | None:
    """Return whose forgotten password a link may replace: of the open account with the address, by one query.

    Nobody's, where its person signs in by single sign-on and has none here. The link would be a way around the
    provider, and around the second factor that was proved there: whoever reads the mailbox could set up their own.
    """
    people = User.objects.filter(email__iexact=address, is_active=True)
    if settings.SINGLE_SIGN_ON is not None:
        linked = SocialAccount.objects.filter(user=OuterRef("pk"))
        people = people.exclude(Exists(linked), password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people.first()


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
