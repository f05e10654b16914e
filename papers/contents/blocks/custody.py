"""Custody: interventions and injuries of detainees, in the two reports that are compared and by cause and type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from injuries import custody_reading
from injuries.custody_figures import Breakdown, Reported, by_cause, by_type, exception_rows, report_row
from injuries.custody_pairs import compared, default_pair
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import OnOff

COMPARISON = OnOff("comparison", "Compare with the report before")


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the newest report that had ended before the meeting, its like a year before, and what both say."""
    custody = custody_reading.standing()
    known = [one for one in custody.reports if one.period.last.plus(1).first_day <= asked.meeting_on]
    pair = default_pair(known)
    shown = list(pair) if pair else known[:1]
    if not shown:
        return None
    found = compared(*pair) if pair else None
    return {
        "reports": [_report(one) for one in shown],
        "sentences": found.sentences if found else [],
        "care": sorted({row.care for row in found.rows if row.care}) if found else [],
        "notes": list(found.notes) if found else [],
        "changes": {row.name: row.change for row in found.rows if row.change} if found else {},
        "causes": _breakdown(by_cause(shown, custody.causes)),
        "types": _breakdown(by_type(shown, custody.types)),
        "exceptions": [[row.period, row.kind, row.referral, row.number] for row in exception_rows(shown) if row.number],
    }


def _report(report: Reported) -> dict[str, Any]:
    row = report_row(report)
    return {
        "period": row.period,
        "among": row.denominator,
        **{
            name: {"number": figure.number, "monthly": figure.monthly, "rate": figure.rate, "missing": figure.missing}
            for name, figure in (("interventions", row.interventions), ("injuries", row.injuries))
        },
    }


def _breakdown(found: Breakdown) -> dict[str, Any]:
    return {
        "columns": ["Number", *found.terms, found.rest],
        "rows": [[row.period, row.total, *row.numbers, row.rest] for row in found.rows] if found.terms else [],
    }


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield what the newest report says, and the one before it."""
    for report, end, of in zip(data["reports"], ("", "_before"), ("", " in the earlier period"), strict=False):
        yield Figure(f"custody.period{end}", report["period"], f"Custody: the period{of}")
        if report["among"]:
            yield Figure(f"custody.among{end}", report["among"], f"Custody: what is counted among{of}")
        for name, what in (("interventions", "successful interventions"), ("injuries", "injuries of detainees")):
            for figure in ("number", "rate"):
                if text := report[name][figure]:
                    yield Figure(f"custody.{name}.{figure}{end}", text, f"Custody: {figure} of {what}{of}")


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what the reports cover and how they differ, then print their figures, causes, types and exceptions."""
    data = data if COMPARISON.of(options) else _newest(data)
    periods = " and ".join(report["period"] for report in data["reports"])
    among = "; ".join(f"{report['period']}: {report['among']}" for report in data["reports"] if report["among"])
    yield paragraph(
        f"{reference('table.custody')} gives what custody reported for {periods}.",
        f"Counted among, {among}." if among else "",
    )
    if data["sentences"]:
        yield bullets([*data["sentences"], *data["care"]])
    yield Piece(numbers=_numbers(data))
    for name, anchor, what in (
        ("causes", "custody-causes", "successful interventions by cause"),
        ("types", "custody-types", "injuries of detainees by type"),
    ):
        found = data[name]
        if found["rows"]:
            rows = tuple(NumbersRow(row[0], tuple(row[1:])) for row in found["rows"])
            yield Piece(numbers=Numbers("Period", anchor, what, tuple(found["columns"]), rows))
    if data["exceptions"]:
        yield paragraph("Exceptions reported, with their referral:")
        yield bullets(
            f"{period}: {kind}, {number}; referred to: {to}" for period, kind, to, number in data["exceptions"]
        )
    if data["notes"]:
        yield bullets(data["notes"])


def _newest(data: Mapping[str, Any]) -> dict[str, Any]:
    """The newest report by itself: what is said of two of them, and the rows of the other, left out."""
    period = data["reports"][0]["period"]
    breakdowns = {
        name: {**data[name], "rows": [row for row in data[name]["rows"] if row[0] == period]}
        for name in ("causes", "types")
    }
    exceptions = [one for one in data["exceptions"] if one[0] == period]
    alone = {"reports": data["reports"][:1], "sentences": [], "care": [], "notes": [], "exceptions": exceptions}
    return {**data, **alone, **breakdowns}


def _numbers(data: Mapping[str, Any]) -> Numbers:
    def figures_of(name: str) -> tuple[str, ...]:
        found = [report[name] for report in data["reports"]]
        return tuple(
            text for one in found for text in (one["number"] or "–", one["monthly"] or "–", one["rate"] or "–")
        )

    columns = [
        f"{what}, {report['period']}" for report in data["reports"] for what in ("Number", "A month", "Rate per 1,000")
    ]
    return Numbers(
        "Reported",
        "custody",
        "successful interventions and injuries of detainees",
        tuple(columns),
        (
            NumbersRow("Successful interventions", figures_of("interventions")),
            NumbersRow("Injuries of detainees", figures_of("injuries")),
        ),
    )


SOURCE = Source("custody", gather, figures)
NOTHING = "No report of custody had ended before the paper’s meeting."
BLOCKS = (
    Block("custody", "Custody interventions and injuries of detainees", SOURCE, lay, NOTHING, options=(COMPARISON,)),
)
