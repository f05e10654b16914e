"""Counting a force's half-year in the database: rows for groups, themes and levels come out, never one for each entry.

The rules are those of `assurance/rollup.py` and its neighbours, said again in SQL where thousands of units have to be
counted; a test holds the two to the same numbers. Units and the statements that count for them are read first, a row
for each unit; their ids go back into the queries that count entries, so that the database knows how many there are and
finds each entry by its index, whatever it remembers of its tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection

from actions.models import Action
from assurance import rollup_force
from assurance.rollup import Excluded, Figures, StatementUsed
from assurance.rollup_force import NO_GROUP, Counted, Group, summarise_force
from assurance.services.figures import Model, Reading, code_of, levels_asked, targets_of
from assurance.sustaining import LEAST_LEVEL, QUARTERS_RUNNING
from assurance.targets import Point, TargetFacts, TargetProgress, kept, points_until
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


def _rows(statement: str, params: Params) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _columns(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """The rows turned into one list for each name: arrays, which a query takes for a table."""
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def of_force(half: HalfYear, *, as_at: date) -> Figures:
    """Return the force's figures for the half as the statements stand now: as many queries as there are figures.

    `as_at` is today.
    """
    force = _force(Reading(half, as_at), Model(half))
    reading, model = force.reading, force.model
    targets = targets_of(None, reading, model)
    asked = levels_asked(targets, model, reading.counted_on)
    groups = _groups({member.group for member in (*force.members, *force.excluded)})
    return summarise_force(
        Counted(
            half=half,
            as_at=reading.counted_on.isoformat(),
            edition=code_of(model.edition),
            edition_before=code_of(model.edition_before),
            editions=model.editions,
            level_names=model.level_names,
            themes=model.themes,
            target_levels=asked,
            groups=groups,
            coverage=_coverage(force),
            used=_used(force),
            cells=_cells(force),
            moves=_moves(force, asked),
            sustained=_sustained(force),
            actions=_actions(force),
            excluded=[(member.group, _excluded(member)) for member in force.excluded],
            ended=[member.name for member in force.ended],
            targets=_targets(targets, force),
            statements=_statements(force),
        )
    )


# --- Units, and what counts for them ----------------------------------------------------------------------------------

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


def _force(reading: Reading, model: Model) -> Force:
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
    rows = _rows(MEMBERS, {"first_day": half.first_day, "last_day": half.last_day})
    return [Member(*row) for row in rows]


def _uses(quarters: Iterable[Quarter]) -> dict[int, Use]:
    rows = _rows(USED, {"quarters": [str(quarter) for quarter in quarters]})
    return {unit: Use(*rest) for unit, *rest in rows}


def _excluded(member: Member) -> Excluded:
    closed_on = member.closed_on.isoformat() if member.closed_on else None
    return Excluded(member.name, member.slug, member.opened_on.isoformat(), closed_on)


def _groups(ids: set[int | None]) -> list[Group]:
    """The groups that have units in the figures, by name; at the end what is in none, where there is any."""
    named = BusinessGroup.objects.filter(pk__in=[group for group in ids if group is not None])
    found = [Group(*row) for row in named.order_by("name").values_list("pk", "name", "slug")]
    return [*found, Group(None, NO_GROUP, "")] if None in ids else found


COVERAGE = """
SELECT member.grp, quarter.name, count(*), count(signed.first), count(*) FILTER (WHERE signed.accepted),
    count(*) FILTER (WHERE (signed.first AT TIME ZONE 'Europe/London')::date > quarter.due_on)
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


def _coverage(force: Force) -> list[rollup_force.Coverage]:
    members = [(one.unit, one.group, one.opened_on, one.closed_on) for one in force.members]
    quarters = [(str(one), one.first_day, one.due_on) for one in force.reading.quarters]
    params = _columns(members, "units", "groups", "opened", "closed")
    return [
        rollup_force.Coverage(*row)
        for row in _rows(COVERAGE, params | _columns(quarters, "quarters", "first_days", "due_days"))
    ]


