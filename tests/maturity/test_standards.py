"""Behavioural standards and audit KPIs from an operator's file: all of it or nothing, each fault with its place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import Workbook

from assurance.models import AuditState, StandardTest
from maturity.models import Edition, Standard
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories import maturity as make
from tests.factories.audits import make_audit
from tests.factories.organisation import make_group, make_person

pytestmark = pytest.mark.django_db

HEADINGS = "Theme,Level,Kind,Reference,Text,How it is tested"
LEADERSHIP = 'leadership,3,behaviour,L3.1,"Leaders talk about safety, every week",Ask five people'
VISITS = "Leadership,3,KPI,L3-K1,Visits of leaders in a quarter,Count the visits"
AUDIT = "audit,4,kpi,A4-K1,Findings closed in time,"


@pytest.fixture
def edition() -> Edition:
    make.shipped("2017", "2019")
    Edition.objects.update(in_use_since=timezone.now())
    return Edition.objects.get(code="2019")


def written(folder: Path, *lines: str, name: str = "standards.csv") -> str:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def load(path: str, code: str = "2019") -> str:
    out = io.StringIO()
    call_command("load_standards", code, path, stdout=out)
    return out.getvalue()


def refusal_of(path: str, code: str = "2019") -> str:
    with pytest.raises(CommandError) as refused:
        call_command("load_standards", code, path)
    return str(refused.value)


def standing() -> list[tuple[str, int, str, int, str, str, str]]:
    columns = ("theme__identity", "level__number", "kind", "number", "reference", "text", "how_tested")
    return list(Standard.objects.order_by("theme__number", "level__number", "kind", "number").values_list(*columns))


def test_standards_are_loaded_into_an_edition_in_use_and_again_change_nothing(edition: Edition, tmp_path: Path) -> None:
    path = written(tmp_path, HEADINGS, LEADERSHIP, AUDIT, VISITS)
    assert load(path) == (
        "Standards of edition 2019 (Self-assurance template, 2019): 3 added, 0 changed, 0 removed, 0 unchanged.\n"
    )
    assert standing() == [
        ("leadership", 3, "behaviour", 1, "L3.1", "Leaders talk about safety, every week", "Ask five people"),
        ("leadership", 3, "kpi", 1, "L3-K1", "Visits of leaders in a quarter", "Count the visits"),
        ("audit", 4, "kpi", 1, "A4-K1", "Findings closed in time", ""),
    ]
    assert set(Standard.objects.values_list("theme__edition", flat=True)) == {edition.pk}
    assert load(path).endswith("0 added, 0 changed, 0 removed, 3 unchanged.\n")
    assert [entry.detail["added"] for entry in TrailEntry.objects.filter(act="edition.standards_loaded")] == [3]


@pytest.mark.usefixtures("edition")
def test_a_workbook_says_the_same_as_a_csv(tmp_path: Path) -> None:
    load(written(tmp_path, HEADINGS, LEADERSHIP, VISITS))
    from_csv = standing()
    Standard.objects.all().delete()
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Standards"
    sheet.append(HEADINGS.split(","))
    sheet.append(["leadership", 3, "behaviour", "L3.1", "Leaders talk about safety, every week", "Ask five people"])
    sheet.append(VISITS.split(","))
    book.save(tmp_path / "standards.xlsx")
    load(str(tmp_path / "standards.xlsx"))
    assert standing() == from_csv


@pytest.mark.usefixtures("edition")
def test_every_fault_is_named_with_line_and_column_and_how_to_mend_it_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADINGS,
        LEADERSHIP,
        "ledership,3,behaviour,X1,Text,",
        "wellbeing,3,behaviour,X2,Text,",
        "audit,9,measure,X3,,",
        "leadership,2,kpi,L3.1,Text,",
        ",,,,Text,",
        f"audit,1,kpi,{'r' * 41},{'t' * 4001},",
    )
    said = refusal_of(path).splitlines()
    assert said == [
        f"{path}, line 3, column Theme: The edition has no theme “ledership”. Did you mean “leadership”?",
        f"{path}, line 4, column Theme: “wellbeing” is not scored in this edition, so no level of it can be tested. "
        "Remove the line.",
        f"{path}, line 5, column Level: “9” is no level of this edition. Write one of the numbers 1, 2, 3, 4, 5.",
        f"{path}, line 5, column Kind: “measure” is neither. Write “behaviour” for a behavioural standard or “KPI” for "
        "an indicator.",
        f"{path}, line 5, column Text: This is empty. Write it, or remove the line.",
        f"{path}, line 6, column Reference: “L3.1” stands in line 2 already for this theme. Give one of the two "
        "another reference.",
        f"{path}, line 7, column Theme: This is empty. Write the theme’s identity, such as leadership, or its name.",
        f"{path}, line 7, column Level: This is empty. Write one of the numbers 1, 2, 3, 4, 5.",
        f"{path}, line 7, column Kind: This is empty. Write “behaviour” for a behavioural standard or “KPI” for an "
        "indicator.",
        f"{path}, line 7, column Reference: This is empty. Write it, or remove the line.",
        f"{path}, line 8, column Reference: This has 41 characters. Shorten it to 40.",
        f"{path}, line 8, column Text: This has 4,001 characters. Shorten it to 4,000.",
        "Nothing was loaded.",
    ]
    assert standing() == []


@pytest.mark.usefixtures("edition")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Theme,Level,Reference", "leadership,3,L1"], "The file has no columns Kind, Text (found: Theme, Level"),
        ([HEADINGS], "The file has no standards below its headings."),
        ([f"{HEADINGS},Text", LEADERSHIP], "The column Text is there twice. Line 1."),
        ([HEADINGS, 'leadership,3,kpi,"L1,Text,'], "a quotation mark is not closed. Mend that line."),
    ],
)
def test_what_is_no_such_file_is_refused_whole(lines: list[str], said: str, tmp_path: Path) -> None:
    assert said in refusal_of(written(tmp_path, *lines))
    assert standing() == []


@pytest.mark.usefixtures("edition")
def test_a_file_or_an_edition_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "There is no such file." in refusal_of(str(tmp_path / "missing.csv"))
    path = written(tmp_path, HEADINGS, LEADERSHIP)
    assert refusal_of(path, "2031") == "There is no edition “2031”. Loaded are: 2017, 2019."


@pytest.mark.usefixtures("edition")
def test_another_file_replaces_what_no_audit_has_on_its_list(tmp_path: Path) -> None:
    load(written(tmp_path, HEADINGS, LEADERSHIP, "leadership,3,behaviour,L3.2,Second,", AUDIT))
    kept = Standard.objects.get(reference="L3.2").pk
    changed = LEADERSHIP.replace("every week", "every day")
    said = load(written(tmp_path, HEADINGS, "leadership,3,behaviour,L3.2,Second,", changed, VISITS))
    assert said.endswith("1 added, 1 changed, 1 removed, 1 unchanged.\n")
    assert [(one[2], one[3], one[4]) for one in standing()] == [
        ("behaviour", 1, "L3.2"),
        ("behaviour", 2, "L3.1"),
        ("kpi", 1, "L3-K1"),
    ]
    assert Standard.objects.get(reference="L3.1").text == "Leaders talk about safety, every day"
    assert Standard.objects.get(reference="L3.2").pk == kept


def test_what_an_audit_has_on_its_list_stays_and_the_rest_of_the_file_too(edition: Edition, tmp_path: Path) -> None:
    load(written(tmp_path, HEADINGS, LEADERSHIP, VISITS))
    before = standing()
    auditor = make_person(Role.SHRMT)
    audit = make_audit(group=make_group(), by=auditor, state=AuditState.PLANNED, verdicts={"leadership": 3})
    assert audit.edition == edition
    for standard in Standard.objects.all():
        StandardTest.objects.create(verdict=audit.verdicts.get(), standard=standard)
    changed = written(tmp_path, HEADINGS, AUDIT, LEADERSHIP.replace("every week", "every day"))
    assert refusal_of(changed).splitlines() == [
        f"{changed}: “L3-K1” is on the list of an audit, so it (theme leadership) cannot be taken away. Put its line "
        "back into the file.",
        f"{changed}, line 3, column Text: “L3.1” is on the list of an audit, so it stays as it was. Put its old words "
        "back, and give the new ones a reference of their own.",
        "Nothing was loaded.",
    ]
    assert standing() == before
    more = written(tmp_path, HEADINGS, "leadership,3,behaviour,L3.0,First,", LEADERSHIP, VISITS)
    assert load(more).endswith("1 added, 0 changed, 0 removed, 2 unchanged.\n")
    assert [one[4] for one in standing()] == ["L3.0", "L3.1", "L3-K1"]


@pytest.mark.usefixtures("edition")
def test_what_is_exported_is_what_was_loaded_also_where_a_text_looks_like_a_formula(tmp_path: Path) -> None:
    load(written(tmp_path, HEADINGS, "leadership,3,kpi,K1,=1+1 is counted,-2", AUDIT))
    before = standing()
    out = io.StringIO()
    call_command("export_standards", "2019", stdout=out)
    assert "'=1+1 is counted" in out.getvalue()
    Standard.objects.all().delete()
    path = tmp_path / "exported.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    load(str(path))
    assert standing() == before


def test_another_wording_of_an_edition_keeps_its_standards_or_is_refused(edition: Edition, tmp_path: Path) -> None:
    Edition.objects.update(in_use_since=None)
    load(written(tmp_path, HEADINGS, LEADERSHIP, AUDIT))
    before = standing()
    shipped = (make.FIXTURES / "maturity-2019.toml").read_text(encoding="utf-8")
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(shipped.replace('name = "Self-assurance template, 2019"', 'name = "Other words"'), "utf-8")
    call_command("load_model", str(renamed), stdout=io.StringIO())
    edition.refresh_from_db()
    assert edition.name == "Other words"
    assert standing() == before
    without = tmp_path / "without.toml"
    without.write_text(shipped.replace('identity = "leadership"', 'identity = "leading"'), "utf-8")
    with pytest.raises(CommandError, match=r"Standard L3\.1 is for level 3 of the theme “leadership”"):
        call_command("load_model", str(without))
    assert standing() == before
