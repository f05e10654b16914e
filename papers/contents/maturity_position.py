"""Where the force stands, from its groups' roll-ups. Plain values in and out: no database, no clock.

Levels are ordinal: counts, medians and the lowest are given, nothing is averaged. What a group has not reported yet is
said, never filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assurance.agreement_findings import in_one_sentence
from assurance.rollup import AuditedClaims, median_label
from organisation.periods import HalfYear, Quarter
from rendering.formats import count, day, listed, share

MOST_CELLS_NAMED = 4
COUNTED = ("expected", "signed", "accepted", "signed_late", "nothing_signed")


@dataclass(frozen=True)
class GroupRollup:
    """A group's roll-up: `figures` as assurance/rollup.py made them, read back from JSON.

    They are of the newest version that was issued, `version` on `issued_on`, or of the draft where there is none.
    `slug` is how options name the group.
    """

    group: str
    built_on: date
    figures: Mapping[str, Any]
    version: int | None = None
    issued_on: date | None = None
    slug: str = ""


def position(
    *,
    half: HalfYear,
    rollups: Sequence[GroupRollup],
    awaited: Sequence[str],
    audited_claims: AuditedClaims | None = None,
) -> dict[str, Any]:
    """Return what a paper says about the force's maturity, as plain JSON values (dates are ISO texts).

    `rollups` in the order of printing; `awaited` names the groups without one. All of a half are on one edition of the
    model, so the first one's level names are everybody's. `audited_claims` are the whole force's until the half's end.
    """
    themes = _themes(rollups)
    return {
        "half": str(half),
        "level_names": list(rollups[0].figures["level_names"]) if rollups else [],
        "themes": themes,
        "groups": [_group(rollup, themes) for rollup in rollups],
        "awaited": list(awaited),
        "coverage": force_coverage(half, [rollup.figures for rollup in rollups]),
        "distribution": force_distribution([rollup.figures for rollup in rollups]),
        "audited_claims": asdict(audited_claims) if audited_claims else None,
    }


def force_coverage(half: HalfYear, figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up the groups' statements expected, signed, accepted, late and missing, by quarter that had begun."""
    begun = {row["quarter"] for one in figures for row in one["coverage"]}
    return [
        {
            "quarter": str(quarter),
            **{
                name: sum(row[name] for one in figures for row in one["coverage"] if row["quarter"] == str(quarter))
                for name in COUNTED
            },
        }
        for quarter in half.quarters
        if str(quarter) in begun
    ]


