"""Counting a force's half-year in the database: rows for groups, themes and levels come out, never one for each entry.

The rules are those of `assurance/rollup.py` and its neighbours, said again in SQL where thousands of units have to be
counted; tests hold the two to the same numbers. Names in the statements: a *member* is a unit that is counted, *used*
is the statement of it that counts for the half, a *point* is a quarter at whose end a target is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection

from actions.models import Action
from assurance import rollup_force
from assurance.models import IssuedRollup
from assurance.rollup import Excluded, Figures, Report
from assurance.rollup_force import NO_GROUP, Counted, Group, summarise_force
from assurance.services.figures import Model, Reading, code_of, levels_asked, targets_of
from assurance.sustaining import LEAST_LEVEL, QUARTERS_RUNNING
from assurance.targets import Point, TargetFacts, TargetProgress, kept, points_until
from organisation.models import BusinessGroup
from organisation.periods import HalfYear, Quarter, london_day

Params = Mapping[str, Any]

# --- What the statements are made of --------------------------------------------------------------------------------

# The units of which a statement is expected in one of the quarters, with the group of the half's last day or, where
# that came earlier, of their own last day.
_MEMBERS = """
{name} AS MATERIALIZED (
    SELECT u.id AS unit, m.group_id AS grp, u.name, u.risk_band, u.opened_on, u.closed_on
    FROM organisation_unit u
    LEFT JOIN organisation_unitmembership m
        ON m.unit_id = u.id
        AND m.starts_on <= LEAST(u.closed_on, %({last_day})s)
        AND (m.ends_on IS NULL OR m.ends_on >= LEAST(u.closed_on, %({last_day})s))
    WHERE EXISTS (
        SELECT 1 FROM unnest(%({first_days})s::date[]) AS quarter (first_day)
        WHERE u.opened_on <= quarter.first_day AND (u.closed_on IS NULL OR u.closed_on >= quarter.first_day)
    )
)"""
MEMBERS = _MEMBERS.format(name="members", last_day="last_day", first_days="first_days")
MEMBERS_BEFORE = _MEMBERS.format(name="members_before", last_day="last_day_before", first_days="first_days_before")

# As `rollup.taken` has it: the latest accepted (later quarter first), else the latest signed.
_USED = """
{name} AS MATERIALIZED (
    SELECT DISTINCT ON (s.unit_id)
        s.unit_id AS unit, r.id AS revision, s.edition_id AS edition, s.quarter,
        min(r.signed_at) OVER (PARTITION BY s.id) AS first_signed
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE s.quarter = ANY(%({quarters})s) AND r.state IN ('signed', 'accepted')
    ORDER BY s.unit_id, (r.state = 'accepted') DESC, s.quarter DESC, r.number DESC
)"""
USED = _USED.format(name="used", quarters="quarters")
USED_BEFORE = _USED.format(name="used_before", quarters="quarters_before")

# What a statement of every quarter looked back on counts with, and which quarter of the row that is.
STANDING = """
looked_back_on AS (
    SELECT quarter, number FROM unnest(%(back)s::text[], %(back_numbers)s::int[]) AS q (quarter, number)
),
standing AS MATERIALIZED (
    SELECT DISTINCT ON (s.id) s.unit_id AS unit, q.number, r.id AS revision, s.edition_id AS edition
    FROM assurance_statement s
    JOIN looked_back_on q ON q.quarter = s.quarter
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE r.state IN ('signed', 'accepted')
    ORDER BY s.id, (r.state = 'accepted') DESC, r.number DESC
)"""

# Themes that a unit holds without SHRMT at the level or above, and the editions in which they mean something else.
HELD = """
held AS (
    SELECT standing.unit, standing.number, standing.edition, t.identity
    FROM standing
    JOIN assurance_entry e ON e.revision_id = standing.revision
    JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
    WHERE e.level >= %(least)s AND e.held_without_shrmt
),
apart AS (
    SELECT one, other, identity
    FROM unnest(%(apart_one)s::bigint[], %(apart_other)s::bigint[], %(apart_identity)s::text[])
        AS a (one, other, identity)
)"""


def _all(parts: Sequence[str], select: str, params: Params) -> list[tuple[Any, ...]]:
    """Return the rows of one statement, put together from named parts and what is selected from them."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {','.join(parts)} {select}", params)
        return list(cursor.fetchall())


# --- The figures ----------------------------------------------------------------------------------------------------


