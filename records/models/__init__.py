from records.models.blob import Blob
from records.models.job import Job, JobState
from records.models.trail import TrailEntry

__all__ = ["Blob", "Job", "JobState", "TrailEntry"]
