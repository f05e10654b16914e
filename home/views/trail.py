"""The trail: who did what to which thing, when and from where; as a list, and as a file to take away."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from home import trail_reading
from home.permissions import can_list_trail, can_read_whole_trail, trail_visible_to
from home.services import trail_exports
from home.trail_filters import LARGEST_ID, TrailFilters
from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances


@require_safe
def trail(request: SignedInRequest) -> HttpResponse:
    """A page of what the person may read of it, the newest first."""
    filters = _filters_or_404(request)
    context = {"form": filters, "sees_all": can_read_whole_trail(request.user), "query": _query(request)}
    if not filters.is_valid():
        return render(request, "home/trail.html", context, status=422)
    entries = filters.chosen(trail_visible_to(request.user))
    total = trail_reading.how_many(entries)
    context |= {
        "stated": filters.in_words(),
        "total": total,
        "counted_to": trail_reading.COUNTED_TO,
        # Looking for what is not there would read the whole trail a second time.
        "page": trail_reading.page(
            entries if total else entries.none(),
            before=_number(request, "before"),
            after=_number(request, "after"),
        ),
    }
    return render(request, "home/trail.html", context)


@require_safe
def trail_csv(request: SignedInRequest) -> HttpResponseBase:
    """Exactly what the filters show, all pages of it. That it was taken is itself kept in the trail."""
    filters = _filters_or_404(request)
    if not filters.is_valid():
        context = {"form": filters, "sees_all": can_read_whole_trail(request.user), "query": _query(request)}
        return render(request, "home/trail.html", context, status=422)
    now = timezone.now()
    headers = {"Content-Disposition": f'attachment; filename="trail-{timezone.localdate(now).isoformat()}.csv"'}
    if request.method != "GET":  # a look at the headers takes nothing away
        return HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
    lines = trail_exports.export(
        filters.chosen(trail_visible_to(request.user)), chosen=filters.for_the_trail(), by=request.user, at=now
    )
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _filters_or_404(request: SignedInRequest) -> TrailFilters:
    if not can_list_trail(request.user):
        raise Http404
    return TrailFilters(request.GET, sees_all=can_read_whole_trail(request.user))


def _number(request: SignedInRequest, name: str) -> int | None:
    """Return the entry that the address names; None where it names none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text[:20]) <= LARGEST_ID else None


def _query(request: SignedInRequest) -> str:
    """Return the filters as they stand in the address, without which page of the list was asked for."""
    kept: QueryDict = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return kept.urlencode()
