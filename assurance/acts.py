"""What the acts of this room are called where people read the trail, and what of it concerns a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from assurance.models import (
    Audit,
    ClosureCheck,
    ClosureFile,
    Entry,
    EvidenceItem,
    MentoringRecord,
    ProgrammeChange,
    ProgrammeItem,
    Recommendation,
    Redaction,
    ReviewNote,
    Revision,
    Statement,
    UnitAdviser,
)

ACTS = {
    "adviser.appointed": "named an {thing}",
    "adviser.ended": "ended the naming of an {thing}",
    "audit.answered": "answered the report of {thing}",
    "audit.closed": "closed {thing}",
    "audit.facts_answered": "answered on the facts of {thing}",
    "audit.issued": "issued {thing}",
    "audit.printed": "printed the report of {thing}",
    "audit.report_taken": "downloaded the report of {thing}",
    "audit.sent": "sent the draft report of {thing} to be answered",
    "audit.taken_back": "took back the draft report of {thing}",
    "evidence.added": "gave {thing}",
    "evidence.downloaded": "downloaded {thing}",
    "evidence.infected": "refused a file with malicious software as evidence for {thing}",
    "evidence.removed": "removed {thing}",
    "information-request.chosen": "chose {thing} for an answer to an information request",
    "information-request.confirmed": "confirmed what is given out: {thing}",
    "information-request.downloaded": "downloaded {thing}",
    "information-request.left_out": "left {thing} out of an answer to an information request",
    "information-request.made": "entered {thing}",
    "information-request.printed": "printed {thing}",
    "information-request.withheld": "kept a text back: {thing}",
    "information-request.withholding_undone": "gave a text out after all: {thing}",
    "mentoring.answered": "answered a question on {thing}",
    "mentoring.asked": "asked the adviser about {thing}",
    "mentoring.noted": "noted advice on {thing}",
    "programme.added": "added to an audit programme: {thing}",
    "programme.adopted": "adopted the {thing}",
    "programme.days_set": "set how long an audit takes: {thing}",
    "programme.drawn": "drew a seed: {thing}",
    "programme.moved": "moved within an audit programme: {thing}",
    "programme.proposed": "proposed the {thing}",
    "programme.removed": "removed from an audit programme: {thing}",
    "recommendation.confirmed": "confirmed that it is done: {thing}",
    "recommendation.file_taken": "downloaded {thing}",
    "recommendation.infected": "refused a file with malicious software as evidence for {thing}",
    "recommendation.reopened": "found it not done: {thing}",
    "recommendation.said_done": "said that it is done: {thing}",
    "redaction.proposed": "proposed: {thing}",
    "redaction.refused": "refused: {thing}",
    "rollup.built": "built the roll-up {thing}",
    "rollup.cancelled": "cancelled the building of the roll-up {thing}",
    "rollup.downloaded": "downloaded the roll-up {thing}",
    "rollup.issued": "issued the roll-up {thing}",
    "rollup.printed": "printed the issued roll-up {thing}",
    "rollup.requested": "asked for the roll-up {thing} to be built",
    "rollup.taken": "downloaded the issued roll-up {thing}",
    "statement.accepted": "accepted {thing}",
    "statement.completed": "completed {thing}",
    "statement.downloaded": "downloaded {thing}",
    "statement.noted": "noted something for a review: {thing}",
    "statement.printed": "printed {thing}",
    "statement.redacted": "took out by law something of {thing}",
    "statement.reopened": "reopened {thing}",
    "statement.returned": "returned {thing}",
    "statement.signed": "signed {thing}",
    "statement.workbook_applied": "filled in {thing} from a workbook",
}


def things_of_unit(unit: int) -> Mapping[str, QuerySet[Any]]:
    """Return what of this room concerns a unit, by the name that the trail calls such things by."""
    return {
        "assurance.Statement": Statement.objects.filter(unit=unit),
        "assurance.Revision": Revision.objects.filter(statement__unit=unit),
        "assurance.Audit": Audit.objects.filter(unit=unit),
        "assurance.ClosureCheck": ClosureCheck.objects.filter(recommendation__unit=unit),
        "assurance.ClosureFile": ClosureFile.objects.filter(closure_check__recommendation__unit=unit),
        "assurance.Entry": Entry.objects.filter(revision__statement__unit=unit),
        "assurance.EvidenceItem": EvidenceItem.objects.filter(entry__revision__statement__unit=unit),
        "assurance.MentoringRecord": MentoringRecord.objects.filter(unit=unit),
        "assurance.ProgrammeChange": ProgrammeChange.objects.filter(unit=unit),
        "assurance.ProgrammeItem": ProgrammeItem.objects.filter(unit=unit),
        "assurance.Recommendation": Recommendation.objects.filter(unit=unit),
        "assurance.Redaction": Redaction.objects.filter(revision__statement__unit=unit),
        "assurance.ReviewNote": ReviewNote.objects.filter(revision__statement__unit=unit),
        "assurance.UnitAdviser": UnitAdviser.objects.filter(unit=unit),
    }
