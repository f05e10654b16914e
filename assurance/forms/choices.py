"""Questions answered with radio buttons that several of this room's forms ask: a level, and yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from assurance.rollup import LEVELS

YES_NO = (("yes", "Yes"), ("no", "No"))
UNKNOWN_LEVEL = "That level is not one of this page. Choose again."


def is_yes(value: str) -> bool:
    """Return the answer that a radio button stands for."""
    return value == "yes"


def yes_or_no(value: bool | None) -> str | None:
    """Return the radio button that stands for an answer; None where there is none."""
    return None if value is None else "yes" if value else "no"


def level_choices(level_names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the levels to choose from; without names where only the choice is judged."""
    names = list(level_names) or [""] * len(LEVELS)
    return [(str(number), f"Level {number}: {name}") for number, name in enumerate(names, start=1)]


class LevelField(forms.TypedChoiceField):
    """A level, or None for now. `coerce` is for those that offer more than levels."""

    def __init__(self, *, coerce: Callable[[str], Any] = int, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.RadioSelect,
            coerce=coerce,
            empty_value=None,
            required=False,
            choices=level_choices(()),
            error_messages={"invalid_choice": UNKNOWN_LEVEL},
            **kwargs,
        )


class YesNoField(forms.TypedChoiceField):
    """Yes or no; None where it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"required": False, "empty_value": None} | kwargs
        super().__init__(widget=forms.RadioSelect, choices=YES_NO, coerce=is_yes, **kwargs)
