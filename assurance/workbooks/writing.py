"""Writing a statement as a workbook."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from assurance.workbooks import layout
from assurance.workbooks.layout import ACTIONS, DETAILS, LEVELS, RECORD, START, THEMES
from rendering import cells

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

TO_FILL_IN = {
    "What to fill in": f"The cells that can be changed on the sheets {THEMES}, {ACTIONS} and {DETAILS}.",
    "When you are done": "Upload this file on the statement’s page. You see every change before it is saved.",
    "If others write too": "What you leave alone is not touched. Where you and somebody else have changed the same "
    "answer, you see both and decide.",
}
TO_READ = {"What it is for": "Reading. The statement is not open, so this workbook cannot be uploaded."}
HEADING, CLOSED = "FFDDE4EA", "FFEEEEEE"


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A theme with its answers as stored, the versions they have, and its criteria by level number."""

    identity: str
    name: str
    scored: bool
    answers: Mapping[str, Any]
    versions: Mapping[str, int]
    criteria: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """An action under a theme: its title, lead, status and `due_on` (a day, other words or None), and versions."""

    id: int
    theme: str
    answers: Mapping[str, Any]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """All that a workbook is written from. `unit` and `quarter` are those of the address; `state` is in words.

    Only where `is_open` can its cells be changed.
    """

    unit: str
    unit_name: str
    quarter: str
    quarter_name: str
    edition: str
    revision: int
    state: str
    is_open: bool
    marking: str
    level_names: Mapping[int, str]
    themes: Sequence[ThemeFacts]
    actions: Sequence[ActionFacts]
    details: Mapping[str, Any]
    detail_versions: Mapping[str, int]


def write(facts: StatementFacts, *, workbook_id: uuid.UUID) -> bytes:
    """Return the statement as a workbook; the tokens of its rows for new actions come from `workbook_id`."""
    return _Writer(facts, workbook_id).written()


