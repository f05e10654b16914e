"""What to audit next: proposed by an auditor, adopted and changed by the Head, read by the Board."""

from __future__ import annotations

import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn, Visit

REASON = "The unit is being merged, so its audit waits."


def propose(auditor: Visit) -> None:
    """Propose a programme with days that cannot hold an audit, read why not, and give it enough."""
    auditor.follow("Audits")
    auditor.follow("Audit programmes")
    auditor.follow("Propose a programme")
    auditor.page.get_by_label("Auditors’ days in the half-year").fill("2")
    auditor.press("Propose the programme")
    expect(auditor.page.get_by_role("alert")).to_contain_text("chance could draw an audit that does not fit")
    auditor.page.get_by_label("Auditors’ days in the half-year").fill("90")
    auditor.press("Propose the programme")
    expect(auditor.page.get_by_role("heading", level=1)).to_have_text("Audit programme")


def test_a_programme_goes_from_the_auditor_to_the_head_and_the_board(sign_in: SignIn, tmp_path: Path) -> None:
    auditor = sign_in("auditor")
    propose(auditor)
    page = auditor.page.url.removeprefix(auditor.product.url)
    auditor.page.get_by_role("table").first.get_by_role("link").first.click()
    auditor.check()
    expect(auditor.page.get_by_role("heading", level=2).first).to_contain_text("Its score:")
    auditor.follow("Set how long its audit takes")
    auditor.page.get_by_label("Days that its audit takes").fill("9.5")
    auditor.press("Set the days")
    expect(auditor.page.get_by_text("takes 9.5 of the auditors’ days")).to_be_visible()
    auditor.open(page)
    auditor.follow("Propose it anew")
    auditor.open(page)
    auditor.follow("Draw another seed")
    auditor.page.get_by_label("Why is another seed drawn?").fill("A unit was missing.")
    auditor.press("Draw another seed")
    expect(auditor.page.get_by_text("because: A unit was missing.")).to_be_visible()

    head = sign_in("head")
    head.open(page)
    head.follow("Adopt it")
    head.page.get_by_role("checkbox").check()
    head.press("Adopt the programme")
    expect(head.page.get_by_text("Nothing has been changed.")).to_be_visible()
    head.follow(re.compile("^Remove "))
    head.press("Remove it")
    expect(head.page.get_by_role("alert")).to_contain_text("Say why.")
    head.page.get_by_label("Why?").fill(REASON)
    head.press("Remove it")
    head.follow(re.compile("^Move "))
    head.page.get_by_label("New place").fill("2")
    head.page.get_by_label("Why?").fill("Its group asked for it.")
    head.press("Move it")
    expect(head.page.get_by_text("from place 1 to 2")).to_be_visible()

    board = sign_in("board-member", scripts=False, checks=False)
    board.open(page)
    expect(board.page.get_by_text(REASON)).to_be_visible()
    expect(board.page.get_by_text("it gives the same units")).to_be_visible()
    with board.page.expect_download() as download:
        board.page.get_by_role("link", name="Download as a workbook (XLSX)").click()
    download.value.save_as(tmp_path / "programme.xlsx")
    assert load_workbook(tmp_path / "programme.xlsx").sheetnames[-1] == "Changes"


def test_a_programme_is_proposed_without_a_script(sign_in: SignIn) -> None:
    auditor = sign_in("adviser", scripts=False, checks=False)
    propose(auditor)
    expect(auditor.page.get_by_text("The programme is proposed.")).to_be_visible()


def test_an_auditor_takes_a_theme_s_questions_along_without_a_connection(sign_in: SignIn, tmp_path: Path) -> None:
    auditor = sign_in("auditor")
    auditor.open("/model/2019/leadership/")
    auditor.follow("Question set for fieldwork")
    expect(auditor.page.get_by_text("1 theme.")).to_be_visible()
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("button", name="Download them as a workbook (XLSX)").click()
    download.value.save_as(tmp_path / "questions.xlsx")
    assert load_workbook(tmp_path / "questions.xlsx").sheetnames == ["How to use it", "1 Leadership"]
