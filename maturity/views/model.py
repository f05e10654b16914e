"""Reading the model: an edition's matrix, one theme of it, and one theme in every edition side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from maturity import matrix as layout
from maturity.models import Edition, NotComparable, Theme
from maturity.permissions import can_read_model


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """The newest edition, with a way to the others."""
    editions = _editions_or_404(request)
    if not editions:
        return render(request, "maturity/empty.html", {"title": "Maturity model"})
    return _matrix_page(request, editions, editions[-1])


@require_safe
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """One edition's matrix."""
    editions = _editions_or_404(request)
    return _matrix_page(request, editions, _named_or_404(editions, code))


@require_safe
def theme(request: HttpRequest, code: str, identity: str) -> HttpResponse:
    """One theme of an edition: a section for each level."""
    editions = _editions_or_404(request)
    chosen = _named_or_404(editions, code)
    rows = list(chosen.themes.order_by("number"))
    position = next((at for at, each in enumerate(rows) if each.identity == identity), None)
    if position is None:
        raise Http404
    row = layout.row_of(rows[position])
    context = {
        "title": f"{row.theme.name} ({chosen.code})",
        "edition": chosen,
        "row": row,
        "previous": rows[position - 1] if position else None,
        "next": rows[position + 1] if position + 1 < len(rows) else None,
        "elsewhere": _other_editions_with(identity, chosen),
        "short_forms": layout.short_forms_in([*row.texts, *(cell.evidence for cell in row.cells)]),
        "crumbs": [_crumb(), {"label": chosen.name, "url": reverse("maturity:edition", args=[chosen.code])}],
    }
    return render(request, "maturity/theme.html", context)


@require_safe
def compare(request: HttpRequest, identity: str) -> HttpResponse:
    """One theme in every edition that has it, side by side."""
    _editions_or_404(request)
    columns = layout.rows_across_editions(identity)
    if not columns:
        raise Http404
    texts = [text for column in columns for text in column.texts]
    context = {
        "title": f"{columns[-1].theme.name}: the editions side by side",
        "columns": columns,
        "lines": _lines(columns),
        "not_comparable": NotComparable.objects.filter(identity=identity)
        .select_related("edition", "earlier")
        .order_by("edition__starts_on"),
        "short_forms": layout.short_forms_in(texts),
        "crumbs": [_crumb()],
    }
    return render(request, "maturity/compare.html", context)


def _editions_or_404(request: HttpRequest) -> list[Edition]:
    """Return every edition, earliest first, to those who may read the model; for others there is no such page."""
    if not can_read_model(request.user):
        raise Http404
    return list(Edition.objects.order_by("starts_on"))


def _named_or_404(editions: list[Edition], code: str) -> Edition:
    for each in editions:
        if each.code == code:
            return each
    raise Http404


def _matrix_page(request: HttpRequest, editions: list[Edition], chosen: Edition) -> HttpResponse:
    whole = layout.matrix_of(chosen)
    context = {
        "title": chosen.name,
        "edition": chosen,
        "editions": editions,
        "next_edition": next((each for each in editions if each.starts_on > chosen.starts_on), None),
        "has_started": chosen.starts_on <= timezone.localdate(),
        "levels": whole.levels,
        "rows": whole.rows,
        "short_forms": layout.short_forms_in([chosen.notes, *(text for row in whole.rows for text in row.texts)]),
        "crumbs": [_crumb()] if chosen is not editions[-1] else [],
    }
    return render(request, "maturity/edition.html", context)


def _other_editions_with(identity: str, edition: Edition) -> list[Theme]:
    return list(Theme.objects.filter(identity=identity).exclude(edition=edition).select_related("edition"))


def _lines(columns: Sequence[layout.Row]) -> list[dict[str, Any]]:
    """Return a line for each level that any edition has, with each edition's cell, or None where it has none."""
    lines = []
    for cells in zip_longest(*(column.cells for column in columns)):
        level = next((cell.level for cell in reversed(cells) if cell is not None), None)
        lines.append({"level": level, "cells": list(zip(columns, cells, strict=True))})
    return lines


def _crumb() -> dict[str, str]:
    return {"label": "Maturity model", "url": reverse("maturity:matrix")}
