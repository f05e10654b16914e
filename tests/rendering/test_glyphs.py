import unicodedata
from collections.abc import Mapping
from xml.etree import ElementTree

import pytest

from rendering import fonts, glyphs, pdf
from tests.factories.conformance import failures

LATIN = frozenset(range(0x20, 0x7F)) | {ord(character) for character in "é–□"}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain text", "plain text"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("caf\u0065\u0301", "café"),  # e and a combining accent
        ("office \N{LATIN SMALL LIGATURE FI}le", "office file"),
        ("thin\N{THIN SPACE}space", "thin space"),
        ("non\N{NON-BREAKING HYPHEN}breaking", "non-breaking"),
        ("zero\N{ZERO WIDTH SPACE}width", "zerowidth"),
        ("heart \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", "heart □"),
        ("null \x00", "null □"),
        ("unassigned \U000e0fff", "unassigned □"),
        ("Œuvre", "□uvre"),
    ],
)
def test_text_becomes_what_can_be_printed(text: str, printed: str) -> None:
    assert glyphs.printable(text, LATIN) == printed


def test_the_lost_characters_are_named_once_in_order() -> None:
    assert glyphs.unprintable("安 and 全 and 安, é", LATIN) == ["安", "全"]
    assert glyphs.unprintable("nothing lost – □", LATIN) == []


def test_without_a_box_a_question_mark_stands_in() -> None:
    assert glyphs.printable("安", frozenset(range(0x20, 0x7F))) == "?"


def test_emoji_are_lost_even_if_a_font_has_them() -> None:
    # The layout would turn to the machine's emoji font for them.
    assert glyphs.printable("\N{WHITE HEAVY CHECK MARK}", LATIN | {0x2705}) == "□"


def test_all_text_of_a_tree_is_done_but_its_stylesheets() -> None:
    tree = ElementTree.fromstring(  # noqa: S314  # our own text
        '<p title="安">安<b>安</b>安<style>安</style><img alt="安" src="安" /></p>'
    )
    glyphs.make_printable(tree, LATIN)
    assert ElementTree.tostring(tree, encoding="unicode") == (
        '<p title="□">□<b>□</b>□<style>安</style><img alt="□" src="安" /></p>'
    )


def test_the_house_fonts_have_what_reports_need() -> None:
    repertoire = fonts.repertoire(fonts.font_assets())
    for character in "abcXYZ0189 £%&()–—‘’“”…•é↑↓↔→−□φσκ≥≤×±ŵŷłășğ":
        assert ord(character) in repertoire, unicodedata.name(character)


def test_every_character_the_fonts_have_is_printed_by_them(assets: Mapping[str, pdf.Asset]) -> None:
    """Upright, bold and italic: nothing turns to a font of the machine, which would be refused."""
    characters = "".join(
        f"{chr(point)} "
        for point in sorted(fonts.repertoire(assets.values()))
        if chr(point) not in "<&" and glyphs.printable(chr(point), {point}) == chr(point)
    )
    assert len(characters) > 2000
    content = pdf.render(
        '<html lang="en"><head><title>Characters</title><link rel="stylesheet" href="asset:document.css"></head>'
        f"<body><h1>Characters</h1><p>{characters}</p><p><b>{characters}</b></p><p><i>{characters}</i></p></body></html>",
        assets=assets,
    )
    assert failures(content) == []
