"""The trail as people read it: a page of it at a time, and each entry in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from home import acts
from home.trail_filters import ACCOUNT
from organisation.models import Appointment, CalendarLink, Qualification, User
from records.models import TrailEntry
from records.models.trail import ERASED, TrailQuerySet
from rendering.cells import Value

PER_PAGE = 50
# Beyond this nobody needs the exact number, and counting would cost more than the page.
COUNTED_TO = 10_000
AT_A_TIME = 2000
# Things that belong to one person, and where that person's name is.
OWNED: Mapping[str, tuple[Any, str]] = {
    ACCOUNT: (User, "name"),
    "organisation.Appointment": (Appointment, "person__name"),
    "organisation.Qualification": (Qualification, "person__name"),
    "organisation.CalendarLink": (CalendarLink, "person__name"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words. `about` names its thing for the filters; "" where it has none."""

    number: int
    at: datetime
    who: str
    account: int | None
    address: str
    did: str
    about: str
    details: list[tuple[str, str]]
    entry: TrailEntry


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, the newest first, and the entries that the pages beside it begin at; None where there is none."""

    lines: list[Line]
    newer: int | None
    older: int | None


# --- Pages --------------------------------------------------------------------------------------------------------


def page(entries: TrailQuerySet, *, before: int | None = None, after: int | None = None) -> Page:
    """Return the entries older than `before`, or newer than `after`, or the newest: each found by the index of time."""
    found = _with_texts(entries)
    if after is not None and (than := _place(after)):
        rows = list(_newer(found, than).order_by("at", "pk")[: PER_PAGE + 1])
        more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE][::-1]
        return Page(read(rows), newer=rows[0].pk if more else None, older=rows[-1].pk if rows else None)
    than = _place(before) if before is not None else None
    found = _older(found, than) if than else found
    rows = list(found.order_by("-at", "-pk")[: PER_PAGE + 1])
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    return Page(read(rows), newer=rows[0].pk if rows and than else None, older=rows[-1].pk if more else None)


def how_many(entries: TrailQuerySet) -> int:
    """Count the entries, up to one more than COUNTED_TO."""
    return entries.order_by()[: COUNTED_TO + 1].count()


def _with_texts(entries: TrailQuerySet) -> Any:
    """Add who it was, from where, and what they wrote with it."""
    identified: Any = entries.with_identities()
    return identified.with_words()


Place = tuple[datetime, int]


def _place(entry: int) -> Place | None:
    return TrailEntry.objects.filter(pk=entry).values_list("at", "pk").first()


def _older(entries: TrailQuerySet, than: Place) -> TrailQuerySet:
    at, number = than
    return entries.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=number))


def _newer(entries: TrailQuerySet, than: Place) -> TrailQuerySet:
    at, number = than
    return entries.filter(at__gte=at).filter(Q(at__gt=at) | Q(pk__gt=number))


# --- Words --------------------------------------------------------------------------------------------------------


def read(entries: Sequence[Any]) -> list[Line]:
    """Put entries with their identities into words; who accounts and appointments belong to is asked once for all."""
    owners = _owners(entries)
    return [
        Line(
            number=entry.pk,
            at=entry.at,
            who=entry.actor_name,
            account=entry.actor_id,
            address=entry.address,
            did=acts.in_words(entry.act, _name(entry, owners)),
            about=f"{entry.thing_type}-{entry.thing_id}" if entry.thing_type else "",
            details=details_of(_said(entry)),
            entry=entry,
        )
        for entry in entries
    ]


def _owners(entries: Sequence[TrailEntry]) -> dict[tuple[str, int | None], str]:
    """Return whose the things are that belong to one person: the trail itself names nobody."""
    found: dict[tuple[str, int | None], str] = {}
    for sort, (model, name) in OWNED.items():
        wanted = {entry.thing_id for entry in entries if entry.thing_type == sort and entry.thing_id is not None}
        if wanted:
            found |= {(sort, pk): owner for pk, owner in model.objects.filter(pk__in=wanted).values_list("pk", name)}
    return found


def _name(entry: TrailEntry, owners: dict[tuple[str, int | None], str]) -> str:
    owner = owners.get((entry.thing_type, entry.thing_id))
    return f"{entry.thing_name} ({owner})" if owner else entry.thing_name


def _said(entry: Any) -> dict[str, Any]:
    """Return what an entry keeps beside its act; what somebody wrote with it in the place of the commitment to that."""
    if "words" not in entry.detail:
        return dict(entry.detail)
    said = {name: value for name, value in entry.detail.items() if name != "words"}
    return said | (json.loads(entry.words) if entry.words else {"words": ERASED})


def details_of(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what an entry keeps beside its act, as pairs of a name and a text."""
    return [(name.replace("_", " ").capitalize(), _text(value)) for name, value in detail.items()]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(map(str, value)) or "–"
    return json.dumps(value, ensure_ascii=False)


# --- To take away -------------------------------------------------------------------------------------------------

HEADINGS = (
    "Number",
    "Time (UTC)",
    "Who",
    "Account",
    "Network address",
    "What was done",
    "Act",
    "Thing",
    "Sort of thing",
    "Number of the thing",
    "Details",
    "Place in the chain",
    "Digest",
)


def cells(entries: TrailQuerySet, *, up_to: int) -> Iterator[list[Value]]:
    """Yield the cells of each entry up to a number, the oldest first. Some thousand are read at a time."""
    found = _with_texts(entries).filter(pk__lte=up_to)
    found = found.select_related("link").order_by("at", "pk")
    than: Place | None = None
    while rows := list((_newer(found, than) if than else found)[:AT_A_TIME]):
        for line in read(rows):
            yield _cells(line)
        than = rows[-1].at, rows[-1].pk


def _cells(line: Line) -> list[Value]:
    entry = line.entry
    return [
        entry.pk,
        f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        line.who,
        line.account,
        line.address,
        line.did,
        entry.act,
        entry.thing_name,
        entry.thing_type,
        entry.thing_id,
        json.dumps(_said(entry), ensure_ascii=False, sort_keys=True) if entry.detail else "",
        entry.link.position,
        entry.link.digest,
    ]
