"""Climate surveys: the list, one with its results, its file, importing one by way of a preview, and withdrawing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance import climate, climate_files
from assurance.climate import Place, Result, Together
from assurance.climate_files import columns_for
from assurance.forms.climate import GroupFilterForm, SurveyForm, WithdrawalForm
from assurance.models import ClimateResult, ClimateSurvey, ClimateUpload
from assurance.models.climate import result_of
from assurance.permissions import can_import_climate, can_read_climate
from assurance.rules import Refused
from assurance.services import climate as services
from organisation.models import BusinessGroup, Unit
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest, address_without_page
from records.models import HeavyWork
from records.services import allowances
from records.spreadsheets import Problem, Unreadable
from rendering import cells, formats
from rendering.tables import MEDIA_TYPES

PER_PAGE = 100
MOST_CHANGES = 50
POINTS = 5  # of the scale that the empty file is for, unless another is asked for
LARGEST_ID = 2**63 - 1
ONLY_SHRMT = (
    "Only the Safety and Health Risk Management Team (SHRMT) imports and withdraws climate surveys. You can read them."
)
CHANGED_SINCE = "Nothing has been imported: something has changed since you saw this page. Look at it again first."
NOT_CONFIRMED = "The file has to be brought again: it was confirmed already, or another one came after it."


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A unit’s result on a theme in the words of a page; `respondents` is empty where they were fewer than ten."""

    unit: str
    theme: str
    respondents: str
    mean: str
    agreeing: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeTogether:
    """A theme over all units that are shown."""

    theme: str
    units: int
    suppressed: int
    shown: ShownResult


# --- Reading --------------------------------------------------------------------------------------------------------


