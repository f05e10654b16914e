"""Points to look at on a signed statement, for whoever reviews it: each a fact with its source, never a judgement.

Plain values in, points out: no database, no clock. Each rule is a small function that yields points; none of them says
that anything is wrong, and a statement without a point merely has nothing of these. They prepare the answers to the
questions of the 2019 paper, §1.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rendering.formats import day

# The word in which entries keep that they were carried forward and confirmed as they were: models.Carried.
MERELY_CARRIED = "confirmed"
# Shorter texts coincide by nature ("See the risk register."): about ten words.
LONG_ENOUGH_TO_COPY = 60
UNITS_NAMED = 3


class Kind(StrEnum):
    """Which rule a point comes from."""

    RAISED = "raised"
    CARRIED = "carried"
    ABOVE_VALIDATED = "above-validated"
    UNTICKED = "unticked"
    NO_ACTION = "no-action"
    OVERDUE = "overdue"
    SAME_TEXT = "same-text"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is given as evidence, so far as two of them are compared.

    `wording` stands for the text whatever its case and white space (the same for the same words, "" for none), `length`
    is that of the text in characters; `items` stand for its links and files.
    """

    wording: str = ""
    length: int = 0
    items: frozenset[str] = frozenset()

    def is_new_after(self, earlier: Evidence) -> bool:
        """Whether there is a text, link or file that was not there before. That something was taken out is not new."""
        return (bool(self.wording) and self.wording != earlier.wording) or bool(self.items - earlier.items)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the last signed quarter says about the theme. `why_not` is set where the two do not compare."""

    quarter: str
    level: int | None
    evidence: Evidence
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Validated:
    """The level that the last audit of the theme found; `audit` says which one. `why_not` is set where it does not
    compare with the statement's."""

    level: int
    on: date
    audit: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """The target that applies to the unit and theme; `endorsed` says by whom and when."""

    level: int
    by_on: date
    endorsed: str


@dataclass(frozen=True, slots=True)
class LateAction:
    """An open action with a task that was due on a day that has passed: the earliest of them."""

    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Twin:
    """A theme of another unit's statement of the same quarter whose evidence has the same words."""

    unit: str
    slug: str
    theme: str


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A theme of a signed statement. `criteria` and `criteria_met` count those of the level it claims."""

    identity: str
    name: str
    scored: bool = True
    level: int | None = None
    evidence: Evidence = Evidence()
    criteria: int = 0
    criteria_met: int = 0
    carried: str = ""
    open_actions: int = 0
    late: tuple[LateAction, ...] = ()
    last: Earlier | None = None
    validated: Validated | None = None
    target: Aim | None = None
    twins: tuple[Twin, ...] = ()

    @property
    def before(self) -> Earlier | None:
        """The last signed quarter where the theme compares with it."""
        return None if self.last is None or self.last.why_not else self.last


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A signed statement. `late` are the unit's overdue actions that stand under none of its themes."""

    quarter: str
    themes: tuple[ThemeFacts, ...]
    late: tuple[LateAction, ...] = ()

    @property
    def scored(self) -> tuple[ThemeFacts, ...]:
        return tuple(theme for theme in self.themes if theme.scored)

    @property
    def merely_carried(self) -> int:
        """How many scored themes were carried forward and confirmed as they were."""
        return sum(theme.carried == MERELY_CARRIED for theme in self.scored)


@dataclass(frozen=True, slots=True)
class Point:
    """A fact to look at and where it is from. `theme` is an identity, None where it is about the whole statement."""

    kind: Kind
    theme: str | None
    theme_name: str
    fact: str
    source: str
    twins: tuple[Twin, ...] = ()


def level_raised_without_new_evidence(facts: StatementFacts) -> Iterator[Point]:
    """A level above that of the last signed quarter on the same evidence: no new or changed text, link or file."""
    for theme in facts.scored:
        last = theme.before
        if last is None or last.level is None or theme.level is None or theme.level <= last.level:
            continue
        if not theme.evidence.is_new_after(last.evidence):
            yield _on(
                theme,
                Kind.RAISED,
                f"Level {theme.level}, raised from {last.level} in {last.quarter}, and nothing of the evidence is new.",
                f"The signed statements of {facts.quarter} and {last.quarter}",
            )


def everything_merely_carried(facts: StatementFacts) -> Iterator[Point]:
    """Every scored theme says only that last time's answers still hold."""
    if facts.scored and facts.merely_carried == len(facts.scored):
        yield Point(
            Kind.CARRIED,
            None,
            "",
            f"All {len(facts.scored)} scored themes were carried forward and confirmed unchanged."
            if len(facts.scored) > 1
            else "The one scored theme was carried forward and confirmed unchanged.",
            f"The signed statement of {facts.quarter}",
        )


