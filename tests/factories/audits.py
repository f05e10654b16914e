"""Audits as rows, in any state, of a unit or a group."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.utils import timezone

from assurance.models import Audit, AuditKind, AuditState, IssuedRollup, Revision
from assurance.models.audit import OUT
from organisation.models import BusinessGroup, Unit, User
from records.canonical import content_digest
from tests.factories import assurance


def make_audit(
    *,
    by: User,
    state: AuditState = AuditState.PLANNED,
    unit: Unit | None = None,
    revision: Revision | None = None,
    group: BusinessGroup | None = None,
    claimed_in: IssuedRollup | None = None,
) -> Audit:
    """Return an audit of the unit or the group; one that is begun names the revision or issued roll-up it validates."""
    now = timezone.now()
    today = timezone.localdate()
    begun = state not in (AuditState.PLANNED, AuditState.WITHDRAWN)
    content = {"reference": f"A-{Audit.objects.count() + 1:04}"}
    issued = state in OUT
    return Audit.objects.create(
        reference=content["reference"],
        kind=AuditKind.SHRMT,
        unit=unit,
        group=group,
        revision=revision if begun else None,
        claimed_in=claimed_in if begun else None,
        edition=assurance.shipped_edition(),
        state=state,
        planned_from=today,
        planned_to=today,
        started_on=today if begun else None,
        ended_on=today if issued else None,
        planned_at=datetime.combine(today, time(0), tzinfo=UTC),
        planned_by=by,
        content=content if issued else None,
        content_digest=content_digest(content) if issued else "",
        issued_at=now if issued else None,
        issued_by=by if issued else None,
        issuer_name="The lead auditor" if issued else "",
        closed_at=now if state == AuditState.CLOSED else None,
        closed_by=by if state == AuditState.CLOSED else None,
        withdrawn_because="Not needed" if state == AuditState.WITHDRAWN else "",
    )
