"""Writing on a roll-up: what is answered once for the half-year, and the own assessment theme by theme.

Each answer is saved or refused alone, while it is being given and with the whole page, as a statement's are.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.forms.rollup import AssessmentForm, RollupWordsForm, shown_of
from assurance.models import Rollup, ThemeAssessment
from assurance.permissions import can_issue_rollup
from assurance.rollup_tables import theme_row
from assurance.services import rollup_words
from assurance.services.rollup_words import Scale, ScoredTheme
from assurance.services.saving import Saved
from assurance.views.loading import begun_assessment_or_404, begun_rollup_or_404, writable_rollup_or_404
from assurance.views.parts import autosave, save_page, show_page
from organisation.autosaving import is_of_somebody_else, somebody_else
from organisation.periods import HalfYear
from organisation.requests import SignedInRequest
from records.edits import Edit

PartForm = RollupWordsForm | AssessmentForm


@dataclass
class RollupPart:
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

    @property
    def merges(self) -> dict[str, Any]:
        """Where texts that were overtaken belong."""
        return {"rollup": self.rollup, "assessment": None if isinstance(self.thing, Rollup) else self.thing}

    def offer(self, form: Any) -> None:
        """Let the form name the levels there are to choose from."""
        form.offer(rollup_words.scale_of(self.rollup).level_names)

    def next_url(self, request: SignedInRequest) -> str:
        """Return where writing goes on: the themes in their order, then what is still missing."""
        place, identities = self.place[:2], [theme.identity for theme in self.scale.themes]
        at = -1 if isinstance(self.thing, Rollup) else identities.index(self.thing.theme_identity)
        if at + 1 < len(identities):
            return reverse("assurance:rollup_theme", args=[*place, identities[at + 1]])
        name = "issue_rollup" if can_issue_rollup(request.user, self.rollup) else "rollup"
        return reverse(f"assurance:{name}", args=place)


# --- The pages ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """What is answered once for the half-year: the meetings, or the Head's opinion, and the narrative."""
    rollup = _begun(request, group, half)
    scale = rollup_words.scale_of(rollup)
    return _page(request, RollupPart(rollup, scale), "assurance/rollup_words.html", {"themes": scale.themes})


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
    return _page(request, RollupPart(stated, scale), "assurance/rollup_theme.html", context)


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


def _page(request: SignedInRequest, part: RollupPart, template: str, context: Mapping[str, Any]) -> HttpResponse:
    shown = {"rollup": part.rollup, "half": part.rollup.half, **context}
    return (save_page if request.method == "POST" else show_page)(request, part, template, shown)


# --- While it is being written ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_words(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """Save what has been answered once for the half-year so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return autosave(request, RollupPart(begun_rollup_or_404(request, group, half)))


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_theme(request: SignedInRequest, group: str, half: HalfYear, theme: str) -> HttpResponse:
    """Save what has been stated about a theme so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    return autosave(request, RollupPart(begun_assessment_or_404(request, group, half, theme)))
