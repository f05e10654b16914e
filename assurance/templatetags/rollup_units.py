"""Links from the numbers of a roll-up to what stands behind them: see `assurance/rollup_units.py`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html

from assurance.rollup_tables import RollupTables
from assurance.rollup_units import leads_somewhere

register = template.Library()


@register.simple_tag
def units_link(
    tables: RollupTables, number: str, words: str, *, about: Mapping[str, str] | None = None, **asked: str
) -> str:
    """Return the number as a link to what stands behind it, with `words` where it cannot be seen what it counts.

    `about` names the theme, unit or business group that a row is about. Nought leads nowhere, and neither does a number
    of figures that do not keep what it is made of.
    """
    address = {**(about or {}), **asked}
    is_nought = number == "0" or number.startswith("0 ")
    if is_nought or not all(address.values()) or not leads_somewhere(tables.figures, address):
        return number
    link = '<a class="govuk-link" href="?{}#units">{}<span class="govuk-visually-hidden"> {}: show which</span></a>'
    return format_html(link, urlencode(address), number, words)
