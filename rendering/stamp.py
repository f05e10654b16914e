"""Copies of a PDF with a word across every page. What is stamped keeps to PDF/A-3a and PDF/UA-1 if it did before.

The copy is the file itself, byte for byte, followed by an incremental update (ISO 32000-1, 7.5.6): new page objects
that name one drawing. So nothing of the file is written anew, and the same file with the same words gives the same
bytes.

The words are drawn as outlines, since a font would have to be embedded, and as an artifact (14.8.2.2), since a screen
reader is not to read them out on each page. They lie below the page's own content, so that no letter loses contrast:
the number on a level's colour has none to spare. Where coloured cells cover the large words, the small ones in the
upper margin still say them.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf

from rendering import fonts
from rendering.errors import RenderingFailed

BOLD = 700
SHADE, INK = 0.86, 0.2  # greys of the large words, on which black letters keep 14 : 1, and of the small ones
SHARE_OF_DIAGONAL = 0.72
SMALL, FROM_TOP = 12, 32  # the small words, which nothing printed reaches: points
NAME = "TruelevelStamp"
_PLACED = "q {grey} g {matrix} cm /{name} Do Q\n"
_ARTIFACT = "/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\n{}EMC\n"
_LAST_INDEX = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def stamped(content: bytes, words: str) -> bytes:
    """Return a copy of the PDF with the words across each page. Raises RenderingFailed where it cannot be read."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return content + _Update(pdf, content).with_words(words)
    except pikepdf.PdfError as error:
        raise RenderingFailed([f"the document cannot be read: {error}"]) from error


class _Update:
    """What is appended to a file: objects, and the index that leads to them and to those of before."""

    def __init__(self, pdf: Pdf, content: bytes) -> None:
        self._pdf, self._content = pdf, content
        self._next = int(pdf.trailer.Size)
        self._written = bytearray()
        self._offsets: dict[int, tuple[int, int]] = {}
        self._placed: dict[tuple[float, ...], Any] = {}
        self._changed: dict[tuple[int, int], Any] = {}

    def with_words(self, words: str) -> bytes:
        drawing = _drawing(words)
        form = self._stream(drawing.outlines, **_form(drawing))
        for page in self._pdf.pages:
            self._add_to(page.obj, form, self._below(tuple(map(float, page.mediabox)), drawing))
        for changed in self._changed.values():
            number, generation = changed.objgen
            self._object(number, generation, changed.unparse(resolved=True))
        return self._finished()

    def _add_to(self, page: Any, form: Any, below: Any) -> None:
        own = page.get("/Contents", Array())
        page.Contents = Array([below, *(own if isinstance(own, Array) else [own])])
        if "/XObject" not in page.Resources:
            page.Resources.XObject = Dictionary()
        page.Resources.XObject[f"/{NAME}"] = form
        # Pages may share their resources, which name what the whole document draws: they are written once.
        for one in (page, page.Resources, page.Resources.XObject):
            if one.is_indirect:
                self._changed[one.objgen] = one

    def _below(self, box: tuple[float, ...], drawing: _Drawing) -> Any:
        """Return what is drawn first on pages of this size."""
        if box not in self._placed:
            large = _PLACED.format(grey=SHADE, matrix=_across(box, drawing), name=NAME)
            small = _PLACED.format(grey=INK, matrix=_at_the_top(box, drawing), name=NAME)
            self._placed[box] = self._stream(_ARTIFACT.format(large + small).encode())
        return self._placed[box]

    def _stream(self, data: bytes, **entries: Any) -> Any:
        """Write a stream, and return what leads to it."""
        made = self._pdf.make_stream(data, Dictionary(**entries))
        number, generation = made.objgen
        self._next = max(self._next, number + 1)
        about = Dictionary(**entries, Length=len(data)).unparse()
        self._object(number, generation, about + b"\nstream\n" + data + b"\nendstream")
        return made

    def _object(self, number: int, generation: int, written: bytes) -> None:
        self._offsets[number] = (self._here, generation)
        self._written += b"%d %d obj\n%b\nendobj\n" % (number, generation, written)

    @property
    def _here(self) -> int:
        return len(self._content) + len(self._written)

    def _finished(self) -> bytes:
        found = _LAST_INDEX.search(self._content)
        if found is None:
            raise RenderingFailed(["the document has no index at its end"])
        start, number = self._here, self._next
        self._offsets[number] = (start, 0)
        self._object(number, 0, self._index(number, int(found[1])))
        return bytes(self._written) + b"startxref\n%d\n%%%%EOF\n" % start

    def _index(self, number: int, before: int) -> bytes:
        trailer, rows = self._pdf.trailer, sorted(self._offsets.items())
        # The last column is the generation, which is 0: the stream ends in no byte that looks like the end of a line.
        data = b"".join(
            b"\x01" + place.to_bytes(5, "big") + generation.to_bytes(2, "big") for _, (place, generation) in rows
        )
        entries: dict[str, Any] = {
            "Type": Name.XRef,
            "Size": number + 1,
            "Index": Array([part for row, _ in rows for part in (row, 1)]),
            "W": Array([1, 5, 2]),
            "Prev": before,
            "Root": trailer.Root,
            "Length": len(data),
        }
        if "/Info" in trailer:
            entries["Info"] = trailer.Info
        if "/ID" in trailer:
            digest = hashlib.md5(self._written, usedforsecurity=False).digest()
            entries["ID"] = Array([trailer.ID[0], pikepdf.String(digest)])
        return Dictionary(**entries).unparse() + b"\nstream\n" + data + b"\nendstream"


