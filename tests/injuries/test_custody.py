"""Custody pages: the source's figures on the page and in files, recording, correcting and withdrawing in words."""

from __future__ import annotations

import csv
import io
import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from injuries import custody_reading
from injuries.models import CustodyReport, InterventionCause
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import form_on, signed_in
from tests.factories import injuries
from tests.factories.organisation import make_person

PAGE = "/injury-figures/custody/"
FIGURES = {
    "first": "2019-01",
    "last": "2019-06",
    "denominator": "custody-records",
    "denominator_number": "59,177",
    "interventions": "258",
    "why-inadequate-search": "120",
    "why-clothing": "0",
    "injuries": "36",
    "how-self-harm": "20",
    "exceptions": "listed",
    "exception-medicines-to-medical-director": "2",
    "exception-serious-cases-to-": "1",
    "note": "First report of the year.",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    injuries.load_indicators()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2019, 9, 18))


@pytest.fixture
def source() -> dict[str, CustodyReport]:
    return injuries.the_sources_custody()


def browser(role: Role) -> Client:
    return signed_in(make_person(role))


def table(html: str, caption: str) -> list[list[str]]:
    """The text of the rows of a table's body, cell by cell, by what its caption begins with."""
    body = re.split(rf"<caption[^>]*>{re.escape(caption)}", html)[1].partition("<tbody")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in texts]


def sent(client: Client, where: str, **changed: Any) -> Any:
    form = form_on(client.get(where))
    return client.post(where, {**form, **FIGURES, **changed})


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("source")
def test_the_sources_figures_stand_on_the_page() -> None:
    html = browser(Role.BOARD_MEMBER).get(PAGE).content.decode()
    rows = {row[0]: row[1:] for row in table(html, "Custody figures by report")}
    assert rows["January 2019 to June 2019"][:5] == ["59,177 custody records", "258", "43.0", "4.36", "3.84 to 4.93"]
    assert rows["January 2019 to June 2019"][5:8] == ["36", "6.0", "0.61"]
    assert rows["January 2018 to June 2018"][:4] == ["70,044 detainees", "387", "64.5", "5.53"]
    assert rows["January 2018 to June 2018"][5] == "Not reported."
    assert rows["January 2018 to December 2018"] == [
        "Not reported", "Not reported.", "118", "9.8", "No denominator is reported.",
    ]  # fmt: skip
    assert rows["January 2017 to December 2017"][2:4] == ["182", "15.2"]
    [interventions, detainees] = table(html, "Custody figures: January 2019 to June 2019, compared with January 2018")
    assert interventions[1:6] == ["258", "4.36", "387", "5.53", "−21.1%"]
    assert interventions[6].startswith(
        "More than chance Counted among custody records in one and detainees in the other"
    )
    assert detainees[-1] == "Cannot be said"
    assert "0.67 to 0.92" not in html
    html = browser(Role.SPOC).get(PAGE, {"intervals": "yes"}).content.decode()
    assert "0.67 to 0.92" in html
    assert "0.003" in html


def test_a_half_is_never_set_beside_a_year_by_number(source: dict[str, CustodyReport]) -> None:
    chosen = {"later": str(source["2019 H1"].token), "earlier": str(source["2018"].token)}
    client = browser(Role.RISK_LEAD)
    html = client.get(PAGE, chosen).content.decode()
    rows = table(html, "Custody figures: January 2019 to June 2019, compared with January 2018 to December 2018")
    assert rows[1][1:4] == ["6.0", "9.8", "−39.0%"]
    assert not {"36", "118"} & {cell for row in rows for cell in row}
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}xlsx/", chosen).content))["Comparison"]
    headings, _, detainees = sheet.iter_rows(values_only=True)
    assert not [one for one in headings if str(one).startswith("Number")]
    assert detainees[2:5] == (6, 9.8, "−39.0%")


