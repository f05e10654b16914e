"""A table that somebody brings as a workbook (XLSX) or as text (CSV): its rows, each with its line. Pure.

What the cells mean is for the room that asked for the table. A column that nobody asked for is left alone. The empty
workbook to fill in is written here, too.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from records.spreadsheets import MOST_BYTES, OLE, Unreadable, Wanted, opened
from rendering import cells

MOST_COLUMNS = 50
LAST_ROW = 1_048_576  # of a sheet, in any spreadsheet program
WINDOWS = "cp1252"
MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # “Unicode Text” of Excel
PIECE = 1024 * 1024
OFFICE_FILES = (b"PK", OLE[:4])  # new ones and old ones: whatever begins otherwise is read as text


@dataclass(frozen=True, slots=True)
class Asked:
    """A table that is asked for. In a workbook it is read from the sheet of that name, or else from the first one.

    No line below `most_lines` may have something in it; how many lines may say something is for the room.
    """

    wanted: Wanted
    columns: Sequence[str]
    sheet: str
    most_lines: int
    optional: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line below the headings, by the columns that the table has; days are written 2026-03-31."""

    number: int
    said: dict[str, str]


def read(content: bytes, asked: Asked) -> Iterator[Row]:
    """Yield the rows in which something stands. Raises Unreadable, naming the line, where it is no such table."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. {asked.wanted.advice}")
    is_office_file = content.startswith(OFFICE_FILES)
    rows = iter(_rows_of_workbook(content, asked) if is_office_file else _rows_of_csv(content, asked))
    number, headings = next(rows, (1, []))
    places = _places(headings, number, asked)
    for number, row in rows:
        said = {column: _text(row[place]) if place < len(row) else "" for column, place in places.items()}
        if any(said.values()):
            yield Row(number, said)


# --- A file of any size ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is, seen from its bytes: their digest, how they are written, and whether it is an office file."""

    sha256: str
    encoding: str
    is_office_file: bool


def look(file: BinaryIO) -> Looked:
    """Read the file once, keeping nothing of it. It stands at its beginning afterwards."""
    file.seek(0)
    beginning = file.read(4)
    encoding = "utf-16" if beginning.startswith(MARKS_OF_UTF_16) else "utf-8-sig"
    decoder, digest = codecs.getincrementaldecoder(encoding)(), hashlib.sha256()
    is_office_file = beginning.startswith(OFFICE_FILES)
    file.seek(0)
    is_last = False
    while not is_last:
        piece = file.read(PIECE)
        digest.update(piece)
        is_last = not piece
        if encoding != WINDOWS and not is_office_file:
            try:
                decoder.decode(piece, is_last)
            except UnicodeDecodeError:
                encoding = WINDOWS
    file.seek(0)
    return Looked(digest.hexdigest(), encoding, is_office_file)


def stream(file: BinaryIO, looked: Looked, wanted: Wanted, *, sheet: str = "") -> Generator[tuple[int, Sequence[str]]]:
    """Yield every line in which something stands, with its number, the headings first.

    Text passes line by line, however much there is; a workbook is held to the limits of one that people fill in.
    Raises Unreadable, naming the line. The file is not closed; whoever stops before the end closes what this returns.
    """
    if looked.is_office_file:
        asked = Asked(wanted, (), sheet, most_lines=LAST_ROW)
        yield from _as_wide_as_its_headings(_rows_of_workbook(file.read(), asked))
        return
    errors = "replace" if looked.encoding == WINDOWS else "strict"
    text = io.TextIOWrapper(file, encoding=looked.encoding, errors=errors, newline="")
    try:
        first = text.readline()
        if "\0" in first:
            raise Unreadable(f"The file is neither a workbook (.xlsx) nor text (CSV). {wanted.advice}")
        text.seek(0)
        reader = csv.reader(text, delimiter=_delimiter(first), strict=True)
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error:
            raise Unreadable(
                f"Line {reader.line_num} cannot be read: a quotation mark is not closed. Mend that line."
            ) from None
    finally:
        if not file.closed:
            text.detach()


