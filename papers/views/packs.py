"""Agenda packs of the Board's meetings: a meeting's versions, having one made, and its document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from organisation.files import hand_out
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from papers.models import BoardPack
from papers.permissions import can_make_packs, can_read_packs
from papers.services import packs as services
from papers.views.loading import LARGEST_ID
from records.models import HeavyWork, Job, JobState
from records.services import allowances
from risks.models import BoardMeeting

ONLY_PLANNERS = (
    "Only the Head of Safety, Health and Wellbeing and the Board’s secretary have agenda packs made. You can read them."
)
MADE = "Version {number} of the pack is frozen. Its document is being made."
NOTHING_NEW = "Nothing has changed since version {number} was made, so there is no new version."
CANCELLED = "The making of the document is cancelled. What the pack says is kept."
NOTHING_TO_CANCEL = "Nothing was cancelled: the document was ready already, or nobody was making it."
WITHHELD = "The document of version {number} cannot be handed out just now. Tell the administrator its file digest."


@dataclass(frozen=True)
class Standing:
    """Where the document of a pack is, and whether this person may have it made."""

    pack: BoardPack
    job: Job | None
    may_make: bool

    @property
    def is_being_made(self) -> bool:
        return self.pack.pdf is None and (self.job is None or self.job.is_live)

    @property
    def was_cancelled(self) -> bool:
        return self.pack.pdf is None and self.job is not None and self.job.state == JobState.CANCELLED


@require_safe
def packs(request: SignedInRequest, meeting: int) -> HttpResponse:
    """The versions of a meeting's pack, the newest first, each with its document or how far that is."""
    return packs_page(request, _meeting_or_404(request, meeting))


def packs_page(
    request: SignedInRequest, meeting: BoardMeeting, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Return the page of a meeting's packs; `refusal` says why what was asked for is not to be had."""
    found = standings(meeting.packs.for_lists(), may_make=can_make_packs(request.user))
    context = {
        "meeting": meeting,
        "standings": found,
        "may_make": can_make_packs(request.user),
        "refusal": refusal,
    }
    return render(request, "papers/packs.html", context, status=status)


def standings(found: Iterable[BoardPack], *, may_make: bool) -> list[Standing]:
    """Return where each pack's document is: one query more, however many packs there are."""
    versions = list(found)
    keys = [pack.job_key for pack in versions if pack.pdf_id is None]
    newest = {job.key: job for job in Job.objects.filter(key__in=keys).order_by("key", "-pk").distinct("key")}
    return [Standing(pack, newest.get(pack.job_key), may_make) for pack in versions]


@require_POST
def make(request: SignedInRequest, meeting: int) -> HttpResponse:
    """Freeze what a pack says now, and have its document made."""
    found = _meeting_or_404(request, meeting)
    _must_make(request)
    now = timezone.now()
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=now)
    pack, is_new = services.make(meeting=found, by=request.user, at=now)
    messages.success(request, (MADE if is_new else NOTHING_NEW).format(number=pack.number))
    return redirect("papers:packs", meeting=found.pk)


@require_POST
def document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the document again after it has failed or was called off."""
    pack = _pack_or_404(request, pk)
    _must_make(request)
    now = timezone.now()
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=now)
    services.request_document(pack=pack, by=request.user, at=now)
    return redirect("papers:packs", meeting=pack.meeting_id)


@require_POST
def cancel_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call off the making of the document, by whoever may ask for it."""
    pack = _pack_or_404(request, pk)
    _must_make(request)
    cancelled = services.cancel_document(pack=pack, by=request.user, at=timezone.now())
    messages.success(request, CANCELLED if cancelled else NOTHING_TO_CANCEL)
    return redirect("papers:packs", meeting=pack.meeting_id)


@called_by_itself
@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the document is, for htmx to put in place; without htmx, the whole page says the same."""
    pack = _pack_or_404(request, pk)
    if not request.headers.get("HX-Request"):
        return packs_page(request, pack.meeting)
    (standing,) = standings([pack], may_make=can_make_packs(request.user))
    return render(request, "papers/_pack_standing.html", {"standing": standing})


@require_safe
def pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the document of a pack. Who takes it away is kept in the trail."""
    pack = _pack_or_404(request, pk)
    if pack.pdf is None:
        raise Http404

    def withheld(status: int) -> HttpResponse:
        return packs_page(request, pack.meeting, refusal=WITHHELD.format(number=pack.number), status=status)

    return hand_out(
        request,
        pack.pdf,
        name=f"agenda-pack-{slugify(pack.meeting.name)[:80]}-version-{pack.number}.pdf",
        record=lambda: services.record_download(pack=pack, by=request.user, at=timezone.now()),
        withheld=withheld,
    )


# --- Loading ----------------------------------------------------------------------------------------------------------


def _meeting_or_404(request: SignedInRequest, pk: int) -> BoardMeeting:
    """Return the meeting where the person may read its packs."""
    found = BoardMeeting.objects.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_packs(request.user):
        raise Http404
    return found


def _pack_or_404(request: SignedInRequest, pk: int) -> BoardPack:
    """Return the pack where the person may read it."""
    packs = BoardPack.objects.visible_to(request.user).for_lists()
    found = packs.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def _must_make(request: SignedInRequest) -> None:
    """Let on whoever may have packs made."""
    if not can_make_packs(request.user):
        raise PermissionDenied(ONLY_PLANNERS)
