"""What is held about a person, told the same way by every room.

A room lists where its rows name people (`HELD`), and answers `held_about(person)`; home asks every room. A new column
that names a person has to be in such a list: a test looks at every model there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from records.models import Job, LegalHold, Notice, PersonalExport, RecordClass, TrailEntry

Value = str | int | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one list has about one person, in words and in plain values. `why` says what it is for."""

    name: str
    title: str
    why: str
    kept: str
    record_class: RecordClass
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    administrators_read_it: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A list of rows that name people: by which columns of which model, and what of each row is told.

    `told` maps what a column is called in the export to where it lies, in Django's own notation.
    """

    name: str
    title: str
    why: str
    kept: str
    record_class: RecordClass
    model: type[models.Model]
    people: tuple[str, ...]
    told: Mapping[str, str]
    administrators_read_it: bool = False

    def about(self, person: models.Model) -> Holding:
        """Return what there is about a person, the oldest first: one query."""
        named = Q()
        for column in self.people:
            named |= Q(**{column: person.pk})
        found = self.model._default_manager.filter(named).order_by("pk")
        rows = [tuple(plain(value) for value in row) for row in found.values_list(*self.told.values())]
        return Holding(
            self.name,
            self.title,
            self.why,
            self.kept,
            self.record_class,
            tuple(self.told),
            rows,
            self.administrators_read_it,
        )


def plain(value: Any) -> Value:
    """Return a value of the database as JSON and CSV can hold it."""
    if value is None or isinstance(value, str | int | bool | date):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(plain(one)) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


UNTIL_REMOVED = "Until the account’s personal data is removed, or its period in docs/privacy.md is over."
AS_THE_RECORD = "As long as the record it belongs to."
HELD = (
    Held(
        "notices",
        "What you were told by e-mail and on the home page",
        "So that you hear what waits for you, and hear it once.",
        "KEEP_NOTICES_DAYS",
        RecordClass.MESSAGES,
        Notice,
        ("person",),
        {"told at": "at", "about": "kind", "in words": "line", "sent at": "sent_at", "taken back at": "withdrawn_at"},
    ),
    Held(
        "jobs",
        "Documents and other long work that you asked for",
        "So that each is done once, and you see how it went.",
        "KEEP_JOBS_DAYS",
        RecordClass.MESSAGES,
        Job,
        ("requested_by",),
        {"asked at": "requested_at", "work": "task", "state": "state", "finished at": "finished_at"},
    ),
    Held(
        "acts",
        "What the trail says you did",
        "It proves who signed, decided, read and changed what.",
        "As long as the trail.",
        RecordClass.TRAIL,
        TrailEntry,
        ("actor",),
        {
            "entry": "pk",
            "at": "at",
            "act": "act",
            "done to": "thing_name",
        },
    ),
    Held(
        "holds",
        "Legal holds that you placed or lifted",
        "A hold says who placed it and who lifted it.",
        AS_THE_RECORD,
        RecordClass.TRAIL,
        LegalHold,
        ("placed_by", "lift_asked_by", "lifted_by"),
        {"hold": "pk", "placed at": "placed_at", "lifting asked for at": "lift_asked_at", "lifted at": "lifted_at"},
    ),
    Held(
        "exports",
        "Exports like this one, about you or asked for by you",
        "So that it is known who took your data.",
        "KEEP_EXPORTS_DAYS. That there was one stays in the trail.",
        RecordClass.MESSAGES,
        PersonalExport,
        ("person", "requested_by"),
        {"export": "pk", "asked at": "requested_at", "complete": "complete", "made at": "made_at"},
        administrators_read_it=True,
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
    yield _network_addresses(person)
    yield _done_to_the_account(person)


def _network_addresses(person: models.Model) -> Holding:
    entries = TrailEntry.objects.with_identities().filter(actor_id=person.pk).exclude(address_commitment="")
    rows = entries.order_by("pk").values_list("pk", "actor_name", "address")
    return Holding(
        "addresses",
        "The name and network address with which the trail has your acts",
        "An address tells a stranger’s use of your account from your own.",
        "The address: KEEP_ADDRESSES_DAYS. The name: KEEP_NAMES_YEARS.",
        RecordClass.TRAIL,
        ("entry", "name", "network address"),
        list(rows),
        administrators_read_it=False,
    )


def _done_to_the_account(person: models.Model) -> Holding:
    entries = TrailEntry.objects.filter(thing_type=person._meta.label, thing_id=person.pk).order_by("pk")
    return Holding(
        "account-history",
        "What the trail says was done to your account, by you or by others, and failed attempts to sign in",
        "It proves who gave you access, and shows attempts that were not yours.",
        "As long as the trail.",
        RecordClass.TRAIL,
        ("at", "act"),
        list(entries.values_list("at", "act")),
        administrators_read_it=True,
    )
