"""A pack's frozen content laid out for printing: days as dates, trends in words, the heat map as picture and table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from organisation.periods import HalfYear
from papers.contents.heatmap import of_frozen, scale_of_json
from risks.heatmap import HeatMap, Scale
from risks.picture import drawn
from risks.trend import Direction, Place, Trend


@dataclass(frozen=True)
class LaidPack:
    """A pack, ready for a template: `said` is its content; `register` the risks of it, with what is worked out."""

    said: Mapping[str, Any]
    half: str
    map: HeatMap | None
    picture: SafeString
    register: tuple[Mapping[str, Any], ...]
    group_risks: tuple[Mapping[str, Any], ...]

    @property
    def on_the_map(self) -> list[Mapping[str, Any]]:
        """The source's table: open and emerging risks."""
        return [risk for risk in self.register if risk["is_on_the_map"]]

    @property
    def unplaced(self) -> list[str]:
        """References of risks that are on the map but lie nowhere yet."""
        return [risk["reference"] for risk in self.on_the_map if risk["place"] is None]

    @property
    def controlled(self) -> list[Mapping[str, Any]]:
        return [risk for risk in self.register if not risk["is_on_the_map"]]

    @property
    def to_look_at(self) -> list[Mapping[str, Any]]:
        """Risks whose review is due, or of which the last meetings heard nothing."""
        return [risk for risk in self.register if risk["review_is_due"] or risk["is_stale"]]


def laid_out(content: Mapping[str, Any]) -> LaidPack:
    """Lay out a pack's content, as `board_pack.gather` returns it and as it was frozen."""
    said = _with_days(content)
    scale = scale_of_json(said["scale"])
    found = of_frozen(said["scale"], said["risks"])
    return LaidPack(
        said=said,
        half=HalfYear.parse(said["roll_ups"]["half"]).name,
        map=found,
        # SVG of our own; every word of it is escaped where it is drawn.
        picture=mark_safe(drawn(found)) if found else mark_safe(""),  # noqa: S308
        register=tuple(risk | _worked_out(risk, scale) for risk in said["risks"]),
        group_risks=tuple(risk | {"where": _in_words(risk["place"], scale)} for risk in said["group_risks"]),
    )


def _with_days(value: Any, name: str = "") -> Any:
    """Return frozen values with days as dates: what stands under a name such as `held_on`, or under `as_at`."""
    if isinstance(value, Mapping):
        return {key: _with_days(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_days(one) for one in value]
    if isinstance(value, str) and (name.endswith("_on") or name == "as_at"):
        return date.fromisoformat(value)
    return value


def _worked_out(risk: Mapping[str, Any], scale: Scale | None) -> dict[str, Any]:
    place = Place(*risk["place"]) if risk["place"] else None
    said = risk["trend"]
    return {
        "trend": Trend(Direction(said["direction"]), said["is_new"], said["because"]) if said else None,
        "where": _in_words(risk["place"], scale),
        "where_without": _in_words(risk["without_controls"], scale),
        "score": place.score if place else None,
        "band": scale.band(place.score).name if scale and place else "",
    }


def _in_words(said: list[int] | None, scale: Scale | None) -> str:
    """Return where a risk lies, in words; empty where it lies nowhere yet."""
    if not said:
        return ""
    place = Place(*said)
    if scale is None:
        return f"Likelihood {place.likelihood} and impact {place.impact}: {place.score}"
    return scale.in_words(place)
