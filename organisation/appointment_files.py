"""Files of appointments, CSV or XLSX: the empty one to fill in, and what a filled-in one says, line by line. Pure.

What a line says is only read here: whether it may be is decided by the same acts that the pages do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from records.spreadsheets import MOST_BYTES, OLE, Unreadable, Wanted, opened
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
OFFICE_FILES = (b"PK", OLE)  # new ones and old ones: whatever begins otherwise is read as text
TAKE_OURS = "Download the empty file from this page, fill that one in, and upload it."
A_LIST = Wanted("a list of appointments", TAKE_OURS)


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
    _head(sheet, COLUMNS, WIDTHS)
    for letter in ("F", "G"):
        sheet.column_dimensions[letter].number_format = "@"  # a day stays what was typed
    lists = book.create_sheet(LISTS)
    _head(lists, (ROLE, UNIT, GROUP), (70, 50, 50))
    for column, texts in enumerate((roles, units, groups), start=1):
        for row, text in enumerate(texts, start=2):
            cells.set_text(lists.cell(row, column), text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, headings: Sequence[str], widths: Sequence[int]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        cell = sheet.cell(1, number)
        cells.set_text(cell, heading)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"


# --- A filled-in file ---------------------------------------------------------------------------------------------


def read(content: bytes) -> list[Line]:
    """Return the lines that say something. Raises Unreadable, naming the line, where it is not such a file."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. {TAKE_OURS}")
    rows = (
        _rows_of_workbook(content)
        if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"
        else _rows_of_csv(content)
    )
    table = iter(rows)
    number, headings = next(table, (1, []))
    places = _places(headings, number)
    lines: list[Line] = []
    for number, row in table:
        said = {column: _text(row[place]) if place < len(row) else "" for column, place in places.items()}
        if not any(said.values()):
            continue
        if len(lines) == MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES} appointments. Split it into several files.")
        for column, text in said.items():
            if len(text) > LONGEST_CELL:
                raise Unreadable(f"Line {number}, {column}: the text is longer than {LONGEST_CELL} characters.")
        lines.append(Line(number, *(said.get(column, "") for column in COLUMNS)))
    if not lines:
        raise Unreadable(
            "The file has no appointments below its headings. Fill in a line for each, and upload it again."
        )
    return lines


def _places(headings: Sequence[Any], number: int) -> dict[str, int]:
    """Where each column stands. Columns that are not ours are left alone."""
    found = [_text(heading) for heading in headings]
    names = [heading.casefold() for heading in found]
    missing = [column for column in COLUMNS if column.casefold() not in names and column not in OPTIONAL]
    if missing:
        there = ", ".join(filter(None, found)) or "nothing"
        plural = "columns" if len(missing) > 1 else "column"
        raise Unreadable(f"The file has no {plural} {', '.join(missing)} (found: {there}). Line {number}. {TAKE_OURS}")
    twice = [column for column in COLUMNS if names.count(column.casefold()) > 1]
    if twice:
        raise Unreadable(f"The column {twice[0]} is there twice. Line {number}. Remove one of the two.")
    return {column: names.index(column.casefold()) for column in COLUMNS if column.casefold() in names}


def _text(value: Any) -> str:
    """A cell as text. An apostrophe that keeps a text from being a formula is no part of it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(str(value).split())
    return text[1:] if text.startswith("'") and cells.reads_as_formula(text[1:]) else text


def _rows_of_workbook(content: bytes) -> list[tuple[int, list[Any]]]:
    with opened(content, A_LIST) as workbook:
        names = workbook.book.sheetnames
        sheet = workbook.book[SHEET if SHEET in names else names[0]]
        rows = []
        for number, row in enumerate(sheet.iter_rows(max_row=20 * MOST_LINES, max_col=50), start=1):
            for cell in row:
                if cell.data_type == "f":
                    raise Unreadable("This cell holds a formula. Write what it comes to instead.", cell=cell.coordinate)
            rows.append((number, [cell.value for cell in row]))
        return rows


def _rows_of_csv(content: bytes) -> list[tuple[int, list[Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # how Excel on Windows saves a plain CSV
    if "\0" in text:
        raise Unreadable(f"The file is neither a workbook (.xlsx) nor text (CSV). {TAKE_OURS}")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for row in reader:
            rows.append((reader.line_num, list(row)))
    except csv.Error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read: a quotation mark is not closed. Mend that line."
        ) from None
    return rows
