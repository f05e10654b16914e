"""Injury figures brought in with five faults, mended, looked over, imported, undone, imported again, and found."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from injuries.months import Month
from tests.journeys.conftest import ROOT, Product, SignIn, Visit

SCRIPT = """
from tests.factories import organisation
organisation.make_unit("Saltmarsh OCU", group=organisation.make_group("Group of Saltmarsh OCU"))
"""
# The last five months that are over, in which the invented force has figures already.
MONTHS = [Month.of(timezone.localdate()).plus(-back) for back in (5, 4, 3, 2, 1)]
FIRST, SECOND, THIRD, FOURTH, FIFTH = MONTHS
COUNTS = "Month,Indicator,Staff group,Unit,Count\n"
FAULTY = f"""2018-13,Handling injuries,Police,Saltmarsh OCU,4
{SECOND},Handling injurys,Police,Saltmarsh OCU,3
{THIRD},Handling injuries,Polise,Saltmarsh OCU,5
{FOURTH},Handling injuries,Police,Saltmash OCU,5
{FIFTH},Handling injuries,Police,Saltmarsh OCU,4.5
"""
MENDED = f"""{FIRST},Handling injuries,Police,Saltmarsh OCU,4
{SECOND},Handling injuries,Police,Saltmarsh OCU,3
{THIRD},Handling injuries,Police,Saltmarsh OCU,5
{FOURTH},Handling injuries,Police,Saltmarsh OCU,5
{FIFTH},Handling injuries,Police,Saltmarsh OCU,450
"""
HEADCOUNT = f"""Month,Staff group,Unit,Headcount
{FIRST},Police,Saltmarsh OCU,1000
{SECOND},Police,Saltmarsh OCU,1000
{THIRD},Police,Saltmarsh OCU,1000
{FOURTH},Police,Saltmarsh OCU,800
{FIFTH},Police,Saltmarsh OCU,1000
"""
# Number, headcount, and 1,000 × the number ÷ the headcount.
FIGURES = [
    ("4", "1,000.0", "4.00"),
    ("3", "1,000.0", "3.00"),
    ("5", "1,000.0", "5.00"),
    ("5", "800.0", "6.25"),
    ("4", "1,000.0", "4.00"),
]


@pytest.fixture(autouse=True)
def counted(product: Product) -> None:
    product.manage("load_indicators", str(ROOT / "fixtures" / "injury-indicators.toml"))
    product.manage("shell", "--no-imports", "-c", SCRIPT)


def bring(visit: Visit, lines: str, *, kind: str = "Monthly counts", name: str = "counts-2018.csv") -> None:
    """Bring a file with these lines."""
    visit.page.get_by_label(kind).check()
    file = {"name": name, "mimeType": "text/csv", "buffer": lines.encode()}
    visit.page.get_by_label("The file", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a plain dict will do
    visit.press("Upload and see what it comes to")


def test_figures_are_mended_imported_and_undone(sign_in: SignIn) -> None:
    head = sign_in("head")
    head.open("/injury-figures/imports/")
    head.follow("Import figures")
    bring(head, COUNTS + FAULTY)
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
    bring(head, COUNTS + MENDED)
    expect(main).to_contain_text(f"Handling injuries, {FIFTH.name}: 450, against")
    expect(main.get_by_role("row", name=f"Handling injuries {FIRST.name}")).to_contain_text("Changed")
    head.press("Import these figures")
    expect(main).to_contain_text("The figures of counts-2018.csv count now.")
    head.follow("Undo the import of counts-2018.csv")
    head.page.get_by_label("Why is the import undone?").fill("The last month has a figure too many.")
    head.press("Undo the import")
    expect(main).to_contain_text("What it had replaced counts again.")
    head.follow("Import figures")
    bring(head, COUNTS + MENDED.replace(",450", ",4"))
    head.press("Import these figures")
    expect(main.get_by_role("row", name="counts-2018.csv").first).to_contain_text(f"{FIRST.name} to {FIFTH.name}")
    head.follow("Import figures")
    bring(head, HEADCOUNT, kind="Monthly headcount", name="headcount-2018.csv")
    head.press("Import these figures")
    head.open("/injury-figures/indicators/handling/?group=police-officers")
    expect(head.page.locator("figure svg title")).to_contain_text(FIFTH.name)
    months = head.page.get_by_role("table", name="Handling injuries by month")
    for month, figures in zip(MONTHS, FIGURES, strict=True):
        cells = months.get_by_role("row", name=month.name).get_by_role("cell")
        expect(cells.nth(0)).to_have_text(figures[0])
        expect(cells.nth(1)).to_have_text(figures[1])
        expect(cells.nth(2)).to_have_text(figures[2])
