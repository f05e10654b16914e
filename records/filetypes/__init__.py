"""Which kind of file something is, told from its content; and why it is not taken. Pure: no Django, no database.

    recognised = recognise(path, "minutes of 3 May.pdf")      # raises NotTaken
    recognised.kind.media_type, recognised.name

What a file's name or sender says of it is compared with the content, never believed. Reading foreign bytes may take
long or much memory: `python -m records.filetypes PATH NAME` does it in a process of its own with limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from records.filetypes import archives, images, mails, ole, pdfs
from records.filetypes.kinds import EML, ENDINGS, IN_WORDS, MOST_BYTES, PDF, TAKEN, FileType, NotTaken, broken
from records.filetypes.kinds import two_in_one as _two_in_one
from records.filetypes.names import ending_of, named_as, refuse_hidden_ending, safe_name

__all__ = ["ENDINGS", "IN_WORDS", "MOST_BYTES", "TAKEN", "FileType", "NotTaken", "Recognised", "recognise", "safe_name"]

HEAD = 64 * 1024
EMPTY = "It is empty (0 bytes). Open it where it comes from, check that it was saved, and add it again."
TOO_BIG = (
    "It has {size:.1f} MB, and the limit is {limit} MB. Send a smaller version (fewer pictures, or pictures saved "
    "smaller), part of it, or a link to where it is kept."
)
OTHER = "It is {what}, and that is not taken as evidence. {mend}"
SAVE_AS_PDF = "Save or print it as a PDF, and add that."
_XML_OR_PAGE = re.compile(rb"<\s*(?:!doctype\s+)?(svg|html|script|body|head)\b", re.IGNORECASE)
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"MZ", "a Windows program", "Programs are no evidence: say in the text what it shows."),
    (b"\x7fELF", "a Linux program", "Programs are no evidence: say in the text what it shows."),
    (b"#!", "a script", "Programs are no evidence: say in the text what it shows."),
    (b"{\\rtf", "rich text (RTF)", "Open it, save it as .docx or PDF, and add that."),
    (b"Rar!", "a packed archive (RAR)", "Unpack it and add the files in it."),
    (b"7z\xbc\xaf", "a packed archive (7z)", "Unpack it and add the files in it."),
    (b"\x1f\x8b", "a packed file (gzip)", "Unpack it and add the file in it."),
    (b"BM", "a bitmap picture (BMP)", "Save it as PNG or JPEG, and add that."),
    (b"ID3", "a sound recording", "Give a link to where it is kept."),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that is taken: its kind by content, and its name made safe, with an ending of that kind."""

    kind: FileType
    name: str

    def as_json(self) -> str:
        return json.dumps({"media_type": self.kind.media_type, "name": self.name})

    @classmethod
    def from_json(cls, text: str) -> Recognised:
        said = json.loads(text)
        return cls(next(kind for kind in TAKEN if kind.media_type == said["media_type"]), said["name"])


def refuse_size(size: int) -> None:
    """Raise NotTaken for a file of no bytes or of too many."""
    if size == 0:
        raise NotTaken(EMPTY)
    if size > MOST_BYTES:
        # Never rounded down to the limit itself: “it has 20.0 MB, and the limit is 20 MB” helps nobody.
        shown = max(size / 1024**2, MOST_BYTES / 1024**2 + 0.1)
        raise NotTaken(TOO_BIG.format(size=shown, limit=MOST_BYTES // 1024**2))


def recognise(path: Path, name: str) -> Recognised:
    """Return what the file at `path`, which its owner calls `name`, is. Raises NotTaken with the reason and the mend.

    Reads the whole file; what it unpacks is counted and bounded.
    """
    refuse_size(path.stat().st_size)
    safe = safe_name(name)
    refuse_hidden_ending(safe)
    with path.open("rb") as file:
        head = file.read(HEAD)
        kind, look_inside = _by_content(file, head, safe)
        named = named_as(kind, safe)
        try:
            look_inside()
        except NotTaken:
            raise
        except Exception as error:  # readers of foreign bytes raise whatever comes: all of it means the same here
            raise broken(kind) from error
    return Recognised(kind, named)


def _by_content(file: BinaryIO, head: bytes, name: str) -> tuple[FileType, Callable[[], None]]:
    """Return the kind of file, and what is left to do to make sure of it. Raises NotTaken for every other kind."""
    if head.startswith(b"%PDF-"):
        return PDF, lambda: pdfs.refuse_unless_sound(file)
    if picture := images.recognise(head):
        return picture, lambda: images.refuse_unless_sound(file, picture)
    if head.startswith(b"PK\x03\x04"):
        return archives.recognise(file), lambda: None
    if head.startswith(ole.MAGIC):
        return _compound(file), lambda: None
    if b"%PDF-" in head[: pdfs.BEGINNING]:
        raise _two_in_one(PDF, "there are bytes before its beginning")
    if b"\0" not in head and mails.looks_like_one(head):
        return EML, lambda: mails.refuse_unless_sound(file)
    raise NotTaken(_of_another_kind(head, name))


def _compound(file: BinaryIO) -> FileType:
    try:
        return ole.recognise(file)
    except NotTaken:
        raise
    except Exception as error:  # as above: a reader of foreign bytes
        raise broken(ole.COMPOUND) from error


def _of_another_kind(head: bytes, name: str) -> str:
    what, mend = _what_else(head, name)
    return OTHER.format(what=what, mend=mend)


def _what_else(head: bytes, name: str) -> tuple[str, str]:
    found = _XML_OR_PAGE.search(head[:4096])
    if found and found[1].lower() == b"svg":
        return "an SVG drawing, which can carry scripts", "Save it as PNG, and add that."
    if found:
        return "a web page (HTML), which can carry scripts", SAVE_AS_PDF
    for beginning, what, mend in _OTHERS:
        if head.startswith(beginning):
            return what, mend
    if head[4:8] == b"ftyp":
        return "a film", "Give a link to where it is kept."
    if b"\0" not in head and _is_text(head):
        if ending_of(name) == "eml":
            return "a text without the header of an e-mail", "Save the e-mail from your mail program again."
        return "plain text", "Paste it into the evidence box of the theme, or save it as a PDF."
    if guessed := _guessed(head):
        return f"of another kind, by its content perhaps {guessed}", SAVE_AS_PDF
    return "of a kind that cannot be told from its content, or broken", SAVE_AS_PDF


def _is_text(head: bytes) -> bool:
    try:
        head[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > 4090  # cut in the middle of a character
    return True


def _guessed(head: bytes) -> str:
    import puremagic

    try:
        return str(puremagic.magic_string(head)[0].name).strip()[:60]
    except Exception:  # it knows nothing of the kind
        return ""
