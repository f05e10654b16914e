"""Pages on which several people answer at once, of a roll-up or an audit: the whole page saved, and each answer alone
while it is being given. Statements have the same with more around it (`theme.py`, `autosave.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assurance.history import text_at
from assurance.models import Audit, MergeDecision, Rollup, ThemeAssessment, ThemeVerdict
from assurance.services import saving
from assurance.services.saving import LastChange, Saved
from organisation.autosaving import Answer, add_answers, page_token, save_token, show
from organisation.conflicts import TwoVersions, put_in, put_merged, settle, two_versions
from organisation.requests import SignedInRequest
from organisation.sessions import is_own_device
from organisation.versioned import VersionedForm
from records.edits import Conflict, Edit


class Part(Protocol):
    """What one page writes: a row whose answers have versions, its questions, and where they are saved."""

    @property
    def thing(self) -> Rollup | ThemeAssessment | Audit | ThemeVerdict: ...

    @property
    def url(self) -> str: ...

    @property
    def merges(self) -> Mapping[str, Any]:
        """Where texts that were overtaken belong, as `pending_merges` asks for it."""

    def form(self, data: Any = None, *, decided: Collection[str] = (), partial: bool = False) -> VersionedForm:
        """Return the page's questions, answered as they are stored or as they were sent."""

    def offer(self, form: Any) -> None:
        """Let the form say in words what there is to choose from: before two versions are shown."""

    def save(self, edits: Mapping[str, Edit], *, token: uuid.UUID | None, request: SignedInRequest) -> Saved:
        """Save what has been answered."""

    def next_url(self, request: SignedInRequest) -> str:
        """Return where writing goes on."""


# --- The whole page -----------------------------------------------------------------------------------------------


def show_page(request: SignedInRequest, part: Part, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Answer with the page as it is stored, with what the person wrote there and could not save."""
    form = part.form()
    waiting = _waiting(request, part, form)
    put = put_in([form], waiting, request.GET.get("put", ""))
    return _show(request, form, template, {**context, "waiting": waiting, "unsaved": " ".join(put)})


def save_page(request: SignedInRequest, part: Part, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Save what was sent with the page; what is wrong or overtaken is shown again."""
    form = part.form(request.POST, decided=request.POST.getlist("decided"))
    valid = form.is_valid()
    edits = form.edits()
    saved = part.save(edits, token=save_token(request), request=request)
    if valid and saved.is_complete:
        messages.success(request, "Saved.")
        return redirect(part.next_url(request) if request.POST.get("then") == "continue" else part.url)
    both = two_versions(form, saved.conflicts, theirs=saved.before, begun_on=lambda name: _before(part, edits, name))
    settle(form, edits, saved)
    put_merged(form, both)
    unsaved = [*(one.answer for one in both), *(name for name in form.errors if name in form.answers)]
    more = {"conflicts": both, "form_has_errors": bool(both), "unsaved": " ".join(unsaved), "partly_saved": True}
    return _show(request, form, template, {**context, **more}, status=409 if both else 422)


def _show(
    request: SignedInRequest, form: VersionedForm, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "token": uuid.uuid4(), "own_device": is_own_device(request), **context}
    return render(request, template, shown, status=status)


def _waiting(request: SignedInRequest, part: Part, form: VersionedForm) -> list[TwoVersions]:
    """What the person wrote here and could not save, beside what stands now; of several tries the last."""
    thing, merges = part.thing, saving.pending_merges(**part.merges, by=request.user)
    conflicts = [
        Conflict(name, mine, getattr(thing, name), thing.field_versions.get(name, 0))
        for name, mine in _refused(merges).items()
        if name in form.answers and mine != getattr(thing, name)
    ]
    changed = LastChange(thing.changed_by, thing.changed_at) if conflicts else LastChange()
    return two_versions(form, conflicts, theirs=changed)


def _refused(merges: Iterable[MergeDecision]) -> dict[str, Any]:
    return {merge.field: saving.from_json(merge.mine) for merge in merges}


def _before(part: Part, edits: Mapping[str, Edit], name: str) -> str | None:
    """Return the text that an answer had when the person began on it."""
    return text_at(part.thing, name, edits[name].base_version)


# --- While it is being written ------------------------------------------------------------------------------------


def autosave(request: SignedInRequest, part: Part) -> HttpResponse:
    """Save what has been answered so far."""
    if not request.htmx or request.method != "POST":  # somebody who had to sign in first, or pressed "back"
        return redirect(part.url)
    form = part.form(request.POST, decided=request.POST.getlist("decided"), partial=True)
    form.is_valid()
    edits = form.edits()
    saved = part.save(edits, token=page_token(request), request=request) if edits else Saved()
    if saved.conflicts:
        part.offer(form)
    answer = Answer()
    add_answers(answer, form, edits, saved, begun_on=lambda name: _before(part, edits, name))
    return show(request, answer)
