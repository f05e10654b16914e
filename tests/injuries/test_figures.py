"""Comparison and indicator pages: Table 1 of the source to the digit, and what is said where something is missing."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from injuries.models import IndicatorMonth, ReportingChange
from injuries.months import Month
from organisation.roles import Role
from papers.services import papers as paper_services
from records.edits import Edit
from records.models import TrailEntry
from tests.factories import injuries, papers
from tests.factories.organisation import make_person, make_unit

REFERENCE = Path(__file__).parents[1] / "reference"
GROUPS = {"police": "police-officers", "pcso": "pcsos", "ddo": "ddos"}
NAMES = {
    "Police officers": "police",
    "Police Community Support Officers (PCSOs)": "pcso",
    "Designated Detention Officers (DDOs)": "ddo",
}
PAGE = "/injury-figures/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> list[dict[str, Any]]:
    """Table 1 as the source has it, with person-months that print its rates (statistics.md)."""
    found: list[dict[str, Any]] = json.loads((REFERENCE / "table1_fixture.json").read_text(encoding="utf-8"))["rows"]
    return found


@pytest.fixture
def table_1(source: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    injuries.load_indicators()
    injuries.table_1(source, GROUPS)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2019, 9, 18))


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def cells(html: str) -> list[list[str]]:
    """The text of the first table of a page, cell by cell."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in texts]


@pytest.mark.usefixtures("table_1")
def test_table_1_comes_out_as_published_on_the_page() -> None:
    html = signed_in(Role.BOARD_MEMBER).get(PAGE).content.decode()
    assert "July 2018 to June 2019, compared with July 2017 to June 2018" in html
    rows = {row[0]: row[1:] for row in cells(html)}
    assert rows["Physical assaults with injury, Police officers"] == [
        "1,890", "157.5", "4.96", "1,851", "154.3", "4.76", "+4.2%", "Could be chance",
    ]  # fmt: skip
    assert rows["Physical assaults with injury, Police Community Support Officers (PCSOs)"] == [
        "19", "1.6", "1.28 unreliable", "23", "1.9", "1.46", "−12.6%", "Could be chance",
    ]  # fmt: skip
    assert rows["Physical assaults with injury, Designated Detention Officers (DDOs)"] == [
        "80", "6.7", "9.81", "40", "3.3", "5.60", "+75.1%", "More than chance",
    ]  # fmt: skip
    assert "Physical assaults with injury, Police officers: the rate rose by 4.2% (could be chance)." in html
    assert "Police Community Support Officers (PCSOs): the rate fell by 12.6% (could be chance)." in html
    assert rows["Major injuries"][0].startswith("Not counted: July 2018")


@pytest.mark.usefixtures("table_1")
def test_intervals_are_shown_on_demand() -> None:
    """The check values of statistics.md: ratio and 95 % mid-p interval."""
    client = signed_in(Role.HEAD)
    assert "1.20 to 2.58" not in client.get(PAGE).content.decode()
    html = client.get(PAGE, {"intervals": "yes"}).content.decode()
    assert all(words in html for words in ("0.98 to 1.11", "0.47 to 1.61", "1.20 to 2.58"))
    assert "Hide intervals" in html


@pytest.mark.usefixtures("table_1")
def test_table_1_comes_out_as_published_in_the_files(source: list[dict[str, Any]]) -> None:
    client = signed_in(Role.SPOC)
    answer = client.get(f"{PAGE}xlsx/")
    assert answer["Content-Disposition"] == 'attachment; filename="injuries-2018-07-to-2019-06.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Comparison"]
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[1] in NAMES]
    published = {row["group"]: row for row in source}
    assert len(rows) == 3
    for row in rows:
        told = published[NAMES[str(row[1])]]
        assert row[2] == told["later"]["count"]
        assert Decimal(str(row[4])) == Decimal(told["later"]["rate"])
        assert row[5] == told["earlier"]["count"]
        assert Decimal(str(row[7])) == Decimal(told["earlier"]["rate"])
        assert str(row[8]).replace("−", "-").strip("+%") == told["change_pct"]
    lines = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}csv/").content.decode("utf-8-sig"))))
    ddo = next(line for line in lines if line["Staff group"].startswith("Designated"))
    assert ddo["Rate per 1,000, July 2018 to June 2019"] == "9.81"
    assert TrailEntry.objects.filter(act="injury-figures.downloaded").count() == 2


def test_a_year_after_one_without_any_has_an_interval_without_end() -> None:
    """From none to 24: no change as a part of none, and no most that the ratio could be."""
    injuries.load_indicators()
    injuries.two_years(
        "handling", make_unit(opened_on=date(2010, 4, 1)), earlier=0, later=24, last=Month(2026, 8), people=1000
    )
    answer = signed_in(Role.HEAD).get(PAGE, {"intervals": "yes"})
    row = next(row for row in cells(answer.content.decode()) if row[0] == "Handling injuries")
    assert row[-4:-2] == ["–", "More than chance"]
    assert row[-2].endswith(" or more")


