"""Signed content as a page or document reads it: the frozen record with level names and dates put into words.

What is read is always the content itself (`content.content_of`, or what a revision has frozen), never the rows it
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
class ReadTask:
    """A step of an action as it stood. At most one of a day, on-going and words says when it is due."""

    title: str
    leads: str
    supporters: str
    starts_on: date | None
    due_on: date | None
    ongoing: bool
    due_words: str
    measure: str


@dataclass(frozen=True, slots=True)
class ReadAction:
    """An action as it stood."""

    title: str
    status: str
    measure: str
    baseline: str
    target: str
    result: str
    achieved: str
    tasks: tuple[ReadTask, ...]

    @property
    def leads(self) -> tuple[str, ...]:
        """Who leads its tasks, each named once."""
        return tuple(dict.fromkeys(task.leads for task in self.tasks if task.leads))

    @property
    def due_on(self) -> tuple[date, ...]:
        """The days on which its tasks are due."""
        return tuple(task.due_on for task in self.tasks if task.due_on is not None)


@dataclass(frozen=True, slots=True)
class ReadCriterion:
    """A point of the level that is claimed, and whether it was ticked as met."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class ReadLink:
    """A link given as evidence. `of_on` is the day the evidence is of."""

    title: str
    url: str
    of_on: date | None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file given as evidence: what it is known by, and the digest of its bytes. `size` is in bytes."""

    title: str
    name: str
    size: int
    sha256: str
    media_type: str
    of_on: date | None


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
    no_level: str = ""
    not_sure_note: str = ""
    criteria: tuple[ReadCriterion, ...] = ()
    criteria_note: str = ""
    carried: str = ""
    carried_from: str | None = None
    links: tuple[ReadLink, ...] = ()
    files: tuple[ReadFile, ...] = ()

    @property
    def criteria_met(self) -> int:
        """How many points of the claimed level were ticked; 0 also where ticking was left out."""
        return sum(criterion.met for criterion in self.criteria)


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
        # Content signed before these were written down has none of them.
        no_level=entry.get("no_level", ""),
        not_sure_note=entry.get("not_sure_note", ""),
        criteria=tuple(ReadCriterion(one["text"], one["met"]) for one in entry.get("criteria", ())),
        criteria_note=entry.get("criteria_note", ""),
        carried=entry.get("carried", ""),
        carried_from=entry.get("carried_from"),
        links=tuple(ReadLink(link["title"], link["url"], _day(link["of_on"])) for link in entry.get("links", ())),
        files=tuple(_file(file) for file in entry.get("files", ())),
    )


def _action(action: Mapping[str, Any]) -> ReadAction:
    return ReadAction(
        title=action["title"],
        status=action["status"],
        measure=action.get("measure", ""),
        baseline=action.get("baseline", ""),
        target=action.get("target", ""),
        result=action.get("result", ""),
        achieved=action.get("achieved", ""),
        tasks=tuple(_task(task) for task in action["tasks"]),
    )


def _task(task: Mapping[str, Any]) -> ReadTask:
    return ReadTask(
        title=task.get("title", ""),
        leads=task["leads"] if "leads" in task else task["lead"],  # as content of the first format calls it
        supporters=task.get("supporters", ""),
        starts_on=_day(task.get("starts_on")),
        due_on=_day(task["due_on"]),
        ongoing=task.get("ongoing", False),
        due_words=task.get("due_words", ""),
        measure=task.get("measure", ""),
    )


def _file(file: Mapping[str, Any]) -> ReadFile:
    return ReadFile(
        title=file["title"],
        name=file["name"],
        size=file["size"],
        sha256=file["sha256"],
        media_type=file["media_type"],
        of_on=_day(file["of_on"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
