"""The pieces beside a verdict, a page each: findings, what was looked at, standards, recommendations; and removing one.

A change on what somebody else has changed meanwhile is shown with what they saved: saving again is the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.forms.fieldwork import FindingForm, RecommendationForm, SampleForm, SeenForm, StandardForm
from assurance.models import (
    Audit,
    AuditFile,
    Finding,
    Priority,
    Recommendation,
    Result,
    Sample,
    SampleKind,
    ThemeVerdict,
)
from assurance.rules import Refused
from assurance.services import audit_files, audit_findings, auditing
from assurance.services.audit_findings import Advised, Overtaken, ResultEdit
from assurance.views.audit_loading import done_audit_or_404, done_verdict_or_404
from maturity.models import Criterion
from organisation.requests import SignedInRequest

# --- Findings -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_finding(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """Add a finding to a theme."""
    verdict = done_verdict_or_404(request, pk, theme)
    form = FindingForm(_sent(request), criteria=_criteria(verdict))

    def add() -> None:
        given = form.cleaned_data
        audit_findings.add_finding(
            verdict=verdict,
            text=given["text"],
            criteria=given["criteria"],
            by=request.user,
            at=timezone.now(),
        )

    return _piece(request, verdict, form, add, "assurance/audit_finding.html")


@require_http_methods(["GET", "HEAD", "POST"])
def change_finding(request: SignedInRequest, pk: int, theme: str, finding: int) -> HttpResponse:
    """Write a finding anew."""
    verdict = done_verdict_or_404(request, pk, theme)
    found = get_object_or_404(verdict.findings.prefetch_related("bears_on"), pk=finding)
    shown = {
        "text": found.text,
        "criteria": [one.criterion_id for one in found.bears_on.all()],
        "seen": audit_findings.seen_of_finding(found),
    }
    form = FindingForm(_sent(request), criteria=_criteria(verdict), initial=shown)

    def change() -> None:
        given = form.cleaned_data
        audit_findings.change_finding(finding=found, by=request.user, at=timezone.now(), **given)

    return _piece(request, verdict, form, change, "assurance/audit_finding.html", piece=found, now=shown)


def _criteria(verdict: ThemeVerdict) -> QuerySet[Criterion]:
    criteria = Criterion.objects.filter(theme=verdict.theme_id).select_related("level")
    return criteria.order_by("level__number", "number")


# --- What was looked at -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_sample(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """Add what was looked at for a theme."""
    verdict = done_verdict_or_404(request, pk, theme)
    form = SampleForm(_sent(request))

    def add() -> None:
        audit_findings.add_sample(verdict=verdict, by=request.user, at=timezone.now(), **_sample_of(form))

    return _piece(request, verdict, form, add, "assurance/audit_sample.html")


@require_http_methods(["GET", "HEAD", "POST"])
def change_sample(request: SignedInRequest, pk: int, theme: str, sample: int) -> HttpResponse:
    """Write anew what was looked at."""
    verdict = done_verdict_or_404(request, pk, theme)
    found = get_object_or_404(verdict.samples, pk=sample)
    shown = {"kind": found.kind, "of": found.of, "number": found.number, "seen": audit_findings.seen_of_sample(found)}
    form = SampleForm(_sent(request), initial=shown)

    def change() -> None:
        seen = form.cleaned_data["seen"]
        audit_findings.change_sample(sample=found, seen=seen, by=request.user, at=timezone.now(), **_sample_of(form))

    return _piece(request, verdict, form, change, "assurance/audit_sample.html", piece=found, now=shown)


def _sample_of(form: SampleForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {"kind": SampleKind(given["kind"]), "of": given["of"], "number": given["number"]}


# --- Standards and KPIs -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def audit_standards(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """Record which standards and key performance indicators (KPIs) of a theme are met."""
    verdict = done_verdict_or_404(request, pk, theme)
    forms = _standard_forms(verdict, _sent(request))
    if not forms:
        raise Http404
    valid = [form.is_valid() for form in forms]  # each says what is wrong with it
    if all(valid):
        try:
            overtaken = audit_findings.record_tests(
                verdict=verdict, edits=_edits_of(forms), by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(_back(verdict))
        if not overtaken:
            messages.success(request, "The results are saved.")
            return redirect(_back(verdict))
        for form in forms:
            if form.standard.pk in overtaken:
                _show_both(form, _shown_of_test(verdict, form.standard.pk))
    status = 422 if request.method == "POST" else 200
    return render(request, "assurance/audit_standards.html", _about(verdict) | {"forms": forms}, status=status)


def _standard_forms(verdict: ThemeVerdict, data: Any) -> list[StandardForm]:
    return [
        StandardForm(data, standard=standard, initial=_shown_of_test(verdict, standard.pk))
        for standard in audit_findings.standards_of(verdict)
    ]


def _shown_of_test(verdict: ThemeVerdict, standard: int) -> dict[str, Any]:
    test = next((one for one in verdict.tests.all() if one.standard_id == standard), None)
    result, note = (test.result, test.note) if test else (Result.NOT_TESTED.value, "")
    return {"result": result, "note": note, "seen": audit_findings.seen_of_test(result, note)}


def _edits_of(forms: list[StandardForm]) -> dict[int, ResultEdit]:
    """Return the results that are not what the page showed when it was opened."""
    edits = {
        form.standard.pk: ResultEdit(
            Result(form.cleaned_data["result"]), form.cleaned_data["note"], form.cleaned_data["seen"]
        )
        for form in forms
    }
    return {pk: edit for pk, edit in edits.items() if audit_findings.seen_of_test(edit.result, edit.note) != edit.seen}


# --- Recommendations ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_audit_recommendation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Recommend something: on the theme that the address names, or over all of them."""
    audit = done_audit_or_404(request, pk)
    verdict = _verdict_asked_for(request, audit)
    form = _recommendation_form(request, audit)

    def add() -> None:
        audit_findings.add_recommendation(
            audit=audit, verdict=verdict, advised=_advised(form), by=request.user, at=timezone.now()
        )

    return _piece(request, verdict or audit, form, add, "assurance/audit_recommendation.html")


