"""What became of a statement, in order: the acts that moved it on, and what was changed in it from what to what.

Acts come from the trail, changes from the histories that the database's own triggers keep, so that what was changed by
SQL is here too. Downloads are not: who reads what is for the trail's readers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from assurance.acts import ACTS
from assurance.models import Entry, EvidenceItem, NoLevel, Revision, RevisionState, Statement
from assurance.models.entry import WRITTEN_COLUMNS
from assurance.models.statement import DETAIL_ANSWERS, HISTORY_COLUMNS
from assurance.workbooks import LABELS
from maturity.models import Criterion, Edition
from organisation.models import Unit, User
from records.histories import (
    Change,
    Field,
    Item,
    ShownField,
    Source,
    What,
    changes,
    in_one_go,
    item_of,
    kept_by_row,
    latest_first,
)
from records.models import TrailEntry
from records.models.trail import THE_SYSTEM
from rendering import formats

# Acts that everybody who reads a statement may know of.
SHOWN_ACTS = (
    "statement.completed",
    "statement.reopened",
    "statement.signed",
    "statement.accepted",
    "statement.returned",
    "statement.redacted",
    "statement.workbook_applied",
    "evidence.added",
    "evidence.removed",
    "evidence.infected",
)
STATEMENT_COLUMNS = ("unit_id", "quarter", "edition_id", "opened_at")
_IDS = {"statement": "statement_id", "completed_by": "completed_by_id", "signed_by": "signed_by_id"}
REVISION_COLUMNS = tuple(
    _IDS.get(name, name) for name in HISTORY_COLUMNS if name not in ("field_versions", "details_changed_by")
)
# People change these on their pages; everything else about a revision changes by an act, which the trail tells.
WRITTEN_DETAILS = frozenset(DETAIL_ANSWERS)
NAMES = LABELS | {
    "level": "Level",
    "no_level": "Why no level is chosen",
    "criteria_met": "Points of the level that are ticked as met",
    "unit_id": "Unit",
    "quarter": "Quarter",
    "edition_id": "Edition of the maturity model",
    "opened_at": "Opened",
    "statement_id": "Statement",
    "number": "Number of the revision",
    "state": "State",
    "opened_because": "Why it was opened",
    "details_changed_at": "When the details were last changed",
    "completed_at": "Completed",
    "completed_by_id": "Completed by account",
    "signed_at": "Signed",
    "signed_by_id": "Signed by account",
    "signer_name": "Name of the signer",
    "signer_position": "Position of the signer",
    "content_digest": "Content digest",
}
LONG_TEXTS = frozenset({"evidence", "not_sure_note", "criteria_note", "no_level_reason", "no_meeting_reason"})


def timeline(statement: Statement) -> list[Item]:
    """Return everything that became of the statement, the latest first."""
    rows = _Rows(statement)
    return latest_first([*_acts(rows), *_changes(rows)])


class _Rows:
    """The statement with its revisions and entries, read once."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.revisions = list(statement.revisions.defer("content").order_by("number"))
        self.entries = list(
            Entry.objects.filter(revision__in=[one.pk for one in self.revisions]).select_related("theme")
        )
        for one in self.revisions:
            one.statement = statement
        by_number = {one.pk: one for one in self.revisions}
        for entry in self.entries:
            entry.revision = by_number[entry.revision_id]
        self.number = {one.pk: one.number for one in self.revisions}

    def place_of(self, entry: Entry) -> str:
        return self._with_revision(entry.theme.name, entry.revision_id)

    def _with_revision(self, text: str, revision: int) -> str:
        return f"{text} (revision {self.number[revision]})" if len(self.revisions) > 1 else text

    def details_of(self, revision: Revision) -> str:
        return self._with_revision("Who completes it, and the meeting", revision.pk)


# --- Acts ---------------------------------------------------------------------------------------------------------


def _acts(rows: _Rows) -> Iterator[Item]:
    revisions = [one.pk for one in rows.revisions]
    entries = {one.pk: rows.place_of(one) for one in rows.entries}
    given = dict(EvidenceItem.objects.filter(entry__in=list(entries)).values_list("pk", "entry_id"))
    about = (
        Q(thing_type="assurance.Statement", thing_id=rows.statement.pk)
        | Q(thing_type="assurance.Revision", thing_id__in=revisions)
        | Q(thing_type="assurance.Entry", thing_id__in=list(entries))
        | Q(thing_type="assurance.EvidenceItem", thing_id__in=list(given))
    )
    # Evidence that was taken back is gone: the trail tells by name what it was given for.
    taken_back = Q(
        act__in=["evidence.added", "evidence.removed"],
        at__gte=rows.statement.opened_at,
        detail__statement__in=[str(one) for one in rows.revisions],
    )
    places = {(str(one.revision), one.theme.identity): entries[one.pk] for one in rows.entries}
    told: Any = TrailEntry.objects.filter(about | taken_back, act__in=SHOWN_ACTS).with_words()
    for entry in told.with_identities().order_by("pk"):
        theme = entry.thing_id if entry.thing_type == "assurance.Entry" else given.get(entry.thing_id or 0, 0)
        named = (entry.detail.get("statement"), entry.detail.get("theme"))
        yield Item(
            at=entry.at,
            who=_capitalised(entry.actor_name),
            did=ACTS.get(entry.act, entry.act).replace("{thing}", entry.thing_name),
            place=entries.get(theme or 0) or places.get(named, ""),
            notes=tuple(_notes(entry)),
        )


