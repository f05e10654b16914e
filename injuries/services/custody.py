"""Custody figures: recording what the custody command reports, correcting it, and withdrawing what was an error."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from injuries.models import (
    CustodyDenominator,
    CustodyExceptionKind,
    CustodyExceptions,
    CustodyReferral,
    CustodyReport,
    DetaineeInjuryType,
    EndedHow,
    InjuriesByType,
    InterventionCause,
    InterventionsByCause,
)
from injuries.months import Period
from organisation.models import User
from records.canonical import normal
from records.services import trail

ENDED = "It was corrected or withdrawn meanwhile. Look at the figures as they stand now, and begin from there."
Exceptions = Mapping[tuple[CustodyExceptionKind, CustodyReferral | None], int]


class Refused(Exception):
    """An act is not possible as things stand; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says of a period. None: it does not say, which differs from 0 and from no exceptions."""

    period: Period
    denominator: CustodyDenominator | None
    denominator_number: int | None
    interventions: int | None
    causes: Mapping[InterventionCause, int]
    injuries: int | None
    types: Mapping[DetaineeInjuryType, int]
    exceptions: Exceptions | None
    note: str = ""


@transaction.atomic
def record(*, said: Said, token: uuid.UUID, by: User, at: datetime) -> CustodyReport:
    """Keep a report. The same form sent twice is recorded once. Raises Refused where its period has one already."""
    if (before := _recorded_before(token, by)) is not None:
        return before
    try:
        report = _written(said, token=token, by=by, at=at)
    except Refused:
        if (before := _recorded_before(token, by)) is not None:  # sent twice at the same moment
            return before
        raise
    trail.record(act="injury-figures.custody_recorded", thing=report, by=by, at=at, **_numbers(report))
    return report


@transaction.atomic
def correct(
    *, report: CustodyReport, said: Said, because: str, token: uuid.UUID, by: User, at: datetime
) -> CustodyReport:
    """Let a new report take the place of one that was wrong, which stays as history with the reason.

    Raises Refused where it stands no more, or another report stands for the new one's period.
    """
    locked = CustodyReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    if (before := _recorded_before(token, by)) is not None:
        return before
    _end(locked, EndedHow.CORRECTED, because, by, at)
    new = _written(said, token=token, by=by, at=at, replaces=locked)
    words = {"because": locked.ended_because}
    trail.record(act="injury-figures.custody_corrected", thing=new, by=by, at=at, words=words, **_numbers(new))
    return new


@transaction.atomic
def withdraw(*, report: CustodyReport, because: str, by: User, at: datetime) -> CustodyReport:
    """Take back a report that was recorded in error: none stands for its period until another is recorded."""
    locked = CustodyReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    _end(locked, EndedHow.WITHDRAWN, because, by, at)
    words = {"because": locked.ended_because}
    trail.record(act="injury-figures.custody_withdrawn", thing=locked, by=by, at=at, words=words)
    return locked


def _recorded_before(token: uuid.UUID, by: User) -> CustodyReport | None:
    return CustodyReport.objects.filter(token=token, recorded_by=by).first()


def _end(report: CustodyReport, how: EndedHow, because: str, by: User, at: datetime) -> None:
    if not report.stands:
        raise Refused(f"The {report} were not changed. {ENDED}")
    report.ended_how, report.ended_by, report.ended_at = how, by, at
    report.ended_because = str(normal(because))
    report.save(update_fields=["ended_how", "ended_by", "ended_at", "ended_because"])


def _written(
    said: Said, *, token: uuid.UUID, by: User, at: datetime, replaces: CustodyReport | None = None
) -> CustodyReport:
    """Write a report with its rows. The database decides whether its period is free, so that two at once cannot."""
    try:
        with transaction.atomic():
            report = CustodyReport.objects.create(
                token=token,
                first=said.period.first.first_day,
                last=said.period.last.first_day,
                denominator=said.denominator,
                denominator_number=said.denominator_number,
                interventions=said.interventions,
                injuries=said.injuries,
                exceptions_reported=said.exceptions is not None,
                note=str(normal(said.note)),
                recorded_by=by,
                recorded_at=at,
                replaces=replaces,
            )
    except IntegrityError as error:
        raise Refused(
            f"There are custody figures of {said.period.name} already. Correct those, or withdraw them first."
        ) from error
    InterventionsByCause.objects.bulk_create(
        InterventionsByCause(report=report, term=cause, number=number) for cause, number in said.causes.items()
    )
    InjuriesByType.objects.bulk_create(
        InjuriesByType(report=report, term=kind, number=number) for kind, number in said.types.items()
    )
    CustodyExceptions.objects.bulk_create(
        CustodyExceptions(report=report, kind=kind, referral=referral, number=number)
        for (kind, referral), number in (said.exceptions or {}).items()
    )
    return report


def _numbers(report: CustodyReport) -> dict[str, int | str | None]:
    """What the trail keeps of a report: its totals, and which it replaced."""
    return {
        "period": f"{report.first:%Y-%m}..{report.last:%Y-%m}",
        "denominator": report.denominator.code if report.denominator else None,
        "denominator_number": report.denominator_number,
        "interventions": report.interventions,
        "injuries": report.injuries,
        "replaces": report.replaces_id,
    }
