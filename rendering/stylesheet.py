"""The house style of documents: fonts, looks of levels, `document.css`, as the assets every document is
given."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rendering import fonts, levels
from rendering.assets import Asset

NAME = "document.css"


def assets() -> dict[str, Asset]:
    """What a document in the house style may load: `asset:document.css`, the fonts and gauges it names."""
    return assets_with(fonts.font_assets())


@cache
def assets_with(faces: Sequence[Asset]) -> dict[str, Asset]:
    """The same with other fonts."""
    rules = (Path(__file__).parent / NAME).read_text(encoding="utf-8")
    css = "\n".join([fonts.font_css(faces), levels.css(), rules])
    sheet = Asset(name=NAME, media_type="text/css", content=css.encode())
    gauges = [
        Asset(name=f"level-{level}.svg", media_type="image/svg+xml", content=levels.gauge(level).encode())
        for level in levels.STYLES
    ]
    return {asset.name: asset for asset in (sheet, *gauges, *faces)}
