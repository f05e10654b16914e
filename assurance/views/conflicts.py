"""What the pages on which a statement is filled in share: two versions of an answer, and a statement that moved on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from assurance.models import Revision
from assurance.services.statements import LastChange
from assurance.views.loading import SignedInRequest
from records.edits import Conflict
from rendering import formats

CLOSED = "This statement is {state}, so it cannot be changed. Reopen it first if something has to be mended."


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """A field as two people have it, for the page that shows both."""

    label: str
    theirs: str
    mine: str
    who: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text that could not be saved, to be copied from the page."""

    label: str
    text: str
    rows: int


def _in_words(value: Any, levels: Mapping[int, str] | None = None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return f"Level {value}: {(levels or {}).get(value, '')}"
    if isinstance(value, date):
        return formats.day(value)
    return str(value)


def two_versions(
    conflicts: Iterable[Conflict],
    *,
    labels: Mapping[str, str],
    theirs: LastChange,
    levels: Mapping[int, str] | None = None,
) -> list[TwoVersions]:
    return [
        TwoVersions(
            label=labels[conflict.field],
            theirs=_in_words(conflict.theirs, levels),
            mine=_in_words(conflict.mine, levels),
            who=str(theirs.by or ""),
            when=theirs.at,
        )
        for conflict in conflicts
    ]


def labels_of(form: forms.BaseForm) -> dict[str, str]:
    return {name: str(field.label) for name, field in form.fields.items()}


def moved_on(request: SignedInRequest, revision: Revision, pages: Sequence[forms.BaseForm]) -> HttpResponse:
    """409: the statement was completed, or another revision begun, while the person was writing."""
    texts = [
        TypedText(str(box.label), text, min(12, text.count("\n") + len(text) // 70 + 2))
        for form in pages
        for box in form.visible_fields()
        if isinstance(text := box.value(), str) and text.strip() and not isinstance(box.field, forms.ChoiceField)
    ]
    context = {"revision": revision, "statement": revision.statement, "texts": texts}
    return render(request, "assurance/statement_moved_on.html", context, status=409)


def is_the_one_on_the_page(request: SignedInRequest, revision: Revision) -> bool:
    """Whether the page was opened on this revision: the next one counts its fields' versions afresh."""
    return revision.is_open and request.POST.get("revision") == str(revision.number)


def closed(request: SignedInRequest, revision: Revision) -> HttpResponseRedirect:
    messages.info(request, CLOSED.format(state=revision.get_state_display().lower()))
    return redirect("assurance:statement", revision.statement.unit.slug, revision.statement.quarter)
