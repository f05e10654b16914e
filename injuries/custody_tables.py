"""The tables of custody figures, as they leave the product in a workbook or a list of values. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from injuries.custody_figures import (
    INJURIES,
    INTERVENTIONS,
    READING,
    Breakdown,
    Reported,
    by_cause,
    by_type,
    exception_rows,
    report_row,
)
from injuries.custody_pairs import Compared
from rendering.tables import Cell, Column, Table


def tables(
    reports: Sequence[Reported], causes: Sequence[str], types: Sequence[str], comparison: Compared | None
) -> list[Table]:
    """Return the tables of the page, as a workbook and a list of values have them."""
    found = [
        Table("Reports", _REPORT_COLUMNS, [_report_cells(one) for one in reports]),
        _breakdown_table("By cause", by_cause(reports, causes)),
        _breakdown_table("By type", by_type(reports, types)),
        Table(
            "Exceptions",
            [("Period", 30), ("What", 50), ("Referred to", 44), ("Number", 12)],
            [[row.period, row.kind, row.referral, _as_number(row.number)] for row in exception_rows(reports)],
        ),
    ]
    notes = list(READING)
    if comparison is not None:
        found.append(_comparison_table(comparison))
        notes += comparison.notes
    return [*found, Table("Notes", [("Note", 8), ("Text", 120)], list(enumerate(notes, start=1)))]


_REPORT_COLUMNS: Sequence[Column] = [
    ("Period", 30),
    ("Months", 10),
    ("Counted among", 22),
    ("How many of them", 18),
    (INTERVENTIONS, 18),
    ("Interventions, a month", 18),
    ("Interventions per 1,000", 18),
    ("Interventions per 1,000, 95% interval", 22),
    (INJURIES, 18),
    ("Injuries, a month", 18),
    ("Injuries per 1,000", 18),
    ("Injuries per 1,000, 95% interval", 22),
    ("What is missing, or to be read with care", 60),
    ("Note", 60),
]


def _report_cells(report: Reported) -> list[Cell]:
    row = report_row(report)
    cells: list[Cell] = [row.period, len(report.period), report.among, report.number]
    said = []
    for name, figure in ((INTERVENTIONS, row.interventions), (INJURIES, row.injuries)):
        cells += [*map(_as_number, (figure.number, figure.monthly, figure.rate)), figure.interval]
        if figure.missing:
            said.append(f"{name}: {figure.missing}")
        if figure.is_unreliable:
            said.append(f"{name}: fewer than 20, so the rate is unreliable.")
    return [*cells, " ".join(said), row.note]


def _breakdown_table(title: str, breakdown: Breakdown) -> Table:
    columns = [("Period", 30), (breakdown.name, 24), *((term, 22) for term in breakdown.terms), (breakdown.rest, 22)]
    rows = [[row.period, *map(_as_number, (row.total, *row.numbers, row.rest))] for row in breakdown.rows]
    return Table(title, columns, rows)


def _comparison_table(comparison: Compared) -> Table:
    columns: list[Column] = [("What", 28), ("Basis", 44)]
    for report in (comparison.later, comparison.earlier):
        if comparison.has_numbers:
            columns.append((f"Number, {report.period.name}", 22))
        columns.append((f"By that basis, {report.period.name}", 22))
    columns += [("Change", 14), ("Is it chance?", 20), ("Ratio, 95% interval", 22), ("Adjusted p", 14)]
    columns.append(("What is missing, or to be read with care", 60))
    rows: list[list[Cell]] = []
    for row in comparison.rows:
        numbers: list[Cell] = []
        said = [row.care] if row.care else []
        for side, report in zip(row.sides, (comparison.later, comparison.earlier), strict=True):
            numbers += [_as_number(side.number)] if comparison.has_numbers else []
            numbers.append(_as_number(side.rate))
            if side.missing:
                said.append(f"{report.period.name}: {side.missing}")
            if side.is_unreliable:
                said.append(f"{report.period.name}: fewer than 20, so the rate is unreliable.")
        rows.append([row.name, row.basis, *numbers, row.change, row.verdict, row.interval, row.p, " ".join(said)])
    return Table("Comparison", columns, rows, kept="B2")


def _as_number(text: str) -> Cell:
    """A printed figure as a number that a spreadsheet can go on with, rounded as it is printed; words as they are."""
    plain = text.replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).isdecimal() else text
