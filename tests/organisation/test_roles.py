"""Roles: their names, what each is appointed to, and that none is forgotten."""

from __future__ import annotations

import pytest

from organisation.roles import GROUP_ROLES, INSIDE_THE_FORCE, LABELS, UNIT_ROLES, Role, Scope

# Columns of the table “Who may do what”, with what the person there is appointed to.
SCOPES = {
    "spoc": "unit",
    "slt-lead": "unit",
    "cog-lead": "group",
    "cog-support": "group",
    "shrmt": "force",
    "head": "force",
    "board-member": "force",
    "board-secretary": "force",
    "risk-lead": "risk",
    "external-auditor": "audit",
    "panel-member": "force",
    "administrator": "force",
}


def test_there_is_a_role_for_each_column_of_the_table_and_no_other() -> None:
    assert {role.value for role in Role} == set(SCOPES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_appointed_to_what_the_table_says(role: Role) -> None:
    assert role.scope == Scope(SCOPES[role.value])


def test_unit_and_group_roles_are_those_with_that_scope() -> None:
    assert {role.value for role in UNIT_ROLES} == {"spoc", "slt-lead"}
    assert {role.value for role in GROUP_ROLES} == {"cog-lead", "cog-support"}


def test_every_role_has_a_title_of_its_own() -> None:
    assert set(LABELS) == set(Role)
    assert len(set(LABELS.values())) == len(Role)
    assert Role.SPOC.label == "Single point of contact (SPOC)"


def test_only_the_panel_is_outside_the_force() -> None:
    assert set(Role) - INSIDE_THE_FORCE == {Role.PANEL_MEMBER}
