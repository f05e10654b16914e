"""Form fields the rooms share: a day typed as one line, lines and long texts, options that explain themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from organisation.periods import MONTHS

EXAMPLE_DAY = "31 3 2026"
# Said at every box for free text: records of safety easily tell of people who were hurt.
NOBODY = "Do not name anybody, and write nothing about anybody’s health."
CHARACTERS_A_WORD = 40  # an English word and its blank are six; addresses of web pages are long
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(?P<day>\d{1,2})\s*[/. -]\s*(?P<month>\d{1,2})\s*[/. -]\s*(?P<year>\d{4})", re.ASCII)
_WORDS = re.compile(r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?\s+(?P<month>[a-z]{3,9})\.?,?\s+(?P<year>\d{4})", re.ASCII)
# Months by name, and by the first three letters of it.
_MONTH_NUMBERS = {
    spelling.lower(): number for number, name in enumerate(MONTHS, start=1) for spelling in (name, name[:3])
} | {"sept": 9}


class DayField(forms.DateField):
    """A day typed on one line, day first: 31 3 2026, 31/3/2026, 31 March 2026 or 2026-03-31.

    One box works with every keyboard, screen reader and paste; the hint shows how to write it.
    """

    default_error_messages = {
        "required": f"Enter the date, for example {EXAMPLE_DAY}.",
        "invalid": f"“%(value)s” is not a date. Write the day, month and year, for example {EXAMPLE_DAY}.",
        "no_such_day": "There is no “%(value)s” in the calendar. Check the day and the month.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"For example, {EXAMPLE_DAY}")
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "size": "16"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Read a day, or say how to write one."""
        if value is None or isinstance(value, date):
            return super().to_python(value)
        text = " ".join(str(value).split())
        if not text:
            return None
        found = _ISO.fullmatch(text) or _NUMBERS.fullmatch(text) or _WORDS.fullmatch(text.lower())
        month = _month_number(found["month"]) if found else None
        if found is None or month is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": text})
        try:
            return date(int(found["year"]), month, int(found["day"]))
        except ValueError as error:
            raise ValidationError(
                self.error_messages["no_such_day"], code="no_such_day", params={"value": text}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a day the way the hint asks for it."""
        if isinstance(value, date):
            return f"{value.day} {value.month} {value.year}"
        return super().prepare_value(value)


def _month_number(text: str) -> int | None:
    return int(text) if text.isdecimal() else _MONTH_NUMBERS.get(text)


def count_words(text: str) -> int:
    """How many words `text` has, counted as the page's own counter does: runs without white space."""
    return len(text.split())


class LineField(forms.CharField):
    """A line of text in the Unicode form in which it is stored (NFC), which may be longer than what was typed."""

    def to_python(self, value: Any) -> str:
        """Bring the text into its form before its length is judged."""
        return unicodedata.normalize("NFC", super().to_python(value) or "")


class WordsField(forms.CharField):
    """Long text with a limit in words; the page counts them as they are typed.

    The limit in characters is for what has no words, such as a pasted picture: no text that people write meets it.
    """

    def __init__(self, *, max_words: int, rows: int = 8, **kwargs: Any) -> None:
        # `data-maxwords` is what the template pack looks for to put the counter under the box.
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "data-maxwords": max_words}))
        super().__init__(**kwargs)
        self.max_words = max_words

    def validate(self, value: str) -> None:
        """Refuse a text over the limit, and say how much must go."""
        super().validate(value)
        if len(value) > self.max_words * CHARACTERS_A_WORD:
            raise ValidationError(
                f"This has {len(value):,} characters and the limit is {self.max_words * CHARACTERS_A_WORD:,}. "
                "Take out what is not text for people to read.",
                code="too_many_characters",
            )
        over = count_words(value) - self.max_words
        if over > 0:
            raise ValidationError(
                f"This has {self.max_words + over:,} words and the limit is {self.max_words:,}. "
                f"Take out at least {over:,} word{'' if over == 1 else 's'}.",
                code="too_many_words",
            )


class OptionLabel(str):
    """The label of a radio button or checkbox, with what helps to choose it.

    `hint` is a line under the label, `tag` a short mark beside it (such as “Last quarter”), `criteria` a list under
    both. It is text, so it can stand wherever Django expects a choice's label.
    """

    hint: str
    tag: str
    criteria: tuple[str, ...]

    def __new__(cls, text: str, *, hint: str = "", tag: str = "", criteria: Iterable[str] = ()) -> OptionLabel:
        label = super().__new__(cls, text)
        label.hint = hint
        label.tag = tag
        label.criteria = tuple(criteria)
        return label
