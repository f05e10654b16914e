"""Opening, renaming, merging, splitting, moving, changing and closing units: a form, a check page, and the act.

The check page says what will happen. Its button sends the form again with the digest of what was read: where that has
changed meanwhile, the page is shown once more instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation import outlook
from organisation.models import Unit
from organisation.outlook import Outlook
from organisation.permissions import can_list_units, can_reorganise
from organisation.requests import SignedInRequest
from organisation.rules import Refused
from organisation.services import units as services
from organisation.unit_forms import (
    MOST_OF_A_SPLIT,
    ChangeUnitForm,
    CloseUnitForm,
    MergeUnitForm,
    MoveUnitForm,
    NewUnitForm,
    OpenUnitForm,
    RenameUnitForm,
    SplitDayForm,
)
from organisation.views.units import ONLY_ADMINISTRATORS, unit_to_change_or_404
from rendering.formats import day

CHANGED_MEANWHILE = "Something has changed since you read this page. Read it again, then decide."
FEWEST_OF_A_SPLIT = 2
form_or_back = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Act:
    """A reorganisation as its pages need it: what it is called, what it will do, and how it is done.

    `forms` are all the forms of its page; the first one takes what the services refuse. `rows` of them are for new
    units of a split, to which another may be added.
    """

    heading: str
    button: str
    forms: Sequence[forms.BaseForm]
    foresee: Callable[[], Outlook]
    do: Callable[[], HttpResponseRedirect]
    unit: Unit | None = None
    introduction: str = ""
    rows: int = 0
    may_add: bool = False


def _in_two_steps(request: SignedInRequest, act: Act) -> HttpResponse:
    """Show the form; then what would happen; then, once that has been read, let it happen."""
    faulty = [one for one in act.forms if not one.is_valid()]  # each is asked, so that all faults are shown at once
    if faulty or "back" in request.POST:
        return _form_page(request, act)
    try:
        foreseen = act.foresee()
        seen = request.POST.get("seen")
        if seen == foreseen.digest:
            return act.do()
    except Refused as refusal:
        act.forms[0].add_error(None, str(refusal))
        return _form_page(request, act)
    if seen:
        messages.error(request, CHANGED_MEANWHILE)
    context = {"act": act, "outlook": foreseen}
    return render(request, "organisation/reorganise_check.html", context, status=409 if seen else 200)


def _form_page(request: SignedInRequest, act: Act) -> HttpResponse:
    faults = any(one.is_bound and one.errors for one in act.forms)
    context = {"act": act, "forms": act.forms}
    return render(request, "organisation/reorganise.html", context, status=422 if faults else 200)


def _posted(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _to(unit: Unit) -> HttpResponseRedirect:
    return redirect("unit", unit.slug)


# --- Opening ------------------------------------------------------------------------------------------------------


@form_or_back
def new_unit(request: SignedInRequest) -> HttpResponse:
    """Open a unit that came of no other."""
    refuse_others(request)
    form = OpenUnitForm(_posted(request))

    def foresee() -> Outlook:
        return outlook.of_opening(form.unit(), on=form.cleaned_data["on"], today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        unit = services.open_unit(new=form.unit(), on=form.cleaned_data["on"], by=request.user, at=timezone.now())
        messages.success(request, f"{unit.name} opens on {day(unit.opened_on)}.")
        return _to(unit)

    introduction = "For a unit that came of no other. Where one is renamed, merged or split, begin on that unit’s page."
    return _in_two_steps(request, Act("Open a unit", "Open the unit", [form], foresee, do, introduction=introduction))


def refuse_others(request: SignedInRequest) -> None:
    """Answer 404 to whoever reads no units, and 403 to whoever may not reorganise them."""
    if not can_list_units(request.user):
        raise Http404
    if not can_reorganise(request.user):
        raise PermissionDenied(ONLY_ADMINISTRATORS)


# --- Becoming others ----------------------------------------------------------------------------------------------


@form_or_back
def rename_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let a unit go on under another name."""
    unit = unit_to_change_or_404(request, slug)
    form = RenameUnitForm(_posted(request))

    def foresee() -> Outlook:
        wanted = form.cleaned_data
        return outlook.of_renaming(unit, **wanted, by=request.user, today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        after = services.rename(unit=unit, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{unit.name} is {after.name} from {day(after.opened_on)}.")
        return _to(after)

    introduction = (
        "What was signed under the old name stays under it. From the first day of the new name there is a new unit, "
        "of the same kind, risk band and business group, that is known to have come of this one."
    )
    heading = f"Rename {unit.name}"
    return _in_two_steps(request, Act(heading, "Rename the unit", [form], foresee, do, unit, introduction=introduction))


@form_or_back
def merge_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let a unit become one with others."""
    unit = unit_to_change_or_404(request, slug)
    group = unit.memberships.order_by("-starts_on").values_list("group", flat=True).first()
    form = MergeUnitForm(
        _posted(request),
        unit=unit,
        initial={"kind": unit.kind, "risk_band": unit.risk_band, "group": group, "appoint_again": True},
    )

    def what() -> dict[str, Any]:
        wanted = form.cleaned_data
        return {"into": form.becomes(), "on": wanted["on"], "appoint_again": wanted["appoint_again"]}

    def foresee() -> Outlook:
        return outlook.of_merging(form.units, **what(), by=request.user, today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        after = services.merge(units=form.units, **what(), by=request.user, at=timezone.now())
        names = " and ".join(one.name for one in form.units)
        are = "are" if len(form.units) > 1 else "is"
        messages.success(request, f"{names} {are} {after.name} from {day(form.cleaned_data['on'])}.")
        return _to(after)

    introduction = (
        "The units that end keep what they have signed. What they become is a new unit, or one that exists already "
        "and takes them in."
    )
    heading = f"Merge {unit.name}"
    return _in_two_steps(request, Act(heading, "Merge the units", [form], foresee, do, unit, introduction=introduction))


@form_or_back
def split_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let a unit become several."""
    unit = unit_to_change_or_404(request, slug)
    group = unit.memberships.order_by("-starts_on").values_list("group", flat=True).first()
    same = {"kind": unit.kind, "risk_band": unit.risk_band, "group": group}
    one_more = "add" in request.POST
    first_day, rows = _split_forms(request.POST, same, judged=request.method == "POST" and not one_more)

    def what() -> dict[str, Any]:
        return {"into": [row.unit() for row in rows], "on": first_day.cleaned_data["on"], "by": request.user}

    def foresee() -> Outlook:
        return outlook.of_splitting(unit, **what(), today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        after = services.split(unit=unit, **what(), at=timezone.now())
        names = " and ".join(one.name for one in after)
        messages.success(request, f"{unit.name} is {names} from {day(after[0].opened_on)}.")
        return _to(unit)

    introduction = (
        "The unit that ends keeps what it has signed. People are not appointed to the new units by this: who goes "
        "where is for you to say afterwards."
    )
    heading = f"Split {unit.name}"
    act = Act(
        heading, "Split the unit", [first_day, *rows], foresee, do, unit, introduction=introduction, rows=len(rows),
        may_add=len(rows) < MOST_OF_A_SPLIT,
    )  # fmt: skip
    return _form_page(request, act) if one_more else _in_two_steps(request, act)


def _split_forms(posted: QueryDict, same: dict[str, Any], *, judged: bool) -> tuple[SplitDayForm, list[NewUnitForm]]:
    """Return the form for the day, and one for each new unit: two at least, and one more where that was asked for."""
    asked = posted.get("rows", "")
    wanted = (int(asked) if asked.isdecimal() and len(asked) < 4 else 0) + ("add" in posted)
    prefixes = [f"unit-{number}" for number in range(1, min(max(wanted, FEWEST_OF_A_SPLIT), MOST_OF_A_SPLIT) + 1)]
    if judged:
        return SplitDayForm(posted), [NewUnitForm(posted, prefix=prefix) for prefix in prefixes]
    typed = [
        {name: posted.get(f"{prefix}-{name}", value) for name, value in ({"name": ""} | same).items()}
        for prefix in prefixes
    ]
    rows = [NewUnitForm(initial=one, prefix=prefix) for one, prefix in zip(typed, prefixes, strict=True)]
    return SplitDayForm(initial={"on": posted.get("on", "")}), rows


# --- As it is -----------------------------------------------------------------------------------------------------


@form_or_back
def move_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let a unit belong to another business group."""
    unit = unit_to_change_or_404(request, slug)
    form = MoveUnitForm(_posted(request))

    def foresee() -> Outlook:
        return outlook.of_moving(unit, **form.cleaned_data, today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        membership = services.move(unit=unit, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{unit.name} is in {membership.group.name} from {day(membership.starts_on)}.")
        return _to(unit)

    return _in_two_steps(request, Act(f"Move {unit.name}", "Move the unit", [form], foresee, do, unit))


@form_or_back
def change_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say anew what kind of unit it is, and its risk band."""
    unit = unit_to_change_or_404(request, slug)
    form = ChangeUnitForm(_posted(request), initial={"kind": unit.kind, "risk_band": unit.risk_band})

    def foresee() -> Outlook:
        return outlook.of_changing(unit, **form.cleaned_data, today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        services.change(unit=unit, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{unit.name} is changed.")
        return _to(unit)

    heading = f"Kind and risk band of {unit.name}"
    return _in_two_steps(request, Act(heading, "Change the unit", [form], foresee, do, unit))


@form_or_back
def close_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let a unit end, with nothing coming of it."""
    unit = unit_to_change_or_404(request, slug)
    form = CloseUnitForm(_posted(request))

    def foresee() -> Outlook:
        return outlook.of_closing(unit, **form.cleaned_data, today=timezone.localdate())

    def do() -> HttpResponseRedirect:
        closed = services.close(unit=unit, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{unit.name} has its last day on {day(form.cleaned_data['last_day'])}.")
        return _to(closed)

    introduction = (
        "For a unit of which nothing comes. Where it goes on under another name or with others, rename or merge it."
    )
    heading = f"Close {unit.name}"
    return _in_two_steps(request, Act(heading, "Close the unit", [form], foresee, do, unit, introduction=introduction))
