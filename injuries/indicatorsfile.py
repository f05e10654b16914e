"""The file that says what is counted: indicators, staff groups, reporting changes, custody’s lists. Pure.

docs/injury-figures.md describes the format. A file is judged whole: every fault that can be seen is raised together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FORMAT = 1
BETTER = ("lower", "higher", "neutral")
CUSTODY_LISTS = (
    "custody_denominators",
    "intervention_causes",
    "detainee_injury_types",
    "custody_exceptions",
    "custody_referrals",
)
LONGEST = {"code": 40, "name": 100, "short_name": 40, "members": 400, "meaning": 400, "effect": 400}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class NotIndicators(ValueError):
    """The file does not say what is counted. `faults` says of each entry what to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """People who are counted together."""

    code: str
    name: str
    short_name: str
    members: str


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """Something that is counted; `by_staff_group` holds the codes of the groups that it is compared for."""

    code: str
    name: str
    meaning: str
    better: str
    by_staff_group: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """A day from which something is reported in another way; `indicator` is empty where it bears on all."""

    indicator: str
    starts_on: date
    name: str
    effect: str
    limits_begin_anew: bool


@dataclass(frozen=True, slots=True)
class TermEntry:
    """An entry of a list that custody figures are counted by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class IndicatorsFile:
    """All that a file says, in its order; `custody` has the entries of each list, by its name in the file."""

    staff_groups: tuple[GroupEntry, ...]
    indicators: tuple[IndicatorEntry, ...]
    reporting_changes: tuple[ChangeEntry, ...]
    custody: Mapping[str, tuple[TermEntry, ...]]


def read(text: str) -> IndicatorsFile:
    """Return what the TOML text says. Raises NotIndicators with every fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotIndicators([f"The file is no TOML: {error}."]) from error
    if document.get("format") != FORMAT:
        raise NotIndicators([f"The file does not say format = {FORMAT}."])
    reading = _Reading()
    groups = tuple(_each(document, "staff_groups", reading, reading.group))
    reading.groups = frozenset(one.code for one in groups)
    indicators = tuple(_each(document, "indicators", reading, reading.indicator))
    reading.indicators = frozenset(one.code for one in indicators)
    changes = tuple(_each(document, "reporting_changes", reading, reading.change))
    custody = {name: tuple(_each(document, name, reading, reading.term)) for name in CUSTODY_LISTS}
    if not indicators:
        reading.faults.append("The file names no indicator. Add one under [[indicators]].")
    for what, names in {
        "staff_groups: code": [one.code for one in groups],
        "staff_groups: name": [one.name for one in groups],
        "staff_groups: short_name": [one.short_name for one in groups],
        "indicators: code": [one.code for one in indicators],
        "indicators: name": [one.name for one in indicators],
        **{f"{name}: code": [one.code for one in terms] for name, terms in custody.items()},
        **{f"{name}: name": [one.name for one in terms] for name, terms in custody.items()},
    }.items():
        reading.faults += [f"{what} = “{name}” is there twice." for name in sorted(_twice(names))]
    if reading.faults:
        raise NotIndicators(reading.faults)
    return IndicatorsFile(groups, indicators, changes, custody)


def _each(document: Mapping[str, Any], name: str, reading: _Reading, take: Any) -> Iterable[Any]:
    entries = document.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        reading.faults.append(f"{name} is no list of entries. Begin each with [[{name}]].")
        return
    for number, entry in enumerate(entries, start=1):
        yield take(f"{name}, entry {number}", entry)


def _twice(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name and (name in seen or seen.add(name))}  # type: ignore[func-returns-value]  # None


@dataclass(slots=True)
class _Reading:
    """Turns entries into values, noting every fault on the way."""

    groups: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    faults: list[str] = field(default_factory=list)

    def group(self, place: str, entry: Mapping[str, Any]) -> GroupEntry:
        self._refuse_others(place, entry, ("code", "name", "short_name", "members"))
        return GroupEntry(
            self._code(place, entry),
            self._text(place, entry, "name"),
            self._text(place, entry, "short_name"),
            self._text(place, entry, "members"),
        )

    def indicator(self, place: str, entry: Mapping[str, Any]) -> IndicatorEntry:
        self._refuse_others(place, entry, ("code", "name", "meaning", "better", "by_staff_group"))
        better = entry.get("better")
        if better not in BETTER:
            self.faults.append(f"{place}: better is {', '.join(BETTER[:-1])} or {BETTER[-1]}, not “{better}”.")
        by = entry.get("by_staff_group", [])
        if not isinstance(by, list) or not all(isinstance(one, str) for one in by):
            self.faults.append(f"{place}: by_staff_group is no list of codes.")
            by = []
        self.faults += [f"{place}: the file has no staff group “{code}”." for code in by if code not in self.groups]
        return IndicatorEntry(
            self._code(place, entry),
            self._text(place, entry, "name"),
            self._text(place, entry, "meaning", required=False),
            str(better),
            tuple(dict.fromkeys(by)),
        )

    def change(self, place: str, entry: Mapping[str, Any]) -> ChangeEntry:
        self._refuse_others(place, entry, ("indicator", "starts_on", "name", "effect", "limits_begin_anew"))
        indicator = self._text(place, entry, "indicator", required=False)
        if indicator and indicator not in self.indicators:
            self.faults.append(f"{place}: the file has no indicator “{indicator}”.")
        starts_on = entry.get("starts_on")
        if type(starts_on) is not date:
            self.faults.append(f"{place}: starts_on is a day, such as 2017-07-01.")
            starts_on = date.min
        anew = entry.get("limits_begin_anew", False)
        if not isinstance(anew, bool):
            self.faults.append(f"{place}: limits_begin_anew is true or false, not “{anew}”.")
        name, effect = self._text(place, entry, "name"), self._text(place, entry, "effect")
        return ChangeEntry(indicator, starts_on, name, effect, bool(anew))

    def term(self, place: str, entry: Mapping[str, Any]) -> TermEntry:
        self._refuse_others(place, entry, ("code", "name"))
        return TermEntry(self._code(place, entry), self._text(place, entry, "name"))

    def _refuse_others(self, place: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
        self.faults += [
            f"{place}: “{name}” is not known here. Known are {', '.join(known)}." for name in entry if name not in known
        ]

    def _code(self, place: str, entry: Mapping[str, Any]) -> str:
        code = self._text(place, entry, "code")
        if code and not _CODE.fullmatch(code):
            self.faults.append(f"{place}: code has small letters, digits and hyphens only, not “{code}”.")
        return code

    def _text(self, place: str, entry: Mapping[str, Any], name: str, *, required: bool = True) -> str:
        text = entry.get(name, "")
        if not isinstance(text, str):
            self.faults.append(f"{place}: {name} is no text.")
            return ""
        said: str = " ".join(text.split())
        if required and not said:
            self.faults.append(f"{place}: {name} is missing.")
        if len(said) > LONGEST.get(name, LONGEST["code"]):
            self.faults.append(f"{place}: {name} is longer than {LONGEST.get(name, LONGEST['code'])} characters.")
        return said
