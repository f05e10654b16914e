"""What is measured of importing incidents. Nothing here depends on how fast the machine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import incidents
from injuries.models import IndicatorMonth, MonthlyCount

LINES = 400


@pytest.mark.django_db
def test_the_yardstick_loads_the_very_rows_that_the_import_did(tmp_path: Path) -> None:
    incidents.prepare()
    file = tmp_path / "incidents.csv"
    file.write_text("\n".join(incidents.incidents(LINES)), encoding="utf-8")
    took = incidents.one_import(file)
    assert took["seconds"] > 0
    assert took["megabytes"] > 1
    before = set(MonthlyCount.objects.values_list("pk", "of", "staff_group", "unit", "count"))
    assert len(before) > LINES // 4
    assert IndicatorMonth.objects.standing().count() == 9 * 12 * incidents.YEARS
    load = incidents.bulk_load()
    assert load() > 0
    assert load() > 0  # again, since it is rolled back
    assert set(MonthlyCount.objects.values_list("pk", "of", "staff_group", "unit", "count")) == before
    assert incidents.bare_read(file) > 0
