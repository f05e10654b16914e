"""Who does an audit: assigning independent auditors, ending their part, naming the lead; and whom the Head allows."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assurance.audit_permissions import auditors
from assurance.forms.audits import AllowForm, AssignForm
from assurance.models import Audit, AuditorAssignment
from assurance.rules import Refused
from assurance.services import planning_audits as services
from assurance.views.audit_loading import audit_to_allow_or_404, planned_audit_or_404
from organisation.models import User
from organisation.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def audit_auditors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who does the audit, and assigning another."""
    audit = planned_audit_or_404(request, pk)
    form = AssignForm(request.POST if request.method == "POST" else None, auditors=_to_assign(audit))
    if form.is_valid():
        auditor = form.cleaned_data["auditor"]
        try:
            assigned = services.assign(audit=audit, auditor=auditor, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error("auditor", str(refusal))
        else:
            what = "leads" if assigned.leads else "does"
            messages.success(request, f"{auditor} {what} audit {audit.reference}.")
            return redirect("assurance:audit_auditors", audit.pk)
    return _show(request, audit, form, "assurance/audit_auditors.html")


@require_http_methods(["GET", "HEAD", "POST"])
def allow_auditor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody do the audit although they mentored what is audited."""
    audit = audit_to_allow_or_404(request, pk)
    form = AllowForm(request.POST if request.method == "POST" else None, auditors=_to_assign(audit))
    if form.is_valid():
        try:
            services.allow(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("auditor", str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['auditor']} may do audit {audit.reference}.")
            return redirect("assurance:audit", audit.pk)
    return _show(request, audit, form, "assurance/audit_allow.html")


@require_POST
def end_audit_assignment(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """Let an auditor do the audit no longer."""
    found = _assignment_or_404(request, pk, assignment)
    try:
        services.end_assignment(assignment=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.auditor} does audit {found.audit.reference} no longer.")
    return redirect("assurance:audit_auditors", pk)


@require_POST
def lead_audit(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """Let another of the auditors lead the audit."""
    found = _assignment_or_404(request, pk, assignment)
    try:
        services.name_lead(assignment=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.auditor} leads audit {found.audit.reference}.")
    return redirect("assurance:audit_auditors", pk)


def _assignment_or_404(request: SignedInRequest, pk: int, assignment: int) -> AuditorAssignment:
    audit = planned_audit_or_404(request, pk)
    return get_object_or_404(audit.assignments.select_related("auditor", "audit"), pk=assignment)


def _to_assign(audit: Audit) -> QuerySet[User]:
    """Whoever audits and does not do this one yet. Whether they are independent is told when they are chosen."""
    doing = audit.assignments.standing().values("auditor")
    return auditors(timezone.localdate()).exclude(pk__in=doing).order_by("name")


def _show(request: SignedInRequest, audit: Audit, form: AssignForm, template: str) -> HttpResponse:
    context = {
        "audit": audit,
        "form": form,
        "assignments": audit.assignments.standing().select_related("auditor", "allowed_by"),
        "is_over": audit.state in services.OVER,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
