"""What a statement needs before it can be completed and signed. Plain values in, what still blocks it out.

Each rule is a small function that yields blockers; a blocker says what to do next and where. Sources: the 2019
self-assurance template (Appendix 2 of the September 2019 paper) and its §1.8, §1.10 and §1.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from organisation.periods import Quarter

# The words in which entries keep them: models.NoLevel and models.Carried.
NOT_SURE = "not-sure"
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class EntryFacts:
    """What a revision says about one theme. `criteria` and `criteria_met` count those of the level it claims."""

    identity: str
    name: str
    scored: bool
    level: int | None = None
    no_level: str = ""
    held_without_shrmt: bool | None = None
    evidence: str = ""
    links_and_files: int = 0
    infected: int = 0
    no_level_reason: str = ""
    carried: str = ""
    criteria: int = 0
    criteria_met: int = 0
    criteria_note: str = ""

    @property
    def has_evidence(self) -> bool:
        return bool(self.evidence.strip()) or self.links_and_files > 0


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


class Refused(Exception):
    """An act is not possible as things stand; the text says why and what to do."""


@dataclass(frozen=True)
class Blocker:
    """Something that is still missing: in which theme (None: in the statement's details), which field, what to do."""

    theme: str | None
    field: str
    message: str


class Blocked(Refused):
    """Something is missing; `blockers` says what and where."""

    def __init__(self, blockers: Sequence[Blocker], message: str = "The statement cannot be completed yet.") -> None:
        super().__init__(message)
        self.blockers = list(blockers)


def every_scored_theme_has_a_level(facts: RevisionFacts) -> Iterator[Blocker]:
    """Template: a level for each theme. Where a unit cannot give one it says why, and that is enough."""
    for entry in facts.entries:
        if not entry.scored or entry.level is not None:
            continue
        if entry.no_level == NOT_SURE:
            yield Blocker(
                entry.identity,
                "level_answer",
                f"{entry.name}: the level is left as not sure. Choose a level, or say why you cannot give one.",
            )
        elif not entry.no_level_reason.strip():
            yield Blocker(
                entry.identity, "level_answer", f"{entry.name}: choose a level, or say why you cannot give one."
            )


def every_level_has_evidence(facts: RevisionFacts) -> Iterator[Blocker]:
    """Template: the column “evidence for selected level”."""
    for entry in facts.entries:
        if entry.scored and entry.level is not None and not (entry.has_evidence or entry.no_level_reason.strip()):
            yield Blocker(entry.identity, "evidence", f"{entry.name}: give the evidence for level {entry.level}.")


def no_evidence_is_infected(facts: RevisionFacts) -> Iterator[Blocker]:
    """A file that nobody can be given is no evidence; one that still waits for the scanner holds nobody up."""
    for entry in facts.entries:
        if entry.infected:
            yield Blocker(
                entry.identity,
                "evidence_items",
                f"{entry.name}: the virus scanner found something in a file. Remove it from the evidence.",
            )


def every_level_says_who_holds_it(facts: RevisionFacts) -> Iterator[Blocker]:
    """2019 paper §1.7: a level that rests on SHRMT is not yet self-sustaining, so each says whether it does."""
    for entry in facts.entries:
        if entry.scored and entry.level is not None and entry.held_without_shrmt is None:
            yield Blocker(
                entry.identity,
                "held_without_shrmt",
                f"{entry.name}: say whether the level is held without SHRMT.",
            )


def every_level_short_of_criteria_is_explained(facts: RevisionFacts) -> Iterator[Blocker]:
    """Ticking criteria is optional, and the level is the unit's judgement; but a gap it shows itself needs a word."""
    for entry in facts.entries:
        if entry.level is not None and 0 < entry.criteria_met < entry.criteria and not entry.criteria_note.strip():
            yield Blocker(
                entry.identity,
                "criteria_note",
                f"{entry.name}: {entry.criteria_met} of the {entry.criteria} points of level {entry.level} are ticked. "
                "Say in a word why the level is right all the same.",
            )


def nothing_is_merely_copied(facts: RevisionFacts) -> Iterator[Blocker]:
    """What was carried forward is not evidence of this quarter until somebody has confirmed or changed it."""
    for entry in facts.entries:
        if entry.carried == UNCONFIRMED:
            yield Blocker(
                entry.identity,
                "carried",
                f"{entry.name}: confirm that what was carried forward is still true, or change it.",
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
    no_evidence_is_infected,
    every_level_says_who_holds_it,
    every_level_short_of_criteria_is_explained,
    nothing_is_merely_copied,
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
    NOT_SURE = "Not sure yet"
    CARRIED = "Carried forward: to confirm"


def entry_status(entry: EntryFacts, blockers: Iterable[Blocker]) -> str:
    """Return the theme's status for the task list."""
    if entry.carried == UNCONFIRMED:
        return EntryStatus.CARRIED
    if not entry.scored:
        return EntryStatus.NOT_SCORED
    if entry.no_level == NOT_SURE:
        return EntryStatus.NOT_SURE
    if not any(blocker.theme == entry.identity for blocker in blockers):
        return EntryStatus.DONE
    if entry.level is None and entry.held_without_shrmt is None and not (entry.has_evidence or entry.no_level):
        return EntryStatus.NOT_STARTED
    return EntryStatus.IN_PROGRESS
