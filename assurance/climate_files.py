"""Files of a climate survey’s results, CSV or XLSX: the empty one, and what a filled-in one says. Pure.

Every fault is named by its line and column, and one fault is enough for nothing to be taken. Numbers of a line with
fewer than ten respondents go no further than this module, and no message repeats them.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from assurance import climate
from assurance.climate import FEWEST, MEAN_ROUNDED_BY, MOST_RESPONDENTS, Place, Result
from records import tables
from records.spreadsheets import Problem, Unreadable, Wanted
from rendering import cells

UNIT, THEME, RESPONDENTS, MEAN = "Unit", "Theme", "Respondents", "Mean agreement"
COLUMNS = (UNIT, THEME, RESPONDENTS, MEAN)
SHEET, LISTS = "Results", "What to write"
MOST_LINES = 12_000  # a thousand units and twelve themes: with each answer counted, some 250,000 elements of a workbook
MOST_PROBLEMS = 200
LONGEST_CELL = 300
TAKE_OURS = "Download the empty file from this page, fill that one in, and upload it."
WANTED = Wanted("a survey’s results", TAKE_OURS)
FEWER_THAN_TEN = "fewer than ten"
_SAID_SUPPRESSED = frozenset({"<10", "< 10", "fewer than 10", FEWER_THAN_TEN})
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,2}(?:\.\d{1,17})?", re.ASCII)
_HUNDREDTH = Decimal("0.01")


def answer_column(point: int) -> str:
    """Return what the column is called that counts the answers at a point of the scale."""
    return f"Answered {point}"


def columns_for(points: int) -> tuple[str, ...]:
    """Return all columns of a file for a scale of so many points."""
    return (*COLUMNS, *(answer_column(point) for point in range(1, points + 1)))


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name: units by slug and name, themes by identity and name, in their order.

    `theme_aliases` are what other editions of the model call a theme, by identity.
    """

    units: Mapping[str, str]
    themes: Mapping[str, str]
    theme_aliases: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Filled:
    """What a file says, by unit and theme; and what is wrong with it."""

    results: dict[Place, Result] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def suppressed(self) -> int:
        return sum(one.is_suppressed for one in self.results.values())


# --- The empty file -------------------------------------------------------------------------------------------------


def empty_csv(points: int) -> bytes:
    """The headings, for a program that writes the rest."""
    return cells.csv_bytes(columns_for(points), [])


