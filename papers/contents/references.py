"""Names in a paper's prose: `{{ injuries.assaults_with_injury.ddos.rate_change }}`, `{{ table.medians }}`. Pure.

A figure in prose is a name, and the frozen data say what stands there: text and table cannot disagree. A name may be
shortened from the left as long as one figure alone ends like it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from itertools import islice

# How blocks name something, in words that may hold anything, brackets included.
MARKED = re.compile("\x02([^\x02\x03]*)\x03")
NAMED = re.compile(r"\{\{([^{}\n]*)\}\}")
BRACE = re.compile(r"\{\{|\}\}")
NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
MOST_OFFERED = 4
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that prose can name. `what` tells whoever picks it from a list what it is."""

    name: str
    text: str
    what: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a name, and on which line of the text it stands."""

    line: int
    message: str


def reference(name: str) -> str:
    """Return how a block names a table, a figure or a section of the paper, until layout has numbered them."""
    return f"\x02{name}\x03"


def named_in(text: str) -> list[str]:
    """Return what the text names, in its order."""
    return [found[1].strip() for found in NAMED.finditer(text)]


def found_as(said: str, names: Collection[str]) -> list[str]:
    """Return the names that `said` may stand for: itself, or else all that end like it."""
    if said in names:
        return [said]
    return sorted(name for name in names if NAME.fullmatch(said) and name.endswith(f".{said}"))


def faults_in(text: str, names: Collection[str]) -> list[Fault]:
    """Return what is wrong with the names in a text, line by line; of very many the first ones."""
    found = (
        Fault(number, message)
        for number, line in enumerate(text.splitlines(), start=1)
        for message in _faults_of(line, names)
    )
    return list(islice(found, MOST_FAULTS))  # each looks for names like it, which takes a while


def _faults_of(line: str, names: Collection[str]) -> Iterator[str]:
    for said in named_in(line):
        found = found_as(said, names)
        if len(found) > 1:
            yield f"“{said}” may be {_offered(found)}. Write as much of the name as tells them apart."
        elif not found:
            near = get_close_matches(said, names, n=MOST_OFFERED, cutoff=0.5)
            meant = f"Did you mean {_offered(near)}?" if near else "Pick one from the list of figures."
            yield f"Nothing in this paper is called “{said}”. {meant}"
    if BRACE.search(NAMED.sub("", line)):
        yield "Two curly brackets are opened or closed on their own. A name stands between {{ and }} on one line."


def _offered(names: Collection[str]) -> str:
    shown = list(names)[:MOST_OFFERED]
    return ", ".join(shown) + (" …" if len(names) > len(shown) else "")


def resolved(html: str, texts: Mapping[str, str], *, fault: str) -> str:
    """Return prose as HTML with what each name stands for, escaped; `fault` (of `%s`) where that is not known."""

    def text_of(match: re.Match[str]) -> str:
        found = found_as(match[1].strip(), texts)
        return escape(texts[found[0]]) if len(found) == 1 else fault.replace("%s", match[0])

    return NAMED.sub(text_of, html)


def unmarked(html: str, texts: Mapping[str, str]) -> str:
    """Return HTML of a block with the number of what each reference names."""
    return MARKED.sub(lambda match: escape(texts.get(match[1], "")), html)
