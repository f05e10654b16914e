"""Business groups' roll-ups: the list, one of them, building it, and its document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from assurance.audit_permissions import can_list_agreement
from assurance.models import IssuedRollup, Rollup, Statement
from assurance.models.rollup import groups_in_scope
from assurance.permissions import (
    can_build_rollup,
    can_issue_rollup,
    can_list_issued_rollups,
    can_list_rollups,
    can_read_rollup,
    groups_to_build_for,
)
from assurance.rollup_tables import tables_of
from assurance.rollup_words import received, reports_in, sums_statements, words_in
from assurance.services import issuing, rollup_words
from assurance.services import rollups as services
from assurance.views.loading import halves, refuse_unless_built_by, rollup_or_404
from assurance.views.rollup_units import shown_behind
from organisation.models import BusinessGroup, User
from organisation.periods import HalfYear, NotAPeriod, london_day
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.models import HeavyWork, Job, JobState
from records.services import allowances

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
    """What the person follows for this half-year and the last, or for the one asked for: drafts, and what is issued."""
    if not can_list_issued_rollups(request.user):
        raise Http404
    there_are = halves()
    chosen = _asked_for(request, there_are)
    shown = [chosen] if chosen else there_are[:2]
    found = _drafts(request.user, shown) if can_list_rollups(request.user) else []
    issued = _issued(request.user, shown)
    context = {
        "sections": [
            (
                half,
                [status for status in found if status.rollup.half == half],
                [one for one in issued if one.rollup.half == half],
            )
            for half in shown
        ],
        "reads_drafts": can_list_rollups(request.user),
        "reads_agreement": can_list_agreement(request.user),
        "halves": there_are,
        "chosen": chosen,
        "any_live": any(status.is_live for status in found),
    }
    return render(request, "assurance/rollups.html", context)


def _issued(reader: User, shown: Sequence[HalfYear]) -> list[IssuedRollup]:
    """Return the newest issued version of each roll-up that the person reads, the force summary first: one query."""
    found = IssuedRollup.objects.visible_to(reader).filter(rollup__half__in=shown).newest_of_each()
    return sorted(found, key=lambda one: (not one.rollup.is_of_the_force, one.rollup.name))


def _drafts(reader: User, shown: Sequence[HalfYear]) -> list[RollupStatus]:
    """Return a status for each group whose drafts the person reads, the force summary first, and each half."""
    groups: list[BusinessGroup | None] = list(groups_in_scope(reader))
    may_build: set[int | None] = set(groups_to_build_for(reader))
    force = Rollup(group=None, half=shown[0])
    if can_read_rollup(reader, force):
        groups.insert(0, None)
        may_build |= {None} if can_build_rollup(reader, force) else set()
    return _statuses(groups, shown, may_build=may_build)


def _asked_for(request: SignedInRequest, halves: Collection[HalfYear]) -> HalfYear | None:
    try:
        half = HalfYear.parse(request.GET.get("half", ""))
    except NotAPeriod:
        return None
    return half if half in halves else None


def _statuses(
    groups: Sequence[BusinessGroup | None], halves: Sequence[HalfYear], *, may_build: Collection[int | None]
) -> list[RollupStatus]:
    """Return a status for each group (None: the force) and half: two queries, however many."""
    of_these = Q(group__in=[group for group in groups if group]) | (Q(group=None) if None in groups else Q())
    rows = Rollup.objects.filter(of_these if groups else Q(pk=None), half__in=halves).select_related("group", "pdf")
    built = {(row.group_id, row.half): row for row in rows.defer("figures")}
    newest = Job.objects.filter(key__in=[row.job_key for row in built.values()]).order_by("key", "-id").distinct("key")
    jobs = {job.key: job for job in newest}
    statuses = []
    for half in halves:
        for group in groups:
            group_id = group.pk if group else None
            rollup = built.get((group_id, half)) or Rollup(group=group, half=half)
            statuses.append(RollupStatus(rollup, jobs.get(rollup.job_key), group_id in may_build))
    return statuses


# --- One roll-up --------------------------------------------------------------------------------------------------


def _status_or_404(request: SignedInRequest, group: str, half: HalfYear) -> RollupStatus:
    rollup = rollup_or_404(request, group, half)
    job = Job.objects.filter(key=rollup.job_key).order_by("-id").first()
    return RollupStatus(rollup, job, can_build_rollup(request.user, rollup))


@require_safe
def rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """What the group's units state, as it was built last, and what is written on it; or who builds it."""
    status = _status_or_404(request, group, half)
    context = {
        "status": status,
        "rollup": status.rollup,
        "group": status.rollup.group,
        "half": half,
        "is_over": half.last_day < timezone.localdate(),
        **_written(request, status.rollup),
    }
    if status.rollup.figures is not None:
        context |= figures_shown(request, status.rollup.figures, comparison=status.rollup.shows_comparison)
        context["sums"] = _sums(status.rollup)
    return render(request, "assurance/rollup.html", context)


