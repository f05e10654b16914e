"""The blank statement: each theme of the model with room to fill in, as units get it each quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maturity.matrix import matrix_of
from maturity.models import Edition
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Cell, Numbers, NumbersRow, Piece, Pieces, paragraph
from papers.options import OnOff

CRITERIA = OnOff("criteria", "Print what describes each level", "Takes a page a theme", is_usual=False)
ASKED = (
    "Level held",
    "Held without the help of SHRMT: yes or no",
    "Evidence for the level",
    "Action to improve",
    "Who leads it",
    "When it is due",
)
ASKED_UNSCORED = ("Evidence", "Action to improve", "Who leads it", "When it is due")


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the model of the half-year's last quarter: four queries. None where none is in force."""
    edition = Edition.objects.in_force(asked.half.quarters[1].first_day)
    if edition is None:
        return None
    matrix = matrix_of(edition)
    return {
        "edition": edition.name,
        "levels": [level.name for level in matrix.levels],
        "themes": [
            {
                "identity": row.theme.identity,
                "number": row.theme.number,
                "name": row.theme.name,
                "scored": row.theme.scored,
                "criteria": [list(cell.criteria) for cell in row.cells],
            }
            for row in matrix.rows
        ],
    }


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what the form is, name the levels, then a table with room for each theme."""
    yield paragraph(
        "Every quarter each unit fills in this form, a table for each theme, and its senior leader signs it. The "
        f"themes and levels are those of {data['edition']}.",
        "SHRMT is the Safety and Health Risk Management Team.",
    )
    names = enumerate(data["levels"], start=1)
    yield Piece(levels=tuple(Cell(str(level), str(level), name) for level, name in names))
    for theme in data["themes"]:
        if theme["scored"] and CRITERIA.of(options):
            yield Piece(numbers=_criteria(theme, data["levels"]))
        yield Piece(numbers=_room(theme))


def _criteria(theme: Mapping[str, Any], levels: list[str]) -> Numbers:
    rows = tuple(
        NumbersRow(f"{number} {name}", (" ".join(_as_sentence(text) for text in texts) or "–",))
        for number, (name, texts) in enumerate(zip(levels, theme["criteria"], strict=True), start=1)
    )
    caption = f"what describes each level of {theme['name']}"
    return Numbers("Level", f"levels-{theme['identity']}", caption, ("What describes it",), rows, is_words=True)


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _room(theme: Mapping[str, Any]) -> Numbers:
    """The theme's table to fill in."""
    asked = ASKED if theme["scored"] else ASKED_UNSCORED
    caption = f"theme {theme['number']}, {theme['name']}" + ("" if theme["scored"] else " (not scored)")
    rows = tuple(NumbersRow(one, ("",)) for one in asked)
    return Numbers(
        "Asked", f"blank-{theme['identity']}", caption, ("To be filled in",), rows, is_words=True, has_room=True
    )


SOURCE = Source("blank_statement", gather)
NOTHING = "No edition of the model is in force in this half-year."
BLOCKS = (
    Block(
        "blank-statement",
        "The statement as a blank form, theme by theme",
        SOURCE,
        lay,
        NOTHING,
        options=(CRITERIA,),
    ),
)
