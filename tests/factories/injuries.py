"""Injury figures for tests, imported as people import them: from what a file says, by way of its preview."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from injuries import indicatorsfile
from injuries.figures import Figures, Number
from injuries.models import Headcount, HeadcountMonth, IndicatorMonth, MonthlyCount, Upload, UploadKind
from injuries.services import importing, indicators
from injuries.services.previews import preview
from organisation.models import User
from organisation.roles import Role
from tests.factories.organisation import make_person

SHIPPED = Path(__file__).parents[2] / "fixtures" / "injury-indicators.toml"
Said = Mapping[tuple[str, date, str, str], Number]


def load_shipped() -> None:
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
