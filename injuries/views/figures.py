"""Injury figures: two periods compared, and an indicator month by month."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from injuries import reading, two_periods
from injuries.between_units import BetweenUnits, between_units, table
from injuries.forms.periods import OverTimeForm, PeriodsForm
from injuries.models import Indicator, StaffGroup
from injuries.months import Month, Period
from injuries.over_time import OverTime, over_time
from injuries.over_time import table as over_time_table
from injuries.permissions import (
    can_bring_figures,
    can_list_unit_figures,
    can_read_figures,
    can_read_small_counts,
    units_with_figures,
)
from injuries.two_periods import Compared
from injuries.views.downloads import as_file
from organisation.requests import SignedInRequest
from rendering.charts import control
from rendering.charts.funnel import funnel

MOST_MONTHS = 240  # that can be chosen: twenty years


@require_safe
def comparison(request: SignedInRequest) -> HttpResponse:
    """Every indicator in two periods: the last twelve months and the twelve before, or those that were chosen."""
    form = _periods_or_404(request)
    table = _compared(form) if form and form.is_valid() else None
    context = {
        "form": form,
        "table": table,
        "may_bring": can_bring_figures(request.user),
        "staff_groups": StaffGroup.objects.all(),
        "with_intervals": "intervals" in request.GET,
        "chosen": request.GET.urlencode(),
        "without_intervals": _without(request.GET, "intervals"),
        "form_has_errors": bool(form and form.errors),
    }
    return render(request, "injuries/comparison.html", context, status=422 if form and form.errors else 200)


@require_safe
def comparison_csv(request: SignedInRequest) -> HttpResponse:
    return _comparison_as_file(request, "csv")


@require_safe
def comparison_workbook(request: SignedInRequest) -> HttpResponse:
    return _comparison_as_file(request, "xlsx")


def _comparison_as_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    form = _periods_or_404(request)
    if form is None or not form.is_valid():
        raise Http404
    table = _compared(form)
    name = f"injuries-{table.later.first}-to-{table.later.last}"
    return as_file(request, lambda: two_periods.tables(table), name, file_format)


@require_safe
def indicator(request: SignedInRequest, code: str) -> HttpResponse:
    """An indicator’s last three years: the chart with its limits, what it says, and the same numbers as a table."""
    found, form, latest = _indicator_or_404(request, code)
    group = form.chosen_group()
    shown = _over_time(found, form, latest) if latest else None
    chart = ""
    if shown and shown.can_be_drawn:
        of = group.name if group else "everybody"
        chart = control.over_time(
            shown.moments,
            chart_id="over-time",
            title=f"{found.name}, {of}: rate per 1,000 by {shown.step}, with limits",
            measure="Rate per 1,000",
        )
    context = {
        "indicator": found,
        "form": form,
        "group": group,
        "shown": shown,
        "chart": mark_safe(chart),  # noqa: S308  # rendering.charts escapes every word it is given
        "changes": reading.reporting_changes(found),
        "by_group": reading.by_staff_group(found, latest=latest) if latest else None,
        "reads_units": can_list_unit_figures(request.user),
        "chosen": request.GET.urlencode(),
        "form_has_errors": bool(form.errors),
    }
    return render(request, "injuries/indicator.html", context, status=422 if form.errors else 200)


@require_safe
def indicator_csv(request: SignedInRequest, code: str) -> HttpResponse:
    return _indicator_as_file(request, code, "csv")


@require_safe
def indicator_workbook(request: SignedInRequest, code: str) -> HttpResponse:
    return _indicator_as_file(request, code, "xlsx")


def _indicator_as_file(request: SignedInRequest, code: str, file_format: str) -> HttpResponse:
    found, form, latest = _indicator_or_404(request, code)
    if latest is None or form.errors:
        raise Http404
    group = form.chosen_group()
    name = f"{found.code}-{group.code}" if group else found.code
    return as_file(
        request,
        lambda: [over_time_table(_over_time(found, form, latest))],
        f"{name}-to-{latest}",
        file_format,
    )


# --- Units ------------------------------------------------------------------------------------------------------------


@require_safe
def indicator_units(request: SignedInRequest, code: str) -> HttpResponse:
    """The units that the reader may see by themselves, over twelve months, each against the rate of all units."""
    found, period, units, smallest = _units_or_404(request, code)
    chart = ""
    if units and units.dots:
        chart = funnel(
            units.dots,
            mean=units.mean_rate,
            inner=units.inner,
            outer=units.outer,
            chart_id="units",
            title=f"{found.name} by unit: rate per 1,000 against size",
            size="Person-months",
            rate="Rate per 1,000",
        )
    context = {
        "indicator": found,
        "period": period if units else None,
        "units": units,
        "smallest": smallest,
        "chart": mark_safe(chart),  # noqa: S308  # rendering.charts escapes every word it is given
    }
    return render(request, "injuries/indicator_units.html", context)


@require_safe
def indicator_units_csv(request: SignedInRequest, code: str) -> HttpResponse:
    return _units_as_file(request, code, "csv")


@require_safe
def indicator_units_workbook(request: SignedInRequest, code: str) -> HttpResponse:
    return _units_as_file(request, code, "xlsx")


def _units_as_file(request: SignedInRequest, code: str, file_format: str) -> HttpResponse:
    found, period, units, _ = _units_or_404(request, code)
    if units is None or period is None:
        raise Http404
    return as_file(request, lambda: [table(units)], f"{found.code}-by-unit-to-{period.last}", file_format)


def _units_or_404(request: SignedInRequest, code: str) -> tuple[Indicator, Period | None, BetweenUnits | None, int]:
    """Return the indicator, the last twelve months, the units that the reader may see, and from which number on."""
    if not can_list_unit_figures(request.user):
        raise Http404
    found = get_object_or_404(Indicator, code=code)
    smallest = 0 if can_read_small_counts(request.user) else settings.SMALLEST_UNIT_COUNT
    period = reading.last_twelve(timezone.localdate())
    counted = reading.between_units(found, period=period) if period else None
    if counted is None:
        return found, period, None, smallest
    own = units_with_figures(request.user).values_list("pk", flat=True)
    shown = {counted[pk].label for pk in own if pk in counted}
    return found, period, between_units(list(counted.values()), shown=shown, smallest=smallest), smallest


# --- Loading ----------------------------------------------------------------------------------------------------------


def _readable_or_404(request: SignedInRequest) -> None:
    if not can_read_figures(request.user):
        raise Http404


def _periods_or_404(request: SignedInRequest) -> PeriodsForm | None:
    """Return the form of the periods, chosen or the default ones; None where nothing has been counted."""
    _readable_or_404(request)
    last = reading.last_twelve(timezone.localdate())
    if last is None:
        return None
    before = last.before()
    default = QueryDict(mutable=True)
    for name, period in (("later", last), ("earlier", before)):
        default[f"{name}_from"], default[f"{name}_to"] = str(period.first), str(period.last)
    chosen = request.GET if any(name in request.GET for name in PeriodsForm.base_fields) else default
    return PeriodsForm(chosen, months=[last.last.plus(-months) for months in reversed(range(MOST_MONTHS))])


def _without(chosen: QueryDict, name: str) -> str:
    rest = chosen.copy()
    rest.pop(name, None)
    return rest.urlencode()


def _compared(form: PeriodsForm) -> Compared:
    return reading.comparison(form.later, form.earlier, latest=form.latest)


def _indicator_or_404(request: SignedInRequest, code: str) -> tuple[Indicator, OverTimeForm, Month | None]:
    """Return the indicator, the form of what is shown of it, and the latest month that was counted."""
    _readable_or_404(request)
    found = get_object_or_404(Indicator, code=code)
    return found, OverTimeForm(request.GET), reading.latest_month(timezone.localdate())


def _over_time(found: Indicator, form: OverTimeForm, latest: Month) -> OverTime:
    return over_time(
        reading.by_month(found, form.chosen_group(), latest=latest),
        last=latest,
        step=form.chosen_step(),
        provisional={month.name for month in reading.provisional_months(latest)},
        changes=reading.reporting_changes(found),
    )
