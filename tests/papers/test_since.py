"""What has changed since the last paper: figures then and now, and what the panel made of its recommendations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse

from assurance.models import Rollup
from organisation.roles import Role
from papers import skeleton
from papers.contents import panel_paper
from papers.contents.blocks import previous_paper
from papers.contents.since import Change, Group, as_json, differences, of_json
from papers.models import OutcomeKind, Paper
from papers.services import outcomes, papers
from papers.services.outcomes import Said
from papers.skeleton import Part, Section
from records.edits import Edit
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_published, make_template, south

WHAT = {
    "maturity.leadership.median": "Leadership: median",
    "risks.on_the_map": "Risks on the map",
    "maturity.units": "Units",
}


def test_figures_that_differ_are_told_by_place_and_in_order_new_and_gone_ones_too() -> None:
    then = {"maturity.leadership.median": "3", "maturity.units": "4", "risks.on_the_map": "17", "custody.old": "9"}
    now = {
        "maturity.leadership.median": "3–4",
        "maturity.units": "4",
        "risks.on_the_map": "17",
        "risks.controlled": "8",
    }
    assert differences(then, now, WHAT) == (
        Group("custody", "Custody", (Change("custody.old", "custody.old", "9", ""),)),
        Group("maturity", "Maturity", (Change("maturity.leadership.median", "Leadership: median", "3", "3–4"),)),
        Group("risks", "Risks", (Change("risks.controlled", "risks.controlled", "", "8"),)),
    )


def test_within_a_place_figures_stand_as_they_are_told_and_others_follow() -> None:
    now = {"maturity.a": "1", "maturity.units": "5", "maturity.leadership.median": "3", "working_time.share": "97%"}
    (maturity, hours) = differences({}, now, WHAT)
    assert [change.name for change in maturity.changes] == [
        "maturity.leadership.median",
        "maturity.units",
        "maturity.a",
    ]
    assert (hours.code, hours.heading) == ("working_time", "Working time")


def test_the_same_figures_differ_in_nothing() -> None:
    assert differences({"a.b": "1"}, {"a.b": "1"}, {}) == ()


def test_what_is_frozen_is_read_back() -> None:
    groups = differences({"a.b": "1"}, {"a.b": "2", "c.d": "3"}, WHAT)
    assert of_json(as_json(groups)) == groups


# --- In the database --------------------------------------------------------------------------------------------------


def a(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


@pytest.fixture
def before() -> Paper:
    """A published paper on the north's figures, of which the panel has noted what it asked for; then south's hold."""
    paper = make_published(title="The June paper", meeting_on=date(2025, 6, 17))
    said = Said(OutcomeKind.ACTION, "Bring the audits.", "Head of Safety", date(2025, 12, 1))
    outcomes.record(paper=paper, number=1, said=said, seen=None, by=make_person(Role.HEAD), at=NOW)
    Rollup.objects.update(figures=south())
    return paper


@pytest.mark.django_db
def test_a_papers_page_tells_what_has_changed_to_whoever_may_read_both(before: Paper) -> None:
    paper = make_published(title="The November paper")
    page = a(Role.PANEL_MEMBER).get(reverse("papers:paper", args=[paper.pk])).content.decode()
    words = " ".join(page.split())
    assert (
        f'What has changed since <a class="govuk-link" href="{reverse("papers:paper", args=[before.pk])}">The June'
        in words
    )
    assert "Action asked.</strong> Bring the audits. Head of Safety answers for it, by 1 December 2025." in words
    row = (
        '<th scope="row" class="govuk-table__header">Leadership: median level of all units</th>'
        '<td class="govuk-table__cell govuk-table__cell--numeric">3–4</td>'
        '<td class="govuk-table__cell govuk-table__cell--numeric">5</td>'
    )
    assert row in page
    papers.withdraw(paper=before, reason="Wrong.", by=make_person(Role.HEAD), at=NOW)
    for role in (Role.PANEL_MEMBER, Role.SHRMT):
        later = a(role).get(reverse("papers:paper", args=[paper.pk])).content.decode()
        assert "What has changed since" not in later


@pytest.mark.django_db
def test_a_drafts_page_compares_the_figures_as_they_stand_now(before: Paper) -> None:
    assert before.is_published
    page = a(Role.SHRMT).get(reverse("papers:paper", args=[make_draft().pk])).content.decode()
    assert "Units expected to state levels" in page


@pytest.mark.django_db
def test_what_only_one_of_two_papers_is_about_has_not_changed(before: Paper) -> None:
    now = panel_paper.gather(make_draft(), today=NOW.date())
    (group,) = panel_paper.changes_since(before.content, now)
    assert group.code == "maturity"
    about_something_else = before.content | {"data": {"injuries": None}, "figures": {"injuries.falls": "3"}}
    assert panel_paper.changes_since(about_something_else, now) == ()


@pytest.mark.django_db
def test_telling_of_the_previous_paper_takes_three_queries(before: Paper, django_assert_max_num_queries: Any) -> None:
    paper, client = make_published(), a(Role.PANEL_MEMBER)
    counts = []
    for previous in (None, before):
        with pgtrigger.ignore("papers.Paper:released_papers_stay"):
            Paper.objects.filter(pk=paper.pk).update(previous=previous)
        with django_assert_max_num_queries(20) as counted:
            client.get(reverse("papers:paper", args=[paper.pk]))
        counts.append(len(counted))
    assert counts[1] - counts[0] == 3  # whether it may be read, its content, the outcomes of its recommendations


def with_the_block(**options: Any) -> Paper:
    """A draft of a template that tells of the previous paper, on the half-year's roll-ups."""
    template = make_template()
    block = Section("previous-paper", "Since then", previous_paper.KIND, chapter=1, options=options)
    known = skeleton.of_json(template.skeleton)
    template.skeleton = skeleton.as_json(replace(known, parts=(*known.parts, Part("Since the last paper", (block,)))))
    template.save()
    return make_draft(template=template)


