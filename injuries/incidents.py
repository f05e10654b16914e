"""Files of incidents, a line each: counted by month, indicator, staff group and unit while they pass. Pure.

No line is kept, and no message tells more of one than its number, a column and the word of a category in it. What costs
time is done once for each word that a column has, so that a line takes a few look-ups, however many there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from injuries import months_in_files
from injuries.figures import Figures, Key, Number, Place
from injuries.mapping import ColumnRules, Translated, could_name_a_person
from injuries.names import Finder, Known, NotKnown, plain
from organisation.periods import MONTHS
from records.spreadsheets import Problem, Unreadable, Wanted

WANTED = Wanted("a year’s incidents", "Save it as text (CSV), of which there may be any number of lines.")
MOST_PROBLEMS = 200
LONGEST_SHOWN = 60
HOW_TO_WRITE_A_DAY = "Write the day as 2018-07-31 or 31/07/2018; a time may follow."
# Not read as it stands: its cells may have moved, so that a name stands where a word of a category should.
_NOT_AS_MANY = "the line has not as many cells as there are headings. A text with a comma in it needs quotation marks."
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<a>\d{1,2})-(?P<b>\d{1,2})(?:[T ].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>\d{4})(?:[T ].*)?", re.ASCII)
_IN_WORDS = re.compile(r"(?P<day>\d{1,2})[ -](?P<month>[a-z]{3,9})[ -](?P<year>\d{4})(?: .*)?", re.ASCII)
_BEFORE_A_TIME = frozenset({"", " ", "T"})
_MONTHS = {spelling.casefold(): number for number, name in enumerate(MONTHS, 1) for spelling in (name, name[:3])}


class _Fault(Exception):
    """A word of a line cannot be read: in which column, and how to mend it."""

    def __init__(self, column: str, message: str) -> None:
        self.problem = column, message
        super().__init__(message)


class Sort(NamedTuple):
    """For which indicators an incident counts, and in which staff group."""

    indicators: tuple[str, ...]
    staff_group: str


def read(lines: Iterator[tuple[int, Sequence[str]]], rules: ColumnRules, known: Known) -> Figures:
    """Return the counts of the incidents, with every fault by line and column.

    The lines come with their numbers, the headings first. Every month from the first incident to the last is counted
    for every indicator of the mapping, those with none included. Raises Unreadable where a column is missing, or could
    name a person and is not ignored.
    """
    number, headings = next(lines, (1, []))
    figures = Figures(ignored=_columns_left_out(headings, number, rules))
    columns = _Columns.of(headings, rules)
    month_of = _Months(rules, known.today)
    finder = Finder(known)
    place_of, counts_of = _Places(rules, finder), _Sorts(rules, finder, columns.sorted_by)
    width = len(headings)
    date_at, unit_at, pick = columns.date_at, columns.unit_at, columns.pick
    for line, row in lines:
        try:
            if len(row) != width:
                raise _Fault("", _NOT_AS_MANY)
            text = row[date_at]
            # Days come again and again; the times behind them differ in each line.
            day = text[:10] if text[10:11] in _BEFORE_A_TIME else text.partition(" ")[0]
            month = month_of[day] or month_of[text]
            if month is None:
                raise _Fault(rules.date, HOW_TO_WRITE_A_DAY)
            counts_of[pick(row)][place_of[month, "" if unit_at is None else row[unit_at]]] += 1
        except _Fault as fault:
            if not any(row):
                continue
            column, message = fault.problem
            figures.problems.append(Problem(f"Line {line}, {column}" if column else f"Line {line}", message))
            if len(figures.problems) >= MOST_PROBLEMS:
                break  # nobody mends more at once, and none of it is taken
        figures.lines += 1
    if not figures.lines:
        raise Unreadable("The file has no incidents below its headings.")
    if not figures.problems:
        figures.months = counts_of.by_indicator(list(place_of.numbers))
        figures.first_day, figures.last_day = month_of.first, month_of.last
    return figures


# --- Headings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where what is read stands in a line; `pick` takes out the words by which a line is sorted."""

    date_at: int
    unit_at: int | None
    sorted_by: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]

    @classmethod
    def of(cls, headings: Sequence[str], rules: ColumnRules) -> _Columns:
        places = {plain(heading): place for place, heading in enumerate(headings)}
        sorted_by = (*rules.words, *((rules.staff_group.column,) if rules.staff_group else ()))
        at = [places[plain(column)] for column in sorted_by]
        return cls(
            date_at=places[plain(rules.date)],
            unit_at=places[plain(rules.unit.column)] if rules.unit else None,
            sorted_by=sorted_by,
            # Of one place alone, itemgetter returns no tuple; of none there is no itemgetter.
            pick=itemgetter(*at) if len(at) > 1 else lambda row: tuple(row[place] for place in at),
        )


