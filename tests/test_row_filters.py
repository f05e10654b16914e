"""Every row filter against its predicate, object by object, and both against the table, over a small generated force.

Units move between groups, close and are not open yet; appointments have ended, have not begun or overlap; accounts are
closed. What a person may read is worked out a third time below, in plain Python, from the table of the domain page.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import timezone

from actions.models import Action
from actions.permissions import (
    can_list_actions,
    can_raise_actions,
    can_read_action,
    can_write_action,
    units_to_raise_for,
)
from assurance.models import MentoringRecord, Rollup, Statement
from assurance.models.rollup import groups_in_scope
from assurance.permissions import (
    can_advise,
    can_appoint_advisers,
    can_ask_adviser,
    can_build_rollup,
    can_list_mentoring,
    can_list_rollups,
    can_list_statements,
    can_read_mentoring,
    can_read_reviews,
    can_read_rollup,
    can_read_statement,
    groups_to_build_for,
)
from home.permissions import can_list_trail, can_read_entry, can_read_whole_trail, trail_visible_to
from organisation.models import Appointment, BusinessGroup, Unit, User
from organisation.roles import Role, Scope
from papers.models import Paper
from papers.permissions import can_read_paper
from records.models import TrailEntry
from records.services import trail
from tests.factories import actions, assurance, papers
from tests.factories.organisation import LONG_AGO, appoint, make_group, make_unit, make_user, move_unit

pytestmark = pytest.mark.django_db

PEOPLE = 40
READS_EVERY_STATEMENT = {Role.SHRMT, Role.HEAD}
READS_OWN_UNITS = {Role.SPOC, Role.SLT_LEAD}
READS_OWN_GROUPS = {Role.COG_LEAD, Role.COG_SUPPORT}


@dataclass(frozen=True)
class Force:
    """Everybody and everything there is."""

    groups: list[BusinessGroup]
    units: list[Unit]
    people: list[User]


@pytest.fixture
def force() -> Force:
    choose = random.Random("row filters")  # noqa: S311  # the same force each time
    today = timezone.localdate()
    groups = [make_group() for _ in range(4)]
    units = []
    for number in range(16):
        ended = today - timedelta(days=choose.choice([0, 1, 200])) if number % 4 == 1 else None
        units.append(make_unit(group=choose.choice(groups), closed_on=ended))
        if number % 4 == 2:  # moved yesterday, today, or only tomorrow
            on = today + timedelta(days=choose.choice([-1, 0, 1]))
            move_unit(units[-1], to=choose.choice(groups), on=on, last_day_before=on - timedelta(days=1))
        if number % 4 == 3:  # moved, and closed since
            move_unit(units[-1], to=choose.choice(groups), on=date(2024, 1, 1), last_day_before=date(2023, 12, 31))
            units[-1].memberships.filter(ends_on=None).update(ends_on=today - timedelta(days=30))
            Unit.objects.filter(pk=units[-1].pk).update(closed_on=today - timedelta(days=30))
    for unit in units:
        assurance.make_statement(unit)
        assurance.make_statement(unit, assurance.this_quarter().previous())
    half = assurance.this_quarter().half
    Rollup.objects.bulk_create([Rollup(group=group, half=half) for group in groups])
    papers.make_rollup("North", papers.north())
    for make in (papers.make_published, papers.make_draft, papers.make_final):
        make()
    people = [make_user(is_active=number % 10 != 9) for number in range(PEOPLE)]
    for number, person in enumerate(people):
        for _ in range(number % 4):
            role = choose.choice(list(Role))
            appoint(
                person,
                role,
                choose.choice(units) if role.scope is Scope.UNIT else None,
                choose.choice(groups) if role.scope is Scope.GROUP else None,
                starts_on=choose.choice([LONG_AGO, LONG_AGO, today, today + timedelta(days=1)]),
                ends_on=choose.choice([None, None, today + timedelta(days=1)]),
            )
        if number % 3 == 0:
            appoint(person, choose.choice([Role.SHRMT, Role.HEAD]), ends_on=today - timedelta(days=1))
    return Force(groups, units, people)


def held(person: User) -> list[Appointment]:
    today = timezone.localdate()
    return [
        one
        for one in Appointment.objects.filter(person=person)
        if person.is_active and one.starts_on <= today and (one.ends_on is None or one.ends_on >= today)
    ]


def group_of(unit: Unit) -> int | None:
    """The group the unit is in today, or was in on its own last day."""
    unit.refresh_from_db()
    today = timezone.localdate()
    day = min(today, unit.closed_on) if unit.closed_on else today
    for membership in unit.memberships.all():
        if membership.starts_on <= day and (membership.ends_on is None or membership.ends_on >= day):
            return membership.group_id
    return None


def reads_statements_of(unit: int, of_group: int | None, appointments: list[Appointment]) -> bool:
    return any(
        one.role in READS_EVERY_STATEMENT
        or (one.role in READS_OWN_UNITS and one.unit_id == unit)
        or (one.role in READS_OWN_GROUPS and one.group_id == of_group)
        for one in appointments
    )


def test_statements_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    statements = list(Statement.objects.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    seen = set()
    for person in force.people:
        appointments = held(person)
        readable = {one.pk for one in statements if reads_statements_of(one.unit_id, group[one.unit_id], appointments)}
        assert set(Statement.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in statements if can_read_statement(person, one)} == readable
        assert can_list_statements(person) or not readable
        seen.add(len(readable))
    assert {0, len(statements)} < seen  # the force has people who read none, all, and some


def test_roll_ups_and_reviews_are_listed_exactly_where_they_may_be_read_and_built(force: Force) -> None:
    rollups = list(Rollup.objects.filter(group__in=force.groups).select_related("group"))
    for person in force.people:
        appointments = held(person)
        own = {one.group_id for one in appointments if one.role in READS_OWN_GROUPS}
        everything = any(one.role in READS_EVERY_STATEMENT for one in appointments)
        readable = {one.group_id for one in rollups if everything or one.group_id in own}
        visible = Rollup.objects.visible_to(person).filter(pk__in=[one.pk for one in rollups])
        assert set(visible.values_list("group", flat=True)) == readable
        assert {one.group_id for one in rollups if can_read_rollup(person, one)} == readable
        assert set(groups_in_scope(person).filter(rollups__in=rollups).values_list("pk", flat=True)) == readable
        assert {group.pk for group in force.groups if can_read_reviews(person, group)} == readable
        assert can_list_rollups(person) is bool(readable)
        assert {one.group_id for one in rollups if can_build_rollup(person, one)} == own
        assert groups_to_build_for(person) == own


def test_mentoring_records_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    for unit in force.units:
        assurance.ask(unit)
    records = list(MentoringRecord.objects.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    for person in force.people:
        appointments = held(person)
        readable = {one.pk for one in records if reads_statements_of(one.unit_id, group[one.unit_id], appointments)}
        assert set(MentoringRecord.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in records if can_read_mentoring(person, one)} == readable
        assert can_list_mentoring(person) or not readable
        own = {one.unit_id for one in appointments if one.role in READS_OWN_UNITS}
        assert {unit.pk for unit in force.units if can_ask_adviser(person, unit)} == own
        assert can_advise(person) is any(one.role == Role.SHRMT for one in appointments)
        assert can_appoint_advisers(person) is any(one.role in READS_EVERY_STATEMENT for one in appointments)


def test_papers_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    everything = list(Paper.objects.all())
    for person in force.people:
        roles = {one.role for one in held(person)}
        readable = {
            one.pk for one in everything if roles and (one.state == "published" or roles & READS_EVERY_STATEMENT)
        }
        assert set(Paper.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in everything if can_read_paper(person, one)} == readable


def test_actions_are_listed_and_raised_exactly_where_the_table_says(force: Force) -> None:
    everything = [actions.make_action(unit, by=force.people[number]) for number, unit in enumerate(force.units)]
    group = {unit.pk: group_of(unit) for unit in force.units}
    for person in force.people:
        appointments = held(person)
        readable = {one.pk for one in everything if reads_statements_of(one.unit_id, group[one.unit_id], appointments)}
        assert set(Action.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in everything if can_read_action(person, one)} == readable
        assert can_list_actions(person) or not readable
        raises_for = {
            unit.pk
            for unit in force.units
            if any(
                one.role in READS_EVERY_STATEMENT
                or (one.role in READS_OWN_UNITS and one.unit_id == unit.pk)
                or (one.role == Role.COG_LEAD and one.group_id == group[unit.pk])
                for one in appointments
            )
        }
        assert set(units_to_raise_for(person).filter(pk__in=group).values_list("pk", flat=True)) == raises_for
        assert can_raise_actions(person) or not raises_for
        own = {one.unit_id for one in appointments if one.role in READS_OWN_UNITS}
        writable = {
            one.pk
            for one in everything
            if one.unit_id in own or (one.raised_by_id == person.pk and one.unit_id in raises_for)
        }
        assert {one.pk for one in everything if can_write_action(person, one)} == writable


def test_the_trail_is_listed_exactly_where_it_may_be_read(force: Force) -> None:
    acts = ["account.signed_in", "session.revoked", "unit.renamed", "statement.signed", "accounts.counted"]
    for act in acts:
        trail.record(act=act, thing=force.units[0], by=None, at=timezone.now())
    entries = list(TrailEntry.objects.filter(act__in=acts))
    for person in force.people:
        roles = {one.role for one in held(person)}
        everything = bool(roles & READS_EVERY_STATEMENT)
        sign_ins = {"account.signed_in", "session.revoked"} if Role.ADMINISTRATOR in roles else set()
        readable = {one.pk for one in entries if everything or one.act in sign_ins}
        visible = trail_visible_to(person).filter(pk__in=[one.pk for one in entries])
        assert set(visible.values_list("pk", flat=True)) == readable
        assert {one.pk for one in entries if can_read_entry(person, one)} == readable
        assert can_list_trail(person) is bool(readable)
        assert can_read_whole_trail(person) is everything
