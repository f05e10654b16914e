"""What a half-year reports beside what audits found, reckoned a second time from plain rows.

Two editions, so that some themes do not compare; audits before, in and after the half, one of two on the same theme,
one without enough evidence.
"""

from __future__ import annotations

import operator
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection

from assurance.models import AuditState, Revision
from assurance.rollup import AuditedClaims, Figures, Validated
from assurance.rollup_findings import findings_of
from assurance.services.rollups import figures_of
from organisation.models import BusinessGroup
from organisation.periods import HalfYear, Quarter
from tests.factories import maturity
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_user
from tests.factories.papers import as_stored
from tests.factories.verdicts import issued_audits

pytestmark = pytest.mark.django_db

HALF = HalfYear(2019, 1)
NOW = date(2020, 4, 20)
# `change` in the shipped editions: neither theme means the same in 2017 and 2019, and wellbeing is scored in 2017 only.
APART = {"audit", "performance-benchmarking", "wellbeing"}


@pytest.fixture
def groups() -> list[BusinessGroup]:
    """North with nine units and South with four, all audited on what they signed before the editions changed."""
    old, new = maturity.shipped("2017", "2019")
    dice, pen, lead = Random(11), Pen(), make_user(name="A. Auditor")  # noqa: S311  # levels of a test
    groups = [make_group("North"), make_group("South")]
    units = [*make_units(groups[0], 9), *make_units(groups[1], 4)]
    for edition, quarter in ((old, Quarter(2018, 4)), (new, HALF.quarters[0])):
        scored = [theme.identity for theme in edition.themes.all() if theme.scored]
        levels = {unit: {one: dice.choice([2, 3, 3, 4, None]) for one in scored} for unit in units}
        pen.write(edition, quarter, {unit: [Said("accepted", levels[unit])] for unit in units})
    before, within = Quarter(2018, 4), HALF.quarters[0]
    issues = [(before, date(2019, 3, 1)), (before, date(2019, 5, 6))]
    issues += [(within, date(2019, 8, 9)), (within, date(2019, 12, 2))]
    for number, (quarter, day) in enumerate(issues):
        revisions = Revision.objects.filter(statement__quarter=quarter, statement__unit__in=units[number:])
        found = {
            one: {theme.identity: dice.choice([2, 3, 4, None]) for theme in one.statement.edition.themes.all()[:9]}
            for one in revisions.select_related("statement__edition")
        }
        issued_audits(found, on=day, lead=lead)
    unissued = Revision.objects.filter(statement__quarter=HALF.quarters[0], statement__unit=units[0])
    issued_audits({unissued.get(): {"leadership": 1}}, on=date(2019, 8, 9), lead=lead, state=AuditState.RESPONSE)
    return groups


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def reckon(group: str | None) -> tuple[Validated, AuditedClaims]:
    """Both counts by hand from three plain lists: what was claimed, what was found, and who is in which group."""
    members = dict(
        rows(
            "SELECT m.unit_id, g.name FROM organisation_unitmembership m "
            "JOIN organisation_businessgroup g ON g.id = m.group_id"
        )
    )
    claims = {
        (revision, theme): (unit, quarter, level)
        for revision, theme, unit, quarter, level in rows(
            "SELECT e.revision_id, t.identity, s.unit_id, s.quarter, e.level FROM assurance_entry e "
            "JOIN maturity_theme t ON t.id = e.theme_id JOIN assurance_revision r ON r.id = e.revision_id "
            "JOIN assurance_statement s ON s.id = r.statement_id WHERE t.scored"
        )
    }
    found = rows(
        "SELECT a.issued_at::date, a.unit_id, a.revision_id, t.identity, t.scored, v.level, v.not_enough_evidence "
        "FROM assurance_themeverdict v JOIN assurance_audit a ON a.id = v.audit_id "
        "JOIN maturity_theme t ON t.id = v.theme_id WHERE a.state = 'issued' ORDER BY a.issued_at, a.id"
    )
    last: dict[tuple[int, str], int] = {}
    old: set[tuple[int, str]] = set()
    judged: Counter[str] = Counter()
    for day, unit, revision, theme, scored, level, not_enough in found:
        if day > HALF.last_day or not scored or (group and members[unit] != group):
            continue
        _, quarter, claimed = claims[revision, theme]
        if claimed is not None:
            how = "higher" if claimed > (level or 0) else "same" if claimed == level else "lower"
            judged["not enough" if not_enough else how] += 1
        if level is not None:
            last[unit, theme] = level
            (old.add if quarter == "2018/19-Q4" else old.discard)((unit, theme))
    now = {
        (unit, theme): level
        for (_, theme), (unit, quarter, level) in claims.items()
        if quarter == "2019/20-Q1" and level is not None
    }
    pairs = [(now[key], level) for key, level in last.items() if key in now and not (key in old and key[1] in APART)]
    agree, higher, lower = (sum(way(*pair) for pair in pairs) for way in (operator.eq, operator.gt, operator.lt))
    same, above, below, unsure = (judged[how] for how in ("same", "higher", "lower", "not enough"))
    return Validated(len(pairs), agree, higher, lower), AuditedClaims(same + above + below, same, above, below, unsure)


def figures(group: BusinessGroup | None) -> Figures:
    return figures_of(group, HALF, as_at=NOW)


def test_group_and_force_count_what_a_second_reckoning_counts(groups: list[BusinessGroup]) -> None:
    for group in (*groups, None):
        found = figures(group)
        assert (found.validated, found.audited_claims) == reckon(group.name if group else None)
    validated, judged = reckon(None)
    # The awkward cases are there: every way to differ, no evidence, and levels on themes that do not compare.
    assert min(validated.agree, validated.reported_higher, validated.reported_lower, judged.not_enough_evidence) > 5
    assert judged.claims > validated.cells > 60


def test_the_roll_up_says_it_in_one_sentence_with_the_numbers(groups: list[BusinessGroup]) -> None:
    judged = reckon("South")[1]
    said = findings_of(as_stored(figures(groups[1])))
    assert said is not None
    assert said.audited_claims == (
        f"Of {judged.claims} audited claims {judged.confirmed} were confirmed, {judged.too_high} were too high and "
        f"{judged.too_low} too low."
    )
    assert said.validated.startswith("Of the levels that audits last found, ")


def test_figures_of_before_claims_were_counted_are_shown_as_they_were(groups: list[BusinessGroup]) -> None:
    old = as_stored(figures(groups[0]))
    del old["audited_claims"]
    old["validated"] = {"cells": 0, "agree": 0, "reported_higher": 0, "reported_lower": 0}
    said = findings_of(old)
    assert said is not None
    assert (said.audited_claims, said.validated) == ("", "No level has been validated by an audit yet.")
