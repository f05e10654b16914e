"""The file of risks: what points and scores are called, and risks of a register with how they stand. Reading it. Pure.

docs/risks.md describes the format. A file is judged whole: every fault that can be seen is raised together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from risks.heatmap import Band, Scale
from risks.trend import HIGHEST, Direction

FORMAT = 1
STATUSES = ("emerging", "open", "controlled", "closed")
REFERENCE = re.compile(r"[1-9][0-9]{0,3}([a-z](-[a-z])?)?")
LONGEST = {"title": 200, "name": 40, "description": 2000, "update": 2000, "meaning": 300, "because": 1000, "post": 120}


class NotRisks(ValueError):
    """The file does not say what it should. `faults` says of each entry what to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class RiskEntry:
    """A risk: `trend` is the Board’s own, and empty where it follows from assessments."""

    reference: str
    title: str
    description: str
    theme: str
    leads: tuple[str, ...]
    status: str
    trend: str
    update: str


@dataclass(frozen=True, slots=True)
class RisksFile:
    """All that a file says. `meanings` are of the bands, in their order; a file of a scale alone has no meeting."""

    scale: Scale | None
    meanings: tuple[str, ...]
    held_on: date | None
    meeting: str
    risks: tuple[RiskEntry, ...]
    agenda: tuple[str, ...]


def read(text: str) -> RisksFile:
    """Return what the TOML text says. Raises NotRisks with every fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotRisks([f"The file is no TOML: {error}."]) from error
    if document.get("format") != FORMAT:
        raise NotRisks([f"The file does not say format = {FORMAT}."])
    reading = _Reading()
    reading.refuse_others("The file", document, ("format", "scale", "agenda", "meeting", "risks"))
    scale, meanings = reading.scale(document.get("scale"))
    held_on, meeting = reading.meeting(document.get("meeting"), needed=bool(document.get("risks")))
    agenda = reading.agenda(document.get("agenda", {}))
    risks = tuple(reading.risks(document.get("risks", [])))
    seen: set[str] = set()
    for risk in risks:
        if risk.reference in seen:
            reading.faults.append(f"risks: reference “{risk.reference}” is there twice.")
        seen.add(risk.reference)
    if reading.faults:
        raise NotRisks(reading.faults)
    return RisksFile(scale, meanings, held_on, meeting, risks, agenda)


@dataclass(slots=True)
class _Reading:
    """Turns entries into values, noting every fault on the way."""

    faults: list[str] = field(default_factory=list)

    def scale(self, said: Any) -> tuple[Scale | None, tuple[str, ...]]:
        if said is None:
            return None, ()
        if not isinstance(said, dict):
            self.faults.append("scale is no table. Begin it with [scale].")
            return None, ()
        self.refuse_others("scale", said, ("likelihood", "impact", "bands"))
        names = [self._names(said, axis) for axis in ("likelihood", "impact")]
        bands: list[Band] = []
        meanings: list[str] = []
        for place, entry in self._entries(said.get("bands", []), "scale.bands"):
            self.refuse_others(place, entry, ("name", "from_score", "meaning"))
            bands.append(Band(self._text(place, entry, "name"), self._score(place, entry), len(bands) + 1))
            meanings.append(self._text(place, entry, "meaning", required=False))
        if self.faults:
            return None, ()
        try:
            return Scale(names[0], names[1], tuple(bands)), tuple(meanings)
        except ValueError as fault:
            self.faults.append(f"scale: {fault}")
            return None, ()

    def agenda(self, said: Any) -> tuple[str, ...]:
        items = said.get("items", []) if isinstance(said, dict) else None
        if not isinstance(items, list) or not all(isinstance(one, str) and 0 < len(one) <= 200 for one in items):
            self.faults.append("agenda: items is no list of titles of at most 200 characters.")
            return ()
        self.refuse_others("agenda", said, ("items",))
        return tuple(dict.fromkeys(items))

    def meeting(self, said: Any, *, needed: bool) -> tuple[date | None, str]:
        if said is None:
            if needed:
                self.faults.append("The file has risks and no [meeting] of the Board at which they stood so.")
            return None, ""
        if not isinstance(said, dict):
            self.faults.append("meeting is no table. Begin it with [meeting].")
            return None, ""
        self.refuse_others("meeting", said, ("held_on", "name"))
        held_on = said.get("held_on")
        if type(held_on) is not date:
            self.faults.append("meeting: held_on is a day, such as 2019-08-05.")
            held_on = None
        return held_on, self._text("meeting", said, "name", longest=100)

    def risks(self, said: Any) -> Iterator[RiskEntry]:
        for place, entry in self._entries(said, "risks"):
            known = ("reference", "title", "description", "theme", "leads", "status", "trend", "update")
            self.refuse_others(place, entry, known)
            reference = self._text(place, entry, "reference")
            if reference and not REFERENCE.fullmatch(reference):
                self.faults.append(f"{place}: “{reference}” is no reference. Write a number, such as 17, 3a or 3a-d.")
            yield RiskEntry(
                reference,
                self._text(place, entry, "title"),
                self._text(place, entry, "description", required=False),
                self._text(place, entry, "theme", required=False),
                self._leads(place, entry),
                self._one_of(place, entry, "status", STATUSES),
                self._one_of(place, entry, "trend", ("", *Direction)),
                self._text(place, entry, "update", required=False),
            )

    def refuse_others(self, place: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
        self.faults += [
            f"{place}: “{name}” is not known here. Known are {', '.join(known)}." for name in entry if name not in known
        ]

    def _entries(self, said: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            self.faults.append(f"{name} is no list of entries. Begin each with [[{name}]].")
            return
        for number, entry in enumerate(said, start=1):
            yield f"{name}, entry {number}", entry

    def _names(self, said: Mapping[str, Any], axis: str) -> tuple[str, ...]:
        names = said.get(axis)
        if (
            not isinstance(names, list)
            or len(names) != HIGHEST
            or not all(isinstance(one, str) and one for one in names)
        ):
            self.faults.append(f"scale: {axis} is no list of {HIGHEST} names.")
            return ()
        return tuple(names)

    def _score(self, place: str, entry: Mapping[str, Any]) -> int:
        score = entry.get("from_score")
        if type(score) is not int:
            self.faults.append(f"{place}: from_score is a whole number from 1 to {HIGHEST * HIGHEST}.")
            return 0
        return score

    def _leads(self, place: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        leads = entry.get("leads", [])
        if not isinstance(leads, list) or not all(
            isinstance(one, str) and 0 < len(one) <= LONGEST["post"] for one in leads
        ):
            self.faults.append(f"{place}: leads is no list of posts.")
            return ()
        return tuple(dict.fromkeys(leads))

    def _one_of(self, place: str, entry: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
        said = str(entry.get(name, choices[0] if choices[0] == "" else None))
        if said not in choices:
            self.faults.append(f"{place}: {name} is one of {', '.join(filter(None, choices))}, not “{said}”.")
        return said

    def _text(
        self, place: str, entry: Mapping[str, Any], name: str, *, required: bool = True, longest: int | None = None
    ) -> str:
        text = entry.get(name, "")
        if not isinstance(text, str):
            self.faults.append(f"{place}: {name} is no text.")
            return ""
        said = " ".join(text.split())
        if required and not said:
            self.faults.append(f"{place}: {name} is missing.")
        most = longest or LONGEST.get(name, 60)
        if len(said) > most:
            self.faults.append(f"{place}: {name} is longer than {most} characters.")
        return said
