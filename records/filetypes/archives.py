"""Office and OpenDocument files: ZIP archives that are looked through entry by entry, within limits.

Every byte of the file must belong to the archive, and every entry is unpacked and counted: what an entry says of its
own size is not believed. Method for overlapping entries: D. Fifield, “A better zip bomb”, WOOT 2019.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from records.filetypes import ole
from records.filetypes.kinds import DOCX, ODP, ODS, ODT, PPTX, XLSX, FileType, NotTaken, broken, two_in_one
from records.filetypes.names import STARTED, ending_of

MOST_ENTRIES = 10_000
MOST_UNPACKED = 250 * 1024 * 1024
MOST_RATIO = 100  # unpacked to packed; honest workbooks stay below 50
SMALL = 10 * 1024 * 1024  # below this the ratio says nothing: a table of zeros packs very well
MOST_DEPTH = 2  # a workbook in a presentation in a document
MOST_TEXT = 5 * 1024 * 1024  # of one of the parts that say what belongs to what

PACKED_FILE = FileType("a packed file", "application/zip", ("zip",))
BOMB = (
    "It unpacks to far more than a document holds ({what}), which is how files that bring computers to a stand are "
    "made. Open it, save it as a PDF, and add that."
)
MACROS = (
    "It carries macros (small programs), which nobody needs in order to read evidence and which could harm whoever "
    "opens it. Save it as {instead} without macros, or as a PDF, and add that."
)
ENCRYPTED = "It is protected with a password. Save it without one, or as a PDF, and add that."
PLAIN_ZIP = "It is a ZIP archive, and archives are not taken. Unpack it and add the files in it."
_MAIN_PARTS = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
    (b"presentationml.presentation.main+xml", PPTX),
)
_OTHER_PARTS = (b"template.main+xml", b"slideshow.main+xml")
_OPENDOCUMENT = {kind.media_type.encode(): kind for kind in (ODT, ODS, ODP)}
_NESTED = ("docx", "xlsx", "pptx", "odt", "ods", "odp", "sldx")
_PACKED_PICTURES = ("emz", "wmz")  # what Office itself packs
_READ_WHOLE = re.compile(r"\[content_types\]\.xml|mimetype|meta-inf/manifest\.xml|.*\.rels")
_RELATIONSHIP = re.compile(rb"<[^<>]*Relationship\b[^<>]*>", re.IGNORECASE)
_FETCHED = re.compile(rb"relationships/(attachedTemplate|oleObject|frame|subDocument)", re.IGNORECASE)
_FROM_ELSEWHERE = re.compile(rb"Target\s*=\s*[\"']\s*(https?|ftp|mhtml|javascript|script|ms-[a-z]+):", re.IGNORECASE)


@dataclass
class Room:
    """How much may still be unpacked, over an archive and all that it holds."""

    unpacked: int
    entries: int


def recognise(file: BinaryIO) -> FileType:
    """Return which document the archive is, once all of it has been looked through. Raises NotTaken."""
    return _look_through(file, Room(MOST_UNPACKED, MOST_ENTRIES), depth=0)


def is_one(file: BinaryIO) -> bool:
    """Whether an archive program would find files in this, whatever else it is."""
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError, EOFError):
        return False


def _look_through(file: BinaryIO, room: Room, *, depth: int) -> FileType:
    size = file.seek(0, io.SEEK_END)
    _refuse_foreign_ends(file, size, room)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
            directory = archive.start_dir
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise broken(PACKED_FILE) from error
    _refuse_odd_entries(entries)
    starts = _starts(file, entries, directory)
    texts: dict[str, bytes] = {}
    unpacked = 0
    for entry, start in zip(entries, starts, strict=True):
        content = _Content(entry, depth)
        for piece in _pieces(file, start, entry):
            unpacked += len(piece)
            room.unpacked -= len(piece)
            if room.unpacked < 0:
                raise NotTaken(BOMB.format(what=f"over {MOST_UNPACKED // 1024**2} MB"))
            if unpacked > SMALL and unpacked > MOST_RATIO * size:
                raise NotTaken(BOMB.format(what=f"over {MOST_RATIO} times its size"))
            content.add(piece)
        if content.keeps_all:
            texts[entry.filename.lower()] = content.kept
        if content.is_archive:
            _look_through(io.BytesIO(content.kept), room, depth=depth + 1)
        elif content.is_ole:
            ole.refuse_started_package(content.kept)
    return _document(entries, texts)


def _refuse_foreign_ends(file: BinaryIO, size: int, room: Room) -> None:
    """The archive begins with the file's first byte and its directory's end is the file's last."""
    file.seek(max(0, size - 22))
    end = file.read(22)
    if len(end) < 22 or end[:4] != b"PK\x05\x06" or end[20:] != b"\0\0":
        if is_one(file):
            raise two_in_one(PACKED_FILE, "there are bytes after its end")
        raise broken(PACKED_FILE)
    count, length, offset = struct.unpack("<H4xII", end[8:10] + end[8:12] + end[12:20])
    if offset + length != size - 22:
        raise two_in_one(PACKED_FILE, "there are bytes that do not belong to it")
    room.entries -= count
    if room.entries < 0:
        raise NotTaken(BOMB.format(what=f"over {MOST_ENTRIES:,} parts"))


