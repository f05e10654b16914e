"""Imports of injury figures: the list, bringing a file by way of its preview, and undoing the last one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from injuries import countsfile, months_in_files
from injuries.figures import MonthChange, Number
from injuries.forms.imports import FileForm, UndoForm
from injuries.models import Upload, UploadKind, UploadState
from injuries.permissions import can_bring_figures, can_read_figures
from injuries.services import files, importing
from injuries.services.ledgers import ledger_of
from injuries.services.previews import preview
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest, address_without_page
from records.models import HeavyWork
from records.services import allowances
from records.spreadsheets import Problem, Unreadable
from rendering import formats
from rendering.tables import MEDIA_TYPES

PER_PAGE = 100
MOST_WARNINGS = 50
COLUMNS = {"counts": countsfile.COUNTS_COLUMNS, "headcount": countsfile.HEADCOUNT_COLUMNS}
ONLY_SAFETY = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing import "
    "injury figures. You can read them."
)
CHANGED_SINCE = "Nothing has been imported: something has changed since you saw this page. Look at it again first."
NOT_CONFIRMED = "The file has to be brought again: it was confirmed already, or another one came after it."
HAS_FAULTS = "The file has faults, which are listed below the form. Mend them and bring it again."


@dataclass(frozen=True, slots=True)
class ShownChange:
    """What becomes of a month, in the words of a page."""

    series: str
    month: str
    before: str
    after: str
    what: str


# --- The list -------------------------------------------------------------------------------------------------------


@require_safe
def imports(request: SignedInRequest) -> HttpResponse:
    """Every file that was imported, the latest first: what, who, when, and whether it was undone."""
    bringing_or_refused(request)
    page = Paginator(importing.imported(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "address": address_without_page(request),
        "last": importing.last_import(),
        "waiting": _waiting(request).first(),
    }
    return render(request, "injuries/imports.html", context)


# --- Bringing a file ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_import(request: SignedInRequest) -> HttpResponse:
    """Ask for a file; read it, and go on to its preview, or say every fault that it has."""
    bringing_or_refused(request)
    form = FileForm(request.POST if request.method == "POST" else None, request.FILES or None)
    faults: Sequence[Problem] = ()
    if form.is_valid():
        allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=timezone.now())
        try:
            kept = _read_and_kept(request, form)
        except Unreadable as error:
            form.add_error("file", str(error))
        except _Faulty as faulty:
            faults = faulty.problems
            form.add_error("file", HAS_FAULTS)
        else:
            return redirect("injuries:apply_import", kept.token)
    context = {
        "form": form,
        "faults": faults,
        "most_faults": countsfile.MOST_PROBLEMS,
        "counts_columns": countsfile.COUNTS_COLUMNS,
        "headcount_columns": countsfile.HEADCOUNT_COLUMNS,
    }
    return render(request, "injuries/import_new.html", context, status=422 if form.is_bound else 200)


class _Faulty(Exception):
    """The file has faults, each with its line and column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} faults")


def _read_and_kept(request: SignedInRequest, form: FileForm) -> Upload:
    """Return the file's figures as they wait to be confirmed. Raises Unreadable, and _Faulty with every fault."""
    now = timezone.now()
    said = form.cleaned_data
    figures, source = files.read(
        said["file"].file, kind=UploadKind(said["kind"]), name=said["file"].name, mapping=said["mapping"], at=now
    )
    if figures.problems:
        raise _Faulty(figures.problems)
    for remark in figures.remarks:
        messages.info(request, remark)
    return importing.keep(figures=figures, source=source, by=request.user, at=now)


@require_safe
def empty_file(request: SignedInRequest, kind: str, file_format: str) -> HttpResponse:
    """The empty file to fill in."""
    bringing_or_refused(request)
    if kind not in COLUMNS or file_format not in MEDIA_TYPES:
        raise Http404
    if file_format == "csv":
        content = countsfile.empty_csv(COLUMNS[kind])
    else:
        content = countsfile.empty_workbook(COLUMNS[kind], files.known(at=timezone.now()))
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="injury-{kind}.{file_format}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def apply_import(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Show what the file comes to; on the button, let it count."""
    bringing_or_refused(request)
    upload = _waiting(request).filter(token=token).first()
    if upload is None:
        messages.info(request, NOT_CONFIRMED)
        return redirect("injuries:imports")
    problem = ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            importing.apply(upload=upload, seen=seen, by=request.user, at=timezone.now())
        except importing.Overtaken:
            problem = CHANGED_SINCE
        except importing.Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"The figures of {upload.name} count now.")
            return redirect("injuries:imports")
    return _preview(request, upload, problem)


def _waiting(request: SignedInRequest) -> QuerySet[Upload]:
    """The file that the person has brought and not confirmed yet."""
    return Upload.objects.filter(state=UploadState.WAITING, uploaded_by=request.user)


def _preview(request: SignedInRequest, upload: Upload, problem: str) -> HttpResponse:
    found = preview(upload)
    names = ledger_of(upload).names()
    # What changes comes first: it is what somebody has to look at.
    told = sorted(found.changes, key=lambda one: (one.is_same, one.is_new))
    page = Paginator(told, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upload": upload,
        "found": found,
        "warnings": found.warnings[:MOST_WARNINGS],
        "page": page,
        "lines": [_shown(one, names) for one in page],
        "address": address_without_page(request),
        "problem": problem,
        "form_has_errors": bool(problem),
    }
    return render(request, "injuries/import_preview.html", context, status=409 if problem else 200)


def _shown(one: MonthChange, names: Mapping[str, str]) -> ShownChange:
    before = "Not counted" if one.before is None else _number(one.before)
    return ShownChange(
        names[one.series], months_in_files.in_words(one.month), before, _number(one.after), _what_happens(one)
    )


def _what_happens(one: MonthChange) -> str:
    if not one.is_changed:
        return "New" if one.is_new else "Unchanged"
    places = "1 staff group and unit" if one.differ == 1 else f"{formats.count(one.differ)} staff groups and units"
    gone = f". No longer counted: {formats.count(one.gone)} of them" if one.gone else ""
    return f"Changed for {places}{gone}"


def _number(number: Number) -> str:
    return formats.count(int(number)) if number == int(number) else formats.decimal(number, 2)


# --- Undoing --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Ask why, and take the last import back: what it replaced counts again."""
    bringing_or_refused(request)
    upload = get_object_or_404(Upload.objects.exclude(state=UploadState.WAITING), token=token)
    if upload != importing.last_import():
        refusal = importing.NOT_THE_LAST if upload.state == UploadState.APPLIED else importing.NOT_IMPORTED
        messages.info(request, refusal)
        return redirect("injuries:imports")
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        because = form.cleaned_data["because"]
        try:
            importing.undo(upload=upload, because=because, by=request.user, at=timezone.now())
        except importing.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The import of {upload.name} is undone. What it had replaced counts again.")
            return redirect("injuries:imports")
    context = {"upload": upload, "form": form}
    return render(request, "injuries/import_undo.html", context, status=422 if form.is_bound else 200)


# --- Who may --------------------------------------------------------------------------------------------------------


def bringing_or_refused(request: SignedInRequest) -> None:
    """Let only those pass who import figures; a reader is told who does, and nobody else that there are any."""
    if not can_read_figures(request.user):
        raise Http404
    if not can_bring_figures(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_SAFETY)
