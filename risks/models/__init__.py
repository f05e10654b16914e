"""Tables of the room: the Board's meetings, its register of risks, dealings with the HSE, investigations."""

from risks.models.assessment import OF_THE_TREND, Assessment, BoardDecision, DecisionKind, RiskUpdate
from risks.models.board import (
    AgendaItem,
    BoardPaper,
    MeetingFile,
    MeetingRecord,
    Objective,
    ObjectiveProgress,
    PaperKind,
    RaisedAction,
    Standing,
    StandingItem,
    SubGroup,
    SubGroupReport,
)
from risks.models.group_risk import GroupRisk
from risks.models.hse import (
    EnforcementNotice,
    LiaisonEntry,
    LiaisonFile,
    LiaisonMeeting,
    NoticeKind,
    Notification,
    NotificationKind,
)
from risks.models.investigation import Investigation, InvestigationState, LearningShare, UnitLearning
from risks.models.meeting import BoardMeeting
from risks.models.proposal import ProposalState, RiskProposal
from risks.models.register_upload import RegisterUpload
from risks.models.risk import ON_THE_MAP, Control, Risk, RiskIndicator, RiskLead, RiskStatus
from risks.models.scale import Axis, ScalePoint, ScoreBand

__all__ = [
    "OF_THE_TREND",
    "ON_THE_MAP",
    "AgendaItem",
    "Assessment",
    "Axis",
    "BoardDecision",
    "BoardMeeting",
    "BoardPaper",
    "Control",
    "DecisionKind",
    "EnforcementNotice",
    "GroupRisk",
    "Investigation",
    "InvestigationState",
    "LearningShare",
    "LiaisonEntry",
    "LiaisonFile",
    "LiaisonMeeting",
    "MeetingFile",
    "MeetingRecord",
    "NoticeKind",
    "Notification",
    "NotificationKind",
    "Objective",
    "ObjectiveProgress",
    "PaperKind",
    "ProposalState",
    "RaisedAction",
    "RegisterUpload",
    "Risk",
    "RiskIndicator",
    "RiskLead",
    "RiskProposal",
    "RiskStatus",
    "RiskUpdate",
    "ScalePoint",
    "ScoreBand",
    "Standing",
    "StandingItem",
    "SubGroup",
    "SubGroupReport",
    "UnitLearning",
]
