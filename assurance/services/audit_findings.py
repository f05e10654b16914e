"""What is written beside a verdict, piece by piece: findings, what was looked at, results of standards, and
recommendations. Each is added, changed and removed while the audit is in writing.

These pieces have no versions. A page carries the digest of what it showed (`seen`): a change on what somebody else has
changed since is refused with Overtaken, and the page shows both. What is removed stays in the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max

from assurance.models import (
    Audit,
    Finding,
    FindingCriterion,
    Priority,
    Recommendation,
    Result,
    Sample,
    SampleKind,
    StandardTest,
    ThemeVerdict,
)
from assurance.rules import Refused
from assurance.services.auditing import locked_verdict, refuse_unless_in_writing
from assurance.services.planning_audits import locked
from maturity.models import Criterion, Standard
from organisation.models import Unit, User
from organisation.periods import london_day
from records.canonical import content_digest, normal
from records.services import trail

Piece = TypeVar("Piece", bound=models.Model)

MOST_PIECES = 50
FULL = "A theme takes at most {most} {what}. Put some of them together, then add this."


class Overtaken(Refused):
    """Somebody else has changed it, or taken it out, since the page was opened."""


OVERTAKEN = (
    "Somebody else changed this while you were writing. What they saved is on this page: put both together, then save "
    "again."
)
GONE = "Somebody else has removed this while you were writing. Copy what you want to keep and add it again."


# --- Findings -----------------------------------------------------------------------------------------------------


def seen_of_finding(finding: Finding) -> str:
    """Return the digest of what a page shows of the finding."""
    return content_digest([finding.text, sorted(one.criterion_id for one in finding.bears_on.all())])


@transaction.atomic
def add_finding(
    *, verdict: ThemeVerdict, text: str, criteria: Collection[Criterion], by: User, at: datetime
) -> Finding:
    """Write down something that was found, and which criteria of the theme it bears on."""
    current = locked_verdict(verdict)
    text = _said(text, "Write what you found.")
    _refuse_foreign(criteria, current)
    if current.findings.filter(text=text).exists():
        raise Refused("This theme has this finding already.")
    _refuse_if_full(current.findings.count(), "findings")
    finding = Finding.objects.create(
        verdict=current, number=current.findings.count() + 1, text=text, added_at=at, added_by=by
    )
    _bear_on(finding, criteria)
    trail.record(act="audit.finding_added", thing=finding, by=by, at=at)
    return finding


@transaction.atomic
def change_finding(
    *, finding: Finding, seen: str, text: str, criteria: Collection[Criterion], by: User, at: datetime
) -> Finding:
    """Write a finding anew. Raises Overtaken where it is not what was `seen`."""
    verdict = locked_verdict(finding.verdict)
    current = _found(verdict.findings.filter(pk=finding.pk))
    text = _said(text, "Write what you found.")
    _refuse_foreign(criteria, verdict)
    if seen_of_finding(current) != seen:
        raise Overtaken(OVERTAKEN)
    before = current.text
    current.text = text
    current.save(update_fields=["text"])
    current.bears_on.exclude(criterion__in=criteria).delete()
    _bear_on(current, criteria)
    trail.record(act="audit.finding_changed", thing=current, by=by, at=at, words={"before": before})
    return current


@transaction.atomic
def remove_finding(*, finding: Finding, by: User, at: datetime) -> None:
    """Take a finding out; those after it move up. Gone already is what was wanted."""
    verdict = locked_verdict(finding.verdict)
    current = verdict.findings.filter(pk=finding.pk).first()
    if current is not None:
        trail.record(act="audit.finding_removed", thing=current, by=by, at=at, words={"text": current.text})
        current.delete()
        _number(verdict.findings.order_by("number"))


def _bear_on(finding: Finding, criteria: Iterable[Criterion]) -> None:
    FindingCriterion.objects.bulk_create(
        [FindingCriterion(finding=finding, criterion=criterion) for criterion in criteria], ignore_conflicts=True
    )


def _refuse_foreign(criteria: Iterable[Criterion], verdict: ThemeVerdict) -> None:
    if any(criterion.theme_id != verdict.theme_id for criterion in criteria):
        raise Refused("One of the ticked points is not of this theme.")


# --- What was looked at -------------------------------------------------------------------------------------------


@transaction.atomic
def add_sample(*, verdict: ThemeVerdict, kind: SampleKind, of: str, number: int, by: User, at: datetime) -> Sample:
    """Write down what was looked at: how many, of which documents, roles or places. Never who."""
    current = locked_verdict(verdict)
    of = _said(of, "Say what you looked at.")
    if current.samples.filter(kind=kind, of=of).exists():
        raise Refused("This is there already. Change how many there.")
    _refuse_if_full(current.samples.count(), "lines of what was looked at")
    sample = Sample.objects.create(verdict=current, kind=kind, of=of, number=number)
    trail.record(act="audit.sample_added", thing=sample, by=by, at=at)
    return sample


@transaction.atomic
def change_sample(
    *, sample: Sample, seen: str, kind: SampleKind, of: str, number: int, by: User, at: datetime
) -> Sample:
    """Write it anew. Raises Overtaken where it is not what was `seen`."""
    verdict = locked_verdict(sample.verdict)
    current = _found(verdict.samples.filter(pk=sample.pk))
    if seen_of_sample(current) != seen:
        raise Overtaken(OVERTAKEN)
    before = str(current)
    current.kind, current.of, current.number = kind, _said(of, "Say what you looked at."), number
    current.save(update_fields=["kind", "of", "number"])
    trail.record(act="audit.sample_changed", thing=current, by=by, at=at, words={"before": before})
    return current


@transaction.atomic
def remove_sample(*, sample: Sample, by: User, at: datetime) -> None:
    """Take it out. Gone already is what was wanted."""
    current = locked_verdict(sample.verdict).samples.filter(pk=sample.pk).first()
    if current is not None:
        trail.record(act="audit.sample_removed", thing=current, by=by, at=at, words={"text": str(current)})
        current.delete()


def seen_of_sample(sample: Sample) -> str:
    """Return the digest of what a page shows of it."""
    return content_digest([sample.kind, sample.of, sample.number])


# --- Standards and KPIs -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultEdit:
    """The result that somebody gives a standard, having `seen` another one."""

    result: Result
    note: str
    seen: str


def seen_of_test(result: str, note: str) -> str:
    """Return the digest of what a page shows of a standard's result."""
    return content_digest([result, note])


