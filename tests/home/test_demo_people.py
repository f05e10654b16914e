"""What people of the invented force hold, and that the list of who is missing has something of most kinds to say."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from home.demo import loading
from home.demo.people import CERTIFICATE
from home.demo.plan import Size
from maturity import modelfile
from maturity.services import editions
from organisation.missing import missing
from organisation.models import ExpectedQualification, User
from organisation.periods import LONDON

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"


@pytest.mark.django_db
def test_the_demo_shows_what_may_be_missing() -> None:
    editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)
    loading.load(Size(seed="people", units=8, quarters=2), at=NOW)
    found = {section.key: section.gaps for section in missing(date(2026, 11, 22))}
    assert {key: len(gaps) for key, gaps in found.items() if key in ("spoc", "slt-lead", "cog-lead")} == {
        "spoc": 1,
        "slt-lead": 0,
        "cog-lead": 0,
    }
    assert [(gap.on, gap.note) for gap in found["ending"]] == [(date(2027, 1, 6), "Nobody holds the role after that")]
    assert [gap.person for gap in found["accounts"]] == ["Newcomer"]
    without = {gap.person: gap.note for gap in found["qualifications"]}
    assert without["Second SPOC"] == "Studying for it, 12 January 2026"
    assert without.keys() >= {"SLT lead of other units (2)"}
    assert not without.keys() & {"SPOC", "SLT lead"}
    expected = ExpectedQualification.objects.filter(type__name=CERTIFICATE).values_list("role", flat=True)
    assert set(expected) == {"spoc", "slt-lead"}
    assert not User.objects.get(name="Newcomer").has_usable_password()
