"""The file of kinds: events under RIDDOR with the days within which they are reported, and notices of the HSE. Pure.

docs/liaison.md describes the format. A file is judged whole: every fault that can be seen is raised together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = 1
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_DAYS = 366
LONGEST = {"code": 40, "name": 100, "meaning": 500}


class NotKinds(ValueError):
    """The file does not say what it should. `faults` says of each entry what to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A kind. `days` are calendar days from the event to the last day in time; None: it is recorded only."""

    code: str
    name: str
    meaning: str
    days: int | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class KindsFile:
    """All that a file says, in its order."""

    notifications: tuple[KindEntry, ...]
    notices: tuple[KindEntry, ...]


def read(text: str) -> KindsFile:
    """Return what the TOML text says. Raises NotKinds with every fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotKinds([f"The file is no TOML: {error}."]) from error
    if document.get("format") != FORMAT:
        raise NotKinds([f"The file does not say format = {FORMAT}."])
    faults: list[str] = list(_others("The file", document, ("format", "notifications", "notices")))
    notifications = _kinds(document, "notifications", ("code", "name", "meaning", "days", "confirmed"), faults)
    notices = _kinds(document, "notices", ("code", "name", "meaning"), faults)
    if faults:
        raise NotKinds(faults)
    return KindsFile(notifications, notices)


def _kinds(document: Mapping[str, Any], section: str, known: Sequence[str], faults: list[str]) -> tuple[KindEntry, ...]:
    said = document.get(section)
    if not isinstance(said, list) or not said or not all(isinstance(one, dict) for one in said):
        faults.append(f"{section} is no list of kinds. Begin each with [[{section}]].")
        return ()
    found: dict[str, KindEntry] = {}
    for number, entry in enumerate(said, start=1):
        place = f"{section}, kind {number}"
        faults += [*_others(place, entry, known), *_faults(place, entry)]
        code = str(entry.get("code", ""))
        if code in found:
            faults.append(f"{place}: the code “{code}” is there twice.")
        found[code] = KindEntry(
            code,
            str(entry.get("name", "")).strip(),
            str(entry.get("meaning", "")).strip(),
            entry.get("days"),
            entry.get("confirmed", False),
        )
    return tuple(found.values())


def _others(place: str, entry: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    for name in entry:
        if name not in known:
            yield f"{place}: “{name}” is not known here. Known are {', '.join(known)}."


def _faults(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for name, longest in LONGEST.items():
        text = entry.get(name, "")
        if not isinstance(text, str):
            yield f"{place}: {name} is no text."
        elif len(text) > longest:
            yield f"{place}: {name} is longer than {longest} characters."
        elif not text.strip() and name != "meaning":
            yield f"{place}: {name} is missing."
        elif name == "code" and not CODE.fullmatch(text):
            yield f"{place}: “{text}” is no code. Write small letters, digits and hyphens, such as over-7-day."
    days = entry.get("days")
    if days is not None and (type(days) is not int or not 0 <= days <= MOST_DAYS):
        yield f"{place}: days is a whole number from 0 to {MOST_DAYS}, or left out where it is recorded only."
    if type(entry.get("confirmed", False)) is not bool:
        yield f"{place}: confirmed is true or false."