def standards_of(verdict: ThemeVerdict) -> list[Standard]:
    """Return the standards and key performance indicators (KPIs) of the theme, in order."""
    standards = Standard.objects.filter(theme=verdict.theme_id).select_related("level")
    return list(standards.order_by("level__number", "kind", "number"))


@transaction.atomic
def record_tests(*, verdict: ThemeVerdict, edits: Mapping[int, ResultEdit], by: User, at: datetime) -> Sequence[int]:
    """Write the results of standards, by their id. Return those that somebody else has given another result since."""
    current = locked_verdict(verdict)
    standards = {one.pk: one for one in standards_of(current)}
    stored = {test.standard_id: test for test in current.tests.all()}
    overtaken, changed = [], []
    for pk, edit in edits.items():
        if pk not in standards:
            raise Refused("One of the standards is not of this theme.")
        test = stored.get(pk) or StandardTest(verdict=current, standard=standards[pk])
        note = normal(edit.note.strip())
        if (test.result, test.note) == (edit.result, note):
            continue
        if seen_of_test(test.result, test.note) != edit.seen:
            overtaken.append(pk)
            continue
        test.result, test.note = edit.result, note
        test.save()
        changed.append(standards[pk].reference)
    if changed:
        trail.record(act="audit.tested", thing=current, by=by, at=at, standards=changed)
    return overtaken


# --- Recommendations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Advised:
    """What a unit is asked to do, how urgent it is, and by when."""

    text: str
    priority: Priority
    due_on: date
    unit: Unit


def seen_of_recommendation(one: Recommendation) -> str:
    """Return the digest of what a page shows of the recommendation."""
    return content_digest([one.text, one.priority, one.due_on.isoformat(), one.unit_id])


