"""Turning what people say of the Board's meetings, objectives and sub-groups, and of groups' own risks, into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from organisation.formfields import NOBODY, DayField, LineField, WordsField
from organisation.models import BusinessGroup
from organisation.periods import financial_year_name, financial_year_of
from organisation.versioned import VersionedForm
from risks.forms.risks import A_POST, DESCRIPTION_WORDS, REASON_WORDS, UPDATE_WORDS, UpdateForm
from risks.heatmap import Scale
from risks.models import AgendaItem, PaperKind, Standing
from risks.models.group_risk import GROUP_RISK_ANSWERS
from risks.trend import POINTS

CHOOSE = {"required": "Choose one.", "invalid_choice": "Choose one of those that are listed."}


class AgendaItemForm(forms.Form):
    """Something for a meeting's agenda."""

    title = LineField(label="Item", max_length=200, error_messages={"required": "Say what the item is."})
    lead = LineField(label="Who speaks to it", help_text=A_POST, max_length=120, required=False)


class AwaitForm(forms.Form):
    """A paper that a meeting awaits."""

    kind = forms.ChoiceField(label="What it is", choices=PaperKind.choices, error_messages=CHOOSE)
    title = LineField(label="Title", max_length=200, error_messages={"required": "Say what the paper is called."})
    group = forms.ModelChoiceField(
        label="Business group",
        queryset=BusinessGroup.objects.none(),
        required=False,
        empty_label="None in particular",
        error_messages=CHOOSE,
    )
    due_on = DayField(label="Due on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["group"].queryset = BusinessGroup.objects.order_by("name")


class ReceivedForm(forms.Form):
    """On which day a paper came in."""

    received_on = DayField(label="Received on", initial=timezone.localdate)


class RecordForm(forms.Form):
    """What a meeting decided or noted."""

    item = forms.ModelChoiceField(
        label="Item of the agenda",
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label="None in particular",
        error_messages=CHOOSE,
    )
    minute = LineField(
        label="Minute",
        help_text="Where the minutes say it, such as 4.2",
        max_length=40,
        error_messages={"required": "Say where the minutes have it."},
    )
    text = WordsField(
        label="What was decided or noted",
        max_words=UPDATE_WORDS,
        help_text=NOBODY,
        error_messages={"required": "Write what was decided or noted."},
    )

    def __init__(self, *args: Any, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["item"].queryset = items


class MeetingFileForm(forms.Form):
    """The minutes, or a paper, as a file."""

    title = LineField(label="Title", help_text="Such as Minutes of 5 August 2019", max_length=200, required=False)
    file = forms.FileField(
        label="The file",
        help_text="PDF, Office or OpenDocument, pictures or e-mails, of at most 20 MB.",
        max_length=200,
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty. Choose another.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )


class ObjectiveForm(forms.Form):
    """What the Board wants reached in a financial year."""

    year = forms.TypedChoiceField(label="Financial year", coerce=int, error_messages=CHOOSE)
    title = LineField(label="Objective", max_length=200, error_messages={"required": "Say what is to be reached."})
    owner = LineField(
        label="Who answers for it", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = financial_year_of(timezone.localdate())
        boxes: dict[str, Any] = self.fields
        boxes["year"].choices = [(str(year), financial_year_name(year)) for year in range(this + 1, this - 3, -1)]
        boxes["year"].initial = str(this)


class ProgressForm(forms.Form):
    """How an objective stands."""

    standing = forms.ChoiceField(
        label="How it stands", choices=Standing.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    text = WordsField(
        label="What has been done, and what is next",
        max_words=REASON_WORDS,
        rows=4,
        help_text=NOBODY,
        error_messages={"required": "Write what has been done, and what is next."},
    )


class SubGroupForm(forms.Form):
    """A group that works for the Board."""

    name = LineField(label="Name", max_length=120, error_messages={"required": "Say what it is called."})
    chair = LineField(
        label="Post that chairs it", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."}
    )
    remit = WordsField(label="What it looks at", max_words=REASON_WORDS, rows=4, required=False)
    starts_on = DayField(label="From", initial=timezone.localdate)


class EndForm(forms.Form):
    """The last day of something."""

    ends_on = DayField(label="To the end of", initial=timezone.localdate)


class ReportForm(UpdateForm):
    """What a sub-group reports to a meeting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].label = "To the meeting"
        self.fields["text"].label = "What it reports"
        self.fields["text"].error_messages["required"] = "Write what it reports."


class GroupRiskForm(VersionedForm):
    """A risk that a business group watches by itself."""

    answers = GROUP_RISK_ANSWERS

    title = LineField(label="The risk in a line", max_length=200, error_messages={"required": "Say what the risk is."})
    description = WordsField(label="Description", max_words=DESCRIPTION_WORDS, required=False, help_text=NOBODY)
    owner = LineField(
        label="Who answers for it", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."}
    )
    controls = WordsField(
        label="What keeps it down", max_words=DESCRIPTION_WORDS, rows=4, required=False, help_text=NOBODY
    )
    likelihood = forms.TypedChoiceField(label="Likelihood after controls", coerce=int, error_messages=CHOOSE)
    impact = forms.TypedChoiceField(label="Impact after controls", coerce=int, error_messages=CHOOSE)

    def __init__(self, *args: Any, scale: Scale | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        for name in ("likelihood", "impact"):
            names = getattr(scale, name) if scale else ("",) * len(POINTS)
            points = [(str(point), f"{point} {names[point - 1]}".strip()) for point in POINTS]
            boxes[name].choices = [("", "Choose"), *points]


class EscalationForm(forms.Form):
    """Why a business group puts its risk before the Board."""

    because = WordsField(
        label="Why the business group cannot carry it alone",
        max_words=REASON_WORDS,
        rows=4,
        help_text=NOBODY,
        error_messages={"required": "Say why the business group cannot carry it alone."},
    )
