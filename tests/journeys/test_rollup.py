"""A roll-up from the lead's first word to the Board: written, issued, read; changed since, and issued again."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from organisation.periods import HalfYear, london_day
from tests.journeys.conftest import PASSWORD, Product, SignIn, Visit

READY_WITHIN_MS = 120_000
THEMES = 11  # of the 2019 template; wellbeing is not scored
LEAD_SAYS = "The visits of this half-year found every control in use"
NARRATIVE = "The group holds its level and works on monitoring next"
GROUP = "Harbours and Ports"
# A group of its own: what is issued here is what papers draw on from then on, in other journeys too.
SCRIPT = """
from organisation.roles import Role
from tests.factories import assurance, organisation

group = organisation.make_group(GROUP)
lead = organisation.make_user("cog-lead-of-harbours@demo.example", name="COG lead", password=PASSWORD)
organisation.appoint(lead, Role.COG_LEAD, group=group)
for name in ("North Harbour", "South Harbour"):
    unit = organisation.make_unit(name, group=group)
    people = []
    for role in (Role.SPOC, Role.SLT_LEAD):
        person = organisation.make_user(f"{role}-{unit.slug}@demo.example", name=str(role), password=PASSWORD)
        organisation.appoint(person, role, unit)
        people.append(person)
    statement = assurance.fill(assurance.make_statement(unit), by=people[0])
    assurance.sign(assurance.complete(statement, by=people[0]), by=people[1])
print(group.slug)
"""


def save_and_continue(visit: Visit) -> None:
    """Press the button and wait for the next page: what is being saved by itself goes first."""
    heading = visit.page.get_by_role("heading", level=1)
    before = heading.inner_text()
    visit.page.get_by_role("button", name="Save and continue").click()
    expect(heading).not_to_have_text(before)
    visit.check()


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=re.compile(question)).get_by_label(answer, exact=True).check()


def build(cog: Visit, page: str, label: str) -> None:
    """Have the figures built and wait until they are there: the page comes again by itself, so it is checked then."""
    cog.open(page)
    cog.page.get_by_role("button", name=re.compile(f"^{label}")).click()
    expect(cog.page.get_by_role("progressbar")).to_have_count(0, timeout=READY_WITHIN_MS)
    expect(cog.page.get_by_role("link", name=re.compile("^Download the roll-up"))).to_be_visible()
    cog.check()


def write_words(cog: Visit) -> None:
    page, today = cog.page, london_day(datetime.now(UTC))
    cog.follow("Write on the roll-up")
    page.get_by_label("Date of the Board meeting it is for").fill(f"{today + timedelta(days=30):%d %m %Y}")
    page.get_by_label("Date of the meeting", exact=True).fill(f"{today:%d %m %Y}")
    choose(page, "reported at that meeting", "Yes")
    page.get_by_label("What the figures mean, over all themes").fill(f"{NARRATIVE}.")
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    page.reload()  # nothing was sent but what saved itself
    expect(page.get_by_label("What the figures mean, over all themes")).to_have_value(f"{NARRATIVE}.")
    save_and_continue(cog)
    for number in range(THEMES):
        expect(page.get_by_text(f"Theme {number + 1} of {THEMES}")).to_be_visible()
        page.get_by_label(re.compile(r"^Level 4:")).check()
        page.get_by_label("Evidence", exact=True).fill(f"{LEAD_SAYS}, theme {number + 1}.")
        save_and_continue(cog)


def issue(cog: Visit, version: int) -> None:
    """Issue what is on the page and wait for its document, with which the page comes again by itself."""
    cog.page.get_by_role("checkbox").check()
    cog.page.get_by_role("button", name=re.compile("^Issue (it|the next version)$")).click()
    expect(cog.page.get_by_role("heading", level=1)).to_contain_text(f"version {version}")
    link = cog.page.get_by_role("link", name=re.compile(f"^Download version {version} "))
    expect(link).to_be_visible(timeout=READY_WITHIN_MS)
    cog.check()


def text_of_the_pdf(visit: Visit, version: int, folder: Path) -> str:
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name=re.compile(f"^Download version {version} ")).click()
    pdf = folder / f"version-{version}.pdf"
    download.value.save_as(pdf)
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def accept_one(cog: Visit, page: str) -> str:
    """Accept a statement that the roll-up counts as signed; return its unit."""
    cog.open(page)
    row = cog.page.get_by_role("row").filter(has_text="signed, not yet accepted").first
    unit = row.get_by_role("rowheader").inner_text()
    statement = str(row.get_by_role("link").first.get_attribute("href")).partition("revisions/")[0]
    cog.open(f"{statement}review/")
    for question in ("completed as it should be", "performance accurately", "what the unit will improve?"):
        choose(cog.page, re.escape(question), "Yes")
    cog.page.get_by_role("radio", name=re.compile("^Accept")).check()
    cog.press("Record your decision")
    expect(cog.page.get_by_text("You accepted the statement")).to_be_visible()
    return unit


@pytest.fixture
def group(product: Product) -> str:
    """The address of a group with two signed statements of this quarter, and a lead."""
    script = f"GROUP, PASSWORD = {GROUP!r}, {PASSWORD!r}\n{SCRIPT}"
    return product.manage("shell", "--no-imports", "-c", script).split()[-1]


def test_a_lead_s_words_reach_the_board_and_both_versions_stay(group: str, sign_in: SignIn, tmp_path: Path) -> None:
    half = HalfYear.of(london_day(datetime.now(UTC)))
    cog = sign_in("cog-lead-of-harbours")
    page = f"/roll-ups/{group}/{half.slug}/"
    build(cog, page, "Build")
    write_words(cog)
    expect(cog.page.get_by_text("What is still missing")).to_have_count(0)
    issue(cog, 1)

    board = sign_in("board-member")
    board.open(f"/roll-ups/?half={half.slug}")
    board.follow(re.compile(f"^Roll-up of {GROUP}"))
    expect(board.page.get_by_text(f"{LEAD_SAYS}, theme 1.")).to_be_visible()
    text = text_of_the_pdf(board, 1, tmp_path)
    assert f"{LEAD_SAYS}, theme {THEMES}." in text
    assert f"{NARRATIVE}." in text

    unit = accept_one(cog, page)
    cog.open(page)
    expect(cog.page.get_by_text("Changed since issue")).to_be_visible()
    expect(cog.page.get_by_text(re.compile(f"{re.escape(unit)}: .* is accepted now"))).to_be_visible()
    build(cog, page, "Build again")
    cog.open(f"{page}issue/")
    cog.page.get_by_label("Why is another version issued?").fill(f"The statement of {unit} was accepted.")
    issue(cog, 2)

    board.open(f"/roll-ups/?half={half.slug}")
    board.follow(re.compile(f"^Roll-up of {GROUP}"))
    assert f"The statement of {unit} was accepted." in text_of_the_pdf(board, 2, tmp_path)
    board.follow("Version 1")
    expect(board.page.get_by_text("A newer version has been issued since")).to_be_visible()
    assert text_of_the_pdf(board, 1, tmp_path) == text

    head = sign_in("head")
    summary = f"/roll-ups/whole-force/{half.slug}/"
    build(head, summary, "Build")
    expect(head.page.get_by_text(re.compile("^1 of .* business groups has issued a roll-up"))).to_be_visible()
    head.follow("Write on the force summary")
    head.open(f"{summary}issue/")
    head.follow("Choose the level of the force in your opinion.")
