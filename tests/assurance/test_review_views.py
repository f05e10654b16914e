"""The reviewers' pages: who sees what, what a decision needs, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.models import Decision, Review, Revision, RevisionState
from organisation.models import BusinessGroup, User
from organisation.periods import Quarter
from organisation.roles import Role
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def revision(group: BusinessGroup) -> Revision:
    """A signed statement of this quarter."""
    return statements.signed(make_unit("Kiln Hill", group=group), level=3, levels={"audit": 4})


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lead_of(group: BusinessGroup) -> Client:
    return browser(make_person(Role.COG_LEAD, group=group))


def address(revision: Revision) -> str:
    return reverse("assurance:review", args=[revision.statement.unit.slug, revision.statement.quarter])


def words(html: str) -> str:
    """The page's text, as somebody reads it."""
    body = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def answers(revision: Revision, **other: str) -> Mapping[str, str]:
    return {
        "digest": revision.content_digest,
        "appropriately_completed": "yes",
        "reflects_performance": "no",
        "reflects_performance_note": "Two injuries are missing.",
        "identifies_improvement": "yes",
        "decision": "accepted",
        "reasons": "",
        **other,
    }


# --- The review -----------------------------------------------------------------------------------------------------


def test_the_lead_reads_the_signed_text_and_finds_the_questions(revision: Revision, group: BusinessGroup) -> None:
    page = lead_of(group).get(address(revision))
    text = words(page.content.decode())
    assert page.status_code == 200
    assert "Revision 1, signed by" in text
    assert "4 Proactive culture" in text
    assert "Records of Leadership were checked." in text
    assert "Does it show the unit’s performance accurately?" in text
    assert f'name="digest" value="{revision.content_digest}"' in page.content.decode()


def test_what_is_shown_is_what_was_signed(revision: Revision, group: BusinessGroup) -> None:
    """Rows that change behind the signature, by whatever hand, do not reach the page."""
    with pgtrigger.ignore("assurance.Entry:signed_entries_are_frozen"):  # whoever owns the tables can
        revision.entries.update(evidence="Changed behind the signature")
    text = words(lead_of(group).get(address(revision)).content.decode())
    assert "Records of Leadership were checked." in text
    assert "Changed behind the signature" not in text


def test_last_quarters_levels_stand_beside(group: BusinessGroup) -> None:
    unit = make_unit("Kiln Hill", group=group)
    this = statements.this_quarter()
    statements.signed(unit, this.previous(), level=2, levels={"leadership": 5})
    page = lead_of(group).get(address(statements.signed(unit, this, level=3))).content.decode()
    row = re.search(r'href="#theme-leadership".*?</tr>', page, re.DOTALL)
    assert row is not None
    assert re.findall(r'class="app-level level level-(\w+)"', row[0]) == ["3", "5"]


def test_accepting_records_the_review_and_leads_back_to_the_list(revision: Revision, group: BusinessGroup) -> None:
    client = lead_of(group)
    page = client.post(address(revision), answers(revision), follow=True)
    review = Review.objects.get()
    assert (review.decision, review.reflects_performance) == (Decision.ACCEPTED, False)
    assert review.reflects_performance_note == "Two injuries are missing."
    assert page.redirect_chain == [
        (reverse("assurance:group_reviews", args=[group.slug, revision.statement.quarter]), 302)
    ]
    assert "You accepted the statement of Kiln Hill" in words(page.content.decode())
    assert "1 of 1 signed, 1 accepted" in words(page.content.decode())


def test_returning_with_reasons_opens_the_next_revision(revision: Revision, group: BusinessGroup) -> None:
    client = lead_of(group)
    client.post(address(revision), answers(revision, decision="returned", reasons="Say more on audit."))
    assert list(revision.statement.revisions.values_list("state", flat=True)) == ["returned", "open"]
    text = words(client.get(address(revision)).content.decode())
    assert "Say more on audit." in text
    assert "The unit has begun revision 2 since; it is open." in text
    assert "Your review" not in text


def test_returning_without_reasons_is_refused_and_keeps_what_was_typed(
    revision: Revision, group: BusinessGroup
) -> None:
    page = lead_of(group).post(address(revision), answers(revision, decision="returned", reasons=" "))
    html = page.content.decode()
    assert page.status_code == 422
    assert "Say why you return the statement and what is to be mended." in html
    assert 'href="#id_reasons"' in html
    assert "Two injuries are missing." in html
    assert not Review.objects.exists()


