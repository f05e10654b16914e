"""Files of appointments, CSV or XLSX: the empty one to fill in, and what a filled-in one says, line by line. Pure.

What a line says is only read here: whether it may be is decided by the same acts that the pages do.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from records import tables
from records.spreadsheets import Unreadable, Wanted
from rendering import cells

EMAIL, NAME, ROLE, UNIT = "E-mail address", "Name", "Role", "Unit"
GROUP, FIRST_DAY, LAST_DAY = "Business group", "First day", "Last day"
TAKES_OVER_FROM = "Takes over from"
COLUMNS = (EMAIL, NAME, ROLE, UNIT, GROUP, FIRST_DAY, LAST_DAY, TAKES_OVER_FROM)
OPTIONAL = frozenset({TAKES_OVER_FROM})
WIDTHS = (34, 30, 46, 40, 30, 14, 14, 34)
SHEET, LISTS = "Appointments", "What to write"
MOST_LINES = 200  # each is done once to be shown and once more to be applied, while somebody waits
LONGEST_CELL = 300
TAKE_OURS = "Download the empty file from this page, fill that one in, and upload it."
A_LIST = Wanted("a list of appointments", TAKE_OURS)
ASKED = tables.Asked(A_LIST, COLUMNS, SHEET, most_lines=20 * MOST_LINES, optional=OPTIONAL)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the file says, as text; days read from a workbook are written 2026-03-31."""

    number: int
    email: str
    name: str
    role: str
    unit: str
    group: str
    starts_on: str
    ends_on: str
    takes_over_from: str = ""

    def as_json(self) -> list[Any]:
        """The line as it is kept until it is applied."""
        texts = (self.email, self.name, self.role, self.unit, self.group, self.starts_on, self.ends_on)
        return [self.number, *texts, self.takes_over_from]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Line:
        return cls(*kept)


# --- The empty file -----------------------------------------------------------------------------------------------


def empty_csv() -> bytes:
    """The headings, for a program that writes the rest."""
    return cells.csv_bytes(COLUMNS, [])


def empty_workbook(*, roles: Iterable[str], units: Iterable[str], groups: Iterable[str]) -> bytes:
    """A workbook to fill in, with a second sheet of what may be written into its columns."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(SHEET)
    tables.write_headings(sheet, COLUMNS, WIDTHS)
    for letter in ("F", "G"):
        sheet.column_dimensions[letter].number_format = "@"  # a day stays what was typed
    tables.write_lists(book.create_sheet(LISTS), {ROLE: roles, UNIT: units, GROUP: groups}, (70, 50, 50))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- A filled-in file ---------------------------------------------------------------------------------------------


def read(content: bytes) -> list[Line]:
    """Return the lines that say something. Raises Unreadable, naming the line, where it is not such a file."""
    lines: list[Line] = []
    for row in tables.read(content, ASKED):
        if len(lines) == MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES} appointments. Split it into several files.")
        for column, text in row.said.items():
            if len(text) > LONGEST_CELL:
                raise Unreadable(f"Line {row.number}, {column}: the text is longer than {LONGEST_CELL} characters.")
        lines.append(Line(row.number, *(row.said.get(column, "") for column in COLUMNS)))
    if not lines:
        raise Unreadable(
            "The file has no appointments below its headings. Fill in a line for each, and upload it again."
        )
    return lines
