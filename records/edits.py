"""Edits of one thing by several people: which submitted fields may be saved, and which have been overtaken.

Every editable field carries a version, a counter that goes up with each change. A form sends, with each value, the
version it was showing. A field whose version has moved on since is in conflict, unless both people meant the same.
Pure: no database. The caller holds the row's lock between reading `current` and writing what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Edit:
    """A submitted value and the version of the field it was made on."""

    base_version: int
    value: Any


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else has changed since `mine` was begun."""

    field: str
    mine: Any
    theirs: Any
    their_version: int


@dataclass(frozen=True)
class Reconciled:
    """What may be written (field → value) and what may not."""

    accepted: dict[str, Any] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def reconcile(*, values: Mapping[str, Any], versions: Mapping[str, int], edits: Mapping[str, Edit]) -> Reconciled:
    """Sort submitted edits into changes to write and conflicts to show.

    `values` and `versions` are the row as it stands; a field without a version yet counts as version 0. A value equal
    to the stored one is neither: there is nothing to write and nothing to ask.
    """
    accepted: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name, edit in edits.items():
        if edit.value == values[name]:
            continue
        if edit.base_version == versions.get(name, 0):
            accepted[name] = edit.value
        else:
            conflicts.append(Conflict(name, edit.value, values[name], versions.get(name, 0)))
    return Reconciled(accepted, tuple(conflicts))


def next_versions(versions: Mapping[str, int], changed: Mapping[str, Any]) -> dict[str, int]:
    """Return the versions after writing `changed`."""
    return {**versions, **{name: versions.get(name, 0) + 1 for name in changed}}


class VersionedRow(Protocol):
    """A row that keeps the versions of its editable fields."""

    field_versions: Any


def write_onto(row: VersionedRow, *, names: Iterable[str], edits: Mapping[str, Edit]) -> Reconciled:
    """Set on `row` the edits of its fields `names` that nobody has overtaken, with their next versions.

    Nothing is saved: the caller adds who and when, and saves only where something was accepted.
    """
    result = reconcile(values={name: getattr(row, name) for name in names}, versions=row.field_versions, edits=edits)
    for name, value in result.accepted.items():
        setattr(row, name, value)
    row.field_versions = next_versions(row.field_versions, result.accepted)
    return result
