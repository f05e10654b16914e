"""What every page needs around its content: the sections its reader may open, the force, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from actions.permissions import READS_ACTIONS
from assurance.audit_permissions import READS_AUDITS, READS_FINDINGS
from assurance.models.climate import READS_CLIMATE
from assurance.permissions import READS_ISSUED_ROLLUPS
from home.permissions import READS_TRAIL
from injuries.permissions import READS_FORCE as READS_FORCE_FIGURES
from insight.permissions import READS_THREE_READINGS
from organisation import sessions
from organisation.models import Appointment, Force
from organisation.permissions import ANSWERS_REQUESTS, READS_PEOPLE, hold_appointments
from organisation.roles import GROUP_ROLES, INSIDE_THE_FORCE, Role
from risks.permissions import READS_ANY_RISK


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the service that has a place in the navigation. `roles` may open it; None means everyone signed in.

    `also` names other addresses of the part: what lies below them is part of it, too.
    """

    label: str
    url_name: str
    roles: frozenset[Role] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the navigation. `current` is for aria-current: "page", "true" for a page below it, or empty."""

    label: str
    url: str
    current: str


_REVIEWERS = frozenset({Role.COG_LEAD, Role.COG_SUPPORT, Role.SHRMT, Role.HEAD})
# What the pages about audits lead to, one from the other (`assurance/templatetags/audit_pages.py`).
AUDIT_PAGES = (
    "assurance:recommendations",
    "assurance:programmes",
    "assurance:agreement",
    "assurance:audit_findings",
)
# What the pages about the Board lead to from its register.
RISK_PAGES = ("risks:meetings", "risks:hse", "risks:investigations", "risks:learning_list")
SECTIONS = (
    Section("Home", "home"),
    Section("Statements", "assurance:statements", _REVIEWERS | {Role.SPOC, Role.SLT_LEAD}),
    Section("Actions", "actions:actions", READS_ACTIONS),
    Section("Reviews", "assurance:reviews", _REVIEWERS),
    Section("Roll-ups", "assurance:rollups", READS_ISSUED_ROLLUPS),
    Section("Audits", "assurance:audits", READS_AUDITS, also=AUDIT_PAGES),
    Section("Audit findings", "assurance:audit_findings", READS_FINDINGS - READS_AUDITS, also=AUDIT_PAGES),
    Section("My half", "my_half", GROUP_ROLES),
    Section("Injuries", "injuries:comparison", READS_FORCE_FIGURES),
    Section("Risks", "risks:register", READS_ANY_RISK, also=RISK_PAGES),
    Section("Readings", "insight:three_readings", READS_THREE_READINGS, also=("assurance:climate_surveys",)),
    Section("Climate surveys", "assurance:climate_surveys", READS_CLIMATE - READS_THREE_READINGS),
    Section("Model", "maturity:matrix", INSIDE_THE_FORCE),
    Section("Papers", "papers:papers", frozenset(Role)),
    Section(
        "People and units",
        "people",
        READS_PEOPLE,
        also=("units", "groups", "missing", "qualifications", "force_settings"),
    ),
    Section("Trail", "trail", READS_TRAIL),
    Section("Retention", "retention", ANSWERS_REQUESTS),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Everything is worked out when first used: a fragment of a page asks the database nothing."""
    user = getattr(request, "user", None) or AnonymousUser()
    appointments = SimpleLazyObject(lambda: hold_appointments(user))
    return {
        "navigation": SimpleLazyObject(
            lambda: (
                sections_for({Role(held.role) for held in appointments}, path=request.path)
                if user.is_authenticated
                else []
            )
        ),
        "role_descriptions": SimpleLazyObject(lambda: describe(appointments)),
        "force_name": SimpleLazyObject(_force_name),
        "single_sign_on": settings.SINGLE_SIGN_ON,
        "local_passwords": settings.LOCAL_PASSWORDS,
        "session_left": SimpleLazyObject(lambda: sessions.seconds_left(request) if user.is_authenticated else None),
        "session_may_stay": SimpleLazyObject(lambda: user.is_authenticated and sessions.may_stay(request)),
        "email_goes_out": settings.EMAIL_GOES_OUT,
    }


def sections_for(roles: set[Role], *, path: str, sections: Sequence[Section] = SECTIONS) -> list[NavItem]:
    """Return the links for somebody signed in who holds `roles`, the one that leads to `path` marked as current."""
    open_to = [section for section in sections if section.roles is None or section.roles & roles]
    above = _above(path, open_to)
    links = [(section, reverse(section.url_name)) for section in open_to]
    return [
        NavItem(section.label, url, "page" if url == path else "true" if section is above else "")
        for section, url in links
    ]


def _above(path: str, sections: Iterable[Section]) -> Section | None:
    """Return the section with the longest address that `path` lies under; not the front page, which is above all."""
    addresses = [(reverse(name), section) for section in sections for name in (section.url_name, *section.also)]
    below = [(url, section) for url, section in addresses if url != "/" and path.startswith(url)]
    return max(below, key=lambda found: len(found[0]))[1] if below else None


def describe(appointments: Iterable[Appointment]) -> list[str]:
    """Return a person's appointments in words, each once."""
    return list(dict.fromkeys(str(appointment) for appointment in appointments))


def _force_name() -> str:
    force = Force.objects.first()
    return "" if force is None else force.name
