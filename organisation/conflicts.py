"""Two versions of an answer that two people have given: in words, for the page that shows both, and put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django import forms

from organisation.versioned import VersionedForm, stamp
from records.edits import Conflict, Edit
from records.merging import propose
from rendering import formats

NOT_WRITTEN = object()  # equal to no answer


class Changed(Protocol):
    """Who changed something last before a save, and when: whose version a conflict is with."""

    @property
    def by(self) -> object | None: ...

    @property
    def at(self) -> datetime | None: ...


class HowSaved(Protocol):
    """How a save went: what was overtaken, whose version stands, and the versions of the answers that were sent."""

    @property
    def conflicts(self) -> Sequence[Conflict]: ...

    @property
    def before(self) -> Changed: ...

    @property
    def stamps(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """A field as two people have it, for the page that shows both.

    `control` is the name of its controls in the form and `answer` of what is saved together: for a row of a table,
    the row. The values are what the controls hold. `merged` is a text to edit; None where there is only one or the
    other. `stamp` is of the other version: what a decision is saved on.
    """

    control: str
    answer: str
    label: str
    theirs: str
    mine: str
    theirs_values: str
    mine_values: str
    merged: str | None
    stamp: str
    who: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text that could not be saved, to be copied from the page."""

    label: str
    text: str
    rows: int


def two_versions(
    form: VersionedForm,
    conflicts: Iterable[Conflict],
    *,
    theirs: Changed,
    labels: Mapping[str, str] | None = None,
    begun_on: Callable[[str], str | None] = lambda _name: None,
) -> list[TwoVersions]:
    """Put conflicts of a form into words. `begun_on` returns the text that a field had before both changed it."""
    return [
        TwoVersions(
            control=form.add_prefix(conflict.field),
            answer=form.prefix or conflict.field,
            label=(labels or {}).get(conflict.field) or str(form.fields[conflict.field].label),
            theirs=_in_words(form, conflict.field, conflict.theirs),
            mine=_in_words(form, conflict.field, conflict.mine),
            theirs_values=json.dumps(control_values(form, conflict.field, conflict.theirs)),
            mine_values=json.dumps(control_values(form, conflict.field, conflict.mine)),
            merged=_merged(form, conflict, begun_on),
            stamp=stamp(conflict.their_version, conflict.theirs),
            who=str(theirs.by or ""),
            when=theirs.at,
        )
        for conflict in conflicts
    ]


def control_values(form: VersionedForm, name: str, value: Any) -> list[str]:
    """Return the values of the controls that show `value`; none where nothing is given."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(form.fields[name].prepare_value(value))]


def _in_words(form: VersionedForm, name: str, value: Any) -> str:
    field: Any = form.fields[name]
    if isinstance(value, date):
        return formats.day(value)
    values = control_values(form, name, value)
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        choices = {str(key): str(label) for key, label in offered}
        values = [choices.get(one, one) for one in values]
    return "\n".join(values)


def _merged(form: VersionedForm, conflict: Conflict, begun_on: Callable[[str], str | None]) -> str | None:
    if not isinstance(form.fields[conflict.field].widget, forms.Textarea):
        return None
    return propose(begun_on(conflict.field), conflict.mine, conflict.theirs).text


def put_merged(form: VersionedForm, versions: Iterable[TwoVersions]) -> None:
    """Let a form that is shown again hold the merged texts: both versions stand above it."""
    data: Any = form.data
    data = data.copy()
    for one in versions:
        if one.merged is not None:
            data[one.control] = one.merged
    form.data = data


def put_in(pages: Iterable[VersionedForm], waiting: Iterable[TwoVersions], control: str) -> list[str]:
    """Show the person's own text, or both put together, in the box of that name; return the answer it belongs to."""
    for one in waiting:
        for form in pages:
            if one.control == control and one.answer == (form.prefix or control):
                name = control.removeprefix(f"{form.prefix}-") if form.prefix else control
                mine = json.loads(one.mine_values)
                several = isinstance(form.fields[name], forms.MultipleChoiceField)
                form.initial[name] = one.merged or (mine if several else next(iter(mine), ""))
                return [one.answer]
    return []


def settle(form: VersionedForm, edits: Mapping[str, Edit], saved: HowSaved) -> None:
    """Move the stamps of what was written, and of what the person is about to be shown, on to what is stored."""
    written = {name: edit.value for name, edit in edits.items()}
    values = {name: written.get(name, NOT_WRITTEN) for name in form.answers}
    form.settle(values=values, versions=saved.stamps, conflicts=saved.conflicts)


def typed_texts(pages: Sequence[forms.BaseForm]) -> list[TypedText]:
    """Return what was typed into forms that cannot be saved, to be copied."""
    return [
        TypedText(str(box.label), text, min(12, text.count("\n") + len(text) // 70 + 2))
        for form in pages
        for box in form.visible_fields()
        if isinstance(text := box.value(), str) and text.strip() and not isinstance(box.field, forms.ChoiceField)
    ]