def _used(force: Force) -> list[rollup_force.Used]:
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


def _statements(force: Force) -> list[StatementUsed]:
    """Which statement of each unit counts: what is issued names it, and can be held against what counts later."""
    found = []
    for member in force.members:
        use = force.used.get(member.unit)
        found.append(
            StatementUsed(member.unit, member.name, use.quarter, use.number, use.state)
            if use
            else StatementUsed(member.unit, member.name)
        )
    return found


CELLS = """
SELECT used.grp, used.edition, t.identity, e.level, count(*), count(*) FILTER (WHERE e.carried = 'confirmed')
FROM unnest(%(groups)s::bigint[], %(editions)s::text[], %(revisions)s::bigint[]) AS used (grp, edition, revision)
JOIN assurance_entry e ON e.revision_id = used.revision
JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
GROUP BY used.grp, used.edition, t.identity, e.level
"""


def _cells(force: Force) -> list[rollup_force.Cells]:
    used = [
        (member.group, force.model.by_id[use.edition].code, use.revision)
        for member in force.members
        if (use := force.used.get(member.unit)) is not None
    ]
    return [rollup_force.Cells(*row) for row in _rows(CELLS, _columns(used, "groups", "editions", "revisions"))]


# --- What moved -------------------------------------------------------------------------------------------------------

MOVES = """
WITH pairs AS (
    SELECT followed.grp, followed.edition, followed.edition_before, theme.identity, theme.target,
        earlier.level AS earlier, later.level AS later, later.carried = 'confirmed' AS carried
    FROM unnest(
        %(groups)s::bigint[], %(editions)s::bigint[], %(revisions)s::bigint[],
        %(editions_before)s::bigint[], %(revisions_before)s::bigint[]
    ) AS followed (grp, edition, revision, edition_before, revision_before)
    CROSS JOIN unnest(%(scored)s::text[], %(asked)s::int[]) AS theme (identity, target)
    LEFT JOIN maturity_theme now ON now.edition_id = followed.edition AND now.identity = theme.identity AND now.scored
    LEFT JOIN assurance_entry later ON later.revision_id = followed.revision AND later.theme_id = now.id
    LEFT JOIN maturity_theme old
        ON old.edition_id = followed.edition_before AND old.identity = theme.identity AND old.scored
    LEFT JOIN assurance_entry earlier ON earlier.revision_id = followed.revision_before AND earlier.theme_id = old.id
)
SELECT grp, edition, edition_before, identity, move, count(*),
    count(*) FILTER (WHERE compared AND earlier >= target),
    count(*) FILTER (WHERE compared AND CASE WHEN move = 'same' THEN earlier ELSE later END >= target)
FROM (
    SELECT *, earlier IS NOT NULL AND later IS NOT NULL AS compared,
        CASE
            WHEN earlier IS NULL AND later IS NULL THEN 'neither'
            WHEN earlier IS NULL THEN 'new'
            WHEN later IS NULL THEN 'gone'
            WHEN carried OR later = earlier THEN 'same'
            WHEN later > earlier THEN 'improved'
            ELSE 'worse'
        END AS move
    FROM pairs
) moved
GROUP BY grp, edition, edition_before, identity, move
"""


def _moves(force: Force, asked: Mapping[str, int]) -> list[rollup_force.Moves]:
    """How levels moved, over the units there are and those that have ended since the half before."""
    followed = []
    for member in (*force.members, *force.ended):
        use, before = force.used.get(member.unit), force.used_before.get(member.unit)
        followed.append(
            (
                member.group,
                *((use.edition, use.revision) if use else (None, None)),
                *((before.edition, before.revision) if before else (None, None)),
            )
        )
    names = ("groups", "editions", "revisions", "editions_before", "revisions_before")
    params = _columns(followed, *names) | _columns(list(asked.items()), "scored", "asked")
    by_id = force.model.by_id
    return [
        rollup_force.Moves(
            group,
            by_id[edition].code if edition else None,
            by_id[edition_before].code if edition_before else None,
            *rest,
        )
        for group, edition, edition_before, *rest in _rows(MOVES, params)
    ]


