"""What differs between the figures of two papers: then and now, and no word on which is better. Pure.

Figures are known by their names, which are made of codes and stay what they are from paper to paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

# What the first part of a name is called; of others, the part itself.
HEADINGS = {"maturity": "Maturity", "injuries": "Injuries", "risks": "Risks", "custody": "Custody"}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is another one now. `then` is empty where it is new, `now` where it is gone."""

    name: str
    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of figures from one place. `code` is the first part of their names."""

    code: str
    heading: str
    changes: tuple[Change, ...]


def differences(then: Mapping[str, str], now: Mapping[str, str], what: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the figures that differ between two papers, by where they come from.

    `what` tells, by name and in the order in which they are to stand, what figures are; others follow by their names.
    """
    names = dict.fromkeys([*what, *sorted({*then, *now})])
    changes = [
        Change(name, what.get(name, name), then.get(name, ""), now.get(name, ""))
        for name in names
        if then.get(name, "") != now.get(name, "")
    ]
    return tuple(_groups(sorted(changes, key=lambda change: _code(change.name))))  # keeps the order within each


def _groups(changes: Iterable[Change]) -> Iterator[Group]:
    for code, of_one in groupby(changes, key=lambda change: _code(change.name)):
        yield Group(code, HEADINGS.get(code) or code.replace("_", " ").capitalize(), tuple(of_one))


def _code(name: str) -> str:
    return name.partition(".")[0]


def as_json(groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Return the groups as they are frozen."""
    return [asdict(group) | {"changes": [asdict(change) for change in group.changes]} for group in groups]


def of_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    """Return what `as_json` was given."""
    return tuple(
        Group(group["code"], group["heading"], tuple(Change(**change) for change in group["changes"])) for group in kept
    )
