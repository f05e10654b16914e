"""Loading what is counted, and of whom, from its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from injuries.indicatorsfile import IndicatorEntry, IndicatorsFile
from injuries.models import CUSTODY_LISTS, Indicator, IndicatorStaffGroup, ReportingChange, StaffGroup
from records.services import trail


class CannotLoad(Exception):
    """The file does not go with what is there; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of each the database holds afterwards."""

    staff_groups: int
    indicators: int
    reporting_changes: int
    custody_terms: int


@transaction.atomic
def load(said: IndicatorsFile, *, at: datetime) -> Loaded:
    """Bring indicators, staff groups, changes of reporting and custody's lists up to date by their codes.

    Nothing is removed: what the file does not name stays as it was, since counts of it may be there. Raises
    CannotLoad where a name of the file belongs to another entry.
    """
    try:
        with transaction.atomic():
            groups = {
                one.code: StaffGroup.objects.update_or_create(
                    code=one.code,
                    defaults={
                        "name": one.name,
                        "short_name": one.short_name,
                        "members": one.members,
                        "position": position,
                    },
                )[0]
                for position, one in enumerate(said.staff_groups, start=1)
            }
            indicators = {
                one.code: _indicator(one, position, groups) for position, one in enumerate(said.indicators, start=1)
            }
            for name, model in CUSTODY_LISTS.items():
                for position, term in enumerate(said.custody[name], start=1):
                    model.objects.update_or_create(code=term.code, defaults={"name": term.name, "position": position})
    except IntegrityError as error:
        raise CannotLoad(
            "A name of the file is that of another code in the database. Give each entry the code that it had before."
        ) from error
    for change in said.reporting_changes:
        ReportingChange.objects.update_or_create(
            indicator=indicators[change.indicator] if change.indicator else None,
            starts_on=change.starts_on,
            name=change.name,
            defaults={"effect": change.effect, "limits_begin_anew": change.limits_begin_anew},
        )
    loaded = Loaded(
        StaffGroup.objects.count(),
        Indicator.objects.count(),
        ReportingChange.objects.count(),
        sum(model.objects.count() for model in CUSTODY_LISTS.values()),
    )
    trail.record(
        act="indicators.loaded", thing=None, by=None, at=at, indicators=sorted(indicators), groups=sorted(groups)
    )
    return loaded


def _indicator(said: IndicatorEntry, position: int, groups: dict[str, StaffGroup]) -> Indicator:
    indicator, _ = Indicator.objects.update_or_create(
        code=said.code,
        defaults={"name": said.name, "meaning": said.meaning, "better": said.better, "position": position},
    )
    compared = [groups[code] for code in said.by_staff_group]
    indicator.by_staff_group.exclude(staff_group__in=compared).delete()
    for group in compared:
        IndicatorStaffGroup.objects.get_or_create(indicator=indicator, staff_group=group)
    return indicator
