"""The register as a file, CSV or XLSX: written to take away, and read when somebody brings it back. Pure.

Every fault is named by its line and column, and one fault is enough for nothing to be taken. What only the Board
decides (a risk's status, its own trend) is in the file to be read, and is not changed by one that is brought.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from records import tables
from records.spreadsheets import Problem, Unreadable, Wanted
from rendering.tables import Cell, Table
from risks.risksfile import LONGEST, REFERENCE, STATUSES
from risks.trend import POINTS

ID, TITLE, DESCRIPTION, THEME, STATUS, TREND, LEADS = (
    "Reference", "Title", "Description", "Theme", "Status", "Trend", "Leads",
)  # fmt: skip
ASSESSED, LIKELIHOOD_BEFORE, IMPACT_BEFORE, LIKELIHOOD, IMPACT, BECAUSE = (
    "Assessed on",
    "Likelihood before controls",
    "Impact before controls",
    "Likelihood after controls",
    "Impact after controls",
    "What it rests on",
)
TARGET, TARGET_ON, REVIEW_ON = "Target score", "Target by", "Review by"
COLUMNS = {
    ID: 10, TITLE: 40, DESCRIPTION: 60, THEME: 24, STATUS: 12, TREND: 22, LEADS: 40, ASSESSED: 12,
    LIKELIHOOD_BEFORE: 12, IMPACT_BEFORE: 12, LIKELIHOOD: 12, IMPACT: 12, BECAUSE: 50, TARGET: 10, TARGET_ON: 12,
    REVIEW_ON: 12,
}  # fmt: skip
SHEET = "Risk register"
MOST_LINES = 1000
MOST_PROBLEMS = 200
OF_AN_ASSESSMENT = (ASSESSED, LIKELIHOOD_BEFORE, IMPACT_BEFORE, LIKELIHOOD, IMPACT, BECAUSE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WANTED = Wanted("the risk register", "Download the register from its page, change that file, and bring it back.")


def as_table(rows: Sequence[Sequence[Cell]]) -> Table:
    """Return the register as a table that leaves the product; rows as `COLUMNS` names their cells."""
    return Table(SHEET, tuple(COLUMNS.items()), rows)


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment as a line says it."""

    on: date
    before: tuple[int, int]
    after: tuple[int, int]
    because: str


@dataclass(frozen=True, slots=True)
class Line:
    """A risk as a line says it: `said` are texts and days by the risk's own names, as Risk has them."""

    number: int
    reference: str
    said: Mapping[str, Any]
    status: str
    leads: tuple[str, ...]
    assessed: Assessed | None


