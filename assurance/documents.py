"""The documents this room prints: their HTML, which `rendering.pdf` turns into PDFs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from assurance.models import Rollup
from assurance.rollup_tables import tables_of
from rendering import stylesheet
from rendering.assets import Asset

MARKING = "OFFICIAL"


def rollup_html(rollup: Rollup, *, as_at: date) -> str:
    """Return a built roll-up as HTML for printing; its figures are as at the day `as_at`."""
    tables = tables_of(rollup.figures)
    context = {
        "rollup": rollup,
        "tables": tables,
        "chart": mark_safe(tables.chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
        "as_at": as_at,
        "marking": MARKING,
        "title": f"{rollup.group.name}: health and safety roll-up, {rollup.half.name}",
    }
    return render_to_string("assurance/documents/rollup.html", context)


def assets() -> Mapping[str, Asset]:
    """What the documents may load."""
    return stylesheet.assets()
