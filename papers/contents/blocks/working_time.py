"""Working time: the share of people who complied with the weekly limit, against the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from injuries import reading_working_time as reading
from injuries.compliance import compliance, in_a_sentence
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Number
from rendering.formats import count, day

# So many readings are kept for the table; the newest first.
MOST_READINGS = 8
READINGS = Number("readings", "Readings in the table", "The newest first", most=MOST_READINGS, usually=MOST_READINGS)


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the readings up to the meeting of the first staff group, police officers as shipped."""
    group = reading.staff_group(None)
    if group is None:
        return None
    known = [one for one in reading.readings(group) if one.day <= asked.meeting_on]
    name = in_a_sentence(group.name)
    found = compliance(known, reading.targets(group), of=name)
    if not found.rows:
        return None
    return {
        "of": name,
        "sentences": list(found.sentences),
        "rows": [
            {
                "day": row.reading.day.isoformat(),
                "on": day(row.reading.day),
                "in_scope": count(row.reading.in_scope),
                "not_opted_out": count(row.reading.not_opted_out),
                "share": row.share,
                "interval": row.interval,
                "target": row.target,
                "verdict": row.verdict,
            }
            for row in found.rows[:MOST_READINGS]
        ],
    }


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield what the newest reading says."""
    newest = data["rows"][0]
    for name, what in (
        ("share", "share that complied"),
        ("in_scope", "people in scope"),
        ("not_opted_out", "people over the limit who had not opted out"),
        ("target", "target"),
        ("on", "day of the reading"),
    ):
        if newest[name]:
            yield Figure(f"working_time.{name}", newest[name], f"Working time: {what}")


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what the newest reading says, then print the readings."""
    yield paragraph(*data["sentences"][:1], f"{reference('table.working-time')} gives the readings.")
    if data["sentences"][1:]:
        yield bullets(data["sentences"][1:])
    columns = ("In scope", "Over the limit, not opted out", "Complying", "95% interval", "Target", "Against the target")
    rows = tuple(
        NumbersRow(
            row["on"],
            (
                row["in_scope"],
                row["not_opted_out"],
                row["share"],
                row["interval"],
                row["target"] or "–",
                row["verdict"],
            ),
        )
        for row in data["rows"][: READINGS.of(options)]
    )
    caption = f"compliance of {data['of']} with the limit of weekly working time"
    yield Piece(numbers=Numbers("Day", "working-time", caption, columns, rows))


SOURCE = Source("working_time", gather, figures)
NOTHING = "No reading of working time had been entered for a day up to the paper’s meeting."
BLOCKS = (
    Block(
        "working-time",
        "Compliance with the limit of weekly working time",
        SOURCE,
        lay,
        NOTHING,
        options=(READINGS,),
    ),
)
