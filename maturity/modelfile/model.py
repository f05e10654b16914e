"""An edition of a maturity model as plain values, and what is said where a file cannot be one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

FORMAT = 1
MOST_FAULTS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, what, and what to do. No line: the file as a whole is meant."""

    line: int | None
    message: str


class ModelFileError(Exception):
    """The file cannot be used. Its text says for each fault: file, line, what is wrong and how to mend it."""

    def __init__(self, filename: str, faults: Iterable[Fault]) -> None:
        self.filename = filename
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line or 0))
        lines = [f"{place(filename, fault.line)}: {fault.message}" for fault in self.faults[:MOST_FAULTS_SHOWN]]
        if len(self.faults) > MOST_FAULTS_SHOWN:
            lines.append(f"{filename}: and {len(self.faults) - MOST_FAULTS_SHOWN} more. Mend these first.")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Level:
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring levels that stand under one heading; heading or behaviour may be empty, never both."""

    levels: tuple[int, ...]
    heading: str
    behaviour: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme; `cells` holds the criteria of each level, lowest first; none where it is not scored.

    `evidence` says for each level, lowest first, what evidence usually looks like: "" where nothing is said of a
    level, and nothing at all where it is said of none.
    """

    number: int
    identity: str
    name: str
    scored: bool
    note: str
    cells: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotComparable:
    """Themes whose levels mean something else than in the earlier edition."""

    edition: str
    identities: tuple[str, ...]
    reason: str
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """An edition of a model. Levels, bands and themes stand in rising order, whatever the order in the file.

    `filename` and the lines are where it came from, for messages; two models are equal whatever they are.
    """

    code: str
    name: str
    source: str
    starts_on: date
    notes: str
    levels: tuple[Level, ...]
    bands: tuple[Band, ...]
    themes: tuple[Theme, ...]
    not_comparable: tuple[NotComparable, ...]
    filename: str = field(default="", compare=False)
    starts_on_line: int | None = field(default=None, compare=False)
    code_line: int | None = field(default=None, compare=False)

    def without_evidence(self) -> ModelFile:
        """The model as people choose levels against it: what evidence usually looks like is guidance beside it."""
        return replace(self, themes=tuple(replace(theme, evidence=()) for theme in self.themes))


def place(filename: str, line: int | None) -> str:
    """Return `file, line 7`, or the file alone where the line is not known."""
    return filename if line is None else f"{filename}, line {line}"
