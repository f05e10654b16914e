"""Papers that follow others: which one a new paper follows, and one that takes the place of another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import User
from organisation.roles import Role
from papers.models import OutcomeKind, Paper, PaperState
from papers.services import outcomes, papers
from papers.services.outcomes import Said
from papers.services.papers import Refused
from records.edits import Edit
from records.models import Notice, TrailEntry
from records.services import trail
from tests.factories.organisation import make_person
from tests.factories.papers import (
    FIRST,
    NOW,
    give_document,
    make_blob,
    make_draft,
    make_final,
    make_published,
    make_superseded,
    make_template,
    make_withdrawn,
    supersede,
)

pytestmark = pytest.mark.django_db
MARCH, JUNE, NOVEMBER = date(2025, 3, 18), date(2025, 6, 17), date(2025, 11, 18)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def a(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def page_of(paper: Paper, client: Client) -> str:
    return client.get(reverse("papers:paper", args=[paper.pk])).content.decode()


def follow(paper: Paper, by: User, **others: Paper | None) -> Any:
    edits = {name: Edit(0, other) for name, other in others.items()}
    return papers.save_details(paper=paper, edits=edits, by=by, at=NOW)


def replacing(paper: Paper, **draft: Any) -> Paper:
    """A final paper, with its document, that is to take the place of another."""
    by = make_person(Role.SHRMT)
    other = make_draft(by=by, title="The better one", **draft)
    follow(other, by, replaces=paper)
    return give_document(papers.finalise(paper=other, by=by, at=NOW))


def publish(paper: Paper, head: User, because: str = "A figure was wrong.") -> Paper:
    return papers.publish(paper=paper, seen_digest=paper.content_digest, because=because, by=head, at=NOW)


# --- The previous paper -----------------------------------------------------------------------------------------------


def test_a_new_paper_follows_the_last_one_of_its_template_or_else_of_its_panel() -> None:
    make_published(title="Longer ago", meeting_on=MARCH)
    last = make_published(title="Last", meeting_on=JUNE)
    make_published(title="For the same meeting", meeting_on=NOVEMBER)
    make_withdrawn(title="Withdrawn", meeting_on=date(2025, 10, 1))
    make_final(title="Not published", meeting_on=date(2025, 10, 1))
    assert make_draft(meeting_on=NOVEMBER).previous == last
    # No paper of this template has been published; all of them are for the audit panel.
    assert make_draft(meeting_on=NOVEMBER, template=make_template("force-summary")).previous == last
    assert make_draft(meeting_on=MARCH).previous is None


@pytest.mark.parametrize("make", [make_draft, make_final, make_withdrawn])
def test_only_a_published_paper_can_be_followed(make: Any, head: User) -> None:
    other, draft = make(title="The other"), make_draft()
    with pytest.raises(Refused, match=r"“The other” .* cannot be the previous paper\. Choose a published one"):
        follow(draft, head, previous=other)
    with pytest.raises(Refused, match=r"“The other” is .*, so this paper cannot take its place\. Choose another"):
        follow(draft, head, replaces=other)


def test_a_paper_follows_none_of_a_later_meeting_and_never_itself(head: User) -> None:
    later, draft = make_published(meeting_on=NOVEMBER), make_draft(meeting_on=JUNE)
    with pytest.raises(Refused, match="a meeting not after 17 June 2025"):
        follow(draft, head, previous=later)
    with pytest.raises(Refused, match="cannot be the previous paper"):
        follow(draft, head, previous=draft)


def test_what_was_followed_and_is_withdrawn_since_stops_no_other_change(head: User) -> None:
    before = make_published(meeting_on=JUNE)
    draft = make_draft(meeting_on=NOVEMBER)
    papers.withdraw(paper=before, reason="Wrong.", by=head, at=NOW)
    assert papers.save_details(paper=draft, edits={"title": Edit(0, "Another title")}, by=head, at=NOW) == ()
    assert "What has changed since" not in page_of(draft, a(Role.SHRMT))


def test_two_writers_who_choose_differently_see_both_choices(head: User) -> None:
    first, second = make_published(title="First", meeting_on=MARCH), make_published(title="Second", meeting_on=JUNE)
    draft = make_draft(meeting_on=NOVEMBER)  # follows the second
    follow(draft, head, previous=None)
    data = {
        "marking": "official",
        "title": draft.title, "panel": draft.panel, "meeting_on": "18 11 2025", "report_by": draft.report_by,
        "previous": first.pk, "replaces": second.pk,
    } | {f"{name}-version": FIRST for name in papers.DETAIL_FIELDS}  # fmt: skip
    answer = a(Role.SHRMT).post(reverse("papers:details", args=[draft.pk]), data)
    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "First (18 March 2025)" in answer.content.decode()
    assert (draft.previous, draft.replaces) == (None, second)


def test_a_choice_that_is_not_on_offer_is_refused_with_words() -> None:
    draft = make_draft()
    data = {
        "marking": "official",
        "title": "T", "panel": "P", "meeting_on": "18 11 2025", "report_by": "R", "previous": make_final().pk,
        "replaces": "x",
    } | {f"{name}-version": FIRST for name in papers.DETAIL_FIELDS}  # fmt: skip
    answer = a(Role.SHRMT).post(reverse("papers:details", args=[draft.pk]), data)
    assert answer.status_code == 422
    assert "This paper is not published any more. Choose one from the list, or none." in answer.content.decode()


def test_what_prints_a_paper_that_was_withdrawn_since_is_not_published(head: User) -> None:
    before = make_published(title="The first one", meeting_on=date(2025, 6, 17))
    template = make_template("safety-performance")
    draft = make_draft(template=template)
    papers.save_details(paper=draft, edits={"previous": Edit(0, before)}, by=draft.author, at=NOW)
    final = papers.finalise(paper=draft, by=draft.author, at=NOW)
    assert final.content["data"]["previous_paper"]["title"] == "The first one"
    final.pdf = make_blob()
    final.save()
    papers.withdraw(paper=before, reason="Wrong.", by=head, at=NOW)
    with pytest.raises(Refused, match="prints what “The first one” said, which has been withdrawn since"):
        publish(final, head)


# --- Taking its place -------------------------------------------------------------------------------------------------


def test_publishing_supersedes_the_other_with_a_reason_and_leaves_it_readable(head: User) -> None:
    member, old = make_person(Role.PANEL_MEMBER), make_published(title="The first one")
    new = replacing(old)
    with pytest.raises(Refused, match="Say why this paper takes the place of “The first one”"):
        publish(new, head, because=" ")
    publish(new, head)
    old.refresh_from_db()
    assert (old.state, old.superseded_at, old.is_released) == (PaperState.SUPERSEDED, NOW, True)
    assert old.superseded_because == "A figure was wrong."
    entry = TrailEntry.objects.get(act="paper.superseded")
    assert (entry.thing_id, entry.actor_id, entry.detail["replaced_by"]) == (old.pk, head.pk, new.pk)
    assert trail.words_of(entry) == {"reason": "A figure was wrong."}
    line = Notice.objects.get(person=member, key__startswith=f"paper:{new.pk}:").line
    assert "It takes the place of “The first one” (18 November 2025)." in line


@pytest.mark.parametrize("became", ["withdrawn", "superseded"])
def test_nothing_takes_the_place_of_what_is_not_published_any_more(became: str, head: User) -> None:
    old = make_published(title="The first one")
    new = replacing(old)
    if became == "withdrawn":
        papers.withdraw(paper=old, reason="Wrong.", by=head, at=NOW)
    else:
        supersede(old)
    with pytest.raises(Refused, match=f"“The first one” is {became}, so this paper cannot take its place"):
        publish(new, head)
    client = Client()
    client.force_login(head)
    assert f"“The first one” is {became}" in client.get(reverse("papers:publish", args=[new.pk])).content.decode()
    new.refresh_from_db()
    assert new.is_final


def test_what_was_seen_covers_whose_place_it_takes(head: User) -> None:
    """Reopened, given another paper to replace and made final again, it is not the paper that was on the screen."""
    first, second = make_published(title="First"), make_published(title="Second")
    new = replacing(first)
    seen = new.content_digest
    papers.reopen(paper=new, reason="The wrong one.", by=head, at=NOW)
    papers.save_details(paper=new, edits={"replaces": Edit(1, second)}, by=head, at=NOW)
    again = give_document(papers.finalise(paper=new, by=make_person(Role.SHRMT), at=NOW))
    with pytest.raises(Refused, match="changed since you opened this page"):
        papers.publish(paper=again, seen_digest=seen, because="Wrong.", by=head, at=NOW)


def test_the_head_publishes_on_a_page_that_says_what_is_superseded(head: User) -> None:
    old = make_published(title="The first one")
    new = replacing(old)
    client = Client()
    client.force_login(head)
    address = reverse("papers:publish", args=[new.pk])
    page = client.get(address)
    assert "“The first one” will be superseded." in page.content.decode()
    data = {"confirmed": "on", "seen_digest": page.context["form"]["seen_digest"].value()}
    assert client.post(address, data).status_code == 422
    assert client.post(address, data | {"because": "Figures of May were missing."}).status_code == 302
    old.refresh_from_db()
    assert old.is_superseded


def test_both_pages_and_the_list_say_so_with_links() -> None:
    old = make_published(title="The first one")
    new = supersede(old, title="The better one")
    old.refresh_from_db()
    member = a(Role.PANEL_MEMBER)
    links = {paper: f'href="{reverse("papers:paper", args=[paper.pk])}"' for paper in (old, new)}
    assert "This paper is superseded since 20 October 2025." in page_of(old, member)
    assert f"The reason given: {old.superseded_because}" in page_of(old, member)
    assert links[new] in page_of(old, member)
    assert "It took the place of" in page_of(new, member)
    assert links[old] in page_of(new, member)
    listed = member.get(reverse("papers:papers")).content.decode()
    assert "Superseded</strong>" in listed
    assert "The better one</a> (18 November 2025) has taken its place." in listed


def test_withdrawing_the_replacement_does_not_bring_the_other_back_and_the_pages_say_so(head: User) -> None:
    old = make_published(title="The first one")
    new = supersede(old, title="The better one")
    papers.withdraw(paper=new, reason="Worse still.", by=head, at=NOW)
    old.refresh_from_db()
    assert old.is_superseded
    member, inside = a(Role.PANEL_MEMBER), a(Role.SHRMT)
    for page in (page_of(old, member), member.get(reverse("papers:papers")).content.decode()):
        assert "The paper that took its place has been withdrawn. This paper stays superseded." in page
        assert "The better one" not in page
    assert "The better one</a> (18 November 2025) has taken its place, and has been withdrawn since." in page_of(
        old, inside
    )


def test_a_paper_that_replaced_one_that_is_withdrawn_says_so_without_a_link(head: User) -> None:
    old = make_published(title="The first one")
    new = supersede(old)
    old.refresh_from_db()
    papers.withdraw(paper=old, reason="Wrong.", by=head, at=NOW)
    page = page_of(new, a(Role.PANEL_MEMBER))
    assert "It took the place of The first one (18 November 2025), which has been withdrawn." in page
    assert reverse("papers:paper", args=[old.pk]) not in page


@pytest.mark.parametrize(
    ("withdrawn", "named"), [(False, "“The better one” (meeting of 18 November 2025)"), (True, "another paper")]
)
def test_verification_names_the_successor_to_whoever_may_read_it(withdrawn: bool, named: str, head: User) -> None:
    old = make_published(title="The first one")
    new = supersede(old, title="The better one")
    if withdrawn:
        papers.withdraw(paper=new, reason="Wrong.", by=head, at=NOW)
    page = a(Role.PANEL_MEMBER).get(reverse("verify_digest", args=[old.content_digest])).content.decode()
    assert f"It was published, and {named} has taken its place since." in page
    assert "Does not stand" in page


# --- The panel's page -------------------------------------------------------------------------------------------------


def test_papers_stand_by_meeting_the_newest_first_with_their_outcomes(head: User) -> None:
    make_published(title="In March", meeting_on=MARCH)
    one, two = (make_published(title=title, meeting_on=JUNE) for title in ("June, one", "June, two"))
    outcomes.record(paper=one, number=1, said=Said(OutcomeKind.NOTED), seen=None, by=head, at=NOW)
    page = a(Role.PANEL_MEMBER).get(reverse("papers:papers")).content.decode()
    stand_in_order = [
        "Audit panel, 17 June 2025", "June, two</a>", "1 recommendation, 0 with an outcome",
        "June, one</a>", "1 recommendation, 1 with an outcome",
        "Audit panel, 18 March 2025", "In March</a>", "1 recommendation, 0 with an outcome",
    ]  # fmt: skip
    places = [page.find(said) for said in stand_in_order[:4]]
    assert places == sorted(places)
    assert -1 not in places
    assert page.count("<h3") == 2
    assert two.title in page
    rest = page[places[-1] :]
    later = [rest.find(said) for said in stand_in_order[4:]]
    assert later == sorted(later)
    assert -1 not in later


def test_the_list_takes_the_same_queries_whatever_stands_in_it(django_assert_num_queries: Any, head: User) -> None:
    client = a(Role.PANEL_MEMBER)
    make_published()
    with django_assert_num_queries(12):
        client.get(reverse("papers:papers"))
    for month in range(1, 4):
        make_superseded(meeting_on=date(2025, month, 3))
    paper = make_published()
    outcomes.record(paper=paper, number=1, said=Said(OutcomeKind.NOTED), seen=None, by=head, at=NOW)
    with django_assert_num_queries(12):
        client.get(reverse("papers:papers"))