@require_safe
def climate_surveys(request: SignedInRequest) -> HttpResponse:
    """Every survey that counts, the latest first; and those that count no more."""
    readable_or_404(request)
    standing = ClimateSurvey.objects.standing()
    gone = ClimateSurvey.objects.exclude(pk__in=standing.values("pk")).order_by("-imported_at", "-pk")
    context = {
        "page": Paginator(standing, PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "gone": gone[:PER_PAGE],
        "may_import": can_import_climate(request.user),
    }
    return render(request, "assurance/climate_surveys.html", context)


@require_safe
def climate_survey(request: SignedInRequest, pk: int) -> HttpResponse:
    """A survey’s results, theme by theme and unit by unit, as far as the person reads them."""
    survey, counts = survey_or_404(request, pk)
    context: dict[str, Any] = {"survey": survey, "counts": counts, "may_import": can_import_climate(request.user)}
    if counts:
        form = GroupFilterForm(request.GET)
        boxes: dict[str, Any] = form.fields
        boxes["group"].queryset = BusinessGroup.objects.all()
        group = form.cleaned_data["group"] if form.is_valid() else None
        rows = _rows(request, survey, group)
        names = services.theme_names(survey.held_to)
        shown = [_shown(name, names.get(theme, theme), result, survey.points) for name, theme, result in rows]
        context |= {
            "filters": form,
            "group": group,
            "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
            "address": address_without_page(request),
            "together": _by_theme(rows, names, survey.points) if len({name for name, *_ in rows}) > 1 else [],
            "points": range(1, survey.points + 1),
        }
    return render(request, "assurance/climate_survey.html", context)


@require_safe
def climate_survey_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """The results that the person reads, as a file."""
    survey, counts = survey_or_404(request, pk)
    if not counts:
        raise Http404
    now = timezone.now()
    allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
    names = services.theme_names(survey.held_to)
    content = cells.csv_bytes(
        ["Survey", "First day", "Last day", *columns_for(survey.points)],
        [
            [survey.name, survey.held_from, survey.held_to, unit, names.get(theme, theme), *_in_cells(result, survey)]
            for unit, theme, result in _rows(request, survey, None)
        ],
    )
    services.record_download(survey=survey, by=request.user, at=now)
    return _file(content, "csv", f"climate-survey-{survey.pk}")


def _rows(
    request: SignedInRequest, survey: ClimateSurvey, group: BusinessGroup | None
) -> list[tuple[str, str, Result]]:
    """Return unit, theme and result of what the person reads, themes in the model’s order: one query."""
    found = ClimateResult.objects.filter(survey=survey).visible_to(request.user)
    if group is not None:
        found = found.filter(unit__in=Unit.objects.in_group_on(group, timezone.localdate()))
    rows = found.values_list("unit__name", "theme_identity", "respondents", "mean", "answers")
    order = {theme: place for place, theme in enumerate(services.theme_names(survey.held_to))}
    ordered = sorted(rows, key=lambda row: (row[0], order.get(row[1], len(order)), row[1]))
    return [(unit, theme, result_of(respondents, mean, answers)) for unit, theme, respondents, mean, answers in ordered]


def _by_theme(rows: Sequence[tuple[str, str, Result]], names: Mapping[str, str], points: int) -> list[ThemeTogether]:
    results: dict[str, list[Result]] = {theme: [] for theme in names}
    for _, theme, result in rows:
        results.setdefault(theme, []).append(result)
    both = {theme: climate.together(found) for theme, found in results.items() if found}
    return [_together(names.get(theme, theme), one, points) for theme, one in both.items()]


def _together(theme: str, one: Together, points: int) -> ThemeTogether:
    return ThemeTogether(theme, one.units, one.suppressed, _shown("", theme, one.result, points))


def _shown(unit: str, theme: str, result: Result, points: int) -> ShownResult:
    if result.respondents is None or result.mean is None:
        return ShownResult(unit, theme, "", "", "", ("",) * points)
    agree = formats.share(climate.agreeing(result.answers), result.respondents) if result.answers else ""
    answers = tuple(map(formats.count, result.answers)) if result.answers else ("",) * points
    return ShownResult(unit, theme, formats.count(result.respondents), formats.decimal(result.mean, 2), agree, answers)


def _in_cells(result: Result, survey: ClimateSurvey) -> list[cells.Value]:
    if result.respondents is None or result.mean is None:
        return [climate_files.FEWER_THAN_TEN, None, *([None] * survey.points)]
    answers: Sequence[int | None] = result.answers or [None] * survey.points
    return [result.respondents, round(float(result.mean), 2), *answers]


# --- Importing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_climate_survey(request: SignedInRequest) -> HttpResponse:
    """Ask for a survey and its file; read it, and go on to its preview, or say every fault that it has."""
    importable_or_refused(request)
    form = SurveyForm(request.POST if request.method == "POST" else None, request.FILES or None)
    faults: list[Problem] = []
    if form.is_valid():
        now = timezone.now()
        allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=now)
        about, sent = form.about(), form.cleaned_data["file"]
        try:
            known = services.known_between(about.held_from, about.held_to)
            filled = climate_files.read(sent.read(), points=about.points, known=known)
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            if not filled.problems:
                kept = services.keep(about=about, filled=filled, name=sent.name, by=request.user, at=now)
                return redirect("assurance:apply_climate_survey", kept.token)
            faults = filled.problems
            form.add_error(
                "file", "The file has faults, which are listed below the form. Mend them and bring it again."
            )
    context = {
        "form": form,
        "faults": faults,
        "most_faults": climate_files.MOST_PROBLEMS,
        "columns": columns_for(POINTS),
        "most": climate_files.MOST_LINES,
    }
    return render(request, "assurance/climate_survey_new.html", context, status=422 if form.is_bound else 200)


@require_safe
def climate_survey_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    """The empty file to fill in."""
    importable_or_refused(request)
    if file_format not in MEDIA_TYPES:
        raise Http404
    if file_format == "csv":
        return _file(climate_files.empty_csv(POINTS), "csv", "climate-results")
    today = timezone.localdate()
    content = climate_files.empty_workbook(POINTS, services.known_between(today, today))
    return _file(content, "xlsx", "climate-results")


