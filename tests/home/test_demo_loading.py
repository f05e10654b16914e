"""Loading the invented force: the same each time, on any day, in any size, and never over another one."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from actions.models import Action
from assurance import chains
from assurance.models import Entry, EntryAction, Review, Revision, Statement
from home.demo import loading
from home.demo.names import GROUPS, unit_names
from home.demo.plan import Size, plan_force
from maturity import modelfile
from maturity.services import editions
from organisation.models import Appointment, BusinessGroup, Force, Unit, UnitMembership, User
from organisation.periods import LONDON, Quarter, london_day
from records.models import TrailEntry
from tests.factories import organisation as make

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
SMALL = Size(seed="small", units=8, quarters=4)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"
ALL_REVISIONS = Revision.objects.order_by("statement__unit__name", "statement__quarter", "number")
REVISIONS = 4  # where they stand in a dump

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _editions() -> None:
    editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)


def dump() -> list[Any]:
    """All that a force says, without the numbers that the database gives its rows."""
    return [
        list(Unit.objects.values_list("name", "slug", "kind", "risk_band", "opened_on", "closed_on")),
        sorted(Unit.objects.values_list("name", "successors__name"), key=str),
        sorted(UnitMembership.objects.values_list("unit__name", "group__name", "starts_on"), key=str),
        sorted(Appointment.objects.values_list("person__email", "role", "unit__name", "group__name"), key=str),
        list(
            ALL_REVISIONS.values_list(
                "statement__unit__name", "statement__quarter", "number", "state", "opened_because", "meeting_on",
                "completed_at", "completed_by__email", "signed_at", "signed_by__email", "content", "content_digest",
            )
        ),
        list(
            Entry.objects.order_by(
                "revision__statement__unit__name", "revision__statement__quarter", "revision__number", "theme__number"
            ).values_list("level", "held_without_shrmt", "evidence", "no_level_reason", "changed_at")
        ),
        sorted(Action.objects.values_list("unit__name", "title", "status", "measure", "achieved"), key=str),
        sorted(Action.objects.values_list("title", "tasks__lead", "tasks__due_on", "tasks__due_words"), key=str),
        sorted(Action.objects.values_list("title", "plans__name", "notes__text", "notes__at"), key=str),
        sorted(EntryAction.objects.values_list("entry__theme__identity", "action__title", "token"), key=str),
        sorted(Review.objects.values_list("content_digest", "decision", "reasons", "decided_by__email", "decided_at")),
        list(
            TrailEntry.objects.with_identities().filter(thing_type="assurance.Revision").values_list(
                "at", "actor_name", "act", "thing_name"
            )
        ),
    ]  # fmt: skip


def dump_of(size: Size) -> list[Any]:
    with transaction.atomic():
        loading.load(size, at=NOW)
        content = dump()
        transaction.set_rollback(True)
    return content


def test_the_same_seed_gives_the_same_force() -> None:
    assert dump_of(SMALL) == dump_of(SMALL)


def test_another_seed_gives_another_force() -> None:
    other = Size(seed="other", units=SMALL.units, quarters=SMALL.quarters)
    assert dump_of(SMALL)[REVISIONS] != dump_of(other)[REVISIONS]


def test_in_production_nobody_can_sign_in_with_the_public_password(settings: Any) -> None:
    settings.PRODUCTION = True
    loading.load(SMALL, at=NOW)
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-02", "2026-10-14", "2026-10-16", "2026-12-31", "2027-01-01"])
def test_a_force_can_be_loaded_on_any_day_of_a_quarter(day: str) -> None:
    now = datetime.fromisoformat(f"{day}T00:30").replace(tzinfo=LONDON)
    loading.load(Size(units=24, quarters=3), at=now)
    newest = Statement.objects.filter(quarter=Quarter.of(now.date()))
    assert newest.count() == Unit.objects.open_on(Quarter.of(now.date()).first_day).count()
    assert not Revision.objects.filter(signed_at__gt=now).exists()
    assert not Entry.objects.filter(changed_at__gt=now).exists()
    assert not Review.objects.filter(decided_at__gt=now).exists()


def test_loading_again_changes_nothing_and_says_so() -> None:
    first, second = StringIO(), StringIO()
    call_command("load_demo", units=8, quarters=2, stdout=first)
    before = dump()
    call_command("load_demo", units=8, quarters=2, stdout=second)
    assert dump() == before
    assert "Loaded the demo force" in first.getvalue()
    assert "loaded already" in second.getvalue()


def test_another_demo_force_is_refused_by_name() -> None:
    loading.load(SMALL, at=NOW)
    with pytest.raises(CommandError, match=r"Northmoor Police already \(a demo force built from “small: 8 units"):
        call_command("load_demo", units=9)
    assert Unit.objects.count() == 8


def test_a_real_force_is_refused_and_left_alone() -> None:
    Force.objects.create(name="Some Constabulary", short_name="Some")
    with pytest.raises(CommandError, match=r"Some Constabulary already \(not a demo force\)"):
        call_command("load_demo")
    assert not Unit.objects.exists()


def test_units_without_a_force_are_refused_too() -> None:
    make.make_unit()
    with pytest.raises(loading.CannotLoad, match="no named force"):
        loading.load(SMALL, at=NOW)


def test_quarters_before_any_edition_are_refused_whole() -> None:
    with pytest.raises(loading.CannotLoad, match="No edition of the maturity model was in force"):
        loading.load(Size(units=2, quarters=40), at=datetime(2019, 5, 1, tzinfo=LONDON))
    assert not Force.objects.exists()


@pytest.mark.parametrize(
    ("option", "value"), [("units", 0), ("quarters", 0), ("group_size", 0), ("seed", " "), ("quarters", 41)]
)
def test_impossible_sizes_are_refused_with_what_to_give(option: str, value: object) -> None:
    with pytest.raises(CommandError, match="--" + option.replace("_", "-")):
        call_command("load_demo", **{option: value})


def test_groups_of_a_given_size_are_filled_one_after_the_other() -> None:
    loading.load(Size(units=20, quarters=1, group_size=2), at=NOW)
    assert BusinessGroup.objects.count() == 10
    for group in BusinessGroup.objects.all():
        assert Unit.objects.in_group_on(group, london_day(NOW)).count() == 2


def test_a_single_unit_is_a_force_as_well() -> None:
    loading.load(Size(units=1, quarters=1), at=NOW)
    assert Statement.objects.count() == 1


def test_a_large_plan_has_names_of_its_own_for_every_unit() -> None:
    plan = plan_force(Size(units=5000), today=london_day(NOW))
    assert len({unit.name for unit in plan.units}) == 5000


def test_no_two_groups_share_a_unit_name() -> None:
    seen: set[str] = set()
    for kind in GROUPS:
        names = set(islice(unit_names(kind), 700))
        assert len(names) == 700
        assert not names & seen
        seen |= names


def test_what_is_loaded_is_found_as_it_was_signed() -> None:
    """Its signatures, reviews and trail are written in bulk, past the services that write them otherwise."""
    loading.load(Size(units=12, quarters=4), at=NOW)
    assert Entry.objects.exclude(carried_from=None).exists()
    assert Review.objects.exists()
    assert list(chains.broken_chains(progress=lambda _: None)) == []
    assert list(chains.changed_redactions()) == []
