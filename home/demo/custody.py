"""Custody figures of the invented force: half-years as its custody command reports them, and a year of injuries."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from home.demo.cast import Cast
from home.demo.plan import Plan, dice
from injuries.models import (
    CustodyDenominator,
    CustodyExceptionKind,
    CustodyReferral,
    DetaineeInjuryType,
    InterventionCause,
)
from injuries.months import Month, Period
from injuries.services import custody
from injuries.services.custody import Said
from organisation.periods import london_day

HALVES = 4
HALF = 6
# Half-years up to the second last were counted among detainees, as some reports still are.
DETAINEES_UNTIL = 2
# A half-year's custody records for each unit, and what happens of a thousand of them.
RECORDS_A_UNIT = 450
INTERVENTIONS, INJURIES = 5.0, 0.9


def write(plan: Plan, *, cast: Cast, now: datetime) -> None:
    """Record the half-years that are over, one of them twice since it was wrong, and the injuries of a year."""
    random = dice(plan.size, 0, "custody")
    latest = Month.of(london_day(now)).plus(-1)
    last = latest.plus(-(latest.number % HALF))
    by = cast.named["auditor"]
    for back in reversed(range(HALVES)):
        period = Period.of_months(HALF, last=last.plus(-HALF * back))
        said = _half(period, random, units=len(plan.units), among_detainees=HALVES - back <= DETAINEES_UNTIL)
        if back:
            custody.record(said=said, token=_token(random), by=by, at=now)
            continue
        slip = replace(said, injuries=(said.injuries or 0) + 20)
        report = custody.record(said=slip, token=_token(random), by=by, at=now - timedelta(days=3))
        because = "Injuries of another half-year had been counted as well."
        custody.correct(report=report, said=said, because=because, token=_token(random), by=by, at=now)
    year = Period.of_months(2 * HALF, last=last.plus(-HALF * HALVES))
    custody.record(said=_year(year, random, units=len(plan.units)), token=_token(random), by=by, at=now)


def _half(period: Period, random: Random, *, units: int, among_detainees: bool) -> Said:
    number = round(RECORDS_A_UNIT * units * random.uniform(0.9, 1.1))
    interventions = round(INTERVENTIONS * number / 1000 * random.uniform(0.8, 1.2))
    injuries = round(INJURIES * number / 1000 * random.uniform(0.8, 1.2))
    cause = InterventionCause.objects.in_bulk(field_name="code")
    kind = DetaineeInjuryType.objects.in_bulk(field_name="code")
    exception = CustodyExceptionKind.objects.in_bulk(field_name="code")
    to = CustodyReferral.objects.in_bulk(field_name="code")
    return Said(
        period=period,
        denominator=CustodyDenominator.objects.get(code="detainees" if among_detainees else "custody-records"),
        denominator_number=number,
        interventions=interventions,
        causes={
            cause["inadequate-search"]: interventions // 3,
            cause["concealed-item"]: interventions // 4,
            cause["clothing"]: interventions // 10,
        },
        injuries=injuries,
        types={kind["self-harm"]: injuries // 2, kind["head-or-face"]: injuries // 4},
        exceptions={
            (exception["serious-cases"], to["professional-standards"]): 1,
            (exception["medicines"], to["medical-director"]): random.randint(1, 4),
            (exception["delayed-examiner"], None): 2,
        },
    )


def _year(period: Period, random: Random, *, units: int) -> Said:
    """An older report, of which only the injuries are known."""
    injuries = round(2 * INJURIES * RECORDS_A_UNIT * units / 1000 * random.uniform(1.0, 1.3))
    return Said(
        period=period,
        denominator=None,
        denominator_number=None,
        interventions=None,
        causes={},
        injuries=injuries,
        types={},
        exceptions=None,
        note="Taken over from an earlier paper, which has the injuries of the year only.",
    )


def _token(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)
