"""The register as a file: taken away, brought back, looked over and confirmed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances
from records.spreadsheets import Unreadable
from rendering.tables import MEDIA_TYPES
from risks import reading, registerfile
from risks.forms.register_files import ConfirmForm, RegisterFileForm
from risks.models import RegisterUpload, Risk
from risks.permissions import can_decide, can_write_register
from risks.rules import Refused
from risks.services import register_files as services
from risks.views.asking import POST_OR_LOOK
from risks.views.loading import ONLY_KEEPERS, listing_or_404, posted, themes

CHANGED_SINCE = "Nothing has been changed: something is different since you saw this page. Look at it again first."
NOT_CONFIRMED = "The file has to be brought again: it was confirmed already, or another one came after it."
HAS_FAULTS = "The file has faults, which are listed below the form. Mend them and bring it again."


@require_safe
def register_csv(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "csv")


@require_safe
def register_workbook(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "xlsx")


def _as_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    """Every risk that the person reads; a look at the headers takes nothing away."""
    listing_or_404(request)
    now, content = timezone.now(), b""
    if request.method == "GET":
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
        lines = reading.lines(Risk.objects.visible_to(request.user), today=timezone.localdate())
        content = services.download(
            lines=lines, themes=dict(themes()), file_format=file_format, by=request.user, at=now
        )
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="risk-register.{file_format}"'},
    )


@require_http_methods(POST_OR_LOOK)
def new_import(request: SignedInRequest) -> HttpResponse:
    """Ask for a file; read it, and go on to its preview, or say every fault that it has."""
    _keeping_or_refused(request)
    form = RegisterFileForm(posted(request), request.FILES or None)
    faults = []
    if form.is_valid():
        allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=timezone.now())
        file = form.cleaned_data["file"]
        names = {name: identity for identity, name in themes()}
        try:
            filled = registerfile.read(file.read(), themes=names, today=timezone.localdate())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            faults = filled.problems
            if not faults:
                kept = services.keep(filled=filled, name=file.name, by=request.user, at=timezone.now())
                return redirect("risks:apply_import", kept.token)
            form.add_error("file", HAS_FAULTS)
    context = {"form": form, "faults": faults, "columns": list(registerfile.COLUMNS)}
    return render(request, "risks/import_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(POST_OR_LOOK)
def apply_import(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Show what the file comes to; on the button, write all of it."""
    _keeping_or_refused(request)
    upload = RegisterUpload.objects.filter(uploaded_by=request.user, token=token).first()
    if upload is None:
        messages.info(request, NOT_CONFIRMED)
        return redirect("risks:register")
    may_decide = can_decide(request.user)
    found = services.preview(upload, may_decide=may_decide)
    form = ConfirmForm(posted(request)) if found.has_new and may_decide else None
    problem = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            services.apply(
                upload=upload,
                seen=request.POST.get("seen", ""),
                minute=form.minute_said if form else None,
                may_decide=may_decide,
                by=request.user,
                at=timezone.now(),
            )
        except services.Overtaken:
            problem = CHANGED_SINCE
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"The register is up to date with {upload.name}.")
            return redirect("risks:register")
    has_errors = bool(problem or (form and form.errors))
    context = {"upload": upload, "found": found, "form": form, "problem": problem, "form_has_errors": has_errors}
    return render(request, "risks/import_preview.html", context, status=409 if problem else 422 if has_errors else 200)


def _keeping_or_refused(request: SignedInRequest) -> None:
    listing_or_404(request)
    if not can_write_register(request.user):
        raise PermissionDenied(ONLY_KEEPERS)
