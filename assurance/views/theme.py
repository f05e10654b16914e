"""Filling in one theme of a statement: its level, its evidence, its actions. Each field is saved or refused alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance import beside
from assurance.forms.statement import EntryForm, LevelOption
from assurance.history import text_at
from assurance.models import Entry, EvidenceItem, MergeDecision, Revision
from assurance.rules import Refused
from assurance.services import carrying, statements
from assurance.services.saving import LastChange, Saved, from_json
from assurance.views.answering import (
    ROWS,
    Rows,
    action_edits,
    action_links,
    action_values,
    action_versions,
    entry_form,
    level_options,
    row_versions_of,
    sent_rows,
    settle_rows,
    shown_on_the_page,
    stored_rows,
)
from assurance.views.loading import writable_entries_or_404
from assurance.views.moved_on import closed, is_the_one_on_the_page, moved_on
from assurance.views.presence import others_here
from maturity.matrix import short_forms_in
from organisation.autosaving import save_token
from organisation.conflicts import TwoVersions, put_in, put_merged, settle, two_versions
from organisation.models import User
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from organisation.sessions import is_own_device
from records.edits import Conflict, Edit


@dataclass
class ThemePage:
    """The page of one theme, while it is being answered. What it shows is read when it is first asked for."""

    entries: list[Any]
    position: int
    form: EntryForm = field(init=False)
    rows: Rows = field(init=False)

    @property
    def entry(self) -> Any:
        return self.entries[self.position]

    @property
    def revision(self) -> Revision:
        revision: Revision = self.entry.revision
        return revision

    @cached_property
    def background(self) -> beside.Background:
        return beside.background(self.revision, self.entry, today=timezone.localdate())

    @cached_property
    def levels(self) -> list[LevelOption]:
        if not self.entry.theme.scored:
            return []
        last = self.background.quarters[0]
        was = last.level.number if last.level and not last.why_not_comparable else None
        return level_options(self.entry.theme, last_quarter=was)

    @cached_property
    def links(self) -> list[Any]:
        return action_links(self.entry)

    @cached_property
    def evidence(self) -> list[EvidenceItem]:
        return list(EvidenceItem.objects.filter(entry=self.entry).select_related("file__blob", "added_by"))

    def address(self, position: int) -> str:
        """Where the theme at `position` is; after the last one the details."""
        statement = self.revision.statement
        if position < len(self.entries):
            identity = self.entries[position].theme.identity
            return reverse("assurance:theme", args=[statement.unit.slug, statement.quarter, identity])
        return reverse("assurance:details", args=[statement.unit.slug, statement.quarter])


@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """The level of one theme, its evidence and its actions."""
    page = _theme_page_or_404(request, unit, quarter, theme)
    if request.method == "POST":
        return _save_theme(request, page)
    if not page.revision.is_open:
        return closed(request, page.revision)
    if page.entry.first_opened_at is None:
        carrying.open_entry(entry=page.entry, by=request.user, at=timezone.now())
        return redirect(request.get_full_path())
    page.form = entry_form(page.entry, page.levels)
    page.rows = stored_rows(page.links, add="add" in request.GET)
    waiting = _waiting(page)
    put = put_in([page.form, *page.rows.forms], waiting, request.GET.get("put", ""))
    return _show_theme(request, page, waiting=waiting, unsaved=put)


def _theme_page_or_404(request: SignedInRequest, unit: str, quarter: Quarter, identity: str) -> ThemePage:
    # All entries: the page leads to its neighbours.
    entries = writable_entries_or_404(request, unit, quarter, entries=_with_what_the_page_says(request.user))
    position = next((at for at, entry in enumerate(entries) if entry.theme.identity == identity), None)
    if position is None:
        raise Http404
    return ThemePage(entries=entries, position=position)


def _with_what_the_page_says(reader: User) -> QuerySet[Entry]:
    """Entries with their last author, where they come from, and texts of the reader that were refused: one query."""
    waiting = MergeDecision.objects.filter(entry=OuterRef("pk"), by=reader, decided_at=None).order_by("pk")
    return (
        carrying.with_newest_signed(Entry.objects.all())
        .select_related("changed_by", "carried_from__revision__statement")
        .defer("carried_from__revision__content")
        .annotate(waiting=ArraySubquery(waiting.values(json=JSONObject(field="field", action="action", mine="mine"))))
    )


# --- Texts that were refused at an earlier visit ------------------------------------------------------------------


def _waiting(page: ThemePage) -> list[TwoVersions]:
    """What the person wrote and could not save, beside what stands now; of several tries the last."""
    refused = {(one["field"], one["action"]): from_json(one["mine"]) for one in page.entry.waiting}
    both: list[TwoVersions] = []
    for (name, action), mine in refused.items():
        both += _waiting_in_a_row(page, action, name, mine) if action else _waiting_answer(page, name, mine)
    return both


def _waiting_answer(page: ThemePage, name: str, mine: Any) -> list[TwoVersions]:
    entry = page.entry
    if name not in page.form.answers or mine == getattr(entry, name):
        return []
    conflict = Conflict(name, mine, getattr(entry, name), entry.field_versions.get(name, 0))
    return two_versions(page.form, [conflict], theirs=LastChange(entry.changed_by, entry.changed_at))


def _waiting_in_a_row(page: ThemePage, action: int, name: str, mine: Any) -> list[TwoVersions]:
    for row, link in zip(page.rows.forms, shown_on_the_page(page.links), strict=False):
        if link.action_id == action and action_values(link)[name] != mine:
            conflict = Conflict(name, mine, action_values(link)[name], action_versions(link).get(name, 0))
            changed = LastChange(link.action.changed_by, link.action.changed_at)
            return row_versions_of(row, link, [conflict], theirs=changed)
    return []


# --- Showing ------------------------------------------------------------------------------------------------------


def _show_theme(
    request: SignedInRequest,
    page: ThemePage,
    *,
    conflicts: Sequence[TwoVersions] = (),
    waiting: Sequence[TwoVersions] = (),
    unsaved: Sequence[str] = (),
    partly_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    statement, theme = page.revision.statement, page.entry.theme
    context = {
        "revision": page.revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "theme": theme,
        "entry": page.entry,
        "form": page.form,
        "rows": page.rows,
        "forms": [page.form, page.rows],
        "beside": page.background,
        "items": page.evidence,
        "offered": carrying.offered_quarter(page.entry),
        "short_forms": short_forms_in(text for level in page.levels for _, text in level.criteria),
        "number": page.position + 1,
        "of": len(page.entries),
        "previous_url": page.address(page.position - 1) if page.position else None,
        "next_url": page.address(page.position + 1),
        "is_last": page.position + 1 == len(page.entries),
        "conflicts": conflicts,
        "waiting": waiting,
        "unsaved": " ".join(unsaved),
        "partly_saved": partly_saved,
        "form_has_errors": bool(conflicts),
        "token": uuid.uuid4(),
        "own_device": is_own_device(request),
        **others_here(page.revision, theme, by=request.user),
    }
    return render(request, "assurance/statement_theme.html", context, status=status)


# --- Saving the whole page ----------------------------------------------------------------------------------------


def _save_theme(request: SignedInRequest, page: ThemePage) -> HttpResponse:
    decided = request.POST.getlist("decided")
    page.form = entry_form(page.entry, page.levels, request.POST, decided=decided)
    page.rows = sent_rows(request.POST, decided=decided)
    if not is_the_one_on_the_page(request, page.revision):
        return moved_on(request, page.revision, [page.form, *page.rows.forms])
    valid = all([page.form.is_valid(), page.rows.is_valid()])
    edits = page.form.edits()
    try:
        saved = statements.save_entry(
            entry=page.entry,
            edits=edits,
            action_rows=action_edits(page.rows),
            token=save_token(request),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        page.revision.refresh_from_db(fields=["state"])
        if not page.revision.is_open:
            return moved_on(request, page.revision, [page.form, *page.rows.forms])
        page.form.add_error(None, str(refusal))
        return _show_theme(request, page, status=422)
    if valid and saved.is_complete:
        return _after_saving(request, page)
    return _show_again(request, page, edits, saved)


def _after_saving(request: SignedInRequest, page: ThemePage) -> HttpResponseRedirect:
    then = request.POST.get("then")
    if then == "confirm":
        carrying.confirm(entry=page.entry, by=request.user, at=timezone.now())
        messages.success(request, f"{page.entry.theme.name} saved and confirmed.")
        return redirect(page.address(page.position))
    messages.success(request, f"{page.entry.theme.name} saved.")
    if then == "continue":
        return redirect(page.address(page.position + 1))
    if then == "add":
        number = len(shown_on_the_page(action_links(page.entry)))
        return redirect(f"{page.address(page.position)}?add=1#{ROWS}-{number}")
    return redirect(page.address(page.position))


def _show_again(request: SignedInRequest, page: ThemePage, edits: Mapping[str, Edit], saved: Saved) -> HttpResponse:
    """Show what was typed with what is wrong or overtaken; the rest is saved."""
    both = two_versions(
        page.form,
        saved.conflicts,
        theirs=saved.before,
        begun_on=lambda name: text_at(page.entry, name, edits[name].base_version),
    )
    settle(page.form, edits, saved)
    put_merged(page.form, both)
    both += settle_rows(page.rows, action_links(page.entry), saved)
    wrong = [name for name in page.form.errors if name in page.form.answers]
    wrong_rows = [row.prefix for row in page.rows.forms if row.errors and row.prefix]
    return _show_theme(
        request,
        page,
        conflicts=both,
        unsaved=[*{one.answer for one in both}, *wrong, *wrong_rows],
        partly_saved=True,
        status=409 if both else 422,
    )
