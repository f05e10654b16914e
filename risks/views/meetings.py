"""The Board's meetings: the list, and a meeting's own page with its agenda, papers, decisions and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from actions.forms import RaisedForm
from organisation.files import hand_out, spend_on
from organisation.requests import SignedInRequest, address_without_page
from risks import links
from risks.forms.board import AgendaItemForm, AwaitForm, MeetingFileForm, ReceivedForm, RecordForm
from risks.forms.risks import MeetingForm
from risks.models import BoardMeeting, MeetingFile
from risks.permissions import can_decide, can_read_meetings, can_write_meetings
from risks.reading import raised_actions
from risks.services import board as services
from risks.services import meetings as planning
from risks.services import raising
from risks.views.asking import POST_OR_LOOK, Asked, ask, raised
from risks.views.loading import LARGEST_ID, ONLY_SECRETARY, part_or_404, posted

PER_PAGE = 50
ONLY_PLANNERS = (
    "Only the Head of Safety, Health and Wellbeing and the Board’s secretary plan its meetings. You can read them."
)


@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """The Board’s meetings, the latest first."""
    reading_or_404(request)
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
    writing_or_refused(request)
    form = MeetingForm(posted(request))
    asked = Asked(
        title="Enter a meeting",
        button="Enter the meeting",
        done="The meeting is entered, with the standing items as its agenda.",
        caption="The Board",
        back=reverse("risks:meetings"),
        back_label="Meetings of the Board",
    )
    return ask(request, form, lambda: planning.plan(by=request.user, at=timezone.now(), **form.cleaned_data), asked)


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """A meeting: its agenda, the papers it awaits or has received, what it decided, and its files."""
    found = meeting_or_404(request, pk)
    records = found.records.select_related("item", "by", "replaces")
    context = {
        "meeting": found,
        "is_to_come": found.held_on > timezone.localdate(),
        "items": found.items.all(),
        "papers": found.papers.select_related("group"),
        "records": records.filter(replaced_by=None),
        "corrected": records.exclude(replaced_by=None),
        "decisions": found.decisions.select_related("risk"),
        "actions": raised_actions(found.raised_actions, request.user),
        "reports": found.sub_group_reports.select_related("sub_group", "by"),
        "files": found.files.select_related("blob", "added_by", "paper"),
        "links": links.of_meeting(found),
        "today": timezone.localdate(),
        "may_plan": can_write_meetings(request.user),
        "may_record": can_decide(request.user),
    }
    return render(request, "risks/meeting.html", context)


# --- Agenda and papers ------------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def new_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put something on the agenda."""
    found = meeting_to_plan_or_404(request, pk)
    form = AgendaItemForm(posted(request))
    return _ask_of(
        request,
        found,
        form,
        lambda: services.add_item(meeting=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Add to the agenda",
        button="Add it",
        done="It is on the agenda.",
    )


@require_http_methods(POST_OR_LOOK)
def remove_item(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Take something off the agenda."""
    found = meeting_to_plan_or_404(request, pk)
    there = part_or_404(found.items.all(), item)
    return _ask_of(
        request,
        found,
        forms.Form(posted(request)),
        lambda: services.remove_item(item=there, by=request.user, at=timezone.now()),
        title=f"Take off the agenda: {there.title}",
        button="Take it off",
        done="It is off the agenda.",
    )


@require_http_methods(POST_OR_LOOK)
def await_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which paper the meeting awaits."""
    found = meeting_to_plan_or_404(request, pk)
    form = AwaitForm(posted(request), initial={"due_on": found.held_on})
    return _ask_of(
        request,
        found,
        form,
        lambda: services.await_paper(meeting=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Await a paper",
        button="Await it",
        done="The meeting awaits the paper.",
    )


@require_http_methods(POST_OR_LOOK)
def receive(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """Record that a paper has come in."""
    found = meeting_to_plan_or_404(request, pk)
    there = part_or_404(found.papers.all(), paper)
    form = ReceivedForm(posted(request))
    return _ask_of(
        request,
        found,
        form,
        lambda: services.receive(paper=there, by=request.user, at=timezone.now(), **form.cleaned_data),
        title=f"Received: {there.title}",
        button="Record it",
        done="The paper is received.",
    )


# --- Decisions and files ----------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def new_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what the meeting decided or noted."""
    found = meeting_to_record_or_404(request, pk)
    form = RecordForm(posted(request), items=found.items.all())
    return _ask_of(
        request,
        found,
        form,
        lambda: services.record(meeting=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Record what was decided or noted",
        button="Record it",
        done="It is recorded.",
    )


@require_http_methods(POST_OR_LOOK)
def correct_record(request: SignedInRequest, pk: int, record: int) -> HttpResponse:
    """Correct what was recorded: another takes its place, and it stays in the history."""
    found = meeting_to_record_or_404(request, pk)
    old = part_or_404(found.records.all(), record)
    initial = {"item": old.item_id, "minute": old.minute, "text": old.text}
    form = RecordForm(posted(request), items=found.items.all(), initial=initial)

    def act() -> None:
        services.record(meeting=found, replaces=old, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _ask_of(
        request, found, form, act, title="Correct what was recorded", button="Correct it", done="It is corrected."
    )


@require_http_methods(POST_OR_LOOK)
def raise_action(request: SignedInRequest, pk: int) -> HttpResponse:
    """Raise an action that the meeting asked for."""
    found = meeting_to_record_or_404(request, pk)
    form = RaisedForm(posted(request))
    return _ask_of(
        request,
        found,
        form,
        lambda: raising.raise_action(of=found, by=request.user, at=timezone.now(), **raised(form)),
        title="Raise an action",
        button="Raise the action",
        done="The action is raised, and stands in the list of actions.",
    )


@require_http_methods(POST_OR_LOOK)
def new_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add the minutes, or a paper, as a file."""
    found = meeting_to_plan_or_404(request, pk)
    if request.method == "POST":
        spend_on(request, request.FILES.getlist("file"))
    form = MeetingFileForm(posted(request), request.FILES or None)
    return _ask_of(
        request,
        found,
        form,
        lambda: services.add_file(meeting=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Add a file",
        button="Add the file",
        done="The file is kept.",
    )


@require_safe
def file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download a file of a meeting."""
    reading_or_404(request)
    rows = MeetingFile.objects.select_related("blob", "meeting")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return hand_out(
        request,
        found.blob,
        name=found.name,
        record=lambda: services.record_download(file=found, by=request.user, at=timezone.now()),
        withheld=lambda status: render(request, "risks/file_withheld.html", {"file": found}, status=status),
    )


# --- Loading ----------------------------------------------------------------------------------------------------------


def _ask_of(
    request: SignedInRequest,
    found: BoardMeeting,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
) -> HttpResponse:
    back = reverse("risks:meeting", args=[found.pk])
    return ask(request, form, act, Asked(title, button, done, str(found), back, str(found)))


def reading_or_404(request: SignedInRequest) -> None:
    """Let on whoever reads the Board’s meetings."""
    if not can_read_meetings(request.user):
        raise Http404


def writing_or_refused(request: SignedInRequest) -> None:
    """Let on whoever plans the Board’s meetings."""
    reading_or_404(request)
    if not can_write_meetings(request.user):
        raise PermissionDenied(ONLY_PLANNERS)


def meeting_or_404(request: SignedInRequest, pk: int) -> BoardMeeting:
    """Return the meeting where the person may read it."""
    reading_or_404(request)
    found = BoardMeeting.objects.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def meeting_to_plan_or_404(request: SignedInRequest, pk: int) -> BoardMeeting:
    """Return the meeting where the person may say what it deals with."""
    found = meeting_or_404(request, pk)
    if not can_write_meetings(request.user):
        raise PermissionDenied(ONLY_PLANNERS)
    return found


def meeting_to_record_or_404(request: SignedInRequest, pk: int) -> BoardMeeting:
    """Return the meeting where the person may record what it decided."""
    found = meeting_or_404(request, pk)
    if not can_decide(request.user):
        raise PermissionDenied(ONLY_SECRETARY)
    return found