@pytest.mark.usefixtures("source")
def test_the_sources_figures_are_taken_away() -> None:
    client = browser(Role.COG_LEAD)
    answer = client.get(f"{PAGE}xlsx/")
    assert answer["Content-Disposition"] == 'attachment; filename="custody-to-2019-06.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Reports", "By cause", "By type", "Exceptions", "Comparison", "Notes"]
    reports = {row[0]: row for row in book["Reports"].iter_rows(min_row=2, values_only=True)}
    assert reports["January 2019 to June 2019"][2:8] == ("custody records", 59177, 258, 43, 4.36, "3.84 to 4.93")
    assert reports["January 2018 to June 2018"][2:8:2] == ("detainees", 387, 5.53)
    row = next(book["Comparison"].iter_rows(min_row=2, values_only=True))
    assert row[2:10] == (258, 4.36, 387, 5.53, "−21.1%", "more than chance", "0.67 to 0.92", "0.003")
    lines = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}csv/").content.decode("utf-8-sig"))))
    found = {(line["Table"], line["Row"], line["Column"]): line["Value"] for line in lines}
    assert found["Reports", "January 2019 to June 2019", "Interventions per 1,000"] == "4.36"
    assert found["Comparison", "Successful interventions", "Change"] == "−21.1%"
    taken = TrailEntry.objects.filter(act="injury-figures.downloaded")
    assert [entry.detail["what"] for entry in taken] == ["custody-to-2019-06"] * 2


def test_reports_that_cannot_be_compared_are_refused_in_words(source: dict[str, CustodyReport]) -> None:
    client = browser(Role.HEAD)
    half, year = str(source["2018 H1"].token), str(source["2018"].token)
    for chosen, said in (
        ({"later": year, "earlier": half}, "The two periods overlap"),
        ({"later": year, "earlier": year}, "The two periods overlap"),
        ({"later": half, "earlier": str(source["2019 H1"].token)}, "Swap the two."),
        ({"later": str(uuid.uuid4()), "earlier": half}, "Another may have taken its place."),
        ({"later": half}, "Choose a report."),
    ):
        answer = client.get(PAGE, chosen)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert client.get(f"{PAGE}csv/", chosen).status_code == 404


def test_without_a_report_the_page_says_who_records_them() -> None:
    client = browser(Role.BOARD_SECRETARY)
    assert "No custody figures stand yet." in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}xlsx/").status_code == 404
    assert "Record custody figures" not in client.get(PAGE).content.decode()


def test_one_report_is_shown_without_a_comparison() -> None:
    injuries.record_custody("2019-01", "2019-06", injuries=36)
    html = browser(Role.SPOC).get(PAGE).content.decode()
    assert "1 report." in html
    assert "compared with" not in html


@pytest.mark.usefixtures("source")
def test_the_page_asks_the_same_few_questions_however_many_reports_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(Role.SHRMT)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        client.get(PAGE)
    for year in range(2000, 2016):
        injuries.record_custody(
            f"{year}-01",
            f"{year}-12",
            among=("detainees", 1000),
            interventions=20,
            causes={"clothing": 3},
            exceptions={("medicines", "iopc"): 1},
        )
    with django_assert_num_queries(len(before)):
        client.get(PAGE)
    with django_assert_num_queries(6):
        custody_reading.standing()


# --- Recording --------------------------------------------------------------------------------------------------------


