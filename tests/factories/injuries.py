"""Injury figures for tests, imported as people import them: from what a file says, by way of its preview."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from injuries import indicatorsfile
from injuries.figures import Figures, Number
from injuries.models import (
    CustodyDenominator,
    CustodyExceptionKind,
    CustodyReferral,
    CustodyReport,
    DetaineeInjuryType,
    Headcount,
    HeadcountMonth,
    IndicatorMonth,
    InterventionCause,
    MonthlyCount,
    StaffGroup,
    Upload,
    UploadKind,
    WorkingTimeReading,
    WorkingTimeTarget,
)
from injuries.months import Month, Period
from injuries.services import custody, importing, indicators
from injuries.services import working_time as working_time_services
from injuries.services.previews import preview
from organisation.models import Unit, User
from organisation.roles import Role
from tests.factories.organisation import make_person

SHIPPED = Path(__file__).parents[2] / "fixtures" / "injury-indicators.toml"
Said = Mapping[tuple[str, date, str, str], Number]


def load_indicators() -> None:
    """Load the indicators and staff groups that are shipped."""
    indicators.load(indicatorsfile.read(SHIPPED.read_text(encoding="utf-8")), at=timezone.now())


def figures(said: Said) -> Figures:
    """What a file says: numbers by series, month, staff group and unit; 0 for a month of none."""
    found = Figures(lines=len(said))
    for (series, month, group, unit), number in said.items():
        there = found.months.setdefault((series, month), {})
        if number:
            there[group, unit] = number
    return found


def keep(
    said: Said, *, kind: UploadKind = UploadKind.COUNTS, name: str = "figures.csv", by: User, at: datetime | None = None
) -> Upload:
    """What a file says, before its author confirms it."""
    source = importing.Source(kind, name, hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest())
    return importing.keep(figures=figures(said), source=source, by=by, at=at or timezone.now())


def bring(
    said: Said, *, kind: UploadKind = UploadKind.COUNTS, by: User | None = None, at: datetime | None = None
) -> Upload:
    """Figures that count."""
    by, at = by or make_person(Role.SHRMT), at or timezone.now()
    upload = keep(said, kind=kind, by=by, at=at)
    return importing.apply(upload=upload, seen=preview(upload).digest, by=by, at=at)


def standing_counts() -> dict[tuple[str, date, str, str], int]:
    """What counts now: numbers by indicator, month, staff group and unit; 0 for a month of none."""
    found = dict.fromkeys(((code, month, "", "") for code, month in _standing(IndicatorMonth, "indicator")), 0)
    rows = MonthlyCount.objects.filter(of__stands=True).values_list(
        "of__indicator__code", "of__month", "staff_group__code", "unit__slug", "count"
    )
    counted = {(code, month, group or "", unit or ""): count for code, month, group, unit, count in rows}
    with_counts = {key[:2] for key in counted}
    return {key: 0 for key in found if key[:2] not in with_counts} | counted


def standing_headcounts() -> dict[tuple[str, date, str], Decimal]:
    """Headcounts that count now, by staff group, month and unit."""
    rows = Headcount.objects.filter(of__stands=True).values_list(
        "of__staff_group__code", "of__month", "unit__slug", "people"
    )
    return {(code, month, unit or ""): people for code, month, unit, people in rows}


def _standing(model: type[IndicatorMonth | HeadcountMonth], series: str) -> list[tuple[str, date]]:
    return list(model.objects.standing().values_list(f"{series}__code", "month"))


def split(total: int, months: int) -> list[int]:
    """A whole number in so many parts that add up to it, as alike as they can be."""
    least, more = divmod(total, months)
    return [least + (part < more) for part in range(months)]


def split_exactly(total: Decimal, months: int) -> list[Decimal]:
    """A number of four decimals in so many parts that add up to it exactly."""
    return [Decimal(part) / 10_000 for part in split(int(total * 10_000), months)]


def table_1(rows: Sequence[Mapping[str, dict[str, str | int]]], groups: Mapping[str, str]) -> None:
    """The counts and person-months of Table 1 [001], spread over their months so that they add up exactly."""
    counts: dict[tuple[str, date, str, str], Number] = {}
    people: dict[tuple[str, date, str, str], Number] = {}
    for row in rows:
        group = groups[str(row["group"])]
        for side in (row["later"], row["earlier"]):
            first = Month.parse(str(side["period"]).partition("..")[0])
            events = split(int(side["count"]), 12)
            exposure = split_exactly(Decimal(str(side["person_months"])), 12)
            for month in range(12):
                day = first.plus(month).first_day
                counts["assaults-with-injury", day, group, ""] = events[month]
                people[group, day, "", ""] = exposure[month]
    by = make_person(Role.SHRMT)
    bring(counts, by=by)
    bring(people, kind=UploadKind.HEADCOUNT, by=by)


def two_years(code: str, unit: Unit, *, earlier: int, later: int, last: Month, people: int | None = None) -> None:
    """Two years of an indicator in a unit, spread evenly over their months, among so many police officers."""
    days = [last.plus(-back).first_day for back in reversed(range(24))]
    numbers = split(earlier, 12) + split(later, 12)
    by = make_person(Role.SHRMT)
    bring({(code, day, "police-officers", unit.slug): number for day, number in zip(days, numbers, strict=True)}, by=by)
    if people is not None:
        officers = {("police-officers", day, "", unit.slug): Decimal(people) for day in days}
        bring(officers, kind=UploadKind.HEADCOUNT, by=by)


def staff_group(code: str = "police-officers") -> StaffGroup:
    """A staff group that is shipped."""
    return StaffGroup.objects.get(code=code)


def working_time(
    day: date,
    in_scope: int,
    opted_out: int,
    not_opted_out: int,
    *,
    weeks: int = 17,
    hours: int = 48,
    note: str = "",
    group: str = "police-officers",
    by: User | None = None,
    at: datetime | None = None,
) -> WorkingTimeReading:
    """A reading of working time that counts."""
    said = working_time_services.Said(day, in_scope, opted_out, not_opted_out, weeks, hours, note)
    return working_time_services.record(
        said=said,
        staff_group=staff_group(group),
        token=uuid.uuid4(),
        by=by or make_person(Role.SHRMT),
        at=at or timezone.now(),
    )


def working_time_target(
    share: str, from_on: date, *, endorsed_by: str = "the Board", group: str = "police-officers", by: User | None = None
) -> WorkingTimeTarget:
    """A target for working time."""
    return working_time_services.set_target(
        terms=working_time_services.Terms(Decimal(share), from_on, endorsed_by),
        staff_group=staff_group(group),
        token=uuid.uuid4(),
        by=by or make_person(Role.HEAD),
        at=timezone.now(),
    )


# --- Custody ----------------------------------------------------------------------------------------------------------


def said(
    first: str,
    last: str,
    *,
    among: tuple[str, int] | None = None,
    interventions: int | None = None,
    causes: Mapping[str, int] | None = None,
    injuries: int | None = None,
    types: Mapping[str, int] | None = None,
    exceptions: Mapping[tuple[str, str], int] | None = None,
    note: str = "",
) -> custody.Said:
    """What a custody report says, by the codes of its lists; `exceptions` by kind and referral (empty: not said)."""
    named, number = among or ("", None)
    return custody.Said(
        period=Period(Month.parse(first), Month.parse(last)),
        denominator=CustodyDenominator.objects.get(code=named) if named else None,
        denominator_number=number,
        interventions=interventions,
        causes={InterventionCause.objects.get(code=code): count for code, count in (causes or {}).items()},
        injuries=injuries,
        types={DetaineeInjuryType.objects.get(code=code): count for code, count in (types or {}).items()},
        exceptions=None
        if exceptions is None
        else {
            (
                CustodyExceptionKind.objects.get(code=kind),
                CustodyReferral.objects.get(code=referral) if referral else None,
            ): count
            for (kind, referral), count in exceptions.items()
        },
        note=note,
    )


def record_custody(
    first: str, last: str, *, by: User | None = None, at: datetime | None = None, **says: Any
) -> CustodyReport:
    """A custody report that stands."""
    by, at = by or make_person(Role.SHRMT), at or timezone.now()
    return custody.record(said=said(first, last, **says), token=uuid.uuid4(), by=by, at=at)


def corrected_custody(*, by: User) -> CustodyReport:
    """A report that says all that one can, with what it corrected, and an earlier one to compare it with."""
    says: dict[str, Any] = {
        "among": ("custody-records", 900),
        "causes": {"clothing": 2},
        "injuries": 12,
        "types": {"self-harm": 5},
        "exceptions": {("medicines", "medical-director"): 1},
        "note": "Counted in another way than before.",
    }
    record_custody("2024-01", "2024-06", interventions=30, by=by, **says)
    slip = record_custody("2025-01", "2025-06", interventions=52, by=by, **says)
    meant = said("2025-01", "2025-06", interventions=25, **says)
    because = "Two digits were swapped."
    return custody.correct(report=slip, said=meant, because=because, token=uuid.uuid4(), by=by, at=timezone.now())


def the_sources_custody() -> dict[str, CustodyReport]:
    """The custody figures of [001, paragraphs 1.22 and 1.28], by period."""
    by = make_person(Role.SHRMT)
    return {
        "2019 H1": record_custody(
            "2019-01", "2019-06", among=("custody-records", 59_177), interventions=258, injuries=36, by=by
        ),
        "2018 H1": record_custody("2018-01", "2018-06", among=("detainees", 70_044), interventions=387, by=by),
        "2018": record_custody("2018-01", "2018-12", injuries=118, by=by),
        "2017": record_custody("2017-01", "2017-12", injuries=182, by=by),
    }
