"""Reviewing a draft: comments, suggestions, and what becomes of them."""

from __future__ import annotations

import pytest
from django.db import InternalError
from django.test import Client
from django.urls import reverse

from organisation.models import User
from organisation.roles import Role
from papers.models import Paper, SectionComment, Settled
from papers.services import comments, papers
from papers.services.papers import Refused
from records.edits import Edit
from records.models import TrailEntry
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_comment, make_draft, make_final

pytestmark = pytest.mark.django_db
TEXT = "Two units report low levels. Two units report none."


@pytest.fixture
def author() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


@pytest.fixture
def draft(author: User) -> Paper:
    paper = make_draft(by=author)
    papers.save_section(paper=paper, key="risk", edit=Edit(0, TEXT), by=author, at=NOW)
    return paper


def text_of(paper: Paper) -> str:
    text: str = paper.sections.get(key="risk").text
    return text


def suggest(paper: Paper, quoted: str, instead: str, *, by: User) -> SectionComment:
    return make_comment(paper, by=by, text="", quoted=quoted, instead=instead, is_suggestion=True)


def settle(comment: SectionComment, how: Settled, *, by: User, answer: str = "") -> SectionComment:
    return comments.settle(comment=comment, how=how, answer=answer, by=by, at=NOW)


def test_a_suggestion_taken_over_changes_these_words_and_no_others(draft: Paper, author: User, head: User) -> None:
    suggestion = suggest(draft, "report none", "have not reported", by=head)
    settled = settle(suggestion, Settled.TAKEN, by=author)
    assert text_of(draft) == "Two units report low levels. Two units have not reported."
    assert (settled.settled_by, settled.settled) == (author, "taken")
    section = draft.sections.get(key="risk")
    assert (section.version, section.changed_by) == (2, author)
    acts = list(TrailEntry.objects.filter(act__startswith="paper.comment").values_list("act", flat=True))
    assert acts == ["paper.commented", "paper.comment_settled"]


def test_words_that_stand_twice_or_not_at_all_are_no_place(draft: Paper, head: User) -> None:
    with pytest.raises(Refused, match="stand 2 times"):
        suggest(draft, "Two units", "Both units", by=head)
    with pytest.raises(Refused, match="do not stand in the section"):
        suggest(draft, "Three units", "Both units", by=head)
    with pytest.raises(Refused, match="Copy the words"):
        suggest(draft, "  ", "Both units", by=head)
    assert not SectionComment.objects.exists()


def test_a_suggestion_whose_words_have_gone_meanwhile_is_not_taken_over(draft: Paper, author: User, head: User) -> None:
    suggestion = suggest(draft, "report none", "have not reported", by=head)
    papers.save_section(paper=draft, key="risk", edit=Edit(1, "Rewritten."), by=author, at=NOW)
    with pytest.raises(Refused, match="as it is now"):
        settle(suggestion, Settled.TAKEN, by=author)
    suggestion.refresh_from_db()
    assert (suggestion.settled, text_of(draft)) == ("", "Rewritten.")


def test_declining_needs_a_reason_and_settling_is_done_once(draft: Paper, author: User, head: User) -> None:
    suggestion = suggest(draft, "report none", "", by=head)
    with pytest.raises(Refused, match="why the suggestion is declined"):
        settle(suggestion, Settled.DECLINED, by=author)
    settle(suggestion, Settled.DECLINED, by=author, answer="It is true as it stands.")
    with pytest.raises(Refused, match="settled this already: declined"):
        settle(suggestion, Settled.TAKEN, by=author)
    assert text_of(draft) == TEXT


def test_a_block_takes_comments_and_no_suggestions(draft: Paper, author: User) -> None:
    assert make_comment(draft, key="maturity-position", text="Which groups?").text == "Which groups?"
    with pytest.raises(Refused, match="drawn from data"):
        make_comment(draft, key="maturity-position", quoted="a", instead="b", is_suggestion=True)
    comment = make_comment(draft)
    with pytest.raises(Refused, match="no words to take over"):
        settle(comment, Settled.TAKEN, by=author)


def test_a_final_paper_takes_no_comments(author: User) -> None:
    with pytest.raises(Refused, match="final, not published"):
        make_comment(make_final(by=author))


def test_what_was_said_stays_as_it_was_said(draft: Paper) -> None:
    comment = make_comment(draft)
    with pytest.raises(InternalError, match="Cannot"):
        SectionComment.objects.filter(pk=comment.pk).update(text="Nothing was said.")


# --- The pages --------------------------------------------------------------------------------------------------------


def test_a_reviewer_suggests_and_the_author_takes_it_over(
    client: Client, draft: Paper, author: User, head: User
) -> None:
    client.force_login(head)
    address = reverse("papers:section_comments", args=[draft.pk, "risk"])
    refused = client.post(address, {"text": ""})
    assert refused.status_code == 422
    assert "Write a comment, or suggest" in refused.content.decode()
    said = {"quoted": "report none", "instead": "<b>say nothing</b>", "is_suggestion": "on", "text": "Clearer."}
    assert client.post(address, said).status_code == 302
    client.force_login(author)
    assert "1 open" in client.get(reverse("papers:paper", args=[draft.pk])).content.decode()
    shown = client.get(reverse("papers:section", args=[draft.pk, "risk"])).content.decode()
    assert "&lt;b&gt;say nothing&lt;/b&gt;" in shown
    comment = SectionComment.objects.get()
    answer = client.post(reverse("papers:settle_comment", args=[comment.pk]), {"how": "taken"}, follow=True)
    assert "Taken over" in answer.content.decode()
    assert text_of(draft) == "Two units report low levels. Two units <b>say nothing</b>."
    again = client.post(reverse("papers:settle_comment", args=[comment.pk]), {"how": "declined", "answer": "No"})
    assert again.status_code == 422
    assert "settled this already" in again.content.decode()
    assert client.post(reverse("papers:settle_comment", args=[comment.pk]), {"how": "what"}).status_code == 422
    everything = client.get(reverse("papers:comments", args=[draft.pk])).content.decode()
    assert "Clearer." in everything
