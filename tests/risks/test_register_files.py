"""The register as a file: taken away, brought back, refused by line and column, and written whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from organisation.roles import Role
from risks import registerfile
from risks.models import Assessment, RegisterUpload, Risk, RiskStatus
from risks.services import register_files
from tests.factories import maturity, risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db
IMPORT = "/board/risks/import/"
TODAY = date(2026, 6, 30)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def taken(client: Client) -> list[dict[str, str]]:
    text = client.get("/board/risks/csv/").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def as_csv(rows: list[dict[str, str]]) -> SimpleUploadedFile:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(registerfile.COLUMNS))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("register.csv", out.getvalue().encode("utf-8-sig"))


def bring(client: Client, rows: list[dict[str, str]]) -> str:
    """Upload the rows and return the page that follows."""
    return client.post(IMPORT, {"file": as_csv(rows)}, follow=True).content.decode()


def confirm(client: Client, page: str, **said: str) -> str:
    digest = page.partition('name="seen" value="')[2].partition('"')[0]
    upload = RegisterUpload.objects.get()
    return client.post(f"{IMPORT}{upload.token}/", {"seen": digest, **said}, follow=True).content.decode()


def test_the_register_is_taken_away_as_it_stands() -> None:
    maturity.shipped("2017", "2019")
    risks.load_risks()
    client = signed_in(Role.SPOC)
    rows = {row["Reference"]: row for row in taken(client)}
    assert len(rows) == 8
    assert rows["32"]["Trend"] == "Worsened (the Board’s own)"
    assert rows["17"]["Leads"] == "Director of People and Change; All business COGs"
    assert rows["29"]["Status"] == "Controlled"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/board/risks/xlsx/").content))
    assert book["Risk register"]["A2"].value == "2"


def test_what_was_taken_away_changes_nothing_when_it_is_brought_back() -> None:
    maturity.shipped("2017", "2019")
    risks.load_risks()
    client = signed_in(Role.HEAD)
    risks.make_assessment(Risk.objects.get(reference="17"), 3, 4)
    page = bring(client, taken(client))
    assert "8 risks of the file stay as they are." in page
    assert "Bring the register up to date" not in page


def test_changes_and_assessments_of_a_file_are_seen_and_then_written() -> None:
    maturity.shipped("2017", "2019")
    risks.load_risks()
    client = signed_in(Role.HEAD)
    rows = taken(client)
    today = timezone.localdate()
    rows[0] |= {"Title": "Firearms that are not the police’s", "Review by": str(today + timedelta(days=90))}
    rows[1] |= {
        "Assessed on": str(today),
        "Likelihood before controls": "4",
        "Impact before controls": "5",
        "Likelihood after controls": "2",
        "Impact after controls": "5",
        "What it rests on": "The review.",
    }
    page = bring(client, rows)
    assert "Title becomes “Firearms that are not the police’s”" in page
    assert "2 × 5 after controls" in page
    assert "6 risks of the file stay as they are." in page
    assert not Assessment.objects.exists()
    assert "The register is up to date with register.csv." in confirm(client, page)
    assert Risk.objects.get(reference="2").title == "Firearms that are not the police’s"
    assert Risk.objects.get(reference="3a-d").assessments.get().because == "The review."
    assert not RegisterUpload.objects.exists()


def test_a_new_risk_of_a_file_enters_with_the_minute_that_accepted_it() -> None:
    risks.load_scale()
    meeting = risks.make_meeting(timezone.localdate())
    row = dict.fromkeys(registerfile.COLUMNS, "") | {
        "Reference": "50",
        "Title": "Drones",
        "Leads": "Commander of drones",
    }
    secretary = signed_in(Role.BOARD_SECRETARY)
    page = bring(secretary, [row])
    assert "New, emerging, led by Commander of drones" in page
    assert "Choose the meeting." in confirm(secretary, page)
    done = confirm(secretary, page, meeting=str(meeting.pk), minute="3.1", because="It is new.")
    assert "The register is up to date" in done
    risk = Risk.objects.get()
    assert (risk.reference, risk.status) == ("50", RiskStatus.EMERGING)
    assert [(one.kind, one.minute) for one in risk.decisions.all()] == [("accepted", "3.1")]
    head = signed_in(Role.HEAD)
    page = bring(head, [row | {"Reference": "51"}])
    assert "the Board’s secretary records what the Board accepts" in page
    assert "Bring the register up to date" not in page


def test_a_file_does_not_decide_what_the_board_decides() -> None:
    maturity.shipped("2017", "2019")
    risks.load_risks()
    client = signed_in(Role.HEAD)
    rows = taken(client)
    rows[0]["Status"] = "Closed"
    page = bring(client, rows)
    assert "The Board decides of a risk’s status at a meeting" in page
    assert "Bring the register up to date" not in page


def test_what_has_changed_since_the_preview_is_looked_at_again() -> None:
    risk = risks.make_risk("40")
    client = signed_in(Role.HEAD)
    rows = taken(client)
    rows[0]["Title"] = "Working alone"
    page = bring(client, rows)
    Risk.objects.filter(pk=risk.pk).update(description="Changed meanwhile.")
    assert "something is different since you saw this page" in confirm(client, page)
    risk.refresh_from_db()
    assert (risk.title, risk.description) == ("Lone working at night", "Changed meanwhile.")


def test_looking_a_file_over_costs_the_same_queries_however_long_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    risks.load_scale()
    client = signed_in(Role.HEAD)
    for number, reference in enumerate(("40", "41", "42", "43")):
        risks.make_assessment(risks.make_risk(reference, title=f"Risk {reference}"), 3, 3)
        if number in (0, 3):
            bring(client, taken(client))
            upload = RegisterUpload.objects.get()
            with django_assert_num_queries(2):
                register_files.preview(upload, may_decide=False)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"Reference": "A1"}, "Line 2, Reference: a reference is a number"),
        ({"Title": ""}, "Line 2, Title: this is missing."),
        ({"Title": "x" * 201}, "Line 2, Title: the text is longer than 200 characters."),
        ({"Theme": "Cooking"}, "Line 2, Theme: no theme of the model is called “Cooking”."),
        ({"Status": "gone"}, "Line 2, Status: the status is one of emerging, open, controlled, closed, not “gone”."),
        (
            {"Target score": "26", "Target by": "2027-01-01"},
            "Line 2, Target score: this is a whole number from 1 to 25",
        ),
        ({"Target score": "6"}, "Line 2, Target score: a target has a score and a day."),
        ({"Review by": "soon"}, "Line 2, Review by: “soon” is no day. Write it as 2026-03-31."),
        ({"Review by": "2026-02-30"}, "Line 2, Review by: “2026-02-30” is no day."),
        ({"Assessed on": "2026-01-01"}, "Line 2, Likelihood before controls: an assessment needs its day"),
    ],
)
def test_each_fault_is_named_by_line_and_column(changed: dict[str, str], fault: str) -> None:
    row = dict.fromkeys(registerfile.COLUMNS, "") | {"Reference": "40", "Title": "Drones"}
    found = registerfile.read(as_csv([row | changed]).read(), themes={"Leadership": "leadership"}, today=TODAY)
    assert str(found.problems[0]).startswith(fault)
    assert not found.lines


@pytest.mark.parametrize(
    ("numbers", "fault"),
    [
        (("4", "4", "5", "5"), "Line 2, Likelihood after controls: controls do not make a risk worse."),
        (("4", "4", "6", "1"), "Line 2, Likelihood after controls: this is a whole number from 1 to 5, not “6”."),
        (("4", "0", "1", "1"), "Line 2, Impact before controls: this is a whole number from 1 to 5, not “0”."),
    ],
)
def test_an_assessment_that_cannot_be_is_named(numbers: tuple[str, ...], fault: str) -> None:
    row = dict.fromkeys(registerfile.COLUMNS, "") | {"Reference": "40", "Title": "Drones", "Assessed on": "2026-06-01"}
    row |= dict(zip(registerfile.OF_AN_ASSESSMENT[1:5], numbers, strict=True)) | {"What it rests on": "Seen."}
    found = registerfile.read(as_csv([row]).read(), themes={}, today=TODAY)
    assert str(found.problems[0]).startswith(fault)


def test_a_risk_twice_and_a_day_to_come_are_named() -> None:
    row = dict.fromkeys(registerfile.COLUMNS, "") | {"Reference": "40", "Title": "Drones"}
    later = dict(zip(registerfile.OF_AN_ASSESSMENT, ("2026-07-01", "4", "4", "2", "2", "Seen."), strict=True))
    found = registerfile.read(as_csv([row, row | later]).read(), themes={}, today=TODAY)
    assert [str(one) for one in found.problems] == [
        "Line 3, Reference: risk 40 is in line 2 already.",
        "Line 3, Assessed on: the day lies in the future. Check the year.",
    ]


def test_a_file_without_risks_or_of_another_kind_is_refused() -> None:
    client = signed_in(Role.HEAD)
    assert "no risks below its headings" in bring(client, [])
    answer = client.post(IMPORT, {"file": SimpleUploadedFile("photo.xlsx", b"PK not a workbook")})
    assert answer.status_code == 422
    answer = client.post(IMPORT, {"file": SimpleUploadedFile("other.csv", b"Name,Colour\nA,red\n")})
    assert "Reference" in answer.content.decode()
    assert not RegisterUpload.objects.exists()


def test_hostile_text_does_nothing_in_the_files() -> None:
    risks.make_risk("40", title='=HYPERLINK("http://x")')
    assert taken(signed_in(Role.HEAD))[0]["Title"] == '\'=HYPERLINK("http://x")'
