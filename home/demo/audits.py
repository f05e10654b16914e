"""Audits of the invented force, made by the services as auditors make them: one is planned, one in fieldwork, and two
have their reports in draft, of which one is of the demo unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from assurance.models import Audit, AuditKind, AuditState, Priority, Revision, SampleKind, ThemeVerdict
from assurance.models.verdict import NOT_ENOUGH_EVIDENCE
from assurance.services import audit_findings, auditing, planning_audits
from assurance.services.audit_findings import Advised
from assurance.services.planning_audits import Plan as AuditPlan
from home.demo.cast import Cast
from home.demo.plan import DEMO_UNIT, Plan
from maturity.models import Theme
from organisation.models import Unit, User
from organisation.periods import london_day
from records.edits import Edit

NOT_ENOUGH = "not enough"
PLANNED_BEFORE, STARTED_BEFORE, ENDED_BEFORE = timedelta(days=28), timedelta(days=14), timedelta(days=3)
LASTS = timedelta(days=10)
DUE_AFTER = timedelta(days=90)
LOOKED_THROUGH = 60  # units of which those to audit are chosen: a large force is not read for it


@dataclass(frozen=True)
class Told:
    """An audit: how far it is, and by theme how many levels the claim lies above what was found."""

    state: AuditState
    themes: tuple[str, ...]
    above: Mapping[str, int | str] = field(default_factory=dict)
    kind: AuditKind = AuditKind.SHRMT


# The first is of the demo unit.
TOLD = (
    Told(
        AuditState.DRAFT,
        ("leadership", "risk-management", "monitoring"),
        {"leadership": 0, "risk-management": 1, "monitoring": NOT_ENOUGH},
    ),
    Told(AuditState.FIELDWORK, ("leadership", "communication", "audit"), {"leadership": 0, "communication": -1}),
    Told(AuditState.DRAFT, ("capability-competence", "audit"), {"capability-competence": 2, "audit": 0}),
    Told(AuditState.PLANNED, ("leadership", "change-management"), kind=AuditKind.EXTERNAL),
)
REASONS = {
    "confirmed": "Records and what people told us on two visits agree with what the unit says.",
    "too high": "What is written is in place, but on half of the shifts we visited it was not being done.",
    "too low": "The unit does more than it claims: people could show it without being asked.",
    "open": "The records of the last two quarters could not be found, and nobody could say where they are.",
}
FOUND = "On three of the five shifts visited, supervisors had not been told of the last incident."
RECOMMENDED = "Brief each shift on incidents of the week before, and keep a line on it that can be checked."


def write(plan: Plan, *, units: Sequence[Unit], cast: Cast, now: datetime) -> None:
    """Plan and do the audits of units that had a signed statement when fieldwork began."""
    for told, unit in zip(TOLD, _audited(plan, units, cast, now), strict=False):
        _tell(told, unit, cast, now)


def _audited(plan: Plan, units: Sequence[Unit], cast: Cast, now: datetime) -> Iterator[Unit]:
    """Units that the auditor does not advise, the demo unit first."""
    known = sorted(plan.units[:LOOKED_THROUGH], key=lambda planned: planned.number != DEMO_UNIT)
    independent = [
        units[planned.number]
        for planned in known
        if planned.closed_on is None and cast.adviser(planned.number) != cast.named["auditor"]
    ]
    signed = _claims_at(now - STARTED_BEFORE).filter(statement__unit__in=independent)
    with_a_claim = set(signed.values_list("statement__unit", flat=True))
    return (unit for unit in independent if unit.pk in with_a_claim)


def _claims_at(moment: datetime) -> QuerySet[Revision]:
    return Revision.objects.filter(state__in=auditing.CLAIMS, signed_at__lt=moment)


def _tell(told: Told, unit: Unit, cast: Cast, now: datetime) -> None:
    auditor, outside = cast.named["auditor"], cast.named["external-auditor"]
    planned_at, started = now - PLANNED_BEFORE, now - STARTED_BEFORE
    audit = plan_audit(unit, told.themes, first=started, kind=told.kind, by=cast.named["adviser"], at=planned_at)
    for person in (outside, auditor) if told.kind == AuditKind.EXTERNAL else (auditor, outside):
        planning_audits.assign(audit=audit, auditor=person, by=cast.named["adviser"], at=planned_at)
    if told.state == AuditState.PLANNED:
        return
    claim = auditing.claimed_revisions(audit).filter(signed_at__lt=started).first()
    auditing.start_fieldwork(audit=audit, claim=claim, by=auditor, at=started)
    claimed = dict(claim.entries.values_list("theme__identity", "level")) if claim is not None else {}
    for verdict in audit.verdicts.select_related("theme", "audit"):
        if (above := told.above.get(verdict.theme.identity)) is not None:
            give_verdict(verdict, claimed.get(verdict.theme.identity), above, unit, by=auditor, at=started + LASTS / 2)
    if told.state == AuditState.DRAFT:
        auditing.draft_report(audit=audit, by=auditor, at=now - ENDED_BEFORE)


def plan_audit(
    unit: Unit,
    themes: Sequence[str],
    *,
    first: datetime,
    kind: AuditKind = AuditKind.SHRMT,
    by: User,
    at: datetime,
) -> Audit:
    """Plan an audit of those of the themes that are scored, to begin on the day of `first`."""
    begins = london_day(first)
    edition = planning_audits.edition_for(begins)
    scored = Theme.objects.filter(edition=edition, scored=True, identity__in=themes)
    wanted = AuditPlan(
        kind=kind,
        unit=unit,
        themes=list(scored.values_list("identity", flat=True)),
        purpose="Chosen for the levels it claims and the time since anybody looked.",
        planned_from=begins,
        planned_to=begins + LASTS,
    )
    return planning_audits.plan(wanted=wanted, by=by, at=at)


def give_verdict(
    verdict: ThemeVerdict, claimed: int | None, above: int | str, unit: Unit, *, by: User, at: datetime
) -> None:
    """Give the verdict with its reasons; where the claim is too high, what was found and is recommended."""
    is_open = above == NOT_ENOUGH or claimed is None
    level = NOT_ENOUGH_EVIDENCE if is_open else min(5, max(1, (claimed or 0) - int(above)))
    said = "open" if is_open else _how(claimed or 0, int(level))
    edits = {"level_answer": Edit(0, level), "reasons": Edit(0, REASONS[said])}
    auditing.save_verdict(verdict=verdict, edits=edits, by=by, at=at)
    audit_findings.add_sample(
        verdict=verdict, kind=SampleKind.INTERVIEWS, of="supervisors of five shifts", number=9, by=by, at=at
    )
    if said == "too high" and claimed is not None:
        criteria = list(verdict.theme.criteria.filter(level__number=claimed)[:1])
        audit_findings.add_finding(verdict=verdict, text=FOUND, criteria=criteria, by=by, at=at)
        advised = Advised(RECOMMENDED, Priority.HIGH, london_day(at + DUE_AFTER), unit)
        audit_findings.add_recommendation(audit=verdict.audit, verdict=verdict, advised=advised, by=by, at=at)


def _how(claimed: int, found: int) -> str:
    return "confirmed" if claimed == found else "too high" if claimed > found else "too low"
