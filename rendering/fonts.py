"""The fonts documents are printed with, and what is in them.

Faces go by family names of our own, so that a font of the same name installed on the machine is never taken in their
stead: the same document gives the same bytes everywhere. Files that share out a typeface's characters (Latin, Greek,
symbols) are families of their own, asked in turn, because WeasyPrint tells fonts apart by family, weight and style and
would embed one file for all of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont, woff2
from fontTools.ttLib.tables._g_l_y_f import Glyph

from rendering.assets import Asset

FAMILY = "Truelevel Print"

_LOOK = re.compile(r"-[1-9]00-(normal|italic)$")
_MEDIA_TYPES = {".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf"}


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: what it looks like, and what it can print."""

    weight: int
    italic: bool
    code_points: frozenset[int]


@lru_cache(maxsize=32)
def unpacked(content: bytes) -> bytes:
    """The font as TrueType or OpenType. Unpacking all of them takes a second, so each process does it once."""
    if content[:4] != b"wOF2":
        return content
    buffer = BytesIO()
    woff2.decompress(BytesIO(content), buffer)
    return buffer.getvalue()


@lru_cache(maxsize=32)
def face(content: bytes) -> Face:
    """Read a font file (WOFF2, TrueType or OpenType)."""
    font = TTFont(BytesIO(unpacked(content)), lazy=True)
    return Face(
        weight=round(font["OS/2"].usWeightClass / 100) * 100,
        italic=bool(font["OS/2"].fsSelection & 1 or font["head"].macStyle & 2),
        code_points=frozenset(font.getBestCmap()),
    )


def repertoire(assets: Iterable[Asset]) -> frozenset[int]:
    """The code points for which one of the registered fonts has a glyph."""
    return frozenset().union(*(face(asset.content).code_points for asset in assets if asset.is_font))


def families(assets: Iterable[Asset]) -> list[str]:
    """The names of the registered families in the order they are asked, that of the plain letters first."""
    names: dict[str, bool] = {}
    for asset in assets:
        if asset.is_font:
            names[family(asset)] = names.get(family(asset), False) or ord("a") in face(asset.content).code_points
    return sorted(names, key=lambda name: (not names[name], name))


def family(font: Asset) -> str:
    """The family a font file belongs to: its name without weight and style, `source-sans-3-latin-400-italic.woff2`."""
    return f"{FAMILY} {_LOOK.sub('', Path(font.name).stem)}"


def family_list(assets: Iterable[Asset]) -> str:
    """All families as the value of `font-family`."""
    return ", ".join(f"'{name}'" for name in families(assets))


def font_css(fonts: Sequence[Asset]) -> str:
    """The @font-face rules under which the fonts are known to a document, and the rule that uses them."""
    rules = []
    for font in fonts:
        look = face(font.content)
        style = "italic" if look.italic else "normal"
        rules.append(
            f"@font-face{{font-family:'{family(font)}';src:url('asset:{font.name}');"
            f"font-weight:{look.weight};font-style:{style}}}"
        )
    return "\n".join([*rules, f"html{{font-family:{family_list(fonts)}}}"])


@cache
def font_assets() -> tuple[Asset, ...]:
    """The fonts that the package `truelevel_assets` brings, as assets."""
    # Imported when first printed: the web process never needs them.
    import truelevel_assets

    return tuple(font_asset(path) for _, path in sorted(truelevel_assets.FONTS.items()))


def font_asset(path: Path) -> Asset:
    """A font file as an asset of the same name."""
    content = with_spaces(path.read_bytes())
    return Asset(name=path.name, media_type=_MEDIA_TYPES[path.suffix.lower()], content=content)


def with_spaces(content: bytes) -> bytes:
    """The font with a blank glyph for both spaces, if it had none.

    The text layout prints the space after a symbol from the symbol's own font; without one there it would print the
    mark of a missing glyph, which both standards forbid. Only fonts with TrueType outlines can be mended.
    """
    font = TTFont(BytesIO(content), recalcTimestamp=False)
    if ord(" ") in font.getBestCmap() or "glyf" not in font:
        return content
    # Reading the outlines first lets fontTools number the new glyph after them.
    font["glyf"]["space"] = Glyph()
    font["hmtx"]["space"] = (font["head"].unitsPerEm // 4, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord(" "): "space", ord("\N{NO-BREAK SPACE}"): "space"}
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()
