"""The options of a block as data: what each is called, what it takes, and what is wrong with anything else. Pure.

A template's file, the page of a block and the block itself go by the same declarations, so that none of them knows an
option that another does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ENDING = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
LONGEST_CODE = 80
LONGEST_NAME = 200
MOST_CODES = 100


class Named(StrEnum):
    """What codes and names are of: the rows of a database that a file cannot know."""

    INDICATORS = "indicators"
    GROUPS = "business groups"
    PLANS = "plans"


@dataclass(frozen=True, slots=True)
class Option:
    """Something a block can be told. `label` and `hint` are what its page says."""

    name: str
    label: str
    hint: str = ""

    @property
    def usual(self) -> Any:
        """What holds where nothing is said."""
        raise NotImplementedError

    def fault(self, said: Any) -> str:
        """Return what is wrong with a value and what to write instead; empty where it is well."""
        raise NotImplementedError

    def of(self, options: Mapping[str, Any]) -> Any:
        """Return what was chosen. A value from before it was checked counts as none."""
        said = options.get(self.name, self.usual)
        return self.usual if self.fault(said) else said


@dataclass(frozen=True, slots=True)
class Codes(Option):
    """Some of what the force has, by code; none stands for all of them."""

    named: Named = Named.INDICATORS

    @property
    def usual(self) -> Sequence[str]:
        return ()

    def fault(self, said: Any) -> str:
        if not isinstance(said, list | tuple):
            return f'is {said!r}. Write a list of codes, such as ["one", "another"].'
        for code in said:
            if not isinstance(code, str) or len(code) > LONGEST_CODE or not CODE.fullmatch(code):
                return f"has {code!r}. A code is of small letters and figures, joined by hyphens."
        if len(said) > MOST_CODES:
            return f"has {len(said):,} codes, and {MOST_CODES} are allowed. Leave it out for all of them."
        return ""


@dataclass(frozen=True, slots=True)
class OnOff(Option):
    """Something that is printed or left out."""

    is_usual: bool = True

    @property
    def usual(self) -> bool:
        return self.is_usual

    def fault(self, said: Any) -> str:
        return "" if isinstance(said, bool) else f"is {said!r}. Write true or false."


@dataclass(frozen=True, slots=True)
class Number(Option):
    """How many: a whole number, both ends included."""

    least: int = 1
    most: int = 1
    usually: int = 1

    @property
    def usual(self) -> int:
        return self.usually

    def fault(self, said: Any) -> str:
        if isinstance(said, int) and not isinstance(said, bool) and self.least <= said <= self.most:
            return ""
        return f"is {said!r}. Write a whole number from {self.least} to {self.most}."


@dataclass(frozen=True, slots=True)
class Anchor(Option):
    """What prose calls a table by."""

    usually: str = ""

    @property
    def usual(self) -> str:
        return self.usually

    def fault(self, said: Any) -> str:
        if isinstance(said, str) and len(said) <= LONGEST_CODE and CODE.fullmatch(said):
            return ""
        return f"is {said!r}. Write small letters and figures, joined by hyphens, in quotation marks."


@dataclass(frozen=True, slots=True)
class Endings(Option):
    """The last parts of names of figures, of which the figures that end so are printed; none stands for all."""

    @property
    def usual(self) -> Sequence[str]:
        return ()

    def fault(self, said: Any) -> str:
        if not isinstance(said, list | tuple) or len(said) > MOST_CODES:
            return f'is {said!r}. Write a list of up to {MOST_CODES} endings, such as ["number", "rate"].'
        for ending in said:
            if not isinstance(ending, str) or not ENDING.fullmatch(ending):
                return f"has {ending!r}. An ending is of small letters and figures, joined by underscores."
        return ""


@dataclass(frozen=True, slots=True)
class Name(Option):
    """One of what the force has, by its name; empty for none."""

    named: Named = Named.PLANS

    @property
    def usual(self) -> str:
        return ""

    def fault(self, said: Any) -> str:
        if not isinstance(said, str):
            return f"is {said!r}. Write a name in quotation marks."
        return f"is longer than {LONGEST_NAME} characters." if len(said) > LONGEST_NAME else ""


def faults_in(said: Mapping[str, Any], declared: Iterable[Option]) -> list[str]:
    """Return what is wrong with the values of the options that are declared, each with its name."""
    known = [option for option in declared if option.name in said]
    return [f"{option.name} {fault}" for option in known if (fault := option.fault(said[option.name]))]


def chosen(said: Mapping[str, Any], declared: Iterable[Option]) -> dict[str, Any]:
    """Return what differs from the usual, in one form for all that means the same: codes sorted, each once."""
    found: dict[str, Any] = {}
    for option in declared:
        value = option.of(said)
        value = sorted(set(value)) if isinstance(option, Codes | Endings) else value
        if value != (list(option.usual) if isinstance(option, Codes | Endings) else option.usual):
            found[option.name] = value
    return found
