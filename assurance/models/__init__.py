from assurance.models.audit import (
    Audit,
    AuditKind,
    AuditorAssignment,
    AuditResponse,
    AuditState,
    ResponseKind,
)
from assurance.models.climate import ClimateResult, ClimateSurvey, ClimateUpload
from assurance.models.document import BlankForm, StatementDocument
from assurance.models.entry import Carried, Entry, EntryAction, NoLevel
from assurance.models.evidence import EvidenceFile, EvidenceItem
from assurance.models.information_request import (
    Exemption,
    InformationRequest,
    Law,
    Release,
    RequestedStatement,
    Withholding,
)
from assurance.models.mentoring import MentoringRecord, UnitAdviser
from assurance.models.programme import (
    AuditProgramme,
    ChangeKind,
    Chosen,
    ProgrammeChange,
    ProgrammeDraw,
    ProgrammeItem,
    ProgrammeState,
)
from assurance.models.recommendation import ClosureCheck, ClosureFile, Priority, Recommendation
from assurance.models.redaction import Redaction, RedactionState
from assurance.models.review import Decision, Review, ReviewComment, ReviewNote
from assurance.models.rollup import IssuedRevision, IssuedRollup, Rollup, ThemeAssessment
from assurance.models.saving import MergeDecision, Presence, SaveReceipt
from assurance.models.statement import Revision, RevisionState, Statement
from assurance.models.verdict import (
    AuditFile,
    Finding,
    FindingCriterion,
    Result,
    Sample,
    SampleKind,
    StandardTest,
    ThemeVerdict,
)
from assurance.models.workbook import WorkbookUpload

__all__ = [
    "Audit",
    "AuditFile",
    "AuditKind",
    "AuditProgramme",
    "AuditResponse",
    "AuditState",
    "AuditorAssignment",
    "BlankForm",
    "Carried",
    "ChangeKind",
    "Chosen",
    "ClimateResult",
    "ClimateSurvey",
    "ClimateUpload",
    "ClosureCheck",
    "ClosureFile",
    "Decision",
    "Entry",
    "EntryAction",
    "EvidenceFile",
    "EvidenceItem",
    "Exemption",
    "Finding",
    "FindingCriterion",
    "InformationRequest",
    "IssuedRevision",
    "IssuedRollup",
    "Law",
    "MentoringRecord",
    "MergeDecision",
    "NoLevel",
    "Presence",
    "Priority",
    "ProgrammeChange",
    "ProgrammeDraw",
    "ProgrammeItem",
    "ProgrammeState",
    "Recommendation",
    "Redaction",
    "RedactionState",
    "Release",
    "RequestedStatement",
    "ResponseKind",
    "Result",
    "Review",
    "ReviewComment",
    "ReviewNote",
    "Revision",
    "RevisionState",
    "Rollup",
    "Sample",
    "SampleKind",
    "SaveReceipt",
    "StandardTest",
    "Statement",
    "StatementDocument",
    "ThemeAssessment",
    "ThemeVerdict",
    "UnitAdviser",
    "Withholding",
    "WorkbookUpload",
]
