"""The invented force: what it holds, and that it is what the services would have written step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from pytest_django import DjangoDbBlocker

from actions.models import Action
from assurance import rules
from assurance.models import Entry, EvidenceFile, EvidenceItem, Review, Revision, RevisionState, Statement
from assurance.services import opening, statements
from assurance.services.content import content_of
from home.demo import evidence, loading
from home.demo.cast import PASSWORD, SIGN_INS
from home.demo.plan import Size
from injuries.models import WorkingTimeReading, WorkingTimeTarget
from maturity import modelfile
from maturity.services import editions
from organisation.models import Appointment, BusinessGroup, Unit, User
from organisation.periods import LONDON, HalfYear, Quarter, london_day
from organisation.roles import Role
from records.canonical import content_digest
from records.filetypes import recognise
from records.models import Blob, Notice, TrailEntry

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"

pytestmark = [pytest.mark.usefixtures("force"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def force(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001  # sets up first
    """The demo force in its usual size, loaded once for these tests; each changes it in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)
        assert loading.load(Size(), at=NOW)
        yield
        transaction.set_rollback(True)


def test_the_usual_force_has_seven_groups_sixty_units_and_eight_quarters() -> None:
    assert BusinessGroup.objects.count() == 7
    assert Unit.objects.open_on(london_day(NOW)).count() >= 60
    quarters = {str(quarter) for quarter in Statement.objects.values_list("quarter", flat=True)}
    assert sorted(quarters) == [
        "2024/25-Q4", "2025/26-Q1", "2025/26-Q2", "2025/26-Q3", "2025/26-Q4", "2026/27-Q1", "2026/27-Q2", "2026/27-Q3",
    ]  # fmt: skip
    assert set(Unit.objects.values_list("risk_band", flat=True)) == {"low", "medium", "high"}


def test_everything_that_can_happen_to_a_statement_has_happened() -> None:
    finished = Revision.objects.exclude(statement__quarter=Quarter.parse("2026/27-Q3"))
    assert set(finished.values_list("state", flat=True)) == {state.value for state in RevisionState}
    late = [r for r in finished.filter(signed_at__isnull=False) if late_signed(r)]
    assert late
    assert Revision.objects.filter(number=2, state=RevisionState.ACCEPTED).exists()
    assert set(Review.objects.values_list("decision", flat=True)) == {"accepted", "returned"}
    assert Entry.objects.filter(no_level_reason__gt="", level=None).exists()
    assert Action.objects.filter(status="closed").exists()


def late_signed(revision: Revision) -> bool:
    assert revision.signed_at is not None
    return bool(london_day(revision.signed_at) > revision.statement.quarter.due_on)


def test_units_open_merge_and_move_while_the_history_runs() -> None:
    first = Quarter.parse("2024/25-Q4").first_day
    assert Unit.objects.filter(opened_on__gt=first).exists()
    merged = Unit.objects.exclude(closed_on=None)
    assert merged
    assert all(unit.successors.count() == 1 for unit in merged)
    moved = Unit.objects.filter(memberships__ends_on__isnull=False, closed_on=None)
    assert moved
    for unit in moved:
        before, after = unit.memberships.order_by("starts_on")
        assert before.ends_on is not None
        assert (after.starts_on - before.ends_on).days == 1
        assert before.group != after.group


def test_levels_drift_upwards() -> None:
    def mean(quarter: str) -> float:
        levels = Entry.objects.filter(
            revision__statement__quarter=Quarter.parse(quarter), revision__state="accepted", level__isnull=False
        ).values_list("level", flat=True)
        return sum(level or 0 for level in levels) / len(levels)

    assert 2 < mean("2024/25-Q4") < mean("2025/26-Q4") < mean("2026/27-Q2") < 4


def test_no_statement_is_expected_of_a_unit_that_did_not_exist() -> None:
    quarters = [Quarter.parse("2026/27-Q3").plus(-back) for back in range(8)]
    for quarter in quarters:
        expected = set(Unit.objects.open_on(quarter.first_day).values_list("name", flat=True))
        assert set(Statement.objects.filter(quarter=quarter).values_list("unit__name", flat=True)) == expected
    assert opening.open_quarter(quarter=quarters[0], at=NOW) == 0


def test_some_units_give_links_and_files_and_the_bytes_are_stored_once() -> None:
    files = EvidenceFile.objects.select_related("blob")
    assert {file.name for file in files} == {"walk-rounds.pdf", "permits.pdf", "near-misses.png"}
    assert Blob.objects.filter(pk__in=files.values("blob")).count() == 3
    for sample in evidence.store_samples(at=NOW).values():
        assert files.filter(blob=sample.blob).exists()
        assert recognise(sample.blob.path, sample.name).kind.media_type == sample.blob.media_type
    items = EvidenceItem.objects.select_related("entry__revision", "file")
    assert items.filter(file=None).exists()
    for item in items:
        completed_at = item.entry.revision.completed_at
        assert completed_at is not None
        assert item.added_at < completed_at
        assert item.of_on is not None
        assert item.of_on <= london_day(item.added_at)
    added = TrailEntry.objects.filter(act="evidence.added")
    first_revisions = items.filter(entry__revision__number=1)
    assert set(added.values_list("thing_id", flat=True)) == set(first_revisions.values_list("pk", flat=True))
    unit = Appointment.objects.get(person__email="spoc@demo.example").unit
    assert EvidenceFile.objects.filter(unit=unit).count() == 3


