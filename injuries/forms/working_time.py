"""Turning what is typed about working time into clean values. Nothing is saved here."""

from __future__ import annotations

import uuid
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from injuries.models import StaffGroup, WorkingTimeReading, WorkingTimeTarget
from injuries.models.working_time import LEAST_WEEKS, MOST_HOURS, MOST_WEEKS
from injuries.services.working_time import Said, Terms
from organisation.formfields import NOBODY, DayField, LineField, WordsField

NOTE_WORDS = 200
MOST_PEOPLE = 1_000_000
WHOLE = "Write a whole number in figures, such as 1,000."


class PeopleField(forms.IntegerField):
    """A number of people, with or without commas between the thousands."""

    default_error_messages = {
        "required": "Write how many there were; 0 where there was nobody.",
        "invalid": WHOLE,
        "min_value": "Write a number of at least %(limit_value)s.",
        "max_value": "There cannot be more than %(limit_value)s. Check the number.",
    }

    def __init__(self, *, least: int = 0, most: int = MOST_PEOPLE, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "9"}))
        super().__init__(min_value=least, max_value=most, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Read the number without what groups its digits."""
        return super().to_python(value.replace(",", "").replace(" ", "") if isinstance(value, str) else value)


class SentOnceForm(forms.Form):
    """What is known by its token, so that sending it twice does what it says once."""

    token = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={"required": "Open this page again and send it from there.", "invalid": "Open this page again."},
    )


class GroupForm(forms.Form):
    """Whose working time is shown."""

    group = forms.ModelChoiceField(
        label="Staff group", queryset=StaffGroup.objects.all(), empty_label=None, to_field_name="code"
    )


class StaffGroupMixin(forms.Form):
    """Of whom it is."""

    staff_group = forms.ModelChoiceField(
        label="Staff group",
        queryset=StaffGroup.objects.all(),
        empty_label=None,
        to_field_name="code",
        error_messages={
            "required": "Choose a staff group.",
            "invalid_choice": "Choose one of the staff groups that are listed.",
        },
    )


class ReadingForm(SentOnceForm):
    """A reading as at a day."""

    day = DayField(label="As at", help_text="The last day of the reference period. For example, 30 6 2019")
    in_scope = PeopleField(label="People in scope", least=1)
    opted_out = PeopleField(label="Over the limit, having opted out", help_text="They comply")
    not_opted_out = PeopleField(label="Over the limit, not opted out", help_text="They do not comply")
    hours = PeopleField(label="Weekly limit, in hours", least=1, most=MOST_HOURS)
    weeks = PeopleField(
        label="Reference period, in weeks",
        help_text=f"Over how many weeks hours are averaged: {LEAST_WEEKS}, or up to {MOST_WEEKS} by agreement",
        least=LEAST_WEEKS,
        most=MOST_WEEKS,
    )
    note = WordsField(label="Note (optional)", help_text=NOBODY, max_words=NOTE_WORDS, rows=3, required=False)

    def __init__(self, *args: Any, like: WorkingTimeReading | None = None, **kwargs: Any) -> None:
        """Offer the limit and the weeks that are usual here, or all that the reading to be corrected says."""
        initial = {"hours": settings.WORKING_TIME_HOURS, "weeks": settings.WORKING_TIME_WEEKS}
        if like is not None:
            initial = {one.name: getattr(like, one.name) for one in fields(Said)}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def said(self) -> Said:
        """What was typed, as the service takes it."""
        return Said(**{one.name: self.cleaned_data[one.name] for one in fields(Said)})


class NewReadingForm(StaffGroupMixin, ReadingForm):
    field_order = ("staff_group",)


class CorrectionForm(ReadingForm):
    because = WordsField(
        label="Why is the reading corrected?",
        help_text=f"Whoever reads the figures sees it. {NOBODY}",
        max_words=NOTE_WORDS,
        rows=3,
        error_messages={"required": "Say why the reading is corrected."},
    )


class WithdrawalForm(forms.Form):
    because = WordsField(
        label="Why is the reading withdrawn?",
        help_text=f"Whoever reads the figures sees it. {NOBODY}",
        max_words=NOTE_WORDS,
        rows=3,
        error_messages={"required": "Say why the reading is withdrawn."},
    )


class TargetForm(SentOnceForm):
    """A target as it was endorsed."""

    share = forms.DecimalField(
        label="Share that is to comply, in per cent",
        help_text="For example, 98 or 97.5",
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.1"),
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": "6"}),
        error_messages={
            "required": "Write the share in per cent, for example 98.",
            "invalid": "Write the share in per cent as a number, for example 98 or 97.5.",
            "max_decimal_places": "Write the share with one decimal at most.",
            "max_digits": "Write the share in per cent with one decimal at most.",
            "max_whole_digits": "A share is 100 per cent at most.",
            "min_value": "Write a share of more than 0 per cent.",
            "max_value": "A share is 100 per cent at most.",
        },
    )
    from_on = DayField(label="Applies from", help_text="Until the day of the next target. For example, 1 4 2019")
    endorsed_by = LineField(
        label="Endorsed by",
        max_length=200,
        help_text="A body or a post, such as the Health, Safety and Wellbeing Board",
        error_messages={"required": "Say which body or post has endorsed the target."},
    )
    note = WordsField(label="Note (optional)", help_text=NOBODY, max_words=NOTE_WORDS, rows=3, required=False)

    def __init__(self, *args: Any, like: WorkingTimeTarget | None = None, **kwargs: Any) -> None:
        """Offer what the target to be superseded says, but who endorsed it: that has to be found out anew."""
        initial = {} if like is None else {"share": f"{like.share:f}".removesuffix(".0"), "from_on": like.from_on}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def terms(self) -> Terms:
        """What was typed, as the service takes it."""
        return Terms(**{one.name: self.cleaned_data[one.name] for one in fields(Terms)})


class NewTargetForm(StaffGroupMixin, TargetForm):
    field_order = ("staff_group",)