# --- What lasts, and what was asked for -------------------------------------------------------------------------------

# A row for each unit and quarter looked back on: the revision that counts of that quarter alone, what it says of the
# themes that are asked for (all where %(theme)s is empty), and which of them it holds without SHRMT.
SAID = """
said AS MATERIALIZED (
    SELECT member.unit, member.grp, member.risk_band, member.used_in, quarter.number, quarter.first_day,
        member.opened_on <= quarter.first_day
            AND (member.closed_on IS NULL OR member.closed_on >= quarter.first_day) AS expected,
        revision.id AS revision, revision.edition, revision.accepted,
        entries.least, entries.carried, entries.themes, entries.held
    FROM unnest(
        %(units)s::bigint[], %(groups)s::bigint[], %(bands)s::text[], %(opened)s::date[], %(closed)s::date[],
        %(used_in)s::int[]
    ) AS member (unit, grp, risk_band, opened_on, closed_on, used_in)
    CROSS JOIN unnest(%(quarters)s::text[], %(numbers)s::int[], %(first_days)s::date[])
        AS quarter (name, number, first_day)
    LEFT JOIN LATERAL (
        SELECT r.id, s.edition_id AS edition, r.state = 'accepted' AS accepted
        FROM assurance_statement s
        JOIN assurance_revision r ON r.statement_id = s.id
        WHERE s.unit_id = member.unit AND s.quarter = quarter.name AND r.state IN ('signed', 'accepted')
        ORDER BY (r.state = 'accepted') DESC, r.number DESC
        LIMIT 1
    ) revision ON true
    LEFT JOIN LATERAL (
        SELECT min(coalesce(e.level, 0)) AS least, bool_and(e.carried = 'confirmed') AS carried, count(*) AS themes,
            array_agg(t.identity) FILTER (WHERE e.level >= %(least)s AND e.held_without_shrmt) AS held
        FROM assurance_entry e
        JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
        WHERE e.revision_id = revision.id AND (%(theme)s = '' OR t.identity = %(theme)s)
    ) entries ON true
)"""

# Beside each quarter the three before it: what has been held in all four, and in editions that may be compared.
LASTING = """
with_earlier AS (
    SELECT *,
        lag(held, 1) OVER unit_s AS held_1, lag(edition, 1) OVER unit_s AS edition_1,
        lag(held, 2) OVER unit_s AS held_2, lag(edition, 2) OVER unit_s AS edition_2,
        lag(held, 3) OVER unit_s AS held_3, lag(edition, 3) OVER unit_s AS edition_3
    FROM said
    WINDOW unit_s AS (PARTITION BY unit ORDER BY number)
),
lasting AS (
    SELECT *, ARRAY(
        SELECT identity FROM unnest(held) AS one (identity)
        WHERE identity = ANY(held_1) AND identity = ANY(held_2) AND identity = ANY(held_3)
            AND NOT EXISTS (
                SELECT 1 FROM unnest(%(apart_one)s::bigint[], %(apart_other)s::bigint[], %(apart_identity)s::text[])
                    AS apart (one, other, identity)
                WHERE apart.one = edition AND apart.other IN (edition_1, edition_2, edition_3)
                    AND apart.identity = one.identity
            )
    ) AS sustained
    FROM with_earlier
)"""

SUSTAINED = f"""
WITH {SAID}, {LASTING},
used AS (SELECT grp, unit, sustained FROM lasting WHERE number = used_in),
themes AS (
    SELECT grp, unit, identity FROM used CROSS JOIN LATERAL unnest(sustained) AS one (identity)
    WHERE identity = ANY(%(scored)s)
)
SELECT grp, identity, count(*) FROM themes GROUP BY grp, identity
UNION ALL
SELECT grp, NULL, count(*)
FROM (SELECT grp, unit FROM themes GROUP BY grp, unit HAVING count(*) = cardinality(%(scored)s::text[])) all_themes
GROUP BY grp
"""  # noqa: S608  # the parts are this file's own

