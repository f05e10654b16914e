"""The skeleton of a paper: its parts in order, their headings, which are prose and which are drawn from data.

A template has one (`papers/templatefile.py` reads it from a file); a paper keeps a copy of its template's, so that a
template that changes later changes no paper that has been begun. Plain values: no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

PROSE = "prose"


class Numbering(StrEnum):
    """How the paragraphs of the first chapter are numbered; later chapters count 2.1, 2.2 … in both."""

    RUNNING = "01."
    BY_CHAPTER = "1.1"

    def number(self, chapter: int, paragraph: int) -> str:
        if self is Numbering.RUNNING and chapter == 1:
            return f"{paragraph:02d}."
        return f"{chapter}.{paragraph}"


class Audience(StrEnum):
    """Whom a paper is for: the outside panel and everybody in the force, or whoever reads the Board's meetings."""

    PANEL = "panel"
    BOARD = "board"


@dataclass(frozen=True)
class Section:
    """A piece of a paper: prose that somebody writes, or (`kind`) a block drawn from data with its `options`.

    `chapter` 0 leaves its paragraphs unnumbered; sections of one chapter share one run of numbers. A section without a
    `heading` stands right under its part's. `starts_with` is what a new paper says; `needed` is what to tell whoever
    makes a paper final without it.
    """

    key: str
    heading: str = ""
    kind: str = PROSE
    chapter: int = 0
    hint: str = ""
    starts_with: str = ""
    needed: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_prose(self) -> bool:
        return self.kind == PROSE


@dataclass(frozen=True)
class Part:
    """A main heading and what stands under it. An appendix is numbered where it is printed, if it has anything."""

    heading: str
    sections: tuple[Section, ...]
    is_appendix: bool = False


@dataclass(frozen=True)
class Skeleton:
    """The parts of a paper, how its paragraphs are numbered, whom it is for, and the abbreviations it begins with."""

    numbering: Numbering
    parts: tuple[Part, ...]
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    audience: Audience = Audience.PANEL

    @property
    def sections(self) -> Iterator[Section]:
        return (section for part in self.parts for section in part.sections)

    @property
    def prose(self) -> dict[str, Section]:
        """The sections that somebody writes, by key."""
        return {section.key: section for section in self.sections if section.is_prose}

    @property
    def blocks(self) -> dict[str, Section]:
        """The sections that are drawn from data, by key."""
        return {section.key: section for section in self.sections if not section.is_prose}

    def has(self, kind: str) -> bool:
        return any(section.kind == kind for section in self.sections)

    def name_of(self, key: str) -> str:
        """Return what people call the section: its heading, or that of its part."""
        return next(
            section.heading or part.heading for part in self.parts for section in part.sections if section.key == key
        )

    def first_texts(self, half: str) -> dict[str, str]:
        """Return the prose a new paper on the half-year of that name starts with, by section."""
        return {key: section.starts_with.replace("{half}", half) for key, section in self.prose.items()}


def as_json(skeleton: Skeleton) -> dict[str, Any]:
    """Return the skeleton as a row keeps it."""
    return {
        "numbering": skeleton.numbering.value,
        "audience": skeleton.audience.value,
        "parts": [
            {
                "heading": part.heading,
                "is_appendix": part.is_appendix,
                "sections": [asdict(section) for section in part.sections],
            }
            for part in skeleton.parts
        ],
        # Pairs: a row does not keep the order of a mapping.
        "abbreviations": [[short, meaning] for short, meaning in skeleton.abbreviations.items()],
    }


def of_json(kept: Mapping[str, Any]) -> Skeleton:
    """Return what `as_json` was given; rows from before there were appendices and abbreviations have neither."""
    known = {each.name for each in fields(Section)}
    return Skeleton(
        Numbering(kept["numbering"]),
        tuple(
            Part(
                part["heading"],
                tuple(
                    Section(**{name: value for name, value in section.items() if name in known})
                    for section in part["sections"]
                ),
                part.get("is_appendix", False),
            )
            for part in kept["parts"]
        ),
        dict(kept.get("abbreviations", ())),
        Audience(kept.get("audience", Audience.PANEL)),
    )


def with_options(kept: Mapping[str, Any], key: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kept skeleton in which the section of that key has these options; all else in it stays word for word."""
    return {
        **kept,
        "parts": [
            {
                **part,
                "sections": [
                    {**section, "options": dict(options)} if section["key"] == key else section
                    for section in part["sections"]
                ],
            }
            for part in kept["parts"]
        ],
    }
