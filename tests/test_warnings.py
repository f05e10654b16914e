"""Every box in which people write freely warns them, at entry, against naming anybody or telling of their health."""

from __future__ import annotations

from types import ModuleType

import pytest
from django import forms

import actions.forms
import assurance.forms.mentoring
import assurance.forms.review
import assurance.forms.statement
from organisation.formfields import WordsField

WARNING = "Do not name anybody, and write nothing about anybody’s health."
# Its page has the same words above the box: tests/assurance/test_mentoring_views.py.
WARNED_OTHERWISE = {"QuestionForm"}


def boxes() -> list[tuple[str, forms.Field]]:
    """The boxes for longer texts, and the lines that say what an action is, of every form with a place for them."""
    rooms: tuple[ModuleType, ...] = (
        actions.forms,
        assurance.forms.mentoring,
        assurance.forms.review,
        assurance.forms.statement,
    )
    return [
        (f"{form.__name__}.{name}", field)
        for room in rooms
        for form in vars(room).values()
        if isinstance(form, type) and issubclass(form, forms.Form) and form.__name__ not in WARNED_OTHERWISE
        for name, field in form.base_fields.items()
        if isinstance(field, WordsField) or name == "title"
    ]


@pytest.mark.parametrize("box", boxes(), ids=lambda box: box[0])
def test_a_box_for_free_text_warns_against_naming_people(box: tuple[str, forms.Field]) -> None:
    assert WARNING in str(box[1].help_text)


def test_there_are_boxes_to_ask_of() -> None:
    assert len(boxes()) > 15
