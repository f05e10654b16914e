"""The periods as a table for people: what is kept, why, how long, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

DELETED, ERASED, LISTED, STAYS = "Deleted", "Erased", "Listed below for somebody to look at", "Stays"


@dataclass(frozen=True, slots=True)
class Period:
    """One line of the table. `then` says what happens when the time is over."""

    what: str
    why: str
    time: str
    then: str
    setting: str


def periods() -> list[Period]:
    """Return the table with the periods of this installation."""
    kept = settings.RETENTION

    def days(number: int) -> str:
        return f"{number} day{'' if number == 1 else 's'}"

    def years(number: int) -> str:
        return f"{number} year{'' if number == 1 else 's'}"

    names = (years(kept.names_years), ERASED) if kept.names_years else ("As long as the trail", STAYS)
    return [
        Period("Notices to people", "They hear what waits for them, once", days(kept.notices_days), DELETED,
               "KEEP_NOTICES_DAYS"),
        Period("Jobs: documents and other long work", "Each is done once, and one sees how it went",
               days(kept.jobs_days), DELETED, "KEEP_JOBS_DAYS"),
        Period("Receipts of what browsers saved", "A save that is sent twice is done once", days(kept.receipts_days),
               DELETED, "KEEP_RECEIPTS_DAYS"),
        Period("Workbooks, files of appointments, of climate results and of unconfirmed injury figures",
               "What one says is looked at before it is saved", days(kept.workbooks_days), DELETED,
               "KEEP_WORKBOOKS_DAYS"),
        Period("Who has which draft open", "Two people who write the same are told of each other",
               days(kept.presences_days), DELETED, "KEEP_PRESENCES_DAYS"),
        Period("Files of uploads that were broken off", "None: they are left over", days(kept.uploads_days), DELETED,
               "KEEP_UPLOADS_DAYS"),
        Period("Sessions", "People stay signed in", "Until they end", DELETED, "SESSION_HOURS, SESSION_IDLE_MINUTES"),
        Period("Calendar links that were stopped", "One sees that it was stopped", days(kept.links_days), DELETED,
               "KEEP_LINKS_DAYS"),
        Period("Exports of personal data", "Whoever asked takes the file", days(kept.exports_days), DELETED,
               "KEEP_EXPORTS_DAYS"),
        Period("Network addresses in the trail", "They tell a stranger’s use of an account from its owner’s",
               days(kept.addresses_days), ERASED, "KEEP_ADDRESSES_DAYS"),
        Period("Names in the trail", "The trail proves who did what", *names, "KEEP_NAMES_YEARS"),
        Period("Closed accounts", "Records point at them", years(kept.accounts_years), LISTED, "KEEP_ACCOUNTS_YEARS"),
        Period("Statements, with evidence, reviews and mentoring", "The force’s record of its own safety",
               years(kept.statements_years), LISTED, "KEEP_STATEMENTS_YEARS"),
        Period("Closed actions", "The force’s record of what it mended", years(kept.actions_years), LISTED,
               "KEEP_ACTIONS_YEARS"),
        Period("Roll-ups and panel papers", "What was reported, and to whom", years(kept.reports_years), LISTED,
               "KEEP_REPORTS_YEARS"),
    ]  # fmt: skip
