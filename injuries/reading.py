"""Reading counts and headcounts that stand, as the calculations take them: the same few queries however many there are.

A month counts as counted where a file has said so, also where nothing happened in it. Headcount is known for everybody
where it is for each staff group that has any in the months asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum

from injuries import two_periods
from injuries.models import (
    Headcount,
    HeadcountMonth,
    Indicator,
    IndicatorMonth,
    IndicatorStaffGroup,
    MonthlyCount,
    ReportingChange,
    StaffGroup,
)
from injuries.months import IN_A_YEAR, Month, Period
from injuries.rates import Counted, Observed, observed
from injuries.two_periods import Change, Compared, Line
from organisation.models import Unit

# A staff group by its key; None: everybody.
Group = int | None


@dataclass(frozen=True, slots=True)
class Events:
    """Counts of some indicators: which months were counted, and how many there were of each staff group."""

    counted: Collection[tuple[int, date]]
    numbers: Mapping[tuple[int, date, Group], int]

    def of(self, indicator: int, month: date, group: Group) -> int | None:
        """How many there were in a month; None where nobody has counted."""
        return self.numbers.get((indicator, month, group), 0) if (indicator, month) in self.counted else None


@dataclass(frozen=True, slots=True)
class People:
    """Headcounts: of each staff group, and of everybody where all of them are known."""

    groups: Collection[int]
    numbers: Mapping[tuple[int, date], Decimal]

    def of(self, month: date, group: Group) -> Decimal | None:
        """How many people there were in a month; None where that is not known."""
        if group is not None:
            return self.numbers.get((group, month))
        known = [self.numbers.get((one, month)) for one in self.groups]
        if not known or None in known:
            return None
        return sum((people for people in known if people is not None), Decimal(0))


def events_in(months: Iterable[Month], indicators: QuerySet[Indicator] | None = None) -> Events:
    """Return the standing counts of these months: two queries."""
    standing = IndicatorMonth.objects.standing().filter(month__in=[month.first_day for month in months])
    if indicators is not None:
        standing = standing.filter(indicator__in=indicators)
    counted = set(standing.values_list("indicator_id", "month"))
    rows = (
        MonthlyCount.objects.filter(of__in=standing)
        .values_list("of__indicator", "of__month", "staff_group")
        .annotate(number=Sum("count"))
    )
    numbers: dict[tuple[int, date, Group], int] = {}
    for indicator, month, group, number in rows:
        if group is not None:
            numbers[indicator, month, group] = number
        numbers[indicator, month, None] = numbers.get((indicator, month, None), 0) + number
    return Events(counted, numbers)


def people_in(months: Iterable[Month]) -> People:
    """Return the standing headcounts of these months: two queries."""
    standing = HeadcountMonth.objects.standing().filter(month__in=[month.first_day for month in months])
    numbers: dict[tuple[int, date], Decimal] = dict.fromkeys(
        standing.values_list("staff_group_id", "month"), Decimal(0)
    )
    rows = (
        Headcount.objects.filter(of__in=standing)
        .values_list("of__staff_group", "of__month")
        .annotate(people=Sum("people"))
    )
    for group, month, people in rows:
        numbers[group, month] = people
    return People({group for group, _ in numbers}, numbers)


def counted_in(
    period: Iterable[Month], indicator: int, group: Group, events: Events, people: People
) -> tuple[Counted, ...]:
    """Return an indicator month by month, of a staff group or of everybody."""
    return tuple(
        Counted(month.name, events.of(indicator, month.first_day, group), people.of(month.first_day, group))
        for month in period
    )


# --- Which months there are -------------------------------------------------------------------------------------------


def latest_month(today: date) -> Month | None:
    """Return the latest month that is over and was counted; None where there is no count at all."""
    this_month = today.replace(day=1)
    latest = IndicatorMonth.objects.standing().filter(month__lt=this_month).aggregate(latest=Max("month"))["latest"]
    return Month.of(latest) if latest else None


def last_twelve(today: date) -> Period | None:
    """Return the twelve months up to the latest that was counted; None where there is none."""
    latest = latest_month(today)
    return Period.of_months(IN_A_YEAR, last=latest) if latest else None


def provisional_months(latest: Month) -> list[Month]:
    """Return the months for which injuries are still reported late, by the force's setting."""
    return [latest.plus(-months) for months in reversed(range(settings.PROVISIONAL_MONTHS))]


