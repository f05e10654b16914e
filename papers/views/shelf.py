"""The list of papers: by meeting, those in preparation, and searching what they say."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from organisation.requests import SignedInRequest, address_without_page
from papers import searching, shelf
from papers.forms import SearchForm
from papers.models import Paper
from papers.models.paper import PaperQuerySet
from papers.permissions import can_list_papers, can_write_papers
from records.marking import highest

A_PAGE = 20


@dataclass(frozen=True)
class Hit:
    """A paper that was found, and the passages that were, for a page."""

    paper: Paper
    passages: SafeString


@require_safe
def papers(request: SignedInRequest) -> HttpResponse:
    """Published papers for everybody, by meeting; those in preparation, and withdrawn ones, for whoever prepares them.

    With words to search for: the papers among these that say them.
    """
    if not can_list_papers(request.user):
        raise Http404
    readable = Paper.objects.visible_to(request.user).for_lists()
    form = SearchForm(request.GET if "q" in request.GET else None)
    said = form.cleaned_data["q"] if form.is_valid() else ""
    if said or form.errors:
        return _found(request, form, readable, said)
    writes = can_write_papers(request.user)
    page = _page(request, shelf.shelved(readable.published()))
    context = {
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "address": address_without_page(request),
        "meetings": shelf.by_meeting(page.object_list),
        "may_write": writes,
        "unpublished": readable.unpublished() if writes else [],
        "marking": highest(paper.marked for paper in page.object_list),
    }
    return render(request, "papers/papers.html", context)


def _page(request: SignedInRequest, found: QuerySet[Paper]) -> Page[Paper]:
    return Paginator(found, A_PAGE).get_page(request.GET.get("page"))


def _found(request: SignedInRequest, form: SearchForm, readable: PaperQuerySet, said: str) -> HttpResponse:
    """Answer a search: what was found, or what to do where nothing was, or what is wrong with it."""
    page = _page(request, searching.found_in(readable, said) if said else readable.none())
    context = {
        "form": form,
        "said": said,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "address": address_without_page(request),
        "hits": [Hit(paper, searching.marked(paper.passages)) for paper in page.object_list],  # type: ignore[attr-defined]
        "says_nothing": bool(said) and not page.object_list and searching.says_nothing(said),
        "may_write": can_write_papers(request.user),
        "marking": highest(paper.marked for paper in page.object_list),
    }
    return render(request, "papers/found.html", context, status=422 if form.errors else 200)
