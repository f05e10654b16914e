"""Audits: the list, planning one, its page, and the steps from its plan to the draft of its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.audit_permissions import can_allow_auditor, can_do_audit, can_list_audits, can_plan_audits
from assurance.claims import Claim, can_read_claim, claims_of
from assurance.forms.audits import AuditFilterForm, PlanForm, StartForm, WithdrawForm
from assurance.models import Audit, AuditorAssignment, IssuedRollup, Revision
from assurance.models.audit import AuditQuerySet
from assurance.reading import ReadLevel
from assurance.rules import Blocker, Refused
from assurance.services import auditing, planning_audits
from assurance.services.planning_audits import OVER, Plan
from assurance.views.audit_loading import ONLY_SHRMT, audit_or_404, done_audit_or_404, planned_audit_or_404
from assurance.views.loading import level_names
from maturity.models import Edition, Theme
from organisation.formfields import OptionLabel
from organisation.models import BusinessGroup, Unit, User
from organisation.requests import SignedInRequest, address_without_page
from rendering import formats

PER_PAGE = 20
CLAIMS_OFFERED = 8


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def audits(request: SignedInRequest) -> HttpResponse:
    """Every audit that the person may read, what is going on first."""
    if not can_list_audits(request.user):
        raise Http404
    filters = AuditFilterForm(request.GET)
    filters.is_valid()
    found = _filtered(Audit.objects.visible_to(request.user), filters.cleaned_data, by=request.user)
    auditors = Prefetch("assignments", AuditorAssignment.objects.standing().select_related("auditor"), "auditors")
    found = (
        found.select_related("unit", "group")
        .defer("content")
        .annotate(themes=Count("verdicts"))
        .prefetch_related(auditors)
        .order_by("-planned_from", "-pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "page": page,
        "address": address_without_page(request),
        "may_plan": can_plan_audits(request.user),
    }
    return render(request, "assurance/audits.html", context)


def _filtered(found: AuditQuerySet, wanted: dict[str, Any], *, by: User) -> AuditQuerySet:
    if wanted.get("scope"):
        found = found.filter(Q(unit__name__icontains=wanted["scope"]) | Q(group__name__icontains=wanted["scope"]))
    if wanted.get("state") == AuditFilterForm.GOING_ON:
        found = found.exclude(state__in=OVER)
    elif wanted.get("state"):
        found = found.filter(state=wanted["state"])
    if wanted.get("whose") == AuditFilterForm.MINE:
        assigned = AuditorAssignment.objects.standing().filter(audit=OuterRef("pk"), auditor=by)
        found = found.filter(Exists(assigned))
    elif wanted.get("whose"):
        found = found.filter(kind=wanted["whose"])
    return found


# --- Planning -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def plan_audit(request: SignedInRequest) -> HttpResponse:
    """Plan an audit of a unit or a business group."""
    if not can_list_audits(request.user):
        raise Http404
    if not can_plan_audits(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    today = timezone.localdate()
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        units=Unit.objects.open_on(today).order_by("name"),
        groups=BusinessGroup.objects.order_by("name"),
        themes=Theme.objects.filter(edition=Edition.objects.in_force(today), scored=True).order_by("number"),
        repeatable=Audit.objects.visible_to(request.user).out().select_related("unit", "group"),
        initial={"scope": request.GET.get("scope", ""), "repeat_of": request.GET.get("repeat-of", "")},
    )
    if form.is_valid():
        try:
            audit = planning_audits.plan(wanted=_plan_of(form), by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Audit {audit.reference} is planned. Say who does it.")
            return redirect("assurance:audit_auditors", audit.pk)
    return render(request, "assurance/audit_plan.html", {"form": form}, status=422 if form.is_bound else 200)


def _plan_of(form: PlanForm) -> Plan:
    given = {name: value for name, value in form.cleaned_data.items() if name != "scope"}
    return Plan(unit=form.unit, group=form.group, **given)


# --- The page of an audit -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme of an audit: what is claimed beside what was found."""

    verdict: Any  # a ThemeVerdict with `finding_count` and `file_count`
    claim: Claim | None
    found: ReadLevel | None
    missing: Sequence[Blocker]

    @property
    def difference(self) -> str:
        """How the claim lies to what was found, in words; empty where either is open."""
        claimed = self.claim.level if self.claim else None
        if claimed is None or self.found is None:
            return ""
        above = claimed.number - self.found.number
        if above == 0:
            return "Confirmed"
        return f"Claimed {formats.so_many(abs(above), 'level')} too {'high' if above > 0 else 'low'}"


