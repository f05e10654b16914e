"""How a statement’s workbook is laid out: its sheets, columns and words, and what tells one answer from another."""

from __future__ import annotations

from datetime import date
from typing import Any

from records.canonical import content_digest, normal
from rendering import cells

FORMAT = "truelevel-statement-1"
START, THEMES, ACTIONS, DETAILS, LEVELS, RECORD = "Start", "Themes", "Actions", "Details", "Levels", "Record"

# How an answer is called and how its heading reads, in the order of the columns. Before them stands a hidden key.
THEME_COLUMNS = {
    "theme": "Theme",
    "level_answer": "Level",
    "held_without_shrmt": "Held without SHRMT",
    "evidence": "Evidence",
    "no_level_reason": "Why there is no level or no evidence",
    "not_sure_note": "If not sure: what is still to be found out",
    "criteria_note": "If points of the level are not ticked: why",
}
# Before these stand two hidden columns: the action's id, and the token of a new row.
ACTION_COLUMNS = {
    "theme": "Theme",
    "title": "What is to be done",
    "lead": "Who leads it",
    "due_on": "When it is due",
    "remove": "Remove it?",
}
# A row each; before them stands a hidden key.
DETAIL_ROWS = {
    "completer_name": "Name of the person completing the statement",
    "completer_position": "Their position",
    "meeting_on": "When the unit’s health and safety meeting reviewed it",
    "no_meeting_reason": "Why no meeting has reviewed it",
}
THEME_HEADINGS = ("Key", *THEME_COLUMNS.values())
ACTION_HEADINGS = ("Key", "Token", *ACTION_COLUMNS.values())
DETAIL_HEADINGS = ("Key", "Detail", "Answer")
RECORD_HEADINGS = ("Sheet", "Key", "Answer", "Version", "Mark")
LABELS = THEME_COLUMNS | ACTION_COLUMNS | DETAIL_ROWS

ANSWERS = tuple(THEME_COLUMNS)[1:]
ONLY_IF_SCORED = frozenset(ANSWERS) - {"evidence"}
ACTION_ANSWERS = ("title", "lead", "due_on")
DAYS = frozenset({"meeting_on", "due_on"})
NEW_ACTIONS = 40

LEVEL_WORDS = {"not-sure": "Not sure yet", "cannot-say": "Cannot give a level"}
YES_NO = {True: "Yes", False: "No"}
NOT_SCORED = "Not scored"
NOT_IN_HERE = "too-long"  # the mark of a text that is longer
TOO_LONG = "This text is too long for a workbook. It stays as it is; change it on the page."

_MARK_DIGITS = 12


def mark(value: Any) -> str:
    """Return what tells one value of an answer from another. Days as ISO texts, texts as they are stored."""
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str):
        value = from_cell(value)
    return content_digest(value)[:_MARK_DIGITS]


def from_cell(text: str) -> str:
    """Return the text that `cells.storable` made one of a file of, in the form in which texts are stored.

    The escape goes wherever it stands, since openpyxl takes it from some cells and leaves it in others. A text that
    contains it for reasons of its own (we have met none) comes back without; unchanged, it is not an edit.
    """
    text = cells.in_xml(text)
    while cells.ESCAPE in text:
        text = text.replace(cells.ESCAPE, "")
    settled: str = normal(text)
    return settled.strip()