# Of two quarters, as of a half, the later counts unless only the earlier is accepted. A target is judged at its end,
# over the units expected in either; what was merely carried stands where it stood, as far back as it was carried.
HISTORY = f"""
WITH {SAID}, {LASTING},
with_quarter_before AS (
    SELECT *,
        lag(revision) OVER unit_s AS revision_before, lag(accepted) OVER unit_s AS accepted_before,
        lag(edition) OVER unit_s AS edition_before, lag(least) OVER unit_s AS least_before,
        lag(carried) OVER unit_s AS carried_before, lag(themes) OVER unit_s AS themes_before,
        lag(sustained) OVER unit_s AS sustained_before, lag(expected) OVER unit_s AS expected_before
    FROM lasting
    WINDOW unit_s AS (PARTITION BY unit ORDER BY number)
),
choosing AS (
    SELECT *, revision IS NULL OR (accepted_before AND NOT accepted) AS takes_before
    FROM with_quarter_before
    WHERE number >= %(first_point)s AND (expected OR expected_before)
),
counting AS (
    SELECT unit, risk_band, number AS point,
        CASE WHEN takes_before THEN revision_before ELSE revision END AS revision,
        CASE WHEN takes_before THEN edition_before ELSE edition END AS edition,
        CASE WHEN takes_before THEN least_before ELSE least END AS least,
        CASE WHEN takes_before THEN carried_before ELSE carried END AS carried,
        CASE WHEN takes_before THEN themes_before ELSE themes END AS themes,
        CASE WHEN takes_before THEN sustained_before ELSE sustained END AS sustained
    FROM choosing
),
reached AS (
    SELECT counting.*, target.number AS target,
        CASE
            WHEN revision IS NULL THEN false
            WHEN themes = 0 THEN NULL
            WHEN target.sustaining THEN cardinality(sustained) = themes
            ELSE counting.least >= target.level
        END AS at_target
    FROM counting
    CROSS JOIN unnest(%(targets)s::int[], %(levels)s::int[], %(sustaining)s::boolean[])
        AS target (number, level, sustaining)
),
steps AS (
    SELECT *, CASE
        WHEN carried AND lag(point) OVER one = point - 1 AND lag(revision) OVER one IS NOT NULL THEN 0
        ELSE 1
    END AS moves
    FROM reached
    WINDOW one AS (PARTITION BY target, unit ORDER BY point)
),
runs AS (SELECT *, sum(moves) OVER (PARTITION BY target, unit ORDER BY point) AS run FROM steps),
stands AS (
    SELECT target, point, risk_band, edition,
        first_value(at_target) OVER (PARTITION BY target, unit, run ORDER BY point) AS at_target
    FROM runs
)
SELECT target, point, risk_band, count(*) FILTER (WHERE at_target), count(at_target),
    array_remove(array_agg(DISTINCT edition), NULL)
FROM stands
GROUP BY target, point, risk_band
"""  # noqa: S608  # the parts are this file's own


def _number(quarter: Quarter) -> int:
    """Quarters in a row, for reckoning with."""
    return quarter.start_year * 4 + quarter.number


def _looking_back(force: Force, quarters: Sequence[Quarter]) -> dict[str, Any]:
    """What SAID and LASTING ask for: each unit with the quarter of its statement used, and the quarters."""
    uses = force.used
    members = [
        (
            one.unit,
            one.group,
            one.risk_band,
            one.opened_on,
            one.closed_on,
            _number(Quarter.parse(uses[one.unit].quarter)) if one.unit in uses else None,
        )
        for one in force.members
    ]
    model = force.model
    identities = sorted({identity for scored in model.editions.scored.values() for identity in scored})
    apart = [
        (one, other, identity)
        for one, edition in model.by_id.items()
        for other, earlier in model.by_id.items()
        for identity in identities
        if not model.editions.comparable(edition.code, earlier.code, identity)
    ]
    return {
        "theme": "",
        "least": LEAST_LEVEL,
        "scored": [theme.identity for theme in model.scored],
        **_columns(members, "units", "groups", "bands", "opened", "closed", "used_in"),
        **_columns([(str(one), _number(one), one.first_day) for one in quarters], "quarters", "numbers", "first_days"),
        **_columns(apart, "apart_one", "apart_other", "apart_identity"),
    }


