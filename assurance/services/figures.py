"""Reading a business group's half-year for its figures: set-based, as many queries for a thousand units as for ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q

from actions.models import Action
from assurance import rollup
from assurance.comparing import Editions
from assurance.models import Entry, Revision, RevisionState
from assurance.models.entry import Carried
from assurance.rollup_context import Context, in_context
from assurance.services.agreement import Scope, audited_claims
from assurance.sustaining import QUARTERS_RUNNING
from assurance.targets import QUARTERS_OF_HISTORY, TargetFacts, level_asked
from assurance.validated import last_validated
from maturity.models import Edition, NotComparable, Target, Theme
from organisation.models import BusinessGroup, Unit
from organisation.models.unit import UnitQuerySet
from organisation.periods import HalfYear, Quarter, london_day

STANDING = [RevisionState.SIGNED.value, RevisionState.ACCEPTED.value]
ANSWERS = (
    "review__appropriately_completed",
    "review__reflects_performance",
    "review__identifies_improvement",
)


@dataclass(frozen=True)
class Reading:
    """A half-year as it is read on a day. Its second quarter is left out until it has begun; what is counted as at a
    day (actions, targets) is counted as at `as_at` or, once the half is over, as at its last day."""

    half: HalfYear
    as_at: date

    @property
    def quarters(self) -> list[Quarter]:
        return [quarter for quarter in self.half.quarters if quarter.first_day <= self.as_at]

    @property
    def counted_on(self) -> date:
        return min(self.as_at, self.half.last_day)

    def quarters_looked_back_on(self, targets: Iterable[TargetFacts]) -> list[Quarter]:
        """The half's quarters and those before that pace, movement and what a unit sustains ask for, the last first."""
        # Each quarter of the history is counted with the one before; to be self-sustaining then takes three before.
        back = QUARTERS_OF_HISTORY + 1
        if any(target.self_sustaining for target in targets):
            back += QUARTERS_RUNNING - 1
        return [self.quarters[-1].plus(-number) for number in range(back)]


class Model:
    """The editions that statements may be on. Four queries, each made when it is first asked for."""

    def __init__(self, half: HalfYear) -> None:
        self.half = half

    @cached_property
    def by_id(self) -> dict[int, Edition]:
        return {edition.pk: edition for edition in Edition.objects.all()}

    @cached_property
    def _themes(self) -> dict[int, list[Theme]]:
        found: dict[int, list[Theme]] = defaultdict(list)
        for theme in Theme.objects.order_by("edition", "number"):
            found[theme.edition_id].append(theme)
        return found

    def in_force(self, half: HalfYear) -> Edition | None:
        """The edition that statements of the half's last quarter are on, as `Edition.objects.in_force` finds it."""
        started = [one for one in self.by_id.values() if one.starts_on <= half.quarters[1].first_day]
        return max(started, key=lambda one: one.starts_on, default=None)

    @cached_property
    def edition(self) -> Edition | None:
        return self.in_force(self.half)

    @cached_property
    def edition_before(self) -> Edition | None:
        return self.in_force(self.half.previous())

    @cached_property
    def level_names(self) -> list[str]:
        return list(self.edition.levels.values_list("name", flat=True)) if self.edition else []

    @cached_property
    def themes(self) -> list[rollup.ThemeFacts]:
        rows = self._themes[self.edition.pk] if self.edition else []
        return [rollup.ThemeFacts(theme.identity, theme.name, theme.number, theme.scored) for theme in rows]

    @cached_property
    def scored(self) -> list[rollup.ThemeFacts]:
        return [theme for theme in self.themes if theme.scored]

    @cached_property
    def editions(self) -> Editions:
        """Which themes mean the same in which editions."""
        not_comparable: dict[frozenset[str], set[str]] = defaultdict(set)
        for one, other, identity in NotComparable.objects.values_list("edition__code", "earlier__code", "identity"):
            not_comparable[frozenset({one, other})].add(identity)
        return Editions(
            scored={
                edition.code: frozenset(theme.identity for theme in self._themes[pk] if theme.scored)
                for pk, edition in self.by_id.items()
            },
            not_comparable=not_comparable,
        )


