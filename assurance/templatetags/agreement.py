"""Links from a count of agreement to the claims behind it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def claims_link(asked: Mapping[str, str] | None, number: str, words: str, **more: object) -> str:
    """Return the number as a link to the claims behind it, with `words` where it cannot be seen what it counts.

    Nought leads nowhere, and neither does a number for which nothing can be asked.
    """
    if asked is None or number == "0":
        return number
    address = f"{reverse('assurance:agreement_claims')}?{urlencode({**asked, **more})}"
    link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}: show which</span></a>'
    return format_html(link, address, number, words)
