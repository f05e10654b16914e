"""Abbreviations in a paper: written out where prose first uses one, and those told that nothing explains. Pure.

A whole word is an abbreviation, and one with an s of plural or possessive; where adding an s to what it stands for does
not make the plural, that has a line of its own (HSAs: health and safety authorities). What stands between curly
brackets or marks is a name, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import escape, unescape

from papers.contents.references import MARKED, NAMED, Fault

# A tag or a name: nothing to read.
NO_WORDS = re.compile(rf"(<[^>]*>|{NAMED.pattern.replace('(', '(?:')}|{MARKED.pattern.replace('(', '(?:')})")
TAG = re.compile(r"<[^>]*>")
PART_OF_A_WORD = r"[\w&-]"
CAPITALS = re.compile(r"(?<![\w&])[A-Z](?:&?[A-Z])+(?![\w&])")
PLURAL = re.compile(r"(?<![\w&])([A-Z](?:&?[A-Z])+)s(?!\w)")
IN_BRACKETS = re.compile(r"\(([A-Z](?:&?[A-Z])+)s?\)")
ROMAN = re.compile(r"[IVXLC]+")
# Markings, and what everybody reads as a word.
LEFT_OUT = frozenset({"OFFICIAL", "SENSITIVE", "UK", "GOV", "AM", "PM", "PDF", "CSV", "OK", "TV", "IT", "ID"})


class Abbreviations:
    """The abbreviations of a paper, asked in the order in which its texts are printed."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = meanings
        self.used: set[str] = set()
        # The longest first: an abbreviation may be the beginning of another one.
        shorts = "|".join(re.escape(short) for short in sorted(meanings, key=len, reverse=True))
        found = rf"(?<!{PART_OF_A_WORD})({shorts})(s?)(?!{PART_OF_A_WORD})([’']s(?!\w))?" if shorts else r"(?!)"
        self.pattern = re.compile(found)

    def written_out(self, html: str) -> str:
        """Return the HTML with each abbreviation that no text before has used behind what it stands for."""
        before = ""
        pieces = []
        for number, piece in enumerate(NO_WORDS.split(html)):
            if number % 2:
                pieces.append(piece)
                continue
            words = unescape(piece)
            longer = self._written_out(words, before)
            pieces.append(piece if longer == words else escape(longer, quote=False))
            before += words
        return "".join(pieces)

    def _written_out(self, words: str, before: str) -> str:
        def longer(found: re.Match[str]) -> str:
            short, plural, own = found[1], found[2], found[3] or ""
            if short in self.used:
                return found[0]
            self.used.add(short)
            meaning = self.meanings[short] + plural
            if _ends_with(before + words[: found.start()], meaning):
                return found[0]
            return f"{meaning}{'’' if own and meaning.endswith('s') else own} ({found[0]})"

        return self.pattern.sub(longer, words)

    def found_in(self, texts: Iterable[str]) -> list[tuple[str, str]]:
        """Return those that stand in the texts (plain or HTML), with what they stand for, by their letters."""
        found = {match[1] for text in texts for match in self.pattern.finditer(unescape(TAG.sub("", text)))}
        return [(short, self.meanings[short]) for short in sorted(found, key=lambda short: (short.casefold(), short))]


def _ends_with(words: str, meaning: str) -> bool:
    """Whether the words end with the meaning and an opened bracket, as in “Health and Safety Executive (”."""
    return " ".join(words.split()).casefold().endswith(f"{meaning} (".casefold().rstrip())


def explained_in(texts: Iterable[str]) -> set[str]:
    """Return the words in capitals that stand in brackets, as an abbreviation does behind what it stands for."""
    return {found[1] for text in texts for found in IN_BRACKETS.finditer(text)}


def unexplained_in(text: str, known: Collection[str]) -> list[Fault]:
    """Return the words in capitals that are not `known`, each at the first line of the text where it stands."""
    told: set[str] = set()
    return [
        Fault(number, message)
        for number, line in enumerate(text.splitlines(), start=1)
        for message in _unexplained(line, known, told)
    ]


def _unexplained(line: str, known: Collection[str], told: set[str]) -> Iterator[str]:
    plain = NAMED.sub(" ", line)
    singular = {found[1]: f"{found[1]}s" for found in PLURAL.finditer(plain)}
    for word in [*(found[0] for found in CAPITALS.finditer(plain)), *singular]:
        if word in told or word in LEFT_OUT or ROMAN.fullmatch(word) or {word, f"{word}s"} & set(known):
            continue
        told.add(word)
        yield (
            f"Nothing in the paper says what “{word}” stands for. Add it to the abbreviations among the details of "
            "the paper, or write it out."
        )
