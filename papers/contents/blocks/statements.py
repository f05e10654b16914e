"""Reports received and awaited: units' statements by quarter and business group, and the groups' roll-ups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from assurance.rollup_findings import part_of
from assurance.services.force_units import coverage_in, groups_of
from assurance.services.issuing import reports_of
from organisation.periods import HalfYear, Quarter
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Codes, Named, Number, OnOff
from rendering.formats import count, day, listed, so_many

# So many quarters are kept for the paper; it prints fewer unless it is asked to.
HALVES = 4
QUARTERS = Number("quarters", "Quarters", "Up to the last of the half-year", most=2 * HALVES, usually=2)
GROUPS = Codes("groups", "Business groups", "None chosen: all of them", named=Named.GROUPS)
ROLL_UPS = OnOff("roll_ups", "Say which business groups have issued their roll-up")
COUNTED = ("expected", "signed", "accepted", "late")


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return what came of each quarter's statements by group, and which roll-ups are out: eleven queries.

    None where no statement was expected. A unit counts for the group of the half-year's last day, as in its roll-up.
    """
    halves = _halves(asked.half)
    rows = [row for half in halves for row in coverage_in(half, as_at=asked.today)]
    if not any(row.expected for row in rows):
        return None
    groups = groups_of({row.group for row in rows})
    return {
        "half": str(asked.half),
        "quarters": sorted({row.quarter for row in rows}),
        "groups": [
            {
                "name": group.name,
                "slug": group.slug,
                "quarters": {
                    row.quarter: {name: getattr(row, name) for name in COUNTED} for row in rows if row.group == group.id
                },
            }
            for group in groups
        ],
        "roll_ups": [
            {name: row[name] for name in ("group", "slug", "number", "issued_on")} for row in reports_of(asked.half)
        ],
    }


def _halves(last: HalfYear) -> list[HalfYear]:
    halves = [last]
    while len(halves) < HALVES:
        halves.append(halves[-1].previous())
    return halves


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how many statements of the newest quarter came."""
    quarter = data["quarters"][-1]
    total = _total(data["groups"], quarter)
    name = _short(quarter)
    yield Figure("statements.quarter", Quarter.parse(quarter).name, "Statements: the newest quarter")
    for key, what in (("expected", "expected"), ("signed", "signed"), ("accepted", "accepted"), ("late", "late")):
        yield Figure(f"statements.{key}", count(total[key]), f"Statements of all business groups, {name}: {what}")


def _total(groups: Iterable[Mapping[str, Any]], quarter: str) -> dict[str, int]:
    return {name: sum(_in(group, quarter)[name] for group in groups) for name in COUNTED}


def _in(group: Mapping[str, Any], quarter: str) -> Mapping[str, int]:
    return group["quarters"].get(quarter) or dict.fromkeys(COUNTED, 0)


def _short(quarter: str) -> str:
    return Quarter.parse(quarter).name.partition(" (")[0]


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say how many statements came and are awaited, by quarter and by group; then which roll-ups are out."""
    wanted = GROUPS.of(options)
    groups = [group for group in data["groups"] if not wanted or group["slug"] in wanted]
    quarters = data["quarters"][-QUARTERS.of(options) :]
    yield paragraph(
        *_said(groups, quarters[-1]),
        f"{reference('table.statements')} gives each quarter, {reference('table.statements-by-group')} the statements "
        "received of those expected, by business group.",
    )
    yield Piece(numbers=_by_quarter(groups, quarters))
    yield Piece(numbers=_by_group(groups, quarters))
    if ROLL_UPS.of(options):
        yield from _roll_ups([row for row in data["roll_ups"] if not wanted or row["slug"] in wanted], data["half"])


def _said(groups: Sequence[Mapping[str, Any]], quarter: str) -> Iterator[str]:
    total = _total(groups, quarter)
    name = Quarter.parse(quarter).name
    if not total["expected"]:
        yield f"No statement was expected for {name}."
        return
    awaited = total["expected"] - total["signed"]
    yield (
        f"For {name}, {count(total['signed'])} of {so_many(total['expected'], 'statement')} expected "
        f"{'has' if total['signed'] == 1 else 'have'} been received; {count(awaited)} "
        f"{'is' if awaited == 1 else 'are'} awaited."
    )


def _by_quarter(groups: Sequence[Mapping[str, Any]], quarters: Sequence[str]) -> Numbers:
    rows = []
    for quarter in quarters:
        total = _total(groups, quarter)
        expected = total["expected"]
        cells = (
            count(expected),
            part_of(total["signed"], expected),
            part_of(total["accepted"], expected),
            part_of(total["late"], expected),
            part_of(expected - total["signed"], expected),
        )
        rows.append(NumbersRow(_short(quarter), cells))
    columns = ("Expected", "Signed", "Accepted", "Signed late", "Awaited")
    return Numbers("Quarter", "statements", "statements received and awaited, by quarter", columns, tuple(rows))


def _by_group(groups: Sequence[Mapping[str, Any]], quarters: Sequence[str]) -> Numbers:
    lines = [(group["name"], [group]) for group in groups]
    lines += [("All of these", list(groups))] if len(groups) > 1 else []
    rows = []
    for name, of in lines:
        totals = [_total(of, quarter) for quarter in quarters]
        rows.append(NumbersRow(name, tuple(part_of(total["signed"], total["expected"]) for total in totals)))
    caption = "statements received of those expected, by business group"
    return Numbers("Business group", "statements-by-group", caption, tuple(map(_short, quarters)), tuple(rows))


def _roll_ups(rows: Sequence[Mapping[str, Any]], half: str) -> Pieces:
    """List the roll-ups that business groups have issued, and whose are awaited."""
    if not rows:
        return
    name = HalfYear.parse(half).name
    issued = [row for row in rows if row["number"]]
    if issued:
        yield paragraph(f"Roll-ups of {name} received:")
        yield bullets(
            f"{row['group']}: version {row['number']}, issued on {day(date.fromisoformat(row['issued_on']))}"
            for row in issued
        )
    if awaited := [row["group"] for row in rows if not row["number"]]:
        yield paragraph(f"Roll-ups of {name} awaited: {listed(awaited)}.")


SOURCE = Source("statements", gather, figures)
NOTHING = "No statement was expected in the half-year, or in the three before it."
BLOCKS = (
    Block(
        "statements-received",
        "Reports received and awaited, by quarter and business group",
        SOURCE,
        lay,
        NOTHING,
        options=(QUARTERS, GROUPS, ROLL_UPS),
    ),
)
