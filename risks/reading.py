"""Reading risks as the calculations take them: the same few queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from actions.models import Action
from organisation.permissions import Person
from risks.heatmap import Band, HeatMap, OnTheMap, Scale, heat_map, in_order
from risks.models import (
    OF_THE_TREND,
    Assessment,
    Axis,
    BoardDecision,
    BoardMeeting,
    Risk,
    RiskLead,
    RiskStatus,
    RiskUpdate,
    ScalePoint,
    ScoreBand,
)
from risks.models.risk import RiskQuerySet
from risks.trend import Assessed, Direction, Place, SaidByBoard, Trend, latest_first, trend_of

# A risk of which so many meetings of the Board heard nothing is stale.
MEETINGS_UNTIL_STALE = 2


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A risk with all that a line says. `place` is where it lies after its controls, None before it is assessed."""

    risk: Risk
    leads: tuple[str, ...]
    trend: Trend | None
    place: Place | None
    before: Place | None
    assessed_on: date | None
    band: Band | None
    update: RiskUpdate | None
    last: Assessment | None
    review_is_due: bool
    is_stale: bool
    led_by: frozenset[int]

    @property
    def lead(self) -> str:
        return ", ".join(self.leads)

    @property
    def map_entry(self) -> OnTheMap | None:
        """Where the risk stands on the heat map; None where it is not on it, or lies nowhere yet."""
        if not self.risk.is_on_the_map or self.place is None:
            return None
        return OnTheMap(self.risk.reference, self.place, self.before)


def scale() -> Scale | None:
    """Return what points and scores are called; None where nobody has loaded that yet: two queries."""
    names: dict[str, list[str]] = {axis: [] for axis in Axis}
    for axis, name in ScalePoint.objects.order_by("axis", "points").values_list("axis", "name"):
        names[axis].append(name)
    bands = tuple(Band(one.name, one.from_score, step) for step, one in enumerate(ScoreBand.objects.all(), start=1))
    try:
        return Scale(tuple(names[Axis.LIKELIHOOD]), tuple(names[Axis.IMPACT]), bands)
    except ValueError:
        return None


def lines(risks: RiskQuerySet, *, today: date) -> list[RiskLine]:
    """Return the risks in the order of their references: eight queries however many there are."""
    whole = scale()
    stale = _last_meetings(today)
    found = risks.prefetch_related(
        Prefetch("leads", RiskLead.objects.in_force(), to_attr="led_now"),
        Prefetch("assessments", Assessment.objects.standing(), to_attr="standing"),
        Prefetch("decisions", BoardDecision.objects.filter(kind__in=OF_THE_TREND), to_attr="of_the_trend"),
        Prefetch("updates", RiskUpdate.objects.select_related("meeting", "by"), to_attr="told"),
    )
    made = [_line(risk, whole, stale, today) for risk in found]
    return sorted(made, key=lambda line: in_order(line.risk.reference))


def _line(risk: Any, whole: Scale | None, last_meetings: Sequence[int], today: date) -> RiskLine:
    assessed = assessed_of(risk.standing)
    ordered = latest_first(assessed)
    place = ordered[0].place if ordered else None
    update = risk.told[0] if risk.told else None
    is_live = risk.status != RiskStatus.CLOSED
    heard = {one.meeting_id for one in risk.told}
    return RiskLine(
        risk=risk,
        leads=tuple(lead.post for lead in risk.led_now),
        trend=trend_of(assessed, said_of(risk.of_the_trend)),
        place=place,
        before=ordered[1].place if len(ordered) > 1 else None,
        assessed_on=ordered[0].on if ordered else None,
        band=whole.band(place.score) if whole and place else None,
        update=update,
        last=risk.standing[0] if risk.standing else None,
        review_is_due=is_live and risk.review_on is not None and risk.review_on <= today,
        is_stale=is_live and len(last_meetings) == MEETINGS_UNTIL_STALE and not heard & set(last_meetings),
        led_by=frozenset(lead.person_id for lead in risk.led_now if lead.person_id is not None),
    )


def _last_meetings(today: date) -> list[int]:
    """Return the meetings of the Board that were held last: one query."""
    held = BoardMeeting.objects.filter(held_on__lte=today).order_by("-held_on")
    return list(held.values_list("pk", flat=True)[:MEETINGS_UNTIL_STALE])


def assessed_of(assessments: Iterable[Assessment]) -> list[Assessed]:
    """Return assessments as the trend takes them."""
    return [Assessed(one.assessed_on, one.at, Place(one.likelihood, one.impact)) for one in assessments]


def said_of(decisions: Iterable[BoardDecision]) -> list[SaidByBoard]:
    """Return what the Board said of a trend as the trend takes it."""
    return [SaidByBoard(one.at, Direction(one.trend) if one.trend else None, one.because) for one in decisions]


def map_of(found: Sequence[RiskLine]) -> HeatMap | None:
    """Return the heat map of these risks; None where nobody has loaded a scale."""
    whole = scale()
    return heat_map([line.map_entry for line in found if line.map_entry], whole) if whole else None


def raised_actions(raised: Any, user: Person) -> list[Action]:
    """Return the actions that a risk or a meeting raised and the person may read, those still open first."""
    found = Action.objects.visible_to(user).filter(pk__in=raised.values("action"))
    return list(found.prefetch_related("tasks").with_next_due().order_by("closed_at", "pk"))
