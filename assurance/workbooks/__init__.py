"""A statement as a workbook (XLSX): written to be filled in elsewhere, and read back with every fault by its cell.

Pure: values in, bytes out, and the other way round; no Django, no database. What is written carries, out of sight,
which unit, quarter, edition and revision it is of, and for each answer its version and a mark of its value: so an
answer that was left alone is told from one that was given, and one that somebody has changed since from one that
nobody has.

Texts are written as texts, also those that begin like a formula, and their cells stay texts when they are edited.
What comes back is not trusted: records/spreadsheets.py looks at the file before openpyxl does.
"""

from assurance.workbooks.layout import LABELS, mark
from assurance.workbooks.reading import About, ActionRow, Answer, Filled, read
from assurance.workbooks.writing import ActionFacts, StatementFacts, ThemeFacts, write
from records.spreadsheets import MOST_BYTES, Problem, Unreadable

__all__ = [
    "LABELS",
    "MOST_BYTES",
    "About",
    "ActionFacts",
    "ActionRow",
    "Answer",
    "Filled",
    "Problem",
    "StatementFacts",
    "ThemeFacts",
    "Unreadable",
    "mark",
    "read",
    "write",
]
