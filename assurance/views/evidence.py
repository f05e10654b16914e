"""The links and files of a theme: the page that lists and takes them, taking one back, and handing a file out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.audit_permissions import can_read_revision
from assurance.forms.evidence import EvidenceForm
from assurance.models import Entry, EvidenceFile, EvidenceItem
from assurance.rules import Refused
from assurance.services import carrying
from assurance.services import evidence as services
from assurance.views.loading import writable_entry_or_404
from assurance.views.moved_on import closed, moved_on
from organisation.files import hand_out, spend_on
from organisation.formfields import OptionLabel
from organisation.models import User
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from records.filetypes import MOST_BYTES, safe_name
from records.models import Verdict
from rendering import formats

A_PAGE = 10
MOST_TICKED = 50
NOT_ADDED = "“{name}” was not added. {reason}"


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """What a theme's links and files are, and adding to them."""
    entry: Entry = writable_entry_or_404(request, unit, quarter, theme)
    if request.method == "POST":
        return _add(request, entry)
    if not entry.revision.is_open:
        return closed(request, entry.revision)
    _open(request, entry)
    existing = _existing(request, entry)
    return _show(request, entry, EvidenceForm(existing=_labels(existing), today=timezone.localdate()), existing)


def _files(entry: Entry) -> QuerySet[EvidenceFile]:
    """The unit's files that this theme does not have yet, newest first."""
    return (
        EvidenceFile.objects.filter(unit=entry.revision.statement.unit_id)
        .exclude(blob__in=EvidenceItem.objects.filter(entry=entry, file__isnull=False).values("file__blob"))
        .exclude(blob__verdict=Verdict.INFECTED)
        .select_related("blob", "uploaded_by")
        .order_by("-uploaded_at", "-pk")
    )


def _existing(request: SignedInRequest, entry: Entry) -> Page[EvidenceFile]:
    return Paginator(_files(entry), A_PAGE).get_page(request.GET.get("page"))


def _labels(files: Iterable[EvidenceFile]) -> list[tuple[int, str]]:
    return [
        (
            file.pk,
            OptionLabel(
                file.name,
                hint=f"{filesizeformat(file.blob.size)}, sent by {file.uploaded_by} on {formats.day(file.uploaded_at)}",
            ),
        )
        for file in files
    ]


def _add(request: SignedInRequest, entry: Entry) -> HttpResponse:
    # By their numbers, not by their page: what others have sent meanwhile moves the pages.
    numbers = [
        int(text) for text in request.POST.getlist("existing")[:MOST_TICKED] if text.isdecimal() and len(text) < 19
    ]
    ticked = {file.pk: file for file in _files(entry).filter(pk__in=numbers)}
    form = EvidenceForm(request.POST, request.FILES, existing=_labels(ticked.values()), today=timezone.localdate())
    if not entry.revision.is_open:
        return moved_on(request, entry.revision, [form])
    _open(request, entry)
    form.is_valid()
    spend_on(request, request.FILES.getlist("uploads"))
    added = _take_all(form, entry, ticked, by=request.user, at=timezone.now())
    if not form.errors:
        messages.success(request, _in_words(added))
        return redirect("assurance:evidence", *_place(entry))
    existing = _existing(request, entry)
    form.show_again(_labels(existing))
    too_large = any((file.size or 0) > MOST_BYTES for file in request.FILES.getlist("uploads"))
    return _show(request, entry, form, existing, added=added, status=413 if too_large else 422)


def _open(request: SignedInRequest, entry: Entry) -> None:
    """Let the theme start from what is carried forward, its files too, before anything is added to them."""
    if entry.first_opened_at is None:
        carrying.open_entry(entry=entry, by=request.user, at=timezone.now())


def _take_all(
    form: EvidenceForm, entry: Entry, existing: Mapping[int, EvidenceFile], *, by: User, at: datetime
) -> list[EvidenceItem]:
    """Add all that is right on the form; write what is refused onto it."""
    given = form.cleaned_data
    acts: list[tuple[str, str, Callable[..., EvidenceItem]]] = []
    if form.is_right("files"):
        upload = partial(services.upload, title=given["uploads_title"], of_on=given["uploads_of_on"])
        acts += [("uploads", file.name, partial(upload, file=file)) for file in given["uploads"]]
    if form.is_right("link"):
        link = {"url": given["link_url"], "title": given["link_title"], "of_on": given["link_of_on"]}
        acts.append(("link_url", link["title"], partial(services.add_link, **link)))
    if form.is_right("existing"):
        ticked = [existing[pk] for pk in given["existing"]]
        acts += [("existing", file.name, partial(services.attach, file=file)) for file in ticked]
    added = []
    for field, name, act in acts:
        try:
            added.append(act(entry=entry, by=by, at=at))
        except Refused as refusal:
            form.add_error(field, NOT_ADDED.format(name=safe_name(name), reason=refusal))
    return added


