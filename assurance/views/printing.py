"""A statement on paper: one page to print, the PDF of a signed revision, and a blank form to fill in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from assurance.documents import MARKING, verification_address
from assurance.models import BlankForm, Release, Revision, StatementDocument
from assurance.reading import read
from assurance.services import documents
from assurance.services.content import content_of
from assurance.views.loading import asked_revision_or_404, level_names, revision_or_404
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.models import Blob, HeavyWork, Job, JobState
from records.services import allowances


@dataclass(frozen=True, slots=True)
class Printing:
    """A document as its page shows it: what has been printed, and the newest job to print it."""

    what: str
    printed: StatementDocument | BlankForm | Release | Blob | None
    job: Job | None
    page_url: str
    progress_url: str
    download_url: str

    @property
    def is_live(self) -> bool:
        return self.printed is None and self.job is not None and self.job.is_live

    @property
    def has_failed(self) -> bool:
        return self.printed is None and self.job is not None and self.job.state == JobState.FAILED


def _common(revision: Revision) -> dict[str, Any]:
    statement = revision.statement
    return {"revision": revision, "statement": statement, "unit": statement.unit, "quarter": statement.quarter}


# --- One page to print --------------------------------------------------------------------------------------------


@require_safe
def print_statement(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The whole statement on one page, for the browser to print. A draft says on every sheet that it is one."""
    revision = asked_revision_or_404(request, unit, quarter)
    content = revision.content if revision.is_frozen else content_of(revision)
    context = {
        **_common(revision),
        "content": read(content, level_names(revision.statement.edition)),
        "address": verification_address(revision.content_digest) if revision.is_frozen else "",
        "marking": MARKING,
        "now": timezone.now(),
    }
    return render(request, "assurance/print_statement.html", context)


# --- The PDF of a signed revision ---------------------------------------------------------------------------------


def _statement_printing(revision: Revision) -> Printing:
    place = [revision.statement.unit.slug, revision.statement.quarter]
    asked = f"?revision={revision.number}"
    return Printing(
        what="PDF",
        printed=documents.document_of(revision),
        job=Job.objects.filter(key=documents.statement_key(revision)).order_by("-pk").first(),
        page_url=reverse("assurance:statement_pdf", args=place) + asked,
        progress_url=reverse("assurance:statement_pdf_progress", args=place) + asked,
        download_url=reverse("assurance:statement_pdf_download", args=place) + asked,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def statement_pdf(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Where the PDF of a signed revision is had, with its file digest; POST has it printed. A draft has none."""
    revision = asked_revision_or_404(request, unit, quarter)
    if request.method == "POST" and revision.is_frozen:
        allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
        documents.request(revision=revision, by=request.user, at=timezone.now())
        return redirect(_statement_printing(revision).page_url)
    signed = revision.statement.revisions.filter(signed_at__isnull=False).order_by("-number")
    context = {
        **_common(revision),
        "printing": _statement_printing(revision) if revision.is_frozen else None,
        "signed_revisions": list(signed.exclude(pk=revision.pk)),
    }
    return render(request, "assurance/statement_pdf.html", context, status=422 if request.method == "POST" else 200)


@called_by_itself
@require_safe
def statement_pdf_progress(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """How far the printing is: a fragment that asks again while there is more to say; without htmx the page."""
    revision = asked_revision_or_404(request, unit, quarter)
    if not revision.is_frozen:
        raise Http404
    return progress_of(request, _statement_printing(revision))


@require_safe
def statement_pdf_download(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponseBase:
    """The file as it was stored."""
    revision = asked_revision_or_404(request, unit, quarter)
    document = documents.document_of(revision)
    if document is None:
        raise Http404
    name = f"statement-{unit}-{quarter.slug}-revision-{revision.number}.pdf"
    response = stored_file(request, document.blob, name=name)
    if request.method == "GET" and response.status_code == 200:  # a look at the headers takes nothing away
        documents.record_download(revision=revision, blob=document.blob, by=request.user, at=timezone.now())
    return response


# --- The blank form -----------------------------------------------------------------------------------------------


def _blank_printing(revision: Revision) -> Printing:
    statement = revision.statement
    place = [statement.unit.slug, statement.quarter]
    return Printing(
        what="blank form",
        printed=documents.blank_form_of(statement),
        job=Job.objects.filter(key=documents.blank_key(statement)).order_by("-pk").first(),
        page_url=reverse("assurance:blank_pdf", args=place),
        progress_url=reverse("assurance:blank_pdf_progress", args=place),
        download_url=reverse("assurance:blank_pdf_download", args=place),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def blank_pdf(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Where the statement's blank form is had; POST has it printed."""
    revision = revision_or_404(request, unit, quarter)
    if request.method == "POST":
        allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
        documents.request_blank(statement=revision.statement, by=request.user, at=timezone.now())
        return redirect(_blank_printing(revision).page_url)
    context = {**_common(revision), "printing": _blank_printing(revision)}
    return render(request, "assurance/blank_pdf.html", context)


@called_by_itself
@require_safe
def blank_pdf_progress(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """As `statement_pdf_progress`."""
    return progress_of(request, _blank_printing(revision_or_404(request, unit, quarter)))


@require_safe
def blank_pdf_download(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponseBase:
    """The file as it was stored. It says nothing of anybody, so who takes it is not kept."""
    form = documents.blank_form_of(revision_or_404(request, unit, quarter).statement)
    if form is None:
        raise Http404
    return stored_file(request, form.blob, name=f"statement-{unit}-{quarter.slug}-blank.pdf")


# --- Both ---------------------------------------------------------------------------------------------------------


def progress_of(request: SignedInRequest, printing: Printing) -> HttpResponse:
    """Answer with how far the printing is; without htmx with the page."""
    if not request.htmx:
        return redirect(printing.page_url)
    if not printing.is_live:
        return HttpResponseClientRefresh()  # the page has something to show: the file, or why there is none
    return render(request, "assurance/_printing.html", {"printing": printing})


def stored_file(request: HttpRequest, blob: Blob, *, name: str) -> HttpResponseBase:
    """Return the stored file for saving; for a browser that has these very bytes only that they are the same."""
    etag = f'"{blob.sha256}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is not None:
        return answer
    response = FileResponse(blob.path.open("rb"), as_attachment=True, filename=name, content_type=blob.media_type)
    response.headers["ETag"] = etag
    return response