def test_unanswered_questions_are_named_one_by_one(revision: Revision, group: BusinessGroup) -> None:
    page = lead_of(group).post(address(revision), {"digest": revision.content_digest, "reasons": "Kept words"})
    html = unescape(page.content.decode())
    assert page.status_code == 422
    assert html.startswith("<!DOCTYPE html>")
    assert "<title>Error: " in html
    for message in (
        "Answer yes or no: Has the statement been completed as it should be?",
        "Answer yes or no: Does it show the unit’s performance accurately?",
        "Answer yes or no: Does it say what the unit will improve?",
        "Choose whether you accept or return the statement.",
    ):
        assert message in html
    assert "Kept words" in html


def test_a_decision_on_another_text_is_refused_and_keeps_what_was_typed(
    revision: Revision, group: BusinessGroup
) -> None:
    page = lead_of(group).post(address(revision), answers(revision, digest="0" * 64))
    assert page.status_code == 422
    assert "has changed since you opened this page" in page.content.decode()
    assert "Two injuries are missing." in page.content.decode()
    assert f'name="digest" value="{revision.content_digest}"' in page.content.decode()


def test_whoever_comes_second_sees_the_first_decision_and_their_own_words(
    revision: Revision, group: BusinessGroup
) -> None:
    lead_of(group).post(address(revision), answers(revision))
    page = lead_of(group).post(address(revision), answers(revision, decision="returned", reasons="My own reasons"))
    text = unescape(page.content.decode())
    assert page.status_code == 422
    assert "This statement is accepted; only a signed one can be reviewed." in text
    assert "What was decided" in text
    assert "My own reasons" in text
    assert Review.objects.get().decision == Decision.ACCEPTED


@pytest.mark.parametrize("part", ["completed_by", "signed_by"])
def test_a_lead_who_completed_or_signed_it_is_told_why_they_cannot_review(
    revision: Revision, group: BusinessGroup, part: str
) -> None:
    person = getattr(revision, part)
    appoint(person, Role.COG_LEAD, group=group)
    client = browser(person)
    page = client.get(address(revision))
    assert "somebody else has to review it" in page.content.decode()
    assert "Your review" not in words(page.content.decode())
    refused = client.post(address(revision), answers(revision))
    assert refused.status_code == 422
    assert "somebody else has to review it" in refused.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("role", [Role.COG_SUPPORT, Role.SHRMT, Role.HEAD, Role.SPOC, Role.SLT_LEAD])
def test_readers_read_and_do_not_decide(revision: Revision, group: BusinessGroup, role: Role) -> None:
    unit = revision.statement.unit
    own = {Role.COG_SUPPORT: {"group": group}, Role.SPOC: {"unit": unit}, Role.SLT_LEAD: {"unit": unit}}
    client = browser(make_person(role, **own.get(role, {})))  # type: ignore[arg-type]  # one of the two scopes
    page = client.get(address(revision))
    assert page.status_code == 200
    assert "has not reviewed it yet" in page.content.decode()
    assert "Your review" not in words(page.content.decode())
    refused = client.post(address(revision), answers(revision))
    assert refused.status_code == 403
    assert "Only the Chief Officer Group (COG) lead" in refused.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.COG_LEAD, Role.SPOC, Role.BOARD_MEMBER, Role.EXTERNAL_AUDITOR, Role.PANEL_MEMBER, Role.ADMINISTRATOR]
)
def test_strangers_find_no_such_page(revision: Revision, role: Role) -> None:
    client = browser(make_person(role))
    assert client.get(address(revision)).status_code == 404
    assert client.post(address(revision), answers(revision)).status_code == 404


def test_before_anything_is_signed_there_is_nothing_to_review(group: BusinessGroup) -> None:
    draft = statements.make_statement(make_unit(group=group))
    client = lead_of(group)
    assert "Nothing is signed yet" in client.get(address(draft)).content.decode()
    assert client.post(address(draft), answers(draft)).status_code == 422
    draft.refresh_from_db()
    assert draft.state == RevisionState.OPEN


# --- The list -------------------------------------------------------------------------------------------------------


def list_of(group: BusinessGroup, quarter: Quarter | None = None) -> str:
    return reverse("assurance:group_reviews", args=[group.slug, quarter or statements.this_quarter()])


