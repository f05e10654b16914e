"""Which characters can be printed.

PDF/A and PDF/UA want a glyph in an embedded font for every character, and forbid control characters and
those of private use. Users paste what they like: whatever has no glyph is replaced by something visible,
so that no text of theirs ever stops a document.
"""

import re
import unicodedata
from collections.abc import Set
from xml.etree.ElementTree import Element

_SUBSTITUTES = ("\N{WHITE SQUARE}", "\N{REPLACEMENT CHARACTER}", "?")
_PLAIN = {
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{LINE SEPARATOR}": " ",
    "\N{PARAGRAPH SEPARATOR}": " ",
}
_LAYOUT = "\n\r\t"
_FORBIDDEN_CATEGORIES = {"Cc", "Co", "Cs", "Cn"}
# Unicode's Emoji_Presentation: for these the text layout turns to the machine's emoji font, whatever ours
# have.
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab"
    "\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff]"
)
_PRINTED_ATTRIBUTES = ("alt", "content", "title")


def printable(text: str, repertoire: Set[int]) -> str:
    """The text with every character printed by a font that has the code points in `repertoire`.

    Invisible characters (joiners, direction marks, variation selectors) go; missing ones become their plain
    equivalent where Unicode names one (“ﬁ” as fi), else an empty box.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_printed(character, repertoire) for character in unicodedata.normalize("NFC", text))


def unprintable(text: str, repertoire: Set[int]) -> list[str]:
    """The characters of the text that come out as an empty box, each once, in order of appearance."""
    box = substitute(repertoire)
    found = dict.fromkeys(
        character
        for character in unicodedata.normalize("NFC", text)
        if character != box and _printed(character, repertoire) == box
    )
    return list(found)


def substitute(repertoire: Set[int]) -> str:
    """The character that stands for those without a glyph."""
    return next((mark for mark in _SUBSTITUTES if ord(mark) in repertoire), "?")


def make_printable(root: Element, repertoire: Set[int]) -> None:
    """Do the same to all text of a document's tree, alternative texts and metadata included."""
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag == "style":
            continue
        if element.text:
            element.text = printable(element.text, repertoire)
        for name in _PRINTED_ATTRIBUTES:
            if name in element.attrib:
                element.set(name, printable(element.attrib[name], repertoire))
        for child in element:
            if child.tail:
                child.tail = printable(child.tail, repertoire)


def _printed(character: str, repertoire: Set[int]) -> str:
    if character in _LAYOUT:
        return character
    category = unicodedata.category(character)
    if category in _FORBIDDEN_CATEGORIES or _EMOJI.match(character):
        return substitute(repertoire)
    if category == "Cf" or _selects_a_variant(character):
        return ""
    if ord(character) in repertoire:
        return character
    if category == "Zs":
        return " "
    plain = _PLAIN.get(character) or unicodedata.normalize("NFKC", character)
    if all(ord(part) in repertoire for part in plain):
        return plain
    return substitute(repertoire)


def _selects_a_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
