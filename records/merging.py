"""One text out of two people's changes to the same text, for a person to read and edit. Pure: no database.

Where the changes stand apart, both are taken. Where they meet, the sentences they meet in stand in the proposal twice,
one person's after the other's, with no marks between them that would have to be cleaned away. Whatever either person
added is in the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from merge3 import Merge3

from rendering.differences import COMPARED_BY_WORDS, WordMatcher, lines, pieces, plain

# A sentence or a line, without the blanks around it; and the blanks.
_SENTENCES = re.compile(r"\s+|\S.*?(?:[.!?](?=\s)|(?=\s*(?:\n|\Z)))")
_SENTENCE_ENDS = frozenset(".!?")
# Signs that follow the word before them without a blank.
_CLOSING = frozenset(".,;:!?)]}’”%")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text to edit. `is_clean` says that the two changes stood apart, so that nobody has to choose."""

    text: str
    is_clean: bool


Pieces = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The same place in the three texts; `is_kept` where neither person changed it."""

    base: Pieces
    mine: Pieces
    theirs: Pieces
    is_kept: bool

    @property
    def is_contested(self) -> bool:
        """Whether both people changed it, and not alike."""
        return self.base != self.mine != self.theirs != self.base

    @property
    def merged(self) -> Pieces:
        """What stands here where it is not contested: what was changed, by either or by both alike."""
        return self.theirs if self.mine == self.base else self.mine


def propose(base: str | None, mine: str, theirs: str) -> Proposal:
    """Return one text that holds what both people added to `base`; None where it is not known what they began with.

    Line ends and composed letters are put into one form first. A text that only one of them changed is proposed as
    that person left it; what both changed alike stands once.
    """
    mine, theirs = plain(mine), plain(theirs)
    if mine == theirs:
        return Proposal(mine, is_clean=True)
    if base is None:
        return Proposal(_one_after_the_other([mine], [theirs]), is_clean=False)
    base = plain(base)
    if theirs == base:
        return Proposal(mine, is_clean=True)
    if mine == base:
        return Proposal(theirs, is_clean=True)
    merged = [_merge(place) for place in _stretches(lines(base), lines(mine), lines(theirs))]
    return Proposal("".join(place.text for place in merged), is_clean=all(place.is_clean for place in merged))


def _merge(place: _Stretch) -> Proposal:
    """Merge, word by word, lines that both people changed; of others take what was changed."""
    if not place.is_contested:
        return Proposal("".join(place.merged), is_clean=True)
    texts = ["".join(text) for text in (place.base, place.mine, place.theirs)]
    if sum(map(len, texts)) > COMPARED_BY_WORDS:
        return Proposal(_one_after_the_other(place.mine, place.theirs), is_clean=False)
    words = [pieces(text) for text in texts]
    sentences = list(_by_sentence(_stretches(*words)))
    return Proposal(
        "".join(_merged(sentence) for sentence in sentences),
        is_clean=not any(_is_contested(sentence) for sentence in sentences),
    )


def _stretches(base: Pieces, mine: Pieces, theirs: Pieces) -> Iterator[_Stretch]:
    """Cut the three texts, alike, into what neither person changed and what lies between."""
    at = at_mine = at_theirs = 0
    # What the library calls a sync region is a run of pieces that all three texts have; the last one is empty.
    merge = Merge3(base, mine, theirs, sequence_matcher=WordMatcher)  # type: ignore[arg-type]  # named tuples fit
    for start, end, mine_start, mine_end, theirs_start, theirs_end in merge.find_sync_regions():
        between = _Stretch(base[at:start], mine[at_mine:mine_start], theirs[at_theirs:theirs_start], is_kept=False)
        if between.base or between.mine or between.theirs:
            yield between
        for piece_start, piece_end in _after_each_sentence(base, start, end):
            kept = base[piece_start:piece_end]
            yield _Stretch(kept, kept, kept, is_kept=True)
        at, at_mine, at_theirs = end, mine_end, theirs_end


def _after_each_sentence(text: Pieces, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut text[start:end] after the blank that follows each sentence, and after each line."""
    ends = [place + 1 for place in range(start, end) if _ends_a_sentence(text, place, start)]
    return pairwise(sorted({start, *ends, end}))


