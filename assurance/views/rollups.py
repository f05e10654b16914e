"""Business groups' roll-ups: the list, one of them, building it, and its document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from assurance.models import Rollup, Statement
from assurance.models.rollup import groups_in_scope
from assurance.permissions import can_build_rollup, can_list_rollups, can_read_rollup, groups_to_build_for
from assurance.rollup_tables import tables_of
from assurance.services import rollups as services
from organisation.models import BusinessGroup
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import HalfYear, NotAPeriod
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.models import HeavyWork, Job, JobState
from records.services import allowances

ONLY_BUILDERS = (
    "Only the Chief Officer Group (COG) lead of the business group, or their support staff, builds its roll-up. "
    "You can read it."
)
CANCELLED = "The building is cancelled. What was built before is unchanged."
NOTHING_TO_CANCEL = "Nothing was cancelled: the roll-up was ready already, or nobody was building it."


@dataclass(frozen=True, slots=True)
class RollupStatus:
    """A group's half-year as its row shows it: what has been built, and the newest job to build it."""

    rollup: Rollup
    job: Job | None
    may_build: bool

    @property
    def is_live(self) -> bool:
        return self.job is not None and self.job.is_live

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED

    @property
    def was_cancelled(self) -> bool:
        return self.job is not None and self.job.state == JobState.CANCELLED


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def rollups(request: SignedInRequest) -> HttpResponse:
    """The groups the person follows, for this half-year and the last, or for the one asked for."""
    if not can_list_rollups(request.user):
        raise Http404
    halves = _halves()
    chosen = _asked_for(request, halves)
    shown = [chosen] if chosen else halves[:2]
    groups = list(groups_in_scope(request.user))
    found = _statuses(groups, shown, may_build=groups_to_build_for(request.user))
    context = {
        "sections": [(half, [status for status in found if status.rollup.half == half]) for half in shown],
        "halves": halves,
        "chosen": chosen,
        "groups": groups,
        "any_live": any(status.is_live for status in found),
    }
    return render(request, "assurance/rollups.html", context)


def _halves() -> list[HalfYear]:
    """The half-years there may be roll-ups of, newest first: from the first statement's to this one, two at least."""
    current = HalfYear.of(timezone.localdate())
    first = Statement.objects.order_by("quarter").values_list("quarter", flat=True).first()
    halves = [current, current.previous()]
    while first is not None and first.half < halves[-1]:
        halves.append(halves[-1].previous())
    return halves


def _asked_for(request: SignedInRequest, halves: Collection[HalfYear]) -> HalfYear | None:
    try:
        half = HalfYear.parse(request.GET.get("half", ""))
    except NotAPeriod:
        return None
    return half if half in halves else None


def _statuses(
    groups: Iterable[BusinessGroup], halves: Sequence[HalfYear], *, may_build: Collection[int]
) -> list[RollupStatus]:
    """Return a status for each group and half: two queries, however many."""
    groups = list(groups)
    rows = Rollup.objects.filter(group__in=groups, half__in=halves).select_related("group", "pdf")
    built = {(row.group_id, row.half): row for row in rows}
    newest = Job.objects.filter(key__in=[row.job_key for row in built.values()]).order_by("key", "-id").distinct("key")
    jobs = {job.key: job for job in newest}
    statuses = []
    for half in halves:
        for group in groups:
            rollup = built.get((group.pk, half)) or Rollup(group=group, half=half)
            statuses.append(RollupStatus(rollup, jobs.get(rollup.job_key), group.pk in may_build))
    return statuses


# --- One roll-up --------------------------------------------------------------------------------------------------


def _status_or_404(request: SignedInRequest, group: str, half: HalfYear) -> RollupStatus:
    found = None if group == WHOLE_FORCE else get_object_or_404(BusinessGroup, slug=group)
    rollup = Rollup.objects.filter(group=found, half=half).select_related("group", "pdf").first()
    rollup = rollup or Rollup(group=found, half=half)
    if not can_read_rollup(request.user, rollup) or half not in _halves():
        raise Http404
    job = Job.objects.filter(key=rollup.job_key).order_by("-id").first()
    return RollupStatus(rollup, job, can_build_rollup(request.user, rollup))


@require_safe
def rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """What the group's units state, as it was built last; or who builds it."""
    status = _status_or_404(request, group, half)
    context = {
        "status": status,
        "rollup": status.rollup,
        "group": status.rollup.group,
        "half": half,
        "is_over": half.last_day < timezone.localdate(),
    }
    if status.rollup.figures is not None:
        tables = tables_of(status.rollup.figures, comparison=status.rollup.shows_comparison)
        readable = Statement.objects.visible_to(request.user).filter(quarter__in=half.quarters)
        context |= {
            "tables": tables,
            "chart": mark_safe(tables.chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
            # A unit may have moved to another group since, and its statements with it.
            "readable": set(readable.values_list("unit__slug", flat=True)),
        }
    return render(request, "assurance/rollup.html", context)


def build_rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Queue the job and go back to where its progress is shown."""
    status = _status_or_404(request, group, half)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not status.may_build:
        raise PermissionDenied(ONLY_BUILDERS)
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    services.request_for(group=status.rollup.group, half=half, by=request.user, at=timezone.now())
    return _back(request, group, half)


def cancel_rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Call the build off, by whoever may ask for one, and go back to where it was followed."""
    status = _status_or_404(request, group, half)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not status.may_build:
        raise PermissionDenied(ONLY_BUILDERS)
    cancelled = services.cancel(rollup=status.rollup, by=request.user, at=timezone.now())
    messages.success(request, CANCELLED if cancelled else NOTHING_TO_CANCEL)
    return _back(request, group, half)


def _back(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    if request.POST.get("back") == "list":
        return redirect(f"{reverse('assurance:rollups')}?half={half.slug}#{group}-{half.slug}")
    return redirect("assurance:rollup", group, half)


@called_by_itself
@require_safe
def rollup_progress(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """How far the build is: a fragment that asks again while there is more to say, the whole page without htmx."""
    status = _status_or_404(request, group, half)
    page = reverse("assurance:rollup", args=[group, half])
    if not request.htmx:
        return redirect(page)
    if not status.is_live and request.htmx.current_url_abs_path == page:
        return HttpResponseClientRefresh()  # the page's figures are those of the build before
    return render(request, "assurance/_rollup_progress.html", {"status": status, "rollup": status.rollup})


@require_safe
def rollup_pdf(request: SignedInRequest, group: str, half: HalfYear) -> FileResponse:
    """The printed roll-up as it was stored."""
    found = _status_or_404(request, group, half).rollup
    if found.pdf is None:
        raise Http404
    document = found.pdf.path.open("rb")
    if request.method == "GET":  # a look at the headers takes nothing away
        services.record_download(rollup=found, by=request.user, at=timezone.now())
    return FileResponse(
        document, as_attachment=True, filename=f"roll-up-{group}-{half.slug}.pdf", content_type=found.pdf.media_type
    )
