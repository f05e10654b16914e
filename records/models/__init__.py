from records.models.allowance import Allowance, HeavyWork
from records.models.blob import Blob, Verdict
from records.models.hold import HoldScope, LegalHold, RecordClass
from records.models.job import Job, JobState
from records.models.notice import Notice
from records.models.personal_export import PersonalExport
from records.models.trail import IdentityKind, TrailEntry, TrailIdentity, TrailLink

__all__ = [
    "Allowance",
    "Blob",
    "HeavyWork",
    "HoldScope",
    "IdentityKind",
    "Job",
    "JobState",
    "LegalHold",
    "Notice",
    "PersonalExport",
    "RecordClass",
    "TrailEntry",
    "TrailIdentity",
    "TrailLink",
    "Verdict",
]
