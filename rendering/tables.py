"""Tables that leave the product: a workbook with a sheet for each, or all of them as one list of values in CSV. Pure.

The same tables give the same bytes: a workbook is dated with a day that it is given, never with the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rendering import cells
from rendering.archives import without_the_clock

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LIST_COLUMNS = ("Table", "Row", "Column", "Value")

Cell = str | int | Decimal | date | None
Column = tuple[str, int]


@dataclass(frozen=True)
class Table:
    """A table: its columns with their widths in a workbook. The first one names the row.

    `kept` is the cell above and before which a workbook's headings stay in sight.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    kept: str = "B2"


# --- CSV ----------------------------------------------------------------------------------------------------------


def list_csv(tables: Iterable[Table]) -> bytes:
    """Return every value on a line of its own: tables of different shapes make one list."""
    return cells.csv_bytes(LIST_COLUMNS, (line for table in tables for line in _lines(table)))


def table_csv(table: Table) -> bytes:
    """Return one table as it stands."""
    return cells.csv_bytes([name for name, _ in table.columns], table.rows)


def _lines(table: Table) -> Iterator[tuple[Cell, ...]]:
    for row in table.rows:
        for (column, _), value in zip(table.columns[1:], row[1:], strict=True):
            if value is not None and value != "":
                yield table.title, row[0], column, value


# --- Workbooks ----------------------------------------------------------------------------------------------------


def xlsx(tables: Iterable[Table], *, dated: date) -> bytes:
    """Return a workbook with a sheet for each table, ready to be printed across A4."""
    workbook = Workbook(write_only=True)
    for table in tables:
        _write_sheet(workbook, table)
    file = BytesIO()
    workbook.save(file)
    return without_the_clock(file.getvalue(), dated)


def _write_sheet(workbook: Workbook, table: Table) -> None:
    sheet = workbook.create_sheet(table.title)
    sheet.freeze_panes = table.kept
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for number, (_, width) in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, name) for name, _ in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _heading(sheet: Any, name: str) -> Any:
    cell = _cell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        cell.number_format = "d mmm yyyy"
        return cell
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # it takes a Decimal as it is
    cell = WriteOnlyCell(sheet)
    cells.set_text(cell, value)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
