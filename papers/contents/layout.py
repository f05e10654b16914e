"""A paper's content laid out for reading: everything numbered, names in prose resolved. Page and PDF share it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from organisation.periods import HalfYear
from papers.contents.abbreviating import Abbreviations
from papers.contents.blocks import BLOCKS
from papers.contents.pieces import Note, Numbers, NumbersRow, Piece, Table, bullets
from papers.contents.redaction import MARK
from papers.contents.references import Figure, resolved, unmarked
from papers.skeleton import PROSE, Numbering
from rendering import markdown
from rendering.formats import day

NOTHING_TO_REPORT = mark_safe("<p>Nothing to report under this heading.</p>")
# On drafts only: a paper without these sections cannot be made final.
STILL_TO_BE_WRITTEN = mark_safe("<p>Still to be written.</p>")
# On drafts only, too: a paper with a name that nothing has cannot be made final.
FAULT = '<strong class="paper-fault">%s (not known)</strong>'
TAKEN_OUT = "What has been taken out of this paper, and why"
# The section of a template that asks the panel for something.
RECOMMENDATIONS = "recommendations"
LISTS = ("<ul", "<ol")
CALLED = re.compile(r"<sup><a .*?</a></sup>")


@dataclass(frozen=True)
class LaidSection:
    key: str
    heading: str
    is_prose: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class LaidPart:
    """A main heading, as it is printed, and what stands under it; `appendix` counts the appendices from 1."""

    heading: str
    sections: tuple[LaidSection, ...]
    appendix: int = 0

    @property
    def opens_appendices(self) -> bool:
        """Whether notes stand right before it."""
        return self.appendix == 1

    @property
    def is_sideways(self) -> bool:
        """Whether it is all wide tables, for which the paper is turned."""
        pieces = [piece for section in self.sections for piece in section.pieces]
        return not any(section.is_prose for section in self.sections) and any(
            piece.table and piece.table.is_wide for piece in pieces
        )


@dataclass(frozen=True)
class Document:
    """A paper, ready for a template."""

    force: str
    panel: str
    title: str
    meeting_on: date
    report_by: str
    half: HalfYear
    marking: str
    parts: tuple[LaidPart, ...]
    notes: tuple[Note, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    replaces: str = ""

    @property
    def has_appendices(self) -> bool:
        return any(part.appendix for part in self.parts)

    def section(self, key: str) -> LaidSection:
        """Return the section of that key."""
        return next(section for part in self.parts for section in part.sections if section.key == key)

    def notes_of(self, section: LaidSection) -> list[Note]:
        """Return the notes that the section calls."""
        html = "".join(piece.html for piece in section.pieces if piece.html)
        return [note for note in self.notes if f'id="{note.called}"' in html]

    @property
    def has_tables(self) -> bool:
        """Whether there is a table, one behind a chart included."""
        pieces = (piece for part in self.parts for section in part.sections for piece in section.pieces)
        return any(piece.table or piece.numbers or piece.chart for piece in pieces)

    @property
    def recommendations(self) -> list[SafeString]:
        """What the paper asks the panel for, one recommendation a paragraph, as it prints them but for notes."""
        sections = (section for part in self.parts for section in part.sections)
        pieces = (piece for section in sections if section.key == RECOMMENDATIONS for piece in section.pieces)
        # A note is called once on a page: repeated without their calls, recommendations stay as harmless as they are.
        return [mark_safe(CALLED.sub("", piece.html)) for piece in pieces if piece.html]  # noqa: S308


def laid_out(content: Mapping[str, Any]) -> Document:
    """Lay out a paper's content, as `panel_paper.gather` returns it or as it was frozen.

    Paragraphs of a chapter are numbered without gaps, whichever sections they stand in; tables and figures in the
    order in which they stand, and so are notes and appendices. A part that is all blocks without data is left out.
    Abbreviations are written out where a reader meets them first: notes are read before the appendices.
    """
    numbers, parts = _numbered(content)
    abbreviations = Abbreviations(content.get("abbreviations", {}))
    # In a public version a name may be of something that has been taken out.
    fault = MARK if _is_public(content) else FAULT
    read = _Reading(content["figures"] | numbers.names, fault, abbreviations)
    body = [read.part(part) for part in parts if not part.appendix]
    behind = [*(part for part in parts if part.appendix), *_taken_out(content)]
    notes = tuple(replace(note, html=read.prose(note.html)) for note in numbers.notes)
    document = Document(
        force=content["force"],
        panel=content["panel"],
        title=content["title"],
        meeting_on=date.fromisoformat(content["meeting_on"]),
        report_by=content["report_by"],
        half=HalfYear.parse(content["half"]),
        marking=content["marking"],
        parts=(*body, *map(read.part, behind)),
        notes=notes,
        replaces=_replaced(content),
    )
    return replace(document, abbreviations=tuple(abbreviations.found_in(_texts(document))))


def _replaced(content: Mapping[str, Any]) -> str:
    """Return the paper that this one takes the place of; papers were frozen before they could say so."""
    replaced = content.get("replaces")
    return f"{replaced['title']} ({day(date.fromisoformat(replaced['meeting_on']))})" if replaced else ""


def recommendations_in(content: Mapping[str, Any]) -> list[SafeString]:
    """Return what a paper with this content asks the panel for; who has its document asks that."""
    return laid_out(content).recommendations


def how_many_recommendations(text: str) -> int:
    """Return how many recommendations a paper prints of that section's text; lists do not know of a paper's content."""
    return len(markdown.paragraphs(text))


@dataclass(frozen=True)
class Named:
    """What prose can name in a paper: `figures` by their names, `places` with their numbers as they stand now.

    `twice` are the names that two tables or two figures have, with the numbers of both.
    """

    figures: tuple[str, ...]
    places: Mapping[str, str]
    twice: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        return [*self.figures, *self.places]

    @property
    def to_pick(self) -> list[Figure]:
        """The tables, figures, paragraphs and appendices, for whoever picks from a list."""
        return [Figure(name, label, name.partition(".")[0].capitalize()) for name, label in self.places.items()]


def named_in(content: Mapping[str, Any]) -> Named:
    """Return everything that prose can name in a paper with this content. All of it is numbered for that."""
    numbers = _numbered(content)[0]
    return Named(tuple(content["figures"]), numbers.names, numbers.twice)


# --- Numbers ----------------------------------------------------------------------------------------------------------


class _Numbers:
    """Counts paragraphs by chapter, tables, figures, appendices and notes, and remembers what has which number."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.paragraphs: dict[int, int] = {}
        self.counts = {"Table": 0, "Figure": 0, "Appendix": 0}
        self.names: dict[str, str] = {}
        self.twice: dict[str, str] = {}
        self.notes: list[Note] = []

    def paragraph(self, section: Mapping[str, Any]) -> str:
        chapter = section["chapter"]
        if not chapter:
            return ""
        self.paragraphs[chapter] = self.paragraphs.get(chapter, 0) + 1
        number = self.numbering.number(chapter, self.paragraphs[chapter])
        self.names.setdefault(f"paragraph.{section['key']}", f"paragraph {number.rstrip('.')}")
        return number

    def captioned(self, kind: str, anchor: str, caption: str) -> str:
        """Return the caption behind its number."""
        self.counts[kind] += 1
        label = f"{kind} {self.counts[kind]}"
        name = f"{kind.lower()}.{anchor}"
        if name in self.names:
            self.twice[name] = f"{self.names[name]} and {label}"
        self.names.setdefault(name, label)
        return f"{label}: {caption}"

    def called(self, paragraph: markdown.Paragraph) -> SafeString:
        """Return the paragraph with a link to each of its notes where the note is called."""
        words, *others = paragraph.html.split(markdown.CALL)
        for said, after in zip(paragraph.notes, others, strict=True):
            # What `markdown` returns is sanitised: a few tags without attributes.
            note = Note(len(self.notes) + 1, mark_safe(said))  # noqa: S308
            self.notes.append(note)
            words += format_html(
                '<sup><a class="govuk-link" href="#{}" id="{}" aria-label="Note {}">{}</a></sup>',
                note.anchor, note.called, note.number, note.number,
            ) + after  # fmt: skip
        return mark_safe(words)  # noqa: S308


