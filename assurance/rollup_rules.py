"""What a roll-up needs before it can be issued. Plain values in, what still blocks it out.

Each rule is a small function that yields blockers; a blocker says what to do next and where. Sources: the September
2019 paper, §1.11 (the fourth question) and §1.12 (what the lead states of the group), and domain.md, *Roll-ups*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from assurance.rules import Blocker

FIGURES = "figures"


@dataclass(frozen=True)
class AssessmentFacts:
    """What the lead states about a scored theme of the edition that the figures are on."""

    identity: str
    name: str
    level: int | None = None
    evidence: str = ""


@dataclass(frozen=True)
class IssueFacts:
    """A roll-up as the rules see it; `today` is the London date on which it is judged."""

    today: date
    of_the_force: bool
    is_built: bool
    themes: tuple[AssessmentFacts, ...]
    board_meeting_on: date | None = None
    group_meeting_on: date | None = None
    reported_at_meeting: bool | None = None
    reported_at_meeting_note: str = ""
    opinion_level: int | None = None
    opinion: str = ""

    @property
    def whose(self) -> str:
        """What the assessment is of, in words."""
        return "the force" if self.of_the_force else "the business group"


def the_figures_are_built(facts: IssueFacts) -> Iterator[Blocker]:
    """Issuing names the build that is on the issuer's screen."""
    if not facts.is_built:
        yield Blocker(None, FIGURES, "Have the figures built.")


def the_board_meeting_is_named(facts: IssueFacts) -> Iterator[Blocker]:
    """domain.md: a roll-up names the Board meeting it is for. It may be one to come."""
    if facts.board_meeting_on is None:
        yield Blocker(None, "board_meeting_on", "Enter the date of the Board meeting it is for.")


def the_fourth_question_is_answered(facts: IssueFacts) -> Iterator[Blocker]:
    """§1.11: whether the statements were reported at the group's six-monthly meeting, which has been held."""
    if facts.of_the_force:
        return
    if facts.group_meeting_on is None:
        yield Blocker(
            None, "group_meeting_on", "Enter the date of the business group’s six-monthly health and safety meeting."
        )
    elif facts.group_meeting_on > facts.today:
        yield Blocker(
            None,
            "group_meeting_on",
            "The business group’s six-monthly health and safety meeting is still to come. Issue the roll-up after it, "
            "or put the date right.",
        )
    if facts.reported_at_meeting is None:
        yield Blocker(
            None, "reported_at_meeting", "Say whether the statements were reported at the six-monthly meeting."
        )
    elif not facts.reported_at_meeting and not facts.reported_at_meeting_note.strip():
        yield Blocker(
            None,
            "reported_at_meeting_note",
            "Say why the statements were not reported at the six-monthly meeting.",
        )


def the_opinion_is_given(facts: IssueFacts) -> Iterator[Blocker]:
    """domain.md: a force summary has the Head's dated opinion of the force's level."""
    if not facts.of_the_force:
        return
    if facts.opinion_level is None:
        yield Blocker(None, "opinion_level", "Choose the level of the force in your opinion.")
    if not facts.opinion.strip():
        yield Blocker(None, "opinion", "Say in words what your opinion of the force’s level rests on.")


def every_scored_theme_is_assessed(facts: IssueFacts) -> Iterator[Blocker]:
    """§1.12: the level of each theme with its evidence; where no level can be given, why."""
    for theme in facts.themes:
        if theme.evidence.strip():
            continue
        if theme.level is None:
            yield Blocker(
                theme.identity,
                "level",
                f"{theme.name}: choose the level of {facts.whose}, or say under evidence why you cannot give one.",
            )
        else:
            yield Blocker(
                theme.identity,
                "evidence",
                f"{theme.name}: say what shows that {facts.whose} is at level {theme.level}.",
            )


RULES: tuple[Callable[[IssueFacts], Iterator[Blocker]], ...] = (
    the_figures_are_built,
    the_board_meeting_is_named,
    the_fourth_question_is_answered,
    the_opinion_is_given,
    every_scored_theme_is_assessed,
)


def blocks_issuing(facts: IssueFacts) -> list[Blocker]:
    """Return what still keeps the roll-up from being issued, in the order of the pages."""
    return [blocker for rule in RULES for blocker in rule(facts)]
