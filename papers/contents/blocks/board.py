"""The Board: its meetings with what they dealt with, the risks as they stand, the heat map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.safestring import mark_safe

from papers.contents.block import Asked, Block, Source
from papers.contents.heatmap import of_frozen, scale_as_json
from papers.contents.pieces import Chart, Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from rendering.formats import day, listed, so_many
from risks import reading
from risks.models import BoardMeeting, Risk, RiskStatus
from risks.picture import drawn

# The meetings that a paper tells of: the last ones held before it.
MEETINGS = 3


def gather_meetings(asked: Asked) -> dict[str, Any] | None:
    """Return the last meetings held before the paper's, the earliest first, with the items of their agendas."""
    held = BoardMeeting.objects.filter(held_on__lt=asked.until).order_by("-held_on").prefetch_related("items")
    rows = [
        {
            "name": one.name,
            "held_on": one.held_on.isoformat(),
            "on": day(one.held_on),
            "items": [item.title for item in one.items.all()],
        }
        for one in reversed(held[:MEETINGS])
    ]
    return {"meetings": rows} if rows else None


def lay_meetings(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """Say when the Board met, then list what its meetings dealt with, each item once."""
    meetings = data["meetings"]
    days = listed([meeting["on"] for meeting in meetings])
    yield paragraph(
        f"The last {so_many(len(meetings), 'meeting')} of the Board {'was' if len(meetings) == 1 else 'were'} held on "
        f"{days}."
    )
    items = list(dict.fromkeys(item for meeting in meetings for item in meeting["items"]))
    if items:
        yield paragraph("What the agendas held:")
        yield bullets(items)


def gather_risks(asked: Asked) -> dict[str, Any] | None:
    """Return the risks of the register that are not closed, in the order of their references."""
    lines = reading.lines(Risk.objects.exclude(status=RiskStatus.CLOSED), today=asked.meeting_on)
    if not lines:
        return None
    return {
        "scale": scale_as_json(reading.scale()),
        "risks": [
            {
                "reference": line.risk.reference,
                "title": line.risk.title,
                "status": line.risk.get_status_display(),
                "is_on_the_map": line.risk.is_on_the_map,
                "leads": list(line.leads),
                "trend": line.trend.words if line.trend else "",
                "place": [line.place.likelihood, line.place.impact] if line.place else None,
                "before": [line.before.likelihood, line.before.impact] if line.before else None,
                "update": line.update.text if line.update else "",
            }
            for line in lines
        ],
    }


def figures_of_risks(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how many risks are on the map and under control."""
    on_the_map = sum(risk["is_on_the_map"] for risk in data["risks"])
    yield Figure("risks.on_the_map", str(on_the_map), "Risks on the Board’s heat map")
    yield Figure("risks.controlled", str(len(data["risks"]) - on_the_map), "Risks under control, still on the register")


def lay_status(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """List the risks with status, trend and what was told last of each."""
    yield paragraph("The risks of the Board’s register stand as follows.")
    yield bullets(map(_status, data["risks"]))


def _status(risk: Mapping[str, Any]) -> str:
    standing = ", ".join(filter(None, (risk["status"].lower(), risk["trend"].lower())))
    return " ".join(filter(None, (f"Risk {risk['reference']}, {risk['title']}: {standing}.", risk["update"])))


def lay_heat_map(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """Print the heat map with the table of what it shows."""
    found = of_frozen(data["scale"], data["risks"])
    if found is None:
        yield paragraph("No heat map can be drawn: nobody has entered what likelihood and impact are called.")
        return
    yield paragraph(f"{reference('figure.heat-map')} shows where the risks lie. {found.sentence}")
    shown = [risk for risk in data["risks"] if risk["is_on_the_map"]]
    rows = tuple(
        NumbersRow(
            f"Risk {risk['reference']}: {risk['title']}",
            tuple(map(str, (*risk["place"], risk["place"][0] * risk["place"][1])))
            if risk["place"]
            else ("–", "–", "–"),
        )
        for risk in shown
    )
    numbers = Numbers("Risk", "heat-map-risks", "the risks of the heat map", ("Likelihood", "Impact", "Score"), rows)
    svg = mark_safe(drawn(found))  # noqa: S308  # the drawing escapes every word it is given
    yield Piece(chart=Chart("heat-map", "the Board’s risks by likelihood and impact", svg, numbers))


MEETINGS_HELD = Source("board_meetings", gather_meetings)
RISKS = Source("risks", gather_risks, figures_of_risks)
BLOCKS = (
    Block("board-meetings", "The last meetings of the Board and what they dealt with", MEETINGS_HELD, lay_meetings),
    Block("risk-status", "The Board’s risks as they stand", RISKS, lay_status),
    Block("heat-map", "The Board’s heat map", RISKS, lay_heat_map),
)
