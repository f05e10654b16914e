"""Numbers that somebody typed near a figure the data know, and that differ from it. Pure.

The sources show how it happens: a figure is retyped into prose, the table changes, the prose does not. A sentence is
near a figure where it has the words of its name. What is found is a doubt for the writer to look at, never a refusal:
a sentence may well speak of another period.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping, Sequence

from papers.contents.references import NAMED, Fault, Figure

# Figures of these kinds are few and named in words of their own; levels and counts of units would be met everywhere.
WATCHED = ("injuries.", "custody.", "working_time.")
NUMBER = re.compile(r"(?<![\w.,/])[+−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|(?<![\w.,/])[+−-]?\d+(?:\.\d+)?%?(?!\w)")
DAY = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(month_name[1:])})\b")
YEAR = re.compile(r"\b(?:19|20)\d{2}(?:/\d{2})?\b")
SENTENCE = re.compile(r"(?<=[.!?;])\s+")
WORD = re.compile(r"[a-z]+")
LEFT_OUT = frozenset({"with", "after", "of", "and", "time", "total"})


def doubts_in(text: str, figures: Iterable[Figure]) -> list[Fault]:
    """Return the typed numbers that stand near a figure and are none that the data have of it, line by line."""
    subjects: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.name.startswith(WATCHED):
            subjects.setdefault(figure.name.rpartition(".")[0], []).append(figure)
    return [
        Fault(number, message)
        for number, line in enumerate(text.splitlines(), start=1)
        for sentence in SENTENCE.split(line)
        for message in _doubts(sentence, subjects)
    ]


def _doubts(sentence: str, subjects: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    plain = NAMED.sub(" ", sentence)
    words = {_stem(word) for word in WORD.findall(plain.lower())}
    near = [figure for subject, ones in subjects.items() if _is_near(subject, words) for figure in ones]
    if not near:
        return
    known = {form for figure in near for form in (_bare(figure.text), _signed(figure.text))}
    for found in NUMBER.finditer(YEAR.sub(" ", DAY.sub(" ", plain))):
        typed = found[0]
        alike = [figure for figure in near if figure.text.endswith("%") == typed.endswith("%") and _is_number(figure)]
        if alike and _signed(typed) not in known:
            said = ", ".join(f"{figure.text} ({figure.what})" for figure in alike[:3])
            yield (
                f"“{typed}” is typed by hand where the data have {said}. Name the figure, such as "
                f"{{{{ {alike[0].name} }}}}, or leave it if it is about something else."
            )


def _is_near(subject: str, words: set[str]) -> bool:
    """Whether a sentence with these words is about the subject.

    Of injuries it has all words of the last part, and one of an indicator's where that part is a staff group; of
    anything else all of them.
    """
    first, *others = [
        {_stem(word) for word in part.split("_") if word not in LEFT_OUT} for part in reversed(subject.split("."))
    ]
    if subject.startswith("injuries."):
        named = set().union(*others[:-1])
        return first <= words and (not named or bool(named & words))
    return first.union(*others) <= words


def _stem(word: str) -> str:
    return word.removesuffix("s")[:5]


def _bare(number: str) -> str:
    return number.lstrip("+−-").replace(",", "")


def _signed(number: str) -> str:
    """Return the number with its sign, where it has one: a rise is no fall of the same size."""
    sign = "-" if number.startswith(("−", "-")) else "+" if number.startswith("+") else ""
    return sign + _bare(number)


def _is_number(figure: Figure) -> bool:
    return bool(NUMBER.fullmatch(figure.text))
