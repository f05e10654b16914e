"""HTML of `rendering.markdown` as paragraphs of runs, for files that know no HTML. Pure.

Tags that have no meaning here keep their words, so that nothing that a paper says is ever lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

_STRONG = ("strong", "b")
_EMPHASISED = ("em", "i")
_RAISED = ("sup",)
_BLOCKS = ("p", "li", "ul", "ol", "blockquote", "div")
LINE_BREAK = "\n"


@dataclass(frozen=True)
class Run:
    """Words that look alike; a line break among them is a new line of the same paragraph."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False
    is_raised: bool = False


@dataclass(frozen=True, eq=False)
class List:
    """One list, told from another by itself: each that counts begins at its own `start`."""

    counts: bool
    start: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: in how many lists it stands, and which one it is an item of. Only an item's first one is marked."""

    runs: tuple[Run, ...]
    depth: int = 0
    item_of: List | None = None
    is_quoted: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def paragraphs(html: str) -> list[Paragraph]:
    """Return paragraphs, list items and quotations of the HTML in their order; those without a word are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_paragraph()
    return reader.paragraphs


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = []
        self._runs: list[Run] = []
        self._lists: list[List] = []
        self._item_of: List | None = None
        self._open: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_paragraph()
        if tag in ("ul", "ol"):
            self._lists.append(List(tag == "ol", _start(dict(attrs).get("start"))))
        elif tag == "li":
            self._item_of = self._lists[-1] if self._lists else None
        elif tag == "br":
            self._runs.append(self._run(LINE_BREAK))
        else:
            self._open[tag] = self._open.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_paragraph()
        if tag in ("ul", "ol"):
            self._lists = self._lists[:-1]
        elif tag == "li":
            self._item_of = None
        else:
            self._open[tag] = max(0, self._open.get(tag, 0) - 1)

    def handle_data(self, data: str) -> None:
        # A line end in the HTML is a blank; what breaks a line is a br.
        self._runs.append(self._run(data.replace("\n", " ")))

    def end_paragraph(self) -> None:
        runs, self._runs = _trimmed(self._runs), []
        if not runs:
            return
        quoted = self._is_open("blockquote")
        self.paragraphs.append(Paragraph(runs, len(self._lists), self._item_of, quoted))
        self._item_of = None

    def _run(self, text: str) -> Run:
        return Run(text, *(self._is_open(*tags) for tags in (_STRONG, _EMPHASISED, _RAISED)))

    def _is_open(self, *tags: str) -> bool:
        return any(self._open.get(tag) for tag in tags)


def _start(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Return the runs without blanks at either end of the paragraph; nothing, where there are only blanks."""
    while runs and not runs[0].text.strip():
        runs = runs[1:]
    while runs and not runs[-1].text.strip():
        runs = runs[:-1]
    if not runs:
        return ()
    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return (_with_text(first, first.text.strip()),)
    return (_with_text(first, first.text.lstrip()), *runs[1:-1], _with_text(last, last.text.rstrip()))


def _with_text(run: Run, text: str) -> Run:
    return Run(text, run.is_strong, run.is_emphasised, run.is_raised)