@pytest.mark.django_db
def test_the_block_is_frozen_with_outcomes_and_the_figures_that_differ(before: Paper) -> None:
    draft = with_the_block(endings=["median", "units"])
    final = papers.finalise(paper=draft, by=draft.author, at=NOW)
    papers.withdraw(paper=before, reason="Wrong.", by=make_person(Role.HEAD), at=NOW)
    final.refresh_from_db()
    for said in (
        "The previous paper was “The June paper”, for the meeting of 17 June 2025.",
        "Recommendation 1: The panel is asked to note the position this paper describes. Outcome: Action asked. "
        "Bring the audits. Head of Safety answers for it, by 1 December 2025.",
        "gives figures that are not what that paper gave (maturity).",
        "Figure, Paper of 17 June 2025, This paper",
        "Units expected to state levels, 3, 1",
        "Leadership: median level of all units, 3–4, 5",
    ):
        assert said in final.words
    assert "Units that signed" not in final.words.partition("Since the last paper")[2]


@pytest.mark.django_db
def test_a_paper_without_a_previous_one_or_with_a_withdrawn_one_leaves_the_block_out(before: Paper) -> None:
    draft = with_the_block()
    papers.withdraw(paper=before, reason="Wrong.", by=make_person(Role.HEAD), at=NOW)
    draft.refresh_from_db()
    content = panel_paper.gather(draft, today=NOW.date())
    assert content["data"]["previous_paper"] is None
    draft.previous = None
    assert panel_paper.gather(draft, today=NOW.date())["data"]["previous_paper"] is None


@pytest.mark.django_db
def test_where_nothing_differs_the_block_says_so(before: Paper) -> None:
    assert before.is_published
    draft = with_the_block(endings=["nothing_ends_like_this"])
    draft = papers.finalise(paper=draft, by=draft.author, at=NOW)
    assert "None of the figures that are compared here differs from what that paper gave." in draft.words


@pytest.mark.django_db
def test_what_tells_of_a_sensitive_paper_is_marked_like_it(before: Paper) -> None:
    with pgtrigger.ignore("papers.Paper:released_papers_stay"):
        Paper.objects.filter(pk=before.pk).update(marking="official-sensitive", handling="For the panel")
    draft = with_the_block()
    with pytest.raises(papers.NotReady, match="“The June paper” is OFFICIAL-SENSITIVE, and this paper prints"):
        papers.finalise(paper=draft, by=draft.author, at=NOW)
    page = a(Role.SHRMT).get(reverse("papers:paper", args=[draft.pk]))
    assert page.context["marking"] == "OFFICIAL-SENSITIVE: For the panel"
    edits = {"marking": Edit(0, "official-sensitive"), "handling": Edit(0, "For the panel")}
    papers.save_details(paper=draft, edits=edits, by=draft.author, at=NOW)
    assert papers.finalise(paper=draft, by=draft.author, at=NOW).is_final