def code_of(edition: Edition | None) -> str:
    return edition.code if edition else ""


def of_group(group: BusinessGroup, half: HalfYear, *, as_at: date) -> rollup.Figures:
    """Return the group's figures for the half as its units' statements stand now: twelve queries, however many units.

    `as_at` is today.
    """
    reading, model = Reading(half, as_at), Model(half)
    there = units_there(group, half)
    units = [unit for unit in there if is_expected(unit, reading.quarters)]
    before = half.previous()
    units_before = [unit for unit in units_there(group, before) if is_expected(unit, before.quarters)]
    targets = targets_of(group, reading, model)
    looked_back_on = reading.quarters_looked_back_on(targets)
    ids = {unit.id for unit in (*units, *units_before)}
    revisions, answers = signed_revisions(ids, looked_back_on)
    entries = _entries(ids, looked_back_on)
    counted = {unit.id for unit in units}
    found = rollup.summarise(
        quarters=reading.quarters,
        level_names=model.level_names,
        units=units,
        themes=model.themes,
        revisions=[one for one in revisions if one.quarter in reading.quarters and one.unit_id in counted],
        levels=entries.levels,
        carried=entries.carried,
        actions=_actions([unit.id for unit in units], half, as_at=reading.counted_on),
        as_at=reading.counted_on,
        edition=code_of(model.edition),
        editions=model.editions,
        targets=levels_asked(targets, model, reading.counted_on),
    )
    return in_context(
        found,
        Context(
            quarters=reading.quarters,
            edition_before=code_of(model.edition_before),
            editions=model.editions,
            units=units,
            revisions=revisions,
            levels=entries.levels,
            carried=entries.carried,
            units_before=units_before,
            excluded=[unit for unit in there if unit.id not in counted],
            held=entries.held,
            answers=answers,
            targets=targets,
            validated=_validated(counted, reading.counted_on),
            audited_claims=audited_claims(Scope(reading.counted_on, group=group)),
        ),
    )


def _validated(units: Collection[int], day: date) -> dict[int, dict[str, tuple[int, str]]]:
    found = last_validated(units, until=day)
    return {
        unit: {identity: (one.level, one.edition) for identity, one in levels.items()} for unit, levels in found.items()
    }


def statements_taken(
    group: BusinessGroup | None, half: HalfYear, *, as_at: date
) -> list[tuple[rollup.UnitFacts, rollup.SignedRevision | None]]:
    """Return, for each unit that a build would count now, the statement that it would take: two queries."""
    quarters = Reading(half, as_at).quarters
    units = [unit for unit in units_there(group, half) if is_expected(unit, quarters)]
    by_unit: dict[int, list[rollup.SignedRevision]] = {unit.id: [] for unit in units}
    revisions, _ = signed_revisions(by_unit, quarters)
    for revision in revisions:
        by_unit[revision.unit_id].append(revision)
    return [(unit, rollup.taken(by_unit[unit.id])[0]) for unit in units]


def units_there(group: BusinessGroup | None, half: HalfYear) -> list[rollup.UnitFacts]:
    """The units of the group, or of the force, that existed in the half, by name: one query."""
    rows = (
        (Unit.objects.filter(opened_on__lte=half.last_day) if group is None else _in_group(group, half))
        .filter(Q(closed_on=None) | Q(closed_on__gte=half.first_day))
        .order_by("name")
        .values("id", "name", "slug", "opened_on", "closed_on", "risk_band")
    )
    return [rollup.UnitFacts(**row) for row in rows]


def _in_group(group: BusinessGroup, half: HalfYear) -> UnitQuerySet:
    return Unit.objects.in_group_on(group, half.last_day)