def _refuse_odd_entries(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise broken(PACKED_FILE)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise NotTaken(ENCRYPTED)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = re.split(r"[/\\]", name)
        if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in parts[0] or "\0" in name:
            raise NotTaken(
                "It is a packed file with a part that points outside of it, which no document has. Open it, save it "
                "as a PDF, and add that."
            )
        if name.lower() in seen:
            raise two_in_one(PACKED_FILE, "two of its parts have the same name")
        seen.add(name.lower())


def _starts(file: BinaryIO, entries: list[zipfile.ZipInfo], directory: int) -> list[int]:
    """Return where each entry's bytes begin, having made sure that they lie end to end and fill the file."""
    starts = []
    ends = [*(entry.header_offset for entry in entries[1:]), directory]
    if entries[0].header_offset != 0:
        raise two_in_one(PACKED_FILE, "it does not begin with its first part")
    for entry, end in zip(entries, ends, strict=True):
        file.seek(entry.header_offset)
        header = file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise broken(PACKED_FILE)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
        if file.read(name_length) != entry.orig_filename.encode(encoding, "replace"):
            raise two_in_one(PACKED_FILE, "a part has two names")
        start = entry.header_offset + 30 + name_length + extra_length
        # The sizes may follow an entry's bytes; nothing else does.
        if end - (start + entry.compress_size) not in ((0, 12, 16, 20, 24) if entry.flag_bits & 0x8 else (0,)):
            raise two_in_one(PACKED_FILE, "there are bytes between its parts")
        starts.append(start)
    return starts


def _pieces(file: BinaryIO, start: int, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack an entry a piece at a time, to the last byte; raise NotTaken where that is not what it says it is."""
    file.seek(start)
    left, total, checksum = entry.compress_size, 0, 0
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise broken(PACKED_FILE)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    waiting = b""
    while left or waiting:
        if not waiting:
            waiting = file.read(min(left, 1 << 16))
            if not waiting:
                raise broken(PACKED_FILE)
            left -= len(waiting)
        if unpacker is None:
            piece, waiting = waiting, b""
        else:
            try:
                piece = unpacker.decompress(waiting, 1 << 20)
            except zlib.error as error:
                raise broken(PACKED_FILE) from error
            waiting = unpacker.unconsumed_tail
            if unpacker.unused_data or (unpacker.eof and (left or waiting)):
                raise two_in_one(PACKED_FILE, "there are bytes after the end of a part")
        total += len(piece)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if unpacker is not None:
        while piece := unpacker.decompress(b"", 1 << 20):
            total += len(piece)
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if not unpacker.eof:
            raise broken(PACKED_FILE)
    if total != entry.file_size or checksum != entry.CRC:
        raise broken(PACKED_FILE)


class _Content:
    """What has to be kept of an entry while it is unpacked: its head always, all of it where it is looked into."""

    def __init__(self, entry: zipfile.ZipInfo, depth: int) -> None:
        self.entry = entry
        self.depth = depth
        self.ending = ending_of(entry.filename)
        self.kept = b""
        self.is_archive = self.is_ole = False
        self.keeps_all = bool(_READ_WHOLE.fullmatch(entry.filename.lower()))
        self._buffer = io.BytesIO()
        self._begun = False

    def add(self, piece: bytes) -> None:
        if not self._begun and piece:
            self._begun = True
            self._judge_head(piece[:4096])
        if self.keeps_all or self.is_archive or self.is_ole:
            self._buffer.write(piece)
            if self.keeps_all and self._buffer.tell() > MOST_TEXT:
                raise NotTaken(BOMB.format(what="in a part that is only a list"))
            self.kept = self._buffer.getvalue() if self._buffer.tell() >= self.entry.file_size else b""

    def _judge_head(self, head: bytes) -> None:
        name = self.entry.filename
        if self.ending in ("xml", "rels") and b"<!ENTITY" in head:
            raise NotTaken(BOMB.format(what="by way of XML entities"))
        if head.startswith(b"PK\x03\x04"):
            if self.ending not in _NESTED:
                raise NotTaken(f"It has a packed archive inside ({name[:80]}). Take it out, and add what is in it.")
            if self.depth >= MOST_DEPTH:
                raise NotTaken(BOMB.format(what="documents in documents in documents"))
            self.is_archive = True
        elif head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")) and self.ending not in _PACKED_PICTURES:
            raise NotTaken(f"It has a packed archive inside ({name[:80]}). Take it out, and add what is in it.")
        elif self.ending in STARTED - {"svg"} or head.startswith((b"MZ\x90\0", b"\x7fELF")):
            raise NotTaken(f"It has a program inside ({name[:80]}). Take it out, or save it as a PDF, and add that.")
        elif head.startswith(ole.MAGIC):
            self.is_ole = True


def _document(entries: list[zipfile.ZipInfo], texts: dict[str, bytes]) -> FileType:
    names = [entry.filename.lower() for entry in entries]
    if "[content_types].xml" in texts:
        kind = _office_document(_plain(texts["[content_types].xml"]))
        _refuse_fetched_parts([_plain(text) for name, text in texts.items() if name.endswith(".rels")])
    elif texts.get("mimetype") in _OPENDOCUMENT:
        kind = _OPENDOCUMENT[texts["mimetype"]]
        if b"encryption-data" in texts.get("meta-inf/manifest.xml", b""):
            raise NotTaken(ENCRYPTED)
    else:
        raise NotTaken(PLAIN_ZIP)
    if any(_is_program(name) for name in names):
        raise NotTaken(MACROS.format(instead=f".{kind.endings[0]}"))
    return kind


def _plain(text: bytes) -> bytes:
    """XML is UTF-8 or UTF-16; names that matter here are ASCII in both."""
    return text.replace(b"\0", b"")


def _office_document(content_types: bytes) -> FileType:
    found = [kind for mark, kind in _MAIN_PARTS if mark in content_types]
    if b"macroenabled" in content_types.lower() or b"vbaproject" in content_types.lower():
        raise NotTaken(MACROS.format(instead=f".{found[0].endings[0]}" if found else ".docx, .xlsx or .pptx"))
    if len(found) == 1:
        return found[0]
    if found:
        raise two_in_one(found[0], found[1].name)
    if any(mark in content_types for mark in _OTHER_PARTS):
        raise NotTaken("It is a template or slide show. Save it as a document, workbook or presentation, and add that.")
    raise NotTaken(PLAIN_ZIP)


def _is_program(name: str) -> bool:
    return (
        name.endswith(("vbaproject.bin", "vbadata.xml"))
        or "/macrosheets/" in name
        or "/activex/" in name
        or name.startswith(("basic/", "scripts/"))
    )


def _refuse_fetched_parts(relationships: list[bytes]) -> None:
    """A template or object that is fetched from elsewhere on opening can bring macros with it."""
    for text in relationships:
        for one in _RELATIONSHIP.findall(text):
            if _FETCHED.search(one) and _FROM_ELSEWHERE.search(one):
                raise NotTaken(
                    "It fetches a part of itself from another address when it is opened. Save it as a PDF, and add "
                    "that."
                )
