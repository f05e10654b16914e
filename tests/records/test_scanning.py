"""Asking the antivirus daemon: over both kinds of socket, with one that finds something, and with one that is away."""

from __future__ import annotations

import io
import logging
import socket
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import InternalError, transaction
from pytest_django import Settings

from records.models import Blob, TrailEntry, Verdict
from records.services import blobs, scanning
from records.services.scanning import NoVerdict, Scan
from records.tasks import scan_waiting_files
from tests.factories import clamd

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
Writer = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def written(content: bytes) -> Path:
        path = tmp_path / "received"
        path.write_bytes(content)
        return path

    return written


# --- The conversation ---------------------------------------------------------------------------------------------


def test_without_a_daemon_nothing_is_scanned(settings: Settings, write: Writer) -> None:
    settings.CLAMD_ADDRESS = ""
    assert scanning.scan(write(clamd.EICAR), at=AT) == Scan(Verdict.NOT_SCANNED)


def test_a_clean_file_is_streamed_whole_and_found_clean(settings: Settings, write: Writer) -> None:
    size = 3 * scanning.PIECE + 17
    with clamd.on_tcp() as (address, daemon):
        settings.CLAMD_ADDRESS = address
        assert scanning.scan(write(b"x" * size), at=AT) == Scan(Verdict.CLEAN, AT)
    assert daemon.seen == [size]


def test_the_test_virus_is_found_over_tcp(settings: Settings, write: Writer) -> None:
    with clamd.on_tcp() as (address, _):
        settings.CLAMD_ADDRESS = address
        found = scanning.scan(write(b"MZ" + clamd.EICAR), at=AT)
    assert found == Scan(Verdict.INFECTED, AT, "Eicar-Test-Signature")


def test_the_test_virus_is_found_over_a_unix_socket(settings: Settings, write: Writer) -> None:
    with tempfile.TemporaryDirectory() as folder, clamd.on_unix(Path(folder)) as (address, _):
        settings.CLAMD_ADDRESS = address
        scanning.ping()
        assert scanning.scan(write(clamd.EICAR), at=AT).verdict == Verdict.INFECTED


def test_a_daemon_that_is_away_lets_the_file_wait(
    settings: Settings, write: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAMD_ADDRESS = clamd.nobody_listens()
    assert scanning.scan(write(b"x"), at=AT) == Scan(Verdict.WAITING)
    assert settings.CLAMD_ADDRESS in caplog.text


def test_a_silent_daemon_costs_no_more_than_the_patience(
    settings: Settings, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PATIENCE_SECONDS", 0.3)
    with clamd.on_tcp(silent=True) as (address, _):
        settings.CLAMD_ADDRESS = address
        began = time.monotonic()
        assert scanning.scan(write(b"x"), at=AT) == Scan(Verdict.WAITING)
        assert time.monotonic() - began < 2


def test_a_daemon_that_takes_less_than_we_do_is_told_in_the_log(
    settings: Settings, write: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    with clamd.on_tcp(limit=1000) as (address, _):
        settings.CLAMD_ADDRESS = address
        assert scanning.scan(write(b"x" * 500_000), at=AT) == Scan(Verdict.WAITING)
    assert "StreamMaxLength" in caplog.text or "hung up" in caplog.text


def test_ping_says_who_does_not_answer(settings: Settings) -> None:
    settings.CLAMD_ADDRESS = clamd.nobody_listens()
    with pytest.raises(NoVerdict, match="does not answer"):
        scanning.ping()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unix:/run/clamav/clamd.ctl", (socket.AF_UNIX, "/run/clamav/clamd.ctl")),
        ("/run/clamav/clamd.ctl", (socket.AF_UNIX, "/run/clamav/clamd.ctl")),
        ("tcp:clamav:3310", (socket.AF_INET, ("clamav", 3310))),
        ("tcp://127.0.0.1:3310", (socket.AF_INET, ("127.0.0.1", 3310))),
        ("[::1]:3310", (socket.AF_INET6, ("::1", 3310))),
    ],
)
def test_an_address_is_read(text: str, expected: tuple[object, object]) -> None:
    assert scanning.address_of(text) == expected


@pytest.mark.parametrize("text", ["clamav", "tcp:clamav", "tcp:clamav:port", "tcp::3310", "tcp:clamav:70000"])
def test_an_address_that_is_none_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"unix:/run/clamav/clamd\.ctl or tcp:127\.0\.0\.1:3310"):
        scanning.address_of(text)


# --- What waits ---------------------------------------------------------------------------------------------------


