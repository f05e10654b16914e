"""Qualifications: which there are and who is to have them, what people hold; and the settings of the force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import ExpectedQualification, Force, Qualification, QualificationType, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_person, make_qualification, make_unit, make_user

pytestmark = pytest.mark.django_db

NAME = "NEBOSH National General Certificate"
DAY = timedelta(days=1)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_person(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def certificate() -> QualificationType:
    certificate = QualificationType.objects.create(code="certificate", name=NAME, level=3)
    ExpectedQualification.objects.create(role=Role.SPOC, type=certificate)
    return certificate


@pytest.fixture
def spoc() -> User:
    person = make_user(name="Anne")
    appoint(person, Role.SPOC, make_unit("Harbour OCU"))
    return person


def typed(day: date) -> str:
    return f"{day.day} {day.month} {day.year}"


def acts() -> list[str]:
    return list(TrailEntry.objects.filter(act__startswith="qualification").values_list("act", flat=True))


# --- Which there are ----------------------------------------------------------------------------------------------


def test_a_qualification_is_added_with_the_roles_that_are_to_have_it(client: Client) -> None:
    sent = {"name": NAME, "level": "3", "expected_of": ["spoc", "slt-lead"]}
    assert client.post(reverse("new_qualification"), sent).status_code == 302
    made = QualificationType.objects.get()
    assert (made.name, made.level, made.code) == (NAME, 3, "nebosh-national-general-certificate")
    edit = reverse("edit_qualification", args=[made.code])
    for _ in range(2):  # the second time changes nothing, and says nothing
        assert client.post(edit, sent | {"expected_of": ["spoc"]}).status_code == 302
    assert list(made.expected_of.values_list("role", flat=True)) == ["spoc"]
    assert acts() == ["qualification.type_made", "qualification.type_changed"]
    assert "Single point of contact" in client.get(reverse("qualifications")).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Write the name of the qualification."),
        ({"name": "???"}, "no letters or digits"),
        ({"name": NAME.upper()}, "There is a qualification of this name already."),
        ({"name": f"{NAME}!"}, "nearly the same"),
        ({"name": "Other", "level": "9"}, "The national scale ends with 8."),
        ({"name": "Other", "level": "three"}, "Write the level as a number"),
    ],
)
def test_a_qualification_that_cannot_be_added_is_refused(client: Client, sent: dict[str, str], said: str) -> None:
    QualificationType.objects.create(code="nebosh-national-general-certificate", name=NAME)
    response = client.post(reverse("new_qualification"), sent)
    assert response.status_code == 422
    assert said in response.text
    assert QualificationType.objects.count() == 1


# --- What people hold ---------------------------------------------------------------------------------------------


def test_what_is_expected_and_not_held_stands_on_the_persons_page(
    client: Client, certificate: QualificationType, spoc: User
) -> None:
    page = reverse("person", args=[spoc.pk])
    assert list(client.get(page).context["lacking"]) == [certificate]
    sent = {"type": "certificate", "status": "studying", "on": "1 9 2026"}
    assert client.post(reverse("record_qualification", args=[spoc.pk]), sent).status_code == 302
    assert list(client.get(page).context["lacking"]) == [certificate]
    line = Qualification.objects.get()
    edit = reverse("edit_held_qualification", args=[spoc.pk, line.pk])
    assert client.post(edit, {"status": "held", "on": "2 10 2026"}).status_code == 302
    assert list(client.get(page).context["lacking"]) == []
    yesterday = timezone.localdate() - DAY
    assert client.post(edit, {"status": "held", "on": "2 10 2026", "expires_on": typed(yesterday)}).status_code == 302
    assert list(client.get(page).context["lacking"]) == [certificate]  # it has run out
    assert acts() == ["qualification.recorded", "qualification.changed", "qualification.changed"]
    entry = TrailEntry.objects.filter(act="qualification.recorded").get()
    assert entry.detail["account"] == spoc.pk
    assert "Anne" not in f"{entry.thing_name}{entry.detail}"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"status": "held", "on": "1 1 2036"}, "cannot be after today"),
        ({"status": "held", "on": "1 5 2026", "expires_on": "1 4 2026"}, "run out before it was awarded"),
        ({"status": "studying", "on": "1 5 2026", "expires_on": "1 6 2026"}, "Only a qualification that is held"),
        ({"on": "1 5 2026"}, "Say how it stands."),
    ],
)
@pytest.mark.usefixtures("certificate")
def test_a_line_that_cannot_be_is_refused(client: Client, spoc: User, sent: dict[str, str], said: str) -> None:
    response = client.post(reverse("record_qualification", args=[spoc.pk]), {"type": "certificate"} | sent)
    assert response.status_code == 422
    assert said in response.text
    assert not Qualification.objects.exists()


def test_a_line_entered_by_mistake_is_removed_by_its_persons_page_only(client: Client, spoc: User) -> None:
    line = make_qualification(spoc)
    assert client.post(reverse("remove_held_qualification", args=[make_user().pk, line.pk])).status_code == 404
    assert client.post(reverse("remove_held_qualification", args=[spoc.pk, line.pk])).status_code == 302
    assert not Qualification.objects.exists()
    assert acts() == ["qualification.removed"]


# --- The force ----------------------------------------------------------------------------------------------------


def test_the_force_is_named_and_decides_who_may_sign(client: Client) -> None:
    days = {"slt_lead_told_after_days": "7", "cog_lead_told_after_days": "14", "review_within_days": "14"}
    sent = {"name": "Northmoor Police", "short_name": "Northmoor", **days}
    assert client.post(reverse("force_settings"), sent).status_code == 302  # there was none
    assert client.post(reverse("force_settings"), sent).status_code == 302
    assert client.post(reverse("force_settings"), sent | {"completer_may_sign": "on"}).status_code == 302
    assert client.post(reverse("force_settings"), {"name": "", "short_name": "x"}).status_code == 422
    force = Force.objects.get()
    assert (force.name, force.completer_may_sign) == ("Northmoor Police", True)
    details = list(TrailEntry.objects.filter(act="force.changed").values_list("detail__changed", flat=True))
    assert details == [
        ["name", "short_name", "completer_may_sign", "finaliser_may_publish", *days],
        ["completer_may_sign"],
    ]


def test_the_force_sets_when_somebody_further_up_is_told(client: Client) -> None:
    sent = {"name": "Northmoor Police", "short_name": "Northmoor"}
    days = {"slt_lead_told_after_days": "3", "cog_lead_told_after_days": "3", "review_within_days": "90"}
    assert client.post(reverse("force_settings"), sent | days).status_code == 302
    force = Force.objects.get()
    assert {name: str(getattr(force, name)) for name in days} == days
    client.force_login(make_person(Role.HEAD))
    page = client.get(reverse("force_settings")).content.decode()
    assert page.count("3 days after it was due, signed") == 2
    assert "within 90 days of the signature" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("slt_lead_told_after_days", "", "Write a whole number of days from 1 to 28."),
        ("slt_lead_told_after_days", "0", "Write a whole number of days from 1 to 28."),
        ("cog_lead_told_after_days", "29", "Write a whole number of days from 1 to 28."),
        ("cog_lead_told_after_days", "6", "The SLT lead is told after 7 days: write 7 or more"),
        ("review_within_days", "a week", "Write a whole number of days from 1 to 90."),
        ("review_within_days", "91", "Write a whole number of days from 1 to 90."),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(client: Client, field: str, typed: str, said: str) -> None:
    days = {"slt_lead_told_after_days": "7", "cog_lead_told_after_days": "14", "review_within_days": "14"}
    sent = {"name": "Northmoor Police", "short_name": "Northmoor", **days, field: typed}
    answer = client.post(reverse("force_settings"), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Force.objects.exists()
