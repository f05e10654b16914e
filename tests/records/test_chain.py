"""The trail's chain: whatever is changed behind the triggers' back is found, and the first break is named."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction

from organisation.models import User
from records.models import IdentityKind, TrailEntry, TrailIdentity, TrailLink
from records.services import trail
from tests.factories.organisation import make_unit, make_user
from tests.factories.trail import seal

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def clerk() -> User:
    return make_user(name="A Clerk’s “name”")


@pytest.fixture
def entries(clerk: User) -> list[TrailEntry]:
    """Three acts of a clerk and one of the system, in the chain."""
    unit = make_unit("Kiln Hill, côté est")
    with trail.from_address("192.0.2.7"):
        written = [
            trail.record(act="unit.renamed", thing=unit, by=clerk, at=AT, was="Kiln", numbers=[1, 2.5, None]),
            trail.record(act="account.made", thing=clerk, by=clerk, at=AT, words={"reason": "He is “new”."}),
            trail.record(act="unit.moved", thing=unit, by=clerk, at=AT, to='Nörd \\ "Süd"'),
        ]
    written.append(trail.record(act="account.sign_in_failed", thing=None, by=None, at=AT))
    seal()
    return written


def tamper(sql: str, *values: int | str) -> None:
    """Change what the database's triggers protect, as its owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        assert cursor.rowcount >= 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def verify(*options: str) -> tuple[int, list[str]]:
    """Run the command; return its exit status and what it found broken."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_trail", *options, stdout=out, stderr=err)
        status = 0
        assert out.getvalue().startswith("The trail is whole.") or not TrailEntry.objects.exists()
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    return status, err.getvalue().splitlines()


def test_an_empty_trail_is_whole() -> None:
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert out.getvalue() == "The trail is whole. Nothing has been recorded yet.\n"


def test_a_trail_that_nobody_touched_is_whole(entries: list[TrailEntry]) -> None:
    assert verify() == (0, [])
    assert list(TrailLink.objects.values_list("position", "entry")) == [
        (position, entry.pk) for position, entry in enumerate(entries, start=1)
    ]


def test_the_first_digest_is_what_anybody_can_work_out_by_hand(clerk: User) -> None:
    entry = trail.record(act="x.y", thing=None, by=clerk, at=AT, word="é")
    seal()
    parts = ["", "1", str(entry.pk), "2026-07-01T09:30:00.123456", str(clerk.pk), "x.y", "", "", "", '{"word": "é"}']
    identity = entry.identities.get()
    committed = hashlib.sha256(f'["{identity.salt}", "{clerk.name}"]'.encode()).hexdigest()
    parts += [committed, ""]
    covered = "".join(f"{len(part.encode())}:{part}," for part in parts)
    assert TrailLink.objects.get().digest == hashlib.sha256(covered.encode()).hexdigest()


ENTRY_COLUMNS = {
    "id": "id + 900000",
    "at": "at + interval '1 microsecond'",
    "actor_id": "NULL",
    "act": "'unit.kept'",
    "thing_type": "'organisation.Force'",
    "thing_id": "thing_id + 1",
    "thing_name": "thing_name || '.'",
    "detail": 'detail || \'{"was": "Other"}\'',
    "name_commitment": "repeat('a', 64)",
    "address_commitment": "repeat('a', 64)",
}
LINK_COLUMNS = {
    "position": "position + 100",
    "entry_id": "(SELECT max(id) + 1 FROM records_trailentry)",
    "digest": "repeat('a', 64)",
}
IDENTITY_COLUMNS = {
    "entry_id": "(SELECT max(id) FROM records_trailentry)",
    "kind": "'other'",
    "salt": "repeat('0', 32)",
    "text": "'Somebody else'",
}


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_a_changed_column_of_an_entry_is_found(column: str, entries: list[TrailEntry]) -> None:
    sql = f"UPDATE records_trailentry SET {column} = {ENTRY_COLUMNS[column]} WHERE id = %s"  # noqa: S608  # our own table
    tamper(sql, entries[2].pk)
    status, said = verify()
    assert status == 1
    assert said[0].startswith("Broken: place 3: ")


@pytest.mark.parametrize("column", LINK_COLUMNS)
def test_a_changed_column_of_a_link_is_found(column: str, entries: list[TrailEntry]) -> None:
    sql = f"UPDATE records_traillink SET {column} = {LINK_COLUMNS[column]} WHERE entry_id = %s"  # noqa: S608  # our own table
    tamper(sql, entries[2].pk)
    status, said = verify()
    assert status == 1
    assert said[0].startswith("Broken: the chain goes from place 2" if column == "position" else "Broken: place 3: ")


@pytest.mark.parametrize("column", IDENTITY_COLUMNS)
@pytest.mark.parametrize("kind", IdentityKind)
def test_a_changed_column_of_a_name_or_an_address_is_found(
    kind: IdentityKind, column: str, entries: list[TrailEntry]
) -> None:
    value = IDENTITY_COLUMNS[column]
    sql = f"UPDATE records_trailidentity SET {column} = {value} WHERE entry_id = %s AND kind = %s"  # noqa: S608  # our own
    tamper(sql, entries[1].pk, kind)
    status, said = verify()
    assert status == 1
    assert said[0].startswith(f"Broken: entry {entries[1].pk}: the {kind.label.lower()}: ")


@pytest.mark.parametrize(
    ("model", "columns"),
    [(TrailEntry, ENTRY_COLUMNS), (TrailLink, LINK_COLUMNS), (TrailIdentity, IDENTITY_COLUMNS | {"id": ""})],
)
def test_every_column_has_been_tampered_with(model: type[TrailEntry], columns: dict[str, str]) -> None:
    assert set(columns) == {field.column for field in model._meta.concrete_fields}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM records_trailentry WHERE act = 'account.made'", "place 2: its entry is gone"),
        ("DELETE FROM records_traillink WHERE position = 2", "the chain goes from place 1 to 3"),
        ("DELETE FROM records_traillink WHERE position = 4", "is not in the chain"),
        ("UPDATE records_traillink SET position = 5 - position WHERE position IN (1, 4)", "place 1: "),
    ],
)
@pytest.mark.usefixtures("entries")
def test_what_was_taken_out_or_put_elsewhere_is_missed(sql: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_traillink DROP CONSTRAINT records_traillink_pkey CASCADE")
    tamper(sql)
    status, said = verify()
    assert status == 1
    assert found in said[0]


@pytest.mark.usefixtures("entries")
def test_an_entry_that_was_slipped_in_past_the_triggers_is_found() -> None:
    tamper(
        "INSERT INTO records_trailentry"
        " (at, act, thing_type, thing_name, detail, name_commitment, address_commitment)"
        " VALUES (now(), 'unit.moved', '', '', '{}', '', '')"
    )
    assert "is not in the chain" in verify()[1][0]


@pytest.mark.usefixtures("entries")
def test_an_end_that_was_cut_off_is_missed_by_whoever_kept_the_head(tmp_path: Path) -> None:
    kept = tmp_path / "head.json"
    out = StringIO()
    call_command("export_trail_head", stdout=out)
    kept.write_text(out.getvalue())
    trail.record(act="unit.moved", thing=None, by=None, at=AT)
    seal()
    assert verify("--head", str(kept)) == (0, [])  # what came after is no matter
    for table, condition in (("records_traillink", "position > 2"), ("records_trailentry", "act <> 'unit.renamed'")):
        tamper(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608  # our own names
    tamper("DELETE FROM records_traillink WHERE position > 1")
    tamper("DELETE FROM records_trailidentity WHERE entry_id > (SELECT min(id) FROM records_trailentry)")
    assert verify() == (0, [])  # nothing in the database shows it
    status, (said,) = verify("--head", str(kept))
    assert (status, said) == (
        1,
        "Broken: the chain ends at place 1, its head kept elsewhere is at 4: the end is gone.",
    )


@pytest.mark.usefixtures("entries")
def test_a_chain_that_was_written_anew_does_not_have_the_head_kept_elsewhere(tmp_path: Path) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps({"position": 2, "digest": "b" * 64}))
    status, said = verify("--head", str(kept))
    assert status == 1
    assert "place 2: the digest kept elsewhere is " in said[0]


@pytest.mark.parametrize("text", [None, "no JSON", '{"position": 1}', '{"position": "one", "digest": "x"}'])
def test_a_head_that_cannot_be_read_is_refused_with_what_to_do(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "head.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CommandError, match="cannot be read" if text is None else "Use a file that export_trail_head"):
        call_command("verify_trail", "--head", str(path))


def test_an_erased_name_leaves_the_chain_whole(entries: list[TrailEntry], clerk: User) -> None:
    other = make_user(name="Another")
    trail.record(act="unit.moved", thing=None, by=other, at=AT)
    newest = entries[-1].pk
    with trail.from_address("192.0.2.9"):
        assert trail.erase(actor=clerk, kinds=[IdentityKind.NAME], up_to=newest, by=other, at=AT) == 3
    seal()
    assert verify() == (0, [])
    read = TrailEntry.objects.with_identities().filter(actor=clerk).values_list("actor_name", "address")
    assert set(read) == {("(erased)", "192.0.2.7")}
    assert trail.erase(actor=None, kinds=[IdentityKind.ADDRESS], up_to=newest, by=None, at=AT) == 3
    seal()
    assert verify() == (0, [])
    assert set(TrailIdentity.objects.filter(entry__lte=newest).values_list("kind", flat=True)) == {IdentityKind.WORDS}


def test_erased_words_leave_the_chain_whole_and_no_others_may_go(entries: list[TrailEntry], clerk: User) -> None:
    other = trail.record(act="unit.moved", thing=None, by=clerk, at=AT, words={"reason": "Another."})
    assert trail.words_of(entries[1]) == {"reason": "He is “new”."}
    chosen = TrailEntry.objects.filter(pk=entries[1].pk)
    assert trail.erase_of(entries=chosen, kinds=[IdentityKind.WORDS], by=clerk, at=AT) == 1
    seal()
    assert (trail.words_of(entries[1]), trail.words_of(other)) == ({}, {"reason": "Another."})
    assert verify() == (0, [])
    other.identities.filter(kind=IdentityKind.WORDS).delete()
    assert verify() == (1, [f"Broken: entry {other.pk}: the words: gone, and no erasure is on record."])


def test_a_name_that_went_without_an_erasure_is_missed(entries: list[TrailEntry], clerk: User) -> None:
    trail.erase(actor=clerk, kinds=[IdentityKind.NAME], up_to=entries[0].pk, by=None, at=AT)
    seal()
    TrailIdentity.objects.filter(entry=entries[1], kind=IdentityKind.NAME).delete()
    assert verify() == (
        1,
        [f"Broken: entry {entries[1].pk}: the name: gone, and no erasure is on record."],
    )


@pytest.mark.parametrize(
    ("tampering", "refusal"),
    [
        (lambda: TrailLink.objects.update(digest="a" * 64), "Cannot update or delete"),
        (lambda: TrailLink.objects.all()._raw_delete("default"), "Cannot update or delete"),
        (lambda: TrailIdentity.objects.update(text="Somebody"), "Cannot update"),
    ],
)
@pytest.mark.usefixtures("entries")
def test_links_stay_and_names_do_not_change(tampering: Callable[[], object], refusal: str) -> None:
    with pytest.raises(InternalError, match=refusal), transaction.atomic():
        tampering()


@pytest.mark.usefixtures("entries")
def test_no_second_link_takes_a_place() -> None:
    entry = trail.record(act="unit.moved", thing=None, by=None, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrailLink.objects.create(position=4, entry=entry, digest="c" * 64)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain() -> None:
    """Eight writers, each in transactions of several acts that overlap: nothing forks, and none is lost."""
    start = threading.Barrier(8)

    def write(number: int) -> None:
        try:
            start.wait()
            for _ in range(12):
                with transaction.atomic():
                    trail.record(act="unit.moved", thing=None, by=None, at=AT, writer=number)
                    trail.record(act="unit.opened", thing=None, by=None, at=AT, writer=number)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert TrailLink.objects.count() == 8 * 12 * 2
    assert verify() == (0, [])
    # What one transaction recorded stands together: nobody came between.
    in_order = TrailLink.objects.order_by("position").values_list("entry__detail__writer", "entry__act")
    pairs = list(zip(in_order[::2], in_order[1::2], strict=True))
    assert all(one[0] == two[0] and (one[1], two[1]) == ("unit.moved", "unit.opened") for one, two in pairs)


@pytest.mark.django_db(transaction=True)
def test_nobody_holds_the_chain_while_they_are_at_work() -> None:
    """One transaction has recorded and goes on working; another records and ends meanwhile."""
    recorded, ended = threading.Event(), threading.Event()

    def work_slowly() -> None:
        try:
            with transaction.atomic():
                trail.record(act="unit.moved", thing=None, by=None, at=AT)
                recorded.set()
                assert ended.wait(10)
        finally:
            connection.close()

    slow = threading.Thread(target=work_slowly)
    slow.start()
    assert recorded.wait(10)
    with transaction.atomic():
        trail.record(act="unit.opened", thing=None, by=None, at=AT)
    assert list(TrailLink.objects.values_list("entry__act", flat=True)) == ["unit.opened"]
    ended.set()
    slow.join()
    assert list(TrailLink.objects.values_list("entry__act", flat=True)) == ["unit.opened", "unit.moved"]
    assert verify() == (0, [])


def test_an_erasure_may_spare_people_and_their_names_must_stay(entries: list[TrailEntry], clerk: User) -> None:
    other = make_user(name="Another")
    trail.record(act="unit.moved", thing=None, by=other, at=AT)
    newest = TrailEntry.objects.latest("pk").pk
    erased = trail.erase(actor=None, kinds=[IdentityKind.NAME], up_to=newest, by=None, at=AT, sparing={clerk.pk})
    assert erased == 1
    seal()
    assert verify() == (0, [])
    assert TrailIdentity.objects.filter(entry__actor=clerk, kind=IdentityKind.NAME).count() == 3
    TrailIdentity.objects.filter(entry=entries[0], kind=IdentityKind.NAME).delete()
    assert verify() == (1, [f"Broken: entry {entries[0].pk}: the name: gone, and no erasure is on record."])
