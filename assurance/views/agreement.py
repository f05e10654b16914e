"""How far what units claim agrees with what audits found: of the force, a group, a theme, an auditor, a unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance.agreement_findings import Audited, PartRow, findings_of, part_row, sentence_of, together
from assurance.audit_permissions import (
    can_list_agreement,
    can_read_agreement,
    can_read_agreement_of_group,
    can_read_agreement_of_unit,
)
from assurance.services.agreement import (
    By,
    JudgedClaim,
    Scope,
    audited_by,
    by_half,
    judged_claims,
    theme_names,
)
from organisation.models import BusinessGroup, Unit, User
from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest

NO_LEAD = "No lead auditor on record"
NO_GROUP = "In no business group"
OF_GROUPS = "A unit counts for the business group it was in on the day the report was issued."
OF_AUDITORS = (
    "By the lead auditor. Auditors see different units, so a difference between two of them is a question to talk "
    "over, not yet a difference in how they judge."
)


# What a list of claims is asked for, as its address says it.
Asked = Mapping[str, str]
EVERYTHING: Asked = {}


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table of parts: its page's address, "" for none; what to ask for its claims, None for nothing."""

    row: PartRow
    address: str = ""
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A table of the parts of all pairs, such as themes."""

    slug: str
    heading: str
    first: str
    rows: tuple[Part, ...]
    note: str = ""
    with_bias: bool = False


# --- Pages of many units --------------------------------------------------------------------------------------------


@require_safe
def agreement(request: SignedInRequest) -> HttpResponse:
    """The force's, or the way to the person's own: of a business group that they lead, or a unit."""
    if not can_list_agreement(request.user):
        raise Http404
    if not can_read_agreement(request.user):
        return _own(request)
    scope = Scope(timezone.localdate())
    by_theme = audited_by(By.THEME, scope)
    parts = [_groups(audited_by(By.GROUP, scope)), _themes(by_theme, linked=True)]
    return _page(request, by_theme.values(), parts, title="All audited claims", of_the_force=True)


@require_safe
def agreement_of_group(request: SignedInRequest, group: str) -> HttpResponse:
    found = BusinessGroup.objects.filter(slug=group).first()
    if found is None or not can_read_agreement_of_group(request.user, found):
        raise Http404
    scope, within = Scope(timezone.localdate(), group=found), {"group": group}
    by_theme = audited_by(By.THEME, scope)
    parts = [
        _themes(by_theme, within),
        _units(audited_by(By.UNIT, scope), found, reader=request.user),
        _halves(scope, within),
    ]
    return _page(request, by_theme.values(), parts, title=found.name, within=within, note=OF_GROUPS)


@require_safe
def agreement_of_theme(request: SignedInRequest, theme: str) -> HttpResponse:
    _refuse_unless_of_the_force(request)
    name = theme_names().get(theme)
    if name is None:
        raise Http404
    scope, within = Scope(timezone.localdate(), theme=theme), {"theme": theme}
    by_group = audited_by(By.GROUP, scope)
    parts = [_groups(by_group, within), _halves(scope, within)]
    return _page(request, by_group.values(), parts, title=name, within=within)


@require_safe
def agreement_of_auditors(request: SignedInRequest) -> HttpResponse:
    """Auditors beside each other, for them to moderate how they judge."""
    _refuse_unless_of_the_force(request)
    by_auditor = audited_by(By.AUDITOR, Scope(timezone.localdate()))
    return _page(request, by_auditor.values(), [_auditors(by_auditor)], title="Auditors", note=OF_AUDITORS)


@require_safe
def agreement_of_auditor(request: SignedInRequest, pk: int) -> HttpResponse:
    _refuse_unless_of_the_force(request)
    auditor = User.objects.filter(pk=pk).first()
    by_theme = audited_by(By.THEME, Scope(timezone.localdate(), auditor=auditor)) if auditor else {}
    if auditor is None or not by_theme:
        raise Http404
    within = {"auditor": str(pk)}
    parts = [_themes(by_theme, within)]
    title = f"Led by {auditor.name}"
    return _page(request, by_theme.values(), parts, title=title, within=within, note=OF_AUDITORS)


@require_safe
def agreement_over_time(request: SignedInRequest) -> HttpResponse:
    _refuse_unless_of_the_force(request)
    scope = Scope(timezone.localdate())
    by_theme = audited_by(By.THEME, scope)
    return _page(request, by_theme.values(), [_halves(scope, with_bias=True)], title="Over time")


# --- One unit -------------------------------------------------------------------------------------------------------


@require_safe
def agreement_of_unit(request: SignedInRequest, unit: str) -> HttpResponse:
    """Each claim of the unit beside its verdict, and counts: so few say nothing that a coefficient could add."""
    found = Unit.objects.filter(slug=unit).first()
    if found is None or not can_read_agreement_of_unit(request.user, found):
        raise Http404
    scope = Scope(timezone.localdate(), unit=found)
    claims = [JudgedClaim(*row) for row in judged_claims(scope, reader=request.user)]
    audited = together(audited_by(By.THEME, scope).values())
    context = {"unit": found, "says": sentence_of(audited), "claims": claims}
    return render(request, "assurance/agreement_unit.html", context)


def _own(request: SignedInRequest) -> HttpResponse:
    """The pages of what the person holds an appointment for; where that is one thing, its page."""
    held = hold_appointments(request.user)
    groups = {one.group.slug: one.group for one in held if one.group}
    units = {one.unit.slug: one.unit for one in held if one.unit}
    readable = [
        *((str(one), reverse("assurance:agreement_of_group", args=[slug])) for slug, one in groups.items()),
        *((str(one), reverse("assurance:agreement_of_unit", args=[slug])) for slug, one in units.items()),
    ]
    if len(readable) == 1:
        return redirect(readable[0][1])
    return render(request, "assurance/agreement_own.html", {"readable": readable})


def _refuse_unless_of_the_force(request: SignedInRequest) -> None:
    if not can_read_agreement(request.user):
        raise Http404


def _page(
    request: SignedInRequest,
    audited: Iterable[Audited],
    parts: list[Parts],
    *,
    title: str,
    within: Asked = EVERYTHING,
    note: str = "",
    of_the_force: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "note": note,
        "asked": within,
        "findings": findings_of(together(audited)),
        "parts": parts,
        "of_the_force": of_the_force,
        "reads_the_force": can_read_agreement(request.user),
    }
    return render(request, "assurance/agreement.html", context)


# --- Tables of parts ------------------------------------------------------------------------------------------------


def _themes(found: Mapping[str, Audited], within: Asked = EVERYTHING, *, linked: bool = False) -> Parts:
    rows = [
        Part(
            part_row(name, found[identity]),
            reverse("assurance:agreement_of_theme", args=[identity]) if linked else "",
            {**within, "theme": identity},
        )
        for identity, name in theme_names().items()
        if identity in found
    ]
    return Parts("themes", "By theme", "Theme", tuple(rows))


def _groups(found: Mapping[int | None, Audited], within: Asked = EVERYTHING) -> Parts:
    groups = BusinessGroup.objects.filter(pk__in=[pk for pk in found if pk is not None])
    rows = [
        Part(
            part_row(group.name, found[group.pk]),
            reverse("assurance:agreement_of_group", args=[group.slug]),
            {**within, "group": group.slug},
        )
        for group in groups
    ]
    rows += [Part(part_row(NO_GROUP, found[None]))] if None in found else []
    return Parts("groups", "By business group", "Business group", tuple(rows), note=OF_GROUPS)


def _units(found: Mapping[int, Audited], within: BusinessGroup, *, reader: User) -> Parts:
    """A unit that has left the group since leads to its page only for those who read every unit's."""
    units = Unit.objects.filter(pk__in=found)
    still_there = Unit.objects.in_group_on(within, timezone.localdate()).filter(pk__in=found)
    readable = set(found if can_read_agreement(reader) else still_there.values_list("pk", flat=True))
    rows = [
        Part(
            part_row(unit.name, found[unit.pk]),
            reverse("assurance:agreement_of_unit", args=[unit.slug]),
            {"group": within.slug, "unit": unit.slug},
        )
        if unit.pk in readable
        else Part(part_row(unit.name, found[unit.pk]))
        for unit in units
    ]
    return Parts("units", "By unit", "Unit", tuple(rows))


def _auditors(found: Mapping[int | None, Audited]) -> Parts:
    auditors = User.objects.filter(pk__in=[pk for pk in found if pk is not None]).order_by("name", "pk")
    rows = [
        Part(
            part_row(auditor.name, found[auditor.pk], with_bias=True),
            reverse("assurance:agreement_of_auditor", args=[auditor.pk]),
            {"auditor": str(auditor.pk)},
        )
        for auditor in auditors
    ]
    rows += [Part(part_row(NO_LEAD, found[None], with_bias=True))] if None in found else []
    return Parts("auditors", "By lead auditor", "Lead auditor", tuple(rows), with_bias=True)


def _halves(scope: Scope, within: Asked = EVERYTHING, *, with_bias: bool = False) -> Parts:
    rows = [
        Part(part_row(half.name, found, with_bias=with_bias), asked={**within, "half": str(half)})
        for half, found in by_half(scope).items()
    ]
    note = "By the half-year in which the report was issued."
    return Parts("halves", "By half-year", "Half-year", tuple(rows), note=note, with_bias=with_bias)
