"""Statements as workbooks: handing one out, keeping what a filled-in one asks for, applying all of it or nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from actions.models import ActionStatus
from actions.reading import row_versions
from assurance import workbooks
from assurance.documents import MARKING
from assurance.models import Entry, EntryAction, Revision, WorkbookUpload
from assurance.models.statement import DETAIL_ANSWERS
from assurance.reading import read
from assurance.rules import Refused
from assurance.services import statements
from assurance.services.saving import ActionEdit, LastChange, as_json, from_json
from assurance.workbooks.layout import ANSWERS
from maturity.matrix import matrix_of
from organisation.models import User
from records.edits import Edit, reconcile
from records.services import trail

THEME, DETAILS, ACTION, NEW = "theme", "details", "action", "new"
MINE, THEIRS = "mine", "theirs"
NOBODY = LastChange()
ON_GOING = "On-going"


class Overtaken(Refused):
    """Somebody has changed one of the answers since they were shown; nothing has been written."""


# --- What stands --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Some answers as they stand: their values, their versions, and who changed them last."""

    values: Mapping[str, Any]
    versions: Mapping[str, int]
    last: LastChange = NOBODY
    theme: str = ""
    due_in_words: str = ""  # of an action that is due on no day: what stands instead


@dataclass(slots=True)
class OnRecord:
    """A statement's answers as they stand: themes by identity, actions by id, and which form row raised which."""

    entries: dict[str, Entry] = field(default_factory=dict)
    themes: dict[str, Standing] = field(default_factory=dict)
    actions: dict[int, Standing] = field(default_factory=dict)
    raised_by_token: dict[uuid.UUID, int] = field(default_factory=dict)
    details: Standing = field(default_factory=lambda: Standing({}, {}))

    def of(self, asked: Asked) -> Standing | None:
        """Return what stands where the edit goes; None where it raises a new action."""
        if asked.kind == THEME:
            return self.themes[asked.theme]
        if asked.kind == DETAILS:
            return self.details
        action_id = self.action_id(asked)
        return None if action_id is None else self.actions[action_id]

    def action_id(self, asked: Asked) -> int | None:
        """Return the id of the action that the edit is of, also where its row has raised it since."""
        return int(asked.of) if asked.kind == ACTION else self.raised_by_token.get(uuid.UUID(asked.of))


def on_record(revision: Revision) -> OnRecord:
    """Return the statement's answers as they stand: two queries."""
    found = OnRecord()
    entries = revision.entries.select_related("theme", "changed_by", "revision__details_changed_by")
    for entry in entries.order_by("theme__number"):
        revision = entry.revision  # as it stands now, with whoever changed its details last
        identity = entry.theme.identity
        found.entries[identity] = entry
        values = {name: getattr(entry, name) for name in ANSWERS}
        last = LastChange(entry.changed_by, entry.changed_at)
        found.themes[identity] = Standing(values, entry.field_versions, last, identity)
    for link in _links(revision):
        action = link.action
        values = {"title": action.title, "lead": link.lead, "due_on": link.due_on, "status": action.status}
        versions = row_versions(action.field_versions, link.task_versions)
        last = LastChange(action.changed_by, action.changed_at)
        words = ON_GOING if link.ongoing else link.due_words
        found.actions[action.pk] = Standing(values, versions, last, link.entry.theme.identity, words)
        found.raised_by_token[link.token] = action.pk
    details = {name: getattr(revision, name) for name in DETAIL_ANSWERS}
    changed = LastChange(revision.details_changed_by, revision.details_changed_at)
    found.details = Standing(details, revision.field_versions, changed)
    return found


def _links(revision: Revision) -> Iterable[Any]:
    """The statement's actions with the lead and due day of their first tasks, under the theme that raised each."""
    return (
        EntryAction.objects.filter(entry__revision=revision, action__tasks__number=1)
        .select_related("action__changed_by", "entry__theme")
        .annotate(
            lead=F("action__tasks__lead"),
            due_on=F("action__tasks__due_on"),
            ongoing=F("action__tasks__ongoing"),
            due_words=F("action__tasks__due_words"),
            task_versions=F("action__tasks__field_versions"),
        )
        .order_by("entry__theme__number", "action_id")
    )


