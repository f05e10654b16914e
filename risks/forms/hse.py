"""Turning what people say of the Health and Safety Executive (HSE) into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from organisation.formfields import NOBODY, DayField, LineField, OptionLabel, WordsField
from organisation.models import BusinessGroup, Unit
from risks.forms.board import CHOOSE, MeetingFileForm
from risks.forms.risks import DESCRIPTION_WORDS, REASON_WORDS
from risks.liaison_reading import in_days
from risks.models import NoticeKind, NotificationKind

OF_A_UNIT = "The business group that it was in on that day answers for it."


class EntryForm(forms.Form):
    """Something with the HSE that is entered, or (`corrects`) that takes the place of another entry."""

    because = WordsField(
        label="What was wrong before",
        max_words=REASON_WORDS,
        rows=3,
        help_text=NOBODY,
        error_messages={"required": "Say what was wrong before."},
    )

    def __init__(self, *args: Any, corrects: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not corrects:
            del self.fields["because"]


class LiaisonMeetingForm(EntryForm):
    """A meeting with the HSE, or another contact with it."""

    held_on = DayField(label="Held on")
    office = LineField(
        label="With which post or office",
        help_text="Such as “HSE national lead for police services”. Not who holds it.",
        max_length=200,
        error_messages={"required": "Say with which post or office."},
    )
    about = WordsField(
        label="What it was about",
        max_words=DESCRIPTION_WORDS,
        rows=5,
        help_text=NOBODY,
        error_messages={"required": "Say what it was about."},
    )
    outcome = WordsField(label="What came of it", max_words=DESCRIPTION_WORDS, rows=5, required=False, help_text=NOBODY)
    field_order = ["held_on", "office", "about", "outcome", "because"]


class PlacedForm(EntryForm):
    """Something that happened in a unit, in a business group, or that concerns the force as a whole."""

    unit = forms.ModelChoiceField(
        label="Unit",
        help_text=OF_A_UNIT,
        queryset=Unit.objects.none(),
        required=False,
        empty_label="None in particular",
        error_messages=CHOOSE,
    )
    group = forms.ModelChoiceField(
        label="Business group",
        help_text="Only where you choose no unit.",
        queryset=BusinessGroup.objects.none(),
        required=False,
        empty_label="The force as a whole",
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["unit"].queryset = Unit.objects.order_by("name")
        boxes["group"].queryset = BusinessGroup.objects.order_by("name")
        chosen = self.get_initial_for_field(boxes["kind"], "kind")
        offered = Q(is_offered=True) | Q(pk=chosen)
        boxes["kind"].queryset = boxes["kind"].queryset.model.objects.filter(offered)


class KindField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in its stubs alone
    """Kinds as radio buttons, each with what it means."""

    def __init__(self, model: Any, *, label: str) -> None:
        super().__init__(
            label=label,
            queryset=model.objects.none(),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=CHOOSE,
        )

    def label_from_instance(self, obj: Any) -> str:
        tag = "" if getattr(obj, "is_confirmed", True) else "To be confirmed"
        name = f"{obj.name}: {in_days(obj.days)}" if isinstance(obj, NotificationKind) else obj.name
        return OptionLabel(name, hint=obj.meaning, tag=tag)


class EnforcementNoticeForm(PlacedForm):
    """A notice that the HSE has served."""

    kind = KindField(NoticeKind, label="What it is")
    reference = LineField(
        label="The HSE’s reference", max_length=60, error_messages={"required": "Write its reference."}
    )
    served_on = DayField(label="Served on")
    asks = WordsField(
        label="What it asks",
        max_words=DESCRIPTION_WORDS,
        rows=5,
        help_text=NOBODY,
        error_messages={"required": "Say what it asks."},
    )
    comply_by = DayField(label="To be complied with by")
    field_order = ["kind", "reference", "served_on", "asks", "comply_by", "unit", "group", "because"]


class NotificationForm(PlacedForm):
    """An event under RIDDOR."""

    kind = KindField(NotificationKind, label="What kind of event it is")
    event_on = DayField(label="Day of the event", help_text="Day 0: the days are counted from it. Such as 31 3 2026")
    description = WordsField(
        label="What happened",
        max_words=DESCRIPTION_WORDS,
        rows=5,
        help_text=NOBODY,
        error_messages={"required": "Say what happened."},
    )
    field_order = ["kind", "event_on", "description", "unit", "group", "because"]


class ReportedForm(forms.Form):
    """On which day an event was reported to the HSE."""

    reported_on = DayField(label="Reported on", initial=timezone.localdate)
    reference = LineField(label="The HSE’s reference", help_text="If it gave one.", max_length=60, required=False)


class CompliedForm(forms.Form):
    """On which day a notice was complied with, and how."""

    complied_on = DayField(label="Complied with on", initial=timezone.localdate)
    how = WordsField(
        label="How",
        max_words=DESCRIPTION_WORDS,
        rows=5,
        help_text=NOBODY,
        error_messages={"required": "Say how it was complied with."},
    )


class LiaisonFileForm(MeetingFileForm):
    """A file of a meeting with the HSE, a notice or a notification."""

    title = LineField(label="Title", help_text="Such as Letter of 9 May 2019", max_length=200, required=False)
