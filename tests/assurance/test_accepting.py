"""Accepting statements together: only those without a point, only as they stood on the screen, all or none."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.beside import QUESTIONS
from assurance.models import Decision, Review, Revision, RevisionState
from assurance.rules import Refused
from assurance.services import accepting, notices, reviews
from assurance.services.accepting import LeftOut, Outcome
from assurance.services.reviews import Answer
from assurance.worklist import work_lists
from organisation.models import BusinessGroup, User
from organisation.roles import Role
from records.models import Notice, TrailEntry
from tests.assurance.pages import signed_in, text_of
from tests.factories import actions
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_group, make_person, make_unit, move_unit
from tests.factories.trail import seal

pytestmark = pytest.mark.django_db

QUARTER = statements.this_quarter()
YES = {name: Answer(True) for name in QUESTIONS}
ALL_YES = dict.fromkeys(QUESTIONS, "yes")


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def lead(group: BusinessGroup) -> User:
    return make_person(Role.COG_LEAD, group=group)


def ready(name: str, group: BusinessGroup) -> Revision:
    """A signed statement without a point: short texts of its own, everything at the same level."""
    draft = statements.fill(statements.make_statement(make_unit(name, group=group)))
    draft.entries.exclude(evidence="").update(evidence=f"Checked at {name}.")
    return statements.sign(statements.complete(draft))


def page(group: BusinessGroup, name: str = "accept_together") -> str:
    return reverse(f"assurance:{name}", args=[group.slug, QUARTER])


def accept(group: BusinessGroup, by: User, *revisions: Revision, **more: Any) -> Outcome:
    now = timezone.now()
    (found,) = work_lists([group], QUARTER, today=now.date())
    seen = {one.statement.unit.slug: one.content_digest for one in revisions}
    given: dict[str, Any] = {"seen": seen, "answers": YES, **more}
    return accepting.accept_together(group=group, quarter=QUARTER, rows=found.rows, by=by, at=now, **given)


def answers(*revisions: Revision, **other: str) -> Mapping[str, Any]:
    return {"seen": [f"{one.statement.unit.slug} {one.content_digest}" for one in revisions], **ALL_YES, **other}


# --- The act --------------------------------------------------------------------------------------------------------


def test_each_statement_gets_a_decision_a_line_of_the_trail_and_a_notice_of_its_own(
    group: BusinessGroup, lead: User
) -> None:
    first, second, other = (ready(name, group) for name in ("Kiln Hill", "Mill Lane", "Not asked for"))
    given = YES | {"identifies_improvement": Answer(True, "Each has one action.")}
    outcome = accept(group, lead, first, second, answers=given)
    assert (len(outcome.accepted), outcome.left_out) == (2, [])
    for revision in (first, second):
        review = Review.objects.get(revision=revision)
        assert (review.decision, review.decided_by) == (Decision.ACCEPTED, lead)
        assert review.content_digest == revision.content_digest
        assert (review.appropriately_completed, review.identifies_improvement_note) == (True, "Each has one action.")
        line = TrailEntry.objects.get(act="statement.accepted", thing_id=revision.pk)
        assert (line.actor, line.detail["content_digest"]) == (lead, revision.content_digest)
        assert Notice.objects.filter(key__startswith=notices.all_about(revision.statement_id)).exists()
    other.refresh_from_db()
    assert other.state == RevisionState.SIGNED
    seal()
    call_command("verify_digests")  # exits with an error where a review is not the one that the trail has


def test_sent_twice_nothing_is_decided_twice(group: BusinessGroup, lead: User) -> None:
    first, second = ready("Kiln Hill", group), ready("Mill Lane", group)
    accept(group, lead, first, second)
    again = accept(group, lead, first, second)
    assert again.accepted == []
    assert again.left_out == [
        LeftOut("Kiln Hill", "kiln-hill", "it is accepted"),
        LeftOut("Mill Lane", "mill-lane", "it is accepted"),
    ]
    assert Review.objects.count() == 2


def test_one_that_gained_a_point_changed_or_is_the_persons_own_is_left_out_and_the_rest_accepted(
    group: BusinessGroup,
) -> None:
    names = ("Clean", "Gained a point", "Changed", "Own", "Returned")
    clean, pointed, changed, own, returned = (ready(name, group) for name in names)
    actions.make_action(pointed.statement.unit, "Repair the gate", due=timezone.localdate().replace(year=2020, day=1))
    assert own.completed_by is not None
    appoint(own.completed_by, Role.COG_LEAD, group=group)
    statements.decide(returned, Decision.RETURNED)
    seen = {one.statement.unit.slug: one.content_digest for one in (clean, pointed, own, returned)}
    outcome = accept(group, own.completed_by, seen=seen | {"changed": "0" * 64, "nowhere": "0" * 64})
    assert [review.revision_id for review in outcome.accepted] == [clean.pk]
    assert {one.unit: one.why for one in outcome.left_out} == {
        "Gained a point": "it has 1 point to look at",
        "Changed": "it has changed since you opened the page",
        "Own": "you completed or signed it, so somebody else has to review it",
        "Returned": "it is returned",
    }
    changed.refresh_from_db()
    assert changed.state == RevisionState.SIGNED


def test_one_that_has_moved_to_another_group_is_not_theirs_any_more(group: BusinessGroup, lead: User) -> None:
    """Not even where they read all of the force's statements."""
    appoint(lead, Role.SHRMT)
    moved = ready("Moved", group)
    outcome = accept(group, lead, moved)
    assert len(outcome.accepted) == 1
    other = ready("Moved too", group)
    (found,) = work_lists([group], QUARTER, today=timezone.localdate())
    today = timezone.localdate()
    other.statement.unit.memberships.update(starts_on=today.replace(year=2000))
    move_unit(other.statement.unit, to=make_group(), on=today, last_day_before=today.replace(year=2001))
    late = accepting.accept_together(
        group=group,
        quarter=QUARTER,
        rows=found.rows,
        seen={"moved-too": other.content_digest},
        answers=YES,
        by=lead,
        at=timezone.now(),
    )
    assert late == Outcome([], [LeftOut("Moved too", "moved-too", "it is not yours to review any more")])


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_no_to_any_question_accepts_nothing(question: str, group: BusinessGroup, lead: User) -> None:
    with pytest.raises(Refused, match="yes"):
        accept(group, lead, ready("Kiln Hill", group), answers=YES | {question: Answer(False)})
    assert not Review.objects.exists()


