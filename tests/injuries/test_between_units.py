"""Units beside each other: withheld numbers, whose units are shown, and that a unit far out is named on the chart."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.test import Client

from injuries.between_units import between_units
from injuries.models import UploadKind
from injuries.months import Month, Period
from injuries.rates import Counted
from organisation.models import Unit
from organisation.roles import Role
from tests.factories import injuries
from tests.factories.organisation import make_group, make_person, make_unit

# Of 40 events among 4,000 person-months, 30 in a quarter of them.
UNITS = [Counted("Far", 30, 1000), Counted("Near", 8, 1500), Counted("Small", 2, 1500), Counted("Unknown", 3, None)]
ALL = [one.label for one in UNITS]
PAGE = "/injury-figures/indicators/handling/units/"

pytestmark = pytest.mark.django_db


def rows_of(smallest: int = 0, shown: list[str] | None = None) -> dict[str, tuple[str, str, str, str]]:
    found = between_units(UNITS, shown=shown or ALL, smallest=smallest)
    return {row.unit: (row.number, row.people, row.rate, row.says) for row in found.rows}


def test_each_unit_is_held_against_the_rate_of_all() -> None:
    found = between_units(UNITS, shown=ALL, smallest=0)
    assert found.mean == "10.00"  # 40 of 4,000
    assert [row.rate for row in found.rows] == ["30.00", "5.33", "1.33", ""]
    assert found.rows[-1].says == "No headcount in every month, so no rate."
    assert [dot.label for dot in found.dots] == ["Far", "Near", "Small"]


def test_a_number_below_the_smallest_is_withheld_with_its_rate_and_its_point() -> None:
    rows = rows_of(smallest=5)
    assert rows["Small"] == ("Fewer than 5", "1,500.0", "", "")
    assert rows["Unknown"] == ("Fewer than 5", "", "", "")
    assert rows["Near"][0] == "8"
    assert [dot.label for dot in between_units(UNITS, shown=ALL, smallest=5).dots] == ["Far", "Near"]


def test_only_the_readers_units_are_shown_and_the_mean_stays_that_of_all() -> None:
    found = between_units(UNITS, shown=["Near"], smallest=5)
    assert [row.unit for row in found.rows] == ["Near"]
    assert [dot.label for dot in found.dots] == ["Near"]
    assert found.mean == "10.00"


def test_without_any_headcount_numbers_stand_and_no_rate() -> None:
    found = between_units([Counted("A", 7, None), Counted("B", 2, None)], shown=["A", "B"], smallest=5)
    assert [(row.number, row.rate) for row in found.rows] == [("7", ""), ("Fewer than 5", "")]
    assert "no unit with a count and a headcount" in found.note
    assert not found.dots


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> dict[str, Unit]:
    """Units counted for twelve months: Mill far more than the others, in Dale nothing."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 4, 10))
    injuries.load_indicators()
    north = make_group("North")
    made = {"mill": make_unit("Mill", group=north), "quay": make_unit("Quay", group=north)}
    made["dale"] = make_unit("Dale", group=make_group("South"))
    months = [month.first_day for month in Period.of_months(12, last=Month(2026, 3))]
    made |= {f"even-{number}": make_unit(f"Even {number}", group=north) for number in range(10)}
    a_month = dict.fromkeys(made, 1) | {"mill": 5, "dale": 0}
    injuries.bring(
        {("handling", day, "", made[slug].slug): number for day in months for slug, number in a_month.items()}
    )
    injuries.bring(
        {("police-officers", day, "", unit.slug): 200 for day in months for unit in made.values()},
        kind=UploadKind.HEADCOUNT,
    )
    return made


def page_of(role: Role, unit: Unit | None = None) -> str:
    client = Client()
    client.force_login(make_person(role, unit) if unit else make_person(role))
    return client.get(PAGE).content.decode()


def test_shrmt_sees_every_unit_and_its_small_numbers(units: dict[str, Unit]) -> None:
    html = page_of(Role.SHRMT)
    assert all(f'<th scope="row" class="govuk-table__header">{unit.name}</th>' in html for unit in units.values())
    assert "Numbers below" not in html
    assert ">Mill</text>" in html  # named on the chart, since it is far out
    assert "Above the mean at 99.8%" in html


def test_a_spoc_sees_their_own_unit_and_no_small_number(units: dict[str, Unit]) -> None:
    html = page_of(Role.SPOC, units["dale"])
    assert "Dale</th>" in html
    assert "Fewer than 5" in html
    assert "Mill" not in html
    assert "Numbers below 5 are not shown" in html


def test_a_board_member_sees_no_unit_by_itself(units: dict[str, Unit]) -> None:  # noqa: ARG001  # counted
    client = Client()
    client.force_login(make_person(Role.BOARD_MEMBER))
    assert client.get(PAGE).status_code == 404
    assert "By unit" not in client.get("/injury-figures/indicators/handling/").content.decode()


def test_the_file_holds_what_the_page_shows(units: dict[str, Unit]) -> None:
    client = Client()
    client.force_login(make_person(Role.SLT_LEAD, units["quay"]))
    answer = client.get(f"{PAGE}xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["By unit"]
    rows = [row[:4] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [("Quay", "12", "2,400.0", "5.00")]


def test_a_unit_is_found_where_a_closed_one_had_its_name(units: dict[str, Unit]) -> None:
    closed = make_unit("Old Quay", group=make_group("West"), opened_on=date(2019, 4, 1), closed_on=date(2020, 3, 31))
    Unit.objects.filter(pk=closed.pk).update(name="Quay")
    assert '<th scope="row" class="govuk-table__header">Quay</th>' in page_of(Role.SPOC, units["quay"])


@pytest.mark.usefixtures("units")
def test_until_every_month_is_counted_units_are_not_compared() -> None:
    injuries.bring({("near-misses", date(2026, 3, 1), "", ""): 5})
    client = Client()
    client.force_login(make_person(Role.HEAD))
    html = client.get("/injury-figures/indicators/near-misses/units/").content.decode()
    assert "have not all been counted" in html
    assert client.get("/injury-figures/indicators/near-misses/units/csv/").status_code == 404
