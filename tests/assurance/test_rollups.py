"""Building roll-ups: what is read, what is stored, and what a second build leaves alone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import page
import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Action
from actions.services import actions as action_services
from actions.services import tasks as task_services
from assurance.models import Decision, Rollup
from assurance.services import rollup_words, rollups
from organisation.models import Unit
from organisation.periods import HalfYear, Quarter
from organisation.roles import Role
from records.models import Job, JobState, TrailEntry
from records.services import jobs
from rendering import pdf
from tests.factories import actions
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_person, make_unit, move_unit
from tests.factories.rollups import LEAD_SAYS, NARRATIVE, answer, assess, write

pytestmark = pytest.mark.django_db

HALF = HalfYear(2025, 1)
Q1, Q2 = HALF.quarters
NOW = datetime(2025, 10, 3, 9, 30, tzinfo=UTC)


def build(rollup: Rollup, at: datetime = NOW) -> Rollup:
    """Request the roll-up and do the worker's part."""
    job = rollups.request(rollup=rollup, by=None, at=at)
    jobs.perform(job.pk, rollups.build)
    rollup.refresh_from_db()
    return rollup


@pytest.fixture
def rollup() -> Rollup:
    """A group of three units: one accepted, one signed, one with nothing signed."""
    statements.shipped_edition()
    group = make_group("Frontline Policing")
    accepted = statements.signed(make_unit("Kiln Hill", group=group), Q1, level=2, levels={"leadership": 4})
    statements.decide(accepted, Decision.ACCEPTED)
    statements.signed(make_unit("Marsh Lane", group=group), Q2, level=3)
    make_unit("Quay Street", group=group)
    return Rollup.objects.create(group=group, half=HALF)


def test_the_figures_are_those_of_the_signed_statements(rollup: Rollup) -> None:
    figures = rollups.figures_of(rollup.group, HALF, as_at=NOW.date())
    assert [(row.name, row.quarter, row.status) for row in figures.units] == [
        ("Kiln Hill", "2025/26-Q1", "accepted"),
        ("Marsh Lane", "2025/26-Q2", "signed"),
        ("Quay Street", None, None),
    ]
    assert figures.units[0].levels["leadership"] == 4
    assert figures.units[0].levels["audit"] == 2
    leadership, wellbeing = (
        next(row for row in figures.distribution if row.identity == name) for name in ("leadership", "wellbeing")
    )
    assert leadership.counts == (0, 0, 1, 1, 0)
    assert (leadership.nothing_signed, leadership.median) == (1, "3–4")
    assert not wellbeing.scored
    assert len(figures.themes) == 12
    assert figures.level_names[2] == "Compliant culture"


def test_a_returned_statement_counts_as_nothing_signed() -> None:
    group = make_group()
    returned = statements.signed(make_unit("Kiln Hill", group=group), Q1)
    statements.decide(returned, Decision.RETURNED)
    figures = rollups.figures_of(group, HALF, as_at=NOW.date())
    assert [(row.name, row.status) for row in figures.units] == [("Kiln Hill", None)]
    assert figures.coverage[0].signed == 0


def test_a_unit_belongs_to_the_group_of_the_halfs_last_day() -> None:
    statements.shipped_edition()
    before, after = make_group(), make_group()
    moved = make_unit("Moved", group=before)
    move_unit(moved, to=after, on=date(2025, 8, 1), last_day_before=date(2025, 7, 31))
    make_unit("Closed in time", group=before, closed_on=date(2025, 6, 30))
    make_unit("Closed before", group=before, closed_on=date(2025, 3, 31))
    make_unit("Opened too late", group=before, opened_on=date(2025, 7, 2))
    assert [row.name for row in rollups.figures_of(before, HALF, as_at=NOW.date()).units] == ["Closed in time"]
    assert [row.name for row in rollups.figures_of(after, HALF, as_at=NOW.date()).units] == ["Moved"]


def test_of_a_quarter_that_has_not_begun_nothing_is_expected() -> None:
    group = make_group()
    statements.signed(make_unit("Kiln Hill", group=group), Q1)
    make_unit("Opens in the summer", group=group, opened_on=date(2025, 6, 2))
    before = rollups.figures_of(group, HALF, as_at=date(2025, 6, 30))
    assert [(row.quarter, row.expected, row.nothing_signed) for row in before.coverage] == [("2025/26-Q1", 1, 0)]
    assert [row.name for row in before.units] == ["Kiln Hill"]
    after = rollups.figures_of(group, HALF, as_at=date(2025, 7, 1))
    assert [(row.quarter, row.expected, row.nothing_signed) for row in after.coverage] == [
        ("2025/26-Q1", 1, 0),
        ("2025/26-Q2", 2, 2),
    ]
    assert [row.name for row in after.units] == ["Kiln Hill", "Opens in the summer"]


