"""Issued audits of units, written straight into the tables: what they found, without the way there.

issued_audit(revision, {"leadership": 3})            # validates the revision; of its other themes it says nothing
issued_audits({revision: {"leadership": None}, …})   # many at a time; None: not enough evidence
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from itertools import count

from django.utils import timezone

from assurance.models import Audit, AuditKind, AuditorAssignment, AuditState, Revision, ThemeVerdict
from maturity.models import Theme
from organisation.models import User
from tests.factories.organisation import make_user

DIGEST = "0" * 64
_numbers = count(1)


def issued_audit(
    revision: Revision, found: Mapping[str, int | None], *, on: date | None = None, lead: User | None = None
) -> Audit:
    """An audit whose report was issued on a day (today, unless given)."""
    return issued_audits({revision: found}, on=on, lead=lead)[0]


def issued_audits(
    found: Mapping[Revision, Mapping[str, int | None]],
    *,
    on: date | None = None,
    lead: User | None = None,
    state: str = AuditState.ISSUED,
) -> list[Audit]:
    """An audit of each revision, with the level that was found by theme; all issued on one day under one lead."""
    lead = lead or make_user()
    day = on or timezone.localdate()
    at = datetime.combine(day, time(12), tzinfo=UTC)
    audits = Audit.objects.bulk_create([_audit(revision, day, at, lead) for revision in found])
    AuditorAssignment.objects.bulk_create(
        [AuditorAssignment(audit=one, auditor=lead, leads=True, assigned_at=at, assigned_by=lead) for one in audits]
    )
    themes = {(theme.edition_id, theme.identity): theme for theme in Theme.objects.all()}
    ThemeVerdict.objects.bulk_create(
        [
            ThemeVerdict(
                audit=audit,
                theme=themes[audit.edition_id, identity],
                level=level,
                not_enough_evidence=level is None,
            )
            for audit, levels in zip(audits, found.values(), strict=True)
            for identity, level in levels.items()
        ]
    )
    if state in (AuditState.ISSUED, AuditState.CLOSED):
        closed = {"closed_at": at, "closed_by": lead} if state == AuditState.CLOSED else {}
        Audit.objects.filter(pk__in=[audit.pk for audit in audits]).update(
            state=state,
            content={"themes": []},
            content_digest=DIGEST,
            issued_at=at,
            issued_by=lead,
            issuer_name="A. Auditor",
            **closed,
        )
    return audits


def _audit(revision: Revision, day: date, at: datetime, lead: User) -> Audit:
    return Audit(
        reference=f"V-{next(_numbers):06d}",
        kind=AuditKind.SHRMT,
        unit_id=revision.statement.unit_id,
        edition_id=revision.statement.edition_id,
        revision=revision,
        state=AuditState.DRAFT,
        planned_from=day,
        planned_to=day,
        started_on=day,
        ended_on=day,
        planned_at=at,
        planned_by=lead,
    )
