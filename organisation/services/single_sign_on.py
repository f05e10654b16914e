"""Meeting somebody whom the force's own provider has let in: by their account, or by a new one without rights."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from organisation.identity import Identity
from organisation.models import User
from records.services import trail


class Refusal(Enum):
    """Why the provider's word does not open the door; the text is for the person at it."""

    CLOSED = "Your account is closed. Ask whoever manages accounts in your force to open it again."
    NO_EMAIL = "Your organisation’s sign-in did not tell us an e-mail address for you."
    UNVERIFIED = "Your organisation’s sign-in did not confirm that your e-mail address is yours."
    DOMAIN = "Your e-mail address is not one of those that may be used here."
    ANOTHER = (
        "An account here has your e-mail address, and belongs to another identity in your organisation’s sign-in. "
        "Addresses are sometimes given to somebody new, so we do not open it for you."
    )


class Refused(Exception):
    """Nobody is signed in."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(why.value)


def meet(*, identity: Identity, provider: str, domains: Collection[str], at: datetime) -> SocialAccount:
    """Return the link between the provider's identity and an account, made now if this is their first sign-in.

    An account is met by the provider's subject for ever after, and by a verified e-mail address once: when no identity
    of this provider is linked to it yet. `domains` limits whom a new link is made for; empty: nobody is left out.
    A new account holds no appointment and so no rights at all. Raises Refused, which the trail records.
    """
    try:
        return _meet(identity, provider, domains, at)
    except IntegrityError:  # two first sign-ins at once: the other one has made what we look for
        return _meet(identity, provider, domains, at)
    except Refused as refused:
        record_refusal(why=refused.why.name.lower(), thing=_by_subject_or_email(identity, provider), at=at)
        raise


def record_refusal(*, why: str, thing: User | None, at: datetime) -> None:
    """Let the trail tell of a sign-in through the provider that led to nothing."""
    with transaction.atomic():
        trail.record(act="account.sign_in_failed", thing=thing, by=None, at=at, how="sso", why=why)


def _meet(identity: Identity, provider: str, domains: Collection[str], at: datetime) -> SocialAccount:
    with transaction.atomic():
        link = SocialAccount.objects.select_related("user").filter(provider=provider, uid=identity.subject).first()
        if link is None:
            link = _link(identity, provider, domains, at)
        if not link.user.is_active:
            raise Refused(Refusal.CLOSED)
        return link


def _link(identity: Identity, provider: str, domains: Collection[str], at: datetime) -> SocialAccount:
    if not _is_address(identity.email):
        raise Refused(Refusal.NO_EMAIL)
    if not identity.email_is_verified:
        raise Refused(Refusal.UNVERIFIED)
    if domains and identity.domain not in domains:
        raise Refused(Refusal.DOMAIN)
    # Locked, so that one account is not linked to two identities that arrive at once.
    user = User.objects.select_for_update(no_key=True).filter(email__iexact=identity.email).first()
    if user is None:
        user = User.objects.create_user(identity.email, name=identity.name)
        trail.record(act="account.made", thing=user, by=user, at=at, how="sso")
    elif not user.is_active:
        raise Refused(Refusal.CLOSED)
    elif SocialAccount.objects.filter(user=user, provider=provider).exists():
        raise Refused(Refusal.ANOTHER)
    link = SocialAccount.objects.create(user=user, provider=provider, uid=identity.subject, extra_data={})
    trail.record(act="account.linked", thing=user, by=user, at=at, how="sso")
    return link


def _by_subject_or_email(identity: Identity, provider: str) -> User | None:
    link = SocialAccount.objects.select_related("user").filter(provider=provider, uid=identity.subject).first()
    return link.user if link else User.objects.filter(email__iexact=identity.email).first()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
