"""How long what is held about people is kept: what the environment says of it, read or refused.

Working data is deleted when its days are over. Records are not: their years only say when somebody has to look at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ImproperlyConfigured

LONGEST = 36_500
# Reminders of a statement look back as far as a quarter: what was said in it must still be known.
SHORTEST_FOR_NOTICES = 100


@dataclass(frozen=True, slots=True)
class Retention:
    """Periods. A field that ends with `days` says when something is deleted, one with `years` when it is listed.

    Years of names in the trail are an exception: they are erased after them; 0 keeps them as long as the trail.
    """

    notices_days: int = 180
    jobs_days: int = 90
    receipts_days: int = 30
    presences_days: int = 1
    workbooks_days: int = 30
    uploads_days: int = 1
    links_days: int = 90
    exports_days: int = 7
    addresses_days: int = 365
    names_years: int = 0
    accounts_years: int = 2
    statements_years: int = 7
    actions_years: int = 7
    reports_years: int = 10


def read(environment: Mapping[str, str]) -> Retention:
    """Return the periods that KEEP_… settings name, such as KEEP_NOTICES_DAYS. Raises on what is no number of them."""
    said: dict[str, Any] = {}
    for field in fields(Retention):
        name = f"KEEP_{field.name.upper()}"
        if text := environment.get(name, "").strip():
            said[field.name] = _number(name, text, least=_least(field.name))
    unknown = sorted(
        name
        for name in environment
        if name.startswith("KEEP_")
        and name.endswith(("_DAYS", "_YEARS"))
        and name.removeprefix("KEEP_").lower() not in {field.name for field in fields(Retention)}
    )
    if unknown:
        raise ImproperlyConfigured(f"{', '.join(unknown)}: there is no such period. docs/privacy.md lists them all.")
    return Retention(**said)


def _least(name: str) -> int:
    if name == "notices_days":
        return SHORTEST_FOR_NOTICES
    return 0 if name == "names_years" else 1


def _number(name: str, text: str, *, least: int) -> int:
    unit = "days" if name.endswith("_DAYS") else "years"
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= LONGEST):
        raise ImproperlyConfigured(
            f"{name} is {text!r}; write a whole number of {unit}, at least {least}. See docs/privacy.md."
        )
    return int(text)
