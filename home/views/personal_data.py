"""All that is held about a person, for themselves or for whoever answers their request: asked for, made, taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from home.permissions import can_take_all_data_of, can_take_data_of, exports_visible_to
from home.services import personal_data as services
from organisation.models import User
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from organisation.views.loading import LARGEST_ID
from records.models import HeavyWork, Job, PersonalExport
from records.services import allowances


@dataclass(frozen=True, slots=True)
class Making:
    """The newest file that was asked for, and how far it is."""

    export: PersonalExport | None
    job: Job | None
    page_url: str
    progress_url: str

    @property
    def is_ready(self) -> bool:
        return self.export is not None and self.export.made_at is not None

    @property
    def is_live(self) -> bool:
        return not self.is_ready and self.job is not None and self.job.is_live

    @property
    def has_failed(self) -> bool:
        return not self.is_ready and self.job is not None and not self.job.is_live


@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: SignedInRequest) -> HttpResponse:
    """What is held about the reader: what it is, and the file of it."""
    return _page(request, request.user, "own_data")


@require_http_methods(["GET", "HEAD", "POST"])
def person_data(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same about somebody else, to answer their request."""
    return _page(request, _person_or_404(request, pk), "person_data")


def _person_or_404(request: SignedInRequest, pk: int) -> User:
    person: User | None = User.objects.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if person is None or not can_take_data_of(request.user, person):
        raise Http404
    return person


def _page(request: SignedInRequest, person: User, name: str) -> HttpResponse:
    arguments = [] if name == "own_data" else [person.pk]
    if request.method == "POST":
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=timezone.now())
        complete = can_take_all_data_of(request.user, person)
        services.request(person=person, complete=complete, by=request.user, at=timezone.now())
        return redirect(name, *arguments)
    context: dict[str, Any] = {
        "person": person,
        "is_oneself": name == "own_data",
        "complete": can_take_all_data_of(request.user, person),
        "making": _making(request, person, name, arguments),
        "page_name": name,
    }
    return render(request, "home/personal_data.html", context)


def _making(request: SignedInRequest, person: User, name: str, arguments: list[int]) -> Making:
    export = exports_visible_to(request.user).filter(person=person).defer("content").first()
    return Making(
        export=export,
        job=services.job_of(export) if export else None,
        page_url=reverse(name, args=arguments),
        progress_url=reverse(f"{name}_progress", args=arguments),
    )


@called_by_itself
@require_safe
def own_data_progress(request: SignedInRequest) -> HttpResponse:
    """How far the file is: a fragment that asks again while there is more to say; without htmx the page."""
    return _progress(request, _making(request, request.user, "own_data", []))


@called_by_itself
@require_safe
def person_data_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """As `own_data_progress`."""
    return _progress(request, _making(request, _person_or_404(request, pk), "person_data", [pk]))


def _progress(request: SignedInRequest, making: Making) -> HttpResponse:
    if not request.htmx:
        return redirect(making.page_url)
    if not making.is_live:
        return HttpResponseClientRefresh()  # the page has something to show: the file, or why there is none
    return render(request, "home/_making_data.html", {"making": making})


@require_safe
def data_file(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The file, for whoever asked for it and while they may still have it. Who takes it is kept."""
    export = exports_visible_to(request.user).ready().filter(token=token).select_related("person").first()
    if export is None:
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="personal-data-account-{export.person_id}.zip"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(content_type=services.MEDIA_TYPE, headers=headers)
    content = services.take(export=export, by=request.user, at=timezone.now())
    return HttpResponse(content, content_type=services.MEDIA_TYPE, headers=headers)