def _notes(entry: Any) -> Iterator[tuple[str, str]]:
    """What is told with an act: what somebody wrote, and the digest that tells the text from any other."""
    if entry.words:
        yield from ((name.capitalize(), text) for name, text in json.loads(entry.words).items())
    if digest := entry.detail.get("content_digest"):
        yield "Content digest", str(digest)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- Changes ------------------------------------------------------------------------------------------------------


def _changes(rows: _Rows) -> Iterator[Item]:
    found = [*_of_the_statement(rows), *_of_revisions(rows), *_of_entries(rows)]
    people = _names(User, "name", (change.by for change, *_ in found))
    words = _Words(rows, found)
    for change, what, place in found:
        fields = [words.of(field) for field in change.fields]
        yield item_of(change, what, people=people, fields=fields, system=_capitalised(THE_SYSTEM), place=place)


Found = tuple[Change, str, str]


def _of_the_statement(rows: _Rows) -> Iterator[Found]:
    kept = kept_by_row(rows.statement.events.select_related("pgh_context"), STATEMENT_COLUMNS)  # type: ignore[attr-defined]  # pghistory's own
    now = {name: getattr(rows.statement, name) for name in STATEMENT_COLUMNS}
    for change in changes(rows.statement.pk, kept.get(rows.statement.pk, []), now=now):
        if change.what != What.MADE or change.source == Source.OUTSIDE:
            yield change, "the statement", ""


def _of_revisions(rows: _Rows) -> Iterator[Found]:
    events = Revision.events.rel.related_model.objects.filter(  # type: ignore[attr-defined]  # pghistory's own
        pgh_obj__in=[one.pk for one in rows.revisions]
    )
    kept = kept_by_row(events.select_related("pgh_context"), REVISION_COLUMNS)
    for revision in rows.revisions:
        now = {name: getattr(revision, name) for name in REVISION_COLUMNS}
        found = changes(revision.pk, kept.get(revision.pk, []), now=now)
        for change in in_one_go(filter(None, map(_beyond_the_trail, found))):
            written = {field.name for field in change.fields} <= WRITTEN_DETAILS and change.what == What.OVERWRITTEN
            yield change, "the details" if written else f"revision {revision.number}", rows.details_of(revision)


def _beyond_the_trail(change: Change) -> Change | None:
    """Return what of a revision's change no act tells: from outside all of it, from the pages the written details."""
    if change.source == Source.OUTSIDE:
        return change
    fields = tuple(field for field in change.fields if field.name in WRITTEN_DETAILS)
    if not fields:
        return None
    return Change(change.of, change.what, change.begun_at, change.at, change.source, change.by, fields)


def _of_entries(rows: _Rows) -> Iterator[Found]:
    events = Entry.history.rel.related_model.objects.filter(pgh_obj__in=[one.pk for one in rows.entries])
    kept = kept_by_row(events.select_related("pgh_context"), WRITTEN_COLUMNS)
    for entry in rows.entries:
        now = {name: getattr(entry, name) for name in WRITTEN_COLUMNS}
        for change in in_one_go(changes(entry.pk, kept.get(entry.pk, []), now=now)):
            yield change, "answers", rows.place_of(entry)


# --- Words --------------------------------------------------------------------------------------------------------


class _Words:
    """Puts values into words. What they refer to by number is asked once for all changes."""

    def __init__(self, rows: _Rows, found: Sequence[Found]) -> None:
        fields = [field for change, *_ in found for field in change.fields]
        self._levels = dict(rows.statement.edition.levels.values_list("number", "name"))
        self._criteria = _names(Criterion, "text", _values(fields, "criteria_met", many=True))
        self._units = _names(Unit, "name", _values(fields, "unit_id"))
        self._editions = _names(Edition, "name", _values(fields, "edition_id"))

    def of(self, field: Field) -> ShownField:
        before, after = self._in_words(field.name, field.before), self._in_words(field.name, field.after)
        return ShownField(NAMES.get(field.name, field.name), before, after, field.name in LONG_TEXTS)

    def _in_words(self, name: str, value: Any) -> str:
        if value is None or value == "" or value == []:
            return ""
        match name:
            case "level":
                return f"{value} {self._levels.get(value, '')}".strip()
            case "no_level":
                return NoLevel(value).label if value in NoLevel else str(value)
            case "state":
                return RevisionState(value).label if value in RevisionState else str(value)
            case "criteria_met":
                return "; ".join(self._criteria.get(one, f"number {one}") for one in value)
            case "unit_id":
                return self._units.get(value, str(value))
            case "edition_id":
                return self._editions.get(value, str(value))
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, datetime):
            return formats.day_and_clock(value)
        return formats.day(value) if hasattr(value, "isoformat") else str(value)


def _values(fields: Iterable[Field], name: str, *, many: bool = False) -> Iterator[Any]:
    for field in fields:
        if field.name == name:
            for value in (field.before, field.after):
                yield from value or () if many else (value,)


def _names(model: Any, attribute: str, numbers: Iterable[int | None]) -> dict[int, str]:
    wanted = {number for number in numbers if number is not None}
    return dict(model.objects.filter(pk__in=wanted).values_list("pk", attribute)) if wanted else {}