def _sums(rollup: Rollup) -> str:
    if not rollup.is_of_the_force or rollup.built_at is None:
        return ""
    return sums_statements(rollup.half, london_day(rollup.built_at))


def figures_shown(request: SignedInRequest, figures: Any, *, comparison: bool) -> dict[str, Any]:
    """Return what the templates of the figures show, of a draft or of what was issued, and what is asked of them."""
    tables = tables_of(figures, comparison=comparison)
    behind = shown_behind(tables.figures, request.GET.dict(), reader=request.user)
    of_the_force = bool(figures.get("groups"))
    readable = Statement.objects.visible_to(request.user).filter(quarter__in=tables.half.quarters)
    return {
        "tables": tables,
        "chart": mark_safe(tables.chart),  # noqa: S308  # SVG of our own; its words are escaped where it is drawn
        "behind": behind,
        # A unit may have moved to another group since, and its statements with it.
        "readable": set() if of_the_force else set(readable.values_list("unit__slug", flat=True)),
        "open_drafts": set(groups_in_scope(request.user).values_list("slug", flat=True)) if of_the_force else set(),
    }


def _written(request: SignedInRequest, rollup: Rollup) -> dict[str, Any]:
    """Return what is written on the draft, which versions were issued, and what has changed since the newest."""
    versions = issued_versions(rollup)
    newest = IssuedRollup.objects.select_related("rollup__group").get(pk=versions[0].pk) if versions else None
    words = words_in(rollup_words.words_of(rollup), rollup_words.scale_of(rollup).level_names)
    context = {
        "words": words,
        "shows_comparison": words.shows_comparison,
        "versions": versions,
        "changes": issuing.changes_since(newest, today=timezone.localdate()) if newest else None,
        "may_issue": can_issue_rollup(request.user, rollup),
    }
    if rollup.is_of_the_force:
        context |= reports_shown(issuing.reports_of(rollup.half), rollup.half, reader=request.user)
    return context


def reports_shown(found: Sequence[Mapping[str, Any]], half: HalfYear, *, reader: User) -> dict[str, Any]:
    """Return what the list of reports received and awaited shows, of today or of what was issued."""
    reports = reports_in(found)
    readable = IssuedRollup.objects.visible_to(reader).filter(rollup__half=half, rollup__group__isnull=False)
    return {
        "reports": reports,
        "reports_say": received(reports),
        "open_reports": set(readable.values_list("rollup__group__slug", flat=True)),
    }


def issued_versions(rollup: Rollup) -> list[IssuedRollup]:
    """Return the versions that were issued, the newest first: one query."""
    return list(rollup.issued.newest_first().defer("content")) if rollup.pk else []


def build_rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Queue the job and go back to where its progress is shown."""
    status = _status_or_404(request, group, half)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    refuse_unless_built_by(request.user, status.rollup)
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    services.request_for(group=status.rollup.group, half=half, by=request.user, at=timezone.now())
    return _back(request, group, half)


def cancel_rollup(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Call the build off, by whoever may ask for one, and go back to where it was followed."""
    status = _status_or_404(request, group, half)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    refuse_unless_built_by(request.user, status.rollup)
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
