"""What has changed since a roll-up was issued, or since its figures were built. Plain values in, sentences out.

A unit's statement used is held against the one that would be taken now; the words against the draft's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assurance.rollup import ACCEPTED, SIGNED

RETURNED = "returned"
STATUS = {ACCEPTED: "accepted", SIGNED: "signed, not yet accepted"}


@dataclass(frozen=True)
class Used:
    """The statement that counts for a unit: None where nothing is signed. `status` is how it counts."""

    unit_id: int
    unit: str
    quarter: str | None = None
    revision: int | None = None
    status: str | None = None

    @property
    def which(self) -> tuple[str | None, int | None]:
        return self.quarter, self.revision

    @property
    def said(self) -> str:
        return f"{self.quarter}, revision {self.revision}"


@dataclass(frozen=True)
class UnitChange:
    """A unit whose statement counts differently now, and how."""

    unit: str
    text: str


def unit_changes(
    then: Sequence[Used], now: Sequence[Used], *, states: Mapping[tuple[int, str, int], str]
) -> list[UnitChange]:
    """Return the units whose statement counts differently `now` than `then`, in the order of their names.

    `states` has the present state of revisions that were used, by unit, quarter and number: by it one that was
    returned is told from one that a later one has overtaken.
    """
    before = {one.unit_id: one for one in then}
    after = {one.unit_id: one for one in now}
    found = []
    for unit_id in before.keys() | after.keys():
        text = _change(before.get(unit_id), after.get(unit_id), states)
        if text:
            found.append(UnitChange((after.get(unit_id) or before[unit_id]).unit, text))
    return sorted(found, key=lambda change: (change.unit, change.text))


def _change(then: Used | None, now: Used | None, states: Mapping[tuple[int, str, int], str]) -> str:
    if then is None:
        assert now is not None  # noqa: S101  # it is in one of the two
        return "It is counted now, and was not then."
    if now is None:
        return "It was counted then, and is not now."
    if then.which == now.which:
        return "" if then.status == now.status else f"{now.said} is {STATUS[now.status or SIGNED]} now."
    counts = f"{now.said} ({STATUS[now.status or SIGNED]}) counts now" if now.quarter else "Nothing counts now"
    if then.quarter is None or then.revision is None:
        return f"{counts}; nothing was signed then."
    was_returned = states.get((then.unit_id, then.quarter, then.revision)) == RETURNED
    return f"{counts}, in place of {then.said}{', which was returned' if was_returned else ''}."


def report_changes(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[UnitChange]:
    """Return the business groups that have issued another version of their roll-up since."""
    before = {report["slug"]: report["number"] for report in then}
    return [
        UnitChange(report["group"], f"Version {report['number']} of its roll-up is issued now.")
        for report in now
        if report["number"] and report["number"] != before.get(report["slug"])
    ]


def word_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what of the words is different in the draft: names of answers and of themes."""
    found = [label for label, name in ANSWERS if then[name] != now[name]]
    return found + list(_theme_changes(then["themes"], now["themes"]))


ANSWERS = (
    ("the Board meeting", "board_meeting_on"),
    ("the answer about the six-monthly meeting", "meeting"),
    ("the Head’s opinion", "opinion"),
    ("the overall narrative", "narrative"),
    ("whether the half-year before is shown", "shows_comparison"),
)


def _theme_changes(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    before = {theme["identity"]: theme for theme in then}
    for theme in now:
        if before.get(theme["identity"]) != theme:
            yield f"the assessment of {theme['name']}"


@dataclass(frozen=True)
class Changes:
    """Everything that has changed since."""

    units: Sequence[UnitChange] = ()
    words: Sequence[str] = ()
    is_built_again: bool = False

    def __bool__(self) -> bool:
        return bool(self.units or self.words or self.is_built_again)
