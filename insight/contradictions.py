"""Where two readings of a theme do not fit, and the question that this asks. Pure: no Django, no clock.

A contradiction accuses nobody: either reading may be the one that is off, so each rule asks in both directions, and
each has its mirror image. How far two readings must be apart to be worth a question is the force's judgement; the
numbers stand at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from insight.outcomes import Better, Indicator, Movement
from rendering.formats import count, decimal, so_many

HIGH, LOW = 4, 2  # levels from which on, and up to which, a claim or verdict is held against what else is known
MOST_AGREE, FEW_AGREE = Fraction(7, 10), Fraction(1, 2)
NOTABLE_CHANGE = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class Readings:
    """What is known of a theme in one unit. `agreement` is how far staff agree, from 0 to 1; None is not known.

    `agreement_in_words` says it as a sentence goes on: “62% of staff agree”.
    """

    claimed: int | None = None
    validated: int | None = None
    agreement: Fraction | None = None
    agreement_in_words: str = ""


class Between(StrEnum):
    """Which two readings do not fit."""

    CLAIM_AND_VERDICT = "Claim and verdict"
    CLAIM_AND_CLIMATE = "Claim and climate"
    VERDICT_AND_CLIMATE = "Verdict and climate"
    CLAIM_AND_OUTCOME = "Claim and outcome"


@dataclass(frozen=True, slots=True)
class Question:
    """What a contradiction asks. `rule` names why."""

    rule: str
    between: Between
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Two readings that do not fit: of one unit in `asks`, of several in `asks_of_several`."""

    name: str
    between: Between
    holds: Callable[[Readings], bool]
    asks: str
    asks_of_several: str

    def can_be_asked(self, of: Readings) -> bool:
        """Whether both readings are known."""
        return all(value is not None for value in _BOTH[self.between](of))


_BOTH: dict[Between, Callable[[Readings], tuple[object, ...]]] = {
    Between.CLAIM_AND_VERDICT: lambda of: (of.claimed, of.validated),
    Between.CLAIM_AND_CLIMATE: lambda of: (of.claimed, of.agreement),
    Between.VERDICT_AND_CLIMATE: lambda of: (of.validated, of.agreement),
}


def _is_high(level: int | None) -> bool:
    return level is not None and level >= HIGH


def _is_low(level: int | None) -> bool:
    return level is not None and level <= LOW


def _few_agree(of: Readings) -> bool:
    return of.agreement is not None and of.agreement < FEW_AGREE


def _most_agree(of: Readings) -> bool:
    return of.agreement is not None and of.agreement >= MOST_AGREE


RULES = (
    Rule(
        "claim above verdict",
        Between.CLAIM_AND_VERDICT,
        lambda of: of.claimed is not None and of.validated is not None and of.claimed > of.validated,
        "Claims level {claimed}; auditors validated level {validated}. Has it improved since the audit, or is the "
        "level read differently?",
        "The claim lies above the verdict in {some} of {all}. Have they improved since the audit, or are the levels "
        "read differently?",
    ),
    Rule(
        "claim below verdict",
        Between.CLAIM_AND_VERDICT,
        lambda of: of.claimed is not None and of.validated is not None and of.claimed < of.validated,
        "Claims level {claimed}; auditors validated level {validated}. Has something slipped since the audit, or is "
        "the unit stricter with itself than its auditors?",
        "The claim lies below the verdict in {some} of {all}. Has something slipped since the audit, or are they "
        "stricter with themselves than their auditors?",
    ),
    Rule(
        "high claim, few agree",
        Between.CLAIM_AND_CLIMATE,
        lambda of: _is_high(of.claimed) and _few_agree(of),
        "Claims level {claimed}; {agreement}. Do staff not see what is in place, or is it not in place everywhere?",
        "In {some} of {all} level 4 or 5 is claimed, and staff mostly do not agree. Do they not see what is in place, "
        "or is it not in place everywhere?",
    ),
    Rule(
        "low claim, most agree",
        Between.CLAIM_AND_CLIMATE,
        lambda of: _is_low(of.claimed) and _most_agree(of),
        "Claims level {claimed}; {agreement}. Is more in place than the statement says, or do staff not see what is "
        "missing?",
        "In {some} of {all} level 1 or 2 is claimed, and staff mostly agree. Is more in place than the statements say, "
        "or do staff not see what is missing?",
    ),
    Rule(
        "high verdict, few agree",
        Between.VERDICT_AND_CLIMATE,
        lambda of: _is_high(of.validated) and _few_agree(of),
        "Auditors validated level {validated}; {agreement}. Did the audit meet other people than the survey, or has "
        "something changed in between?",
        "In {some} of {all} auditors validated level 4 or 5, and staff mostly do not agree. Did audits meet other "
        "people than the survey, or has something changed in between?",
    ),
    Rule(
        "low verdict, most agree",
        Between.VERDICT_AND_CLIMATE,
        lambda of: _is_low(of.validated) and _most_agree(of),
        "Auditors validated level {validated}; {agreement}. Is more in place than there was evidence for, or do staff "
        "not see what auditors found missing?",
        "In {some} of {all} auditors validated level 1 or 2, and staff mostly agree. Is more in place than there was "
        "evidence for, or do staff not see what auditors found missing?",
    ),
)


