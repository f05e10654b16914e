"""Audit programmes, as SHRMT proposes them and the Head adopts them."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from assurance.models import AuditProgramme
from assurance.sampling import DEFAULT_SHARE, DEFAULT_WEIGHTS
from assurance.services import programmes
from assurance.services.programmes import Wanted
from organisation.models import User
from organisation.periods import HalfYear

WANTED = Wanted(
    weights=DEFAULT_WEIGHTS,
    random_share=DEFAULT_SHARE,
    auditor_days=Decimal(20),
    days_per_audit=Decimal(4),
    days_per_theme=Decimal(0),
)


def propose(half: HalfYear, *, by: User) -> AuditProgramme:
    """Propose the half-year's programme now: 20 days, of which every audit takes 4."""
    return programmes.propose(half=half, wanted=WANTED, by=by, at=timezone.now())


def adopt(programme: AuditProgramme, *, by: User) -> AuditProgramme:
    """Adopt what was proposed last, now."""
    return programmes.adopt(programme=programme, seen_version=programme.version, by=by, at=timezone.now())
