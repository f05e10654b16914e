"""Passages of signed content that the law wants gone: which texts there are, and what a redaction leaves of one. Pure.

A text is named by its path in the content: "no_meeting_reason", "entries/leadership/evidence",
"entries/leadership/actions/0/title". Redacting takes passages out and writes MARK in their place; it changes nothing
else, so that nobody can put other words into a signed text under its name.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MARK = "[redacted]"

DETAILS = {"no_meeting_reason": "Why no meeting has reviewed it"}
ANSWERS = {
    "evidence": "Evidence",
    "not_sure_note": "What is not sure",
    "criteria_note": "Note on the criteria",
    "no_level_reason": "Why no level or evidence",
}
OF_AN_ACTION = {
    "title": "Title",
    "measure": "Measure",
    "baseline": "Baseline",
    "target": "Target",
    "result": "Result",
    "achieved": "What was achieved",
}
OF_A_TASK = {"title": "Title", "leads": "Leads", "supporters": "Supporters", "due_words": "Due", "measure": "Measure"}
OF_AN_ITEM = {"title": "Title"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of signed content: its path, what it is called on a page, and what it says."""

    path: str
    label: str
    text: str


def texts(content: Mapping[str, Any]) -> list[Text]:
    """Return every text of the content that can be redacted and is not empty, in the order of the statement."""
    return [text for text in _texts(content) if text.text]


def _texts(content: Mapping[str, Any]) -> Iterator[Text]:
    for entry in content.get("entries", ()):
        at, name = f"entries/{entry['theme']}", entry["name"]
        yield from _of(entry, ANSWERS, at=at, name=name)
        for kind, called in (("links", "link"), ("files", "file")):
            for number, item in enumerate(entry.get(kind, ())):
                yield from _of(item, OF_AN_ITEM, at=f"{at}/{kind}/{number}", name=f"{name}, {called} {number + 1}")
        for number, action in enumerate(entry.get("actions", ())):
            place, called = f"{at}/actions/{number}", f"{name}, action {number + 1}"
            yield from _of(action, OF_AN_ACTION, at=place, name=called)
            for step, task in enumerate(action.get("tasks", ())):
                yield from _of(task, OF_A_TASK, at=f"{place}/tasks/{step}", name=f"{called}, task {step + 1}")
    yield from _of(content, DETAILS, at="", name="The meeting")


def _of(texts_of: Mapping[str, Any], named: Mapping[str, str], *, at: str, name: str) -> Iterator[Text]:
    for field, label in named.items():
        text = texts_of.get(field)
        if isinstance(text, str):
            yield Text(f"{at}/{field}".lstrip("/"), f"{name}: {label[:1].lower()}{label[1:]}", text)


def text_at(content: Mapping[str, Any], path: str) -> Text | None:
    """Return the text at a path; None where there is none, or it is empty."""
    return next((text for text in texts(content) if text.path == path), None)


def replaced(content: Mapping[str, Any], path: str, text: str) -> dict[str, Any]:
    """Return a copy of the content with another text at a path that has one."""
    changed: dict[str, Any] = copy.deepcopy(dict(content))
    *way, field = path.split("/")
    place: Any = changed
    for step in way:
        if isinstance(place, list):
            place = place[int(step)] if step.isdecimal() else next(one for one in place if one["theme"] == step)
        else:
            place = place[step]
    place[field] = text
    return changed


def passages(original: str, redacted: str) -> tuple[str, ...] | None:
    """Return what was taken out of a text, in its order; None where more than that was done to it.

    `redacted` must be the original with one or more passages, none of them empty, replaced by MARK each.
    """
    kept = redacted.split(MARK)
    if len(kept) < 2:
        return None
    pattern = "(.+?)".join(re.escape(piece) for piece in kept)
    found = re.fullmatch(pattern, original, re.DOTALL)
    return found.groups() if found else None


def without(text: str, taken: Sequence[str]) -> str:
    """Return another text with the same passages taken out of it, wherever they stand, the longest first."""
    for passage in sorted(set(taken), key=len, reverse=True):
        text = text.replace(passage, MARK)
    return text


def without_file(content: Mapping[str, Any], sha256: str) -> dict[str, Any]:
    """Return a copy of the content in which a file is known by the digest of its bytes alone."""
    changed: dict[str, Any] = copy.deepcopy(dict(content))
    for entry in changed.get("entries", ()):
        for file in entry.get("files", ()):
            if file["sha256"] == sha256:
                file["title"] = file["name"] = MARK
    return changed