def test_what_was_frozen_is_what_signing_would_have_frozen() -> None:
    compared = 0
    for unit in Unit.objects.all():
        newest = Revision.objects.filter(statement__unit=unit, signed_at__isnull=False).order_by("-signed_at").first()
        if newest is not None:
            assert content_of(newest) == newest.content
            compared += 1
    assert compared >= 60


def test_digests_are_of_the_content_and_form_one_chain_a_unit() -> None:
    for unit in Unit.objects.all():
        previous = None
        for revision in Revision.objects.filter(statement__unit=unit, signed_at__isnull=False).order_by("signed_at"):
            assert content_digest(revision.content) == revision.content_digest
            assert revision.content["previous"] == previous
            previous = revision.content_digest


def test_nothing_stands_in_the_way_of_what_was_completed() -> None:
    completed = Revision.objects.exclude(completed_at=None).select_related("statement")
    assert completed
    for revision in completed:
        assert revision.completed_at is not None
        facts = statements.facts_of(revision, today=london_day(revision.completed_at))
        assert rules.blocks_completion(facts) == []


def test_steps_follow_each_other_and_none_lies_ahead() -> None:
    reviews = Review.objects.select_related("revision__statement")
    assert reviews
    for review in reviews:
        revision = review.revision
        assert revision.completed_at is not None
        assert revision.signed_at is not None
        assert revision.statement.opened_at < revision.completed_at < revision.signed_at < review.decided_at <= NOW
        assert revision.completed_by != revision.signed_by
        assert review.content_digest == revision.content_digest
    assert not TrailEntry.objects.filter(at__gt=NOW, act__startswith="statement.").exists()


def test_every_act_has_its_line_in_the_trail() -> None:
    signed = Revision.objects.exclude(signed_at=None)
    trail = TrailEntry.objects.filter(act="statement.signed", thing_type="assurance.Revision")
    assert set(trail.values_list("thing_id", "at", "actor_id")) == set(
        signed.values_list("id", "signed_at", "signed_by_id")
    )
    revision = signed[0]
    assert trail.get(thing_id=revision.pk).thing_name == str(revision)
    assert trail.count() == signed.count()


def test_nobody_is_told_of_what_is_history() -> None:
    assert not Notice.objects.exists()


def test_the_demo_unit_has_a_history_and_a_blank_statement_this_quarter() -> None:
    unit = Appointment.objects.get(person__email="spoc@demo.example").unit
    assert unit is not None
    revisions = Revision.objects.filter(statement__unit=unit).values_list("statement__quarter", "state")
    states = {str(quarter): state for quarter, state in revisions}
    assert states.pop("2026/27-Q3") == RevisionState.OPEN
    assert set(states.values()) == {RevisionState.ACCEPTED}
    assert len(states) == 7
    blank = Entry.objects.filter(revision__statement__unit=unit, revision__state=RevisionState.OPEN)
    assert set(blank.values_list("level", "evidence", "held_without_shrmt", "changed_at")) == {(None, "", None, None)}


def test_each_sign_in_has_one_appointment_and_a_name_that_is_its_role() -> None:
    for one in SIGN_INS:
        user = User.objects.get(email=one.email)
        appointment = user.appointments.get()
        assert (user.name, appointment.role) == (one.name, one.role)
        assert appointment.starts_on <= london_day(NOW)
        assert appointment.ends_on is None
    assert {one.role for one in SIGN_INS} == set(Role)
    unit = Appointment.objects.get(person__email="spoc@demo.example").unit
    lead = Appointment.objects.get(person__email="cog-lead@demo.example")
    assert unit is not None
    assert Appointment.objects.get(person__email="slt-lead@demo.example").unit == unit
    assert unit.memberships.get().group == lead.group


def test_people_sign_in_with_the_printed_password_and_the_others_cannot() -> None:
    assert authenticate(username="spoc@demo.example", password=PASSWORD) is not None
    others = User.objects.exclude(email__in=[one.email for one in SIGN_INS])
    assert others
    assert not any(user.has_usable_password() for user in others)


def test_the_history_covers_the_last_finished_half() -> None:
    half = HalfYear.parse("2026/27-H1")
    signed = Revision.objects.filter(statement__quarter__in=half.quarters, state__in=["signed", "accepted"])
    assert signed.values("statement__unit").distinct().count() > 50


def test_working_time_was_recorded_for_two_years_and_held_against_targets() -> None:
    """Nine ends of quarters make two years; one reading was corrected, and both of it are kept."""
    readings = WorkingTimeReading.objects.standing()
    assert list(readings.values_list("day", flat=True)) == [
        Quarter.parse("2024/25-Q2").plus(number).last_day for number in range(9)
    ]
    assert WorkingTimeReading.objects.exclude(ended_at=None).get().corrected_by in readings
    assert not WorkingTimeReading.objects.filter(recorded_at__gt=NOW).exists()
    assert WorkingTimeTarget.objects.standing().count() == 2
