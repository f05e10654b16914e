"""Many appointments from a file: read from CSV and XLSX, previewed line by line, applied as a whole and once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation import appointment_files
from organisation.appointment_files import COLUMNS, read
from organisation.models import Appointment, AppointmentFile, Unit, User
from organisation.roles import Role
from organisation.services import appointments
from records.models import TrailEntry
from records.spreadsheets import Unreadable
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ROW = ("a@example.org", "Anne", "SPOC", "Harbour OCU", "", "1 12 2026", "", "")


def as_csv(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([columns, *rows])
    return out.getvalue().encode()


def as_xlsx(*rows: tuple[Any, ...], sheet: str = "Appointments") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in (COLUMNS, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- Reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        as_csv(ROW),
        as_csv(ROW, delimiter=";"),
        as_csv(ROW, delimiter="\t"),
        b"\xef\xbb\xbf" + as_csv(ROW),
        as_csv(tuple(f" {cell} " for cell in ROW), columns=tuple(name.upper() for name in COLUMNS)),
        as_csv((*ROW, "a note"), columns=(*COLUMNS, "Notes")),
        as_xlsx(ROW),
        as_xlsx(ROW, sheet="Sheet1"),
    ],
)
def test_a_line_reads_the_same_from_every_kind_of_file(content: bytes) -> None:
    (line,) = read(content)
    assert line.as_json() == [2, *ROW]


def test_days_of_a_workbook_and_texts_kept_from_being_formulas_read_as_what_they_are() -> None:
    (line,) = read(as_xlsx(("a@example.org", "'=Anne", "SPOC", "Harbour OCU", "", date(2026, 12, 1), None, None)))
    assert (line.name, line.starts_on, line.ends_on) == ("=Anne", "2026-12-01", "")


def test_a_file_saved_by_excel_on_windows_keeps_its_letters() -> None:
    (line,) = read(as_csv(ROW).replace(b"Anne", b"Ren\xe9e"))
    assert line.name == "Renée"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no columns"),
        (as_csv(), "no appointments below"),
        (as_csv(("", "", "", "", "", "", "")), "no appointments below"),
        (as_csv(ROW, columns=("E-mail", *COLUMNS[1:])), "no column E-mail address .found: E-mail, Name"),
        (as_csv((*ROW, "x"), columns=(*COLUMNS, "role")), "column Role is there twice"),
        (as_csv(*[ROW] * 201), "more than 200 appointments"),
        (as_csv((ROW[0], "x" * 301, *ROW[2:])), "Line 2, Name: the text is longer"),
        (as_csv(ROW) + b'"never closed', "Line 3 cannot be read"),
        (b"\x00\x01\x02\x03", "neither a workbook"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "older .xls"),
        (as_xlsx(("=1+1", *ROW[1:])), "A2: This cell holds a formula"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(content)


def test_the_empty_files_have_the_columns_and_list_what_to_write() -> None:
    assert appointment_files.empty_csv().decode("utf-8-sig").strip() == ",".join(f'"{name}"' for name in COLUMNS)
    content = appointment_files.empty_workbook(roles=["SPOC"], units=["=1+1", "Harbour"], groups=[])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book["Appointments"][1]] == list(COLUMNS)
    lists = book["What to write"]
    assert (lists["B2"].value, lists["B2"].data_type, lists["B3"].value) == ("=1+1", "s", "Harbour")


# --- Previewing and applying --------------------------------------------------------------------------------------


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU", group=make_group("Frontline"))


@pytest.fixture
def first() -> str:
    """Tomorrow, as somebody types it."""
    day = timezone.localdate() + DAY
    return f"{day.day} {day.month} {day.year}"


Upload = Callable[..., Any]


@pytest.fixture
def upload(client: Client) -> Upload:
    def send(*rows: tuple[str, ...]) -> Any:
        sent = SimpleUploadedFile("list.csv", as_csv(*rows))
        return client.post(reverse("import_appointments"), {"file": sent}, follow=True)

    return send


def apply(client: Client, page: Any, **more: str) -> Any:
    file = page.context["file"]
    address = reverse("import_appointments_apply", args=[file.token])
    return client.post(address, {"seen": page.context["seen"]} | more, follow=True)


def verdicts(page: Any) -> list[str]:
    return [one.verdict.value for one in page.context["outcomes"]]


@pytest.mark.usefixtures("unit")
def test_what_was_previewed_is_done_once_and_as_a_whole(client: Client, upload: Upload, first: str) -> None:
    make_user("there@example.org", name="Bert")
    page = upload(
        ("new@example.org", "Anne", "SPOC", "harbour ocu", "", first, ""),
        ("there@example.org", "", "cog-lead", "", "frontline", first, "31/12/2027"),
        ("new@example.org", "Anne", "SLT lead", "harbour-ocu", "", first, ""),
    )
    assert verdicts(page) == ["Will be made"] * 3
    assert page.context["new_accounts"] == 1
    assert not Appointment.objects.filter(role__in=["spoc", "cog-lead"]).exists()  # nothing has been done yet
    assert not User.objects.filter(email="new@example.org").exists()
    done = apply(client, page, invite="on")
    assert "3 appointments made, 1 account made" in done.text
    new = User.objects.get(email="new@example.org")
    assert set(new.appointments.values_list("role", flat=True)) == {"spoc", "slt-lead"}
    assert Appointment.objects.get(role="cog-lead").ends_on == date(2027, 12, 31)
    assert TrailEntry.objects.filter(act="account.invited").get().thing_id == new.pk
    entry = TrailEntry.objects.get(act="appointment.imported")
    assert entry.detail == {"made": 3, "changed": 0, "handed_over": 0, "accounts": 1}
    assert "been applied already" in apply(client, page).text
    assert Appointment.objects.filter(person=new).count() == 2
    assert AppointmentFile.objects.get().lines == []  # it names nobody any more


def test_each_line_that_is_refused_says_where_and_why_and_nothing_can_be_applied(
    client: Client, administrator: User, unit: Unit, upload: Upload, first: str
) -> None:
    make_user("there@example.org", name="Bert")
    appoint(make_user("panel@example.org", name="Panel"), Role.PANEL_MEMBER)
    page = upload(
        ("good@example.org", "Good", "SPOC", unit.name, "", first, ""),
        ("no address", "X", "chief", "Nowhere", "None", "soon", ""),
        ("x@example.org", "", "SPOC", unit.name, "", first, ""),
        ("there@example.org", "Berta", "SPOC", unit.name, "", first, ""),
        ("panel@example.org", "", "SPOC", unit.name, "", first, ""),
        (administrator.email, "", "SPOC", unit.name, "", first, ""),
        ("good@example.org", "Good", "SPOC", unit.name, "", "1 1 2026", ""),
        ("good@example.org", "Good", "Head", unit.name, "", first, "1 1 2020"),
        ("good@example.org", "", "SPOC", "", "", first, ""),
    )
    said = [dict(one.said) for one in page.context["outcomes"]]
    assert verdicts(page) == ["Will be made", *["Refused"] * 8]
    assert said[1] == {
        "Role": "“chief” is no role. Write it as the list of roles has it.",
        "E-mail address": "“no address” is not an e-mail address.",
        "Unit": "There is no unit called “Nowhere”. Check its name.",
        "Business group": "There is no business group called “None”. Check its name.",
        "First day": "“soon” is not a date. Write the day, month and year, for example 31 3 2026.",
    }
    for number, words in enumerate(
        ["no account with this address", "is Bert’s", "audit panel", "Nobody appoints themselves", "already"], start=2
    ):
        assert words in said[number][""]
    assert said[7] == {"Unit": "This role is not to a unit. Leave it empty."}
    assert said[8] == {"Unit": "Write the unit."}
    response = apply(client, page)
    assert response.status_code == 422
    assert not User.objects.filter(email="good@example.org").exists()


def test_a_line_for_an_appointment_that_there_is_changes_its_last_day_or_nothing(
    client: Client, unit: Unit, upload: Upload, first: str
) -> None:
    person = make_user("there@example.org", name="Bert")
    start = timezone.localdate() + DAY
    held = appoint(person, Role.SPOC, unit, starts_on=start)
    page = upload(("there@example.org", "bert", "SPOC", unit.name, "", first, ""))
    assert verdicts(page) == ["Stands already"]
    assert "nothing to apply" in page.text
    page = upload(("there@example.org", "", "SPOC", unit.name, "", first, "31 12 2027"))
    assert verdicts(page) == ["Will be changed"]
    assert "Last day: 31 December 2027, instead of no end." in page.text
    apply(client, page)
    held.refresh_from_db()
    assert held.ends_on == date(2027, 12, 31)
    page = upload(("there@example.org", "", "SPOC", unit.name, "", first, ""))
    apply(client, page)
    held.refresh_from_db()
    assert held.ends_on is None
    acts = TrailEntry.objects.filter(thing_id=held.pk, act__startswith="appointment").exclude(act__endswith="imported")
    assert list(acts.values_list("act", flat=True)) == ["appointment.ended", "appointment.extended"]


def test_a_file_of_before_there_was_handing_over_still_reads() -> None:
    (line,) = read(as_csv(ROW[:-1], columns=COLUMNS[:-1]))
    assert line.takes_over_from == ""


def test_a_line_hands_over_what_somebody_else_holds_once(
    client: Client, unit: Unit, upload: Upload, first: str
) -> None:
    start = timezone.localdate() + DAY
    holder, heir = make_user("holder@example.org", name="Bert"), make_user("heir@example.org", name="Cora")
    held = appoint(holder, Role.SLT_LEAD, unit, ends_on=start + 90 * DAY)
    row = ("heir@example.org", "", "SLT-lead", unit.name, "", first, "", "holder@example.org")
    page = upload(row)
    assert verdicts(page) == ["Will be handed over"]
    assert "Bert holds it up to then" in page.text
    assert "1 handed over" in apply(client, page).text
    held.refresh_from_db()
    taken = heir.appointments.get()
    assert (held.ends_on, taken.starts_on, taken.ends_on) == (start - DAY, start, start + 90 * DAY)
    assert taken.follows == held
    assert TrailEntry.objects.filter(act="appointment.handed_over").count() == 1
    assert verdicts(upload(row)) == ["Stands already"]


def test_what_cannot_be_taken_over_is_refused_with_what_to_do(unit: Unit, upload: Upload, first: str) -> None:
    make_user("holder@example.org", name="Bert")
    appoint(make_user("lead@example.org", name="Dora"), Role.SPOC, unit)
    ours = ("heir@example.org", "Cora", "SPOC", unit.name, "", first)
    page = upload(
        (*ours, "", "nobody@example.org"),
        (*ours, "", "holder@example.org"),
        (*ours, "31 12 2027", "lead@example.org"),
        (*ours, "", "Bert"),
    )
    assert verdicts(page) == ["Refused"] * 4
    said = [dict(one.said) for one in page.context["outcomes"]]
    assert "no account nobody@example.org" in said[0][""]
    assert "Bert holds no such appointment" in said[1][""]
    assert "handed over with the last day that it has: no end" in said[2][""]
    assert "e-mail address" in said[3]["Takes over from"]


def test_what_has_changed_since_the_preview_is_shown_again_and_not_done(
    client: Client, administrator: User, unit: Unit, upload: Upload, first: str
) -> None:
    person = make_user("there@example.org", name="Bert")
    page = upload(("there@example.org", "", "SPOC", unit.name, "", first, ""))
    start = timezone.localdate() + DAY
    appointments.make(
        person=person, role=Role.SPOC, unit=unit, starts_on=start, by=administrator, at=timezone.now()
    )  # a colleague was faster
    response = apply(client, page)
    assert response.status_code == 409
    assert verdicts(response) == ["Stands already"]
    assert person.appointments.count() == 1


def test_a_name_that_two_units_have_is_refused_and_the_word_in_the_address_is_not(
    unit: Unit, upload: Upload, first: str
) -> None:
    other = make_unit("Harbour OCU (old)")
    Unit.objects.filter(pk=other.pk).update(name=unit.name)
    page = upload(("a@example.org", "Anne", "SPOC", unit.name, "", first, ""))
    assert "Several units are called “Harbour OCU”. Write harbour-ocu or harbour-ocu-old instead." in page.text
    assert verdicts(upload(("a@example.org", "Anne", "SPOC", other.slug, "", first, ""))) == ["Will be made"]


@pytest.mark.usefixtures("unit")
def test_a_file_that_is_not_applied_is_forgotten_with_the_next_one(client: Client, upload: Upload, first: str) -> None:
    page = upload(("a@example.org", "Anne", "SPOC", "Harbour OCU", "", first, ""))
    upload(("b@example.org", "Bert", "SPOC", "Harbour OCU", "", first, ""))
    assert AppointmentFile.objects.count() == 1
    assert apply(client, page).status_code == 404


def test_a_file_at_fault_is_refused_on_the_page_and_none_at_all_too(client: Client, upload: Upload) -> None:
    assert "Choose the file" in client.post(reverse("import_appointments")).text
    page = upload()
    assert page.status_code == 422
    assert "no appointments below its headings" in page.text


def test_the_empty_files_can_be_taken(client: Client, unit: Unit) -> None:
    response = client.get(reverse("import_appointments_file", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert unit.name in {cell.value for cell in book["What to write"]["B"]}
    assert client.get(reverse("import_appointments_file", args=["csv"])).status_code == 200
    assert client.get(reverse("import_appointments_file", args=["ods"])).status_code == 404
