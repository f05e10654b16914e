"""What a unit of the demo says about a theme in a quarter, and how a signature freezes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from assurance.models import Carried, Entry, NoLevel
from home.demo import words
from home.demo.evidence import Given
from maturity.models import Criterion, Theme

# How often an entry is carried forward as it is, carried and changed, has its points ticked, and lacks one of them.
CARRIED, CHANGED, TICKED, ONE_SHORT = 0.2, 0.3, 0.15, 0.3


@dataclass(frozen=True)
class Said:
    """What the unit says about a theme in a quarter."""

    theme: Theme
    level: int | None = None
    held_without_shrmt: bool | None = None
    evidence: str = ""
    no_level_reason: str = ""
    points: Sequence[Criterion] = ()  # of the level that is claimed, where some of them are ticked
    points_met: Sequence[Criterion] = ()
    criteria_note: str = ""
    carried: str = ""
    carried_from: Entry | None = None
    given: Sequence[Given] = ()  # links and files

    @property
    def no_level(self) -> str:
        return str(NoLevel.CANNOT_SAY) if self.no_level_reason and self.level is None else ""

    def carried_forward(self, last: Entry | None, random: Random) -> Said:
        """Return it as begun from what was last signed: left as it was, changed, or written afresh after all."""
        chance = random.random()
        if last is None or not self.level or not last.evidence:
            return self
        unchanged = (last.level, last.held_without_shrmt) == (self.level, self.held_without_shrmt)
        if unchanged and chance < CARRIED:
            return replace(self, evidence=last.evidence, carried=str(Carried.CONFIRMED), carried_from=last)
        if chance < CARRIED + CHANGED:
            return replace(self, carried=str(Carried.CHANGED), carried_from=last)
        return self

    def in_own_words(self, random: Random) -> Said:
        """Return it with evidence that no other unit gives."""
        if not self.evidence or self.carried == Carried.CONFIRMED:
            return self
        return replace(self, evidence=f"{self.evidence} {words.OWN_LOG.format(n=random.randint(20, 900))}")

    def ticked(self, points: Sequence[Criterion], random: Random, *, all_of_them: bool) -> Said:
        """Return it with the points of its level ticked, all or, unless `all_of_them`, all but one; or as it is."""
        chance, short = random.random(), random.random() < ONE_SHORT and not all_of_them
        if chance >= TICKED or len(points) < 2 or self.carried:
            return self
        met = list(points[:-1] if short else points)
        return replace(self, points=points, points_met=met, criteria_note=words.ONE_POINT_SHORT if short else "")

    def revised(self, evidence: str) -> Said:
        """Return it with other evidence, as it is put right after a return."""
        return replace(self, evidence=evidence, carried=str(Carried.CHANGED) if self.carried else "")


def entry_content(said: Said, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """The shape of an entry in `assurance.services.content.content_of`, without its queries."""
    met = {criterion.pk for criterion in said.points_met}
    source = said.carried_from
    return {
        "theme": said.theme.identity,
        "name": said.theme.name,
        "scored": said.theme.scored,
        "level": said.level,
        "no_level": said.no_level,
        "not_sure_note": "",
        "held_without_shrmt": said.held_without_shrmt,
        "criteria": [
            {"level": said.level, "text": criterion.text, "met": criterion.pk in met} for criterion in said.points
        ],
        "criteria_note": said.criteria_note,
        "evidence": said.evidence,
        "no_level_reason": said.no_level_reason,
        "carried": said.carried,
        "carried_from": str(source.revision.statement.quarter) if source else None,
        "links": [given.content() for given in said.given if given.file is None],
        "files": [given.content() for given in said.given if given.file is not None],
        "actions": actions,
    }
