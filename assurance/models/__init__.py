from assurance.models.review import Decision, Review
from assurance.models.rollup import Rollup
from assurance.models.statement import Entry, EntryAction, Revision, RevisionState, Statement

__all__ = [
    "Decision",
    "Entry",
    "EntryAction",
    "Review",
    "Revision",
    "RevisionState",
    "Rollup",
    "Statement",
]