def _in_words(added: Sequence[EvidenceItem]) -> str:
    """What was added, for the line above the page."""
    said = f"“{added[0].title}” was added." if len(added) == 1 else f"{len(added)} links and files were added."
    if any(item.file is not None and item.file.blob.verdict == Verdict.WAITING for item in added):
        said += " The virus scan does not answer now. The file waits for it and can be downloaded after that."
    return said


def _show(
    request: SignedInRequest,
    entry: Entry,
    form: EvidenceForm,
    existing: Page[EvidenceFile],
    *,
    added: Sequence[EvidenceItem] = (),
    status: int = 200,
) -> HttpResponse:
    items = entry.evidence_items.select_related("file__blob", "added_by")
    context = _about(entry) | {
        "form": form,
        "items": list(items),
        "added": _in_words(added) if added else "",
        "existing": existing,
        "pages": existing.paginator.get_elided_page_range(existing.number),
    }
    return render(request, "assurance/evidence.html", context, status=status)


def _place(entry: Entry) -> tuple[str, Quarter, str]:
    """What the addresses of a theme's pages are made of."""
    statement = entry.revision.statement
    return statement.unit.slug, statement.quarter, entry.theme.identity


# --- Taking back --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def remove_evidence(request: SignedInRequest, unit: str, quarter: Quarter, theme: str, item: int) -> HttpResponse:
    """Ask once more, then take the link or file back from the theme."""
    entry: Entry = writable_entry_or_404(request, unit, quarter, theme)
    if not entry.revision.is_open:
        return closed(request, entry.revision)
    found = entry.evidence_items.filter(pk=item).select_related("file__blob", "added_by").first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "assurance/evidence_remove.html", _about(entry) | {"item": found})
    try:
        services.remove(item=found, by=request.user, at=timezone.now())
    except Refused:
        entry.revision.refresh_from_db(fields=["state"])
        return closed(request, entry.revision)
    messages.success(request, f"“{found.title}” was removed from this theme.")
    return redirect("assurance:evidence", *_place(entry))


# --- Handing out --------------------------------------------------------------------------------------------------


@require_safe
def evidence_file(request: SignedInRequest, item: int) -> HttpResponseBase:
    """Download a file given as evidence, for whoever may read the revision it is given in."""
    found = _handed_out().filter(pk=item).first()
    if found is None or not can_read_revision(request.user, found.entry.revision):
        raise Http404
    return _hand_out(request, found)


@require_safe
def statement_file(request: SignedInRequest, unit: str, quarter: Quarter, digest: str) -> HttpResponseBase:
    """Download a file of a statement by the SHA-256 of its bytes, as signed content names it."""
    given = _handed_out().filter(
        entry__revision__statement__unit__slug=unit,
        entry__revision__statement__quarter=quarter,
        file__blob__sha256=digest,
    )
    for found in given.reverse():  # the last one that the person may read
        if can_read_revision(request.user, found.entry.revision):
            return _hand_out(request, found)
    raise Http404


def _handed_out() -> QuerySet[EvidenceItem]:
    files = EvidenceItem.objects.filter(file__isnull=False)
    return files.select_related("file__blob", "entry__theme", "entry__revision__statement__unit").defer(
        "entry__revision__content"
    )


def _hand_out(request: SignedInRequest, item: EvidenceItem) -> HttpResponseBase:
    assert item.file is not None  # noqa: S101  # the caller asked for files only
    return hand_out(
        request,
        item.file.blob,
        name=item.file.name,
        record=lambda: services.record_download(item=item, by=request.user, at=timezone.now()),
        withheld=lambda status: render(
            request, "assurance/evidence_withheld.html", _about(item.entry) | {"item": item}, status=status
        ),
    )


def _about(entry: Entry) -> dict[str, Any]:
    statement = entry.revision.statement
    return {
        "revision": entry.revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "theme": entry.theme,
    }
