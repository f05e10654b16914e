"""Documents that an office can edit, as DOCX: headings, numbered paragraphs, lists and tables from plain pieces.

The body is built of elements rather than with python-docx's tables, whose cells are each found by a walk over the whole
table: a paper of two hundred pages takes a second or two. The same document gives the same bytes.

Source: ECMA-376, Part 1, Office Open XML, WordprocessingML (17); the order of children within a property is its.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from rendering.archives import without_the_clock
from rendering.cells import in_xml
from rendering.richtext import LINE_BREAK, List, Paragraph, Run

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FONT = "Arial"
INK = RGBColor(0x0B, 0x0C, 0x0C)
# Sizes in points, spaces before and after likewise.
_STYLES = {
    "Normal": (10.5, 0, 6),
    "Title": (22, 0, 12),
    "Heading 1": (15, 18, 6),
    "Heading 2": (12, 12, 4),
    "Heading 3": (10.5, 10, 4),
    "Caption": (10.5, 8, 4),
    "Header": (8.5, 0, 0),
    "Footer": (8.5, 0, 0),
}
_BOLD = {"Title", "Heading 1", "Heading 2", "Heading 3", "Caption"}

# All below in twentieths of a point: A4 with margins of 20 mm at the sides.
_SHORT_SIDE, _LONG_SIDE, _MARGIN = 11906, 16838, 1134
_NUMBER_WIDTH = 680
_LIST_STEP = 360
_DEEPEST_LIST = 9  # levels of a list that the format knows
_BESIDE_TEXT = "60"  # between the sides of a cell and its words
_MANY_COLUMNS = 8  # more of them, and their headings are set smaller
_NAMESPACE = {"w": nsmap["w"]}
_BULLETS, _NUMBERS = 100, 101  # of our own lists, beside those of the template


@dataclass(frozen=True)
class Heading:
    """A heading of rank 1 to 3; the document's title is none of them."""

    text: str
    rank: int


@dataclass(frozen=True)
class Numbered:
    """Paragraphs behind a number that is printed as it is; without one, they continue what stands above."""

    paragraphs: Sequence[Paragraph]
    number: str = ""
    continues: bool = False


@dataclass(frozen=True)
class Cell:
    """What a cell says, and in smaller letters below it; `fill` and `ink` are colours written #rrggbb."""

    text: str
    note: str = ""
    fill: str = ""
    ink: str = ""
    is_centred: bool = False
    is_numeric: bool = False
    columns: int = 1


