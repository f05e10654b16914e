"""Quarters and half-years in addresses: `2025-26-q1` and `2025-26-h1`. What names no period is no page (404)."""

from __future__ import annotations

from django.urls import register_converter

from organisation.periods import HalfYear, Quarter


class QuarterConverter:
    """`<quarter:quarter>` in an address. `NotAPeriod` is a ValueError, which the resolver takes as “no such page”."""

    regex = r"[0-9]{4}-[0-9]{2}-q[1-4]"

    def to_python(self, value: str) -> Quarter:
        return Quarter.parse(value)

    def to_url(self, value: Quarter) -> str:
        return value.slug


class HalfYearConverter:
    """`<half:half>` in an address."""

    regex = r"[0-9]{4}-[0-9]{2}-h[12]"

    def to_python(self, value: str) -> HalfYear:
        return HalfYear.parse(value)

    def to_url(self, value: HalfYear) -> str:
        return value.slug


# Registered where they are defined: Django warns of a name that is registered twice, and several rooms use them.
register_converter(QuarterConverter, "quarter")
register_converter(HalfYearConverter, "half")