def units_to_ask(audit: Audit, day: date) -> models.QuerySet[Unit]:
    """Units that the audit may ask to do something: the one audited, or those in the group audited."""
    if audit.unit is not None:
        return Unit.objects.filter(pk=audit.unit.pk)
    assert audit.group is not None  # noqa: S101  # a constraint of the table
    return Unit.objects.in_group_on(audit.group, day).open_on(day).order_by("name")


@transaction.atomic
def add_recommendation(
    *, audit: Audit, verdict: ThemeVerdict | None, advised: Advised, by: User, at: datetime
) -> Recommendation:
    """Recommend something to a unit, on a theme or over all of them."""
    current = _in_writing(audit)
    values = _recommended(current, advised, at=at)
    if verdict is not None and verdict.audit_id != current.pk:
        raise Refused("The theme is not of this audit.")
    if current.recommendations.filter(text=values["text"], unit=advised.unit).exists():
        raise Refused("The unit is recommended this already.")
    last = current.recommendations.aggregate(last=Max("number"))["last"] or 0
    _refuse_if_full(last, "recommendations")
    made = Recommendation.objects.create(audit=current, verdict=verdict, number=last + 1, **values)
    trail.record(act="audit.recommendation_added", thing=made, by=by, at=at)
    return made


@transaction.atomic
def change_recommendation(
    *, recommendation: Recommendation, seen: str, advised: Advised, by: User, at: datetime
) -> Recommendation:
    """Write a recommendation anew. Raises Overtaken where it is not what was `seen`."""
    audit = _in_writing(recommendation.audit)
    current = _found(audit.recommendations.filter(pk=recommendation.pk))
    values = _recommended(audit, advised, at=at)
    if seen_of_recommendation(current) != seen:
        raise Overtaken(OVERTAKEN)
    before = current.text
    for name, value in values.items():
        setattr(current, name, value)
    current.save(update_fields=list(values))
    trail.record(act="audit.recommendation_changed", thing=current, by=by, at=at, words={"before": before})
    return current


@transaction.atomic
def remove_recommendation(*, recommendation: Recommendation, by: User, at: datetime) -> None:
    """Take a recommendation out; those after it move up. Gone already is what was wanted."""
    audit = _in_writing(recommendation.audit)
    current = audit.recommendations.filter(pk=recommendation.pk).first()
    if current is not None:
        words = {"text": current.text}
        trail.record(act="audit.recommendation_removed", thing=current, by=by, at=at, words=words)
        current.delete()
        _number(audit.recommendations.order_by("number"))


def _in_writing(audit: Audit) -> Audit:
    current = locked(audit)
    refuse_unless_in_writing(current)
    return current


def _recommended(audit: Audit, advised: Advised, *, at: datetime) -> dict[str, Any]:
    today = london_day(at)
    if not units_to_ask(audit, today).contains(advised.unit):
        raise Refused(f"{advised.unit} is not part of what is audited. Choose another unit.")
    if advised.due_on <= today:
        raise Refused("The day by which it is due has to lie ahead.")
    text = _said(advised.text, "Write what you recommend.")
    return {"text": text, "priority": advised.priority, "due_on": advised.due_on, "unit": advised.unit}


# --- Steps --------------------------------------------------------------------------------------------------------


def _said(text: str, otherwise: str) -> str:
    """Return a text as it is stored; a blank one is refused."""
    text = normal(text).strip()
    if not text:
        raise Refused(otherwise)
    return text


def _found(pieces: models.QuerySet[Piece]) -> Piece:
    found = pieces.first()
    if found is None:
        raise Overtaken(GONE)
    return found


def _refuse_if_full(number: int, what: str) -> None:
    if number >= MOST_PIECES:
        raise Refused(FULL.format(most=MOST_PIECES, what=what))


def _number(pieces: Iterable[Any]) -> None:
    """Number what is left from 1 in its order: each moves into a place that is free."""
    for number, piece in enumerate(pieces, start=1):
        if piece.number != number:
            piece.number = number
            piece.save(update_fields=["number"])
