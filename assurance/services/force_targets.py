"""What a force's units sustain by themselves, and how they stood against its targets, counted in the database.

Both look back over the units' statements, quarter by quarter. The rules are those of `assurance/sustaining.py` and
`assurance/targets.py`, said again in SQL; a test holds the two to the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from assurance import rollup_force
from assurance.services.figures import Model, code_of
from assurance.services.force_units import Force, columns, rows_of
from assurance.sustaining import LEAST_LEVEL
from assurance.targets import Point, TargetFacts, TargetProgress, kept, points_until
from organisation.periods import Quarter

# A row for each unit and quarter looked back on: the revision that counts of that quarter alone, what it says of the
# themes that are asked for (all where %(theme)s is empty), and which of them it holds without SHRMT. A set of themes is
# a string of bits, one for each of %(identities)s, so that sets are compared in one step.
SAID = """
theme AS MATERIALIZED (
    SELECT t.id, place.bits
    FROM maturity_theme t
    JOIN unnest(%(identities)s::text[], %(bits)s::varbit[]) AS place (identity, bits) USING (identity)
    WHERE t.scored AND (%(theme)s = '' OR t.identity = %(theme)s)
),
counts AS MATERIALIZED (
    SELECT DISTINCT ON (s.unit_id, s.quarter)
        s.unit_id AS unit, s.quarter AS name, r.id AS revision, s.edition_id AS edition,
        r.state = 'accepted' AS accepted
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE s.quarter = ANY(%(quarters)s) AND r.state IN ('signed', 'accepted')
    ORDER BY s.unit_id, s.quarter, (r.state = 'accepted') DESC, r.number DESC
),
answers AS MATERIALIZED (
    SELECT e.revision_id AS revision, min(coalesce(e.level, 0)) AS least, bool_and(e.carried = 'confirmed') AS carried,
        count(*) AS themes, bit_or(theme.bits) FILTER (WHERE e.level >= %(least)s AND e.held_without_shrmt) AS held
    FROM counts
    JOIN assurance_entry e ON e.revision_id = counts.revision
    JOIN theme ON theme.id = e.theme_id
    GROUP BY e.revision_id
),
said AS MATERIALIZED (
    SELECT member.unit, member.grp, member.risk_band, member.used_in, quarter.number, quarter.first_day,
        member.opened_on <= quarter.first_day
            AND (member.closed_on IS NULL OR member.closed_on >= quarter.first_day) AS expected,
        revision, edition, accepted, least, carried, coalesce(themes, 0) AS themes, held
    FROM unnest(
        %(units)s::bigint[], %(groups)s::bigint[], %(bands)s::text[], %(opened)s::date[], %(closed)s::date[],
        %(used_in)s::int[]
    ) AS member (unit, grp, risk_band, opened_on, closed_on, used_in)
    CROSS JOIN unnest(%(quarters)s::text[], %(numbers)s::int[], %(first_days)s::date[])
        AS quarter (name, number, first_day)
    LEFT JOIN counts USING (unit, name)
    LEFT JOIN answers USING (revision)
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
alike AS MATERIALIZED (
    SELECT * FROM unnest(%(one)s::bigint[], %(other)s::bigint[], %(alike)s::varbit[]) AS alike (edition, earlier, bits)
),
lasting AS MATERIALIZED (
    SELECT with_earlier.*, held & held_1 & held_2 & held_3 & alike_1.bits & alike_2.bits & alike_3.bits AS sustained
    FROM with_earlier
    LEFT JOIN alike alike_1 ON alike_1.edition = with_earlier.edition AND alike_1.earlier = edition_1
    LEFT JOIN alike alike_2 ON alike_2.edition = with_earlier.edition AND alike_2.earlier = edition_2
    LEFT JOIN alike alike_3 ON alike_3.edition = with_earlier.edition AND alike_3.earlier = edition_3
)"""

# How many units of each group sustain a theme, and all scored ones. Columns as in STANDS.
SUSTAINED = """
SELECT NULL::int AS target, grp AS place, identity AS name, NULL::bigint AS edition, count(*) AS units,
    0::bigint AS told, array_agg(unit) AS at, NULL::bigint[] AS short
FROM lasting
JOIN unnest(%(identities)s::text[], %(bits)s::varbit[]) AS place (identity, bits) ON bit_count(sustained & bits) = 1
WHERE number = used_in AND identity = ANY(%(scored)s)
GROUP BY grp, identity
UNION ALL
SELECT NULL, grp, NULL, NULL, count(*), 0, NULL, NULL
FROM lasting
WHERE number = used_in AND bit_count(sustained & %(all_scored)s::varbit) = cardinality(%(scored)s::text[])
GROUP BY grp
"""

# Of two quarters, as of a half, the later counts unless only the earlier is accepted. A target is judged at its end,
# over the units expected in either; what was merely carried stands where it stood, as far back as it was carried.
HISTORY = """
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
steps AS (
    SELECT *, CASE
        WHEN carried AND lag(point) OVER one = point - 1 AND lag(revision) OVER one IS NOT NULL THEN 0
        ELSE 1
    END AS moves
    FROM counting
    WINDOW one AS (PARTITION BY unit ORDER BY point)
),
runs AS (SELECT *, sum(moves) OVER (PARTITION BY unit ORDER BY point) AS run FROM steps),
stood AS (
    SELECT point, unit, risk_band, edition,
        first_value(revision) OVER one AS revision, first_value(least) OVER one AS least,
        first_value(themes) OVER one AS themes, first_value(sustained) OVER one AS sustained
    FROM runs
    WINDOW one AS (PARTITION BY unit, run ORDER BY point)
),
reached AS (
    SELECT target.number AS target, point, unit, risk_band, edition,
        CASE
            WHEN revision IS NULL THEN false
            WHEN themes = 0 THEN NULL
            WHEN target.sustaining THEN coalesce(bit_count(sustained), 0) = themes
            ELSE least >= target.level
        END AS at_target
    FROM stood
    CROSS JOIN unnest(%(targets)s::int[], %(levels)s::int[], %(sustaining)s::boolean[])
        AS target (number, level, sustaining)
)"""

# How many units of a risk band stood at a target at the end of a quarter, of those that can be told, by edition; at the
# last one also which.
STANDS = """
SELECT target, point AS place, risk_band AS name, edition, count(*) FILTER (WHERE at_target) AS units,
    count(at_target) AS told, array_agg(unit) FILTER (WHERE at_target AND point = %(last_point)s) AS at,
    array_agg(unit) FILTER (WHERE NOT at_target AND point = %(last_point)s) AS short
FROM reached
GROUP BY target, point, risk_band, edition
"""


# What a target for every theme asks, and what is sustained: all themes, from the level on that holding one matters.
EVERY_THEME = ("", LEAST_LEVEL)


class Row(NamedTuple):
    """A row of STANDS, or of SUSTAINED: there `target` is None, `place` a group and `name` a theme or None for all."""

    target: int | None
    place: int
    name: str | None
    edition: int | None
    units: int
    told: int
    at: Sequence[int] | None
    short: Sequence[int] | None


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
    alike = [
        (one, other, _bits(identities, partial(model.editions.comparable, edition.code, earlier.code)))
        for one, edition in model.by_id.items()
        for other, earlier in model.by_id.items()
    ]
    scored = [theme.identity for theme in model.scored]
    return {
        "scored": scored,
        "all_scored": _bits(identities, scored.__contains__),
        **columns([(one, _bits(identities, one.__eq__)) for one in identities], "identities", "bits"),
        **columns(members, "units", "groups", "bands", "opened", "closed", "used_in"),
        **columns([(str(one), _number(one), one.first_day) for one in quarters], "quarters", "numbers", "first_days"),
        **columns(alike, "one", "other", "alike"),
    }


def _bits(identities: Sequence[str], belongs: Callable[[str], bool]) -> str:
    """A set of themes as a string of bits."""
    return "".join(str(int(belongs(identity))) for identity in identities)


class LookedBack(NamedTuple):
    """What units sustain by themselves, each target with its history, and which units (by id) are at it or short."""

    sustained: list[rollup_force.Sustained]
    progress: list[TargetProgress]
    standing: list[Mapping[int, bool]]


def look_back(targets: Sequence[TargetFacts], force: Force) -> LookedBack:
    """Return what units sustain by themselves, and how they came and stand to each target.

    One query for all targets that ask the same of the same themes. The first, of every theme, also tells what is
    sustained.
    """
    reading, model = force.reading, force.model
    last = reading.quarters[-1]
    shared = _looking_back(force, reading.quarters_looked_back_on(targets)) | {
        "first_point": _number(points_until(last)[0]),
        "last_point": _number(last),
    }
    batches: dict[tuple[str, int], list[tuple[int, int, bool]]] = {EVERY_THEME: []}
    for number, target in enumerate(targets):
        batches.setdefault(_asks(target), []).append((number, target.level, target.self_sustaining))
    rows = [
        Row(*row)
        for (theme, least), asked in batches.items()
        for row in rows_of(
            f"WITH {SAID}, {LASTING}, {HISTORY} {STANDS}"
            + (f"UNION ALL {SUSTAINED}" if (theme, least) == EVERY_THEME else ""),
            {**shared, **columns(asked, "targets", "levels", "sustaining"), "theme": theme, "least": least},
        )
    ]
    names = {theme.identity: theme.name for theme in model.themes}
    of_each = [[row for row in rows if row.target == number] for number, _ in enumerate(targets)]
    return LookedBack(
        [rollup_force.Sustained(row.place, row.name, row.units, row.at or ()) for row in rows if row.target is None],
        [
            kept(target, _history(its_rows, target, last, model), theme_name=names.get(target.theme, ""))
            for target, its_rows in zip(targets, of_each, strict=True)
        ],
        [_standing(its_rows, target) for target, its_rows in zip(targets, of_each, strict=True)],
    )


def _standing(rows: Sequence[Row], target: TargetFacts) -> Mapping[int, bool]:
    """Whether each unit that the target has bearing on is at it at the last point, by the unit's id."""
    found: dict[int, bool] = {}
    for row in rows:
        if not target.risk_bands or row.name in target.risk_bands:
            found |= dict.fromkeys(row.at or (), True) | dict.fromkeys(row.short or (), False)
    return found


def _asks(target: TargetFacts) -> tuple[str, int]:
    """What a target reads: the theme, and from which level on holding it matters (where it does, its own)."""
    return target.theme, target.level if target.self_sustaining else LEAST_LEVEL


def _history(rows: Sequence[Row], target: TargetFacts, last: Quarter, model: Model) -> list[Point]:
    """As `targets.progress` draws it: from after the last point on themes that are not comparable, or the first one."""
    asked = [target.theme] if target.theme else [theme.identity for theme in model.scored]
    found: list[Point] = []
    for quarter in points_until(last):
        at_point = [
            row
            for row in rows
            if row.place == _number(quarter) and (not target.risk_bands or row.name in target.risk_bands)
        ]
        editions = {model.by_id[row.edition].code for row in at_point if row.edition is not None}
        comparable = model.editions.comparable
        if not all(comparable(code_of(model.edition), code, one) for code in editions for one in asked):
            found.clear()
            editions.clear()
        if found or editions or quarter == last:
            found.append(Point(str(quarter), sum(row.units for row in at_point), sum(row.told for row in at_point)))
    return found
