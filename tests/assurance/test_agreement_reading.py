"""Reading pairs from issued audits: which count, and for whom."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.agreement_findings import Audited, Outcome
from assurance.models import AuditState, Revision
from assurance.services.agreement import (
    By,
    JudgedClaim,
    Scope,
    Wanted,
    audited_by,
    by_half,
    judged_claims,
    theme_names,
)
from assurance.validated import last_validated
from organisation.models import BusinessGroup, Unit
from organisation.periods import HalfYear, Quarter
from organisation.roles import Role
from tests.factories.assurance import shipped_edition
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_person, make_unit, make_user, move_unit
from tests.factories.verdicts import issued_audit, issued_audits

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 1)
ISSUED_ON = date(2025, 8, 20)
LATER = date(2030, 1, 1)
NOTHING = Audited()


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("North")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make_unit("Harbour", group=group)


def signed(unit: Unit, quarter: Quarter = QUARTER, **levels: int | None) -> Revision:
    """What the unit signed for the quarter: a level by theme, whose identity is written with an underscore."""
    said = {identity.replace("_", "-"): level for identity, level in levels.items()}
    Pen().write(shipped_edition(), quarter, {unit: [Said("accepted", said)]})
    return Revision.objects.get(statement__unit=unit, statement__quarter=quarter)


def whole(scope: Scope) -> Audited:
    """Everything of the scope, where all of it has one lead auditor."""
    return next(iter(audited_by(By.AUDITOR, scope).values()), NOTHING)


def test_a_pair_is_a_verdict_beside_the_claim_of_the_revision_it_validates(unit: Unit) -> None:
    revision = signed(unit, leadership=4, communication=3)
    signed(unit, QUARTER.next(), leadership=5, communication=5)
    issued_audit(revision, {"leadership": 3, "communication": 3}, on=ISSUED_ON)
    assert whole(Scope(LATER)).pairs == {(4, 3): 1, (3, 3): 1}


def test_what_makes_no_pair_is_counted_as_such(unit: Unit) -> None:
    revision = signed(unit, leadership=4, communication=None, risk_management=3)
    found = {"leadership": None, "communication": 3, "risk-management": 3, "wellbeing": None, "audit": None}
    issued_audit(revision, found, on=ISSUED_ON)
    audited = whole(Scope(LATER))
    assert audited.pairs == {(3, 3): 1}
    assert (audited.not_enough_evidence, audited.no_claim, audited.not_scored) == (1, 2, 1)


@pytest.mark.parametrize(("state", "counts"), [("draft", 0), ("response", 0), ("issued", 1), ("closed", 1)])
def test_only_issued_reports_count(unit: Unit, state: str, counts: int) -> None:
    (audit,) = issued_audits({signed(unit, leadership=4): {"leadership": 3}}, on=ISSUED_ON, state=state)
    audit.refresh_from_db()
    if state == "response":
        audit.state = AuditState.RESPONSE
        audit.save(update_fields=["state"])
    assert len(audited_by(By.THEME, Scope(LATER))) == counts
    assert len(last_validated([unit.pk], until=LATER)) == counts
    assert len(judged_claims(Scope(LATER, unit=unit), reader=make_person(Role.SHRMT))) == counts


def test_reports_count_from_the_day_they_were_issued(unit: Unit) -> None:
    issued_audit(signed(unit, leadership=4), {"leadership": 3}, on=ISSUED_ON)
    assert whole(Scope(date(2025, 8, 19))) == NOTHING
    assert whole(Scope(ISSUED_ON)).pairs == {(4, 3): 1}
    assert last_validated([unit.pk], until=date(2025, 8, 19)) == {}


def test_a_unit_counts_for_the_group_it_was_in_on_the_day_of_issue(unit: Unit, group: BusinessGroup) -> None:
    south = make_group("South")
    issued_audit(signed(unit, leadership=4), {"leadership": 3}, on=ISSUED_ON)
    move_unit(unit, to=south, on=date(2025, 10, 1), last_day_before=date(2025, 9, 30))
    issued_audit(signed(unit, QUARTER.plus(2), leadership=2), {"leadership": 2}, on=date(2026, 1, 9))
    assert {key: one.pairs for key, one in audited_by(By.GROUP, Scope(LATER)).items()} == {
        group.pk: {(4, 3): 1},
        south.pk: {(2, 2): 1},
    }
    assert whole(Scope(LATER, group=group)).pairs == {(4, 3): 1}


def test_a_unit_that_had_ended_counts_for_its_last_group(group: BusinessGroup) -> None:
    gone = make_unit("Gone", group=group, closed_on=date(2025, 7, 31))
    issued_audit(signed(gone, leadership=4), {"leadership": 4}, on=ISSUED_ON)
    assert whole(Scope(LATER, group=group)).pairs == {(4, 4): 1}


def test_pairs_are_told_apart_by_theme_auditor_unit_and_half_year(unit: Unit, group: BusinessGroup) -> None:
    one, other = make_user(), make_user()
    second = make_unit("Quay", group=group)
    issued_audit(signed(unit, leadership=4, audit=3), {"leadership": 3, "audit": 3}, on=ISSUED_ON, lead=one)
    issued_audit(signed(second, leadership=2), {"leadership": 3}, on=date(2025, 10, 1), lead=other)
    scope = Scope(LATER)
    by_theme = audited_by(By.THEME, scope)
    assert by_theme["leadership"].pairs == {(4, 3): 1, (2, 3): 1}
    assert by_theme["audit"].pairs == {(3, 3): 1}
    assert {key: found.pairs for key, found in audited_by(By.AUDITOR, scope).items()} == {
        one.pk: {(4, 3): 1, (3, 3): 1},
        other.pk: {(2, 3): 1},
    }
    assert set(audited_by(By.UNIT, scope)) == {unit.pk, second.pk}
    assert {half: sum(found.pairs.values()) for half, found in by_half(scope).items()} == {
        HalfYear(2025, 1): 2,
        HalfYear(2025, 2): 1,
    }
    assert whole(Scope(LATER, theme="leadership", auditor=other)).pairs == {(2, 3): 1}


def test_the_last_validated_level_is_the_newest_that_a_report_gives(unit: Unit) -> None:
    issued_audit(signed(unit, leadership=4, audit=3), {"leadership": 2, "audit": 2}, on=date(2024, 5, 5))
    later = signed(unit, QUARTER.next(), leadership=4, audit=3)
    audit = issued_audit(later, {"leadership": 3, "audit": None}, on=ISSUED_ON)
    found = last_validated([unit.pk], until=LATER)[unit.pk]
    assert (found["leadership"].level, found["leadership"].on) == (3, ISSUED_ON)
    assert (found["leadership"].reference, found["leadership"].edition) == (audit.reference, "2019")
    assert (found["audit"].level, found["audit"].on) == (2, date(2024, 5, 5))


def test_a_units_pairs_are_listed_in_words(unit: Unit) -> None:
    revision = signed(unit, leadership=4, communication=2, risk_management=3, monitoring=None)
    found = {"leadership": 2, "communication": 3, "risk-management": None, "monitoring": 3, "wellbeing": None}
    issued_audit(revision, found, on=ISSUED_ON)
    rows = judged_claims(Scope(LATER, unit=unit), reader=make_person(Role.SPOC, unit))
    assert {row.theme: row.in_words for row in (JudgedClaim(*row) for row in rows)} == {
        "Leadership": "Too high by 2 levels",
        "Communication": "Too low by one level",
        "H&S Risk Management": "Not enough evidence to judge",
        "Reactive / Proactive Monitoring": "No level claimed",
        "Wellbeing": "Not scored",
    }


def test_a_thousand_pairs_take_as_many_queries_as_ten_and_come_out_as_counted_by_hand(group: BusinessGroup) -> None:
    edition, draw = shipped_edition(), Random(6)  # noqa: S311  # levels of a test
    scored = [theme.identity for theme in edition.themes.filter(scored=True)]

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            for by in By:
                audited_by(by, Scope(LATER))
            by_half(Scope(LATER, group=group))
            theme_names()
        return len(queries)

    def write(units: list[Unit]) -> Counter[tuple[int, int]]:
        claims = {unit: {identity: draw.randint(1, 5) for identity in scored} for unit in units}
        Pen().write(edition, QUARTER, {unit: [Said("signed", levels)] for unit, levels in claims.items()})
        revisions = Revision.objects.filter(statement__unit__in=units).select_related("statement__unit")
        found = {one: {identity: draw.randint(1, 5) for identity in scored} for one in revisions}
        issued_audits(found, on=ISSUED_ON)
        return Counter(
            (claims[one.statement.unit][identity], level)
            for one, levels in found.items()
            for identity, level in levels.items()
        )

    pairs = write(make_units(group, 1))
    assert sum(pairs.values()) == 11
    few = price()
    pairs += write(make_units(make_group("South"), 95))
    assert sum(pairs.values()) == 1056
    assert price() == few == len(By) + 2
    added = sum((Counter(one.pairs) for one in audited_by(By.THEME, Scope(LATER)).values()), Counter())
    assert added == pairs


def test_every_count_is_the_length_of_the_list_that_it_leads_to(group: BusinessGroup) -> None:
    """Chance fills in claims and verdicts of each kind; the counts come from one query, the lists from others."""
    edition, draw = shipped_edition(), Random(8)  # noqa: S311  # levels of a test
    themes = list(edition.themes.values_list("identity", flat=True))
    units = [*make_units(group, 6), *make_units(make_group("South"), 3)]
    claims = {unit: {identity: draw.choice([2, 3, 4, None]) for identity in themes} for unit in units}
    Pen().write(edition, QUARTER, {unit: [Said("signed", levels)] for unit, levels in claims.items()})
    revisions = Revision.objects.filter(statement__unit__in=units)
    issued_audits({one: {identity: draw.choice([2, 3, 4, None]) for identity in themes} for one in revisions})
    reader = make_person(Role.HEAD)

    def listed(scope: Scope, **wanted: Any) -> int:
        return judged_claims(scope, Wanted(**wanted), reader=reader).count()

    for scope in (Scope(LATER), Scope(LATER, group=group), Scope(LATER, theme="leadership")):
        found = whole(scope)
        counts = found.counts
        assert {outcome: listed(scope, outcome=outcome) for outcome in Outcome} == {
            Outcome.COMPARED: counts.pairs,
            Outcome.CONFIRMED: counts.confirmed,
            Outcome.TOO_HIGH: counts.too_high,
            Outcome.TOO_LOW: counts.too_low,
            Outcome.NOT_ENOUGH_EVIDENCE: found.not_enough_evidence,
            Outcome.NO_CLAIM: found.no_claim,
            Outcome.NOT_SCORED: found.not_scored,
            Outcome.NO_VERDICT: found.no_verdict,
        }
        for (claim, level), number in found.pairs.items():
            assert listed(scope, claim=claim, found=level, outcome=Outcome.COMPARED) == number
    assert whole(Scope(LATER)).counts.pairs > 40
    half = HalfYear.of(timezone.localdate())
    assert listed(Scope(LATER, half=half)) == listed(Scope(LATER)) == 9 * len(themes)
    assert listed(Scope(LATER, half=half.previous())) == 0
