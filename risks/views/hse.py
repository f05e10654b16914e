"""Dealings with the Health and Safety Executive (HSE): what is to be done, the lists, and an entry's own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.files import hand_out, spend_on
from organisation.requests import SignedInRequest, address_without_page
from risks import liaison_reading as reading
from risks.forms.hse import (
    CompliedForm,
    EnforcementNoticeForm,
    EntryForm,
    LiaisonFileForm,
    LiaisonMeetingForm,
    NotificationForm,
    ReportedForm,
)
from risks.forms.risks import ReasonForm
from risks.models import EnforcementNotice, LiaisonEntry, LiaisonFile, LiaisonMeeting, Notification, NotificationKind
from risks.permissions import (
    can_list_liaison,
    can_list_liaison_meetings,
    can_read_liaison,
    can_withdraw_liaison,
    can_write_liaison,
)
from risks.services import hse as services
from risks.views.asking import POST_OR_LOOK, Asked, ask
from risks.views.loading import LARGEST_ID, posted

PER_PAGE = 50
LATEST_MEETINGS = 5
ONLY_WRITERS = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing write what "
    "there is with the Health and Safety Executive (HSE). You can read it."
)
ONLY_HEAD = "Only the Head of Safety, Health and Wellbeing withdraws what has been entered. It can be corrected."


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of entry: its name in addresses, what it and a list of it are called, how it is entered and kept."""

    name: str
    model: Any
    form: type[EntryForm]
    keep: Callable[..., LiaisonEntry]
    title: str
    enter: str
    empty: str

    def rows(self, request: SignedInRequest) -> QuerySet[Any]:
        """Return the entries that the person reads, without those whose place another has taken."""
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user).filter(replaced_by=None)
        return visible if self.model is LiaisonMeeting else visible.select_related("kind", "unit", "group")


SORTS = {
    "notifications": Sort(
        name="notifications",
        model=Notification,
        form=NotificationForm,
        keep=services.keep_notification,
        title="Notifications to the HSE",
        enter="Enter an event",
        empty="No event has been entered yet.",
    ),
    "notices": Sort(
        name="notices",
        model=EnforcementNotice,
        form=EnforcementNoticeForm,
        keep=services.keep_notice,
        title="Notices of the HSE",
        enter="Enter a notice",
        empty="No notice has been entered yet.",
    ),
    "meetings": Sort(
        name="meetings",
        model=LiaisonMeeting,
        form=LiaisonMeetingForm,
        keep=services.keep_meeting,
        title="Meetings with the HSE",
        enter="Enter a meeting with the HSE",
        empty="No meeting has been entered yet.",
    ),
}


# --- Lists ------------------------------------------------------------------------------------------------------------


@require_safe
def hse(request: SignedInRequest) -> HttpResponse:
    """What is to be reported and complied with, the late first, and the last meetings."""
    if not can_list_liaison(request.user):
        raise Http404
    reports = SORTS["notifications"].rows(request).filter(withdrawn_at=None, due_on__isnull=False, reported_on=None)
    notices = SORTS["notices"].rows(request).filter(withdrawn_at=None, complied_on=None)
    listed = [SORTS["notifications"], SORTS["notices"]]
    context: dict[str, Any] = {
        "meetings": None,
        "to_report": reading.lines_to_do(reports.order_by("due_on", "pk")),
        "report_columns": reading.COLUMNS["notifications"][:-1],
        "to_comply": reading.lines_to_do(notices.order_by("comply_by", "pk")),
        "notice_columns": reading.COLUMNS["notices"][:-1],
        "may_write": can_write_liaison(request.user),
        **_about_kinds(),
    }
    if can_list_liaison_meetings(request.user):
        meetings = SORTS["meetings"].rows(request).filter(withdrawn_at=None)
        context["meetings"] = reading.lines(meetings[:LATEST_MEETINGS])
        listed.append(SORTS["meetings"])
    return render(request, "risks/hse.html", context | {"sorts": listed})