def test_where_one_decision_fails_none_is_taken(group: BusinessGroup, lead: User) -> None:
    first, second = ready("Kiln Hill", group), ready("Mill Lane", group)
    decide = reviews.decide

    def fail_at_the_second(**given: Any) -> Review:
        if given["revision"].pk == second.pk:
            raise RuntimeError("The database went away")
        return decide(**given)

    with (
        mock.patch.object(reviews, "decide", side_effect=fail_at_the_second),
        pytest.raises(RuntimeError, match="went away"),
    ):
        accept(group, lead, first, second)
    assert not Review.objects.exists()
    assert not TrailEntry.objects.filter(act="statement.accepted").exists()
    assert set(Revision.objects.values_list("state", flat=True)) == {"signed"}


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_lists_exactly_what_is_accepted_and_names_what_is_left_out(group: BusinessGroup, lead: User) -> None:
    first, second = ready("Kiln Hill", group), ready("Mill Lane", group)
    pointed = ready("Pointed", group)
    actions.make_action(pointed.statement.unit, "Repair the gate", due=timezone.localdate().replace(year=2020, day=1))
    statements.make_statement(make_unit("Open", group=group))
    client = signed_in(lead)
    html = unescape(client.get(page(group)).content.decode())
    for one in (first, second):
        assert f'name="seen" value="{one.statement.unit.slug} {one.content_digest}"' in html
        assert f'<code class="app-digest">{one.content_digest}</code>' in html
    assert html.count('name="seen"') == 2
    assert "2 statements you accept" in html
    assert "Pointed: it has 1 point to look at" in text_of(html).replace(" :", ":")
    assert "Accept together the 2 statements without a point to look at" in text_of(
        client.get(page(group, "group_reviews")).content.decode()
    )
    answer = client.post(page(group), answers(first, second), follow=True)
    assert answer.redirect_chain == [(page(group, "group_reviews"), 302)]
    assert "You accepted 2 statements: Kiln Hill, Mill Lane." in answer.content.decode()
    assert "Accept together" not in answer.content.decode()
    again = client.post(page(group), answers(first), follow=True)
    assert "Not accepted: Kiln Hill (it is accepted)." in unescape(again.content.decode())


def test_a_no_or_a_missing_answer_keeps_what_was_typed_and_accepts_nothing(group: BusinessGroup, lead: User) -> None:
    first = ready("Kiln Hill", group)
    note = {"identifies_improvement_note": "Kept words"}
    no = signed_in(lead).post(page(group), answers(first, reflects_performance="no", **note))
    missing = signed_in(lead).post(page(group), answers(first, reflects_performance="", **note))
    for answer, said in ((no, "Review the ones for which it is no one at a time."), (missing, "Answer yes or no: ")):
        html = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert said in html
        assert "Kept words" in html
        assert "<title>Error: " in html
    assert not Review.objects.exists()


def test_a_statement_that_came_in_after_the_page_was_opened_is_not_accepted(group: BusinessGroup, lead: User) -> None:
    first = ready("Kiln Hill", group)
    later = ready("Mill Lane", group)
    signed_in(lead).post(page(group), answers(first))
    later.refresh_from_db()
    assert later.state == RevisionState.SIGNED


def test_without_anything_to_accept_the_page_says_what_will_appear(group: BusinessGroup, lead: User) -> None:
    text = text_of(signed_in(lead).get(page(group)).content.decode())
    assert "No statement of this quarter awaits your review without a point to look at." in text
    nothing = signed_in(lead).post(page(group), ALL_YES, follow=True)
    assert "Nothing was accepted" in nothing.content.decode()


def test_support_staff_read_the_list_but_do_not_accept(group: BusinessGroup) -> None:
    first = ready("Kiln Hill", group)
    support = make_person(Role.COG_SUPPORT, group=group)
    refused = signed_in(support).post(page(group), answers(first))
    assert refused.status_code == 403
    assert "COG) lead accepts statements" in unescape(refused.content.decode())
    assert "Accept together" not in signed_in(support).get(page(group, "group_reviews")).content.decode()
    assert signed_in(make_person(Role.COG_LEAD)).get(page(group)).status_code == 404
    assert not Review.objects.exists()


def test_both_pages_cost_as_many_queries_for_twelve_statements_as_for_three(group: BusinessGroup, lead: User) -> None:
    def price(name: str) -> int:
        client = signed_in(lead)
        client.get(page(group, name))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(group, name))
        return len(queries)

    for number in range(3):
        ready(f"Early {number}", group)
    before = price("accept_together"), price("group_reviews")
    for number in range(9):
        ready(f"Late {number}", group)
    assert (price("accept_together"), price("group_reviews")) == before
