"""The file of a paper template: its name, its parts and sections. Reading and checking it. Plain values: no database.

docs/paper-templates.md describes the format. A file is judged whole: every fault that can be seen is raised together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from papers import abbreviations
from papers.options import Option, faults_in
from papers.skeleton import PROSE, Audience, Numbering, Part, Section, Skeleton

FORMAT = 1
KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = {"code": 40, "name": 100, "meaning": 500, "key": 40, "heading": 120, "hint": 500, "needed": 300}
LONGEST_TEXT = 10_000
MOST_CHAPTERS = 20


class NotTemplate(ValueError):
    """The file does not say what it should. `faults` says of each entry what to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """All that a file says. `meaning` tells whoever begins a paper what the template is for."""

    code: str
    name: str
    meaning: str
    skeleton: Skeleton


def read(text: str, *, kinds: Mapping[str, Sequence[Option]]) -> TemplateFile:
    """Return what the TOML text says. `kinds` are the blocks there are, with the options that each one takes.

    Raises NotTemplate with every fault.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise NotTemplate([f"The file is no TOML: {error}."]) from error
    if document.get("format") != FORMAT:
        raise NotTemplate([f"The file does not say format = {FORMAT}."])
    reading = _Reading({PROSE: (), **kinds})
    found = reading.template(document)
    if reading.faults:
        raise NotTemplate(reading.faults)
    return found


@dataclass(slots=True)
class _Reading:
    """Turns entries into values, noting every fault on the way."""

    kinds: Mapping[str, Sequence[Option]]
    faults: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def template(self, document: Mapping[str, Any]) -> TemplateFile:
        self._refuse_others(
            "The file",
            document,
            ("format", "code", "name", "meaning", "numbering", "audience", "abbreviations", "parts"),
        )
        code = self._key("The file", document, "code")
        name = self._text("The file", document, "name", needed=True)
        meaning = self._text("The file", document, "meaning")
        parts = tuple(self._part(place, entry) for place, entry in self._entries(document.get("parts"), "parts"))
        if not parts:
            self.faults.append("The file has no parts. Give at least one [[parts]] with a heading.")
        if any(before.is_appendix and not part.is_appendix for before, part in pairwise(parts)):
            self.faults.append("The file has a part behind an appendix. Put appendices last.")
        numbering = self._numbering(document.get("numbering"))
        audience = self._audience(document.get("audience", Audience.PANEL.value))
        known = self._abbreviations(document.get("abbreviations", {}))
        return TemplateFile(code, name, meaning, Skeleton(numbering, parts, known, audience))

    def _abbreviations(self, said: Any) -> dict[str, str]:
        if not isinstance(said, dict):
            self.faults.append("abbreviations is no table. Begin it with [abbreviations].")
            return {}
        for short, meaning in said.items():
            if not isinstance(meaning, str):
                self.faults.append(f"abbreviations: what {short} stands for is no text. Put it in quotation marks.")
            elif fault := abbreviations.fault_in(short, " ".join(meaning.split())):
                self.faults.append(f"abbreviations: {fault}")
        if len(said) > abbreviations.MOST:
            self.faults.append(
                f"abbreviations has {len(said):,} entries, and {abbreviations.MOST} are allowed. Take some out."
            )
        return {short: " ".join(str(meaning).split()) for short, meaning in said.items()}

    def _audience(self, said: Any) -> Audience:
        try:
            return Audience(said)
        except ValueError:
            allowed = " or ".join(f'"{one.value}"' for one in Audience)
            self.faults.append(f"audience is {said!r}. Write {allowed}, or leave it out for the panel.")
            return Audience.PANEL

    def _numbering(self, said: Any) -> Numbering:
        try:
            return Numbering(said)
        except ValueError:
            allowed = " or ".join(f'"{one.value}"' for one in Numbering)
            self.faults.append(f"numbering is {said!r}. Write {allowed}.")
            return Numbering.BY_CHAPTER

    def _part(self, place: str, entry: Mapping[str, Any]) -> Part:
        self._refuse_others(place, entry, ("heading", "appendix", "sections"))
        heading = self._text(place, entry, "heading", needed=True)
        found = self._entries(entry.get("sections"), f"{place}.sections")
        sections = tuple(self._section(where, one) for where, one in found)
        if not sections:
            self.faults.append(f"{place} has no sections. Give at least one [[parts.sections]] with a key.")
        if not all(section.heading for section in sections[1:]):
            self.faults.append(f"{place}: only the first section may go without a heading of its own.")
        return Part(heading, sections, self._appendix(place, entry.get("appendix", False)))

    def _appendix(self, place: str, said: Any) -> bool:
        if not isinstance(said, bool):
            self.faults.append(f"{place}: appendix is {said!r}. Write true or false.")
        return said is True

    def _section(self, place: str, entry: Mapping[str, Any]) -> Section:
        allowed = ("key", "heading", "kind", "chapter", "hint", "starts_with", "needed", "options")
        self._refuse_others(place, entry, allowed)
        key = self._key(place, entry, "key")
        if key in self.keys:
            self.faults.append(f"{place}: the key “{key}” stands in the file already. Every section has its own.")
        self.keys.add(key)
        kind = entry.get("kind", PROSE)
        if kind not in self.kinds:
            known = ", ".join(sorted(self.kinds))
            self.faults.append(f"{place}: there is no kind {kind!r}. There are: {known}.")
            kind = PROSE
        if kind != PROSE and (written := [name for name in ("starts_with", "needed") if entry.get(name)]):
            self.faults.append(f"{place}: {' and '.join(written)} is for prose; a block is drawn from data.")
        return Section(
            key=key,
            heading=self._text(place, entry, "heading"),
            kind=kind,
            chapter=self._chapter(place, entry.get("chapter", 0)),
            hint=self._text(place, entry, "hint"),
            starts_with=self._text(place, entry, "starts_with", longest=LONGEST_TEXT),
            needed=self._text(place, entry, "needed"),
            options=self._options(place, kind, entry.get("options", {})),
        )

    def _options(self, place: str, kind: str, said: Any) -> dict[str, Any]:
        if not isinstance(said, dict):
            self.faults.append(f"{place}: options is no table. Write options = {{ … }}.")
            return {}
        declared = self.kinds.get(kind, ())
        self._refuse_others(f"{place}.options", said, [option.name for option in declared])
        self.faults += [f"{place}.options: {fault}" for fault in faults_in(said, declared)]
        return said

    def _chapter(self, place: str, said: Any) -> int:
        if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MOST_CHAPTERS:
            return said
        self.faults.append(
            f"{place}: chapter is {said!r}. Write a whole number from 0 (not numbered) to {MOST_CHAPTERS}."
        )
        return 0

    def _key(self, place: str, entry: Mapping[str, Any], name: str) -> str:
        said = self._text(place, entry, name, needed=True)
        if said and not KEY.fullmatch(said):
            self.faults.append(f"{place}: {name} is “{said}”. Write small letters and figures, joined by hyphens.")
        return said

    def _text(
        self, place: str, entry: Mapping[str, Any], name: str, *, needed: bool = False, longest: int | None = None
    ) -> str:
        said: Any = entry.get(name, "")
        longest = longest or LONGEST[name]
        if not isinstance(said, str):
            self.faults.append(f"{place}: {name} is no text. Put it in quotation marks.")
            return ""
        text: str = said.strip()
        if needed and not text:
            self.faults.append(f"{place}: {name} is missing.")
        if len(text) > longest:
            self.faults.append(f"{place}: {name} has {len(text):,} characters, and {longest:,} are allowed.")
        return text

    def _entries(self, said: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if said is None:
            return
        if not isinstance(said, list):
            self.faults.append(f"{place} is no list. Begin each of its entries with [[{place}]].")
            return
        for number, entry in enumerate(said, start=1):
            if isinstance(entry, dict):
                yield f"{place} {number}", entry
            else:
                self.faults.append(f"{place} {number} is no table. Begin it with [[{place}]].")

    def _refuse_others(self, place: str, entry: Mapping[str, Any], allowed: Sequence[str]) -> None:
        for name in sorted(set(entry) - set(allowed)):
            known = ", ".join(allowed) or "none"
            self.faults.append(f"{place}: nothing is called “{name}” here. There are: {known}.")
