"""Taking passages out of a paper for its public version: a copy of what was frozen, without them. Pure.

A passage is words of a section's text, as they were written; without words the whole section goes, prose or block. A
mark stands where something was. Data and figures that nothing left names go with what was taken out, and so does what
an abbreviation in it stands for: where the abbreviation is left elsewhere, it would be written out there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from papers.contents.block import Block
from papers.contents.references import found_as, named_in
from papers.skeleton import PROSE

MARK = "[taken out]"
# The same where it is read as Markdown: no bracket of it begins a link, and none ends one.
IN_TEXT = r"\[taken out\]"
MARKUP = re.compile(r"[*_]")
PREVIOUS = "previous_paper"  # the source that tells of other sources’ figures
WHOLE = "[This section has been taken out.]"


@dataclass(frozen=True, slots=True)
class Redaction:
    """Words of a section to take out, or (none) all of it, and why. Every place where the words stand is meant."""

    key: str
    words: str
    why: str

    @property
    def is_whole(self) -> bool:
        return not self.words


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What is wrong with the redaction of that number, counted from 0."""

    number: int
    message: str


def misplaced(content: Mapping[str, Any], redactions: Sequence[Redaction]) -> Iterator[Misplaced]:
    """Yield the redactions that nothing in the paper answers to."""
    texts = {section["key"]: section for section in _sections(content)}
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(redactions):
        section = texts.get(one.key)
        if section is None:
            yield Misplaced(number, "This paper has no such section.")
        elif not one.is_whole and section["kind"] != PROSE:
            yield Misplaced(number, "This section is drawn from data. Leave the words empty to take out all of it.")
        elif not one.is_whole and not list(_places(section["text"], one.words)):
            yield Misplaced(number, "These words do not stand in the section. Copy them from its text as it is shown.")
        elif (one.key, one.words) in seen:
            yield Misplaced(number, "This is taken out already, a few lines above.")
        seen.add((one.key, one.words))


def redacted(
    content: Mapping[str, Any], redactions: Iterable[Redaction], *, blocks: Mapping[str, Block]
) -> dict[str, Any]:
    """Return what the public version says: no word, datum or figure that was taken out, and why each was."""
    taken: dict[str, list[Redaction]] = {}
    for one in redactions:
        taken.setdefault(one.key, []).append(one)
    parts = [
        {**part, "sections": [_without(section, taken.get(section["key"], ())) for section in part["sections"]]}
        for part in content["parts"]
    ]
    left = {**content, "parts": parts}
    sources = {blocks[section["kind"]].source.name for section in _sections(left) if section["kind"] in blocks}
    named = {name for section in _sections(left) for said in named_in(section["text"]) for name in _of(said, content)}
    gone = [one.words or section["text"] for section in _sections(content) for one in taken.get(section["key"], ())]
    return left | {
        "abbreviations": {
            short: meaning
            for short, meaning in content.get("abbreviations", {}).items()
            if not any(short in words or _share(meaning, words) for words in gone)
        },
        "data": _data_left(content["data"], sources, blocks),
        "figures": {name: text for name, text in content["figures"].items() if name in named},
        "taken_out": [
            {"section": one.key, "whole": one.is_whole, "why": one.why} for group in taken.values() for one in group
        ],
    }


def still_said(words: str, redactions: Iterable[Redaction]) -> dict[str, int]:
    """Return which passages still stand in the words that are left, and how often: elsewhere, or written otherwise.

    Blanks, line ends and capitals make no difference, nor do marks of bold and the like.
    """
    text = " ".join(words.casefold().split())
    passages = {" ".join(MARKUP.sub("", one.words).split()): None for one in redactions if not one.is_whole}
    found = {passage: text.count(passage.casefold()) for passage in passages if passage}
    return {passage: times for passage, times in found.items() if times}


def _share(meaning: str, words: str) -> bool:
    """Whether what an abbreviation stands for would say what was taken out, or was taken out with it."""
    one, other = (" ".join(text.casefold().split()) for text in (meaning, words))
    return one in other or other in one


def _data_left(data: Mapping[str, Any], sources: Collection[str], blocks: Mapping[str, Block]) -> dict[str, Any]:
    """Return the data that what is left draws on; figures of other sources go from what tells of the previous paper."""
    left = {name: found for name, found in data.items() if name in sources}
    told = left.get(PREVIOUS)
    if told:
        known = {block.source.name: block.source for block in blocks.values()}
        gone = {
            figure.name
            for name, found in data.items()
            if name not in sources and found is not None and name in known
            for figure in known[name].figures(found)
        }
        changes = [
            {**group, "changes": [one for one in group["changes"] if one["name"] not in gone]}
            for group in told["changes"]
        ]
        left[PREVIOUS] = {**told, "changes": [group for group in changes if group["changes"]]}
    return left


def _of(said: str, content: Mapping[str, Any]) -> list[str]:
    return found_as(said, content["figures"])


def _sections(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (section for part in content["parts"] for section in part["sections"])


def _without(section: Mapping[str, Any], taken: Iterable[Redaction]) -> Mapping[str, Any]:
    """Return a section without what is taken out of it."""
    found = list(taken)
    if any(one.is_whole for one in found):
        return {**section, "kind": PROSE, "text": WHOLE, "options": {}}
    return {**section, "text": _cut(section["text"], [one.words for one in found])}


def _places(text: str, passage: str) -> Iterator[tuple[int, int]]:
    """Yield where the passage stands, from and to, each overlapping place too. Blanks and line ends are one."""
    words = r"\s+".join(map(re.escape, passage.split()))
    for found in re.finditer(f"(?=({words}))", text):
        yield found.span(1)


def _cut(text: str, passages: Iterable[str]) -> str:
    """Return the text with a mark for each stretch that passages cover: all of them are looked for in the whole text,
    so that one which overlaps another, or stands in it, is gone too."""
    covered = [False] * len(text)
    for passage in passages:
        for start, end in _places(text, passage):
            covered[start:end] = [True] * (end - start)
    stretches = groupby(zip(covered, text, strict=True), key=lambda one: one[0])
    return "".join(IN_TEXT if gone else "".join(letter for _, letter in letters) for gone, letters in stretches)