def _numbered(content: Mapping[str, Any]) -> tuple[_Numbers, list[LaidPart]]:
    """Return the parts that have anything, everything in them numbered, and what has which number."""
    numbers = _Numbers(Numbering(content["numbering"]))
    return numbers, [
        _part(part, sections, content, numbers)
        for part in content["parts"]
        if (sections := [section for section in part["sections"] if _has_content(section, content)])
    ]


def _part(
    part: Mapping[str, Any], sections: list[Mapping[str, Any]], content: Mapping[str, Any], numbers: _Numbers
) -> LaidPart:
    heading, appendix = part["heading"], 0
    if part.get("is_appendix"):
        heading = numbers.captioned("Appendix", part["sections"][0]["key"], heading)
        appendix = numbers.counts["Appendix"]
    return LaidPart(heading, tuple(_section(section, content, numbers) for section in sections), appendix)


def _is_public(content: Mapping[str, Any]) -> bool:
    """Whether it is a public version's. One of which nothing is taken out does not exist."""
    return bool(content.get("taken_out"))


def _taken_out(content: Mapping[str, Any]) -> Iterator[LaidPart]:
    """Say of a public version, at its end, where something was taken out of the paper, and why."""
    if not _is_public(content):
        return
    names = {
        section["key"]: section["heading"] or part["heading"]
        for part in content["parts"]
        for section in part["sections"]
    }
    lines = (
        f"{names[one['section']]}: {'the section' if one['whole'] else 'a passage'}. {one['why']}"
        for one in content["taken_out"]
    )
    yield LaidPart(TAKEN_OUT, (LaidSection("taken-out", "", False, (Piece(html=bullets(lines)),)),))


