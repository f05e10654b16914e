"""A force's agreement worked out a second time, from raw pairs, by scikit-learn and scipy.

AC2, which neither has, is worked out over all pairs of pairs with numpy; the R reference holds it too
(`test_agreement.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import numpy
import pytest
from django.db import connection
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from assurance.agreement import Agreement, agreement_in, table_of
from assurance.agreement_findings import together
from assurance.models import Revision
from assurance.services.agreement import By, Scope, audited_by, by_half
from organisation.periods import Quarter
from tests.factories.assurance import shipped_edition
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_user
from tests.factories.verdicts import issued_audits

pytestmark = pytest.mark.django_db

LEVELS = [1, 2, 3, 4, 5]
UNTIL = date(2026, 3, 31)
ISSUED_ON = (date(2025, 3, 3), date(2025, 8, 20), date(2026, 1, 12))


@pytest.fixture
def force() -> None:
    """Three groups, whose audits lie in three half-years under two auditors, one of them stricter than the other."""
    edition, draw = shipped_edition(), Random(20)  # noqa: S311  # levels of a test
    scored = [theme.identity for theme in edition.themes.filter(scored=True)]
    leads = [make_user(name=name) for name in ("A. Strict", "B. Kind")]
    for number, (name, size) in enumerate({"North": 9, "South": 5, "West": 2}.items()):
        units = make_units(make_group(name), size)
        claims = {unit.pk: {one: draw.choice([2, 3, 3, 4, 5, None]) for one in scored} for unit in units}
        said = {unit: [Said("accepted", claims[unit.pk])] for unit in units}
        Pen().write(edition, Quarter(2024, 2), said)
        for revision in Revision.objects.filter(statement__unit__in=units).select_related("statement"):
            lead = draw.randrange(2)
            found = {
                identity: None
                if draw.random() < 0.1
                else max(1, min(5, (claim or 3) - draw.choice([0, 0, 0, 1, 2] if lead == 0 else [0, 0, 0, 1, -1])))
                for identity, claim in claims[revision.statement.unit_id].items()
            }
            issued_audits({revision: found}, on=ISSUED_ON[number], lead=leads[lead])


def raw_pairs() -> list[dict[str, Any]]:
    """Claim and verdict with what they are counted by, straight from the tables."""
    columns = ("claim", "verdict", "theme", "group", "lead", "half")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.level, v.level, t.identity, m.group_id, w.auditor_id,
                CASE WHEN extract(month FROM a.issued_at) BETWEEN 4 AND 9 THEN 'H1' ELSE 'H2' END
                    || extract(year FROM a.issued_at - interval '3 months')
            FROM assurance_audit a
            JOIN assurance_themeverdict v ON v.audit_id = a.id
            JOIN maturity_theme t ON t.id = v.theme_id
            JOIN assurance_entry e ON e.revision_id = a.revision_id AND e.theme_id = v.theme_id
            JOIN organisation_unitmembership m ON m.unit_id = a.unit_id
            JOIN assurance_auditorassignment w ON w.audit_id = a.id AND w.leads
            WHERE e.level IS NOT NULL AND v.level IS NOT NULL
            """
        )
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def ac2(claims: NDArray[numpy.int_], verdicts: NDArray[numpy.int_]) -> float:
    weights = 1 - numpy.abs(numpy.subtract.outer(LEVELS, LEVELS)) / 4
    share = numpy.array([((claims == level).mean() + (verdicts == level).mean()) / 2 for level in LEVELS])
    by_chance = weights.sum() / 20 * (share * (1 - share)).sum()
    observed = (1 - numpy.abs(claims - verdicts) / 4).mean()
    return float((observed - by_chance) / (1 - by_chance))


def assert_as_others_say(found: Agreement, pairs: list[dict[str, Any]]) -> None:
    claims = numpy.array([pair["claim"] for pair in pairs])
    verdicts = numpy.array([pair["verdict"] for pair in pairs])
    differences, number = claims - verdicts, len(pairs)
    assert numpy.array_equal(found.table, confusion_matrix(claims, verdicts, labels=LEVELS))
    assert found.measures is not None
    for estimate, part in (
        (found.measures.exact, (differences == 0).sum()),
        (found.measures.within_one, (abs(differences) <= 1).sum()),
    ):
        interval = stats.binomtest(int(part), number).proportion_ci(method="wilson")
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
            (part / number, interval.low, interval.high), abs=1e-9
        )
    high, low = int((differences > 0).sum()), int((differences < 0).sum())
    if high + low:
        assert found.measures.sign_test_p == pytest.approx(stats.binomtest(high, high + low).pvalue, abs=1e-9)
    else:
        assert found.measures.sign_test_p is None
    assert found.measures.bias.value == pytest.approx(differences.mean(), abs=1e-9)
    if number >= 50:
        ends = stats.norm.interval(0.95, loc=differences.mean(), scale=stats.sem(differences))
        assert (found.measures.bias.low, found.measures.bias.high) == pytest.approx(ends, abs=1e-9)
    kappa = cohen_kappa_score(claims, verdicts, labels=LEVELS, weights="linear")
    assert found.measures.kappa.value == pytest.approx(kappa, abs=1e-9)
    assert found.measures.ac2.value == pytest.approx(ac2(claims, verdicts), abs=1e-9)


@pytest.mark.usefixtures("force")
def test_the_forces_agreement_is_what_scikit_learn_and_scipy_make_of_the_raw_pairs() -> None:
    pairs, scope = raw_pairs(), Scope(UNTIL)
    assert len(pairs) > 100
    whole = together(audited_by(By.THEME, scope).values())
    assert_as_others_say(agreement_in(table_of(whole.pairs)), pairs)


@pytest.mark.usefixtures("force")
def test_so_is_that_of_each_group_theme_auditor_and_half_year() -> None:
    pairs, scope = raw_pairs(), Scope(UNTIL)
    halves = {f"H{half.number}{half.start_year}": found for half, found in by_half(scope).items()}
    parts: dict[str, Mapping[Any, Any]] = {
        "theme": audited_by(By.THEME, scope),
        "group": audited_by(By.GROUP, scope),
        "lead": audited_by(By.AUDITOR, scope),
        "half": halves,
    }
    assert [len(found) for found in parts.values()] == [11, 3, 2, 3]
    for by, found in parts.items():
        for key, audited in found.items():
            of_it = [pair for pair in pairs if pair[by] == key]
            agreement = agreement_in(table_of(audited.pairs))
            if len(of_it) >= 10:
                assert_as_others_say(agreement, of_it)
            else:
                assert (agreement.pairs, agreement.measures) == (len(of_it), None)
