"""All that a laid-out paper says, as plain text: what is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from papers.contents.layout import CALLED, Document
from papers.contents.pieces import Numbers, Piece, Table

# PostgreSQL keeps at most 1 MB of lexemes with their places for a row; hyphenated words take over three times their
# length. A paper that says more is still searched by its beginning.
MOST_BYTES = 250_000
PURPOSE = "purpose"
TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>", re.ASCII)
WITHIN_WORDS = {"em", "strong"}
# The marks that `papers.searching` puts around hits are among them.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
BLANKS = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\s*\n\s*")


def words_of(document: Document) -> str:
    """Return all that the paper says, a line for each heading, paragraph and row, cut at `MOST_BYTES`."""
    text = "\n".join(filter(None, map(_tidy, _said(document))))
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def summary_of(document: Document) -> str:
    """Return what the paper is for, as it is printed: the section of that key that templates give first."""
    sections = (section for part in document.parts for section in part.sections if section.key == PURPOSE)
    said = (plain(CALLED.sub("", piece.html)) for section in sections for piece in section.pieces if piece.html)
    return "\n".join(said)


def plain(html: str) -> str:
    """Return the words of HTML that layout gives, each block on a line of its own."""
    text = TAG.sub(lambda tag: "" if tag[2] in WITHIN_WORDS else "\n", html)
    return _tidy(unescape(text))


def _tidy(text: str) -> str:
    return LINES.sub("\n", BLANKS.sub(" ", UNSEEN.sub(" ", text))).strip()


def _said(document: Document) -> Iterator[str]:
    yield from (
        document.title,
        document.panel,
        document.report_by,
        document.force,
        document.half.name,
        document.replaces,
        *(f"{note.number} {plain(note.html)}" for note in document.notes),
        *(f"{short} {meaning}" for short, meaning in document.abbreviations),
    )
    for part in document.parts:
        yield part.heading
        for section in part.sections:
            yield section.heading
            for piece in section.pieces:
                yield from _of_piece(piece)


def _of_piece(piece: Piece) -> Iterator[str]:
    if piece.html:
        # Where a note is called, the words around it go on.
        yield f"{piece.number} {plain(CALLED.sub('', piece.html))}"
    for level in piece.levels:
        yield f"{level.text} {level.note}"
    if piece.chart:
        yield piece.chart.caption
        yield from _of_numbers(piece.chart.numbers)
    if piece.numbers:
        yield from _of_numbers(piece.numbers)
    if piece.table:
        yield from _of_table(piece.table)


def _of_numbers(numbers: Numbers) -> Iterator[str]:
    yield numbers.caption
    yield _line(numbers.corner, *numbers.columns)
    for row in numbers.rows:
        yield _line(row.heading, *row.figures)


def _of_table(table: Table) -> Iterator[str]:
    yield table.caption
    yield _line(table.corner, *table.columns)
    for row in table.rows:
        yield _line(row.heading, row.statement, *(f"{cell.text} {cell.note}" for cell in row.cells))


def _line(*cells: str) -> str:
    return ", ".join(filter(None, (cell.strip() for cell in cells)))
