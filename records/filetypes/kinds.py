"""The kinds of file that are taken as evidence, and how one that is not taken is refused."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 20 * 1024 * 1024
IN_WORDS = (
    "PDF, Word, Excel, PowerPoint, OpenDocument, pictures (PNG, JPEG, GIF, WebP, TIFF, HEIC) and e-mails (.eml, .msg)"
)


class NotTaken(Exception):
    """The file is refused; the text says what it is and how to mend it, in sentences that begin with “It”."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file. `endings` are those its name may have, the usual one first, without the dot."""

    name: str
    media_type: str
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

PDF = FileType("a PDF document", "application/pdf", ("pdf",))
DOCX = FileType("a Word document", f"{_OOXML}.wordprocessingml.document", ("docx",))
XLSX = FileType("an Excel workbook", f"{_OOXML}.spreadsheetml.sheet", ("xlsx",))
PPTX = FileType("a PowerPoint presentation", f"{_OOXML}.presentationml.presentation", ("pptx",))
DOC = FileType("a Word document of the older kind", "application/msword", ("doc",))
XLS = FileType("an Excel workbook of the older kind", "application/vnd.ms-excel", ("xls",))
PPT = FileType("a PowerPoint presentation of the older kind", "application/vnd.ms-powerpoint", ("ppt",))
ODT = FileType("an OpenDocument text", f"{_ODF}.text", ("odt",))
ODS = FileType("an OpenDocument spreadsheet", f"{_ODF}.spreadsheet", ("ods",))
ODP = FileType("an OpenDocument presentation", f"{_ODF}.presentation", ("odp",))
PNG = FileType("a PNG picture", "image/png", ("png",))
JPEG = FileType("a JPEG picture", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
GIF = FileType("a GIF picture", "image/gif", ("gif",))
WEBP = FileType("a WebP picture", "image/webp", ("webp",))
TIFF = FileType("a TIFF picture", "image/tiff", ("tif", "tiff"))
HEIC = FileType("a HEIC picture", "image/heic", ("heic", "heif"))
EML = FileType("an e-mail", "message/rfc822", ("eml",))
MSG = FileType("an Outlook e-mail", "application/vnd.ms-outlook", ("msg",))

TAKEN = (PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, ODT, ODS, ODP, PNG, JPEG, GIF, WEBP, TIFF, HEIC, EML, MSG)
ENDINGS = frozenset(ending for kind in TAKEN for ending in kind.endings)

BROKEN = "It is broken or incomplete: it cannot be read to its end as {kind}. Open it, save it again, and add that."
TWO_IN_ONE = (
    "It is {kind} and something else in one file ({other}), which is how harmful files are passed on. Open it, save "
    "or print it as a PDF, and add that."
)


def broken(kind: FileType) -> NotTaken:
    """The refusal of a file that begins as `kind` and cannot be read as one."""
    return NotTaken(BROKEN.format(kind=kind.name))


def two_in_one(kind: FileType, other: str) -> NotTaken:
    """The refusal of a file that several programs would each read as something else."""
    return NotTaken(TWO_IN_ONE.format(kind=kind.name, other=other))
