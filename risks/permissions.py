"""Who may do what with risks and the Board's meetings: the table of domain.md. Row filters stand on the models."""

from __future__ import annotations

from organisation.models import BusinessGroup
from organisation.permissions import (
    Person,
    administers,
    roles_anywhere,
    roles_in_unit,
    roles_over_group,
    roles_over_unit,
)
from organisation.roles import Role
from risks.models import GroupRisk, Investigation, LiaisonEntry, Risk, RiskProposal, UnitLearning
from risks.models.group_risk import READS_ALL_GROUP_RISKS, READS_OWN_GROUP_RISKS
from risks.models.hse import READS_LIAISON, READS_OWN_LIAISON, OfAGroup
from risks.models.investigation import (
    ACKNOWLEDGES,
    READS_INVESTIGATIONS,
    READS_LEARNING,
    READS_OWN_GROUPS_ANSWERS,
    READS_OWN_INVESTIGATIONS,
)
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


# --- Liaison with the HSE ---------------------------------------------------------------------------------------------

WRITES_LIAISON = frozenset({Role.SHRMT, Role.HEAD})
DECIDES_LIAISON = frozenset({Role.HEAD})


def can_list_liaison(user: Person) -> bool:
    """Whether the person reads any notice of the HSE, or notification to it."""
    return bool(roles_anywhere(user) & (READS_LIAISON | READS_OWN_LIAISON))


def can_list_liaison_meetings(user: Person) -> bool:
    """Whether the person reads of meetings with the HSE: they are of no business group."""
    return bool(roles_anywhere(user) & READS_LIAISON)


def can_read_liaison(user: Person, entry: LiaisonEntry) -> bool:
    """Whether the person reads a meeting with the HSE, a notice or a notification: COG leads what is of their group."""
    if roles_anywhere(user) & READS_LIAISON:
        return True
    group = entry.group if isinstance(entry, OfAGroup) else None
    return group is not None and bool(roles_over_group(user, group) & READS_OWN_LIAISON)


def can_write_liaison(user: Person) -> bool:
    """Whether the person enters and corrects what there is with the HSE, and says what was reported or done."""
    return bool(roles_anywhere(user) & WRITES_LIAISON) and not administers(user)


def can_withdraw_liaison(user: Person) -> bool:
    """Whether the person says that something need not be there after all: nobody who owes a report does."""
    return bool(roles_anywhere(user) & DECIDES_LIAISON) and not administers(user)


# --- Investigations and their learning --------------------------------------------------------------------------------

WRITES_INVESTIGATIONS = frozenset({Role.SHRMT, Role.HEAD})
CONCLUDES_INVESTIGATIONS = frozenset({Role.HEAD})


def can_list_investigations(user: Person) -> bool:
    """Whether the person reads any investigation."""
    return bool(roles_anywhere(user) & (READS_INVESTIGATIONS | READS_OWN_INVESTIGATIONS))


def can_read_investigation(user: Person, investigation: Investigation) -> bool:
    if roles_anywhere(user) & READS_INVESTIGATIONS:
        return True
    group = investigation.group
    return group is not None and bool(roles_over_group(user, group) & READS_OWN_INVESTIGATIONS)


def can_write_investigations(user: Person) -> bool:
    """Whether the person commissions investigations and writes what they find."""
    return bool(roles_anywhere(user) & WRITES_INVESTIGATIONS) and not administers(user)


def can_conclude_investigations(user: Person) -> bool:
    """Whether the person completes and reopens investigations, and shares what is learnt of them."""
    return bool(roles_anywhere(user) & CONCLUDES_INVESTIGATIONS) and not administers(user)


def can_read_learning(user: Person) -> bool:
    """Whether the person reads the learning that is shared: all of it, whichever units were asked to answer."""
    return bool(roles_anywhere(user) & READS_LEARNING)


def can_read_answer(user: Person, answer: UnitLearning) -> bool:
    """Whether the person reads that a unit has acknowledged learning, or has not."""
    if roles_anywhere(user) & READS_INVESTIGATIONS or roles_in_unit(user, answer.unit) & ACKNOWLEDGES:
        return True
    return bool(roles_over_unit(user, answer.unit) & READS_OWN_GROUPS_ANSWERS)


def can_acknowledge(user: Person, answer: UnitLearning) -> bool:
    """Whether the person acknowledges learning for the unit that it was shared with."""
    return bool(roles_in_unit(user, answer.unit) & ACKNOWLEDGES) and not administers(user)


def _leads(user: Person, risk: Risk) -> bool:
    return Risk.objects.led_by(user).filter(pk=risk.pk).exists()
