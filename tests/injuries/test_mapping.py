"""How the columns of a file of incidents are read: what an operator writes, and what may name people."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from injuries import mapping
from injuries.models import ColumnMapping
from records.models import TrailEntry
from tests.factories.injuries import load_indicators
from tests.factories.organisation import make_unit

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "incident-mapping-example.toml"
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
SMALL = """
format = 1
code = "small"
name = "Small extract"
[date]
column = "Date"
[[indicators]]
indicator = "handling"
where = { Cause = ["Handling"] }
"""


def test_the_example_says_what_its_words_make() -> None:
    found = mapping.read(EXAMPLE.read_text(encoding="utf-8"))
    assert found.used == ("Date of incident", "Kind", "Severity", "Cause", "Role", "Unit")
    assert found.indicators[:2] == ("total-accidents", "assaults-with-injury")
    assert found.words["Kind"] == {"accident", "assault", "near miss", "damage only"}
    assert found.staff_group is not None
    assert found.staff_group.values["sergeant"] == "police-officers"
    assert "Warrant number" in found.ignored
    assert not found.month_first


@pytest.mark.parametrize(
    "heading",
    [
        "Name", "NAME", "Names", "Surname", "Forename", "First name", "FirstName", "first_name", "InjuredPersonName",
        "Last Name", "Full name", "Username", "Initials", "E-mail", "Email address", "E-Mail", "Warrant number",
        "Warrant No.", "Collar number", "Shoulder no", "Staff number", "Staff No", "StaffID", "Employee ID",
        "Payroll number", "Person ref", "Date of birth", "DOB", "Home address", "Postcode", "Telephone", "Phone",
        "Mobile", "NI number", "NINO", "National Insurance number", "Victim", "Witness 1", "Reported by",
        "Line manager", "Description", "Details of incident", "Comments", "What happened", "Injured person", "Officer",
        "Name of unit head", "NHS number",
    ],
)  # fmt: skip
def test_headings_that_could_name_a_person_are_known(heading: str) -> None:
    assert mapping.could_name_a_person(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Date", "Date of incident", "Unit", "Unit name", "OCU", "OCU Name", "Station name", "Severity", "Kind", "Cause",
        "Body part injured", "Role", "Staff group", "Incident reference", "Incident ID", "Incident number",
        "Police officers hurt", "Days lost", "Weather", "Category code", "Personal protective equipment", "",
    ],
)  # fmt: skip
def test_headings_that_name_nobody_are_left_alone(heading: str) -> None:
    assert not mapping.could_name_a_person(heading)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("format =", "The file is no TOML"),
        ("format = 2", "The file does not say format = 1."),
        (SMALL.replace('code = "small"', 'code = "Small one"'), "code has small letters, digits and hyphens only"),
        (SMALL.replace('name = "Small extract"', ""), "The file: name is missing, or no text."),
        (SMALL.replace("column =", "colum ="), "date: “colum” is not known here. Known are column, order."),
        (SMALL.replace('column = "Date"', 'column = "Date"\norder = "year"'), "order is day-first or month-first"),
        (SMALL.replace("[[indicators]]", "[[indicator]]"), "The file says no indicator."),
        (SMALL.replace('["Handling"]', '"Handling"'), "where: Cause is no list of texts."),
        (SMALL.replace('{ Cause = ["Handling"] }', '"all"'), "where names columns, each with a list of its words."),
        (SMALL.replace("Cause", "Description"), "“Description” could name a person, so no figure is made of it."),
        (SMALL.replace('name = "Sm', 'ignore = ["cause"]\nname = "Sm'), "“Cause” is used and ignored."),
        (SMALL + '[unit]\ncolumn = "Unit"\nvalues = { A = 1 }', "unit: values says of each word what it stands for"),
    ],
)
def test_faults_of_a_mapping_are_named_with_what_to_mend(text: str, fault: str) -> None:
    with pytest.raises(mapping.NotAMapping) as raised:
        mapping.read(text)
    assert any(fault in one for one in raised.value.faults)


@pytest.mark.django_db
def test_a_mapping_is_loaded_and_loaded_anew() -> None:
    load_indicators()
    out = StringIO()
    call_command("load_mapping", str(EXAMPLE), stdout=out)
    assert "“Example of an extract” now: --mapping example." in out.getvalue()
    call_command("load_mapping", str(EXAMPLE), stdout=out)
    assert ColumnMapping.objects.get().name == "Example of an extract"
    assert TrailEntry.objects.filter(act="injury-figures.mapping_loaded").count() == 2


@pytest.mark.django_db
def test_a_mapping_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    load_indicators()
    make_unit("Quay BCU")
    file = tmp_path / "mapping.toml"
    file.write_text(
        SMALL.replace('"handling"', '"bruises"')
        + '[staff_group]\ncolumn = "Role"\nvalues = { PC = "constables" }\n'
        + '[unit]\ncolumn = "Unit"\nvalues = { Q = "quay-bcu", K = "key-bcu", "?" = "" }\n',
        encoding="utf-8",
    )
    with pytest.raises(CommandError) as raised:
        call_command("load_mapping", str(file))
    lines = [line.partition(": ")[2] for line in str(raised.value).splitlines()[:-1]]
    assert lines == [
        "There is no indicator “bruises”.",
        "There is no staff group “constables”.",
        "There is no unit “key-bcu”.",
    ]
    assert not ColumnMapping.objects.exists()
