"""Users' Markdown as HTML that may stand on a page and in a PDF.

Paragraphs, lists, quotes, strong and emphasised text; nothing else. Markup that has no place here keeps
its words: a heading becomes a strong paragraph (the document's own headings stay in order), a link its
text with the address in brackets, an image its description. No tag carries an attribute but the first
number of a list.
"""

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "blockquote"}

# Past these, text is printed as plain paragraphs: it was not written to be read as Markdown.
LONGEST = 60_000
DEEPEST = 16

_SCHEMES = {"http", "https", "mailto"}


def to_html(text: str) -> str:
    """The text as HTML, safe whatever it holds."""
    return _sanitised("".join(_blocks(text)))


def paragraphs(text: str) -> list[str]:
    """The text cut for numbering: one piece of HTML a paragraph, with the lists and quotes that follow it."""
    pieces: list[str] = []
    for block in _blocks(text):
        html = _sanitised(block).strip()
        if not html:
            continue
        if pieces and not html.startswith("<p>"):
            pieces[-1] += html
        else:
            pieces.append(html)
    return pieces


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 4 * DEEPEST})
# Indented or back-quoted text in a report is an accident of pasting, never program code.
_MARKDOWN.disable(["code", "fence", "backticks", "html_block", "html_inline", "hr"])


def _blocks(text: str) -> list[str]:
    """HTML of each outermost block."""
    if len(text) > LONGEST:
        return _plain(text)
    tokens = _MARKDOWN.parse(text)
    if any(part.level > DEEPEST for token in tokens for part in (token, *(token.children or ()))):
        return _plain(text)
    _simplify(tokens)
    blocks, start = [], 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0 and token.type != "inline":
            blocks.append(_MARKDOWN.renderer.render(tokens[start : index + 1], _MARKDOWN.options, {}))
            start = index + 1
    return blocks


def _simplify(tokens: list[Token]) -> None:
    """Put words in the place of markup that is not printed."""
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and token.children is not None:
            token.children = [Token("strong_open", "strong", 1), *token.children, Token("strong_close", "strong", -1)]
        if token.children is not None:
            token.children = list(_simplified(token.children))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"


def _simplified(inline: list[Token]) -> Iterator[Token]:
    address, words = "", ""
    for token in inline:
        if token.type == "link_open":
            address, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            if _scheme(address) in _SCHEMES and words not in (address, address.removeprefix("mailto:")):
                yield _words(f" ({address})")
        else:
            words += token.content
            yield _words(token.content) if token.type == "image" else token


def _words(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _plain(text: str) -> list[str]:
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [f"<p>{escape(part.strip())}</p>\n" for part in parts if part.strip()]


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _sanitised(html: str) -> str:
    # Markdown's output is harmless by construction; this holds should a rule above ever slip.
    return nh3.clean(html, tags=TAGS, attributes={"ol": {"start"}}, strip_comments=True)
