"""Investigations of SHRMT, and the learning that units acknowledge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisation.models import User
from organisation.roles import Role
from organisation.versioned import stamp
from records.edits import Edit
from records.models import Notice
from risks.models import Investigation, InvestigationState, LearningShare, UnitLearning
from risks.rules import Refused
from risks.services import investigations as services
from tests.factories import risks
from tests.factories.organisation import appoint, make_group, make_person, make_unit

pytestmark = pytest.mark.django_db
LIST, LEARNING = "/board/investigations/", "/board/learning/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- Investigations ---------------------------------------------------------------------------------------------------


def test_an_investigation_is_commissioned_completed_and_its_learning_shared() -> None:
    by, head, now, today = make_person(Role.SHRMT), make_person(Role.HEAD), timezone.now(), timezone.localdate()
    one = risks.make_investigation(findings="", by=by)
    assert one.state is InvestigationState.COMMISSIONED
    with pytest.raises(Refused, match="Nobody has written yet what was found"):
        services.complete(investigation=one, completed_on=today, by=head, at=now)
    services.change(investigation=one, edits={"findings": Edit(0, "It had no light.")}, by=by, at=now)
    for day, words in (
        (today + timedelta(days=1), "in the future"),
        (today - timedelta(days=1), "not completed before"),
    ):
        with pytest.raises(Refused, match=words):
            services.complete(investigation=one, completed_on=day, by=head, at=now)
    with pytest.raises(Refused, match="is not completed"):
        services.share(investigation=one, groups=[], units=[make_unit()], by=head, at=now)
    done = services.complete(investigation=one, completed_on=today, by=head, at=now)
    assert done.state is InvestigationState.COMPLETED
    with pytest.raises(Refused, match=r"completed on .* already"):
        services.complete(investigation=one, completed_on=today, by=head, at=now)
    with pytest.raises(Refused, match="so what it says stays"):
        services.change(investigation=one, edits={"findings": Edit(1, "Another.")}, by=by, at=now)
    risks.make_share(make_unit(), investigation=one)
    assert Investigation.objects.get().state is InvestigationState.SHARED
    [earlier] = (
        apps.get_model("risks", "InvestigationEvent")
        .objects.filter(completed_on=None)
        .order_by("pgh_id")
        .values_list("findings")[:1]
    )
    assert earlier == ("",)  # what stood before it was written


def test_days_that_cannot_be_are_refused() -> None:
    by, now, today = make_person(Role.SHRMT), timezone.now(), timezone.localdate()
    one = risks.make_investigation()
    with pytest.raises(Refused, match="of that title into an event of that day already"):
        risks.make_investigation()
    for name, day, words in (
        ("event_on", today + timedelta(days=1), "in the future"),
        ("commissioned_on", today - timedelta(days=1), "investigated before that"),
    ):
        with pytest.raises(Refused, match=words):
            services.change(investigation=one, edits={name: Edit(0, day)}, by=by, at=now)


def test_a_reopened_investigation_is_written_again_and_what_was_shared_stays() -> None:
    head, now, unit = make_person(Role.HEAD), timezone.now(), make_unit()
    one = risks.make_investigation()
    with pytest.raises(Refused, match="nothing to reopen"):
        services.reopen(investigation=one, because="So.", by=head, at=now)
    first = risks.make_share(unit, investigation=risks.complete(one))
    with pytest.raises(Refused, match="shared with all of these units already"):
        risks.make_share(unit, investigation=one)
    services.reopen(investigation=one, because="It was another barrier.", by=head, at=now)
    services.change(investigation=one, edits={"learning": Edit(0, "Light it.")}, by=head, at=now)
    second = risks.make_share(unit, investigation=risks.complete(one))
    first.refresh_from_db()
    assert (first.text, second.text) == ("Look before you lower it.", "Light it.")


def test_two_people_who_write_at_once_both_keep_their_texts() -> None:
    one, shrmt = risks.make_investigation(theme=""), make_person(Role.SHRMT)
    values = {
        "title": one.title,
        "event_on": one.event_on.isoformat(),
        "unit_id": "",
        "group_id": "",
        "happened": one.happened,
        "commissioned_on": one.commissioned_on.isoformat(),
        "commissioned_by": one.commissioned_by,
        "findings": one.findings,
        "learning": one.learning,
        "theme": "",
    }
    shown: dict[str, Any] = {**values, "unit_id": None, "group_id": None}
    sent = values | {f"{name}-version": stamp(0, value) for name, value in shown.items()}
    theirs = {"findings": Edit(0, "Theirs."), "group_id": Edit(0, make_group("River Group").pk)}
    services.change(investigation=one, edits=theirs, by=make_person(Role.HEAD), at=timezone.now())
    address = f"{LIST}{one.pk}/edit/"
    group = make_group("Road Group")
    answer = client_of(shrmt).post(address, sent | {"findings": "Mine.", "learning": "New.", "group_id": str(group.pk)})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs." in page
    assert "Mine." in page
    assert page.count("River Group") > 1  # said beside the other, and offered
    one.refresh_from_db()
    assert (one.findings, one.learning) == ("Theirs.", "New.")


def test_earlier_texts_and_who_wrote_them_are_told() -> None:
    group, shrmt = make_group("River Group"), client_of(make_person(Role.SHRMT))
    one, head = risks.make_investigation(theme=""), client_of(make_person(Role.HEAD))
    form = shrmt.get(f"{LIST}{one.pk}/edit/").context["form"]
    sent = {name: "" if form[name].value() is None else str(form[name].value()) for name in form.fields}
    changed = sent | {"group_id": str(group.pk), "findings": "Somebody had parked before the barrier."}
    assert shrmt.post(f"{LIST}{one.pk}/edit/", changed).status_code == 302
    today = str(timezone.localdate())
    assert head.post(f"{LIST}{one.pk}/complete/", {"completed_on": today}).status_code == 302
    assert head.post(f"{LIST}{one.pk}/reopen/", {"because": "It was another barrier."}).status_code == 302
    page = head.get(f"{LIST}{one.pk}/").content.decode()
    told = page.partition("What became of it")[2]
    for words in ("reopened the investigation", "It was another barrier.", "River Group", "Nobody", "completed the"):
        assert words in told
    assert told.index("reopened the") < told.index("completed the") < told.index("entered the investigation")
    assert "Safety and Health Risk Management Team (SHRMT) adviser and auditor" in told  # the name of who changed it


def test_what_the_database_does_not_let_happen_to_investigations() -> None:
    one = risks.complete(risks.make_investigation())
    share = risks.make_share(make_unit(), investigation=one)
    answer = share.units.get()
    services.acknowledge(answer=answer, note="", by=make_person(Role.SLT_LEAD), at=timezone.now())
    for act in (
        lambda: Investigation.objects.update(findings="Another."),
        lambda: Investigation.objects.all().delete(),
        lambda: LearningShare.objects.update(text="Another."),
        lambda: UnitLearning.objects.update(note="Another."),
        lambda: UnitLearning.objects.update(unit=make_unit()),
    ):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            act()
    other = risks.make_investigation(title="Another", findings="")
    with pytest.raises(IntegrityError, match="a_completed_investigation_has_findings"), transaction.atomic():
        Investigation.objects.filter(pk=other.pk).update(completed_on=timezone.localdate())
    with pytest.raises(IntegrityError, match="learning_is_shared_once_with_a_unit"), transaction.atomic():
        UnitLearning.objects.create(share=share, unit=answer.unit)


# --- Learning ---------------------------------------------------------------------------------------------------------


def test_learning_goes_once_to_each_unit_that_exists_today() -> None:
    group, head = make_group(), make_person(Role.HEAD)
    yesterday = timezone.localdate() - timedelta(days=1)
    first, second = make_unit("First", group=group), make_unit("Second", group=group)
    make_unit("Closed", group=group, closed_on=yesterday)
    closed = make_unit("Closed as well", closed_on=yesterday)
    elsewhere = make_unit("Elsewhere")
    one = risks.complete(risks.make_investigation())
    share = services.share(
        investigation=one, groups=[group], units=[first, elsewhere, closed], by=head, at=timezone.now()
    )
    assert [answer.unit.name for answer in share.units.all()] == ["Elsewhere", "First", "Second"]
    with pytest.raises(Refused, match="No unit exists today"):
        services.share(investigation=one, groups=[], units=[closed], by=head, at=timezone.now())
    third = make_unit("Third", group=group)
    again = services.share(investigation=one, groups=[group], units=[], by=head, at=timezone.now())
    assert [answer.unit for answer in again.units.all()] == [third]
    assert second not in [answer.unit for answer in again.units.all()]


def test_nothing_learnt_is_not_shared() -> None:
    one = risks.complete(risks.make_investigation(learning=""))
    with pytest.raises(Refused, match="Nobody has written what can be learnt"):
        risks.make_share(make_unit(), investigation=one)


def test_a_units_own_slt_lead_acknowledges_for_it_once() -> None:
    group = make_group()
    unit, other = make_unit("Ours", group=group), make_unit("Theirs", group=group)
    share = risks.make_share(unit, other)
    answer = share.units.get(unit=unit)
    address, page = f"{LEARNING}answers/{answer.pk}/acknowledge/", f"{LEARNING}{share.pk}/"
    lead, others_lead = make_person(Role.SLT_LEAD, unit), make_person(Role.SLT_LEAD, other)
    assert client_of(make_person(Role.SPOC, unit)).get(address).status_code == 404
    assert client_of(make_person(Role.SPOC, unit)).get(page).status_code == 404
    assert client_of(others_lead).get(address).status_code == 404
    refused = client_of(make_person(Role.COG_LEAD, group=group)).get(address)
    assert refused.status_code == 403
    assert "Only the unit’s own Senior Leadership Team (SLT) lead" in refused.content.decode()
    both = make_person(Role.SLT_LEAD, unit)
    appoint(both, Role.ADMINISTRATOR)
    assert client_of(both).get(address).status_code == 403
    client = client_of(lead)
    assert address in client.get(page).content.decode()
    assert "Theirs" not in client.get(page).content.decode()
    assert client.post(address, {"note": "Told at the briefing."}).status_code == 302
    answer.refresh_from_db()
    assert (answer.acknowledged_by, answer.note) == (lead, "Told at the briefing.")
    with pytest.raises(Refused, match="acknowledged this on"):
        services.acknowledge(answer=answer, note="", by=lead, at=timezone.now())
    assert client.post(address, {"note": ""}).status_code == 422
    listed = client_of(make_person(Role.SHRMT)).get(page).content.decode()
    assert "1 of 2 not yet." in listed
    waiting = client_of(make_person(Role.HEAD)).get(LEARNING).content.decode()
    assert "Not acknowledged yet (1)" in waiting
    assert "Theirs: " in waiting


def test_slt_leads_of_the_units_are_told_and_nobody_else() -> None:
    unit, other = make_unit("Ours"), make_unit("Theirs")
    lead, deputy = make_person(Role.SLT_LEAD, unit), make_person(Role.SLT_LEAD, unit)
    make_person(Role.SLT_LEAD, other)
    make_person(Role.SPOC, unit)
    share = risks.make_share(unit)
    assert {one.person for one in Notice.objects.all()} == {lead, deputy}
    assert Notice.objects.filter(person=lead).get().address == f"{LEARNING}{share.pk}/"
    services.acknowledge(answer=share.units.get(), note="", by=lead, at=timezone.now())
    assert not Notice.objects.filter(withdrawn_at=None).exists()


def test_learning_is_found_under_its_theme() -> None:
    first = risks.complete(risks.make_investigation(title="A barrier", theme="risk-management"))
    second = risks.complete(risks.make_investigation(title="A briefing", theme="communication"))
    for one in (first, second):
        risks.make_share(make_unit(), investigation=one)
    client = client_of(make_person(Role.COG_SUPPORT))
    everything = client.get(LEARNING).content.decode()
    assert "A barrier" in everything
    assert "A briefing" in everything
    of_theme = client.get(f"{LEARNING}?theme=communication").content.decode()
    assert "A barrier" not in of_theme
    assert "A briefing" in of_theme
    assert "A barrier" in client.get(f"{LEARNING}?theme=nonsense").content.decode()


def test_a_cog_lead_reads_investigations_of_their_group_and_support_reads_none() -> None:
    group = make_group()
    mine = risks.make_investigation(title="Ours", group=group)
    theirs = risks.make_investigation(title="Theirs", group=make_group())
    lead, support = make_person(Role.COG_LEAD, group=group), make_person(Role.COG_SUPPORT, group=group)
    listed = client_of(lead).get(LIST).content.decode()
    assert "Ours" in listed
    assert "Theirs" not in listed
    assert client_of(lead).get(f"{LIST}{theirs.pk}/").status_code == 404
    assert client_of(lead).get(f"{LIST}{mine.pk}/edit/").status_code == 403
    assert client_of(support).get(LIST).status_code == 404
    assert client_of(support).get(f"{LIST}{mine.pk}/").status_code == 404
    shrmt = client_of(make_person(Role.SHRMT))
    assert shrmt.get(f"{LIST}{mine.pk}/edit/").status_code == 200
    assert shrmt.get(f"{LIST}{mine.pk}/complete/").status_code == 403
    head = client_of(make_person(Role.HEAD))
    assert head.post(f"{LIST}{mine.pk}/complete/", {"completed_on": str(timezone.localdate())}).status_code == 302
    unit = make_unit()
    assert head.post(f"{LIST}{mine.pk}/share/", {}).status_code == 422
    assert head.post(f"{LIST}{mine.pk}/share/", {"units": [str(unit.pk)]}).status_code == 302
    assert "0 of 1 unit acknowledged it" in head.get(f"{LIST}{mine.pk}/").content.decode()


def test_the_queries_do_not_grow_with_investigations_and_units() -> None:
    client, numbers = client_of(make_person(Role.HEAD)), []
    one = risks.complete(risks.make_investigation())
    for number in range(2):
        share = risks.make_share(*(make_unit() for _ in range(2 + 6 * number)), investigation=one)
        for more in range(1 + 4 * number):
            risks.make_investigation(title=f"Another {number} {more}", group=make_group())
        asked = {}
        for address in (LIST, LEARNING, f"{LEARNING}{share.pk}/", f"{LIST}{one.pk}/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            asked[address.replace(str(share.pk), "…")] = len(queries)
        numbers.append(asked)
    assert list(numbers[0].values()) == list(numbers[1].values())


def test_the_event_was_before_it_was_investigated() -> None:
    said: dict[str, Any] = {
        "title": "So",
        "event_on": date(2026, 3, 2),
        "happened": "It did.",
        "commissioned_on": date(2026, 3, 1),
    }
    by, now = make_person(Role.SHRMT), timezone.now()
    with pytest.raises(IntegrityError, match="an_investigation_follows_its_event"), transaction.atomic():
        Investigation.objects.create(**said, entered_by=by, entered_at=now, changed_by=by, changed_at=now)