def is_expected(unit: rollup.UnitFacts, quarters: Iterable[Quarter]) -> bool:
    return any(unit.expected_in(quarter) for quarter in quarters)


def targets_of(group: BusinessGroup | None, reading: Reading, model: Model) -> list[TargetFacts]:
    """The targets that stand for the group and for the whole force, by their days: one query.

    Those for a theme that the half's edition does not score wait until one does.
    """
    of_the_group = Q(group=None) if group is None else Q(group=None) | Q(group=group)
    rows = Target.objects.on(reading.counted_on).filter(of_the_group, unit=None).select_related("group")
    scored = {theme.identity for theme in model.scored}
    return [
        TargetFacts(
            level=row.level,
            by_on=row.by_on,
            for_whom=row.for_whom,
            self_sustaining=row.self_sustaining,
            of_group=row.group_id is not None,
            risk_bands=tuple(row.risk_bands),
            theme=row.theme_identity,
            share=row.share,
            endorsed_by=row.endorsed_by,
            endorsed_on=row.endorsed_on,
        )
        for row in rows.order_by("by_on", "pk")
        if not row.theme_identity or row.theme_identity in scored
    ]


def levels_asked(targets: Sequence[TargetFacts], model: Model, day: date) -> dict[str, int]:
    """The level that the share at target speaks of, by theme."""
    return {theme.identity: level_asked(targets, theme.identity, day) for theme in model.scored}


def signed_revisions(
    unit_ids: Collection[int], quarters: Sequence[Quarter]
) -> tuple[list[rollup.SignedRevision], dict[int, tuple[bool, bool, bool]]]:
    """The units' signed and unreturned revisions, and the reviewers' answers about those that were decided on."""
    rows = Revision.objects.filter(
        statement__unit__in=unit_ids, statement__quarter__in=quarters, state__in=STANDING
    ).values_list(
        "id",
        "statement__unit_id",
        "statement__quarter",
        "number",
        "state",
        "signed_at",
        "statement__edition__code",
        *ANSWERS,
    )
    revisions, answers = [], {}
    for id_, unit_id, quarter, number, state, signed_at, edition, *given in rows:
        if signed_at is None:  # the database holds that a signed revision has its moment
            continue
        signed_on = london_day(signed_at)
        revisions.append(rollup.SignedRevision(id_, unit_id, quarter, number, state, signed_on, edition))
        completed, reflects, improves = given
        if completed is not None:
            answers[id_] = (completed, reflects, improves)
    return revisions, answers


@dataclass(frozen=True)
class _Entries:
    """What revisions say of the scored themes, by the revision's id."""

    levels: dict[int, dict[str, int | None]]
    carried: dict[int, list[str]]
    held: dict[int, list[str]]


def _entries(unit_ids: Collection[int], quarters: Sequence[Quarter]) -> _Entries:
    found = _Entries(defaultdict(dict), defaultdict(list), defaultdict(list))
    entries = Entry.objects.filter(
        revision__statement__unit__in=unit_ids,
        revision__statement__quarter__in=quarters,
        revision__state__in=STANDING,
        theme__scored=True,
    ).order_by()
    for revision_id, identity, level, carried, held in entries.values_list(
        "revision_id", "theme__identity", "level", "carried", "held_without_shrmt"
    ):
        found.levels[revision_id][identity] = level
        if carried == Carried.CONFIRMED:
            found.carried[revision_id].append(identity)
        if held:
            found.held[revision_id].append(identity)
    return found


def _actions(unit_ids: Sequence[int], half: HalfYear, *, as_at: date) -> dict[int, rollup.ActionCounts]:
    rows = Action.objects.filter(unit__in=unit_ids).counted_by_unit(since=half.first_day, as_at=as_at)
    return {row.pop("unit"): rollup.ActionCounts(**row) for row in rows}
