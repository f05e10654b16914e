"""Targets: what the database refuses, which one applies, and how one takes the place of another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from maturity.applying import TargetFacts, choose
from maturity.models import Target
from maturity.services import targets
from maturity.services.targets import Refused, Terms
from organisation.models import Unit
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories import maturity as make
from tests.factories.organisation import make_group, make_person, make_unit, move_unit

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)


def terms(**chosen: Any) -> Terms:
    """Level 4 for the whole force by the end of 2026/27."""
    values: dict[str, Any] = {
        "level": 4,
        "by_on": date(2027, 3, 31),
        "endorsed_by": "the Management Board",
        "endorsed_on": date(2026, 4, 1),
    }
    return Terms(**(values | chosen))


# --- What the database holds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"level": 0}, "target_within_the_scale"),
        ({"level": 6}, "target_within_the_scale"),
        ({"risk_bands": ["severe"]}, "target_for_known_risk_bands"),
        ({"share": 0}, "target_share_of_several_units"),
        ({"share": 101}, "target_share_of_several_units"),
        ({"endorsed_by": ""}, "target_endorsed_by_somebody"),
        ({"superseded_at": AT}, "target_superseded_by_and_at_together"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused_by_the_database(wrong: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make.target(**wrong)


def test_a_target_is_for_a_group_a_unit_or_bands_and_never_two_of_them() -> None:
    unit, group = make_unit(), make_group()
    both: list[dict[str, Any]] = [
        {"unit": unit, "group": group},
        {"unit": unit, "risk_bands": ["high"]},
        {"group": group, "risk_bands": ["high"]},
    ]
    for wrong in both:
        with pytest.raises(IntegrityError, match="target_for_a_group_a_unit_or_bands"), transaction.atomic():
            make.target(**wrong)
    with pytest.raises(IntegrityError, match="target_share_of_several_units"), transaction.atomic():
        make.target(unit=unit, share=50)


@pytest.mark.parametrize(
    "change", [{"level": 5}, {"by_on": date(2030, 1, 1)}, {"note": "Mended."}, {"endorsed_by": "Somebody else"}]
)
def test_what_was_endorsed_is_never_edited(change: dict[str, Any]) -> None:
    target = make.target()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Target.objects.filter(pk=target.pk).update(**change)


def test_a_target_is_never_deleted_nor_superseded_twice() -> None:
    first, second = make.target(3), make.target(4)
    with pytest.raises(DatabaseError, match="delete"), transaction.atomic():
        first.delete()
    targets.supersede(target=first, terms=terms(), by=None, at=AT)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Target.objects.filter(pk=first.pk).update(superseded_by=second, superseded_at=AT)


# --- Which one applies -----------------------------------------------------------------------------------------------


def applying(unit: Unit, identity: str = "leadership", day: date = TODAY) -> list[int]:
    return [one.level for one in Target.objects.applying_to(unit, identity, day=day)]


def test_the_most_specific_target_comes_first() -> None:
    group = make_group()
    unit = make_unit(group=group, risk_band="high")
    make.target(1)
    make.target(2, theme_identity="leadership")
    make.target(3, risk_bands=["medium", "high"])
    make.target(4, group=group)
    make.target(5, unit=unit)
    assert applying(unit) == [5, 4, 3, 2, 1]


def test_a_target_for_something_else_does_not_apply() -> None:
    unit = make_unit(risk_band="low")
    make.target(1, unit=make_unit())
    make.target(2, group=make_group())
    make.target(3, risk_bands=["medium", "high"])
    make.target(4, theme_identity="audit")
    assert applying(unit) == []
    assert applying(unit, "audit") == [4]


def test_the_next_day_comes_before_later_ones_and_a_day_that_has_passed_last() -> None:
    unit = make_unit()
    make.target(1, by_on=date(2018, 3, 31))
    make.target(2, by_on=date(2022, 3, 31))
    make.target(4, by_on=date(2028, 3, 31))
    make.target(3, by_on=date(2027, 3, 31))
    assert applying(unit) == [3, 4, 2, 1]
    assert applying(unit, day=date(2027, 3, 31))[0] == 3  # the day itself has not passed
    assert applying(unit, day=date(2029, 1, 1)) == [4, 3, 2, 1]


def test_a_target_applies_from_its_endorsement_until_another_is_endorsed_in_its_place() -> None:
    unit = make_unit()
    early = make.target(3, endorsed_on=date(2024, 6, 1))
    targets.supersede(target=early, terms=terms(endorsed_on=date(2026, 2, 1)), by=None, at=AT)
    assert applying(unit, day=date(2024, 5, 31)) == []
    assert applying(unit, day=date(2024, 6, 1)) == [3]
    assert applying(unit, day=date(2026, 1, 31)) == [3]
    assert applying(unit, day=date(2026, 2, 1)) == [4]


def test_a_unit_that_has_moved_takes_its_new_group_s_target() -> None:
    before, after = make_group(), make_group()
    unit = make_unit(group=before)
    move_unit(unit, to=after, on=date(2026, 5, 1), last_day_before=date(2026, 4, 30))
    make.target(2, group=before)
    make.target(3, group=after)
    assert applying(unit) == [3]
    assert applying(unit, day=date(2026, 4, 30)) == [2]


def test_finding_it_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    unit = make_unit()
    for level in range(1, 6):
        make.target(level, group=unit.memberships.get().group)
    with django_assert_num_queries(1):
        first = Target.objects.applying_to(unit, "audit", day=TODAY).first()
    assert first is not None


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "every unit"),
        ({"share": 80}, "80% of the units"),
        ({"risk_bands": ["medium", "high"]}, "every medium- and high-risk unit"),
        ({"risk_bands": ["high"], "share": 50}, "50% of high-risk units"),
    ],
)
def test_whom_a_target_is_for_is_said_in_words(chosen: dict[str, Any], said: str) -> None:
    assert make.target(**chosen).for_whom == said


def test_whom_a_target_of_a_group_or_unit_is_for_is_said_by_name() -> None:
    group = make_group("Met Operations")
    assert make.target(group=group).for_whom == "every unit of Met Operations"
    assert make.target(group=group, share=75).for_whom == "75% of the units of Met Operations"
    assert make.target(unit=make_unit("Alder")).for_whom == "Alder"


# --- Entering and superseding ---------------------------------------------------------------------------------------


def test_entering_a_target_leaves_a_trail() -> None:
    head = make_person(Role.HEAD)
    target = targets.add(terms=terms(risk_bands=["high", "medium"]), by=head, at=AT)
    assert (target.risk_bands, target.entered_by, target.entered_at) == (["medium", "high"], head, AT)
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.actor, entry.thing_id) == ("target.entered", head, target.pk)
    assert entry.detail == {
        "level": 4,
        "by_on": "2027-03-31",
        "for_whom": "every medium- and high-risk unit",
        "theme": None,
        "endorsed_by": "the Management Board",
    }


def test_superseding_keeps_the_earlier_target_and_says_which_took_its_place() -> None:
    head = make_person(Role.HEAD)
    earlier = targets.add(terms=terms(level=3), by=head, at=AT)
    later = targets.supersede(target=earlier, terms=terms(level=4), by=head, at=AT)
    earlier.refresh_from_db()
    assert (earlier.level, earlier.superseded_by, earlier.superseded_at) == (3, later, AT)
    assert list(Target.objects.current()) == [later]
    entry = TrailEntry.objects.latest("pk")
    assert (entry.act, entry.thing_id, entry.detail["superseded_by"]) == ("target.superseded", earlier.pk, later.pk)
    with pytest.raises(Refused, match="Supersede that one instead"):
        targets.supersede(target=earlier, terms=terms(level=5), by=head, at=AT)
    assert Target.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"endorsed_on": date(2026, 5, 5)}, "in the future"),
        ({"by_on": date(2026, 3, 31)}, "before it was endorsed"),
        ({"theme_identity": "no-such-theme"}, "No edition of the model has this theme"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_the_reason(wrong: dict[str, Any], said: str) -> None:
    make.shipped("2017", "2019")
    with pytest.raises(Refused, match=said):
        targets.add(terms=terms(**wrong), by=None, at=AT)
    assert not Target.objects.exists()


def test_a_target_for_two_things_or_a_share_of_one_unit_is_refused_in_words() -> None:
    unit = make_unit()
    with pytest.raises(Refused, match="Choose one of the three"):
        targets.add(terms=terms(unit=unit, risk_bands=["high"]), by=None, at=AT)
    with pytest.raises(Refused, match="Leave the share empty"):
        targets.add(terms=terms(unit=unit, share=80), by=None, at=AT)


def test_the_same_target_twice_is_entered_once() -> None:
    targets.add(terms=terms(), by=None, at=AT)
    with pytest.raises(Refused, match="stands already"):
        targets.add(terms=terms(), by=None, at=AT)
    assert Target.objects.count() == 1


def test_the_target_chosen_for_many_units_is_the_one_the_database_chooses_for_one() -> None:
    """Every target of a crowd that could apply, asked of every unit, theme and day in both ways."""
    groups = [make_group(), make_group()]
    units = [make_unit(group=group, risk_band=band) for group in groups for band in ("low", "high")]
    scopes: list[dict[str, Any]] = [{}, {"group": groups[0]}, {"unit": units[1]}, {"risk_bands": ["medium", "high"]}]
    for number, scope in enumerate(scopes * 6):
        make.target(
            1 + number % 5,
            by_on=date(2026, 1 + (7 * number) % 12, 28),
            theme_identity=("", "audit")[number // 4 % 2],
            **scope,
        )
    facts = [
        TargetFacts(one.pk, one.level, one.by_on, one.group_id, one.unit_id, tuple(one.risk_bands), one.theme_identity)
        for one in Target.objects.all()
    ]
    chosen = set()
    for day in (date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)):
        for unit in units:
            group = unit.memberships.get().group_id
            for theme in ("audit", "leadership"):
                expected = Target.objects.applying_to(unit, theme, day=day).first()
                found = choose(facts, unit_id=unit.pk, group_id=group, risk_band=unit.risk_band, theme=theme, day=day)
                assert expected is not None
                assert found is not None
                assert found.id == expected.pk
                chosen.add(found.id)
    assert len(chosen) > 8  # the crowd was asked, not one of it
    assert choose([], unit_id=units[0].pk, group_id=None, risk_band="low", theme="audit", day=TODAY) is None
