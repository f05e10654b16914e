"""Counting a force's half-year in the database: rows for groups, themes and levels come out, never one for each entry.

The rules are those of `assurance/rollup.py` and its neighbours, said again in SQL where thousands of units have to be
counted; a test holds the two to the same numbers. Units and the statements that count for them are read first
(`force_units.py`); what looks back over several quarters stands in `force_targets.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

from actions.models import Action
from assurance import rollup_force
from assurance.rollup import Figures
from assurance.rollup_force import Counted, summarise_force
from assurance.services import force_targets, force_units
from assurance.services.agreement import Scope, audited_claims
from assurance.services.figures import Model, Reading, code_of, levels_asked, targets_of
from assurance.services.force_units import Force, columns, rows_of
from organisation.periods import HalfYear


@transaction.atomic(savepoint=False)
def of_force(half: HalfYear, *, as_at: date) -> Figures:
    """Return the force's figures for the half as the statements stand now: as many queries as there are figures.

    `as_at` is today.
    """
    _sort_in_memory()
    force = force_units.read_force(Reading(half, as_at), Model(half))
    reading, model = force.reading, force.model
    targets = targets_of(None, reading, model)
    asked = levels_asked(targets, model, reading.counted_on)
    groups = force_units.groups_of({member.group for member in (*force.members, *force.excluded)})
    covered, looked_back = force_units.coverage(force), force_targets.look_back(targets, force)
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
            coverage=covered,
            used=force_units.used(force),
            cells=_cells(force),
            moves=_moves(force, asked),
            sustained=looked_back.sustained,
            actions=_actions(force),
            excluded=[(member.group, force_units.excluded(member)) for member in force.excluded],
            ended=[member.name for member in force.ended],
            targets=looked_back.progress,
            statements=force_units.statements(
                force,
                groups=groups,
                covered=covered,
                sustained=looked_back.sustained,
                standing=looked_back.standing,
            ),
            ended_statements=force_units.ended(force, groups=groups),
            validated=_validated(force),
            audited_claims=audited_claims(Scope(reading.counted_on)),
        )
    )


def _sort_in_memory() -> None:
    """Let this transaction sort and hash its hundred thousands of rows without going to the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")


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
    return [rollup_force.Cells(*row) for row in rows_of(CELLS, columns(used, "groups", "editions", "revisions"))]


MOVES = """
WITH followed AS MATERIALIZED (
    SELECT * FROM unnest(
        %(groups)s::bigint[], %(editions)s::bigint[], %(revisions)s::bigint[],
        %(editions_before)s::bigint[], %(revisions_before)s::bigint[]
    ) WITH ORDINALITY AS followed (grp, edition, revision, edition_before, revision_before, number)
),
asked AS MATERIALIZED (
    SELECT * FROM unnest(%(scored)s::text[], %(asked)s::int[]) WITH ORDINALITY AS asked (identity, target, place)
),
theme AS MATERIALIZED (SELECT t.id, place FROM maturity_theme t JOIN asked USING (identity) WHERE t.scored),
now AS (
    SELECT number, place, e.level, e.carried = 'confirmed' AS carried
    FROM followed
    JOIN assurance_entry e ON e.revision_id = followed.revision
    JOIN theme ON theme.id = e.theme_id
),
before AS (
    SELECT number, place, e.level
    FROM followed
    JOIN assurance_entry e ON e.revision_id = followed.revision_before
    JOIN theme ON theme.id = e.theme_id
),
pairs AS (
    SELECT followed.grp, followed.edition, followed.edition_before, asked.identity, asked.target,
        before.level AS earlier, now.level AS later, now.carried
    FROM followed
    CROSS JOIN asked
    LEFT JOIN now USING (number, place)
    LEFT JOIN before USING (number, place)
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
    params = columns(followed, *names) | columns(list(asked.items()), "scored", "asked")
    by_id = force.model.by_id
    return [
        rollup_force.Moves(
            group,
            by_id[edition].code if edition else None,
            by_id[edition_before].code if edition_before else None,
            *rest,
        )
        for group, edition, edition_before, *rest in rows_of(MOVES, params)
    ]


VALIDATED = """
WITH found AS (
    SELECT DISTINCT ON (a.unit_id, t.identity) a.unit_id, t.identity, t.edition_id, v.level
    FROM assurance_themeverdict v
    JOIN assurance_audit a ON a.id = v.audit_id
    JOIN maturity_theme t ON t.id = v.theme_id
    WHERE a.state IN ('issued', 'closed') AND a.unit_id IS NOT NULL
        AND (a.issued_at AT TIME ZONE 'Europe/London')::date <= %(day)s AND v.level IS NOT NULL AND t.scored
    ORDER BY a.unit_id, t.identity, a.issued_at DESC, a.id DESC
)
SELECT t.identity, used.edition, edition_found.code, count(*) FILTER (WHERE e.level = found.level),
    count(*) FILTER (WHERE e.level > found.level), count(*) FILTER (WHERE e.level < found.level)
FROM unnest(%(units)s::bigint[], %(editions)s::text[], %(revisions)s::bigint[]) AS used (unit, edition, revision)
JOIN found ON found.unit_id = used.unit
JOIN assurance_entry e ON e.revision_id = used.revision AND e.level IS NOT NULL
JOIN maturity_theme t ON t.id = e.theme_id AND t.scored AND t.identity = found.identity
JOIN maturity_edition edition_found ON edition_found.id = found.edition_id
GROUP BY t.identity, used.edition, edition_found.code
"""


def _validated(force: Force) -> list[rollup_force.ReportedAndFound]:
    """The levels that units report beside what audits last found of them: the rule of `validated.py`."""
    used = [(unit, force.model.by_id[use.edition].code, use.revision) for unit, use in force.used.items()]
    params = columns(used, "units", "editions", "revisions") | {"day": force.reading.counted_on}
    return [rollup_force.ReportedAndFound(*row) for row in rows_of(VALIDATED, params)]


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