def of_force(half: HalfYear, *, as_at: date) -> Figures:
    """Return the force's figures for the half as the statements stand now: as many queries as there are figures."""
    reading, model = Reading(half, as_at), Model(half)
    params = _params(reading, model)
    members = dict(_all([MEMBERS], "SELECT unit, grp FROM members", params))
    excluded = _excluded(params)
    targets = targets_of(None, reading, model)
    asked = levels_asked(targets, model, reading.counted_on)
    groups = _groups({*members.values(), *(group for group, _ in excluded)})
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
            coverage=[rollup_force.Coverage(*row) for row in _all([MEMBERS], COVERAGE, params)],
            used=[
                rollup_force.Used(group, _code(model, edition), *rest)
                for group, edition, *rest in _all([MEMBERS, USED], USES, params)
            ],
            cells=[
                rollup_force.Cells(group, _code(model, edition) or "", *rest)
                for group, edition, *rest in _all([MEMBERS, USED], CELLS, params)
            ],
            moves=_moves(params, model, asked),
            sustained=[
                rollup_force.Sustained(*row)
                for row in _all([MEMBERS, USED, STANDING, HELD], SUSTAINED, {**params, "least": LEAST_LEVEL})
            ],
            actions=_actions(members, reading),
            excluded=excluded,
            ended=[name for (name,) in _all([MEMBERS, MEMBERS_BEFORE], ENDED, params)],
            targets=_targets(targets, reading, model, params),
            reports=_reports(half, groups),
        )
    )


def _params(reading: Reading, model: Model) -> dict[str, Any]:
    before, quarters = reading.half.previous(), reading.quarters
    back = [quarters[-1].plus(-number) for number in range(len(quarters) + QUARTERS_RUNNING - 1)]
    scored = [theme.identity for theme in model.scored]
    return {
        "quarters": [str(quarter) for quarter in quarters],
        "first_days": [quarter.first_day for quarter in quarters],
        "due_days": [quarter.due_on for quarter in quarters],
        "first_day": reading.half.first_day,
        "last_day": reading.half.last_day,
        "quarters_before": [str(quarter) for quarter in before.quarters],
        "first_days_before": [quarter.first_day for quarter in before.quarters],
        "last_day_before": before.last_day,
        "scored": scored,
        "themes": len(scored),
        "running": QUARTERS_RUNNING,
        **_back(back),
        **_apart(model),
    }


def _number(quarter: Quarter) -> int:
    """Quarters in a row, for reckoning with."""
    return quarter.start_year * 4 + quarter.number


def _back(quarters: Sequence[Quarter]) -> dict[str, Any]:
    return {
        "back": [str(quarter) for quarter in quarters],
        "back_numbers": [_number(quarter) for quarter in quarters],
    }


def _apart(model: Model) -> dict[str, Any]:
    """The pairs of editions, by id, and the themes that are not comparable between them."""
    identities = {identity for scored in model.editions.scored.values() for identity in scored}
    found = [
        (one, other, identity)
        for one, edition in model.by_id.items()
        for other, earlier in model.by_id.items()
        for identity in sorted(identities)
        if not model.editions.comparable(edition.code, earlier.code, identity)
    ]
    names = ("apart_one", "apart_other", "apart_identity")
    return {name: [row[position] for row in found] for position, name in enumerate(names)}


def _code(model: Model, edition: int | None) -> str | None:
    return None if edition is None else model.by_id[edition].code


COVERAGE = """
SELECT members.grp, quarter.name, count(*), count(signed.unit), count(*) FILTER (WHERE signed.accepted),
    count(*) FILTER (WHERE (signed.first_signed AT TIME ZONE 'Europe/London')::date > quarter.due_on)
FROM unnest(%(quarters)s::text[], %(first_days)s::date[], %(due_days)s::date[]) AS quarter (name, first_day, due_on)
JOIN members
    ON members.opened_on <= quarter.first_day
    AND (members.closed_on IS NULL OR members.closed_on >= quarter.first_day)
LEFT JOIN (
    SELECT s.unit_id AS unit, s.quarter, min(r.signed_at) AS first_signed, bool_or(r.state = 'accepted') AS accepted
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE s.quarter = ANY(%(quarters)s) AND r.state IN ('signed', 'accepted')
    GROUP BY s.unit_id, s.quarter
) signed ON signed.unit = members.unit AND signed.quarter = quarter.name
GROUP BY members.grp, quarter.name
"""

USES = """
SELECT members.grp, used.edition, count(*),
    count(*) FILTER (WHERE (used.first_signed AT TIME ZONE 'Europe/London')::date > quarter.due_on),
    count(review.id),
    count(*) FILTER (WHERE review.appropriately_completed),
    count(*) FILTER (WHERE review.reflects_performance),
    count(*) FILTER (WHERE review.identifies_improvement)
FROM members
LEFT JOIN used ON used.unit = members.unit
LEFT JOIN unnest(%(quarters)s::text[], %(due_days)s::date[]) AS quarter (name, due_on) ON quarter.name = used.quarter
LEFT JOIN assurance_review review ON review.revision_id = used.revision
GROUP BY members.grp, used.edition
"""

