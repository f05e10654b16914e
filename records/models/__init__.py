from records.models.blob import Blob, Verdict
from records.models.job import Job, JobState
from records.models.notice import Notice
from records.models.trail import TrailEntry

__all__ = ["Blob", "Job", "JobState", "Notice", "TrailEntry", "Verdict"]