# --- The drawing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawing:
    """Words as outlines, their width and the height of their capitals, in thousandths of their size."""

    outlines: bytes
    width: float
    height: float


def _form(drawing: _Drawing) -> dict[str, Any]:
    return {
        "Type": Name.XObject,
        "Subtype": Name.Form,
        "BBox": Array([0, -1000, drawing.width, 2000]),
        "Resources": Dictionary(),
    }


def _across(box: tuple[float, ...], drawing: _Drawing) -> str:
    """Return the matrix by which the drawing lies across the page, rising from left to right."""
    left, bottom, right, top = box
    wide, high = right - left, top - bottom
    angle = math.atan2(high, wide)
    scale = SHARE_OF_DIAGONAL * math.hypot(wide, high) / drawing.width
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    from_left = (left + right - cosine * drawing.width + sine * drawing.height) / 2
    from_bottom = (bottom + top - sine * drawing.width - cosine * drawing.height) / 2
    return _matrix(cosine, sine, -sine, cosine, from_left, from_bottom)


def _at_the_top(box: tuple[float, ...], drawing: _Drawing) -> str:
    left, _, right, top = box
    scale = SMALL / 1000
    return _matrix(scale, 0, 0, scale, (left + right - scale * drawing.width) / 2, top - FROM_TOP)


def _matrix(*numbers: float) -> str:
    return " ".join(f"{number:.4f}" for number in numbers)


@cache
def _drawing(words: str) -> _Drawing:
    font = _font_for(words)
    glyphs, names, advances = font.getGlyphSet(), font.getBestCmap(), font["hmtx"]
    pen = _Pen(glyphs, 1000 / font["head"].unitsPerEm)
    for character in words:
        name = names[ord(character)]
        glyphs[name].draw(pen)
        pen.left += advances[name][0]
    height = font["OS/2"].sCapHeight
    return _Drawing("\n".join([*pen.lines, "f", ""]).encode(), pen.left * pen.scale, height * pen.scale)


def _font_for(words: str) -> TTFont:
    needed = set(map(ord, words))
    for asset in fonts.font_assets():
        face = fonts.face(asset.content)
        if face.weight == BOLD and not face.italic and needed <= face.code_points:
            return TTFont(BytesIO(fonts.unpacked(asset.content)))
    raise RenderingFailed([f"no bold font has all letters of “{words}”"])


class _Pen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes outlines as operators of a PDF's content (ISO 32000-1, 8.5.2)."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.lines: list[str] = []
        self.left, self.scale = 0, scale

    def _moveTo(self, point: Any) -> None:  # noqa: N802  # fontTools' name
        self.lines.append(f"{self._at(point)} m")

    def _lineTo(self, point: Any) -> None:  # noqa: N802  # the same
        self.lines.append(f"{self._at(point)} l")

    def _curveToOne(self, first: Any, second: Any, point: Any) -> None:  # noqa: N802  # the same
        self.lines.append(f"{self._at(first)} {self._at(second)} {self._at(point)} c")

    def _closePath(self) -> None:  # noqa: N802  # the same
        self.lines.append("h")

    def _at(self, point: Any) -> str:
        return f"{(point[0] + self.left) * self.scale:.1f} {point[1] * self.scale:.1f}"
