"""A paper's life: what each act does, refuses and leaves in the trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from unittest import mock

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import ProtectedError

from organisation.models import User
from organisation.periods import london_day
from organisation.roles import Role
from papers import skeleton
from papers.contents import panel_paper
from papers.models import Paper, PaperState
from papers.services import papers
from records.edits import Edit
from records.models import Job, JobState, TrailEntry
from records.services import trail
from rendering import checking, pdf
from tests.factories import rollups
from tests.factories.organisation import make_person
from tests.factories.papers import (
    BUILT_AT,
    HALF,
    NOW,
    build_document,
    make_awaited_group,
    make_blob,
    make_draft,
    make_final,
    make_published,
    make_rollup,
    make_template,
    make_withdrawn,
    north,
    south,
)

pytestmark = pytest.mark.django_db
STAYS = "papers.Paper:released_papers_stay"


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def acts(paper: Paper) -> list[str]:
    return list(TrailEntry.objects.filter(thing_type="papers.Paper", thing_id=paper.pk).values_list("act", flat=True))


def section_text(paper: Paper, key: str) -> str:
    return paper.sections.get(key=key).text


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_a_new_paper_starts_with_words_in_every_section_but_the_contacts(adviser: User) -> None:
    paper = papers.create(
        template=make_template(), half=HALF, meeting_on=date(2025, 11, 18), title="Culture", by=adviser, at=NOW
    )
    texts = dict(paper.sections.values_list("key", "text"))
    assert set(texts) == {
        "purpose", "key-considerations", "recommendations", "background",
        "equality-and-diversity", "financial", "legal", "risk", "contacts",
    }  # fmt: skip
    assert [key for key, text in texts.items() if not text] == ["contacts"]
    assert "H1 2025/26 (April to September 2025)" in texts["purpose"]
    assert (paper.state, paper.author, acts(paper)) == (PaperState.DRAFT, adviser, ["paper.created"])


def test_saving_a_section_raises_its_version_and_keeps_who_did_it(adviser: User) -> None:
    paper = make_draft()
    conflicts = papers.save_section(
        paper=paper, key="risk", edit=Edit(0, "None\r\nknown"), by=adviser, at=NOW
    ).conflicts
    section = paper.sections.get(key="risk")
    assert conflicts == ()
    assert (section.text, section.version, section.changed_by) == ("None\nknown", 1, adviser)


def test_a_text_overtaken_by_somebody_else_is_not_written(adviser: User, head: User) -> None:
    paper = make_draft()
    papers.save_section(paper=paper, key="risk", edit=Edit(0, "Theirs"), by=head, at=NOW)
    (conflict,) = papers.save_section(paper=paper, key="risk", edit=Edit(0, "Mine"), by=adviser, at=NOW).conflicts
    assert (conflict.mine, conflict.theirs, conflict.their_version) == ("Mine", "Theirs", 1)
    assert section_text(paper, "risk") == "Theirs"


def test_details_in_conflict_do_not_stop_the_others(adviser: User, head: User) -> None:
    paper = make_draft(title="First")
    papers.save_details(paper=paper, edits={"title": Edit(0, "Second")}, by=head, at=NOW)
    edits = {"title": Edit(0, "Third"), "meeting_on": Edit(0, date(2025, 12, 2))}
    (conflict,) = papers.save_details(paper=paper, edits=edits, by=adviser, at=NOW)
    paper.refresh_from_db()
    assert (conflict.field, paper.title, paper.meeting_on) == ("title", "Second", date(2025, 12, 2))
    told = [trail.words_of(entry) for entry in TrailEntry.objects.filter(act="paper.details_changed").order_by("pk")]
    assert told == [{"title": "First → Second"}, {"meeting": "18 November 2025 → 2 December 2025"}]


def options_of(paper: Paper, key: str) -> Mapping[str, Any]:
    return Paper.objects.get(pk=paper.pk).structure.blocks[key].options


def test_what_a_block_prints_is_the_papers_own_and_stands_in_the_trail(adviser: User) -> None:
    paper = make_draft()
    before = paper.structure
    said = {"indicators": ["handling", "assaults-with-injury"], "comparison": False, "anchor": "injuries"}
    conflicts = papers.save_options(paper=paper, key="injury-figures", edit=Edit(0, said), by=adviser, at=NOW)
    assert conflicts == ()
    # What is the usual is not kept, and codes stand in one order.
    kept = {"indicators": ["assaults-with-injury", "handling"], "comparison": False}
    assert options_of(paper, "injury-figures") == kept
    paper.refresh_from_db()
    assert (paper.changed_by, acts(paper)[-1]) == (adviser, "paper.options_changed")
    assert paper.template is not None
    paper.template.refresh_from_db()
    assert skeleton.of_json(paper.template.skeleton) == before  # of the paper alone
    changed = skeleton.with_options(skeleton.as_json(before), "injury-figures", kept)
    assert paper.skeleton == changed


def test_options_overtaken_by_somebody_else_are_not_written(adviser: User, head: User) -> None:
    paper = make_draft()
    theirs, mine = {"groups": ["north"]}, {"groups": ["south"]}
    papers.save_options(paper=paper, key="maturity-position", edit=Edit(0, theirs), by=head, at=NOW)
    (conflict,) = papers.save_options(paper=paper, key="maturity-position", edit=Edit(0, mine), by=adviser, at=NOW)
    assert (conflict.mine, conflict.theirs, conflict.their_version) == (mine, theirs, 1)
    assert options_of(paper, "maturity-position") == theirs
    # Another block of the paper has versions of its own, and the same once more is no change.
    assert not papers.save_options(paper=paper, key="unit-levels", edit=Edit(0, mine), by=adviser, at=NOW)
    assert not papers.save_options(paper=paper, key="maturity-position", edit=Edit(0, theirs), by=adviser, at=NOW)
    assert acts(paper).count("paper.options_changed") == 2


def test_only_blocks_and_what_they_declare_can_be_told(adviser: User) -> None:
    paper = make_draft()
    with pytest.raises(ValueError, match="no block risk"):
        papers.save_options(paper=paper, key="risk", edit=Edit(0, {}), by=adviser, at=NOW)
    with pytest.raises(ValueError, match="groups is 'north'"):
        papers.save_options(paper=paper, key="unit-levels", edit=Edit(0, {"groups": "north"}), by=adviser, at=NOW)


def test_a_final_paper_takes_no_text(adviser: User) -> None:
    paper = make_final()
    with pytest.raises(papers.Refused, match="final, not published now"):
        papers.save_options(paper=paper, key="unit-levels", edit=Edit(0, {}), by=adviser, at=NOW)
    with pytest.raises(papers.Refused, match="final, not published now"):
        papers.save_section(paper=paper, key="risk", edit=Edit(0, "Late"), by=adviser, at=NOW)
    with pytest.raises(papers.Refused, match="final, not published now"):
        papers.save_details(paper=paper, edits={"title": Edit(0, "Late")}, by=adviser, at=NOW)


def test_only_prose_sections_and_known_details_can_be_written(adviser: User) -> None:
    paper = make_draft()
    with pytest.raises(ValueError, match="no section maturity-position"):
        papers.save_section(paper=paper, key="maturity-position", edit=Edit(0, "x"), by=adviser, at=NOW)
    with pytest.raises(ValueError, match="no detail state"):
        papers.save_details(paper=paper, edits={"state": Edit(0, "published")}, by=adviser, at=NOW)


def test_a_paper_begins_with_its_templates_abbreviations_and_freezes_its_own(adviser: User) -> None:
    make_rollup("North", north())
    paper = make_draft()
    assert paper.abbreviations == "COG: Chief Officer Group"
    edit = Edit(0, "HSE: Health and Safety Executive\r\nOCU: unit")
    assert papers.save_details(paper=paper, edits={"abbreviations": edit}, by=adviser, at=NOW) == ()
    paper = papers.finalise(paper=paper, by=adviser, at=NOW)
    assert paper.abbreviations == "HSE: Health and Safety Executive\nOCU: unit"
    assert paper.content["abbreviations"] == {"HSE": "Health and Safety Executive", "OCU": "unit"}


# --- Making final -----------------------------------------------------------------------------------------------------


def test_everything_missing_is_listed_at_once(adviser: User) -> None:
    paper = make_draft()
    for key in ("purpose", "recommendations", "contacts"):
        section = paper.sections.get(key=key)
        papers.save_section(paper=paper, key=key, edit=Edit(section.version, "  "), by=adviser, at=NOW)
    with pytest.raises(papers.NotReady) as refused:
        papers.finalise(paper=paper, by=adviser, at=NOW)
    assert [missing.section for missing in refused.value.missing] == ["purpose", "recommendations", "contacts", None]
    assert "No roll-up of H1 2025/26" in refused.value.missing[-1].message
    paper.refresh_from_db()
    assert (paper.state, paper.content, Job.objects.count()) == (PaperState.DRAFT, None, 0)


def test_making_a_paper_final_freezes_words_and_figures(adviser: User) -> None:
    rollup = make_rollup("North", north())
    make_awaited_group("East")
    paper = papers.finalise(paper=make_draft(), by=adviser, at=NOW)
    rollup.figures = south()
    rollup.save()
    paper.refresh_from_db()
    frozen = paper.content["data"]["position"]
    assert [row["unit"] for row in frozen["groups"][0]["rows"]] == ["Alder Unit", "Beech Unit", "Cedar Unit"]
    assert frozen["groups"][0]["built_on"] == BUILT_AT.date().isoformat()
    assert frozen["awaited"] == ["East"]
    assert acts(paper)[-1] == "paper.finalised"


def test_a_paper_draws_on_the_newest_figures_that_were_issued(adviser: User) -> None:
    rollup = make_rollup("North", {**north(), "units": []})
    rollups.issue(rollups.write(rollup))
    issued = rollups.issue(rollup, because="The first had no reason to be.")
    rollup.figures = {**south(), "units": []}
    rollup.save()
    make_rollup("South", south())
    paper = papers.finalise(paper=make_draft(), by=adviser, at=NOW)
    groups = {group["name"]: group for group in paper.content["data"]["position"]["groups"]}
    assert (groups["North"]["version"], groups["South"]["version"]) == (2, None)
    assert groups["North"]["issued_on"] == london_day(issued.issued_at).isoformat()
    assert groups["North"]["medians"]["leadership"]["median"] == "3–4"  # north's, and not the rebuilt draft's


def test_the_digest_can_be_worked_out_again_from_what_is_stored() -> None:
    paper = make_final()
    paper.refresh_from_db()
    canonical = json.dumps(paper.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert paper.content_digest == hashlib.sha256(canonical).hexdigest()


def test_making_a_paper_final_asks_for_its_document_once(adviser: User) -> None:
    make_rollup("North", north())
    paper = papers.finalise(paper=make_draft(), by=adviser, at=NOW)
    with pytest.raises(papers.Refused):
        papers.finalise(paper=paper, by=adviser, at=NOW)
    job = Job.objects.get(key=f"paper:{paper.pk}")
    assert (job.task, job.arguments, job.state) == ("papers.build_paper", {"paper_id": paper.pk}, JobState.QUEUED)


def test_gathering_takes_the_same_queries_however_many_groups(django_assert_num_queries: mock.Mock) -> None:
    make_rollup("North", north())
    paper = make_draft()
    with django_assert_num_queries(7):  # texts, force, roll-ups, issued ones, who is awaited, audited claims, injuries
        panel_paper.gather(paper, today=NOW.date())
    for name in ("South", "East", "West"):
        make_rollup(name, south())
        make_awaited_group(f"{name} again")
    with django_assert_num_queries(7):
        content = panel_paper.gather(paper, today=NOW.date())
    assert len(content["data"]["position"]["groups"]) == 4


def test_a_group_whose_units_all_left_before_the_half_is_not_awaited() -> None:
    group = make_awaited_group("Gone")
    group.memberships.update(ends_on=date(2024, 3, 31))
    assert panel_paper.gather(make_draft(), today=NOW.date())["data"]["position"]["awaited"] == []


# --- The document -----------------------------------------------------------------------------------------------------


def test_the_worker_puts_the_document_in_place() -> None:
    paper = make_final(with_document=False)
    job = build_document(paper)
    paper.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    assert paper.pdf is not None
    assert paper.pdf.path.read_bytes().startswith(b"%PDF-1.7")
    entry = TrailEntry.objects.get(act="paper.built")
    assert entry.detail == {"content_digest": paper.content_digest, "sha256": paper.pdf.sha256}


def test_the_same_content_gives_the_same_file() -> None:
    paper = make_final(with_document=False)
    build_document(paper)
    paper.refresh_from_db()
    first = paper.pdf_id
    Paper.objects.update(pdf=None)
    papers.request_document(paper=paper, by=make_person(Role.SHRMT), at=NOW)
    build_document(paper)
    paper.refresh_from_db()
    assert first is not None
    assert paper.pdf_id == first


def test_a_paper_that_is_a_draft_again_gets_no_document(adviser: User) -> None:
    paper = make_final(with_document=False)
    papers.reopen(paper=paper, reason="A word is missing.", by=adviser, at=NOW)
    job = build_document(paper)
    paper.refresh_from_db()
    assert (job.state, paper.pdf) == (JobState.DONE, None)


def test_a_paper_changed_while_it_is_printed_is_printed_again(adviser: User) -> None:
    paper = make_final(with_document=False)
    printed: list[str] = []

    def print_and_meanwhile(html: str, **_: object) -> bytes:
        printed.append(html)
        if len(printed) == 1:
            papers.reopen(paper=paper, reason="A word is missing.", by=adviser, at=NOW)
            papers.save_section(paper=paper, key="risk", edit=Edit(0, "Newer words"), by=adviser, at=NOW)
            papers.finalise(paper=paper, by=adviser, at=NOW)
        return html.encode()

    nothing_wrong = mock.patch.object(checking, "check", return_value=None)
    with mock.patch.object(pdf, "render", print_and_meanwhile), nothing_wrong:
        job = build_document(paper)
    paper.refresh_from_db()
    assert (len(printed), job.state, Job.objects.count()) == (2, JobState.DONE, 1)
    assert paper.pdf is not None
    assert "Newer words" in paper.pdf.path.read_text()


def test_a_document_that_cannot_be_printed_fails_with_words_and_can_be_asked_for_again(adviser: User) -> None:
    paper = make_final(with_document=False)
    with mock.patch.object(pdf, "render", side_effect=pdf.MissingLibrary(["libpango-1.0-0"])):
        job = build_document(paper)
    assert job.state == JobState.FAILED
    assert "apt-get install libpango-1.0-0" in job.error
    again = papers.request_document(paper=paper, by=adviser, at=NOW)
    assert (again.pk != job.pk, again.state) == (True, JobState.QUEUED)


def test_a_document_that_is_there_is_not_made_again(adviser: User) -> None:
    with pytest.raises(papers.Refused, match="does not have to be made again"):
        papers.request_document(paper=make_final(), by=adviser, at=NOW)


# --- Taking back ------------------------------------------------------------------------------------------------------


def test_taking_back_lets_go_of_what_was_frozen(adviser: User) -> None:
    paper = papers.reopen(paper=make_final(), reason="A word is missing.", by=adviser, at=NOW)
    paper.refresh_from_db()
    assert (paper.state, paper.content, paper.content_digest, paper.pdf, paper.finalised_by) == (
        PaperState.DRAFT, None, "", None, None,
    )  # fmt: skip
    assert trail.words_of(TrailEntry.objects.get(act="paper.reopened"))["reason"] == "A word is missing."


def test_taking_back_needs_a_reason_and_an_unpublished_final_paper(adviser: User) -> None:
    with pytest.raises(papers.Refused, match="Say why"):
        papers.reopen(paper=make_final(), reason=" ", by=adviser, at=NOW)
    for paper in (make_draft(), make_published(), make_withdrawn()):
        with pytest.raises(papers.Refused, match="only one that is final"):
            papers.reopen(paper=paper, reason="Why not", by=adviser, at=NOW)


# --- Release ----------------------------------------------------------------------------------------------------------


def test_somebody_else_publishes(head: User) -> None:
    paper = make_final()
    papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)
    paper.refresh_from_db()
    assert (paper.state, paper.published_by, paper.published_at) == (PaperState.PUBLISHED, head, NOW)
    assert acts(paper)[-1] == "paper.published"


def test_whoever_made_it_final_cannot_publish_it(head: User) -> None:
    paper = make_final(by=head)
    with pytest.raises(papers.Refused, match="You made this paper final, so somebody else has to publish it"):
        papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)
    paper.refresh_from_db()
    assert (paper.state, acts(paper)[-1]) == (PaperState.FINAL, "paper.finalised")


def test_nothing_is_published_before_its_document_is_there(head: User) -> None:
    paper = make_final(with_document=False)
    with pytest.raises(papers.Refused, match="not ready yet"):
        papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)


def test_only_what_was_on_the_screen_is_published(head: User) -> None:
    with pytest.raises(papers.Refused, match="changed since you opened this page"):
        papers.publish(paper=make_final(), seen_digest="f" * 64, by=head, at=NOW)


def test_only_a_final_paper_is_published(head: User) -> None:
    for paper in (make_draft(), make_published(), make_withdrawn()):
        with pytest.raises(papers.Refused, match="only a final one"):
            papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)


def test_a_published_paper_is_withdrawn_with_a_reason(head: User) -> None:
    paper = papers.withdraw(paper=make_published(), reason="Wrong figure", by=head, at=NOW)
    assert (paper.state, paper.withdrawn_by, paper.withdrawn_because) == (PaperState.WITHDRAWN, head, "Wrong figure")
    assert trail.words_of(TrailEntry.objects.get(act="paper.withdrawn")) == {"reason": "Wrong figure"}


def test_withdrawing_needs_a_reason_and_a_published_paper(head: User) -> None:
    with pytest.raises(papers.Refused, match="Say why"):
        papers.withdraw(paper=make_published(), reason="", by=head, at=NOW)
    for paper in (make_draft(), make_final(), make_withdrawn()):
        with pytest.raises(papers.Refused, match="only a published one"):
            papers.withdraw(paper=paper, reason="Wrong", by=head, at=NOW)


# --- What the database holds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "change", "constraint"),
    [
        (make_draft, {"content_digest": "0" * 64}, "paper_frozen_unless_draft"),
        (make_draft, {"state": "final"}, "paper_frozen_unless_draft"),
        (make_final, {"finalised_by": None}, "paper_frozen_unless_draft"),
        (make_final, {"content_digest": "none"}, "paper_frozen_unless_draft"),
        (make_final, {"published_at": NOW}, "paper_published_with_its_document"),
        (make_published, {"published_by": None}, "paper_published_with_its_document"),
        (make_published, {"pdf": None}, "paper_published_with_its_document"),
        (make_published, {"withdrawn_at": NOW}, "paper_withdrawn_with_a_reason"),
        (make_published, {"withdrawn_because": "x"}, "paper_withdrawn_with_a_reason"),
        (make_withdrawn, {"withdrawn_because": ""}, "paper_withdrawn_with_a_reason"),
        (make_withdrawn, {"withdrawn_by": None}, "paper_withdrawn_with_a_reason"),
    ],
)
def test_the_database_refuses_half_a_fact(make: mock.Mock, change: dict[str, object], constraint: str) -> None:
    paper = make()
    with pgtrigger.ignore(STAYS), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**change)


def test_the_database_refuses_a_release_by_one_person() -> None:
    paper = make_published()
    refused = pytest.raises(IntegrityError, match="paper_released_by_two_people")
    with pgtrigger.ignore(STAYS), refused, transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(published_by=paper.finalised_by)


@pytest.mark.parametrize("change", [{"content": {}}, {"pdf": None}, {"title": "Other"}, {"published_at": None}])
@pytest.mark.parametrize("make", [make_published, make_withdrawn])
def test_the_database_lets_nothing_of_a_published_paper_change(make: mock.Mock, change: dict[str, object]) -> None:
    paper = make()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(InternalError, match="or delete rows from papers_paper"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk)._raw_delete(using="default")


def test_the_database_refuses_a_second_section_of_one_key() -> None:
    paper = make_draft()
    with pytest.raises(IntegrityError, match="one_section_per_paper_and_key"), transaction.atomic():
        paper.sections.create(key="risk")


def test_a_blob_is_not_lost_while_a_paper_shows_it() -> None:
    paper = make_final()
    assert paper.pdf is not None
    with pytest.raises(ProtectedError):
        paper.pdf.delete()
    assert make_blob(b"other").pk != paper.pdf_id