def test_a_lead_of_one_group_comes_straight_to_its_list(revision: Revision, group: BusinessGroup) -> None:
    page = lead_of(group).get(reverse("assurance:reviews"), follow=True)
    text = words(page.content.decode())
    assert page.redirect_chain == [(list_of(group), 302)]
    assert "1 of 1 signed, 0 accepted, 1 awaiting review" in text
    assert "Kiln Hill Signed, awaits review" in text
    assert f'href="{address(revision)}"' in page.content.decode()


@pytest.mark.usefixtures("revision")
def test_who_follows_every_group_chooses_one() -> None:
    make_group("Met Operations")
    page = browser(make_person(Role.SHRMT)).get(reverse("assurance:reviews"))
    text = words(page.content.decode())
    assert "2 business groups" in text
    assert "Frontline Policing 1 1 1 0 Met Operations 0 0 0 0" in text


def test_a_draft_leads_to_the_statement_and_an_unopened_one_nowhere(group: BusinessGroup) -> None:
    statements.make_statement(make_unit("Blank", group=group))
    make_unit("Not opened yet", group=group)
    html = lead_of(group).get(list_of(group)).content.decode()
    assert f'href="{reverse("assurance:statement", args=["blank", statements.this_quarter()])}"' in html
    assert "not-opened-yet" not in html
    assert "Not opened yet Not opened" in words(html)


def test_earlier_quarters_are_reached_as_far_as_there_are_statements(group: BusinessGroup) -> None:
    this = statements.this_quarter()
    statements.make_statement(make_unit(group=group), this.previous())
    client = lead_of(group)
    assert f'href="{list_of(group, this.previous())}"' in client.get(list_of(group)).content.decode()
    assert client.get(list_of(group, this.previous())).status_code == 200
    assert client.get(list_of(group, this.plus(-2))).status_code == 404
    assert client.get(list_of(group, this.next())).status_code == 404


def test_a_group_without_units_says_so(group: BusinessGroup) -> None:
    assert "no statement is expected" in lead_of(group).get(list_of(group)).content.decode()


def test_other_groups_leads_and_other_roles_find_no_list(group: BusinessGroup) -> None:
    for role in (Role.COG_LEAD, Role.SPOC, Role.BOARD_MEMBER, Role.PANEL_MEMBER, Role.ADMINISTRATOR):
        assert browser(make_person(role)).get(list_of(group)).status_code == 404
    assert browser(make_user()).get(reverse("assurance:reviews")).status_code == 404


@pytest.mark.usefixtures("revision")
def test_the_list_takes_as_many_queries_for_forty_units_as_for_one(group: BusinessGroup) -> None:
    client = lead_of(group)
    client.get(list_of(group))
    with CaptureQueriesContext(connection) as few:
        client.get(list_of(group))
    for _ in range(39):
        make_unit(group=group)
    with CaptureQueriesContext(connection) as many:
        page = client.get(list_of(group))
    assert "1 of 40 signed" in words(page.content.decode())
    assert len(many) == len(few)


# --- What there is to look at -----------------------------------------------------------------------------------------

LONG = "Walk-rounds of all four sites were held each month, and 34 of 36 supervisors were briefed on what they found."


