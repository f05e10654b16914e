"""Reading a paper, and how far its document is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from papers.contents import layout, panel_paper
from papers.models import PanelOutcome, Paper, PublicVersion
from papers.permissions import can_release_papers, can_write_papers
from papers.services import papers as services
from papers.views.following import around
from papers.views.loading import paper_or_404, said_by
from records.marking import highest
from records.models import Job, JobState


@dataclass(frozen=True)
class Standing:
    """Where a paper's document is, and what this person may do about the paper."""

    paper: Paper
    job: Job | None
    may_write: bool
    may_release: bool
    cannot_publish: str

    @property
    def is_being_made(self) -> bool:
        return self.paper.is_final and self.paper.pdf is None and (self.job is None or self.job.is_live)

    @property
    def was_cancelled(self) -> bool:
        return self.has_failed and self.job is not None and self.job.state == JobState.CANCELLED

    @property
    def has_failed(self) -> bool:
        return self.paper.is_final and self.paper.pdf is None and not self.is_being_made


@dataclass(frozen=True)
class Recommendation:
    """What a paper asks the panel for, and what the panel made of it."""

    number: int
    html: SafeString
    outcome: PanelOutcome | None


def standing_of(request: SignedInRequest, paper: Paper) -> Standing:
    """Return the paper's standing as its reader may see it."""
    writes, releases = can_write_papers(request.user), can_release_papers(request.user)
    job = Job.objects.filter(key=paper.job_key).order_by("-pk").first() if writes and paper.is_final else None
    why_not = services.blocks_publishing(paper, by=request.user) if releases and paper.is_final else ""
    return Standing(paper, job, writes, releases, why_not)


@require_safe
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the paper: as it was made final, or as it would be made final now."""
    return paper_page(request, paper_or_404(request, pk))


def paper_page(request: SignedInRequest, found: Paper, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """Return the paper's page; `refusal` says why an act asked for on it was not carried out."""
    content = said_by(found)
    document = layout.laid_out(content)
    following = around(found, content, reader=request.user)
    context = {
        "paper": found,
        "document": document,
        "missing": panel_paper.what_is_missing(found.structure, content) if found.is_draft else [],
        "left_out": panel_paper.left_out(found.structure, content) if found.is_draft else [],
        "doubts": panel_paper.doubts_about(found.structure, content) if found.is_draft else [],
        "unprintable": panel_paper.unprintable(found.structure, content) if found.is_draft else [],
        "unexplained": panel_paper.unexplained(found.structure, content) if found.is_draft else [],
        "standing": standing_of(request, found),
        "has_tables": document.has_tables,
        "recommendations": _recommendations(found, document),
        "following": following,
        "marking": highest([content["marking"], *([following.since.paper.marked] if following.since else [])]),
        "open_comments": found.comments.open().count() if can_write_papers(request.user) else 0,
        "public_version": PublicVersion.objects.published_of(found),
        "refusal": refusal,
    }
    return render(request, "papers/paper.html", context, status=status)


def _recommendations(paper: Paper, document: layout.Document) -> list[Recommendation]:
    """Return what a published paper asks for, each with what the panel made of it: one query."""
    if not paper.is_released:
        return []
    outcomes = {outcome.number: outcome for outcome in PanelOutcome.objects.standing_of(paper)}
    asked = enumerate(document.recommendations, start=1)
    return [Recommendation(number, html, outcomes.get(number)) for number, html in asked]


@called_by_itself
@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the document is, for htmx to put in place; without htmx, the whole page says the same."""
    found = paper_or_404(request, pk)
    if not can_write_papers(request.user):
        raise Http404
    if not request.headers.get("HX-Request"):
        return paper_page(request, found)
    if not found.is_final:
        return HttpResponseClientRefresh()  # taken back or published meanwhile: the page is another one now
    return render(request, "papers/_standing.html", {"standing": standing_of(request, found)})
