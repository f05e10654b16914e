"""Injury figures brought in with five faults, mended, looked over, imported, undone and imported again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, Product, SignIn, Visit

SCRIPT = """
from tests.factories import organisation
organisation.make_unit("Saltmarsh OCU", group=organisation.make_group("Group of Saltmarsh OCU"))
"""
HEADINGS = "Month,Indicator,Staff group,Unit,Count\n"
FAULTY = """2018-13,Handling injuries,Police,Saltmarsh OCU,4
2018-08,Handling injurys,Police,Saltmarsh OCU,3
2018-09,Handling injuries,Polise,Saltmarsh OCU,5
2018-10,Handling injuries,Police,Saltmash OCU,5
2018-11,Handling injuries,Police,Saltmarsh OCU,4.5
"""
MENDED = """2018-07,Handling injuries,Police,Saltmarsh OCU,4
2018-08,Handling injuries,Police,Saltmarsh OCU,3
2018-09,Handling injuries,Police,Saltmarsh OCU,5
2018-10,Handling injuries,Police,Saltmarsh OCU,5
2018-11,Handling injuries,Police,Saltmarsh OCU,45
"""


@pytest.fixture(autouse=True)
def counted(product: Product) -> None:
    product.manage("load_indicators", str(ROOT / "fixtures" / "injury-indicators.toml"))
    product.manage("shell", "--no-imports", "-c", SCRIPT)


def bring(visit: Visit, lines: str) -> None:
    """Bring a file of counts with these lines."""
    visit.page.get_by_label("Monthly counts").check()
    file = {"name": "counts-2018.csv", "mimeType": "text/csv", "buffer": (HEADINGS + lines).encode()}
    visit.page.get_by_label("The file", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a plain dict will do
    visit.press("Upload and see what it comes to")


def test_figures_are_mended_imported_and_undone(sign_in: SignIn) -> None:
    head = sign_in("head")
    head.open("/injury-figures/imports/")
    head.follow("Import figures")
    bring(head, FAULTY)
    main = head.page.locator("main")
    expect(main).to_contain_text("5 faults. Nothing has been imported.")
    for fault in (
        "Line 2, Month: “2018-13” is no month of ours.",
        "Line 3, Indicator: no indicator is called “Handling injurys”. Is it “Handling injuries”?",
        "Line 4, Staff group: no staff group is called “Polise”. Is it “Police”?",
        "Line 5, Unit: no unit is called “Saltmash OCU”. Is it “Saltmarsh OCU”?",
        "Line 6, Count: a count is a whole number, and this is 4.5.",
    ):
        expect(main).to_contain_text(fault)
    bring(head, MENDED)
    expect(main).to_contain_text("Handling injuries, November 2018: 45, against 5 on average in the months beside it.")
    expect(main.get_by_role("row", name="Handling injuries July 2018")).to_contain_text("New")
    head.press("Import these figures")
    expect(main).to_contain_text("The figures of counts-2018.csv count now.")
    head.follow("Undo the import of counts-2018.csv")
    head.page.get_by_label("Why is the import undone?").fill("November has a figure too many.")
    head.press("Undo the import")
    expect(main).to_contain_text("What it had replaced counts again.")
    head.follow("Import figures")
    bring(head, MENDED.replace(",45", ",4"))
    head.press("Import these figures")
    expect(main.get_by_role("row", name="counts-2018.csv").first).to_contain_text("July 2018 to November 2018")
