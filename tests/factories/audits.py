"""Audits as rows, in any state, of a unit or a group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from assurance.models import Audit, AuditKind, AuditState, IssuedRollup, Revision, ThemeVerdict
from assurance.models.audit import OUT
from organisation.models import BusinessGroup, User
from organisation.periods import london_day
from records.canonical import content_digest
from tests.factories import assurance

NOT_BEGUN = [AuditState.PLANNED, AuditState.WITHDRAWN]


def make_audit(
    *,
    by: User,
    state: AuditState = AuditState.PLANNED,
    revision: Revision | None = None,
    group: BusinessGroup | None = None,
    claimed_in: IssuedRollup | None = None,
    verdicts: Mapping[str, int] | None = None,
    at: datetime | None = None,
) -> Audit:
    """Return an audit of the revision's unit, or of the group; one that is begun names what it validates.

    All of it, and its issue, is of the moment `at` (now, unless given); `verdicts` are levels by theme.
    """
    at = at or timezone.now()
    day = london_day(at)
    edition = revision.statement.edition if revision else assurance.shipped_edition()
    begun = {} if state in NOT_BEGUN else {"revision": revision, "claimed_in": claimed_in, "started_on": day}
    audit = Audit.objects.create(
        reference=f"A-{Audit.objects.count() + 1:04}",
        kind=AuditKind.SHRMT,
        unit=revision.statement.unit if revision else None,
        group=group,
        edition=edition,
        planned_from=day,
        planned_to=day,
        planned_at=at,
        planned_by=by,
        **begun,
    )
    for theme in edition.themes.filter(identity__in=verdicts or ()):
        ThemeVerdict.objects.create(audit=audit, theme=theme, level=(verdicts or {})[theme.identity])
    Audit.objects.filter(pk=audit.pk).update(**(_of_state(state, by, at) | {"state": state}))
    audit.refresh_from_db()
    return audit


def _of_state(state: AuditState, by: User, at: datetime) -> dict[str, Any]:
    """What else an audit says in this state."""
    if state == AuditState.WITHDRAWN:
        return {"withdrawn_because": "Not needed"}
    if state not in OUT:
        return {}
    issued = issue_columns(by, at)
    return issued | ({"closed_at": at, "closed_by": by} if state == AuditState.CLOSED else {})


def issue_columns(by: User, at: datetime | None = None) -> dict[str, Any]:
    """All that an audit says once it is issued, for rows that are issued without the service."""
    at = at or timezone.now()
    content = {"format": 1}
    return {
        "state": AuditState.ISSUED,
        "ended_on": london_day(at),
        "content": content,
        "content_digest": content_digest(content),
        "issued_at": at,
        "issued_by": by,
        "issuer_name": "The lead auditor",
    }
