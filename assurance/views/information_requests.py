"""Answering a request for information: the list, a request with its statements, the second look, and the PDF."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from assurance.forms.information_request import ChooseForm, ConfirmForm, RequestForm
from assurance.models import InformationRequest, Release, RequestedStatement, Statement
from assurance.permissions import can_answer_information_requests, can_release
from assurance.rules import Refused
from assurance.services import information_requests as services
from assurance.views.printing import Printing
from organisation.models import Unit
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.models import HeavyWork, Job
from records.services import allowances

PER_PAGE = 25
NOT_AN_ADMINISTRATOR = (
    "Whoever administers accounts gives nothing out. Ask the Head of Safety, Health and Wellbeing, or an adviser, to "
    "take the second look."
)


@require_safe
def information_requests(request: SignedInRequest) -> HttpResponse:
    """Every request, the newest first."""
    if not can_answer_information_requests(request.user):
        raise Http404
    found = InformationRequest.objects.visible_to(request.user).annotate(
        chosen=Count("statements", filter=Q(statements__removed_at=None), distinct=True),
        answers=Count("releases", distinct=True),
    )
    page = Paginator(found.order_by("-received_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "assurance/information_requests.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def new_information_request(request: SignedInRequest) -> HttpResponse:
    """Enter a request that has come in."""
    if not can_answer_information_requests(request.user):
        raise Http404
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.make(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("reference", str(refusal))
        else:
            return redirect("assurance:choose_statements", made.pk)
    return render(
        request, "assurance/information_request_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_safe
def information_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: its statements, how much of each is kept back, and what has been given out."""
    asked = request_or_404(request, pk)
    chosen = RequestedStatement.objects.filter(request=asked, removed_at=None).select_related(
        "revision__statement__unit"
    )
    kept_back = Count("withholdings", filter=Q(withholdings__undone_at=None))
    context = {
        "asked": asked,
        "items": chosen.annotate(kept_back=kept_back).order_by(
            "revision__statement__unit__name", "revision__statement__quarter", "pk"
        ),
        "printings": [
            (release, printing_of(release))
            for release in asked.releases.select_related("request", "confirmed_by", "blob")
        ],
    }
    return render(request, "assurance/information_request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_statements(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add the signed statements of some units and quarters."""
    asked = request_or_404(request, pk)
    quarters = list(Statement.objects.order_by("-quarter").values_list("quarter", flat=True).distinct())
    form = ChooseForm(
        request.POST if request.method == "POST" else None, units=Unit.objects.order_by("name"), quarters=quarters
    )
    if form.is_valid():
        added = services.choose(request=asked, by=request.user, at=timezone.now(), **form.cleaned_data)
        if added:
            messages.success(request, f"{added} signed statement{'' if added == 1 else 's'} added.")
            return redirect("assurance:information_request", asked.pk)
        form.add_error(None, "Those units have no signed statement of those quarters that is not here already.")
    context = {"asked": asked, "form": form}
    return render(request, "assurance/information_request_choose.html", context, status=422 if form.is_bound else 200)


@require_POST
def leave_out_statement(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Take a statement out of the request again."""
    found = item_or_404(request, pk, item)
    services.remove(item=found, by=request.user, at=timezone.now())
    messages.success(request, f"Left out: {found}.")
    return redirect("assurance:information_request", pk)


# --- Second look and PDF --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check_release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything as it is to be given out, and the schedule; POST confirms it and has the PDF made."""
    asked = request_or_404(request, pk)
    may_release = can_release(request.user)
    if request.method == "POST" and not may_release:
        raise PermissionDenied(NOT_AN_ADMINISTRATOR)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
        try:
            services.confirm(request=asked, digest=form.cleaned_data["digest"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Confirmed. The PDF is being made.")
            return redirect("assurance:information_request", asked.pk)
    context: dict[str, Any] = {"asked": asked, "form": form, "may_release": may_release}
    try:
        context["outcome"] = services.outcome(asked)
    except Refused as refusal:
        context["cannot"] = str(refusal)
    return render(request, "assurance/information_request_check.html", context, status=422 if form.is_bound else 200)


@require_POST
def make_release_pdf(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Have a PDF made that could not be made before."""
    release = release_or_404(request, pk, number)
    if not can_release(request.user):
        raise PermissionDenied(NOT_AN_ADMINISTRATOR)
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    services.ask_for_document(release=release, by=request.user, at=timezone.now())
    return redirect("assurance:information_request", pk)


@called_by_itself
@require_safe
def release_progress(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """How far the PDF is, for the page that waits for it."""
    release = release_or_404(request, pk, number)
    if not request.htmx:
        return redirect("assurance:information_request", pk)
    printing = printing_of(release)
    if not printing.is_live:
        return HttpResponseClientRefresh()
    return render(request, "assurance/_printing.html", {"printing": printing})


@require_safe
def release_pdf(request: SignedInRequest, pk: int, number: int) -> HttpResponseBase:
    """The PDF as it was stored."""
    release = release_or_404(request, pk, number)
    if release.blob is None:
        raise Http404
    if request.method == "GET":  # a look at the headers takes nothing away
        services.record_download(release=release, by=request.user, at=timezone.now())
    name = f"information-request-{release.request_id}-answer-{release.number}.pdf"
    return FileResponse(
        release.blob.path.open("rb"), as_attachment=True, filename=name, content_type=release.blob.media_type
    )


def printing_of(release: Release) -> Printing:
    """A release as its page shows it."""
    page = reverse("assurance:information_request", args=[release.request_id])
    return Printing(
        what="answer",
        printed=release if release.blob_id else None,
        job=Job.objects.filter(key=services.key_of(release)).order_by("-pk").first(),
        page_url=page,
        progress_url=reverse("assurance:release_progress", args=[release.request_id, release.number]),
        download_url=reverse("assurance:release_pdf", args=[release.request_id, release.number]),
    )


# --- Loading --------------------------------------------------------------------------------------------------------


def request_or_404(request: SignedInRequest, pk: int) -> InformationRequest:
    """Return the request to somebody who answers requests."""
    return get_object_or_404(InformationRequest.objects.visible_to(request.user), pk=pk)


def item_or_404(request: SignedInRequest, pk: int, item: int) -> RequestedStatement:
    """Return a statement of the request that has not been left out again."""
    chosen = RequestedStatement.objects.filter(request=request_or_404(request, pk), removed_at=None)
    return get_object_or_404(
        chosen.select_related("request", "revision__statement__unit", "revision__statement__edition"), pk=item
    )


def release_or_404(request: SignedInRequest, pk: int, number: int) -> Release:
    """Return what was confirmed to be given out."""
    releases = Release.objects.filter(request=request_or_404(request, pk))
    return get_object_or_404(releases.select_related("request", "blob"), number=number)
