"""Statements accepted together while somebody else decides on them: each request on a connection of its own.

What is looked at, and decided on, is what stands once the rows are no longer somebody else's: see `at_once.py`.
"""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assurance.beside import QUESTIONS
from assurance.models import Decision, Review, Revision, RevisionState
from organisation.models import BusinessGroup
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.at_once import Post, send_each_at_once
from tests.assurance.pages import address, form_on, signed_in
from tests.factories import actions
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db(transaction=True)
ALL_YES = dict.fromkeys(QUESTIONS, "yes")


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def leads(group: BusinessGroup) -> list[Client]:
    return [signed_in(make_person(Role.COG_LEAD, group=group)) for _ in range(2)]


@pytest.fixture
def signed(group: BusinessGroup) -> list[Revision]:
    """Two statements without a point to look at."""
    return [_signed(name, group) for name in ("Kiln Hill", "Mill Lane")]


def _signed(name: str, group: BusinessGroup) -> Revision:
    draft = statements.fill(statements.make_statement(make_unit(name, group=group)))
    draft.entries.exclude(evidence="").update(evidence=f"Checked at {name}.")
    return statements.sign(statements.complete(draft))


def page(group: BusinessGroup) -> str:
    return reverse("assurance:accept_together", args=[group.slug, statements.this_quarter()])


def together(*signed: Revision) -> dict[str, Any]:
    """What the page sends that lists these statements."""
    return {"seen": [f"{one.statement.unit.slug} {one.content_digest}" for one in signed], **ALL_YES}


def decision(browser: Client, revision: Revision, decided: Decision) -> Post:
    """What the review page of one statement sends."""
    where = address("review", revision)
    reasons = "Give figures." if decided == Decision.RETURNED else ""
    return browser, where, form_on(browser.get(where)) | ALL_YES | {"decision": decided.value, "reasons": reasons}


def told(browser: Client) -> str:
    """What the page after it says became of it."""
    return unescape(browser.get(reverse("assurance:reviews"), follow=True).content.decode())


def test_two_leads_who_accept_the_same_statements_at_once_decide_once(
    group: BusinessGroup, leads: list[Client], signed: list[Revision]
) -> None:
    posts = [(browser, page(group), together(*signed)) for browser in leads]
    assert send_each_at_once(signed, posts) == [302, 302]
    assert Review.objects.count() == TrailEntry.objects.filter(act="statement.accepted").count() == 2
    assert set(Revision.objects.values_list("state", flat=True)) == {RevisionState.ACCEPTED}
    says = sorted((told(browser) for browser in leads), key=lambda text: "You accepted" not in text)
    assert "You accepted 2 statements: Kiln Hill, Mill Lane." in says[0]
    assert "Not accepted: Kiln Hill (it is accepted); Mill Lane (it is accepted)." in says[1]


def test_the_same_statements_in_another_order_do_not_make_two_leads_wait_for_each_other(
    group: BusinessGroup, leads: list[Client], signed: list[Revision]
) -> None:
    posts = [(leads[0], page(group), together(*signed)), (leads[1], page(group), together(*reversed(signed)))]
    assert send_each_at_once(signed[:1], posts) == [302, 302]
    assert Review.objects.count() == 2


def test_one_that_is_returned_meanwhile_is_left_out_and_the_other_is_accepted(
    group: BusinessGroup, leads: list[Client], signed: list[Revision]
) -> None:
    returned, other = signed
    posts = [decision(leads[0], returned, Decision.RETURNED), (leads[1], page(group), together(*signed))]
    assert send_each_at_once([returned], posts) == [302, 302]
    assert {review.revision_id: review.decision for review in Review.objects.all()} == {
        returned.pk: Decision.RETURNED,
        other.pk: Decision.ACCEPTED,
    }
    assert "Not accepted: Kiln Hill (it is returned)." in told(leads[1])


def test_one_that_is_accepted_together_first_cannot_be_returned_by_the_review_that_waited(
    group: BusinessGroup, leads: list[Client], signed: list[Revision]
) -> None:
    posts = [(leads[0], page(group), together(*signed)), decision(leads[1], signed[0], Decision.RETURNED)]
    assert send_each_at_once([signed[0]], posts) == [302, 422]
    assert set(Review.objects.values_list("decision", flat=True)) == {Decision.ACCEPTED}


def test_one_that_gains_a_point_while_it_is_waited_for_is_left_out(
    group: BusinessGroup, leads: list[Client], signed: list[Revision]
) -> None:
    """A task whose day has long passed is written while the request waits."""
    pointed, other = signed
    long_ago = timezone.localdate().replace(year=2020, day=1)
    unit = pointed.statement.unit
    send_each_at_once(
        signed,
        [(leads[0], page(group), together(*signed))],
        meanwhile=lambda: actions.make_action(unit, "Repair the gate", due=long_ago),
    )
    assert Review.objects.get().revision_id == other.pk
    assert "Not accepted: Kiln Hill (it has 1 point to look at)." in told(leads[0])
