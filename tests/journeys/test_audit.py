"""An audit in a browser: planned and assigned at a desk, done on a phone with one hand, and drafted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
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
    person = organisation.make_user(f"{role}-{unit.slug}@demo.example", name=str(role), password=PASSWORD)
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


def test_an_audit_is_done_on_a_phone_from_its_plan_to_the_draft_report(
    unit: str, sign_in: SignIn, tmp_path: Path
) -> None:
    plan(sign_in("planner"), unit)
    auditor = sign_in("second-auditor")
    begin(auditor)
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
    expect(page.get_by_role("link", name="The briefing board")).to_be_visible()

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
    auditor.follow("End fieldwork and draft the report")
    auditor.press("Draft the report")
    expect(page.get_by_text("The report is in draft.", exact=False).first).to_be_visible()