def test_what_was_entered_stands() -> None:
    client = browser(Role.SHRMT)
    answer = sent(client, f"{PAGE}new/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    html = client.get(PAGE).content.decode()
    assert "The custody figures of January 2019 to June 2019 are recorded." in html
    assert table(html, "Successful interventions by cause") == [["January 2019 to June 2019", "258", "120", "0", "138"]]
    assert table(html, "Injuries of detainees by type") == [["January 2019 to June 2019", "36", "20", "16"]]
    assert table(html, "Exceptions by period") == [
        [
            "January 2019 to June 2019",
            "Serious injury, or threat to life or to reputation",
            "Not referred, or not said",
            "1",
        ],
        ["January 2019 to June 2019", "Prescribing or storing medicines", "Medical Director", "2"],
    ]
    entry = TrailEntry.objects.get(act="injury-figures.custody_recorded")
    assert (entry.detail["interventions"], entry.detail["denominator"]) == (258, "custody-records")


def test_a_new_cause_needs_no_code() -> None:
    InterventionCause.objects.create(code="ligature", name="Ligature point", position=9)
    client = browser(Role.HEAD)
    assert "Ligature point" in client.get(f"{PAGE}new/").content.decode()
    assert sent(client, f"{PAGE}new/", **{"why-ligature": "7"}).status_code == 302
    assert CustodyReport.objects.get().causes.get(term__code="ligature").number == 7


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"last": "2018-12"}, "December 2018 is before January 2019."),
        ({"last": "2019-09"}, "Choose one of the months that are listed."),  # it is not over
        ({"first": ""}, "Choose a month."),
        ({"denominator": ""}, "A number without a name cannot be compared."),
        ({"denominator_number": ""}, "Enter how many custody records there were."),
        ({"why-inadequate-search": "259"}, "The causes come to 259, which is more than 258."),
        ({"how-self-harm": "37"}, "The types come to 37, which is more than 36."),
        ({"interventions": ""}, "Enter how many there were altogether, since causes are given."),
        ({"injuries": "many"}, "“Injuries of detainees” is to be a whole number from 0 to 9,999,999."),
        ({"injuries": "3,6"}, "“Injuries of detainees” is to be a whole number"),
        ({"interventions": "-1"}, "“Successful interventions” is to be a whole number from 0"),
        (
            {"exception-medicines-to-iopc": "x"},
            "“Prescribing or storing medicines. Referred to: Independent Office for Police Conduct (IOPC)” is to be",
        ),
        ({"exceptions": ""}, "Say whether the report lists exceptions."),
        ({"exceptions": "none"}, "Choose that the report lists them."),
        (
            {"exception-medicines-to-medical-director": "", "exception-serious-cases-to-": "0"},
            "Enter how many exceptions of a kind there were",
        ),
        ({"note": "word " * 201}, "This has 201 words and the limit is 200."),
    ],
)
def test_what_cannot_be_is_refused_in_words(changed: dict[str, str], said: str) -> None:
    client = browser(Role.SHRMT)
    answer = sent(client, f"{PAGE}new/", **changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CustodyReport.objects.exists()


def test_a_report_that_says_nothing_is_refused() -> None:
    client = browser(Role.SHRMT)
    blank = dict.fromkeys(FIGURES, "") | {"first": "2019-01", "last": "2019-06", "exceptions": "not-said"}
    answer = sent(client, f"{PAGE}new/", **blank)
    assert "The report says nothing yet." in answer.content.decode()
    assert sent(client, f"{PAGE}new/", **{**blank, "exceptions": "none"}).status_code == 302
    assert CustodyReport.objects.get().exceptions_reported


def test_a_second_report_of_a_period_is_refused_and_keeps_what_was_typed() -> None:
    injuries.record_custody("2019-01", "2019-06", injuries=30)
    answer = sent(browser(Role.HEAD), f"{PAGE}new/")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "There are custody figures of January 2019 to June 2019 already." in html
    assert 'value="59,177"' in html


def test_the_same_page_sent_twice_is_recorded_once() -> None:
    client = browser(Role.SHRMT)
    page = {**form_on(client.get(f"{PAGE}new/")), **FIGURES}
    assert [client.post(f"{PAGE}new/", page).status_code for _ in range(2)] == [302, 302]
    assert CustodyReport.objects.count() == 1
    assert TrailEntry.objects.filter(act="injury-figures.custody_recorded").count() == 1


def test_a_form_without_a_token_of_the_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(Role.SHRMT))
    assert client.post(f"{PAGE}new/", FIGURES).status_code == 403
    assert not CustodyReport.objects.exists()


@pytest.mark.parametrize("role", [Role.SPOC, Role.BOARD_SECRETARY])
def test_a_reader_is_told_who_records(role: Role, source: dict[str, CustodyReport]) -> None:
    client = browser(role)
    for where in ("new/", f"{source['2018'].token}/correct/", f"{source['2018'].token}/withdraw/"):
        for answer in (client.get(PAGE + where), client.post(PAGE + where, FIGURES)):
            assert answer.status_code == 403
            assert "record custody figures. You can read them." in answer.content.decode()


# --- Correcting and withdrawing ---------------------------------------------------------------------------------------