def test_late_is_after_midnight_in_london() -> None:
    """Q1 statements are due on 31 May, in summer time: its midnight is 23:00 of the time that is stored."""
    statements.shipped_edition()
    group = make_group()
    for minute, name in ((59, "Just in time"), (60, "Just late")):
        completed = statements.complete(statements.fill(statements.make_statement(make_unit(name, group=group), Q1)))
        statements.sign(completed, at=datetime(2025, 5, 31, 22, tzinfo=UTC) + timedelta(minutes=minute))
    first = rollups.figures_of(group, HALF, as_at=NOW.date()).coverage[0]
    assert (first.signed, first.signed_late) == (2, 1)


def test_a_document_of_half_a_half_year_says_so() -> None:
    rollup = Rollup(group=make_group("Early"), half=HALF)
    statements.signed(make_unit(group=rollup.group), Q1)
    rollup.figures = json.loads(json.dumps(asdict(rollups.figures_of(rollup.group, HALF, as_at=date(2025, 6, 30)))))
    html = rollups.document_of(rollup, as_at=date(2025, 6, 30))
    assert "signed after 31 May 2025. Shares" in html
    assert "second quarter had not begun" in html
    assert "July to September" not in html


def test_a_build_stores_figures_document_and_trail(rollup: Rollup) -> None:
    build(rollup)
    assert rollup.figures["half"] == "2025/26-H1"
    assert rollup.built_at is not None
    assert rollup.pdf is not None
    assert rollup.pdf.path.read_bytes().startswith(b"%PDF-1.7")
    job = Job.objects.get(key=rollup.job_key)
    assert (job.state, job.progress, job.error) == (JobState.DONE, 100, "")
    trail = TrailEntry.objects.get(act="rollup.built")
    assert trail.detail == {"figures_digest": rollup.figures_digest, "sha256": rollup.pdf.sha256}


def test_building_again_changes_nothing(rollup: Rollup) -> None:
    build(rollup)
    before = Rollup.objects.values().get(pk=rollup.pk)
    file_before = rollup.pdf.path.stat() if rollup.pdf else None
    build(rollup, at=datetime(2025, 11, 3, 9, 30, tzinfo=UTC))
    assert Rollup.objects.values().get(pk=rollup.pk) == before
    assert rollup.pdf is not None
    assert rollup.pdf.path.stat() == file_before
    assert list(Job.objects.values_list("state", flat=True)) == [JobState.DONE, JobState.DONE]
    assert TrailEntry.objects.filter(act="rollup.built").count() == 1


def test_a_new_acceptance_changes_the_next_build(rollup: Rollup) -> None:
    assert rollup.group is not None
    build(rollup)
    first = rollup.figures_digest
    statements.decide(
        statements.signed(rollup.group.memberships.get(unit__name="Quay Street").unit, Q1), Decision.ACCEPTED
    )
    build(rollup)
    assert rollup.figures_digest != first
    assert [row["status"] for row in rollup.figures["units"]] == ["accepted", "signed", "accepted"]


