"""What an audit needs before its report can be drafted. Plain values in, what still blocks it out.

Source: the September 2019 paper, §1.13: an audit validates the level of each theme that it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assurance.rules import Blocker


@dataclass(frozen=True)
class VerdictFacts:
    """What an audit says about one theme."""

    identity: str
    name: str
    level: int | None
    not_enough_evidence: bool
    reasons: str
    infected: int = 0

    @property
    def is_given(self) -> bool:
        return self.level is not None or self.not_enough_evidence


def blocks_draft(verdicts: Iterable[VerdictFacts]) -> list[Blocker]:
    """Return what is missing, theme by theme: each has a level, or that there was not enough evidence, with reasons."""
    return [blocker for verdict in verdicts for blocker in _of(verdict)]


def _of(verdict: VerdictFacts) -> Iterator[Blocker]:
    if not verdict.is_given:
        yield Blocker(
            verdict.identity,
            "level_answer",
            f"{verdict.name}: give the level that you found, or say that there was not enough evidence.",
        )
    if not verdict.reasons.strip():
        yield Blocker(
            verdict.identity,
            "reasons",
            f"{verdict.name}: say what was missing."
            if verdict.not_enough_evidence
            else f"{verdict.name}: say what the level rests on.",
        )
    if verdict.infected:
        yield Blocker(
            verdict.identity,
            "files",
            f"{verdict.name}: the virus scanner found something in a file. Remove it.",
        )
