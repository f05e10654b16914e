"""The units behind a number of a roll-up, as its page is asked for them: see `assurance/rollup_units.py`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html

from assurance.rollup_tables import RollupTables, UnitsBehind

register = template.Library()


@register.simple_tag
def rollup_units(tables: RollupTables, asked: Mapping[str, str]) -> UnitsBehind:
    """Return the units that are asked for; all where none are, or the figures do not have them."""
    return tables.units_behind(asked)


@register.simple_tag
def units_link(tables: RollupTables, number: str, words: str, **asked: str) -> str:
    """Return the number as a link to the units behind it, with `words` where it cannot be seen what it counts.

    Nought leads nowhere, and neither does a number of figures that list no units, or for which nothing can be asked.
    """
    if not tables.rows or number == "0" or number.startswith("0 ") or not all(asked.values()):
        return number
    link = '<a class="govuk-link" href="?{}#units">{}<span class="govuk-visually-hidden"> {}: show which</span></a>'
    return format_html(link, urlencode(asked), number, words)
