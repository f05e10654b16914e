"""Importing a climate survey, putting a later file in its place, and taking either back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from assurance import climate
from assurance.climate_files import Filled
from assurance.models import ClimateResult, ClimateSurvey, ClimateUpload
from assurance.rules import Refused
from assurance.services import climate as services
from organisation.models import Unit, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.climate import FIRST, LAST, counted, make_survey
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

MANY, OTHERS, FEW = (2, 3, 5, 8, 4), (4, 3, 5, 8, 2), (1, 2, 0, 0, 3)


@pytest.fixture
def quay() -> Unit:
    return make_unit("Quay BCU")


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


def standing() -> list[ClimateSurvey]:
    return list(ClimateSurvey.objects.standing())


def test_a_survey_is_made_of_all_results_of_its_file(quay: Unit, adviser: User) -> None:
    survey = make_survey({(quay, "leadership"): MANY, (quay, "audit"): FEW}, by=adviser)
    assert standing() == [survey]
    assert services.results_of(survey) == {
        ("quay-bcu", "leadership"): counted(*MANY),
        ("quay-bcu", "audit"): climate.SUPPRESSED,
    }
    entry = TrailEntry.objects.get(act="climate-survey.imported")
    assert (entry.actor_id, entry.detail["results"], entry.detail["suppressed"]) == (adviser.pk, 2, 1)


@pytest.mark.usefixtures("quay")
def test_of_fewer_than_ten_no_table_has_a_number(adviser: User) -> None:
    filled = Filled({("quay-bcu", "audit"): counted(*FEW)})
    about = services.About("Safety climate 2026", FIRST, LAST, 5)
    upload = services.keep(about=about, filled=filled, name="few.csv", by=adviser, at=timezone.now())
    assert ClimateUpload.objects.get().results == [["quay-bcu", "audit", None, None, []]]
    services.apply(upload=upload, seen=services.preview(upload).digest, by=adviser, at=timezone.now())
    assert ClimateUpload.objects.get().results == []
    assert list(ClimateResult.objects.values_list("respondents", "mean", "answers")) == [(None, None, [])]


@pytest.mark.parametrize(
    "numbers",
    [
        {"respondents": 9, "mean": Decimal(3)},
        {"respondents": 9, "answers": [9, 0]},
        {"respondents": None, "mean": Decimal(3)},
        {"respondents": None, "answers": [3, 4]},
        {"respondents": 20},
        {"respondents": 20, "mean": Decimal(3), "answers": [10, 10]},
    ],
)
def test_the_database_refuses_the_numbers_of_a_few(quay: Unit, numbers: dict[str, object]) -> None:
    survey = make_survey({(quay, "leadership"): MANY})
    with pytest.raises(IntegrityError, match="fewer_than_ten_leave_no_number"), transaction.atomic():
        ClimateResult.objects.create(survey=survey, unit=quay, theme_identity="audit", **numbers)


def test_a_result_is_never_changed(quay: Unit) -> None:
    make_survey({(quay, "leadership"): MANY})
    with pytest.raises(InternalError, match="climate_results_stay"), transaction.atomic():
        ClimateResult.objects.update(respondents=99)


def test_a_later_file_of_the_same_name_takes_the_place_of_the_earlier_and_says_what_changes(
    quay: Unit, adviser: User
) -> None:
    first = make_survey({(quay, "leadership"): MANY, (quay, "audit"): MANY})
    about = services.About("SAFETY climate 2026", FIRST, LAST + timedelta(days=1), 5)
    filled = Filled({("quay-bcu", "leadership"): counted(*OTHERS), ("quay-bcu", "audit"): counted(*FEW)})
    upload = services.keep(about=about, filled=filled, name="b.csv", by=adviser, at=timezone.now())
    preview = services.preview(upload)
    assert preview.replaces == first
    assert preview.differences.changed == (("quay-bcu", "leadership"),)
    assert preview.differences.now_suppressed == (("quay-bcu", "audit"),)
    assert preview.says_otherwise == ("last day",)
    second = services.apply(upload=upload, seen=preview.digest, by=adviser, at=timezone.now())
    assert standing() == [second]
    assert (second.replaces, second.name) == (first, "Safety climate 2026")
    assert TrailEntry.objects.get(act="climate-survey.replaced").detail["replaces"] == first.pk


def test_withdrawing_an_import_lets_the_earlier_one_count_again(quay: Unit, adviser: User) -> None:
    first = make_survey({(quay, "leadership"): MANY})
    second = make_survey({(quay, "leadership"): OTHERS})
    again = services.withdraw(survey=second, because="The wrong file", by=adviser, at=timezone.now())
    assert again == first
    assert standing() == [first]
    assert services.withdraw(survey=first, because="All of it", by=adviser, at=timezone.now()) is None
    assert standing() == []
    assert make_survey({(quay, "leadership"): MANY}) in standing()  # the name is free again


def test_what_does_not_count_cannot_be_withdrawn(quay: Unit, adviser: User) -> None:
    first = make_survey({(quay, "leadership"): MANY})
    make_survey({(quay, "leadership"): OTHERS})
    with pytest.raises(Refused, match="a later file has taken its place"):
        services.withdraw(survey=first, because="Late", by=adviser, at=timezone.now())


def test_a_file_is_confirmed_once_and_as_it_was_seen(quay: Unit, adviser: User) -> None:
    about = services.About("Safety climate 2026", FIRST, LAST, 5)
    filled = Filled({("quay-bcu", "leadership"): counted(*OTHERS)})
    upload = services.keep(about=about, filled=filled, name="a.csv", by=adviser, at=timezone.now())
    seen = services.preview(upload).digest
    make_survey({(quay, "leadership"): MANY}, by=make_person(Role.SHRMT))  # somebody else was quicker
    with pytest.raises(services.Overtaken):
        services.apply(upload=upload, seen=seen, by=adviser, at=timezone.now())
    services.apply(upload=upload, seen=services.preview(upload).digest, by=adviser, at=timezone.now())
    with pytest.raises(Refused, match="confirmed already"):
        services.apply(upload=upload, seen=seen, by=adviser, at=timezone.now())
    assert ClimateSurvey.objects.count() == 2


def test_two_first_imports_of_one_name_are_refused_by_the_database(quay: Unit) -> None:
    survey = make_survey({(quay, "leadership"): MANY})
    with pytest.raises(IntegrityError, match="one_first_import_of_a_survey"), transaction.atomic():
        ClimateSurvey.objects.create(
            name="safety CLIMATE 2026",
            held_from=FIRST,
            held_to=LAST,
            points=5,
            imported_at=timezone.now(),
            imported_by=survey.imported_by,
        )


def test_only_units_that_existed_while_it_was_held_are_known() -> None:
    make_unit("Gone", closed_on=FIRST - timedelta(days=1))
    make_unit("Ended then", closed_on=FIRST)
    make_unit("To come", opened_on=LAST + timedelta(days=1))
    make_unit("Opened then", opened_on=LAST)
    assert set(services.known_between(FIRST, LAST).units.values()) == {"Ended then", "Opened then"}
