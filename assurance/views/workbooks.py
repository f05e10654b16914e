"""A statement as a workbook: taken out, and brought back filled in. Nothing is written before it has been seen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from actions.models import ActionStatus
from assurance import workbooks
from assurance.forms.workbook import DecisionsForm, UploadForm, asked_for
from assurance.models import Revision, WorkbookUpload
from assurance.rules import Refused
from assurance.services import workbooks as services
from assurance.services.workbooks import ACTION, DETAILS, NEW, Change, Overtaken
from assurance.views.loading import (
    asked_revision_or_404,
    level_names,
    writable_revision_or_404,
)
from assurance.views.moved_on import closed
from assurance.workbooks.layout import LEVEL_WORDS
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances
from rendering import formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKE_A_NEW_ONE = "Download the workbook again, and copy what you have written into it."


@require_safe
def workbook(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The statement, or the revision that `?revision=` names, as a workbook."""
    revision = asked_revision_or_404(request, unit, quarter)
    response = HttpResponse(content_type=XLSX)
    name = f"statement-{unit}-{quarter.slug}-revision-{revision.number}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if request.method == "GET":  # a look at the headers takes nothing away
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=timezone.now())
        response.content = services.hand_out(revision=revision, by=request.user, at=timezone.now())
    return response


# --- In -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def workbook_in(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Upload a filled-in workbook; then see every change it makes, and apply them or not."""
    revision = writable_revision_or_404(request, unit, quarter)
    token = request.POST.get("upload") or request.GET.get("upload")
    upload = _upload_or_404(request, revision, token) if token else None
    if upload is not None and upload.applied_at is not None:
        messages.info(request, f"The workbook “{upload.name}” has been applied already.")
        return _to_the_statement(revision)
    if not revision.is_open:
        return closed(request, revision)
    if upload is not None and upload.revision_id != revision.pk:
        messages.error(request, f"Another revision is open now, so nothing has been saved. {TAKE_A_NEW_ONE}")
        return redirect(_address(revision))
    if upload is not None:
        upload.revision = revision  # with all that a page needs
        return _apply(request, upload) if request.method == "POST" else _preview(request, upload)
    if request.method == "POST":
        return _read(request, revision)
    return _ask_for_it(request, revision, UploadForm())


def _upload_or_404(request: SignedInRequest, revision: Revision, token: str) -> WorkbookUpload:
    """Return an upload of the person's own for this statement."""
    try:
        asked = uuid.UUID(token)
    except ValueError:
        raise Http404 from None
    uploads = WorkbookUpload.objects.filter(revision__statement=revision.statement_id, by=request.user, token=asked)
    upload = uploads.first()
    if upload is None:
        raise Http404
    return upload


def _to_the_statement(revision: Revision) -> HttpResponse:
    return redirect("assurance:statement", revision.statement.unit.slug, revision.statement.quarter)


def _common(revision: Revision) -> dict[str, Any]:
    statement = revision.statement
    return {"revision": revision, "statement": statement, "unit": statement.unit, "quarter": statement.quarter}


def _ask_for_it(
    request: SignedInRequest,
    revision: Revision,
    form: UploadForm,
    *,
    faults: Sequence[workbooks.Problem] = (),
    name: str = "",
) -> HttpResponse:
    context = {**_common(revision), "form": form, "faults": faults, "name": name, "form_has_errors": bool(faults)}
    status = 422 if form.is_bound else 200
    return render(request, "assurance/workbook_in.html", context, status=status)


def _read(request: SignedInRequest, revision: Revision) -> HttpResponse:
    """Read the workbook that came; go on to its preview, or say what is wrong with it, cell by cell."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask_for_it(request, revision, form)
    file = form.cleaned_data["workbook"]
    allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=timezone.now())
    try:
        filled = workbooks.read(file.read(), is_ours=lambda about: _refusal(about, revision))
    except workbooks.Unreadable as error:
        form.add_error("workbook", str(error))
        return _ask_for_it(request, revision, form)
    standing = services.on_record(revision)
    asked, faults = asked_for(filled, standing)
    if faults:
        return _ask_for_it(request, revision, form, faults=faults, name=file.name)
    if not services.changes(asked, standing):
        messages.info(request, f"The workbook “{file.name}” changes nothing: all it says stands here already.")
        return redirect(_address(revision))
    upload = services.keep(revision=revision, asked=asked, name=file.name, by=request.user, at=timezone.now())
    return redirect(f"{_address(revision)}?upload={upload.token}")


def _address(revision: Revision) -> str:
    return reverse("assurance:workbook_in", args=[revision.statement.unit.slug, revision.statement.quarter])


def _refusal(about: workbooks.About, revision: Revision) -> str:
    """Why the workbook is not one of this revision; empty where it is."""
    statement = revision.statement
    if about.unit != statement.unit.slug:
        return f"This workbook is of another unit ({about.unit}). Upload it on the page of that unit’s statement."
    if about.quarter != statement.quarter.slug:
        return f"This workbook is of another quarter ({about.quarter}). Upload it on the page of that statement."
    if about.edition != statement.edition.code:
        return f"This workbook is of another edition of the maturity model ({about.edition}). {TAKE_A_NEW_ONE}"
    if about.revision != revision.number:
        return (
            f"This workbook is of revision {about.revision}, and revision {revision.number} is open now. "
            f"{TAKE_A_NEW_ONE}"
        )
    return ""


# --- The preview --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change as the preview shows it. `box` asks which is to stand where two people have changed the answer."""

    place: str
    label: str
    old: str
    new: str
    who: str
    when: datetime | None
    box: BoundField | None
    seen: BoundField | None


