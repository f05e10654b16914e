"""Quarters, half-years and financial years as values. Dates in, dates out: no clock, no database.

A financial year runs from 1 April to 31 March and is written `2019/20`; Q1 is April to June. Which day a moment
falls on is a question about London (`london_day`), whatever zone the server keeps its time in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
APRIL = 4
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS_TO_REPORT_A_HALF = 28


class NotAPeriod(ValueError):
    """The text does not name a quarter or half-year."""


def london_day(moment: datetime) -> date:
    """Return the London date of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone falls on no particular day.")
    return moment.astimezone(LONDON).date()


def financial_year_of(day: date) -> int:
    """Return the calendar year in which the financial year of `day` begins."""
    return day.year if day.month >= APRIL else day.year - 1


def financial_year_name(start_year: int) -> str:
    """Return `2019/20` for 2019."""
    return f"{start_year}/{(start_year + 1) % 100:02d}"


def _first_day_of_month(start_year: int, months_after_april: int) -> date:
    month = APRIL + months_after_april
    return date(start_year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _months(first: date, last: date) -> str:
    """Return `April to June 2025`, or `October 2025 to March 2026` where the year changes in between."""
    year = "" if first.year == last.year else f" {first.year}"
    return f"{MONTHS[first.month - 1]}{year} to {MONTHS[last.month - 1]} {last.year}"


def _parse(text: str, *, letter: str, parts: int, example: str) -> tuple[int, int]:
    """Read `2025/26-Q1` (or `2025-26-q1`, as addresses have it)."""
    found = re.fullmatch(rf"(\d{{4}})[/-](\d{{2}})-{letter}([1-{parts}])", text.strip(), re.IGNORECASE | re.ASCII)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]) or not MINYEAR <= int(found[1]) < MAXYEAR:
        raise NotAPeriod(f"“{text}” is not a period of the financial year. Write it like {example}.")
    return int(found[1]), int(found[3])


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a financial year: `number` 1 (April to June) to 4 (January to March)."""

    start_year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Return the quarter that `text` names; raises NotAPeriod."""
        return cls(*_parse(text, letter="Q", parts=4, example="2025/26-Q1"))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that `day` falls in."""
        return cls(financial_year_of(day), (day.month - APRIL) % 12 // 3 + 1)

    def __str__(self) -> str:
        return f"{financial_year_name(self.start_year)}-Q{self.number}"

    @property
    def slug(self) -> str:
        """The quarter as addresses have it: `2025-26-q1`."""
        return str(self).replace("/", "-").lower()

    @property
    def name(self) -> str:
        """The quarter as people say it: `Q1 2025/26 (April to June 2025)`."""
        return f"Q{self.number} {financial_year_name(self.start_year)} ({_months(self.first_day, self.last_day)})"

    @property
    def first_day(self) -> date:
        return _first_day_of_month(self.start_year, 3 * (self.number - 1))

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    @property
    def due_on(self) -> date:
        """The day by which a statement is due, signed: the last day of the quarter's second month."""
        return _first_day_of_month(self.start_year, 3 * (self.number - 1) + 2) - timedelta(days=1)

    @property
    def half(self) -> HalfYear:
        return HalfYear(self.start_year, (self.number + 1) // 2)

    def next(self) -> Quarter:
        return self.plus(1)

    def previous(self) -> Quarter:
        return self.plus(-1)

    def plus(self, quarters: int) -> Quarter:
        """Return the quarter that many quarters later (or earlier, below zero)."""
        position = self.start_year * 4 + self.number - 1 + quarters
        return Quarter(position // 4, position % 4 + 1)

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, order=True)
class HalfYear:
    """Half of a financial year: H1 (April to September) or H2 (October to March)."""

    start_year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """Return the half-year that `text` names; raises NotAPeriod."""
        return cls(*_parse(text, letter="H", parts=2, example="2025/26-H1"))

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """Return the half-year that `day` falls in."""
        return Quarter.of(day).half

    def __str__(self) -> str:
        return f"{financial_year_name(self.start_year)}-H{self.number}"

    @property
    def slug(self) -> str:
        """The half-year as addresses have it: `2025-26-h1`."""
        return str(self).replace("/", "-").lower()

    @property
    def name(self) -> str:
        """The half-year as people say it: `H1 2025/26 (April to September 2025)`."""
        return f"H{self.number} {financial_year_name(self.start_year)} ({_months(self.first_day, self.last_day)})"

    @property
    def quarters(self) -> tuple[Quarter, Quarter]:
        return Quarter(self.start_year, 2 * self.number - 1), Quarter(self.start_year, 2 * self.number)

    @property
    def first_day(self) -> date:
        return self.quarters[0].first_day

    @property
    def last_day(self) -> date:
        return self.quarters[1].last_day

    @property
    def due_on(self) -> date:
        """The day by which a roll-up of the half is due."""
        return self.last_day + timedelta(days=DAYS_TO_REPORT_A_HALF)

    def next(self) -> HalfYear:
        return self.quarters[1].next().half

    def previous(self) -> HalfYear:
        return self.quarters[0].previous().half
