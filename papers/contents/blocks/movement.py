"""What moved since the half-year before: how many levels of units rose, stayed or fell, by theme and business group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assurance.rollup_findings import move_row, part_of
from assurance.rollup_movement import MoveCounts, added
from organisation.periods import HalfYear
from papers.contents import rollups
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Codes, Named
from rendering.formats import count, listed

GROUPS = Codes("groups", "Business groups", "None chosen: all of them", named=Named.GROUPS)
COUNTED = tuple(MoveCounts.__dataclass_fields__)
COLUMNS = ("Improved", "The same", "Worse", "New", "Gone", "Not comparable")
WHERE = "Movement in all business groups"


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the moves that each group's roll-up counted; None where none did."""
    drawn = rollups.of_groups(asked.half)
    groups = [_group(one.group, one.slug, moved) for one in drawn if (moved := one.figures.get("movement"))]
    if not groups:
        return None
    return {"since": str(asked.half.previous()), "groups": groups}


def _group(name: str, slug: str, moved: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "slug": slug,
        "edition": moved["edition"],
        "edition_before": moved["edition_before"],
        "not_comparable": list(moved["not_comparable"]),
        "ended": list(moved["ended"]),
        "themes": [
            {name: theme[name] for name in ("identity", "name", *COUNTED)}  # how many, never which units
            for theme in moved["themes"]
        ],
    }


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how many levels of all units moved which way."""
    total = _together(data["groups"])
    yield Figure("movement.compared", count(total.compared), f"{WHERE}: levels that can be compared")
    for name, what in (("improved", "levels that rose"), ("same", "levels that stayed"), ("worse", "levels that fell")):
        yield Figure(f"movement.{name}", count(getattr(total, name)), f"{WHERE}: {what}")


def _together(groups: Sequence[Mapping[str, Any]]) -> MoveCounts:
    return added(_counts(theme) for group in groups for theme in group["themes"])


def _counts(theme: Mapping[str, Any]) -> MoveCounts:
    return MoveCounts(**{name: theme[name] for name in COUNTED})


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say how many levels moved, then print them by theme and, of several groups, by group."""
    wanted = GROUPS.of(options)
    groups = [group for group in data["groups"] if not wanted or group["slug"] in wanted]
    if not groups:
        yield paragraph("No roll-up of the business groups chosen has counted what moved.")
        return
    yield paragraph(*_said(groups, HalfYear.parse(data["since"]).name))
    if notes := list(_notes(groups)):
        yield bullets(notes)
    rows = [(theme["name"], moves) for theme, moves in _by_theme(groups)]
    yield Piece(numbers=_table("Theme", "movement", "levels that moved, by theme", rows))
    if len(groups) > 1:
        rows = [(group["name"], _together([group])) for group in groups]
        yield Piece(numbers=_table("Business group", "movement-groups", "levels that moved, by business group", rows))


def _said(groups: Sequence[Mapping[str, Any]], since: str) -> Iterator[str]:
    total = _together(groups)
    yield f"{reference('table.movement')} compares the level of each unit in each theme with that of {since}."
    if not total.compared:
        yield "No level can be compared yet."
        return
    yield (
        f"Of the {count(total.compared)} levels that can be compared, {part_of(total.improved, total.compared)} rose, "
        f"{part_of(total.same, total.compared)} stayed and {part_of(total.worse, total.compared)} fell. By how many "
        "steps is not added up: levels are an order, not a measure. What was merely carried forward has not moved."
    )


def _notes(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What keeps levels from being compared, each thing once."""
    for before, now in dict.fromkeys((group["edition_before"], group["edition"]) for group in groups):
        if before != now:
            yield f"The edition of the model changed in between, from {before or 'none'} to {now}."
    if themes := list(dict.fromkeys(name for group in groups for name in group["not_comparable"])):
        yield f"Not compared, because they do not ask the same in both editions: {listed(themes)}."
    if ended := [name for group in groups for name in group["ended"]]:
        yield f"Ended since: {listed(ended)}. What they had is counted as gone."


def _by_theme(groups: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], MoveCounts]]:
    themes = {theme["identity"]: theme for group in groups for theme in group["themes"]}
    for identity, theme in themes.items():
        yield (
            theme,
            added(_counts(one) for group in groups for one in group["themes"] if one["identity"] == identity),
        )


def _table(corner: str, anchor: str, caption: str, rows: Sequence[tuple[str, MoveCounts]]) -> Numbers:
    return Numbers(corner, anchor, caption, COLUMNS, tuple(_row(name, moves) for name, moves in rows))


def _row(name: str, moves: MoveCounts) -> NumbersRow:
    row = move_row({"name": name, **asdict(moves)}, {})
    return NumbersRow(name, (row.improved, row.same, row.worse, row.new, row.gone, row.not_comparable))


SOURCE = Source("movement", gather, figures)
NOTHING = (
    "No roll-up of this half-year has counted what moved since the one before. Ask the COG leads to have theirs built."
)
BLOCKS = (Block("movement", "What moved since the half-year before", SOURCE, lay, NOTHING, options=(GROUPS,)),)