def _ends_a_sentence(text: Pieces, place: int, start: int) -> bool:
    if not text[place].isspace():
        return False
    return "\n" in text[place] or (place > start and text[place - 1] in _SENTENCE_ENDS)


def _by_sentence(stretches: Iterator[_Stretch]) -> Iterator[list[_Stretch]]:
    """Gather stretches up to the end of each sentence that nobody changed."""
    sentence: list[_Stretch] = []
    for stretch in stretches:
        sentence.append(stretch)
        if stretch.is_kept and _ends_a_sentence(stretch.base, len(stretch.base) - 1, 0):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _is_contested(sentence: Sequence[_Stretch]) -> bool:
    return _meet_in_one_place(sentence) or _meet_side_by_side(sentence)


def _meet_in_one_place(sentence: Sequence[_Stretch]) -> bool:
    return any(stretch.is_contested for stretch in sentence)


def _meet_side_by_side(sentence: Sequence[_Stretch]) -> bool:
    """Whether nothing but a blank stands between a change of one person and a change of the other."""
    more_than_blanks = [stretch for stretch in sentence if not (stretch.is_kept and "".join(stretch.base).isspace())]
    return any(
        not one.is_kept and not next_one.is_kept and _changed_by(one) != _changed_by(next_one)
        for one, next_one in pairwise(more_than_blanks)
    )


def _changed_by(stretch: _Stretch) -> tuple[bool, bool]:
    return stretch.mine != stretch.base, stretch.theirs != stretch.base


def _merged(sentence: Sequence[_Stretch]) -> str:
    both_only_added = all(not stretch.base for stretch in sentence if stretch.is_contested)
    if both_only_added and not _meet_side_by_side(sentence):
        return "".join(
            _one_after_the_other(stretch.mine, stretch.theirs) if stretch.is_contested else "".join(stretch.merged)
            for stretch in sentence
        )
    mine = [piece for stretch in sentence for piece in stretch.mine]
    theirs = [piece for stretch in sentence for piece in stretch.theirs]
    return _one_after_the_other(mine, theirs)


def _one_after_the_other(mine: Pieces, theirs: Pieces) -> str:
    """Return both texts, with the sentences that both have once."""
    ours, others = _SENTENCES.findall("".join(mine)), _SENTENCES.findall("".join(theirs))
    text = ""
    for tag, start, end, other_start, other_end in WordMatcher(None, ours, others).get_opcodes():
        one, other = "".join(ours[start:end]), "".join(others[other_start:other_end])
        if tag != "equal":
            are_lines = _are_lines(ours, start, end) and _are_lines(others, other_start, other_end)
            one = _either_or_both(one, other, parted_by="\n" if are_lines else " ")
        text = _joined(text, one)
    return text


def _are_lines(sentences: Sequence[str], start: int, end: int) -> bool:
    """Whether sentences[start:end] are whole lines."""
    begins = start == 0 or "\n" in sentences[start - 1]
    return begins and (end == len(sentences) or "\n" in sentences[end])


def _either_or_both(mine: str, theirs: str, *, parted_by: str) -> str:
    """Return the longer text where it has every word of the shorter one in its order, else one after the other."""
    words, other_words = mine.split(), theirs.split()
    if words == other_words:  # they differ by blanks: keep a new line that either person began
        return max(mine, theirs, key=lambda text: text.count("\n"))
    if _are_among(words, other_words):
        return theirs
    return mine if _are_among(other_words, words) else _joined(mine, theirs, parted_by)


def _are_among(words: Sequence[str], others: Sequence[str]) -> bool:
    rest = iter(others)
    return all(word in rest for word in words)


def _joined(left: str, right: str, parted_by: str = " ") -> str:
    """Return the two texts as one, parted where they would run together."""
    if not left or not right or left[-1].isspace() or right[0].isspace() or right[0] in _CLOSING:
        return left + right
    return f"{left}{parted_by}{right}"
