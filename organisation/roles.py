"""Roles and what each is appointed to. Who may do what stands in each room's permissions."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What an appointment is to."""

    UNIT = "unit"
    GROUP = "group"
    FORCE = "force"
    RISK = "risk"  # the room that keeps risks says which one
    AUDIT = "audit"  # the room that keeps audits says which one


class Role(StrEnum):
    SPOC = "spoc"
    SLT_LEAD = "slt-lead"
    COG_LEAD = "cog-lead"
    COG_SUPPORT = "cog-support"
    SHRMT = "shrmt"
    HEAD = "head"
    BOARD_MEMBER = "board-member"
    BOARD_SECRETARY = "board-secretary"
    RISK_LEAD = "risk-lead"
    EXTERNAL_AUDITOR = "external-auditor"
    PANEL_MEMBER = "panel-member"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role as people say it."""
        return LABELS[self]

    @property
    def scope(self) -> Scope:
        """What an appointment to this role is to."""
        return SCOPES.get(self, Scope.FORCE)


LABELS = {
    Role.SPOC: "Single point of contact (SPOC)",
    Role.SLT_LEAD: "Senior Leadership Team (SLT) lead",
    Role.COG_LEAD: "Chief Officer Group (COG) lead",
    Role.COG_SUPPORT: "Chief Officer Group (COG) support",
    Role.SHRMT: "Safety and Health Risk Management Team (SHRMT) adviser and auditor",
    Role.HEAD: "Head of Safety, Health and Wellbeing",
    Role.BOARD_MEMBER: "Health, Safety and Wellbeing Board member",
    Role.BOARD_SECRETARY: "Health, Safety and Wellbeing Board secretary",
    Role.RISK_LEAD: "Risk lead",
    Role.EXTERNAL_AUDITOR: "External auditor",
    Role.PANEL_MEMBER: "Audit panel member",
    Role.ADMINISTRATOR: "Administrator",
}
SCOPES = {
    Role.SPOC: Scope.UNIT,
    Role.SLT_LEAD: Scope.UNIT,
    Role.COG_LEAD: Scope.GROUP,
    Role.COG_SUPPORT: Scope.GROUP,
    Role.RISK_LEAD: Scope.RISK,
    Role.EXTERNAL_AUDITOR: Scope.AUDIT,
}
UNIT_ROLES = frozenset(role for role in Role if role.scope is Scope.UNIT)
GROUP_ROLES = frozenset(role for role in Role if role.scope is Scope.GROUP)
FORCE_ROLES = frozenset(role for role in Role if role.scope is Scope.FORCE)
# Everybody inside the police service; the panel receives papers and nothing else.
INSIDE_THE_FORCE = frozenset(Role) - {Role.PANEL_MEMBER}
