"""Files of monthly counts and of monthly headcounts, CSV or XLSX: the empty ones, and what a filled-in one says. Pure.

Every fault is named by its line and column, and one fault is enough for nothing to be taken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from injuries import months_in_files
from injuries.figures import Figures, Number, Place
from injuries.names import Finder, Known, NotKnown
from records import tables
from records.spreadsheets import Problem, Unreadable, Wanted
from rendering import cells

MONTH, INDICATOR, STAFF_GROUP, UNIT, COUNT, HEADCOUNT = (
    "Month", "Indicator", "Staff group", "Unit", "Count", "Headcount",
)  # fmt: skip
COUNTS_COLUMNS = (MONTH, INDICATOR, STAFF_GROUP, UNIT, COUNT)
HEADCOUNT_COLUMNS = (MONTH, STAFF_GROUP, UNIT, HEADCOUNT)
SHEET, LISTS = "Figures", "What to write"
MOST_LINES = 100_000
MOST_PROBLEMS = 200
LONGEST_CELL = 300
MOST_COUNTED = 1_000_000
MOST_PEOPLE = Decimal(10_000_000)
TAKE_OURS = "Download the empty file from the page of imports, fill that one in, and bring it back."
COUNTS, HEADCOUNTS = Wanted("a year’s counts", TAKE_OURS), Wanted("a year’s headcounts", TAKE_OURS)
_WHOLE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,20})?", re.ASCII)
_BELOW_NOUGHT = re.compile(r"[-−]\s?[\d.,]+", re.ASCII)
_FOUR_PLACES = Decimal("0.0001")


# --- The empty files ------------------------------------------------------------------------------------------------


def empty_csv(columns: Sequence[str]) -> bytes:
    """The headings, for a program that writes the rest."""
    return cells.csv_bytes(columns, [])


def empty_workbook(columns: Sequence[str], known: Known) -> bytes:
    """A workbook to fill in, with a second sheet of what may be written into it."""
    import openpyxl

    lists = {
        INDICATOR: [called[0] for called in known.indicators.values()],
        STAFF_GROUP: [called[0] for called in known.staff_groups.values()],
        UNIT: [unit.name for unit in known.units if unit.existed_in(months_in_files.of(known.today))],
    }
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    tables.write_headings(book.create_sheet(SHEET), columns, [16 if one == MONTH else 36 for one in columns])
    there = {column: texts for column, texts in lists.items() if column in columns}
    tables.write_lists(book.create_sheet(LISTS), there, [50] * len(there))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- Filled-in files ------------------------------------------------------------------------------------------------


def read_counts(content: bytes, known: Known) -> Figures:
    """Return the counts that the file gives, with every fault by line and column.

    A count of 0 says that there was none; a month that no line names says nothing. Raises Unreadable where it is no
    such file.
    """
    asked = tables.Asked(COUNTS, COUNTS_COLUMNS, SHEET, most_lines=2 * MOST_LINES, optional={STAFF_GROUP, UNIT})
    return _Reader(Finder(known), COUNT, _whole).read(content, asked)


def read_headcount(content: bytes, known: Known) -> Figures:
    """Return the headcounts that the file gives, to four decimals, as `read_counts` does."""
    asked = tables.Asked(HEADCOUNTS, HEADCOUNT_COLUMNS, SHEET, most_lines=2 * MOST_LINES, optional={UNIT})
    return _Reader(Finder(known), HEADCOUNT, _people).read(content, asked)


@dataclass(slots=True)
class _Reader:
    """Reads line by line, collecting faults instead of stopping at the first."""

    finder: Finder
    column: str
    number_of: Callable[[str], Number]
    figures: Figures = field(default_factory=Figures)
    lines: dict[tuple[str, date, Place], int] = field(default_factory=dict)

    def read(self, content: bytes, asked: tables.Asked) -> Figures:
        for row in tables.read(content, asked):
            self._take(row)
            if len(self.figures.problems) >= MOST_PROBLEMS:
                break  # nobody mends more at once, and none of it is taken
        if not self.figures.lines:
            raise Unreadable("The file has no figures below its headings. Fill in a line for each of them.")
        self.figures.problems = self.figures.problems[:MOST_PROBLEMS]
        return self.figures

    def _take(self, row: tables.Row) -> None:
        self.figures.lines += 1
        if self.figures.lines > MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Split it by months.")
        for column, text in row.said.items():
            if len(text) > LONGEST_CELL:
                self._wrong(row, column, f"the text is longer than {LONGEST_CELL} characters.")
                return
        faults = len(self.figures.problems)
        month = self._month(row)
        group = self._asked(row, STAFF_GROUP, self.finder.staff_group)
        if self.column == COUNT:
            series, place_group = self._asked(row, INDICATOR, self.finder.indicator), group
        else:
            series, place_group = group, ""
            if not row.said[STAFF_GROUP]:
                self._wrong(row, STAFF_GROUP, "write the staff group. A total of several is not taken.")
        unit = self._asked(row, UNIT, lambda text: self.finder.unit(text, month)) if month else ""
        number = self._number(row)
        if month is None or number is None or len(self.figures.problems) > faults:
            return
        place = (place_group, unit)
        if (first := self.lines.setdefault((series, month, place), row.number)) != row.number:
            self._wrong(row, MONTH, f"what this line counts stands in line {first} already. Remove one of the two.")
            return
        there = self.figures.months.setdefault((series, month), {})
        if number or self.column == HEADCOUNT:
            there[place] = number

    def _wrong(self, row: tables.Row, column: str, message: str) -> None:
        self.figures.problems.append(Problem(f"Line {row.number}, {column}", message))

    def _month(self, row: tables.Row) -> date | None:
        text = row.said[MONTH]
        try:
            month = months_in_files.read(text)
        except months_in_files.NotAMonth as error:
            self._wrong(row, MONTH, str(error) if text else f"write the month, as {months_in_files.EXAMPLE}.")
            return None
        if month > self.finder.known.today:
            self._wrong(row, MONTH, f"{months_in_files.in_words(month)} lies in the future. Check the year.")
            return None
        return month

    def _asked(self, row: tables.Row, column: str, find: Callable[[str], str]) -> str:
        """Return what the cell names; nothing where the column is missing, or names nothing that there is."""
        try:
            return find(row.said.get(column, ""))
        except NotKnown as error:
            self._wrong(row, column, str(error))
            return ""

    def _number(self, row: tables.Row) -> Number | None:
        text = row.said[self.column]
        try:
            return self.number_of(text)
        except ValueError as error:
            self._wrong(row, self.column, str(error))
            return None


def _whole(text: str) -> int:
    if _WHOLE.fullmatch(text) and (number := int(text.replace(",", "").partition(".")[0])) <= MOST_COUNTED:
        return number
    if _BELOW_NOUGHT.fullmatch(text):
        raise ValueError(f"a count is never below 0, and this is {text}.")
    if _DECIMAL.fullmatch(text) and not _WHOLE.fullmatch(text):
        raise ValueError(f"a count is a whole number, and this is {text}.")
    raise ValueError(f"write how many: a whole number up to {MOST_COUNTED:,}, 0 for none.")


def _people(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) and (people := Decimal(text.replace(",", ""))) <= MOST_PEOPLE:
        return people.quantize(_FOUR_PLACES)
    if _BELOW_NOUGHT.fullmatch(text):
        raise ValueError(f"a headcount is never below 0, and this is {text}.")
    raise ValueError("write how many people, such as 2661 or 2661.75 full-time equivalents.")
