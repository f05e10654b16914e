"""From a unit's statement to the panel's PDF: six people, one after the other, in real browsers on the real product."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import expect

from organisation.periods import Quarter, london_day
from tests.journeys.conftest import Visit

# Themes in the order of the 2019 template, wellbeing (not scored) left out; no two neighbours alike.
LEVELS = {
    "leadership": 5,
    "policy-governance": 4,
    "capability-competence": 3,
    "communication": 5,
    "risk-management": 2,
    "monitoring": 4,
    "infrastructure-assets": 3,
    "partnerships-contracts": 1,
    "change-management": 4,
    "performance-benchmarking": 2,
    "audit": 5,
}
TITLE = "How safety culture stands after the autumn"
ACTION = "Walk every custody suite with the safety representatives"
READY_WITHIN_MS = 120_000


def save_and_continue(spoc: Visit) -> None:
    """Press the button and wait for the next page: what is being saved by itself goes first."""
    heading = spoc.page.get_by_role("heading", level=1)
    before = heading.inner_text()
    spoc.page.get_by_role("button", name="Save and continue").click()
    expect(heading).not_to_have_text(before)
    spoc.check()


def fill_in_theme(spoc: Visit, level: int) -> None:
    page = spoc.page
    page.get_by_label(re.compile(rf"^Level {level}:")).check()
    page.get_by_role("radio", name="Yes", exact=True).check()
    page.get_by_label("Evidence", exact=True).fill(f"The unit’s records show level {level}, quarter by quarter.")
    save_and_continue(spoc)


def complete_statement(spoc: Visit, today: date) -> str:
    """Fill in all themes of the blank statement and complete it; return the statement's address."""
    spoc.open("/")
    spoc.page.locator("main").get_by_role("link", name=re.compile(f"Q{Quarter.of(today).number} ")).first.click()
    spoc.check()
    spoc.follow("Leadership")
    for identity, level in LEVELS.items():
        if identity == "monitoring":  # wellbeing stands before it: not scored, nothing to choose
            expect(spoc.page.get_by_role("heading", level=1)).to_have_text("Wellbeing")
            expect(spoc.page.get_by_role("radio")).to_have_count(0)
            save_and_continue(spoc)
        if identity == "leadership":
            spoc.press(re.compile("^Add an"))
            spoc.page.get_by_label("What is to be done").fill(ACTION)
            spoc.page.get_by_label("Who leads it").fill("Chief inspector, custody")
            spoc.page.get_by_label("When it is due").fill("31 March 2031")
        fill_in_theme(spoc, level)
    page = spoc.page
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Who completes the statement"))
    page.get_by_label("Name of the person completing the statement").fill("SPOC")
    page.get_by_label("Their position").fill("Safety manager")
    save_and_continue(spoc)
    # The meeting is still missing: the page says so, and leads there.
    blocker = page.get_by_role("link", name=re.compile("date of the health and safety meeting"))
    expect(blocker).to_be_visible()
    blocker.click()
    spoc.check()
    page.get_by_label("When did the unit’s health and safety meeting").fill(f"{today:%d %m %Y}")
    save_and_continue(spoc)
    page.get_by_role("checkbox").check()
    spoc.press("Complete statement")
    expect(page.get_by_text(re.compile("completed", re.IGNORECASE)).first).to_be_visible()
    address = re.search(r"/statements/[^/]+/[^/]+/", page.url)
    assert address is not None, page.url
    return address[0]


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def test_a_units_level_reaches_the_panel(sign_in: Callable[[str], Visit], tmp_path: Path) -> None:
    today = london_day(datetime.now(UTC))
    quarter = Quarter.of(today)

    spoc = sign_in("spoc")
    statement = complete_statement(spoc, today)

    lead = sign_in("slt-lead")
    lead.open(statement)
    unit = lead.page.locator("main .govuk-caption-l").first.inner_text().split(",")[0].strip()
    lead.follow("Read and sign")
    expect(lead.page.get_by_text(ACTION).first).to_be_visible()
    lead.page.get_by_label("Your name").fill("SLT lead")
    lead.page.get_by_label("Your position").fill("Chief superintendent")
    # Without the confirmation nothing is signed, and the page says what is missing with all that was typed kept.
    lead.press("Sign the statement")
    expect(lead.page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(lead.page.get_by_label("Your name")).to_have_value("SLT lead")
    lead.page.get_by_role("checkbox").check()
    lead.press("Sign the statement")
    expect(lead.page.get_by_text(re.compile("signed", re.IGNORECASE)).first).to_be_visible()

    cog = sign_in("cog-lead")
    cog.open("/reviews/")
    cog.open(f"{statement}review/")
    for question in ("completed as it should be", "performance accurately", "what the unit will improve?"):
        group = cog.page.get_by_role("group", name=re.compile(re.escape(question)))
        group.get_by_label("Yes").check()
    cog.page.get_by_role("radio", name=re.compile("^Accept")).check()
    cog.press("Record your decision")
    expect(cog.page.get_by_text("You accepted the statement")).to_be_visible()
    group_slug = cog.page.url.split("/reviews/")[1].split("/")[0]

    cog.open("/roll-ups/")
    cog.open(f"/roll-ups/{group_slug}/{quarter.half.slug}/")
    cog.press(re.compile("^Build"))
    expect(cog.page.get_by_role("link", name=re.compile("Download the roll-up"))).to_be_visible(timeout=READY_WITHIN_MS)
    cog.check()
    expect(cog.page.get_by_role("row", name=re.compile(f"^{re.escape(unit)}")).first).to_be_visible()

    auditor = sign_in("auditor")
    auditor.open("/papers/")
    auditor.follow("Prepare a paper")
    auditor.page.get_by_label("Title").fill(TITLE)
    auditor.page.get_by_label("Date of the meeting").fill(f"{quarter.half.last_day:%d %m %Y}")
    auditor.page.get_by_label("Half-year").select_option(label=quarter.half.name)
    auditor.press("Start the paper")
    paper = re.sub(r"^.*/papers/", "/papers/", auditor.page.url)
    while auditor.page.locator("main .govuk-inset-text li a").count():
        auditor.page.locator("main .govuk-inset-text li a").first.click()
        auditor.check()
        auditor.page.locator("main textarea").fill("Ask the **safety team** of the force.")
        auditor.press(re.compile("^Save"))
        assert auditor.page.url.endswith(paper)
    auditor.press("Make the paper final")
    expect(auditor.page.get_by_text("The document is ready.")).to_be_visible(timeout=READY_WITHIN_MS)
    auditor.check()

    head = sign_in("head")
    head.open(paper)
    head.follow("Publish this paper")
    head.page.get_by_role("checkbox").check()
    head.press("Publish the paper")

    panel = sign_in("panel")
    panel.open("/papers/")
    panel.follow(TITLE)
    with panel.page.expect_download() as download:
        panel.page.get_by_role("link", name=re.compile("Download the PDF")).first.click()
    pdf = tmp_path / "paper.pdf"
    download.value.save_as(pdf)
    text = text_of(pdf)
    assert levels_of(unit, text) == list(LEVELS.values())

    # And nothing else: what every other person in this test has opened is not there for the panel.
    for address in (
        statement,
        f"{statement}review/",
        "/statements/",
        "/reviews/",
        "/roll-ups/",
        "/model/",
        "/papers/new/",
    ):
        response = panel.page.goto(panel.product.url + address)
        assert response is not None
        assert response.status == 404, address


def levels_of(unit: str, text: str) -> list[int]:
    """Return the levels that stand in the unit's row, or in the lines right after its name where that is wrapped."""
    lines = text.splitlines()
    first = next(
        index
        for index, line in enumerate(lines)
        if unit.split()[0] in line and unit in " ".join(lines[index : index + 3])
    )
    for line in lines[max(0, first - 2) : first + 3]:
        found = re.findall(r"(?<![\w/–-])[1-5](?![\w/–-])", line)
        if len(found) == len(LEVELS):
            return [int(level) for level in found]
    return []
