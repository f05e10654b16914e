"""Bytes under their own digest: stored once, found again, on the disk before their row."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from records.models import Blob
from records.services import blobs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
# FIPS 180-2, appendix B.1: the digest of "abc".
OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def test_bytes_lie_under_their_sha256(folder: Path) -> None:
    blob = blobs.store(content=b"abc", media_type="text/plain", at=AT)
    assert (blob.sha256, blob.size, blob.stored_at) == (OF_ABC, 3, AT)
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / "ba" / OF_ABC]
    assert blob.path.read_bytes() == b"abc"


def test_the_same_bytes_are_stored_once() -> None:
    first = blobs.store(content=b"abc", media_type="text/plain", at=AT)
    written = first.path.stat()
    assert blobs.store(content=b"abc", media_type="text/plain", at=AT) == first
    assert first.path.stat() == written
    assert Blob.objects.count() == 1


def test_where_the_disk_refuses_there_is_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        blobs.store(content=b"abc", media_type="text/plain", at=AT)
    assert not Blob.objects.exists()
