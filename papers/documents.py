"""The documents this room prints: their HTML, which `rendering.pdf` turns into PDFs."""

from __future__ import annotations

from collections.abc import Mapping

from django.template.loader import render_to_string

from papers.contents import layout, pack_layout
from papers.models import BoardPack, Paper
from rendering import stylesheet
from rendering.assets import Asset


def paper_html(paper: Paper) -> str:
    """Return what was frozen of a final paper as HTML for printing."""
    context = {
        "document": layout.laid_out(paper.content),
        "content_digest": paper.content_digest,
        "finalised_at": paper.finalised_at,
    }
    return render_to_string("papers/documents/panel_paper.html", context)


def pack_html(pack: BoardPack) -> str:
    """Return what was frozen of an agenda pack as HTML for printing."""
    context = {"pack": pack, "document": pack_layout.laid_out(pack.content)}
    return render_to_string("papers/documents/board_pack.html", context)


def assets() -> Mapping[str, Asset]:
    """What the documents may load."""
    return stylesheet.assets()
