"""Reading a workbook that somebody has filled in: the answers it gives, and every fault by its cell."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assurance.workbooks import layout
from assurance.workbooks.layout import ACTIONS, DETAILS, RECORD, THEMES
from records.spreadsheets import Opened, Problem, Unreadable, Wanted, opened

TAKE_OURS = "Download the workbook from the statement’s page, fill that one in, and upload it."
STATEMENT = Wanted("a statement", TAKE_OURS)
LAST_ROW = 1_048_576  # of any spreadsheet
MOST_COLUMNS = 60
MOST_PROBLEMS = 200
MOVED = "Columns may not be moved, renamed or removed. Put it back, or download the workbook again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a cell, with the version and the mark of what stood there when the workbook was made."""

    cell: str
    value: Any
    version: int
    mark: str

    def is_left_alone(self, value: Any) -> bool:
        """Whether `value`, which is this answer or its clean form, is what was written into the workbook."""
        return self.mark in (layout.NOT_IN_HERE, layout.mark(value))


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A row of the actions: of an existing one (`id`) or for a new one (`token`). `theme` is an identity."""

    row: int
    id: int | None
    token: uuid.UUID | None
    theme: str
    answers: Mapping[str, Answer]
    is_removed: bool = False
    status: str = ""  # as it was when the workbook was made
    status_version: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says it is of: unit and quarter as in the address, the edition's code, and its levels."""

    unit: str
    quarter: str
    edition: str
    revision: int
    levels: int