@require_http_methods(["GET", "HEAD", "POST"])
def apply_climate_survey(request: SignedInRequest, token: uuid.UUID) -> HttpResponse:
    """Show what the file comes to; on the button, let it count."""
    importable_or_refused(request)
    upload = ClimateUpload.objects.filter(token=token, by=request.user).first()
    if upload is None or upload.applied_at is not None:
        messages.info(request, NOT_CONFIRMED)
        return redirect("assurance:climate_surveys")
    problem = ""
    if request.method == "POST":
        try:
            survey = services.apply(
                upload=upload, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now()
            )
        except services.Overtaken:
            problem = CHANGED_SINCE
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"The results of {survey} count now.")
            return redirect("assurance:climate_survey", survey.pk)
    return _preview(request, upload, problem)


def _preview(request: SignedInRequest, upload: ClimateUpload, problem: str) -> HttpResponse:
    found = services.preview(upload)
    units = dict(Unit.objects.filter(slug__in={unit for unit, _ in found.results}).values_list("slug", "name"))
    names = services.theme_names(found.about.held_to)
    lines = [
        _shown(units.get(unit, unit), names.get(theme, theme), result, found.about.points)
        for (unit, theme), result in sorted(found.results.items())
    ]
    context = {
        "upload": upload,
        "found": found,
        "changes": _changes_in_words(found, names),
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "points": range(1, found.about.points + 1),
        "problem": problem,
        "form_has_errors": bool(problem),
    }
    return render(request, "assurance/climate_survey_preview.html", context, status=409 if problem else 200)


def _changes_in_words(found: services.Preview, names: Mapping[str, str]) -> list[tuple[str, int, list[str]]]:
    """Return what changes in words, each with how many units and themes it concerns, and the first of them."""
    if found.replaces is None:
        return []
    places = {
        "New": found.differences.added,
        "Not there any more": found.differences.gone,
        "Other numbers": found.differences.changed,
        "Fewer than ten respondents now": found.differences.now_suppressed,
        "Ten respondents or more now": found.differences.no_longer_suppressed,
    }
    slugs = {unit for some in places.values() for unit, _ in some[:MOST_CHANGES]}
    units = dict(Unit.objects.filter(slug__in=slugs).values_list("slug", "name"))

    def named(place: Place) -> str:
        return f"{units.get(place[0], place[0])}, {names.get(place[1], place[1])}"

    return [(words, len(some), [named(one) for one in some[:MOST_CHANGES]]) for words, some in places.items() if some]


# --- Withdrawing ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_climate_survey(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask why, and take the results back: the import before this one counts again, if there was one."""
    survey, counts = survey_or_404(request, pk)
    importable_or_refused(request)
    if not counts:
        messages.info(request, services.NOT_STANDING)
        return redirect("assurance:climate_survey", survey.pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        because = form.cleaned_data["because"]
        try:
            again = services.withdraw(survey=survey, because=because, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            after = " The results that were imported before count again." if again else ""
            messages.success(request, f"The results of {survey} are withdrawn.{after}")
            return redirect("assurance:climate_surveys")
    context = {"survey": survey, "form": form}
    return render(request, "assurance/climate_survey_withdraw.html", context, status=422 if form.is_bound else 200)


# --- Who may --------------------------------------------------------------------------------------------------------


def readable_or_404(request: SignedInRequest) -> None:
    """Let only those pass who read some unit’s results; nobody else is told that there are surveys."""
    if not can_read_climate(request.user):
        raise Http404


def importable_or_refused(request: SignedInRequest) -> None:
    """Let only those pass who import surveys; a reader is told who does."""
    readable_or_404(request)
    if not can_import_climate(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_SHRMT)


def survey_or_404(request: SignedInRequest, pk: int) -> tuple[ClimateSurvey, bool]:
    """Return the survey, and whether it counts: of one that does not, nobody is shown a number."""
    readable_or_404(request)
    survey = ClimateSurvey.objects.select_related("replaces").filter(pk=pk).first() if pk <= LARGEST_ID else None
    if survey is None:
        raise Http404
    return survey, ClimateSurvey.objects.standing().filter(pk=survey.pk).exists()


def _file(content: bytes, file_format: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"'},
    )
