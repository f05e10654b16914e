"""The units behind a number of a roll-up: one vocabulary for the page's addresses, read in one place.

`?theme=leadership&level=2`, `?theme=leadership&show=improved`, `?show=late` … Plain values in and out: the figures are
those that were built or issued, so that a list and the number it opens from cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]
Row = Mapping[str, Any]

MOVES = {
    "improved": "that improved",
    "same": "that stayed the same",
    "worse": "that got worse",
    "new": "with a level now and none in the half-year before",
    "gone": "with a level in the half-year before and none now",
    "not_comparable": "that cannot be compared with the half-year before",
}
ACTIONS = {"open": "with open actions", "overdue": "with overdue actions", "closed": "with actions closed in the half"}


@dataclass(frozen=True)
class Behind:
    """Which units an address asks for, by slug, in words after “those”, and the theme that they were asked for in."""

    says: str
    slugs: frozenset[str]
    theme: str = ""


def behind(figures: Figures, asked: Mapping[str, str]) -> Behind | None:
    """Return the units that the address asks for; None where it asks for nothing that these figures have."""
    identity, show, level = asked.get("theme", ""), asked.get("show", ""), asked.get("level", "")
    if identity:
        return _in_theme(figures, identity, show, level)
    if show == "late":
        return _units(figures, "whose statement was signed late", lambda unit: bool(unit.get("late")))
    if show == "nothing_signed":
        return _units(figures, "with nothing signed", lambda unit: unit["status"] is None)
    if show == "sustained":
        return _named(figures, "that sustain themselves in every theme", _sustaining(figures))
    if show == "short":
        return _short(figures, asked.get("target", ""))
    if show in ACTIONS and figures.get("actions"):
        rows = figures["actions"]["units"]
        return Behind(ACTIONS[show], frozenset(row["slug"] for row in rows if row[show]))
    return None


def _in_theme(figures: Figures, identity: str, show: str, level: str) -> Behind | None:
    theme = next((row for row in figures["distribution"] if row["identity"] == identity and row["scored"]), None)
    if theme is None:
        return None
    name = theme["name"]
    if show in MOVES:
        rows = (figures.get("movement") or {}).get("units", ())
        slugs = frozenset(row["slug"] for row in rows if row.get("themes", {}).get(identity) == show)
        known = any(row.get("themes") for row in rows)
        return Behind(f"{MOVES[show]} in {name}", slugs, identity) if known else None
    names = dict(enumerate(figures["level_names"], start=1))
    asked_for = int(level) if level.isdecimal() and len(level) == 1 else 0
    said = f"{asked_for} {names.get(asked_for)}"
    found: dict[str, tuple[str, Callable[[Row], bool]]] = {
        "no_level": ("without a level", lambda unit: unit["levels"].get(identity) is None),
        "carried": ("that merely carried it", lambda unit: identity in unit.get("carried", ())),
    }
    if asked_for in names:
        found[""] = (f"at level {said}", lambda unit: unit["levels"].get(identity) == asked_for)
        found["at_least"] = (f"at level {said} or above", lambda unit: (unit["levels"].get(identity) or 0) >= asked_for)
    if show == "other_edition":
        return _units(
            figures, f"on another edition in {name}", lambda unit: identity in unit.get("apart", ()), identity
        )
    if show not in found:
        return None
    words, holds = found[show]
    return _units(
        figures,
        f"{words} in {name}",
        lambda unit: unit["status"] is not None and identity not in unit.get("apart", ()) and holds(unit),
        identity,
    )


def _units(figures: Figures, says: str, holds: Callable[[Row], bool], theme: str = "") -> Behind:
    return Behind(says, frozenset(unit["slug"] for unit in figures["units"] if holds(unit)), theme)


def _named(figures: Figures, says: str, names: Iterable[str] | None) -> Behind | None:
    """The units of these names: what older figures keep of self-sustaining units and of targets."""
    if names is None:
        return None
    these = set(names)
    return _units(figures, says, lambda unit: unit["name"] in these)


def _sustaining(figures: Figures) -> Iterable[str] | None:
    found = figures.get("self_sustaining")
    return found["names"] if found else None


def _short(figures: Figures, target: str) -> Behind | None:
    targets = figures.get("targets", ())
    if not target.isdecimal() or len(target) > 2 or not 1 <= int(target) <= len(targets):
        return None
    return _named(figures, "not at the target yet", targets[int(target) - 1]["short"])