@require_safe
def hse_list(request: SignedInRequest, sort: str) -> HttpResponse:
    """Every entry of one sort, the latest first; those that were withdrawn are marked."""
    of = _sort_or_404(request, sort)
    page = Paginator(of.rows(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "sort": of,
        "columns": reading.COLUMNS[of.name],
        "page": page,
        "lines": reading.lines(page),
        "address": address_without_page(request),
        "may_write": can_write_liaison(request.user),
        **(_about_kinds() if of.model is Notification else {}),
    }
    return render(request, "risks/hse_list.html", context)


def _about_kinds() -> dict[str, Any]:
    """Return the kinds of events, each with its days in words, and of how many those are not confirmed: one query."""
    kinds = NotificationKind.objects.filter(is_offered=True)
    return {
        "kinds": [(kind, reading.in_days(kind.days)) for kind in kinds],
        "unconfirmed": sum(not kind.is_confirmed for kind in kinds),
    }


# --- An entry ---------------------------------------------------------------------------------------------------------


@require_safe
def hse_entry(request: SignedInRequest, sort: str, pk: int) -> HttpResponse:
    """A meeting with the HSE, a notice or a notification: what it says, what became of it, and its files."""
    of = _sort_or_404(request, sort)
    found = _entry_or_404(request, of, pk)
    stands, is_late = reading.stand_of(found)
    may_write = can_write_liaison(request.user) and found.stands
    is_to_do = stands in reading.TO_DO
    context = {
        "sort": of,
        "entry": found,
        "rows": reading.rows(found),
        "stands": stands,
        "is_late": is_late,
        "instead": getattr(found, "replaced_by", None),
        "to_confirm": of.name == "notifications" and not found.kind.is_confirmed,
        "files": found.files.select_related("blob", "added_by"),
        "may_write": may_write,
        "may_report": may_write and is_to_do and of.name == "notifications",
        "may_comply": may_write and is_to_do and of.name == "notices",
        "may_withdraw": can_withdraw_liaison(request.user) and found.stands,
    }
    return render(request, "risks/hse_entry.html", context)


@require_http_methods(POST_OR_LOOK)
def new_hse(request: SignedInRequest, sort: str) -> HttpResponse:
    """Enter a meeting with the HSE, a notice that it served, or an event."""
    of = _sort_or_404(request, sort)
    if not can_write_liaison(request.user):
        raise PermissionDenied(ONLY_WRITERS)
    form = of.form(posted(request), corrects=False)
    asked = Asked(
        title=of.enter,
        button=of.enter,
        done="It is entered.",
        caption="The Health and Safety Executive (HSE)",
        back=reverse("risks:hse_list", args=[of.name]),
        back_label=of.title,
    )
    return ask(request, form, lambda: of.keep(by=request.user, at=timezone.now(), **form.cleaned_data), asked)


@require_http_methods(POST_OR_LOOK)
def correct_hse(request: SignedInRequest, sort: str, pk: int) -> HttpResponse:
    """Let another entry take the place of this one, which stays."""
    of = _sort_or_404(request, sort)
    found = _to_write_or_404(request, of, pk)
    names = [name for name in of.form.base_fields if name != "because"]
    initial = {name: getattr(found, f"{name}_id", None) or getattr(found, name) for name in names}
    form = of.form(posted(request), corrects=True, initial=initial)

    def act() -> None:
        said = dict(form.cleaned_data)
        instead = services.Instead(found, said.pop("because"))
        of.keep(instead=instead, by=request.user, at=timezone.now(), **said)

    back = reverse("risks:hse_list", args=[of.name])
    note = "What you write takes the place of the entry. The entry stays, with what was wrong."
    return ask(request, form, act, Asked("Correct", "Correct it", "It is corrected.", str(found), back, of.title, note))


@require_http_methods(POST_OR_LOOK)
def withdraw_hse(request: SignedInRequest, sort: str, pk: int) -> HttpResponse:
    """Say that an entry need not be there after all."""
    of = _sort_or_404(request, sort)
    found = _entry_or_404(request, of, pk)
    if not can_withdraw_liaison(request.user):
        raise PermissionDenied(ONLY_HEAD)
    form = ReasonForm(posted(request))
    return _ask_of(
        request,
        of,
        found,
        form,
        lambda: services.withdraw(entry=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Withdraw",
        button="Withdraw it",
        done="It is withdrawn.",
    )


@require_http_methods(POST_OR_LOOK)
def report_hse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that an event was reported to the HSE."""
    of = _sort_or_404(request, "notifications")
    found = _to_write_or_404(request, of, pk)
    form = ReportedForm(posted(request))
    return _ask_of(
        request,
        of,
        found,
        form,
        lambda: services.report(notification=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Record that it was reported",
        button="Record it",
        done="It is recorded as reported.",
    )


@require_http_methods(POST_OR_LOOK)
def comply_hse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that a notice was complied with."""
    of = _sort_or_404(request, "notices")
    found = _to_write_or_404(request, of, pk)
    form = CompliedForm(posted(request))
    return _ask_of(
        request,
        of,
        found,
        form,
        lambda: services.comply(notice=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Record that it was complied with",
        button="Record it",
        done="It is recorded as complied with.",
    )


# --- Files ------------------------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def new_hse_file(request: SignedInRequest, sort: str, pk: int) -> HttpResponse:
    """Add a file to a meeting with the HSE, a notice or a notification."""
    of = _sort_or_404(request, sort)
    found = _to_write_or_404(request, of, pk)
    if request.method == "POST":
        spend_on(request, request.FILES.getlist("file"))
    form = LiaisonFileForm(posted(request), request.FILES or None)
    return _ask_of(
        request,
        of,
        found,
        form,
        lambda: services.add_file(entry=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Add a file",
        button="Add the file",
        done="The file is kept.",
    )


@require_safe
def hse_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download a file of a meeting with the HSE, a notice or a notification."""
    rows = LiaisonFile.objects.select_related("blob", "meeting", "notice__group", "notification__group")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_liaison(request.user, found.of):
        raise Http404
    [sort] = [one for one in SORTS.values() if one.model is type(found.of)]
    return hand_out(
        request,
        found.blob,
        name=found.name,
        record=lambda: services.record_download(file=found, by=request.user, at=timezone.now()),
        withheld=lambda status: render(
            request, "risks/hse_file_withheld.html", {"file": found, "sort": sort}, status=status
        ),
    )


# --- Loading ----------------------------------------------------------------------------------------------------------


def _ask_of(
    request: SignedInRequest,
    of: Sort,
    found: LiaisonEntry,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
) -> HttpResponse:
    back = reverse("risks:hse_entry", args=[of.name, found.pk])
    return ask(request, form, act, Asked(title, button, done, str(found), back, str(found)))


def _sort_or_404(request: SignedInRequest, name: str) -> Sort:
    """Return the sort of entry where the person reads any."""
    of = SORTS.get(name)
    may = can_list_liaison_meetings if name == "meetings" else can_list_liaison
    if of is None or not may(request.user):
        raise Http404
    return of


def _entry_or_404(request: SignedInRequest, of: Sort, pk: int) -> Any:
    """Return the entry where the person may read it; one whose place another has taken, too."""
    placed = () if of.model is LiaisonMeeting else ("kind", "unit", "group")
    rows = of.model.objects.select_related("entered_by", "withdrawn_by", "replaces", "replaced_by", *placed)
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_liaison(request.user, found):
        raise Http404
    return found


def _to_write_or_404(request: SignedInRequest, of: Sort, pk: int) -> Any:
    found = _entry_or_404(request, of, pk)
    if not can_write_liaison(request.user):
        raise PermissionDenied(ONLY_WRITERS)
    return found
