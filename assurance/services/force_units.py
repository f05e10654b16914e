"""A force's units in a half-year, and the statements that count for them: read first, a row for each unit.

Their ids go back into the queries that count entries (`force_figures.py`, `force_targets.py`), so that the database
knows how many there are and finds each entry by its index, whatever it remembers of its tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from assurance import rollup_force
from assurance.rollup import ACCEPTED, SIGNED, Excluded, StatementUsed, UnitQuarter
from assurance.rollup_force import NO_GROUP, Group
from assurance.services.figures import Model, Reading
from organisation.models import BusinessGroup
from organisation.periods import HalfYear, Quarter, london_day

Params = Mapping[str, Any]


class Member(NamedTuple):
    """A unit that existed in the half, with the group of the half's last day or, if that came earlier, of its own."""

    unit: int
    group: int | None
    name: str
    slug: str
    risk_band: str
    opened_on: date
    closed_on: date | None

    def is_expected(self, quarters: Iterable[Quarter]) -> bool:
        """Whether the unit existed on the first day of any of the quarters."""
        days = [quarter.first_day for quarter in quarters]
        return any(self.opened_on <= day and (self.closed_on is None or self.closed_on >= day) for day in days)


class Use(NamedTuple):
    """The statement that counts for a unit: the latest accepted (later quarter first), else the latest signed.

    `first_signed` is when the statement was first signed; the answers are None where nobody has decided on it.
    """

    revision: int
    edition: int
    quarter: str
    first_signed: datetime
    completed: bool | None
    reflects: bool | None
    improves: bool | None
    number: int
    state: str

    @property
    def answers(self) -> tuple[bool, bool, bool] | None:
        """What the reviewer answered, in the order of `rollup.Questions`."""
        if self.completed is None:
            return None
        return self.completed, bool(self.reflects), bool(self.improves)

    @property
    def is_late(self) -> bool:
        return london_day(self.first_signed) > Quarter.parse(self.quarter).due_on


@dataclass(frozen=True)
class Force:
    """The half's units and what counts for them, now and in the half before."""

    reading: Reading
    model: Model
    members: Sequence[Member]
    ended: Sequence[Member]
    excluded: Sequence[Member]
    used: Mapping[int, Use]
    used_before: Mapping[int, Use]


