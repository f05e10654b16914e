"""Who has a draft open now. Said before people get into each other’s way; not a record."""

from __future__ import annotations

from datetime import datetime

from assurance.models import Presence, Revision
from maturity.models import Theme
from organisation.models import User


def seen(*, revision: Revision, theme: Theme | None, by: User, at: datetime) -> list[Presence]:
    """Say that a person has the revision open, in this theme; return who else has: two queries."""
    Presence.objects.bulk_create(
        [Presence(revision=revision, person=by, theme=theme, seen_at=at)],
        update_conflicts=True,
        unique_fields=["revision", "person"],
        update_fields=["theme", "seen_at"],
    )
    return others(revision=revision, than=by, at=at)


def others(*, revision: Revision, than: User, at: datetime) -> list[Presence]:
    """Return who else has the revision open: one query."""
    return list(Presence.objects.now_open(revision, at=at).exclude(person=than))
