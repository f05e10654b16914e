"""Who else has a draft open now, and where: said on the page, and asked for again while it is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.models import Presence, Revision
from assurance.services import presence as service
from assurance.views.loading import writable_revision_or_404
from maturity.models import Theme
from organisation.models import User
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.canonical import content_digest

STOP_POLLING = 286  # htmx asks no more after it


@called_by_itself
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Say that the person is here; answer with who else is, or with nothing where that is on the page already."""
    revision = writable_revision_or_404(request, unit, quarter)
    if not request.htmx or request.method != "POST":
        return redirect("assurance:statement", unit, quarter)
    if not revision.is_open:
        return HttpResponse(status=STOP_POLLING)
    identity = request.POST.get("theme", "")
    theme = Theme.objects.filter(edition=revision.statement.edition_id, identity=identity).first() if identity else None
    context = others_here(revision, theme, by=request.user)
    if request.POST.get("shown") == context["shown"]:
        return HttpResponse(status=204)
    return render(request, "assurance/_present.html", context)


def others_here(revision: Revision, theme: Theme | None, *, by: User) -> dict[str, Any]:
    """Record that the person has this page open; return who else has the statement open, for the page: two queries."""
    others = _in_words(service.seen(revision=revision, theme=theme, by=by, at=timezone.now()))
    return {"others": others, "shown": content_digest(others)[:12]}


def _in_words(others: Iterable[Presence]) -> list[str]:
    return [f"{one.person.name}, in {one.theme.name}" if one.theme else one.person.name for one in others]
