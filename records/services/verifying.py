"""The trail's chain held against itself: every entry in its place, every digest, every name that is still there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast

from records import chain
from records.models import IdentityKind, TrailEntry, TrailIdentity, TrailLink
from records.models.trail import TrailQuerySet
from records.services.trail import ERASURE

AT_A_TIME = 2000
_COLUMNS = (
    "pk",
    "at",
    "actor_id",
    "act",
    "thing_type",
    "thing_id",
    "thing_name",
    "as_text",
    "name_commitment",
    "address_commitment",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the chain: kept elsewhere, it tells later whether anything before it was changed."""

    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Erasures:
    """Of which entries, and up to which by id, identities of one kind have been erased lawfully."""

    of_actors: dict[int, int]
    of_everybody_but: dict[frozenset[int], int]  # by who was spared
    of_entries: set[int]

    def allow(self, row: chain.Row) -> bool:
        """Whether the identity of this entry may be missing."""
        if row.id in self.of_entries or (row.actor is not None and row.id <= self.of_actors.get(row.actor, 0)):
            return True
        return any(row.id <= up_to and row.actor not in spared for spared, up_to in self.of_everybody_but.items())


def head() -> Head | None:
    """Return the chain's newest link; None where nothing has been recorded yet."""
    newest = TrailLink.objects.order_by("-position").first()
    return None if newest is None else Head(newest.position, newest.digest)


def breaks(*, known: Head | None = None, progress: Callable[[int], None] = lambda _: None) -> Iterator[str]:
    """Yield in words where the chain is broken, the earliest break first; nothing where it is whole.

    After a break everything behind it is unproven: only the first of the chain's is named, then what is wrong apart
    from the chain. `known` is a head that was kept elsewhere. Reads some thousand entries at a time.
    """
    yield from _of_the_chain(known, progress)
    yield from _of_entries_outside()
    yield from _of_identities()


def _of_the_chain(known: Head | None, progress: Callable[[int], None]) -> Iterator[str]:
    before, expected = "", 1
    met_known = known is None
    for position, found, row in _rows():
        if position != expected:
            yield f"the chain goes from place {expected - 1} to {position}: what stood between is gone"
            return
        if row is None:
            yield f"place {position}: its entry is gone"
            return
        if chain.digest(row, position=position, before=before) != found:
            yield (
                f"place {position}: entry {row.id} ({row.act} {row.thing_name}, {row.at.isoformat()}) or its digest "
                "is not what was recorded"
            )
            return
        if known is not None and position == known.position:
            met_known = True
            if found != known.digest:
                yield f"place {position}: the digest kept elsewhere is {known.digest}, here it is {found}"
                return
        before, expected = found, expected + 1
        if position % AT_A_TIME == 0:
            progress(position)
    progress(expected - 1)
    if not met_known and known is not None:
        yield f"the chain ends at place {expected - 1}, its head kept elsewhere is at {known.position}: the end is gone"


def _rows() -> Iterator[tuple[int, str, chain.Row | None]]:
    """Yield each link's place and digest with the entry it is of, None where that is not there."""
    links = TrailLink.objects.order_by("position").values_list("position", "digest", "entry_id").iterator(AT_A_TIME)
    while batch := list(islice(links, AT_A_TIME)):
        entries = {row.id: row for row in _entries(TrailEntry.objects.filter(pk__in=[entry for *_, entry in batch]))}
        for position, digest, entry in batch:
            yield position, digest, entries.get(entry)


def _entries(entries: TrailQuerySet) -> Iterator[chain.Row]:
    """Yield entries as the chain covers them, in the order of their ids."""
    rows = entries.order_by("pk").annotate(as_text=Cast("detail", TextField())).values_list(*_COLUMNS)
    for columns in rows.iterator(AT_A_TIME):
        yield chain.Row(*columns)


def _of_entries_outside() -> Iterator[str]:
    linked = TrailLink.objects.filter(entry=OuterRef("pk"))
    for entry in TrailEntry.objects.filter(~Exists(linked)).order_by("pk")[:1]:
        yield f"entry {entry.pk} ({entry}) is not in the chain"


def _of_identities() -> Iterator[str]:
    erased, rows = _erasures(), _entries(TrailEntry.objects.all())
    while batch := list(islice(rows, AT_A_TIME)):
        yield from _of_a_batch(batch, erased)


def _of_a_batch(batch: list[chain.Row], erased: dict[str, Erasures]) -> Iterator[str]:
    kept: dict[tuple[int, str], str] = {}
    identities = TrailIdentity.objects.filter(entry__gte=batch[0].id, entry__lte=batch[-1].id)
    for entry, kind, salt, text in identities.values_list("entry_id", "kind", "salt", "text"):
        kept[entry, kind] = chain.commitment(salt=salt, text=text)
    for row in batch:
        committed = {
            IdentityKind.NAME: row.name_commitment,
            IdentityKind.ADDRESS: row.address_commitment,
            IdentityKind.WORDS: json.loads(row.detail).get("words", "") if '"words"' in row.detail else "",
        }
        for kind, commitment in committed.items():
            found = kept.get((row.id, kind.value))
            if found is None and commitment and not erased[kind.value].allow(row):
                yield f"entry {row.id}: the {kind.label.lower()}: gone, and no erasure is on record"
            elif found is not None and found != commitment:
                yield f"entry {row.id}: the {kind.label.lower()}: not what was recorded"


def _erasures() -> dict[str, Erasures]:
    """Return what the trail itself says was erased: an erasure is an act like any other, and in the chain."""
    found = {kind.value: Erasures({}, {}, set()) for kind in IdentityKind}
    for detail in TrailEntry.objects.filter(act=ERASURE).values_list("detail", flat=True):
        for kind in detail["kinds"]:
            found[kind].of_entries.update(detail.get("entries", ()))
        if "up_to" not in detail:
            continue
        actor, up_to, spared = detail["actor"], detail["up_to"], frozenset(detail.get("spared", ()))
        for kind in detail["kinds"]:
            of_actors, of_everybody_but = found[kind].of_actors, found[kind].of_everybody_but
            if actor is not None:
                of_actors[actor] = max(of_actors.get(actor, 0), up_to)
            else:
                of_everybody_but[spared] = max(of_everybody_but.get(spared, 0), up_to)
    return found
