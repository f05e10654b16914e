"""Writing on a roll-up: what is answered once for the half-year, and the own assessment theme by theme.

Each answer is saved or refused alone, while it is being given and with the whole page, as a statement's are.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.forms.rollup import AssessmentForm, RollupWordsForm, shown_of
from assurance.history import text_at
from assurance.models import Rollup, ThemeAssessment
from assurance.permissions import can_issue_rollup
from assurance.rollup_tables import theme_row
from assurance.services import rollup_words, saving
from assurance.services.rollup_words import Scale, ScoredTheme
from assurance.services.saving import LastChange, Saved
from assurance.views.answering import settle
from assurance.views.autosaving import Answer, add_answers, is_of_somebody_else, show, somebody_else
from assurance.views.conflicts import TwoVersions, page_token, put_in, put_merged, save_token, two_versions
from assurance.views.loading import begun_assessment_or_404, begun_rollup_or_404, writable_rollup_or_404
from organisation.periods import HalfYear
from organisation.requests import SignedInRequest
from organisation.sessions import is_own_device
from organisation.versioned import VersionedForm
from records.edits import Conflict, Edit

PartForm = RollupWordsForm | AssessmentForm


@dataclass
class Part:
    """What one page of a roll-up writes: `thing` is the roll-up itself, or what is stated on one theme of it."""

    thing: Rollup | ThemeAssessment
    scale: Scale = field(default_factory=Scale)

    @property
    def rollup(self) -> Rollup:
        return self.thing if isinstance(self.thing, Rollup) else self.thing.rollup

    @property
    def place(self) -> list[Any]:
        """What stands for it in addresses."""
        place: list[Any] = [self.rollup.slug, self.rollup.half]
        return place if isinstance(self.thing, Rollup) else [*place, self.thing.theme_identity]

    @property
    def url(self) -> str:
        name = "rollup_words" if isinstance(self.thing, Rollup) else "rollup_theme"
        return reverse(f"assurance:{name}", args=self.place)

    def form(self, data: Any = None, *, decided: Collection[str] = (), partial: bool = False) -> PartForm:
        """Return the page's questions, answered as they are stored or as they were sent."""
        names = rollup_words.answers_of(self.rollup) if isinstance(self.thing, Rollup) else AssessmentForm.answers
        stored = {name: getattr(self.thing, name) for name in names}
        given: dict[str, Any] = {
            "initial": shown_of(stored, self.thing.field_versions),
            "level_names": self.scale.level_names,
            "decided": decided,
            "partial": partial,
        }
        if isinstance(self.thing, Rollup):
            return RollupWordsForm(data, answers=names, **given)
        return AssessmentForm(data, **given)

    def save(self, edits: Mapping[str, Edit], *, token: uuid.UUID | None, request: SignedInRequest) -> Saved:
        """Save what has been answered."""
        by, at = request.user, timezone.now()
        if isinstance(self.thing, Rollup):
            return rollup_words.save_words(rollup=self.thing, edits=edits, token=token, by=by, at=at)
        return rollup_words.save_assessment(assessment=self.thing, edits=edits, token=token, by=by, at=at)

    def text_before(self, edits: Mapping[str, Edit], name: str) -> str | None:
        """Return the text that an answer had when the person began on it."""
        return text_at(self.thing, name, edits[name].base_version)

    def waiting(self, request: SignedInRequest, form: VersionedForm) -> list[TwoVersions]:
        """What the person wrote here and could not save, beside what stands now; of several tries the last."""
        theme = None if isinstance(self.thing, Rollup) else self.thing
        merges = saving.pending_merges(rollup=self.rollup, assessment=theme, by=request.user)
        refused = {merge.field: saving.from_json(merge.mine) for merge in merges}
        conflicts = [
            Conflict(name, mine, getattr(self.thing, name), self.thing.field_versions.get(name, 0))
            for name, mine in refused.items()
            if name in form.answers and mine != getattr(self.thing, name)
        ]
        changed = LastChange(self.thing.changed_by, self.thing.changed_at) if conflicts else LastChange()
        return two_versions(form, conflicts, theirs=changed)


# --- The pages ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """What is answered once for the half-year: the meetings, or the Head's opinion, and the narrative."""
    rollup = _begun(request, group, half)
    scale = rollup_words.scale_of(rollup)
    return _page(request, Part(rollup, scale), "assurance/rollup_words.html", {"themes": scale.themes})


