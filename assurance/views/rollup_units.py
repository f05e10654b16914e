"""What stands behind the number of a roll-up that was followed, of a draft or of what was issued."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from actions.models import Action
from assurance.models import Statement
from assurance.models.statement import READS_ALL, READS_OWN_GROUP, READS_OWN_UNIT
from assurance.rollup_tables import level_rows, unit_rows
from assurance.rollup_units import NAMES, Behind, Figures, asks, behind
from assurance.services import rollup_units as services
from organisation.models import Unit, User
from organisation.periods import HalfYear
from organisation.permissions import roles_anywhere, units_in_scope

PER_PAGE = 100


@dataclass(frozen=True)
class Shown:
    """A page of what stands behind the number; of all units where none was followed, or one the figures do not have.

    `kind` says what its rows are: `units`, `levels` or `actions`. It `is_part` of the units that are counted where it
    does not list others too: units that have ended, or of which nothing was expected. `readable` are the units whose
    statements the reader reads, by slug, or the actions, by id. Of the force only what is `readable` is listed, and
    `withheld` says how much is not: a group's roll-up names its units itself, the force's figures do not.
    """

    kind: str
    page: Page[Any]
    says: str = ""
    theme: str = ""
    refused: bool = False
    is_part: bool = False
    address: str = ""
    readable: frozenset[object] = frozenset()
    withheld: int = 0

    @property
    def number(self) -> int:
        """So many the number says: what is listed, on all pages, and what is withheld."""
        return self.page.paginator.count + self.withheld


def shown_behind(figures: Figures, address: Mapping[str, str], *, reader: User) -> Shown:
    """Return what the address asks for: as many queries for a thousand units as for ten."""
    asked = {name: address[name] for name in NAMES if address.get(name)}
    whole = services.figures_to_ask(figures, asked)
    found = behind(whole, asked)
    if found is None:
        everything = [row["slug"] for row in figures["units"]]
        return _units(figures, Behind("", tuple(everything)), everything, "1", reader, refused=asks(asked))
    page = address.get("page", "1")
    if found.actions:
        return _actions(figures, found, asked, page, reader)
    return _units(whole, found, found.units if found.levels is None else found.levels, page, reader, asked=asked)


def _units(
    figures: Figures,
    found: Behind,
    entries: Sequence[Any],
    page: str,
    reader: User,
    *,
    asked: Mapping[str, str] | None = None,
    refused: bool = False,
) -> Shown:
    """A page of units, or of their levels. All units of a group stand on one page."""
    counted = len(entries)
    if figures.get("groups"):
        reads = _units_read(reader, {_slug_of(one) for one in entries})
        entries = [one for one in entries if _slug_of(one) in reads]
    chosen = Paginator(entries, PER_PAGE if asked else max(len(entries), 1)).get_page(page)
    is_part = found.levels is None and {row["slug"] for row in figures["units"]}.issuperset(found.units)
    slugs = list(dict.fromkeys(_slug_of(one) for one in chosen.object_list))
    if figures.get("groups") and slugs:
        figures = {**figures, "units": services.with_every_level(figures, slugs)["units"]}
    chosen.object_list = (
        unit_rows(figures, slugs) if found.levels is None else level_rows(figures, list(chosen.object_list))
    )
    half = HalfYear.parse(figures["half"])
    visible = Statement.objects.visible_to(reader).filter(quarter__in=half.quarters, unit__slug__in=slugs)
    return Shown(
        kind="units" if found.levels is None else "levels",
        page=chosen,
        says=found.says,
        theme=found.theme,
        refused=refused,
        is_part=is_part,
        address=f"?{urlencode(asked or {})}&",
        readable=frozenset(visible.values_list("unit__slug", flat=True)),
        withheld=counted - len(entries),
    )


def _slug_of(entry: str | tuple[str, str]) -> str:
    """The unit of an entry: a unit’s slug, or one with the theme of a level."""
    return entry if isinstance(entry, str) else entry[0]


def _units_read(reader: User, slugs: Collection[str]) -> frozenset[str]:
    """Those of the units whose statements the reader may read, were there any."""
    units = Unit.objects.filter(slug__in=slugs)
    if not roles_anywhere(reader) & READS_ALL:
        units = units.filter(units_in_scope(reader, unit_roles=READS_OWN_UNIT, group_roles=READS_OWN_GROUP))
    return frozenset(units.values_list("slug", flat=True))


def _actions(figures: Figures, found: Behind, asked: Mapping[str, str], page: str, reader: User) -> Shown:
    """A page of actions as they are on record now. Somebody else's are named by their unit alone."""
    counted = services.actions_behind(figures, found)
    listed = counted.filter(pk__in=Action.objects.visible_to(reader)) if figures.get("groups") else counted
    chosen = Paginator(listed, PER_PAGE).get_page(page)
    visible = Action.objects.visible_to(reader).filter(pk__in=[action.pk for action in chosen])
    return Shown(
        kind="actions",
        page=chosen,
        says=found.says,
        address=f"?{urlencode(asked)}&",
        readable=frozenset(visible.values_list("pk", flat=True)),
        withheld=counted.count() - chosen.paginator.count if figures.get("groups") else 0,
    )
