"""What injury figures count, and months of them that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

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
from organisation.models import Unit, User
from organisation.roles import Role
from tests.factories.organisation import make_person

AT = datetime(2019, 7, 5, 9, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "fixtures" / "injury-indicators.toml"


def load_indicators() -> None:
    """Load the indicators that the product ships."""
    indicators.load(indicatorsfile.read(SHIPPED.read_text(encoding="utf-8")), at=AT)


def make_upload(kind: UploadKind = UploadKind.COUNTS, *, by: User | None = None) -> Upload:
    """A file that was brought and confirmed."""
    by = by or make_person(Role.SHRMT)
    return Upload.objects.create(
        kind=kind,
        state=UploadState.APPLIED,
        name="figures.csv",
        sha256="0" * 64,
        lines=1,
        uploaded_by=by,
        uploaded_at=AT,
        applied_by=by,
        applied_at=AT,
    )


def counted(
    code: str, month: date, numbers: Mapping[str, int] | int, *, upload: Upload, unit: Unit | None = None
) -> IndicatorMonth:
    """A month of an indicator that stands: a number by code of staff group, or one of no known group."""
    of = IndicatorMonth.objects.create(
        indicator=Indicator.objects.get(code=code), month=month, upload=upload, stands=True
    )
    by_group = {"": numbers} if isinstance(numbers, int) else numbers
    groups = dict(StaffGroup.objects.values_list("code", "pk"))
    MonthlyCount.objects.bulk_create(
        MonthlyCount(of=of, staff_group_id=groups.get(group), unit=unit, count=number)
        for group, number in by_group.items()
        if number
    )
    return of


def headcount(
    code: str, month: date, people: Decimal | int | str, *, upload: Upload, unit: Unit | None = None
) -> HeadcountMonth:
    """A month of a staff group’s headcount that stands."""
    of = HeadcountMonth.objects.create(
        staff_group=StaffGroup.objects.get(code=code), month=month, upload=upload, stands=True
    )
    Headcount.objects.create(of=of, unit=unit, people=Decimal(people))
    return of


def split(total: int, months: int) -> list[int]:
    """A whole number in so many parts that add up to it, as alike as they can be."""
    least, more = divmod(total, months)
    return [least + (part < more) for part in range(months)]


def split_exactly(total: Decimal, months: int) -> list[Decimal]:
    """A number of four decimals in so many parts that add up to it exactly."""
    return [Decimal(part) / 10_000 for part in split(int(total * 10_000), months)]


def table_1(rows: Sequence[Mapping[str, dict[str, str | int]]], groups: Mapping[str, str], *, upload: Upload) -> None:
    """The counts and person-months of Table 1 [001], spread over their months so that they add up exactly."""
    for side in ("later", "earlier"):
        for month in range(12):
            parts = {}
            for row in rows:
                said = row[side]
                first = Month.parse(str(said["period"]).partition("..")[0])
                parts[groups[str(row["group"])]] = split(int(said["count"]), 12)[month]
                people = split_exactly(Decimal(str(said["person_months"])), 12)[month]
                headcount(groups[str(row["group"])], first.plus(month).first_day, people, upload=upload)
            counted("assaults-with-injury", first.plus(month).first_day, parts, upload=upload)


def two_years(
    code: str,
    unit: Unit,
    *,
    earlier: int,
    later: int,
    people: int | None = None,
    last: Month,
    upload: Upload | None = None,
) -> None:
    """Two years of an indicator in a unit, spread evenly over their months, among so many police officers."""
    upload = upload or make_upload()
    for year, total in enumerate((earlier, later)):
        for month, number in enumerate(split(total, 12)):
            day = last.plus(-23 + 12 * year + month).first_day
            counted(code, day, {"police-officers": number}, upload=upload, unit=unit)
            if people is not None:
                headcount("police-officers", day, people, upload=upload, unit=unit)
