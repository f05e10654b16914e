"""Working data of this room that is of no use any more, deleted: by its age, or because its person is removed.

`sparing` are the people, by id, whose data a legal hold keeps.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import TextField
from django.db.models.functions import Cast

from organisation.models import AppointmentFile, CalendarLink, Qualification, User
from organisation.services import accounts, letters

# Of everybody whose data was removed. Nothing is ever sent there: the ending is kept free for such uses (RFC 2606).
NO_ADDRESS = "removed-{number}@removed.invalid"
NO_NAME = "Removed account {number}"


def old_sessions(*, now: datetime, sparing: Collection[int]) -> int:
    """Delete sessions that have ended, and what was noted of them; return how many ended."""
    ended, _ = Session.objects.filter(expire_date__lt=now).delete()
    notes = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    notes.exclude(user__in=sparing).delete()
    return ended


def old_links(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete calendar links that were stopped before a moment; return how many."""
    return CalendarLink.objects.filter(revoked_at__lt=before).exclude(person__in=sparing).delete()[0]


def old_appointment_files(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete files of appointments that were brought in before a moment, applied or not; return how many."""
    return AppointmentFile.objects.filter(uploaded_at__lt=before).exclude(by__in=sparing).delete()[0]


def person(*, person: User, at: datetime) -> None:
    """Drop all that the account is: how it is called and signed in to, factors, links and qualifications.

    The row stays, without anything of the person's in it: what they signed and decided points at it.
    """
    accounts.end_sessions(person)
    letters.forget(person)
    for model in (UserSession, Authenticator, SocialAccount, EmailAddress):
        model.objects.filter(user=person).delete()
    AppointmentFile.objects.filter(by=person).delete()
    # A file that waits to be applied may ask for an appointment of theirs: it is of no use any more.
    AppointmentFile.objects.annotate(said=Cast("lines", TextField())).filter(said__icontains=person.email).delete()
    for owned in (CalendarLink, Qualification):
        owned._default_manager.filter(person=person).delete()
    person.email = NO_ADDRESS.format(number=person.pk)
    person.name = NO_NAME.format(number=person.pk)
    person.set_unusable_password()
    person.is_active, person.removed_at, person.last_login = False, at, None
    person.save(update_fields=["email", "name", "password", "is_active", "removed_at", "last_login"])
