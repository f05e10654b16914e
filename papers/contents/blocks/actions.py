"""Actions: how many are open, overdue and closed, by business group. What they say stays where it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from actions.models import Action
from assurance.rollup_findings import part_of
from organisation.models import UnitMembership
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, paragraph
from papers.contents.references import Figure, reference
from papers.options import Codes, Named
from rendering.formats import count, day, so_many

GROUPS = Codes("groups", "Business groups", "None chosen: all of them, and the Board’s", named=Named.GROUPS)
COUNTED = ("open", "overdue", "closed")
OF_NO_GROUP = "Units in no business group"
OF_BODIES = "The Board and other bodies that are no unit"


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the actions of each group's units on the paper's day, and those closed since the half-year began

    Two queries. None where there is no action.
    """
    as_at, since = asked.until, min(asked.half.first_day, asked.until)
    groups = _groups_of_units(asked)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in Action.objects.counted_by_unit(since=since, as_at=as_at):
        unit = row["unit"]
        key = (OF_BODIES, "") if unit is None else groups.get(unit, (OF_NO_GROUP, ""))
        counts.setdefault(key, Counter()).update({name: row[name] for name in COUNTED})
    if not any(total for one in counts.values() for total in one.values()):
        return None
    last = (OF_NO_GROUP, OF_BODIES)
    ordered = sorted(counts, key=lambda key: (key[0] in last, last.index(key[0]) if key[0] in last else 0, key[0]))
    return {
        "as_at": day(as_at),
        "since": day(since),
        "rows": [{"name": key[0], "slug": key[1], **{name: counts[key][name] for name in COUNTED}} for key in ordered],
    }


def _groups_of_units(asked: Asked) -> dict[int, tuple[str, str]]:
    """Name and slug of the group that each unit is in on the paper's day, or was in when it ended."""
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(asked.until)
    rows = memberships.values_list("unit", "group__name", "group__slug")
    return {unit: (name, slug) for unit, name, slug in rows}


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how many there are of all of them."""
    total = _total(data["rows"])
    for name, what in (("open", "open"), ("overdue", "open and overdue"), ("closed", f"closed since {data['since']}")):
        yield Figure(f"actions.{name}", count(total[name]), f"Actions of all business groups {what}")


def _total(rows: list[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in COUNTED}


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say how many actions there are, then print them by group."""
    wanted = GROUPS.of(options)
    rows = [row for row in data["rows"] if not wanted or row["slug"] in wanted]
    total = _total(rows)
    yield paragraph(
        f"On {data['as_at']}, {so_many(total['open'], 'action')} {'was' if total['open'] == 1 else 'were'} open, "
        f"{count(total['overdue'])} of them with a task overdue; {count(total['closed'])} had been closed since "
        f"{data['since']}. {reference('table.actions')} gives them by business group.",
        "Actions that were withdrawn are in no count.",
    )
    lines = [*((row["name"], row) for row in rows), *([("All of these", total)] if len(rows) > 1 else [])]
    columns = ("Open", "Of them overdue", f"Closed since {data['since']}")
    table = tuple(
        NumbersRow(name, (count(one["open"]), part_of(one["overdue"], one["open"]), count(one["closed"])))
        for name, one in lines
    )
    yield Piece(numbers=Numbers("Business group", "actions", "actions by business group", columns, table))


SOURCE = Source("actions", gather, figures)
NOTHING = "No action was open or has been closed since the half-year began."
BLOCKS = (Block("actions", "Actions open, overdue and closed", SOURCE, lay, NOTHING, options=(GROUPS,)),)
