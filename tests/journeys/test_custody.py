"""Custody figures of the source: recorded in a browser with a slip, corrected, compared, read with their history."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, Product, SignIn, Visit


@pytest.fixture(autouse=True)
def lists(product: Product) -> None:
    product.manage("load_indicators", str(ROOT / "fixtures" / "injury-indicators.toml"))


def enter(visit: Visit, *, year: int, among: str, number: str, interventions: str) -> None:
    """Fill in the first half of a year."""
    page = visit.page
    page.get_by_label("First month").select_option(f"{year}-01")
    page.get_by_label("Last month").select_option(f"{year}-06")
    page.get_by_label("What events are counted among").select_option(label=among)
    page.get_by_label("How many of them").fill(number)
    page.get_by_label("Successful interventions", exact=True).fill(interventions)
    page.get_by_label("The report does not say").check()


def test_custody_figures_are_recorded_compared_and_corrected(sign_in: SignIn) -> None:
    head = sign_in("head")
    main = head.page.locator("main")
    head.open("/injury-figures/")
    head.follow("Custody")
    head.follow("Record custody figures")
    enter(head, year=2018, among="detainees", number="70044", interventions="387")
    head.press("Record")
    head.follow("Record custody figures")
    enter(head, year=2019, among="custody records", number="59177", interventions="285")
    head.page.get_by_label("Inadequate search").fill("300")
    head.press("Record")
    expect(head.page.get_by_role("alert")).to_contain_text("The causes come to 300, which is more than 285.")
    head.page.get_by_label("Inadequate search").fill("120")
    head.press("Record")
    expect(main).to_contain_text("The custody figures of January 2019 to June 2019 are recorded.")
    head.follow("January 2019 to June 2019")
    head.follow("Correct these figures")
    head.page.get_by_label("Successful interventions", exact=True).fill("258")
    head.page.get_by_label("Why is the report corrected?").fill("Two digits were swapped.")
    head.press("Save the correction")
    head.page.get_by_text("Choose other reports").click()
    head.page.get_by_label("Later report").select_option(label="January 2019 to June 2019")
    head.page.get_by_label("Earlier report").select_option(label="January 2018 to June 2018")
    head.press("Compare")
    head.follow("Show intervals and p-values")
    compared = main.get_by_role("row", name="Successful interventions Per 1,000")
    for words in (
        "4.36",
        "5.53",
        "−21.1%",
        "More than chance",
        "0.67 to 0.92",
        "holds only if both count the same thing",
    ):
        expect(compared).to_contain_text(words)
    expect(main).to_contain_text("because “Two digits were swapped.”")
    member = sign_in("board-member")
    member.open("/injury-figures/custody/")
    member.follow("January 2019 to June 2019, as recorded")
    expect(member.page.locator("main")).to_contain_text("285, 47.5 a month, 4.82 per 1,000")
