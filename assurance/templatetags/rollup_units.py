"""The units behind a number of a roll-up, as its page is asked for them: `?theme=leadership&level=2`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from assurance.rollup_tables import RollupTables, UnitsBehind

register = template.Library()


@register.simple_tag
def rollup_units(tables: RollupTables, asked: Mapping[str, str]) -> UnitsBehind:
    """Return the units at the level of the theme that is asked for; all where none is, or the figures have it not."""
    return tables.units_at(asked.get("theme", ""), asked.get("level", ""))
