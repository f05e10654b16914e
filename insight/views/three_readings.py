"""What is claimed, what was validated and what staff answered, side by side: of one unit, and of all one reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from insight import three_readings as readings
from insight.permissions import (
    can_list_three_readings,
    can_read_three_readings,
    reads_all_three_readings,
    units_with_three_readings,
)
from insight.reading import known_of
from insight.three_readings import Known, ThemeRow
from organisation.models import Unit
from organisation.requests import SignedInRequest, address_without_page
from rendering.charts.readings import three_readings as chart_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that one can go on to, and how many questions its page asks."""

    name: str
    slug: str
    questions: int


@require_safe
def three_readings(request: SignedInRequest) -> HttpResponse:
    """The readings of all units that the person reads: the force's, a business group's, or their own."""
    if not can_list_three_readings(request.user):
        raise Http404
    today = timezone.localdate()
    there = units_with_three_readings(request.user).open_on(today).order_by("name")
    units = {pk: (name, slug) for pk, name, slug in there.values_list("pk", "name", "slug")}
    known = known_of(units, day=today)
    asked = readings.questions_by_unit(known)
    rows = [UnitRow(name, slug, asked[pk]) for pk, (name, slug) in units.items()]
    of_the_force = reads_all_three_readings(request.user)
    context = _shown(known, readings.rows_of_several(known), of="the force" if of_the_force else "your units") | {
        "of_the_force": of_the_force,
        "page": Paginator(sorted(rows, key=lambda row: -row.questions), PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
    }
    return render(request, "insight/three_readings.html", context)


@require_safe
def three_readings_of_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """The readings of one unit, theme by theme, and what they ask."""
    unit = _unit_or_404(request, slug)
    known = known_of([unit.pk], day=timezone.localdate())
    context = _shown(known, readings.rows_of_unit(known, unit.pk), of=unit.name) | {
        "unit": unit,
        "claimed_in": readings.claimed_in(known, unit.pk),
    }
    return render(request, "insight/three_readings_of_unit.html", context)


def _shown(known: Known, rows: list[ThemeRow], *, of: str) -> dict[str, Any]:
    chart = chart_of(
        [row.marks for row in rows],
        chart_id="three-readings",
        title=f"Three readings of {of}, theme by theme",
        levels=len(known.level_names),
    )
    return {
        "known": known,
        "rows": rows,
        "asks": [row for row in rows if row.questions],
        "sentence": readings.sentence(known),
        "chart": mark_safe(chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
    }


def _unit_or_404(request: SignedInRequest, slug: str) -> Unit:
    unit = get_object_or_404(Unit, slug=slug)
    if not can_read_three_readings(request.user, unit):
        raise Http404
    return unit
