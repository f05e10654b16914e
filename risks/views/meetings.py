"""The Board's meetings."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.requests import SignedInRequest, address_without_page
from risks.forms.risks import MeetingForm
from risks.models import BoardMeeting
from risks.permissions import can_read_meetings, can_write_meetings
from risks.rules import Refused
from risks.services import meetings as services
from risks.views.loading import posted
from risks.views.maintaining import POST_OR_LOOK

PER_PAGE = 50
ONLY_PLANNERS = (
    "Only the Head of Safety, Health and Wellbeing and the Board’s secretary plan its meetings. You can read them."
)


@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """The Board’s meetings, the latest first."""
    _reading_or_404(request)
    context = {
        "page": Paginator(BoardMeeting.objects.all(), PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "may_plan": can_write_meetings(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "risks/meetings.html", context)


@require_http_methods(POST_OR_LOOK)
def new_meeting(request: SignedInRequest) -> HttpResponse:
    """Enter a meeting of the Board, past or to come."""
    _reading_or_404(request)
    if not can_write_meetings(request.user):
        raise PermissionDenied(ONLY_PLANNERS)
    form = MeetingForm(posted(request))
    if form.is_valid():
        try:
            services.plan(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("held_on", str(refusal))
        else:
            messages.success(request, "The meeting is entered.")
            return redirect("risks:meetings")
    return render(request, "risks/new_meeting.html", {"form": form}, status=422 if form.is_bound else 200)


def _reading_or_404(request: SignedInRequest) -> None:
    if not can_read_meetings(request.user):
        raise Http404