# --- Out ----------------------------------------------------------------------------------------------------------


def facts_of(revision: Revision) -> workbooks.StatementFacts:
    """Return all that the statement's workbook is written from: five queries, six for a signed one."""
    statement = revision.statement
    standing = on_record(revision)
    matrix = matrix_of(statement.edition)
    actions = [
        workbooks.ActionFacts(
            id_, one.theme, {**one.values, "due_on": one.values["due_on"] or one.due_in_words or None}, one.versions
        )
        for id_, one in standing.actions.items()
        if one.values["status"] != ActionStatus.WITHDRAWN
    ]
    return workbooks.StatementFacts(
        unit=statement.unit.slug,
        unit_name=statement.unit.name,
        quarter=statement.quarter.slug,
        quarter_name=statement.quarter.name,
        edition=statement.edition.code,
        revision=revision.number,
        state=revision.get_state_display().lower(),
        is_open=revision.is_open,
        marking=MARKING,
        level_names={level.number: level.name for level in matrix.levels},
        themes=[
            workbooks.ThemeFacts(
                row.theme.identity,
                row.theme.name,
                row.theme.scored,
                standing.themes[row.theme.identity].values,
                standing.themes[row.theme.identity].versions,
                {cell.level.number: cell.criteria for cell in row.cells},
            )
            for row in matrix.rows
        ],
        actions=_signed_actions(revision) if revision.is_frozen else actions,
        details=standing.details.values,
        detail_versions=standing.details.versions,
    )


def _signed_actions(revision: Revision) -> list[workbooks.ActionFacts]:
    """The actions as they were signed: unlike the rest, they have gone on since."""
    entries = read(revision.content, {}).entries
    found: list[workbooks.ActionFacts] = []
    for entry in entries:
        for action in entry.actions:
            values: dict[str, Any] = {"title": action.title, "lead": ", ".join(action.leads), "status": action.status}
            task = action.tasks[0] if action.tasks else None
            values["due_on"] = (task.due_on or (ON_GOING if task.ongoing else task.due_words)) if task else None
            found.append(workbooks.ActionFacts(len(found) + 1, entry.identity, values, {}))
    return found


@transaction.atomic
def hand_out(*, revision: Revision, by: User, at: datetime) -> bytes:
    """Return the statement as a workbook, and keep who took it."""
    content = workbooks.write(facts_of(revision), workbook_id=uuid.uuid4())
    trail.record(act="statement.downloaded", thing=revision, by=by, at=at, form="xlsx")
    return content


# --- What a filled-in one asks for --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One edit that a workbook asks for. `of` is an action's id or, of a new one, its row's token."""

    kind: str
    of: str
    theme: str
    name: str
    edit: Edit

    @property
    def key(self) -> str:
        """What tells it from the others of the workbook, for the fields of a form."""
        return ".".join((self.kind, self.of or self.theme, self.name))


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit comes to as things stand: `old` becomes `new`; or both have been changed, and one must give way."""

    asked: Asked
    old: Any
    new: Any
    version: int
    is_conflict: bool = False
    last: LastChange = NOBODY
    title: str = ""  # of the action it is about


def changes(asked: Sequence[Asked], standing: OnRecord) -> list[Change]:
    """Return what the edits would change now, in their order. What stands already as asked is left out."""
    found = []
    for one in asked:
        at = standing.of(one)
        if at is None:
            if one.name != "status" and one.edit.value not in (None, ""):
                found.append(Change(one, None, one.edit.value, 0, title=_new_title(one, asked)))
            continue
        result = reconcile(values=at.values, versions=at.versions, edits={one.name: one.edit})
        if result.accepted or result.conflicts:
            found.append(
                Change(
                    one,
                    at.values[one.name],
                    one.edit.value,
                    at.versions.get(one.name, 0),
                    bool(result.conflicts),
                    at.last if result.conflicts else NOBODY,
                    at.values.get("title", ""),
                )
            )
    return found


def _new_title(one: Asked, asked: Sequence[Asked]) -> str:
    return str(next((other.edit.value for other in asked if other.of == one.of and other.name == "title"), ""))


@transaction.atomic
def keep(*, revision: Revision, asked: Sequence[Asked], name: str, by: User, at: datetime) -> WorkbookUpload:
    """Keep what a workbook asks for until its author applies it. An earlier one, not applied, is forgotten."""
    WorkbookUpload.objects.filter(revision=revision, by=by, applied_at=None).delete()
    rows = [[one.kind, one.of, one.theme, one.name, one.edit.base_version, as_json(one.edit.value)] for one in asked]
    return WorkbookUpload.objects.create(revision=revision, by=by, name=name[:200], uploaded_at=at, answers=rows)


def asked_by(upload: WorkbookUpload) -> list[Asked]:
    """Return the edits that the workbook asks for."""
    return [
        Asked(kind, of, theme, name, Edit(version, from_json(value)))
        for kind, of, theme, name, version, value in upload.answers
    ]


# --- Applying -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose answer is to stand, by somebody who has seen the other at its version `seen`."""

    whose: str
    seen: int


