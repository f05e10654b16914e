"""Question sets for fieldwork: every criterion and standard of a theme, on paper and as a workbook."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from maturity.models import Criterion, Edition, Standard, StandardKind
from maturity.questions import as_xlsx, question_sets
from organisation.roles import Role
from tests.factories import maturity as make
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

PAGE, FILE = "/model/questions/2019/", "/model/questions/2019/xlsx/"
BookOf = Callable[[str], dict[str, list[list[Any]]]]


@pytest.fixture
def edition() -> Edition:
    make.shipped("2017", "2019")
    return Edition.objects.get(code="2019")


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(make_person(Role.SHRMT))
    return client


@pytest.fixture
def book_of(auditor: Client) -> BookOf:
    def read(address: str) -> dict[str, list[list[Any]]]:
        book = load_workbook(BytesIO(auditor.get(address).content))
        assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}

    return read


def with_standards(edition: Edition) -> None:
    theme, level = edition.themes.get(identity="leadership"), edition.levels.get(number=3)
    for kind, reference, text, how in (
        (StandardKind.KPI, "L3-K1", "=Visits <of> leaders", "Count them"),
        (StandardKind.BEHAVIOUR, "L3.1", "Leaders talk about safety", ""),
    ):
        Standard.objects.create(
            theme=theme, level=level, kind=kind, number=1, reference=reference, text=text, how_tested=how
        )


def criteria_of(edition: Edition, identity: str) -> list[tuple[str, str]]:
    rows = Criterion.objects.filter(theme__edition=edition, theme__identity=identity).select_related("level")
    return [(str(row.level), row.text) for row in rows.order_by("level__number", "number")]


def test_the_page_asks_for_every_criterion_of_the_themes_that_were_named(edition: Edition, auditor: Client) -> None:
    page = html.unescape(auditor.get(f"{PAGE}?theme=leadership&theme=audit").content.decode())
    assert "2 themes. No behavioural standards" in page
    for identity in ("leadership", "audit"):
        texts = [text for _, text in criteria_of(edition, identity)]
        assert len(texts) > 10
        assert [text for text in texts if text not in page] == []
    assert criteria_of(edition, "communication")[0][1] not in page


@pytest.mark.usefixtures("edition")
def test_all_scored_themes_are_there_where_none_is_named_or_only_one_that_is_not_scored(auditor: Client) -> None:
    for address in (PAGE, f"{PAGE}?theme=wellbeing", f"{PAGE}?theme=made-up"):
        assert "11 themes." in auditor.get(address).content.decode()


def test_standards_stand_below_the_criteria_of_their_level_with_how_they_are_tested(
    edition: Edition, auditor: Client
) -> None:
    with_standards(edition)
    page = auditor.get(f"{PAGE}?theme=leadership").content.decode()
    assert "=Visits &lt;of&gt; leaders" in page
    assert "How it is tested: Count them" in page
    [asked] = question_sets(edition, ["leadership"])
    third = next(at for at in asked.levels if at.level.number == 3)
    kinds = [question.kind for question in third.questions]
    criteria = [text for level, text in criteria_of(edition, "leadership") if level.startswith("3 ")]
    assert kinds == [*["Criterion"] * len(criteria), "Behavioural standard", "Key performance indicator (KPI)"]
    assert [question.text for question in third.questions][-2:] == ["Leaders talk about safety", "=Visits <of> leaders"]


def test_the_workbook_has_a_sheet_for_each_theme_with_the_same_questions(edition: Edition, book_of: BookOf) -> None:
    with_standards(edition)
    book = book_of(f"{FILE}?theme=leadership&theme=policy-governance")
    assert list(book) == ["How to use it", "1 Leadership", "2 Policy Governance"]
    asked = [(row[0], row[3]) for row in book["1 Leadership"][1:] if row[3]]
    expected = criteria_of(edition, "leadership")
    assert sorted(asked) == sorted(
        [
            *expected,
            (str(edition.levels.get(number=3)), "Leaders talk about safety"),
            (str(edition.levels.get(number=3)), "=Visits <of> leaders"),
        ],
        key=lambda pair: (pair[0] or "", pair[1] or ""),
    )
    assert ["Standards and KPIs", "Included"] in book["How to use it"]


@pytest.mark.usefixtures("auditor")
def test_every_theme_of_both_editions_makes_a_sheet_that_a_workbook_takes(edition: Edition, book_of: BookOf) -> None:
    for each in Edition.objects.all():
        scored = each.themes.filter(scored=True).count()
        assert len(book_of(f"/model/questions/{each.code}/xlsx/")) == scored + 1
    assert edition.themes.filter(scored=True).count() == 11


def test_the_same_themes_are_the_same_bytes(edition: Edition) -> None:
    first = as_xlsx(edition, question_sets(edition))
    time.sleep(2.1)  # a ZIP file counts time in steps of two seconds
    assert as_xlsx(edition, question_sets(edition)) == first


@pytest.mark.usefixtures("edition")
def test_a_page_asks_as_many_questions_of_the_database_for_all_themes_as_for_one(auditor: Client) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(address).status_code == 200
        return len(queries)

    asked(PAGE)
    assert asked(PAGE) == asked(f"{PAGE}?theme=leadership") <= 12


@pytest.mark.usefixtures("edition")
def test_the_panel_and_strangers_find_no_question_set(client: Client) -> None:
    client.force_login(make_person(Role.PANEL_MEMBER))
    for address in (PAGE, FILE):
        assert client.get(address).status_code == 404
    client.force_login(make_person(Role.HEAD))
    assert client.get("/model/questions/2031/").status_code == 404
