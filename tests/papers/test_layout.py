"""Laying out a paper's content: numbering, empty sections, tables."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

from papers.contents.layout import Document, laid_out
from papers.contents.maturity_position import GroupRollup, position
from papers.contents.panel_paper import what_is_missing
from tests.factories.papers import HALF, north, read_template, south

SKELETON = read_template().skeleton


def content(texts: dict[str, str] | None = None, *, groups: int = 2) -> dict[str, Any]:
    written = SKELETON.first_texts(HALF.name) | {"contacts": "The safety team"} | (texts or {})
    figures = [north(), south(), *(south() for _ in range(groups - 2))][:groups]
    rollups = [GroupRollup(f"Group {number}", date(2025, 10, 6), one) for number, one in enumerate(figures, start=1)]
    return {
        "force": "Force", "panel": "Panel", "title": "Title", "meeting_on": "2025-11-18", "report_by": "Head",
        "half": str(HALF), "marking": "OFFICIAL", "numbering": "1.1",
        "parts": [
            {
                "heading": part.heading,
                "sections": [
                    {
                        "key": section.key, "heading": section.heading, "kind": section.kind,
                        "chapter": section.chapter, "options": {}, "is_needed": bool(section.needed),
                        "text": written.get(section.key, ""),
                    }
                    for section in part.sections
                ],
            }
            for part in SKELETON.parts
        ],
        "data": {"position": position(half=HALF, rollups=rollups, awaited=[]), "injuries": None},
        "figures": {},
    }  # fmt: skip


def numbers(document: Document) -> list[str]:
    return [
        piece.number for part in document.parts for section in part.sections for piece in section.pieces if piece.number
    ]


def section_html(document: Document, key: str) -> str:
    return "".join(
        piece.html or "" for part in document.parts for section in part.sections if section.key == key
        for piece in section.pieces
    )  # fmt: skip


def test_paragraphs_of_one_chapter_are_numbered_through_its_sections() -> None:
    document = laid_out(content({"background": "One.\n\nTwo.\n\n- with\n- a list\n\nThree.", "legal": "A.\n\nB."}))
    assert numbers(document) == [
        "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.1", "3.1", "4.1", "4.2", "5.1",
    ]  # fmt: skip


def test_a_section_left_empty_says_so_and_leaves_no_gap_in_the_numbers() -> None:
    document = laid_out(content({"financial": "", "risk": "  \n "}))
    assert section_html(document, "financial") == "<p>Nothing to report under this heading.</p>"
    assert numbers(document)[-4:] == ["2.1", "3.1", "4.1", "5.1"]


def test_a_draft_says_which_needed_section_is_still_to_be_written() -> None:
    document = laid_out(content({"contacts": "", "key-considerations": ""}))
    assert section_html(document, "contacts") == "<p>Still to be written.</p>"
    assert section_html(document, "key-considerations") == "<p>Nothing to report under this heading.</p>"


def test_markup_in_prose_is_inert() -> None:
    html = section_html(laid_out(content({"risk": "<script>x</script> [a](javascript:b) <b onclick=c>d</b>"})), "risk")
    assert html == ("<p>&lt;script&gt;x&lt;/script&gt; [a](javascript:b) &lt;b onclick=c&gt;d&lt;/b&gt;</p>")


def test_names_from_the_data_are_escaped() -> None:
    hostile = content()
    hostile["data"]["position"]["awaited"] = ["<img src=x>"]
    html = section_html(laid_out(hostile), "maturity-position")
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


def test_a_median_between_levels_has_the_shade_of_the_lower() -> None:
    table = next(p.table for part in laid_out(content()).parts for s in part.sections for p in s.pieces if p.table)
    assert table.columns == ("Group 1", "Group 2", "All groups")
    cells = {row.heading: [(cell.look, cell.text, cell.note) for cell in row.cells] for row in table.rows}
    assert cells["Leadership"] == [("3", "3–4", "2 of 3"), ("5", "5", "1 of 1"), ("4", "4", "3 of 4")]
    assert cells["Wellbeing"] == [("unscored", "Not scored", "")] * 3
    assert cells["Assurance and Audit"][0] == ("2", "2", "1 of 3")


def test_many_groups_turn_the_page_sideways() -> None:
    def first_table(groups: int) -> bool:
        document = laid_out(content(groups=groups))
        return next(p.table for part in document.parts for s in part.sections for p in s.pieces if p.table).is_wide

    assert [first_table(groups) for groups in (2, 7, 8)] == [False, False, True]


def test_without_roll_ups_there_is_neither_table_nor_chart() -> None:
    document = laid_out(content(groups=0))
    pieces = [piece for part in document.parts for section in part.sections for piece in section.pieces]
    assert not any(piece.table or piece.chart or piece.levels for piece in pieces)
    assert "no figures" in section_html(document, "maturity-position")


def test_frozen_content_reads_the_same_after_a_stay_in_the_database() -> None:
    fresh = content()
    assert laid_out(json.loads(json.dumps(fresh))) == laid_out(fresh)


def test_what_is_missing_names_sections_as_the_page_does() -> None:
    missing = what_is_missing(SKELETON, content({"contacts": "", "purpose": " "}, groups=0))
    assert [dataclasses.astuple(lack)[0] for lack in missing] == ["purpose", "contacts", None]
    assert missing[1].message == "Contacts: Write who answers questions about the paper."


def test_a_list_of_a_block_belongs_to_what_stands_above_it_and_takes_no_number() -> None:
    meeting = {"name": "May Board", "held_on": "2025-05-21", "on": "21 May 2025", "items": ["Fire", "Water"]}
    held = content()
    held["parts"][1]["sections"].insert(
        1, {"key": "board", "heading": "The Board", "kind": "board-meetings", "chapter": 1, "options": {}, "text": ""}
    )
    held["data"]["board_meetings"] = {"meetings": [meeting]}
    pieces = next(
        section.pieces for part in laid_out(held).parts for section in part.sections if section.key == "board"
    )
    assert [(piece.number, piece.continues) for piece in pieces] == [("1.3", False), ("1.4", False), ("", True)]
    assert pieces[2].html == "<ul><li>Fire</li><li>Water</li></ul>"
