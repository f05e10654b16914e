"""One plain aggregate for each figure that a roll-up or a work list prints, over the same rows.

They know nothing of which statement counts or of what may be compared: they are what reading the rows costs.
"""

from __future__ import annotations

UNITS = "SELECT unit_id FROM organisation_unitmembership WHERE %(group)s::bigint IS NULL OR group_id = %(group)s"

STATEMENTS = f"""
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    WHERE s.quarter = ANY(%(quarters)s) AND s.unit_id IN ({UNITS})
"""  # the parts are this file's own
ENTRIES = f"""
    FROM assurance_statement s
    JOIN assurance_revision r ON r.statement_id = s.id
    JOIN assurance_entry e ON e.revision_id = r.id
    WHERE s.unit_id IN ({UNITS})
"""  # the same

OF_THE_HALF = " AND s.quarter = ANY(%(quarters)s)"
OF_BOTH_HALVES = " AND s.quarter = ANY(%(both_halves)s)"
LOOKED_BACK_ON = " AND s.quarter = ANY(%(looked_back_on)s)"

WORK_LIST = {
    "states": f"SELECT r.state, count(*), min(r.signed_at) {STATEMENTS} GROUP BY r.state",
    "actions": f"SELECT unit_id, count(*) FROM actions_action WHERE unit_id IN ({UNITS}) GROUP BY unit_id",  # noqa: S608
}

ROLLUP = {
    "coverage": f"SELECT s.quarter, r.state, count(*), min(r.signed_at) {STATEMENTS} GROUP BY 1, 2",
    "distribution": f"SELECT e.theme_id, e.level, count(*) {ENTRIES} {OF_THE_HALF} GROUP BY 1, 2",
    "median": "SELECT e.theme_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY e.level) "
    f"{ENTRIES} {OF_THE_HALF} GROUP BY 1",
    "lowest": f"SELECT e.theme_id, min(e.level) {ENTRIES} {OF_THE_HALF} GROUP BY 1",
    "share at target": "SELECT e.theme_id, count(*) FILTER (WHERE e.level >= 3), count(*) "
    f"{ENTRIES} {OF_THE_HALF} GROUP BY 1",
    "carried": f"SELECT e.theme_id, count(*) FILTER (WHERE e.carried = 'confirmed') {ENTRIES} {OF_THE_HALF} GROUP BY 1",
    "movement": f"SELECT s.quarter, e.theme_id, e.level, count(*) {ENTRIES} {OF_BOTH_HALVES} GROUP BY 1, 2, 3",
    "self-sustaining": "SELECT s.quarter, e.theme_id, count(*) FILTER (WHERE e.level >= 3 AND e.held_without_shrmt) "
    f"{ENTRIES} {LOOKED_BACK_ON} GROUP BY 1, 2",
    "questions": "SELECT review.decision, count(*) FILTER (WHERE review.appropriately_completed), "
    "count(*) FILTER (WHERE review.reflects_performance), count(*) FILTER (WHERE review.identifies_improvement) "
    f"{STATEMENTS.replace('WHERE', 'JOIN assurance_review review ON review.revision_id = r.id WHERE', 1)} GROUP BY 1",
    "actions": f"SELECT unit_id, count(*) FROM actions_action WHERE unit_id IN ({UNITS}) GROUP BY unit_id",  # noqa: S608
}
# For each target that is shown: how many units were at it, quarter by quarter.
TARGET = f"SELECT s.quarter, count(*) FILTER (WHERE e.level >= 3) {ENTRIES} {LOOKED_BACK_ON} GROUP BY 1"
