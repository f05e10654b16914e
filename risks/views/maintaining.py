"""Writing about a risk: what the register says of it, who leads it, its controls, assessments, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.forms import RaisedForm
from organisation.models import Appointment, User
from organisation.requests import SignedInRequest
from organisation.roles import Role
from organisation.versioned import TwoVersions, initial_of, labels_of, two_versions
from rendering import formats
from risks import reading
from risks.forms.risks import AssessmentForm, ControlForm, EndLeadForm, LeadForm, ReasonForm, RiskForm, UpdateForm
from risks.models import Risk
from risks.models.risk import WRITTEN
from risks.rules import Refused
from risks.services import assessing, raising
from risks.services import register as services
from risks.views.asking import POST_OR_LOOK, ask_of_risk, raised
from risks.views.loading import part_or_404, posted, risk_to_keep_or_404, risk_to_write_or_404, themes

NO_SCALE = "Nobody has loaded yet what likelihood and impact are called, so no risk can be assessed."


# --- What the register says -------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change what the register says of a risk; two people's different answers are both kept."""
    risk = risk_to_keep_or_404(request, reference)
    if request.method != "POST":
        initial = initial_of(_values(risk), risk.field_versions) | {"groups": risk.groups.all()}
        return _show(request, risk, RiskForm(initial=initial, themes=themes()))
    form = RiskForm(request.POST, themes=themes())
    valid = form.is_valid()
    before = (risk.changed_by, risk.changed_at)
    try:
        conflicts = services.change(
            risk=risk, edits=form.edits(), groups=form.cleaned_data.get("groups"), by=request.user, at=timezone.now()
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, risk, form, saved=False, status=409)
    if valid and not conflicts:
        messages.success(request, "The register is up to date.")
        return redirect("risks:risk", risk.reference)
    current = Risk.objects.get(pk=risk.pk)
    form.settle(values=_values(current), versions=current.field_versions, conflicts=conflicts)
    both = two_versions(conflicts, labels=labels_of(form), by=before[0], at=before[1], in_words=_in_words)
    return _show(request, risk, form, conflicts=both, status=409 if both else 422)


def _values(risk: Risk) -> dict[str, Any]:
    return {name: getattr(risk, name) for name in WRITTEN}


def _in_words(value: Any) -> str:
    return formats.day(value) if isinstance(value, date) else str(value or "")


def _show(
    request: SignedInRequest,
    risk: Risk,
    form: RiskForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    saved: bool = True,
    status: int = 200,
) -> HttpResponse:
    context = {"risk": risk, "form": form, "conflicts": conflicts, "partly_saved": form.is_bound and saved}
    return render(request, "risks/edit.html", context, status=status)


# --- Leads ------------------------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def new_lead(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say which post leads the risk, and who holds it."""
    risk = risk_to_keep_or_404(request, reference)
    appointed = Appointment.objects.in_force(timezone.localdate()).to({Role.RISK_LEAD})
    people = User.objects.filter(pk__in=appointed.values("person"), is_active=True).order_by("name")
    form = LeadForm(posted(request), people=people)
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: services.name_lead(risk=risk, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Name a lead",
        button="Name the lead",
        done="The lead stands on the register.",
    )


@require_http_methods(POST_OR_LOOK)
def end_lead(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Let a post lead the risk no longer."""
    risk = risk_to_keep_or_404(request, reference)
    lead = part_or_404(risk.leads.all(), pk)
    form = EndLeadForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: services.end_lead(lead=lead, by=request.user, at=timezone.now(), **form.cleaned_data),
        title=f"End: {lead.post}",
        button="End it",
        done="The lead ends on that day.",
    )


# --- Controls ---------------------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def new_control(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add something that keeps the risk down."""
    risk = risk_to_write_or_404(request, reference)
    form = ControlForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: services.add_control(risk=risk, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Add a control",
        button="Add the control",
        done="The control stands on the register.",
    )


@require_http_methods(POST_OR_LOOK)
def end_control(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a control is in place no more."""
    risk = risk_to_write_or_404(request, reference)
    control = part_or_404(risk.controls.all(), pk)
    form = ReasonForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: services.end_control(control=control, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="End a control",
        button="End the control",
        done="The control has ended. It stays in the history.",
    )


# --- Actions ----------------------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def raise_action(request: SignedInRequest, reference: str) -> HttpResponse:
    """Raise an action for the risk."""
    risk = risk_to_write_or_404(request, reference)
    form = RaisedForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: raising.raise_action(of=risk, by=request.user, at=timezone.now(), **raised(form)),
        title="Raise an action",
        button="Raise the action",
        done="The action is raised, and stands in the list of actions.",
    )


# --- Assessments and updates ------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def assess(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say where the risk lies before its controls and after them."""
    risk = risk_to_write_or_404(request, reference)
    scale = reading.scale()
    if scale is None:
        messages.info(request, NO_SCALE)
        return redirect("risks:risk", risk.reference)
    last = risk.assessments.standing().first()
    before = {"likelihood_before": last.likelihood_before, "impact_before": last.impact_before} if last else {}
    form = AssessmentForm(posted(request), scale=scale, initial=before)

    def act() -> None:
        said, assessed_on = form.judgement, form.cleaned_data["assessed_on"]
        assessing.assess(risk=risk, assessed_on=assessed_on, said=said, by=request.user, at=timezone.now())

    return ask_of_risk(
        request, risk, form, act, title="Assess the risk", button="Record the assessment", done="Assessment recorded."
    )


@require_http_methods(POST_OR_LOOK)
def withdraw_assessment(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Take an assessment back that was wrong."""
    risk = risk_to_write_or_404(request, reference)
    assessment = part_or_404(risk.assessments.all(), pk)
    form = ReasonForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: assessing.withdraw(assessment=assessment, by=request.user, at=timezone.now(), **form.cleaned_data),
        title=f"Take back the assessment as at {formats.day(assessment.assessed_on)}",
        button="Take it back",
        done="The assessment counts no more. It stays in the history.",
    )


@require_http_methods(POST_OR_LOOK)
def tell(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write how the risk stands for a meeting of the Board."""
    risk = risk_to_write_or_404(request, reference)
    form = UpdateForm(posted(request))
    return ask_of_risk(
        request,
        risk,
        form,
        lambda: assessing.tell(risk=risk, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Write how the risk stands",
        button="Record it",
        done="The Board reads this for that meeting.",
    )
