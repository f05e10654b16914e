"""The photos and files of a theme of an audit: taking them in fieldwork, and handing them out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.audit_permissions import can_read_audit
from assurance.forms.fieldwork import AuditFileForm
from assurance.models import AuditFile, ThemeVerdict
from assurance.rules import Refused
from assurance.services import audit_files as services
from assurance.services import auditing
from assurance.views.audit_loading import done_verdict_or_404
from organisation.files import hand_out, spend_on
from organisation.requests import SignedInRequest
from records.filetypes import MOST_BYTES, safe_name
from records.models import Verdict

WAITS = " The virus scan does not answer now. The file waits for it and can be downloaded after that."


@require_http_methods(["GET", "HEAD", "POST"])
def audit_evidence(request: SignedInRequest, pk: int, theme: str) -> HttpResponse:
    """The photos and files of a theme, and adding to them."""
    verdict = done_verdict_or_404(request, pk, theme)
    if request.method != "POST" and not verdict.audit.is_in_writing:
        messages.info(request, auditing.NOT_IN_WRITING.format(state=verdict.audit.get_state_display()))
        return redirect("assurance:audit_theme", pk, theme)
    form = AuditFileForm(request.POST, request.FILES) if request.method == "POST" else AuditFileForm()
    sent = [*request.FILES.getlist("photo"), *request.FILES.getlist("file")]
    if form.is_bound:
        spend_on(request, sent)
        if form.is_valid() and _add_all(request, verdict, form):
            return redirect("assurance:audit_theme", pk, theme)
    context = {
        "audit": verdict.audit,
        "verdict": verdict,
        "theme": verdict.theme,
        "file_form": form,
        "files": verdict.files.select_related("blob", "added_by"),
    }
    too_large = any((file.size or 0) > MOST_BYTES for file in sent)
    status = 413 if too_large else 422 if form.is_bound else 200
    return render(request, "assurance/audit_evidence.html", context, status=status)


def _add_all(request: SignedInRequest, verdict: ThemeVerdict, form: AuditFileForm) -> bool:
    """Add what was sent, say what was, and write what is refused onto the form. Return whether nothing was."""
    for name, file in form.sent:
        title = form.cleaned_data["title"]
        try:
            added = services.add_file(verdict=verdict, file=file, title=title, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(name, f"“{safe_name(file.name)}” was not added. {refusal}")
        else:
            waits = WAITS if added.blob.verdict == Verdict.WAITING else ""
            messages.success(request, f"“{added.title}” was added.{waits}")
    return not form.errors


@require_safe
def audit_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download a file of an audit, for whoever reads the audit."""
    files = AuditFile.objects.select_related("blob", "verdict__theme", "verdict__audit__unit", "verdict__audit__group")
    found = files.defer("verdict__audit__content").filter(pk=pk).first()
    if found is None or not can_read_audit(request.user, found.verdict.audit):
        raise Http404
    context = {"file": found, "audit": found.verdict.audit, "theme": found.verdict.theme}
    return hand_out(
        request,
        found.blob,
        name=found.name,
        record=lambda: services.record_download(file=found, by=request.user, at=timezone.now()),
        withheld=lambda status: render(request, "assurance/audit_file_withheld.html", context, status=status),
    )
