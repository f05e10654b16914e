"""The trail's pages: who reads what of it, found by person, unit, thing, act and period, and taken away as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home import trail_reading
from organisation.models import Unit, User
from organisation.roles import Role
from records.models import IdentityKind, TrailEntry
from records.services import trail
from tests.factories import actions, assurance
from tests.factories.organisation import appoint, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(make_person(Role.HEAD))
    return client


def shown(client: Client, **asked: Any) -> list[str]:
    response = client.get(reverse("trail"), asked)
    assert response.status_code == 200
    return [line.did for line in response.context["page"].lines]


def record(
    act: str, thing: object = None, *, by: User | None = None, at: datetime = AT, **detail: object
) -> TrailEntry:
    return trail.record(act=act, thing=thing, by=by, at=at, **detail)  # type: ignore[arg-type]  # any model will do


def test_an_entry_reads_as_a_sentence_with_who_when_and_from_where(head: Client) -> None:
    with trail.from_address("192.0.2.7"):
        record("unit.renamed", make_unit("Kiln Hill"), by=make_user(name="Robin Vale"), was="Kiln")
    page = head.get(reverse("trail")).content.decode()
    for text in ("Renamed Kiln Hill", "Robin Vale", "192.0.2.7", "1 May 2026 at 10:30am", "<dt>Was</dt><dd>Kiln</dd>"):
        assert text in page


def test_an_erased_name_is_said_to_be_erased(head: Client) -> None:
    somebody = make_user(name="Robin Vale")
    entry = record("unit.renamed", make_unit(), by=somebody)
    trail.erase(actor=somebody, kinds=[IdentityKind.NAME], up_to=entry.pk, by=None, at=AT)
    page = head.get(reverse("trail"), {"act": "unit.renamed"}).content.decode()
    assert "(erased)" in page
    assert f"Account {somebody.pk}" in page


def test_the_newest_comes_first_and_pages_meet_without_a_gap(head: Client) -> None:
    unit = make_unit()
    entries = [record("unit.renamed", unit, at=AT + timedelta(minutes=number // 3)) for number in range(120)]
    newest_first = [entry.pk for entry in reversed(entries)]
    first = head.get(reverse("trail")).context["page"]
    second = head.get(reverse("trail"), {"before": first.older}).context["page"]
    third = head.get(reverse("trail"), {"before": second.older}).context["page"]
    assert [line.number for one in (first, second, third) for line in one.lines] == newest_first
    assert (first.newer, third.older) == (None, None)
    back = head.get(reverse("trail"), {"after": third.newer}).context["page"]
    assert [line.number for line in back.lines] == [line.number for line in second.lines]
    top = head.get(reverse("trail"), {"after": back.newer}).context["page"]
    assert [line.number for line in top.lines] == [line.number for line in first.lines]
    assert top.newer is None


def test_it_is_found_by_person_by_act_by_thing_and_by_day(head: Client) -> None:
    robin, kim = make_user("robin@example.org", name="Robin Vale"), make_user(name="Kim Moor")
    here, there = make_unit("Kiln Hill"), make_unit("Moor Lane")
    record("unit.renamed", here, by=robin)
    record("unit.moved", there, by=kim, at=AT + timedelta(days=1))
    record("account.closed", robin, by=kim, at=AT + timedelta(days=2))
    renamed, moved = "renamed Kiln Hill", "moved Moor Lane to another business group"
    closed = f"closed account {robin.pk} (Robin Vale)"
    assert shown(head, person="robin vale") == [closed, renamed]
    assert shown(head, person="ROBIN@example.org") == [closed, renamed]
    assert shown(head, person=f"account {kim.pk}") == [closed, moved]
    assert shown(head, act="unit.moved") == [moved]
    assert shown(head, act="unit.") == [moved, renamed]
    assert shown(head, called="kiln") == [renamed]
    assert shown(head, thing=f"organisation.Unit-{there.pk}") == [moved]
    assert shown(head, since="2 5 2026", until="2 5 2026") == [moved]
    assert shown(head, until="1 5 2026") == [renamed]
    assert shown(head, person="robin vale", act="unit.moved") == []


def test_a_day_is_londons(head: Client) -> None:
    record("unit.renamed", make_unit("Late"), at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert shown(head, since="1 7 2026", until="1 7 2026") == ["renamed Late"]
    assert shown(head, since="30 6 2026", until="30 6 2026") == []


def test_a_units_entries_are_found_in_every_room(head: Client) -> None:
    assurance.shipped_edition()
    unit, other = make_unit("Kiln Hill"), make_unit("Moor Lane")
    spoc = make_user()
    expected = set()
    for one in (unit, other):
        signed = assurance.sign(assurance.complete(assurance.fill(assurance.make_statement(one))))
        action = actions.make_action(one, by=spoc)
        things = [
            one,
            one.memberships.get(),
            appoint(spoc, Role.SPOC, one),
            signed,
            signed.statement,
            signed.entries.first(),
            assurance.propose_redaction(signed),
            action,
            assurance.ask(one),
            assurance.make_adviser(one),
        ]
        made = {record("unit.changed", thing, by=spoc).pk for thing in things}
        if one == unit:
            expected = made
    record("actions.downloaded", spoc, by=spoc)
    lines = head.get(reverse("trail"), {"unit": unit.slug, "act": "unit.changed"}).context["page"].lines
    assert {line.number for line in lines} == expected


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"person": "nobody at all"}, "No account fits “nobody at all”."),
        ({"since": "31 2 2026"}, "There is no “31 2 2026” in the calendar."),
        ({"since": "2 5 2026", "until": "1 5 2026"}, "The last day is before the first, 2 May 2026."),
        ({"act": "no.such_act"}, "no.such_act"),
        ({"thing": "nothing"}, "names no thing"),
    ],
)
def test_what_cannot_be_looked_for_is_said_and_kept(head: Client, asked: dict[str, str], problem: str) -> None:
    for name in ("trail", "trail_csv"):
        response = head.get(reverse(name), asked)
        assert response.status_code == 422
        page = response.content.decode()
        assert problem in page
        assert "There is a problem" in page


def test_too_many_accounts_are_not_looked_through(head: Client) -> None:
    for _ in range(101):
        make_user(name="Same Name")
    assert "Write more of the name" in head.get(reverse("trail"), {"person": "same"}).content.decode()


def test_an_administrator_reads_sign_ins_and_nothing_else(client: Client) -> None:
    administrator = make_person(Role.ADMINISTRATOR)
    record("account.signed_in", administrator, by=administrator)
    record("unit.renamed", make_unit("Kiln Hill"), by=administrator)
    client.force_login(administrator)
    page = client.get(reverse("trail")).content.decode()
    assert "Signed in" in page
    assert "Kiln Hill" not in page
    rows = taken(client)
    assert {row["Act"] for row in rows} == {"account.signed_in"}
    assert client.get(reverse("trail"), {"act": "unit.renamed"}).status_code == 422
    assert "Kiln Hill" not in client.get(reverse("trail"), {"called": "Kiln", "unit": "kiln-hill"}).content.decode()


# --- As a file ----------------------------------------------------------------------------------------------------


def taken(client: Client, **asked: Any) -> list[dict[str, str]]:
    """Take the file away, once the chain covers what was recorded: a test's own transaction never ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    response = client.get(reverse("trail_csv"), asked)
    assert response.status_code == 200
    assert isinstance(response, StreamingHttpResponse)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_file_holds_every_page_of_what_is_shown(head: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_reading, "AT_A_TIME", 7)
    unit, by = make_unit("Kiln Hill"), make_user(name="Robin Vale")
    entries = [record("unit.renamed", unit, by=by, at=AT + timedelta(minutes=number // 4)) for number in range(60)]
    record("unit.moved", unit, by=by)
    rows = taken(head, act="unit.renamed")
    assert [int(row["Number"]) for row in rows] == [entry.pk for entry in entries]
    assert rows[0]["Time (UTC)"] == "2026-05-01T09:30:00.000000Z"
    assert (rows[0]["Who"], rows[0]["What was done"]) == ("Robin Vale", "renamed Kiln Hill")
    digests = dict(TrailEntry.objects.values_list("pk", "link__digest"))
    assert [row["Digest"] for row in rows] == [digests[entry.pk] for entry in entries]


def test_no_cell_of_the_file_runs_as_a_formula(head: Client) -> None:
    unit = make_unit("=cmd|' /C calc'!A0")
    record("unit.renamed", unit, by=make_user(name="@SUM(1)"))
    [row] = taken(head, act="unit.renamed")
    assert row["Thing"] == "'=cmd|' /C calc'!A0"
    assert row["Who"] == "'@SUM(1)"


def test_taking_it_away_is_in_the_trail_and_a_look_at_the_headers_is_not(head: Client) -> None:
    somebody = make_user(name="Robin Vale")
    record("unit.renamed", make_unit("Kiln Hill"), by=somebody)
    assert head.head(reverse("trail_csv")).status_code == 200
    assert not TrailEntry.objects.filter(act="trail.exported").exists()
    rows = taken(head, person="Robin Vale", called="kiln", since="1 5 2026")
    assert len(rows) == 1
    entry = TrailEntry.objects.get(act="trail.exported")
    assert entry.detail["chosen"] == {"accounts": [somebody.pk], "by_words_in_its_name": True, "since": "2026-05-01"}
    assert "Robin" not in str(entry.detail)


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_a_page_costs_the_same_however_much_it_shows(head: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            shown(head)
        return len(captured)

    by = make_user()
    record("account.closed", make_user(), by=by)
    record("appointment.made", appoint(by, Role.SPOC, make_unit()), by=by)
    queries()  # the first page of a session asks for more
    few = queries()
    for _ in range(20):
        record("account.closed", make_user(), by=by)
        record("appointment.made", appoint(by, Role.SPOC, Unit.objects.first()), by=by)
    assert queries() == few
    assert few <= 15
