"""Lawful redaction of what is signed: one person proposes it with reason and authority, another one does it.

A passage goes from the signed content, from the rows it was made of, from the earlier texts that the database's own
triggers kept of them, and with the PDF that was printed of it. A file goes with its bytes, wherever they were given.
What stays is the tombstone and the digest that was signed; the trail has what the content's digest was before and after
each redaction, so that chains can still be checked (assurance/signatures.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models, transaction

from actions.models import Action, Task
from assurance import redaction as rules
from assurance.models import (
    Entry,
    EvidenceFile,
    EvidenceItem,
    MergeDecision,
    Redaction,
    RedactionState,
    Revision,
    SaveReceipt,
    StatementDocument,
    WorkbookUpload,
)
from assurance.models.entry import WRITTEN_COLUMNS
from assurance.models.statement import DETAIL_ANSWERS
from assurance.redaction import MARK, Text
from assurance.rules import Refused
from assurance.signatures import REDACTED
from organisation.models import Appointment, UnitMembership, User
from records.canonical import content_digest, normal
from records.models import HoldScope, IdentityKind, RecordClass, TrailEntry
from records.services import blobs, holds, trail

PROPOSED, REFUSED = "redaction.proposed", "redaction.refused"
TASK_TEXTS = ("title", "lead", "supporters", "due_words", "measure")
HELD = (
    "A legal hold is on this unit’s statements ({holds}), so nothing may be taken out of them. Let the hold be lifted "
    "first, or do not redact."
)
# The database's own refusals to change what is signed, or what it keeps of earlier texts: a redaction passes them.
SIGNED = (
    "assurance.Revision:signed_content_is_frozen",
    "assurance.Entry:signed_entries_are_frozen",
    "assurance.EvidenceItem:signed_evidence_is_frozen",
    "assurance.EvidenceFile:evidence_files_stay",
)
HISTORY = (
    "assurance.EntryEvent:append_only",
    "assurance.RevisionEvent:append_only",
    "actions.ActionEvent:append_only",
    "actions.TaskEvent:append_only",
)
# They would keep what is taken out as what a change has overwritten.
KEEPERS = (
    "assurance.Revision:overwritten_update",
    "assurance.Entry:overwritten_update",
    "actions.Action:overwritten_update",
    "actions.Task:overwritten_update",
)


@transaction.atomic
def propose(
    *,
    revision: Revision,
    text: Text | None = None,
    redacted: str = "",
    item: EvidenceItem | None = None,
    reason: str,
    authority: str,
    by: User,
    at: datetime,
) -> Redaction:
    """Propose that passages of a signed text, or a signed file, be taken out. Nothing changes yet.

    `redacted` is the text with MARK in the place of each passage. Raises Refused where more than that was changed,
    where a redaction of the same text waits already, or where a legal hold is on the unit's statements.
    """
    current = Revision.objects.select_for_update(no_key=True).select_related("statement").get(pk=revision.pk)
    _refuse_unless_signed(current)
    _refuse_under_a_hold(current, text.path if text else "")
    if text is not None:
        redacted = normal(redacted)
        _passages(current, text.path, redacted)
    if current.redactions.filter(path=text.path if text else "", item=item, state=RedactionState.PROPOSED).exists():
        raise Refused("A redaction of this waits already for the second person.")
    # A file's name and title go with it, so that the tombstone does not say them.
    label = text.label if text else f"{item.entry.theme.name}: a file (evidence {item.pk})" if item else ""
    proposed = Redaction.objects.create(
        revision=current,
        path=text.path if text else "",
        label=label[:300],
        item=item,
        redacted=redacted,
        reason=reason.strip(),
        authority=authority.strip(),
        proposed_at=at,
        proposed_by=by,
    )
    trail.record(act=PROPOSED, thing=proposed, by=by, at=at, grounds_digest=grounds(proposed))
    return proposed


@transaction.atomic
def refuse(*, redaction: Redaction, because: str, by: User, at: datetime) -> Redaction:
    """Refuse what was proposed: the signed text stays as it is."""
    current = _waiting(redaction, by=by)
    current.state, current.decided_at, current.decided_by = RedactionState.REFUSED, at, by
    current.refused_because = because.strip()
    current.save(update_fields=["state", "decided_at", "decided_by", "refused_because"])
    trail.record(act=REFUSED, thing=current, by=by, at=at)
    return current


@transaction.atomic
def carry_out(*, redaction: Redaction, by: User, at: datetime) -> Redaction:
    """Take out what was proposed, for good. Raises Refused for the proposer, under a hold, and where it is decided."""
    holds.locked()
    current = _waiting(redaction, by=by)
    affected = _affected(current)
    for revision in affected:
        _refuse_under_a_hold(revision, current.path)
    with pgtrigger.ignore(*SIGNED, *HISTORY, *KEEPERS):
        if current.item is not None:
            taken = _take_out_file(current.item, affected, by=by, at=at)
        else:
            taken = _take_out_passages(affected[0], current.path, current.redacted)
    _erase_from_trail(affected, taken, by=by, at=at)
    current.state, current.decided_at, current.decided_by = RedactionState.DONE, at, by
    for revision in affected:
        before = content_digest(revision.content)
        revision.refresh_from_db(fields=["content"])
        after = content_digest(revision.content)
        _forget_document(revision, by=by, at=at)
        if revision.pk == current.revision_id:
            current.digest_before, current.digest_after = before, after
        trail.record(
            act=REDACTED,
            thing=revision,
            by=by,
            at=at,
            redaction=current.pk,
            before=before,
            after=after,
            grounds_digest=grounds(current),
        )
    current.save(update_fields=["state", "decided_at", "decided_by", "digest_before", "digest_after"])
    return current


def _affected(redaction: Redaction) -> Sequence[Revision]:
    """Return the signed revisions whose content the redaction changes, locked, its own among them."""
    revisions = Revision.objects.filter(pk=redaction.revision_id)
    if redaction.item is not None and redaction.item.file is not None:
        given = EvidenceItem.objects.filter(file__blob=redaction.item.file.blob_id)
        revisions = Revision.objects.exclude(content=None).filter(pk__in=given.values("entry__revision"))
    locked = revisions.select_for_update(of=("self",), no_key=True).select_related("statement__unit")
    return list(locked.order_by("pk"))


def passages_of(redaction: Redaction) -> tuple[str, ...]:
    """Return what a waiting redaction of a text would take out."""
    return _passages(redaction.revision, redaction.path, redaction.redacted)


def elsewhere(redaction: Redaction) -> Sequence[str]:
    """Return in words where else in the unit's statements the same passages stand, or the same bytes were given."""
    revisions = Revision.objects.filter(statement__unit=redaction.revision.statement.unit_id)
    if redaction.item is not None and redaction.item.file is not None:
        same = EvidenceItem.objects.filter(file__blob=redaction.item.file.blob_id).exclude(pk=redaction.item.pk)
        places = same.select_related("entry__theme", "entry__revision__statement__unit")
        return [f"{one.entry.revision}, {one.entry.theme}" for one in places]
    taken = passages_of(redaction)
    found = []
    for one in revisions.exclude(content=None).select_related("statement__unit").order_by("pk").iterator(chunk_size=20):
        found += [
            f"{one}, {text.label}"
            for text in rules.texts(one.content)
            if (one.pk, text.path) != (redaction.revision_id, redaction.path)
            and any(passage in text.text for passage in taken)
        ]
    drafts = Entry.objects.filter(revision__in=revisions, revision__content=None).select_related(
        "theme", "revision__statement__unit"
    )
    found += [
        f"{entry.revision} (a draft, which the unit can change), {entry.theme}"
        for entry in drafts
        if any(passage in getattr(entry, field) for passage in taken for field in rules.ANSWERS)
    ]
    return found


