"""Files for tests, made here: honest ones of every kind that is taken, and the parts that hostile ones are made of."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from PIL import Image

CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN = "application/vnd.openxmlformats-officedocument"
MAIN_PARTS = {
    "docx": f"{MAIN}.wordprocessingml.document.main+xml",
    "xlsx": f"{MAIN}.spreadsheetml.sheet.main+xml",
    "pptx": f"{MAIN}.presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "dotx": f"{MAIN}.wordprocessingml.template.main+xml",
}
OPENDOCUMENT = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


# --- PDF ----------------------------------------------------------------------------------------------------------


def pdf(
    words: str = "Minutes of the safety committee",
    *,
    catalog: str = "",
    objects: Sequence[str] = (),
    encrypt: str = "",
    start: bytes = b"%PDF-1.7\n",
) -> bytes:
    """A PDF of one page, written by hand so that each part of it can be made to misbehave.

    `objects` follow the four that every one has, from number 5; `catalog` is added to the first.
    """
    content = f"BT /F1 18 Tf 72 720 Td ({words}) Tj ET"
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 "
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        *objects,
    ]
    written, offsets = bytearray(start), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    xref = len(written)
    written += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        written += f"{offset:010} 00000 n \n".encode()
    written += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {encrypt} >>\nstartxref\n{xref}\n%%EOF\n".encode()
    return bytes(written)


def object_list(text: str) -> str:
    """A packed list of objects (ISO 32000-1, 7.5.7) that holds one: what a script hides in."""
    packed = zlib.compress(f"9 0 {text}".encode())
    head = f"<< /Type /ObjStm /N 1 /First 4 /Length {len(packed)} /Filter /FlateDecode >>"
    return f"{head}\nstream\n{packed.decode('latin-1')}\nendstream"


# --- Packed files -------------------------------------------------------------------------------------------------


def zipped(parts: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def office(kind: str = "docx", parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """A Word, Excel or PowerPoint file as far as telling what it is goes; `parts` are added to it."""
    types = f'<Types xmlns="{CONTENT_TYPES}"><Override PartName="/main.xml" ContentType="{MAIN_PARTS[kind]}"/></Types>'
    return zipped({"[Content_Types].xml": types, "main.xml": "<document>Minutes</document>"} | dict(parts or {}))


def opendocument(kind: str = "odt", parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """An OpenDocument file: its first part says what it is, not packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        mimetype = f"application/vnd.oasis.opendocument.{OPENDOCUMENT[kind]}"
        archive.writestr("mimetype", mimetype, compress_type=zipfile.ZIP_STORED)
        for name, content in ({"content.xml": "<office/>"} | dict(parts or {})).items():
            archive.writestr(name, content)
    return written.getvalue()


# --- Pictures -----------------------------------------------------------------------------------------------------


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (12, 76, 92)).save(written, kind)
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels and holds none of them."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def heic() -> bytes:
    """The boxes of a HEIC picture (ISO 14496-12, 4.2)."""
    boxes = [(b"ftyp", b"heic\0\0\0\0mif1heic"), (b"meta", b"\0" * 40), (b"mdat", b"\x01" * 100)]
    return b"".join(struct.pack(">I", len(body) + 8) + name + body for name, body in boxes)


# --- E-mails ------------------------------------------------------------------------------------------------------


def eml(attachment: str = "") -> bytes:
    text = (
        "From: safety@example.org\r\nTo: unit@example.org\r\nSubject: Walk-round\r\n"
        "Date: Fri, 06 Mar 2026 14:14:00 +0000\r\nMIME-Version: 1.0\r\n"
    )
    if not attachment:
        return f"{text}Content-Type: text/plain\r\n\r\nThe walk-round is on Monday.\r\n".encode()
    return (
        f"{text}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nHere.\r\n"
        f'--part\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{attachment}"'
        "\r\n\r\nMZ\r\n--part--\r\n"
    ).encode()


# --- Compound files -----------------------------------------------------------------------------------------------

SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file ([MS-CFB], version 3) with these streams; a name may begin with a storage and a slash.

    Every stream is padded to 4,096 bytes, so that none lies among the small ones.
    """
    storages = sorted({name.split("/")[0] for name in streams if "/" in name})
    names = ["Root Entry", *storages, *streams]
    contents = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    sectors: list[bytes] = []
    fat: list[int] = []
    starts: dict[str, int] = {}
    for name, body in contents.items():
        starts[name] = len(sectors)
        pieces = [body[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(body), SECTOR)]
        fat += [*range(len(sectors) + 1, len(sectors) + len(pieces)), _END]
        sectors += pieces
    children = {storage: [name for name in streams if name.startswith(f"{storage}/")] for storage in storages}
    children["Root Entry"] = [*storages, *(name for name in streams if "/" not in name)]
    # Siblings hang on one another to the right: enough for a reader, though not balanced.
    right = {a: b for group in children.values() for a, b in itertools.pairwise(group)}
    number = {name: position for position, name in enumerate(names)}
    directory = b""
    for name in names:
        label = name.split("/")[-1].encode("utf-16-le") + b"\0\0"
        kind = 5 if name == "Root Entry" else 2 if name in streams else 1
        child = number[children[name][0]] if children.get(name) else _FREE
        entry = label.ljust(64, b"\0") + struct.pack("<HBB", len(label), kind, 1)
        entry += struct.pack("<III", _FREE, number[right[name]] if name in right else _FREE, child)
        entry += b"\0" * 36 + struct.pack("<IQ", starts.get(name, _END), len(contents.get(name, b"")))
        directory += entry
    directory_start = len(sectors)
    pieces = [directory[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(directory), SECTOR)]
    fat += [*range(directory_start + 1, directory_start + len(pieces)), _END]
    sectors += pieces
    fat_count = 1
    while (len(fat) + fat_count) > fat_count * 128:
        fat_count += 1
    fat_starts = [len(sectors) + at for at in range(fat_count)]
    fat += [_FAT] * fat_count
    fat += [_FREE] * (fat_count * 128 - len(fat))
    table = struct.pack(f"<{len(fat)}I", *fat)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_count, directory_start, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *fat_starts, *[_FREE] * (109 - fat_count))
    return header + b"".join(sectors) + table


def doc(*, encrypted: bool = False, more: Mapping[str, bytes] | None = None) -> bytes:
    """A Word document of the older kind: the base of its first stream says whether it is encrypted."""
    base = struct.pack("<HHHHHH", 0xA5EC, 193, 0, 0x409, 0, 0x0100 if encrypted else 0)
    return compound({"WordDocument": base, "1Table": b"table"} | dict(more or {}))


def xls(*records: tuple[int, bytes]) -> bytes:
    """A workbook of the older kind with these records in its first part."""
    body = b"".join(
        struct.pack("<HH", number, len(content)) + content
        for number, content in [(0x0809, b"\0" * 16), *records, (0x000A, b"")]
    )
    return compound({"Workbook": body})


def ppt(*, current_user: bytes = b"\0" * 20, document: bytes = b"slides") -> bytes:
    return compound({"Current User": current_user, "PowerPoint Document": document})


def msg(attachment: str = "plan.pdf") -> bytes:
    """An Outlook e-mail with an attachment."""
    return compound(
        {
            "__properties_version1.0": b"\0" * 32,
            "__attach_version1.0_#00000000/__substg1.0_3707001F": attachment.encode("utf-16-le"),
        }
    )
