"""How the columns of a force's file of incidents are read: which is the day, which words make which indicators. Pure.

docs/injury-figures.md describes the file in which an operator says so. It is judged whole: every fault is raised
together. What a column may tell of a person is judged by its heading, here as well as when a file of incidents comes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from injuries.names import plain

FORMAT = 1
ORDERS = ("day-first", "month-first")
LONGEST = 100
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = ("format", "code", "name", "date", "staff_group", "unit", "indicators", "other_values", "ignore")

# Headings that could stand above what tells of a person. Whole words, as `_words` splits a heading.
_ABOUT_PEOPLE = frozenset({
    "initials", "email", "mail", "warrant", "collar", "shoulder", "payroll", "dob", "birth", "born", "birthday",
    "address", "postcode", "phone", "telephone", "mobile", "tel", "nino", "ni", "insurance", "nhs", "passport",
    "licence", "victim", "witness", "suspect", "complainant", "reporter", "supervisor", "manager", "doctor", "gp",
    "kin", "signature"
})  # fmt: skip
# Free text, in which people are named.
_FREE_TEXT = frozenset({
    "description", "narrative", "details", "detail", "comments", "comment", "notes", "note", "circumstances",
    "summary", "text"
})  # fmt: skip
_PEOPLE = frozenset({
    "staff", "employee", "officer", "person", "personnel", "people", "user", "member", "pers", "individual", "ip"
})  # fmt: skip
_SOMEBODY = frozenset({"person", "officer", "employee", "individual", "party"})
_NUMBERS = frozenset({"number", "no", "num", "nr", "id", "identifier", "ref", "reference", "code"})
_BY = frozenset({
    "reported", "entered", "recorded", "created", "investigated", "completed", "assigned", "submitted", "updated",
    "closed"
})  # fmt: skip
_NAMED_THINGS = frozenset({
    "unit", "ocu", "bcu", "station", "site", "building", "location", "group", "indicator", "department",
    "directorate", "borough", "command", "team", "system", "form", "file", "category", "type"
})  # fmt: skip


class NotAMapping(ValueError):
    """The file does not say how columns are read. `faults` says of each entry what to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class Translated:
    """A column, and what its words stand for here (compared as `names.plain` does); others stand for themselves."""

    column: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """An incident counts for the indicator where each of these columns has one of these words. None: every one does."""

    indicator: str
    where: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class ColumnRules:
    """All that a file says: `words` are those that a category column may have, `ignored` columns are never read."""

    code: str
    name: str
    date: str
    month_first: bool
    staff_group: Translated | None
    unit: Translated | None
    rules: tuple[Rule, ...]
    words: Mapping[str, frozenset[str]]
    ignored: frozenset[str]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The codes of the indicators that a file read so tells about, in the mapping's order."""
        return tuple(dict.fromkeys(rule.indicator for rule in self.rules))

    @property
    def used(self) -> tuple[str, ...]:
        """The headings that a file has to have."""
        translated = [one.column for one in (self.staff_group, self.unit) if one is not None]
        return tuple(dict.fromkeys([self.date, *self.words, *translated]))


def could_name_a_person(heading: str) -> bool:
    """Whether what stands below such a heading may tell who somebody is: names, numbers of people, free text."""
    words = _words(heading)
    if words and words[-1] in _SOMEBODY:
        return True
    for before, word in zip(["", *words], words, strict=False):
        if word in _ABOUT_PEOPLE or word in _FREE_TEXT:
            return True
        if word.rstrip("s").endswith("name") and before not in _NAMED_THINGS:
            return True
        if (before in _PEOPLE and word in _NUMBERS) or (before in _BY and word == "by"):
            return True
    return words == ["what", "happened"]


