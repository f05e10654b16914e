"""How far the force's units are from its targets, as the force summary counts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assurance.rollup_findings import target_row
from papers.contents import rollups
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import reference
from papers.options import OnOff
from rendering.formats import day

PACE = OnOff("pace", "Say how fast units approach each target")


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the targets of the force summary with what it counted for each; None where it has not been built."""
    found = rollups.of_force(asked.half)
    if found is None:
        return None
    return {
        "built_on": found.built_on.isoformat(),
        "version": found.version,
        "issued_on": found.issued_on.isoformat() if found.issued_on else None,
        "targets": [{**target, "short": []} for target in found.figures.get("targets", ())],
    }


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what is gone by, then print where units stand to each target and where the recent pace leads."""
    if not data["targets"]:
        yield paragraph("No target has been set for the force in this half-year.", _counted_in(data))
        return
    rows = [target_row(target) for target in data["targets"]]
    yield paragraph(
        f"{reference('table.targets')} gives how many units are at each target.",
        _counted_in(data),
        "The range is what the slowest and the fastest recent pace, carried on to the target’s day, would make of it: "
        "a range of recent pace, not a forecast. A unit with nothing signed counts as not at the target.",
    )
    yield Piece(
        numbers=Numbers(
            "Target",
            "targets",
            "units at each target, and where the recent pace leads",
            ("At the target", "Still needed", "Range of recent pace"),
            tuple(NumbersRow(row.asks, (row.at_target, row.short, row.range)) for row in rows),
        )
    )
    if PACE.of(options):
        yield bullets(f"{row.asks}: {' '.join(filter(None, (row.pace, f'{row.endorsed}.')))}" for row in rows)


def _counted_in(data: Mapping[str, Any]) -> str:
    """Which force summary counted it."""
    if data["version"]:
        return f"They are those of the force summary, version {data['version']}, issued on {_day(data['issued_on'])}."
    return f"They are those of the force summary’s draft, built on {_day(data['built_on'])} and not yet issued."


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


SOURCE = Source("targets", gather)
NOTHING = "The force summary of this half-year has not been built. The Head can have it built."
BLOCKS = (Block("targets", "How far units are from the force’s targets", SOURCE, lay, NOTHING, options=(PACE,)),)
