"""Reading custody reports that stand, as the calculations take them: the same few queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from injuries.custody_figures import Exceptions, Reported
from injuries.models import (
    CustodyExceptions,
    CustodyReport,
    DetaineeInjuryType,
    InjuriesByType,
    InterventionCause,
    InterventionsByCause,
)
from injuries.models.custody import CustodyReportQuerySet


@dataclass(frozen=True, slots=True)
class Custody:
    """Reports, the newest first, with the names of causes and types in their order."""

    reports: tuple[Reported, ...]
    causes: tuple[str, ...]
    types: tuple[str, ...]


def standing() -> Custody:
    """Return every report that stands: six queries."""
    return Custody(reported(CustodyReport.objects.standing()), *lists())


def lists() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of causes and of types in their order: two queries."""
    causes, types = (
        tuple(model._default_manager.values_list("name", flat=True))
        for model in (InterventionCause, DetaineeInjuryType)
    )
    return causes, types


def reported(reports: CustodyReportQuerySet) -> tuple[Reported, ...]:
    """Return what the reports of a query say, in its order: four queries."""
    found = list(reports.select_related("denominator"))
    pks = [one.pk for one in found]
    causes = _by_name(InterventionsByCause, pks)
    types = _by_name(InjuriesByType, pks)
    exceptions = _exceptions(pks)
    return tuple(
        Reported(
            token=str(one.token),
            period=one.period,
            among=one.denominator.name if one.denominator else "",
            number=one.denominator_number,
            interventions=one.interventions,
            causes=causes.get(one.pk, {}),
            injuries=one.injuries,
            types=types.get(one.pk, {}),
            exceptions=tuple(exceptions[one.pk]) if one.exceptions_reported else None,
            note=one.note,
        )
        for one in found
    )


def _by_name(model: type[InterventionsByCause | InjuriesByType], reports: Iterable[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = model.objects.filter(report__in=reports).values_list("report", "term__name", "number")
    for report, name, number in rows:
        found.setdefault(report, {})[name] = number
    return found


def _exceptions(reports: Iterable[int]) -> dict[int, list[Exceptions]]:
    found: dict[int, list[Exceptions]] = defaultdict(list)
    rows = (
        CustodyExceptions.objects.filter(report__in=reports)
        .order_by("kind__position", "referral__position")
        .values_list("report", "kind__name", "referral__name", "number")
    )
    for report, kind, referral, number in rows:
        found[report].append(Exceptions(kind, referral or "", number))
    return found