def test_a_document_that_cannot_be_printed_fails_with_words_and_leaves_what_was_there(
    rollup: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise pdf.MissingLibrary(["libpango-1.0-0"])

    monkeypatch.setattr(pdf, "render", refuse)
    build(rollup)
    job = Job.objects.get(key=rollup.job_key)
    assert job.state == JobState.FAILED
    assert "nothing has been replaced" in job.error
    assert "apt-get install libpango-1.0-0" in job.error
    assert (rollup.figures, rollup.pdf, rollup.built_at) == (None, None, None)


def test_the_figures_take_as_many_queries_for_sixty_units_as_for_three(rollup: Rollup) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        rollups.figures_of(rollup.group, HALF, as_at=NOW.date())
    for number in range(57):
        make_unit(f"Another unit {number}", group=rollup.group)
    with CaptureQueriesContext(connection) as many:
        assert len(rollups.figures_of(rollup.group, HALF, as_at=NOW.date()).units) == 60
    # The model (editions, levels, themes, what is not comparable), the units now and before, targets, revisions with
    # their reviews, entries, actions, the levels that audits found and how claims agreed with them.
    assert len(few) == len(many) == 12


# --- Actions and what was merely carried --------------------------------------------------------------------------


LONDON_MIDNIGHT = datetime(2025, 9, 30, 23, tzinfo=UTC)  # when 1 October 2025 begins, in summer time


def action_of(unit: Unit, *, due: date | None = None, at: datetime = datetime(2025, 5, 6, 9, tzinfo=UTC)) -> Action:
    return actions.make_action(unit, due=due, at=at)


def test_actions_are_counted_as_at_the_halfs_last_day_in_london() -> None:
    group = make_group()
    unit = make_unit("Kiln Hill", group=group)
    spoc = make_person(Role.SPOC, unit)
    make_unit("Marsh Lane", group=group)
    action_of(unit, due=date(2025, 9, 29))  # overdue on the last day
    action_of(unit, due=date(2025, 9, 30))  # due on it
    action_of(unit, at=LONDON_MIDNIGHT)  # raised after it
    moments = {"just in time": LONDON_MIDNIGHT - timedelta(minutes=1), "just too late": LONDON_MIDNIGHT}
    for at in moments.values():
        action_services.close(action=action_of(unit), achieved="Done.", by=spoc, at=at)
    before = datetime(2025, 3, 31, 12, tzinfo=UTC)  # closed in the half before
    action_services.close(action=action_of(unit, at=before), achieved="Done.", by=spoc, at=before)
    action_services.withdraw(action=action_of(unit, due=date(2025, 6, 1)), reason="A mistake.", by=spoc, at=NOW)
    action_of(make_unit("Of another group"), due=date(2025, 6, 1))
    found = rollups.figures_of(group, HALF, as_at=NOW.date()).actions
    assert found is not None
    assert found.as_at == "2025-09-30"
    assert [(row.name, row.open, row.overdue, row.closed) for row in found.units] == [
        ("Kiln Hill", 3, 1, 1),
        ("Marsh Lane", 0, 0, 0),
    ]
    assert (found.open, found.overdue, found.closed) == (3, 1, 1)


def test_while_the_half_runs_actions_are_counted_as_at_the_day_of_the_build() -> None:
    unit = make_unit(group=(group := make_group()))
    action_of(unit, due=date(2025, 6, 1))
    found = [rollups.figures_of(group, HALF, as_at=day).actions for day in (date(2025, 6, 1), date(2025, 6, 2))]
    assert [(one.as_at, one.overdue) for one in found if one] == [("2025-06-01", 0), ("2025-06-02", 1)]


def test_a_task_that_was_done_later_was_overdue_then() -> None:
    unit = make_unit(group=(group := make_group()))
    action = action_of(unit, due=date(2025, 6, 1))
    task_services.finish(task=action.tasks.get(), by=make_person(Role.SPOC, unit), at=NOW)
    found = rollups.figures_of(group, HALF, as_at=NOW.date()).actions
    assert found is not None
    assert (found.open, found.overdue) == (1, 1)


def test_what_a_unit_merely_carried_is_counted_theme_by_theme(rollup: Rollup) -> None:
    """Confirmed without a change counts; carried and changed, and carried but not signed on, do not."""
    before = statements.signed(make_unit("Ferry Road", group=rollup.group), HALF.previous().quarters[1])
    draft = statements.fill(statements.make_statement(before.statement.unit, Q1))
    for identity, how in (("leadership", "confirmed"), ("audit", "changed")):
        source = before.entries.get(theme__identity=identity)
        draft.entries.filter(theme__identity=identity).update(carried=how, carried_from=source)
    statements.sign(statements.complete(draft))
    themes = {row.identity: row for row in rollups.figures_of(rollup.group, HALF, as_at=NOW.date()).distribution}
    assert (themes["leadership"].carried, themes["audit"].carried) == (1, 0)
    assert themes["wellbeing"].carried is None


def test_page_and_document_say_how_many_actions_are_overdue_and_what_was_carried(rollup: Rollup) -> None:
    action_of(Unit.objects.get(name="Kiln Hill"), due=date(2025, 6, 1))
    build(rollup)
    html = " ".join(rollups.document_of(rollup, as_at=NOW.date()).split())
    assert "On 30 September 2025 the units had 1 action open, 1 of them overdue; 0 were closed in the half-year" in html
    assert '<th scope="row">Kiln Hill</th><td class="numeric">1</td><td class="numeric">1</td>' in html
    assert "Merely carried" in html


def test_the_draft_is_printed_with_its_words_marked_as_a_draft(rollup: Rollup) -> None:
    build(rollup)
    assert "own assessment" not in rollups.document_of(rollup, as_at=NOW.date())
    written = write(rollup)
    html = " ".join(rollups.document_of(written, as_at=NOW.date()).split())
    assert "The lead’s own assessment (draft)" in html
    assert "What the figures mean (draft)" in html
    assert "It is printed as it stood when the figures were built, and may still change." in html
    assert NARRATIVE in html
    assert html.count(LEAD_SAYS) == len(rollup_words.scale_of(written).themes) == 11
    assert "Draft, not yet issued by the Chief Officer Group (COG) lead" in html


def test_words_that_are_written_are_printed_by_the_next_build(rollup: Rollup) -> None:
    first = build(rollup).pdf
    assert build(rollup).pdf == first
    assess(rollup, "leadership", evidence="Seen on visits.", at=timezone.now())
    second = build(rollup).pdf
    assert second != first
    assert build(rollup).pdf == second
    answer(rollup, narrative="Better than before.", at=timezone.now())
    assert build(rollup).pdf not in (first, second)


def test_figures_of_before_actions_were_counted_are_still_shown(rollup: Rollup) -> None:
    build(rollup)
    del rollup.figures["actions"]
    for row in rollup.figures["distribution"]:
        del row["carried"]
    for unit in rollup.figures["units"]:
        del unit["carried"]
    html = rollups.document_of(rollup, as_at=NOW.date())
    assert "Levels by unit" in html
    assert "Merely carried" not in html
    assert 'id="actions"' not in html


def test_every_group_with_units_to_sum_up_is_asked_for() -> None:
    with_units, gone, not_yet = make_group("Now"), make_group("Gone"), make_group("Not yet")
    moved = make_unit(group=make_group("Gave its only unit away"))
    move_unit(moved, to=with_units, on=date(2025, 8, 1), last_day_before=date(2025, 7, 31))
    make_unit(group=with_units)
    make_unit(group=gone, closed_on=date(2025, 3, 31))
    make_unit(group=not_yet, opened_on=date(2025, 10, 1))
    rollups.request_all(half=HALF, by=None, at=NOW)
    assert [row.name for row in Rollup.objects.all()] == ["Now", "The whole force"]


# --- The document ---------------------------------------------------------------------------------------------------


def text_of(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "rollup.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def printed(rollup: Rollup) -> bytes:
    """The document of a group with more units than fit on a page, one of them named by a mischievous hand."""
    for number in range(30):
        make_unit(f"Department of long and various names, number {number}", group=rollup.group)
    statements.signed(make_unit("Zoo <script>alert(1)</script> & \u0007\U0001f46e\ue000 unit", group=rollup.group), Q2)
    build(rollup)
    assert rollup.pdf is not None
    return rollup.pdf.path.read_bytes()


def test_the_document_keeps_to_both_standards(printed: bytes) -> None:
    failures = [
        f"{profile}: {failure.rule_id} {failure.message}"
        for profile in ("ua1", "3a")
        for failure in page.validate_pdf_bytes(printed, profile=profile).failures
    ]
    assert failures == []


def test_the_document_says_what_the_figures_say(printed: bytes, tmp_path: Path) -> None:
    text = " ".join(text_of(printed, tmp_path).split())
    assert "Frontline Policing: health and safety roll-up" in text
    assert "OFFICIAL" in text
    assert "Draft, not yet issued" in text
    assert "34 1 of 34 (3%) 1 of 34 (3%)" in text  # Q1: expected, signed, accepted
    assert "34 2 of 34 (6%) 0 of 34 (0%)" in text  # Q2
    assert "Kiln Hill Q1, accepted 4 2 2 2 2 n/s 2 2 2 2 2 2" in text
    assert "Marsh Lane Q2, signed, not yet accepted 3 3 3 3 3 n/s 3 3 3 3 3 3" in text
    assert "Quay Street Nothing signed in the half-year" in text
    assert "Zoo <script>alert(1)</script> &" in text


def test_the_document_has_a_title_bookmarks_and_a_landscape_table(printed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rollup.pdf"
    path.write_bytes(printed)
    with pikepdf.open(path) as opened:
        with opened.open_outline() as outline:
            marks = [str(item.title) for item in outline.root[0].children]
        sizes = [[round(float(side)) for side in page_.mediabox[2:]] for page_ in opened.pages]
        title = str(opened.docinfo["/Title"])
    assert title == "Frontline Policing: health and safety roll-up, H1 2025/26 (April to September 2025)"
    assert marks == [
        "How to read it",
        "Coverage",
        "Levels by theme",
        "Who is counted",
        "At or above the target",
        "Movement since H2 2024/25 (October 2024 to March 2025)",
        "What reviewers answered",
        "Actions",
        "Levels by unit",
    ]
    assert sizes[0] == [595, 842]
    assert sizes[-1] == [842, 595]


def test_a_group_without_units_still_has_a_document() -> None:
    statements.shipped_edition()
    rollup = build(Rollup.objects.create(group=make_group("Empty"), half=HALF))
    assert rollup.figures["units"] == []
    html = rollups.document_of(rollup, as_at=date(2025, 10, 3))
    assert "No unit of the business group was expected" in html


def test_quarters_of_the_half_are_those_read() -> None:
    """A statement of the quarter after the half changes nothing."""
    unit = make_unit(group=(group := make_group()))
    statements.signed(unit, Quarter(2025, 3))
    assert [row.status for row in rollups.figures_of(group, HALF, as_at=NOW.date()).units] == [None]
