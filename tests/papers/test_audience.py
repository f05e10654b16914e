"""Papers for the Board: whoever reads the Board’s meetings reads them, and nobody else; the panel hears nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from organisation.roles import Role
from papers.models import Paper
from papers.permissions import can_read_paper
from papers.services import papers
from records.edits import Edit
from records.models import Notice
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_final, make_published, make_template

pytestmark = pytest.mark.django_db
READERS = {Role.SHRMT, Role.HEAD, Role.COG_LEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY}  # domain.md: meetings, packs


def for_the_board() -> Paper:
    return make_published(template=make_template("board-pack"))


@pytest.mark.parametrize("role", list(Role))
def test_whoever_reads_the_boards_meetings_reads_its_papers(role: Role) -> None:
    paper, person = for_the_board(), make_person(role)
    assert can_read_paper(person, paper) == (role in READERS)
    assert Paper.objects.visible_to(person).filter(pk=paper.pk).exists() == (role in READERS)


def test_the_board_is_told_and_the_panel_is_not() -> None:
    told = {role: make_person(role) for role in (Role.PANEL_MEMBER, Role.BOARD_MEMBER, Role.BOARD_SECRETARY)}
    paper = for_the_board()
    assert paper.panel == "Health, Safety and Wellbeing Board"
    people = set(Notice.objects.filter(key__startswith=f"paper:{paper.pk}:").values_list("person", flat=True))
    assert people == {told[Role.BOARD_MEMBER].pk, told[Role.BOARD_SECRETARY].pk}


def test_the_page_to_publish_says_who_will_read_it(client: Client) -> None:
    client.force_login(make_person(Role.HEAD))
    paper = make_final(template=make_template("board-pack"))
    page = client.get(reverse("papers:publish", args=[paper.pk])).content.decode()
    assert "the audit panel cannot" in page
    assert "Panel members and everybody" not in page


def test_a_paper_for_the_panel_follows_none_for_the_board() -> None:
    before = for_the_board()
    draft = make_draft()
    assert draft.previous is None
    for name in ("previous", "replaces"):
        with pytest.raises(papers.Refused):
            papers.save_details(paper=draft, edits={name: Edit(0, before)}, by=draft.author, at=NOW)
