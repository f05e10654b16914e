"""Laying out a paper's content: numbering, empty sections, tables."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

from papers.contents.layout import Document, LaidPart, laid_out, named_in
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


# --- Notes, appendices, abbreviations ---------------------------------------------------------------------------------


def part_of(document: Document, heading: str) -> LaidPart:
    return next(part for part in document.parts if heading in part.heading)


def with_appendices(texts: dict[str, str] | None = None) -> dict[str, Any]:
    """The paper with three appendices: prose, injuries that nobody has counted, prose."""
    held = content(texts)
    held["parts"] = [part for part in held["parts"] if part["heading"] != "levels by unit"]
    for key, kind in (("papers-before", "prose"), ("injuries", "injury-figures"), ("method", "prose")):
        section = {
            "key": key, "heading": "", "kind": kind, "chapter": 0, "options": {}, "is_needed": False,
            "text": (texts or {}).get(key, ""),
        }  # fmt: skip
        held["parts"].append({"heading": f"the {key}", "is_appendix": True, "sections": [section]})
    return held


def test_notes_number_themselves_through_the_whole_paper_and_link_both_ways() -> None:
    texts = {"purpose": "One^[The *first*.].\n\n- two^[Second]", "risk": "Three^[Third: 5 < 6]."}
    document = laid_out(with_appendices(texts | {"method": "Four^[Fourth]"}))
    assert [(note.number, note.html, note.anchor, note.called) for note in document.notes] == [
        (1, "The <em>first</em>.", "note_1", "note_1_called"),
        (2, "Second", "note_2", "note_2_called"),
        (3, "Third: 5 &lt; 6", "note_3", "note_3_called"),
        (4, "Fourth", "note_4", "note_4_called"),
    ]
    assert section_html(document, "risk") == (
        '<p>Three<sup><a class="govuk-link" href="#note_3" id="note_3_called" aria-label="Note 3">3</a></sup>.</p>'
    )
    assert section_html(document, "purpose").count("<sup><a ") == 2


def test_a_recommendation_repeated_elsewhere_calls_no_note() -> None:
    document = laid_out(content({"recommendations": "Note^[Really] it.\n\nAnd that."}))
    assert document.recommendations == ["<p>Note it.</p>", "<p>And that.</p>"]
    assert "note_1_called" in section_html(document, "recommendations")


def test_names_in_notes_stand_for_what_they_stand_for_in_the_text() -> None:
    document = laid_out(content({"risk": "See^[{{ table.medians }} and {{ table.mediums }}]."}))
    assert [note.html for note in document.notes] == [
        'Table 1 and <strong class="paper-fault">{{ table.mediums }} (not known)</strong>'
    ]


def test_markup_in_notes_is_inert() -> None:
    said = "^[<script>x</script> [a](javascript:b) <a href=c>d</a>]"
    (note,) = laid_out(content({"risk": f"One{said}"})).notes
    assert note.html == "&lt;script&gt;x&lt;/script&gt; [a](javascript:b) &lt;a href=c&gt;d&lt;/a&gt;"


def test_a_note_that_is_not_closed_stays_text() -> None:
    document = laid_out(content({"risk": "One ^[two"}))
    assert (section_html(document, "risk"), document.notes) == ("<p>One ^[two</p>", ())


def test_appendices_number_themselves_without_those_that_have_nothing() -> None:
    document = laid_out(with_appendices({"risk": "{{ appendix.papers-before }}, {{ appendix.method }}."}))
    assert [part.heading for part in document.parts][-3:] == [
        "Contacts", "Appendix 1: the papers-before", "Appendix 2: the method",
    ]  # fmt: skip
    assert section_html(document, "risk") == "<p>Appendix 1, Appendix 2.</p>"
    assert [part.opens_appendices for part in document.parts][-3:] == [False, True, False]
    assert "appendix.injuries" not in named_in(with_appendices()).names
    assert {"appendix.papers-before", "appendix.method"} < set(named_in(with_appendices()).names)


def test_abbreviations_are_written_out_where_a_reader_meets_them_first() -> None:
    """Notes are read behind the body and before the appendices; figures, headings and tables stay as they are."""
    held = with_appendices(
        {"purpose": "One^[the HSE].", "risk": "{{ contact.hse }}", "method": "HSE, OCU", "financial": "H&S: H&S"}
    )
    held["abbreviations"] = {
        "HSE": "Health and Safety Executive", "OCU": "unit", "H&S": "health and safety", "MPS": "police", "G1": "group",
    }  # fmt: skip
    held["figures"] = {"contact.hse": "the OCU"}
    held["data"]["position"]["awaited"] = ["North of the MPS"]
    document = laid_out(held)
    assert "North of the police (MPS)" in section_html(document, "maturity-position")  # a block's sentence
    assert section_html(document, "financial") == "<p>health and safety (H&amp;S): H&amp;S</p>"
    assert section_html(document, "risk") == "<p>the OCU</p>"
    assert document.notes[0].html == "the Health and Safety Executive (HSE)"
    assert section_html(document, "method") == "<p>HSE, unit (OCU)</p>"
    assert [short for short, _ in document.abbreviations] == ["H&S", "HSE", "MPS", "OCU"]


def test_content_frozen_before_there_were_appendices_and_abbreviations_is_laid_out_as_ever() -> None:
    held = content({"risk": "The HSE."})
    held["parts"][-1]["heading"] = "Appendix 1: levels by unit"
    document = laid_out(held)
    assert part_of(document, "levels by unit").heading == "Appendix 1: levels by unit"
    assert (document.has_appendices, document.notes, document.abbreviations) == (False, (), ())
    assert section_html(document, "risk") == "<p>The HSE.</p>"


def test_a_public_version_ends_with_what_was_taken_out_behind_its_appendices() -> None:
    held = with_appendices({"risk": "See^[{{ table.gone }}]."})
    held["taken_out"] = [{"section": "risk", "whole": False, "why": "It names a place"}]
    document = laid_out(held)
    assert [part.appendix for part in document.parts][-4:] == [0, 1, 2, 0]
    assert "Risk: a passage. It names a place" in section_html(document, "taken-out")
    assert document.notes[0].html == "[taken out]"


def test_a_section_has_the_notes_that_it_calls() -> None:
    document = laid_out(content({"purpose": "One^[a].", "risk": "Two^[b], three^[c]."}))
    assert [note.html for note in document.notes_of(document.section("risk"))] == ["b", "c"]
    assert document.notes_of(document.section("legal")) == []
