"""Users' Markdown as HTML that may stand on a page and in a PDF.

Paragraphs, lists, quotes, strong and emphasised text; nothing else. Markup that has no place here keeps
its words: a heading becomes a strong paragraph (the document's own headings stay in order), a link its
text with the address in brackets, an image its description. No tag carries an attribute but the first
number of a list.

A document may have notes: `^[text of the note]` stands where a note is called, and `paragraphs` cuts them out. The
plugin for them that exists reads notes within notes as deep as somebody cares to type, and numbers them text by text;
here a note holds no other, and whoever lays out the document numbers them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Where a note is called. Nobody can type a tag.
CALL = "<sup></sup>"
TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "blockquote", "sup"}

# Past these, text is printed as plain paragraphs: it was not written to be read as Markdown.
LONGEST = 60_000
DEEPEST = 16

_SCHEMES = {"http", "https", "mailto"}
# A note may hold brackets, of a link or others, and no brackets within those.
_NOTE = re.compile(r"\^\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])+)\]", re.DOTALL)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with the lists and quotes that follow it; a `CALL` in its HTML for each of its notes, in order."""

    html: str
    notes: tuple[str, ...] = ()

    def followed_by(self, other: "Paragraph") -> "Paragraph":
        return Paragraph(self.html + other.html, self.notes + other.notes)


def to_html(text: str) -> str:
    """The text as HTML, safe whatever it holds. It has no place for notes, which stay as they were typed."""
    return _sanitised("".join(block.html for block in _blocks(text)))


def paragraphs(text: str) -> list[Paragraph]:
    """The text cut for numbering, paragraph by paragraph, and its notes."""
    pieces: list[Paragraph] = []
    for block in _blocks(text, has_notes=True):
        piece = Paragraph(_sanitised(block.html).strip(), tuple(_sanitised(note).strip() for note in block.notes))
        if not piece.html:
            continue
        if pieces and not piece.html.startswith("<p>"):
            pieces[-1] = pieces[-1].followed_by(piece)
        else:
            pieces.append(piece)
    return pieces


def _note(state: StateInline, silent: bool) -> bool:
    """Read a note, where the text may have any: the note itself may not."""
    found = _NOTE.match(state.src, state.pos, state.posMax) if state.env.get("has_notes") else None
    if found is None or not found[1].strip():
        return False
    if not silent:
        token = state.push("note", "sup", 0)
        token.meta["words"] = state.md.parseInline(found[1], {})[0].children or []
    state.pos = found.end()
    return True


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 4 * DEEPEST})
# Indented or back-quoted text in a report is an accident of pasting, never program code.
_MARKDOWN.disable(["code", "fence", "backticks", "html_block", "html_inline", "hr"])
# A line such as “[Contact]: the safety team” is words, and no address for later: it would print nothing.
_MARKDOWN.disable(["reference"])
_MARKDOWN.inline.ruler.before("link", "note", _note)
_MARKDOWN.add_render_rule("note", lambda *_: CALL)


def _blocks(text: str, *, has_notes: bool = False) -> list[Paragraph]:
    """HTML of each outermost block, not sanitised yet, and its notes."""
    if len(text) > LONGEST:
        return _plain(text)
    tokens = _MARKDOWN.parse(text, {"has_notes": has_notes})
    if any(part.level > DEEPEST for token in tokens for part in _parts(token)):
        return _plain(text)
    _simplify(tokens)
    blocks, start = [], 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0 and token.type != "inline":
            blocks.append(_block(tokens[start : index + 1]))
            start = index + 1
    return blocks


def _parts(token: Token) -> Iterator[Token]:
    """The token and all that stands within, what notes say included."""
    yield token
    for child in (*(token.children or ()), *token.meta.get("words", ())):
        yield from _parts(child)


def _block(tokens: list[Token]) -> Paragraph:
    notes = [part.meta["words"] for token in tokens for part in _parts(token) if part.type == "note"]
    return Paragraph(
        _rendered(tokens),
        tuple(_rendered([Token("inline", "", 0, children=list(_simplified(words)))]) for words in notes),
    )


def _rendered(tokens: list[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


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


def _simplified(inline: Iterable[Token]) -> Iterator[Token]:
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


def _plain(text: str) -> list[Paragraph]:
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [Paragraph(f"<p>{escape(part.strip())}</p>\n") for part in parts if part.strip()]


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _sanitised(html: str) -> str:
    # Markdown's output is harmless by construction; this holds should a rule above ever slip.
    return nh3.clean(html, tags=TAGS, attributes={"ol": {"start"}}, strip_comments=True)