def _columns_left_out(headings: Sequence[str], number: int, rules: ColumnRules) -> tuple[str, ...]:
    """Return the headings that are not read. Raises Unreadable for what is missing, or could name a person."""
    there = [plain(heading) for heading in headings]
    missing = [column for column in rules.used if plain(column) not in there]
    if missing:
        plural = "columns" if len(missing) > 1 else "column"
        # What is there instead is not repeated: without headings it would be an incident.
        raise Unreadable(
            f"The file has no {plural} {', '.join(missing)}. Line {number}. The mapping “{rules.name}” reads it: "
            "choose another one, or mend the headings."
        )
    twice = [column for column in rules.used if there.count(plain(column)) > 1]
    if twice:
        raise Unreadable(f"The column {twice[0]} is there twice. Line {number}. Remove one of the two.")
    used, ignored = {plain(one) for one in rules.used}, {plain(one) for one in rules.ignored}
    left_out = [heading for heading in headings if heading and plain(heading) not in used]
    people = [heading for heading in left_out if plain(heading) not in ignored and could_name_a_person(heading)]
    if people:
        raise Unreadable(
            f"These columns could name a person: {', '.join(people)}. Line {number}. Take them out of the file, or "
            "list them in the mapping under ignore: then nothing of them is read."
        )
    return tuple(left_out)


# --- What is worked out once for each word --------------------------------------------------------------------------


class _Months(dict[str, date | None]):
    """The month of a day, by how it is written; None where a text is no day.

    Kept is what may come again: a day, and neither one with its time nor what is none.
    """

    def __init__(self, rules: ColumnRules, today: date) -> None:
        self.rules, self.today = rules, today
        self.first, self.last = date.max, date.min

    def __missing__(self, text: str) -> date | None:
        day = _day(text, month_first=self.rules.month_first)
        if day is None:
            return None
        if day > self.today:
            raise _Fault(self.rules.date, "the day lies in the future. Check the year.")
        self.first, self.last = min(self.first, day), max(self.last, day)
        month = months_in_files.of(day)
        if ":" not in text:
            self[text] = month
        return month


def _day(text: str, *, month_first: bool) -> date | None:
    plain_text = text.strip().casefold()
    try:
        if found := _YEAR_FIRST.fullmatch(plain_text):
            day = date(int(found["year"]), int(found["a"]), int(found["b"]))
        elif found := _YEAR_LAST.fullmatch(plain_text):
            first, second = int(found["a"]), int(found["b"])
            day = date(int(found["year"]), *((first, second) if month_first else (second, first)))
        elif found := _IN_WORDS.fullmatch(plain_text):
            day = date(int(found["year"]), _MONTHS.get(found["month"], 0), int(found["day"]))
        else:
            return None
    except ValueError:  # no such day in the calendar
        return None
    return day if day.year >= months_in_files.FIRST_YEAR else None


class _Places(dict[tuple[date, str], int]):
    """A number for each month and unit, by how the unit is written. Raises _Fault for one that there was not."""

    def __init__(self, rules: ColumnRules, finder: Finder) -> None:
        self.column, self.finder = rules.unit, finder
        self.numbers: dict[tuple[date, str], int] = {}  # by the unit's slug

    def __missing__(self, key: tuple[date, str]) -> int:
        month, text = key
        slug = "" if self.column is None else _translated(self.column, text, lambda one: self.finder.unit(one, month))
        self[key] = self.numbers.setdefault((month, slug), len(self.numbers))
        return self[key]


class _Sorts(dict[tuple[str, ...], defaultdict[int, int]]):
    """The counts to which a line adds, by its words: each by place. Raises _Fault for a word that nobody mapped.

    Different words that count for the same indicators, in the same staff group, have the very same counts.
    """

    def __init__(self, rules: ColumnRules, finder: Finder, columns: Sequence[str]) -> None:
        self.rules, self.finder, self.columns = rules, finder, columns
        self.counted: dict[Sort, defaultdict[int, int]] = {}

    def __missing__(self, words: tuple[str, ...]) -> defaultdict[int, int]:
        said = dict(zip(self.columns, map(plain, words), strict=True))
        for column, there in self.rules.words.items():
            if said[column] not in there:
                raise _Fault(column, f"{_shown(said[column])} is not in the mapping. Add it there, or mend the line.")
        indicators = (
            rule.indicator
            for rule in self.rules.rules
            if all(said[column] in there for column, there in rule.where.items())
        )
        group = self.rules.staff_group
        sort = Sort(
            tuple(dict.fromkeys(indicators)),
            _translated(group, words[-1], self.finder.staff_group) if group is not None else "",
        )
        self[words] = self.counted.setdefault(sort, defaultdict(int))
        return self[words]

    def by_indicator(self, places: Sequence[tuple[date, str]]) -> dict[Key, dict[Place, Number]]:
        """Return the counts by indicator and month, and in each by staff group and unit."""
        counted = [month for month, _ in places]
        found: dict[Key, dict[Place, Number]] = {
            (indicator, month): {}
            for indicator in self.rules.indicators
            for month in months_in_files.through(min(counted), max(counted))
        }
        for sort, there in self.counted.items():
            for number, count in there.items():
                month, unit = places[number]
                place = (sort.staff_group, unit)
                for indicator in sort.indicators:
                    numbers = found[indicator, month]
                    numbers[place] = numbers.get(place, 0) + count
        return found


def _translated(column: Translated, text: str, find: Callable[[str], str]) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST_SHOWN:
        raise _Fault(column.column, f"{_shown(words)} is not in the mapping. Add it there, or mend the line.")
    try:
        return find(column.values.get(plain(words), words))
    except NotKnown as error:
        raise _Fault(column.column, f"{error} Or say in the mapping what the word stands for.") from error


def _shown(text: str) -> str:
    if not text:
        return "a blank cell"
    return f"“{text[:LONGEST_SHOWN]}…”" if len(text) > LONGEST_SHOWN else f"“{text}”"