def theme_on(page: str, identity: str) -> str:
    """What the page says at one theme, as somebody reads it."""
    section = page.partition(f'<section aria-labelledby="theme-{identity}">')[2].partition("</section>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


def test_points_stand_on_top_and_at_the_theme_that_they_concern(group: BusinessGroup) -> None:
    unit, other = make_unit("Kiln Hill", group=group), make_unit("Mill Lane", group=group)
    this = statements.this_quarter()
    statements.signed(unit, this.previous(), levels={"leadership": 2})
    for one in (unit, other):
        draft = statements.fill(statements.make_statement(one))
        draft.entries.filter(theme__identity="audit").update(evidence=LONG)
        statements.sign(statements.complete(draft))
    page = lead_of(group).get(reverse("assurance:review", args=[unit.slug, this])).content.decode()
    raised = f"Level 3, raised from 2 in {this.previous()}, and nothing of the evidence is new."
    copied = "The evidence has the same words as that of Mill Lane on Assurance and Audit."
    assert page.count(raised) == 2
    assert raised in theme_on(page, "leadership")
    assert copied in theme_on(page, "audit")
    assert copied not in theme_on(page, "leadership")
    twin = reverse("assurance:review", args=[other.slug, this])
    assert f'<a class="govuk-link" href="{twin}">Mill Lane</a>' in page
    assert "No audit has validated a level of this unit yet" in words(page)
    # The unit's own people may not read the other unit's statement, so nothing is said of it.
    own = browser(make_person(Role.SPOC, unit)).get(reverse("assurance:review", args=[unit.slug, this]))
    assert "Mill Lane" not in own.content.decode()
    assert raised in words(own.content.decode())


def test_the_list_has_the_points_what_changed_what_was_carried_and_the_days_overdue(group: BusinessGroup) -> None:
    unit, late = make_unit("Kiln Hill", group=group), make_unit("Mill Lane", group=group)
    this = statements.this_quarter()
    quarter = this.previous()
    statements.signed(unit, quarter.previous(), levels={"leadership": 2})
    statements.signed(unit, quarter)
    statements.make_statement(late, quarter)
    page = lead_of(group).get(reverse("assurance:group_reviews", args=[group.slug, quarter])).content.decode()
    text = words(page)
    assert "1 of those awaiting review has points to look at." in text
    assert "Leadership : Level 3, raised from 2" in text
    assert "1 level raised : what changed in Kiln Hill" in text
    assert "0 of 11 themes" in text
    days = (timezone.localdate() - quarter.due_on).days
    assert f"{days} days overdue" in text


def test_comments_on_themes_go_with_the_decision_and_stand_at_their_themes(
    revision: Revision, group: BusinessGroup
) -> None:
    client = lead_of(group)
    page = client.get(address(revision)).content.decode()
    assert re.search(r'<textarea name="comment_leadership"[^>]* form="decide-form"', page)
    assert '<form method="post"' in page
    assert 'id="decide-form"' in page
    client.post(address(revision), answers(revision, comment_leadership="Name the drills.", comment_audit=" "))
    assert list(Review.objects.get().comments.values_list("theme__identity", "text")) == [
        ("leadership", "Name the drills.")
    ]
    decided = client.get(address(revision)).content.decode()
    assert "Name the drills." in theme_on(decided, "leadership")
    assert "Name the drills." not in theme_on(decided, "audit")
    assert f"Revision 1, digest {revision.content_digest}" in words(decided)
    unit = browser(make_person(Role.SPOC, revision.statement.unit))
    own = unit.get(reverse("assurance:statement", args=[revision.statement.unit.slug, revision.statement.quarter]))
    assert "On Leadership Name the drills." in words(own.content.decode())


def test_a_comment_that_is_too_long_is_named_and_kept_with_everything_typed(
    revision: Revision, group: BusinessGroup
) -> None:
    page = lead_of(group).post(address(revision), answers(revision, comment_audit="word " * 201, reasons="Kept words"))
    html = page.content.decode()
    assert page.status_code == 422
    assert 'href="#id_comment_audit"' in html
    assert "This has 201 words and the limit is 200." in html
    assert "Kept words" in html
    assert not Review.objects.exists()


def test_after_a_return_the_reviewer_reads_what_changed_and_the_rest_is_one_click_away(
    revision: Revision, group: BusinessGroup
) -> None:
    client = lead_of(group)
    client.post(address(revision), answers(revision, decision="returned", reasons="Say more on audit."))
    draft = revision.statement.revisions.get(number=2)
    draft.entries.filter(theme__identity="audit").update(level=3, evidence="Records of the last audit were checked.")
    statements.sign(statements.complete(draft))
    page = client.get(address(revision)).content.decode()
    shown, rest = page.split("Read everything else: 11 themes that have not changed, and the details")
    text = words(shown)
    assert "What changed since revision 1" in text
    assert "Say more on audit." in text
    assert "1 of 12 themes has changed." in text
    assert re.findall(r'<section aria-labelledby="theme-([a-z-]+)">', shown) == ["audit"]
    assert "Level lowered from 4 Proactive culture to 3 Compliant culture" in theme_on(shown, "audit")
    assert len(re.findall(r'<section aria-labelledby="theme-', rest)) == 11
    assert "Your review" in rest
    assert client.post(address(revision), answers(draft, digest=draft_digest(draft))).status_code == 302
    assert list(revision.statement.revisions.values_list("state", flat=True)) == ["returned", "accepted"]


def draft_digest(revision: Revision) -> str:
    revision.refresh_from_db()
    return revision.content_digest
