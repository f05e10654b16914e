"""The tables of a paper as one download."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from organisation.roles import Role
from papers.models import Paper
from records.models import TrailEntry
from tests.factories.organisation import make_person
from tests.factories.papers import make_draft, make_final, make_published

pytestmark = pytest.mark.django_db


def a(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def of(paper: Paper) -> str:
    return reverse("papers:tables", args=[paper.pk])


def rows(archive: zipfile.ZipFile, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_the_tables_come_as_csv_with_a_list_of_them() -> None:
    paper = make_published(title="Where we stand")
    member = a(Role.PANEL_MEMBER)
    assert of(paper) in member.get(reverse("papers:paper", args=[paper.pk])).content.decode()
    answer = member.get(of(paper))
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="where-we-stand-2025-11-18-tables.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["tables.csv", "table-1.csv", "table-2.csv", "table-3.csv"]
        listed = rows(archive, "tables.csv")
        assert listed[0] == ["File", "Table"]
        assert listed[1][0] == "table-1.csv"
        assert listed[1][1].startswith("Table 1: median level by theme and business group")
        assert rows(archive, "table-1.csv")[1] == ["Leadership", "3–4 (2 of 3)", "3–4 (2 of 3)"]
        assert rows(archive, "table-3.csv")[1] == ["Alder Unit", "Q2, accepted", "3", "2"]


def test_what_a_browser_has_is_not_sent_again() -> None:
    paper, member = make_published(), a(Role.PANEL_MEMBER)
    first = member.get(of(paper))
    again = member.get(of(paper), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_whoever_takes_the_tables_of_an_unpublished_paper_is_kept() -> None:
    paper, reader = make_final(), make_person(Role.SHRMT)
    client = Client()
    client.force_login(reader)
    client.head(of(paper))
    assert not TrailEntry.objects.filter(act="paper.tables_downloaded").exists()
    client.get(of(paper))
    assert [entry.actor for entry in TrailEntry.objects.filter(act="paper.tables_downloaded")] == [reader]


def test_a_draft_has_no_tables_to_take_and_a_stranger_none_of_a_final_paper() -> None:
    assert a(Role.SHRMT).get(of(make_draft())).status_code == 404
    assert a(Role.PANEL_MEMBER).get(of(make_final())).status_code == 404
