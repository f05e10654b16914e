"""A paper from its template to the panel: written with figures by name, previewed, published, answered, withdrawn."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit

READY_WITHIN_MS = 120_000
TITLE = "Health and safety performance, for the journey"
NAMED = "injuries.total_accidents.number"


def write(auditor: Visit, section: str, text: str, *, prints: str) -> None:
    """Write a section, see beside the text what it will print, and that it is saved before the button is pressed."""
    auditor.follow(re.compile(f"^Edit {section}$"))
    auditor.page.get_by_role("textbox", name=section).fill(text)
    expect(auditor.page.locator("#preview")).to_contain_text(prints)
    expect(auditor.page.locator("#save-state")).to_contain_text("Saved at")
    auditor.press("Save and go to the paper")


def test_a_paper_is_written_previewed_published_answered_and_withdrawn(
    sign_in: Callable[[str], Visit], tmp_path: Path
) -> None:
    auditor = sign_in("auditor")
    auditor.open("/papers/")
    auditor.follow("Prepare a paper")
    auditor.page.get_by_label("Template").select_option(label="Health and safety performance paper")
    auditor.page.get_by_label("Title").fill(TITLE)
    auditor.page.get_by_label("Date of the meeting").fill("18 11 2031")
    auditor.press("Start the paper")
    paper = re.sub(r"^.*/papers/", "/papers/", auditor.page.url)

    # A name that nothing has shows in its place, and keeps the paper from being made final.
    misnamed = f"Accidents: {{{{ {NAMED} }}}}, of {{{{ injuries.total_acidents.number }}}}."
    write(auditor, "Indicators that rose", misnamed, prints="(not known)")
    expect(auditor.page.get_by_text("(not known)")).to_be_visible()
    fault = auditor.page.get_by_role("link", name=re.compile(r"line 1: Nothing in this paper is called"))
    expect(fault).to_contain_text(f"Did you mean {NAMED}")
    fault.click()
    auditor.check()
    expect(auditor.page.get_by_text("Names that nothing in this paper has")).to_be_visible()
    auditor.page.get_by_text("Figures you can name").click()
    row = auditor.page.get_by_role("row").filter(has_text=re.compile(rf"{NAMED}(?!_)"))
    number = row.get_by_role("cell").first.inner_text()
    # The name is picked from the list, and stands where the cursor was.
    box = auditor.page.get_by_role("textbox", name="Indicators that rose")
    box.fill("Accidents: .\n\nThere were 7 accidents with injury.")
    box.evaluate("box => box.setSelectionRange(11, 11)")
    row.get_by_role("button", name="Insert").click()
    expect(box).to_have_value(f"Accidents: {{{{ {NAMED} }}}}.\n\nThere were 7 accidents with injury.")
    auditor.press("Save and go to the paper")
    expect(auditor.page.get_by_text(f"Accidents: {number}.")).to_be_visible()
    expect(auditor.page.get_by_role("link", name=re.compile("line 3: “7” is typed by hand"))).to_be_visible()
    told = f"Accidents: {{{{ {NAMED} }}}}, in {{{{ table.assaults }}}}."
    write(auditor, "Indicators that rose", told, prints=f"Accidents: {number}, in Table 1.")
    write(auditor, "Contact details", "The safety team.", prints="The safety team.")

    # A reviewer suggests other words, and the author takes them over.
    reviewer = sign_in("adviser")
    reviewer.open(paper)
    reviewer.follow("Comment on Contact details")
    reviewer.page.get_by_label("Words it is about").fill("The safety team")
    reviewer.page.get_by_label("I suggest other words for these").check()
    reviewer.page.get_by_label("Suggested words").fill("The safety and health risk management team")
    reviewer.press("Add the comment")
    auditor.page.reload()
    auditor.follow(re.compile(r"Comments and suggestions \(1 open\)"))
    auditor.follow("Add or settle comments on Contact details")
    auditor.press("Take the suggestion over")
    auditor.open(paper)
    expect(auditor.page.get_by_text("The safety and health risk management team.")).to_be_visible()
    auditor.press("Make the paper final")
    expect(auditor.page.get_by_text("The document is ready.")).to_be_visible(timeout=READY_WITHIN_MS)
    auditor.check()

    head = sign_in("head")
    head.open(paper)
    head.follow("Publish this paper")
    head.page.get_by_role("checkbox").check()
    head.press("Publish the paper")
    head.follow("Record the outcome of recommendation 1")
    head.page.get_by_label("Action asked").check()
    head.page.get_by_label("What the panel said").fill("Bring the audits’ results.")
    head.press("Record the outcome")  # nobody answers for it yet
    expect(head.page.get_by_text(re.compile("a post that answers for it")).first).to_be_visible()
    head.page.get_by_label("Who answers for the action").fill("Head of Safety")
    head.press("Record the outcome")
    expect(head.page.get_by_text("Bring the audits’ results.")).to_be_visible()

    panel = sign_in("panel")
    panel.open("/papers/")
    panel.follow(TITLE)
    expect(panel.page.get_by_text("Bring the audits’ results.")).to_be_visible()
    with panel.page.expect_download() as download:
        panel.page.get_by_role("link", name=re.compile("Download the PDF")).first.click()
    pdf = tmp_path / "paper.pdf"
    download.value.save_as(pdf)
    words = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
    assert f"Accidents: {number}, in Table 1." in words

    head.open(paper)
    head.follow("Withdraw this paper")
    head.page.get_by_label("Why is the paper withdrawn?").fill("A figure was wrong.")
    head.press("Withdraw the paper")
    assert panel.page.goto(panel.product.url + paper).status == 404  # type: ignore[union-attr]  # there is an answer
    auditor.open(paper)
    expect(auditor.page.get_by_text("A figure was wrong.")).to_be_visible()
    expect(auditor.page.get_by_role("link", name=re.compile("Download the PDF")).first).to_be_visible()
