from records.models.blob import Blob, Verdict
from records.models.job import Job, JobState
from records.models.notice import Notice
from records.models.trail import IdentityKind, TrailEntry, TrailIdentity, TrailLink

__all__ = ["Blob", "IdentityKind", "Job", "JobState", "Notice", "TrailEntry", "TrailIdentity", "TrailLink", "Verdict"]
