from io import BytesIO

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont

from rendering import fonts, stylesheet
from rendering.assets import Asset


def house_font(name: str) -> Asset:
    return next(font for font in fonts.font_assets() if font.name == name)


@pytest.mark.parametrize(
    ("name", "weight", "italic"),
    [
        ("source-sans-3-latin-400-normal.woff2", 400, False),
        ("source-sans-3-latin-400-italic.woff2", 400, True),
        ("source-sans-3-latin-700-normal.woff2", 700, False),
    ],
)
def test_a_face_says_what_it_looks_like(name: str, weight: int, italic: bool) -> None:
    face = fonts.face(house_font(name).content)
    assert (face.weight, face.italic) == (weight, italic)
    assert set(map(ord, "aZ9 é")) <= face.code_points


def test_files_of_one_typeface_are_families_of_their_own() -> None:
    assert fonts.family(house_font("source-sans-3-latin-400-italic.woff2")) == "Truelevel Print source-sans-3-latin"
    assert fonts.family(house_font("source-sans-3-greek-700-normal.woff2")) == "Truelevel Print source-sans-3-greek"


def test_the_family_of_the_plain_letters_is_asked_first() -> None:
    assert fonts.families(fonts.font_assets())[0] == "Truelevel Print source-sans-3-latin"


def test_no_family_has_two_files_for_one_look() -> None:
    """Else one of the two would be embedded for both, with wrong letters."""
    looks = [(fonts.family(font), *_look(font)) for font in fonts.font_assets()]
    assert len(looks) == len(set(looks))


def test_every_house_font_has_a_space() -> None:
    assert all(ord(" ") in fonts.face(font.content).code_points for font in fonts.font_assets())


def test_a_font_without_a_space_is_given_one() -> None:
    options = subset.Options(recalc_timestamp=False)
    subsetter = subset.Subsetter(options)
    font = TTFont(BytesIO(house_font("source-sans-3-latin-400-normal.woff2").content), recalcTimestamp=False)
    subsetter.populate(text="ab")
    subsetter.subset(font)
    buffer = BytesIO()
    font.save(buffer)
    mended = TTFont(BytesIO(fonts.with_spaces(buffer.getvalue())))
    assert set(mended.getBestCmap()) == set(map(ord, "ab \N{NO-BREAK SPACE}"))
    width, _ = mended["hmtx"][mended.getBestCmap()[ord(" ")]]
    assert width == mended["head"].unitsPerEm // 4


def test_the_stylesheet_registers_all_it_names() -> None:
    assets = stylesheet.assets()
    css = assets["document.css"].content.decode()
    for name in assets:
        assert name == "document.css" or f"asset:{name}" in css
    assert css.count("asset:") == len(assets) - 1


def _look(font: Asset) -> tuple[int, bool]:
    face = fonts.face(font.content)
    return face.weight, face.italic
