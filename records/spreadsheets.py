"""Opening a file that says it is a workbook. It is looked at from outside first: openpyxl gets what is harmless. Pure.

A workbook is a ZIP file of XML parts. Refused are: what is no ZIP file, is encrypted or damaged, carries macros,
unpacks to far more than what is wanted needs, declares an XML document type (the way to entities that grow without end
or that fetch files), or has more elements than a person fills in. Sizes are those that unpacking is held to: Python's
zipfile never reads past the size an entry declares.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES = 5 * 1024 * 1024
MOST_BYTES_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 300
MOST_ELEMENTS = 300_000  # all sheets together; a filled-in statement has some 5,000, a row of a list some 10
DEEPEST = 60
PIECE = 64 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of older Office files, and of encrypted newer ones
SAVE_AS_XLSX = "Open it in your spreadsheet program, save it as “Excel workbook (.xlsx)”, and upload that file."
DAMAGED = f"The file is damaged or not a workbook. {SAVE_AS_XLSX}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault: in which cell (“Themes!C7”; empty where it is the workbook as a whole), and how to mend it."""

    cell: str
    message: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.message}" if self.cell else self.message


class Unreadable(Exception):
    """The file cannot be read as what is wanted; `problem` says why and what to do."""

    def __init__(self, message: str, *, cell: str = "") -> None:
        self.problem = Problem(cell, message)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file should be, for what is said of one that is not: such as “a statement”, and how to get one."""

    what: str
    advice: str

    @property
    def damaged(self) -> str:
        return f"{DAMAGED} If that does not help: {self.advice}"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open workbook, and the cells that are merged in each of its sheets, by the sheet's part in the file."""

    book: Workbook
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def merged_in(self, sheet: Any) -> Sequence[str]:
        """Return the merged ranges of a sheet of the book, such as “C7:D7”."""
        # Sheets that are read in passing do not say what is merged in them, and have no public way to their part.
        return self.merged.get(sheet._worksheet_path, ())


@contextmanager
def opened(content: bytes, wanted: Wanted) -> Iterator[Opened]:
    """Open the workbook for reading. Raises Unreadable, also for what goes wrong inside the block in reading cells."""
    merged = _looked_at(content, wanted)
    # Imported here, since it takes a while and few requests need it.
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl leaves out: pictures, newer kinds of validation
        try:
            # Formulas stay formulas, so that they can be refused; nothing outside the file is followed.
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        except Exception as error:  # whatever a broken part makes openpyxl raise
            raise Unreadable(wanted.damaged) from error
        try:
            yield Opened(book, merged)
        except Unreadable:
            raise
        except Exception as error:  # sheets are parsed while they are read
            raise Unreadable(wanted.damaged) from error
        finally:
            book.close()


def _looked_at(content: bytes, wanted: Wanted) -> dict[str, list[str]]:
    """Refuse what is not to be opened; return the merged cells by part."""
    if not content:
        raise Unreadable("The file is empty. Choose the file that you have filled in.")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. {wanted.advice}")
    if content.startswith(OLE):
        raise Unreadable(f"The file is protected with a password, or an older .xls file. {SAVE_AS_XLSX}")
    if not content.startswith(b"PK\x03\x04"):
        raise Unreadable(f"The file is not an Excel workbook (.xlsx). {wanted.advice}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_by_its_list(archive, wanted)
            return _looked_through(archive, wanted)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise Unreadable(wanted.damaged) from error
    except RuntimeError as error:  # how zipfile says that an entry is encrypted
        raise Unreadable(f"The file is protected with a password. {SAVE_AS_XLSX}") from error


def _refuse_by_its_list(archive: zipfile.ZipFile, wanted: Wanted) -> None:
    """Refuse by what the file says it contains."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        raise Unreadable(wanted.damaged)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
        raise Unreadable(f"The file holds far more than {wanted.what}. {wanted.advice}")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(f"The file is protected with a password. {SAVE_AS_XLSX}")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(f"The workbook contains macros, which are not taken. {SAVE_AS_XLSX}")
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Unreadable(f"The file is a spreadsheet of another kind (.xlsb or .ods). {SAVE_AS_XLSX}")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable(f"The file is not an Excel workbook (.xlsx). {wanted.advice}")


def _looked_through(archive: zipfile.ZipFile, wanted: Wanted) -> dict[str, list[str]]:
    """Read every XML part once without building anything from it."""
    look = _Look(wanted)
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels", ".vml")):
            look.through(archive, part)
    if look.has_macros:
        raise Unreadable(f"The workbook contains macros, which are not taken. {SAVE_AS_XLSX}")
    return look.merged


class _Look:
    """Counts elements over all parts, and notes merged cells and content types on the way."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.elements = 0
        self.depth = 0
        self.has_macros = False
        self.part = ""
        self.merged: dict[str, list[str]] = defaultdict(list)

    def through(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """Parse one part. Raises Unreadable for what no workbook of ours needs."""
        self.part, self.depth = part.filename, 0
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            with archive.open(part) as stream:
                while piece := stream.read(PIECE):
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable(self.wanted.damaged) from error

    def _refuse_doctype(self, *_: Any) -> None:
        raise Unreadable(f"The file contains an XML document type, which no workbook needs. {self.wanted.advice}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise Unreadable(f"The file holds far more than {self.wanted.what}: too many cells. {self.wanted.advice}")
        tag = name.rpartition(":")[2]
        if tag == "mergeCell":
            self.merged[self.part].append(attributes.get("ref", ""))
        elif self.part == "[Content_Types].xml" and "macroenabled" in attributes.get("ContentType", "").lower():
            self.has_macros = True

    def _end(self, _: str) -> None:
        self.depth -= 1
