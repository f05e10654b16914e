"""Who must sign in with a second factor, and whether this session has.

The session remembers it: whoever has a second factor was asked for it while signing in.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from organisation.models import User
from organisation.permissions import Person, hold_appointments

GIVEN = "second_factor_given"


def is_required(user: Person) -> bool:
    """Whether one of the person's roles today asks for a second factor."""
    wanted: frozenset[str] = settings.SECOND_FACTOR_ROLES
    return bool(wanted) and any(held.role in wanted for held in hold_appointments(user))


def is_satisfied(request: HttpRequest) -> bool:
    """Whether the person has proved a second factor in this session: here, or where their single sign-on did."""
    if request.session.get(GIVEN):
        return True
    user = request.user if request.user.is_authenticated else None
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def remember(request: HttpRequest) -> None:
    """Note that the person of this session has just proved a second factor."""
    request.session[GIVEN] = True


def forget(request: HttpRequest) -> None:
    """Note that this session counts no longer as proved: the person has no second factor any more."""
    request.session.pop(GIVEN, None)
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [one for one in records if one.get("method") != "mfa"]


def factors_of(person: User) -> QuerySet[Authenticator]:
    """The person's second factors, without the recovery codes that come with them."""
    everything: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=person.pk)
    return everything.exclude(type=Authenticator.Type.RECOVERY_CODES)
