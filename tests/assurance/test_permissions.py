"""Who reads, writes, signs and reopens statements: each row filter against its predicate, and against the table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from assurance.models import Revision, Statement
from assurance.permissions import (
    can_decide,
    can_list_statements,
    can_note,
    can_read_notes,
    can_read_statement,
    can_reopen,
    can_review,
    can_sign,
    can_sign_revision,
    can_write_statement,
)
from assurance.rules import Refused
from organisation.models import Appointment, Force, Unit
from organisation.roles import Role
from tests.factories import assurance as factories
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user, move_unit

pytestmark = pytest.mark.django_db

# The statement rows of the table “Who may do what”, for a person of the statement's own unit or group.
READERS = {Role.SPOC, Role.SLT_LEAD, Role.COG_LEAD, Role.COG_SUPPORT, Role.SHRMT, Role.HEAD}
WRITERS = {Role.SPOC, Role.SLT_LEAD}
ANYWHERE = {Role.SHRMT, Role.HEAD}
PLACED = [role for role in Role if role not in {Role.RISK_LEAD, Role.EXTERNAL_AUDITOR}]  # their scopes come later


@pytest.fixture
def unit() -> Unit:
    return make_unit(group=make_group("Ours"))


@pytest.fixture
def draft(unit: Unit) -> Revision:
    return factories.make_statement(unit)


@pytest.mark.parametrize("role", PLACED)
def test_the_table_holds_for_the_own_unit_and_group(draft: Revision, unit: Unit, role: Role) -> None:
    person = make_user()
    group = unit.memberships.get().group
    appoint(
        person, role, unit if role in WRITERS else None, group if role in {Role.COG_LEAD, Role.COG_SUPPORT} else None
    )
    statement = draft.statement
    assert can_read_statement(person, statement) is (role in READERS)
    assert can_list_statements(person) is (role in READERS)
    assert can_write_statement(person, statement) is (role in WRITERS)
    assert can_sign(person, statement) is (role == Role.SLT_LEAD)


@pytest.mark.parametrize("role", PLACED)
def test_elsewhere_only_those_of_the_whole_force_read_and_nobody_writes(draft: Revision, role: Role) -> None:
    person = make_person(role)  # of another unit or group, where the role is of one
    assert can_read_statement(person, draft.statement) is (role in ANYWHERE)
    assert not can_write_statement(person, draft.statement)
    assert not can_sign(person, draft.statement)


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("role", PLACED)
def test_the_list_holds_exactly_what_may_be_read(unit: Unit, role: Role) -> None:
    group = unit.memberships.get().group
    beside = factories.make_statement(make_unit(group=group))
    factories.make_statement()
    factories.make_statement(unit, factories.this_quarter().previous())
    person = make_user()
    appoint(
        person, role, unit if role in WRITERS else None, group if role in {Role.COG_LEAD, Role.COG_SUPPORT} else None
    )
    appoint(person, Role.SPOC, beside.statement.unit, ends_on=timezone.localdate() - timedelta(days=1))
    readable = {statement for statement in Statement.objects.all() if can_read_statement(person, statement)}
    assert set(Statement.objects.visible_to(person)) == readable


def test_a_unit_that_moved_is_read_by_the_lead_of_the_group_it_is_in_today(draft: Revision, unit: Unit) -> None:
    today, new = timezone.localdate(), make_group("New")
    before = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    after = make_person(Role.COG_LEAD, group=new)
    move_unit(unit, to=new, on=today, last_day_before=today - timedelta(days=1))
    assert not can_read_statement(before, draft.statement)
    assert can_read_statement(after, draft.statement)
    assert list(Statement.objects.visible_to(before)) == []
    assert list(Statement.objects.visible_to(after)) == [draft.statement]


def test_a_closed_account_and_nobody_at_all_read_nothing(draft: Revision, unit: Unit) -> None:
    closed = make_user(is_active=False)
    appoint(closed, Role.SPOC, unit)
    for person in (closed, AnonymousUser()):
        assert not can_read_statement(person, draft.statement)
        assert not can_list_statements(person)
        assert not Statement.objects.visible_to(person).exists()


def test_a_completed_statement_is_reopened_by_its_writers_and_a_signed_one_by_who_signs(
    draft: Revision, unit: Unit
) -> None:
    spoc, slt = make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)
    head = make_person(Role.HEAD)
    assert [can_reopen(person, draft) for person in (spoc, slt, head)] == [False, False, False]
    completed = factories.complete(factories.fill(draft), by=spoc)
    assert [can_reopen(person, completed) for person in (spoc, slt, head)] == [True, True, False]
    signed = factories.sign(completed, by=slt)
    assert [can_reopen(person, signed) for person in (spoc, slt, head)] == [False, True, False]


# --- Separation of duties -------------------------------------------------------------------------------------------


def test_who_completed_a_revision_signs_it_only_where_the_force_has_switched_that_on(
    draft: Revision, unit: Unit
) -> None:
    both, another = make_person(Role.SLT_LEAD, unit), make_person(Role.SLT_LEAD, unit)
    assert not can_sign_revision(another, draft)  # nothing is completed yet
    completed = factories.complete(factories.fill(draft), by=both)
    force = Force.objects.create(name="Northshire Police", short_name="Northshire")
    assert [can_sign_revision(one, completed) for one in (both, another)] == [False, True]
    assert can_sign(both, completed.statement)
    with pytest.raises(Refused, match="somebody else has to sign it"):
        factories.sign(completed, by=both)
    force.completer_may_sign = True
    force.save()
    assert [can_sign_revision(one, completed) for one in (both, another)] == [True, True]
    signed = factories.sign(completed, by=both)
    assert (signed.completed_by, signed.signed_by) == (both, both)
    assert not can_sign_revision(another, signed)


def test_an_administrator_signs_reopens_and_accepts_nothing_from_the_day_on_which_they_are_one(
    draft: Revision, unit: Unit
) -> None:
    slt = make_person(Role.SLT_LEAD, unit)
    lead = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for person in (slt, lead):
        appoint(person, Role.ADMINISTRATOR, starts_on=tomorrow)
    completed = factories.complete(factories.fill(draft))
    assert can_sign_revision(slt, completed)
    signed = factories.sign(completed)
    assert can_reopen(slt, signed)
    assert can_decide(lead, signed)
    Appointment.objects.to({Role.ADMINISTRATOR}).update(starts_on=timezone.localdate())
    assert not can_sign(slt, signed.statement)
    assert not can_reopen(slt, signed)
    assert not can_review(lead, signed.statement)
    assert not can_decide(lead, signed)
    # They read and prepare as before.
    assert can_write_statement(slt, signed.statement)
    assert can_read_statement(lead, signed.statement)
    assert can_read_notes(lead, signed.statement)


@pytest.mark.parametrize("part", ["completed_by", "signed_by"])
def test_nobody_decides_on_or_notes_anything_about_what_they_completed_or_signed(draft: Revision, part: str) -> None:
    group = draft.statement.unit.memberships.get().group
    signed = factories.sign(factories.complete(factories.fill(draft)))
    own, other = getattr(signed, part), make_user()
    for person in (own, other):
        appoint(person, Role.COG_LEAD, group=group)
        appoint(person, Role.COG_SUPPORT, group=group)
    assert [can_decide(person, signed) for person in (own, other)] == [False, True]
    assert [can_note(person, signed) for person in (own, other)] == [False, True]
