"""What the Board has set itself for a year, and its sub-groups."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.requests import SignedInRequest
from risks.forms.board import EndForm, ObjectiveForm, ProgressForm, ReportForm, SubGroupForm
from risks.models import Objective, ObjectiveProgress, Standing, SubGroup, SubGroupReport
from risks.permissions import can_write_meetings
from risks.services import objectives as services
from risks.views.asking import POST_OR_LOOK, Asked, ask
from risks.views.loading import part_or_404, posted
from risks.views.meetings import reading_or_404, writing_or_refused


@require_safe
def objectives(request: SignedInRequest) -> HttpResponse:
    """The Board’s objectives by year, each with how it stands."""
    reading_or_404(request)
    progress = Prefetch("progress", ObjectiveProgress.objects.select_related("by"))
    context = {
        "objectives": Objective.objects.prefetch_related(progress),
        "may_write": can_write_meetings(request.user),
    }
    return render(request, "risks/objectives.html", context)


@require_http_methods(POST_OR_LOOK)
def new_objective(request: SignedInRequest) -> HttpResponse:
    """Set the Board an objective."""
    writing_or_refused(request)
    form = ObjectiveForm(posted(request))
    asked = _asked("Set an objective", "Set it", "The objective is set.", "objectives")
    return ask(
        request, form, lambda: services.set_objective(by=request.user, at=timezone.now(), **form.cleaned_data), asked
    )


@require_http_methods(POST_OR_LOOK)
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say how an objective stands."""
    writing_or_refused(request)
    objective = part_or_404(Objective.objects.all(), pk)
    form = ProgressForm(posted(request))

    def act() -> None:
        standing = Standing(form.cleaned_data["standing"])
        text = form.cleaned_data["text"]
        services.say_progress(objective=objective, standing=standing, text=text, by=request.user, at=timezone.now())

    return ask(request, form, act, _asked(objective.title, "Record it", "Progress recorded.", "objectives"))


@require_safe
def sub_groups(request: SignedInRequest) -> HttpResponse:
    """The Board’s sub-groups, each with what it reported."""
    reading_or_404(request)
    reports = Prefetch("reports", SubGroupReport.objects.select_related("meeting", "by"))
    context = {
        "sub_groups": SubGroup.objects.prefetch_related(reports),
        "may_write": can_write_meetings(request.user),
    }
    return render(request, "risks/sub_groups.html", context)


@require_http_methods(POST_OR_LOOK)
def new_sub_group(request: SignedInRequest) -> HttpResponse:
    """Enter a group that works for the Board."""
    writing_or_refused(request)
    form = SubGroupForm(posted(request))
    asked = _asked("Enter a sub-group", "Enter it", "The sub-group is entered.", "sub_groups")
    return ask(
        request, form, lambda: services.form_sub_group(by=request.user, at=timezone.now(), **form.cleaned_data), asked
    )


@require_http_methods(POST_OR_LOOK)
def end_sub_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a sub-group work no longer."""
    writing_or_refused(request)
    found = part_or_404(SubGroup.objects.all(), pk)
    form = EndForm(posted(request))
    return ask(
        request,
        form,
        lambda: services.end_sub_group(sub_group=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        _asked(f"End: {found.name}", "End it", "It ends on that day.", "sub_groups"),
    )


@require_http_methods(POST_OR_LOOK)
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write what a sub-group reports to a meeting."""
    writing_or_refused(request)
    found = part_or_404(SubGroup.objects.all(), pk)
    form = ReportForm(posted(request))
    return ask(
        request,
        form,
        lambda: services.report(sub_group=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        _asked(f"Report of {found.name}", "Record it", "The report is recorded.", "sub_groups"),
    )


def _asked(title: str, button: str, done: str, page: str) -> Asked:
    label = {"objectives": "Objectives of the Board", "sub_groups": "Sub-groups of the Board"}[page]
    return Asked(title, button, done, label, reverse(f"risks:{page}"), label)
