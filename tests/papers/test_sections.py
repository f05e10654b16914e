"""Writing a section: saved by itself, previewed, its earlier texts and who wrote them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import Force, User
from organisation.roles import Role
from papers.models import Paper
from papers.services import papers
from papers.timeline import text_at, timeline
from records.edits import Edit
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_final, make_rollup, make_template, north

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def writer() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def client(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def at(paper: Paper, name: str = "section", key: str = "risk") -> str:
    return reverse(f"papers:{name}", args=[paper.pk, key])


def shown(client: Client, paper: Paper) -> str:
    stamp: str = client.get(at(paper)).context["form"]["text-version"].value()
    return stamp


def autosave(client: Client, paper: Paper, text: str, stamp: str, **more: str) -> Any:
    sent = {"text": text, "text-version": stamp, "revision": "1"} | more
    return client.post(at(paper, "autosave_section"), sent, headers=HTMX)


def stored(paper: Paper, key: str = "risk") -> str:
    text: str = paper.sections.get(key=key).text
    return text


# --- Saved by itself --------------------------------------------------------------------------------------------------


def test_a_text_is_saved_while_it_is_being_written_and_the_page_goes_on_from_there(client: Client) -> None:
    paper = make_draft()
    stamp = shown(client, paper)
    first = autosave(client, paper, "New words", stamp)
    assert (first.status_code, first["Autosave-Outcome"], stored(paper)) == (200, "saved", "New words")
    moved = first.context["answer"].moved["text-version"]
    assert moved in first.content.decode()
    assert autosave(client, paper, "Newer words", moved)["Autosave-Outcome"] == "saved"
    assert stored(paper) == "Newer words"


def test_a_save_that_arrives_twice_is_no_conflict(client: Client) -> None:
    paper = make_draft()
    stamp = shown(client, paper)
    answers = [autosave(client, paper, "New words", stamp) for _ in range(2)]
    assert [answer["Autosave-Outcome"] for answer in answers] == ["saved", "saved"]
    assert paper.sections.get(key="risk").version == 1


def test_what_somebody_else_wrote_meanwhile_stands_until_the_writer_has_chosen(client: Client) -> None:
    paper = make_draft()
    stamp = shown(client, paper)
    before = stored(paper)
    theirs = f"{before} Theirs, behind it."
    papers.save_section(paper=paper, key="risk", edit=Edit(0, theirs), by=make_person(Role.HEAD), at=NOW)
    answer = autosave(client, paper, f"Mine, before it. {before}", stamp)
    assert (answer.status_code, answer["Autosave-Outcome"], stored(paper)) == (409, "conflict", theirs)
    (conflict,) = answer.context["answer"].conflicts
    assert conflict.merged == f"Mine, before it. {before} Theirs, behind it."
    assert autosave(client, paper, conflict.merged, conflict.stamp, decided="text")["Autosave-Outcome"] == "saved"
    assert stored(paper) == conflict.merged


def test_a_paper_made_final_meanwhile_takes_no_more_words_and_says_so(client: Client) -> None:
    paper = make_final()
    answer = autosave(client, paper, "Late words", "0.0")
    assert (answer.status_code, answer["Autosave-Outcome"]) == (409, "stopped")
    assert "no draft any more" in answer.content.decode()


def test_a_page_opened_by_somebody_else_saves_nothing(client: Client) -> None:
    paper = make_draft()
    before = stored(paper)
    answer = autosave(client, paper, "Not mine", shown(client, paper), person="0")
    assert (answer.status_code, answer["Autosave-Outcome"], stored(paper)) == (403, "other-person", before)


def test_a_text_too_long_is_refused_at_the_box_and_not_saved(client: Client) -> None:
    paper = make_draft()
    before = stored(paper)
    answer = autosave(client, paper, "x" * 50_001, shown(client, paper))
    assert (answer.status_code, answer["Autosave-Outcome"], stored(paper)) == (422, "refused", before)
    assert "50000" in answer.content.decode()


def test_an_autosave_costs_few_queries_and_one_transaction(client: Client) -> None:
    paper = make_draft()
    stamp = shown(client, paper)
    with CaptureQueriesContext(connection) as queries:
        autosave(client, paper, "New words", stamp)
    asked = [query["sql"] for query in queries.captured_queries]
    assert len(asked) <= 11, asked
    assert sum('UPDATE "papers_papersection"' in sql for sql in asked) == 1


# --- Previewed --------------------------------------------------------------------------------------------------------


def test_the_preview_shows_numbers_names_and_faults_and_saves_nothing(client: Client) -> None:
    make_rollup("North", north())
    paper = make_draft()
    before = stored(paper)
    text = "First, see {{ table.medians }}.\n\n**Second**: {{ no.such }}."
    answer = client.post(at(paper, "preview_section"), {"text": text}, headers=HTMX)
    page = answer.content.decode()
    assert "First, see Table 1." in page
    assert "<strong>Second</strong>" in page
    assert [page.count(f'class="paper-number">5.{number}<') for number in (1, 2, 3)] == [1, 1, 0]
    assert "Line 3: Nothing in this paper is called “no.such”" in page
    assert stored(paper) == before


def test_without_scripts_a_button_previews_and_keeps_what_was_typed(client: Client) -> None:
    paper = make_draft()
    before = stored(paper)
    answer = client.post(at(paper), {"text": "**Bold** words", "text-version": shown(client, paper), "then": "preview"})
    page = answer.content.decode()
    assert (answer.status_code, stored(paper)) == (200, before)
    assert "<strong>Bold</strong> words" in page
    assert "**Bold** words</textarea>" in page


def test_the_preview_points_out_what_the_document_cannot_print(client: Client) -> None:
    page = client.post(at(make_draft(), "preview_section"), {"text": "Plain.\n\nשלום and 你 to all."}).content.decode()
    assert "Line 3: ש ל ו ם 你 cannot be printed" in page


def test_tables_and_paragraphs_can_be_picked_like_figures(client: Client) -> None:
    make_rollup("North", north())
    page = client.get(at(make_draft())).content.decode()
    for name in ("table.medians", "paragraph.legal", "appendix.unit-levels"):
        assert f'data-insert="{{{{ {name} }}}}"' in page


def test_two_tables_of_one_name_keep_a_paper_from_being_made_final(writer: User) -> None:
    make_rollup("North", north())
    template = make_template()
    parts = template.skeleton["parts"]
    position = next(one for part in parts for one in part["sections"] if one["kind"] == "maturity-position")
    parts[1]["sections"].append({**position, "key": "again"})
    template.save()
    with pytest.raises(papers.NotReady, match="Table 1 and Table 3 are both called"):
        papers.finalise(paper=make_draft(template=template), by=writer, at=NOW)


def test_the_list_tells_what_a_paper_is_for_as_it_prints_it(writer: User) -> None:
    make_rollup("North", north())
    draft = make_draft(by=writer)
    text = "Of **{{ maturity.units }}** units.^[A note.]"
    papers.save_section(paper=draft, key="purpose", edit=Edit(0, text), by=writer, at=NOW)
    assert papers.finalise(paper=draft, by=writer, at=NOW).summary == "Of 3 units."


def test_hostile_words_are_inert_in_a_preview(client: Client) -> None:
    text = '<img src=x onerror="alert(1)"> {{ <script>x</script> }} [a](javascript:b)'
    page = client.post(at(make_draft(), "preview_section"), {"text": text}).content.decode()
    assert "<img" not in page
    assert "<script" not in page
    assert "href" not in page


# --- Earlier texts ----------------------------------------------------------------------------------------------------


def test_the_history_says_who_wrote_what_and_keeps_every_text(client: Client, writer: User) -> None:
    paper = make_draft(by=writer)
    first = stored(paper)
    answer = autosave(client, paper, "One text", shown(client, paper))
    autosave(client, paper, "Another text", answer.context["answer"].moved["text-version"])
    section = paper.sections.get(key="risk")
    assert [text_at(section, version) for version in (0, 1, 2, 7)] == [first, "One text", "Another text", None]
    (written,) = [item for item in timeline(paper) if item.place == "Risk"]
    assert written.who == str(writer)
    assert [(field.before, field.after) for field in written.fields] == [(first, "Another text")]
    page = client.get(reverse("papers:history", args=[paper.pk])).content.decode()
    assert "began the paper" in page
    assert "Another" in page


def test_the_database_keeps_earlier_texts_from_being_changed() -> None:
    paper = make_draft()
    papers.save_section(paper=paper, key="risk", edit=Edit(0, "New"), by=paper.author, at=NOW)
    kept = paper.sections.get(key="risk").history
    with pytest.raises(Exception, match="Cannot update or delete"):
        kept.update(text="Other")


# --- Marking ----------------------------------------------------------------------------------------------------------


def test_a_sensitive_paper_says_how_it_is_handled_on_its_page_and_in_what_is_frozen(writer: User) -> None:
    make_rollup("North", north())
    paper = make_draft()
    edits = {"marking": Edit(0, "official-sensitive"), "handling": Edit(0, "for panel members only")}
    papers.save_details(paper=paper, edits=edits, by=writer, at=NOW)
    final = papers.finalise(paper=paper, by=writer, at=NOW)
    assert final.content["marking"] == "OFFICIAL-SENSITIVE: for panel members only"


@pytest.mark.parametrize(
    ("marking", "handling", "said"),
    [
        ("official-sensitive", "", "Say how it is handled"),
        ("official", "for the panel only", "An OFFICIAL paper has no handling note"),
        ("secret", "", "Select a valid choice"),
    ],
)
def test_a_marking_goes_with_its_note_and_nothing_above_is_taken(
    client: Client, marking: str, handling: str, said: str
) -> None:
    paper = make_draft()
    form = client.get(reverse("papers:details", args=[paper.pk])).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"meeting_on": "18 11 2025"}
    answer = client.post(reverse("papers:details", args=[paper.pk]), sent | {"marking": marking, "handling": handling})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_marking_whose_note_somebody_else_took_away_is_refused(writer: User) -> None:
    paper = make_draft()
    both = {"marking": Edit(0, "official-sensitive"), "handling": Edit(0, "for the panel only")}
    papers.save_details(paper=paper, edits=both, by=writer, at=NOW)
    with pytest.raises(papers.Refused, match="Somebody else has changed the marking"):
        papers.save_details(paper=paper, edits={"handling": Edit(1, "")}, by=writer, at=NOW)


# --- Release by one person --------------------------------------------------------------------------------------------


def test_one_person_releases_a_paper_only_where_the_force_has_switched_it_on() -> None:
    head = make_person(Role.HEAD)
    force = Force.objects.create(name="Fictional Police", short_name="FP")
    paper = make_final(by=head)
    with pytest.raises(papers.Refused, match="two people release"):
        papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)
    force.finaliser_may_publish = True
    force.save()
    published = papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)
    assert published.released_by_one
    client = Client()
    client.force_login(make_person(Role.PANEL_MEMBER))
    page = client.get(reverse("papers:paper", args=[published.pk])).content.decode()
    assert "by the same person who made it final, as the force allows" in page
