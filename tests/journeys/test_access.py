"""An appointment made, used, and ended at once in front of somebody who is using it: two real browsers, one product."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, Product, SignIn, Visit

# A unit with an open statement, which nobody fills in yet. The account is the administrator's to make.
SCRIPT = """
from tests.factories import assurance, organisation
from tests.journeys.conftest import PASSWORD
unit = organisation.make_unit("Quayside OCU", group=organisation.make_group("Group of Quayside OCU"))
statement = assurance.make_statement(unit).statement
statement.revisions.get().entries.update(first_opened_at=statement.opened_at)
print(unit.slug, statement.quarter.slug)
"""
# What the invitation's link would have let them do.
CHOOSE = """
from organisation.models import User
from tests.journeys.conftest import PASSWORD
person = User.objects.get(email="starter@demo.example")
person.set_password(PASSWORD)
person.save()
"""
STORED = """
from assurance.models import Entry
print(Entry.objects.get(revision__statement__unit__name="Quayside OCU", theme__identity="leadership").evidence)
"""
WROTE = "Briefings are held each month, and notes of them are kept."
LOST_IF_NOT_SHOWN = "Two more briefings were held, and the notes are"


@dataclass(frozen=True)
class Place:
    """The unit and the statement that the newcomer is to fill in."""

    unit: str
    quarter: str

    @property
    def statement(self) -> str:
        return f"/statements/{self.unit}/{self.quarter}/"

    @property
    def theme(self) -> str:
        return f"{self.statement}themes/leadership/"


@pytest.fixture
def place(product: Product) -> Place:
    return Place(*product.manage("shell", "--no-imports", "-c", SCRIPT).split()[-2:])


def find_no(visit: Visit, address: str) -> None:
    """There is no such page for them, and the page that says so says no more than that."""
    answer = visit.page.goto(visit.product.url + address)
    assert answer is not None
    assert answer.status == 404, address
    visit.check()
    assert "Quayside" not in visit.page.locator("main").inner_text()


def test_rights_come_with_an_appointment_and_go_with_it_in_an_open_session(
    product: Product, sign_in: SignIn, place: Place
) -> None:
    administrator = sign_in("administrator")
    make_an_account(administrator)
    product.manage("shell", "--no-imports", "-c", CHOOSE)

    newcomer = sign_in("starter")
    expect(newcomer.page.get_by_role("navigation", name="Menu").get_by_role("link")).to_have_text(["Home"])
    for address in ("/statements/", place.statement, place.theme, "/papers/", "/people/", "/units/", "/trail/"):
        find_no(newcomer, address)

    appoint(administrator)
    act_as_appointed(newcomer, place)

    end_at_once(administrator)
    meet_the_end(newcomer, place)
    assert product.manage("shell", "--no-imports", "-c", STORED).splitlines()[-1] == WROTE
    look_back(administrator, sign_in("head"))


def make_an_account(administrator: Visit) -> None:
    administrator.follow("People")
    administrator.follow("Make an account")
    administrator.press("Make the account")
    expect(administrator.page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    administrator.page.get_by_label("Name").fill("Sam Newcomer")
    administrator.page.get_by_label("E-mail address").fill("starter@demo.example")
    administrator.press("Make the account")
    expect(administrator.page.get_by_role("heading", level=1)).to_have_text("Sam Newcomer")
    expect(administrator.page.locator("main")).to_contain_text("signing in gives no rights")


def appoint(administrator: Visit) -> None:
    """Appoint the newcomer from a phone: the page is as narrow as they get."""
    page = administrator.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict will do
    administrator.follow("Appoint")
    page.get_by_role("radio", name=re.compile("SPOC")).check()
    administrator.press("Appoint")  # without a unit
    expect(page.get_by_role("alert")).to_contain_text("Choose the unit")
    expect(page.get_by_role("radio", name=re.compile("SPOC"))).to_be_checked()
    page.get_by_label("Unit", exact=True).select_option(label="Quayside OCU")
    administrator.press("Appoint")
    expect(page.get_by_role("heading", level=3).first).to_have_text("Single point of contact (SPOC), Quayside OCU")


def act_as_appointed(newcomer: Visit, place: Place) -> None:
    """The session that met nothing but 404 a moment ago fills in the unit's statement, without signing in again."""
    newcomer.open("/")
    newcomer.follow("Statements")
    expect(newcomer.page.locator("main")).to_contain_text("Quayside OCU")
    newcomer.open(place.theme)
    newcomer.page.get_by_label("Evidence", exact=True).fill(WROTE)
    newcomer.press("Save and continue")
    expect(newcomer.page.locator("main")).to_contain_text("Leadership saved.")
    newcomer.open(place.theme)
    expect(newcomer.page.get_by_label("Evidence", exact=True)).to_have_value(WROTE)


def end_at_once(administrator: Visit) -> None:
    administrator.follow(re.compile("^End Single point of contact"))
    administrator.page.get_by_role("radio", name="At once").check()
    administrator.press("End the appointment")  # without a reason
    expect(administrator.page.get_by_role("alert")).to_contain_text("Say why it ends at once")
    administrator.page.get_by_label("Why it ends at once").fill("The post went to another unit.")
    administrator.press("End the appointment")
    expect(administrator.page.locator("main")).to_contain_text("has no rights by it any more")


def meet_the_end(newcomer: Visit, place: Place) -> None:
    """The very next click answers that there is no such page; what was typed is given back, and nothing is saved."""
    page = newcomer.page
    page.get_by_label("Evidence", exact=True).fill(LOST_IF_NOT_SHOWN)  # on the page that was open all the while
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
        page.get_by_role("button", name="Save and continue").click()
    assert answered.value.status == 404
    newcomer.check()
    expect(page.locator("main")).to_contain_text(LOST_IF_NOT_SHOWN)
    for address in ("/statements/", place.statement, f"{place.statement}workbook/", place.theme):
        find_no(newcomer, address)
    newcomer.open("/")
    expect(page.get_by_role("navigation", name="Menu").get_by_role("link")).to_have_text(["Home"])
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()  # they are somebody still, with no rights


def look_back(administrator: Visit, head: Visit) -> None:
    """Who did it, and when, is on record; the administrator's own page says so, and the Head's trail."""
    expect(administrator.page.locator("main")).to_contain_text("The post went to another unit.")
    head.open("/trail/")
    trail = head.page.locator("main")
    expect(trail).to_contain_text("Single point of contact (SPOC), Quayside OCU")
    find_no(administrator, "/statements/")
