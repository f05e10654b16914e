"""Audits: as rows in any state, and as they are planned and begun by the services, of a unit or a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from assurance.models import (
    Audit,
    AuditKind,
    AuditState,
    IssuedRollup,
    Priority,
    Result,
    Revision,
    SampleKind,
    ThemeVerdict,
)
from assurance.models.audit import OUT
from assurance.services import audit_files, audit_findings, auditing, planning_audits
from maturity.models import Standard, StandardKind
from organisation.models import BusinessGroup, Unit, User
from organisation.periods import london_day
from records.canonical import content_digest
from tests.factories import assurance
from tests.factories.evidence import sent

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
    content = {"format": 1, "themes": []}
    return {
        "state": AuditState.ISSUED,
        "ended_on": london_day(at),
        "content": content,
        "content_digest": content_digest(content),
        "issued_at": at,
        "issued_by": by,
        "issuer_name": "The lead auditor",
    }


def planned(
    scope: Unit | BusinessGroup,
    *,
    by: User,
    themes: Sequence[str] = ("leadership", "audit"),
    auditors: Sequence[User] = (),
) -> Audit:
    """An audit as SHRMT plans it, with its auditors, of whom the first leads."""
    assurance.shipped_edition()
    today = timezone.localdate()
    audit = planning_audits.plan(
        wanted=planning_audits.Plan(
            kind=AuditKind.SHRMT,
            unit=scope if isinstance(scope, Unit) else None,
            group=None if isinstance(scope, Unit) else scope,
            themes=themes,
            purpose="The claim rose by two levels.",
            planned_from=today,
            planned_to=today + timedelta(days=13),
        ),
        by=by,
        at=timezone.now(),
    )
    for auditor in auditors:
        planning_audits.assign(audit=audit, auditor=auditor, by=by, at=timezone.now())
    return audit


def begun(
    revision: Revision, *, by: User, themes: Sequence[str] = ("leadership", "audit"), auditors: Sequence[User] = ()
) -> Audit:
    """An audit of the revision in fieldwork: done by `by`, and whoever else is named."""
    audit = planned(revision.statement.unit, by=by, themes=themes, auditors=[by, *auditors])
    return auditing.start_fieldwork(audit=audit, claim=revision, by=by, at=timezone.now())


def give_pieces(verdict: ThemeVerdict, *, by: User) -> dict[str, int]:
    """One of each piece beside a verdict, as its auditor writes them; their ids by sort."""
    at, audit = timezone.now(), verdict.audit
    finding = audit_findings.add_finding(
        verdict=verdict, text="Two had never briefed.", criteria=verdict.theme.criteria.all()[:1], by=by, at=at
    )
    sample = audit_findings.add_sample(
        verdict=verdict, kind=SampleKind.INTERVIEWS, of="shift sergeants", number=5, by=by, at=at
    )
    [unit] = audit_findings.units_to_ask(audit, timezone.localdate())[:1]
    advised = audit_findings.Advised("Brief every shift.", Priority.HIGH, timezone.localdate() + timedelta(60), unit)
    recommendation = audit_findings.add_recommendation(audit=audit, verdict=verdict, advised=advised, by=by, at=at)
    file = audit_files.add_file(verdict=verdict, file=sent(name="board.pdf"), title="The board", by=by, at=at)
    standard = Standard.objects.create(
        theme=verdict.theme,
        level=audit.edition.levels.get(number=3),
        kind=StandardKind.KPI,
        number=1,
        reference="L3.1",
        text="Each shift is briefed.",
    )
    result = audit_findings.ResultEdit(
        Result.PARTLY, "Two of five.", audit_findings.seen_of_test(Result.NOT_TESTED, "")
    )
    audit_findings.record_tests(verdict=verdict, edits={standard.pk: result}, by=by, at=at)
    return {
        "finding": finding.pk,
        "sample": sample.pk,
        "recommendation": recommendation.pk,
        "file": file.pk,
        "standard": standard.pk,
    }