@transaction.atomic
def apply(*, upload: WorkbookUpload, decisions: Mapping[str, Decision], by: User, at: datetime) -> int:
    """Write all that the workbook asks for, or nothing; return how many answers were changed.

    `decisions` are by the keys of the edits. Raises Overtaken where an answer has been changed that nobody has decided
    on; Refused where the statement cannot be written to. Applied a second time, it changes nothing.
    """
    current = WorkbookUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if current.applied_at is not None:
        return 0
    revision = (
        Revision.objects.select_for_update(of=("self",), no_key=True)
        .select_related("statement__unit")
        .get(pk=current.revision_id)
    )
    standing = on_record(revision)
    asked = _decided(asked_by(current), decisions)
    changed = len(changes(asked, standing))
    _save_themes(current, asked, standing, by=by, at=at)
    details = {one.name: one.edit for one in asked if one.kind == DETAILS}
    if details:
        token = uuid.uuid5(current.token, DETAILS)
        _refuse_conflicts(statements.save_details(revision=revision, edits=details, token=token, by=by, at=at))
    current.applied_at = at
    current.decisions = {key: [one.whose, one.seen] for key, one in decisions.items()}
    current.save(update_fields=["applied_at", "decisions"])
    trail.record(
        act="statement.workbook_applied", thing=revision, by=by, at=at, words={"name": current.name}, answers=changed
    )
    return changed


def _decided(asked: Iterable[Asked], decisions: Mapping[str, Decision]) -> list[Asked]:
    """Return the edits that remain, each on the version that its author has seen."""
    remaining = []
    for one in asked:
        decision = decisions.get(one.key)
        if decision is None:
            remaining.append(one)
        elif decision.whose == MINE:
            edit = Edit(decision.seen, one.edit.value)
            remaining.append(Asked(one.kind, one.of, one.theme, one.name, edit))
    return remaining


def _save_themes(upload: WorkbookUpload, asked: Sequence[Asked], standing: OnRecord, *, by: User, at: datetime) -> None:
    answers: dict[str, dict[str, Edit]] = defaultdict(dict)
    rows: dict[str, dict[tuple[str, str], dict[str, Edit]]] = defaultdict(lambda: defaultdict(dict))
    for one in asked:
        if one.kind == THEME:
            answers[one.theme][one.name] = one.edit
        elif one.kind in (ACTION, NEW):
            rows[one.theme][one.kind, one.of][one.name] = one.edit
    for identity, entry in standing.entries.items():
        if identity not in answers and identity not in rows:
            continue
        _refuse_conflicts(
            statements.save_entry(
                entry=entry,
                edits=answers[identity],
                action_rows=[_action_row(upload, *which, edits) for which, edits in rows[identity].items()],
                token=uuid.uuid5(upload.token, identity),
                by=by,
                at=at,
            )
        )


def _action_row(upload: WorkbookUpload, kind: str, of: str, edits: Mapping[str, Edit]) -> ActionEdit:
    if kind == ACTION:
        return ActionEdit(int(of), uuid.uuid5(upload.token, of), edits)
    return ActionEdit(None, uuid.UUID(of), edits)


def _refuse_conflicts(saved: Any) -> None:
    if not saved.is_complete:
        raise Overtaken(
            "Somebody has changed an answer since you opened this page, so nothing has been saved. Both versions are "
            "below: say which is to stand."
        )