# --- Refusals -----------------------------------------------------------------------------------------------------


def _refuse_unless_signed(revision: Revision) -> None:
    if not revision.is_frozen:
        raise Refused("Only what is signed is redacted: whoever fills in a draft can change it.")


def _refuse_under_a_hold(revision: Revision, path: str) -> None:
    """Raise Refused where what would be changed is held: as the unit's, its groups' or that of anybody appointed to it.

    The words of an action stand in the action too.
    """
    unit = revision.statement.unit_id
    groups = UnitMembership.objects.filter(unit=unit).values_list("group_id", flat=True)
    people = Appointment.objects.filter(unit=unit).values_list("person_id", flat=True).distinct()
    scopes = [
        (HoldScope.UNIT, unit),
        *((HoldScope.GROUP, group) for group in groups),
        *((HoldScope.PERSON, person) for person in people),
    ]
    classes = [RecordClass.STATEMENTS, *([RecordClass.ACTIONS] if "/actions/" in path else [])]
    found = {hold.pk for one in classes for hold in holds.covering(one, scopes)}
    if found:
        raise Refused(HELD.format(holds=f"hold {', '.join(map(str, sorted(found)))}"))


def _waiting(redaction: Redaction, *, by: User) -> Redaction:
    current = (
        Redaction.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item__file__blob", "revision")
        .get(pk=redaction.pk)
    )
    if not current.waits:
        raise Refused(f"This redaction has been decided on already: it is {current.get_state_display().lower()}.")
    if current.proposed_by_id == by.pk:
        raise Refused("You proposed this redaction, so somebody else has to decide on it.")
    return current


