"""Who may do what with risks and the Board's meetings: the table of domain.md. Row filters stand on the models."""

from __future__ import annotations

from organisation.models import BusinessGroup
from organisation.permissions import Person, administers, roles_anywhere, roles_over_group
from organisation.roles import Role
from risks.models import GroupRisk, Risk, RiskProposal
from risks.models.group_risk import READS_ALL_GROUP_RISKS, READS_OWN_GROUP_RISKS
from risks.models.proposal import READS_PROPOSALS
from risks.models.risk import READS_REGISTER

READS_ANY_RISK = READS_REGISTER | {Role.RISK_LEAD}
WRITES_REGISTER = frozenset({Role.HEAD, Role.BOARD_SECRETARY})
PROPOSES = frozenset({Role.COG_LEAD, Role.SHRMT, Role.HEAD})
READS_MEETINGS = frozenset({Role.COG_LEAD, Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
WRITES_MEETINGS = frozenset({Role.HEAD, Role.BOARD_SECRETARY})


def can_list_risks(user: Person) -> bool:
    """Whether the person reads any risk at all."""
    return bool(roles_anywhere(user) & READS_ANY_RISK)


def can_read_risk(user: Person, risk: Risk) -> bool:
    roles = roles_anywhere(user)
    return bool(roles & READS_REGISTER) or (Role.RISK_LEAD in roles and _leads(user, risk))


def can_write_register(user: Person) -> bool:
    """Whether the person maintains the register: every risk’s text, leads and targets."""
    return bool(roles_anywhere(user) & WRITES_REGISTER) and not administers(user)


def can_write_risk(user: Person, risk: Risk) -> bool:
    """Whether the person assesses the risk, and writes its controls and how it stands: also whoever leads it."""
    if administers(user):
        return False
    roles = roles_anywhere(user)
    return bool(roles & WRITES_REGISTER) or (Role.RISK_LEAD in roles and _leads(user, risk))


def can_decide(user: Person) -> bool:
    """Whether the person records what the Board decides."""
    return Role.BOARD_SECRETARY in roles_anywhere(user) and not administers(user)


def can_propose(user: Person) -> bool:
    """Whether the person puts new risks before the Board."""
    return bool(roles_anywhere(user) & PROPOSES) and not administers(user)


def can_list_proposals(user: Person) -> bool:
    """Whether the person reads any proposed risk at all."""
    return bool(roles_anywhere(user) & (READS_PROPOSALS | PROPOSES))


def can_read_proposal(user: Person, proposal: RiskProposal) -> bool:
    return RiskProposal.objects.visible_to(user).filter(pk=proposal.pk).exists()


def can_read_meetings(user: Person) -> bool:
    return bool(roles_anywhere(user) & READS_MEETINGS)


def can_write_meetings(user: Person) -> bool:
    """Whether the person plans the Board’s meetings and says what they deal with."""
    return bool(roles_anywhere(user) & WRITES_MEETINGS) and not administers(user)


# --- Business groups' own risks ---------------------------------------------------------------------------------------

WRITES_GROUP_RISKS = frozenset({Role.COG_LEAD})


def can_list_group_risks(user: Person) -> bool:
    """Whether the person reads any business group’s own risks."""
    return bool(roles_anywhere(user) & (READS_ALL_GROUP_RISKS | READS_OWN_GROUP_RISKS))


def can_read_group_risk(user: Person, risk: GroupRisk) -> bool:
    return bool(roles_over_group(user, risk.group) & (READS_ALL_GROUP_RISKS | READS_OWN_GROUP_RISKS))


def can_write_group_risks(user: Person, group: BusinessGroup) -> bool:
    """Whether the person enters, changes and closes the group’s own risks, and puts them before the Board."""
    return bool(roles_over_group(user, group) & WRITES_GROUP_RISKS) and not administers(user)


def _leads(user: Person, risk: Risk) -> bool:
    return Risk.objects.led_by(user).filter(pk=risk.pk).exists()
