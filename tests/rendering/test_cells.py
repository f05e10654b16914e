"""No text becomes a formula, or a cell of its own, in any program that opens a table of ours."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook

from rendering import cells

# From OWASP's page on CSV injection and from reports of what was found in practice.
FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "+44 20 7946 0000",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\N{NO-BREAK SPACE}=1+1",
    "\N{ZERO WIDTH NO-BREAK SPACE}=1+1",
    "\N{ZERO WIDTH SPACE} \N{ZERO WIDTH SPACE}@SUM(A1)",
    "＝1+1",
    "＠SUM(A1)",
]
HARMLESS = ["", "Mend the ramp", "1 = 1", "a=1", "O'Brien", "'=1+1", "5-a-side", "3.5"]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_reads_as_a_formula_has_an_apostrophe_in_front(text: str) -> None:
    assert read(cells.csv_bytes(["A"], [[text]])) == [["A"], [f"'{text}"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert read(cells.csv_bytes(["A", "B"], [[text, "b"]]))[1] == [text, "b"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_separator_in_a_text_begins_another_cell(separator: str) -> None:
    """Spreadsheets take the separator of the reader's country, whatever the file was written with."""
    text = f"words{separator}=1+1"
    content = cells.csv_bytes(["A"], [[text]]).decode("utf-8-sig")
    assert list(csv.reader(StringIO(content, newline=""), delimiter=separator))[1] == [text]


def test_a_heading_is_made_harmless_as_well() -> None:
    assert read(cells.csv_bytes(["=1+1"], []))[0] == ["'=1+1"]


def test_numbers_and_days_are_themselves() -> None:
    moment = datetime(2026, 3, 6, 14, 2, tzinfo=UTC)
    line = "".join(cells.csv_lines([], [[-4, 2.5, True, None, date(2026, 3, 31), moment]])).splitlines()[1]
    assert line == '-4,2.5,"Yes","","2026-03-31","2026-03-06T14:02:00+00:00"'


def test_lines_come_one_by_one() -> None:
    taken = cells.csv_lines(["A"], ([str(number)] for number in iter(int, 1)))
    assert [next(taken) for _ in range(3)] == ['"A"\r\n', '"0"\r\n', '"0"\r\n']


@pytest.mark.parametrize("text", [*FORMULAS, "'=1+1", "#REF!", "=_x0041_", "{=1+1}", "TRUE", "2026-03-31"])
def test_a_cell_of_a_workbook_is_text_and_stays_one(text: str) -> None:
    book = Workbook()
    cells.set_text(book["Sheet"]["A1"], text)
    file = BytesIO()
    book.save(file)
    cell = load_workbook(BytesIO(file.getvalue()))["Sheet"]["A1"]
    assert cell.data_type == "s"
    assert str(cell.value).replace("_x005F_", "_").strip() == text.strip()
    if cells.reads_as_formula(text):
        assert cell.quotePrefix


def test_what_a_workbook_cannot_hold_is_marked() -> None:
    book = Workbook()
    cells.set_text(book["Sheet"]["A1"], "Brief\x0ball\x08 \ud800")
    assert (
        book["Sheet"]["A1"].value
        == "Brief\N{REPLACEMENT CHARACTER}all\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"
    )


def test_an_empty_text_is_an_empty_cell() -> None:
    book = Workbook()
    cells.set_text(book["Sheet"]["A1"], "")
    assert book["Sheet"]["A1"].value is None
