"""The heat map as papers and packs freeze it: plain JSON values there and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from risks.heatmap import Band, HeatMap, OnTheMap, Scale, heat_map
from risks.trend import Place


def scale_as_json(scale: Scale | None) -> dict[str, Any] | None:
    """Return what points and scores are called."""
    if scale is None:
        return None
    bands = [{"name": band.name, "from_score": band.from_score} for band in scale.bands]
    return {"likelihood": list(scale.likelihood), "impact": list(scale.impact), "bands": bands}


def scale_of_json(said: Mapping[str, Any] | None) -> Scale | None:
    """Return what `scale_as_json` was given."""
    if said is None:
        return None
    bands = (Band(band["name"], band["from_score"], step) for step, band in enumerate(said["bands"], start=1))
    return Scale(tuple(said["likelihood"]), tuple(said["impact"]), tuple(bands))


def of_frozen(scale: Mapping[str, Any] | None, risks: Iterable[Mapping[str, Any]]) -> HeatMap | None:
    """Return the map of frozen risks; None where no scale was frozen with them."""
    found = scale_of_json(scale)
    return heat_map([one for risk in risks if (one := _map_entry(risk))], found) if found else None


def _map_entry(risk: Mapping[str, Any]) -> OnTheMap | None:
    if not risk["is_on_the_map"] or not risk["place"]:
        return None
    return OnTheMap(risk["reference"], Place(*risk["place"]), Place(*risk["before"]) if risk["before"] else None)