def force_distribution(figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up the groups' units at each level, theme by theme; the median is that of all units counted."""
    added: dict[str, dict[str, Any]] = {}
    for one in figures:
        for row in one["distribution"]:
            theme = added.setdefault(
                row["identity"],
                {"identity": row["identity"], "name": row["name"], "scored": False, "counts": []}
                | {"no_level": 0, "nothing_signed": 0},
            )
            if row["scored"]:
                theme["scored"] = True
                theme["counts"] = _added(theme["counts"], row["counts"])
                theme["no_level"] += row["no_level"]
                theme["nothing_signed"] += row["nothing_signed"]
    return [{**theme, "median": median_label(_levels(theme["counts"]))} for theme in added.values()]


def _added(counts: Sequence[int], more: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(counts, more, strict=True)] if counts else list(more)


def _levels(counts: Sequence[int]) -> list[int]:
    return [level for level, units in enumerate(counts, start=1) for _ in range(units)]


def _themes(rollups: Sequence[GroupRollup]) -> list[dict[str, Any]]:
    """The themes of all roll-ups, each once, in the model's order; scored if any of them scores it."""
    found: dict[str, dict[str, Any]] = {}
    for rollup in rollups:
        for theme in rollup.figures["themes"]:
            known = found.setdefault(
                theme["identity"], {name: theme[name] for name in ("identity", "name", "number", "scored")}
            )
            known["scored"] = known["scored"] or theme["scored"]
    return sorted(found.values(), key=lambda theme: theme["number"])


def _group(rollup: GroupRollup, themes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = {row["identity"]: row for row in rollup.figures["distribution"]}
    units = rollup.figures["units"]
    return {
        "name": rollup.group,
        "slug": rollup.slug,
        "built_on": rollup.built_on.isoformat(),
        "version": rollup.version,
        "issued_on": rollup.issued_on.isoformat() if rollup.issued_on else None,
        "units": len(units),
        "reporting": sum(1 for unit in units if unit["status"] is not None),
        "medians": {
            theme["identity"]: {"median": row["median"], "counts": list(row["counts"])}
            for theme in themes
            if (row := rows.get(theme["identity"])) is not None and row["scored"]
        },
        "rows": [
            {
                "unit": unit["name"],
                "quarter": unit["quarter"],
                "status": unit["status"],
                "later_awaits_acceptance": unit["later_awaits_acceptance"],
                "levels": {theme["identity"]: unit["levels"].get(theme["identity"]) for theme in themes},
            }
            for unit in units
        ],
    }


# --- What the figures show, in words ----------------------------------------------------------------------------------


def coverage_text(position: Mapping[str, Any]) -> str:
    """How complete the statements are, quarter by quarter."""
    return " ".join(_quarter_text(row) for row in position["coverage"])


def _quarter_text(row: Mapping[str, Any]) -> str:
    name = Quarter.parse(row["quarter"]).name
    if not row["expected"]:
        return f"No statement was expected for {name}."
    signed, expected = row["signed"], row["expected"]
    return (
        f"For {name}, {count(signed)} of the {_statements(expected)} expected {_were(signed)} signed "
        f"({share(signed, expected)}), {count(row['signed_late'])} of them after the day they were due; "
        f"{count(row['accepted'])} {_have(row['accepted'])} been accepted and "
        f"{_units(row['nothing_signed'])} signed nothing."
    )


def sources_text(position: Mapping[str, Any]) -> str:
    """Where the figures come from: which roll-ups, built when, how far to be relied on, and who is missing."""
    groups, awaited = position["groups"], position["awaited"]
    if not groups:
        return "No business group’s roll-up has been built yet, so there are no figures."
    days = sorted(date.fromisoformat(group["built_on"]) for group in groups)
    built = f"on {day(days[0])}" if days[0] == days[-1] else f"between {day(days[0])} and {day(days[-1])}"
    number = len(groups) + len(awaited)
    text = (
        f"The figures are drawn from the roll-ups of {count(len(groups))} of {count(number)} business "
        f"{'group' if number == 1 else 'groups'}, built {built}. {_standing_text(groups)} "
        "Levels are the units’ own assessments, signed by their leaders."
    )
    if awaited:
        text += f" A roll-up is awaited from {listed(awaited)}: {_its(awaited)} units are not in any figure here."
    return text


def audited_text(position: Mapping[str, Any]) -> str:
    """How far audits confirmed what units claimed. Papers of earlier days did not say."""
    found = position.get("audited_claims")
    if not found:
        return ""
    said = in_one_sentence(**{name: found[name] for name in ("claims", "confirmed", "too_high", "too_low")})
    until = day(HalfYear.parse(position["half"]).last_day)
    return f"{said} That counts the audit reports issued until {until}."


def _standing_text(groups: Sequence[Mapping[str, Any]]) -> str:
    """Which roll-ups were issued, version and day, and which are drafts. Papers of earlier days knew only drafts."""
    issued = [group for group in groups if group.get("version")]
    drafts = [group["name"] for group in groups if not group.get("version")]
    if not issued:
        return "These are drafts that the Chief Officer Group (COG) leads have not issued yet."
    named = [
        f"{group['name']} (version {group['version']}, {day(date.fromisoformat(group['issued_on']))})"
        for group in issued
    ]
    text = f"Issued by the Chief Officer Group (COG) {'lead' if len(issued) == 1 else 'leads'}: {listed(named)}."
    if drafts:
        one = len(drafts) == 1
        text += f" The {'roll-up' if one else 'roll-ups'} of {listed(drafts)} {'is a draft' if one else 'are drafts'}."
    return text


def medians_text(position: Mapping[str, Any]) -> str:
    """What the table of medians shows: where the lowest ones are."""
    found = [
        (cell["median"], theme["name"], group["name"])
        for theme in position["themes"]
        for group in position["groups"]
        if (cell := group["medians"].get(theme["identity"])) is not None and cell["median"]
    ]
    if not found:
        return "No unit has signed a level yet, so there is no median to show."
    lowest = min((median for median, _, _ in found), key=_middle)
    if all(median == lowest for median, _, _ in found):
        return f"Every median is level {lowest}."
    where = [f"{theme} in {group}" for median, theme, group in found if median == lowest]
    places = f"in {count(len(where))} of {count(len(found))} cells"
    if len(where) <= MOST_CELLS_NAMED:
        places += f": {listed(where)}"
    return f"The lowest median is level {lowest}, {places}."


def _middle(median: str) -> tuple[int, int]:
    """Order medians as they lie on the scale: 2, 2–3, 3."""
    low, _, high = median.partition("–")
    return int(low), int(high or low)


def denominators_text(position: Mapping[str, Any]) -> str:
    """Of how many units the distribution speaks, and which of them are in no level."""
    units = sum(group["units"] for group in position["groups"])
    silent = units - sum(group["reporting"] for group in position["groups"])
    text = (
        f"Each bar stands for the {_units(units)} of these groups; {_units(silent)} signed nothing in the half-year "
        f"and {'has' if silent == 1 else 'have'} a part of {'its' if silent == 1 else 'their'} own."
    )
    if any(row["no_level"] for row in position["distribution"]):
        text += (
            " Where units gave a reason in place of a level the bar is shorter; the table below the chart counts them."
        )
    unscored = [theme["name"] for theme in position["themes"] if not theme["scored"]]
    if unscored:
        text += f" Not scored in this edition of the model: {listed(unscored)}."
    return text


def _units(number: int) -> str:
    return f"{count(number)} {'unit' if number == 1 else 'units'}"


def _statements(number: int) -> str:
    return f"{count(number)} {'statement' if number == 1 else 'statements'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _its(names: Sequence[str]) -> str:
    return "its" if len(names) == 1 else "their"
