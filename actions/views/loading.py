"""Loading what a page is about, for somebody who may see it. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict

from actions.models import DUE_ALL_THE_TIME, Action, Task
from actions.permissions import can_read_action, can_write_action
from organisation.requests import SignedInRequest
from rendering import formats

ONLY_WRITERS = (
    "Only the unit’s single point of contact (SPOC), its Senior Leadership Team (SLT) lead and whoever raised an "
    "action change it. You can read it."
)
ONLY_A_BODYS = "Only those who write for the {body}, and whoever raised an action, change it. You can read it."
LARGEST_ID = 2**63 - 1


def action_or_404(request: SignedInRequest, pk: int) -> Action:
    """Return the action where the person may read it."""
    rows: QuerySet[Action] = Action.objects.select_related("unit", "raised_by", "changed_by", "closed_by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_action(request.user, found):
        raise Http404
    return found


def writable_action_or_404(request: SignedInRequest, pk: int) -> Action:
    """Return the action where the person may change it. Whether it is still open is the service's question."""
    found = action_or_404(request, pk)
    if not can_write_action(request.user, found):
        raise PermissionDenied(ONLY_WRITERS if found.unit else ONLY_A_BODYS.format(body=found.body))
    return found


def task_or_404(action: Action, pk: int) -> Task:
    """Return a task of the action."""
    found = action.tasks.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    found.action = action
    return found


def posted(request: HttpRequest) -> QueryDict | None:
    """What the page's form was sent with; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def in_words(value: Any) -> str:
    """Return an answer as the page of two versions shows it."""
    if isinstance(value, date):
        return formats.day(value)
    return "On-going" if value == DUE_ALL_THE_TIME else str(value or "")
