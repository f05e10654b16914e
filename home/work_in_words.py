"""What each sort of long work is called where people read of it. A test holds every sort to having words."""

from __future__ import annotations

from assurance.services import audit_reports, documents, information_requests, issuing, rollups
from home.services import digests, personal_data
from organisation.services import letters
from papers.services import packs, papers, public_versions

WORK = {
    rollups.BUILD: "Building a roll-up",
    issuing.PRINT: "Printing an issued roll-up",
    audit_reports.PRINT: "Printing the report of an audit",
    documents.PRINT: "Printing a signed statement",
    documents.PRINT_BLANK: "Printing a blank form",
    information_requests.PRINT: "Printing an answer to an information request",
    papers.BUILD: "Printing a paper",
    packs.BUILD: "Printing an agenda pack of the Board",
    public_versions.BUILD: "Printing the public version of a paper",
    personal_data.BUILD: "Gathering what is held about a person",
    digests.SEND: "Sending the daily e-mail",
    letters.SEND: "Sending an e-mail about an account",
}
# What mail servers refuse is `doctor`'s to say (E-mail): no e-mail tells of e-mails that do not go out, and the daily
# ones are tried again by themselves.
LETTERS = frozenset({digests.SEND, letters.SEND})


def in_words(task: str) -> str:
    return WORK.get(task, task)
