"""The pages on which figures are imported, looked over and undone."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html  # type: ignore[import-untyped]  # ships no types

from injuries.models import Upload
from organisation.models import Unit
from organisation.roles import Role
from tests.assurance.pages import form_on, html_of, signed_in
from tests.factories.injuries import bring, keep, load_indicators, standing_counts, standing_headcounts
from tests.factories.organisation import appoint, make_person, make_unit

pytestmark = pytest.mark.django_db

LIST = "/injury-figures/imports/"
HEADINGS = "Month,Indicator,Staff group,Unit,Count"
JULY = date(2018, 7, 1)


@pytest.fixture(autouse=True)
def shipped() -> None:
    load_indicators()


@pytest.fixture(autouse=True)
def quay() -> Unit:
    return make_unit("Quay BCU")


@pytest.fixture
def adviser() -> Client:
    return signed_in(make_person(Role.SHRMT))


def words(response: object) -> str:
    [main] = html.document_fromstring(html_of(response)).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def upload(browser: Client, *lines: str, headings: str = HEADINGS, **said: str) -> Any:
    file = SimpleUploadedFile("july.csv", "\n".join([headings, *lines]).encode(), "text/csv")
    return browser.post(f"{LIST}new/", {"kind": "counts", **said, "file": file})


def test_figures_are_previewed_and_count_once_they_are_confirmed(adviser: Client) -> None:
    sent = upload(adviser, "2018-07,Handling injuries,Police,Quay BCU,3", "July 2018,Major injuries,,,0")
    preview = adviser.get(sent["Location"])
    said = words(preview)
    assert "Handling injuries July 2018 Not counted 3 New" in said
    assert "Major injuries July 2018 Not counted 0 New" in said
    assert "All staff groups: no headcount for July 2018, so no rate can be worked out." in said
    assert standing_counts() == {}
    assert "“july.csv”" in words(adviser.get(LIST))  # it waits, and the list leads to it
    done = adviser.post(sent["Location"], form_on(preview), follow=True)
    assert "The figures of july.csv count now." in words(done)
    assert "july.csv Monthly counts July 2018 2" in words(done)
    assert standing_counts() == {
        ("handling", JULY, "police-officers", "quay-bcu"): 3,
        ("major-injuries", JULY, "", ""): 0,
    }


def test_headcounts_come_in_by_the_same_page(adviser: Client) -> None:
    sent = upload(adviser, "2018-07,DDO,566.08", headings="Month,Staff group,Headcount", kind="headcount")
    preview = adviser.get(sent["Location"])
    assert "Designated Detention Officers (DDOs) July 2018 Not counted 566.08 New" in words(preview)
    adviser.post(sent["Location"], form_on(preview))
    assert [str(people) for people in standing_headcounts().values()] == ["566.0800"]


def test_a_file_with_faults_is_refused_whole_with_line_and_column(adviser: Client) -> None:
    answer = upload(adviser, "2018-07,Handling injuries,,,3", "2018-13,Handling injuries,,Key BCU,2.5")
    said = words(answer)
    assert answer.status_code == 422
    assert "2 faults. Nothing has been imported." in said
    assert "Line 3, Month: “2018-13” is no month of ours. Write it as 2018-07 or July 2018." in said
    assert "Line 3, Count: a count is a whole number, and this is 2.5." in said
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"kind": "incidents"}, "Choose how the columns are read."),
        ({"kind": ""}, "Choose what the lines of the file are."),
        (
            {"kind": "headcount"},
            "The file has no column Headcount (found: Month, Indicator, Staff group, Unit, Count).",
        ),
    ],
)
def test_what_is_said_of_a_file_is_checked(adviser: Client, said: dict[str, str], fault: str) -> None:
    answer = upload(adviser, "2018-07,Handling injuries,,,3", **said)
    assert answer.status_code == 422
    assert fault in words(answer)


def test_what_changes_is_shown_first_and_can_be_undone(adviser: Client) -> None:
    bring({("handling", JULY, "police-officers", ""): 2, ("handling", JULY, "", ""): 1})
    sent = upload(adviser, "2018-06,Handling injuries,,,3", "2018-07,Handling injuries,,,1")
    preview = adviser.get(sent["Location"])
    said = words(preview)
    changed = "July 2018 3 1 Changed for 1 staff group and unit. No longer counted: 1 of them"
    assert said.index(changed) < said.index("June 2018 Not counted 3 New")
    adviser.post(sent["Location"], form_on(preview))
    last = Upload.objects.latest("applied_at")
    undo = f"{LIST}{last.token}/undo/"
    assert "what they took the place of counts again" in words(adviser.get(undo))
    assert "Say why the import is undone." in words(adviser.post(undo, {"because": " "}))
    done = adviser.post(undo, {"because": "The wrong extract"}, follow=True)
    assert "The import of july.csv is undone. What it had replaced counts again." in words(done)
    assert "The wrong extract" in words(done)
    assert standing_counts() == {("handling", JULY, "police-officers", ""): 2, ("handling", JULY, "", ""): 1}


def test_only_the_last_import_is_undone(adviser: Client) -> None:
    first = bring({("handling", JULY, "", ""): 2})
    bring({("major-injuries", JULY, "", ""): 2})
    undo = f"{LIST}{first.token}/undo/"
    assert undo not in html_of(adviser.get(LIST))
    said = words(adviser.post(undo, {"because": "Wrong"}, follow=True))
    assert "Only the last import can be undone. Undo those after it first, the latest first." in said
    assert len(standing_counts()) == 2


def test_somebody_elses_file_is_not_confirmed(adviser: Client) -> None:
    waiting = keep({("handling", JULY, "", ""): 2}, by=make_person(Role.HEAD))
    said = words(adviser.post(f"{LIST}new/{waiting.token}/", follow=True))
    assert "The file has to be brought again" in said
    assert adviser.get(f"{LIST}{waiting.token}/undo/").status_code == 404
    assert standing_counts() == {}


def test_a_file_that_comes_to_something_else_meanwhile_is_shown_again(adviser: Client) -> None:
    sent = upload(adviser, "2018-07,Handling injuries,,,3")
    form = form_on(adviser.get(sent["Location"]))
    bring({("handling", JULY, "", ""): 8})
    answer = adviser.post(sent["Location"], form)
    assert answer.status_code == 409
    assert "something has changed since you saw this page" in words(answer)
    assert standing_counts() == {("handling", JULY, "", ""): 8}


@pytest.mark.parametrize("kind", ["counts", "headcount"])
def test_the_empty_files_are_there_to_take(adviser: Client, kind: str) -> None:
    csv = adviser.get(f"{LIST}empty/{kind}/csv/")
    assert csv["Content-Disposition"] == f'attachment; filename="injury-{kind}.csv"'
    book = openpyxl.load_workbook(io.BytesIO(adviser.get(f"{LIST}empty/{kind}/xlsx/").content))
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert csv.content.decode("utf-8-sig").strip() == ",".join(f'"{one}"' for one in headings)
    assert "Quay BCU" in {cell.value for row in book.worksheets[1] for cell in row}
    assert adviser.get(f"{LIST}empty/{kind}/pdf/").status_code == 404
    assert adviser.get(f"{LIST}empty/incidents/csv/").status_code == 404


def test_readers_are_told_who_imports_and_nobody_else_that_there_is_anything() -> None:
    for person in (make_person(Role.SPOC), make_person(Role.BOARD_MEMBER)):
        answer = signed_in(person).get(LIST)
        assert answer.status_code == 403
        assert "import injury figures. You can read them." in words(answer)
    assert signed_in(make_person(Role.PANEL_MEMBER)).get(LIST).status_code == 404
    both = make_person(Role.HEAD)
    appoint(both, Role.ADMINISTRATOR)
    assert signed_in(both).get(LIST).status_code == 403
