"""Which appointments one person may hold side by side, and that somebody is left to administer."""

from __future__ import annotations

from datetime import date

import pytest

from organisation.roles import Role
from organisation.rules import Held, clash, keeps_an_administrator

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
END_OF_MAY, END_OF_JUNE = date(2026, 5, 31), date(2026, 6, 30)


def held(role: Role, starts_on: date = MAY, ends_on: date | None = None, key: str = "") -> Held:
    return Held(role, starts_on, ends_on, key)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((MAY, None), (JULY, None), True),
        ((MAY, END_OF_MAY), (JUNE, None), False),
        ((MAY, JUNE), (JUNE, JULY), True),  # both ends are days in force
        ((MAY, None), (JULY, END_OF_JUNE), False),  # the second never gave a right
        ((JUNE, END_OF_JUNE), (MAY, None), True),
    ],
)
def test_two_appointments_overlap_where_a_day_has_both(
    one: tuple[date, date | None], other: tuple[date, date | None], overlap: bool
) -> None:
    first, second = held(Role.SPOC, *one), held(Role.SPOC, *other)
    assert first.overlaps(second) is overlap
    assert second.overlaps(first) is overlap


# The domain page: an administrator can sign, accept, audit and publish nothing; the panel receives papers only.
@pytest.mark.parametrize(
    "role",
    [Role.SLT_LEAD, Role.COG_LEAD, Role.SHRMT, Role.HEAD, Role.BOARD_SECRETARY, Role.EXTERNAL_AUDITOR],
)
def test_nobody_both_administers_and_decides(role: Role) -> None:
    assert "administrator" in clash(held(role), [held(Role.ADMINISTRATOR)])
    assert "administrator" in clash(held(Role.ADMINISTRATOR), [held(role)])
    assert clash(held(role), [held(Role.ADMINISTRATOR, JULY, END_OF_JUNE)]) == ""
    assert clash(held(role, JUNE), [held(Role.ADMINISTRATOR, MAY, END_OF_MAY)]) == ""


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PANEL_MEMBER}))
def test_a_panel_member_holds_nothing_inside_the_force(role: Role) -> None:
    assert "audit panel" in clash(held(Role.PANEL_MEMBER), [held(role)])
    assert "audit panel" in clash(held(role), [held(Role.PANEL_MEMBER)])


@pytest.mark.parametrize("role", [Role.SPOC, Role.COG_SUPPORT, Role.BOARD_MEMBER, Role.RISK_LEAD])
def test_an_administrator_may_hold_what_decides_nothing(role: Role) -> None:
    assert clash(held(Role.ADMINISTRATOR), [held(role)]) == ""


def test_the_same_appointment_is_refused_twice_and_another_unit_is_not_the_same() -> None:
    assert "already" in clash(held(Role.SPOC, key="1/"), [held(Role.SPOC, key="1/")])
    assert clash(held(Role.SPOC, key="1/"), [held(Role.SPOC, key="2/")]) == ""
    assert clash(held(Role.SPOC, key="1/"), [held(Role.SLT_LEAD, key="1/")]) == ""


def test_a_refusal_names_what_is_in_the_way_and_when() -> None:
    other = Held(Role.SLT_LEAD, MAY, END_OF_MAY, "1/", "Harbour OCU")
    said = clash(held(Role.ADMINISTRATOR), [other])
    assert "Senior Leadership Team (SLT) lead, Harbour OCU, from 1 May 2026 to 31 May 2026" in said


@pytest.mark.parametrize(
    ("others", "so_far_until", "kept"),
    [
        ([], None, False),
        ([(MAY, None)], None, True),
        ([(JULY, None)], None, False),  # begins too late
        ([(MAY, END_OF_JUNE)], None, False),  # ends, where the one that goes had no end
        ([(MAY, END_OF_JUNE)], END_OF_JUNE, True),
        ([(MAY, END_OF_MAY)], END_OF_JUNE, False),
    ],
)
def test_somebody_is_left_to_administer_for_as_long_as_whoever_goes(
    others: list[tuple[date, date | None]], so_far_until: date | None, kept: bool
) -> None:
    appointments = [held(Role.ADMINISTRATOR, *one) for one in others]
    assert keeps_an_administrator(appointments, without_from=JUNE, so_far_until=so_far_until) is kept
