"""What stands behind a number of a roll-up: one vocabulary for the page's addresses, read in one place.

`?theme=leadership&level=2`, `?theme=leadership&show=improved`, `?show=late` … Behind most numbers are units; behind
some are single levels (a unit's, in a theme), or actions. Plain values in and out: the figures are those that were
built or issued, so that a list and the number it opens from cannot disagree. Figures of the force name the units and
not their levels: `services/rollup_units.py` makes them like a group's before they are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from organisation.periods import Quarter

Figures = Mapping[str, Any]
Row = Mapping[str, Any]
Address = Mapping[str, str]

NAMES = ("theme", "level", "show", "quarter", "question", "target", "unit", "group")
NO_GROUP = "-"  # in an address; its slug is empty

MOVES = {
    "improved": "that improved",
    "same": "that stayed the same",
    "worse": "that got worse",
    "new": "with a level now and none in the half-year before",
    "gone": "with a level in the half-year before and none now",
    "not_comparable": "that cannot be compared with the half-year before",
}
ACTIONS = {"open": "that were open", "overdue": "that were overdue", "closed": "that were closed in the half-year"}
COVERED: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "expected": ("from which a statement was expected", lambda _: True),
    "signed": ("whose statement was signed", lambda came: came["status"] is not None),
    "accepted": ("whose statement was accepted", lambda came: came["status"] == "accepted"),
    "signed_late": ("whose statement was signed late", lambda came: bool(came["late"])),
    "nothing_signed": ("with nothing signed", lambda came: came["status"] is None),
}
QUESTIONS = ("appropriately_completed", "reflects_performance", "identifies_improvement")
AUDITED: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "agree": ("on which audits agree with what the units report", lambda reported, found: reported == found),
    "reported_higher": ("that were reported too high", lambda reported, found: reported > found),
    "reported_lower": ("that were reported too low", lambda reported, found: reported < found),
}


@dataclass(frozen=True)
class Behind:
    """What an address asks for, in words after “those”: `units` by slug, in the figures' order.

    `theme` is the one they were asked for in. Where single `levels` are asked for, each is a unit's slug and a theme's
    identity; where `actions` are, it says which, of these units.
    """

    says: str
    units: tuple[str, ...]
    theme: str = ""
    levels: tuple[tuple[str, str], ...] | None = None
    actions: str = ""


def about(kind: str, slug: str) -> dict[str, str]:
    """Return how an address names a unit or a business group."""
    return {kind: slug or NO_GROUP}


def asks(address: Address) -> bool:
    """Whether the address asks for something."""
    return any(address.get(name) for name in NAMES)


def names_units(figures: Figures) -> bool:
    """Whether the figures say of each unit what it is counted as: when the first were built it was not kept."""
    first = next(iter(figures.get("statements") or figures["units"]), None)
    return first is not None and "quarters" in first


def themes_read(figures: Figures, address: Address) -> tuple[str, ...]:
    """The themes whose levels have to be known to answer."""
    if address.get("show") == "sustained":
        return ()
    if identity := address.get("theme", ""):
        return (identity,)
    if address.get("show") in (*MOVES, *AUDITED):
        return tuple(row["identity"] for row in figures["distribution"] if row["scored"])
    return ()


def leads_somewhere(figures: Figures, address: Address) -> bool:
    """Whether the figures hold what the address asks for; the address is one of the page's own."""
    if names_units(figures):
        return True
    if address.get("theme") and address.get("show") in MOVES:
        return any(row.get("themes") for row in _moved(figures))
    if address.get("show") in ("late", "nothing_signed", "sustained", "short") and not address.get("theme"):
        return bool(figures["units"]) and not address.get("quarter")
    return bool(figures["units"] and address.get("theme") and address.get("show") != "sustained")


def narrowed(figures: Figures, address: Address) -> tuple[Figures, str] | None:
    """Return the figures with only the units that the address is about, and which these are in words.

    None where it names a unit or a business group that the figures do not.
    """
    for name, is_of in (("unit", _is_called), ("group", _is_in)):
        if slug := address.get(name, ""):
            named = _name_of(figures, name, slug)
            moved = figures.get("movement")
            kept: dict[str, Any] = {
                key: [row for row in figures.get(key, ()) if is_of(row, slug)]
                for key in ("units", "statements", "ended")
            }
            if moved:
                kept["movement"] = {**moved, "units": [row for row in moved["units"] if is_of(row, slug)]}
            return ({**figures, **kept}, f" of {named}") if named else None
    return figures, ""


