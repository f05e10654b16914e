"""The report of an audit: reading it, sending the draft to be answered, answering, issuing, closing, taking it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance import audit_report_rules
from assurance.audit_permissions import can_issue_audit, can_plan_audits, can_read_audit, can_respond
from assurance.audit_report import Report, report_in
from assurance.audit_steps import WITHOUT_REPORT
from assurance.documents import verification_address
from assurance.forms.audit_report import IssueForm, RespondForm, SendForm
from assurance.models import Audit, AuditState, Recommendation, ResponseKind
from assurance.rules import Refused
from assurance.services import audit_reports as services
from assurance.services.audit_content import content_of
from assurance.views.deciding import LARGEST_ID, is_done, refuse_unless
from assurance.views.printing import Printing, progress_of, stored_file
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.canonical import content_digest
from records.models import HeavyWork, Job
from records.services import allowances

# Proposed on the page on which a draft is sent; whoever sends it chooses.
DAYS_TO_ANSWER = 14
ONLY_THE_LEAD = "Only the lead auditor of this audit sends, takes back and issues its report. You can read it."
ONLY_THE_AUDITED = (
    "Only the unit’s single point of contact (SPOC) and Senior Leadership Team (SLT) lead, or the Chief Officer Group "
    "(COG) lead where a business group is audited, answer a report. You can read it."
)
ONLY_SHRMT = "Only the Safety and Health Risk Management Team (SHRMT) closes an audit. You can read it."
either = require_http_methods(["GET", "HEAD", "POST"])


def _audit_or_404(request: SignedInRequest, pk: int) -> Audit:
    """Return an audit that has a report, be it a draft, where the person may read it."""
    rows = Audit.objects.select_related(
        "unit", "group", "edition", "repeat_of", "revision__statement", "claimed_in__rollup", "pdf"
    )
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or found.state in WITHOUT_REPORT or not can_read_audit(request.user, found):
        raise Http404
    return found


def _content(audit: Audit) -> Any:
    """What the report says: as it was issued, or as it stands."""
    return audit.content if audit.is_out else content_of(audit)


def _to_report(audit: Audit) -> HttpResponse:
    return redirect("assurance:audit_report", audit.pk)


# --- Reading ------------------------------------------------------------------------------------------------------


@require_safe
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report, draft or issued, with what its reader may do next."""
    audit = _audit_or_404(request, pk)
    context = {
        "audit": audit,
        "report": report_in(_content(audit)),
        "answers": audit.responses.filter(kind=ResponseKind.MANAGEMENT),
        "recommendations": _followed_up(audit),
        "printing": _printing(audit) if audit.is_out else None,
        "address": verification_address(audit.content_digest) if audit.is_out else "",
    }
    return render(request, "assurance/audit_report.html", context)


def _followed_up(audit: Audit) -> dict[int, Recommendation]:
    """Return the recommendations of an issued report by their numbers, and whether each is closed."""
    if not audit.is_out:
        return {}
    return {one.number: one for one in audit.recommendations.with_standing().select_related("action")}


# --- The draft and its answer -------------------------------------------------------------------------------------


@either
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is still missing in the draft, and the day by which it is to be answered."""
    audit = _audit_or_404(request, pk)
    refuse_unless(can_issue_audit(request.user, audit), request, ONLY_THE_LEAD)
    if audit.state != AuditState.DRAFT and request.method != "POST":
        return _moved_on(request, audit)
    today = timezone.localdate()
    proposed = today + timedelta(days=DAYS_TO_ANSWER)
    form = SendForm(request.POST if request.method == "POST" else None, initial={"response_due_on": proposed})
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if given and is_done(form, services.send_for_accuracy, audit=audit, **given, request=request):
        messages.success(request, "The draft report is sent. You are told when it is answered.")
        return _to_report(audit)
    facts = services.facts_of(audit, today=today, response_due_on=given.get("response_due_on", proposed))
    context = {
        "audit": audit,
        "form": form,
        "report": report_in(_content(audit)),
        "missing": audit_report_rules.blocks_sending(facts),
    }
    return render(request, "assurance/audit_report_send.html", context, status=422 if form.is_bound else 200)


@either
def respond(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer for what is audited: on the facts of the draft, or on what was issued."""
    audit = _audit_or_404(request, pk)
    refuse_unless(can_respond(request.user, audit), request, ONLY_THE_AUDITED)
    content = _content(audit)
    form = RespondForm(request.POST if request.method == "POST" else None, is_draft=not audit.is_out)
    if form.is_bound and form.is_valid():
        answer = {name: form.cleaned_data[name] for name in ("agrees", "text")}
        seen = {"seen_digest": form.cleaned_data["digest"]}
        if is_done(form, services.respond, audit=audit, **answer, **seen, request=request):
            messages.success(request, "Your answer is with the auditors.")
            return _to_report(audit)
    context = {
        "audit": audit,
        "form": form,
        "report": report_in(content),
        "digest": services.report_digest(content),
        "answers": audit.responses.filter(kind=ResponseKind.MANAGEMENT),
    }
    return render(request, "assurance/audit_report_respond.html", context, status=422 if form.is_bound else 200)