def rows_of(statement: str, params: Params) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def columns(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """The rows turned into one list for each name: arrays, which a query takes for a table."""
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


MEMBERS = """
SELECT u.id, m.group_id, u.name, u.slug, u.risk_band, u.opened_on, u.closed_on
FROM organisation_unit u
LEFT JOIN organisation_unitmembership m
    ON m.unit_id = u.id
    AND m.starts_on <= LEAST(u.closed_on, %(last_day)s)
    AND (m.ends_on IS NULL OR m.ends_on >= LEAST(u.closed_on, %(last_day)s))
WHERE u.opened_on <= %(last_day)s AND (u.closed_on IS NULL OR u.closed_on >= %(first_day)s)
ORDER BY u.name
"""

USED = """
SELECT DISTINCT ON (s.unit_id)
    s.unit_id, r.id, s.edition_id, s.quarter, min(r.signed_at) OVER (PARTITION BY s.id),
    review.appropriately_completed, review.reflects_performance, review.identifies_improvement, r.number, r.state
FROM assurance_statement s
JOIN assurance_revision r ON r.statement_id = s.id
LEFT JOIN assurance_review review ON review.revision_id = r.id
WHERE s.quarter = ANY(%(quarters)s) AND r.state IN ('signed', 'accepted')
ORDER BY s.unit_id, (r.state = 'accepted') DESC, s.quarter DESC, r.number DESC
"""


def read_force(reading: Reading, model: Model) -> Force:
    half, before = reading.half, reading.half.previous()
    there = _members(half)
    members = [member for member in there if member.is_expected(reading.quarters)]
    counted = {member.unit for member in members}
    members_before = [member for member in _members(before) if member.is_expected(before.quarters)]
    used = _uses(reading.quarters)
    return Force(
        reading=reading,
        model=model,
        members=members,
        ended=[member for member in members_before if member.unit not in counted],
        excluded=[member for member in there if member.unit not in counted],
        used={unit: use for unit, use in used.items() if unit in counted},
        used_before=_uses(before.quarters),
    )


def _members(half: HalfYear) -> list[Member]:
    rows = rows_of(MEMBERS, {"first_day": half.first_day, "last_day": half.last_day})
    return [Member(*row) for row in rows]


def _uses(quarters: Iterable[Quarter]) -> dict[int, Use]:
    rows = rows_of(USED, {"quarters": [str(quarter) for quarter in quarters]})
    return {unit: Use(*rest) for unit, *rest in rows}


def excluded(member: Member) -> Excluded:
    closed_on = member.closed_on.isoformat() if member.closed_on else None
    return Excluded(member.name, member.slug, member.opened_on.isoformat(), closed_on)


def groups_of(ids: set[int | None]) -> list[Group]:
    """The groups that have units in the figures, by name; at the end what is in none, where there is any."""
    named = BusinessGroup.objects.filter(pk__in=[group for group in ids if group is not None])
    found = [Group(*row) for row in named.order_by("name").values_list("pk", "name", "slug")]
    return [*found, Group(None, NO_GROUP, "")] if None in ids else found


COVERAGE = """
SELECT member.grp, quarter.name, count(*), count(signed.first), count(*) FILTER (WHERE signed.accepted),
    count(*) FILTER (WHERE (signed.first AT TIME ZONE 'Europe/London')::date > quarter.due_on),
    array_agg(member.unit) FILTER (WHERE signed.first IS NOT NULL),
    array_agg(member.unit) FILTER (WHERE signed.accepted),
    array_agg(member.unit) FILTER (WHERE (signed.first AT TIME ZONE 'Europe/London')::date > quarter.due_on)
FROM unnest(%(units)s::bigint[], %(groups)s::bigint[], %(opened)s::date[], %(closed)s::date[])
    AS member (unit, grp, opened_on, closed_on)
JOIN unnest(%(quarters)s::text[], %(first_days)s::date[], %(due_days)s::date[]) AS quarter (name, first_day, due_on)
    ON member.opened_on <= quarter.first_day
    AND (member.closed_on IS NULL OR member.closed_on >= quarter.first_day)
CROSS JOIN LATERAL (
    SELECT min(r.signed_at) AS first, bool_or(r.state = 'accepted') AS accepted
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE s.unit_id = member.unit AND s.quarter = quarter.name AND r.state IN ('signed', 'accepted')
) signed
GROUP BY member.grp, quarter.name
"""


def coverage(force: Force) -> list[rollup_force.Coverage]:
    return _covered(force.members, force.reading.quarters)


def coverage_in(half: HalfYear, *, as_at: date) -> list[rollup_force.Coverage]:
    """Return the statements of each group in the half's quarters that have begun, as the force summary counts them.

    Two queries; `as_at` is today.
    """
    quarters = Reading(half, as_at).quarters
    return _covered([one for one in _members(half) if one.is_expected(quarters)], quarters)


def _covered(units: Sequence[Member], asked: Sequence[Quarter]) -> list[rollup_force.Coverage]:
    members = [(one.unit, one.group, one.opened_on, one.closed_on) for one in units]
    quarters = [(str(one), one.first_day, one.due_on) for one in asked]
    params = columns(members, "units", "groups", "opened", "closed")
    return [
        rollup_force.Coverage(*counts, *(frozenset(units or ()) for units in (signed, accepted, late)))
        for *counts, signed, accepted, late in rows_of(
            COVERAGE, params | columns(quarters, "quarters", "first_days", "due_days")
        )
    ]


def used(force: Force) -> list[rollup_force.Used]:
    """How many units of each group have their statement on which edition, and what reviewers said of those."""
    found: dict[tuple[int | None, str | None], Counter[str]] = defaultdict(Counter)
    for member in force.members:
        use = force.used.get(member.unit)
        if use is None:
            found[member.group, None]["units"] += 1
            continue
        found[member.group, force.model.by_id[use.edition].code].update(
            units=1,
            late=use.is_late,
            reviewed=use.completed is not None,
            completed=bool(use.completed),
            reflects=bool(use.reflects),
            improves=bool(use.improves),
        )
    names = ("units", "late", "reviewed", "completed", "reflects", "improves")
    return [
        rollup_force.Used(group, edition, *(counts[name] for name in names))
        for (group, edition), counts in found.items()
    ]


def statements(
    force: Force,
    *,
    groups: Iterable[Group],
    covered: Iterable[rollup_force.Coverage],
    sustained: Iterable[rollup_force.Sustained],
    standing: Sequence[Mapping[int, bool]],
) -> list[StatementUsed]:
    """Which statement of each unit counts, and what the unit is counted as: what is issued names it, and what counts
    later is held against it.
    """
    slugs = {group.id: group.slug for group in groups}
    came = _came(force, covered)
    themes: dict[int, list[str]] = defaultdict(list)
    for row in sustained:
        for unit in row.of:
            themes[unit].append(row.identity or "")
    at, short = _standing_against(standing)
    return [
        _statement(
            force,
            member,
            slugs,
            quarters=tuple(came[member.unit]),
            sustained=tuple(sorted(themes[member.unit])),
            at_targets=tuple(at[member.unit]),
            short_of=tuple(short[member.unit]),
        )
        for member in force.members
    ]


def ended(force: Force, *, groups: Iterable[Group]) -> list[StatementUsed]:
    """The units that only the half before speaks of."""
    slugs = {group.id: group.slug for group in groups}
    return [_statement(force, member, slugs) for member in force.ended]


def _statement(force: Force, member: Member, slugs: Mapping[int | None, str], **counted: Any) -> StatementUsed:
    use, before, editions = force.used.get(member.unit), force.used_before.get(member.unit), force.model.by_id
    if use is not None:
        counted |= {
            "quarter": use.quarter,
            "revision": use.number,
            "status": use.state,
            "edition": editions[use.edition].code,
            "late": use.is_late,
            "answers": use.answers,
        }
    return StatementUsed(
        member.unit,
        member.name,
        member.slug,
        group=slugs.get(member.group),
        before=(before.quarter, before.number, editions[before.edition].code) if before else None,
        **counted,
    )


def _came(force: Force, covered: Iterable[rollup_force.Coverage]) -> Mapping[int, list[UnitQuarter]]:
    """What came of each unit's statements, the earlier quarter first."""
    sets: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
    for row in covered:
        for known, units in zip(sets[row.quarter], (row.signed_of, row.accepted_of, row.late_of), strict=True):
            known.update(units)
    found: dict[int, list[UnitQuarter]] = defaultdict(list)
    for quarter in force.reading.quarters:
        signed, accepted, late = sets[str(quarter)]
        for member in force.members:
            if member.is_expected([quarter]):
                status = ACCEPTED if member.unit in accepted else SIGNED if member.unit in signed else None
                found[member.unit].append(UnitQuarter(str(quarter), status, late=member.unit in late))
    return found


def _standing_against(standing: Sequence[Mapping[int, bool]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The numbers of the targets that each unit is at, and of those it is short of, from 1."""
    at: dict[int, list[int]] = defaultdict(list)
    short: dict[int, list[int]] = defaultdict(list)
    for number, units in enumerate(standing, start=1):
        for unit, is_at in units.items():
            (at if is_at else short)[unit].append(number)
    return at, short