def _is_called(row: Row, slug: str) -> bool:
    return bool(row["slug"] == slug)


def _is_in(row: Row, slug: str) -> bool:
    return bool(row.get("group", row["slug"]) == ("" if slug == NO_GROUP else slug))


def _name_of(figures: Figures, kind: str, slug: str) -> str:
    rows = figures.get("groups", ()) if kind == "group" else [*figures["units"], *_moved(figures)]
    wanted = "" if slug == NO_GROUP else slug
    return next((row["name"] for row in rows if row["slug"] == wanted), "")


def behind(figures: Figures, address: Address) -> Behind | None:
    """Return what the address asks for; None where it asks for nothing that these figures have."""
    kept = narrowed(figures, address)
    if kept is None:
        return None
    figures, of_whom = kept
    found = _found(figures, address)
    return replace(found, says=f"{found.says}{of_whom}") if found else None


def _found(figures: Figures, address: Address) -> Behind | None:
    identity, show = address.get("theme", ""), address.get("show", "")
    if identity:
        return _in_theme(figures, identity, address)
    if show in MOVES:
        return _moves(figures, show)
    if not names_units(figures):
        return _in_older(figures, address)
    if address.get("quarter"):
        return _covered(figures, show, address["quarter"])
    if address.get("question"):
        return _answered(figures, address["question"], show)
    if address.get("target"):
        return _against_target(figures, address["target"], show)
    if show in AUDITED:
        return _audited(figures, show)
    if show in ACTIONS:
        return replace(_units(figures, ACTIONS[show], lambda _: True), actions=show) if figures["actions"] else None
    if show == "excluded":
        slugs = tuple(row["slug"] for row in figures["excluded"])
        return Behind("of which no statement was expected", slugs)
    return _plain(figures, show)


def _plain(figures: Figures, show: str) -> Behind | None:
    """What is asked for by one word."""
    scored = sum(row["scored"] for row in figures["distribution"])
    known: dict[str, tuple[str, Callable[[Row], bool]]] = {
        "counted": ("that are counted", lambda _: True),
        "nothing_signed": ("with nothing signed", lambda unit: unit["status"] is None),
        "used": ("with a statement that counts", lambda unit: unit["status"] is not None),
        "late": ("whose statement was signed late", lambda unit: bool(unit["late"])),
        "reviewed": ("whose statement was reviewed", lambda unit: unit["answers"] is not None),
        "not_reviewed": (
            "whose statement was not reviewed yet",
            lambda unit: unit["status"] is not None and unit["answers"] is None,
        ),
        "sustained": (
            "that sustain themselves in every theme",
            lambda unit: bool(scored) and len(unit["sustained"]) == scored,
        ),
    }
    return _units(figures, *known[show]) if show in known else None


def _in_theme(figures: Figures, identity: str, address: Address) -> Behind | None:
    theme = next((row for row in figures["distribution"] if row["identity"] == identity and row["scored"]), None)
    if theme is None:
        return None
    show, name = address.get("show", ""), theme["name"]
    if show in MOVES:
        rows = _moved(figures)
        units = tuple(row["slug"] for row in rows if row.get("themes", {}).get(identity) == show)
        known = any(row.get("themes") for row in rows)
        return Behind(f"{MOVES[show]} in {name}", units, identity) if known else None
    if show == "other_edition":
        return _units(
            figures, f"on another edition in {name}", lambda unit: identity in unit.get("apart", ()), identity
        )
    if show == "sustained" and names_units(figures):
        return _units(
            figures, f"that sustain themselves in {name}", lambda unit: identity in unit["sustained"], identity
        )
    found = _at_a_level(figures["level_names"], identity, show, address.get("level", ""))
    if found is None:
        return None
    words, holds = found
    return _units(
        figures,
        f"{words} in {name}",
        lambda unit: unit["status"] is not None and identity not in unit.get("apart", ()) and holds(unit),
        identity,
    )