def _preview(
    request: SignedInRequest, upload: WorkbookUpload, *, form: DecisionsForm | None = None, problem: str = ""
) -> HttpResponse:
    """Show what the workbook changes as things stand now."""
    revision = upload.revision
    standing = services.on_record(revision)
    changes = services.changes(services.asked_by(upload), standing)
    names = {identity: entry.theme.name for identity, entry in standing.entries.items()}
    form = form or _decisions_form(changes, names)
    shown = _shown(changes, names, level_names(revision.statement.edition), form)
    context = {
        **_common(revision),
        "upload": upload,
        "form": form,
        "places": [(place, list(rows)) for place, rows in groupby(shown, key=lambda row: row.place)],
        "total": len(changes),
        "differing": len(form.conflicts),
        "problem": problem,
        "form_has_errors": bool(problem),
    }
    status = 409 if problem else 422 if form.is_bound else 200
    return render(request, "assurance/workbook_preview.html", context, status=status)


def _decisions_form(changes: Iterable[Change], names: Mapping[str, str], data: Any = None) -> DecisionsForm:
    conflicts = [change for change in changes if change.is_conflict]
    labels = [f"{_place(change, names)}: {_label(change)}" for change in conflicts]
    return DecisionsForm(data, conflicts=conflicts, labels=labels)


def _shown(
    changes: Sequence[Change], names: Mapping[str, str], levels: Mapping[int, str], form: DecisionsForm
) -> list[ShownChange]:
    boxes = {conflict.asked.key: number for number, conflict in enumerate(form.conflicts)}
    shown = []
    for change in sorted(changes, key=lambda change: _order(change, list(names))):
        number = boxes.get(change.asked.key)
        shown.append(
            ShownChange(
                place=_place(change, names),
                label=_label(change),
                old=_in_words(change.asked.name, change.old, levels),
                new=_in_words(change.asked.name, change.new, levels),
                who=str(change.last.by or ""),
                when=change.last.at,
                box=None if number is None else form[f"keep-{number}"],
                seen=None if number is None else form[f"seen-{number}"],
            )
        )
    return shown


def _order(change: Change, identities: Sequence[str]) -> int:
    """Themes in their order, each with its actions; the details last."""
    return len(identities) if change.asked.kind == DETAILS else identities.index(change.asked.theme)


def _place(change: Change, names: Mapping[str, str]) -> str:
    return "Details" if change.asked.kind == DETAILS else names[change.asked.theme]


def _label(change: Change) -> str:
    label = "Status" if change.asked.name == "status" else workbooks.LABELS[change.asked.name]
    if change.asked.kind == NEW:
        return f"New action “{change.title}”: {label[:1].lower()}{label[1:]}"
    return f"Action “{change.title}”: {label[:1].lower()}{label[1:]}" if change.asked.kind == ACTION else label


def _in_words(name: str, value: Any, levels: Mapping[int, str]) -> str:
    if value is None or value == "":
        return ""
    if name == "status":
        return str(ActionStatus(value).label)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return formats.day(value)
    if name == "level_answer":
        return LEVEL_WORDS[value] if isinstance(value, str) else f"Level {value}: {levels.get(value, '')}"
    return str(value)


# --- Applying -----------------------------------------------------------------------------------------------------


def _apply(request: SignedInRequest, upload: WorkbookUpload) -> HttpResponse:
    """Write all of it or nothing. What has changed since the preview is shown and asked about first."""
    standing = services.on_record(upload.revision)
    names = {identity: entry.theme.name for identity, entry in standing.entries.items()}
    form = _decisions_form(services.changes(services.asked_by(upload), standing), names, request.POST)
    if not form.is_up_to_date():
        return _preview(request, upload, problem="Answers have changed since you opened this page. Look again.")
    if not form.is_valid():
        return _preview(request, upload, form=form)
    try:
        saved = services.apply(upload=upload, decisions=form.decisions(), by=request.user, at=timezone.now())
    except Overtaken as refusal:
        return _preview(request, upload, problem=str(refusal))
    except Refused:
        upload.revision.refresh_from_db(fields=["state"])
        return closed(request, upload.revision)
    answers = "1 answer" if saved == 1 else f"{saved} answers"
    messages.success(request, f"{answers} saved from the workbook “{upload.name}”.")
    return _to_the_statement(upload.revision)
