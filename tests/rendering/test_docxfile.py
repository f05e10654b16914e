"""DOCX as python-docx reads it back: styles, numbers, lists, tables with headings that repeat, and the same bytes."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from rendering.docxfile import Block, Cell, Document, Heading, Numbered, Table, Turn, write
from rendering.richtext import paragraphs

DAY = date(2026, 3, 2)
LEVELS = Table(
    "Table 1: levels",
    ("Unit", "Leadership", "Audit"),
    (
        (Cell("Alder Unit"), Cell("3", "2 of 3", fill="#447ec1", ink="#0b0c0c", is_centred=True), Cell("–")),
        (Cell("Beech Unit"), Cell("Not scored", columns=2)),
    ),
)


def written(*blocks: Block, title: str = "Safety culture", state: str = "Draft, not published") -> bytes:
    document = Document(
        title=title,
        author="Head of Safety",
        marking="OFFICIAL",
        state=state,
        note="Content digest 0f1e",
        above_title="Audit panel",
        blocks=blocks,
    )
    return write(document, dated=DAY)


def read(*blocks: Block, **more: str) -> Any:
    return docx.Document(BytesIO(written(*blocks, **more)))


def words(part: Any) -> list[str]:
    """All lines of a part, fields included."""
    return ["".join(text.text or "" for text in line.iter(qn("w:t"))) for line in part.iter(qn("w:p"))]


def test_title_headings_and_paragraphs_have_the_styles_that_a_reader_moves_by() -> None:
    file = read(Heading("Report summary", 1), Heading("Purpose", 2), Numbered(paragraphs("<p>Why.</p>"), "1.1"))
    assert [(line.style.name, line.text) for line in file.paragraphs] == [
        ("Normal", "Audit panel"),
        ("Title", "Safety culture"),
        ("Heading 1", "Report summary"),
        ("Heading 2", "Purpose"),
        ("Normal", "1.1\tWhy."),
    ]
    assert (file.core_properties.title, file.core_properties.author) == ("Safety culture", "Head of Safety")
    assert (file.core_properties.language, file.core_properties.created.date()) == ("en-GB", DAY)
    assert {mark.get(qn("w:val")) for mark in file.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_every_page_says_marking_state_digest_and_number() -> None:
    section = read(Heading("One", 1)).sections[0]
    assert words(section.header._element) == ["OFFICIAL", "Draft, not published. Safety culture"]
    assert words(section.footer._element) == ["Content digest 0f1e", "Page 1 of 1"]
    codes = [field.get(qn("w:instr")).strip() for field in section.footer._element.iter(qn("w:fldSimple"))]
    assert codes == ["PAGE", "NUMPAGES"]
    assert words(read(state="").sections[0].header._element)[1] == "Safety culture"


def test_words_are_strong_emphasised_and_raised() -> None:
    line = read(Numbered(paragraphs("<p>a <strong>b</strong> <em>c</em><sup>1</sup><br>d</p>"))).paragraphs[-1]
    assert line.text == "a b c1\nd"
    assert [run.text for run in line.runs if run.bold] == ["b"]
    assert [run.text for run in line.runs if run.italic] == ["c"]
    assert [run.text for run in line.runs if run.font.superscript] == ["1"]


def test_lists_are_lists_and_each_begins_to_count_at_its_own_start() -> None:
    html = "<ol><li>one</li><li>two<ul><li>inner</li></ul></li></ol><ol start='7'><li>seven</li></ol>"
    file = read(Numbered(paragraphs(html)))
    places = [(place.numId.val, place.ilvl.val) for place in file.element.body.iter(qn("w:numPr"))]
    first, second, inner = places[0][0], places[3][0], places[2][0]
    assert places == [(first, 0), (first, 0), (inner, 1), (second, 0)]
    assert len({first, second, inner}) == 3
    numbering = file.part.numbering_part.element
    looks = {look.get(qn("w:abstractNumId")): look for look in numbering.iter(qn("w:abstractNum"))}
    kinds, starts = {}, {}
    for number in numbering.iter(qn("w:num")):
        key = int(number.get(qn("w:numId")))
        look = looks[number.find(qn("w:abstractNumId")).get(qn("w:val"))]
        kinds[key] = look.find(f"{qn('w:lvl')}/{qn('w:numFmt')}").get(qn("w:val"))
        starts[key] = [start.get(qn("w:val")) for start in number.iter(qn("w:startOverride"))]
    assert (kinds[first], kinds[second], kinds[inner]) == ("decimal", "decimal", "bullet")
    assert (starts[first], starts[second], starts[inner]) == (["1"], ["7"], [])


def test_a_numbered_paragraph_that_is_a_list_has_its_number_on_a_line_of_its_own() -> None:
    file = read(Numbered(paragraphs("<ul><li>one</li></ul>"), "2.3"))
    assert [line.text for line in file.paragraphs[-2:]] == ["2.3", "one"]


def test_a_table_has_its_caption_above_and_a_heading_row_that_repeats() -> None:
    file = read(LEVELS)
    assert (file.paragraphs[2].style.name, file.paragraphs[2].text) == ("Caption", "Table 1: levels")
    (table,) = file.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Unit", "Leadership", "Audit"],
        ["Alder Unit", "3\n2 of 3", "–"],
        ["Beech Unit", "Not scored", "Not scored"],
    ]
    repeated = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    assert repeated == [True, False, False]
    shade = table.cell(1, 1)._tc.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
    assert shade.get(qn("w:fill")) == "447ec1"
    assert all(run.bold for run in table.cell(1, 0).paragraphs[0].runs)


def test_wide_parts_lie_sideways_and_the_rest_stands_upright() -> None:
    file = read(Heading("One", 1), Turn(False), Turn(True), LEVELS, Turn(False), Heading("Two", 1))
    sizes = [(section.page_width, section.page_height) for section in file.sections]
    upright, sideways = (210, 297), (297, 210)
    assert [(round(width.mm), round(height.mm)) for width, height in sizes] == [upright, sideways, upright]
    assert [words(section.header._element)[0] for section in file.sections] == ["OFFICIAL"] * 3


def test_no_text_breaks_the_file() -> None:
    hostile = "\x00\x07\ud800\uffff ]]> <w:p/> &amp; {{ x }} \u202e"
    blocks = (Heading(hostile, 1), Table(hostile, (hostile,), ((Cell(hostile, hostile),),)))
    file = read(*blocks, Numbered(paragraphs("<p>bell \x07</p>"), hostile), title=hostile, state=hostile)
    assert file.paragraphs[2].text == "\ufffd\ufffd\ufffd\ufffd ]]> <w:p/> &amp; {{ x }} \u202e"
    assert file.paragraphs[-1].text.endswith("bell \ufffd")


def test_the_same_document_is_the_same_bytes_and_holds_no_picture_of_another_one() -> None:
    content = written(LEVELS)
    assert written(LEVELS) == content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "thumbnail" in name]
