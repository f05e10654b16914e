"""The Board: its meetings with what they dealt with, the risks as they stand, the heat map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.safestring import mark_safe

from organisation.periods import financial_year_name, financial_year_of, london_day
from papers.contents.block import Asked, Block, Source
from papers.contents.heatmap import of_frozen, scale_as_json
from papers.contents.pieces import Chart, Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Number
from rendering.formats import day, listed, so_many
from risks import reading
from risks.models import BoardMeeting, Objective, Risk, RiskStatus
from risks.picture import drawn

# So many of the last meetings before the paper are kept for it; it tells of fewer unless it is asked to.
MOST_MEETINGS = 8
MEETINGS = Number("meetings", "Meetings of the Board", "The last ones before the paper", most=MOST_MEETINGS, usually=3)


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
        for one in reversed(held[:MOST_MEETINGS])
    ]
    return {"meetings": rows} if rows else None


def lay_meetings(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say when the Board met, then list what its meetings dealt with, each item once."""
    meetings = data["meetings"][-MEETINGS.of(options) :]
    days = listed([meeting["on"] for meeting in meetings])
    yield paragraph(
        f"The last {so_many(len(meetings), 'meeting')} of the Board {'was' if len(meetings) == 1 else 'were'} held on "
        f"{days}."
    )
    items = list(dict.fromkeys(item for meeting in meetings for item in meeting["items"]))
    if items:
        yield paragraph("What the agendas held:")
        yield bullets(items)


def gather_objectives(asked: Asked) -> dict[str, Any] | None:
    """Return the Board's objectives of the financial year, each with what was said of it last: two queries."""
    year = financial_year_of(asked.meeting_on)
    rows = Objective.objects.filter(year=year).order_by("pk").prefetch_related("progress")
    if not rows:
        return None
    return {"year": financial_year_name(year), "objectives": [_objective(one) for one in rows]}


def _objective(objective: Objective) -> dict[str, str]:
    last = next(iter(objective.progress.all()), None)  # the latest comes first
    return {
        "title": objective.title,
        "owner": objective.owner,
        "standing": last.get_standing_display() if last else "",
        "text": last.text if last else "",
        "on": day(london_day(last.at)) if last else "",
    }


def lay_objectives(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """List the objectives with who answers for each and how it stands."""
    yield paragraph(f"The Board’s objectives for {data['year']} stand as follows.")
    yield bullets(map(_how_it_stands, data["objectives"]))


def _how_it_stands(objective: Mapping[str, str]) -> str:
    name = f"{objective['title']} ({objective['owner']})"
    if not objective["standing"]:
        return f"{name}: nothing has been said of it yet."
    return f"{name}: {objective['standing'].lower()} on {objective['on']}. {objective['text']}"


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
OBJECTIVES = Source("objectives", gather_objectives)
RISKS = Source("risks", gather_risks, figures_of_risks)
NO_RISKS = "The register has no risk that is not closed."
BLOCKS = (
    Block(
        "board-meetings",
        "The last meetings of the Board and what they dealt with",
        MEETINGS_HELD,
        lay_meetings,
        "No meeting of the Board had been held before the paper’s.",
        options=(MEETINGS,),
    ),
    Block(
        "objectives",
        "The Board’s objectives and how they stand",
        OBJECTIVES,
        lay_objectives,
        "The Board has set no objective for the financial year of the paper’s meeting.",
    ),
    Block("risk-status", "The Board’s risks as they stand", RISKS, lay_status, NO_RISKS),
    Block("heat-map", "The Board’s heat map", RISKS, lay_heat_map, NO_RISKS),
)
