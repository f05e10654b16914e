"""Markings of what leaves the product: OFFICIAL, or OFFICIAL-SENSITIVE with a note on how it is handled.

Source: the Government Security Classifications Policy (Cabinet Office): anything above is kept on other systems.
"""

from __future__ import annotations

from typing import Any

from django.db import models


class Marking(models.TextChoices):
    OFFICIAL = "official", "OFFICIAL"
    OFFICIAL_SENSITIVE = "official-sensitive", "OFFICIAL-SENSITIVE"


def marking_field() -> models.CharField[Any, Any]:
    """Return a column for a marking."""
    return models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL)
