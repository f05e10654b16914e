"""The public version of a paper: saying what is taken out, looking at what is left, having it made, publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.files import hand_out
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from papers.contents import layout
from papers.contents.redaction import still_said
from papers.contents.words import words_of
from papers.documents import NOT_PUBLISHED, REPLACED, STAMPS
from papers.forms import PublishForm, RedactionRows, redaction_rows
from papers.models import Paper, PublicVersion
from papers.permissions import can_release_papers
from papers.services import public_versions as services
from papers.services.papers import Refused
from papers.views.downloads import stamped
from papers.views.loading import LARGEST_ID, must_release, must_write, paper_or_404, writable_paper_or_404
from papers.views.papers import paper_page
from records.models import HeavyWork, Job, JobState
from records.services import allowances

MADE = "Public version {number} is frozen. Its document is being made."
CANCELLED = "The making of the document is cancelled. What the version says is kept."
NOTHING_TO_CANCEL = "Nothing was cancelled: the document was ready already, or nobody was making it."
WITHHELD = "The document of public version {number} cannot be handed out just now. Tell the administrator its digest."


@dataclass(frozen=True)
class Standing:
    """Where the document of a version is, and what this person may do about the version."""

    version: PublicVersion
    job: Job | None
    may_release: bool
    cannot_publish: str

    @property
    def is_being_made(self) -> bool:
        return self.version.pdf is None and (self.job is None or self.job.is_live)

    @property
    def was_cancelled(self) -> bool:
        return self.version.pdf is None and self.job is not None and self.job.state == JobState.CANCELLED


# --- The versions of a paper ------------------------------------------------------------------------------------------


@require_safe
def versions(request: SignedInRequest, pk: int) -> HttpResponse:
    """The public versions of a paper, the newest first, for whoever prepares papers."""
    return _versions(request, writable_paper_or_404(request, pk))


def _versions(request: SignedInRequest, paper: Paper, *, refusal: str = "", status: int = 200) -> HttpResponse:
    found = list(paper.public_versions.for_lists())
    jobs = {job.key: job for job in Job.objects.filter(key__in=[one.job_key for one in found]).order_by("pk")}
    context = {
        "paper": paper,
        "standings": [_standing(request, one, jobs.get(one.job_key)) for one in found],
        "refusal": refusal,
        "marking": paper.marked,
    }
    return render(request, "papers/public_versions.html", context, status=status)


def _standing(request: SignedInRequest, version: PublicVersion, job: Job | None) -> Standing:
    releases = can_release_papers(request.user)
    why_not = services.blocks_publishing(version, by=request.user) if releases else ""
    return Standing(version, job, releases, why_not)


@called_by_itself
@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a document is, for htmx to put in place; without htmx, the whole page says the same."""
    version = _workable_or_404(request, pk)
    if not request.headers.get("HX-Request"):
        return _versions(request, version.paper)
    job = Job.objects.filter(key=version.job_key).order_by("-pk").first()
    return render(request, "papers/_public_standing.html", {"standing": _standing(request, version, job)})


# --- Making one -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what is to be taken out, look at what is left, and have the version made."""
    paper = writable_paper_or_404(request, pk)
    if not paper.is_released:
        messages.info(request, "Only a published paper has a public version beside it.")
        return redirect("papers:paper", pk=pk)
    named = [(section.key, paper.structure.name_of(section.key)) for section in paper.structure.sections]
    rows = redaction_rows(request.POST or None, sections=named)
    if request.method != "POST" or not rows.is_valid():
        return _new(request, paper, rows, status=422 if rows.is_bound else 200)
    try:
        content = services.content_of(paper, rows.redactions)
        if request.POST.get("then") == "make":
            allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
            version = services.make(paper=paper, redactions=rows.redactions, by=request.user, at=timezone.now())
            messages.success(request, MADE.format(number=version.number))
            return redirect("papers:public_versions", pk=pk)
    except services.NotRedacted as refusal:
        rows.tell(refusal.faults)
        return _new(request, paper, rows, status=422)
    except Refused as refusal:
        return _new(request, paper, rows, status=422, refusal=str(refusal))
    left = layout.laid_out(content)
    still = still_said(words_of(left), rows.redactions)
    return _new(request, paper, rows.with_room(), left=left, still=still)


