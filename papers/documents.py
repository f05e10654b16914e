"""The documents this room prints: their HTML, which `rendering.pdf` turns into PDFs, and the files they carry."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from organisation.periods import london_day
from papers.contents import layout, pack_layout
from papers.contents.pieces import Chart, Numbers, Piece, Table
from papers.models import BoardPack, Paper, PublicVersion
from rendering import docxfile, formats, levels, richtext, stylesheet
from rendering.assets import Asset, Attachment
from rendering.cells import csv_bytes

# What is said on every page of a paper that the panel does not read.
STATES = {"draft": "Draft, not published", "final": "Final, not published", "withdrawn": "Withdrawn"}
# What stands across every page of the PDF as long as that is so. Drafts have none yet.
NOT_PUBLISHED, REPLACED = "Not published", "Replaced"
STAMPS = {"final": NOT_PUBLISHED, "withdrawn": "Withdrawn"}
IN_THE_PDF = "The drawing is in the PDF of this paper; its figures are in the table below."
A_COPY = "This copy can be changed by whoever has it. What the paper says is in its PDF and on its page."


def paper_html(paper: Paper, document: layout.Document) -> str:
    """Return a final paper, `document` being what was frozen of it, as HTML for printing."""
    context = {
        "document": document,
        "content_digest": paper.content_digest,
        "finalised_at": paper.finalised_at,
    }
    return render_to_string("papers/documents/panel_paper.html", context)


def paper_tables(paper: Paper, document: layout.Document) -> list[Attachment]:
    """Return the data of every table of a final paper’s `document` as CSV, in their order."""
    assert paper.finalised_at is not None  # noqa: S101  # only final ones are printed
    return tables(document, modified_at=paper.finalised_at)


def public_html(version: PublicVersion, document: layout.Document) -> str:
    """Return a paper's public version, `document` being what was frozen of it, as HTML for printing."""
    context = {
        "document": document,
        "content_digest": version.content_digest,
        "finalised_at": version.paper.finalised_at,
        "public_version": version,
    }
    return render_to_string("papers/documents/panel_paper.html", context)


def tables(document: layout.Document, *, modified_at: datetime) -> list[Attachment]:
    """Return the data of every table of a document as CSV, in their order."""
    pieces = (piece for part in document.parts for section in part.sections for piece in section.pieces)
    return [
        Attachment(
            name=f"{table.caption.partition(':')[0].lower().replace(' ', '-')}.csv",
            media_type="text/csv",
            content=csv_bytes(*_cells(table)),
            description=table.caption,
            modified_at=modified_at,
        )
        for piece in pieces
        for table in piece.tables
    ]