@dataclass(slots=True)
class Filled:
    """What a file says, and what is wrong with it."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(content: bytes, *, themes: Mapping[str, str], today: date) -> Filled:
    """Return what the file says; `themes` are identities by name. Raises Unreadable where it is no such file."""
    optional = set(COLUMNS) - {ID, TITLE}
    asked = tables.Asked(WANTED, tuple(COLUMNS), SHEET, most_lines=MOST_LINES + 1, optional=optional)
    reading = _Reading(themes, today)
    for row in tables.read(content, asked):
        reading.take(row)
        if len(reading.found.problems) >= MOST_PROBLEMS:
            break  # nobody mends more at once, and none of it is taken
    if not reading.found.lines and not reading.found.problems:
        raise Unreadable("The file has no risks below its headings. Fill in a line for each of them.")
    return reading.found


@dataclass(slots=True)
class _Reading:
    """Reads line by line, collecting faults instead of stopping at the first."""

    themes: Mapping[str, str]
    today: date
    found: Filled = field(default_factory=Filled)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, row: tables.Row) -> None:
        faults = len(self.found.problems)
        reference = row.said.get(ID, "")
        if not REFERENCE.fullmatch(reference):
            self._wrong(row, ID, "a reference is a number, with letters for its parts if it has any: 35, 3a or 3a-d.")
        elif (first := self.seen.setdefault(reference, row.number)) != row.number:
            self._wrong(row, ID, f"risk {reference} is in line {first} already.")
        said = {
            "title": self._text(row, TITLE, LONGEST["title"], required=True),
            "description": self._text(row, DESCRIPTION, LONGEST["description"]),
            "theme": self._theme(row),
            "target_score": self._number(row, TARGET, most=25),
            "target_on": self._day(row, TARGET_ON),
            "review_on": self._day(row, REVIEW_ON),
        }
        if (said["target_score"] is None) != (said["target_on"] is None):
            self._wrong(row, TARGET, "a target has a score and a day. Fill in both, or neither.")
        status = row.said.get(STATUS, "").casefold()
        if status and status not in STATUSES:
            self._wrong(row, STATUS, f"the status is one of {', '.join(STATUSES)}, not “{row.said[STATUS]}”.")
        leads = tuple(dict.fromkeys(post.strip() for post in row.said.get(LEADS, "").split(";") if post.strip()))
        if any(len(post) > LONGEST["post"] for post in leads):
            self._wrong(row, LEADS, f"a post has at most {LONGEST['post']} characters. Part posts by semicolons.")
        assessed = self._assessed(row)
        if len(self.found.problems) == faults:
            self.found.lines.append(Line(row.number, reference, said, status, leads, assessed))

    def _assessed(self, row: tables.Row) -> Assessed | None:
        if not any(row.said.get(column) for column in OF_AN_ASSESSMENT):
            return None
        missing = [column for column in OF_AN_ASSESSMENT if not row.said.get(column)]
        if missing:
            self._wrong(row, missing[0], "an assessment needs its day, four numbers and what it rests on.")
            return None
        on = self._day(row, ASSESSED)
        numbers = [self._number(row, column, most=max(POINTS)) for column in OF_AN_ASSESSMENT[1:5]]
        because = self._text(row, BECAUSE, LONGEST["because"], required=True)
        if on is not None and on > self.today:
            self._wrong(row, ASSESSED, "the day lies in the future. Check the year.")
        if on is None or None in numbers:
            return None
        before_likelihood, before_impact, likelihood, impact = (number or 0 for number in numbers)
        if likelihood * impact > before_likelihood * before_impact:
            self._wrong(row, LIKELIHOOD, "controls do not make a risk worse. Check the numbers before and after them.")
        return Assessed(on, (before_likelihood, before_impact), (likelihood, impact), because)

    def _theme(self, row: tables.Row) -> str:
        said = row.said.get(THEME, "")
        if not said:
            return ""
        found = {name.casefold(): identity for name, identity in self.themes.items()}
        found |= {identity: identity for identity in self.themes.values()}
        if said.casefold() not in found:
            self._wrong(row, THEME, f"no theme of the model is called “{said}”.")
        return found.get(said.casefold(), "")

    def _text(self, row: tables.Row, column: str, longest: int, *, required: bool = False) -> str:
        said = row.said.get(column, "")
        if required and not said:
            self._wrong(row, column, "this is missing.")
        if len(said) > longest:
            self._wrong(row, column, f"the text is longer than {longest} characters.")
        return said

    def _number(self, row: tables.Row, column: str, *, most: int) -> int | None:
        said = row.said.get(column, "").removesuffix(".0")
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= most):
            self._wrong(row, column, f"this is a whole number from 1 to {most}, not “{said[:40]}”.")
            return None
        return int(said)

    def _day(self, row: tables.Row, column: str) -> date | None:
        said = row.said.get(column, "")
        if not said:
            return None
        try:
            if _DAY.fullmatch(said):
                return date.fromisoformat(said)
        except ValueError:
            pass  # such as 30 February
        self._wrong(row, column, f"“{said[:40]}” is no day. Write it as 2026-03-31.")
        return None

    def _wrong(self, row: tables.Row, column: str, message: str) -> None:
        self.found.problems.append(Problem(f"Line {row.number}, {column}", message))
