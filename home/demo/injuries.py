"""Injury figures of the invented force: three years of monthly counts and headcounts, by staff group and unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random

from django.conf import settings
from django.db.models import Model

from home.demo.cast import Cast
from home.demo.plan import Plan, dice
from injuries import indicatorsfile
from injuries.models import (
    Headcount,
    HeadcountMonth,
    Indicator,
    IndicatorMonth,
    MonthlyCount,
    StaffGroup,
    Upload,
    UploadKind,
    UploadState,
)
from injuries.months import Month
from injuries.services import indicators
from organisation.models import Unit
from organisation.periods import london_day

INDICATORS = Path(settings.BASE_DIR) / "fixtures" / "injury-indicators.toml"
MONTHS = 36
UNITS_WITH_FIGURES = 60  # of a large force, so that it loads in time that does not grow with it
ROWS_AT_A_TIME = 5000
# How many of each staff group there are in a unit, from and to.
PEOPLE = {"police-officers": (90, 420), "pcsos": (0, 30), "ddos": (0, 25), "police-staff": (15, 90)}
# A year’s injuries for each thousand people, by indicator and staff group.
A_YEAR = {
    "total-accidents": {"police-officers": 95, "pcsos": 80, "ddos": 110, "police-staff": 40},
    "major-injuries": {"police-officers": 3, "police-staff": 2},
    "lost-time-injuries": {"police-officers": 5, "police-staff": 3},
    "assaults-with-injury": {"police-officers": 57, "pcsos": 16, "ddos": 90},
    "major-injuries-after-assault": {"police-officers": 1},
    "slips-trips-falls": {"police-officers": 18, "pcsos": 20, "ddos": 14, "police-staff": 12},
    "moving-vehicle": {"police-officers": 12, "pcsos": 4, "police-staff": 2},
    "handling": {"police-officers": 9, "ddos": 14, "police-staff": 7},
    "near-misses": {"police-officers": 60, "pcsos": 50, "ddos": 70, "police-staff": 45},
}
RISING = "assaults-with-injury"  # by a third in the last year, among detention officers
RISES_BY = 1.35


def write(plan: Plan, *, units: Sequence[Unit], cast: Cast, now: datetime) -> None:
    """Load what is counted, and write the months up to the last that is over."""
    indicators.load(indicatorsfile.read(INDICATORS.read_text(encoding="utf-8")), at=now)
    latest = Month.of(london_day(now)).plus(-1)
    months = [latest.plus(-back) for back in reversed(range(MONTHS))]
    # A unit that closed has no figures: whom its people count for by then would have to be told, too.
    there = [
        (unit, dice(plan.size, planned.number, "injuries"))
        for planned, unit in zip(plan.units, units, strict=True)
        if planned.closed_on is None and unit.opened_on <= months[0].first_day
    ][:UNITS_WITH_FIGURES]
    chances = {unit.pk: random for unit, random in there}
    people = {unit: {code: random.randint(*ends) for code, ends in PEOPLE.items()} for unit, random in chances.items()}
    groups = {group.code: group for group in StaffGroup.objects.all()}
    _write_headcounts(_upload(UploadKind.HEADCOUNT, cast, now), months, people, groups)
    _write_counts(_upload(UploadKind.COUNTS, cast, now), months, people, groups, chances)


def _upload(kind: UploadKind, cast: Cast, now: datetime) -> Upload:
    by = cast.named["auditor"]
    return Upload.objects.create(
        kind=kind,
        state=UploadState.APPLIED,
        name=f"{kind.value}.csv",
        sha256=sha256(kind.value.encode()).hexdigest(),
        lines=1,
        uploaded_by=by,
        uploaded_at=now,
        applied_by=by,
        applied_at=now,
    )


def _write_headcounts(
    upload: Upload,
    months: Sequence[Month],
    people: Mapping[int, Mapping[str, int]],
    groups: Mapping[str, StaffGroup],
) -> None:
    of = HeadcountMonth.objects.bulk_create(
        HeadcountMonth(staff_group=group, month=month.first_day, upload=upload, stands=True)
        for group in groups.values()
        for month in months
    )
    _create(
        Headcount(of=row, unit_id=unit, people=Decimal(by_group[row.staff_group.code]))
        for row in of
        for unit, by_group in people.items()
        if by_group[row.staff_group.code]
    )


def _write_counts(
    upload: Upload,
    months: Sequence[Month],
    people: Mapping[int, Mapping[str, int]],
    groups: Mapping[str, StaffGroup],
    chances: Mapping[int, Random],
) -> None:
    of = IndicatorMonth.objects.bulk_create(
        IndicatorMonth(indicator=indicator, month=month.first_day, upload=upload, stands=True)
        for indicator in Indicator.objects.filter(code__in=A_YEAR)
        for month in months
    )
    last_year = months[-12].first_day

    def rows() -> Iterator[MonthlyCount]:
        for row in of:
            for group, a_year in A_YEAR[row.indicator.code].items():
                rises = row.indicator.code == RISING and group == "ddos" and row.month >= last_year
                for unit, by_group in people.items():
                    expected = by_group[group] * a_year / 12_000 * (RISES_BY if rises else 1)
                    if number := _happened(expected, chances[unit]):
                        yield MonthlyCount(of=row, staff_group=groups[group], unit_id=unit, count=number)

    _create(rows())


def _happened(expected: float, random: Random) -> int:
    """A number that chance alone brings about where so many are expected (Poisson, as arrivals in a month)."""
    number, time = 0, random.expovariate(1.0)
    while time < expected:
        number += 1
        time += random.expovariate(1.0)
    return number


def _create(rows: Iterator[Model]) -> None:
    """Write rows of one table, a few thousand at a time."""
    waiting: list[Model] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == ROWS_AT_A_TIME:
            type(row)._default_manager.bulk_create(waiting)
            waiting = []
    if waiting:
        type(waiting[0])._default_manager.bulk_create(waiting)
