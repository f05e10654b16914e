"""Storing bytes for good."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from records.models import Blob, Verdict
from records.services import scanning, trail
from records.services.scanning import Scan

PIECE = 256 * 1024


class TakenAway(Exception):
    """These bytes were taken away for good, because the law asked for it."""


def store(*, content: bytes, media_type: str, at: datetime) -> Blob:
    """Keep bytes of our own making under their SHA-256 and return their row. The same bytes are stored once."""
    return store_file(file=io.BytesIO(content), media_type=media_type, at=at)


def store_file(*, file: IO[bytes], media_type: str, at: datetime, scan: Scan | None = None) -> Blob:
    """Keep what `file` holds under its SHA-256 and return its row; `scan` is what is known of the bytes.

    Read a piece at a time, once. The file is on disk, complete and synced, before the row that names it can be seen.
    Bytes that are there already keep their row; a newer verdict on them is written onto it. Raises TakenAway for bytes
    that were taken away for good.
    """
    digest, size = _write(file)
    found = scan or Scan(Verdict.NOT_SCANNED)
    stored, is_new = Blob.objects.get_or_create(
        sha256=digest,
        defaults={
            "size": size,
            "media_type": media_type,
            "stored_at": at,
            "verdict": found.verdict,
            "scanned_at": found.at,
            "finding": found.finding,
        },
    )
    if stored.removed_at is not None:
        stored.path.unlink(missing_ok=True)
        raise TakenAway("A file with these very bytes was taken out by law, so it is not kept again.")
    if not is_new and scan is not None and scanning.settle(stored, scan, at=at):
        stored.refresh_from_db()
    return stored


def take_away(*, blob: Blob, by: AbstractBaseUser | None, at: datetime) -> None:
    """Take a file's bytes away for good; its row, with its digest and size, stays. The bytes go when all is committed.

    Where the process ends between the two, `take_away_leftovers` removes them.
    """
    if blob.removed_at is not None:
        return
    Blob.objects.filter(pk=blob.pk).update(removed_at=at)
    blob.removed_at = at
    trail.record(act="file.taken_away", thing=blob, by=by, at=at, sha256=blob.sha256)
    transaction.on_commit(lambda: blob.path.unlink(missing_ok=True), robust=True)


def take_away_leftovers() -> int:
    """Remove the bytes of files that were taken away while something failed; return how many there were."""
    left = [blob for blob in Blob.objects.exclude(removed_at=None) if blob.path.exists()]
    for blob in left:
        blob.path.unlink(missing_ok=True)
    return len(left)


def _write(file: IO[bytes]) -> tuple[str, int]:
    """Write the bytes under their digest, unless they are there; return the digest and their number."""
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with tempfile.NamedTemporaryFile(dir=root, prefix=".being-stored-", delete=False) as written:
        try:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                written.write(piece)
            path = Blob(sha256=digest.hexdigest()).path
            if not path.exists():
                written.flush()
                os.fsync(written.fileno())
                path.parent.mkdir(exist_ok=True)
                Path(written.name).replace(path)
                for folder in (path.parent, root):
                    _sync_names(folder)
        finally:
            Path(written.name).unlink(missing_ok=True)
    return digest.hexdigest(), size


def _sync_names(folder: Path) -> None:
    """Let new names in the folder outlast a power cut; the bytes are synced already."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
