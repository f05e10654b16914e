"""How an autosave is answered, whatever was saved: a fragment that says what became of each answer that was sent.

By its header `Autosave-Outcome` the page's script knows it from any other answer, such as the sign-in page.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from organisation.conflicts import HowSaved, TwoVersions, settle, two_versions
from organisation.requests import SignedInRequest
from organisation.versioned import VersionedForm, version_name
from records.edits import Conflict, Edit

SOMEBODY_ELSE = "Somebody else is signed in in this browser now.\n"  # the page's own script has the words for it


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an answer was not saved, and the id of the control to say it at."""

    answer: str
    control: str
    text: str


@dataclass
class Answer:
    """What became of the answers that were sent. `moved` are hidden fields of the page and their new values."""

    kept: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    conflicts: list[TwoVersions] = field(default_factory=list)
    moved: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> tuple[str, int]:
        """In a word for the page's script, and as a status."""
        if self.conflicts:
            return "conflict", 409
        return ("refused", 422) if self.wrong else ("saved", 200)


def add_answers(
    answer: Answer,
    form: VersionedForm,
    edits: Mapping[str, Edit],
    saved: HowSaved,
    begun_on: Callable[[str], str | None] = lambda _name: None,
) -> None:
    """Say of each answer that was sent whether it is saved, wrong or overtaken."""
    answer.conflicts += two_versions(form, saved.conflicts, theirs=saved.before, begun_on=begun_on)
    settle(form, edits, saved)
    overtaken = fields_of(saved.conflicts)
    for name in form.sent:
        answer.wrong += [Wrong(name, form[name].auto_id, str(text)) for text in form.errors.get(name, ())]
        if name not in form.errors and name not in overtaken:
            answer.kept.append(name)
    answer.moved |= stamps_of(form, [name for name in form.sent if name in answer.kept])


def fields_of(conflicts: Iterable[Conflict]) -> set[str]:
    return {conflict.field for conflict in conflicts}


def stamps_of(form: VersionedForm, names: Sequence[str]) -> dict[str, Any]:
    """Return the hidden stamps of these answers as they are now."""
    stamps = [form.add_prefix(version_name(name)) for name in names]
    return {stamp: form.data[stamp] for stamp in stamps}


def is_of_somebody_else(request: SignedInRequest) -> bool:
    """Whether the page was opened by another person than the one who is signed in by now."""
    own = str(request.user.pk)
    return request.POST.get("person", own) != own


def somebody_else() -> HttpResponse:
    """403, with the outcome that the page's script has words for."""
    return HttpResponse(SOMEBODY_ELSE, status=403, headers={"Autosave-Outcome": "other-person"})


def show(request: SignedInRequest, answer: Answer) -> HttpResponse:
    """Answer with what became of what was sent."""
    outcome, status = answer.outcome
    context = {"answer": answer, "kept": " ".join(answer.kept), "saved_at": timezone.now()}
    return fragment(request, "components/_autosaved.html", context, outcome=outcome, status=status)


def fragment(
    request: SignedInRequest, template: str, context: dict[str, Any], *, outcome: str, status: int
) -> HttpResponse:
    """Answer with a fragment that the page's script knows by its header."""
    response = render(request, template, context, status=status)
    response["Autosave-Outcome"] = outcome
    return response


# --- Tokens -------------------------------------------------------------------------------------------------------


def save_token(request: SignedInRequest) -> uuid.UUID | None:
    """Return what a whole page that is sent twice is known by: the page's own token, and all that was in it."""
    page = page_token(request)
    if page is None:
        return None
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return uuid.uuid5(page, json.dumps(sent))


def page_token(request: SignedInRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return None
