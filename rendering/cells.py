"""Cells of the tables that leave the product, as CSV or as a workbook: the one place that makes texts harmless there.

A spreadsheet runs a text that begins like a formula, and texts are what people typed. In CSV such a text gets an
apostrophe in front, and every text is in quotes, so that no separator inside one begins a cell of its own. In a
workbook it is a cell of text whatever it begins with, and stays one when somebody edits it.

Source: OWASP, "CSV injection" (equals, plus, minus, at, tab, carriage return, line feed, and their full-width forms).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Value = str | int | float | Decimal | date | datetime | None

READS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8
LONGEST_TEXT = 32_767  # what a cell of a workbook holds

# Not blank to Python, and nothing to see to a reader: programs differ in whether they look behind them.
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
ESCAPE = "x005F_"


def reads_as_formula(text: str) -> bool:
    """Say whether a spreadsheet might take the text for a formula, also behind blanks or what nobody sees."""
    return text.startswith(READS_AS_FORMULA) or _bared(text).startswith(READS_AS_FORMULA)


def _bared(text: str) -> str:
    while (bare := text.lstrip().lstrip(_UNSEEN)) != text:
        text = bare
    return text


# --- CSV ----------------------------------------------------------------------------------------------------------


def csv_cell(value: Value) -> str | int | float | Decimal:
    """Return the value as a cell of CSV: numbers as they are, days and times in ISO 8601, texts that run nowhere."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return value
    return f"'{value}" if reads_as_formula(value) else value


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Value]], *, end: str = "\r\n") -> Iterator[str]:
    """Yield the table line by line, its headings first: for answers that are sent while they are being made."""
    yield _line(headings, end)
    for row in rows:
        yield _line(row, end)


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return the whole table, with the mark by which Excel knows UTF-8."""
    return (BYTE_ORDER_MARK + "".join(csv_lines(headings, rows))).encode()


def _line(row: Sequence[Value], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator=end).writerow([csv_cell(value) for value in row])
    return out.getvalue()


# --- Workbooks ----------------------------------------------------------------------------------------------------


def in_xml(text: str) -> str:
    """Return the text with a mark in the place of each character that XML, and so a workbook, cannot hold."""
    return _ILLEGAL_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def storable(text: str) -> str:
    """Return the text as a workbook keeps it: without what XML cannot hold or what reads as an escape there."""
    return _LOOKS_ESCAPED.sub(f"_{ESCAPE}", in_xml(text))


def set_text(cell: Any, text: str) -> None:
    """Write a text into a cell of openpyxl's that stays a text; an empty one leaves the cell empty."""
    cell.value = storable(text)[:LONGEST_TEXT] or None
    if text:
        cell.data_type = "s"
    if reads_as_formula(text) or text.startswith("'"):
        cell.quotePrefix = True
