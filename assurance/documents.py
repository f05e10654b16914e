"""The documents this room prints: their HTML, which `rendering.pdf` turns into PDFs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from assurance.audit_report import report_in
from assurance.models import Audit, IssuedRollup, Redaction, Revision, Rollup, Statement
from assurance.reading import read
from assurance.rollup_tables import tables_of
from assurance.rollup_words import issued_content, received, sums_statements
from maturity.matrix import Row, matrix_of, short_forms_in
from rendering import stylesheet
from rendering.assets import Asset

MARKING = "OFFICIAL"
FEWEST_LINES = 3  # to write on, below the levels of a theme: with fewer, they go overleaf


def rollup_html(rollup: Rollup, *, as_at: date) -> str:
    """Return a built roll-up as HTML for printing; its figures are as at the day `as_at`."""
    tables = tables_of(rollup.figures, comparison=rollup.shows_comparison)
    context = {
        "rollup": rollup,
        "tables": tables,
        "chart": mark_safe(tables.chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
        "as_at": as_at,
        "sums": sums_statements(rollup.half, as_at) if rollup.is_of_the_force else "",
        "marking": MARKING,
        "title": f"{rollup.name}: health and safety roll-up, {rollup.half.name}",
    }
    return render_to_string("assurance/documents/rollup.html", context)


def issued_rollup_html(issued: IssuedRollup) -> str:
    """Return what was issued as HTML for printing: from its frozen content alone."""
    content = issued_content(issued.content)
    tables = tables_of(content.figures, comparison=content.words.shows_comparison)
    kind = "summary" if content.is_of_the_force else "roll-up"
    context = {
        "content": content,
        "content_digest": issued.content_digest,
        "figures_digest": content.figures_digest,
        "words": content.words,
        "shows_comparison": content.words.shows_comparison,
        "reports": content.reports,
        "reports_say": received(content.reports),
        "tables": tables,
        "chart": mark_safe(tables.chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
        "as_at": content.as_at,
        "sums": sums_statements(content.half, content.as_at) if content.is_of_the_force else "",
        "address": verification_address(issued.content_digest),
        "marking": MARKING,
        "title": f"{content.name}: health and safety {kind}, {content.half}, version {content.number}",
    }
    return render_to_string("assurance/documents/issued_rollup.html", context)


def audit_report_html(audit: Audit) -> str:
    """Return the issued report of an audit as HTML for printing: from its frozen content alone."""
    report = report_in(audit.content)
    context = {
        "report": report,
        "content_digest": audit.content_digest,
        "address": verification_address(audit.content_digest),
        "marking": MARKING,
        "title": f"Audit {report.reference}: {report.scope}",
    }
    return render_to_string("assurance/documents/audit_report.html", context)


def statement_html(revision: Revision) -> str:
    """Return what was signed as HTML for printing, laid out as the 2019 template is: two queries, for the level
    names and what was redacted.
    """
    statement = revision.statement
    content = read(revision.content, dict(statement.edition.levels.values_list("number", "name")))
    context = {
        "revision": revision,
        "content": content,
        "quarter": statement.quarter,
        "address": verification_address(revision.content_digest),
        "redactions": Redaction.objects.that_changed(revision),
        "marking": MARKING,
        "title": f"{content.unit}: health and safety statement, {statement.quarter.name}",
    }
    return render_to_string("assurance/documents/statement.html", context)


def verification_address(digest: str) -> str:
    """Return where a reader can find out whether a statement with this content digest is the one that was signed."""
    # The page is of a room above this one, so its address is spelled out here. A test holds the two together.
    return f"{settings.SITE_URL}/verify/{digest}/"


def blank_html(statement: Statement) -> str:
    """Return the statement with nothing in it, to be filled in by hand. Three queries."""
    matrix = matrix_of(statement.edition)
    context = {
        "unit": statement.unit,
        "quarter": statement.quarter,
        "edition": statement.edition,
        "themes": [(row, *_room_to_write(row)) for row in matrix.rows],
        "short_forms": short_forms_in(text for row in matrix.rows for text in row.texts),
        "marking": MARKING,
        "title": f"{statement.unit.name}: health and safety statement to fill in, {statement.quarter.name}",
    }
    return render_to_string("assurance/documents/blank.html", context)


def _room_to_write(row: Row) -> tuple[range, bool]:
    """Return the lines for handwriting of a theme of the blank form, and whether they are on a sheet of their own.

    A sheet has room for 95 mm of them and of the levels' points; a line of the points, of some 32 characters, takes
    3.35 mm, one to write on 7.9 mm. Measured on the printed form; a test counts the sheets of both editions.
    """
    if not row.cells:
        return range(12), False
    printed = max(sum(math.ceil(len(text) / 32) for text in cell.criteria) for cell in row.cells)
    lines = int((95 - 3.35 * printed) / 7.9)
    return (range(lines), False) if lines >= FEWEST_LINES else (range(14), True)


def assets() -> Mapping[str, Asset]:
    """What the documents may load."""
    return stylesheet.assets()