@require_http_methods(["GET", "HEAD", "POST"])
def change_audit_recommendation(request: SignedInRequest, pk: int, recommendation: int) -> HttpResponse:
    """Write a recommendation anew, until the report is issued."""
    audit = done_audit_or_404(request, pk)
    found = get_object_or_404(
        audit.recommendations.select_related("verdict__theme", "verdict__audit", "unit", "audit"), pk=recommendation
    )
    shown = {
        "text": found.text,
        "unit": found.unit_id,
        "priority": found.priority,
        "due_on": found.due_on,
        "seen": audit_findings.seen_of_recommendation(found),
    }
    form = _recommendation_form(request, audit, initial=shown)

    def change() -> None:
        audit_findings.change_recommendation(
            recommendation=found,
            seen=form.cleaned_data["seen"],
            advised=_advised(form),
            by=request.user,
            at=timezone.now(),
        )

    where = found.verdict or audit
    return _piece(request, where, form, change, "assurance/audit_recommendation.html", piece=found, now=shown)


def _verdict_asked_for(request: SignedInRequest, audit: Audit) -> ThemeVerdict | None:
    asked = request.GET.get("theme", "")
    verdicts = audit.verdicts.select_related("theme", "audit")
    return get_object_or_404(verdicts, theme__identity=asked) if asked else None


def _recommendation_form(
    request: SignedInRequest, audit: Audit, *, initial: Mapping[str, Any] | None = None
) -> RecommendationForm:
    units = audit_findings.units_to_ask(audit, timezone.localdate())
    return RecommendationForm(_sent(request), units=units, initial=dict(initial or {"unit": audit.unit_id}))


