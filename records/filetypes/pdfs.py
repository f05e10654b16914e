"""PDF documents: whole, open to all, and without anything that runs when they are opened.

Scripts and launch actions are refused rather than kept: evidence is read by people in other units, and printing to
PDF takes such parts out. They are looked for in the bytes themselves, whether or not the table of contents of the PDF
admits to them, and in its packed lists of objects (ISO 32000-1, 7.5.7).
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from records.filetypes import archives
from records.filetypes.kinds import PDF, NotTaken, broken, two_in_one
from records.filetypes.names import STARTED, ending_of, safe_name

MOST_UNPACKED = 250 * 1024 * 1024
MOST_OBJECTS = 100_000
BEGINNING = 1024
ENCRYPTED = (
    "It is protected with a password, or against copying and printing, so it cannot be looked through. Save it without "
    "protection, or print it to a new PDF, and add that."
)
ACTIVE = (
    "It has something inside that runs when it is opened ({what}). Print it to a new PDF (“Print”, then “Save as "
    "PDF”), which leaves that out, and add the new one."
)
_RUNS = (
    (re.compile(rb"/JavaScript(?![A-Za-z0-9])"), "JavaScript"),
    (re.compile(rb"/Launch(?![A-Za-z0-9])"), "an instruction to start a program"),
    (re.compile(rb"/RichMedia(?![A-Za-z0-9])"), "a film or animation"),
    (re.compile(rb"/XFA\s*[\[\d]"), "a form with scripts"),
)
_SHORT_SCRIPT = re.compile(rb"/JS\s*[(<\d]")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT_LIST = re.compile(rb"\s*\d+\s+\d+\s")
_OBJECT_LIST_NAMED = re.compile(rb"/ObjStm")
_OTHER_PACKING = re.compile(rb"/(LZW|ASCIIHex|ASCII85|RunLength|A85|AHx|LZ|RL|Crypt)|/Predictor\s*(?!1\b)\d")
_FILTER_ELSEWHERE = re.compile(rb"/Filter\s*\d+\s+\d+\s+R")
_WEB_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|script|svg|body|iframe)", re.IGNORECASE)


def refuse_unless_sound(file: BinaryIO) -> None:
    """Raise NotTaken where the PDF is broken, protected, active, or more than a PDF."""
    file.seek(0)
    content = file.read()
    _refuse_foreign_ends(content)
    if archives.is_one(file):
        raise two_in_one(PDF, "a ZIP archive")
    _refuse_active(content)
    _refuse_unreadable(file, has_attachments=b"/EmbeddedFile" in content or b"/Filespec" in content)


def _refuse_foreign_ends(content: bytes) -> None:
    if _WEB_PAGE.search(content[:BEGINNING]):
        raise two_in_one(PDF, "a web page")
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise broken(PDF)
    if content[end + 5 :].strip(b"\r\n\t \0"):
        raise two_in_one(PDF, "there are bytes after its end")


def _refuse_active(content: bytes) -> None:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    for pattern, what in _RUNS:
        if pattern.search(plain):
            raise NotTaken(ACTIVE.format(what=what))
    for named in _OBJECT_LIST_NAMED.finditer(plain):
        begins = max(plain.rfind(b" obj", 0, named.start()), named.start() - 2048, 0)
        ends = plain.find(b"stream", named.end(), named.end() + 2048)
        description = plain[begins : ends if ends >= 0 else named.end()]
        if _OTHER_PACKING.search(description) or _FILTER_ELSEWHERE.search(description):
            raise NotTaken(ACTIVE.format(what="a list of parts that is hidden by unusual packing"))
    for listed in _object_lists(content):
        unescaped = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), listed)
        for pattern, what in (*_RUNS, (_SHORT_SCRIPT, "JavaScript")):
            if pattern.search(unescaped):
                raise NotTaken(ACTIVE.format(what=what))


def _object_lists(content: bytes) -> Iterator[bytes]:
    """Unpack every stream that begins as a list of objects does, whatever it is called."""
    left = MOST_UNPACKED
    for found in _STREAM.finditer(content):
        begin = found.end()
        unpacker = zlib.decompressobj()
        try:
            head = unpacker.decompress(content[begin : begin + 256], 64)
        except zlib.error:
            continue
        if not _OBJECT_LIST.match(head):
            continue
        unpacker = zlib.decompressobj()
        end = content.find(b"endstream", begin)
        try:
            unpacked = unpacker.decompress(content[begin : end if end >= 0 else None], left + 1)
        except zlib.error:
            continue  # not packed after all: its bytes have been looked through as they are
        left -= len(unpacked)
        if left < 0:
            raise NotTaken(archives.BOMB.format(what=f"over {MOST_UNPACKED // 1024**2} MB"))
        yield unpacked


def _refuse_unreadable(file: BinaryIO, *, has_attachments: bool) -> None:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every slip of every program that writes PDF
    file.seek(0)
    reader = PdfReader(file, strict=False)
    if reader.is_encrypted:
        raise NotTaken(ENCRYPTED)
    if not reader.pages:
        raise broken(PDF)
    _ = reader.pages[0].mediabox
    if has_attachments:
        for name in _attached_names(reader):
            if ending_of(safe_name(name)) in STARTED:
                raise NotTaken(
                    f"It has a file attached that a double click would start ({safe_name(name)[:80]}). Print it to a "
                    "new PDF, which leaves that out, and add the new one."
                )


def _attached_names(reader: Any) -> Iterator[str]:
    from pypdf.generic import DictionaryObject, IndirectObject

    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MOST_OBJECTS:
        raise NotTaken(archives.BOMB.format(what=f"over {MOST_OBJECTS:,} parts"))
    for number, generation in numbers:
        found = reader.get_object(IndirectObject(number, generation, reader))
        if isinstance(found, DictionaryObject) and "/EF" in found:
            yield from (str(found[key]) for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac") if key in found)
