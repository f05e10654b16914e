"""What differs between two texts, word by word: for a page or a document to mark. Pure.

Lines are compared first, then what differs is cut into words, blanks and signs. Blanks are never what two texts are
aligned by, so that two sentences that share nothing but their blanks are one change, not a dozen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\w+(?:[’'\-]\w+)*|\s+|[^\w\s]")
_LINES = re.compile(r"[^\n]+|\n+")
# Texts of more pieces than this are aligned by their rarer words only: the same few words over and over cost time that
# grows with the cube of their number.
ALIGNED_BY_EVERY_WORD = 300
# Lines that differ and come to more than this together, in characters, are not looked into: one is gone, one is new.
COMPARED_BY_WORDS = 50_000


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text and what became of it. `same` and `gone` together are the old text, `same` and `new` the new."""

    kind: Kind
    text: str


# (same, gone, new): the first or the other two are empty.
Step = tuple[str, str, str]


class WordMatcher(SequenceMatcher[str]):
    """Aligns the pieces of two texts. Takes and ignores the arguments that difflib's own matcher takes."""

    def __init__(
        self,
        isjunk: Callable[[str], bool] | None = None,  # noqa: ARG002  # blanks, always
        a: Sequence[str] = (),
        b: Sequence[str] = (),
        autojunk: bool = True,  # noqa: ARG002  # by length, below
    ) -> None:
        super().__init__(str.isspace, a, b, autojunk=max(len(a), len(b)) > ALIGNED_BY_EVERY_WORD)


def plain(text: str) -> str:
    """Return `text` in Unicode form NFC with `\\n` line ends, as it is stored when it is signed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def pieces(text: str) -> list[str]:
    """Return the words, blanks and signs of `text`: joined, they are the text again."""
    return _PIECES.findall(text)


def lines(text: str) -> list[str]:
    """Return the lines of `text` and what parts them: joined, they are the text again."""
    return _LINES.findall(text)


def segments(old: str, new: str) -> list[Segment]:
    """Return how `new` follows from `old`: what is gone stands before what is new in its place.

    Line ends and composed letters are put into one form first, so that neither shows as a change.
    """
    steps: list[Step] = []
    for same, gone, fresh in _aligned(lines(plain(old)), lines(plain(new))):
        is_looked_into = gone and fresh and len(gone) + len(fresh) < COMPARED_BY_WORDS
        steps += _aligned(pieces(gone), pieces(fresh)) if is_looked_into else [(same, gone, fresh)]
    return [
        Segment(kind, text)
        for step in _readable(_phrases(steps))
        for kind, text in zip((Kind.SAME, Kind.GONE, Kind.NEW), step, strict=True)
        if text
    ]


def _aligned(before: Sequence[str], after: Sequence[str]) -> Iterator[Step]:
    for tag, start, end, new_start, new_end in WordMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[start:end]), "".join(after[new_start:new_end])
        yield (old, "", "") if tag == "equal" else ("", old, new)


def _phrases(steps: Iterable[Step]) -> Iterator[Step]:
    """Join neighbouring steps of a kind, and changes between which nothing but a blank has stayed.

    A phrase that was rewritten is read as one change, not word by word.
    """
    kept = gone = fresh = ""
    for same, old, new in steps:
        if same:
            kept += same
        elif (gone or fresh) and (not kept or (kept.isspace() and "\n" not in kept)):
            gone, fresh, kept = gone + kept + old, fresh + kept + new, ""
        else:
            yield "", gone, fresh
            yield kept, "", ""
            kept, gone, fresh = "", old, new
    yield "", gone, fresh
    yield kept, "", ""


def _readable(steps: Iterable[Step]) -> list[Step]:
    """Take what stayed between two changes into them where it is shorter than either, and within a line.

    The few words that two sentences happen to share (“of the”) would only break both to pieces.
    """
    found: list[Step] = []
    for step in steps:
        if not any(step):
            continue
        found.append(step)
        while len(found) > 2 and _is_between_longer_changes(*found[-3:]):
            before, stayed, after = found[-3:]
            gone, fresh = (f"{before[part]}{stayed[0]}{after[part]}" for part in (1, 2))
            found[-3:] = [("", gone, fresh)]
    return found


def _is_between_longer_changes(before: Step, stayed: Step, after: Step) -> bool:
    same = stayed[0]
    if not same or "\n" in same or before[0] or after[0]:
        return False
    return all(len(same) <= max(len(gone), len(fresh)) for _, gone, fresh in (before, after))