def _advised(form: RecommendationForm) -> Advised:
    given = form.cleaned_data
    return Advised(given["text"], Priority(given["priority"]), given["due_on"], given["unit"])


# --- Removing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removable:
    """A sort of piece: what it is called, where it is found, and how it is taken out."""

    called: str
    of: Callable[[Audit], QuerySet[Any]]
    remove: Callable[..., None]
    argument: str


SORTS = {
    "finding": Removable(
        "finding",
        lambda audit: Finding.objects.filter(verdict__audit=audit),
        audit_findings.remove_finding,
        "finding",
    ),
    "sample": Removable(
        "line of what was looked at",
        lambda audit: Sample.objects.filter(verdict__audit=audit),
        audit_findings.remove_sample,
        "sample",
    ),
    "file": Removable(
        "file",
        lambda audit: AuditFile.objects.filter(verdict__audit=audit),
        audit_files.remove_file,
        "file",
    ),
    "recommendation": Removable(
        "recommendation",
        lambda audit: Recommendation.objects.filter(audit=audit),
        audit_findings.remove_recommendation,
        "recommendation",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def remove_audit_piece(request: SignedInRequest, pk: int, sort: str, piece: int) -> HttpResponse:
    """Ask once more, then take a finding, a sample, a file or a recommendation out."""
    audit = done_audit_or_404(request, pk)
    removable = SORTS.get(sort)
    if removable is None:
        raise Http404
    found = get_object_or_404(removable.of(audit).select_related("verdict__theme", "verdict__audit"), pk=piece)
    where = found.verdict or audit
    if request.method != "POST":
        context = _about(where) | {"piece": found, "called": removable.called, "sort": sort}
        return render(request, "assurance/audit_remove.html", context)
    try:
        removable.remove(by=request.user, at=timezone.now(), **{removable.argument: found})
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The {removable.called} is removed.")
    return redirect(_back(where))


# --- Both ---------------------------------------------------------------------------------------------------------


def _piece(
    request: SignedInRequest,
    where: Audit | ThemeVerdict,
    form: SeenForm,
    act: Callable[[], None],
    template: str,
    *,
    piece: Any = None,
    now: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer with the page of a piece, or do what was sent and go back to the theme. `now` is what is stored."""
    audit = where if isinstance(where, Audit) else where.audit
    if not form.is_bound and not audit.is_in_writing:
        messages.info(request, auditing.NOT_IN_WRITING.format(state=audit.get_state_display()))
        return redirect(_back(where))
    if form.is_valid():
        try:
            act()
        except Overtaken as refusal:
            form.add_error(None, str(refusal))
            _show_both(form, now or {})
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(_back(where))
    context = _about(where) | {"form": form, "piece": piece}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _sent(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _show_both(form: Any, now: Mapping[str, Any]) -> None:
    """Let the form say what stands now, and be saved on that: its reader sees both."""
    data = form.data.copy()
    data[form.add_prefix("seen")] = now["seen"]
    form.data = data
    form.theirs = [
        (form.fields[name].label, _in_words(form.fields[name], value)) for name, value in now.items() if name != "seen"
    ]


def _in_words(field: Any, value: Any) -> str:
    values = [str(one) for one in (value if isinstance(value, list) else [value])]
    offered = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return "\n".join(offered.get(one, one) for one in values)


def _about(where: Audit | ThemeVerdict) -> dict[str, Any]:
    """What every page of a piece says of where it belongs."""
    if isinstance(where, Audit):
        return {"audit": where, "theme": None, "back_url": _back(where)}
    return {"audit": where.audit, "verdict": where, "theme": where.theme, "back_url": _back(where)}


def _back(where: Audit | ThemeVerdict) -> str:
    if isinstance(where, Audit):
        return reverse("assurance:audit", args=[where.pk])
    return reverse("assurance:audit_theme", args=[where.audit_id, where.theme.identity])
