"""The documents this room prints: their HTML, which `rendering.pdf` turns into PDFs, and the files they carry."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from papers.contents import layout, pack_layout
from papers.contents.pieces import Numbers, Table
from papers.models import BoardPack, Paper, PublicVersion
from rendering import stylesheet
from rendering.assets import Asset, Attachment
from rendering.cells import csv_bytes


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


def pack_html(pack: BoardPack) -> str:
    """Return what was frozen of an agenda pack as HTML for printing."""
    context = {"pack": pack, "document": pack_layout.laid_out(pack.content)}
    return render_to_string("papers/documents/board_pack.html", context)


def assets() -> Mapping[str, Asset]:
    """What the documents may load."""
    return stylesheet.assets()
