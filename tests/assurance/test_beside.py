"""What a theme's page shows beside the questions, read from statements that went through the services."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from assurance.beside import Background, background
from assurance.models import Decision, Revision
from maturity.models import Edition
from organisation.models import Unit
from organisation.periods import Quarter
from tests.factories import maturity
from tests.factories.assurance import decide, make_statement, shipped_edition, signed
from tests.factories.organisation import make_unit
from tests.factories.verdicts import issued_audit

pytestmark = pytest.mark.django_db

NOW = Quarter.parse("2025/26-Q4")
TODAY = date(2026, 2, 2)


def beside(revision: Revision, identity: str = "leadership") -> Background:
    entry = revision.entries.select_related("theme").get(theme__identity=identity)
    with CaptureQueriesContext(connection) as queries:
        found = background(revision, entry, today=TODAY)
    assert len(queries) <= 3
    return found


def page(found: Background) -> str:
    return " ".join(render_to_string("assurance/_beside.html", {"beside": found}).split())


@pytest.fixture
def unit() -> Unit:
    shipped_edition()
    return make_unit("Alder", risk_band="high")


def test_a_new_unit_is_told_in_words_that_there_is_nothing_yet(unit: Unit) -> None:
    found = beside(make_statement(unit, NOW))
    assert [str(one.quarter) for one in found.quarters] == ["2025/26-Q3", "2025/26-Q2", "2025/26-Q1", "2024/25-Q4"]
    assert not any(one.signed for one in found.quarters)
    assert (found.review, found.target, found.validated) == (None, None, None)
    shown = page(found)
    assert shown.count("Nothing signed") == 4
    assert "No target applies to this unit and theme today." in shown
    assert "No audit has validated this theme yet" in shown
    assert "No statement of this unit has been reviewed yet." in shown


def test_the_last_four_quarters_come_from_the_newest_signed_revision_of_each(unit: Unit) -> None:
    signed(unit, NOW.plus(-5), level=1)  # too long ago
    signed(unit, NOW.plus(-4), level=2)
    returned = signed(unit, NOW.plus(-3), level=4)
    decide(returned, Decision.RETURNED, reasons="Name the drills that were held.")
    decide(signed(unit, NOW.plus(-2), levels={"leadership": 4}), Decision.ACCEPTED)
    make_statement(unit, NOW.plus(-1))  # opened, never signed
    signed(make_unit("Birch"), NOW.plus(-1), level=5)  # another unit's
    found = beside(make_statement(unit, NOW))
    said = [(str(one.quarter), one.signed, one.returned, one.level and one.level.number) for one in found.quarters]
    assert said == [
        ("2025/26-Q3", False, False, None),
        ("2025/26-Q2", True, False, 4),
        ("2025/26-Q1", True, True, 4),
        ("2024/25-Q4", True, False, 2),
    ]
    shown = page(found)
    assert "4 Proactive culture" in shown
    assert "The statement was returned." in shown
    assert found.quarters[1].scored
    assert found.quarters[1].why_not_comparable == ""


def test_the_lead_s_last_comments_are_those_of_the_newest_reviewed_revision(unit: Unit) -> None:
    decide(signed(unit, NOW.plus(-8)), Decision.ACCEPTED)
    first = signed(unit, NOW.plus(-6))
    decide(first, Decision.RETURNED, reasons="Say who checks the vehicles.")
    signed(unit, NOW.plus(-1))  # nobody has looked at it yet
    review = beside(make_statement(unit, NOW)).review
    assert review is not None
    assert (str(review.quarter), review.revision, review.returned) == ("2024/25-Q2", 1, True)
    assert review.reasons == "Say who checks the vehicles."
    assert [(one.question, one.answer, one.note) for one in review.comments] == [
        ("Appropriately completed?", True, ""),
        ("Accurately reflects performance?", False, ""),
        ("Identifies proposed improvement?", True, "Two good ones."),
    ]


def test_what_the_lead_said_on_the_theme_itself_comes_first(unit: Unit) -> None:
    comments = {"leadership": "Name the drills.", "audit": "Fine."}
    decide(signed(unit, NOW.plus(-1)), Decision.ACCEPTED, comments=comments)
    found = beside(make_statement(unit, NOW))
    assert found.review is not None
    assert found.review.on_theme == "Name the drills."
    shown = page(found)
    assert "Name the drills." in shown
    assert "Fine." not in shown


def test_comments_on_the_revision_just_returned_are_shown_while_the_next_is_written(unit: Unit) -> None:
    revision = signed(unit, NOW)
    decide(revision, Decision.RETURNED, reasons="Leadership needs figures.")
    draft = Revision.objects.select_related("statement__unit").get(statement=revision.statement, number=2)
    shown = page(beside(draft))
    assert "Leadership needs figures." in shown
    assert "Identifies proposed improvement? Yes. Two good ones." in shown


def test_a_theme_that_was_not_scored_says_so(unit: Unit) -> None:
    signed(unit, NOW.plus(-1))
    found = beside(make_statement(unit, NOW), "wellbeing")
    assert found.quarters[0].signed
    assert not found.quarters[0].scored
    assert page(found).count("Not scored") == 1


def test_levels_of_an_edition_that_is_not_comparable_are_marked_with_the_reason(unit: Unit) -> None:
    earlier = Edition.objects.get(code="2017")
    signed(unit, NOW.plus(-1), edition=earlier)
    draft = make_statement(unit, NOW)
    audit = beside(draft, "audit")
    assert audit.quarters[0].level is not None
    assert audit.quarters[0].why_not_comparable
    assert "Do not compare it with this quarter" in page(audit)
    assert beside(draft, "leadership").quarters[0].why_not_comparable == ""


def test_the_target_that_applies_is_shown_with_who_endorsed_it(unit: Unit) -> None:
    maturity.target(level=3, by_on=date(2018, 3, 31))
    maturity.target(level=4, by_on=date(2025, 3, 31), risk_bands=["medium", "high"], note="Set after the 2024 review.")
    found = beside(make_statement(unit, NOW))
    assert found.target is not None
    assert (found.target.level, found.target_has_passed) == (4, True)
    shown = page(found)
    assert (
        "by 31 March 2025, for every medium- and high-risk unit. Endorsed by the Board on 19 September 2017." in shown
    )
    assert "That day has passed; the target stands until another takes its place." in shown
    assert "Set after the 2024 review." in shown


def test_the_last_validated_level_is_that_of_the_newest_report(unit: Unit) -> None:
    old = signed(unit, NOW.plus(-3), level=4)
    issued_audit(old, {"leadership": 2}, on=date(2025, 6, 3))
    newest = issued_audit(old, {"leadership": 3, "communication": None}, on=date(2025, 11, 4))
    issued_audit(old, {"leadership": 1}, on=date(2026, 2, 3))  # tomorrow's
    draft = make_statement(unit, NOW)
    found = beside(draft).validated
    assert found is not None
    assert (found.level.number, found.level.name, found.on) == (3, "Compliant culture", date(2025, 11, 4))
    assert found.why_not_comparable == ""
    shown = page(beside(draft))
    assert f'href="/audits/{newest.pk}/">{newest.reference}</a>, whose report was issued on 4 November 2025.' in shown
    assert beside(draft, "communication").validated is None


def test_a_level_validated_on_another_edition_says_that_it_does_not_compare(unit: Unit) -> None:
    old = signed(unit, Quarter(2018, 3), level=4, edition=Edition.objects.get(code="2017"))
    issued_audit(old, {"audit": 2, "leadership": 2}, on=date(2019, 2, 1))
    draft = make_statement(unit, NOW)
    audit, leadership = (beside(draft, identity).validated for identity in ("audit", "leadership"))
    assert audit is not None
    assert audit.why_not_comparable
    assert audit.why_not_comparable in page(beside(draft, "audit"))
    assert leadership is not None
    assert leadership.why_not_comparable == ""


def test_three_queries_suffice_however_much_there_is(unit: Unit) -> None:
    for back in range(1, 7):
        decide(signed(unit, NOW.plus(-back)), Decision.ACCEPTED)
    for level in (2, 3, 4):
        maturity.target(level=level, by_on=date(2026, level, 28), group=unit.memberships.get().group)
    draft = make_statement(unit, NOW)
    entry = draft.entries.select_related("theme").get(theme__identity="leadership")
    with CaptureQueriesContext(connection) as queries:
        shown = page(background(draft, entry, today=TODAY))
    assert len(queries) == 3
    assert "for every unit of " in shown