@dataclass(frozen=True)
class Table:
    """A table with its caption. The first cell of a row is its heading; `headings` are repeated on every page.

    `shares` are what its first columns take of the width; the others have the rest in equal parts.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[float] = (0.28,)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max([len(self.headings), *(sum(cell.columns for cell in row) for row in self.rows)])


@dataclass(frozen=True)
class Turn:
    """From here on the paper lies sideways, or upright again."""

    is_sideways: bool


Block = Heading | Numbered | Table | Turn


@dataclass(frozen=True)
class Document:
    """A document: `marking` and `state` are said at the head of every page, `note` at its foot beside the number."""

    title: str
    author: str
    marking: str
    state: str
    note: str
    above_title: str
    blocks: Iterable[Block]
    language: str = "en-GB"


def write(document: Document, *, dated: date) -> bytes:
    """Return the document as a file that says it was made on the day `dated`."""
    file = docx.Document()
    _describe(file, document)
    _dress(file, document.language)
    _head_and_foot(file, document)
    _Body(file).fill(document)
    out = BytesIO()
    file.save(out)
    return without_the_clock(out.getvalue(), dated)


# --- Around the text ----------------------------------------------------------------------------------------------


def _describe(file: Any, document: Document) -> None:
    about = file.core_properties
    about.title, about.author = in_xml(document.title)[:255], in_xml(document.author)[:255]
    about.language, about.comments = document.language, ""
    # The template's picture of its first page, which would be shown for every document.
    relations = file.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        relations.pop(key)


def _dress(file: Any, language: str) -> None:
    for element in (*file.styles.element.iter(qn("w:lang")), *file.settings.element.iter(qn("w:themeFontLang"))):
        element.set(qn("w:val"), language)
    for name, (size, before, after) in _STYLES.items():
        _dress_style(file.styles[name], size, before, after, is_bold=name in _BOLD)


def _dress_style(style: ParagraphStyle, size: float, before: int, after: int, *, is_bold: bool) -> None:
    properties = style.element.get_or_add_rPr()
    for fonts in properties.findall(qn("w:rFonts")):
        properties.remove(fonts)  # the theme's fonts would go before ours
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), is_bold
    style.font.color.rgb = INK
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _head_and_foot(file: Any, document: Document) -> None:
    section = file.sections[0]
    head, foot = section.header, section.footer
    state = f"{document.state}. {document.title}" if document.state else document.title
    _write_line(head.paragraphs[0], document.marking, is_bold=True, at_right=True)
    _write_line(head.add_paragraph(style="Header"), state, is_bold=bool(document.state))
    _write_line(foot.paragraphs[0], document.note)
    number = foot.add_paragraph(style="Footer")
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    number._p.extend([_run(Run("Page ")), _field("PAGE"), _run(Run(" of ")), _field("NUMPAGES")])


def _write_line(paragraph: Any, text: str, *, is_bold: bool = False, at_right: bool = False) -> None:
    paragraph._p.append(_run(Run(text, is_strong=is_bold)))
    if at_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _field(code: str) -> Any:
    return _element("fldSimple", _run(Run("1")), instr=f" {code} ")


# --- The text -----------------------------------------------------------------------------------------------------


class _Body:
    """Puts blocks before the section properties that every document ends with."""

    def __init__(self, file: Any) -> None:
        self._last = file.element.body.sectPr
        self._numbering = file.part.numbering_part.element
        self._list_numbers = count(1000)
        self._known: dict[List, str] = {}
        self._is_sideways = False
        _turn(self._last, is_sideways=False)
        self._begin_lists()

    def fill(self, document: Document) -> None:
        if document.above_title:
            self._add(_paragraph([Run(document.above_title, is_strong=True)]))
        self._add(_paragraph([Run(document.title)], _element("pStyle", val="Title")))
        for block in document.blocks:
            self._write(block)

    def _add(self, element: Any) -> None:
        self._last.addprevious(element)

    def _write(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._add(_paragraph([Run(block.text)], _element("pStyle", val=f"Heading{block.rank}")))
        elif isinstance(block, Numbered):
            self._write_numbered(block)
        elif isinstance(block, Table):
            self._write_table(block)
        elif block.is_sideways != self._is_sideways:
            self._turn()

    def _write_numbered(self, block: Numbered) -> None:
        indent = _NUMBER_WIDTH if block.number or block.continues else 0
        number = block.number
        if number and block.paragraphs and block.paragraphs[0].item_of:
            self._add(_paragraph([Run(number)]))  # a list that stands by itself: nothing has two numbers
            number = ""
        for paragraph in block.paragraphs:
            self._add(self._laid(paragraph, number, indent))
            number = ""

    def _laid(self, paragraph: Paragraph, number: str, indent: int) -> Any:
        depth = min(paragraph.depth, _DEEPEST_LIST)
        left, hanging = indent + depth * _LIST_STEP, 0
        properties = [_element("pStyle", val="Quote")] if paragraph.is_quoted else []
        if paragraph.item_of:
            properties.append(_list_place(depth, self._number_of(paragraph.item_of, depth)))
            hanging = _LIST_STEP
        elif number:
            hanging = indent
        if left:
            properties.append(_element("ind", left=str(left), hanging=str(hanging)))
        shown = _paragraph(paragraph.runs, *properties)
        if number:
            shown.insert(1 if properties else 0, _element("r", _text(number), _element("tab")))
        return shown

    def _write_table(self, table: Table) -> None:
        self._add(_paragraph([Run(table.caption)], _element("pStyle", val="Caption"), _element("keepNext")))
        room = (_LONG_SIDE if self._is_sideways else _SHORT_SIDE) - 2 * _MARGIN
        self._add(_table(table, _widths(table, room)))
        self._add(_paragraph([]))  # two tables that meet would become one

    def _turn(self) -> None:
        """End what lies as it did so far: the properties of a part stand in its last paragraph."""
        self._add(_element("p", _element("pPr", deepcopy(self._last))))
        self._is_sideways = not self._is_sideways
        _turn(self._last, is_sideways=self._is_sideways)

    # Lists

    def _begin_lists(self) -> None:
        first = self._numbering.find(qn("w:num"))
        for number, mark in ((_BULLETS, None), (_NUMBERS, "decimal")):
            first.addprevious(_list_look(number, mark))

    def _number_of(self, one: List, depth: int) -> str:
        """Return the number of a list, which begins to count at its own start."""
        if one not in self._known:
            self._known[one] = str(next(self._list_numbers))
            start = _element("startOverride", val=str(one.start))
            override = [_element("lvlOverride", start, ilvl=str(depth - 1))] if one.counts else []
            look = _element("abstractNumId", val=str(_NUMBERS if one.counts else _BULLETS))
            self._numbering.append(_element("num", look, *override, numId=self._known[one]))
        return self._known[one]


def _list_place(depth: int, number: str) -> Any:
    return _element("numPr", _element("ilvl", val=str(depth - 1)), _element("numId", val=number))


def _list_look(number: int, mark: str | None) -> Any:
    levels = []
    for level in range(_DEEPEST_LIST):
        text = f"%{level + 1}." if mark else "\N{BULLET}"
        indent = _element("ind", left=str((level + 1) * _LIST_STEP), hanging=str(_LIST_STEP))
        levels.append(
            _element(
                "lvl",
                _element("start", val="1"),
                _element("numFmt", val=mark or "bullet"),
                _element("lvlText", val=text),
                _element("lvlJc", val="left"),
                _element("pPr", indent),
                ilvl=str(level),
            )
        )
    return _element(
        "abstractNum", _element("multiLevelType", val="hybridMultilevel"), *levels, abstractNumId=str(number)
    )


# --- Tables -------------------------------------------------------------------------------------------------------


def _widths(table: Table, room: int) -> list[int]:
    leading = [round(room * share) for share in table.shares][: table.width]
    others = table.width - len(leading)
    return leading + [(room - sum(leading)) // others] * others if others else [room // table.width] * table.width


def _table(table: Table, widths: Sequence[int]) -> Any:
    properties = _element(
        "tblPr",
        _element("tblStyle", val="TableGrid"),
        _element("tblW", w=str(sum(widths)), type="dxa"),
        _element("tblLayout", type="fixed"),
        _element("tblCellMar", *(_element(side, w=_BESIDE_TEXT, type="dxa") for side in ("left", "right"))),
        _element("tblLook", firstRow=str(int(bool(table.headings))), firstColumn="1", noVBand="1", val="04A0"),
        _element("tblCaption", val=in_xml(table.caption)),
    )
    grid = _element("tblGrid", *(_element("gridCol", w=str(width)) for width in widths))
    return _element("tbl", properties, grid, *_table_rows(table, widths))


def _table_rows(table: Table, widths: Sequence[int]) -> Iterator[Any]:
    if table.headings:
        cells = [Cell(text) for text in table.headings]
        size = 7.5 if table.width > _MANY_COLUMNS else 9
        head = _element("trPr", _element("cantSplit"), _element("tblHeader"))
        yield _element("tr", head, *_row(cells, widths, all_strong=True, size=size))
    for row in table.rows:
        yield _element("tr", _element("trPr", _element("cantSplit")), *_row(row, widths))


def _row(cells: Sequence[Cell], widths: Sequence[int], *, all_strong: bool = False, size: float = 9) -> Iterator[Any]:
    at = 0
    for position, cell in enumerate(cells):
        width = sum(widths[at : at + cell.columns])
        at += cell.columns
        yield _cell(cell, width, is_strong=all_strong or position == 0, size=size)


def _cell(cell: Cell, width: int, *, is_strong: bool, size: float) -> Any:
    properties = [_element("tcW", w=str(width), type="dxa")]
    if cell.columns > 1:
        properties.append(_element("gridSpan", val=str(cell.columns)))
    if cell.fill:
        properties.append(_element("shd", val="clear", color="auto", fill=cell.fill.lstrip("#")))
    side = "center" if cell.is_centred else "right" if cell.is_numeric else "left"
    lines = [_line(Run(cell.text, is_strong), side, cell.ink, size)]
    if cell.note:
        lines.append(_line(Run(cell.note), side, cell.ink, 7.5))
    return _element("tc", _element("tcPr", *properties), *lines)


def _line(run: Run, side: str, ink: str, size: float) -> Any:
    look = (_element("spacing", before="30", after="30"), _element("jc", val=side))
    return _paragraph([run], *look, ink=ink, size=size)


# --- Elements -----------------------------------------------------------------------------------------------------


def _element(tag: str, /, *children: Any, **attributes: str) -> Any:
    named = {_named(name): value for name, value in attributes.items()}
    element = oxml_parser.makeelement(_named(tag), named, _NAMESPACE)
    element.extend(children)
    return element


@cache
def _named(name: str) -> str:
    return qn(f"w:{name}")


def _paragraph(runs: Iterable[Run], *properties: Any, ink: str = "", size: float = 0) -> Any:
    head = [_element("pPr", *properties)] if properties else []
    return _element("p", *head, *(_run(run, ink, size) for run in runs))


def _run(run: Run, ink: str = "", size: float = 0) -> Any:
    look = []
    if run.is_strong:
        look.append(_element("b"))
    if run.is_emphasised:
        look.append(_element("i"))
    if ink:
        look.append(_element("color", val=ink.lstrip("#")))
    if size:
        look.append(_element("sz", val=str(round(2 * size))))
    if run.is_raised:
        look.append(_element("vertAlign", val="superscript"))
    return _element("r", *([_element("rPr", *look)] if look else []), *_lines(run.text))


def _lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.split(LINE_BREAK)):
        if number:
            yield _element("br")
        yield _text(line)


def _text(text: str) -> Any:
    element = _element("t")
    element.text = in_xml(text.replace("\t", " "))
    element.set(qn("xml:space"), "preserve")
    return element


def _turn(properties: Any, *, is_sideways: bool) -> None:
    """Make the properties of a part those of A4, on its side or upright."""
    size, margins = properties.find(qn("w:pgSz")), properties.find(qn("w:pgMar"))
    width, height = (_LONG_SIDE, _SHORT_SIDE) if is_sideways else (_SHORT_SIDE, _LONG_SIDE)
    size.set(qn("w:w"), str(width))
    size.set(qn("w:h"), str(height))
    size.set(qn("w:orient"), "landscape" if is_sideways else "portrait")
    for side in ("left", "right"):
        margins.set(qn(f"w:{side}"), str(_MARGIN))