def questions_of_unit(of: Readings, outcomes: Sequence[tuple[Indicator, Movement]] = ()) -> list[Question]:
    """Return what the readings of one theme in one unit ask."""
    asked = [
        Question(
            rule.name,
            rule.between,
            rule.asks.format(claimed=of.claimed, validated=of.validated, agreement=of.agreement_in_words),
        )
        for rule in RULES
        if rule.holds(of)
    ]
    return asked + list(_of_outcomes(of.claimed, "Claims level {level}", outcomes))


def questions_of_several(
    of: Sequence[Readings], outcomes: Sequence[tuple[Indicator, Movement]] = (), *, median_claim: Fraction | None = None
) -> list[Question]:
    """Return what the readings of one theme in several units ask, each rule with how many units it holds for.

    `outcomes` are of all the units together, and held against their median claim.
    """
    asked = []
    for rule in RULES:
        some = sum(map(rule.holds, of))
        if some:
            known = so_many(sum(map(rule.can_be_asked, of)), "unit")
            text = rule.asks_of_several.format(some=count(some), all=f"{known} with both readings")
            asked.append(Question(rule.name, rule.between, text))
    return asked + list(_of_outcomes(median_claim, "The median claim is level {level}", outcomes))


# --- Claims against outcomes ----------------------------------------------------------------------------------------

# What is asked where an indicator moved a good deal, by whether it rose, which way is better, and what is claimed.
_WHERE_HIGH = {
    (True, Better.LOWER): "More events, or more of them reported?",
    (False, Better.LOWER): "",
    (True, Better.HIGHER): "",
    (False, Better.HIGHER): "Has something slipped, or is it counted differently?",
    (True, Better.NEUTRAL): "More events, or more reports?",
    (False, Better.NEUTRAL): "Fewer events, or fewer reports?",
}
_WHERE_LOW = {
    (True, Better.LOWER): "",
    (False, Better.LOWER): "Is more in place than the statement says, or is less reported?",
    (True, Better.HIGHER): "Is more in place than the statement says, or is it counted differently?",
    (False, Better.HIGHER): "",
    (True, Better.NEUTRAL): "More events, or more trust in reporting them?",
    (False, Better.NEUTRAL): "Fewer events, or fewer reports?",
}


def _of_outcomes(
    level: int | Fraction | None, claim: str, outcomes: Iterable[tuple[Indicator, Movement]]
) -> Iterator[Question]:
    if level is None or LOW < level < HIGH:
        return
    asks = _WHERE_HIGH if level >= HIGH else _WHERE_LOW
    claimed = claim.format(level=decimal(level, 0 if level == int(level) else 1))
    for indicator, movement in outcomes:
        change = movement.change
        if change is None or movement.could_be_chance or abs(change) < NOTABLE_CHANGE:
            continue
        rose = change > 0
        if asked := asks[rose, indicator.better]:
            moved = f"{indicator.name} {'rose' if rose else 'fell'} by {decimal(abs(change) * 100, 0)}%"
            text = f"{claimed}; {moved}. {asked}"
            yield Question(f"claim and {indicator.code}", Between.CLAIM_AND_OUTCOME, text)
