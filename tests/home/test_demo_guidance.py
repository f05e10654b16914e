"""The invented force's targets, advisers and mentoring: what is there, and that the services would have written it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assurance.models import MentoringRecord, UnitAdviser
from home.demo import loading
from home.demo.plan import Size
from maturity import modelfile
from maturity.models import Target
from maturity.services import editions
from organisation.models import Appointment, Unit
from organisation.periods import LONDON, london_day
from organisation.roles import Role
from records.models import TrailEntry

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
TODAY = london_day(NOW)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"

pytestmark = [pytest.mark.usefixtures("force"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def force(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001  # sets up first
    """A small demo force, loaded once for these tests; each changes it in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)
        assert loading.load(Size(seed="guidance", units=20, quarters=2), at=NOW)
        yield
        transaction.set_rollback(True)


def demo_unit() -> Unit:
    return Unit.objects.get(appointments__person__email="spoc@demo.example")


def test_the_published_targets_stand_with_their_days() -> None:
    published = Target.objects.filter(endorsed_on=date(2017, 9, 19)).order_by("by_on")
    assert list(published.values_list("level", "self_sustaining", "risk_bands", "by_on")) == [
        (3, False, [], date(2018, 3, 31)),
        (3, True, [], date(2019, 3, 31)),
        (4, False, ["medium", "high"], date(2021, 3, 31)),
        (4, False, [], date(2022, 3, 31)),
    ]
    assert [one.superseded_by is not None for one in published] == [False, False, True, True]


def test_a_target_of_today_applies_to_every_unit_above_low_risk() -> None:
    for unit in Unit.objects.exclude(risk_band="low"):
        target = Target.objects.applying_to(unit, "audit", day=TODAY).first()
        assert target is not None
        assert (target.level, target.share) == (4, 80)
        assert target.by_on >= TODAY


def test_the_demo_group_has_a_target_of_its_own_in_one_theme() -> None:
    target = Target.objects.applying_to(demo_unit(), "partnerships-contracts", day=TODAY).first()
    assert target is not None
    assert target.group == demo_unit().memberships.get().group


def test_most_units_have_an_adviser_of_shrmt_and_some_have_none() -> None:
    units = Unit.objects.open_on(TODAY)
    advised = units.filter(pk__in=UnitAdviser.objects.acting(TODAY).values("unit"))
    assert 0 < advised.count() < units.count()
    shrmt = Appointment.objects.filter(role=Role.SHRMT).values("person")
    assert not UnitAdviser.objects.exclude(adviser__in=shrmt).exists()
    assert UnitAdviser.objects.acting(TODAY).get(unit=demo_unit()).adviser.email == "adviser@demo.example"


def test_the_demo_unit_has_a_question_answered_one_that_waits_and_advice_unasked() -> None:
    records = MentoringRecord.objects.filter(unit=demo_unit())
    assert sorted((bool(one.question), bool(one.advice)) for one in records) == [
        (False, True),
        (True, False),
        (True, True),
    ]
    assert MentoringRecord.objects.exclude(unit=demo_unit()).exists()


def test_nothing_was_asked_or_advised_in_the_future_or_before_the_unit_opened() -> None:
    for record in MentoringRecord.objects.select_related("unit"):
        times = [at for at in (record.asked_at, record.advised_at) if at is not None]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert london_day(times[0]) >= record.unit.opened_on


def test_each_question_and_advice_has_its_line_in_the_trail() -> None:
    trail = TrailEntry.objects.filter(thing_type="assurance.MentoringRecord")
    expected = set()
    for record in MentoringRecord.objects.all():
        if record.asked_at:
            expected.add((record.pk, "mentoring.asked", record.asked_at, record.asked_by_id))
        if record.advised_at:
            act = "mentoring.answered" if record.question else "mentoring.noted"
            expected.add((record.pk, act, record.advised_at, record.advised_by_id))
    assert set(trail.values_list("thing_id", "act", "at", "actor_id")) == expected
    assert len(expected) == trail.count()
