"""A climate survey brought in with a fault, mended, imported, and read beside what is claimed and was validated."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Product, SignIn, Visit

# A unit that claims level 4 in leadership, which auditors validated at 2.
SCRIPT = """
from assurance.models import AuditState
from organisation.roles import Role
from tests.factories import assurance, audits, organisation
unit = organisation.make_unit("Lakeside OCU", group=organisation.make_group("Group of Lakeside OCU"))
claimed = assurance.signed(unit, assurance.this_quarter(), levels={"leadership": 4})
auditor = organisation.make_person(Role.SHRMT)
audits.make_audit(by=auditor, state=AuditState.ISSUED, revision=claimed, verdicts={"leadership": 2})
print(unit.slug)
"""
HEADINGS = "Unit,Theme,Respondents,Mean agreement,Answered 1,Answered 2,Answered 3,Answered 4,Answered 5\n"
FEW = "Lakeside OCU,Communication,9,4.87,,,,,\n"
RESULTS = "Lakeside OCU,Leadership,20,,9,5,4,1,1\n"


@pytest.fixture
def unit(product: Product) -> str:
    return product.manage("shell", "--no-imports", "-c", SCRIPT).split()[-1]


def bring(visit: Visit, results: str) -> None:
    """Fill in what is said of the survey, and bring a file with these lines."""
    page = visit.page
    page.get_by_label("Name of the survey").fill("Safety climate survey 2026")
    page.get_by_label("First day on which people could answer").fill("4 5 2026")
    page.get_by_label("Last day on which people could answer").fill("29 5 2026")
    file = {"name": "results.csv", "mimeType": "text/csv", "buffer": (HEADINGS + results).encode()}
    page.get_by_label("The file of results that you have filled in").set_input_files(file)  # type: ignore[arg-type]  # a plain dict will do
    visit.press("Upload and see what it comes to")


def test_what_staff_answered_is_read_beside_claim_and_verdict(unit: str, sign_in: SignIn) -> None:
    adviser = sign_in("auditor")
    adviser.open("/climate-surveys/")
    adviser.follow("Import results")
    bring(adviser, FEW + RESULTS.replace("Lakeside", "Lakesied"))
    main = adviser.page.locator("main")
    expect(main).to_contain_text("no unit that existed then is called “Lakesied OCU”. Is it “Lakeside OCU”")
    bring(adviser, FEW + RESULTS)
    expect(main).to_contain_text("Fewer than ten respondents")
    expect(main).not_to_contain_text("4.87")
    adviser.press("Import these results")
    expect(main).to_contain_text("The results of Safety climate survey 2026 count now.")

    head = sign_in("head")
    head.open("/")
    head.follow("Readings")
    head.open(f"/three-readings/{unit}/")
    page = head.page.locator("main")
    expect(page).to_contain_text("Claims level 4; auditors validated level 2.")
    expect(page).to_contain_text("Claims level 4; 10% of 20 respondents agree.")
    expect(head.page.get_by_role("img", name=re.compile("Leadership: claimed, 4; validated, 2;"))).to_be_visible()

    board = sign_in("board-member")
    board.follow("Climate surveys")
    board.follow("Safety climate survey 2026")
    expect(board.page.locator("main")).to_contain_text("Lakeside OCU")
    expect(board.page.locator("main")).not_to_contain_text("4.87")
