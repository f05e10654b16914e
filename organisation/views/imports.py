"""Many appointments from a file: the empty one, the upload, the preview of every line, and applying them all."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation import appointment_files
from organisation.models import AppointmentFile, BusinessGroup, Unit
from organisation.people_forms import AppointmentFileForm
from organisation.requests import SignedInRequest
from organisation.roles import Role
from organisation.services import accounts, bulk
from organisation.services.bulk import Verdict
from organisation.views.loading import posted, refuse_others
from records.models.allowance import HeavyWork
from records.services import allowances
from records.spreadsheets import Unreadable
from rendering.tables import MEDIA_TYPES

CHANGED_SINCE = "Nothing has been done: something has changed since you saw this page. Look at the lines again first."
REFUSED = "Nothing has been done: mend what is refused in your file, and upload it again."


@require_http_methods(["GET", "HEAD", "POST"])
def import_appointments(request: SignedInRequest) -> HttpResponse:
    """Ask for the file; read it, and go on to its preview."""
    refuse_others(request)
    form = AppointmentFileForm(posted(request), request.FILES or None)
    if form.is_valid():
        now = timezone.now()
        allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=now)
        sent = form.cleaned_data["file"]
        try:
            lines = appointment_files.read(sent.read())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            kept = bulk.keep(lines=lines, name=sent.name, by=request.user, at=now)
            return redirect("import_appointments_apply", kept.token)
    context = {
        "form": form,
        "columns": appointment_files.COLUMNS,
        "roles": [role.label for role in Role],
        "most": appointment_files.MOST_LINES,
    }
    return render(request, "organisation/import_appointments.html", context, status=422 if form.is_bound else 200)


@require_safe
def import_appointments_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    """The empty file to fill in."""
    refuse_others(request)
    if file_format not in MEDIA_TYPES:
        raise Http404
    if file_format == "csv":
        content = appointment_files.empty_csv()
    else:
        units = Unit.objects.exclude(closed_on__lt=timezone.localdate())
        content = appointment_files.empty_workbook(
            roles=[role.label for role in Role],
            units=units.values_list("name", flat=True),
            groups=BusinessGroup.objects.values_list("name", flat=True),
        )
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="appointments.{file_format}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_appointments_apply(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Show what becomes of every line; on the button, do it."""
    refuse_others(request)
    file = AppointmentFile.objects.filter(token=token).first()
    if file is None:
        raise Http404
    if file.applied_at is not None:
        return _applied_already(request, file)
    problem = ""
    if request.method == "POST":
        seen, invite = request.POST.get("seen", ""), "invite" in request.POST
        try:
            done = bulk.apply(file=file, seen=seen, invite=invite, by=request.user, at=timezone.now())
        except bulk.AppliedAlready:
            return _applied_already(request, file)
        except bulk.Overtaken:
            problem = CHANGED_SINCE
        else:
            messages.success(request, _in_words(done))
            return redirect("people")
    return _preview(request, file, problem)


def _applied_already(request: SignedInRequest, file: AppointmentFile) -> HttpResponse:
    messages.info(request, f"The file “{file.name}” has been applied already.")
    return redirect("people")


def _preview(request: SignedInRequest, file: AppointmentFile, problem: str) -> HttpResponse:
    outcomes = bulk.preview(file=file, by=request.user, at=timezone.now())
    verdicts = [one.verdict for one in outcomes]
    refused = verdicts.count(Verdict.REFUSED)
    if problem and refused:
        problem = REFUSED
    context = {
        "file": file,
        "outcomes": outcomes,
        "seen": bulk.digest_of(outcomes),
        "counts": [(verdict, verdicts.count(verdict)) for verdict in Verdict if verdict in verdicts],
        "refused": refused,
        "to_do": verdicts.count(Verdict.MADE) + verdicts.count(Verdict.CHANGED),
        "new_accounts": sum(one.makes_account for one in outcomes),
        "may_invite": accounts.can_invite(),
        "problem": problem,
        "form_has_errors": bool(problem),
    }
    status = 422 if problem and refused else 409 if problem else 200
    return render(request, "organisation/import_preview.html", context, status=status)


def _in_words(done: bulk.Done) -> str:
    """Say what applying came to."""
    said = [f"{done.made:,} appointment{'' if done.made == 1 else 's'} made"]
    if done.changed:
        said.append(f"{done.changed:,} changed")
    if done.handed_over:
        said.append(f"{done.handed_over:,} handed over")
    if done.accounts:
        said.append(f"{done.accounts:,} account{'' if done.accounts == 1 else 's'} made")
    return f"The file is applied: {', '.join(said)}."
