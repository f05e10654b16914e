"""The file of an edition's behavioural standards and audit KPIs: reading, checking and writing. Pure.

docs/model-format.md describes it. A file is judged whole: every fault that can be seen is raised together, each with
its line and column, so that the person who writes the file mends it in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from maturity.modelfile.model import MOST_FAULTS_SHOWN, place
from records.canonical import normal
from records.spreadsheets import Unreadable, Wanted
from records.tables import Asked
from records.tables import read as rows_of
from rendering.cells import csv_bytes

THEME, LEVEL, KIND, REFERENCE, TEXT, HOW_TESTED = "Theme", "Level", "Kind", "Reference", "Text", "How it is tested"
COLUMNS = (THEME, LEVEL, KIND, REFERENCE, TEXT, HOW_TESTED)
MOST_STANDARDS = 5000
LONGEST_REFERENCE, LONGEST_TEXT = 40, 4000
ADVICE = "The columns are described in docs/model-format.md; export_standards writes a file to begin with."
ASKED = Asked(
    Wanted("a list of standards", ADVICE), COLUMNS, "Standards", most_lines=2 * MOST_STANDARDS, optional={HOW_TESTED}
)


class Kind(StrEnum):
    """What a standard is, as the database keeps it."""

    BEHAVIOUR = "behaviour"
    KPI = "kpi"


# What may be written in the column, in any case.
KINDS = {
    "behaviour": Kind.BEHAVIOUR,
    "behavioural standard": Kind.BEHAVIOUR,
    "standard": Kind.BEHAVIOUR,
    "kpi": Kind.KPI,
    "key performance indicator": Kind.KPI,
    "key performance indicator (kpi)": Kind.KPI,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the file: in which line and column (none: the file as a whole), and how to mend it."""

    line: int | None
    column: str
    message: str

    def said_of(self, filename: str) -> str:
        """The fault with its place."""
        where = f"{place(filename, self.line)}, column {self.column}" if self.column else place(filename, self.line)
        return f"{where}: {self.message}"


class StandardsFileError(Exception):
    """The file cannot be used. Its text says for each fault: file, line, column, what is wrong and how to mend it."""

    def __init__(self, filename: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [fault.said_of(filename) for fault in self.faults[:MOST_FAULTS_SHOWN]]
        if len(self.faults) > MOST_FAULTS_SHOWN:
            lines.append(f"{filename}: and {len(self.faults) - MOST_FAULTS_SHOWN} more. Mend these first.")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A standard of a theme (by its identity) at a level. `line` is where it stands, for messages."""

    theme: str
    level: int
    kind: Kind
    reference: str
    text: str
    how_tested: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """What of an edition a file can name: its scored and unscored themes (identity to name), and its levels."""

    scored: Mapping[str, str]
    unscored: Mapping[str, str]
    levels: Sequence[int]


def read(content: bytes, scale: Scale, *, filename: str) -> list[StandardLine]:
    """Return the standards in the order of the file, CSV or XLSX. Raises StandardsFileError with every fault."""
    try:
        lines = list(rows_of(content, ASKED))
    except Unreadable as why:
        raise StandardsFileError(filename, [Fault(None, "", str(why))]) from None
    if len(lines) > MOST_STANDARDS:
        raise StandardsFileError(filename, [Fault(None, "", f"The file has more than {MOST_STANDARDS:,} standards.")])
    if not lines:
        said = "The file has no standards below its headings. Write a line for each."
        raise StandardsFileError(filename, [Fault(None, "", said)])
    reading = _Reading(scale)
    found = [reading.standard(row.number, row.said) for row in lines]
    if reading.faults:
        raise StandardsFileError(filename, reading.faults)
    return [one for one in found if one is not None]


class _Reading:
    """Turns lines into standards, noting every fault on the way."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.faults: list[Fault] = []
        self.identity_of = {identity.casefold(): identity for identity in scale.scored} | {
            name.casefold(): identity for identity, name in scale.scored.items()
        }
        self.unscored = {text.casefold() for pair in scale.unscored.items() for text in pair}
        self.line_of: dict[tuple[str, str], int] = {}

    def standard(self, line: int, said: Mapping[str, str]) -> StandardLine | None:
        """Return the standard of a line, or None where something is wrong with it."""
        before = len(self.faults)
        theme, level, kind = (
            self._theme(line, said[THEME]),
            self._level(line, said[LEVEL]),
            self._kind(line, said[KIND]),
        )
        reference = self._written(line, REFERENCE, said[REFERENCE], LONGEST_REFERENCE)
        text = self._written(line, TEXT, said[TEXT], LONGEST_TEXT)
        how_tested = self._written(line, HOW_TESTED, said.get(HOW_TESTED, ""), LONGEST_TEXT, required=False)
        if theme is not None and reference:
            self._refuse_twice(line, theme, reference)
        if len(self.faults) > before or theme is None or level is None or kind is None:
            return None
        return StandardLine(theme, level, kind, reference, text, how_tested, line)

    def _fault(self, line: int, column: str, message: str) -> None:
        self.faults.append(Fault(line, column, message))

    def _theme(self, line: int, said: str) -> str | None:
        found = self.identity_of.get(said.casefold())
        if found is not None:
            return found
        if not said:
            message = "This is empty. Write the theme’s identity, such as leadership, or its name."
        elif said.casefold() in self.unscored:
            message = f"“{said}” is not scored in this edition, so no level of it can be tested. Remove the line."
        else:
            close = get_close_matches(said.casefold(), list(self.identity_of), n=1)
            hint = (
                f"Did you mean “{self.identity_of[close[0]]}”?" if close else f"It has: {', '.join(self.scale.scored)}."
            )
            message = f"The edition has no theme “{said}”. {hint}"
        self._fault(line, THEME, message)
        return None

    def _level(self, line: int, said: str) -> int | None:
        known = {str(level): level for level in self.scale.levels}
        if said in known:
            return known[said]
        what = f"“{said}” is no level of this edition" if said else "This is empty"
        self._fault(line, LEVEL, f"{what}. Write one of the numbers {', '.join(known)}.")
        return None

    def _kind(self, line: int, said: str) -> Kind | None:
        found = KINDS.get(said.casefold())
        if found is None:
            what = f"“{said}” is neither" if said else "This is empty"
            self._fault(line, KIND, f"{what}. Write “behaviour” for a behavioural standard or “KPI” for an indicator.")
        return found

    def _written(self, line: int, column: str, said: str, longest: int, *, required: bool = True) -> str:
        text: str = normal(said)
        if required and not text:
            self._fault(line, column, "This is empty. Write it, or remove the line.")
        elif len(text) > longest:
            self._fault(line, column, f"This has {len(text):,} characters. Shorten it to {longest:,}.")
        return text

    def _refuse_twice(self, line: int, theme: str, reference: str) -> None:
        first = self.line_of.setdefault((theme, reference), line)
        if first != line:
            self._fault(
                line,
                REFERENCE,
                f"“{reference}” stands in line {first} already for this theme. Give one of the two another reference.",
            )


def write(standards: Iterable[StandardLine]) -> bytes:
    """Return the standards as CSV that `read` takes."""
    rows = (
        (
            one.theme,
            one.level,
            "KPI" if one.kind is Kind.KPI else one.kind.value,
            one.reference,
            one.text,
            one.how_tested,
        )
        for one in standards
    )
    return csv_bytes(COLUMNS, rows)