def _passages(revision: Revision, path: str, redacted: str) -> tuple[str, ...]:
    text = rules.text_at(revision.content, path)
    taken = rules.passages(text.text, redacted) if text else None
    if taken is None:
        raise Refused(
            f"Only {MARK} may stand where something was taken out; everything else has to stay as it was signed. The "
            "text below is the signed one again: take the passages out and write nothing else."
        )
    return taken


def grounds(redaction: Redaction) -> str:
    """The digest of what was proposed and why: the trail keeps it, since the words may name people."""
    return content_digest(
        {
            name: getattr(redaction, name)
            for name in ("revision_id", "path", "label", "item_id", "redacted", "reason", "authority")
        }
    )


# --- Taking out ---------------------------------------------------------------------------------------------------


def _take_out_passages(revision: Revision, path: str, redacted: str) -> tuple[str, ...]:
    """Replace the text in the content and in the row it was gathered from; clean what was kept of that row before.

    Returns the passages.
    """
    taken = _passages(revision, path, redacted)
    unit = revision.statement.unit_id
    Revision.objects.filter(pk=revision.pk).update(content=rules.replaced(revision.content, path, redacted))
    *way, field = path.split("/")
    kept: list[tuple[models.QuerySet[Any, Any], Iterable[str]]] = [
        (SaveReceipt.objects.filter(revision=revision), ("answer",)),
        (WorkbookUpload.objects.filter(revision=revision), ("name", "answers", "decisions")),
        (MergeDecision.objects.filter(revision=revision), ("mine", "theirs", "result")),
    ]
    if not way:
        Revision.objects.filter(pk=revision.pk).update(**{field: redacted})
        kept.append((_overtaken(Revision, "events", statement__unit=unit), DETAIL_ANSWERS))
    else:
        entry = revision.entries.get(theme__identity=way[1])
        # Of every quarter: what was carried forward and changed there stands in no text that could be redacted.
        of_the_theme = {"revision__statement__unit": unit, "theme__identity": way[1]}
        kept.append((_overtaken(Entry, "history", **of_the_theme), WRITTEN_COLUMNS))
        merged = MergeDecision.objects.filter(entry__in=Entry.objects.filter(**of_the_theme))
        kept.append((merged, ("mine", "theirs", "result")))
        if len(way) == 2:
            Entry.objects.filter(pk=entry.pk).update(**{field: redacted})
        elif way[2] == "actions":
            kept += _rows_of_actions(entry)
        else:
            items = entry.evidence_items.filter(file__isnull=way[2] == "links").order_by("pk")
            EvidenceItem.objects.filter(pk=items[int(way[3])].pk).update(**{field: redacted})
    for rows, fields in kept:
        _clean(rows, fields, taken)
    return taken


