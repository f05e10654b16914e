"""Question sets for fieldwork without a connection: a page to print, and the same as a workbook."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from maturity.matrix import short_forms_in
from maturity.models import Edition
from maturity.permissions import can_read_model
from maturity.questions import ON_THE_THEME, RESULTS, QuestionSet, as_xlsx, has_standards, question_sets
from rendering.tables import MEDIA_TYPES


@require_safe
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """What to ask about each theme that `?theme=` names, or about all, with room for handwriting."""
    edition = _edition_or_404(request, code)
    sets = _asked_for(request, edition)
    context = {
        "title": f"Question sets: {edition.name}",
        "edition": edition,
        "sets": sets,
        "scored": list(edition.themes.filter(scored=True).order_by("number")),
        "chosen": {one.row.theme.identity for one in sets},
        "has_standards": has_standards(sets),
        "results": RESULTS,
        "on_the_theme": ON_THE_THEME,
        "short_forms": short_forms_in(text for one in sets for text in one.texts),
        "crumbs": [
            {"label": "Maturity model", "url": reverse("maturity:matrix")},
            {"label": edition.name, "url": reverse("maturity:edition", args=[edition.code])},
        ],
    }
    return render(request, "maturity/questions.html", context)


@require_safe
def questions_workbook(request: HttpRequest, code: str) -> HttpResponse:
    """The same to fill in on a computer. It says nothing of anybody, so who takes it is not kept."""
    edition = _edition_or_404(request, code)
    sets = _asked_for(request, edition)
    of = sets[0].row.theme.identity if len(sets) == 1 else "themes"
    disposition = f'attachment; filename="questions-{edition.code}-{of}.xlsx"'
    return HttpResponse(
        as_xlsx(edition, sets), content_type=MEDIA_TYPES["xlsx"], headers={"Content-Disposition": disposition}
    )


def _edition_or_404(request: HttpRequest, code: str) -> Edition:
    if not can_read_model(request.user):
        raise Http404
    return get_object_or_404(Edition, code=code)


def _asked_for(request: HttpRequest, edition: Edition) -> list[QuestionSet]:
    """Return the themes that the address names; all where it names none that is scored."""
    return question_sets(edition, request.GET.getlist("theme"))
