"""What stands behind the numbers of a roll-up, where the figures do not hold it: levels of the force, and actions.

Figures of the force name the statement that counts for each unit. What a signed revision says never changes, so the
levels that were counted can be read from it at any time. Set-based: as many queries for a thousand units as for ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from actions.models import Action
from assurance.models import Entry, Revision
from assurance.models.entry import Carried
from assurance.rollup_movement import NOTHING, Standing, move
from assurance.rollup_units import AUDITED, MOVES, Address, Behind, Figures, Row, names_units, narrowed, themes_read
from assurance.services.figures import Model
from assurance.validated import LastVerdict, last_validated
from organisation.periods import HalfYear

Key = tuple[int, str, int]  # a unit's id, a quarter and the number of a revision


@dataclass
class _Said:
    """What a revision says of the scored themes that are read."""

    levels: dict[str, int | None] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)


def figures_to_ask(figures: Figures, address: Address) -> Figures:
    """Return figures that can be asked for what is behind the address: those of the force like a group's, with the
    units it is about and their levels in the themes that it asks about.
    """
    about = narrowed(figures, address)
    if about is None or not (figures.get("groups") and names_units(figures)):
        return figures
    found = _as_of_a_group(about[0], themes_read(figures, address), before=address.get("show") in MOVES)
    return _with_verdicts(found) if address.get("show") in AUDITED else found


def with_every_level(figures: Figures, slugs: Collection[str]) -> Figures:
    """Return figures of these units of the force with their levels in every theme."""
    kept = {**figures, "statements": [row for row in figures["statements"] if row["slug"] in slugs], "ended": ()}
    scored = [row["identity"] for row in figures["distribution"] if row["scored"]]
    return _as_of_a_group(kept, scored, before=False)


def actions_behind(figures: Figures, found: Behind) -> QuerySet[Action]:
    """Return the actions that were counted for these units, as they are on record now, by unit."""
    slugs = frozenset(found.units)
    units = [row["unit_id"] for row in (figures["units"] or figures["statements"]) if row["slug"] in slugs]
    as_at = date.fromisoformat(figures["actions"]["as_at"])
    counted = Action.objects.filter(unit__in=units).counted_as(
        found.actions, since=HalfYear.parse(figures["half"]).first_day, as_at=as_at
    )
    return counted.select_related("unit").order_by("unit__name", "pk")


def _as_of_a_group(figures: Figures, identities: Collection[str], *, before: bool) -> Figures:
    """Return the force's figures with a row for each unit, as a group's have, and its levels in these themes."""
    units, ended = list(figures["statements"]), list(figures["ended"]) if before else []
    editions = Model(HalfYear.parse(figures["half"])).editions
    said = _said([*units, *ended], identities, before=before)
    rows = [
        {
            **row,
            "levels": said[_used(row)].levels,
            "carried": said[_used(row)].carried,
            "apart": [
                identity
                for identity in identities
                if not editions.comparable(figures["edition"], row["edition"] or figures["edition"], identity)
            ],
            "later_awaits_acceptance": False,
        }
        for row in units
    ]
    moved = [
        {
            **row,
            "themes": {
                identity: str(move(_now(row, said), _before(row, said), identity, editions)) for identity in identities
            },
        }
        for row in [*units, *ended]
        if before
    ]
    movement = figures["movement"] and {**figures["movement"], "units": moved}
    return {**figures, "units": rows, "movement": movement}


def _with_verdicts(figures: Figures) -> Figures:
    """Return the figures with the levels that audits had found of each unit's themes, as far as they compare."""
    editions = Model(HalfYear.parse(figures["half"])).editions
    verdicts = last_validated([row["unit_id"] for row in figures["units"]], until=date.fromisoformat(figures["as_at"]))

    def compares(row: Row, identity: str, verdict: LastVerdict) -> bool:
        return identity not in row["apart"] and editions.comparable(figures["edition"], verdict.edition, identity)

    rows = [
        {
            **row,
            "validated": {
                identity: verdict.level
                for identity, verdict in verdicts.get(row["unit_id"], {}).items()
                if compares(row, identity, verdict)
            },
        }
        for row in figures["units"]
    ]
    return {**figures, "units": rows}


def _used(row: Row) -> Key:
    return row["unit_id"], row["quarter"] or "", row["revision"] or 0


def _used_before(row: Row) -> Key:
    quarter, number, _ = row["before"]
    return row["unit_id"], quarter, number


def _now(row: Row, said: Mapping[Key, _Said]) -> Standing:
    if row["status"] is None:
        return NOTHING
    found = said[_used(row)]
    return Standing(row["edition"], found.levels, found.carried)


def _before(row: Row, said: Mapping[Key, _Said]) -> Standing:
    if row["before"] is None:
        return NOTHING
    found = said[_used_before(row)]
    return Standing(row["before"][2], found.levels, found.carried)


def _said(rows: Iterable[Row], identities: Collection[str], *, before: bool) -> Mapping[Key, _Said]:
    """Read what the statements used, and those of the half before, say of these themes: two queries, or none.

    The revisions' ids are read first: by those the database finds each entry by its index.
    """
    found: dict[Key, _Said] = defaultdict(_Said)
    wanted = {_used(row) for row in rows if row["status"] is not None}
    if before:
        wanted |= {_used_before(row) for row in rows if row["before"] is not None}
    if not identities or not wanted:
        return found
    revisions = Revision.objects.filter(
        statement__unit__in={unit for unit, _, _ in wanted},
        statement__quarter__in={quarter for _, quarter, _ in wanted},
    ).values_list("pk", "statement__unit_id", "statement__quarter", "number")
    keys = {
        pk: key for pk, unit, quarter, number in revisions.order_by() if (key := (unit, str(quarter), number)) in wanted
    }
    entries = Entry.objects.filter(revision__in=keys, theme__identity__in=identities, theme__scored=True).order_by()
    for revision, identity, level, carried in entries.values_list("revision_id", "theme__identity", "level", "carried"):
        said = found[keys[revision]]
        said.levels[identity] = level
        if carried == Carried.CONFIRMED:
            said.carried.add(identity)
    return found
