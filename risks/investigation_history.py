"""What became of an investigation, the latest first: the acts, and what was changed in it from what to what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.apps import apps

from organisation.models import BusinessGroup, Unit, User
from records.histories import Field, Item, ShownField, changes, in_one_go, item_of, kept_by_row, latest_first
from records.models import TrailEntry
from records.models.trail import THE_SYSTEM
from rendering import formats
from risks.acts import ACTS
from risks.models import Investigation
from risks.models.investigation import INVESTIGATION_WRITTEN

# The acts tell of changes by these words alone; what was changed stands below, from what to what.
TOLD_BELOW = "investigation.changed"
NAMES = {
    "title": "What is investigated",
    "event_on": "Day of the event",
    "unit_id": "Unit",
    "group_id": "Business group",
    "happened": "What happened",
    "commissioned_on": "Commissioned on",
    "commissioned_by": "Commissioned by",
    "findings": "What was found",
    "learning": "What others can learn",
    "theme": "Theme of the model",
}
LONG_TEXTS = frozenset({"happened", "findings", "learning"})


def history(investigation: Investigation, *, themes: Mapping[str, str]) -> list[Item]:
    """Return everything that became of the investigation: at most seven queries. `themes` are names by identity."""
    return latest_first([*_acts(investigation), *_changes(investigation, themes)])


def _acts(investigation: Investigation) -> Iterator[Item]:
    about: Any = TrailEntry.objects.filter(thing_type="risks.Investigation", thing_id=investigation.pk).with_words()
    for entry in about.exclude(act=TOLD_BELOW).with_identities().order_by("pk"):
        written: dict[str, str] = json.loads(entry.words) if entry.words else {}
        yield Item(
            at=entry.at,
            who=str(entry.actor_name),
            did=ACTS.get(entry.act, entry.act).replace("{thing}", "the investigation"),
            notes=tuple((name.capitalize(), text) for name, text in written.items()),
        )


def _changes(investigation: Investigation, themes: Mapping[str, str]) -> Iterator[Item]:
    events = apps.get_model("risks", "InvestigationEvent").objects.select_related("pgh_context")
    kept = kept_by_row(events.filter(pgh_obj=investigation.pk), INVESTIGATION_WRITTEN).get(investigation.pk, [])
    now = {name: getattr(investigation, name) for name in INVESTIGATION_WRITTEN}
    found = in_one_go(changes(investigation.pk, kept, now=now))
    people = dict(User.objects.filter(pk__in={one.by for one in found if one.by}).values_list("pk", "name"))
    names = {"unit_id": _named(Unit, found), "group_id": _named(BusinessGroup, found), "theme": themes}
    for change in found:
        fields = [_in_words(one, names) for one in change.fields]
        yield item_of(change, "the investigation", people=people, fields=fields, system=THE_SYSTEM)


def _named(model: Any, found: Any) -> Mapping[Any, str]:
    """Return the names of the units or business groups that changes speak of, by number."""
    name = {Unit: "unit_id", BusinessGroup: "group_id"}[model]
    fields = [field for one in found for field in one.fields if field.name == name]
    wanted = {value for field in fields for value in (field.before, field.after)} - {None}
    return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _in_words(field: Field, names: Mapping[str, Mapping[Any, str]]) -> ShownField:
    def words(value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, date):
            return formats.day(value)
        return str(names.get(field.name, {}).get(value, value))

    label = NAMES[field.name]
    return ShownField(label, words(field.before), words(field.after), field.name in LONG_TEXTS)