def _new(
    request: SignedInRequest,
    paper: Paper,
    rows: RedactionRows,
    *,
    status: int = 200,
    refusal: str = "",
    left: layout.Document | None = None,
    still: Mapping[str, int] | None = None,
) -> HttpResponse:
    sections = [(section, part["heading"]) for part in paper.content["parts"] for section in part["sections"]]
    context = {
        "paper": paper,
        "rows": rows,
        "sections": sections,
        "left": left,
        "still": still or {},
        "refusal": refusal,
        "form_has_errors": status == 422,
        "marking": paper.marked,
    }
    return render(request, "papers/new_public_version.html", context, status=status)


def document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the document again after it has failed or was called off."""
    version = _workable_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    services.request_document(version=version, by=request.user, at=timezone.now())
    return redirect("papers:public_versions", pk=version.paper_id)


def cancel_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call off the making of the document."""
    version = _workable_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    cancelled = services.cancel_document(version=version, by=request.user, at=timezone.now())
    messages.success(request, CANCELLED if cancelled else NOTHING_TO_CANCEL)
    return redirect("papers:public_versions", pk=version.paper_id)


# --- Publishing, and the document -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then put the version beside its paper."""
    version = _version_or_404(request, pk)
    must_release(request)
    form = PublishForm(
        request.POST or None,
        initial={"seen_digest": version.content_digest},
        label="I have read this version, and everybody may read what is left in it",
    )
    if form.is_valid():
        try:
            digest = form.cleaned_data["seen_digest"]
            services.publish(version=version, seen_digest=digest, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The public version is published beside the paper.")
            return redirect("papers:paper", pk=version.paper_id)
    context = {
        "version": version,
        "form": form,
        "cannot_publish": services.blocks_publishing(version, by=request.user),
        "marking": version.paper.marked,
    }
    return render(request, "papers/publish_public_version.html", context, status=422 if form.is_bound else 200)


@require_safe
def pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the document. One that readers of the paper cannot have says so, and the trail keeps who took it."""
    version = _version_or_404(request, pk)
    if version.pdf is None:
        raise Http404
    name = f"{version.paper.file_stem}-public-version-{version.number}.pdf"
    words = _not_for_readers(version)
    if words:

        def record(copy: bytes) -> None:
            services.record_download(version=version, copy=copy, by=request.user, at=timezone.now())

        def refused(text: str) -> HttpResponse:
            return _versions(request, version.paper, refusal=text, status=500)

        return stamped(request, version.pdf, words, name, record=record, refused=refused)

    def withheld(status: int) -> HttpResponse:
        paper = paper_or_404(request, version.paper_id)
        return paper_page(request, paper, refusal=WITHHELD.format(number=version.number), status=status)

    return hand_out(request, version.pdf, name=name, record=lambda: None, withheld=withheld)


def _not_for_readers(version: PublicVersion) -> str:
    """Return what stands on every page of a copy that readers of the paper do not get; empty where they do."""
    if version.published_at is None:
        return NOT_PUBLISHED
    return STAMPS.get(version.paper.state, "") or (REPLACED if version.is_overtaken else "")


# --- Loading ----------------------------------------------------------------------------------------------------------


def _version_or_404(request: SignedInRequest, pk: int) -> PublicVersion:
    """Return the version where the person may read it."""
    found = PublicVersion.objects.visible_to(request.user).for_lists()
    version = found.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if version is None:
        raise Http404
    return version


def _workable_or_404(request: SignedInRequest, pk: int) -> PublicVersion:
    """Return the version where the person prepares papers."""
    version = _version_or_404(request, pk)
    must_write(request)
    return version
