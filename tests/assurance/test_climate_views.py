"""The pages on which climate results are imported, read and withdrawn."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import DjangoAssertNumQueries

from assurance.models import ClimateSurvey, ClimateUpload
from organisation.models import BusinessGroup, Unit
from organisation.roles import Role
from rendering import cells
from tests.assurance.pages import form_on, html_of, signed_in
from tests.factories import assurance as factories
from tests.factories.climate import make_survey
from tests.factories.forces import make_units
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

LIST = "/climate-surveys/"
HEADINGS = ["Unit", "Theme", "Respondents", "Mean agreement", *(f"Answered {point}" for point in range(1, 6))]
SAID = {"name": "Safety climate 2026", "held_from": "4 5 2026", "held_to": "29 5 2026", "points": "5", "source": ""}


@pytest.fixture(autouse=True)
def model() -> None:
    factories.shipped_edition()


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("North")


@pytest.fixture
def quay(group: BusinessGroup) -> Unit:
    return make_unit("Quay BCU", group=group)


@pytest.fixture
def adviser() -> Client:
    return signed_in(make_person(Role.SHRMT))


def words(response: object) -> str:
    [main] = html.document_fromstring(html_of(response)).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def upload(browser: Client, *lines: list[str | None], **said: str) -> Any:
    file = SimpleUploadedFile("results.csv", cells.csv_bytes(HEADINGS, lines), "text/csv")
    return browser.post(f"{LIST}new/", {**SAID, **said, "file": file})


def line(unit: str, theme: str, respondents: str, mean: str = "", *answers: str) -> list[str | None]:
    return [unit, theme, respondents, mean, *answers, *[None] * (5 - len(answers))]


@pytest.mark.usefixtures("quay")
def test_results_are_previewed_and_count_once_they_are_confirmed(adviser: Client) -> None:
    sent = upload(
        adviser,
        line("Quay BCU", "Leadership", "21", "", "1", "2", "5", "9", "4"),
        line("quay bcu", "Audit", "9", "2.31"),
    )
    preview = adviser.get(sent["Location"])
    said = words(preview)
    assert "Quay BCU Leadership 21 3.62 62% 1 2 5 9 4" in said
    assert "Quay BCU Assurance and Audit Fewer than ten respondents" in said
    assert "2.31" not in html_of(preview)
    assert not ClimateSurvey.objects.exists()
    done = adviser.post(sent["Location"], form_on(preview), follow=True)
    assert "The results of Safety climate 2026 count now." in words(done)
    assert "2.31" not in html_of(done)
    assert "Safety climate 2026" in words(adviser.get(LIST))


@pytest.mark.usefixtures("quay")
def test_a_file_with_a_fault_is_refused_whole_with_line_and_column(adviser: Client) -> None:
    answer = upload(adviser, line("Quay BCU", "Leadership", "21", "3.2"), line("Key BCU", "Leaders", "21", "3.2"))
    said = words(answer)
    assert answer.status_code == 422
    assert "Line 3, Unit: no unit that existed then is called “Key BCU”. Is it “Quay BCU”?" in said
    assert (
        "Line 3, Theme: no theme of the model is called “Leaders”. There are: Leadership, Policy / Governance," in said
    )
    assert 'value="Safety climate 2026"' in html_of(answer)
    assert not ClimateUpload.objects.exists()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"held_to": "1 5 2026"}, "The last day lies before the first."),
        ({"held_to": "1 5 2126"}, "The survey is still going on then."),
        ({"points": "11"}, "Write a whole number from 2 to 10."),
        ({"name": ""}, "Enter the survey’s name."),
    ],
)
@pytest.mark.usefixtures("quay")
def test_what_is_said_of_a_survey_is_checked(adviser: Client, said: dict[str, str], fault: str) -> None:
    assert fault in words(upload(adviser, line("Quay BCU", "Leadership", "21", "2.2"), **said))


def test_a_new_file_says_what_changes_and_can_be_undone(adviser: Client, quay: Unit) -> None:
    first = make_survey({(quay, "leadership"): (1, 2, 5, 9, 4), (quay, "audit"): (1, 2, 5, 9, 4)})
    sent = upload(adviser, line("Quay BCU", "Leadership", "30", "4.0"), line("Quay BCU", "Communication", "9"))
    preview = adviser.get(sent["Location"])
    said = words(preview)
    assert "New: 1 Quay BCU, Communication" in said
    assert "Not there any more: 1 Quay BCU, Assurance and Audit" in said
    assert "Other numbers: 1 Quay BCU, Leadership" in said
    adviser.post(sent["Location"], form_on(preview))
    [second] = ClimateSurvey.objects.standing()
    before = adviser.get(f"{LIST}{first.pk}/")
    assert "A later file has taken the place of these results." in words(before)
    assert "3.62" not in html_of(before)
    assert adviser.get(f"{LIST}{first.pk}/csv/").status_code == 404
    withdrawal = f"{LIST}{second.pk}/withdraw/"
    assert "count again" in words(adviser.get(withdrawal))
    assert "Say why the results are withdrawn." in words(adviser.post(withdrawal, {"because": " "}))
    done = adviser.post(withdrawal, {"because": "The wrong year"}, follow=True)
    assert "The results that were imported before count again." in words(done)
    assert "The wrong year" in words(done)
    assert "3.62" in words(adviser.get(f"{LIST}{first.pk}/"))


def test_somebody_elses_file_is_not_confirmed(quay: Unit, adviser: Client) -> None:
    sent = upload(adviser, line(quay.name, "Leadership", "30", "4.0"))
    other = signed_in(make_person(Role.SHRMT))
    assert other.post(sent["Location"]).status_code == 302
    assert not ClimateSurvey.objects.exists()


@pytest.mark.usefixtures("quay")
def test_a_file_that_comes_to_something_else_meanwhile_is_shown_again(adviser: Client, quay: Unit) -> None:
    sent = upload(adviser, line("Quay BCU", "Leadership", "30", "4.0"))
    form = form_on(adviser.get(sent["Location"]))
    make_survey({(quay, "leadership"): (1, 2, 5, 9, 4)})
    answer = adviser.post(sent["Location"], form)
    assert answer.status_code == 409
    assert "something has changed since you saw this page" in words(answer)
    assert ClimateSurvey.objects.count() == 1


def test_readers_see_their_own_units_only_on_the_page_and_in_the_file(quay: Unit, group: BusinessGroup) -> None:
    beside, elsewhere = make_unit("Beside", group=group), make_unit("Elsewhere")
    survey = make_survey({(unit, "leadership"): (2, 3, 5, 8, 4) for unit in (quay, beside, elsewhere)})
    for person, seen in (
        (make_person(Role.SPOC, quay), {"Quay BCU"}),
        (make_person(Role.COG_SUPPORT, group=group), {"Quay BCU", "Beside"}),
        (make_person(Role.BOARD_MEMBER), {"Quay BCU", "Beside", "Elsewhere"}),
    ):
        browser = signed_in(person)
        page, file = browser.get(f"{LIST}{survey.pk}/"), browser.get(f"{LIST}{survey.pk}/csv/")
        assert {name for name in ("Quay BCU", "Beside", "Elsewhere") if name in words(page)} == seen
        rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert {row["Unit"] for row in rows} == seen
    assert browser.get(f"{LIST}new/").status_code == 403


def test_the_file_says_no_more_of_a_few_than_the_page(adviser: Client, quay: Unit) -> None:
    survey = make_survey({(quay, "leadership"): (2, 3, 5, 8, 4), (quay, "audit"): (1, 1, 1, 1, 1)})
    file = adviser.get(f"{LIST}{survey.pk}/csv/").content.decode("utf-8-sig")
    rows = {row["Theme"]: row for row in csv.DictReader(io.StringIO(file))}
    few = rows["Assurance and Audit"]
    assert few["Respondents"] == "fewer than ten"
    assert {few[name] for name in HEADINGS[3:]} == {""}
    assert (rows["Leadership"]["Respondents"], rows["Leadership"]["Mean agreement"]) == ("22", "3.41")


def test_a_group_is_shown_alone(adviser: Client, quay: Unit, group: BusinessGroup) -> None:
    survey = make_survey({(unit, "leadership"): (2, 3, 5, 8, 4) for unit in (quay, make_unit("Elsewhere"))})
    said = words(adviser.get(f"{LIST}{survey.pk}/", {"group": group.slug}))
    assert "Quay BCU" in said
    assert "Elsewhere" not in said


def test_a_page_of_results_asks_the_database_no_more_for_more_units(
    adviser: Client, group: BusinessGroup, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    survey = make_survey({(unit, "leadership"): (2, 3, 5, 8, 4) for unit in make_units(group, 60)}, at=timezone.now())
    with django_assert_max_num_queries(20):
        assert "60 lines" in words(adviser.get(f"{LIST}{survey.pk}/"))


@pytest.mark.usefixtures("quay")
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_empty_file_is_there_to_take(adviser: Client, file_format: str) -> None:
    assert adviser.get(f"{LIST}empty/{file_format}/")["Content-Disposition"].startswith("attachment")
    assert adviser.get(f"{LIST}empty/pdf/").status_code == 404