CELLS = """
SELECT members.grp, used.edition, t.identity, e.level, count(*), count(*) FILTER (WHERE e.carried = 'confirmed')
FROM members
JOIN used ON used.unit = members.unit
JOIN assurance_entry e ON e.revision_id = used.revision
JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
GROUP BY members.grp, used.edition, t.identity, e.level
"""

SUSTAINED = """
, sustained AS (
    SELECT members.grp, used.unit, held.identity
    FROM members
    JOIN used ON used.unit = members.unit
    JOIN looked_back_on q ON q.quarter = used.quarter
    JOIN held ON held.unit = used.unit AND held.number BETWEEN q.number + 1 - %(running)s AND q.number
    WHERE held.identity = ANY(%(scored)s)
        AND NOT EXISTS (
            SELECT 1 FROM apart
            WHERE apart.one = used.edition AND apart.other = held.edition AND apart.identity = held.identity
        )
    GROUP BY members.grp, used.unit, held.identity
    HAVING count(*) = %(running)s
)
SELECT grp, identity, count(*) FROM sustained GROUP BY grp, identity
UNION ALL
SELECT grp, NULL, count(*)
FROM (SELECT grp, unit FROM sustained GROUP BY grp, unit HAVING count(*) = %(themes)s) all_themes
GROUP BY grp
"""

ENDED = """
SELECT name FROM members_before
WHERE NOT EXISTS (SELECT 1 FROM members WHERE members.unit = members_before.unit)
ORDER BY name
"""

EXCLUDED = """
SELECT m.group_id, u.name, u.slug, u.opened_on, u.closed_on
FROM organisation_unit u
JOIN organisation_unitmembership m
    ON m.unit_id = u.id
    AND m.starts_on <= LEAST(u.closed_on, %(last_day)s)
    AND (m.ends_on IS NULL OR m.ends_on >= LEAST(u.closed_on, %(last_day)s))
WHERE (u.closed_on IS NULL OR u.closed_on >= %(first_day)s)
    AND NOT EXISTS (SELECT 1 FROM members WHERE members.unit = u.id)
ORDER BY u.name
"""


def _excluded(params: Params) -> list[tuple[int | None, Excluded]]:
    return [
        (group, Excluded(name, slug, opened_on.isoformat(), closed_on.isoformat() if closed_on else None))
        for group, name, slug, opened_on, closed_on in _all([MEMBERS], EXCLUDED, params)
    ]


def _groups(ids: Iterable[int | None]) -> list[Group]:
    """The groups that have units in the figures, by name; at the end what is in none, where there is any."""
    wanted = set(ids)
    named = BusinessGroup.objects.filter(pk__in=[group for group in wanted if group is not None])
    found = [Group(*row) for row in named.order_by("name").values_list("pk", "name", "slug")]
    return [*found, Group(None, NO_GROUP, "")] if None in wanted else found


# --- What moved -----------------------------------------------------------------------------------------------------

