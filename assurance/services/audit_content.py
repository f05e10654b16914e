"""What issuing an audit freezes, gathered from its rows: the claim beside the verdict, theme by theme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from assurance.models import (
    Audit,
    AuditFile,
    AuditorAssignment,
    AuditResponse,
    Finding,
    FindingCriterion,
    Recommendation,
    ResponseKind,
    StandardTest,
    ThemeVerdict,
)
from organisation.periods import london_day
from records.canonical import normal

# The shape of what is frozen. A report that was issued is read by its own format for ever.
FORMAT = 1
LEADS, AUDITS = "Lead auditor", "Auditor"


def content_of(audit: Audit, *, issued_at: datetime | None = None, issuer_name: str = "") -> dict[str, Any]:
    """Return what issuing this audit freezes; a draft's has no moment and nobody who issued it. Some ten queries.

    Dates are ISO texts. The claims are those of the signed revision, or of the issued roll-up, that is validated.
    """
    claims = _claims(audit)
    content: dict[str, Any] = normal(
        {
            "format": FORMAT,
            "reference": audit.reference,
            "kind": audit.kind,
            "scope": _scope(audit),
            "edition": audit.edition.code,
            "level_names": list(audit.edition.levels.order_by("number").values_list("name", flat=True)),
            "validates": _validates(audit),
            "repeat_of": audit.repeat_of.reference if audit.repeat_of else None,
            "purpose": audit.purpose,
            **{name: _iso(getattr(audit, name)) for name in ("planned_from", "planned_to", "started_on", "ended_on")},
            "auditors": [_auditor(one) for one in audit.assignments.standing().select_related("auditor")],
            "summary": audit.summary,
            "good_practice": audit.good_practice,
            "themes": [_theme(verdict, claims.get(verdict.theme.identity)) for verdict in _verdicts(audit)],
            "recommendations": [_recommendation(one) for one in _recommendations(audit)],
            "responses": [_response(one) for one in audit.responses.filter(kind=ResponseKind.ACCURACY)],
            "issued_at": issued_at.isoformat() if issued_at else None,
            "issuer_name": issuer_name,
        }
    )
    return content


def _claims(audit: Audit) -> Mapping[str, int | None]:
    """Return the level that is claimed for each theme, by identity."""
    if audit.revision is not None:
        return {entry["theme"]: entry["level"] for entry in audit.revision.content["entries"]}
    if audit.claimed_in is not None:
        return {theme["identity"]: theme["level"] for theme in audit.claimed_in.content["words"]["themes"]}
    return {}


def _scope(audit: Audit) -> dict[str, Any]:
    return {"kind": "unit" if audit.unit else "group", "name": audit.scope.name, "slug": audit.scope.slug}


def _validates(audit: Audit) -> dict[str, Any] | None:
    if (revision := audit.revision) is not None:
        return {
            "what": "statement",
            "period": str(revision.statement.quarter),
            "number": revision.number,
            "digest": revision.content_digest,
        }
    if (issued := audit.claimed_in) is not None:
        return {
            "what": "roll-up",
            "period": str(issued.rollup.half),
            "number": issued.number,
            "digest": issued.content_digest,
        }
    return None


def _auditor(assignment: AuditorAssignment) -> dict[str, Any]:
    return {
        "name": assignment.auditor.name,
        "role": LEADS if assignment.leads else AUDITS,
        "allowed_because": assignment.allowed_because,
    }


def _verdicts(audit: Audit) -> list[ThemeVerdict]:
    bears_on = FindingCriterion.objects.select_related("criterion__level").order_by(
        "criterion__level__number", "criterion__number"
    )
    rows = audit.verdicts.select_related("theme").prefetch_related(
        Prefetch("tests", StandardTest.objects.select_related("standard__level")),
        Prefetch("findings", Finding.objects.prefetch_related(Prefetch("bears_on", bears_on))),
        "samples",
        Prefetch("files", AuditFile.objects.select_related("blob")),
    )
    return list(rows.order_by("theme__number"))


def _theme(verdict: ThemeVerdict, claimed: int | None) -> dict[str, Any]:
    return {
        "theme": verdict.theme.identity,
        "number": verdict.theme.number,
        "name": verdict.theme.name,
        "claimed": claimed,
        "level": verdict.level,
        "not_enough_evidence": verdict.not_enough_evidence,
        "reasons": verdict.reasons,
        "good_practice": verdict.good_practice,
        "standards": [_test(test) for test in verdict.tests.all()],
        "findings": [_finding(finding) for finding in verdict.findings.all()],
        "samples": [{"kind": one.kind, "of": one.of, "number": one.number} for one in verdict.samples.all()],
        "files": [_file(one) for one in verdict.files.all()],
    }


def _test(test: StandardTest) -> dict[str, Any]:
    standard = test.standard
    return {
        "id": standard.pk,
        "reference": standard.reference,
        "kind": standard.kind,
        "level": standard.level.number,
        "text": standard.text,
        "result": test.result,
        "note": test.note,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    criteria = [one.criterion for one in finding.bears_on.all()]
    return {
        "number": finding.number,
        "text": finding.text,
        "criteria": [{"id": one.pk, "level": one.level.number, "text": one.text} for one in criteria],
    }


def _file(file: AuditFile) -> dict[str, Any]:
    blob = file.blob
    return {
        "title": file.title,
        "name": file.name,
        "size": blob.size,
        "sha256": blob.sha256,
        "media_type": blob.media_type,
    }


def _recommendations(audit: Audit) -> list[Recommendation]:
    return list(audit.recommendations.select_related("verdict__theme", "unit").order_by("number"))


def _recommendation(one: Recommendation) -> dict[str, Any]:
    return {
        "number": one.number,
        "theme": one.verdict.theme.identity if one.verdict else None,
        "unit": one.unit.name,
        "text": one.text,
        "priority": one.priority,
        "due_on": one.due_on.isoformat(),
    }


def _response(response: AuditResponse) -> dict[str, Any]:
    return {
        "agrees": response.agrees,
        "text": response.text,
        "name": response.responder_name,
        "on": london_day(response.at).isoformat(),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
