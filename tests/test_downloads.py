"""Whatever leaves the product as a file is in the trail, with who took it: asked of every address there is."""

from __future__ import annotations

import pytest

from records.models import TrailEntry
from tests.test_access import TABLE, Row, World, world

__all__ = ["world"]  # the fixture, for pytest to find

pytestmark = pytest.mark.django_db

# Files that tell nothing that is not public, or nothing of anybody.
NOT_RECORDED = {
    ("assurance:blank_pdf_download", "open"): "a blank form",
    ("calendar_feed", "secret"): "a person's own dates, fetched by a program every hour",
    ("maturity:questions_workbook", "edition"): "the model with room for answers",
    ("papers:pdf", "published"): "published: everybody may read it",
    ("papers:tables", "published"): "published: everybody may read it",
    ("assurance:climate_survey_file", "csv"): "an empty table to fill in",
    ("assurance:climate_survey_file", "xlsx"): "an empty table to fill in",
    ("injuries:empty_file", "counts"): "an empty table to fill in",
    ("injuries:empty_file", "headcount"): "an empty table to fill in",
    ("import_appointments_file", "csv"): "an empty table to fill in",
    ("import_appointments_file", "xlsx"): "an empty table to fill in",
}


def reader_of(row: Row) -> str | None:
    """Somebody who gets the page."""
    for people, statuses in row.get.items():
        if 200 in statuses:
            return next((who for who in sorted(people) if who != "nobody"), None)
    return None


def test_every_download_is_in_the_trail(world: World) -> None:
    recorded, missing = set(), set()
    for row in TABLE:
        who = reader_of(row)
        if who is None:
            continue
        client, address = world.client(who), world.address(row)
        before = TrailEntry.objects.count()
        response = client.get(address)
        response.getvalue()
        if not response.headers.get("Content-Disposition", "").startswith("attachment"):
            continue
        entries = TrailEntry.objects.order_by("pk")[before:]
        if any(entry.actor_id == world.people[who].pk for entry in entries):
            recorded.add(row.name)
        elif (row.name, row.arguments[0] if row.arguments else "") not in NOT_RECORDED:
            missing.add(address)
    assert missing == set()
    assert {
        "assurance:agreement_claims_csv",
        "assurance:agreement_claims_workbook",
        "assurance:audit_file",
        "assurance:evidence_file",
        "assurance:climate_survey_csv",
        "assurance:statement_file",
        "assurance:statement_pdf_download",
        "assurance:workbook",
        "assurance:rollup_pdf",
        "assurance:issued_rollup_pdf",
        "assurance:issued_rollup_workbook",
        "assurance:issued_rollup_csv",
        "assurance:programme_csv",
        "assurance:programme_workbook",
        "assurance:audit_report_pdf",
        "assurance:closure_file",
        "papers:pack_pdf",
        "papers:tables",
        "injuries:working_time_csv",
        "injuries:working_time_workbook",
        "injuries:custody_csv",
        "injuries:custody_workbook",
        "risks:register_csv",
        "risks:register_workbook",
        "risks:file",
        "risks:hse_file",
        "trail_csv",
    } <= recorded


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_list_of_actions_taken_away_is_in_the_trail(world: World, file_format: str) -> None:
    [row] = [row for row in TABLE if row.name == "actions:actions"]
    response = world.client("spoc").get(world.address(row), {"format": file_format})
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert TrailEntry.objects.filter(act="actions.downloaded", actor=world.people["spoc"]).count() == 1