# --- Comparing two periods --------------------------------------------------------------------------------------------


def comparison(later: Period, earlier: Period, *, latest: Month, codes: Collection[str] | None = None) -> Compared:
    """Return the table of two periods, in the order of the indicators: seven queries however much was counted.

    `latest` is the latest month that was counted: it and some before it are provisional. `codes` are of the indicators
    that are wanted; None: all of them.
    """
    lines = [line for line in _compared() if codes is None or line[0].code in codes]
    return _table(lines, later, earlier, changes=reporting_changes(), latest=latest)


def by_staff_group(indicator: Indicator, *, latest: Month) -> Compared:
    """Return an indicator in the last twelve months beside the twelve before, by staff group, and of everybody."""
    later = Period.of_months(IN_A_YEAR, last=latest)
    groups: list[StaffGroup | None] = [None, *StaffGroup.objects.all()]
    lines = [(indicator, group) for group in groups]
    return _table(lines, later, later.before(), changes=reporting_changes(indicator), latest=latest)


def _table(
    lines: Sequence[tuple[Indicator, StaffGroup | None]],
    later: Period,
    earlier: Period,
    *,
    changes: Sequence[Change],
    latest: Month,
) -> Compared:
    months = sorted({*later, *earlier})
    events, people = events_in(months), people_in(months)
    return two_periods.compared(
        [
            Line(
                indicator.code,
                indicator.name,
                group.name if group else "",
                group.code if group else "",
                counted_in(later, indicator.pk, group.pk if group else None, events, people),
                counted_in(earlier, indicator.pk, group.pk if group else None, events, people),
            )
            for indicator, group in lines
        ],
        later=later,
        earlier=earlier,
        provisional=provisional_months(latest),
        changes=changes,
    )


def _compared() -> list[tuple[Indicator, StaffGroup | None]]:
    """Every indicator, once for each staff group that it is compared for: two queries."""
    by_group: dict[int, list[StaffGroup]] = {}
    for link in IndicatorStaffGroup.objects.select_related("staff_group").order_by("staff_group__position"):
        by_group.setdefault(link.indicator_id, []).append(link.staff_group)
    found: list[tuple[Indicator, StaffGroup | None]] = []
    for indicator in Indicator.objects.all():
        groups: Sequence[StaffGroup | None] = by_group.get(indicator.pk) or [None]
        found += [(indicator, group) for group in groups]
    return found


def reporting_changes(indicator: Indicator | None = None) -> list[Change]:
    """Return the days from which something is reported in another way: of one indicator, or of any."""
    rows = ReportingChange.objects.select_related("indicator")
    return [
        Change(
            row.starts_on,
            row.name,
            row.effect,
            row.indicator.name.lower() if row.indicator else "",
            row.limits_begin_anew,
        )
        for row in rows
        if indicator is None or row.indicator_id in (None, indicator.pk)
    ]


# --- One indicator, month by month ------------------------------------------------------------------------------------

SHOWN_MONTHS = 36


def by_month(indicator: Indicator, group: StaffGroup | None, *, latest: Month) -> tuple[Counted, ...]:
    """Return an indicator’s last three years month by month, of a staff group or of everybody: four queries.

    Months before the first that was counted are left out.
    """
    period = Period.of_months(SHOWN_MONTHS, last=latest)
    events = events_in(period, Indicator.objects.filter(pk=indicator.pk))
    people = people_in(period)
    counted = counted_in(period, indicator.pk, group.pk if group else None, events, people)
    first = next((index for index, one in enumerate(counted) if one.events is not None), len(counted))
    return counted[first:]


