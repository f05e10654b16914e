"""An issued roll-up as tables: the same values as were issued, in a workbook and as CSV, and no text that runs."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from assurance import rollup_exports
from tests.factories.papers import HALF, north

DIGEST = "d" * 64


def theme(identity: str, number: int, name: str, **words: Any) -> dict[str, Any]:
    blank = {"level": None, "evidence": "", "actions": "", "narrative": ""}
    return {"identity": identity, "number": number, "name": name, **blank, **words}


@pytest.fixture
def content() -> dict[str, Any]:
    """What was issued of a group of three units, written by hand."""
    return {
        "format": 1,
        "name": "North",
        "group": "north",
        "half": str(HALF),
        "number": 2,
        "because": "=A month was wrong",
        "as_at": "2025-10-06",
        "issued_at": "2025-10-19T23:30:00+00:00",  # past midnight in London
        "issuer_name": "The lead",
        "figures": north(),
        "figures_digest": "f" * 64,
        "words": {
            "board_meeting_on": "2025-11-05",
            "meeting": {"on": "2025-10-01", "reported": False, "note": "It was called off."},
            "opinion": None,
            "narrative": '=HYPERLINK("http://example.org")',
            "shows_comparison": False,
            "themes": [
                theme("leadership", 1, "Leadership", level=4, evidence="Visits", actions="+More visits"),
                theme("audit", 3, "Assurance and Audit", evidence="None has been."),
            ],
        },
        "reports": [],
        "revisions": [
            {"unit": "Alder Unit", "quarter": "2025/26-Q2", "revision": 1, "status": "accepted", "digest": "a" * 64}
        ],
        "previous": "e" * 64,
    }


def sheets(content: dict[str, Any]) -> dict[str, list[list[Any]]]:
    book = load_workbook(BytesIO(rollup_exports.as_xlsx(content, DIGEST)))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_workbook_has_a_sheet_for_each_table_that_has_rows(content: dict[str, Any]) -> None:
    found = sheets(content)
    assert list(found) == [
        "This version", "Own assessment", "Coverage", "Levels by theme", "Levels by unit", "Statements used",
    ]  # fmt: skip
    assert ["Were the units’ statements reported there?", "No"] in found["This version"]
    assert ["The half-year before is shown", "No"] in found["This version"]
    assert ["Content digest (SHA-256)", DIGEST] in found["This version"]
    issued_on = next(value for what, value in found["This version"] if what == "Issued on")
    assert issued_on.date() == date(2025, 10, 20)
    assert found["Own assessment"][1][:5] == ["Leadership", 4, "Proactive", "Visits", "+More visits"]
    assert found["Own assessment"][2][:4] == ["Assurance and Audit", None, None, "None has been."]
    assert found["Coverage"][1] == ["2025/26-Q1", 3, 2, 2, 1, 1]
    assert found["Levels by theme"][1][:9] == ["Leadership", "Yes", 0, 0, 1, 1, 0, 0, 1]
    assert found["Levels by unit"][1][5:] == [3, None, 2]
    assert found["Levels by unit"][3][:4] == ["Cedar Unit", None, None, "nothing signed"]
    assert found["Statements used"][1] == ["Alder Unit", "2025/26-Q2", 1, "accepted", "a" * 64]


def test_the_csv_has_every_value_of_the_workbook_on_a_line_of_its_own(content: dict[str, Any]) -> None:
    text = rollup_exports.as_csv(content, DIGEST).decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text, newline="")))
    assert lines[0] == ["Table", "Row", "Column", "Value"]
    assert ["Own assessment", "Leadership", "Level stated", "4"] in lines
    assert ["Own assessment", "Leadership", "Actions", "'+More visits"] in lines
    assert ["This version", "Why it follows an earlier version", "Answer", "'=A month was wrong"] in lines
    values = sum(value is not None for rows in sheets(content).values() for row in rows[1:] for value in row[1:])
    assert len(lines) - 1 == values


def test_the_force_s_tables_have_the_opinion_and_the_reports(content: dict[str, Any]) -> None:
    content["words"] |= {"meeting": None, "opinion": {"level": 3, "text": "It holds."}}
    content["reports"] = [
        {"group": "East", "slug": "east", "number": None, "issued_on": None, "digest": ""},
        {"group": "North", "slug": "north", "number": 2, "issued_on": "2025-10-20", "digest": "b" * 64},
    ]
    tables = {table.title: table for table in rollup_exports.tables_in(content, DIGEST)}
    assert [list(row) for row in tables["Reports"].rows] == [
        ["East", None, None, ""],
        ["North", 2, date(2025, 10, 20), "b" * 64],
    ]
    said = {row[0]: row[1] for row in tables["This version"].rows}
    assert said["Level of the force in the Head’s opinion"] == "Level 3: Compliant"
    assert said["The Head’s opinion"] == "It holds."
    assert "Were the units’ statements reported there?" not in said


def test_a_table_s_rows_are_as_wide_as_its_columns(content: dict[str, Any]) -> None:
    for table in rollup_exports.tables_in(content, DIGEST):
        assert {len(row) for row in table.rows} == {len(table.columns)}, asdict(table)["title"]