def _sustained(force: Force) -> list[rollup_force.Sustained]:
    begun = force.reading.quarters
    quarters = [begun[-1].plus(-back) for back in range(len(begun) + QUARTERS_RUNNING - 1)]
    return [rollup_force.Sustained(*row) for row in _rows(SUSTAINED, _looking_back(force, quarters))]


def _targets(targets: Sequence[TargetFacts], force: Force) -> list[TargetProgress]:
    """Each target with its history: one query for those that ask the same of the same themes."""
    reading, model = force.reading, force.model
    last = reading.quarters[-1]
    shared = _looking_back(force, reading.quarters_looked_back_on(targets)) | {
        "first_point": _number(points_until(last)[0])
    }
    rows: list[tuple[Any, ...]] = []
    numbered = sorted(enumerate(targets), key=lambda one: _asks(one[1]))
    for (theme, least), batch in groupby(numbered, key=lambda one: _asks(one[1])):
        asked = [(number, target.level, target.self_sustaining) for number, target in batch]
        columns = _columns(asked, "targets", "levels", "sustaining")
        rows += _rows(HISTORY, {**shared, **columns, "theme": theme, "least": least})
    names = {theme.identity: theme.name for theme in model.themes}
    return [
        kept(
            target,
            _history([row[1:] for row in rows if row[0] == number], target, last, model),
            theme_name=names.get(target.theme, ""),
        )
        for number, target in enumerate(targets)
    ]


def _asks(target: TargetFacts) -> tuple[str, int]:
    """What a target reads: the theme, and from which level on holding it matters (where it does, its own)."""
    return target.theme, target.level if target.self_sustaining else LEAST_LEVEL


def _history(rows: Sequence[tuple[Any, ...]], target: TargetFacts, last: Quarter, model: Model) -> list[Point]:
    """As `targets.progress` draws it: from after the last point on themes that are not comparable, or the first one."""
    asked = [target.theme] if target.theme else [theme.identity for theme in model.scored]
    found: list[Point] = []
    for quarter in points_until(last):
        at_point = [
            row for row in rows if row[0] == _number(quarter) and (not target.risk_bands or row[1] in target.risk_bands)
        ]
        editions = {model.by_id[edition].code for row in at_point for edition in row[4]}
        comparable = model.editions.comparable
        if not all(comparable(code_of(model.edition), code, one) for code in editions for one in asked):
            found.clear()
            editions.clear()
        if found or editions or quarter == last:
            found.append(Point(str(quarter), sum(row[2] for row in at_point), sum(row[3] for row in at_point)))
    return found


# --- What lies beside the statements --------------------------------------------------------------------------------


def _actions(force: Force) -> list[rollup_force.Actions]:
    """The actions of each group's units, counted by unit with the rule that all pages share."""
    groups = {member.unit: member.group for member in force.members}
    counts: dict[int | None, Counter[str]] = {group: Counter() for group in groups.values()}
    reading = force.reading
    found = Action.objects.counted_by_unit(since=reading.half.first_day, as_at=reading.counted_on)
    for unit, is_open, overdue, closed in found.values_list("unit", "open", "overdue", "closed"):
        if unit in groups:
            counts[groups[unit]].update(open=is_open, overdue=overdue, closed=closed)
    return [rollup_force.Actions(group, one["open"], one["overdue"], one["closed"]) for group, one in counts.items()]
