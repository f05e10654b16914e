"""Audits whose report is written, answered, issued; and what became of their recommendations. Steps are taken by the
services, as people take them.

report = drafted(by=auditor, revision=signed)      # two themes, two recommendations, ready to be sent
issued(answered(sent(report)))                     # the same, issued by its lead auditor
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from assurance.models import (
    Audit,
    AuditorAssignment,
    AuditState,
    ClosureCheck,
    Finding,
    FindingCriterion,
    IssuedRollup,
    Priority,
    Recommendation,
    Revision,
    Sample,
    SampleKind,
    StandardTest,
    ThemeVerdict,
)
from assurance.services import audit_reports, recommendations
from assurance.services.audit_content import content_of
from maturity.models import Level, Standard, StandardKind
from organisation.models import Unit, User
from organisation.periods import london_day
from organisation.roles import Role
from records.canonical import content_digest
from records.services import jobs
from tests.factories import audits
from tests.factories.organisation import make_person

SUMMARY = "Leadership is as claimed; capability is not."
RECOMMENDED = "Brief every supervisor before the season begins."


def assign(audit: Audit, auditor: User, *, leads: bool = True, at: datetime | None = None) -> AuditorAssignment:
    """Let somebody do the audit, as its lead unless said otherwise."""
    return AuditorAssignment.objects.create(
        audit=audit, auditor=auditor, leads=leads, assigned_at=at or timezone.now(), assigned_by=audit.planned_by
    )


def drafted(
    *,
    by: User,
    revision: Revision | None = None,
    verdicts: Mapping[str, int] | None = None,
    claimed_in: IssuedRollup | None = None,
    unit: Unit | None = None,
    at: datetime | None = None,
) -> Audit:
    """An audit led by `by` whose report is written: of a revision, or of a roll-up's group with `unit` to do things."""
    at = at or timezone.now()
    audit = audits.make_audit(
        by=by,
        state=AuditState.DRAFT,
        revision=revision,
        group=claimed_in.rollup.group if claimed_in else None,
        claimed_in=claimed_in,
        verdicts=verdicts or {"leadership": 3, "capability-competence": 2},
        at=at,
    )
    assign(audit, by, at=at)
    audit.summary, audit.good_practice = SUMMARY, "The control room keeps its log well."
    audit.ended_on = london_day(at)
    audit.save()
    for verdict in audit.verdicts.select_related("theme"):
        verdict.reasons = f"Records of {verdict.theme.name} bear it out."
        verdict.save()
        finding = Finding.objects.create(
            verdict=verdict, number=1, text=f"{verdict.theme.name}: one shift is not briefed.", added_at=at, added_by=by
        )
        criterion = verdict.theme.criteria.filter(level__number=3)[0]
        FindingCriterion.objects.create(finding=finding, criterion=criterion)
        Sample.objects.create(verdict=verdict, kind=SampleKind.INTERVIEWS, of="Shift sergeants", number=4)
    first = audit.verdicts.select_related("theme").order_by("theme__number")[0]
    level = Level.objects.get(edition=audit.edition, number=3)
    standard, _ = Standard.objects.get_or_create(
        theme=first.theme,
        reference="LD3.1",
        defaults={"level": level, "kind": StandardKind.BEHAVIOUR, "number": 1, "text": "Supervisors brief each shift."},
    )
    StandardTest.objects.create(verdict=first, standard=standard, result="partly", note="Nights are not briefed.")
    doer = unit or audit.unit
    assert doer is not None
    followed: tuple[ThemeVerdict | None, ...] = (first, None)
    for number, of in enumerate(followed, start=1):
        Recommendation.objects.create(
            audit=audit,
            verdict=of,
            unit=doer,
            number=number,
            text=RECOMMENDED,
            priority=Priority.HIGH,
            due_on=london_day(at) + timedelta(days=90),
        )
    return audit


def sent(audit: Audit, *, due_on: date | None = None, at: datetime | None = None) -> Audit:
    """The draft with what is audited, to be answered within a fortnight."""
    at = at or timezone.now()
    due_on = due_on or london_day(at) + timedelta(days=14)
    return audit_reports.send_for_accuracy(audit=audit, response_due_on=due_on, by=lead_of(audit), at=at)


def answered(audit: Audit, *, agrees: bool = True, text: str = "", at: datetime | None = None) -> Audit:
    """The same, answered by the unit's SLT lead or the group's COG lead."""
    by = make_person(Role.SLT_LEAD, audit.unit) if audit.unit else make_person(Role.COG_LEAD, group=audit.group)
    audit_reports.respond(audit=audit, agrees=agrees, text=text, by=by, at=at or timezone.now())
    return audit


def issued(audit: Audit, *, at: datetime | None = None) -> Audit:
    """The report issued as it stands."""
    audit.refresh_from_db()
    digest = content_digest(content_of(audit))
    return audit_reports.issue(audit=audit, seen_digest=digest, by=lead_of(audit), at=at or timezone.now())


def printed(audit: Audit) -> Audit:
    """The same with its document, as the worker prints it."""
    job = jobs.request(task=audit_reports.PRINT, key=audit.job_key, by=None, at=timezone.now(), audit_id=audit.pk)
    jobs.perform(job.pk, audit_reports.build_document)
    audit.refresh_from_db()
    return audit


def lead_of(audit: Audit) -> User:
    return audit.assignments.standing().get(leads=True).auditor


def said_done(
    one: Recommendation,
    *,
    files: Sequence[UploadedFile[Any]] = (),
    by: User | None = None,
    at: datetime | None = None,
) -> ClosureCheck:
    """The unit's word that it is done."""
    by = by or make_person(Role.SPOC, one.unit)
    evidence = "All five shifts were briefed in May; the log shows it."
    return recommendations.ask_for_closure(
        recommendation=one, evidence=evidence, files=files, by=by, at=at or timezone.now()
    )


def failed(one: Recommendation, *, by: User, at: datetime | None = None) -> ClosureCheck:
    """A check that did not find it done."""
    check = said_done(one, at=at)
    return recommendations.reopen(check=check, reasons="Nights are still not.", by=by, at=at or timezone.now())


def closed(one: Recommendation, *, by: User, at: datetime | None = None) -> ClosureCheck:
    """A check that found it done."""
    check = said_done(one, at=at)
    return recommendations.confirm(check=check, reasons="Seen in the log.", by=by, at=at or timezone.now())
