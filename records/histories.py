"""Who changed what from what, when: a row's history as the database's triggers keep it, put in order. Pure.

A trigger keeps what a change overwrote, so what a change made of it stands in the next row that was kept, or in the row
as it is now. Changes that one person makes to one row in one go are told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rendering.differences import Segment, segments

OUTSIDE = "Outside the application (by a command, or directly in the database)"
# A person who pauses for longer has begun anew.
IN_ONE_GO = timedelta(minutes=30)


class What(StrEnum):
    """What happened to a row; the labels under which triggers keep it."""

    MADE = "made"
    OVERWRITTEN = "overwritten"
    REMOVED = "removed"


class Source(StrEnum):
    """Where a change came from."""

    PERSON = "person"
    TASK = "task"
    OUTSIDE = "outside"  # a command, or SQL


@dataclass(frozen=True, slots=True)
class Kept:
    """What a trigger kept: the row's values before the change, or with which it was made."""

    what: What
    at: datetime
    values: Mapping[str, Any]
    source: Source = Source.OUTSIDE
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A value before a change, and after it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to the row `of`, from its first moment to its last. `by` is the person's number."""

    of: Any
    what: What
    begun_at: datetime
    at: datetime
    source: Source
    by: int | None
    fields: tuple[Field, ...]


def source_of(context: Mapping[str, Any] | None) -> tuple[Source, int | None]:
    """Return where a change came from and who made it, from what was kept beside it; None: nothing was."""
    if context is None:
        return Source.OUTSIDE, None
    if context.get("user"):
        return Source.PERSON, int(context["user"])
    return Source.TASK, None


def kept_by_row(events: Iterable[Any], columns: Sequence[str]) -> dict[int, list[Kept]]:
    """Return what triggers kept of each row, by its number, in the order in which they did.

    `events` are rows of a history with their `pgh_context`; one whose row is gone is left out.
    """
    found: dict[int, list[Kept]] = {}
    for event in sorted(events, key=lambda event: event.pgh_id):
        source, by = source_of(event.pgh_context.metadata if event.pgh_context else None)
        values = {name: getattr(event, name) for name in columns}
        kept = Kept(What(event.pgh_label), event.pgh_created_at, values, source, by)
        found.setdefault(event.pgh_obj_id, []).append(kept)
    return found


def changes(of: Any, kept: Sequence[Kept], *, now: Mapping[str, Any] | None) -> list[Change]:
    """Return a row's changes, the oldest first. `now` are its values as they are; None where it is gone.

    A change that left all of these values as they were is left out.
    """
    found = []
    for number, one in enumerate(kept):
        fields: tuple[Field, ...] = ()
        if one.what == What.OVERWRITTEN:
            later = kept[number + 1].values if number + 1 < len(kept) else now
            fields = _differences(one.values, later or one.values)
            if not fields:
                continue
        found.append(Change(of, one.what, one.at, one.at, one.source, one.by, fields))
    return found


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(Field(name, value, after[name]) for name, value in before.items() if value != after[name])


def in_one_go(found: Iterable[Change]) -> list[Change]:
    """Join the changes of one row, the oldest first, that somebody made to it without a longer pause.

    What was written and taken back in between does not show. What came from outside stays by itself.
    """
    joined: list[Change] = []
    for change in found:
        before = joined[-1] if joined else None
        if before is not None and _belong_together(before, change):
            joined[-1] = replace(before, at=change.at, fields=_joined(before.fields, change.fields))
            if not joined[-1].fields:
                joined.pop()
        else:
            joined.append(change)
    return joined


def _belong_together(earlier: Change, later: Change) -> bool:
    return (
        earlier.of == later.of
        and earlier.what == later.what == What.OVERWRITTEN
        and earlier.source == later.source == Source.PERSON
        and earlier.by == later.by
        and later.at - earlier.at <= IN_ONE_GO
    )


def _joined(earlier: Sequence[Field], later: Sequence[Field]) -> tuple[Field, ...]:
    fields = {field.name: field for field in earlier}
    for field in later:
        first = fields.get(field.name)
        fields[field.name] = field if first is None else Field(field.name, first.before, field.after)
    return tuple(field for field in fields.values() if field.before != field.after)


@dataclass(frozen=True, slots=True)
class ShownField:
    """A value before and after, in words; "" where there was none."""

    label: str
    before: str
    after: str
    is_long: bool

    @property
    def segments(self) -> Sequence[Segment]:
        """How one text follows from the other: for long ones. Worked out where it is shown, since it costs time."""
        return segments(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a history. `place` is the part it is about; `begun_at` is set where it took a while."""

    at: datetime
    who: str
    did: str
    begun_at: datetime | None = None
    place: str = ""
    fields: tuple[ShownField, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    from_outside: bool = False


def item_of(
    change: Change, what: str, *, people: Mapping[int, str], fields: Iterable[ShownField], system: str, place: str = ""
) -> Item:
    """Return a change to `what` as a line. `people` are names by number, `system` is who did what nobody did."""
    who = {Source.OUTSIDE: OUTSIDE, Source.TASK: system}.get(change.source)
    verb = {What.MADE: "made", What.OVERWRITTEN: "changed", What.REMOVED: "removed"}[change.what]
    took_a_while = change.begun_at.replace(second=0, microsecond=0) < change.at.replace(second=0, microsecond=0)
    return Item(
        at=change.at,
        begun_at=change.begun_at if took_a_while else None,
        who=who or people.get(change.by or 0, f"Account {change.by}"),
        did=f"{verb} {what}",
        place=place,
        fields=tuple(fields),
        from_outside=change.source == Source.OUTSIDE,
    )


def latest_first(items: Iterable[Item]) -> list[Item]:
    """Return the lines, the latest first; what happened in the same moment stays in its order."""
    found = list(items)
    found.reverse()
    return sorted(found, key=lambda item: item.at, reverse=True)
