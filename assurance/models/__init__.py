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
from assurance.models.redaction import Redaction, RedactionState
from assurance.models.review import Decision, Review, ReviewComment, ReviewNote
from assurance.models.rollup import IssuedRevision, IssuedRollup, Rollup, ThemeAssessment
from assurance.models.saving import MergeDecision, Presence, SaveReceipt
from assurance.models.statement import Revision, RevisionState, Statement
from assurance.models.workbook import WorkbookUpload

__all__ = [
    "BlankForm",
    "Carried",
    "Decision",
    "Entry",
    "EntryAction",
    "EvidenceFile",
    "EvidenceItem",
    "Exemption",
    "InformationRequest",
    "IssuedRevision",
    "IssuedRollup",
    "Law",
    "MentoringRecord",
    "MergeDecision",
    "NoLevel",
    "Presence",
    "Redaction",
    "RedactionState",
    "Release",
    "RequestedStatement",
    "Review",
    "ReviewComment",
    "ReviewNote",
    "Revision",
    "RevisionState",
    "Rollup",
    "SaveReceipt",
    "Statement",
    "StatementDocument",
    "ThemeAssessment",
    "UnitAdviser",
    "Withholding",
    "WorkbookUpload",
]
