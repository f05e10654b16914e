"""What a file of injury figures says, and what is worth a second look before it counts. Pure.

Counts and headcounts have one shape here. A *series* is what runs from month to month: an indicator, or a staff group
whose people are counted. In each of its months a number stands at a *place*: a staff group and a unit, either of them
blank where it is not known (of a headcount the staff group is the series, and blank in the place).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from injuries import months_in_files
from records.spreadsheets import Problem
from rendering import formats

Key = tuple[str, date]
Place = tuple[str, str]
Number = int | Decimal

LEAP = 3  # times the neighbours, or one so-many-th of them
FEWEST_TO_LEAP = 5  # of the larger of the two: single cases come and go by chance


@dataclass(slots=True)
class Figures:
    """The months that a file says something about. A month without numbers is one in which there was none."""

    months: dict[Key, dict[Place, Number]] = field(default_factory=dict)
    lines: int = 0
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    # Of a file of incidents: of the first and the last of them.
    first_day: date | None = None
    last_day: date | None = None

    @property
    def remarks(self) -> Iterator[str]:
        """What is to be known of the file itself, whatever counted before."""
        if self.ignored:
            yield f"These columns were not read: {formats.listed(self.ignored)}."
        if self.first_day is None or self.last_day is None:
            return
        perhaps = {months_in_files.of(self.first_day)} if self.first_day.day > 1 else set()
        if (self.last_day + timedelta(days=1)).day > 1:
            perhaps.add(months_in_files.of(self.last_day))
        if perhaps:
            yield (
                f"The first incident is of {formats.day(self.first_day)}, the last of {formats.day(self.last_day)}. If "
                f"the file does not hold all of {months_in_files.runs_in_words(perhaps)}, do not import it: the number "
                "would be too low. Bring whole months."
            )


# --- What to look at again ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leap:
    """A month that lies far from its neighbours: how many it has, and the mean of the month before and after."""

    series: str
    month: date
    total: Number
    neighbours: Fraction


@dataclass(frozen=True, slots=True)
class Gap:
    """A month that nobody has counted, between two that are."""

    series: str
    month: date


Totals = Mapping[str, Mapping[date, Number]]


def leaps(brought: Totals, standing: Totals) -> Iterator[Leap]:
    """Yield the brought months at least LEAP times their neighbours, or at most one LEAP-th of them.

    Neighbours are the months before and after as they will be once the file counts; a month without any is not judged.
    """
    for series, totals in brought.items():
        after = {**standing.get(series, {}), **totals}
        for month, total in sorted(totals.items()):
            beside = [after[one] for step in (-1, 1) if (one := months_in_files.plus(month, step)) in after]
            if not beside:
                continue
            mean = sum((Fraction(one) for one in beside), Fraction()) / len(beside)
            ours = Fraction(total)
            if max(ours, mean) >= FEWEST_TO_LEAP and (ours >= LEAP * mean or ours * LEAP <= mean):
                yield Leap(series, month, total, mean)


def gaps(brought: Totals, standing: Totals) -> Iterator[Gap]:
    """Yield the months that are counted neither here nor before, between the nearest counted ones around the file."""
    for series, totals in brought.items():
        if not totals:
            continue
        there = {*standing.get(series, {}), *totals}
        first = max((one for one in there if one < min(totals)), default=min(totals))
        last = min((one for one in there if one > max(totals)), default=max(totals))
        yield from (Gap(series, month) for month in months_in_files.through(first, last) if month not in there)


@dataclass(slots=True)
class Parts:
    """How much of a month is known by staff group and by unit, and how much is not."""

    total: Number = 0
    with_group: Number = 0
    with_unit: Number = 0

    def add(self, place: Place, number: Number) -> None:
        """Count a number in."""
        group, unit = place
        self.total += number
        self.with_group += number if group else 0
        self.with_unit += number if unit else 0

    @property
    def looks_doubled(self) -> bool:
        """Whether what has no staff group, or no unit, is exactly as much as all the rest: most likely a total."""
        return any(part and part * 2 == self.total for part in (self.with_group, self.with_unit))


# --- What becomes of a file -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class MonthChange:
    """What becomes of a series in a month: how many were counted and will be, and at how many places that differs.

    `before` is None where nobody has counted the month yet; of the places that differ, `gone` count nothing any more.
    """

    series: str
    month: date
    before: Number | None = None
    parts: Parts = field(default_factory=Parts)
    differ: int = 0
    gone: int = 0

    @property
    def after(self) -> Number:
        return self.parts.total

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.differ > 0

    @property
    def is_same(self) -> bool:
        return self.before is not None and not self.differ

    def compare(self, place: Place, before: Number | None, after: Number | None) -> None:
        """Take in what stands, and what the file says, at a place."""
        if after is not None:
            self.parts.add(place, after)
        if before is not None:
            self.before = (self.before or 0) + before
        if before != after:
            self.differ += 1
            self.gone += after is None


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a file if it is confirmed now; `digest` tells whether somebody has seen just this."""

    changes: tuple[MonthChange, ...]
    warnings: tuple[str, ...]
    digest: str

    @property
    def added(self) -> int:
        return sum(one.is_new for one in self.changes)

    @property
    def changed(self) -> int:
        return sum(one.is_changed for one in self.changes)

    @property
    def same(self) -> int:
        return sum(one.is_same for one in self.changes)

    @property
    def losing(self) -> int:
        """In how many months a staff group or unit that was counted is counted no more."""
        return sum(one.gone > 0 for one in self.changes)


def warnings(
    changes: Sequence[MonthChange],
    standing: Totals,
    names: Mapping[str, str],
    without_headcount: Mapping[str, list[date]],
) -> Iterator[str]:
    """Yield what is worth a second look before the file counts, in words.

    `standing` are the months that count now, `without_headcount` the counted months of staff groups whose headcount
    nobody has brought, by what they are called.
    """
    brought: dict[str, dict[date, Number]] = {}
    for one in changes:
        brought.setdefault(one.series, {})[one.month] = one.after
    for series in brought:
        missing = [gap.month for gap in gaps({series: brought[series]}, standing)]
        if missing:
            yield f"{names[series]}: missing between months that are there: {months_in_files.runs_in_words(missing)}."
    for one in changes:
        if one.parts.looks_doubled:
            month = months_in_files.in_words(one.month)
            yield (
                f"{names[one.series]}, {month}: what has no staff group or no unit is as much as "
                "all the rest. If it is a total, take it out."
            )
    for leap in leaps(brought, standing):
        yield (
            f"{names[leap.series]}, {months_in_files.in_words(leap.month)}: {_short(leap.total)}, against "
            f"{_short(leap.neighbours)} on average in the months beside it."
        )
    for group, there in without_headcount.items():
        yield f"{group}: no headcount for {months_in_files.runs_in_words(there)}, so no rate can be worked out."


def _short(number: Number | Fraction) -> str:
    return formats.decimal(number, 0 if number == int(number) else 1)
