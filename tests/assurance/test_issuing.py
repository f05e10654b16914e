"""Issuing roll-ups: what is frozen, what is refused, the versions, and what has changed since."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, date, datetime
from typing import Any

import page
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance import documents, rollup_exports, rollup_rules
from assurance.models import Decision, IssuedRevision, IssuedRollup, Revision, Rollup
from assurance.rules import Blocked, Refused
from assurance.services import issuing, rollup_words
from organisation.models import BusinessGroup, User
from organisation.roles import Role
from records.canonical import content_digest
from records.models import Job, JobState, TrailEntry
from rendering import pdf
from tests.factories import assurance as statements
from tests.factories import rollups as factory
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> BusinessGroup:
    """A group of three units: one accepted, one signed, one with nothing signed."""
    statements.shipped_edition()
    group = make_group("Frontline Policing")
    first, second = factory.last_half().quarters
    accepted = statements.signed(make_unit("Kiln Hill", group=group), first, level=2, levels={"leadership": 4})
    statements.decide(accepted, Decision.ACCEPTED)
    statements.signed(make_unit("Marsh Lane", group=group), second, level=3)
    make_unit("Quay Street", group=group)
    return group


@pytest.fixture
def lead(group: BusinessGroup) -> User:
    return make_person(Role.COG_LEAD, group=group)


@pytest.fixture
def rollup(group: BusinessGroup, lead: User) -> Rollup:
    """Built, and written in full."""
    return factory.write(factory.built(group), by=lead)


# --- What is frozen -----------------------------------------------------------------------------------------------


def test_figures_words_and_the_revisions_used_are_frozen_with_a_digest(rollup: Rollup, lead: User) -> None:
    at = datetime(2030, 10, 20, 9, 30, tzinfo=UTC)
    issued = factory.issue(rollup, by=lead, at=at)
    content = issued.content
    assert (issued.number, issued.because, issued.issuer_name, issued.issued_at) == (1, "", lead.name, at)
    assert issued.content_digest == content_digest(content)
    assert content["figures"] == rollup.figures
    assert content["figures_digest"] == issued.figures_digest == rollup.figures_digest
    assert content["words"]["narrative"] == factory.NARRATIVE
    assert content["words"]["meeting"] == {"on": rollup.half.last_day.isoformat(), "reported": True, "note": ""}
    leadership = content["words"]["themes"][0]
    assert (leadership["name"], leadership["level"]) == ("Leadership", 3)
    assert leadership["evidence"] == f"Leadership: {factory.LEAD_SAYS}"
    used = {
        one["unit"]: (one["quarter"], one["revision"], one["status"], one["digest"]) for one in content["revisions"]
    }
    revisions = {one.statement.unit.name: one for one in Revision.objects.exclude(signed_at=None)}
    assert used == {
        name: (str(one.statement.quarter), one.number, state, one.content_digest)
        for (name, one), state in zip(sorted(revisions.items()), ["accepted", "signed"], strict=True)
    }
    assert set(issued.revisions.all()) == set(revisions.values())


def test_the_lead_s_level_is_stated_and_never_worked_out(rollup: Rollup) -> None:
    """Every unit of the group is below level 5 in every theme, and the lead says 5."""
    factory.assess(rollup, "audit", level=5)
    words = factory.issue(rollup).content["words"]
    assert next(theme["level"] for theme in words["themes"] if theme["identity"] == "audit") == 5


def test_a_theme_that_is_not_scored_takes_no_assessment(rollup: Rollup) -> None:
    identities = [theme["identity"] for theme in rollup_words.words_of(rollup)["themes"]]
    assert len(identities) == 11
    assert "wellbeing" not in identities


def test_rebuilding_a_draft_replaces_figures_and_never_words(rollup: Rollup, group: BusinessGroup) -> None:
    before = rollup_words.words_of(rollup)
    statements.signed(group.memberships.get(unit__name="Quay Street").unit, rollup.half.quarters[0])
    again = factory.built(group)
    assert again.figures_digest != rollup.figures_digest
    assert rollup_words.words_of(again) == before


def test_issuing_is_in_the_trail_and_asks_for_the_document(rollup: Rollup, lead: User) -> None:
    issued = factory.issue(rollup, by=lead)
    entry = TrailEntry.objects.get(act="rollup.issued")
    assert (entry.actor_id, entry.thing_id, entry.detail["content_digest"]) == (
        lead.pk,
        issued.pk,
        issued.content_digest,
    )
    assert Job.objects.get(task=issuing.PRINT).state == JobState.QUEUED


@pytest.mark.parametrize("column", ["content", "content_digest", "number", "because", "issuer_name", "as_at"])
def test_the_database_lets_nobody_change_what_was_issued(rollup: Rollup, column: str) -> None:
    issued = factory.issue(rollup)
    value: Any = {"number": 9, "as_at": date(2001, 1, 1), "content": {}}.get(column, "other")
    with pytest.raises(DatabaseError, match="issued_rollups_stay"), transaction.atomic():
        IssuedRollup.objects.filter(pk=issued.pk).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedRevision.objects.filter(issued=issued).delete()


# --- What is refused ----------------------------------------------------------------------------------------------


def test_a_newer_build_is_not_issued_unseen(rollup: Rollup, group: BusinessGroup, lead: User) -> None:
    seen = rollup.figures_digest
    statements.signed(group.memberships.get(unit__name="Quay Street").unit, rollup.half.quarters[0])
    factory.built(group)
    with pytest.raises(Refused, match="built again since you opened this page"):
        issuing.issue(rollup=rollup, seen_figures_digest=seen, by=lead, at=timezone.now())
    assert not IssuedRollup.objects.exists()


def test_words_that_were_not_on_the_page_are_not_issued(rollup: Rollup, lead: User) -> None:
    seen = content_digest(rollup_words.words_of(rollup))
    factory.answer(rollup, narrative="Written by the support staff a moment later.")
    with pytest.raises(Refused, match="The words have changed since you opened this page"):
        issuing.issue(
            rollup=rollup,
            seen_figures_digest=rollup.figures_digest,
            seen_words_digest=seen,
            by=lead,
            at=timezone.now(),
        )


def test_what_is_missing_blocks_it_by_name(group: BusinessGroup, lead: User) -> None:
    rollup = factory.built(group)
    with pytest.raises(Blocked) as refused:
        factory.issue(rollup, by=lead)
    assert [(one.theme, one.field) for one in refused.value.blockers[:4]] == [
        (None, "board_meeting_on"),
        (None, "group_meeting_on"),
        (None, "reported_at_meeting"),
        ("leadership", "level"),
    ]
    assert len(refused.value.blockers) == 3 + 11


def test_nothing_that_is_not_built_is_issued(group: BusinessGroup, lead: User) -> None:
    rollup = rollup_words.begin(rollup=Rollup(group=group, half=factory.last_half()))
    factory.write(rollup, by=lead)
    facts = issuing.facts_of(rollup, rollup_words.words_of(rollup), today=timezone.localdate())
    assert [one.field for one in rollup_rules.blocks_issuing(facts)] == ["figures"]


# --- Versions -----------------------------------------------------------------------------------------------------


def test_the_next_version_has_a_reason_and_the_digest_of_the_one_before(rollup: Rollup, lead: User) -> None:
    first = factory.issue(rollup, by=lead)
    before = IssuedRollup.objects.values().get(pk=first.pk)
    factory.answer(rollup, narrative="Corrected.")
    with pytest.raises(Refused, match="Say why another version is issued"):
        factory.issue(rollup, by=lead)
    second = factory.issue(rollup, by=lead, because="The narrative named the wrong month.")
    assert (second.number, second.content["previous"]) == (2, first.content_digest)
    assert second.content["because"] == "The narrative named the wrong month."
    assert IssuedRollup.objects.values().get(pk=first.pk) == before


def test_of_the_first_version_no_reason_is_kept(rollup: Rollup) -> None:
    with pytest.raises(Refused, match="This is the first version"):
        factory.issue(rollup, because="Because.")


# --- What has changed since ---------------------------------------------------------------------------------------


def changed(issued: IssuedRollup) -> Any:
    return issuing.changes_since(IssuedRollup.objects.get(pk=issued.pk), today=timezone.localdate())


def test_nothing_has_changed_right_after_issue(rollup: Rollup) -> None:
    assert not changed(factory.issue(rollup))


def test_a_later_acceptance_a_return_and_a_first_statement_are_named(rollup: Rollup, group: BusinessGroup) -> None:
    issued = factory.issue(rollup)
    first, second = rollup.half.quarters
    marsh = Revision.objects.get(statement__unit__name="Marsh Lane", statement__quarter=second)
    statements.decide(marsh, Decision.ACCEPTED)
    statements.signed(group.memberships.get(unit__name="Quay Street").unit, first)
    kiln = group.memberships.get(unit__name="Kiln Hill").unit
    statements.decide(statements.signed(kiln, second, level=5), Decision.ACCEPTED)
    found = changed(issued)
    assert [(one.unit, one.text) for one in found.units] == [
        ("Kiln Hill", f"{second}, revision 1 (accepted) counts now, in place of {first}, revision 1."),
        ("Marsh Lane", f"{second}, revision 1 is accepted now."),
        ("Quay Street", f"{first}, revision 1 (signed, not yet accepted) counts now; nothing was signed then."),
    ]
    assert not found.is_built_again
    factory.built(group)
    assert changed(issued).is_built_again


def test_a_returned_statement_is_named_as_returned(rollup: Rollup) -> None:
    issued = factory.issue(rollup)
    second = rollup.half.quarters[1]
    statements.decide(Revision.objects.get(statement__unit__name="Marsh Lane"), Decision.RETURNED)
    assert [one.text for one in changed(issued).units] == [
        f"Nothing counts now, in place of {second}, revision 1, which was returned."
    ]


def test_words_written_since_are_named(rollup: Rollup) -> None:
    issued = factory.issue(rollup)
    factory.answer(rollup, narrative="Another.", shows_comparison=False)
    factory.assess(rollup, "audit", actions="More audits.")
    assert changed(issued).words == [
        "the overall narrative",
        "whether the half-year before is shown",
        "the assessment of Assurance and Audit",
    ]


def test_what_has_changed_costs_as_many_queries_for_many_units(rollup: Rollup, group: BusinessGroup) -> None:
    def count(issued: IssuedRollup) -> int:
        found = IssuedRollup.objects.select_related("rollup__group").get(pk=issued.pk)
        with CaptureQueriesContext(connection) as captured:
            issuing.changes_since(found, today=timezone.localdate())
        return len(captured)

    issued = factory.issue(rollup)
    statements.decide(Revision.objects.get(statement__unit__name="Marsh Lane"), Decision.RETURNED)
    few = count(issued)
    for number in range(8):
        statements.signed(make_unit(f"Unit {number}", group=group), rollup.half.quarters[0])
    assert count(issued) == few <= 5


# --- The force ----------------------------------------------------------------------------------------------------


def test_a_force_summary_has_the_head_s_opinion_and_the_reports_received_and_awaited(
    rollup: Rollup, group: BusinessGroup
) -> None:
    make_unit("Wharf", group=make_group("Corporate Services"))
    issued_on = timezone.localdate()
    received = factory.issue(rollup)
    summary = factory.issued(None)
    assert summary.content["words"]["meeting"] is None
    assert summary.content["words"]["opinion"]["level"] == 3
    assert summary.content["reports"] == [
        {"group": "Corporate Services", "slug": "corporate-services", "number": None, "issued_on": None, "digest": ""},
        {
            "group": "Frontline Policing",
            "slug": group.slug,
            "number": 1,
            "issued_on": issued_on.isoformat(),
            "digest": received.content_digest,
        },
    ]


def test_a_force_summary_keeps_the_revisions_it_used_and_says_what_counts_differently_since(
    rollup: Rollup, group: BusinessGroup
) -> None:
    summary = factory.issued(None)
    assert set(summary.revisions.all()) == set(Revision.objects.exclude(signed_at=None))
    assert [one["unit"] for one in summary.content["revisions"]] == ["Kiln Hill", "Marsh Lane"]
    assert not issuing.changes_since(summary, today=timezone.localdate()).units
    statements.signed(group.memberships.get(unit__name="Quay Street").unit, rollup.half.quarters[0])
    assert [one.unit for one in issuing.changes_since(summary, today=timezone.localdate()).units] == ["Quay Street"]


def test_the_tables_taken_away_have_the_comparison_only_where_it_is_shown(rollup: Rollup) -> None:
    """Kiln Hill is at the target in leadership alone, Marsh Lane everywhere, Quay Street signed nothing."""
    tables = {one.title: one for one in rollup_exports.tables_in(factory.issue(rollup).content, "d" * 64)}
    leadership, policy, *_ = tables["At the target"].rows
    assert leadership == ("Leadership", 3, 2, 2, "34% to 100%", 3, 0)
    assert policy == ("Policy / Governance", 3, 1, 2, "9% to 91%", 3, 0)
    assert [row[:4] for row in tables["Movement by unit"].rows][-1][0] == "Quay Street"
    assert tables["Reviewers’ answers"].rows[0] == ("Appropriately completed?", 1, 0, 1, 2)
    factory.answer(rollup, shows_comparison=False)
    without = factory.issue(rollup, because="Without the half-year before.").content
    assert not [one for one in rollup_exports.tables_in(without, "d" * 64) if one.title.startswith("Movement")]


def test_a_group_takes_no_opinion_and_the_force_no_meeting(rollup: Rollup, lead: User) -> None:
    with pytest.raises(ValueError, match="has no answer opinion"):
        factory.answer(rollup, by=lead, opinion="Mine")
    with pytest.raises(ValueError, match="has no answer group_meeting_on"):
        factory.answer(factory.built(None), group_meeting_on=date(2025, 9, 1))


# --- Its document -------------------------------------------------------------------------------------------------


def text_of(file: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("of_the_force", [False, True])
def test_the_document_conforms_and_says_what_was_issued(rollup: Rollup, of_the_force: bool) -> None:
    version = factory.printed(factory.issue(rollup))
    if of_the_force:
        version = factory.printed(factory.issued(None))
    assert version.pdf is not None
    file = version.pdf.path.read_bytes()
    for profile in ("ua1", "3a"):
        assert not page.validate_pdf_bytes(file, profile=profile).failures
    said = text_of(file)
    assert "Leadership: level 3: compliant culture" in said
    assert factory.NARRATIVE in said
    assert version.content_digest in re.sub(r"\s", "", said)
    assert ("In the opinion of the Head" in said) is of_the_force
    assert ("Reports received and awaited" in said) is of_the_force


def test_the_document_is_printed_once_and_stays(rollup: Rollup) -> None:
    version = factory.printed(factory.issue(rollup))
    assert issuing.request_document(issued=version, by=None, at=timezone.now()) is None
    assert TrailEntry.objects.filter(act="rollup.printed").count() == 1
    with pytest.raises(DatabaseError, match="issued_documents_stay"), transaction.atomic():
        IssuedRollup.objects.filter(pk=version.pk).update(pdf=rollup.pdf)


def test_a_document_that_cannot_be_printed_leaves_what_was_issued(
    rollup: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise pdf.PrintingError("no font")

    monkeypatch.setattr(pdf, "render", fail)
    version = factory.printed(factory.issue(rollup))
    job = Job.objects.get(task=issuing.PRINT)
    assert job.state == JobState.FAILED
    assert "what was issued is unchanged" in job.error
    assert version.pdf is None
    monkeypatch.undo()
    assert factory.printed(version).pdf is not None


def test_the_document_is_made_from_the_frozen_content_alone(rollup: Rollup) -> None:
    version = factory.issue(rollup)
    before = documents.issued_rollup_html(IssuedRollup.objects.get(pk=version.pk))
    factory.answer(rollup, narrative="Written later.")
    BusinessGroup.objects.update(name="Renamed since")
    assert documents.issued_rollup_html(IssuedRollup.objects.get(pk=version.pk)) == before
