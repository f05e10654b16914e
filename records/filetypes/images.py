"""Pictures: of a size that can be shown, read to their end, and nothing behind it. SVG is no picture but a program."""

from __future__ import annotations

import io
import re
import struct
import warnings
from typing import BinaryIO

from records.filetypes import archives
from records.filetypes.kinds import GIF, HEIC, JPEG, PNG, TIFF, WEBP, FileType, NotTaken, broken, two_in_one

MOST_PIXELS = 80_000_000  # above every camera that people carry, below what makes a browser stumble
MOST_FRAMES = 1000
MOST_TAIL = 64 * 1024
_READERS = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", WEBP: "WEBP", TIFF: "TIFF"}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_RUNS = re.compile(rb"<\s*(script|iframe|html|!doctype\s+html)\b|<\?php|%PDF-", re.IGNORECASE)
_GIF_AS_SCRIPT = re.compile(rb"\*/\s*=")  # after “GIF89a/*”: a picture that is a comment in a program
BOMB = (
    "It is a picture of {what}, more than can be shown. Save it smaller (80 million pixels at most, for example 10,000 "
    "by 8,000), and add that."
)


def recognise(head: bytes) -> FileType | None:
    """Return the kind of picture that begins like this, or None."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    return None


def refuse_unless_sound(file: BinaryIO, kind: FileType) -> None:
    """Raise NotTaken where the picture is too large to show, broken, or more than a picture."""
    file.seek(0)
    content = file.read()
    end = _ENDS[kind](content)
    if end > len(content):
        raise broken(kind)
    if end < len(content) and not _may_follow(content[end:], kind):
        raise two_in_one(kind, "there are bytes after its end")
    # A script in the remarks of a picture does nothing in a picture; it waits for a program that takes it for a page.
    if _RUNS.search(content) or (kind is GIF and _GIF_AS_SCRIPT.search(content)):
        raise two_in_one(kind, "a script or a web page")
    if archives.is_one(io.BytesIO(content)):
        raise two_in_one(kind, "a ZIP archive")
    if kind in _READERS:
        _refuse_unreadable(content, kind)


def _refuse_unreadable(content: bytes, kind: FileType) -> None:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large pictures: the limit is ours
        try:
            with Image.open(io.BytesIO(content), formats=[_READERS[kind]]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise NotTaken(BOMB.format(what=f"{width:,} by {height:,} pixels"))
                if getattr(picture, "n_frames", 1) > MOST_FRAMES:
                    raise NotTaken(BOMB.format(what=f"over {MOST_FRAMES:,} frames"))
                picture.seek(0)
                picture.load()
        except NotTaken:
            raise
        except Image.DecompressionBombError as error:
            raise NotTaken(BOMB.format(what="hundreds of millions of pixels")) from error
        except Exception as error:  # whatever a reader of foreign bytes raises
            raise broken(kind) from error


def _may_follow(tail: bytes, kind: FileType) -> bool:
    """Padding may; and behind a photograph, the second picture or the notes that telephones put there."""
    if not tail.strip(b"\0"):
        return True
    if kind is not JPEG:
        return False
    if tail.startswith(b"\xff\xd8\xff"):
        try:
            end = _jpeg_end(tail)
        except NotTaken:
            return False
        return end <= len(tail) and _may_follow(tail[end:], kind)
    return len(tail) <= MOST_TAIL and tail.endswith(b"SEFT") and b"SEFH" in tail


def _png_end(content: bytes) -> int:
    at = 8
    while at + 12 <= len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        at += 12 + int(length)  # with its length, name and checksum
        if name == b"IEND":
            return at
    raise broken(PNG)


def _jpeg_end(content: bytes) -> int:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise broken(JPEG)
        marker = content[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif marker == 0xD9:
            return at + 2
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            (length,) = struct.unpack(">H", content[at + 2 : at + 4])
            at += 2 + length
            if marker == 0xDA:
                at = _scan_end(content, at)
    if content[at : at + 2] == b"\xff\xd9":
        return at + 2
    raise broken(JPEG)


def _scan_end(content: bytes, at: int) -> int:
    """Return where the next marker after packed picture data stands."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        following = content[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
    raise broken(JPEG)


def _gif_end(content: bytes) -> int:
    at = 13 + (3 << ((content[10] & 7) + 1) if len(content) > 12 and content[10] & 0x80 else 0)
    while at < len(content):
        block = content[at]
        if block == 0x3B:
            return at + 1
        if block == 0x21:
            at = _gif_blocks_end(content, at + 2)
        elif block == 0x2C and at + 10 <= len(content):
            local = content[at + 9]
            at += 10 + (3 << ((local & 7) + 1) if local & 0x80 else 0)
            at = _gif_blocks_end(content, at + 1)
        else:
            raise broken(GIF)
    raise broken(GIF)


def _gif_blocks_end(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += content[at] + 1
    return at + 1


def _webp_end(content: bytes) -> int:
    (length,) = struct.unpack("<I", content[4:8])
    return int(8 + length + length % 2)


def _tiff_end(content: bytes) -> int:
    return len(content)  # its parts point at each other: there is no last one


def _heic_end(content: bytes) -> int:
    at, names = 0, []
    while at + 8 <= len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        if length == 1 and at + 16 <= len(content):
            (length,) = struct.unpack(">Q", content[at + 8 : at + 16])
        elif length == 0:
            length = len(content) - at
        if length < 8:
            raise broken(HEIC)
        names.append(name)
        at += length
    if b"meta" not in names or b"moov" in names:
        raise broken(HEIC)
    return at


_ENDS = {
    PNG: _png_end,
    JPEG: _jpeg_end,
    GIF: _gif_end,
    WEBP: _webp_end,
    TIFF: _tiff_end,
    HEIC: _heic_end,
}
