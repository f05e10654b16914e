"""How far the levels that units claim agree with what audits found: the table, shares and measures, themes, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from assurance.agreement_findings import Audited, PartRow, findings_of, part_row, together
from assurance.services.agreement import By, Scope, audited_by, theme_names
from organisation.models import BusinessGroup
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Codes, Named, OnOff
from rendering.formats import count, day

NO_GROUP = "In no business group"
MEASURES = OnOff("measures", "Print the measures of agreement", "Shares, a sign test, kappa and AC2, each explained")
GROUPS = Codes("groups", "Business groups with a row of their own", "None chosen: all of them", named=Named.GROUPS)
PART_COLUMNS = ("Claims", "Confirmed", "Share", "95% interval", "Within one level", "Too high", "Too low")


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return what audits made of claims until the half-year's end: four queries. None where none was judged."""
    scope = Scope(asked.half.last_day)
    by_theme, by_group, names = audited_by(By.THEME, scope), audited_by(By.GROUP, scope), theme_names()
    groups = BusinessGroup.objects.filter(pk__in=[pk for pk in by_group if pk is not None])
    everything = together(by_theme.values())
    if not everything.counts.pairs:
        return None
    rows = [(group.name, group.slug, by_group[group.pk]) for group in groups]
    rows += [(NO_GROUP, "", by_group[None])] if None in by_group else []
    return {
        "until": day(scope.until),
        **_findings(everything),
        "themes": [_part(part_row(name, by_theme[key])) for key, name in names.items() if key in by_theme],
        "groups": [{"slug": slug, **_part(part_row(name, audited))} for name, slug, audited in rows],
    }


def _findings(audited: Audited) -> dict[str, Any]:
    """The findings in words, as the page of agreement has them: of fewer than ten pairs, counts only."""
    found, counts = findings_of(audited), audited.counts
    return {
        "counts": {name: count(getattr(counts, name)) for name in ("pairs", "confirmed", "too_high", "too_low")},
        "says": found.says,
        "left_out": [f"{one.number} {one.why}" for one in found.no_pairs],
        "table": [[*row.cells, row.total] for row in found.rows],
        "totals": [*found.totals.cells, found.totals.total] if found.totals else [],
        "measures": [asdict(row) for row in found.measures],
        "intervals_say": found.intervals_say,
        "why_not": found.why_not,
    }


def _part(row: PartRow) -> dict[str, Any]:
    cells = (row.claims, row.confirmed, row.share, row.interval, row.within_one, row.too_high, row.too_low)
    return {"name": row.name, "cells": list(cells)}


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how many claims were audited and how they came out."""
    for name, what in (
        ("pairs", "claims audited"),
        ("confirmed", "claims confirmed"),
        ("too_high", "claims too high"),
        ("too_low", "claims too low"),
    ):
        yield Figure(f"agreement.{name}", data["counts"][name], f"Audits: {what}")


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what came of the claims, then print claims against verdicts, the measures, and themes and groups."""
    yield paragraph(
        data["says"],
        f"{reference('table.agreement')} sets each level claimed beside the level found. It counts the audit reports "
        f"issued until {data['until']}.",
    )
    if data["left_out"]:
        yield paragraph("Looked at, and in no count:")
        yield bullets(data["left_out"])
    yield Piece(numbers=_claims_and_verdicts(data))
    if MEASURES.of(options):
        yield from _measures(data)
    wanted = GROUPS.of(options)
    groups = [group for group in data["groups"] if not wanted or group["slug"] in wanted]
    yield Piece(numbers=_parts("Theme", "agreement-themes", "audited claims by theme", data["themes"]))
    yield Piece(numbers=_parts("Business group", "agreement-groups", "audited claims by business group", groups))


def _claims_and_verdicts(data: Mapping[str, Any]) -> Numbers:
    found = [f"Found: {level}" for level, _ in enumerate(data["table"], start=1)]
    rows = [NumbersRow(f"Claimed: {level}", tuple(row)) for level, row in enumerate(data["table"], start=1)]
    if data["totals"]:
        rows.append(NumbersRow("All claims", tuple(data["totals"])))
    return Numbers("Level", "agreement", "levels claimed and levels found", (*found, "All"), tuple(rows))


def _measures(data: Mapping[str, Any]) -> Pieces:
    """The measures with what has to be said with each, or why there are none."""
    if not data["measures"]:
        yield paragraph(data["why_not"])
        return
    rows = tuple(NumbersRow(row["name"], (row["value"], row["interval"])) for row in data["measures"])
    yield Piece(numbers=Numbers("Measure", "agreement-measures", "agreement", ("Value", "95% interval"), rows))
    yield bullets([data["intervals_say"], *(f"{row['name']}: {row['note']}" for row in data["measures"])])


def _parts(corner: str, anchor: str, caption: str, parts: list[Mapping[str, Any]]) -> Numbers:
    return Numbers(
        corner, anchor, caption, PART_COLUMNS, tuple(NumbersRow(part["name"], tuple(part["cells"])) for part in parts)
    )


SOURCE = Source("agreement", gather, figures)
NOTHING = "No audit report issued until the half-year’s end has judged a level that a unit claimed."
BLOCKS = (
    Block(
        "audit-agreement",
        "How far claimed levels agree with what audits found",
        SOURCE,
        lay,
        NOTHING,
        options=(MEASURES, GROUPS),
    ),
)
