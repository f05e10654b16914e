"""Writing in fieldwork: what is found of one theme, and of the audit as a whole; each answer saved or refused alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.audit_permissions import can_do_audit
from assurance.claims import can_read_claim, claims_of
from assurance.forms.fieldwork import AuditFileForm, AuditWordsForm, VerdictForm
from assurance.models import Audit, FindingCriterion, StandardTest, ThemeVerdict
from assurance.models.audit import AUDIT_ANSWERS
from assurance.models.verdict import VERDICT_ANSWERS
from assurance.reading import ReadLevel
from assurance.rules import Refused
from assurance.services import audit_findings, auditing
from assurance.services.saving import Saved
from assurance.views.audit_loading import audit_or_404, done_audit_or_404, done_verdict_or_404, verdict_or_404
from assurance.views.loading import level_names
from assurance.views.parts import autosave, save_page, show_page
from organisation.autosaving import fragment, is_of_somebody_else, somebody_else
from organisation.conflicts import typed_texts
from organisation.models import User
from organisation.requests import SignedInRequest
from organisation.versioned import initial_of
from records.edits import Edit


@dataclass
class AuditPart:
    """What one page of an audit writes: `thing` is the audit itself, or its verdict on one theme."""

    thing: Audit | ThemeVerdict
    level_names: Mapping[int, str] = field(default_factory=dict)

    @property
    def audit(self) -> Audit:
        return self.thing if isinstance(self.thing, Audit) else self.thing.audit

    @property
    def url(self) -> str:
        if isinstance(self.thing, Audit):
            return reverse("assurance:audit_words", args=[self.thing.pk])
        return reverse("assurance:audit_theme", args=[self.thing.audit_id, self.thing.theme.identity])

    @property
    def merges(self) -> dict[str, Any]:
        """Where texts that were overtaken belong."""
        return {"audit": self.audit, "verdict": None if isinstance(self.thing, Audit) else self.thing}

    def form(
        self, data: Any = None, *, decided: Collection[str] = (), partial: bool = False
    ) -> AuditWordsForm | VerdictForm:
        """Return the page's questions, answered as they are stored or as they were sent."""
        names = AUDIT_ANSWERS if isinstance(self.thing, Audit) else VERDICT_ANSWERS
        stored = {name: getattr(self.thing, name) for name in names}
        given: dict[str, Any] = {
            "initial": initial_of(stored, self.thing.field_versions),
            "decided": decided,
            "partial": partial,
        }
        if isinstance(self.thing, Audit):
            return AuditWordsForm(data, **given)
        return VerdictForm(data, level_names=list(self.level_names.values()), **given)

    def offer(self, form: Any) -> None:
        """Let the form name the levels there are to choose from."""
        if isinstance(form, VerdictForm):
            form.offer(list(level_names(self.audit.edition).values()))

    def save(self, edits: Mapping[str, Edit], *, token: uuid.UUID | None, request: SignedInRequest) -> Saved:
        """Save what has been answered. Raises Refused where the audit is not in writing."""
        by, at = request.user, timezone.now()
        if isinstance(self.thing, Audit):
            return auditing.save_words(audit=self.thing, edits=edits, token=token, by=by, at=at)
        return auditing.save_verdict(verdict=self.thing, edits=edits, token=token, by=by, at=at)

    def next_url(self, request: SignedInRequest) -> str:  # noqa: ARG002  # what a part is asked with
        """Return where writing goes on: the themes in their order, the summary, then the audit's page."""
        if isinstance(self.thing, ThemeVerdict):
            later = self.audit.verdicts.filter(theme__number__gt=self.thing.theme.number)
            following = later.order_by("theme__number").values_list("theme__identity", flat=True).first()
            if following is not None:
                return reverse("assurance:audit_theme", args=[self.audit.pk, following])
            return reverse("assurance:audit_words", args=[self.audit.pk])
        return reverse("assurance:audit", args=[self.audit.pk])


# --- The pages ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def audit_theme(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """What is claimed of one theme, and what is found of it: to write for its auditors, to read for others."""
    verdict = (
        done_verdict_or_404(request, pk, theme) if request.method == "POST" else verdict_or_404(request, pk, theme)
    )
    part = AuditPart(verdict, level_names(verdict.audit.edition))
    context = _theme_context(request.user, verdict, part.level_names)
    if request.method != "POST" and not (can_do_audit(request.user, verdict.audit) and verdict.audit.is_in_writing):
        return render(request, "assurance/audit_theme_read.html", context)
    return _page(request, part, "assurance/audit_theme.html", {**context, "file_form": AuditFileForm()})


def _theme_context(reader: User, verdict: ThemeVerdict, names: Mapping[int, str]) -> dict[str, Any]:
    """Return what a theme's page shows beside the answers: the claim, and the pieces of what was found."""
    audit = verdict.audit
    results = {test.standard_id: test for test in verdict.tests.all()}
    bears_on = FindingCriterion.objects.select_related("criterion__level").order_by(
        "criterion__level__number", "criterion__number"
    )
    return {
        "audit": audit,
        "verdict": verdict,
        "theme": verdict.theme,
        "unit": audit.unit,
        "quarter": audit.revision.statement.quarter if audit.revision else None,
        "reads_claim": can_read_claim(reader, audit),
        "claim": claims_of(audit, names).get(verdict.theme.identity),
        "level_found": ReadLevel(verdict.level, names[verdict.level]) if verdict.level else None,
        "findings": verdict.findings.prefetch_related(Prefetch("bears_on", bears_on)),
        "samples": verdict.samples.all(),
        "files": verdict.files.select_related("blob", "added_by"),
        "tests": [
            (standard, results.get(standard.pk) or StandardTest(standard=standard))
            for standard in audit_findings.standards_of(verdict)
        ],
        "recommendations": audit.recommendations.filter(verdict=verdict).select_related("unit"),
        "themes": list(audit.verdicts.order_by("theme__number").values_list("theme__identity", "theme__name")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def audit_words(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is said of the audit as a whole: its summary, and good practice over all themes."""
    audit = done_audit_or_404(request, pk)
    if request.method != "POST" and not audit.is_in_writing:
        return redirect("assurance:audit", audit.pk)
    return _page(request, AuditPart(audit), "assurance/audit_words.html", {"audit": audit})


def _page(request: SignedInRequest, part: AuditPart, template: str, context: Mapping[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return show_page(request, part, template, context)
    try:
        return save_page(request, part, template, context)
    except Refused as refusal:
        form = part.form(request.POST)
        shown = {"audit": part.audit, "refusal": refusal, "texts": typed_texts([form])}
        return render(request, "assurance/audit_moved_on.html", shown, status=409)


# --- While it is being written ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_audit_theme(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """Save what has been found of a theme so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return _autosave(request, AuditPart(done_verdict_or_404(request, pk, theme)))


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_audit_words(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save what has been said of the audit as a whole so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return _autosave(request, AuditPart(done_audit_or_404(request, pk)))


def _autosave(request: SignedInRequest, part: AuditPart) -> HttpResponse:
    try:
        return autosave(request, part)
    except Refused as refusal:
        context = {"audit": audit_or_404(request, part.audit.pk), "refusal": refusal}
        return fragment(request, "assurance/_audit_autosave_stopped.html", context, outcome="stopped", status=409)
