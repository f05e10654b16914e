"""Storing bytes for good."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from records.models import Blob


def store(*, content: bytes, media_type: str, at: datetime) -> Blob:
    """Keep `content` under its SHA-256 and return its row. The same bytes are stored once.

    The file is on disk, complete and synced, before the row that names it can be seen.
    """
    digest = hashlib.sha256(content).hexdigest()
    blob = Blob(sha256=digest, size=len(content), media_type=media_type, stored_at=at)
    if not blob.path.exists():
        blob.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=blob.path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(blob.path)
        for folder in (blob.path.parent, blob.path.parent.parent):
            _sync_names(folder)
    stored, _ = Blob.objects.get_or_create(
        sha256=digest, defaults={"size": blob.size, "media_type": media_type, "stored_at": at}
    )
    return stored


def _sync_names(folder: Path) -> None:
    """Let new names in the folder outlast a power cut; the bytes are synced already."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
