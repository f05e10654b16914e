"""What a digest was found to be: the words that each room answers in when it is asked what it knows by a digest.

A content digest is of what something says and is printed on its documents; a file digest is of a stored file's bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from records.models import Blob, TrailEntry

_PIECE = 1 << 20  # bytes read at a time
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Matched(StrEnum):
    """Which of the two kinds of digest it was."""

    CONTENT = "content digest"
    FILE = "file digest"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked at this moment, and whether it is as it should be."""

    text: str
    is_well: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Something that has the digest. `standing` says whether it still counts; `stands` is the same in a word."""

    matched: Matched
    thing: str
    address: str
    facts: tuple[tuple[str, str], ...]
    standing: str
    stands: bool
    findings: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether everything that was checked is as it should be."""
        return all(finding.is_well for finding in self.findings)


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 as this product writes it: 64 hexadecimal digits in small letters."""
    return _SHA256.fullmatch(text) is not None


def what_ails(blob: Blob) -> str:
    """Return what is wrong with the blob's bytes, read now from where they are stored; "" where nothing is.

    They have to be there, as many as the row says, and hash to the name they are kept under; of a file that was taken
    away they have to be gone, and the trail has to know of it.
    """
    if blob.removed_at is not None:
        return _what_ails_a_gap(blob)
    found, size = hashlib.sha256(), 0
    try:
        with blob.path.open("rb") as file:
            while piece := file.read(_PIECE):
                found.update(piece)
                size += len(piece)
    except FileNotFoundError:
        return "the file is missing"
    except OSError as error:
        return f"the file cannot be read ({error.strerror})"
    if found.hexdigest() != blob.sha256:
        return f"its bytes have the digest {found.hexdigest()}"
    return "" if size == blob.size else f"it has {size} bytes, and {blob.size} are on record"


def _what_ails_a_gap(blob: Blob) -> str:
    taken_away = TrailEntry.objects.filter(thing_type=Blob._meta.label, thing_id=blob.pk, act="file.taken_away")
    if not taken_away.exists():
        return "its row says that its bytes were taken away, and the trail does not know of it"
    return "its bytes were to be taken away and are still there" if blob.path.exists() else ""


def finding_on_bytes(blob: Blob) -> Finding:
    """Return what reading the stored file now shows, for the page that answers about its digest."""
    if problem := what_ails(blob):
        return Finding(f"The stored file is not what was stored: {problem}.", is_well=False)
    if blob.removed_at is not None:
        return Finding("The file was taken out because the law asked for it; its digest was this one.", is_well=True)
    return Finding("The stored file, read again just now, has this digest.", is_well=True)
