"""The abbreviations of a paper, one a line as people type them: `HSE: Health and Safety Executive`. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# A capital or a figure first, then letters and figures, which may be joined: H&S, A/C, MSc, 2FA. No blanks.
SHORT = re.compile(r"(?=[^A-Z]*[A-Z])[A-Z0-9](?:[&/-]?[A-Za-z0-9])+")
MOST = 100
LONGEST_SHORT = 20
LONGEST_MEANING = 200


def read(text: str) -> dict[str, str]:
    """Return what each abbreviation of the text stands for; lines that say none are passed over."""
    return {short: meaning for _, short, meaning in _lines(text) if not fault_in(short, meaning)}


def as_lines(meanings: Mapping[str, str]) -> str:
    """Return them as people type them."""
    return "\n".join(f"{short}: {meaning}" for short, meaning in meanings.items())


def faults_in(text: str) -> list[str]:
    """Return what is wrong with the text, line by line."""
    found = []
    seen: dict[str, int] = {}
    for line, short, meaning in _lines(text):
        if short in seen:
            found.append(f"Line {line}: {short} stands in line {seen[short]} already. Take one of the two out.")
        elif fault := fault_in(short, meaning):
            found.append(f"Line {line}: {fault}")
        seen.setdefault(short, line)
    if len(seen) > MOST:
        found.append(f"There are {len(seen)} abbreviations, and {MOST} are allowed. Take out those that nobody meets.")
    return found


def fault_in(short: str, meaning: str) -> str:
    """Return what is wrong with an abbreviation and what it stands for; empty where nothing is."""
    if not short or not meaning:
        return "Write the abbreviation, a colon, and what it stands for, such as HSE: Health and Safety Executive."
    if not SHORT.fullmatch(short):
        return (
            f"“{short}” is no abbreviation that can be found in a text. Write two or more letters or figures without "
            "blanks, one of them a capital; &, / and - may join them."
        )
    if "{{" in meaning or "}}" in meaning:
        return f"What {short} stands for has curly brackets. Write words: no figure can be named here."
    if len(short) > LONGEST_SHORT:
        return f"“{short}” has {len(short)} characters, and {LONGEST_SHORT} are allowed."
    if len(meaning) > LONGEST_MEANING:
        return f"What {short} stands for has {len(meaning)} characters, and {LONGEST_MEANING} are allowed."
    return ""


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Number, abbreviation and meaning of each line with something on it."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            short, _, meaning = line.partition(":")
            yield number, short.strip(), " ".join(meaning.split())