@dataclass(slots=True)
class Filled:
    """What a workbook holds: answers by theme and name, details by name, rows of actions; and what is wrong with it."""

    about: About
    themes: dict[str, dict[str, Answer]] = field(default_factory=dict)
    details: dict[str, Answer] = field(default_factory=dict)
    actions: list[ActionRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(content: bytes, *, is_ours: Callable[[About], str]) -> Filled:
    """Return what the workbook holds. Raises Unreadable where it is none of ours.

    `is_ours` is asked first whether the workbook is of the right statement, and says why not (empty: it is).
    """
    with opened(content, STATEMENT) as workbook:
        return _Reader(workbook).filled(is_ours)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with its place. `value` is None, a bool, a number, a day or a text."""

    place: str
    value: Any
    kind: str

    @property
    def is_blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


class _Reader:
    """Reads sheet by sheet, collecting faults instead of stopping at the first."""

    def __init__(self, workbook: Opened) -> None:
        self.workbook = workbook
        self.problems: list[Problem] = []
        self.about_: dict[str, str] = {}
        self.levels = 0
        self.record: dict[tuple[str, str, str], tuple[int, str]] = {}

    def filled(self, is_ours: Callable[[About], str]) -> Filled:
        missing = {THEMES, ACTIONS, DETAILS, RECORD} - set(self.workbook.book.sheetnames)
        if RECORD in missing:
            raise Unreadable(f"This workbook was not made by this service, or its hidden sheet is gone. {TAKE_OURS}")
        if missing:
            gone = " and ".join(sorted(missing))
            raise Unreadable(f"The sheet {gone} is missing. Sheets may not be removed or renamed. {TAKE_OURS}")
        self._read_record()
        about = self._about()
        if refusal := is_ours(about):
            raise Unreadable(refusal)
        self.levels = about.levels
        filled = Filled(about)
        names: dict[str, str] = {}
        self._read_themes(filled, names)
        self._read_actions(filled, names)
        self._read_details(filled)
        filled.problems = self.problems[:MOST_PROBLEMS]
        return filled

    # --- Rows of a sheet ---

    def _rows(self, title: str, headings: Sequence[str]) -> Iterator[tuple[int, list[_Cell]]]:
        """Yield the rows under the headings in which something stands, each with as many cells as there are headings.

        What stands to the right of the last column is a fault.
        """
        sheet = self.workbook.book[title]
        for place in self.workbook.merged_in(sheet):
            self._wrong(f"{title}!{place}", "These cells are merged. Undo the merge, so that each answer has a cell.")
        wide = len(headings)
        rows = sheet.iter_rows(min_row=1, max_row=LAST_ROW, max_col=MOST_COLUMNS)
        self._check_headings(title, next(rows, ()), headings)
        blank = None
        for number, row in enumerate(rows, start=2):
            if row is blank:  # openpyxl hands out one and the same row for all that are missing: up to a million
                continue
            if all(cell.value is None for cell in row):
                blank = row
                continue
            cells = [_cell(title, number, column, cell) for column, cell in enumerate(row)]
            for stray in cells[wide:]:
                if not stray.is_blank:
                    self._wrong(stray.place, "Nothing is read from this column. Move the text into one of ours.")
            if not all(cell.is_blank for cell in cells[:wide]):
                yield number, cells[:wide]

    def _check_headings(self, title: str, row: Sequence[Any], headings: Sequence[str]) -> None:
        if all(cell.value is None for cell in row):
            raise Unreadable(f"The headings are missing. {MOVED}", cell=f"{title}!A1")
        for column, heading in enumerate(headings):
            cell = _cell(title, 1, column, row[column])
            found = _text(cell)
            if _plain(found) != _plain(heading):
                said = f"“{found[:60]}”" if found else "nothing"
                raise Unreadable(f"The heading should be “{heading}” (found: {said}). {MOVED}", cell=cell.place)

    def _wrong(self, cell: str, message: str) -> None:
        self.problems.append(Problem(cell, message))
        if len(self.problems) > 10 * MOST_PROBLEMS:  # nobody mends these one by one, and reading on costs time
            raise Unreadable(f"There is far more in this workbook than in a statement. {TAKE_OURS}", cell=cell)

    # --- Sheets ---

    def _read_record(self) -> None:
        for number, cells in self._rows(RECORD, layout.RECORD_HEADINGS):
            sheet, key, name, version, mark = (_text(cell) for cell in cells)
            if not sheet:
                self.about_[key] = name
            elif not (version.isascii() and version.isdecimal() and len(version) < 10):
                raise Unreadable(f"The hidden sheet has been changed. {TAKE_OURS}", cell=f"{RECORD}!D{number}")
            else:
                self.record[sheet, key, name] = (int(version), mark)

    def _about(self) -> About:
        said = self.about_
        if said.get("format") != layout.FORMAT:
            raise Unreadable(f"This workbook was made by another version of this service. {TAKE_OURS}")
        numbers = [said.get("revision", ""), said.get("levels", "")]
        if not all(number.isascii() and number.isdecimal() and len(number) < 5 for number in numbers):
            raise Unreadable(f"The hidden sheet has been changed. {TAKE_OURS}")
        return About(said.get("unit", ""), said.get("quarter", ""), said.get("edition", ""), *map(int, numbers))

    def _answer(self, cell: _Cell, where: tuple[str, str, str]) -> Answer:
        version, mark = self.record[where]
        return Answer(cell.place, self._value(cell, where[2]), version, mark)

    def _value(self, cell: _Cell, name: str) -> Any:
        """Return the cell's value as the answer `name` has it. A fault is noted, and the answer is as if empty."""
        if cell.kind in ("f", "e"):
            what = "a formula" if cell.kind == "f" else "an error value"
            self._wrong(cell.place, f"{layout.LABELS[name]}: this is {what}. Write the text itself into the cell.")
            return None
        if name == "level_answer":
            return self._level(cell)
        if name == "held_without_shrmt":
            return self._yes_or_no(cell)
        if name in layout.DAYS:
            return _day_or_text(cell)
        return _text(cell)

    def _level(self, cell: _Cell) -> int | str | None:
        if cell.is_blank:
            return None
        text = _plain(_text(cell))
        for answer, words in layout.LEVEL_WORDS.items():
            if text == _plain(words):
                return answer
        digit = text.removeprefix("level ").partition(" ")[0].rstrip(":")
        if digit in map(str, range(1, self.levels + 1)):
            return int(digit)
        others = " or ".join(f"“{words}”" for words in layout.LEVEL_WORDS.values())
        self._wrong(cell.place, f"Level must be 1 to {self.levels}, {others}, not “{_text(cell)[:60]}”.")
        return None

    def _yes_or_no(self, cell: _Cell) -> bool | None:
        if cell.is_blank:
            return None
        text = _plain(_text(cell))
        for answer, words in layout.YES_NO.items():
            if text in (_plain(words), str(answer).lower()):
                return answer
        self._wrong(cell.place, f"Held without SHRMT must be Yes or No, not “{_text(cell)[:60]}”.")
        return None

    def _read_themes(self, filled: Filled, names: dict[str, str]) -> None:
        known = {key for sheet, key, _ in self.record if sheet == THEMES}
        for number, cells in self._rows(THEMES, layout.THEME_HEADINGS):
            identity = _text(cells[0])
            if identity not in known or identity in filled.themes:
                self._wrong(f"{THEMES}!B{number}", _STRAY_THEME)
                continue
            names[_plain(_text(cells[1]))] = identity
            answers = filled.themes[identity] = {}
            for name, cell in zip(layout.ANSWERS, cells[2:], strict=True):
                if (THEMES, identity, name) in self.record:
                    answers[name] = self._answer(cell, (THEMES, identity, name))
                elif not cell.is_blank and _plain(_text(cell)) != _plain(layout.NOT_SCORED):
                    self._wrong(cell.place, "This theme is not scored, so it takes evidence only. Empty this cell.")
        for identity in sorted(known - set(filled.themes)):
            self._wrong(THEMES, f"The row of the theme “{identity}” is gone. Rows may not be removed. {TAKE_OURS}")

    def _read_actions(self, filled: Filled, names: Mapping[str, str]) -> None:
        seen: set[str] = set()
        for number, cells in self._rows(ACTIONS, layout.ACTION_HEADINGS):
            key, token = _text(cells[0]), _text(cells[1])
            asked = [cell for cell in cells[2:] if not cell.is_blank]
            if not asked:
                continue
            if (key or token) in seen:
                self._wrong(f"{ACTIONS}!C{number}", "This row is a copy of another. Use an empty row of the sheet.")
                continue
            seen.add(key or token)
            identity = names.get(_plain(_text(cells[2])))
            if identity is None:
                said = f"not “{_text(cells[2])[:60]}”" if not cells[2].is_blank else "and may not be left empty"
                self._wrong(cells[2].place, f"Theme must be one from the list, {said}.")
                continue
            row = self._action_row(number, key, token, identity, cells)
            if row is not None:
                filled.actions.append(row)

    def _action_row(self, number: int, key: str, token: str, identity: str, cells: Sequence[_Cell]) -> ActionRow | None:
        removed = _plain(_text(cells[6]))
        if removed not in ("", "yes", "no", "true", "false"):
            self._wrong(cells[6].place, f"Remove it? must be Yes or empty, not “{_text(cells[6])[:60]}”.")
        given = dict(zip(layout.ACTION_ANSWERS, cells[3:6], strict=True))
        if key:
            if not (key.isascii() and key.isdecimal()) or (ACTIONS, key, "status") not in self.record:
                self._wrong(f"{ACTIONS}!C{number}", f"This row’s hidden key has been changed. {TAKE_OURS}")
                return None
            version, status = self.record[ACTIONS, key, "status"]
            answers = {name: self._answer(cell, (ACTIONS, key, name)) for name, cell in given.items()}
            gone = removed in ("yes", "true")
            return ActionRow(number, int(key), None, identity, answers, gone, status, version)
        try:
            new = uuid.UUID(token)
        except ValueError:
            self._wrong(
                f"{ACTIONS}!C{number}",
                "This row is below those prepared for new actions. Use an empty row above, or upload this workbook "
                "first and download it again for more.",
            )
            return None
        answers = {name: Answer(cell.place, self._value(cell, name), 0, "") for name, cell in given.items()}
        return ActionRow(number, None, new, identity, answers)

    def _read_details(self, filled: Filled) -> None:
        for number, cells in self._rows(DETAILS, layout.DETAIL_HEADINGS):
            name = _text(cells[0])
            if (DETAILS, name, name) not in self.record or name in filled.details:
                self._wrong(f"{DETAILS}!B{number}", "Nothing is read from this row. Use the rows of the sheet.")
                continue
            filled.details[name] = self._answer(cells[2], (DETAILS, name, name))
        for name in layout.DETAIL_ROWS:
            if name not in filled.details:
                self._wrong(DETAILS, f"The row “{layout.LABELS[name]}” is gone. Rows may not be removed. {TAKE_OURS}")


_STRAY_THEME = "This row belongs to no theme of the statement. Remove it, or use the rows of the sheet."


def _cell(title: str, row: int, column: int, cell: Any) -> _Cell:
    letters = chr(65 + column) if column < 26 else f"{chr(64 + column // 26)}{chr(65 + column % 26)}"
    # An empty cell of a row has no type of its own.
    return _Cell(f"{title}!{letters}{row}", cell.value, getattr(cell, "data_type", "n") or "n")


def _plain(text: str) -> str:
    """Return the text as words are compared: whatever its case and blanks."""
    return " ".join(text.split()).casefold()


def _text(cell: _Cell) -> str:
    """Return what the cell holds as text: a number without what a spreadsheet adds to it, a day in words."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return f"{value.day} {value:%B %Y}"
    return layout.from_cell(str(value))


def _day_or_text(cell: _Cell) -> date | str | None:
    """Return the day of a cell that holds one; a text as it is, to be read by whoever knows how days are written."""
    if isinstance(cell.value, datetime):
        return cell.value.date()
    return cell.value if isinstance(cell.value, date) else _text(cell) or None
