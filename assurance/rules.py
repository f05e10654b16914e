"""What a statement needs before it can be completed and signed. Plain values in, what still blocks it out.

Each rule is a small function that yields blockers; a blocker says what to do next and where. Sources: the 2019
self-assurance template (Appendix 2 of the September 2019 paper) and its §1.8, §1.10 and §1.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from organisation.periods import Quarter


@dataclass(frozen=True)
class EntryFacts:
    """What a revision says about one theme."""

    identity: str
    name: str
    scored: bool
    level: int | None = None
    held_without_shrmt: bool | None = None
    evidence: str = ""
    no_level_reason: str = ""


@dataclass(frozen=True)
class RevisionFacts:
    """A revision as the rules see it; `today` is the London date on which it is judged."""

    quarter: Quarter
    today: date
    entries: tuple[EntryFacts, ...]
    completer_name: str = ""
    completer_position: str = ""
    meeting_on: date | None = None
    no_meeting_reason: str = ""


@dataclass(frozen=True)
class Blocker:
    """Something that is still missing: in which theme (None: in the statement's details), which field, what to do."""

    theme: str | None
    field: str
    message: str


def every_scored_theme_has_a_level(facts: RevisionFacts) -> Iterator[Blocker]:
    """Template: a level for each theme. Where a unit cannot give one it says why, and that is enough."""
    for entry in facts.entries:
        if entry.scored and entry.level is None and not entry.no_level_reason.strip():
            yield Blocker(entry.identity, "level", f"{entry.name}: choose a level, or say why you cannot give one.")


def every_level_has_evidence(facts: RevisionFacts) -> Iterator[Blocker]:
    """Template: the column “evidence for selected level”."""
    for entry in facts.entries:
        if entry.scored and entry.level is not None and not (entry.evidence.strip() or entry.no_level_reason.strip()):
            yield Blocker(entry.identity, "evidence", f"{entry.name}: give the evidence for level {entry.level}.")


def every_level_says_who_holds_it(facts: RevisionFacts) -> Iterator[Blocker]:
    """2019 paper §1.7: a level that rests on SHRMT is not yet self-sustaining, so each says whether it does."""
    for entry in facts.entries:
        if entry.scored and entry.level is not None and entry.held_without_shrmt is None:
            yield Blocker(
                entry.identity,
                "held_without_shrmt",
                f"{entry.name}: say whether the level is held without SHRMT.",
            )


def the_meeting_is_named(facts: RevisionFacts) -> Iterator[Blocker]:
    """2019 paper §1.10: reviewed at the unit's quarterly health and safety meeting; without one, a reason."""
    if facts.meeting_on is None:
        if not facts.no_meeting_reason.strip():
            yield Blocker(
                None,
                "meeting_on",
                "Give the date of the health and safety meeting that reviewed this statement, or say why none has.",
            )
    elif facts.meeting_on > facts.today:
        yield Blocker(None, "meeting_on", "The meeting’s date is in the future. Complete the statement after it.")
    elif facts.meeting_on not in facts.quarter:
        yield Blocker(None, "meeting_on", f"The meeting’s date is not in {facts.quarter.name}. Check the date.")


def the_completer_is_named(facts: RevisionFacts) -> Iterator[Blocker]:
    """Template: “person completing (name / position)”."""
    if not facts.completer_name.strip():
        yield Blocker(None, "completer_name", "Enter the name of the person completing the statement.")
    if not facts.completer_position.strip():
        yield Blocker(None, "completer_position", "Enter the position of the person completing the statement.")


COMPLETION: tuple[Callable[[RevisionFacts], Iterable[Blocker]], ...] = (
    every_scored_theme_has_a_level,
    every_level_has_evidence,
    every_level_says_who_holds_it,
    the_meeting_is_named,
    the_completer_is_named,
)


def blocks_completion(facts: RevisionFacts) -> list[Blocker]:
    """Return everything that still stands in the way of completing the revision, theme by theme, details last."""
    blockers = [blocker for rule in COMPLETION for blocker in rule(facts)]
    order = {entry.identity: position for position, entry in enumerate(facts.entries)}
    return sorted(blockers, key=lambda blocker: order.get(blocker.theme or "", len(order)))


class EntryStatus:
    """How far a theme is, as the task list says it."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    DONE = "Completed"
    NOT_SCORED = "Not scored"


def entry_status(entry: EntryFacts, blockers: Iterable[Blocker]) -> str:
    """Return the theme's status for the task list."""
    if not entry.scored:
        return EntryStatus.NOT_SCORED
    if not any(blocker.theme == entry.identity for blocker in blockers):
        return EntryStatus.DONE
    if entry.level is None and entry.held_without_shrmt is None and not entry.evidence.strip():
        return EntryStatus.NOT_STARTED
    return EntryStatus.IN_PROGRESS
