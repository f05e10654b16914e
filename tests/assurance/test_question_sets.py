"""From an audit to the questions of its themes, to take along into the field."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from organisation.roles import Role
from tests.assurance.pages import html_of, signed_in
from tests.factories import assurance, audits
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db


def test_whoever_does_an_audit_is_led_to_the_questions_of_its_themes_and_of_no_other() -> None:
    auditor, unit = make_person(Role.SHRMT), make_unit()
    audit = audits.begun(assurance.signed(unit), by=auditor, themes=("leadership", "audit"))
    page, questions = reverse("assurance:audit", args=[audit.pk]), reverse("maturity:questions", args=["2019"])
    address = f"{questions}?theme=leadership&theme=audit"
    assert f'href="{address}"' in unescape(html_of(signed_in(auditor).get(page)))
    assert "2 themes." in html_of(signed_in(auditor).get(address))
    assert questions not in html_of(signed_in(make_person(Role.HEAD)).get(page))