MOVES = """
, followed AS (
    SELECT unit, grp FROM members
    UNION ALL
    SELECT unit, grp FROM members_before
    WHERE NOT EXISTS (SELECT 1 FROM members WHERE members.unit = members_before.unit)
),
now_says AS (
    SELECT used.unit, t.identity, e.level, e.carried = 'confirmed' AS carried
    FROM used
    JOIN assurance_entry e ON e.revision_id = used.revision
    JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
),
before_said AS (
    SELECT used_before.unit, t.identity, e.level
    FROM used_before
    JOIN assurance_entry e ON e.revision_id = used_before.revision
    JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
),
pairs AS (
    SELECT followed.grp, used.edition, used_before.edition AS edition_before, theme.identity, theme.target,
        before_said.level AS earlier, now_says.level AS later, now_says.carried
    FROM followed
    CROSS JOIN unnest(%(scored)s::text[], %(asked)s::int[]) AS theme (identity, target)
    LEFT JOIN members ON members.unit = followed.unit
    LEFT JOIN used ON used.unit = members.unit
    LEFT JOIN used_before ON used_before.unit = followed.unit
    LEFT JOIN now_says ON now_says.unit = members.unit AND now_says.identity = theme.identity
    LEFT JOIN before_said ON before_said.unit = followed.unit AND before_said.identity = theme.identity
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


def _moves(params: Params, model: Model, asked: Mapping[str, int]) -> list[rollup_force.Moves]:
    parts = [MEMBERS, MEMBERS_BEFORE, USED, USED_BEFORE]
    rows = _all(parts, MOVES, {**params, "asked": [asked[theme.identity] for theme in model.scored]})
    return [
        rollup_force.Moves(group, _code(model, edition), _code(model, edition_before), *rest)
        for group, edition, edition_before, *rest in rows
    ]


# --- Targets --------------------------------------------------------------------------------------------------------

# The units there are at each point, and the statement that counts at its end: of that quarter or the one before.
POINTS = """
points AS (
    SELECT number, first_day, first_day_before
    FROM unnest(%(points)s::int[], %(point_days)s::date[], %(point_days_before)s::date[])
        AS p (number, first_day, first_day_before)
),
there AS (
    SELECT points.number AS point, members.unit, members.risk_band
    FROM points
    JOIN members
        ON (members.opened_on <= points.first_day
            AND (members.closed_on IS NULL OR members.closed_on >= points.first_day))
        OR (members.opened_on <= points.first_day_before
            AND (members.closed_on IS NULL OR members.closed_on >= points.first_day_before))
),
counting AS MATERIALIZED (
    SELECT DISTINCT ON (points.number, s.unit_id)
        points.number AS point, s.unit_id AS unit, r.id AS revision, s.edition_id AS edition, q.number
    FROM points
    JOIN looked_back_on q ON q.number IN (points.number, points.number - 1)
    JOIN assurance_statement s ON s.quarter = q.quarter
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE r.state IN ('signed', 'accepted')
    ORDER BY points.number, s.unit_id, (r.state = 'accepted') DESC, q.number DESC, r.number DESC
)"""

# What a revision says of the themes that the targets ask for: the least level, and whether all was merely carried.
SAYS = """
says AS MATERIALIZED (
    SELECT e.revision_id AS revision, min(coalesce(e.level, 0)) AS least, bool_and(e.carried = 'confirmed') AS carried,
        count(*) AS themes
    FROM (SELECT DISTINCT revision FROM counting) revisions
    JOIN assurance_entry e ON e.revision_id = revisions.revision
    JOIN maturity_theme t ON t.id = e.theme_id AND t.scored
    WHERE %(theme)s = '' OR t.identity = %(theme)s
    GROUP BY e.revision_id
)"""

# Whether a unit is at a target, from its levels, and from what it has held for four quarters.
BY_LEVEL = """
reached AS (
    SELECT there.point, there.unit, there.risk_band, counting.revision, counting.edition, says.carried,
        target.number AS target,
        CASE WHEN counting.revision IS NULL THEN false ELSE says.least >= target.level END AS at_target
    FROM there
    CROSS JOIN unnest(%(targets)s::int[], %(levels)s::int[]) AS target (number, level)
    LEFT JOIN counting ON counting.point = there.point AND counting.unit = there.unit
    LEFT JOIN says ON says.revision = counting.revision
)"""
BY_WHAT_IS_SUSTAINED = """
sustained AS (
    SELECT counting.point, counting.unit, held.identity
    FROM counting
    JOIN held ON held.unit = counting.unit AND held.number BETWEEN counting.number + 1 - %(running)s AND counting.number
    WHERE (%(theme)s = '' OR held.identity = %(theme)s)
        AND NOT EXISTS (
            SELECT 1 FROM apart
            WHERE apart.one = counting.edition AND apart.other = held.edition AND apart.identity = held.identity
        )
    GROUP BY counting.point, counting.unit, held.identity
    HAVING count(*) = %(running)s
),
themes_sustained AS (SELECT point, unit, count(*) AS themes FROM sustained GROUP BY point, unit),
reached AS (
    SELECT there.point, there.unit, there.risk_band, counting.revision, counting.edition, says.carried,
        (%(targets)s::int[])[1] AS target,
        CASE
            WHEN counting.revision IS NULL THEN false
            WHEN says.themes IS NOT NULL THEN coalesce(themes_sustained.themes, 0) = says.themes
        END AS at_target
    FROM there
    LEFT JOIN counting ON counting.point = there.point AND counting.unit = there.unit
    LEFT JOIN says ON says.revision = counting.revision
    LEFT JOIN themes_sustained ON themes_sustained.point = there.point AND themes_sustained.unit = there.unit
)"""

# What was merely carried stands where it stood at the point before, as far back as it was carried.
STANDS = """
, steps AS (
    SELECT *, CASE
        WHEN carried AND lag(point) OVER one = point - 1 AND lag(revision) OVER one IS NOT NULL THEN 0
        ELSE 1
    END AS moves
    FROM reached
    WINDOW one AS (PARTITION BY target, unit ORDER BY point)
),
runs AS (SELECT *, sum(moves) OVER (PARTITION BY target, unit ORDER BY point) AS run FROM steps),
stands AS (
    SELECT target, point, risk_band, revision, edition,
        first_value(at_target) OVER (PARTITION BY target, unit, run ORDER BY point) AS at_target
    FROM runs
)
SELECT target, point, risk_band, count(*) FILTER (WHERE at_target), count(at_target), count(revision),
    array_remove(array_agg(DISTINCT edition), NULL)
