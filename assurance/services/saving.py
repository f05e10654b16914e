"""What stands behind every save: writing it answer by answer under the row's lock, how it is answered, also when it is
sent again, and texts that were overtaken."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from assurance.models import (
    Audit,
    Entry,
    MergeDecision,
    Revision,
    Rollup,
    SaveReceipt,
    ThemeAssessment,
    ThemeVerdict,
)
from assurance.rules import Refused
from organisation.models import User
from records.canonical import normal
from records.edits import Conflict, Edit, Reconciled, write_onto

# What is saved by itself, each under one lock.
Saveable = Entry | Revision | Rollup | ThemeAssessment | Audit | ThemeVerdict


@dataclass(frozen=True)
class ActionEdit:
    """A row of the actions of a theme. `action_id` None raises a new one; `token` tells a row sent twice."""

    action_id: int | None
    token: uuid.UUID
    edits: Mapping[str, Edit]


@dataclass(frozen=True)
class LastChange:
    """Who changed something last before a save, and when: whose version a conflict is with."""

    by: User | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Saved:
    """How a save is answered: what could not be written, since somebody else had changed it, and who that was.

    `stamps` are the versions of the answers that were sent, as they are now; `actions` the ids of the rows’ actions.
    """

    conflicts: tuple[Conflict, ...] = ()
    action_conflicts: Mapping[int, tuple[Conflict, ...]] = field(default_factory=dict)
    before: LastChange = LastChange()
    actions_before: Mapping[int, LastChange] = field(default_factory=dict)
    stamps: Mapping[str, int] = field(default_factory=dict)
    actions: Mapping[uuid.UUID, int] = field(default_factory=dict)
    saved_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return not self.conflicts and not self.action_conflicts


# --- Writing onto a row -------------------------------------------------------------------------------------------


def save_row(
    current: Any,
    place: Place,
    answers: Sequence[str],
    edits: Mapping[str, Edit],
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    token: uuid.UUID | None,
    by: User,
    at: datetime,
) -> Saved:
    """Save answers of `place` onto its row, which the caller has locked, and whose `waits_for_a_decision` says whether
    anything of this person there does. `columns` names those of an answer that has not one of its own name.
    """
    if (answered := answered_before(token=token, thing=current, by=by)) is not None:
        return answered
    edits = {name: Edit(edit.base_version, _stored(edit.value)) for name, edit in edits.items()}
    before = (current.changed_by_id, current.changed_at)
    result = write_onto(current, names=answers, edits=edits)
    if result.accepted:
        current.changed_at, current.changed_by = at, by
        written = [column for name in result.accepted for column in (columns or {}).get(name, [name])]
        current.save(update_fields=[*written, "field_versions", "changed_at", "changed_by"])
    if current.waits_for_a_decision:
        decide(edits, overtaken=result.conflicts, place=place, by=by, at=at)
    if result.conflicts:
        keep_overtaken(result.conflicts, place=place, by=by, at=at)
    saved = Saved(
        conflicts=result.conflicts,
        before=_last_change(result, *before),
        stamps={name: current.field_versions.get(name, 0) for name in edits},
        saved_at=at,
    )
    keep_receipt(token=token, thing=current, saved=saved, by=by, at=at)
    return saved


def refuse_unknown(edits: Mapping[str, Edit], answers: Sequence[str], thing: object) -> None:
    """Raise ValueError where an edit is of no answer of the thing."""
    if unknown := set(edits) - set(answers):
        raise ValueError(f"{thing} has no answer {', '.join(sorted(unknown))}.")


def _stored(value: Any) -> Any:
    return value if isinstance(value, date) else normal(value)


def _last_change(result: Reconciled, by: int | None, at: datetime | None) -> LastChange:
    if not result.conflicts:
        return LastChange()
    return LastChange(User.objects.get(pk=by) if by else None, at)


# --- Receipts -----------------------------------------------------------------------------------------------------


def answered_before(*, token: uuid.UUID | None, thing: Saveable, by: User) -> Saved | None:
    """Return how the save of `thing` with this token was answered, where it has been done. The caller holds its lock.

    Raises Refused where the token is that of another save: a page that was tampered with, or copied.
    """
    receipt = SaveReceipt.objects.filter(token=token).first() if token else None
    if receipt is None:
        return None
    if receipt.by_id != by.pk or receipt.answer["thing"] != _name_of(thing):
        raise Refused("This page was sent as part of another one. Copy what you typed, reload the page and try again.")
    return _from_json(receipt.answer)


def keep_receipt(*, token: uuid.UUID | None, thing: Saveable, saved: Saved, by: User, at: datetime) -> None:
    """Keep how a save was answered, in its own transaction."""
    if token is not None:
        answer = {"thing": _name_of(thing)} | _to_json(saved)
        SaveReceipt.objects.create(token=token, by=by, saved_at=at, answer=answer, **_whole_of(thing))


def _whole_of(thing: Saveable) -> dict[str, Any]:
    """Return the column of a receipt that says what the thing is a part of, and its value."""
    if isinstance(thing, Revision | Entry):
        return {"revision": thing if isinstance(thing, Revision) else thing.revision}
    if isinstance(thing, Audit | ThemeVerdict):
        return {"audit": thing if isinstance(thing, Audit) else thing.audit}
    return {"rollup": thing if isinstance(thing, Rollup) else thing.rollup}


def _name_of(thing: Saveable) -> str:
    return f"{thing._meta.model_name}:{thing.pk}"


def _to_json(saved: Saved) -> dict[str, Any]:
    return {
        "conflicts": [_conflict_to_json(one) for one in saved.conflicts],
        "action_conflicts": {
            str(action): [_conflict_to_json(one) for one in conflicts]
            for action, conflicts in saved.action_conflicts.items()
        },
        "before": _change_to_json(saved.before),
        "actions_before": {str(action): _change_to_json(change) for action, change in saved.actions_before.items()},
        "stamps": dict(saved.stamps),
        "actions": {str(token): action for token, action in saved.actions.items()},
        "saved_at": saved.saved_at.isoformat() if saved.saved_at else None,
    }


def _from_json(answer: Mapping[str, Any]) -> Saved:
    changes = [answer["before"], *answer["actions_before"].values()]
    people = User.objects.in_bulk({change["by"] for change in changes if change["by"]})
    return Saved(
        conflicts=tuple(_conflict_from_json(one) for one in answer["conflicts"]),
        action_conflicts={
            int(action): tuple(_conflict_from_json(one) for one in conflicts)
            for action, conflicts in answer["action_conflicts"].items()
        },
        before=_change_from_json(answer["before"], people),
        actions_before={
            int(action): _change_from_json(change, people) for action, change in answer["actions_before"].items()
        },
        stamps=answer["stamps"],
        actions={uuid.UUID(token): action for token, action in answer["actions"].items()},
        saved_at=datetime.fromisoformat(answer["saved_at"]) if answer["saved_at"] else None,
    )


def _conflict_to_json(conflict: Conflict) -> list[Any]:
    return [conflict.field, as_json(conflict.mine), as_json(conflict.theirs), conflict.their_version]


def _conflict_from_json(kept: Sequence[Any]) -> Conflict:
    name, mine, theirs, version = kept
    return Conflict(name, from_json(mine), from_json(theirs), version)


def _change_to_json(change: LastChange) -> dict[str, Any]:
    return {"by": change.by.pk if change.by else None, "at": change.at.isoformat() if change.at else None}


def _change_from_json(kept: Mapping[str, Any], people: Mapping[int, User]) -> LastChange:
    return LastChange(people.get(kept["by"]), datetime.fromisoformat(kept["at"]) if kept["at"] else None)


def as_json(value: Any) -> Any:
    """Return an answer as JSON keeps it: dates are told from texts."""
    return {"day": value.isoformat()} if isinstance(value, date) else value


def from_json(kept: Any) -> Any:
    """Return the answer that `as_json` has kept."""
    return date.fromisoformat(kept["day"]) if isinstance(kept, dict) else kept


# --- Texts that were overtaken ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a text belongs: to a theme, an action of it or the details of a statement; to a roll-up or its theme; to an
    audit or its verdict on a theme."""

    revision: Revision | None = None
    entry: Entry | None = None
    action_id: int | None = None
    rollup: Rollup | None = None
    assessment: ThemeAssessment | None = None
    audit: Audit | None = None
    verdict: ThemeVerdict | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The place as the columns of a decision have it."""
        return {
            "revision": self.revision,
            "entry": self.entry,
            "action_id": self.action_id,
            "rollup": self.rollup,
            "assessment": self.assessment,
            "audit": self.audit,
            "verdict": self.verdict,
        }


def pending_merges(
    *,
    by: User,
    revision: Revision | None = None,
    entry: Entry | None = None,
    rollup: Rollup | None = None,
    assessment: ThemeAssessment | None = None,
    audit: Audit | None = None,
    verdict: ThemeVerdict | None = None,
) -> list[MergeDecision]:
    """Return what this person wrote and could not save, and has not decided on yet: of a theme, or of the rest."""
    place = {
        "revision": revision,
        "entry": entry,
        "rollup": rollup,
        "assessment": assessment,
        "audit": audit,
        "verdict": verdict,
    }
    return list(MergeDecision.objects.filter(**place, by=by, decided_at=None).select_related("action"))


def keep_overtaken(conflicts: Iterable[Conflict], *, place: Place, by: User, at: datetime) -> None:
    """Keep texts that somebody else’s change has overtaken, each once however often it is sent."""
    known = list(_waiting_at(place, by=by).values_list("field", "mine"))
    MergeDecision.objects.bulk_create(
        [
            MergeDecision(
                **place.columns,
                field=conflict.field,
                mine=as_json(conflict.mine),
                theirs=as_json(conflict.theirs),
                their_version=conflict.their_version,
                by=by,
                refused_at=at,
            )
            for conflict in conflicts
            if (conflict.field, as_json(conflict.mine)) not in known
        ]
    )


def decide(edits: Mapping[str, Edit], *, overtaken: Iterable[Conflict], place: Place, by: User, at: datetime) -> None:
    """Record what a person has saved, having seen both versions, as the decision between them."""
    still_open = {conflict.field for conflict in overtaken}
    for name, edit in edits.items():
        if name not in still_open:
            waiting = _waiting_at(place, by=by).filter(field=name, their_version__lte=edit.base_version)
            waiting.update(result=as_json(edit.value), decided_at=at)


def _waiting_at(place: Place, *, by: User) -> QuerySet[MergeDecision]:
    """What this person wrote there, could not save and has not decided on."""
    return MergeDecision.objects.filter(**place.columns, by=by, decided_at=None)