def _section(section: Mapping[str, Any], content: Mapping[str, Any], numbers: _Numbers) -> LaidSection:
    pieces: list[Piece] = []
    for piece in _pieces(section, content, numbers):
        if isinstance(piece, str):
            continues = bool(pieces) and piece.startswith(LISTS)
            number = "" if continues else numbers.paragraph(section)
            pieces.append(Piece(html=piece, number=number, continues=continues and bool(section["chapter"])))
        else:
            pieces.append(_with_captions(piece, numbers))
    return LaidSection(section["key"], section["heading"], section["kind"] == PROSE, tuple(pieces))


def _with_captions(piece: Piece, numbers: _Numbers) -> Piece:
    if piece.table:
        table = piece.table
        return replace(piece, table=replace(table, caption=numbers.captioned("Table", table.anchor, table.caption)))
    if piece.numbers:
        below = piece.numbers
        return replace(piece, numbers=replace(below, caption=numbers.captioned("Table", below.anchor, below.caption)))
    if piece.chart:
        chart, below = piece.chart, piece.chart.numbers
        caption = numbers.captioned("Figure", chart.anchor, chart.caption)
        behind = replace(below, caption=numbers.captioned("Table", below.anchor, below.caption))
        return replace(piece, chart=replace(chart, caption=caption, numbers=behind))
    return piece


def _has_content(section: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether there is anything to lay out: a block without data has none, and a force that counts no injuries."""
    return section["kind"] == PROSE or content["data"].get(BLOCKS[section["kind"]].source.name) is not None


def _pieces(section: Mapping[str, Any], content: Mapping[str, Any], numbers: _Numbers) -> Iterator[SafeString | Piece]:
    """The section's paragraphs as HTML, still without numbers, and its tables and charts."""
    if section["kind"] != PROSE:
        block = BLOCKS[section["kind"]]
        yield from block.lay(content["data"][block.source.name], section["options"])
        return
    written = markdown.paragraphs(section["text"])
    yield from map(numbers.called, written)
    if not written:
        yield STILL_TO_BE_WRITTEN if section["is_needed"] else NOTHING_TO_REPORT


# --- Names and abbreviations ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """Goes through the paper as its readers will: `texts` are what names stand for, `fault` what stands
    where a name is not known.

    All that is put into HTML is escaped, and the rest of it stays as it is.
    """

    texts: Mapping[str, str]
    fault: str
    abbreviations: Abbreviations

    def part(self, part: LaidPart) -> LaidPart:
        return replace(part, sections=tuple(self._section(section) for section in part.sections))

    def _section(self, section: LaidSection) -> LaidSection:
        read = self.prose if section.is_prose else self._block
        pieces = (replace(piece, html=read(piece.html)) if piece.html else piece for piece in section.pieces)
        return replace(section, pieces=tuple(pieces))

    def prose(self, html: SafeString) -> SafeString:
        return mark_safe(resolved(self.abbreviations.written_out(html), self.texts, fault=self.fault))  # noqa: S308

    def _block(self, html: SafeString) -> SafeString:
        return mark_safe(unmarked(self.abbreviations.written_out(html), self.texts))  # noqa: S308


def _texts(document: Document) -> Iterator[str]:
    """Everything that is printed: prose, notes, headings, captions and tables."""
    yield from (document.title, document.panel, document.report_by, *(note.html for note in document.notes))
    for part in document.parts:
        yield part.heading
        for section in part.sections:
            yield section.heading
            for piece in section.pieces:
                yield from filter(None, (piece.html, piece.chart and piece.chart.caption))
                for table in piece.tables:
                    yield from (table.caption, table.corner, *table.columns, *_cells(table))


def _cells(table: Table | Numbers) -> Iterator[str]:
    for row in table.rows:
        yield row.heading
        yield from row.figures if isinstance(row, NumbersRow) else (cell.text for cell in row.cells)
