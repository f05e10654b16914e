"""Periods are read from the environment, and a typing error is refused rather than taken for another period."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import retention


def test_what_is_not_set_has_a_period_of_its_own() -> None:
    kept = retention.read({"KEEP_NOTICES_DAYS": "", "PATH": "/usr/bin"})
    assert (kept.notices_days, kept.addresses_days, kept.names_years) == (180, 365, 0)


def test_a_period_can_be_set() -> None:
    kept = retention.read({"KEEP_NOTICES_DAYS": "120", "KEEP_STATEMENTS_YEARS": " 12 ", "KEEP_NAMES_YEARS": "0"})
    assert (kept.notices_days, kept.statements_years, kept.names_years) == (120, 12, 0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("KEEP_NOTICES_DAYS", "99", "KEEP_NOTICES_DAYS is '99'; write a whole number of days, at least 100"),
        ("KEEP_JOBS_DAYS", "0", "at least 1"),
        ("KEEP_JOBS_DAYS", "-5", "at least 1"),
        ("KEEP_JOBS_DAYS", "a year", "whole number of days"),
        ("KEEP_JOBS_DAYS", "٣٠", "whole number of days"),
        ("KEEP_STATEMENTS_YEARS", "7.5", "whole number of years"),
        ("KEEP_NOTICE_DAYS", "200", "KEEP_NOTICE_DAYS: there is no such period"),
    ],
)
def test_what_is_no_period_is_refused_by_name(name: str, text: str, message: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=message):
        retention.read({name: text})