def waiting(content: bytes) -> Blob:
    return blobs.store_file(file=io.BytesIO(content), media_type="application/pdf", at=AT, scan=Scan(Verdict.WAITING))


@pytest.mark.django_db
def test_waiting_files_are_released_or_condemned_by_the_worker(settings: Settings) -> None:
    good, bad = waiting(b"good"), waiting(clamd.EICAR)
    assert not good.may_be_handed_out
    with clamd.on_tcp() as (address, _):
        settings.CLAMD_ADDRESS = address
        scan_waiting_files()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.verdict, good.may_be_handed_out) == (Verdict.CLEAN, True)
    assert (bad.verdict, bad.finding, bad.may_be_handed_out) == (Verdict.INFECTED, "Eicar-Test-Signature", False)
    line = TrailEntry.objects.with_identities().get()
    assert (line.act, line.thing_id, line.actor_name) == ("file.infected", bad.pk, "the system")
    assert line.detail == {"finding": "Eicar-Test-Signature"}


@pytest.mark.django_db
def test_while_the_daemon_is_away_files_go_on_waiting_and_it_is_not_asked_for_each(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(10):
        waiting(str(number).encode())
    settings.CLAMD_ADDRESS = clamd.nobody_listens()
    assert scanning.release_waiting(at=AT) == 0
    assert Blob.objects.filter(verdict=Verdict.WAITING).count() == 10
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == scanning.MOST_FAILURES


@pytest.mark.django_db
def test_files_that_wait_for_a_daemon_that_was_given_up_are_released_unscanned(settings: Settings) -> None:
    blob = waiting(b"x")
    settings.CLAMD_ADDRESS = ""
    assert scanning.release_waiting(at=AT) == 1
    blob.refresh_from_db()
    assert blob.verdict == Verdict.NOT_SCANNED


@pytest.mark.django_db
def test_bytes_that_are_missing_from_the_disk_keep_nobody_else_waiting(settings: Settings) -> None:
    gone, there = waiting(b"gone"), waiting(b"there")
    gone.path.unlink()
    with clamd.on_tcp() as (address, _):
        settings.CLAMD_ADDRESS = address
        assert scanning.release_waiting(at=AT) == 1
    there.refresh_from_db()
    assert there.verdict == Verdict.CLEAN


# --- Verdicts on bytes that are there -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        (Verdict.NOT_SCANNED, Verdict.CLEAN, Verdict.CLEAN),
        (Verdict.NOT_SCANNED, Verdict.INFECTED, Verdict.INFECTED),
        (Verdict.NOT_SCANNED, Verdict.WAITING, Verdict.NOT_SCANNED),
        (Verdict.WAITING, Verdict.CLEAN, Verdict.CLEAN),
        (Verdict.WAITING, Verdict.NOT_SCANNED, Verdict.NOT_SCANNED),
        (Verdict.CLEAN, Verdict.INFECTED, Verdict.INFECTED),
        (Verdict.CLEAN, Verdict.WAITING, Verdict.CLEAN),
        (Verdict.CLEAN, Verdict.NOT_SCANNED, Verdict.CLEAN),
        (Verdict.INFECTED, Verdict.CLEAN, Verdict.CLEAN),
        (Verdict.INFECTED, Verdict.WAITING, Verdict.INFECTED),
        (Verdict.INFECTED, Verdict.NOT_SCANNED, Verdict.INFECTED),
    ],
)
def test_the_newest_verdict_of_a_scan_stands(first: Verdict, then: Verdict, stands: Verdict) -> None:
    for verdict in (first, then):
        blob = blobs.store_file(file=io.BytesIO(b"abc"), media_type="application/pdf", at=AT, scan=Scan(verdict, AT))
    assert Blob.objects.get().verdict == blob.verdict == stands


@pytest.mark.django_db
def test_our_own_documents_do_not_touch_the_verdict() -> None:
    waiting(b"abc")
    assert blobs.store(content=b"abc", media_type="application/pdf", at=AT).verdict == Verdict.WAITING


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["sha256", "size", "media_type", "stored_at"])
def test_the_database_lets_nobody_change_what_a_blob_is(column: str) -> None:
    blob = blobs.store(content=b"abc", media_type="application/pdf", at=AT)
    others = {"sha256": "0" * 64, "size": 4, "media_type": "text/html", "stored_at": datetime(2020, 1, 1, tzinfo=UTC)}
    with pytest.raises(InternalError, match="blobs_never_change"), transaction.atomic():
        Blob.objects.filter(pk=blob.pk).update(**{column: others[column]})
    with pytest.raises(InternalError, match="blobs_never_change"), transaction.atomic():
        Blob.objects.filter(pk=blob.pk).delete()
