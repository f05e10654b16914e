"""What this room holds about a person: the account, how it is signed in to, appointments and qualifications.

Passwords, secrets of second factors and keys of sessions are never told, not even to their owner.
"""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import models

from organisation.models import Appointment, AppointmentFile, CalendarLink, Qualification, User
from records.holdings import UNTIL_REMOVED, Held, Holding
from records.models import RecordClass

TO_SIGN_IN = "So that you, and nobody else, can sign in."
APPOINTED = "Rights come from appointments, and it must be known later who held which."
AS_LONG_AS_WHAT_WAS_DONE = "As long as the records of what you did under them."


def _held(
    name: str,
    title: str,
    model: type[models.Model],
    people: tuple[str, ...],
    told: dict[str, str],
    *,
    why: str = TO_SIGN_IN,
    kept: str = UNTIL_REMOVED,
) -> Held:
    return Held(name, title, why, kept, RecordClass.PEOPLE, model, people, told, administrators_read_it=True)


HELD = (
    _held(
        "account",
        "Your account",
        User,
        ("pk",),
        {
            "number": "pk",
            "name": "name",
            "e-mail address": "email",
            "open": "is_active",
            "made at": "joined_at",
            "last signed in at": "last_login",
            "personal data removed at": "removed_at",
        },
        why="So that you can sign in, and so that what you sign carries your name.",
    ),
    _held(
        "addresses-of-the-account",
        "E-mail addresses that the sign-in knows",
        EmailAddress,
        ("user",),
        {"address": "email", "verified": "verified", "the main one": "primary"},
    ),
    _held(
        "second-factors",
        "Your second factors, without their secrets",
        Authenticator,
        ("user",),
        {"kind": "type", "set up at": "created_at", "last used at": "last_used_at"},
    ),
    _held(
        "single-sign-on",
        "What single sign-on knows you by",
        SocialAccount,
        ("user",),
        {"provider": "provider", "known as": "uid", "what it said": "extra_data", "first at": "date_joined"},
    ),
    _held(
        "sessions",
        "Where you are signed in",
        UserSession,
        ("user",),
        {
            "since": "created_at",
            "last seen at": "last_seen_at",
            "network address": "ip",
            "browser": "user_agent",
        },
        kept="Until you sign out, or the session ends by itself.",
    ),
    _held(
        "calendar-links",
        "Private links to your calendar, without their secrets",
        CalendarLink,
        ("person",),
        {"made at": "created_at", "stopped at": "revoked_at"},
        why="So that your own calendar can read your dates.",
    ),
    _held(
        "qualifications",
        "Your qualifications",
        Qualification,
        ("person",),
        {"qualification": "type__name", "status": "status", "date": "on", "runs out on": "expires_on"},
        why="So that it is known who is still to take a qualification that goes with a role.",
    ),
    _held(
        "appointments",
        "Your appointments",
        Appointment,
        ("person",),
        {
            "appointment": "pk",
            "role": "role",
            "unit": "unit__name",
            "business group": "group__name",
            "from": "starts_on",
            "to": "ends_on",
            "made at": "made_at",
            "ended at once at": "ended_at",
            "because": "ended_because",
        },
        why=APPOINTED,
        kept=AS_LONG_AS_WHAT_WAS_DONE,
    ),
    _held(
        "appointments-made",
        "Appointments of others that you made or ended",
        Appointment,
        ("made_by", "ended_by"),
        {"appointment": "pk", "role": "role", "made at": "made_at", "ended at once at": "ended_at"},
        why=APPOINTED,
        kept=AS_LONG_AS_WHAT_WAS_DONE,
    ),
    _held(
        "appointment-files",
        "Files of appointments that you brought in",
        AppointmentFile,
        ("by",),
        {"file": "pk", "called": "name", "brought in at": "uploaded_at", "applied at": "applied_at"},
        why="What a file asks for is shown before it is done, and done once.",
        kept="KEEP_WORKBOOKS_DAYS",
    ),
    _held(
        "appointments-history",
        "Earlier states of appointments that name you",
        apps.get_model("organisation", "AppointmentEvent"),
        ("person", "made_by", "ended_by"),
        {
            "appointment": "pgh_obj_id",
            "role": "role",
            "from": "starts_on",
            "to": "ends_on",
            "overwritten at": "pgh_created_at",
        },
        why=APPOINTED,
        kept=AS_LONG_AS_WHAT_WAS_DONE,
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
