"""Custody figures: the reports that stand and two of them compared; a report by itself; recording and correcting."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from injuries import custody_figures, custody_pairs, custody_reading
from injuries.custody_pairs import Compared
from injuries.custody_reading import Custody
from injuries.custody_tables import tables
from injuries.forms.custody import CorrectionForm, CustodyPairForm, CustodyReportForm, WithdrawForm, initial_of
from injuries.models import CustodyReport
from injuries.months import Month
from injuries.permissions import can_bring_figures, can_read_figures
from injuries.services import custody as services
from injuries.views.downloads import as_file
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from rendering.charts.intervals import intervals

ONLY_SAFETY = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing record "
    "custody figures. You can read them."
)
NOTHING_TO_CHANGE = "Those custody figures stand no more: they were corrected or withdrawn. Nothing was changed."

# --- Reading ----------------------------------------------------------------------------------------------------------


@require_safe
def custody(request: SignedInRequest) -> HttpResponse:
    """The reports that stand, by cause and type, with two of them compared; and those that stand no more."""
    _readable_or_404(request)
    read = custody_reading.standing()
    form, comparison = _pair(request, read)
    context = {
        "form": form,
        "comparison": comparison,
        "chart": _chart(read),
        "rows": [custody_figures.report_row(one) for one in read.reports],
        "breakdowns": _breakdowns(read),
        "exceptions": custody_figures.exception_rows(read.reports),
        "notes": custody_figures.READING,
        "ended": CustodyReport.objects.ended().order_by("-ended_at", "-pk"),
        "may_record": can_bring_figures(request.user),
        "with_intervals": "intervals" in request.GET,
        "chosen": urlencode({"later": comparison.later.token, "earlier": comparison.earlier.token})
        if comparison
        else "",
        "form_has_errors": bool(form and form.errors),
    }
    return render(request, "injuries/custody.html", context, status=422 if form and form.errors else 200)


@require_safe
def custody_csv(request: SignedInRequest) -> HttpResponse:
    return _custody_as_file(request, "csv")


@require_safe
def custody_workbook(request: SignedInRequest) -> HttpResponse:
    return _custody_as_file(request, "xlsx")


def _custody_as_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    _readable_or_404(request)
    read = custody_reading.standing()
    form, comparison = _pair(request, read)
    if not read.reports or (form and form.errors):
        raise Http404
    name = f"custody-to-{read.reports[0].period.last}"
    return as_file(
        request,
        lambda: tables(read.reports, read.causes, read.types, comparison),
        name,
        file_format,
        as_list=True,
    )


@require_safe
def custody_report(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """A report by itself, also one that stands no more: what it says, what became of it, and which it corrected."""
    report = _report_or_404(request, token)
    [said] = custody_reading.reported(CustodyReport.objects.filter(pk=report.pk))
    read = Custody((said,), *custody_reading.lists())
    context = {
        "report": report,
        "row": custody_figures.report_row(said),
        "breakdowns": _breakdowns(read),
        "exceptions": custody_figures.exception_rows(read.reports),
        "replaced_by": CustodyReport.objects.filter(replaces=report).first(),
        "may_record": can_bring_figures(request.user),
    }
    return render(request, "injuries/custody_report.html", context)


def _chart(read: Custody) -> SafeString:
    found = custody_figures.estimates(read.reports)
    title = "Successful interventions per 1,000 by report, with 95% intervals"
    drawn = intervals(found, chart_id="interventions", title=title, measure="Rate per 1,000") if found else ""
    return mark_safe(drawn)  # noqa: S308  # rendering.charts escapes every word it is given


def _breakdowns(read: Custody) -> dict[str, custody_figures.Breakdown]:
    return {
        "causes": custody_figures.by_cause(read.reports, read.causes),
        "types": custody_figures.by_type(read.reports, read.types),
    }


def _pair(request: SignedInRequest, read: Custody) -> tuple[CustodyPairForm | None, Compared | None]:
    """Return the form of the two reports, chosen or the default ones, and their comparison; None without two."""
    pair = custody_pairs.default_pair(read.reports)
    if pair is None:
        return None, None
    default = {"later": pair[0].token, "earlier": pair[1].token}
    is_chosen = any(name in request.GET for name in default)
    form = CustodyPairForm(request.GET if is_chosen else default, reports=read.reports)
    return form, custody_pairs.compared(*form.pair) if form.is_valid() else None


# --- Recording --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def record_custody(request: SignedInRequest) -> HttpResponse:
    """Ask what the custody command reports, and keep it."""
    _recording_or_refused(request)
    form = CustodyReportForm(_posted(request), initial={"token": uuid.uuid4()}, latest=_latest())
    if form.is_valid():
        token = form.cleaned_data["token"]
        try:
            report = services.record(said=form.said, token=token, by=request.user, at=timezone.now())
        except services.Refused as refusal:
            form.add_error("last", str(refusal))
        else:
            messages.success(request, f"The {report} are recorded.")
            return redirect("injuries:custody")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_custody(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Ask what a report should have said and why it did not; the new one takes its place."""
    _recording_or_refused(request)
    report = _report_or_404(request, token)
    initial = {"token": uuid.uuid4(), **initial_of(report)}
    form = CorrectionForm(_posted(request), initial=initial, latest=_latest())
    if form.is_valid():
        said, because, sent = form.said, form.cleaned_data["because"], form.cleaned_data["token"]
        try:
            services.correct(report=report, said=said, because=because, token=sent, by=request.user, at=timezone.now())
        except services.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The {report} are corrected. What stood before is kept as history.")
            return redirect("injuries:custody")
    elif not form.is_bound and not report.stands:
        return _stands_no_more(request, report)
    return _form_page(request, form, report)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_custody(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Ask why, and take back a report that was recorded in error."""
    _recording_or_refused(request)
    report = _report_or_404(request, token)
    if not report.stands:
        return _stands_no_more(request, report)
    form = WithdrawForm(_posted(request))
    if form.is_valid():
        because = form.cleaned_data["because"]
        try:
            services.withdraw(report=report, because=because, by=request.user, at=timezone.now())
        except services.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The {report} are withdrawn.")
            return redirect("injuries:custody")
    context = {"report": report, "form": form}
    return render(request, "injuries/custody_withdraw.html", context, status=422 if form.is_bound else 200)


def _form_page(request: SignedInRequest, form: CustodyReportForm, report: CustodyReport | None) -> HttpResponse:
    context = {"form": form, "report": report, "form_has_errors": form.is_bound}
    return render(request, "injuries/custody_form.html", context, status=422 if form.is_bound else 200)


def _stands_no_more(request: SignedInRequest, report: CustodyReport) -> HttpResponse:
    messages.info(request, NOTHING_TO_CHANGE)
    return redirect("injuries:custody_report", report.token)


def _posted(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _latest() -> Month:
    """The last month that is over."""
    return Month.of(timezone.localdate()).plus(-1)


# --- Who may ----------------------------------------------------------------------------------------------------------


def _readable_or_404(request: SignedInRequest) -> None:
    if not can_read_figures(request.user):
        raise Http404


def _report_or_404(request: SignedInRequest, token: uuid.UUID) -> CustodyReport:
    _readable_or_404(request)
    related = ("denominator", "recorded_by", "ended_by", "replaces")
    return get_object_or_404(CustodyReport.objects.select_related(*related), token=token)


def _recording_or_refused(request: SignedInRequest) -> None:
    """Let only those pass who record custody figures; a reader is told who does, and nobody else that there are any."""
    _readable_or_404(request)
    if not can_bring_figures(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_SAFETY)
