"""Months and stretches of whole months as values. Dates in, dates out: no clock, no database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from organisation.periods import MONTHS

IN_A_YEAR = 12
LONGEST = 120  # months: ten years, more than any comparison needs


class NotMonths(ValueError):
    """The text names no month, or two months no stretch of time. The message says how to write them."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month: `number` 1 (January) to 12."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month of `2018-07`. Raises NotMonths."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip(), re.ASCII)
        if not found or not MINYEAR < int(found[1]) < MAXYEAR or not 1 <= int(found[2]) <= IN_A_YEAR:
            raise NotMonths(f"“{text}” is not a month. Write it like 2018-07.")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def name(self) -> str:
        """The month as people say it: `July 2018`."""
        return f"{MONTHS[self.number - 1]} {self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    def plus(self, months: int) -> Month:
        """Return the month that many months later (or earlier, below zero)."""
        year, number = divmod(self.year * IN_A_YEAR + self.number - 1 + months, IN_A_YEAR)
        return Month(year, number + 1)

    def since(self, earlier: Month) -> int:
        """Return how many months it is after another."""
        return (self.year - earlier.year) * IN_A_YEAR + self.number - earlier.number


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months from `first` to `last`, both included."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise NotMonths(f"{self.last.name} is before {self.first.name}. Choose a later end, or an earlier start.")
        if len(self) > LONGEST:
            raise NotMonths(f"{self.name} is longer than {LONGEST // IN_A_YEAR} years. Choose a shorter period.")

    @classmethod
    def of_months(cls, months: int, *, last: Month) -> Period:
        """Return so many months up to `last`."""
        return cls(last.plus(1 - months), last)

    def __len__(self) -> int:
        return self.last.since(self.first) + 1

    def __iter__(self) -> Iterator[Month]:
        return (self.first.plus(months) for months in range(len(self)))

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    @property
    def name(self) -> str:
        """The period as people say it: `July 2018 to June 2019`, or one month’s name."""
        return self.first.name if self.first == self.last else f"{self.first.name} to {self.last.name}"

    @property
    def until(self) -> str:
        """How a table heads it: `12 months to June 2019`."""
        return f"{len(self)} months to {self.last.name}" if len(self) > 1 else self.first.name

    def before(self) -> Period:
        """Return the period of the same length right before it."""
        return Period(self.first.plus(-len(self)), self.first.plus(-1))

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last