def _words(heading: str) -> list[str]:
    """Return the words of a heading, also of ones such as InjuredPersonName, FIRST_NAME and e-mail."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)
    return re.findall(r"[^\W\d_]+", re.sub(r"(?i)\be-mail", "email", spaced).casefold())


# --- Reading the file -----------------------------------------------------------------------------------------------


def read(text: str) -> ColumnRules:
    """Return what the TOML text says. Raises NotAMapping with every fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotAMapping([f"The file is no TOML: {error}."]) from error
    if document.get("format") != FORMAT:
        raise NotAMapping([f"The file does not say format = {FORMAT}."])
    reading = _Reading()
    found = reading.mapping(document)
    reading.faults += [
        f"“{column}” could name a person, so no figure is made of it. List it under ignore; where it names nobody, "
        "give it another heading."
        for column in found.used
        if could_name_a_person(column)
    ]
    ignored = {plain(one) for one in found.ignored}
    reading.faults += [f"“{one}” is used and ignored. Decide on one." for one in found.used if plain(one) in ignored]
    if reading.faults:
        raise NotAMapping(reading.faults)
    return found


@dataclass(slots=True)
class _Reading:
    """Turns entries into values, noting every fault on the way."""

    faults: list[str] = field(default_factory=list)

    def mapping(self, document: Mapping[str, Any]) -> ColumnRules:
        self._refuse_others("The file", document, _KEYS)
        code = self._text("The file", document, "code")
        if code and not _CODE.fullmatch(code):
            self.faults.append(f"The file: code has small letters, digits and hyphens only, not “{code}”.")
        day = self._table(document, "date", ("column", "order"))
        order = day.get("order", ORDERS[0])
        if order not in ORDERS:
            self.faults.append(f"date: order is {' or '.join(ORDERS)}, not “{order}”.")
        rules = tuple(self._rules(document))
        words: dict[str, frozenset[str]] = {}
        for where in [*(rule.where for rule in rules), self._words_by_column("other_values", document, "other_values")]:
            for column, some in where.items():
                words[column] = words.get(column, frozenset()) | some
        return ColumnRules(
            code=code,
            name=self._text("The file", document, "name"),
            date=self._text("date", day, "column"),
            month_first=order == "month-first",
            staff_group=self._translated(document, "staff_group"),
            unit=self._translated(document, "unit"),
            rules=rules,
            words=words,
            ignored=frozenset(self._texts("The file", document, "ignore")),
        )

    def _rules(self, document: Mapping[str, Any]) -> Iterable[Rule]:
        entries = document.get("indicators", [])
        if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
            self.faults.append("The file says no indicator. Begin each with [[indicators]].")
            return
        for number, entry in enumerate(entries, start=1):
            place = f"indicators, entry {number}"
            self._refuse_others(place, entry, ("indicator", "where"))
            yield Rule(self._text(place, entry, "indicator"), self._words_by_column(place, entry, "where"))

    def _words_by_column(self, place: str, entry: Mapping[str, Any], name: str) -> dict[str, frozenset[str]]:
        said = entry.get(name, {})
        if not isinstance(said, dict):
            self.faults.append(f"{place}: {name} names columns, each with a list of its words.")
            return {}
        return {
            column: frozenset(plain(one) for one in self._texts(f"{place}: {name}", said, column)) for column in said
        }

    def _translated(self, document: Mapping[str, Any], name: str) -> Translated | None:
        if name not in document:
            return None
        said = self._table(document, name, ("column", "values"))
        values = said.get("values", {})
        if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
            self.faults.append(f"{name}: values says of each word what it stands for, as a text.")
            values = {}
        return Translated(self._text(name, said, "column"), {plain(word): one for word, one in values.items()})

    def _table(self, document: Mapping[str, Any], name: str, known: Sequence[str]) -> Mapping[str, Any]:
        said = document.get(name, {})
        if not isinstance(said, dict):
            self.faults.append(f"{name} is no table. Begin it with [{name}].")
            return {}
        self._refuse_others(name, said, known)
        return said

    def _refuse_others(self, place: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
        self.faults += [
            f"{place}: “{name}” is not known here. Known are {', '.join(known)}." for name in entry if name not in known
        ]

    def _text(self, place: str, entry: Mapping[str, Any], name: str) -> str:
        text = entry.get(name, "")
        text = " ".join(text.split()) if isinstance(text, str) else ""
        if not text:
            self.faults.append(f"{place}: {name} is missing, or no text.")
        elif len(text) > LONGEST:
            self.faults.append(f"{place}: {name} is longer than {LONGEST} characters.")
        return text

    def _texts(self, place: str, entry: Mapping[str, Any], name: str) -> list[str]:
        said = entry.get(name, [])
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            self.faults.append(f"{place}: {name} is no list of texts.")
            return []
        return said
