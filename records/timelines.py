"""The acts of the trail about one thing, as lines of its history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from records.histories import Item
from records.models import TrailEntry
from records.models.trail import THE_SYSTEM

NOBODY = THE_SYSTEM[:1].upper() + THE_SYSTEM[1:]


def acts_about(thing_type: str, thing_id: int, *, acts: Mapping[str, str]) -> Iterator[Item]:
    """Yield what was done to a thing, in order. `acts` says what each act is called, with {thing} for its name."""
    about: Any = TrailEntry.objects.filter(thing_type=thing_type, thing_id=thing_id).with_words()
    for entry in about.with_identities().order_by("pk"):
        written: dict[str, str] = json.loads(entry.words) if entry.words else {}
        yield Item(
            at=entry.at,
            who=entry.actor_name[:1].upper() + entry.actor_name[1:],
            did=acts.get(entry.act, entry.act).replace("{thing}", entry.thing_name),
            notes=tuple((name.capitalize(), text) for name, text in written.items()),
        )
