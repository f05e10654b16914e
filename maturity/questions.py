"""What to ask about a theme in fieldwork, level by level: its criteria, standards and KPIs, with room for answers.

For people without a connection: a page to print, or a workbook. The same edition and themes give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from maturity.matrix import Row, matrix_of
from maturity.models import Edition, Level, Standard, StandardKind
from rendering.tables import Cell, Table, xlsx

RESULTS = ("Met", "Partly met", "Not met", "Not tested")
# What is written down once for a theme, after its questions.
ON_THE_THEME = (
    "Validated level, or not enough evidence",
    "Documents that were looked at",
    "Interviews: roles and how many, no names",
    "Observations: where and when, no names",
    "Findings",
    "Good practice",
    "Recommendations, each with its priority",
)
CRITERION = "Criterion"
COLUMNS = (
    ("Level", 22), ("What it is", 20), ("Reference", 14), ("Question", 60), ("How it is tested", 40), ("Result", 14),
    ("What was seen or heard", 60),
)  # fmt: skip
_NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_SHEETS_NAME = 31


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out. A criterion has no reference and does not say how it is tested."""

    kind: str
    reference: str
    text: str
    how_tested: str


@dataclass(frozen=True, slots=True)
class AtLevel:
    """What is asked at one level of a theme: its criteria first, then behavioural standards, then KPIs."""

    level: Level
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A scored theme with its questions, lowest level first."""

    row: Row
    levels: tuple[AtLevel, ...]

    @property
    def texts(self) -> Iterator[str]:
        """Everything that is asked, and how."""
        return (
            text for at in self.levels for question in at.questions for text in (question.text, question.how_tested)
        )


def question_sets(edition: Edition, identities: Collection[str] = ()) -> list[QuestionSet]:
    """Return the question sets of the themes with these identities, or of every scored theme. Four queries."""
    rows = [row for row in matrix_of(edition).rows if row.cells]
    named = [row for row in rows if row.theme.identity in identities] or rows
    standards: dict[tuple[int, int], list[Question]] = {}
    found = Standard.objects.filter(theme__in=[row.theme for row in named])
    for one in found.order_by("kind", "number"):
        asked = Question(StandardKind(one.kind).label, one.reference, one.text, one.how_tested)
        standards.setdefault((one.theme_id, one.level_id), []).append(asked)
    return [
        QuestionSet(
            row,
            tuple(
                AtLevel(
                    cell.level,
                    (
                        *(Question(CRITERION, "", text, "") for text in cell.criteria),
                        *standards.get((row.theme.pk, cell.level.pk), ()),
                    ),
                )
                for cell in row.cells
            ),
        )
        for row in named
    ]


def has_standards(sets: Collection[QuestionSet]) -> bool:
    """Whether an operator's standards or KPIs are among the questions."""
    return any(question.kind != CRITERION for one in sets for at in one.levels for question in at.questions)


# --- The workbook -------------------------------------------------------------------------------------------------


def as_xlsx(edition: Edition, sets: Collection[QuestionSet]) -> bytes:
    """Return a workbook: how to fill it in, and a sheet for each theme."""
    return xlsx([_about(edition, sets), *(_sheet(one) for one in sets)], dated=edition.starts_on)


def _about(edition: Edition, sets: Collection[QuestionSet]) -> Table:
    rows: list[tuple[Cell, Cell]] = [
        ("Maturity model", edition.name),
        ("Source", edition.source),
        ("Themes", ", ".join(one.row.theme.name for one in sets)),
        ("Result", f"One of: {', '.join(RESULTS)}"),
        ("What was seen or heard", "Roles and numbers, never names, and nothing about anybody’s health"),
        ("Standards and KPIs", "Included" if has_standards(sets) else "None are loaded for these themes"),
        ("What counts", "What is entered into the audit in Truelevel afterwards"),
    ]
    return Table("How to use it", (("What", 30), ("Answer", 90)), rows)


def _sheet(asked: QuestionSet) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f"{at.level.number} {at.level.name}", one.kind, one.reference, one.text, one.how_tested, None, None)
        for at in asked.levels
        for one in at.questions
    ]
    rows += [("The theme", what, None, None, None, None, None) for what in ON_THE_THEME]
    return Table(_sheets_name(asked), COLUMNS, rows, kept="A2")


def _sheets_name(asked: QuestionSet) -> str:
    """A name that a workbook takes; the theme's number keeps two of them apart."""
    theme = asked.row.theme
    plain = " ".join(_NOT_IN_A_SHEETS_NAME.sub(" ", f"{theme.number} {theme.name}").split())
    return plain[:LONGEST_SHEETS_NAME].rstrip(" '")