class _Writer:
    """Fills a workbook sheet by sheet, and its record with the version and mark of each answer."""

    def __init__(self, facts: StatementFacts, workbook_id: uuid.UUID) -> None:
        # Imported here, since it takes a while and few requests need it.
        import openpyxl

        self.facts = facts
        self.workbook_id = workbook_id
        self.book: Workbook = openpyxl.Workbook()
        self.record: list[tuple[str, str, str, int, str]] = []
        self._add_styles()

    def _add_styles(self) -> None:
        """Two styles of cells for text: of these alone there are many, so they are made once."""
        from openpyxl.styles import Alignment, NamedStyle, Protection

        for name, locked in (("open", False), ("closed", True)):
            style = NamedStyle(name, number_format="@", protection=Protection(locked=locked))
            style.alignment = Alignment(wrap_text=True, vertical="top")
            self.book.add_named_style(style)

    def written(self) -> bytes:
        """Write every sheet; return the file."""
        for sheet in self.book.worksheets:  # the empty one that a new workbook begins with
            self.book.remove(sheet)
        self._write_start()
        self._write_themes()
        self._write_actions()
        self._write_details()
        self._write_levels()
        self._write_record()
        self.book.active = 1
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()

    # --- Sheets ---

    def _write_start(self) -> None:
        facts = self.facts
        sheet = self._sheet(START, ["Health and safety statement", ""], [30, 90])
        lines = {
            "Unit": facts.unit_name,
            "Quarter": facts.quarter_name,
            "Revision": f"{facts.revision}, {facts.state} when this workbook was made",
            "Marking": facts.marking,
            **(TO_FILL_IN if facts.is_open else TO_READ),
            "What levels ask for": f"It stands on the sheet {LEVELS}.",
            "What is not in here": "Links, files, and which points of a level are ticked.",
        }
        for row, (label, text) in enumerate(lines.items(), start=2):
            self._text(sheet.cell(row, 1), label)
            self._text(sheet.cell(row, 2), text)

    def _write_themes(self) -> None:
        sheet = self._sheet(THEMES, layout.THEME_HEADINGS, [10, 26, 18, 14, 80, 40, 40, 40], hidden=1)
        sheet.freeze_panes = "C2"
        words = [*map(str, self.facts.level_names), *layout.LEVEL_WORDS.values()]
        lists = {
            "level_answer": self._choice(sheet, f'"{",".join(words)}"', "Choose a level from the list."),
            "held_without_shrmt": self._choice(sheet, f'"{",".join(layout.YES_NO.values())}"', "Choose Yes or No."),
        }
        for row, theme in enumerate(self.facts.themes, start=2):
            self._text(sheet.cell(row, 1), theme.identity)
            self._text(sheet.cell(row, 2), theme.name)
            for column, name in enumerate(layout.ANSWERS, start=3):
                cell = sheet.cell(row, column)
                if not theme.scored and name in layout.ONLY_IF_SCORED:
                    self._text(cell, layout.NOT_SCORED if name == "level_answer" else "")
                    cell.fill = self._filled(CLOSED)
                    continue
                self._answer(cell, theme.answers[name], (THEMES, theme.identity, name), theme.versions.get(name, 0))
                if name in lists:
                    lists[name].add(cell)

    def _write_actions(self) -> None:
        sheet = self._sheet(ACTIONS, layout.ACTION_HEADINGS, [10, 10, 30, 70, 34, 22, 14], hidden=2)
        sheet.freeze_panes = "D2"
        # A range and not its words: a list of words may have 255 characters.
        names = f"={THEMES}!$B$2:$B${len(self.facts.themes) + 1}"
        themes = self._choice(sheet, names, "Choose a theme from the list.")
        removed = self._choice(sheet, '"Yes"', "Choose Yes, or leave it empty.")
        name_of = {theme.identity: theme.name for theme in self.facts.themes}
        for row, action in enumerate(self.facts.actions, start=2):
            self._text(sheet.cell(row, 1), str(action.id))
            self._text(sheet.cell(row, 3), name_of[action.theme])
            for column, name in enumerate(layout.ACTION_ANSWERS, start=4):
                where = (ACTIONS, str(action.id), name)
                self._answer(sheet.cell(row, column), action.answers[name], where, action.versions.get(name, 0))
            self._text(sheet.cell(row, 7), "", open_=self.facts.is_open)
            removed.add(sheet.cell(row, 7))
            status = (ACTIONS, str(action.id), "status", action.versions.get("status", 0), action.answers["status"])
            self.record.append(status)
        if not self.facts.is_open:
            return
        first_new = len(self.facts.actions) + 2
        for row in range(first_new, first_new + layout.NEW_ACTIONS):
            self._text(sheet.cell(row, 2), str(uuid.uuid5(self.workbook_id, str(row))))
            for column in range(3, 7):
                self._text(sheet.cell(row, column), "", open_=True)
            self._text(sheet.cell(row, 7), "")
            themes.add(sheet.cell(row, 3))

    def _write_details(self) -> None:
        sheet = self._sheet(DETAILS, layout.DETAIL_HEADINGS, [10, 50, 80], hidden=1)
        for row, (name, label) in enumerate(layout.DETAIL_ROWS.items(), start=2):
            self._text(sheet.cell(row, 1), name)
            self._text(sheet.cell(row, 2), label)
            version = self.facts.detail_versions.get(name, 0)
            self._answer(sheet.cell(row, 3), self.facts.details[name], (DETAILS, name, name), version)

    def _write_levels(self) -> None:
        names = self.facts.level_names
        headings = ["Theme", *(f"{number} {name}" for number, name in names.items())]
        sheet = self._sheet(LEVELS, headings, [26, *[44] * len(names)])
        sheet.freeze_panes = "B2"
        for row, theme in enumerate(self.facts.themes, start=2):
            self._text(sheet.cell(row, 1), theme.name)
            for column, number in enumerate(names, start=2):
                points = "\n".join(f"• {text}" for text in theme.criteria.get(number, ()))
                self._text(sheet.cell(row, column), points if theme.scored else layout.NOT_SCORED)

    def _write_record(self) -> None:
        facts = self.facts
        sheet = self._sheet(RECORD, layout.RECORD_HEADINGS, [10] * 5)
        sheet.sheet_state = "veryHidden"
        about = {
            "format": layout.FORMAT,
            "unit": facts.unit,
            "quarter": facts.quarter,
            "edition": facts.edition,
            "revision": str(facts.revision),
            "levels": str(len(facts.level_names)),
        }
        rows = [("", name, value, 0, "") for name, value in about.items()]
        for row, values in enumerate([*rows, *self.record], start=2):
            for column, value in enumerate(values, start=1):
                self._text(sheet.cell(row, column), str(value))

    # --- Cells ---

    def _sheet(self, title: str, headings: Sequence[str], widths: Sequence[int], *, hidden: int = 0) -> Worksheet:
        """Add a sheet with its headings, on which only open cells can be changed. Its first columns may be hidden."""
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet: Worksheet = self.book.create_sheet(title)
        for column, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
            cell = sheet.cell(1, column)
            self._text(cell, heading)
            cell.font, cell.fill = Font(bold=True), self._filled(HEADING)
            dimension = sheet.column_dimensions[get_column_letter(column)]
            dimension.width, dimension.hidden = width, column <= hidden
        sheet.protection.sheet = True  # against slips, so without a password
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = "1:1"
        return sheet

    def _choice(self, sheet: Worksheet, formula: str, refusal: str) -> DataValidation:
        from openpyxl.worksheet.datavalidation import DataValidation

        choice = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True, error=refusal)
        sheet.add_data_validation(choice)
        return choice

    def _filled(self, colour: str) -> Any:
        from openpyxl.styles import PatternFill

        return PatternFill("solid", fgColor=colour)

    def _text(self, cell: Any, text: str, *, open_: bool = False) -> None:
        """Write a text that stays one: as a string, in a cell of the format “text”, whatever it begins with."""
        cell.style = "open" if open_ else "closed"
        cells.set_text(cell, text)

    def _answer(self, cell: Any, value: Any, where: tuple[str, str, str], version: int) -> None:
        """Write an answer into an open cell, and its version and mark into the record."""
        if isinstance(value, str) and len(cells.storable(value)) > cells.LONGEST_TEXT:
            self._text(cell, layout.TOO_LONG)
            self.record.append((*where, version, layout.NOT_IN_HERE))
            return
        name = where[2]
        if name in layout.DAYS and isinstance(value, str):
            value = layout.from_cell(value) or None
        shown = value
        if name == "level_answer":
            shown = layout.LEVEL_WORDS.get(value, value)
        elif name == "held_without_shrmt":
            shown = layout.YES_NO.get(value)
        self._text(cell, shown if isinstance(shown, str) else "", open_=self.facts.is_open)
        if isinstance(shown, int | date):
            cell.value = shown
        if name in layout.DAYS:
            cell.number_format = "d mmmm yyyy"
        elif name in ("level_answer", "held_without_shrmt"):
            cell.number_format = "General"
        self.record.append((*where, version, layout.mark(value)))
