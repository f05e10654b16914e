"""The older Office files and Outlook's e-mails: OLE compound files.

Record numbers are those of Microsoft's published formats: [MS-DOC] 2.5.1, [MS-XLS] 2.4, [MS-PPT] 2.3, [MS-OXMSG] 2.2.
"""

from __future__ import annotations

import io
import re
import struct
from typing import Any, BinaryIO

from records.filetypes.kinds import DOC, MSG, PPT, XLS, FileType, NotTaken, broken, two_in_one
from records.filetypes.names import STARTED, ending_of, safe_name

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
COMPOUND = FileType("an older Office file", "application/x-ole-storage", ("doc", "xls", "ppt", "msg"))
ENCRYPTED = "It is protected with a password. Save it without one, or as a PDF, and add that."
MACROS = (
    "It carries macros (small programs), which nobody needs in order to read evidence and which could harm whoever "
    "opens it. Save it as a PDF, or as .docx, .xlsx or .pptx without macros, and add that."
)
STARTED_INSIDE = "It has a file attached that a double click would start ({name}). Take it out, and add it again."
_FREE = 0xFFFFFFFF
_MOST_BIFF = 8 * 1024 * 1024
_BOUND_SHEET, _FILE_PASS, _END_OF_GLOBALS = 0x0085, 0x002F, 0x000A
_VBA_STORAGES = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
_PPT_HAS_MACROS = re.compile(rb"\x02\x00\x00\x04\x0c\x00\x00\x00.{4}\x01\x00\x00\x00", re.DOTALL)
# Names of attachments: long and short, in UTF-16 and in bytes.
_NAME_STREAMS = ("3707001f", "3704001f", "3707001e", "3704001e")


def recognise(file: BinaryIO) -> FileType:
    """Return which document the compound file is. Raises NotTaken."""
    opened = _open(file)
    paths = [[part.lower() for part in path] for path in opened.listdir(streams=True, storages=True)]
    tops = {path[0] for path in paths}
    if "encryptedpackage" in tops or "encryptioninfo" in tops:
        raise NotTaken(ENCRYPTED)
    kind = _kind(tops)
    _refuse_bytes_after(file, opened, kind)
    if any(part in _VBA_STORAGES for path in paths for part in path):
        raise NotTaken(MACROS)
    if kind is DOC and struct.unpack("<H", _stream(opened, "WordDocument")[10:12])[0] & 0x0100:
        raise NotTaken(ENCRYPTED)
    if kind is XLS:
        _look_through_workbook(_stream(opened, "Workbook" if "workbook" in tops else "Book"))
    if kind is PPT:
        if b"\xdf\xc4\xd1\xf3" in _stream(opened, "Current User")[:64]:
            raise NotTaken(ENCRYPTED)
        if _PPT_HAS_MACROS.search(_stream(opened, "PowerPoint Document")):
            raise NotTaken(MACROS)
    for path in opened.listdir():
        _refuse_started(opened, path)
    return kind


def refuse_started_package(content: bytes) -> None:
    """Raise NotTaken where an object inside a document is an attached program, or carries macros."""
    opened = _open(io.BytesIO(content))
    for path in opened.listdir(streams=True, storages=True):
        if any(part.lower() in _VBA_STORAGES for part in path):
            raise NotTaken(MACROS)
    for path in opened.listdir():
        _refuse_started(opened, path)


def _open(file: BinaryIO) -> Any:
    import olefile

    file.seek(0)
    return olefile.OleFileIO(file)


def _kind(tops: set[str]) -> FileType:
    marks = (
        ("worddocument", DOC),
        ("workbook", XLS),
        ("book", XLS),
        ("powerpoint document", PPT),
        ("__properties_version1.0", MSG),
    )
    found = list(dict.fromkeys(kind for mark, kind in marks if mark in tops))
    if len(found) > 1:
        raise two_in_one(found[0], found[1].name)
    if not found:
        raise NotTaken(
            "It is a file of an older Office program that is not taken (such as Visio, Publisher or an installer). "
            "Save it as a PDF, and add that."
        )
    return found[0]


def _stream(opened: Any, name: str) -> bytes:
    content: bytes = opened.openstream(name).read()
    return content


def _refuse_bytes_after(file: BinaryIO, opened: Any, kind: FileType) -> None:
    """What lies behind the last sector in use belongs to no part of the file; padding with zeros is common."""
    last = max((number for number, following in enumerate(opened.fat) if following != _FREE), default=0)
    file.seek((last + 2) * opened.sector_size)
    while piece := file.read(1 << 16):
        if piece.strip(b"\0"):
            raise two_in_one(kind, "there are bytes after its end")


def _look_through_workbook(workbook: bytes) -> None:
    """Walk the records of the workbook's first part: a password, or sheets of macros."""
    at = 0
    while at + 4 <= min(len(workbook), _MOST_BIFF):
        number, length = struct.unpack("<HH", workbook[at : at + 4])
        body = workbook[at + 4 : at + 4 + length]
        if number == _FILE_PASS:
            raise NotTaken(ENCRYPTED)
        if number == _BOUND_SHEET and len(body) > 5 and body[5] in (0x01, 0x06):
            raise NotTaken(MACROS)
        if number == _END_OF_GLOBALS:
            return
        at += 4 + length
    raise broken(XLS)


def _refuse_started(opened: Any, path: list[str]) -> None:
    last = path[-1].lower()
    if last == "\x01ole10native":
        # Its size, two flags, then what it was called, up to a zero.
        name = opened.openstream(path).read(1024)[6:].split(b"\0")[0].decode("latin-1")
    elif last.startswith("__substg1.0_") and last.endswith(_NAME_STREAMS):
        encoding = "utf-16-le" if last.endswith("1f") else "latin-1"
        name = opened.openstream(path).read(1024).decode(encoding, "replace")
    else:
        return
    if ending_of(safe_name(name)) in STARTED:
        raise NotTaken(STARTED_INSIDE.format(name=safe_name(name)[:80]))
