"""Markings of what leaves the product: OFFICIAL, or OFFICIAL-SENSITIVE with a note on how it is handled.

Source: the Government Security Classifications Policy (Cabinet Office): anything above is kept on other systems.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


class Marking(models.TextChoices):
    OFFICIAL = "official", "OFFICIAL"
    OFFICIAL_SENSITIVE = "official-sensitive", "OFFICIAL-SENSITIVE"


def marking_field() -> models.CharField[Any, Any]:
    """Return a column for a marking."""
    return models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL)


def is_sensitive(printed: str) -> bool:
    """Whether a marking as it is printed, with or without its note, is the higher one."""
    return printed.startswith(Marking.OFFICIAL_SENSITIVE.label)


def highest(printed: Iterable[str]) -> str:
    """Return the marking of a page that shows things with these: the first of the higher ones, if there is one."""
    return next(filter(is_sensitive, printed), Marking.OFFICIAL.label)
