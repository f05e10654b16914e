"""Where counts and where headcounts stand: two pairs of tables of one shape, so that one verb does for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from injuries.models import (
    Headcount,
    HeadcountMonth,
    Indicator,
    IndicatorMonth,
    MonthlyCount,
    StaffGroup,
    Upload,
    UploadKind,
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Months of series (indicators or staff groups), and the numbers in them by place.

    `series` is the column of the months that says whose they are; `numbers` names the rows under a month, `number`
    their column, `places` those that say which staff group and unit a number is of.
    """

    of: type[models.Model]
    months: type[IndicatorMonth] | type[HeadcountMonth]
    rows: type[MonthlyCount] | type[Headcount]
    series: str
    numbers: str
    number: str
    places: Sequence[str]

    @property
    def all_months(self) -> models.QuerySet[Any]:
        return self.months._default_manager.order_by()

    def month(self, **said: Any) -> Any:
        """Return a month that is not saved yet."""
        return self.months(**said)

    def names(self) -> dict[str, str]:
        """Return what each series is called, by code, in the order of lists: one query."""
        return dict(self.of._default_manager.values_list("code", "name"))


COUNTS = Ledger(Indicator, IndicatorMonth, MonthlyCount, "indicator", "counts", "count", ("staff_group", "unit"))
HEADCOUNTS = Ledger(StaffGroup, HeadcountMonth, Headcount, "staff_group", "headcounts", "people", ("unit",))


def ledger_of(upload: Upload) -> Ledger:
    """Return where what the file brings stands."""
    return HEADCOUNTS if upload.kind == UploadKind.HEADCOUNT else COUNTS
