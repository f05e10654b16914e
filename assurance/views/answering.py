"""A theme's answers and actions as forms: as they are stored, as they were sent, and as they stand after a save.

The page of the theme and its autosave share this.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from actions.models import ActionStatus
from actions.reading import row_versions
from assurance.forms.statement import ActionForm, ActionForms, EntryForm, LevelOption, initial_of
from assurance.models import Entry, EntryAction
from assurance.models.entry import ENTRY_ANSWERS
from assurance.services.saving import ActionEdit, LastChange, Saved
from maturity.models import Criterion, Level, Theme
from organisation.conflicts import TwoVersions, two_versions
from records.edits import Conflict

ROWS = "actions"
ROW_LABELS = {"title": "what is to be done", "lead": "who leads it", "due_on": "when it is due", "status": "status"}

Rows = forms.BaseFormSet[ActionForm]


# --- The questions ------------------------------------------------------------------------------------------------


def level_options(theme: Theme, *, last_quarter: int | None = None) -> list[LevelOption]:
    """Return the levels of the theme's edition with their criteria and prompts for it: one query."""
    criteria = Criterion.objects.filter(level=OuterRef("pk"), theme=theme).order_by("number")
    levels: Any = Level.objects.filter(edition=theme.edition_id).with_prompts_for(theme)
    levels = levels.annotate(cell=ArraySubquery(criteria.values(json=JSONObject(id="pk", text="text"))))
    return [
        LevelOption(
            number=level.number,
            name=level.name,
            criteria=tuple((criterion["id"], criterion["text"]) for criterion in level.cell),
            prompt=level.prompt,
            was_last_quarter=level.number == last_quarter,
        )
        for level in levels
    ]


def entry_form(
    entry: Entry,
    levels: Iterable[LevelOption],
    data: Any = None,
    *,
    decided: Collection[str] = (),
    partial: bool = False,
) -> EntryForm:
    """Return the questions of a theme, answered as they are stored or as they were sent."""
    values = {name: getattr(entry, name) for name in ENTRY_ANSWERS}
    return EntryForm(
        data,
        levels=levels if entry.theme.scored else None,
        initial=EntryForm.initial_for(values, entry.field_versions),
        decided=decided,
        partial=partial,
    )


# --- The actions --------------------------------------------------------------------------------------------------


def action_links(entry: Entry) -> list[Any]:
    """The theme's actions, each with its first task's lead and due date: one query."""
    return list(
        EntryAction.objects.filter(entry=entry, action__tasks__number=1)
        .select_related("action__changed_by")
        .annotate(
            lead=F("action__tasks__lead"),
            due_on=F("action__tasks__due_on"),
            task_versions=F("action__tasks__field_versions"),
        )
        .order_by("action_id")
    )


def shown_on_the_page(links: Iterable[Any]) -> list[Any]:
    """Withdrawn actions are not shown."""
    return [link for link in links if link.action.status != ActionStatus.WITHDRAWN]


def action_values(link: Any) -> dict[str, Any]:
    """Return what the row of an action shows."""
    return {"title": link.action.title, "lead": link.lead, "due_on": link.due_on, "status": link.action.status}


def action_versions(link: Any) -> dict[str, int]:
    return row_versions(link.action.field_versions, link.task_versions)


def stored_rows(links: Iterable[Any], *, add: bool) -> Rows:
    """Return a row for each action that is shown, and a blank one where it is asked for or there is none."""
    stored = [
        {"action": link.action_id, "token": link.token} | initial_of(action_values(link), action_versions(link))
        for link in shown_on_the_page(links)
    ]
    rows = ActionForms(initial=stored, prefix=ROWS)
    rows.extra = 1 if add or not stored else 0
    return rows


def sent_rows(data: Any, *, decided: Collection[str] = ()) -> Rows:
    return ActionForms(data, prefix=ROWS, form_kwargs={"decided": decided})


def action_edits(rows: Rows) -> list[ActionEdit]:
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


def link_of(row: ActionForm, links: Iterable[Any]) -> Any:
    """The stored action that a row of the form is about, by its number or, where it was new, by its token."""
    action, token = row.cleaned_data.get("action"), row.cleaned_data.get("token")
    return next((link for link in links if link.action_id == action or (not action and link.token == token)), None)


# --- After a save -------------------------------------------------------------------------------------------------


def settle_rows(rows: Rows, links: Sequence[Any], saved: Saved) -> list[TwoVersions]:
    """The same for the rows of actions; return what of them somebody else has changed."""
    both: list[TwoVersions] = []
    for row in rows.forms:
        link = link_of(row, links)
        if link is None:
            continue
        overtaken = saved.action_conflicts.get(link.action_id, ())
        row.settle(values=action_values(link), versions=action_versions(link), conflicts=overtaken)
        both += row_versions_of(row, link, overtaken, theirs=saved.actions_before.get(link.action_id, LastChange()))
    return both


def row_versions_of(
    row: ActionForm, link: Any, conflicts: Iterable[Conflict], *, theirs: LastChange
) -> list[TwoVersions]:
    """Return the two versions of a row's answers for the page."""
    labels = {name: f"Action “{link.action.title}”: {label}" for name, label in ROW_LABELS.items()}
    return two_versions(row, conflicts, theirs=theirs, labels=labels)
