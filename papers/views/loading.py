"""Loading the paper a page is about, for somebody who may see it. A stranger gets 404, a reader who may not act 403."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from papers.contents import panel_paper
from papers.models import Paper
from papers.permissions import can_read_paper, can_release_papers, can_write_papers

LARGEST_ID = 2**63 - 1
ONLY_WRITERS = "Only SHRMT and the Head of Safety, Health and Wellbeing prepare papers."
ONLY_HEAD = "Only the Head of Safety, Health and Wellbeing publishes and withdraws papers."
# Of the papers that one follows, read only where they are asked for.
LARGE = ("content", "skeleton", "words")


def paper_or_404(request: SignedInRequest, pk: int) -> Paper:
    """Return the paper where the person may read it."""
    paper = (
        Paper.objects.select_related(
            "pdf", "author", "finalised_by", "published_by", "withdrawn_by", "changed_by", "previous", "replaces"
        )
        .defer(*(f"{other}__{column}" for other in ("previous", "replaces") for column in LARGE))
        .filter(pk=pk)
        .first()
    )
    if paper is None or not can_read_paper(request.user, paper):
        raise Http404
    return paper


def writable_paper_or_404(request: SignedInRequest, pk: int) -> Paper:
    """Return the paper where the person prepares papers. Whether it is still a draft is not asked."""
    paper = paper_or_404(request, pk)
    must_write(request)
    return paper


def releasable_paper_or_404(request: SignedInRequest, pk: int) -> Paper:
    """Return the paper where the person publishes and withdraws papers. Whether it is ready is not asked."""
    paper = paper_or_404(request, pk)
    must_release(request)
    return paper


def must_write(request: SignedInRequest) -> None:
    """Let on whoever prepares papers."""
    if not can_write_papers(request.user):
        raise PermissionDenied(ONLY_WRITERS)


def must_release(request: SignedInRequest) -> None:
    """Let on whoever publishes papers."""
    if not can_release_papers(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_HEAD)


def said_by(paper: Paper) -> dict[str, Any]:
    """Return what the paper says: as it was made final, or, of a draft, as it would be made final now."""
    content: dict[str, Any] = panel_paper.gather(paper, today=timezone.localdate()) if paper.is_draft else paper.content
    return content
