"""Months as files write them and rows keep them: a month is its first day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from injuries.months import Month, Period
from organisation.periods import MONTHS

EXAMPLE = "2018-07 or July 2018"
FIRST_YEAR = 1990  # nothing is written down from before; a two-digit year is one from 2000 on
_NUMBERS = {name.casefold()[:3]: number for number, name in enumerate(MONTHS, start=1)}
_ISO = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?", re.ASCII)
_DAY_FIRST = re.compile(r"(?:(?P<day>\d{1,2})[/. -])?(?P<month>\d{1,2})[/. -](?P<year>\d{4})", re.ASCII)
_WORDS = re.compile(r"(?:(?P<day>\d{1,2})[ -])?(?P<name>[a-z]{3,9})\.?[ -]?['’]?(?P<year>\d{4}|\d{2})", re.ASCII)


class NotAMonth(ValueError):
    """The text names no month; the message says how to write one."""


def read(text: str) -> date:
    """Return the first day of the month that the text names. Raises NotAMonth.

    Taken are 2018-07, July 2018, Jul-18, 07/2018, 01/07/2018 and a month's first day as workbooks hold it. Another
    day is refused: where “Jul-18” was taken for 18 July, a spreadsheet program has written this year's.
    """
    plain = " ".join(text.casefold().split())
    found = _ISO.fullmatch(plain) or _DAY_FIRST.fullmatch(plain) or _WORDS.fullmatch(plain)
    if found is None:
        raise NotAMonth(f"“{text}” is no month. Write it as {EXAMPLE}.")
    said = found.groupdict()
    number = _named(said["name"]) if "name" in said else int(said["month"])
    year = int(said["year"]) + (2000 if len(said["year"]) == 2 else 0)
    if not number or not 1 <= number <= 12 or year < FIRST_YEAR:
        raise NotAMonth(f"“{text}” is no month of ours. Write it as {EXAMPLE}.")
    if said["day"] is not None and int(said["day"]) != 1:
        raise NotAMonth(f"“{text}” is a day. Write its month as {EXAMPLE}.")
    return date(year, number, 1)


def _named(name: str) -> int:
    """Return the number of a month by its name or the beginning of it (July, Jul, Sept); 0 where there is none."""
    number = _NUMBERS.get(name[:3], 0)
    return number if number and MONTHS[number - 1].casefold().startswith(name) else 0


def of(day: date) -> date:
    """Return the month that a day lies in."""
    return day.replace(day=1)


def plus(month: date, number: int) -> date:
    """Return the month so many months later, or earlier where `number` is below nought."""
    return Month.of(month).plus(number).first_day


def through(first: date, last: date) -> list[date]:
    """Return every month from the first to the last, both included."""
    number = (last.year - first.year) * 12 + last.month - first.month
    return [plus(first, step) for step in range(number + 1)]


def in_words(month: date) -> str:
    """Return the month as “July 2018”."""
    return Month.of(month).name


def runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """Return the months as runs without a gap, each by its first and last month."""
    found: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if found and plus(found[-1][1], 1) == month:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def runs_in_words(months: Iterable[date]) -> str:
    """Return the months as “May 2018, July 2018 to June 2019”; nothing for none."""
    return ", ".join(_run_in_words(run) for run in runs(months))


def _run_in_words(run: Sequence[date]) -> str:
    first, last = run
    return Period(Month.of(first), Month.of(last)).name