# --- Issuing ------------------------------------------------------------------------------------------------------


@either
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is still missing, what will be frozen, and the button that issues it."""
    audit = _audit_or_404(request, pk)
    refuse_unless(can_issue_audit(request.user, audit), request, ONLY_THE_LEAD)
    if audit.state != AuditState.RESPONSE and request.method != "POST":
        return _moved_on(request, audit)
    form = IssueForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if is_done(form, services.issue, audit=audit, seen_digest=form.cleaned_data["digest"], request=request):
            messages.success(request, "The report is issued. Its document is being printed.")
            return _to_report(audit)
        audit = _audit_or_404(request, pk)
    content = _content(audit)
    context = {
        "audit": audit,
        "form": form,
        "report": report_in(content),
        # Of what is on this very page: where it has changed since, the person reads it again and decides anew.
        "digest": content_digest(content),
        "missing": services.blockers_of(audit, today=timezone.localdate()),
        "disputed": _is_disputed(report_in(content)),
    }
    return render(request, "assurance/audit_report_issue.html", context, status=422 if form.is_bound else 200)


def _is_disputed(shown: Report) -> bool:
    return bool(shown.answers) and not shown.answers[-1].agrees


def _moved_on(request: SignedInRequest, audit: Audit) -> HttpResponse:
    messages.info(request, services.MOVED_ON.format(state=audit.get_state_display()))
    return _to_report(audit)


# --- Taking back and closing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that asks whether to do one thing. `state` is that in which it can be done."""

    heading: str
    explanation: str
    button: str
    done: str
    state: AuditState


TAKE_BACK = Asked(
    "Take the report back",
    "The report is a draft again, and its auditors can change it. What was answered so far stays, and is printed in "
    "the report. When it is ready, send it to be answered again.",
    "Take the report back",
    "The report is a draft again.",
    AuditState.RESPONSE,
)
CLOSE = Asked(
    "Close the audit",
    "The report stays as it was issued, with what became of each recommendation. A closed audit is not opened again.",
    "Close the audit",
    "The audit is closed.",
    AuditState.ISSUED,
)


@either
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then take the draft back."""
    audit = _audit_or_404(request, pk)
    refuse_unless(can_issue_audit(request.user, audit), request, ONLY_THE_LEAD)
    return _ask(request, audit, TAKE_BACK, services.take_back)


@either
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then end the audit."""
    audit = _audit_or_404(request, pk)
    refuse_unless(can_plan_audits(request.user), request, ONLY_SHRMT)
    return _ask(request, audit, CLOSE, services.close)


def _ask(request: SignedInRequest, audit: Audit, asked: Asked, act: Callable[..., object]) -> HttpResponse:
    if request.method != "POST" and audit.state != asked.state:
        return _moved_on(request, audit)
    refused = ""
    if request.method == "POST":
        try:
            act(audit=audit, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, asked.done)
            return _to_report(audit)
    context = {"audit": audit, "asked": asked, "refused": refused}
    return render(request, "assurance/audit_report_ask.html", context, status=422 if refused else 200)


# --- Its document -------------------------------------------------------------------------------------------------


def _issued_or_404(request: SignedInRequest, pk: int) -> Audit:
    audit = _audit_or_404(request, pk)
    if not audit.is_out:
        raise Http404
    return audit


def _printing(audit: Audit) -> Printing:
    return Printing(
        what="PDF",
        printed=audit.pdf,
        job=Job.objects.filter(key=audit.job_key).order_by("-pk").first(),
        page_url=reverse("assurance:audit_report", args=[audit.pk]),
        progress_url=reverse("assurance:audit_report_progress", args=[audit.pk]),
        download_url=reverse("assurance:audit_report_pdf", args=[audit.pk]),
    )


def print_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have the document printed where that has failed."""
    audit = _issued_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    services.request_document(audit=audit, by=request.user, at=timezone.now())
    return _to_report(audit)


@called_by_itself
@require_safe
def report_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the printing is: a fragment that asks again while there is more to say; without htmx the page."""
    return progress_of(request, _printing(_issued_or_404(request, pk)))


@require_safe
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The document as it was stored."""
    audit = _issued_or_404(request, pk)
    if audit.pdf is None:
        raise Http404
    response = stored_file(request, audit.pdf, name=f"audit-{audit.reference}.pdf")
    if request.method == "GET" and response.status_code == 200:  # a look at the headers takes nothing away
        services.record_download(audit=audit, sha256=audit.pdf.sha256, by=request.user, at=timezone.now())
    return response