def tables_zip(paper: Paper, document: layout.Document) -> bytes | None:
    """Return the tables of a final paper’s `document` as one file, with a list of them; None where it has none.

    The same tables give the same bytes: every entry has the moment of freezing.
    """
    tables = paper_tables(paper, document)
    if not tables:
        return None
    listed = Attachment(
        name="tables.csv",
        media_type="text/csv",
        content=csv_bytes(["File", "Table"], [[table.name, table.description] for table in tables]),
        description="What each file holds",
        modified_at=tables[0].modified_at,
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in (listed, *tables):
            frozen_at = timezone.localtime(table.modified_at).timetuple()[:6]
            entry = zipfile.ZipInfo(table.name, frozen_at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, table.content)
    return out.getvalue()


def _cells(table: Table | Numbers) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of a table; of levels, what stands below one follows it in brackets."""
    if isinstance(table, Numbers):
        return [table.corner, *table.columns], [[row.heading, *row.figures] for row in table.rows]
    statements = [[row.statement] if table.has_statements else [] for row in table.rows]
    return [table.corner, *table.columns], [
        [row.heading, *said, *(f"{cell.text} ({cell.note})" if cell.note else cell.text for cell in row.cells)]
        for row, said in zip(table.rows, statements, strict=True)
    ]


# --- A paper as a text that can be edited --------------------------------------------------------------------------


def paper_docx(paper: Paper, document: layout.Document) -> bytes:
    """Return a paper, `document` being what it says, as DOCX: the same paper gives the same bytes."""
    written = docxfile.Document(
        title=document.title,
        author=document.report_by,
        marking=document.marking,
        state=STATES.get(paper.state, ""),
        note=f"Content digest {paper.content_digest}" if paper.content_digest else "",
        above_title=document.panel,
        blocks=_blocks(paper, document),
    )
    moment = paper.finalised_at or paper.changed_at or paper.created_at
    return docxfile.write(written, dated=london_day(moment))


def _blocks(paper: Paper, document: layout.Document) -> Iterator[docxfile.Block]:
    yield _about(paper, document)
    yield docxfile.Numbered([richtext.Paragraph((richtext.Run(A_COPY, is_emphasised=True),))])
    for part in document.parts:
        if part.opens_appendices:
            yield from _notes(document)
        yield from _part(part)
    yield docxfile.Turn(False)
    if not document.has_appendices:
        yield from _notes(document)
    yield from _abbreviations(document)


def _part(part: layout.LaidPart) -> Iterator[docxfile.Block]:
    yield docxfile.Turn(part.is_sideways)
    yield docxfile.Heading(part.heading, 1)
    for section in part.sections:
        if section.heading:
            yield docxfile.Heading(section.heading, 2)
        for piece in section.pieces:
            yield from _blocks_of(piece, is_sideways=part.is_sideways)


def _notes(document: layout.Document) -> Iterator[docxfile.Block]:
    if document.notes:
        yield docxfile.Heading("Notes", 1)
    for note in document.notes:
        yield docxfile.Numbered(richtext.paragraphs(note.html), str(note.number))


def _abbreviations(document: layout.Document) -> Iterator[docxfile.Block]:
    if document.abbreviations:
        yield docxfile.Heading("Abbreviations", 1)
        yield docxfile.Numbered([_plain(f"{short}: {meaning}") for short, meaning in document.abbreviations])


def _about(paper: Paper, document: layout.Document) -> docxfile.Table:
    facts = (
        ("Meeting", formats.day(document.meeting_on)),
        ("Report by", document.report_by),
        ("Force", document.force),
        ("Half-year", document.half.name),
        ("Made final", formats.day_and_clock(paper.finalised_at) if paper.finalised_at else "Not yet"),
        ("Marking", document.marking),
    )
    rows = [(docxfile.Cell(name), docxfile.Cell(said)) for name, said in facts if said]
    return docxfile.Table("This paper", (), rows)


def _blocks_of(piece: Piece, *, is_sideways: bool) -> Iterator[docxfile.Block]:
    if piece.table:
        yield docxfile.Turn(is_sideways or piece.table.is_wide)
        yield _levels(piece.table)
        yield docxfile.Turn(is_sideways)
    elif piece.levels:
        yield docxfile.Numbered([_plain(f"{level.text} {level.note}") for level in piece.levels])
    elif piece.numbers:
        yield _numbers(piece.numbers)
    elif piece.chart:
        yield from _chart(piece.chart)
    else:
        yield docxfile.Numbered(richtext.paragraphs(piece.html or ""), piece.number, piece.continues)


def _plain(text: str) -> richtext.Paragraph:
    return richtext.Paragraph((richtext.Run(text),))


def _chart(chart: Chart) -> Iterator[docxfile.Block]:
    yield docxfile.Numbered([_plain(f"{chart.caption}. {IN_THE_PDF}")])
    yield _numbers(chart.numbers)


def _levels(table: Table) -> docxfile.Table:
    looks = {style.key: style for style in (*levels.STYLES.values(), levels.NOT_SUBMITTED, levels.NOT_SCORED)}
    rows = [
        [
            docxfile.Cell(row.heading),
            *([docxfile.Cell(row.statement)] if table.has_statements else []),
            *(
                docxfile.Cell(cell.text, cell.note, looks[cell.look].fill, looks[cell.look].text, is_centred=True)
                for cell in row.cells
            ),
        ]
        for row in table.rows
    ]
    shares = (0.2, 0.14) if table.has_statements else (0.28,)
    return docxfile.Table(table.caption, (table.corner, *table.columns), rows, shares)


def _numbers(numbers: Numbers) -> docxfile.Table:
    """Return a table of figures; a row without any says why across all columns."""
    rows = [
        (
            docxfile.Cell(row.heading),
            *(_figures(row.figures, are_words=numbers.is_words) or [_not_scored(len(numbers.columns))]),
        )
        for row in numbers.rows
    ]
    return docxfile.Table(numbers.caption, (numbers.corner, *numbers.columns), rows)


def _figures(figures: Iterable[str], *, are_words: bool) -> list[docxfile.Cell]:
    return [docxfile.Cell(figure, is_numeric=not are_words) for figure in figures]


def _not_scored(columns: int) -> docxfile.Cell:
    return docxfile.Cell("Not scored in this edition of the model", columns=columns)


# --- Packs ------------------------------------------------------------------------------------------------------------


def pack_html(pack: BoardPack) -> str:
    """Return what was frozen of an agenda pack as HTML for printing."""
    context = {"pack": pack, "document": pack_layout.laid_out(pack.content)}
    return render_to_string("papers/documents/board_pack.html", context)


def assets() -> Mapping[str, Asset]:
    """What the documents may load."""
    return stylesheet.assets()
