"""The links between the pages about people and units."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from organisation.permissions import can_read_everybody

register = template.Library()

# Name of the address, label, and whether only those see it who read everybody.
PAGES = (
    ("people", "People", False),
    ("units", "Units", False),
    ("missing", "Who is missing", True),
    ("qualifications", "Qualifications", True),
    ("force_settings", "The force", True),
)


@register.inclusion_tag("organisation/_sections.html", takes_context=True)
def people_pages(context: dict[str, Any], here: str) -> dict[str, Any]:
    """The pages about people and units that the reader may open; `here` is the name of the one that shows them."""
    everybody = can_read_everybody(context["request"].user)
    pages = [
        {"label": label, "url": url, "is_here": name == here}
        for name, label, needs_all in PAGES
        if (everybody or not needs_all) and (url := _address(name))
    ]
    return {"pages": pages}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
