"""Signed content as a page or document reads it: the frozen record with level names and dates put into words.

What is read is always the content itself (`statements.content_of`, or what a revision has frozen), never the rows it
was made from: what the signer saw, what is printed and what the digest covers are one thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ReadLevel:
    """A level with its name in the statement's edition."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class ReadAction:
    """An action as it stood. Several tasks may have several leads, each named once, and several due dates."""

    title: str
    status: str
    leads: tuple[str, ...]
    due_on: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """What the statement says about one theme."""

    identity: str
    name: str
    scored: bool
    level: ReadLevel | None
    held_without_shrmt: bool | None
    evidence: str
    no_level_reason: str
    actions: tuple[ReadAction, ...]


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement's content, ready to be shown. `previous` is the digest of the signed revision that it follows."""

    unit: str
    quarter: str
    edition: str
    revision: int
    completer_name: str
    completer_position: str
    meeting_on: date | None
    no_meeting_reason: str
    entries: tuple[ReadEntry, ...]
    previous: str | None


def read(content: Mapping[str, Any], level_names: Mapping[int, str]) -> ReadStatement:
    """Return `content` for reading; `level_names` are those of the statement's edition."""
    return ReadStatement(
        unit=content["unit"],
        quarter=content["quarter"],
        edition=content["edition"],
        revision=content["revision"],
        completer_name=content["completer_name"],
        completer_position=content["completer_position"],
        meeting_on=_day(content["meeting_on"]),
        no_meeting_reason=content["no_meeting_reason"],
        entries=tuple(_entry(entry, level_names) for entry in content["entries"]),
        previous=content["previous"],
    )


def _entry(entry: Mapping[str, Any], level_names: Mapping[int, str]) -> ReadEntry:
    number = entry["level"]
    return ReadEntry(
        identity=entry["theme"],
        name=entry["name"],
        scored=entry["scored"],
        level=None if number is None else ReadLevel(number, level_names.get(number, "")),
        held_without_shrmt=entry["held_without_shrmt"],
        evidence=entry["evidence"],
        no_level_reason=entry["no_level_reason"],
        actions=tuple(_action(action) for action in entry["actions"]),
    )


def _action(action: Mapping[str, Any]) -> ReadAction:
    due = [_day(task["due_on"]) for task in action["tasks"]]
    return ReadAction(
        title=action["title"],
        status=action["status"],
        leads=tuple(dict.fromkeys(task["lead"] for task in action["tasks"] if task["lead"])),
        due_on=tuple(day for day in due if day is not None),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
