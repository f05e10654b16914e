"""Forms that several people may have open at once: each answer goes with the version that its page showed.

What becomes of an answer that somebody has overtaken is decided by `records/edits.py`, under the row's lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms

from records.canonical import content_digest, normal
from records.edits import Conflict, Edit

# Older than every version: where the page's own version is missing, nothing of somebody else's is overwritten.
NO_VERSION = -1
STAMP_DIGITS = 12


def version_name(name: str) -> str:
    """The hidden field that carries the version of `name`."""
    return f"{name}-version"


def stamp(version: int, value: Any) -> str:
    """Return what a page carries with an answer: the version it shows, and which value that is.

    The value tells an answer that was left alone from one that was given: only the latter is an edit, so that people
    who answer different questions of one page do not get into each other's way.
    """
    if isinstance(value, date):
        value = value.isoformat()
    shown = value.strip() if isinstance(value, str) else value
    return f"{version}.{content_digest(shown)[:STAMP_DIGITS]}"


def initial_of(values: Mapping[str, Any], versions: Mapping[str, int]) -> dict[str, Any]:
    """Return a versioned form's initial values: each answer as stored, and the stamp of what is stored."""
    return {**values, **{version_name(name): stamp(versions.get(name, 0), values[name]) for name in values}}


class StampField(forms.CharField):
    """The stamp of an answer. It never refuses: an unreadable one is of the oldest version, and of no value."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=stamp(0, None))

    def clean(self, value: Any) -> tuple[int, str]:
        text = str(value or "")
        found = re.fullmatch(rf"([0-9]{{1,9}})\.[0-9a-f]{{{STAMP_DIGITS}}}", text)
        return (int(found[1]), text) if found else (NO_VERSION, "")


class VersionedForm(forms.Form):
    """A form whose `answers` may be edited by several people at once.

    `decided` names the controls whose two versions the person has seen and chosen between: an answer there counts also
    where it is the other person's. A `partial` form is one of which only some answers were sent: those with a stamp.
    """

    answers: tuple[str, ...] = ()

    def __init__(self, *args: Any, decided: Collection[str] = (), partial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided = frozenset(decided)
        self.partial = partial
        for name in self.answers:
            self.fields[version_name(name)] = StampField()

    def clean(self) -> dict[str, Any]:
        """Bring texts into the form in which they are stored, so that equal texts compare as equal."""
        cleaned = super().clean() or self.cleaned_data
        for name in self.answers:
            if isinstance(cleaned.get(name), str):
                cleaned[name] = normal(cleaned[name])
        return cleaned

    @property
    def sent(self) -> tuple[str, ...]:
        """The answers that the request brought: all of them, unless it brought only some."""
        if not self.partial:
            return self.answers
        return tuple(name for name in self.answers if self.add_prefix(version_name(name)) in self.data)

    def given(self) -> dict[str, Edit]:
        """Return the answers that are valid, each with the version it was made on."""
        return {
            name: Edit(self.cleaned_data[version_name(name)][0], self.cleaned_data[name])
            for name in self.sent
            if name in self.cleaned_data
        }

    def edits(self) -> dict[str, Edit]:
        """Return the valid answers that are not what the page showed when it was opened, and those decided on."""
        return {name: edit for name, edit in self.given().items() if not self._was_left_alone(name, edit)}

    def _was_left_alone(self, name: str, edit: Edit) -> bool:
        if self.add_prefix(name) in self.decided:
            return False
        return bool(self.cleaned_data[version_name(name)][1] == stamp(edit.base_version, edit.value))

    def settle(self, *, values: Mapping[str, Any], versions: Mapping[str, int], conflicts: Iterable[Conflict]) -> None:
        """Move the versions of a form that is shown again on to what its reader now knows.

        A conflict is shown with the other version, so saving again is a decision. An answer that is stored as it
        stands in the form moves to the stored version. Everything else (an answer with an error, one that was left
        alone) keeps the version it was made on: nobody has seen yet what stands against it.
        """
        theirs = {conflict.field: stamp(conflict.their_version, conflict.theirs) for conflict in conflicts}
        data: Any = self.data
        data = data.copy()
        for name in self.answers:
            if name in theirs:
                data[self.add_prefix(version_name(name))] = theirs[name]
            elif name in self.cleaned_data and self.cleaned_data[name] == values[name]:
                data[self.add_prefix(version_name(name))] = stamp(versions.get(name, 0), values[name])
        self.data = data


def labels_of(form: forms.BaseForm, extra: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return how the form's answers are called on the page."""
    return {name: str(field.label) for name, field in form.fields.items()} | dict(extra)


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """An answer as two people have it, for the page that shows both."""

    label: str
    theirs: str
    mine: str
    who: str
    when: datetime | None


def two_versions(
    conflicts: Iterable[Conflict],
    *,
    labels: Mapping[str, str],
    by: object | None,
    at: datetime | None,
    in_words: Callable[[Any], str],
) -> list[TwoVersions]:
    """Return the conflicts in words. `by` and `at` are of the last change before this one."""
    return [
        TwoVersions(labels[one.field], in_words(one.theirs), in_words(one.mine), str(by or ""), at) for one in conflicts
    ]
