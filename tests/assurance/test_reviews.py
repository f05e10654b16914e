"""The COG lead's decision, and the list of what awaits it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assurance.models import Decision, Review, ReviewComment, Revision, RevisionState
from assurance.rules import Refused
from assurance.services import reviews
from assurance.services.reviews import Answer
from assurance.worklist import ReviewState, RevisionFacts, WorkList, state_of, work_lists
from organisation.models import BusinessGroup, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_person, make_unit, move_unit

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 1)  # due 31 May 2025
NOW = datetime(2025, 6, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def decide(revision: Revision, decision: Decision, by: User, *, reasons: str = "", digest: str | None = None) -> Review:
    return reviews.decide(
        revision=revision,
        decision=decision,
        appropriately_completed=Answer(True),
        reflects_performance=Answer(False, "Two injuries are not mentioned."),
        identifies_improvement=Answer(True),
        reasons=reasons,
        seen_digest=revision.content_digest if digest is None else digest,
        by=by,
        at=NOW,
    )


@pytest.fixture
def lead() -> User:
    return make_person(Role.COG_LEAD)


# --- Deciding -------------------------------------------------------------------------------------------------------


def test_accepting_keeps_the_answers_and_what_was_judged(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER)
    review = decide(revision, Decision.ACCEPTED, lead)
    revision.refresh_from_db()
    assert revision.state == RevisionState.ACCEPTED
    assert (review.reflects_performance, review.reflects_performance_note) == (False, "Two injuries are not mentioned.")
    assert (review.decided_by, review.decided_at) == (lead, NOW)
    assert review.content_digest == revision.content_digest
    assert revision.statement.revisions.count() == 1
    entry = TrailEntry.objects.get(act="statement.accepted")
    assert (entry.actor, entry.thing_id) == (lead, revision.pk)


def test_returning_opens_the_next_revision_with_the_same_answers(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER, level=2, levels={"audit": 4})
    decide(revision, Decision.RETURNED, lead, reasons="Evidence for audit is thin.")
    revision.refresh_from_db()
    following = revision.statement.revisions.get(number=2)
    assert revision.state == RevisionState.RETURNED
    assert (following.state, following.opened_because) == (RevisionState.OPEN, "Evidence for audit is thin.")
    levels = dict(following.entries.values_list("theme__identity", "level"))
    assert (levels["audit"], levels["leadership"], levels["wellbeing"]) == (4, 2, None)


def test_returning_needs_reasons(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER)
    with pytest.raises(Refused, match="Say why you return the statement"):
        decide(revision, Decision.RETURNED, lead, reasons="  ")
    assert not Review.objects.exists()


def test_only_what_was_on_the_screen_is_decided_on(lead: User) -> None:
    with pytest.raises(Refused, match="has changed since you opened this page"):
        decide(statements.signed(quarter=QUARTER), Decision.ACCEPTED, lead, digest="0" * 64)


def test_a_decision_is_taken_once(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER)
    decide(revision, Decision.ACCEPTED, lead)
    with pytest.raises(Refused, match="accepted; only a signed one can be reviewed"):
        decide(revision, Decision.RETURNED, lead, reasons="On second thoughts")
    assert Review.objects.get().decision == Decision.ACCEPTED


@pytest.mark.parametrize("part", ["completed_by", "signed_by"])
def test_nobody_reviews_what_they_completed_or_signed(part: str) -> None:
    revision = statements.signed(quarter=QUARTER)
    with pytest.raises(Refused, match="somebody else has to review it"):
        decide(revision, Decision.ACCEPTED, getattr(revision, part))
    assert not Review.objects.exists()


def test_comments_on_themes_are_kept_with_the_review_in_normal_form(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER)
    said = {
        "leadership": " Cafe\u0301 briefings count.\r\nSay when. ",
        "audit": "Name the last one.",
        "wellbeing": " \n",
    }
    review = statements.decide(revision, Decision.ACCEPTED, by=lead, comments=said)
    assert list(review.comments.values_list("theme__identity", "text")) == [
        ("leadership", "Caf\u00e9 briefings count.\nSay when."),
        ("audit", "Name the last one."),
    ]


def test_a_comment_on_a_theme_the_statement_has_not_is_refused_with_the_decision(lead: User) -> None:
    revision = statements.signed(quarter=QUARTER)
    with pytest.raises(Refused, match="a theme that the statement does not have"):
        statements.decide(revision, Decision.ACCEPTED, by=lead, comments={"audit": "Good.", "drills": "Good."})
    assert not Review.objects.exists()
    assert not ReviewComment.objects.exists()


# --- Where a statement stands -----------------------------------------------------------------------------------------


def at(day: int, month: int = 5) -> datetime:
    return datetime(2025, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("revisions", "state", "hint"),
    [
        ([], ReviewState.NOT_OPENED, ""),
        ([RevisionFacts(1, "open")], ReviewState.OPEN, ""),
        ([RevisionFacts(1, "completed")], ReviewState.COMPLETED, ""),
        ([RevisionFacts(1, "signed", at(31))], ReviewState.AWAITS_REVIEW, "signed 31 May 2025"),
        ([RevisionFacts(1, "signed", at(1, 6))], ReviewState.AWAITS_REVIEW, "signed 1 June 2025, late"),
        ([RevisionFacts(1, "accepted", at(3), at(9))], ReviewState.ACCEPTED, "9 May 2025"),
        (
            [RevisionFacts(1, "returned", at(3), at(9)), RevisionFacts(2, "completed")],
            ReviewState.RETURNED,
            "9 May 2025; revision 2 is completed",
        ),
        (
            [RevisionFacts(1, "returned", at(3), at(9)), RevisionFacts(2, "signed", at(12))],
            ReviewState.AWAITS_REVIEW,
            "signed 12 May 2025",
        ),
        (
            [RevisionFacts(1, "accepted", at(3), at(9)), RevisionFacts(2, "open")],
            ReviewState.ACCEPTED,
            "9 May 2025; revision 2 is open",
        ),
        (
            [RevisionFacts(1, "accepted", at(3), at(9)), RevisionFacts(2, "signed", at(12))],
            ReviewState.AWAITS_REVIEW,
            "signed 12 May 2025; revision 1, accepted, stands",
        ),
        (
            [
                RevisionFacts(1, "accepted", at(3), at(9)),
                RevisionFacts(2, "returned", at(12), at(14)),
                RevisionFacts(3, "open"),
            ],
            ReviewState.RETURNED,
            "14 May 2025; revision 3 is open; revision 1, accepted, stands",
        ),
    ],
)
def test_a_statement_stands_where_its_newest_signed_revision_does(
    revisions: list[RevisionFacts], state: ReviewState, hint: str
) -> None:
    assert state_of(revisions, QUARTER) == (state, hint)
    assert state_of(reversed(revisions), QUARTER) == (state, hint)


def the_list(group: BusinessGroup, quarter: Quarter = QUARTER, today: date = TODAY) -> WorkList:
    (found,) = work_lists([group], quarter, today=today)
    return found


def test_the_list_has_every_unit_expected_and_counts_as_the_roll_up_does() -> None:
    group = make_group()
    statements.decide(statements.signed(make_unit("Accepted", group=group), QUARTER), Decision.ACCEPTED)
    statements.signed(make_unit("Awaiting", group=group), QUARTER)
    statements.make_statement(make_unit("Blank", group=group), QUARTER)
    make_unit("Not opened", group=group)
    statements.decide(statements.signed(make_unit("Returned", group=group), QUARTER), Decision.RETURNED)
    make_unit("Begun a day too late", group=group, opened_on=date(2025, 4, 2))
    make_unit("Gone before", group=group, closed_on=date(2025, 3, 31))
    make_unit("Somebody else's")
    found = the_list(group)
    assert [(row.unit, row.state, row.overdue) for row in found.rows] == [
        ("Accepted", ReviewState.ACCEPTED, False),
        ("Awaiting", ReviewState.AWAITS_REVIEW, False),
        ("Blank", ReviewState.OPEN, True),
        ("Not opened", ReviewState.NOT_OPENED, True),
        ("Returned", ReviewState.RETURNED, True),
    ]
    assert (found.coverage.expected, found.coverage.signed, found.coverage.accepted) == (5, 2, 1)
    assert found.awaiting_review == 1


def test_nothing_is_overdue_on_the_day_it_is_due() -> None:
    group = make_group()
    make_unit(group=group)
    assert [row.overdue for row in the_list(group, today=date(2025, 5, 31)).rows] == [False]
    assert [row.overdue for row in the_list(group, today=date(2025, 6, 1)).rows] == [True]


def test_a_unit_stays_in_the_list_of_the_group_it_was_in_when_the_quarter_ended() -> None:
    before, after = make_group(), make_group()
    moved = make_unit("Moved", group=before)
    move_unit(moved, to=after, on=date(2025, 9, 1), last_day_before=date(2025, 8, 31))
    later = date(2025, 11, 1)
    assert [row.unit for row in the_list(before, today=later).rows] == ["Moved"]
    assert [row.unit for row in the_list(after, today=later).rows] == []
    assert [row.unit for row in the_list(after, QUARTER.next(), today=later).rows] == ["Moved"]


def test_all_lists_take_two_queries_however_many_units() -> None:
    groups = [make_group() for _ in range(3)]
    for group in groups:
        for _ in range(5):
            make_unit(group=group)
    statements.signed(make_unit("Signed", group=groups[1]), QUARTER)
    with CaptureQueriesContext(connection) as queries:
        found = work_lists(groups, QUARTER, today=TODAY)
    assert [len(each.rows) for each in found] == [5, 6, 5]
    assert found[1].coverage.signed == 1
    assert len(queries) == 2
