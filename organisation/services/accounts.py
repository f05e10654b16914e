"""Accounts: made, changed, closed and reopened. An account gives no rights; appointments do."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from organisation.models import Appointment, User
from organisation.periods import london_day
from organisation.rules import Refused
from organisation.services import appointments, invitations, letters, sign_ins
from records.canonical import normal
from records.services import trail

REMOVED = "The personal data of this account was removed. It stays closed; make a new one if the person is back."


@transaction.atomic
def make(*, name: str, email: str, by: User | None, at: datetime) -> User:
    """Make an account that nobody can sign in to yet: its person chooses the password. `by` None: a command did."""
    email = _free(email)
    person = User.objects.create_user(email, None, name=normal(name))
    trail.record(act="account.made", thing=person, by=by, at=at)
    return person


def can_invite() -> bool:
    """Whether invitations go out, and lead to something: not where everybody signs in through a provider."""
    return bool(settings.EMAIL_GOES_OUT and settings.LOCAL_PASSWORDS)


@transaction.atomic
def invite(*, person: User, by: User, at: datetime) -> None:
    """Send somebody a link to choose a password with. Raises Refused where it would lead nowhere."""
    if not can_invite():
        raise Refused("This installation sends no e-mail, or has no passwords of its own, so nobody can be invited.")
    if not _locked(person).is_active:
        raise Refused("This account is closed. Reopen it first.")
    invitations.invite(person=person, by=by, at=at)


@transaction.atomic
def change(*, person: User, name: str, email: str, by: User, at: datetime) -> tuple[str, ...]:
    """Change how an account is called and signed in to; return which of the two changed.

    A new address ends the sessions that are open, and the old one opens nothing any more. It is told so: whoever
    changes addresses could otherwise take an account over, and its owner would be the last to know.
    """
    locked = _locked(person)
    if locked.removed_at is not None:
        raise Refused(REMOVED)
    wanted = {"name": normal(name), "email": email}
    changed = tuple(field for field, value in wanted.items() if getattr(locked, field) != value)
    if not changed:
        return ()
    if "email" in changed:
        before, locked.email = locked.email, _free(email, besides=locked)
        letters.request(kind=letters.ADDRESS_CHANGED, to=locked, at=at, address=before)
        EmailAddress.objects.filter(user=locked).delete()
        sign_ins.end_all(person=locked, by=by, at=at)
    locked.name = wanted["name"]
    locked.save(update_fields=["name", "email"])
    trail.record(act="account.changed", thing=locked, by=by, at=at, changed=list(changed))
    return changed


@transaction.atomic
def close(*, person: User, because: str, by: User, at: datetime) -> int:
    """Close an account at once, in open sessions too; return how many of its appointments ended with it."""
    if person.pk == by.pk:
        raise Refused("You cannot close your own account. Ask another administrator.")
    locked = _locked(person)
    if not locked.is_active:
        raise Refused("This account is closed already.")
    today = london_day(at)
    held = Appointment.objects.filter(person=locked).ahead_or_in_force(today)
    ended = [appointments.end_at_once(appointment=one, because=because, by=by, at=at) for one in held.order_by("pk")]
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    sign_ins.end_all(person=locked, by=by, at=at)
    trail.record(act="account.closed", thing=locked, by=by, at=at, appointments=len(ended))
    return len(ended)


@transaction.atomic
def reopen(*, person: User, by: User, at: datetime) -> User:
    """Let a closed account be signed in to again. Its appointments have ended; it has no rights before new ones."""
    locked = _locked(person)
    if locked.removed_at is not None:
        raise Refused(REMOVED)
    if locked.is_active:
        raise Refused("This account is open already.")
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    trail.record(act="account.reopened", thing=locked, by=by, at=at)
    return locked


def end_sessions(person: User) -> int:
    """End every session of the person without a word, also those that nobody has listed; return how many."""
    key = str(person.pk)
    doomed = [one.pk for one in Session.objects.iterator() if one.get_decoded().get("_auth_user_id") == key]
    count, _ = Session.objects.filter(pk__in=doomed).delete()
    return count


def by_email(email: str) -> User | None:
    """Return whose account the address is, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def _free(email: str, *, besides: User | None = None) -> str:
    """Return the address as it is stored, where no other account has it."""
    address = User.objects.normalize_email(email.strip())
    others = User.objects.filter(email__iexact=address)
    other = (others.exclude(pk=besides.pk) if besides else others).first()
    if other is not None:
        state = "" if other.is_active else ", which is closed"
        raise Refused(f"There is an account with the address {other.email} already, {other.name}’s{state}.")
    return address


def _locked(person: User) -> User:
    """The account as it stands, held against other changes. Not the key: rows that refer to it may go on."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)