def test_a_correction_takes_the_place_of_what_stays_readable() -> None:
    old = injuries.record_custody(
        "2019-01", "2019-06", among=("detainees", 59_177), interventions=285, at=datetime(2019, 8, 1, 9, tzinfo=UTC)
    )
    client = browser(Role.HEAD)
    where = f"{PAGE}{old.token}/correct/"
    page = client.get(where)
    form = form_on(page)
    assert form["interventions"] == "285"
    assert re.search(r'<option value="detainees"[^>]* selected', page.content.decode())
    answer = client.post(where, {**form, **FIGURES, "because": "Two digits were swapped."})
    assert answer.status_code == 302
    html = client.get(PAGE).content.decode()
    assert "285" not in html
    assert "corrected on" in html
    assert "Two digits were swapped." in html
    history = client.get(f"{PAGE}{old.token}/").content.decode()
    assert "285, 47.5 a month" in history
    assert "These figures stand no more." in history
    new = CustodyReport.objects.standing().get()
    assert new.replaces == old
    assert "Two digits were swapped." in client.get(f"{PAGE}{new.token}/").content.decode()
    entry = TrailEntry.objects.get(act="injury-figures.custody_corrected")
    assert entry.detail["replaces"] == old.pk
    assert "swapped" not in str(entry.detail)  # words that can be erased


def test_a_correction_needs_its_reason(source: dict[str, CustodyReport]) -> None:
    client = browser(Role.SHRMT)
    answer = sent(client, f"{PAGE}{source['2019 H1'].token}/correct/", because=" ")
    assert "Say why the report is corrected." in answer.content.decode()
    assert source["2019 H1"] in CustodyReport.objects.standing()


def test_a_correction_may_move_to_a_free_period_only(source: dict[str, CustodyReport]) -> None:
    client = browser(Role.SHRMT)
    where = f"{PAGE}{source['2019 H1'].token}/correct/"
    taken = sent(client, where, first="2018-01", last="2018-06", because="It was of another year.")
    assert "There are custody figures of January 2018 to June 2018 already." in taken.content.decode()
    assert source["2019 H1"] in CustodyReport.objects.standing()
    assert sent(client, where, first="2016-01", last="2016-06", because="It was of another year.").status_code == 302
    assert "2019" not in {f"{one.first:%Y}" for one in CustodyReport.objects.standing()}


def test_what_was_corrected_meanwhile_is_not_corrected_again(source: dict[str, CustodyReport]) -> None:
    one, other = browser(Role.SHRMT), browser(Role.HEAD)
    where = f"{PAGE}{source['2019 H1'].token}/correct/"
    late = {**form_on(other.get(where)), **FIGURES, "because": "Late."}
    assert sent(one, where, because="First.").status_code == 302
    answer = other.post(where, late)
    assert answer.status_code == 422
    assert "It was corrected or withdrawn meanwhile." in answer.content.decode()
    assert CustodyReport.objects.standing().filter(first=date(2019, 1, 1)).count() == 1
    answer = other.get(where)  # by its address
    assert answer["Location"] == f"{PAGE}{source['2019 H1'].token}/"


def test_what_was_an_error_is_withdrawn_with_a_reason(source: dict[str, CustodyReport]) -> None:
    client = browser(Role.SHRMT)
    where = f"{PAGE}{source['2017'].token}/withdraw/"
    assert "Say why the report is withdrawn." in client.post(where, {"because": ""}).content.decode()
    assert client.post(where, {"because": "It was the draft."}).status_code == 302
    html = client.get(PAGE).content.decode()
    assert "January 2017 to December 2017" not in [row[0] for row in table(html, "Custody figures by report")]
    assert "withdrawn on" in html
    assert "It was the draft." in html
    assert client.post(where, {"because": "Again."})["Location"] == f"{PAGE}{source['2017'].token}/"
    assert TrailEntry.objects.filter(act="injury-figures.custody_withdrawn").count() == 1
    # Its period is free again.
    injuries.record_custody("2017-01", "2017-12", injuries=182)


def test_who_recorded_and_corrected_is_told_to_those_who_do_so_too(source: dict[str, CustodyReport]) -> None:
    report = source["2019 H1"]
    name = str(report.recorded_by)
    where = f"{PAGE}{report.token}/"
    assert name in browser(Role.HEAD).get(where).content.decode()
    assert name not in browser(Role.BOARD_MEMBER).get(where).content.decode()


def test_injury_figures_lead_to_custody() -> None:
    assert f'href="{PAGE}"' in browser(Role.SPOC).get("/injury-figures/").content.decode()
