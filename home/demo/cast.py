"""Who acts in an invented force. Accounts are named by role: nobody in it has a person's name."""

from __future__ import annotations

from dataclasses import dataclass

from home.demo.names import DEMO_DOMAIN
from organisation.models import User
from organisation.roles import Role

PASSWORD = "truelevel-demo"  # noqa: S105  # public: printed by `make run`, refused outside the demo profile


@dataclass(frozen=True)
class SignIn:
    """An account that a person trying the demo may use: what is printed for it, and its one appointment."""

    label: str
    name: str
    local_part: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.local_part}@{DEMO_DOMAIN}"


SIGN_INS = (
    SignIn("SPOC", "SPOC", "spoc", Role.SPOC),
    SignIn("Second SPOC", "Second SPOC", "spoc-2", Role.SPOC),
    SignIn("SLT lead", "SLT lead", "slt-lead", Role.SLT_LEAD),
    SignIn("COG lead", "COG lead", "cog-lead", Role.COG_LEAD),
    SignIn("COG support", "COG support", "cog-support", Role.COG_SUPPORT),
    SignIn("SHRMT auditor", "SHRMT auditor", "auditor", Role.SHRMT),
    SignIn("SHRMT adviser", "SHRMT adviser", "adviser", Role.SHRMT),
    SignIn("Head of Safety, Health and Wellbeing", "Head of Safety, Health and Wellbeing", "head", Role.HEAD),
    SignIn("Board member", "Board member", "board-member", Role.BOARD_MEMBER),
    SignIn("Board secretary", "Board secretary", "board-secretary", Role.BOARD_SECRETARY),
    SignIn("Risk lead", "Risk lead", "risk-lead", Role.RISK_LEAD),
    SignIn("External auditor", "External auditor", "external-auditor", Role.EXTERNAL_AUDITOR),
    SignIn("Panel member", "Panel member", "panel", Role.PANEL_MEMBER),
    SignIn("Administrator", "Administrator", "administrator", Role.ADMINISTRATOR),
)
# Accounts without a password that stand for everybody else, so that the history has somebody who made it.
OTHERS_A_ROLE = 3
OTHERS = {
    Role.SPOC: ("spoc-elsewhere", "SPOC of other units"),
    Role.SLT_LEAD: ("slt-lead-elsewhere", "SLT lead of other units"),
    Role.COG_LEAD: ("cog-lead-elsewhere", "COG lead of other groups"),
}


@dataclass(frozen=True)
class Cast:
    """The accounts as they stand in the database, and who acts for which unit and group."""

    named: dict[str, User]
    others: dict[Role, list[User]]
    demo_unit: int
    demo_group: int

    def spoc(self, unit: int, *, turn: int = 0) -> User:
        """The SPOC of the unit of that number; the demo unit's two take turns."""
        if unit == self.demo_unit:
            return self.named["spoc-2" if turn % 3 == 1 else "spoc"]
        return self.others[Role.SPOC][unit % OTHERS_A_ROLE]

    def slt_lead(self, unit: int) -> User:
        if unit == self.demo_unit:
            return self.named["slt-lead"]
        return self.others[Role.SLT_LEAD][unit % OTHERS_A_ROLE]

    def adviser(self, unit: int) -> User:
        """Who of SHRMT advises the unit: the adviser the demo unit and every second one, the auditor the rest."""
        return self.named["adviser" if unit == self.demo_unit or unit % 2 == 0 else "auditor"]

    def cog_lead(self, group: int) -> User:
        if group == self.demo_group:
            return self.named["cog-lead"]
        return self.others[Role.COG_LEAD][group % OTHERS_A_ROLE]
