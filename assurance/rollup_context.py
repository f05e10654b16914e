"""A half-year set in its context: what moved, what lasts, what was asked for. Plain values: no database, no clock.

`rollup.summarise` counts the half's own statements; what is here looks beyond them: to the half-year before, four
quarters back, to the targets, and to what reviewers and auditors said of the statements.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assurance.comparing import Editions
from assurance.rollup import (
    AuditedClaims,
    Excluded,
    Figures,
    Questions,
    SignedRevision,
    ThemeFacts,
    UnitFacts,
    UnitReading,
    Validated,
    YesNo,
    taken,
)
from assurance.rollup_movement import (
    NOTHING,
    FollowedUnit,
    Movement,
    Standing,
    most_improved,
    theme_movement,
    unit_movement,
)
from assurance.sustaining import QuarterlyLevels, SelfSustaining, self_sustaining
from assurance.targets import (
    LEVEL_OF_ASSURANCE,
    Counting,
    TargetFacts,
    TargetProgress,
    UnitHistory,
    points_until,
    progress,
)
from organisation.periods import Quarter


@dataclass(frozen=True)
class Context:
    """What is read beside the half's own statements: editions, the half before, targets, reviews.

    `revisions` are signed and unreturned, of the group's units now and before, of the half and of the quarters before
    it that is looked back on; `levels`, `carried` and `held` say by a revision's id what it says of its edition's
    scored themes: levels, which were merely carried, which are held without SHRMT. `answers` are the reviewer's three,
    by the revision's id, in the order of `Questions`. `units_before` were the group's on the last day of the half
    before and expected then; `excluded` are its units now of which nothing was expected in the half.
    `validated` maps a unit's id to what audits last found by theme, as far as any did: the level, and the edition that
    describes it. `audited_claims` are those that audits of the group's units judged.
    """

    quarters: Sequence[Quarter]
    edition_before: str
    editions: Editions
    units: Sequence[UnitFacts]
    revisions: Sequence[SignedRevision]
    levels: Mapping[int, Mapping[str, int | None]]
    carried: Mapping[int, Collection[str]]
    units_before: Sequence[UnitFacts] = ()
    excluded: Sequence[UnitFacts] = ()
    held: Mapping[int, Collection[str]] = field(default_factory=dict)
    answers: Mapping[int, tuple[bool, bool, bool]] = field(default_factory=dict)
    targets: Sequence[TargetFacts] = ()
    validated: Mapping[int, Mapping[str, tuple[int, str]]] = field(default_factory=dict)
    audited_claims: AuditedClaims | None = None


def in_context(found: Figures, context: Context) -> Figures:
    """Return the group's figures with what compares, looks back or looks ahead."""
    scored = [theme.identity for theme in found.themes if theme.scored]
    book = _Book(context)
    targets, standing = _targets(found.edition, found.themes, book)
    units = tuple(
        replace(
            reading,
            answers=book.answers(reading.unit_id),
            sustained=_sustained(reading, book, scored),
            at_targets=tuple(number for number, at in enumerate(standing, start=1) if at.get(reading.unit_id)),
            short_of=tuple(number for number, at in enumerate(standing, start=1) if at.get(reading.unit_id) is False),
            validated=_validated(reading, found.edition, context),
        )
        for reading in found.units
    )
    sustained = _self_sustaining(units, scored)
    moved = _movement(found, book)
    return replace(
        found,
        units=units,
        distribution=tuple(
            replace(row, self_sustaining=sustained.by_theme.get(row.identity, 0)) if row.scored else row
            for row in found.distribution
        ),
        excluded=tuple(excluded(unit) for unit in context.excluded),
        movement=moved,
        self_sustaining=sustained,
        validated=validated(units),
        audited_claims=context.audited_claims,
        most_improved=most_improved(moved.themes),
        questions=_questions(units),
        targets=targets,
    )


def _validated(reading: UnitReading, edition: str, context: Context) -> dict[str, int]:
    """The levels that audits last found of the unit's themes, as far as they compare with what it reports."""
    return {
        identity: level
        for identity, (level, found_in) in context.validated.get(reading.unit_id, {}).items()
        if identity not in reading.apart and context.editions.comparable(edition, found_in, identity)
    }


def excluded(unit: UnitFacts) -> Excluded:
    """Return a unit of which nothing was expected, with the days that say why."""
    closed_on = unit.closed_on.isoformat() if unit.closed_on else None
    return Excluded(unit.name, unit.slug, unit.opened_on.isoformat(), closed_on)