def _as_wide_as_its_headings(rows: Iterable[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet as text, which ends where the headings do: cells behind them are often left over."""
    width = None
    for number, row in rows:
        texts = [_text(cell) for cell in row]
        if width is None:
            width = max((place for place, text in enumerate(texts, start=1) if text), default=0)
        yield number, (texts + [""] * width)[:width]


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count)


def _places(headings: Sequence[Any], number: int, asked: Asked) -> dict[str, int]:
    """Where each column stands."""
    found = [_text(heading) for heading in headings]
    names = [heading.casefold() for heading in found]
    missing = [one for one in asked.columns if one.casefold() not in names and one not in asked.optional]
    if missing:
        there = ", ".join(filter(None, found)) or "nothing"
        plural = "columns" if len(missing) > 1 else "column"
        raise Unreadable(
            f"The file has no {plural} {', '.join(missing)} (found: {there}). Line {number}. {asked.wanted.advice}"
        )
    twice = [column for column in asked.columns if names.count(column.casefold()) > 1]
    if twice:
        raise Unreadable(f"The column {twice[0]} is there twice. Line {number}. Remove one of the two.")
    return {column: names.index(column.casefold()) for column in asked.columns if column.casefold() in names}


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


def _rows_of_workbook(content: bytes, asked: Asked) -> list[tuple[int, list[Any]]]:
    with opened(content, asked.wanted) as workbook:
        names = workbook.book.sheetnames
        sheet = workbook.book[asked.sheet if asked.sheet in names else names[0]]
        for place in workbook.merged_in(sheet):
            raise Unreadable("These cells are merged. Undo the merge, so that each line has its own.", cell=place)
        rows: list[tuple[int, list[Any]]] = []
        blank = None
        for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS), start=1):
            if row is blank:  # openpyxl hands out one and the same row for all that are missing: up to a million
                continue
            if all(cell.value is None for cell in row):
                blank = row
                continue
            _refuse_beyond(number, asked)
            for cell in row:
                if cell.data_type == "f":
                    raise Unreadable("This cell holds a formula. Write what it comes to instead.", cell=cell.coordinate)
            rows.append((number, [cell.value for cell in row]))
        return rows


def _rows_of_csv(content: bytes, asked: Asked) -> Iterator[tuple[int, list[Any]]]:
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable(f"The file is neither a workbook (.xlsx) nor text (CSV). {asked.wanted.advice}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0]), strict=True)
    try:
        for row in reader:
            if any(row):
                _refuse_beyond(reader.line_num, asked)
                yield reader.line_num, list(row[:MOST_COLUMNS])
    except csv.Error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read: a quotation mark is not closed. Mend that line."
        ) from None


def _decoded(content: bytes) -> str:
    """The text of a CSV file as spreadsheet programs save it: UTF-8, UTF-16 with its mark, or Windows’ own."""
    try:
        return content.decode("utf-16" if content.startswith(MARKS_OF_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(WINDOWS, errors="replace")  # how Excel on Windows saves a plain CSV


def _refuse_beyond(number: int, asked: Asked) -> None:
    if number > asked.most_lines:
        raise Unreadable(
            f"Line {number:,} has something in it. Nothing is read below line {asked.most_lines:,}: take the empty "
            "lines out, or split the file."
        )


# --- The empty file to fill in ------------------------------------------------------------------------------------


def write_headings(sheet: Any, headings: Sequence[str], widths: Sequence[int]) -> None:
    """Write the headings of a sheet to fill in, in bold and kept in sight, over columns of these widths."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        cell = sheet.cell(1, number)
        cells.set_text(cell, heading)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"


def write_lists(sheet: Any, lists: Mapping[str, Iterable[str]], widths: Sequence[int]) -> None:
    """Write what may stand in a column of the file, each list under the column's heading."""
    write_headings(sheet, list(lists), widths)
    for column, texts in enumerate(lists.values(), start=1):
        for row, text in enumerate(texts, start=2):
            cells.set_text(sheet.cell(row, column), text)
