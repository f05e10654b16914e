"""The page of a block: its options, what it prints by them, and two people at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organisation.models import User
from organisation.roles import Role
from papers.contents.blocks import BLOCKS
from papers.models import Paper
from papers.services import papers
from records.edits import Edit
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_final, make_rollup, make_template, north, south

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def of(paper: Paper, key: str = "maturity-position") -> str:
    return reverse("papers:block", args=[paper.pk, key])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def paper() -> Paper:
    make_rollup("North", north())
    make_rollup("South", south())
    return make_draft()


def test_the_draft_leads_to_the_options_of_each_block(paper: Paper, adviser: User) -> None:
    page = text(signed_in(adviser).get(reverse("papers:paper", args=[paper.pk])))
    for key in ("maturity-position", "unit-levels"):
        assert f'href="{of(paper, key)}"' in page
    assert f'href="{of(paper, "injury-figures")}">Injury figures: No month of injuries has been counted' in page


def test_the_page_shows_options_and_what_they_print(paper: Paper, adviser: User) -> None:
    page = text(signed_in(adviser).get(of(paper)))
    for shown in ("Maturity position: options", "North", "South", "Table 1: median level by theme", "1.3", "3 of 4"):
        assert shown in page, shown
    assert 'hx-trigger="change"' in page


def test_show_prints_what_was_chosen_and_saves_nothing(paper: Paper, adviser: User) -> None:
    client = signed_in(adviser)
    said = {"version": "0", "groups": ["south"], "show": "yes"}
    shown = client.post(of(paper), said)
    fragment = client.post(of(paper), said, headers={"HX-Request": "true"})
    for answer in (shown, fragment):
        assert answer.status_code == 200
        assert '<th scope="col" class="govuk-table__header">South</th>' in text(answer)
        assert '<th scope="col" class="govuk-table__header">North</th>' not in text(answer)
    assert "<h1" in text(shown)
    assert "<h1" not in text(fragment)
    paper.refresh_from_db()
    assert paper.structure.blocks["maturity-position"].options == {}


def test_saving_writes_the_options_and_the_paper_prints_them(paper: Paper, adviser: User) -> None:
    client = signed_in(adviser)
    answer = client.post(of(paper), {"version": "0", "groups": ["south"]}, follow=True)
    assert "Maturity position: what it prints is saved." in text(answer)
    assert '<th scope="col" class="govuk-table__header">North</th>' not in text(answer)
    paper.refresh_from_db()
    assert paper.structure.blocks["maturity-position"].options == {"groups": ["south"]}
    assert 'value="south" checked' in text(client.get(of(paper)))


def test_somebody_elses_change_is_shown_beside_ones_own(paper: Paper, adviser: User) -> None:
    head = make_person(Role.HEAD)
    papers.save_options(paper=paper, key="maturity-position", edit=Edit(0, {"groups": ["north"]}), by=head, at=NOW)
    client = signed_in(adviser)
    answer = client.post(of(paper), {"version": "0", "groups": ["south"]})
    assert answer.status_code == 409
    page = text(answer)
    label = "Business groups with a column of their own"
    for shown in (f"{label}: North", f"{label}: South", head.name, 'name="version" value="1"', 'value="south" checked'):
        assert shown in page, shown
    paper.refresh_from_db()
    assert paper.structure.blocks["maturity-position"].options == {"groups": ["north"]}
    # Having seen both, the same form may be saved.
    assert client.post(of(paper), {"version": "1", "groups": ["south"]}).status_code == 302


def test_what_cannot_be_taken_says_why_and_keeps_what_was_typed(adviser: User) -> None:
    paper = make_draft()
    client = signed_in(adviser)
    said = {"version": "0", "anchor": "Table One", "comparison": "on", "indicators": ["no-such-thing"]}
    for answer in (
        client.post(of(paper, "injury-figures"), said),
        client.post(of(paper, "injury-figures"), said | {"show": "yes"}),
    ):
        assert answer.status_code == 422
        page = text(answer)
        assert "Write small letters and figures, joined by hyphens" in page
        assert "no-such-thing" in page
        assert 'value="Table One"' in page
    assert client.post(of(paper, "injury-figures"), {}).status_code == 422
    paper.refresh_from_db()
    assert paper.structure.blocks["injury-figures"].options == {}


def test_endings_of_figures_are_written_on_one_line(adviser: User) -> None:
    paper = make_draft(template=make_template("safety-performance"))
    client, address = signed_in(adviser), of(paper, "previous-paper")
    before = paper.structure.blocks["previous-paper"].options["endings"]
    assert f'value="{", ".join(before)}"' in text(client.get(address))
    refused = client.post(address, {"version": "0", "endings": "rate, Not One"})
    assert refused.status_code == 422
    assert "An ending is of small letters" in text(refused)
    assert client.post(address, {"version": "0", "endings": " rate,number, rate ,"}).status_code == 302
    paper.refresh_from_db()
    assert paper.structure.blocks["previous-paper"].options["endings"] == ["number", "rate"]


def test_a_block_without_data_says_why_and_what_to_do(adviser: User) -> None:
    page = text(signed_in(adviser).get(of(make_draft(), "injury-figures")))
    assert "Nothing: there are no data for it, so the paper leaves this part out." in page
    assert BLOCKS["injury-figures"].nothing in page


def test_prose_and_unknown_sections_have_no_options(paper: Paper, adviser: User) -> None:
    client = signed_in(adviser)
    for key in ("risk", "no-such-section"):
        assert client.get(of(paper, key)).status_code == 404
        assert client.post(of(paper, key)).status_code == 404


def test_a_final_paper_keeps_its_options(adviser: User) -> None:
    paper = make_final()
    client = signed_in(adviser)
    assert client.get(of(paper)).status_code == 302
    answer = client.post(of(paper), {"version": "0", "groups": ["north"]})
    assert answer.status_code == 422
    assert "final, not published now, so it was not changed" in text(answer)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SHRMT, Role.HEAD)])
def test_nobody_else_sees_or_sets_options(role: Role) -> None:
    client, paper = signed_in(make_person(role)), make_draft()
    assert client.get(of(paper)).status_code == 404
    assert client.post(of(paper), {"version": "0"}).status_code == 404


def test_the_page_takes_the_same_queries_however_many_groups(
    paper: Paper, adviser: User, django_assert_max_num_queries: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(adviser)
    client.get(of(paper))
    with django_assert_max_num_queries(30) as counted:
        client.get(of(paper))
    for name in ("East", "West"):
        make_rollup(name, south())
    with django_assert_num_queries(len(counted)):
        client.get(of(paper))


def test_every_shipped_block_has_a_page(adviser: User) -> None:
    """A paper with every kind of block: each page is drawn without data, which most have none of here."""
    client = signed_in(adviser)
    paper = make_draft()
    kept = paper.skeleton
    blocks = [
        {"key": f"block-{kind}", "heading": kind, "kind": kind, "chapter": 1, "options": {}} for kind in sorted(BLOCKS)
    ]
    paper.skeleton = {**kept, "parts": [*kept["parts"], {"heading": "All of them", "sections": blocks}]}
    paper.save(update_fields=["skeleton"])
    for kind in BLOCKS:
        page = text(client.get(of(paper, f"block-{kind}")))
        assert f"{kind}: options" in page
        for option in BLOCKS[kind].options:
            assert f'name="{option.name}"' in page or "groups" in option.name or "indicators" in option.name
