"""The rules a document's HTML keeps, checked on the parsed tree before anything is laid out.

Each one stands for a fault that the renderer passes over in silence and a checker of PDF/UA-1 or PDF/A-3a
finds later, or for something user text must not be able to ask for. The list for authors is in `rendering.pdf`.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}"

# Deeper than any template of ours; 300 nested quotes overflow the renderer's stack.
DEEPEST_NESTING = 80
# Wider than any table that fits on paper; a colspan of a million exhausts the machine.
WIDEST_SPAN = 60

_FORBIDDEN = {"script", "iframe", "object", "embed", "applet", "base", "form", "audio", "video", "frame"}
_LINK_SCHEMES = {"http", "https", "mailto"}
_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}


def faults(root: Element) -> list[str]:
    """What is wrong with the document whose `html` element is `root`, one sentence each; empty if nothing
    is."""
    too_deep = _deeper_than(root, DEEPEST_NESTING)
    if too_deep:
        # The other checks are not worth their time on a tree nobody wrote on purpose.
        return [f"Elements are nested more than {DEEPEST_NESTING} deep: flatten the text."]
    return [
        *_language(root),
        *_title(root),
        *_forbidden_elements(root),
        *_headings(root),
        *_alternatives(root),
        *_links(root),
        *_tables(root),
    ]


def _deeper_than(root: Element, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _elements(root: Element, *tags: str) -> Iterator[Element]:
    return (element for element in root.iter() if element.tag in tags)


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _language(root: Element) -> Iterator[str]:
    if not root.get("lang", "").strip():
        yield 'The html element has no lang attribute: write <html lang="en-GB">.'


def _title(root: Element) -> Iterator[str]:
    # Only the head's title counts: without one the renderer would take the first chart's.
    if not _text(root.find("head/title")):
        yield "The document has no title: put a <title> into its head."


def _forbidden_elements(root: Element) -> Iterator[str]:
    for element in _elements(root, *_FORBIDDEN):
        yield f"The element <{element.tag}> is not allowed in a document."
    for element in _elements(root, "a", "area", "link"):
        if "attachment" in element.get("rel", "").lower().split():
            yield "rel=attachment is not allowed: pass attachments to render() instead."


def _headings(root: Element) -> Iterator[str]:
    above = 0
    for element in _elements(root, *_HEADINGS):
        rank = _HEADINGS[str(element.tag)]
        if above == 0 and rank != 1:
            yield f"The first heading, “{_text(element)}”, is {element.tag}: it has to be h1."
        elif rank > above + 1:
            yield f"The heading “{_text(element)}” jumps from h{above} to {element.tag}: skip no level."
        if not _text(element):
            yield f"A heading ({element.tag}) is empty."
        above = rank
    if above == 0:
        yield "The document has no heading: begin with an h1."


def _alternatives(root: Element) -> Iterator[str]:
    for picture in _elements(root, f"{SVG}svg"):
        title = picture.find(f"{SVG}title")
        if title is None or not (title.text or "").strip():
            yield f"A drawing (svg, id “{picture.get('id', '')}”) has no <title> child: say there what it shows."
    for picture in _elements(root, "img"):
        if not picture.get("alt", "").strip():
            yield (
                f"The image “{picture.get('src', '')}” has no alternative text (alt): "
                "write one, or make a decoration a CSS background."
            )


def _links(root: Element) -> Iterator[str]:
    for link in _elements(root, "a"):
        target = link.get("href")
        if target is None:
            continue
        if not target.startswith("#") and _scheme(target) not in _LINK_SCHEMES:
            yield f"The link to “{target}” is neither #inside the document nor http, https or mailto."
        if any(element.tag in ("img", f"{SVG}svg") for element in link.iter()):
            yield f"The link to “{target}” holds a picture: link words instead."


def _scheme(address: str) -> str:
    try:
        return urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""


def _tables(root: Element) -> Iterator[str]:
    for header in _elements(root, "th"):
        if header.get("scope") not in ("row", "col"):
            yield f"The table heading “{_text(header)}” has no scope: give it scope=col or scope=row."
    for table in _elements(root, "table"):
        name = _text(table.find("caption")) or "without caption"
        rows = list(table.iter("tr"))
        cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
        if any(_span(cell, side) not in range(1, WIDEST_SPAN + 1) for cell in cells for side in ("colspan", "rowspan")):
            yield f"A cell of the table “{name}” spans more than {WIDEST_SPAN} rows or columns, or none."
        elif any(inner is not table for inner in table.iter("table")):
            yield f"The table “{name}” holds another table: print it beside."
        elif len(set(_row_widths(rows))) > 1:
            yield f"The rows of the table “{name}” are not equally long: fill the gaps with empty cells."
        if not any(cell.tag == "th" for cell in cells):
            yield f"The table “{name}” has no heading cell (th)."


def _span(cell: Element, side: str) -> int:
    text = cell.get(side, "1").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _row_widths(rows: list[Element]) -> list[int]:
    """How many columns each row fills, cells that hang down from earlier rows included."""
    widths: list[int] = []
    hanging: list[tuple[int, int]] = []  # (rows still to go, columns)
    for row in rows:
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        widths.append(sum(_span(cell, "colspan") for cell in cells) + sum(columns for _, columns in hanging))
        hanging = [(left - 1, columns) for left, columns in hanging if left > 1]
        hanging += [
            (_span(cell, "rowspan") - 1, _span(cell, "colspan")) for cell in cells if _span(cell, "rowspan") > 1
        ]
    return widths
