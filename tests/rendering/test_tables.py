"""Tables that leave the product: numbers to add up, texts that run nowhere, and the same bytes for the same tables."""

from __future__ import annotations

import csv
import time
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import load_workbook

from rendering.tables import Table, list_csv, table_csv, xlsx

DAY = date(2026, 3, 2)
UNITS = Table(
    "Units",
    (("Unit", 30), ("Score", 10), ("Days", 10), ("On", 14)),
    (("=Alder", Decimal("12.50"), 4, DAY), ("Birch", None, 3, None)),
)
WORDS = Table("Words", (("What", 20), ("Answer", 40)), (("Seed", "-1"),))


def test_a_workbook_has_a_sheet_for_each_table_with_numbers_as_numbers_and_no_formula() -> None:
    book = load_workbook(BytesIO(xlsx([UNITS, WORDS], dated=DAY)))
    assert book.sheetnames == ["Units", "Words"]
    headings, alder, birch = (list(row) for row in book["Units"].iter_rows(values_only=True))
    assert headings == ["Unit", "Score", "Days", "On"]
    assert alder[:3] == ["=Alder", 12.5, 4]
    assert isinstance(alder[3], datetime)
    assert alder[3].date() == DAY
    assert birch == ["Birch", None, 3, None]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_same_tables_are_the_same_bytes_whenever_they_are_written() -> None:
    first = xlsx([UNITS, WORDS], dated=DAY)
    time.sleep(2.1)  # a ZIP file counts time in steps of two seconds
    assert xlsx([UNITS, WORDS], dated=DAY) == first
    assert xlsx([UNITS, WORDS], dated=date(2026, 3, 3)) != first
    assert load_workbook(BytesIO(first)).properties.created.date() == DAY


def test_a_table_as_csv_is_one_line_a_row() -> None:
    lines = list(csv.reader(StringIO(table_csv(UNITS).decode("utf-8-sig"), newline="")))
    assert lines == [
        ["Unit", "Score", "Days", "On"],
        ["'=Alder", "12.50", "4", "2026-03-02"],
        ["Birch", "", "3", ""],
    ]


def test_several_tables_as_csv_are_one_list_of_their_values() -> None:
    lines = list(csv.reader(StringIO(list_csv([UNITS, WORDS]).decode("utf-8-sig"), newline="")))
    assert lines == [
        ["Table", "Row", "Column", "Value"],
        ["Units", "'=Alder", "Score", "12.50"],
        ["Units", "'=Alder", "Days", "4"],
        ["Units", "'=Alder", "On", "2026-03-02"],
        ["Units", "Birch", "Days", "3"],
        ["Words", "Seed", "Answer", "'-1"],
    ]
