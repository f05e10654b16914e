"""Custody figures of the invented force: half-years that can be compared, one of them corrected, and an older year."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from home.demo import loading
from home.demo.plan import Size
from injuries import custody_pairs, custody_reading
from injuries.models import CustodyReport
from maturity import modelfile
from maturity.services import editions
from organisation.periods import LONDON

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"

pytestmark = pytest.mark.django_db


def test_the_demo_has_custody_figures_to_compare() -> None:
    editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)
    loading.load(Size(seed="small", units=3, quarters=1), at=NOW)
    reports = custody_reading.standing().reports
    assert [one.period.name for one in reports] == [
        "January 2026 to June 2026",
        "July 2025 to December 2025",
        "January 2025 to June 2025",
        "July 2024 to December 2024",
        "July 2023 to June 2024",
    ]
    pair = custody_pairs.default_pair(reports)
    assert pair == (reports[0], reports[2])
    assert [one.among for one in pair or ()] == ["custody records", "detainees"]
    assert reports[-1].number is None
    assert CustodyReport.objects.ended().get().replaced_by.period == reports[0].period