def _rows_of_actions(entry: Entry) -> list[tuple[models.QuerySet[Any], Iterable[str]]]:
    """The entry's actions and their tasks as they stand, and what the database has kept of them from before."""
    actions = Action.objects.filter(pk__in=entry.actions.values("pk"))
    numbers = list(actions.values_list("pk", flat=True))
    of_tasks: Any = Task.events.rel.related_model  # type: ignore[attr-defined]  # pghistory's own
    return [
        (actions, rules.OF_AN_ACTION),
        (Task.objects.filter(action__in=numbers), TASK_TEXTS),
        (_overtaken(Action, "events", pk__in=numbers), rules.OF_AN_ACTION),
        (of_tasks.objects.filter(action__in=numbers), TASK_TEXTS),  # also of those that were removed since
    ]


def _overtaken(model: type[models.Model], name: str, **rows: Any) -> models.QuerySet[Any]:
    """What the database's triggers have kept of some rows of a model."""
    events = getattr(model, name).rel.related_model
    kept: models.QuerySet[Any] = events.objects.filter(pgh_obj__in=model._default_manager.filter(**rows).values("pk"))
    return kept


def _clean(rows: models.QuerySet[Any], fields: Iterable[str], taken: Sequence[str]) -> None:
    """Take the passages out of the rows' texts, also of those that lie in JSON."""
    for row in rows:
        changed = {name: cleaned for name in fields if (cleaned := _without(old := getattr(row, name), taken)) != old}
        if changed:
            type(row)._base_manager.filter(pk=row.pk).update(**changed)


def _without(value: Any, taken: Sequence[str]) -> Any:
    if isinstance(value, str):
        return rules.without(value, taken)
    if isinstance(value, dict):
        return {key: _without(item, taken) for key, item in value.items()}
    return [_without(item, taken) for item in value] if isinstance(value, list) else value


def _take_out_file(item: EvidenceItem, affected: Sequence[Revision], *, by: User, at: datetime) -> tuple[str, ...]:
    """Take a file's bytes away, and its names wherever it was given: they may say what it must not say.

    Returns the names and titles it had.
    """
    assert item.file is not None  # noqa: S101  # proposed for a file only
    blob = item.file.blob
    given = EvidenceItem.objects.filter(file__blob=blob)
    names = {name for names in given.values_list("title", "file__name") for name in names}
    given.update(title=MARK)
    EvidenceFile.objects.filter(blob=blob).update(name=MARK)
    for revision in affected:
        content = rules.without_file(revision.content, blob.sha256)
        Revision.objects.filter(pk=revision.pk).update(content=content)
    blobs.take_away(blob=blob, by=by, at=at)
    return tuple(sorted(names))


def _erase_from_trail(revisions: Sequence[Revision], taken: Sequence[str], *, by: User, at: datetime) -> None:
    """Erase the words of acts that hold any of the passages: acts on the revisions, their evidence and actions."""
    entries = Entry.objects.filter(revision__in=revisions)
    things = {
        Revision: [revision.pk for revision in revisions],
        Entry: list(entries.values_list("pk", flat=True)),
        EvidenceItem: list(EvidenceItem.objects.filter(entry__in=entries).values_list("pk", flat=True)),
        Action: list(Action.objects.filter(pk__in=entries.values("actions")).values_list("pk", flat=True)),
    }
    about = models.Q()
    for model, numbers in things.items():
        about |= models.Q(thing_type=model._meta.label, thing_id__in=numbers)
    # Evidence that was taken back before the signature is gone, and what it was called stands in the trail alone.
    about |= models.Q(
        act__in=["evidence.added", "evidence.removed"], detail__statement__in=[str(one) for one in revisions]
    )
    said = TrailEntry.objects.filter(about).with_words().exclude(words=None)
    holding = [
        entry.pk
        for entry in said
        if any(passage in text for passage in taken for text in json.loads(entry.words).values())
    ]
    trail.erase_of(entries=TrailEntry.objects.filter(pk__in=holding), kinds=[IdentityKind.WORDS], by=by, at=at)


def _forget_document(revision: Revision, *, by: User, at: datetime) -> None:
    """Take away the PDF that was printed of the revision; it is printed anew when somebody asks for it."""
    document = StatementDocument.objects.filter(revision=revision).select_related("blob").first()
    if document is not None:
        document.delete()
        blobs.take_away(blob=document.blob, by=by, at=at)