# --- Units ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfUnits:
    """What units counted in a period and in the one before it: by unit and code of the indicator, later and earlier.

    Counts are among the unit’s own people where its headcount is known in every month of both, or else among months.
    """

    later: Period
    earlier: Period
    by_unit: Mapping[int, Mapping[str, tuple[Observed, Observed]]]


def of_units(units: Collection[int], *, today: date) -> OfUnits | None:
    """Return the last twelve months of each unit beside the twelve before; None where nothing has been counted.

    Only indicators that were counted in every month are there: eight queries, however many units.
    """
    later = last_twelve(today)
    if later is None:
        return None
    earlier = later.before()
    codes = _counted_throughout([*earlier, *later])
    events = [_events_by_unit(units, codes, period) for period in (later, earlier)]
    people = [_people_by_unit(units, period) for period in (later, earlier)]
    by_unit: dict[int, dict[str, tuple[Observed, Observed]]] = {}
    for unit in units:
        known = all(unit in of for of in people)
        by_unit[unit] = {}
        for indicator, code in codes.items():
            pair = [
                observed(of.get((unit, indicator), 0), among[unit], months=len(period))
                if known
                else observed(of.get((unit, indicator), 0), len(period), months=len(period), per="months")
                for of, among, period in zip(events, people, (later, earlier), strict=True)
            ]
            by_unit[unit][code] = (pair[0], pair[1])
    return OfUnits(later, earlier, by_unit)


def _counted_throughout(months: Sequence[Month]) -> dict[int, str]:
    """Return the indicators that were counted in each of the months: their codes by key."""
    counted = IndicatorMonth.objects.standing().filter(month__in=[month.first_day for month in months])
    rows = counted.values_list("indicator", "indicator__code").annotate(months=Count("pk"))
    return {indicator: code for indicator, code, number in rows.order_by("indicator") if number == len(months)}


def _events_by_unit(units: Collection[int], indicators: Collection[int], period: Period) -> dict[tuple[int, int], int]:
    rows = (
        MonthlyCount.objects.filter(
            of__in=IndicatorMonth.objects.standing().filter(indicator__in=list(indicators)),
            of__month__range=(period.first.first_day, period.last.first_day),
            unit__in=list(units),
        )
        .values_list("unit", "of__indicator")
        .annotate(number=Sum("count"))
        .order_by("unit", "of__indicator")
    )
    return {(unit, indicator): number for unit, indicator, number in rows}


def _people_by_unit(units: Collection[int], period: Period) -> dict[int, Decimal]:
    """Return the person-months of units that have a headcount in each month of the period."""
    rows = (
        Headcount.objects.filter(
            of__in=HeadcountMonth.objects.standing(),
            of__month__range=(period.first.first_day, period.last.first_day),
            unit__in=list(units),
        )
        .values_list("unit")
        .annotate(people=Sum("people"), months=Count("of__month", distinct=True))
        .order_by("unit")
    )
    return {unit: people for unit, people, months in rows if months == len(period) and people}


def between_units(indicator: Indicator, *, period: Period) -> dict[int, Counted] | None:
    """Return each unit that there was in a period, by its key, in the order of names; None unless all was counted.

    A unit without a headcount in every month has no exposure. Two units of one name are told apart by their addresses.
    """
    if indicator.pk not in _counted_throughout(list(period)):
        return None
    there = Unit.objects.filter(opened_on__lte=period.last.plus(1).first_day - timedelta(days=1)).exclude(
        closed_on__lt=period.first.first_day
    )
    units = list(there.order_by("name", "pk").values_list("pk", "name", "slug"))
    named = Counter(name for _, name, _ in units)
    keys = [pk for pk, _, _ in units]
    events, people = _events_by_unit(keys, [indicator.pk], period), _people_by_unit(keys, period)
    labels = {pk: name if named[name] == 1 else f"{name} ({slug})" for pk, name, slug in units}
    return {pk: Counted(label, events.get((pk, indicator.pk), 0), people.get(pk)) for pk, label in labels.items()}
