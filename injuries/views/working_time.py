"""Working time: the page with its files, recording and correcting readings, and the share that is aimed for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from injuries import compliance
from injuries import reading_working_time as reading
from injuries.forms.working_time import (
    CorrectionForm,
    GroupForm,
    NewReadingForm,
    NewTargetForm,
    TargetForm,
    WithdrawalForm,
)
from injuries.models import StaffGroup, WorkingTimeReading, WorkingTimeTarget
from injuries.permissions import can_bring_figures, can_read_figures, can_set_working_time_target
from injuries.services import working_time as services
from injuries.views.downloads import as_file
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest, address_without_page
from rendering.charts.shares import shares_over_time

SHOWN = 40  # readings: ten years of quarters
ENDED_A_PAGE = 20
INSTEAD = "Put it in the earlier one’s place"
ONLY_SAFETY = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing record "
    "working time. You can read it."
)
ONLY_HEAD = "Only the Head of Safety, Health and Wellbeing sets targets for working time. You can read them."


@require_safe
def working_time(request: SignedInRequest) -> HttpResponse:
    """The newest reading in words and against its target, all of them as chart and table, and what was corrected."""
    group = _group_or_404(request)
    context: dict[str, Any] = {
        "group": group,
        "group_form": GroupForm(initial={"group": group.code}) if group else None,
        "may_record": can_bring_figures(request.user),
        "may_set_target": can_set_working_time_target(request.user),
    }
    if group is not None:
        targets = reading.targets(group)
        found = compliance.compliance(reading.readings(group), targets, of=compliance.in_a_sentence(group.name))
        context |= {
            "found": found,
            "rows": found.rows[:SHOWN],
            "chart": mark_safe(_chart(found, targets, group)),  # noqa: S308  # rendering.charts escapes every word
            "targets": reading.all_targets(group),
            "ended": _ended(request, group),
            "notes": compliance.NOTES,
            "address": address_without_page(request),
        }
    return render(request, "injuries/working_time.html", context)


def _chart(found: compliance.Compliance, targets: list[compliance.Target], group: StaffGroup) -> str:
    if not found.shares:
        return ""
    return shares_over_time(
        found.shares[-SHOWN:],
        [(one.from_on, float(one.share) / 100) for one in targets],
        chart_id="working-time",
        title=f"{group.name}: share that complies with the limit on working time",
    )


def _ended(request: SignedInRequest, group: StaffGroup) -> Page[Any]:
    page: Page[Any] = Paginator(reading.ended(group), ENDED_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [reading.in_words(row) for row in page.object_list]
    return page


@require_safe
def working_time_csv(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "csv")


@require_safe
def working_time_workbook(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "xlsx")


def _as_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    group = _group_or_404(request)
    if group is None:
        raise Http404
    targets = reading.targets(group)
    found = compliance.compliance(reading.readings(group), targets, of=group.name)
    made = [compliance.table(found, targets, of=group.name)]
    return as_file(request, lambda: made, f"working-time-{group.code}", file_format)


# --- Readings -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_reading(request: SignedInRequest) -> HttpResponse:
    """Record a reading as at a day."""
    _recording_or_refused(request)
    form = NewReadingForm(_sent(request), initial=_named_group(request))
    if form.is_valid():
        group, token = form.cleaned_data["staff_group"], form.cleaned_data["token"]
        at = timezone.now()
        if _taken(
            form,
            lambda: services.record(said=form.said(), staff_group=group, token=token, by=request.user, at=at),
        ):
            messages.success(request, "The reading is recorded.")
            return _to_page(group)
    return _form(request, form, heading="Record working time", button="Record the reading")


@require_http_methods(["GET", "HEAD", "POST"])
def correct_reading(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a reading in the place of another that was wrong."""
    found = _reading_or_refused(request, pk)
    if request.method != "POST" and found.ended_at is not None:
        return _ended_already(request, found.staff_group, services.MEANWHILE)
    form = CorrectionForm(_sent(request), like=found)
    if form.is_valid():
        why, token = form.cleaned_data["because"], form.cleaned_data["token"]
        at = timezone.now()
        if _taken(
            form,
            lambda: services.correct(reading=found, said=form.said(), because=why, token=token, by=request.user, at=at),
        ):
            messages.success(request, "The reading is corrected. What it said before stays as history.")
            return _to_page(found.staff_group)
    return _form(request, form, heading="Correct a reading", button=INSTEAD, reading=found)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_reading(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask why, and take back a reading that was recorded in error."""
    found = _reading_or_refused(request, pk)
    if request.method != "POST" and found.ended_at is not None:
        return _ended_already(request, found.staff_group, services.MEANWHILE)
    form = WithdrawalForm(_sent(request))
    if form.is_valid():
        why, at = form.cleaned_data["because"], timezone.now()
        if _taken(form, lambda: services.withdraw(reading=found, because=why, by=request.user, at=at)):
            messages.success(request, "The reading is withdrawn. What it said stays as history.")
            return _to_page(found.staff_group)
    return _form(request, form, heading="Withdraw a reading", button="Withdraw the reading", reading=found)


# --- Targets --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request: SignedInRequest) -> HttpResponse:
    """Enter a share that is to comply, from a day on."""
    _setting_or_refused(request)
    form = NewTargetForm(_sent(request), initial=_named_group(request))
    if form.is_valid():
        group, token = form.cleaned_data["staff_group"], form.cleaned_data["token"]
        at = timezone.now()
        if _taken(
            form,
            lambda: services.set_target(terms=form.terms(), staff_group=group, token=token, by=request.user, at=at),
        ):
            messages.success(request, "The target is entered.")
            return _to_page(group)
    return _form(request, form, heading="Enter a target for working time", button="Enter the target")


@require_http_methods(["GET", "HEAD", "POST"])
def supersede_target(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter a target that takes the place of another."""
    _setting_or_refused(request)
    target = get_object_or_404(WorkingTimeTarget.objects.select_related("staff_group"), pk=pk)
    if request.method != "POST" and target.ended_at is not None:
        return _ended_already(request, target.staff_group, services.SUPERSEDED)
    form = TargetForm(_sent(request), like=target)
    if form.is_valid():
        token, at = form.cleaned_data["token"], timezone.now()
        if _taken(
            form,
            lambda: services.supersede_target(target=target, terms=form.terms(), token=token, by=request.user, at=at),
        ):
            messages.success(request, "The new target has taken the earlier one’s place.")
            return _to_page(target.staff_group)
    return _form(request, form, heading="Supersede a target for working time", button=INSTEAD, target=target)


def _taken(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the service did it; what it refuses is said on the form."""
    try:
        act()
    except services.Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True


# --- Loading, and who may -------------------------------------------------------------------------------------------


def _group_or_404(request: SignedInRequest) -> StaffGroup | None:
    """Return the staff group that is chosen, or the first; None where there is none at all."""
    if not can_read_figures(request.user):
        raise Http404
    code = request.GET.get("group")
    group = reading.staff_group(code)
    if code and group is None:
        raise Http404
    return group


def _recording_or_refused(request: SignedInRequest) -> None:
    """Let only those pass who record working time; a reader is told who does, and nobody else that there is any."""
    if not can_read_figures(request.user):
        raise Http404
    if not can_bring_figures(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_SAFETY)


def _setting_or_refused(request: SignedInRequest) -> None:
    if not can_read_figures(request.user):
        raise Http404
    if not can_set_working_time_target(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_HEAD)


def _reading_or_refused(request: SignedInRequest, pk: int) -> WorkingTimeReading:
    """Return a reading for whoever may correct it; also one that has ended, so that what was typed is not lost."""
    _recording_or_refused(request)
    found: WorkingTimeReading = get_object_or_404(WorkingTimeReading.objects.select_related("staff_group"), pk=pk)
    return found


def _ended_already(request: SignedInRequest, group: StaffGroup, why: str) -> HttpResponse:
    messages.info(request, why)
    return _to_page(group)


def _named_group(request: SignedInRequest) -> dict[str, Any]:
    group = reading.staff_group(request.GET.get("group"))
    return {"staff_group": group.code} if group else {}


def _sent(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _to_page(group: StaffGroup) -> HttpResponse:
    return redirect(f"{reverse('injuries:working_time')}?group={group.code}")


def _form(request: SignedInRequest, form: forms.Form, **context: Any) -> HttpResponse:
    context |= {"form": form}
    return render(request, "injuries/working_time_form.html", context, status=422 if form.is_bound else 200)
