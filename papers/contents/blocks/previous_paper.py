"""The paper that the panel had before: what it made of that one's recommendations, and which figures differ since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import reference
from papers.contents.since import Change, Group, of_json
from papers.options import Endings

ENDINGS = Endings(
    "endings",
    "Which figures",
    "The last parts of the names of figures, separated by commas, such as number, rate; none: all that differ",
)
NOT_THERE = "not given"


def gather(asked: Asked) -> None:
    """Return nothing: `panel_paper.gather` tells of the previous paper, once it knows the figures of this one."""


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Name the paper, list what came of its recommendations, and print then and now of each figure that differs."""
    yield paragraph(f"The previous paper was “{data['title']}”, for the meeting of {data['on']}.")
    if asked := data["recommendations"]:
        yield paragraph("What the panel made of its recommendations:")
        yield bullets(_outcome(number, one) for number, one in enumerate(asked, start=1))
    groups = list(filter(None, (_chosen(group, ENDINGS.of(options)) for group in of_json(data["changes"]))))
    if not groups:
        yield paragraph("None of the figures that are compared here differs from what that paper gave.")
    for group in groups:
        table = _numbers(group, data["on"])
        yield paragraph(
            f"{reference(f'table.{table.anchor}')} gives figures that are not what that paper gave "
            f"({group.heading.lower()})."
        )
        yield Piece(numbers=table)


def _outcome(number: int, one: Mapping[str, Any]) -> str:
    said = f"Outcome: {one['outcome']}." if one["outcome"] else "No outcome has been recorded."
    owner = f"{one['owner']} answers for it{', by ' + one['due_on'] if one['due_on'] else ''}." if one["owner"] else ""
    return " ".join(filter(None, (f"Recommendation {number}: {one['text']}", said, one["note"], owner)))


def _chosen(group: Group, endings: Collection[str]) -> Group | None:
    """Return the changes of figures whose names end like one of these; all of them where none was chosen."""
    kept = tuple(change for change in group.changes if not endings or change.name.rpartition(".")[2] in endings)
    return Group(group.code, group.heading, kept) if kept else None


def _numbers(group: Group, on: str) -> Numbers:
    return Numbers(
        "Figure",
        f"since-{group.code.replace('_', '-')}",
        f"{group.heading.lower()}, then and now",
        (f"Paper of {on}", "This paper"),
        tuple(map(_row, group.changes)),
    )


def _row(change: Change) -> NumbersRow:
    return NumbersRow(change.what, (change.then or NOT_THERE, change.now or NOT_THERE))


SOURCE = Source("previous_paper", gather)
KIND = "previous-paper"
NOTHING = "No previous paper that is published has been named. Name one under the details of this paper."
BLOCKS = (
    Block(KIND, "The panel’s previous paper: outcomes, and the figures that differ", SOURCE, lay, NOTHING, (ENDINGS,)),
)
