"""The page that says what changed: which two texts it takes, who may open it, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import Decision, Revision
from assurance.services import statements
from maturity.models import NotComparable
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import address, html_of, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

QUARTER = factories.this_quarter()
LAST = QUARTER.previous()


@pytest.fixture
def last(unit: Unit) -> Revision:
    return factories.signed(unit, LAST, levels={"leadership": 2})


@pytest.fixture
def now(last: Revision, unit: Unit, spoc: User) -> Revision:
    """This quarter's draft: leadership raised, its evidence changed, everything else as it was."""
    draft = factories.fill(factories.make_statement(unit, QUARTER))
    save_elsewhere(draft, spoc, evidence="Records of Leadership were checked twice.")
    factories.raise_action(draft)
    assert last.content["entries"][0]["theme"] == "leadership"
    return draft


def page(client: Client, revision: Revision, **asked: str | int) -> Any:
    return client.get(address("changes", revision), asked)


def main_of(response: Any) -> str:
    html = html_of(response)
    return text_of(html[html.index("<main") : html.index("</main>")])


def test_a_draft_is_compared_with_what_was_signed_last_quarter(browser: Client, now: Revision) -> None:
    said = main_of(page(browser, now))
    assert f"From {LAST}, revision 1 (signed" in said
    assert f"to {QUARTER}, revision 1 (not signed) ." in said
    assert "1 of 12 themes has changed : 1 level raised, 1 action added." in said
    assert "Level raised from 2 Reactive culture to 3 Compliant culture" in said
    assert "11 themes have not changed" in said


def test_a_difference_is_said_as_well_as_shown(browser: Client, now: Revision) -> None:
    html = html_of(page(browser, now))
    hidden = '<span class="govuk-visually-hidden">'
    assert f"checked<ins>{hidden}[added: </span> twice{hidden}]</span></ins>." in html


def test_what_people_wrote_stays_text(browser: Client, now: Revision, spoc: User) -> None:
    save_elsewhere(now, spoc, evidence="<script>alert(1)</script> & more")
    html = html_of(page(browser, now))
    assert "<script>alert(1)" not in html
    assert "&lt;" in html
    assert "&amp;" in html


def test_with_nothing_signed_before_the_page_says_so(browser: Client, draft: Revision) -> None:
    response = page(browser, draft)
    assert response.status_code == 200
    assert "There is nothing to compare" in main_of(response)
    assert "Compare two other revisions" not in main_of(response)


def returned_and_followed(revision: Revision) -> Revision:
    signed = factories.sign(factories.complete(revision))
    factories.decide(signed, Decision.RETURNED)
    following: Revision = signed.statement.revisions.latest("number")
    return following


def test_a_second_revision_offers_what_changed_since_it_was_returned(
    browser: Client, now: Revision, spoc: User
) -> None:
    following = returned_and_followed(now)
    save_elsewhere(following, spoc, "communication", evidence="Talks were held.")
    response = page(browser, following)
    assert f"From {LAST}, revision 1" in main_of(response)
    shortcut = f"?from={QUARTER.slug}.1&amp;to={QUARTER.slug}.2"
    assert shortcut in html_of(response)
    assert "What changed since revision 1, which was returned" in main_of(response)
    said = main_of(page(browser, following, **{"from": "1", "to": "2"}))
    assert f"From {QUARTER}, revision 1 (signed" in said
    assert "1 of 12 themes has changed" in said
    assert "[removed: Records of Communication were checked ] [added: Talks were held ] ." in said


def test_a_returned_revision_is_not_what_stood_last_quarter(browser: Client, unit: Unit) -> None:
    first = factories.signed(unit, LAST)
    factories.decide(first, Decision.ACCEPTED)
    first.refresh_from_db()
    slt = make_person(Role.SLT_LEAD, unit)
    second = statements.reopen(revision=first, reason="Another incident.", by=slt, at=timezone.now())
    factories.decide(factories.sign(factories.complete(factories.fill(second))), Decision.RETURNED)
    draft = factories.make_statement(unit, QUARTER)
    assert f"From {LAST}, revision 1 (signed" in main_of(page(browser, draft))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": LAST.slug, "to": "1"}, f"From {LAST}, revision 1"),
        ({"from": f"{LAST.slug}.1", "to": f"{QUARTER.slug}.1"}, f"From {LAST}, revision 1"),
        ({"from": "1", "to": LAST.slug}, f"From {QUARTER}, revision 1 (not signed) to {LAST}, revision 1"),
        ({"from": "1", "to": "1"}, "None of the 12 themes has changed."),
    ],
)
def test_any_two_can_be_compared_in_either_direction(
    asked: dict[str, str], said: str, browser: Client, now: Revision
) -> None:
    assert said in main_of(page(browser, now, **asked))


@pytest.mark.parametrize("asked", ["9", "1990-91-q1", "1990-92-q1", "nonsense", f"{LAST.slug}.9", ".", "-1", "²"])
def test_a_revision_that_is_not_there_is_not_found(asked: str, browser: Client, now: Revision) -> None:
    assert page(browser, now, **{"from": asked}).status_code == 404
    assert page(browser, now, to=asked).status_code == 404


def test_themes_whose_meaning_changed_between_editions_say_why(browser: Client, unit: Unit) -> None:
    earlier, later = maturity.shipped("2017", "2019")
    factories.signed(unit, LAST, edition=earlier)
    draft = factories.fill(factories.make_statement(unit, QUARTER, edition=later), level=5)
    reasons = dict(NotComparable.objects.filter(edition=later, earlier=earlier).values_list("identity", "reason"))
    assert set(reasons) == {"performance-benchmarking", "audit"}
    response = page(browser, draft)
    for reason in reasons.values():
        assert f"Not compared: {reason}" in main_of(response)
    backwards = page(browser, draft, **{"from": "1", "to": LAST.slug})
    assert main_of(backwards).count("Not compared:") == 2
    assert "9 levels raised" in main_of(response)


def test_a_stranger_gets_404(now: Revision) -> None:
    elsewhere = signed_in(make_person(Role.SPOC, make_unit()))
    assert page(elsewhere, now).status_code == 404


def test_the_reviewer_is_led_here(now: Revision, unit: Unit) -> None:
    signed = factories.sign(factories.complete(now))
    group = unit.memberships.get().group
    reviewer = signed_in(make_person(Role.COG_LEAD, group=group))
    assert f'href="{address("changes", signed)}?to=1"' in html_of(reviewer.get(address("review", signed)))
    assert page(reviewer, signed, to=1).status_code == 200


def test_the_statements_own_pages_lead_here(browser: Client, now: Revision) -> None:
    assert f'href="{address("changes", now)}"' in html_of(browser.get(address("statement", now)))
    factories.sign(factories.complete(now))
    assert f'href="{address("changes", now)}?to=1"' in html_of(browser.get(address("statement", now)))


def test_the_price_is_fixed_however_many_revisions_there_are(browser: Client, now: Revision, unit: Unit) -> None:
    page(browser, now)
    with CaptureQueriesContext(connection) as with_two:
        page(browser, now)
    quarter = LAST
    for _ in range(3):
        quarter = quarter.previous()
        factories.signed(unit, quarter)
    with CaptureQueriesContext(connection) as with_five:
        page(browser, now)
    assert len(with_five) == len(with_two) <= 24
