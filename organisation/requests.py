"""Requests as views behind the sign-in get them, and what their addresses say."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from organisation.models import User


class SignedInRequest(HttpRequest):
    """A request behind the sign-in."""

    user: User
    htmx: HtmxDetails


def address_without_page(request: HttpRequest) -> str:
    """Return the query of a list's address, filters and all, ready for another page's number to be put behind it."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"?{kept.urlencode()}&" if kept else "?"
