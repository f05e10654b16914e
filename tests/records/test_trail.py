"""The trail keeps what it was told: the database refuses to change or remove a row, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import InternalError, connection, transaction

from records.models import TrailEntry
from records.services import trail
from tests.factories.organisation import make_unit, make_user

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def entry() -> TrailEntry:
    return trail.record(act="unit.renamed", thing=make_unit("Kiln Hill"), by=make_user(name="Clerk"), at=AT, was="Kiln")


def by_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tamper",
    [
        lambda entry: TrailEntry.objects.filter(pk=entry.pk).update(act="unit.closed"),
        lambda entry: TrailEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
        lambda _: by_sql("UPDATE records_trailentry SET act = 'unit.kept'"),
        lambda _: by_sql("DELETE FROM records_trailentry"),
    ],
)
def test_no_row_is_changed_or_removed(entry: TrailEntry, tamper: Callable[[TrailEntry], object]) -> None:
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        tamper(entry)
    kept = TrailEntry.objects.with_identities().get()
    assert (kept.actor_name, kept.act, kept.thing_name, kept.detail) == (
        "Clerk",
        "unit.renamed",
        "Kiln Hill",
        {"was": "Kiln"},
    )


@pytest.mark.django_db
def test_where_nobody_acted_the_system_did() -> None:
    trail.record(act="unit.opened", thing=make_unit(), by=None, at=AT)
    entry = TrailEntry.objects.with_identities().get()
    assert (entry.actor, entry.actor_name, entry.name_commitment) == (None, "the system", "")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    unit = make_unit()
    with pytest.raises(RuntimeError, match="in the transaction of the act"):
        trail.record(act="unit.renamed", thing=unit, by=None, at=AT)
    assert not TrailEntry.objects.exists()
