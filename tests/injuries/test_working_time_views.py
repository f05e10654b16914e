"""The page of working time, its files and its forms."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import DjangoAssertNumQueries

from injuries.models import WorkingTimeReading, WorkingTimeTarget
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import form_on, html_of, signed_in
from tests.factories.injuries import load_indicators, working_time, working_time_target
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

PAGE = "/injury-figures/working-time/"
QUERIES = 14  # of the page, for a board member
MARCH, JUNE = date(2019, 3, 31), date(2019, 6, 30)
READING = {"day": "30 6 2019", "in_scope": "1,000", "opted_out": "40", "not_opted_out": "25"}


@pytest.fixture
def shipped() -> None:
    load_indicators()


@pytest.fixture
def published(request: pytest.FixtureRequest) -> WorkingTimeReading:
    """The source publishes 97.5 % and no numbers [001, risk 17]; 25 of 1,000 are chosen to print it."""
    request.getfixturevalue("shipped")
    return working_time(JUNE, 1000, 40, 25, note="=Without special constables")


@pytest.fixture
def adviser() -> Client:
    return signed_in(make_person(Role.SHRMT))


@pytest.fixture
def board() -> Client:
    return signed_in(make_person(Role.BOARD_MEMBER))


def words(response: Any) -> str:
    [main] = html.document_fromstring(html_of(response)).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def recorded(browser: Client, where: str = f"{PAGE}new/", **said: str) -> Any:
    return browser.post(where, {**form_on(browser.get(where)), "staff_group": "police-officers", **READING, **said})


@pytest.mark.usefixtures("published")
def test_the_published_share_is_on_the_page_and_in_both_files(board: Client) -> None:
    said = words(board.get(PAGE))
    assert "On 30 June 2019, 97.5% of 1,000 police officers in scope complied" in said
    assert "30 June 2019 1,000 40 25 97.5% 96.3% to 98.3% – No target 4.0% 48 hours over 17 weeks" in said
    [headings, row] = csv.reader(io.StringIO(board.get(f"{PAGE}csv/").content.decode("utf-8-sig")))
    told = dict(zip(headings, row, strict=True))
    assert (told["Day"], told["Complying, %"], told["In scope"]) == ("2019-06-30", "97.5", "1000")
    assert told["Note"] == "'=Without special constables"
    answer = board.get(f"{PAGE}xlsx/")
    assert answer["Content-Disposition"] == 'attachment; filename="working-time-police-officers.xlsx"'
    [headings_row, first] = openpyxl.load_workbook(io.BytesIO(answer.content))["Working time"].iter_rows(
        values_only=True
    )
    assert dict(zip(headings_row, first, strict=True))["Complying, %"] == 97.5
    downloads = TrailEntry.objects.filter(act="injury-figures.downloaded")
    assert {entry.detail["format"] for entry in downloads} == {"csv", "xlsx"}


@pytest.mark.usefixtures("published")
def test_the_chart_stands_beside_the_table_with_its_alternative(board: Client) -> None:
    working_time_target("98", MARCH)
    page = html.document_fromstring(html_of(board.get(PAGE)))
    [title] = page.xpath("//svg/title")
    assert title.text == (
        "Police officers: share that complies with the limit on working time. On 30 June 2019: 97.5%. Below the "
        "target: 30 June 2019."
    )
    assert "Not met, short by 5 people" in words(board.get(PAGE))


@pytest.mark.usefixtures("shipped")
def test_an_empty_page_says_who_fills_it(board: Client, adviser: Client) -> None:
    said = words(board.get(PAGE))
    assert "Nothing has been recorded yet. The Safety and Health Risk Management Team (SHRMT) and the Head" in said
    assert "No target has been entered yet." in said
    assert "Record a reading" not in said
    assert "Record a reading" in words(adviser.get(PAGE))
    assert board.get(f"{PAGE}csv/").status_code == 200


def test_without_staff_groups_the_page_says_what_is_missing(board: Client) -> None:
    assert "There are no staff groups yet" in words(board.get(PAGE))
    assert board.get(f"{PAGE}csv/").status_code == 404


@pytest.mark.usefixtures("published")
def test_staff_groups_are_shown_apart(board: Client) -> None:
    working_time(JUNE, 90, 0, 9, group="ddos")
    said = words(board.get(PAGE, {"group": "ddos"}))
    assert "90.0% of 90 Designated Detention Officers (DDOs) in scope" in said
    assert "97.5%" not in said
    assert board.get(PAGE, {"group": "nobody"}).status_code == 404


@pytest.mark.usefixtures("shipped")
def test_a_reading_is_recorded_with_the_usual_limit_and_weeks(adviser: Client) -> None:
    answer = recorded(adviser, note="As the system had it")
    assert answer["Location"] == f"{PAGE}?group=police-officers"
    said = words(adviser.get(answer["Location"]))
    assert "The reading is recorded." in said
    assert f"{settings.WORKING_TIME_HOURS} hours over {settings.WORKING_TIME_WEEKS} weeks" in said
    assert "As the system had it" in said


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"in_scope": "64"}, "More people are over the limit, by the two numbers below, than are in scope."),
        ({"day": "1 1 2999"}, "The day is in the future."),
        ({"in_scope": "many"}, "Write a whole number in figures, such as 1,000."),
        ({"in_scope": "10.5"}, "Write a whole number in figures, such as 1,000."),
        ({"opted_out": "-1"}, "Write a number of at least 0."),
        ({"in_scope": "0", "opted_out": "0", "not_opted_out": "0"}, "Write a number of at least 1."),
        ({"not_opted_out": ""}, "Write how many there were; 0 where there was nobody."),
        ({"weeks": "16"}, "Write a number of at least 17."),
        ({"weeks": "53"}, "There cannot be more than 52."),
        ({"hours": "169"}, "There cannot be more than 168."),
        ({"day": "31 6 2019"}, "There is no “31 6 2019” in the calendar."),
        ({"staff_group": "nobody"}, "Choose one of the staff groups that are listed."),
        ({"token": ""}, "Open this page again and send it from there."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    adviser: Client, said: dict[str, str], fault: str
) -> None:
    answer = recorded(adviser, note="Typed already", **said)
    assert answer.status_code == 422
    assert fault in words(answer)
    assert "Typed already" in html_of(answer)
    assert not WorkingTimeReading.objects.exists()


def test_a_correction_says_why_and_both_are_readable(published: WorkingTimeReading, board: Client) -> None:
    head = signed_in(make_person(Role.HEAD))
    where = f"{PAGE}{published.pk}/correct/"
    offered = form_on(head.get(where))
    assert (offered["in_scope"], offered["day"]) == ("1000", "30 6 2019")
    assert "Say why the reading is corrected." in words(head.post(where, offered | {"not_opted_out": "24"}))
    answer = head.post(where, offered | {"not_opted_out": "24", "because": "One was counted twice"}, follow=True)
    assert "The reading is corrected." in words(answer)
    said = words(board.get(PAGE))
    assert "97.6% of 1,000" in said
    assert "1 reading that counts no more" in said
    assert "One was counted twice" in said
    assert "30 June 2019 1,000 40 25 48 hours over 17 weeks =Without special constables Corrected" in said
    gone = head.get(where, follow=True)
    assert "Somebody has corrected or withdrawn this reading meanwhile." in words(gone)


def test_a_reading_is_withdrawn_with_a_reason(published: WorkingTimeReading, adviser: Client, board: Client) -> None:
    where = f"{PAGE}{published.pk}/withdraw/"
    assert "Say why the reading is withdrawn." in words(adviser.post(where, {"because": " "}))
    assert "The reading is withdrawn." in words(adviser.post(where, {"because": "Of a pilot"}, follow=True))
    said = words(board.get(PAGE))
    assert "Nothing has been recorded yet." in said
    assert "Of a pilot" in said


@pytest.mark.usefixtures("published")
def test_a_form_sent_twice_is_recorded_once_and_another_on_that_day_is_refused(adviser: Client) -> None:
    form = {**form_on(adviser.get(f"{PAGE}new/")), **READING, "staff_group": "police-officers", "day": "31 3 2019"}
    assert [adviser.post(f"{PAGE}new/", form).status_code for _ in range(2)] == [302, 302]
    assert WorkingTimeReading.objects.count() == 2
    answer = recorded(adviser)
    assert answer.status_code == 422
    assert "There is a reading of Police officers on 30 June 2019 already. Correct that one instead." in words(answer)


@pytest.mark.usefixtures("published")
def test_the_head_sets_and_supersedes_targets(board: Client) -> None:
    head = signed_in(make_person(Role.HEAD))
    where = f"{PAGE}targets/new/"
    form = form_on(head.get(where)) | {"staff_group": "police-officers", "from_on": "1 4 2019"}
    assert "Say which body or post has endorsed the target." in words(head.post(where, form | {"share": "98"}))
    for share, fault in (
        ("all", "Write the share in per cent as a number"),
        ("98.55", "Write the share with one decimal at most."),
        ("101", "A share is 100 per cent at most."),
        ("0", "Write a share of more than 0 per cent."),
    ):
        assert fault in words(head.post(where, form | {"share": share, "endorsed_by": "the Board"}))
    answer = head.post(where, form | {"share": "98", "endorsed_by": "the Board"}, follow=True)
    assert "The target is 98% from 1 April 2019, endorsed by the Board. It was not met, by 5 people." in words(answer)
    target = WorkingTimeTarget.objects.get()
    where = f"{PAGE}targets/{target.pk}/supersede/"
    offered = form_on(head.get(where))
    assert (offered["share"], offered["from_on"], offered["endorsed_by"]) == ("98", "1 4 2019", "")
    answer = head.post(where, offered | {"share": "97.5", "endorsed_by": "the Board"}, follow=True)
    said = words(answer)
    assert "The target is 97.5% from 1 April 2019, endorsed by the Board. It was met." in said
    assert "98% the Board Superseded" in said
    assert "Another target has taken this one’s place already." in words(head.get(where, follow=True))
    assert "Supersede the target" not in words(board.get(PAGE))


def test_readers_are_told_who_writes_and_strangers_nothing(published: WorkingTimeReading, board: Client) -> None:
    adviser = signed_in(make_person(Role.SHRMT))
    for path in ("new/", f"{published.pk}/correct/", f"{published.pk}/withdraw/"):
        answer = board.get(f"{PAGE}{path}")
        assert answer.status_code == 403
        assert "record working time. You can read it." in html_of(answer)
    answer = adviser.get(f"{PAGE}targets/new/")
    assert answer.status_code == 403
    assert "Only the Head of Safety, Health and Wellbeing sets targets for working time." in html_of(answer)
    panel = signed_in(make_person(Role.PANEL_MEMBER))
    assert {panel.get(f"{PAGE}{path}").status_code for path in ("", "new/", "targets/new/", "csv/")} == {404}


@pytest.mark.usefixtures("published")
def test_the_number_of_queries_does_not_grow(board: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    board.get(PAGE)
    with django_assert_num_queries(QUERIES):
        board.get(PAGE)
    adviser = signed_in(make_person(Role.SHRMT))
    for number in range(50):
        reading = working_time(JUNE - timedelta(weeks=13 * (number + 1)), 1000, 40, number)
        working_time_target("98", JUNE - timedelta(weeks=13 * number))
        if number % 10 == 0:
            assert adviser.post(f"{PAGE}{reading.pk}/withdraw/", {"because": "Wrong"}).status_code == 302
    with django_assert_num_queries(QUERIES + 1):  # corrections are read, where there are any
        said = words(board.get(PAGE))
    assert "46 readings, the newest first. The newest 40 are shown; the files have all of them." in said
    lines = board.get(f"{PAGE}csv/").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 46
