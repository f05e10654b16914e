"""Lists that people fill in, as CSV or XLSX: each line's cells as texts, under the headings of the file. Pure.

What a line says is only read here. Columns may stand in any order; those that nobody asked for are left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from records.spreadsheets import MOST_BYTES, OLE, Unreadable, Wanted, opened
from rendering import cells

OFFICE_FILES = (b"PK", OLE)  # new ones and old ones: whatever begins otherwise is read as text
MOST_COLUMNS = 50
Rows = list[tuple[int, list[Any]]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list looks like: its columns, of which the `optional` may be missing, and its sheet in a workbook.

    Rows after the first `most_rows` of a workbook are not looked at.
    """

    wanted: Wanted
    columns: Sequence[str]
    sheet: str
    most_rows: int
    optional: Collection[str] = ()


def lines_of(content: bytes, shape: Shape) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line that says something: its number in the file, and its texts by column.

    A column that the file does not have is an empty text. Days are written 2026-03-31. Raises Unreadable, naming the
    line, where it is not such a file.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. {shape.wanted.advice}")
    rows = _rows_of_workbook(content, shape) if content.startswith(OFFICE_FILES) else _rows_of_csv(content, shape)
    table = iter(rows)
    number, headings = next(table, (1, []))
    places = _places(headings, number, shape)
    for number, row in table:
        said = {
            column: _text(row[places[column]]) if column in places and places[column] < len(row) else ""
            for column in shape.columns
        }
        if any(said.values()):
            yield number, said


def _places(headings: Sequence[Any], number: int, shape: Shape) -> dict[str, int]:
    """Where each column stands."""
    found = [_text(heading) for heading in headings]
    names = [heading.casefold() for heading in found]
    missing = [column for column in shape.columns if column.casefold() not in names and column not in shape.optional]
    if missing:
        there = ", ".join(filter(None, found)) or "nothing"
        plural = "columns" if len(missing) > 1 else "column"
        raise Unreadable(
            f"The file has no {plural} {', '.join(missing)} (found: {there}). Line {number}. {shape.wanted.advice}"
        )
    twice = [column for column in shape.columns if names.count(column.casefold()) > 1]
    if twice:
        raise Unreadable(f"The column {twice[0]} is there twice. Line {number}. Remove one of the two.")
    return {column: names.index(column.casefold()) for column in shape.columns if column.casefold() in names}


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


def _rows_of_workbook(content: bytes, shape: Shape) -> Rows:
    with opened(content, shape.wanted) as workbook:
        names = workbook.book.sheetnames
        sheet = workbook.book[shape.sheet if shape.sheet in names else names[0]]
        rows = []
        for number, row in enumerate(sheet.iter_rows(max_row=shape.most_rows, max_col=MOST_COLUMNS), start=1):
            for cell in row:
                if cell.data_type == "f":
                    raise Unreadable("This cell holds a formula. Write what it comes to instead.", cell=cell.coordinate)
            rows.append((number, [cell.value for cell in row]))
        return rows


def _rows_of_csv(content: bytes, shape: Shape) -> Rows:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # how Excel on Windows saves a plain CSV
    if "\0" in text:
        raise Unreadable(f"The file is neither a workbook (.xlsx) nor text (CSV). {shape.wanted.advice}")
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