class _Book:
    """The signed revisions with what they say, for looking one up by unit and quarters."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._by_unit: dict[int, list[SignedRevision]] = defaultdict(list)
        for revision in context.revisions:
            self._by_unit[revision.unit_id].append(revision)

    def taken(self, unit_id: int, quarters: Collection[Quarter]) -> SignedRevision | None:
        """The revision of a unit that counts for these quarters."""
        return taken(one for one in self._by_unit.get(unit_id, ()) if one.quarter in quarters)[0]

    def answers(self, unit_id: int) -> tuple[bool, bool, bool] | None:
        """What the reviewer answered about the statement that counts for the half."""
        found = self.taken(unit_id, self.context.quarters)
        return self.context.answers.get(found.id) if found else None

    def standing(self, unit_id: int, quarters: Collection[Quarter]) -> Standing:
        """What it says, for comparing."""
        found = self.taken(unit_id, quarters)
        if found is None:
            return NOTHING
        return Standing(found.edition, self.context.levels.get(found.id, {}), self.context.carried.get(found.id, ()))

    def statements(self, unit_id: int) -> dict[Quarter, QuarterlyLevels]:
        """What counts of each quarter that has anything signed."""
        quarters = {one.quarter for one in self._by_unit.get(unit_id, ())}
        found = {quarter: self.taken(unit_id, [quarter]) for quarter in quarters}
        return {quarter: self._said(one) for quarter, one in found.items() if one is not None}

    def history(self, unit: UnitFacts) -> UnitHistory:
        """The unit at the quarters that a target's history is counted at: each with the one before, as a half is."""
        spans = {point: (point.previous(), point) for point in points_until(self.context.quarters[-1])}
        counting = {
            point: Counting(found.quarter, self._said(found), self.context.carried.get(found.id, ()))
            for point, span in spans.items()
            if (found := self.taken(unit.id, span)) is not None
        }
        expected = [point for point, span in spans.items() if any(unit.expected_in(quarter) for quarter in span)]
        return UnitHistory(unit.name, expected, counting, self.statements(unit.id))

    def _said(self, revision: SignedRevision) -> QuarterlyLevels:
        return QuarterlyLevels(
            revision.edition, self.context.levels.get(revision.id, {}), self.context.held.get(revision.id, ())
        )


def _sustained(reading: UnitReading, book: _Book, scored: Collection[str]) -> tuple[str, ...]:
    """Return the scored themes that the unit sustains by itself."""
    if reading.quarter is None:
        return ()
    statements = book.statements(reading.unit_id)
    return tuple(
        sorted(self_sustaining(statements, Quarter.parse(reading.quarter), book.context.editions).intersection(scored))
    )


def _self_sustaining(readings: Iterable[UnitReading], scored: Collection[str]) -> SelfSustaining:
    by_theme: Counter[str] = Counter()
    names = []
    for reading in readings:
        by_theme.update(reading.sustained)
        if scored and len(reading.sustained) == len(scored):
            names.append(reading.name)
    return SelfSustaining(len(names), dict(sorted(by_theme.items())), tuple(names))


def _movement(found: Figures, book: _Book) -> Movement:
    context = book.context
    quarters, units, editions = context.quarters, context.units, context.editions
    before = quarters[0].half.previous().quarters
    now_ids, before_ids = {unit.id for unit in units}, {unit.id for unit in context.units_before}
    left = [unit for unit in context.units_before if unit.id not in now_ids]
    ended = [unit for unit in left if not any(unit.expected_in(quarter) for quarter in quarters)]
    followed = [
        FollowedUnit(unit.name, unit.slug, book.standing(unit.id, quarters), book.standing(unit.id, before))
        for unit in units
    ] + [FollowedUnit(unit.name, unit.slug, NOTHING, book.standing(unit.id, before)) for unit in ended]
    scored = [row for row in found.distribution if row.scored]
    return Movement(
        since=str(quarters[0].half.previous()),
        edition=found.edition,
        edition_before=context.edition_before,
        not_comparable=tuple(
            row.name for row in scored if not editions.comparable(found.edition, context.edition_before, row.identity)
        ),
        themes=tuple(
            theme_movement(row.identity, row.name, followed, editions, target=row.target or LEVEL_OF_ASSURANCE)
            for row in scored
        ),
        units=tuple(unit_movement(unit, [row.identity for row in scored], editions) for unit in followed),
        ended=tuple(unit.name for unit in ended),
        came=tuple(
            unit.name
            for unit in units
            if unit.id not in before_ids and any(unit.expected_in(quarter) for quarter in before)
        ),
        went=tuple(unit.name for unit in left if unit not in ended),
    )


def validated(readings: Iterable[UnitReading]) -> Validated:
    """Set the levels that units report beside those that audits found, where both are there."""
    pairs = [
        (reported, found)
        for reading in readings
        for identity, found in reading.validated.items()
        if (reported := reading.levels.get(identity)) is not None
    ]
    return Validated(
        len(pairs),
        sum(reported == found for reported, found in pairs),
        sum(reported > found for reported, found in pairs),
        sum(reported < found for reported, found in pairs),
    )


def _questions(readings: Iterable[UnitReading]) -> Questions:
    used = [reading for reading in readings if reading.status is not None]
    given = [reading.answers for reading in used if reading.answers is not None]
    return questions(used=len(used), given=len(given), yes=[sum(one) for one in zip(*given, strict=True)] or [0, 0, 0])


def questions(*, used: int, given: int, yes: Sequence[int]) -> Questions:
    """Return the answers to the three questions, of which so many each were yes, in the order of `Questions`."""
    return Questions(used, used - given, *(YesNo(number, given - number) for number in yes))


def _targets(
    edition: str, themes: Iterable[ThemeFacts], book: _Book
) -> tuple[tuple[TargetProgress, ...], list[dict[int, bool | None]]]:
    """Return each target with what is counted for it, and where each unit stands against it, by the unit's id."""
    context = book.context
    if not context.targets:
        return (), []
    names = {theme.identity: theme.name for theme in themes}
    histories = [(unit, book.history(unit)) for unit in context.units]
    scored = [theme.identity for theme in themes if theme.scored]
    found, standing = [], []
    for target in context.targets:
        asked = [(unit, one) for unit, one in histories if not target.risk_bands or unit.risk_band in target.risk_bands]
        progressed, at_target = progress(
            target,
            [history for _, history in asked],
            context.quarters[-1],
            theme_name=names.get(target.theme, ""),
            editions=context.editions,
            edition=edition,
            scored=scored,
        )
        found.append(progressed)
        standing.append({asked[place][0].id: at for place, at in at_target.items()})
    return tuple(found), standing
