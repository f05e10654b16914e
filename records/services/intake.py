"""Taking in a file that somebody sends: looking through it, having it scanned, keeping its bytes.

What a file is of, and who may add it, is for the callers to say: a statement’s theme, an audit, a meeting.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from records import filetypes
from records.models import Blob, Verdict
from records.services import blobs, inspecting, scanning
from records.services.scanning import Scan

INFECTED = (
    "The antivirus found something in it ({finding}), so it was not kept. Tell your IT support, and do not open the "
    "file or pass it on."
)


class NotKept(Exception):
    """The file is not kept; the text says why and how to mend it."""


class Infected(NotKept):
    """The antivirus found something. `name` is the file’s, made safe; the caller records it where it was sent."""

    def __init__(self, name: str, finding: str) -> None:
        super().__init__(INFECTED.format(finding=finding))
        self.name, self.finding = name, finding


@dataclass(frozen=True)
class Taken:
    """Bytes that are kept, and what their owner called them, made safe."""

    blob: Blob
    name: str


def take(file: UploadedFile[Any], *, at: datetime) -> Taken:
    """Keep a file’s bytes. Raises NotKept with the reason and the mend where it is not taken, Infected among them.

    What the antivirus could not look at yet is kept and waits, withheld.
    """
    with tempfile.NamedTemporaryFile() as copy:
        path = _path_of(file, copy)
        recognised = _inspected(file, path)
        scan = scanning.scan(path, at=at)
        if scan.verdict == Verdict.INFECTED:
            raise Infected(recognised.name, scan.finding)
        blob = _kept(path, recognised, scan, at=at)
    if blob.verdict == Verdict.INFECTED:  # found in these very bytes before, while nothing scans them now
        raise Infected(recognised.name, blob.finding)
    return Taken(blob, recognised.name)


def _path_of(file: UploadedFile[Any], copy: Any) -> Path:
    """Where the bytes lie on the disk: as they were received, or as they are written into `copy` now."""
    if hasattr(file, "temporary_file_path"):
        return Path(file.temporary_file_path())
    for piece in file.chunks():
        copy.write(piece)
    copy.flush()
    return Path(copy.name)


def _inspected(file: UploadedFile[Any], path: Path) -> filetypes.Recognised:
    try:
        filetypes.refuse_size(file.size or 0)  # what is over the limit has not been kept to its end
        return inspecting.inspect(path, name=file.name or "")
    except filetypes.NotTaken as refusal:
        raise NotKept(str(refusal)) from refusal


def _kept(path: Path, recognised: filetypes.Recognised, scan: Scan, *, at: datetime) -> Blob:
    with path.open("rb") as content:
        try:
            return blobs.store_file(file=content, media_type=recognised.kind.media_type, at=at, scan=scan)
        except blobs.TakenAway as refusal:
            raise NotKept(str(refusal)) from refusal
