"""What a force's units sustain by themselves, and how they stood against its targets, counted in the database.

Both look back over the units' statements, quarter by quarter. The rules are those of `assurance/sustaining.py` and
`assurance/targets.py`, said again in SQL; a test holds the two to the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from assurance import rollup_force
from assurance.services.figures import Model, code_of
from assurance.services.force_units import Force, columns, rows_of
from assurance.sustaining import LEAST_LEVEL, QUARTERS_RUNNING
from assurance.targets import Point, TargetFacts, TargetProgress, kept, points_until
from organisation.periods import Quarter

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
SELECT grp, identity, count(*), array_agg(unit) FROM themes GROUP BY grp, identity
UNION ALL
SELECT grp, NULL, count(*), ARRAY[]::bigint[]
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
    SELECT target, point, unit, risk_band, edition,
        first_value(at_target) OVER (PARTITION BY target, unit, run ORDER BY point) AS at_target
    FROM runs
)
SELECT target, point, risk_band, count(*) FILTER (WHERE at_target), count(at_target),
    array_remove(array_agg(DISTINCT edition), NULL),
    array_agg(unit) FILTER (WHERE at_target AND point = %(last_point)s),
    array_agg(unit) FILTER (WHERE NOT at_target AND point = %(last_point)s)
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
        **columns(members, "units", "groups", "bands", "opened", "closed", "used_in"),
        **columns([(str(one), _number(one), one.first_day) for one in quarters], "quarters", "numbers", "first_days"),
        **columns(apart, "apart_one", "apart_other", "apart_identity"),
    }


def sustained(force: Force) -> list[rollup_force.Sustained]:
    begun = force.reading.quarters
    quarters = [begun[-1].plus(-back) for back in range(len(begun) + QUARTERS_RUNNING - 1)]
    return [rollup_force.Sustained(*row) for row in rows_of(SUSTAINED, _looking_back(force, quarters))]


def progress(targets: Sequence[TargetFacts], force: Force) -> tuple[list[TargetProgress], list[Mapping[int, bool]]]:
    """Each target with its history, and whether each unit it has bearing on is at it: one query for those that ask the
    same of the same themes.
    """
    reading, model = force.reading, force.model
    last = reading.quarters[-1]
    shared = _looking_back(force, reading.quarters_looked_back_on(targets)) | {
        "first_point": _number(points_until(last)[0]),
        "last_point": _number(last),
    }
    rows: list[tuple[Any, ...]] = []
    numbered = sorted(enumerate(targets), key=lambda one: _asks(one[1]))
    for (theme, least), batch in groupby(numbered, key=lambda one: _asks(one[1])):
        asked = [(number, target.level, target.self_sustaining) for number, target in batch]
        these = columns(asked, "targets", "levels", "sustaining")
        rows += rows_of(HISTORY, {**shared, **these, "theme": theme, "least": least})
    names = {theme.identity: theme.name for theme in model.themes}
    of_each = [[row[1:] for row in rows if row[0] == number] for number, _ in enumerate(targets)]
    found = [
        kept(target, _history(its_rows, target, last, model), theme_name=names.get(target.theme, ""))
        for target, its_rows in zip(targets, of_each, strict=True)
    ]
    return found, [_standing(its_rows, target) for target, its_rows in zip(targets, of_each, strict=True)]


def _standing(rows: Sequence[tuple[Any, ...]], target: TargetFacts) -> Mapping[int, bool]:
    """Whether each unit that the target has bearing on is at it at the last point, by the unit's id."""
    found: dict[int, bool] = {}
    for _, risk_band, *_, at_target, short in rows:
        if not target.risk_bands or risk_band in target.risk_bands:
            found |= dict.fromkeys(at_target or (), True) | dict.fromkeys(short or (), False)
    return found


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
