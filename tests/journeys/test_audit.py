"""An audit in a browser: planned at a desk, done on a phone, answered by its unit, issued, and followed to its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from organisation.periods import london_day
from tests.factories import files
from tests.journeys.conftest import NARROW, PASSWORD, Product, SignIn, Visit

UNIT = "Lantern Quay"
# A unit of its own, and two auditors who were never anything to it.
SCRIPT = """
from organisation.roles import Role
from tests.factories import assurance, organisation

unit = organisation.make_unit(UNIT)
people = []
for role in (Role.SPOC, Role.SLT_LEAD):
    person = organisation.make_user(f"{role.value}-{unit.slug}@demo.example", name=str(role), password=PASSWORD)
    organisation.appoint(person, role, unit)
    people.append(person)
statement = assurance.fill(assurance.make_statement(unit), level=4, by=people[0])
assurance.sign(assurance.complete(statement, by=people[0]), by=people[1])
for name in ("planner", "second-auditor"):
    person = organisation.make_user(f"{name}@demo.example", name=name, password=PASSWORD)
    organisation.appoint(person, Role.SHRMT)
"""


@pytest.fixture
def unit(product: Product) -> str:
    product.manage("shell", "--no-imports", "-c", f"UNIT, PASSWORD = {UNIT!r}, {PASSWORD!r}\n{SCRIPT}")
    return UNIT


def plan(planner: Visit, unit: str) -> None:
    today = london_day(datetime.now(UTC))
    planner.open("/audits/")
    planner.follow("Plan an audit")
    planner.page.get_by_label("What is audited").select_option(label=unit)
    planner.page.get_by_label("1. Leadership").check()
    planner.page.get_by_label("First day").fill(f"{today:%d %m %Y}")
    planner.page.get_by_label("Last day of fieldwork").fill(f"{today:%d %m %Y}")
    planner.press("Plan the audit")
    planner.page.get_by_label("Auditor").select_option(label="second-auditor")
    planner.press("Assign the auditor")
    expect(planner.page.get_by_role("heading", name="second-auditor leads the audit")).to_be_visible()


def begin(auditor: Visit) -> None:
    auditor.open("/audits/?whose=mine")
    auditor.page.get_by_role("rowheader").get_by_role("link").first.click()
    auditor.check()
    auditor.follow("Begin fieldwork")
    auditor.press("Begin fieldwork")


def do_the_fieldwork(auditor: Visit, tmp_path: Path) -> None:
    page = auditor.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict will do
    auditor.follow("Leadership")
    expect(page.get_by_text("Records of Leadership were checked.")).to_be_visible()
    page.get_by_label(re.compile("^Level 3:")).check()
    page.get_by_label("Reasons", exact=True).fill("Two of five shifts were briefed.")
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    page.reload()  # nothing was sent but what saved itself
    expect(page.get_by_label("Reasons", exact=True)).to_have_value("Two of five shifts were briefed.")

    photo = tmp_path / "board.png"
    photo.write_bytes(files.picture())
    page.get_by_label("Take a photo").set_input_files(photo)
    page.get_by_label("What it shows").fill("The briefing board")
    auditor.press("Add the photo or file")
    expect(page.get_by_role("link", name="The briefing board", exact=True)).to_be_visible()

    auditor.follow("Add a finding")
    page.get_by_label("What you found").fill("Two supervisors had never briefed.")
    page.get_by_label(re.compile("^Level 3:")).first.check()
    auditor.press("Save the finding")
    auditor.follow("Add what you looked at")
    page.get_by_label("Interviews").check()
    page.get_by_label("Which documents, roles or places").fill("shift sergeants")
    page.get_by_label("How many").fill("5")
    auditor.press("Save")
    expect(page.get_by_text("Interviews: 5 shift sergeants")).to_be_visible()

    auditor.follow(re.compile("^Audit A-"))
    expect(page.get_by_text("Claimed 1 level too high")).to_be_visible()


def draft_and_send(auditor: Visit) -> None:
    page = auditor.page
    auditor.follow("Add a recommendation")
    page.get_by_label("What you recommend").fill("Brief every shift on the day after an incident.")
    page.get_by_label("High").check()
    page.get_by_label("Due by").fill(f"{london_day(datetime.now(UTC)) + timedelta(days=60):%d %m %Y}")
    auditor.press("Save the recommendation")
    auditor.follow("Write the summary and good practice")
    page.get_by_label("Summary of the report").fill("Briefings exist, but not on every shift.")
    auditor.press(re.compile("^Save$"))
    auditor.follow(re.compile("^Audit A-"))
    auditor.follow("End fieldwork and draft the report")
    auditor.press("Draft the report")
    auditor.follow("Send the draft report to be answered")
    auditor.press("Send the draft report")
    expect(page.get_by_text("The draft report is sent.", exact=False).first).to_be_visible()


def open_the_audit(visit: Visit) -> None:
    visit.open("/audits/")
    visit.page.get_by_role("row").filter(has_text=UNIT).get_by_role("link").click()
    visit.check()


def answer(spoc: Visit) -> None:
    open_the_audit(spoc)
    spoc.follow("Say whether the facts are right")
    spoc.page.get_by_label("Yes").check()
    spoc.press("Send your answer")


def issue(auditor: Visit) -> None:
    open_the_audit(auditor)
    auditor.follow("Issue the report")
    auditor.page.get_by_label(re.compile("^I have read the report")).check()
    auditor.page.get_by_role("button", name="Issue the report").click()
    # The page follows the printing of the report, and is another one once that is done.
    expect(auditor.page.get_by_role("link", name="Download the report (PDF)").first).to_be_visible(timeout=60_000)
    expect(auditor.page.get_by_text("Issued", exact=True).first).to_be_visible()
    auditor.check()


def open_the_recommendation(visit: Visit) -> None:
    visit.open("/audits/")
    visit.follow("Recommendations")
    visit.page.get_by_role("row").filter(has_text=UNIT).get_by_role("link").click()
    visit.check()


def say_that_it_is_done(slt_lead: Visit, evidence: str) -> None:
    open_the_recommendation(slt_lead)
    slt_lead.follow("Say that it is done")
    slt_lead.page.get_by_label("What shows that it is done?").fill(evidence)
    slt_lead.press("It is done: ask for a check")


def check_it(auditor: Visit, decision: str, reasons: str) -> None:
    open_the_recommendation(auditor)
    auditor.follow("Check whether it is done")
    auditor.page.get_by_label(decision).check()
    auditor.page.get_by_label("What did you see, or what is still missing?").fill(reasons)
    auditor.press("Record the check")


def test_an_audit_is_planned_done_answered_issued_followed_up_and_closed(
    unit: str, sign_in: SignIn, tmp_path: Path
) -> None:
    planner, auditor = sign_in("planner"), sign_in("second-auditor")
    plan(planner, unit)
    begin(auditor)
    do_the_fieldwork(auditor, tmp_path)
    draft_and_send(auditor)
    spoc, slt_lead = sign_in("spoc-lantern-quay"), sign_in("slt-lead-lantern-quay")
    answer(spoc)
    issue(auditor)

    say_that_it_is_done(slt_lead, "All five shifts have been briefed.")
    check_it(auditor, "No, something is missing", "The night shift’s log is empty.")
    say_that_it_is_done(slt_lead, "The night shift has been briefed; its log is filled in.")
    open_the_audit(planner)
    planner.follow("Close the audit")
    planner.press("Close the audit")
    expect(planner.page.get_by_text("not confirmed as done yet", exact=False)).to_be_visible()
    check_it(auditor, "Yes, it is done", "Read the log of the night shift.")
    expect(auditor.page.get_by_text("Confirmed as done")).to_be_visible()
    open_the_audit(planner)
    planner.follow("Close the audit")
    planner.press("Close the audit")
    expect(planner.page.get_by_text("Closed", exact=True).first).to_be_visible()