def _at_a_level(
    level_names: Iterable[str], identity: str, show: str, level: str
) -> tuple[str, Callable[[Row], bool]] | None:
    """What is asked of a unit's level in a theme, in words and as a test."""
    if show == "no_level":
        return "without a level", lambda unit: unit["levels"].get(identity) is None
    if show == "carried":
        return "that merely carried it", lambda unit: identity in unit.get("carried", ())
    names = dict(enumerate(level_names, start=1))
    number = _number(level)
    if number not in names or show not in ("", "at_least"):
        return None
    said = f"at level {number} {names[number]}"
    if show == "at_least":
        return f"{said} or above", lambda unit: (unit["levels"].get(identity) or 0) >= number
    return said, lambda unit: unit["levels"].get(identity) == number


def _covered(figures: Figures, show: str, quarter: str) -> Behind | None:
    if show not in COVERED or quarter not in {row["quarter"] for row in figures["coverage"]}:
        return None
    words, holds = COVERED[show]
    return _units(
        figures,
        f"{words} for {Quarter.parse(quarter).name}",
        lambda unit: any(came["quarter"] == quarter and holds(came) for came in unit["quarters"]),
    )


def _answered(figures: Figures, question: str, show: str) -> Behind | None:
    if question not in QUESTIONS or show not in ("yes", "no"):
        return None
    place, wanted = QUESTIONS.index(question), show == "yes"
    asked = question.replace("_", " ")
    return _units(
        figures,
        f"whose reviewer answered {show} ({asked})",
        lambda unit: unit["answers"] is not None and unit["answers"][place] is wanted,
    )


def _against_target(figures: Figures, target: str, show: str) -> Behind | None:
    number = _number(target)
    if not 1 <= number <= len(figures["targets"]):
        return None
    if show == "at_target":
        return _units(figures, "at the target", lambda unit: number in unit["at_targets"])
    if show == "short":
        return _units(figures, "not at the target yet", lambda unit: number in unit["short_of"])
    return None


def _moves(figures: Figures, show: str) -> Behind | None:
    """The levels that moved one way, over all themes."""
    rows = [row for row in _moved(figures) if row.get("themes")]
    levels = tuple((row["slug"], identity) for row in rows for identity, move in row["themes"].items() if move == show)
    return _of_levels(MOVES[show], levels) if rows else None


def _audited(figures: Figures, show: str) -> Behind:
    """The levels that audits validated, by how they judged what is reported."""
    words, holds = AUDITED[show]
    levels = tuple(
        (unit["slug"], identity)
        for unit in figures["units"]
        for identity, found in unit.get("validated", {}).items()
        if (reported := unit["levels"].get(identity)) is not None and holds(reported, found)
    )
    return _of_levels(words, levels)


def _of_levels(says: str, levels: tuple[tuple[str, str], ...]) -> Behind:
    return Behind(says, tuple(dict.fromkeys(slug for slug, _ in levels)), levels=levels)


def _in_older(figures: Figures, address: Address) -> Behind | None:
    """What can be answered from figures that name only the units that sustain themselves or are short of a target."""
    show, targets, number = address.get("show", ""), figures.get("targets", ()), _number(address.get("target", ""))
    if show == "late":
        return _units(figures, "whose statement was signed late", lambda unit: bool(unit.get("late")))
    if show == "nothing_signed":
        return _units(figures, "with nothing signed", lambda unit: unit["status"] is None)
    if show == "sustained" and figures.get("self_sustaining"):
        names = set(figures["self_sustaining"]["names"])
        return _units(figures, "that sustain themselves in every theme", lambda unit: unit["name"] in names)
    if show == "short" and 1 <= number <= len(targets):
        names = set(targets[number - 1]["short"])
        return _units(figures, "not at the target yet", lambda unit: unit["name"] in names)
    return None


def _units(figures: Figures, says: str, holds: Callable[[Row], bool], theme: str = "") -> Behind:
    return Behind(says, tuple(unit["slug"] for unit in figures["units"] if holds(unit)), theme)


def _moved(figures: Figures) -> Iterable[Row]:
    rows: Iterable[Row] = (figures.get("movement") or {}).get("units", ())
    return rows


def _number(text: str) -> int:
    """A short number in an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else 0