def empty_workbook(points: int, known: Known) -> bytes:
    """A workbook to fill in, with a second sheet of the units and themes that may be written into it."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(SHEET)
    tables.write_headings(sheet, columns_for(points), (50, 40, *(16 for _ in range(points + 2))))
    tables.write_lists(book.create_sheet(LISTS), {UNIT: known.units.values(), THEME: known.themes.values()}, (50, 50))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- A filled-in file -----------------------------------------------------------------------------------------------


def read(content: bytes, *, points: int, known: Known) -> Filled:
    """Return the results that the file gives on a scale from 1 to `points`, with every fault by line and column.

    Raises Unreadable where it is no such file.
    """
    asked = tables.Asked(
        WANTED,
        columns_for(points),
        SHEET,
        most_lines=2 * MOST_LINES,
        optional={MEAN, *columns_for(points)[len(COLUMNS) :]},
    )
    reader = _Reader(points, known)
    for row in tables.read(content, asked):
        reader.take(row)
        if len(reader.filled.problems) >= MOST_PROBLEMS:
            break  # nobody mends more at once, and none of it is taken
    if not reader.taken:
        raise Unreadable("The file has no results below its headings. Fill in a line for each unit and theme.")
    reader.filled.problems = reader.filled.problems[:MOST_PROBLEMS]
    return reader.filled


class _Reader:
    """Reads line by line, collecting faults instead of stopping at the first."""

    def __init__(self, points: int, known: Known) -> None:
        self.points = points
        self.known = known
        self.units = _by_name((slug, text) for slug, name in known.units.items() for text in (slug, name))
        self.themes = _by_name(
            [(key, text) for key, name in known.themes.items() for text in (key, name)] + [*known.theme_aliases]
        )
        self.filled = Filled()
        self.lines: dict[Place, int] = {}
        self.taken = 0

    def take(self, row: tables.Row) -> None:
        self.taken += 1
        if self.taken > MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES:,} lines: more than a survey of a force comes to.")
        faults = len(self.filled.problems)
        for column, text in row.said.items():
            if len(text) > LONGEST_CELL:
                self._wrong(row, column, f"the text is longer than {LONGEST_CELL} characters.")
                return
        unit, theme = self._unit(row), self._theme(row)
        if unit and theme and (first := self.lines.setdefault((unit, theme), row.number)) != row.number:
            self._wrong(row, UNIT, f"this unit and theme stand in line {first} already. Remove one of the two.")
        result = self._result(row)
        if unit and theme and result is not None and len(self.filled.problems) == faults:
            self.filled.results[unit, theme] = result

    def _wrong(self, row: tables.Row, column: str, message: str) -> None:
        self.filled.problems.append(Problem(f"Line {row.number}, {column}", message))

    def _unit(self, row: tables.Row) -> str:
        text = row.said[UNIT]
        found = self.units.get(_plain(text), ())
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            self._wrong(row, UNIT, f"several units are called “{text}”. Write one of {', '.join(found)} instead.")
        elif not text:
            self._wrong(row, UNIT, "write the unit. A total of several units is not taken.")
        else:
            near = difflib.get_close_matches(text, self.known.units.values(), n=3, cutoff=0.6)
            hint = (
                f"Is it {' or '.join(f'“{one}”' for one in near)}?"
                if near
                else f"The empty workbook lists all {len(self.known.units):,}."
            )
            self._wrong(row, UNIT, f"no unit that existed then is called “{text}”. {hint}")
        return ""

    def _theme(self, row: tables.Row) -> str:
        text = row.said[THEME]
        found = self.themes.get(_plain(text), ())
        if len(found) == 1:
            return found[0]
        there = ", ".join(self.known.themes.values())
        said = f"no theme of the model is called “{text}”." if text else "write the theme."
        self._wrong(row, THEME, f"{said} There are: {there}.")
        return ""

    def _result(self, row: tables.Row) -> Result | None:
        """Return what the line says; None where it has a fault. No message says a number of few respondents."""
        faults = len(self.filled.problems)
        respondents = self._respondents(row)
        mean, answers = self._mean(row), self._answers(row)
        if len(self.filled.problems) > faults:
            return None
        if respondents is None or respondents < FEWEST:
            self._refuse_what_does_not_add_up(row, respondents, answers)
            return climate.SUPPRESSED if len(self.filled.problems) == faults else None
        if mean is None and not answers:
            self._wrong(row, MEAN, "write the mean, or how many answered each point of the scale.")
            return None
        self._refuse_what_does_not_add_up(row, respondents, answers)
        if mean is not None and answers and sum(answers) == respondents:
            worked_out = climate.mean_of(answers)
            if abs(worked_out - Fraction(mean)) > MEAN_ROUNDED_BY:
                self._wrong(row, MEAN, "this is not the mean of the answers counted in the line. Check them.")
        if len(self.filled.problems) > faults:
            return None
        return climate.result(respondents=respondents, mean=mean, answers=answers)

    def _refuse_what_does_not_add_up(self, row: tables.Row, respondents: int | None, answers: Sequence[int]) -> None:
        if answers and respondents is not None and sum(answers) != respondents:
            message = "the answers counted in this line do not add up to its respondents. Check them."
            self._wrong(row, RESPONDENTS, message)

    def _respondents(self, row: tables.Row) -> int | None:
        """Return how many answered; None where the file itself only says that they were fewer than ten."""
        text = row.said[RESPONDENTS]
        if _plain(text) in _SAID_SUPPRESSED:
            return None
        number = _whole(text)
        if number is None or number > MOST_RESPONDENTS:
            most = f"a whole number up to {MOST_RESPONDENTS:,}, or “{FEWER_THAN_TEN}”"
            self._wrong(row, RESPONDENTS, f"write how many answered: {most}.")
        return number

    def _mean(self, row: tables.Row) -> Decimal | None:
        text = row.said.get(MEAN, "")
        if not text:
            return None
        mean = Decimal(text) if _DECIMAL.fullmatch(text) else None
        if mean is None or not 1 <= mean <= self.points:
            self._wrong(row, MEAN, f"write a number from 1 to {self.points}, such as 3.42.")
            return None
        return mean.quantize(_HUNDREDTH)

    def _answers(self, row: tables.Row) -> tuple[int, ...]:
        """Return the answers counted at each point; none where the line counts none."""
        texts = [row.said.get(answer_column(point), "") for point in range(1, self.points + 1)]
        if not any(texts):
            return ()
        numbers = []
        for point, text in enumerate(texts, start=1):
            number = _whole(text)
            if number is None or number > MOST_RESPONDENTS:
                self._wrong(row, answer_column(point), "write how many chose this point of the scale; 0 for nobody.")
            else:
                numbers.append(number)
        return tuple(numbers)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return what each text stands for, upper and lower case alike."""
    found: dict[str, dict[str, None]] = {}
    for key, text in pairs:
        found.setdefault(_plain(text), {})[key] = None
    return {text: tuple(keys) for text, keys in found.items()}


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())


def _whole(text: str) -> int | None:
    return int(text.replace(",", "").partition(".")[0]) if _WHOLE.fullmatch(text) else None
