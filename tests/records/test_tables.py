"""Tables that somebody brings as a workbook or as text: what spreadsheet programs make of one, and what is refused."""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from records import tables
from records.spreadsheets import MOST_BYTES, Unreadable, Wanted

ASKED = tables.Asked(Wanted("a table", "Take ours."), ("Unit", "Number"), "Table", most_lines=50, optional={"Number"})


def said(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, row.said) for row in tables.read(content, ASKED)]


def in_bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: list[Any]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return book


BOTH = [(2, {"Unit": "Café", "Number": "3"}), (4, {"Unit": "Quay", "Number": "4"})]
TEXT = "Unit,Number\nCafé,3\n,\nQuay,4\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("Unit,Number", '"unit","NUMBER"').encode(),
        in_bytes(workbook(["Unit", "Number"], ["Café", 3], [], ["Quay", 4])),
    ],
    ids=["UTF-8", "with a mark", "Windows", "UTF-16", "semicolons", "tabs", "CRLF", "quotation marks", "workbook"],
)
def test_what_spreadsheet_programs_save_is_read_alike_with_its_lines(content: bytes) -> None:
    assert said(content) == BOTH


def test_the_sheet_of_the_name_is_read_and_columns_of_others_are_left_alone() -> None:
    book = workbook(["Something else"])
    sheet = book.create_sheet("Table")
    sheet.append(["Remarks", "Number", "Unit"])
    sheet.append(["None", date(2026, 3, 31), "Quay"])
    assert said(in_bytes(book)) == [(2, {"Unit": "Quay", "Number": "2026-03-31"})]


def test_a_formula_is_refused_by_its_cell() -> None:
    with pytest.raises(Unreadable, match=r"^B2: This cell holds a formula"):
        said(in_bytes(workbook(["Unit", "Number"], ["Quay", "=1+1"])))


def test_merged_cells_are_refused_by_their_place() -> None:
    book = workbook(["Unit", "Number"], ["Quay", 1], [None, 2])
    book.worksheets[0].merge_cells("A2:A3")
    with pytest.raises(Unreadable, match=r"^A2:A3: These cells are merged"):
        said(in_bytes(book))


@pytest.mark.parametrize(
    "content",
    [
        ("Unit,Number\n" + "\n" * 60 + "Quay,1\n").encode(),
        in_bytes(workbook(["Unit", "Number"], *([[]] * 60), ["Quay", 1])),
    ],
    ids=["CSV", "XLSX"],
)
def test_what_stands_far_below_is_refused_and_not_left_out(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"Line 62 has something in it. Nothing is read below line 50"):
        said(content)


def test_empty_lines_cost_nothing_however_many() -> None:
    assert said(b"Unit,Number\nQuay,1\n" + b"\n" * 1_000_000) == [(2, {"Unit": "Quay", "Number": "1"})]


def test_a_cell_in_the_last_line_of_a_sheet_is_found() -> None:
    book = workbook(["Unit", "Number"], ["Quay", 1])
    book.worksheets[0]["A1048576"] = "Far away"
    with pytest.raises(Unreadable, match=r"Line 1,048,576"):
        said(in_bytes(book))


def test_a_million_cells_are_refused() -> None:
    wide = "".join(f'<row r="{row}">{"<c/>" * 1000}</row>' for row in range(1, 1001))
    with pytest.raises(Unreadable, match="too many cells"):
        said(with_sheet(f"<sheetData>{wide}</sheetData>"))


def test_what_unpacks_to_far_more_is_refused() -> None:
    with pytest.raises(Unreadable, match="far more than a table"):
        said(with_sheet(" " * 50_000_000))


def with_sheet(body: str) -> bytes:
    """A workbook whose first sheet is that, packed as tightly as it goes."""
    packed = io.BytesIO(in_bytes(workbook(["Unit"])))
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                content = f'<worksheet xmlns="{name}">{body}</worksheet>'.encode()
            after.writestr(part.filename, content)
    assert out.tell() < MOST_BYTES
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", r"no column Unit \(found: nothing\)\. Line 1\. Take ours\."),
        (b"Name,Number\nQuay,1\n", r"no column Unit \(found: Name, Number\)\. Line 1\. Take ours\."),
        (b"Unit,Unit\nQuay,1\n", "The column Unit is there twice. Line 1."),
        (b'Unit,Number\n"Quay,1\n', "Line 2 cannot be read: a quotation mark is not closed."),
        (b"Unit\0Number\n", "neither a workbook"),
        (b"PK\x03\x04 and then nothing", "damaged or not a workbook"),
        (b"Unit\n" + b"x" * MOST_BYTES, "larger than 5 MB"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        said(content)


# --- A file of any size ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Où\n".encode(), "utf-8-sig"),
        ("Où\n".encode("utf-16"), "utf-16"),
        ("Où\n".encode("cp1252"), "cp1252"),
        (b"x" + "é".encode() * tables.PIECE, "utf-8-sig"),  # a letter lies across two pieces
        (b"x" * tables.PIECE * 2 + b"\xe9", "cp1252"),  # told by the last letter only
        ("Où".encode("utf-16")[:-1], "cp1252"),
    ],
    ids=range(6),
)
def test_how_a_text_is_written_is_seen_from_all_of_it(content: bytes, encoding: str) -> None:
    looked = tables.look(io.BytesIO(content))
    assert (looked.encoding, looked.is_office_file) == (encoding, False)
    assert looked.sha256 == hashlib.sha256(content).hexdigest()


def test_lines_pass_one_by_one_and_the_file_stays_open() -> None:
    file = io.BytesIO(b'A;B\r\n1;"two\nlines"\r\n\r\n3;4\r\n')
    with closing(tables.stream(file, tables.look(file), ASKED.wanted)) as lines:
        assert next(lines) == (1, ["A", "B"])
        assert next(lines) == (3, ["1", "two\nlines"])
    assert not file.closed
    file.seek(0)
    assert [row for _, row in tables.stream(file, tables.look(file), ASKED.wanted)] == [
        ["A", "B"],
        ["1", "two\nlines"],
        ["3", "4"],
    ]


def test_a_sheet_is_as_wide_as_its_headings() -> None:
    book = workbook(["A", None, "B"], [1, date(2018, 7, 3), None, None, "left over"], ["x"])
    file = io.BytesIO(in_bytes(book))
    assert list(tables.stream(file, tables.look(file), ASKED.wanted)) == [
        (1, ["A", "", "B"]),
        (2, ["1", "2018-07-03", ""]),
        (3, ["x", "", ""]),
    ]
