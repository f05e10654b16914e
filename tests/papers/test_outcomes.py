"""What the panel made of a paper's recommendations, and telling the panel of a paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from organisation.models import User
from organisation.roles import Role
from papers.contents.layout import recommendations_in
from papers.models import OutcomeKind, PanelOutcome, Paper
from papers.services import outcomes, papers
from papers.services.outcomes import Said
from papers.services.papers import Refused
from records.edits import Edit
from records.models import Notice, TrailEntry
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_final, make_published, make_rollup, make_withdrawn, north

pytestmark = pytest.mark.django_db
NOTED = Said(OutcomeKind.NOTED)
ASKED = Said(OutcomeKind.ACTION, "Bring the audits’ results.", "Head of Safety", date(2026, 3, 1))


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


@pytest.fixture
def paper() -> Paper:
    """A published paper that asks for two things."""
    make_rollup("North", north())
    by = make_person(Role.SHRMT)
    draft = make_draft(by=by)
    version = draft.sections.get(key="recommendations").version
    text = "The panel is asked to note {{ maturity.half }}.\n\nThe panel is asked to name a day."
    papers.save_section(paper=draft, key="recommendations", edit=Edit(version, text), by=by, at=NOW)
    return published(papers.finalise(paper=draft, by=by, at=NOW))


def published(final: Paper) -> Paper:
    final.pdf = make_final().pdf
    final.save()
    return papers.publish(paper=final, seen_digest=final.content_digest, by=make_person(Role.HEAD), at=NOW)


def record(paper: Paper, head: User, said: Said = NOTED, **more: Any) -> PanelOutcome:
    more = {"number": 1, "seen": None} | more
    return outcomes.record(paper=paper, said=said, by=head, at=NOW, **more)


def a(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_recommendation_is_a_paragraph_as_the_paper_prints_it(paper: Paper) -> None:
    assert recommendations_in(paper.content) == [
        "<p>The panel is asked to note H1 2025/26 (April to September 2025).</p>",
        "<p>The panel is asked to name a day.</p>",
    ]


def test_an_outcome_is_recorded_with_its_trail(paper: Paper, head: User) -> None:
    outcome = record(paper, head, ASKED, number=2)
    assert (outcome.note, outcome.owner, outcome.due_on) == (ASKED.note, ASKED.owner, ASKED.due_on)
    entry = TrailEntry.objects.get(act="paper.outcome_recorded")
    assert (entry.thing_id, entry.actor_id, entry.detail) == (paper.pk, head.pk, {"number": 2, "outcome": "action"})


def test_only_an_action_keeps_who_answers_for_it(paper: Paper, head: User) -> None:
    outcome = record(paper, head, Said(OutcomeKind.AGREED, " Agreed as it stands. ", "Somebody", date(2026, 1, 1)))
    assert (outcome.note, outcome.owner, outcome.due_on) == ("Agreed as it stands.", "", None)


def test_another_outcome_takes_its_place_with_a_reason_and_both_stay(paper: Paper, head: User) -> None:
    first = record(paper, head)
    with pytest.raises(Refused, match="Say why"):
        record(paper, head, ASKED, seen=first.pk, because=" ")
    second = record(paper, head, ASKED, seen=first.pk, because="The minutes say more.")
    assert list(PanelOutcome.objects.standing_of(paper)) == [second]
    assert set(PanelOutcome.objects.filter(paper=paper)) == {first, second}
    with pytest.raises(Refused, match="Somebody else has recorded another outcome"):
        record(paper, head, NOTED, seen=first.pk, because="Late.")
    with pytest.raises(Refused, match="Somebody else has recorded another outcome"):
        record(paper, head, NOTED)


@pytest.mark.parametrize("said", [Said(OutcomeKind.ACTION, "Do it."), Said(OutcomeKind.ACTION, " ", "The Head")])
def test_an_action_says_what_and_who(paper: Paper, head: User, said: Said) -> None:
    with pytest.raises(Refused, match="a post that answers for it"):
        record(paper, head, said)


@pytest.mark.parametrize("number", [0, 3])
def test_there_are_as_many_outcomes_as_recommendations(paper: Paper, head: User, number: int) -> None:
    with pytest.raises(Refused, match=f"no recommendation {number}"):
        record(paper, head, number=number)


@pytest.mark.parametrize("make", [make_draft, make_final, make_withdrawn])
def test_what_is_not_published_has_no_outcome(make: Any, head: User) -> None:
    with pytest.raises(Refused, match="Only a published paper"):
        record(make(), head)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_what_was_recorded(paper: Paper, head: User, change: str) -> None:
    rows = PanelOutcome.objects.filter(pk=record(paper, head).pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(note="Something else") if change == "update" else rows.delete()


def test_the_panel_reads_recommendations_with_their_outcome(paper: Paper, head: User) -> None:
    record(paper, head, ASKED, number=2)
    page = a(make_person(Role.PANEL_MEMBER)).get(reverse("papers:paper", args=[paper.pk])).content.decode()
    for said in ("Recommendation 1", "No outcome has been recorded yet.", "Action asked", ASKED.note, "Head of Safety"):
        assert said in page
    assert "Record the outcome" not in page


def test_the_head_records_an_outcome_on_a_page_and_puts_it_right(paper: Paper, head: User) -> None:
    address = reverse("papers:outcome", args=[paper.pk, 2])
    assert "The panel is asked to name a day." in a(head).get(address).content.decode()
    empty = a(head).post(address, {"kind": "action", "note": "", "owner": ""})
    assert empty.status_code == 422
    assert "a post that answers for it" in empty.content.decode()
    assert a(head).post(address, {"kind": "noted"}).status_code == 302
    first = PanelOutcome.objects.get()
    again = {"kind": "action", "note": "Name it.", "owner": "Secretary", "due_on": "1 3 2026", "seen": first.pk}
    assert a(head).post(address, again).status_code == 422  # without a reason
    assert a(head).post(address, again | {"because": "The minutes say so."}).status_code == 302
    standing = PanelOutcome.objects.standing_of(paper).get()
    assert (standing.kind, standing.owner, standing.due_on) == ("action", "Secretary", date(2026, 3, 1))
    assert a(head).get(reverse("papers:outcome", args=[paper.pk, 3])).status_code == 404


def test_panel_members_are_told_of_a_paper_once_and_of_a_withdrawn_one_no_more() -> None:
    member, gone, inside = (make_person(Role.PANEL_MEMBER), make_person(Role.PANEL_MEMBER), make_person(Role.SPOC))
    gone.appointments.update(ends_on=NOW.date() - timedelta(days=1))
    paper = make_published()
    told = Notice.objects.filter(kind="paper.published", withdrawn_at=None)
    assert [one.person_id for one in told] == [member.pk]
    assert inside.pk not in told.values_list("person_id", flat=True)
    assert "“Safety culture” for the meeting of 18 November 2025" in told.get().line
    papers.withdraw(paper=paper, reason="A figure was wrong.", by=make_person(Role.HEAD), at=NOW)
    assert not told.all().exists()
