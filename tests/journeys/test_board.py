"""A risk from a proposal to the Board's register, on its heat map and off it again, and in the pack of the meeting."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import SignIn, Visit

READY_WITHIN_MS = 120_000
TITLE = "Working alone at night on the river"
RISK = "/board/risks/40/"
MEETING = "Board of the river"


def typed(day: date) -> str:
    return f"{day:%d %m %Y}"


def assess(head: Visit, likelihood: str, impact: str) -> None:
    """Say where the risk lies after its controls."""
    head.open(RISK)
    head.follow("Assess the risk")
    page = head.page
    page.get_by_label("Likelihood before controls").select_option(label="5 Almost certain")
    page.get_by_label("Impact before controls").select_option(label="5 Severe")
    page.get_by_label("Likelihood after controls").select_option(label=likelihood)
    page.get_by_label("Impact after controls").select_option(label=impact)
    page.get_by_label("What the assessment rests on").fill("Two nights out with the crews.")
    head.press("Record the assessment")


def fact(visit: Visit, of: str) -> Locator:
    """What the page says under this name in its list of facts."""
    row = visit.page.locator(".govuk-summary-list__row").filter(has=visit.page.get_by_text(of, exact=True))
    return row.locator("dd").first


def cell_with(visit: Visit, words: str) -> Locator:
    """The cell of the heat map in which these words stand."""
    return visit.page.locator(".risks-grid tbody td").filter(has_text=re.compile(words))


def test_a_risk_is_proposed_accepted_assessed_controlled_and_printed(sign_in: SignIn, tmp_path: Path) -> None:
    today = timezone.localdate()

    lead = sign_in("cog-lead")
    lead.open("/board/risks/")
    lead.follow("Propose a risk")
    lead.page.get_by_label("The risk in a line").fill(TITLE)
    lead.page.get_by_label("What could happen, to whom").fill("Somebody falls in, and nobody notices until morning.")
    lead.press("Propose it")
    expect(lead.page.locator("main")).to_contain_text("Waiting for the Board")

    secretary = sign_in("board-secretary")
    secretary.open("/board/meetings/")
    secretary.follow("Enter a meeting")
    secretary.page.get_by_label("Held on").fill(typed(today))
    secretary.page.get_by_label("What it is called").fill(MEETING)
    secretary.press("Enter the meeting")
    secretary.open("/board/risks/proposed/")
    secretary.follow(TITLE)
    secretary.follow("Accept the risk")
    page = secretary.page
    page.get_by_label("Meeting", exact=True).select_option(label=MEETING)
    page.get_by_label("Minute", exact=True).fill("4.2")
    page.get_by_label("Why the Board decided so").fill("Nobody else watches it.")
    page.get_by_label("Reference", exact=True).fill("40")
    page.get_by_label("Open", exact=True).check()
    page.get_by_label("Post that leads it").fill("Commander of the river")
    secretary.press("Record the decision")
    assert page.url.endswith(RISK)

    head = sign_in("head")
    assess(head, "4 Likely", "5 Severe")
    expect(fact(head, "Trend")).to_contain_text("Unchanged (new)")
    head.open("/board/risks/heat-map/")
    expect(cell_with(head, r"\b40\b")).to_contain_text("20 Very high")
    assess(head, "3 Possible", "3 Moderate")
    expect(fact(head, "Trend")).to_contain_text("↓ Improved")
    expect(fact(head, "Where it lies after its controls")).to_contain_text("Possible (3) and moderate (3): 9, medium")
    head.open("/board/risks/heat-map/")
    expect(cell_with(head, r"Risk 40\b")).to_contain_text("9 Medium")
    expect(cell_with(head, r"Moved from here: 40\b")).to_contain_text("20 Very high")
    expect(head.page.get_by_role("row", name=re.compile("Risk 40 .*Improved"))).to_contain_text(TITLE)

    secretary.open(RISK)
    secretary.follow("Record a decision of the Board")
    page.get_by_label(re.compile("^It is controlled")).check()
    page.get_by_label("Meeting", exact=True).select_option(label=MEETING)
    page.get_by_label("Minute", exact=True).fill("4.3")
    page.get_by_label("Why the Board decided so").fill("Everybody carries a radio now.")
    secretary.press("Record the decision")
    expect(fact(secretary, "Status")).to_have_text("Controlled")

    head.open("/board/risks/heat-map/")
    expect(head.page.locator("main")).not_to_contain_text(TITLE)
    expect(cell_with(head, r"\b40\b")).to_have_count(0)
    head.open("/board/risks/?status=controlled")
    expect(head.page.get_by_role("row", name=re.compile("Risk 40 .*Improved"))).to_contain_text("Controlled")

    secretary.open("/board/meetings/")
    secretary.follow(MEETING)
    secretary.follow("Agenda pack")
    secretary.press("Make the pack")
    expect(page.get_by_role("link", name=re.compile("Download the PDF"))).to_be_visible(timeout=READY_WITHIN_MS)
    secretary.check()
    secretary.press("Make a new version")
    expect(page.locator("main")).to_contain_text("Version 1")
    expect(page.get_by_role("heading", name="Version 2")).to_have_count(0)

    member = sign_in("board-member")
    member.open("/board/meetings/")
    member.follow(MEETING)
    member.follow("Agenda pack")
    with member.page.expect_download() as download:
        member.page.get_by_role("link", name=re.compile("Download the PDF")).click()
    pdf = tmp_path / "pack.pdf"
    download.value.save_as(pdf)
    said = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
    on_the_map, _, register = said.partition("Open and emerging risks one by one")
    assert TITLE not in on_the_map.partition("Heat map")[2]
    controlled = register.partition("Controlled risks")[2].partition("New and emerging risks")[0]
    assert f"Risk 40: {TITLE}" in controlled
    assert "Controlled. ↓ Improved" in controlled
    assert "Possible (3) and moderate (3): 9, medium" in controlled
    digest = member.page.locator("code").first.inner_text()
    assert digest in said.replace(" ", "")
    member.open(f"/verify/{digest}/")
    expect(member.page.locator("main")).to_contain_text(f"Agenda pack of the {MEETING}, version 1")
    # Only the Board and whoever prepares its meetings: for a SPOC the pack is not there.
    spoc = sign_in("spoc")
    response = spoc.page.goto(page.url)
    assert response is not None
    assert response.status == 404


def test_every_page_of_the_board_reads_well(sign_in: SignIn) -> None:
    """Axe, and no sideways scrolling, on pages that no journey walks through."""
    head = sign_in("head")
    for address in (
        "/board/risks/import/",
        "/board/risks/1/edit/",
        "/board/risks/1/injuries/",
        "/board/risks/1/injuries/choose/",
        "/board/risks/1/controls/new/",
        "/board/risks/1/leads/new/",
        "/board/risks/1/actions/new/",
        "/board/risks/1/updates/new/",
        "/board/objectives/",
        "/board/objectives/new/",
        "/board/sub-groups/",
        "/board/group-risks/",
        "/board/hse/",
        "/board/hse/notifications/",
        "/board/hse/notifications/new/",
        "/board/investigations/",
        "/board/investigations/new/",
        "/board/learning/",
    ):
        head.open(address)
    head.open("/board/investigations/")
    head.follow("A security barrier came down on somebody")
    expect(head.page.get_by_role("heading", name="Actions")).to_be_visible()
