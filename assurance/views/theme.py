"""Filling in one theme of a statement: its level, its evidence, its actions. Each field is saved or refused alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Prefetch, Subquery
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.models import ActionStatus
from actions.reading import row_versions
from assurance.forms.statement import ActionForm, ActionForms, EntryForm, initial_of, level_options
from assurance.models import Entry, EntryAction, Revision
from assurance.models.entry import ENTRY_ANSWERS
from assurance.models.statement import FROZEN
from assurance.reading import ReadLevel
from assurance.rules import Refused
from assurance.services import statements
from assurance.services.saving import ActionEdit, LastChange, Saved
from assurance.views.conflicts import TwoVersions, closed, is_the_one_on_the_page, labels_of, moved_on, two_versions
from assurance.views.loading import SignedInRequest, writable_revision_or_404
from maturity.matrix import short_forms_in
from maturity.models import Criterion, Level, NotComparable
from organisation.periods import Quarter
from records.edits import Conflict

ROWS = "actions"
ACTION_LABELS = {"title": "what is to be done", "lead": "who leads it", "due_on": "when it is due", "status": "status"}


@dataclass
class ThemePage:
    """The page of one theme, while it is being answered."""

    revision: Revision
    entries: list[Entry]
    position: int
    levels: list[Level]
    last: Any  # an Entry with `level_name`, `not_comparable` and `why_not_comparable`, or None
    links: list[EntryAction]
    form: EntryForm = field(init=False)
    rows: forms.BaseFormSet[ActionForm] = field(init=False)

    @property
    def entry(self) -> Entry:
        return self.entries[self.position]

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
    revision = writable_revision_or_404(request, unit, quarter)
    page = _theme_page_or_404(revision, theme)
    if request.method == "POST":
        return _save_theme(request, page)
    if not revision.is_open:
        return closed(request, revision)
    page.form = _entry_form(page)
    page.rows = _blank_and_stored_rows(page, add="add" in request.GET)
    return _show_theme(request, page)


def _theme_page_or_404(revision: Revision, identity: str) -> ThemePage:
    entries = list(
        revision.entries.select_related("theme").order_by("theme__number")
    )  # all of them: the page leads to its neighbours
    position = next((at for at, entry in enumerate(entries) if entry.theme.identity == identity), None)
    if position is None:
        raise Http404
    theme = entries[position].theme
    criteria = Prefetch("criteria", Criterion.objects.filter(theme=theme).order_by("number"))
    return ThemePage(
        revision=revision,
        entries=entries,
        position=position,
        levels=list(Level.objects.filter(edition=revision.statement.edition_id).prefetch_related(criteria)),
        last=_last_quarter(revision, identity),
        links=_action_links(entries[position]),
    )


def _last_quarter(revision: Revision, identity: str) -> Any:
    """What the unit's newest signed revision of the quarter before said about the theme; its level's name with it."""
    statement = revision.statement
    level_name = Level.objects.filter(edition=OuterRef("theme__edition"), number=OuterRef("level")).values("name")
    not_comparable = NotComparable.objects.filter(
        edition=statement.edition_id, earlier=OuterRef("theme__edition"), identity=identity
    )
    return (
        Entry.objects.filter(
            revision__statement__unit=statement.unit_id,
            revision__statement__quarter=statement.quarter.previous(),
            revision__state__in=FROZEN,
            theme__identity=identity,
        )
        .select_related("revision", "theme")
        .annotate(
            level_name=Subquery(level_name[:1]),
            not_comparable=Exists(not_comparable),
            why_not_comparable=Subquery(not_comparable.values("reason")[:1]),
        )
        .order_by("-revision__number")
        .first()
    )


def _action_links(entry: Entry) -> list[EntryAction]:
    """The theme's actions, each with its first task's lead and due date."""
    return list(
        EntryAction.objects.filter(entry=entry, action__tasks__number=1)
        .select_related("action")
        .annotate(
            lead=F("action__tasks__lead"),
            due_on=F("action__tasks__due_on"),
            task_versions=F("action__tasks__field_versions"),
        )
        .order_by("action_id")
    )


def _action_values(link: Any) -> dict[str, Any]:
    return {"title": link.action.title, "lead": link.lead, "due_on": link.due_on, "status": link.action.status}


def _action_versions(link: Any) -> dict[str, int]:
    return row_versions(link.action.field_versions, link.task_versions)


def _entry_values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ENTRY_ANSWERS}


def _entry_form(page: ThemePage, data: Any = None) -> EntryForm:
    comparable = page.last if page.last and page.last.theme.scored and not page.last.not_comparable else None
    options = level_options(page.levels, last_quarter=comparable.level if comparable else None)
    return EntryForm(
        data,
        levels=options if page.entry.theme.scored else None,
        initial=EntryForm.initial_for(_entry_values(page.entry), page.entry.field_versions),
    )


def _blank_and_stored_rows(page: ThemePage, *, add: bool) -> forms.BaseFormSet[ActionForm]:
    stored = [
        {"action": link.action_id, "token": link.token} | initial_of(_action_values(link), _action_versions(link))
        for link in page.links
        if link.action.status != ActionStatus.WITHDRAWN
    ]
    rows = ActionForms(initial=stored, prefix=ROWS)
    rows.extra = 1 if add or not stored else 0
    return rows


def _show_theme(
    request: SignedInRequest,
    page: ThemePage,
    *,
    conflicts: Sequence[TwoVersions] = (),
    partly_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    statement = page.revision.statement
    context = {
        "revision": page.revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "theme": page.entry.theme,
        "form": page.form,
        "rows": page.rows,
        "forms": [page.form, page.rows],
        "last": page.last,
        "last_level": ReadLevel(page.last.level, page.last.level_name) if page.last and page.last.level else None,
        "last_quarter": statement.quarter.previous(),
        "short_forms": short_forms_in(text.text for level in page.levels for text in level.criteria.all()),
        "number": page.position + 1,
        "of": len(page.entries),
        "previous_url": page.address(page.position - 1) if page.position else None,
        "next_url": page.address(page.position + 1),
        "is_last": page.position + 1 == len(page.entries),
        "conflicts": conflicts,
        "partly_saved": partly_saved,
        "form_has_errors": bool(conflicts),
    }
    return render(request, "assurance/statement_theme.html", context, status=status)


def _save_theme(request: SignedInRequest, page: ThemePage) -> HttpResponse:
    page.form = _entry_form(page, request.POST)
    page.rows = ActionForms(request.POST, prefix=ROWS)
    if not is_the_one_on_the_page(request, page.revision):
        return moved_on(request, page.revision, [page.form, *page.rows.forms])
    valid = all([page.form.is_valid(), page.rows.is_valid()])
    try:
        saved = statements.save_entry(
            entry=page.entry,
            edits=page.form.edits(),
            action_rows=_action_edits(page.rows),
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
    return _show_again(request, page, saved)


def _action_edits(rows: forms.BaseFormSet[ActionForm]) -> list[ActionEdit]:
    """Return the rows that can be saved: of a new action all of it, of an existing one whatever is valid."""
    return [
        ActionEdit(
            action_id=row.cleaned_data.get("action"),
            token=row.cleaned_data.get("token") or uuid.uuid4(),
            edits=row.edits(),
        )
        for row in rows.forms
        if row.has_changed() and _can_be_saved(row, room_for_more=not rows.non_form_errors()) and row.edits()
    ]


def _can_be_saved(row: ActionForm, *, room_for_more: bool) -> bool:
    if row.cleaned_data.get("action"):
        return True
    return room_for_more and row.is_valid() and not row.cleaned_data.get("DELETE")


def _after_saving(request: SignedInRequest, page: ThemePage) -> HttpResponseRedirect:
    messages.success(request, f"{page.entry.theme.name} saved.")
    then = request.POST.get("then")
    if then == "continue":
        return redirect(page.address(page.position + 1))
    if then == "add":
        number = sum(link.action.status != ActionStatus.WITHDRAWN for link in _action_links(page.entry))
        return redirect(f"{page.address(page.position)}?add=1#{ROWS}-{number}")
    return redirect(page.address(page.position))


def _show_again(request: SignedInRequest, page: ThemePage, saved: Saved) -> HttpResponse:
    """Show what was typed with what is wrong or overtaken; the rest is saved."""
    levels = {level.number: level.name for level in page.levels}
    entry = Entry.objects.get(pk=page.entry.pk)
    page.form.settle(values=_entry_values(entry), versions=entry.field_versions, conflicts=saved.conflicts)
    both = two_versions(saved.conflicts, labels=labels_of(page.form), theirs=saved.before, levels=levels)
    links = _action_links(entry)
    for row in page.rows.forms:
        link = _link_of(row, links)
        if link is None:
            continue
        overtaken = saved.action_conflicts.get(link.action_id, ())
        row.settle(values=_action_values(link), versions=_action_versions(link), conflicts=overtaken)
        both += two_versions(
            _statuses_in_words(overtaken),
            labels={name: f"Action “{link.action.title}”: {label}" for name, label in ACTION_LABELS.items()},
            theirs=saved.actions_before.get(link.action_id, LastChange()),
        )
    return _show_theme(request, page, conflicts=both, partly_saved=True, status=409 if both else 422)


def _link_of(row: ActionForm, links: Iterable[EntryAction]) -> EntryAction | None:
    """The stored action that a row of the form is about, by its number or, where it was new, by its token."""
    action, token = row.cleaned_data.get("action"), row.cleaned_data.get("token")
    return next((link for link in links if link.action_id == action or (not action and link.token == token)), None)


def _statuses_in_words(conflicts: Iterable[Conflict]) -> list[Conflict]:
    return [
        Conflict(one.field, ActionStatus(one.mine).label, ActionStatus(one.theirs).label, one.their_version)
        if one.field == "status"
        else one
        for one in conflicts
    ]
