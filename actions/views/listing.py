"""The list of actions: filtered, sorted, on pages, and as a file to take away."""

from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import origins
from actions.filters import ActionFilters
from actions.models import Action
from actions.models.action import ActionQuerySet
from actions.permissions import can_list_actions, can_raise_actions
from actions.services import exports
from actions.tables import STATUS_ORDER, ActionTable
from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances
from rendering.tables import MEDIA_TYPES

PER_PAGE = 25


@require_safe
def actions(request: SignedInRequest) -> HttpResponse:
    """Every action the person may read, open ones first, the next due before the rest."""
    if not can_list_actions(request.user):
        raise Http404
    today = timezone.localdate()
    visible = Action.objects.visible_to(request.user)
    filters = ActionFilters(request.GET, queryset=visible, today=today)
    found: ActionQuerySet = filters.qs
    found = found.select_related("unit").prefetch_related("tasks").with_overdue(today).with_next_due()
    units = list(filters.form.fields["unit"].queryset)
    table = ActionTable(_in_order(found), with_units=len(units) > 1)
    table.order_by = request.GET.get("sort", "").split(",")[:1]
    if request.GET.get("format") in MEDIA_TYPES:
        return _as_file(request, table.data.data, filters.in_words(), request.GET["format"])
    _turn_to(table, request.GET.get("page"))
    table.origins = origins.of_actions(row.record.pk for row in table.page.object_list)
    context = {
        "filters": filters.form,
        "shown_filters": [
            filters.form[name]
            for name in ("text", "state", "unit", "origin", "plan")
            if name not in ("unit", "plan") or len(filters.form.fields[name].queryset) > (name == "unit")
        ],
        "stated": filters.in_words(),
        "table": table,
        "sort": ",".join(table.order_by),
        "total": table.paginator.count,
        "may_raise": can_raise_actions(request.user),
    }
    return render(request, "actions/actions.html", context)


def _in_order(found: ActionQuerySet) -> ActionQuerySet:
    return found.order_by(STATUS_ORDER, F("next_due_on").asc(nulls_last=True), "pk")


def _turn_to(table: ActionTable, page: Any) -> None:
    """Show the page that is asked for, or the nearest there is."""
    try:
        table.paginate(page=page or 1, per_page=PER_PAGE)
    except PageNotAnInteger:
        table.paginate(page=1, per_page=PER_PAGE)
    except EmptyPage:
        table.paginate(page=max(1, table.paginator.num_pages), per_page=PER_PAGE)


def _as_file(request: SignedInRequest, found: ActionQuerySet, said: list[str], file_format: str) -> HttpResponse:
    """Exactly what the filters show, all pages of it."""
    content = b""
    if request.method == "GET":  # a look at the headers takes nothing away
        now = timezone.now()
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
        content = exports.download(found=found, file_format=file_format, said=said, by=request.user, at=now)
    name = f"actions-{timezone.localdate().isoformat()}.{file_format}"
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
