"""The units behind a number of a roll-up, as its page is asked for them: see `assurance/rollup_units.py`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from assurance.rollup_tables import RollupTables, UnitsBehind

register = template.Library()


@register.simple_tag
def rollup_units(tables: RollupTables, asked: Mapping[str, str]) -> UnitsBehind:
    """Return the units that are asked for; all where none are, or the figures do not have them."""
    return tables.units_behind(asked)
