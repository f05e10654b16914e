"""Loading kinds of events under RIDDOR, and of notices of the HSE, from their file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from records.services import trail
from risks.kindsfile import KindEntry, KindsFile
from risks.models import NoticeKind, NotificationKind


@transaction.atomic
def load(said: KindsFile, *, at: datetime) -> None:
    """Bring the kinds up to date. One that the file has no longer is not offered; what was entered keeps it."""
    for position, kind in enumerate(said.notifications, start=1):
        days = {"days": kind.days, "is_confirmed": kind.confirmed}
        NotificationKind.objects.update_or_create(code=kind.code, defaults=_said(kind, position) | days)
    for position, kind in enumerate(said.notices, start=1):
        NoticeKind.objects.update_or_create(code=kind.code, defaults=_said(kind, position))
    NotificationKind.objects.exclude(code__in=[kind.code for kind in said.notifications]).update(is_offered=False)
    NoticeKind.objects.exclude(code__in=[kind.code for kind in said.notices]).update(is_offered=False)
    periods = {kind.code: kind.days for kind in said.notifications}
    trail.record(act="hse-kinds.loaded", thing=None, by=None, at=at, days=periods)


def _said(kind: KindEntry, position: int) -> dict[str, Any]:
    return {"name": kind.name, "meaning": kind.meaning, "position": position, "is_offered": True}