FROM stands
GROUP BY target, point, risk_band
"""


def _targets(targets: Sequence[TargetFacts], reading: Reading, model: Model, params: Params) -> list[TargetProgress]:
    """Each target with its history: a query for the targets of a theme, and one for each of self-sustaining units."""
    last = reading.quarters[-1]
    points = points_until(last)
    shared = {
        **params,
        **_back(reading.quarters_looked_back_on(targets)),
        "points": [_number(point) for point in points],
        "point_days": [point.first_day for point in points],
        "point_days_before": [point.previous().first_day for point in points],
    }
    numbered = sorted(enumerate(targets), key=lambda one: (one[1].self_sustaining, one[1].theme))
    rows: list[tuple[Any, ...]] = []
    for (sustaining, theme), batch in groupby(numbered, key=lambda one: (one[1].self_sustaining, one[1].theme)):
        if not sustaining:
            listed = list(batch)
            asked = {"targets": [n for n, _ in listed], "levels": [target.level for _, target in listed]}
            rows += _all([MEMBERS, STANDING, POINTS, SAYS, BY_LEVEL], STANDS, {**shared, **asked, "theme": theme})
            continue
        parts = [MEMBERS, STANDING, HELD, POINTS, SAYS, BY_WHAT_IS_SUSTAINED]
        for number, target in batch:
            rows += _all(parts, STANDS, {**shared, "targets": [number], "least": target.level, "theme": theme})
    names = {theme.identity: theme.name for theme in model.themes}
    return [
        kept(
            target,
            _history([row[1:] for row in rows if row[0] == number], target, last, model),
            theme_name=names.get(target.theme, ""),
        )
        for number, target in enumerate(targets)
    ]


def _history(rows: Sequence[tuple[Any, ...]], target: TargetFacts, last: Quarter, model: Model) -> list[Point]:
    """As `targets.progress` draws it: from after the last point on themes that are not comparable, or the first one."""
    asked = [target.theme] if target.theme else [theme.identity for theme in model.scored]
    found: list[Point] = []
    for quarter in points_until(last):
        at_point = [
            row for row in rows if row[0] == _number(quarter) and (not target.risk_bands or row[1] in target.risk_bands)
        ]
        editions = {model.by_id[edition].code for row in at_point for edition in row[5]}
        comparable = model.editions.comparable
        if not all(comparable(code_of(model.edition), code, one) for code in editions for one in asked):
            found.clear()
        elif found or any(row[4] for row in at_point) or quarter == last:
            found.append(Point(str(quarter), sum(row[2] for row in at_point), sum(row[3] for row in at_point)))
    return found


# --- What lies beside the statements --------------------------------------------------------------------------------


def _actions(members: Mapping[int, int | None], reading: Reading) -> list[rollup_force.Actions]:
    """The actions of each group's units, counted by unit with the rule that they all share."""
    counts: dict[int | None, Counter[str]] = {group: Counter() for group in members.values()}
    found = Action.objects.counted_by_unit(since=reading.half.first_day, as_at=reading.counted_on)
    for unit, is_open, overdue, closed in found.values_list("unit", "open", "overdue", "closed"):
        if unit in members:
            counts[members[unit]].update(open=is_open, overdue=overdue, closed=closed)
    return [rollup_force.Actions(group, one["open"], one["overdue"], one["closed"]) for group, one in counts.items()]


def _reports(half: HalfYear, groups: Iterable[Group]) -> list[Report]:
    """Which groups' roll-ups have been issued, by their newest versions, and which are awaited."""
    newest = (
        IssuedRollup.objects.filter(rollup__half=half, rollup__group__isnull=False)
        .order_by("rollup__group", "-number")
        .distinct("rollup__group")
    )
    issued = {
        group: (number, london_day(issued_at).isoformat(), digest)
        for group, number, issued_at, digest in newest.values_list(
            "rollup__group", "number", "issued_at", "figures_digest"
        )
    }
    return [Report(group.name, group.slug, *issued.get(group.id, ())) for group in groups if group.id is not None]
