"""Importing on the server: what a file comes to, in words; and letting it count when that is asked for."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from injuries.models import Upload, UploadState
from organisation.models import User
from organisation.roles import Role
from tests.factories.injuries import bring, load_indicators, standing_counts, standing_headcounts
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "incident-mapping-example.toml"
JULY, AUGUST = date(2018, 7, 1), date(2018, 8, 1)
COUNTS = "Month,Indicator,Staff group,Unit,Count\n2018-07,Handling injuries,Police,,4\n2018-08,Handling injuries,,,0\n"
INCIDENTS = """Date of incident,Kind,Severity,Cause,Role,Unit,Name
03/07/2018,Accident,Minor,Handling,PC,Quay BCU,Kit Marchpane
09/08/2018,Assault,Major,,DDO,Not known,Kit Marchpane
"""


@pytest.fixture(autouse=True)
def shipped() -> None:
    load_indicators()
    make_unit("Quay BCU")


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


def said(tmp_path: Path, content: str, by: User | None, *options: str) -> str:
    file = tmp_path / "figures.csv"
    file.write_text(content, encoding="utf-8")
    out = StringIO()
    call_command("import_injuries", str(file), *(("--by", by.email) if by else ()), *options, stdout=out)
    return out.getvalue()


def test_a_file_is_told_and_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    there = bring({("handling", AUGUST, "police-officers", ""): 2})
    told = said(tmp_path, COUNTS, None)
    assert told.splitlines()[:3] == [
        "2 lines. New months: 1. Changed: 1. Unchanged: 0. With something that counts no more: 1.",
        "  Handling injuries, July 2018: 4, new",
        "  Handling injuries, August 2018: 2 becomes 0; 1 place differs, 1 of them counted no more",
    ]
    assert "Look again: All staff groups: no headcount for July 2018 to August 2018" in told
    assert told.endswith("Nothing was imported. Add --apply to import it.\n")
    assert standing_counts() == {("handling", AUGUST, "police-officers", ""): 2}
    assert list(Upload.objects.all()) == [there]


def test_a_file_counts_where_that_is_asked_for(tmp_path: Path, adviser: User) -> None:
    assert said(tmp_path, COUNTS, adviser, "--apply").endswith("It counts now.\n")
    assert standing_counts() == {("handling", JULY, "police-officers", ""): 4, ("handling", AUGUST, "", ""): 0}
    again = said(tmp_path, COUNTS, adviser, "--apply")
    assert "New months: 0. Changed: 0. Unchanged: 2." in again
    assert "Look again: The very same file was imported on" in again
    assert Upload.objects.filter(state=UploadState.APPLIED, applied_by=adviser).count() == 2


def test_headcounts_and_incidents_are_imported_too(tmp_path: Path, adviser: User) -> None:
    said(tmp_path, "Month,Staff group,Headcount\n2018-07,DDO,566.08\n", adviser, "--kind", "headcount", "--apply")
    assert len(standing_headcounts()) == 1
    call_command("load_mapping", str(EXAMPLE), stdout=StringIO())
    told = said(tmp_path, INCIDENTS, adviser, "--kind", "incidents", "--mapping", "example", "--apply")
    assert "These columns were not read: Name." in told
    assert "Marchpane" not in told
    counts = {key: count for key, count in standing_counts().items() if count}
    assert counts == {
        ("total-accidents", JULY, "police-officers", "quay-bcu"): 1,
        ("handling", JULY, "police-officers", "quay-bcu"): 1,
        ("assaults-with-injury", AUGUST, "ddos", ""): 1,
        ("major-injuries", AUGUST, "ddos", ""): 1,
        ("major-injuries-after-assault", AUGUST, "ddos", ""): 1,
    }
    assert len({key[:2] for key in standing_counts()}) == 9 * 2  # every indicator of the mapping, in both months


def test_faults_are_told_by_line_and_nothing_is_kept(tmp_path: Path, adviser: User) -> None:
    with pytest.raises(CommandError) as raised:
        said(tmp_path, COUNTS.replace("2018-08", "2018-18"), adviser, "--apply")
    fault, nothing = str(raised.value).splitlines()
    assert fault.endswith("Line 3, Month: “2018-18” is no month of ours. Write it as 2018-07 or July 2018.")
    assert nothing == "Nothing was imported."
    assert not Upload.objects.exists()


def test_only_those_who_may_import_do(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is nobody who imports injury figures"):
        said(tmp_path, COUNTS, make_person(Role.SPOC), "--apply")
    with pytest.raises(CommandError, match="Say who imports: --by E-MAIL"):
        said(tmp_path, COUNTS, None, "--apply")
    assert not Upload.objects.exists()


def test_incidents_need_a_mapping(tmp_path: Path, adviser: User) -> None:
    with pytest.raises(CommandError, match="--mapping CODE"):
        said(tmp_path, INCIDENTS, adviser, "--kind", "incidents")
    call_command("load_mapping", str(EXAMPLE), stdout=StringIO())
    with pytest.raises(CommandError, match="There are: example"):
        said(tmp_path, INCIDENTS, adviser, "--kind", "incidents", "--mapping", "other")
    with pytest.raises(CommandError, match="The file has no columns Date of incident, Kind, Severity"):
        said(tmp_path, COUNTS, adviser, "--kind", "incidents", "--mapping", "example")