def level_above_validated(facts: StatementFacts) -> Iterator[Point]:
    """2019 paper §1.13: audits validate reported levels; one above what the last of them found is worth a look."""
    for theme in facts.scored:
        found = theme.validated
        if found is None or found.why_not or theme.level is None:
            continue
        if theme.level > found.level:
            yield _on(
                theme,
                Kind.ABOVE_VALIDATED,
                f"Level {theme.level}, above the level {found.level} that was last validated, on {day(found.on)}.",
                found.audit,
            )


def criteria_unticked(facts: StatementFacts) -> Iterator[Point]:
    """Some points of the level that is claimed are ticked, but not all. Ticking none is a choice, and says nothing."""
    for theme in facts.themes:
        if theme.level is not None and 0 < theme.criteria_met < theme.criteria:
            yield _on(
                theme,
                Kind.UNTICKED,
                f"{theme.criteria_met} of the {theme.criteria} points of level {theme.level} "
                f"{'is' if theme.criteria_met == 1 else 'are'} ticked.",
                f"The points ticked in the signed statement of {facts.quarter}",
            )


def no_action_below_target(facts: StatementFacts) -> Iterator[Point]:
    """The level is short of the target that applies, and no action under the theme is open."""
    for theme in facts.scored:
        target = theme.target
        if target is not None and theme.level is not None and theme.level < target.level and not theme.open_actions:
            yield _on(
                theme,
                Kind.NO_ACTION,
                f"Level {theme.level}, below the target of level {target.level} by {day(target.by_on)}, "
                "and no action is open.",
                f"The target that applies, {target.endorsed}, and the unit’s actions today",
            )


def action_overdue(facts: StatementFacts) -> Iterator[Point]:
    """An action is open although the day of one of its tasks has passed."""
    for theme in facts.themes:
        for action in theme.late:
            yield _on(theme, Kind.OVERDUE, _overdue(action), "The unit’s actions today")
    for action in facts.late:
        yield Point(Kind.OVERDUE, None, "", _overdue(action), "The unit’s actions today")


def same_evidence_as_another_unit(facts: StatementFacts) -> Iterator[Point]:
    """Another unit of the business group gives the same words as evidence this quarter; case and blanks aside."""
    for theme in facts.themes:
        if theme.twins and theme.evidence.length >= LONG_ENOUGH_TO_COPY:
            named = [f"{twin.unit} on {twin.theme}" for twin in theme.twins[:UNITS_NAMED]]
            more = len(theme.twins) - len(named)
            named += [f"{more} more"] if more else []
            yield _on(
                theme,
                Kind.SAME_TEXT,
                f"The evidence has the same words as that of {_and(named)}.",
                f"The signed statements of {facts.quarter} in the business group",
                twins=theme.twins[:UNITS_NAMED],
            )


RULES: tuple[Callable[[StatementFacts], Iterable[Point]], ...] = (
    everything_merely_carried,
    level_raised_without_new_evidence,
    level_above_validated,
    criteria_unticked,
    no_action_below_target,
    action_overdue,
    same_evidence_as_another_unit,
)


def points_to_look_at(facts: StatementFacts) -> tuple[Point, ...]:
    """Return every point of a statement: those about all of it first, then theme by theme in the statement's order."""
    order = {theme.identity: position for position, theme in enumerate(facts.themes)}
    found = [point for rule in RULES for point in rule(facts)]
    return tuple(sorted(found, key=lambda point: -1 if point.theme is None else order[point.theme]))


def changed_in_words(facts: StatementFacts) -> tuple[str, ...]:
    """Return what changed since the last signed quarter in a few words each; themes that do not compare are counted."""
    pairs = [(theme, theme.before) for theme in facts.scored if theme.before is not None]
    levels = [(last.level, theme.level) for theme, last in pairs if last is not None]
    steps = (
        (sum(old is not None and new is not None and new > old for old, new in levels), "raised"),
        (sum(old is not None and new is not None and new < old for old, new in levels), "lowered"),
        (sum(old is None and new is not None for old, new in levels), "given"),
        (sum(old is not None and new is None for old, new in levels), "taken back"),
    )
    said = [f"{number} {'level' if number == 1 else 'levels'} {step}" for number, step in steps if number]
    evidence = sum(
        (theme.evidence.wording, theme.evidence.items) != (theme.before.evidence.wording, theme.before.evidence.items)
        for theme in facts.themes
        if theme.before is not None
    )
    said += [f"evidence changed in {evidence} {'theme' if evidence == 1 else 'themes'}"] if evidence else []
    apart = sum(theme.last is not None and bool(theme.last.why_not) for theme in facts.themes)
    said += [f"{apart} {'theme' if apart == 1 else 'themes'} not comparable"] if apart else []
    return tuple(said)


def _on(theme: ThemeFacts, kind: Kind, fact: str, source: str, *, twins: tuple[Twin, ...] = ()) -> Point:
    return Point(kind, theme.identity, theme.name, fact, source, twins)


def _overdue(action: LateAction) -> str:
    return f"The action “{action.title}” was due on {day(action.due_on)}."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
