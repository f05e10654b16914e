"""What a file may name: indicators, staff groups and units, by code and by name; and what is near a slip. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from injuries import months_in_files

MOST_LISTED = 12


class NotKnown(ValueError):
    """The text names nothing that there is; the message says what it may have meant."""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit, from its first to its last day; `closed_on` is None where it goes on."""

    slug: str
    name: str
    opened_on: date
    closed_on: date | None = None

    def existed_in(self, month: date) -> bool:
        """Whether there was the unit on some day of the month."""
        return self.opened_on < months_in_files.plus(month, 1) and (self.closed_on is None or self.closed_on >= month)


@dataclass(frozen=True, slots=True)
class Known:
    """All that a file may name. Indicators and staff groups by code: what each is called, its first name first."""

    indicators: Mapping[str, Sequence[str]]
    staff_groups: Mapping[str, Sequence[str]]
    units: Sequence[KnownUnit]
    today: date


def plain(text: str) -> str:
    """Return the text as names are compared: upper and lower case, blanks and apostrophes alike."""
    return " ".join(text.replace("’", "'").casefold().split())


@dataclass(slots=True)
class Finder:
    """Finds what a text names; asked the same again, it answers from memory."""

    known: Known
    _indicators: Mapping[str, Sequence[str]] = field(init=False)
    _groups: Mapping[str, Sequence[str]] = field(init=False)
    _units: Mapping[str, Sequence[KnownUnit]] = field(init=False)
    _units_found: dict[tuple[str, date], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._indicators = _by_name(self.known.indicators)
        self._groups = _by_name(self.known.staff_groups)
        units: dict[str, dict[KnownUnit, None]] = {}
        for unit in self.known.units:
            for text in (unit.slug, unit.name):
                units.setdefault(plain(text), {})[unit] = None
        self._units = {text: tuple(found) for text, found in units.items()}

    def indicator(self, text: str) -> str:
        """Return the indicator's code. Raises NotKnown."""
        return _one_of(text, self._indicators, self.known.indicators, "indicator")

    def staff_group(self, text: str) -> str:
        """Return the staff group's code; nothing for a blank. Raises NotKnown."""
        return _one_of(text, self._groups, self.known.staff_groups, "staff group") if text else ""

    def unit(self, text: str, month: date) -> str:
        """Return the slug of the unit that there was in a month; nothing for a blank. Raises NotKnown."""
        if not text:
            return ""
        if (text, month) not in self._units_found:
            self._units_found[text, month] = self._unit(text, month)
        return self._units_found[text, month]

    def _unit(self, text: str, month: date) -> str:
        called = self._units.get(plain(text), ())
        found = [unit.slug for unit in called if unit.existed_in(month)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotKnown(f"several units are called “{text}”. Write one of {', '.join(found)} instead.")
        if called:
            raise NotKnown(
                f"“{text}” did not exist in {months_in_files.in_words(month)}. Name the unit that there was then."
            )
        hint = _is_it(text, [unit.name for unit in self.known.units]) or "Leave it blank where the unit is not known."
        raise NotKnown(f"no unit is called “{text}”. {hint}")


def _by_name(names: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for code, called in names.items():
        for text in (code, *called):
            found.setdefault(plain(text), {})[code] = None
    return {text: tuple(codes) for text, codes in found.items()}


def _one_of(text: str, by_name: Mapping[str, Sequence[str]], names: Mapping[str, Sequence[str]], what: str) -> str:
    found = by_name.get(plain(text), ())
    if len(found) == 1:
        return found[0]
    if found:
        raise NotKnown(f"more than one {what} is called “{text}”. Write one of {', '.join(found)} instead.")
    first = [called[0] for called in names.values()]
    hint = (
        _is_it(text, [one for called in names.values() for one in called])
        or f"There are: {', '.join(first[:MOST_LISTED])}{' …' if len(first) > MOST_LISTED else '.'}"
    )
    raise NotKnown(f"no {what} is called “{text}”. {hint}" if text else f"write the {what}. {hint}")


def _is_it(text: str, names: Iterable[str]) -> str:
    """Return what a slip may have meant, as a question; nothing where no name is near."""
    by_plain = {plain(name): name for name in names}
    near = difflib.get_close_matches(plain(text), by_plain, n=3, cutoff=0.6)
    return f"Is it {' or '.join(f'“{by_plain[one]}”' for one in near)}?" if near else ""
