"""Units over time in real browsers: opened, renamed after a look at what will happen, split without scripts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import count

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn, Visit

DAY = timedelta(days=1)
_numbers = count(1)


def typed(day: date) -> str:
    return f"{day.day} {day.month} {day.year}"


def open_unit(admin: Visit) -> str:
    """Open a unit that no other journey knows, yesterday, and stay on its page; return its name."""
    name = f"Lock and Weir {next(_numbers)}"
    admin.open("/units/")
    admin.follow("Open a unit")
    page = admin.page
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Department").check()
    page.get_by_label("High").check()
    page.get_by_label("Business group").select_option(index=1)
    page.get_by_label("First day").fill(typed(timezone.localdate() - DAY))
    admin.press("Continue")
    admin.press("Open the unit")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return name


def test_a_unit_is_opened_found_missing_its_people_and_renamed(sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    page = admin.page
    name = open_unit(admin)
    admin.open("/missing/")
    without_spoc = page.get_by_role("region", name="Units with no single point of contact (SPOC)").last
    without_spoc.get_by_role("link", name=name).click()
    admin.check()
    admin.follow("Rename it")
    admin.press("Continue")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_label("New name", exact=True).fill(f"{name} and Bridge")
    page.get_by_label("First day under the new name").fill(typed(timezone.localdate() + DAY))
    admin.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check what will happen")
    admin.press("Go back and change it")
    expect(page.get_by_label("New name", exact=True)).to_have_value(f"{name} and Bridge")
    admin.press("Continue")
    admin.press("Rename the unit")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} and Bridge")
    page.get_by_role("link", name=name, exact=True).click()
    admin.check()
    expect(page.get_by_role("link", name=f"{name} and Bridge")).to_be_visible()


def test_a_unit_is_split_without_scripts(sign_in: SignIn) -> None:
    admin = sign_in("administrator", scripts=False, checks=False)
    page = admin.page
    name = open_unit(admin)
    admin.follow("Split it")
    page.get_by_label("First day of the new units").fill(typed(timezone.localdate() + DAY))
    page.get_by_label("Name").nth(0).fill(f"{name} North")
    page.get_by_label("Name").nth(1).fill(f"{name} South")
    admin.press("Add another new unit")
    page.get_by_label("Name").nth(2).fill(f"{name} East")
    admin.press("Continue")
    expect(page.get_by_text(f"{name} East opens on")).to_be_visible()
    admin.press("Split the unit")
    for part in ("North", "South", "East"):
        expect(page.get_by_role("link", name=f"{name} {part}")).to_be_visible()


def test_the_pages_of_units_and_groups_hold_for_those_who_only_read(sign_in: SignIn) -> None:
    head = sign_in("head")
    head.open("/units/?state=closed")
    head.page.get_by_role("table").get_by_role("link").first.click()
    head.check()
    expect(head.page.get_by_role("heading", name="Change this unit")).to_have_count(0)
    for address in ("/units/", "/groups/", "/missing/"):
        head.open(address)
