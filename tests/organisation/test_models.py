"""Units, groups, memberships, appointments, people: what the database holds on to, and which rows a day finds."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from organisation.fields import HalfYearField, QuarterField
from organisation.models import Appointment, BusinessGroup, Force, Unit, UnitMembership, User
from organisation.periods import HalfYear, Quarter
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db


# --- What must always be true -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("given", ["nothing", "unit", "group", "both"])
def test_an_appointment_is_to_what_its_role_asks_for(role: Role, given: str) -> None:
    unit = make.make_unit() if given in ("unit", "both") else None
    group = make.make_group() if given in ("group", "both") else None
    row = Appointment(person=make.make_user(), role=role, unit=unit, group=group, starts_on=date(2025, 1, 1))
    wanted = "unit" if role in UNIT_ROLES else "group" if role in GROUP_ROLES else "nothing"
    if given == wanted:
        row.save()
        assert Appointment.objects.count() == 1
    else:
        with pytest.raises(IntegrityError, match="appointment_scope_fits_its_role"):
            row.save()


def test_an_appointment_may_last_a_day_and_no_less() -> None:
    day = date(2025, 1, 1)
    make.appoint(make.make_user(), Role.HEAD, starts_on=day, ends_on=day)
    with pytest.raises(IntegrityError, match="appointment_ends_after_it_starts"):
        make.appoint(make.make_user(), Role.HEAD, starts_on=day, ends_on=date(2024, 12, 31))


def test_a_unit_may_exist_a_day_and_no_less() -> None:
    day = date(2025, 1, 1)
    make.make_unit(opened_on=day, closed_on=day)
    with pytest.raises(IntegrityError, match="unit_closes_after_it_opens"):
        make.make_unit(opened_on=day, closed_on=date(2024, 12, 31))


def test_a_membership_may_last_a_day_and_no_less() -> None:
    unit, group, day = make.make_unit(), make.make_group(), date(2014, 1, 1)
    UnitMembership.objects.create(unit=unit, group=group, starts_on=day, ends_on=day)
    with pytest.raises(IntegrityError, match="membership_ends_after_it_starts"):
        UnitMembership.objects.create(unit=unit, group=group, starts_on=day, ends_on=date(2013, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2025, 1, 1), None),
        (date(2025, 1, 1), date(2025, 6, 30)),
        (date(2014, 1, 1), date(2015, 4, 1)),  # up to its first day in the other
    ],
)
def test_a_unit_is_in_one_group_at_a_time(starts_on: date, ends_on: date | None) -> None:
    unit = make.make_unit(opened_on=date(2015, 4, 1))
    with pytest.raises(IntegrityError, match="one_group_at_a_time"):
        UnitMembership.objects.create(unit=unit, group=make.make_group(), starts_on=starts_on, ends_on=ends_on)


def test_a_unit_moves_from_one_day_to_the_next() -> None:
    unit = make.make_unit(opened_on=date(2015, 4, 1), closed_on=date(2025, 6, 30))
    UnitMembership.objects.create(unit=unit, group=make.make_group(), starts_on=date(2025, 7, 1))
    UnitMembership.objects.create(
        unit=make.make_unit(), group=make.make_group(), starts_on=date(2014, 7, 1), ends_on=date(2015, 3, 31)
    )
    assert unit.memberships.count() == 2


def test_there_is_one_force() -> None:
    Force.objects.create(name="One", short_name="One")
    with pytest.raises(IntegrityError, match="one_force"):
        Force.objects.create(name="Another", short_name="Another")


def test_an_e_mail_address_is_one_account_whatever_its_case() -> None:
    make.make_user("somebody@example.org")
    with pytest.raises(IntegrityError, match="one_account_per_email"):
        make.make_user("Somebody@Example.org")


@pytest.mark.parametrize("make_again", [lambda name: make.make_group(name), lambda name: make.make_unit(name)])
def test_two_of_the_same_name_would_share_an_address_and_are_refused(make_again: object) -> None:
    make_again("Custody")  # type: ignore[operator]
    with pytest.raises(IntegrityError):
        make_again("Custody")  # type: ignore[operator]


# --- People -------------------------------------------------------------------------------------------------------


def test_people_are_found_by_e_mail_in_any_case() -> None:
    person = make.make_user("somebody@example.org")
    assert User.objects.get_by_natural_key("SOMEBODY@example.org") == person


def test_a_person_without_a_password_cannot_sign_in_and_one_with_it_can() -> None:
    assert not make.make_user().has_usable_password()
    assert make.make_user(password="a long enough one").check_password("a long enough one")


def test_things_are_called_by_their_names() -> None:
    group = make.make_group("Operations")
    unit = make.make_unit("Custody", group=group)
    person = make.make_user(name="SPOC")
    assert (str(group), str(unit), str(person), person.get_full_name()) == ("Operations", "Custody", "SPOC", "SPOC")
    assert str(unit.memberships.get()) == "Custody in Operations"
    assert str(make.appoint(person, Role.SPOC, unit)) == "Single point of contact (SPOC), Custody"
    assert str(make.appoint(person, Role.HEAD)) == "Head of Safety, Health and Wellbeing"
    assert str(Force(name="Northmoor Police")) == "Northmoor Police"


# --- Which rows a day finds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "exists"),
    [
        (date(2025, 3, 31), False),
        (date(2025, 4, 1), True),
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
    ],
)
def test_a_unit_exists_from_its_first_day_to_its_last(day: date, exists: bool) -> None:
    make.make_unit(opened_on=date(2025, 4, 1), closed_on=date(2025, 9, 30))
    assert Unit.objects.open_on(day).exists() == exists


def test_a_unit_is_in_one_group_on_every_day_of_its_life_and_after() -> None:
    before, after = make.make_group(), make.make_group()
    unit = make.make_unit(group=before, opened_on=date(2020, 4, 1))
    make.move_unit(unit, to=after, on=date(2025, 7, 1), last_day_before=date(2025, 6, 30))

    def groups_on(day: date) -> list[BusinessGroup]:
        return [group for group in (before, after) if unit in Unit.objects.in_group_on(group, day)]

    assert groups_on(date(2025, 6, 30)) == [before]
    assert groups_on(date(2025, 7, 1)) == [after]
    assert groups_on(date(2020, 3, 31)) == []
    unit.memberships.filter(ends_on=None).update(ends_on=date(2025, 12, 31))
    Unit.objects.filter(pk=unit.pk).update(closed_on=date(2025, 12, 31))
    assert groups_on(date(2025, 12, 31)) == [after]
    assert groups_on(date(2026, 6, 1)) == [after]
    assert groups_on(date(2025, 6, 30)) == [before]


def test_a_membership_counts_on_its_own_days_only() -> None:
    unit = make.make_unit(opened_on=date(2025, 4, 1), closed_on=date(2025, 9, 30))
    found = UnitMembership.objects.filter(unit=unit)
    assert not found.in_force(date(2025, 3, 31))
    assert found.in_force(date(2025, 9, 30))
    assert not found.in_force(date(2025, 10, 1))


# --- Periods in the database --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (QuarterField(), "2025/26-Q1", Quarter(2025, 1)),
        (HalfYearField(), "2025/26-H2", HalfYear(2025, 2)),
    ],
)
def test_a_period_is_kept_as_text_and_comes_back_as_a_period(
    field: QuarterField | HalfYearField, text: str, value: Quarter | HalfYear
) -> None:
    assert field.get_prep_value(value) == text
    assert field.get_prep_value(text) == text
    assert field.from_db_value(text) == value
    assert field.to_python(text) == value
    assert field.from_db_value(None) is None
    assert field.get_prep_value(None) is None


def test_a_period_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="Write it like 2025/26-Q1"):
        QuarterField().to_python("spring")