@pytest.mark.usefixtures("table_1")
def test_other_periods_can_be_compared_and_are_named_where_they_differ_in_length() -> None:
    chosen = {"later_from": "2019-01", "later_to": "2019-06", "earlier_from": "2017-07", "earlier_to": "2018-06"}
    html = signed_in(Role.SLT_LEAD).get(PAGE, chosen).content.decode()
    assert "January 2019 to June 2019, compared with July 2017 to June 2018" in html
    assert "The periods are of different lengths (6 and 12 months)" in html


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"later_to": "2018-01"}, "January 2018 is before July 2018."),
        ({"earlier_to": "2018-08"}, "The two periods overlap"),
        ({"later_from": "soon"}, "Choose one of the months that are listed."),
        ({"later_from": ""}, "Choose a month."),
        (
            {"later_from": "2016-07", "later_to": "2017-06"},
            "The later period is before the earlier one. Swap the two.",
        ),
    ],
)
@pytest.mark.usefixtures("table_1")
def test_periods_that_cannot_be_compared_are_refused_in_words(changed: dict[str, str], said: str) -> None:
    chosen = {"later_from": "2018-07", "later_to": "2019-06", "earlier_from": "2017-07", "earlier_to": "2018-06"}
    client = signed_in(Role.COG_LEAD)
    answer = client.get(PAGE, chosen | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert client.get(f"{PAGE}csv/", chosen | changed).status_code == 404


@pytest.mark.usefixtures("table_1")
def test_a_month_that_nobody_counted_is_named_and_leaves_no_number() -> None:
    IndicatorMonth.objects.filter(month=date(2019, 3, 1)).delete()
    html = signed_in(Role.HEAD).get(PAGE).content.decode()
    row = next(row for row in cells(html) if row[0].endswith("Police officers"))
    assert row[1] == "Not counted: March 2019."
    assert row[-2:] == ["–", "Cannot be said"]
    assert "Police officers: the rate" not in html


@pytest.mark.usefixtures("table_1")
def test_the_latest_months_are_marked_as_provisional() -> None:
    html = signed_in(Role.HEAD).get(PAGE).content.decode()
    assert "Figures of May 2019 and June 2019 are provisional" in html
    assert "Operation Hampshire" not in html  # before either period
    assert "Reporting changed on 1 July 2017 (eSafety)." in html


@pytest.mark.usefixtures("table_1")
def test_a_change_of_reporting_after_the_last_month_bears_on_neither_period() -> None:
    ReportingChange.objects.create(starts_on=date(2019, 7, 1), name="New forms", effect="More is asked.")
    ReportingChange.objects.create(starts_on=date(2019, 6, 30), name="New line", effect="More is told.")
    html = signed_in(Role.HEAD).get(PAGE).content.decode()
    assert "New line" in html
    assert "New forms" not in html


@pytest.mark.usefixtures("table_1")
def test_an_indicators_months_are_drawn_and_stand_in_the_table_beside() -> None:
    client = signed_in(Role.RISK_LEAD)
    html = client.get(f"{PAGE}indicators/assaults-with-injury/", {"group": "ddos"}).content.decode()
    assert '<svg xmlns="http://www.w3.org/2000/svg" id="over-time"' in html
    rows = cells(html)
    assert [row[0] for row in (rows[0], rows[-1])] == ["July 2017", "June 2019"]
    groups = {row[0]: row[1:] for row in cells(html.partition("By staff group")[2])}
    assert groups["Designated Detention Officers (DDOs)"][:3] == ["80", "6.7", "9.81"]
    assert groups["Everybody"][0] == "1,989"  # 1,890, 19 and 80
    assert sum(int(row[1]) for row in rows[12:]) == 80
    assert rows[-1][5] == "9.81"  # of the twelve months
    assert rows[11][5] == "5.60"
    assert rows[-1][6] == "Provisional."
    answer = client.get(f"{PAGE}indicators/assaults-with-injury/xlsx/", {"group": "ddos"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["By month"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [row[0] for row in rows]


def test_without_any_figures_the_pages_say_so() -> None:
    injuries.load_indicators()
    client = signed_in(Role.SPOC)
    assert "Nothing has been counted yet." in client.get(PAGE).content.decode()
    assert "No month has been counted yet." in client.get(f"{PAGE}indicators/handling/").content.decode()
    assert client.get(f"{PAGE}csv/").status_code == 404
    assert client.get(f"{PAGE}indicators/handling/csv/").status_code == 404
    assert client.get(f"{PAGE}indicators/no-such-thing/").status_code == 404


@pytest.mark.usefixtures("table_1")
def test_the_pages_cost_the_same_queries_however_much_was_counted(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(Role.HEAD)
    client.get(PAGE)
    with django_assert_max_num_queries(17):
        client.get(PAGE)
    with django_assert_max_num_queries(26):
        client.get(f"{PAGE}indicators/assaults-with-injury/")


@pytest.mark.usefixtures("table_1")
def test_table_1_comes_out_as_published_in_the_text_of_a_papers_pdf() -> None:
    papers.make_rollup("North", papers.north())
    by = make_person(Role.SHRMT)
    draft = papers.make_draft(by=by, title="Health and safety performance")
    paper_services.save_section(paper=draft, key="contacts", edit=Edit(1, "The safety team"), by=by, at=papers.NOW)
    paper = paper_services.finalise(paper=draft, by=by, at=papers.NOW)
    assert papers.build_document(paper).error == ""
    paper.refresh_from_db()
    assert paper.pdf is not None
    done = subprocess.run(
        ["pdftotext", "-layout", str(paper.pdf.path), "-"], capture_output=True, text=True, check=True
    )
    text = " ".join(done.stdout.split())
    for words in (
        "1,890", "4.96", "1,851", "4.76", "+4.2%", "1.28", "1.46", "−12.6%", "9.81", "5.60", "+75.1%",
    ):  # fmt: skip
        assert words in text
    assert "Table 3 compares injuries in July 2018 to June 2019 with those in July 2017 to June 2018." in text
