"""Learning is shared with the units that lie low in its theme."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from organisation.roles import Role
from risks import theme_units
from tests.factories import assurance, risks
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db
THEME = "risk-management"


def test_units_below_level_3_in_the_theme_and_those_without_a_statement_are_chosen_together() -> None:
    low, high, silent = make_unit("Low OCU"), make_unit("High OCU"), make_unit("Silent OCU")
    assurance.signed(low, levels={THEME: 2})
    assurance.signed(high, levels={THEME: 3, "leadership": 1})
    today = timezone.localdate()
    assert theme_units.low_in(THEME, today) & {low.pk, high.pk, silent.pk} == {low.pk, silent.pk}
    found = risks.complete(risks.make_investigation(theme=THEME))
    client = Client()
    client.force_login(make_person(Role.HEAD))
    address = f"/board/investigations/{found.pk}/share/"
    page = client.get(address).content.decode().partition("<main")[2]
    assert "Units that state less than level 3 in" in page
    assert client.post(address, {"low_in_theme": [low.pk, silent.pk]}).status_code == 302
    shared = found.shares.get()
    assert {one.unit.name for one in shared.units.select_related("unit")} == {"Low OCU", "Silent OCU"}
    answer = client.post(address, {"low_in_theme": [high.pk]})  # not one of those that are listed
    assert answer.status_code == 422


def test_an_investigation_of_no_theme_offers_no_units_by_theme() -> None:
    make_unit("Silent OCU")
    found = risks.complete(risks.make_investigation(theme=""))
    client = Client()
    client.force_login(make_person(Role.HEAD))
    page = client.get(f"/board/investigations/{found.pk}/share/").content.decode()
    assert "less than level 3" not in page