@require_safe
def audit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One audit: what it is of, what it validates, who does it, each theme's claim beside the verdict, what is next."""
    found = audit_or_404(request, pk)
    rows = _rows(found)
    does = can_do_audit(request.user, found)
    context = {
        "audit": found,
        "rows": rows,
        "reads_claim": can_read_claim(request.user, found),
        "assignments": found.assignments.standing().select_related("auditor", "allowed_by"),
        "recommendations": found.recommendations.select_related("unit", "verdict__theme"),
        "missing": [blocker for row in rows for blocker in row.missing],
        "does": does,
        "may_write": does and found.is_in_writing,
        "may_plan": can_plan_audits(request.user) and found.state not in OVER,
        "may_allow": can_allow_auditor(request.user) and found.state not in OVER,
    }
    return render(request, "assurance/audit.html", context)


def _rows(audit: Audit) -> list[ThemeRow]:
    names = level_names(audit.edition)
    claims = claims_of(audit, names)
    missing = auditing.missing(audit) if audit.is_in_writing else []
    verdicts = audit.verdicts.select_related("theme").annotate(
        finding_count=Count("findings", distinct=True), file_count=Count("files", distinct=True)
    )
    return [
        ThemeRow(
            verdict,
            claims.get(verdict.theme.identity),
            ReadLevel(verdict.level, names[verdict.level]) if verdict.level else None,
            [blocker for blocker in missing if blocker.theme == verdict.theme.identity],
        )
        for verdict in verdicts
    ]


# --- Its steps ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def start_fieldwork(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin fieldwork, on a claim that stands."""
    found = done_audit_or_404(request, pk)
    claims = _claims(found)
    form = StartForm(request.POST if request.method == "POST" else None, claims=_claims_in_words(claims.values()))
    if request.method == "POST" and (form.is_valid() or not claims):
        claim = claims.get(form.cleaned_data.get("claim", ""))
        try:
            auditing.start_fieldwork(audit=found, claim=claim, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Fieldwork has begun.")
            return redirect("assurance:audit", found.pk)
    context = {"audit": found, "form": form, "claims": claims}
    return render(request, "assurance/audit_start.html", context, status=422 if form.is_bound else 200)


def _claims(audit: Audit) -> dict[str, Revision | IssuedRollup]:
    """What may be validated, the newest first."""
    found = auditing.claimed_revisions(audit) if audit.unit_id else auditing.claimed_rollups(audit)
    return {str(one.pk): one for one in found[:CLAIMS_OFFERED]}


def _claims_in_words(claims: Any) -> list[tuple[str, str]]:
    return [(str(one.pk), _claim_in_words(one)) for one in claims]


def _claim_in_words(claim: Revision | IssuedRollup) -> OptionLabel:
    if isinstance(claim, IssuedRollup):
        label = f"Roll-up of {claim.rollup.half.name}, version {claim.number}"
        return OptionLabel(label, hint=f"Issued on {formats.day(claim.issued_at)}")
    assert claim.signed_at is not None  # noqa: S101  # a claim that stands is signed
    label = f"Statement of {claim.statement.quarter.name}, revision {claim.number}"
    return OptionLabel(label, hint=f"{claim.get_state_display()}; signed on {formats.day(claim.signed_at)}")


@require_http_methods(["GET", "HEAD", "POST"])
def draft_audit(request: SignedInRequest, pk: int) -> HttpResponse:
    """End fieldwork, where nothing is missing."""
    found = done_audit_or_404(request, pk)
    if request.method == "POST":
        return _step(
            request, found, auditing.draft_report, "Fieldwork has ended. The report is in draft.", "draft_audit"
        )
    context = {"audit": found, "missing": auditing.missing(found)}
    return render(request, "assurance/audit_draft.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen_fieldwork(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go back from the draft report to fieldwork."""
    found = done_audit_or_404(request, pk)
    if request.method == "POST":
        return _step(request, found, auditing.back_to_fieldwork, "Fieldwork goes on.", "audit")
    return render(request, "assurance/audit_reopen.html", {"audit": found})


def _step(
    request: SignedInRequest, audit: Audit, act: Callable[..., Audit], said: str, refused_at: str
) -> HttpResponse:
    try:
        act(audit=audit, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"assurance:{refused_at}", audit.pk)
    messages.success(request, said)
    return redirect("assurance:audit", audit.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_audit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an audit up, with a reason."""
    found = planned_audit_or_404(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        because = form.cleaned_data["because"]
        try:
            planning_audits.withdraw(audit=found, because=because, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Audit {found.reference} is withdrawn.")
            return redirect("assurance:audit", found.pk)
    context = {"audit": found, "form": form, "is_over": found.state in OVER}
    return render(request, "assurance/audit_withdraw.html", context, status=422 if form.is_bound else 200)
