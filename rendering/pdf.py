"""HTML documents in, PDFs out that keep to PDF/A-3a and PDF/UA-1 at once.

A room that prints something writes an HTML template and calls::

    from rendering import pdf, stylesheet

    content = pdf.render(html, assets=stylesheet.assets(), created_at=published_at)

The smallest document::

    <!doctype html>
    <html lang="en-GB">
    <head>
      <meta charset="utf-8">
      <title>Health and safety maturity, 2025/26 H1</title>
      <link rel="stylesheet" href="asset:document.css">
    </head>
    <body>
      <p class="marking">OFFICIAL</p>
      <p class="running-title">Health and safety maturity, 2025/26 H1</p>
      <main>
        <h1>Health and safety maturity</h1>
        <p>Sixty units reported.</p>
      </main>
    </body>
    </html>

Rules for the HTML. Those marked * are checked before printing and refused by name (`RefusedDocument`); the
others show as a fault in the PDF, so try new markup in a test with the conformance checker.

- * `lang` on `html`, a `title` in the head, an `h1` first, no level of heading skipped, no empty heading.
- * Every `th` has `scope` "col" or "row"; every table has headings and rows of equal length; no table in a
  table.
- * Inline SVG carries its whole alternative text in a `title` child (`aria-label` and `desc` are ignored);
  an `img` has an `alt` with words in it. Decoration belongs in CSS backgrounds. No picture inside a link.
- * Links go to `#…`, http, https or mailto. `#…` has to exist.
- * No script, form, frame, object or base element; attachments only by the argument of that name.
- Everything loaded is an asset, addressed `asset:<name>`. Anything else is refused, and the document with it.
- A note is an `article`, which nothing else is.
- No `opacity` on blocks with text, no dotted borders, no `leader('.')`. A contents list is an `ol.contents` of links.
- Lay out with blocks and tables; grids and flex rows are slow over pages, and `target-counter()` fails in
  them.
- `.marking` and `.running-title` come first in the body: the pages they run on begin where they stand.
- A table of units by themes (`table.levels`, cells `td.level.level-3`) needs a `section.landscape`. Its cells hold
  the number; the names stand in a `ul.level-key` before it. Nothing signed is `level-none`, not scored is
  `level-unscored`.
- Users' Markdown goes through `rendering.markdown`. Characters without a glyph are replaced while printing.

The same input gives the same bytes on the same libraries and fonts. A later version may print otherwise:
keep and hash the file that was published, never make it again.
"""

import ctypes
import logging
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from rendering import fonts, glyphs, htmlrules
from rendering.assets import Asset, Attachment
from rendering.errors import MissingLibrary, PrintingError, RefusedDocument, RenderingFailed

__all__ = [
    "Asset",
    "Attachment",
    "MissingLibrary",
    "PrintingError",
    "RefusedDocument",
    "RenderingFailed",
    "missing_packages",
    "render",
]

VARIANT = "pdf/a-3a"

# A font that could not be loaded, a character printed as a missing glyph: the file would not conform.
_SERIOUS_WARNINGS = ("Font-face", ".notdef glyph")

# Shared library -> the Debian package that brings it. Without the last one the bytes differ from run to run.
_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def render(
    html: str,
    *,
    assets: Mapping[str, Asset],
    attachments: Sequence[Attachment] = (),
    created_at: datetime | None = None,
) -> bytes:
    """Print an HTML document as PDF/A-3a and PDF/UA-1.

    `assets` holds everything the document may load, by name, at least one font among them
    (`rendering.stylesheet.assets()` has what the house style needs). `created_at`, an aware time, is
    written as the date of the document; without it the document carries none.

    Raises `MissingLibrary` if the machine lacks a system library, `RefusedDocument` if the HTML breaks a
    rule, `RenderingFailed` if something it asks for cannot be had.
    """
    if lacking := missing_packages():
        raise MissingLibrary(lacking)
    if not any(asset.is_font for asset in assets.values()):
        raise RefusedDocument(["No font is registered: add one to the assets."])

    # Imported here, since it takes half a second and only the worker prints.
    import weasyprint

    from rendering import conformance, fetching

    served = {f"asset:{name}": asset for name, asset in assets.items()}
    served |= {f"attachment:{number}": _as_asset(file) for number, file in enumerate(attachments)}
    fetcher = fetching.AssetFetcher(served)

    with _complaints() as complaints, warnings.catch_warnings():
        # WeasyPrint leaves its colour profile to the garbage collector to close.
        warnings.filterwarnings("ignore", message=".*sRGB2014", category=ResourceWarning)
        try:
            page = weasyprint.HTML(string=html, url_fetcher=fetcher)
            if faults := htmlrules.faults(page.etree_element):
                raise RefusedDocument(faults)
            glyphs.make_printable(page.etree_element, fonts.repertoire(assets.values()))
            _letter_drawings(page.etree_element, fonts.family_list(assets.values()))
            document = page.render(pdf_variant=VARIANT)
            if created_at is not None:
                document.metadata.created = document.metadata.modified = _w3c(created_at)
            finisher = conformance.Finisher()
            content: bytes = document.write_pdf(
                finisher=finisher,
                pdf_variant=VARIANT,
                attachments=[
                    weasyprint.Attachment(
                        url=f"attachment:{number}",
                        url_fetcher=fetcher,
                        name=file.name,
                        description=file.description,
                        created=file.modified_at.astimezone(UTC),
                        modified=file.modified_at.astimezone(UTC),
                        relationship=file.relationship,
                    )
                    for number, file in enumerate(attachments)
                ],
            )
            content = finisher.settled(content)
        except PrintingError:
            raise
        except Exception as error:
            # The renderer answers absurd lengths and depths with whatever broke first (RecursionError,
            # OverflowError).
            raise RenderingFailed([*complaints, f"{type(error).__name__}: {error}"]) from error
    if complaints:
        raise RenderingFailed(complaints)
    if strangers := {font.family for font in document.fonts.values()} - set(fonts.families(assets.values())):
        # Taken from the machine, so that the document would look different elsewhere.
        raise RenderingFailed([f"the font “{name}” is not an asset" for name in sorted(strangers)])
    return content


def missing_packages() -> list[str]:
    """The Debian packages to install before anything can be printed; empty if all is there."""
    if sys.platform != "linux":
        return []
    return [package for library, package in _LIBRARIES.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _letter_drawings(root: Element, family_list: str) -> None:
    """Inline SVG is not reached by the stylesheet, and a chart does not know what fonts are registered."""
    for element in root.iter():
        if "font-family" in element.attrib:
            element.set("font-family", family_list)


def _as_asset(file: Attachment) -> Asset:
    return Asset(name=file.name, media_type=file.media_type, content=file.content)


def _w3c(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what WeasyPrint logs while this thread prints: errors, and the warnings that are as serious."""
    lines: list[str] = []
    handler = _Collector(lines)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


class _Collector(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        serious = record.levelno >= logging.ERROR or line.startswith(_SERIOUS_WARNINGS)
        if serious and record.thread == self._thread:
            self._lines.append(line)
