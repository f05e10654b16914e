"""What is given out of signed statements when somebody asks for it by law, and what is kept back. Pure.

Texts are named by their paths in the content, as `assurance.redaction` has them, with the names under the statement,
the addresses of links and the names of files beside them. What is kept back is given by places in a text as it was
signed: from one character up to before another. Nothing of it is in what this module returns, and neither is its
length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assurance import redaction
from assurance.redaction import Text

MARK = "[withheld]"

Span = tuple[int, int]
PEOPLE = {
    "completer_name": "Name of whoever completed it",
    "completer_position": "Position of whoever completed it",
    "signer_name": "Name of whoever signed it",
    "signer_position": "Position of whoever signed it",
}


class CannotWithhold(Exception):
    """What was asked for cannot be kept back like this; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Places of one text that are kept back for one reason. `number` is the one in the schedule."""

    number: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: what is given out, or the number of what is kept back (None: given out)."""

    text: str
    number: int | None
    begins: int  # in the text as it was signed

    @property
    def shown(self) -> str:
        return self.text if self.number is None else mark(self.number)


@dataclass(frozen=True, slots=True)
class Group:
    """The texts of one theme, or those of the statement itself."""

    name: str
    texts: tuple[Text, ...]


def texts(content: Mapping[str, Any]) -> list[Text]:
    """Return every text that is not empty and could be given out: people, the meeting, then theme by theme."""
    return [text for group in groups(content) for text in group.texts]


def groups(content: Mapping[str, Any]) -> list[Group]:
    """Return the texts in groups: the statement's own first, then each theme's, in its order."""
    found = redaction.texts(content)
    own = [Text(field, label, content[field]) for field, label in PEOPLE.items() if content.get(field)]
    own += [text for text in found if not text.path.startswith("entries/")]
    result = [Group("The statement", tuple(own))]
    for entry in content.get("entries", ()):
        at = f"entries/{entry['theme']}/"
        of_theme = [text for text in found if text.path.startswith(at)]
        of_theme += _addresses_and_names(entry, at)
        result.append(Group(entry["name"], tuple(of_theme)))
    return [group for group in result if group.texts]


def _addresses_and_names(entry: Mapping[str, Any], at: str) -> list[Text]:
    asked = (("links", "url", "link", "address"), ("files", "name", "file", "name of the file"))
    return [
        Text(f"{at}{kind}/{number}/{field}", f"{entry['name']}, {called} {number + 1}: {label}", item[field])
        for kind, field, called, label in asked
        for number, item in enumerate(entry.get(kind, ()))
        if item.get(field)
    ]


def text_at(content: Mapping[str, Any], path: str) -> Text | None:
    """Return the text at a path; None where there is none, or it is empty."""
    return next((text for text in texts(content) if text.path == path), None)


def mark(number: int) -> str:
    """What stands in the place of what is kept back, with its number in the schedule."""
    return f"[withheld {number}]"


def pieces(text: str, withheld: Sequence[Withheld]) -> list[Piece]:
    """Return a text in stretches, those kept back by their number alone. Where two overlap, the first one names it."""
    numbers: list[int | None] = [None] * len(text)
    for one in reversed(withheld):
        for begins, ends in one.spans:
            numbers[begins:ends] = [one.number] * len(numbers[begins:ends])
    edges = [0, *(at for at in range(1, len(text)) if numbers[at] != numbers[at - 1]), len(text)]
    return [
        Piece(text[begins:ends] if numbers[begins] is None else "", numbers[begins], begins)
        for begins, ends in pairwise(edges)
        if begins < ends
    ]


def given_out(text: str, withheld: Sequence[Withheld]) -> str:
    """Return a text as it is given out, a mark in the place of each stretch that is kept back."""
    return "".join(piece.shown for piece in pieces(text, withheld))


def disclosed(content: Mapping[str, Any], withheld: Mapping[str, Sequence[Withheld]]) -> dict[str, Any]:
    """Return a copy of the content as it is given out; `withheld` is by path.

    Raises CannotWithhold where a path has no text: what was decided is then about something else than is there.
    """
    result = dict(content)
    for path, places in withheld.items():
        text = text_at(content, path)
        if text is None or any(ends > len(text.text) for one in places for _, ends in one.spans):
            raise CannotWithhold("A text has changed since it was decided on. Look at the statement again.")
        result = redaction.replaced(result, path, given_out(text.text, places))
    return result


def marked(text: str, edited: str, withheld: Sequence[Withheld]) -> tuple[Span, ...]:
    """Return the places that somebody has put MARK on: `edited` is `given_out(text, withheld)` with new marks.

    Raises CannotWithhold where nothing was marked, or anything else was done to the text.
    """
    shown = pieces(text, withheld)
    taken = _taken("".join(piece.shown for piece in shown), edited.split(MARK))
    if not taken:
        raise CannotWithhold(f"Put {MARK} in the place of at least one passage, and leave every other letter as it is.")
    return tuple(_in_the_original(place, shown) for place in taken)


def whole(text: str) -> tuple[Span, ...]:
    """Return the one place that is all of a text."""
    return ((0, len(text)),)


def _taken(before: str, kept: Sequence[str]) -> list[Span]:
    """Return the places between what was kept of a text, each of one character or more; none where it does not fit.

    What is kept in the middle is looked for from the left, which finds a fit wherever there is one.
    """
    first, *middle = kept[:-1] or [""]
    last = kept[-1]
    if len(kept) < 2 or not before.startswith(first):
        return []
    places, at = [], len(first)
    for piece in middle:
        found = before.find(piece, at + 1)
        if found < 0:
            return []
        places.append((at, found))
        at = found + len(piece)
    ends = len(before) - len(last)
    return [*places, (at, ends)] if ends > at and before.endswith(last) else []


def _in_the_original(place: Span, shown: Sequence[Piece]) -> Span:
    """Bring a place in the text as shown to the one in the text as it was signed."""
    at = 0
    for piece in shown:
        begins, ends = place[0] - at, place[1] - at
        if piece.number is None and begins >= 0 and ends <= len(piece.text):
            return piece.begins + begins, piece.begins + ends
        at += len(piece.shown)
    raise CannotWithhold("A new mark stands over one that is there already. Undo that one first, below.")