@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: SignedInRequest, group: str, half: HalfYear, theme: str) -> HttpResponse:
    """What is stated about one theme, beside what the units report for it."""
    rollup = _begun(request, group, half)
    scale = rollup_words.scale_of(rollup)
    found, position = _theme_or_404(scale, theme)
    stated = rollup.assessments.select_related("changed_by").get(theme_identity=theme)
    stated.rollup = rollup
    context = {
        "theme": found,
        "position": position + 1,
        "themes": scale.themes,
        "levels": [*enumerate(scale.level_names, start=1)],
        "reported": theme_row(rollup.figures, theme) if rollup.figures is not None else None,
    }
    return _page(request, Part(stated, scale), "assurance/rollup_theme.html", context)


def _begun(request: SignedInRequest, group: str, half: HalfYear) -> Rollup:
    """Return the roll-up with room for what is written on it."""
    rollup = writable_rollup_or_404(request, group, half)
    begun = rollup_words.begin(rollup=rollup)
    return begun if rollup.pk is None else rollup


def _theme_or_404(scale: Scale, identity: str) -> tuple[ScoredTheme, int]:
    for position, found in enumerate(scale.themes):
        if found.identity == identity:
            return found, position
    raise Http404


def _page(request: SignedInRequest, part: Part, template: str, context: Mapping[str, Any]) -> HttpResponse:
    if request.method == "POST":
        return _save(request, part, template, context)
    form = part.form()
    waiting = part.waiting(request, form)
    put = put_in([form], waiting, request.GET.get("put", ""))
    return _show(request, part, form, template, {**context, "waiting": waiting, "unsaved": " ".join(put)})


def _save(request: SignedInRequest, part: Part, template: str, context: Mapping[str, Any]) -> HttpResponse:
    form = part.form(request.POST, decided=request.POST.getlist("decided"))
    valid = form.is_valid()
    edits = form.edits()
    saved = part.save(edits, token=save_token(request), request=request)
    if valid and saved.is_complete:
        messages.success(request, "Saved.")
        return redirect(_next(request, part) if request.POST.get("then") == "continue" else part.url)
    both = two_versions(form, saved.conflicts, theirs=saved.before, begun_on=lambda name: part.text_before(edits, name))
    settle(form, edits, saved)
    put_merged(form, both)
    unsaved = [*(one.answer for one in both), *(name for name in form.errors if name in form.answers)]
    more = {"conflicts": both, "form_has_errors": bool(both), "unsaved": " ".join(unsaved), "partly_saved": True}
    return _show(request, part, form, template, {**context, **more}, status=409 if both else 422)


def _next(request: SignedInRequest, part: Part) -> str:
    """Return where writing goes on: the themes in their order, then what is still missing."""
    place, identities = part.place[:2], [theme.identity for theme in part.scale.themes]
    at = -1 if isinstance(part.thing, Rollup) else identities.index(part.thing.theme_identity)
    if at + 1 < len(identities):
        return reverse("assurance:rollup_theme", args=[*place, identities[at + 1]])
    name = "issue_rollup" if can_issue_rollup(request.user, part.rollup) else "rollup"
    return reverse(f"assurance:{name}", args=place)


def _show(
    request: SignedInRequest,
    part: Part,
    form: VersionedForm,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    shown = {
        "rollup": part.rollup,
        "half": part.rollup.half,
        "form": form,
        "token": uuid.uuid4(),
        "own_device": is_own_device(request),
        **context,
    }
    return render(request, template, shown, status=status)


# --- While it is being written ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_words(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Save what has been answered once for the half-year so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return _autosave(request, Part(begun_rollup_or_404(request, group, half)))


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_theme(request: SignedInRequest, group: str, half: HalfYear, theme: str) -> HttpResponse:
    """Save what has been stated about a theme so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return _autosave(request, Part(begun_assessment_or_404(request, group, half, theme)))


def _autosave(request: SignedInRequest, part: Part) -> HttpResponse:
    if not request.htmx or request.method != "POST":  # somebody who had to sign in first, or pressed "back"
        return redirect(part.url)
    form = part.form(request.POST, decided=request.POST.getlist("decided"), partial=True)
    form.is_valid()
    edits = form.edits()
    saved = part.save(edits, token=page_token(request), request=request) if edits else Saved()
    if saved.conflicts:
        form.offer(rollup_words.scale_of(part.rollup).level_names)  # both versions are shown in words
    answer = Answer()
    add_answers(answer, form, edits, saved, begun_on=lambda name: part.text_before(edits, name))
    return show(request, answer)
