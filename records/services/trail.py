"""The trail: one row an act, in the act's own transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Q

from records import chain
from records.models import IdentityKind, TrailEntry, TrailIdentity
from records.models.trail import THE_SYSTEM

__all__ = ["ERASURE", "THE_SYSTEM", "Prepared", "erase", "erase_of", "from_address", "prepare", "record", "write"]

ERASURE = "trail.identities_erased"
_address: ContextVar[str] = ContextVar("network address of the request that is being answered", default="")


@contextmanager
def from_address(address: str) -> Iterator[None]:
    """Let what is recorded in this block, and in this thread, come from a network address."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry that is not written yet, and who is behind its commitments."""

    entry: TrailEntry
    identities: tuple[TrailIdentity, ...]


def record(
    *,
    act: str,
    thing: models.Model | None,
    by: AbstractBaseUser | None,
    at: datetime,
    words: Any = None,  # a mapping of texts; its type would be asked of every value of `detail` that callers spread
    **detail: Any,
) -> TrailEntry:
    """Write who did what to which thing; `by` is None where the system acted on its own or nobody knows who it was.

    What stays for good names nobody: a thing that is, or is called after, a person says in `name_in_trail` what it is
    called here, and `detail` holds no names but those under a signature. `words` are what somebody wrote with the act,
    such as its reason: they can be erased, as names can. Refuses to run outside a transaction: an act
    and its trail are true together or not at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The trail of {act} must be written in the transaction of the act itself.")
    prepared = prepare(act=act, thing=thing, by=by, at=at, words=words, **detail)
    write([prepared])
    return prepared.entry


def prepare(
    *,
    act: str,
    thing: models.Model | None,
    by: AbstractBaseUser | None,
    at: datetime,
    words: Any = None,  # a mapping of texts; its type would be asked of every value of `detail` that callers spread
    **detail: Any,
) -> Prepared:
    """Return an entry ready to be written with others: see `record`."""
    name, address = _identity(IdentityKind.NAME, str(by) if by else ""), _identity(IdentityKind.ADDRESS, _address.get())
    said = _identity(IdentityKind.WORDS, json.dumps(words, ensure_ascii=False) if words else "")
    entry = TrailEntry(
        at=at,
        actor_id=by.pk if by else None,
        act=act,
        thing_type=thing._meta.label if thing else "",
        thing_id=thing.pk if thing else None,
        thing_name=str(getattr(thing, "name_in_trail", thing))[:300] if thing else "",
        detail=detail | ({"words": _commitment(said)} if said else {}),
        name_commitment=_commitment(name),
        address_commitment=_commitment(address),
    )
    return Prepared(entry, tuple(identity for identity in (name, address, said) if identity))


def write(prepared: Iterable[Prepared], *, at_a_time: int = 2000) -> None:
    """Write entries in their order, with the identities behind them."""
    everything = list(prepared)
    TrailEntry.objects.bulk_create([one.entry for one in everything], batch_size=at_a_time)
    identities = []
    for one in everything:
        for identity in one.identities:
            identity.entry = one.entry
            identities.append(identity)
    TrailIdentity.objects.bulk_create(identities, batch_size=at_a_time)


def erase(
    *,
    actor: AbstractBaseUser | None,
    kinds: Iterable[IdentityKind],
    up_to: int,
    by: AbstractBaseUser | None,
    at: datetime,
    sparing: Collection[int] = (),
) -> int:
    """Erase names or addresses from the trail, up to an entry's id; return how many. `actor` None: of everybody.

    Those of the actors in `sparing`, by id, stay, and where nobody knows who did something to their accounts: a legal
    hold may be on them. The entries stay, and so does the chain.
    The erasure is an act of its own: what is missing without one is found.
    """
    chosen = sorted(kind.value for kind in kinds)
    doomed = TrailIdentity.objects.filter(kind__in=chosen, entry_id__lte=up_to)
    if actor is not None:
        doomed = doomed.filter(entry__actor_id=actor.pk)
    if sparing:
        # Not `exclude`, which would drop what nobody signed in has done: an entry without an actor is in no list.
        theirs = Q(entry__thing_type=settings.AUTH_USER_MODEL, entry__thing_id__in=sparing)
        unknown = Q(entry__actor=None)
        doomed = doomed.filter((unknown & ~theirs) | (~unknown & ~Q(entry__actor__in=sparing)))
    count, _ = doomed.delete()
    if count:
        about: dict[str, Any] = {
            "actor": actor.pk if actor else None,
            "kinds": chosen,
            "up_to": up_to,
            "count": count,
            **({"spared": sorted(sparing)} if sparing else {}),
        }
        record(act=ERASURE, thing=actor, by=by, at=at, **about)
    return count


def words_of(entry: TrailEntry) -> dict[str, str]:
    """Return what was written with the act, by what it is; empty where there is nothing, or it was erased."""
    kept = entry.identities.filter(kind=IdentityKind.WORDS).first()
    return json.loads(kept.text) if kept else {}


@transaction.atomic
def erase_of(
    *, entries: models.QuerySet[TrailEntry], kinds: Iterable[IdentityKind], by: AbstractBaseUser | None, at: datetime
) -> int:
    """Erase names, addresses or words of some entries, whoever did them; return of how many entries."""
    chosen = sorted(kind.value for kind in kinds)
    doomed = TrailIdentity.objects.filter(kind__in=chosen, entry__in=entries)
    numbers = sorted(set(doomed.values_list("entry_id", flat=True)))
    if numbers:
        doomed.delete()
        record(act=ERASURE, thing=None, by=by, at=at, kinds=chosen, entries=numbers)
    return len(numbers)


def _identity(kind: IdentityKind, text: str) -> TrailIdentity | None:
    return TrailIdentity(kind=kind, salt=secrets.token_hex(16), text=text) if text else None


def _commitment(identity: TrailIdentity | None) -> str:
    return chain.commitment(salt=identity.salt, text=identity.text) if identity else ""
