"""Turning what people say of a risk into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from organisation.formfields import NOBODY, DayField, LineField, WordsField
from organisation.models import BusinessGroup, User
from organisation.versioned import VersionedForm
from risks.heatmap import Scale
from risks.models import BoardMeeting, RiskStatus
from risks.models.risk import REFERENCE, WRITTEN
from risks.services.assessing import Judgement
from risks.services.deciding import Minute
from risks.trend import POINTS, Direction, Place

DESCRIPTION_WORDS, REASON_WORDS, UPDATE_WORDS = 300, 200, 400
A_POST = "A post rather than a name, such as “Director of Commercial Services”."
Choices = Sequence[tuple[str, str]]


def _groups() -> Any:
    return forms.ModelMultipleChoiceField(
        label="Business groups that it concerns",
        help_text="None chosen: all of them.",
        queryset=BusinessGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _title() -> LineField:
    return LineField(label="The risk in a line", max_length=200, error_messages={"required": "Say what the risk is."})


class RiskForm(VersionedForm):
    """What the register says of a risk."""

    answers = WRITTEN

    title = _title()
    description = WordsField(label="Description", max_words=DESCRIPTION_WORDS, required=False, help_text=NOBODY)
    theme = forms.ChoiceField(label="Theme of the model that it bears on", required=False)
    target_score = forms.IntegerField(
        label="Target: a score of at most",
        help_text="Likelihood × impact, from 1 to 25. Blank: no target.",
        min_value=1,
        max_value=25,
        required=False,
    )
    target_on = DayField(label="Target: to be reached by", required=False)
    review_on = DayField(label="To be looked at again by", required=False)
    groups = _groups()

    def __init__(self, *args: Any, themes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["theme"].choices = [("", "None in particular"), *themes]
        boxes["groups"].queryset = BusinessGroup.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors.keys() & {"target_score", "target_on"}:
            score, day = cleaned.get("target_score"), cleaned.get("target_on")
            if score and not day:
                self.add_error("target_on", "Say by when the target is to be reached.")
            if day and not score:
                self.add_error("target_score", "Say what score is to be reached by then.")
            if bool(score) != bool(day):  # neither is saved without the other
                cleaned.pop("target_on", None)
                cleaned.pop("target_score", None)
        return cleaned


class ProposalForm(forms.Form):
    """A new or emerging risk for the Board."""

    title = _title()
    description = WordsField(
        label="What could happen, to whom, and why the Board should look at it",
        max_words=DESCRIPTION_WORDS,
        help_text=NOBODY,
    )
    theme = forms.ChoiceField(label="Theme of the model that it bears on", required=False)
    groups = _groups()

    def __init__(self, *args: Any, themes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["theme"].choices = [("", "None in particular"), *themes]
        boxes["groups"].queryset = BusinessGroup.objects.order_by("name")


class LeadForm(forms.Form):
    """A post that leads a risk, and who holds it."""

    post = LineField(label="Post", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."})
    person = forms.ModelChoiceField(
        label="Who holds it",
        help_text="If they are appointed a risk lead here, they can write about this risk. May be left out.",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody with an account",
    )
    starts_on = DayField(label="From", initial=timezone.localdate)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["person"].queryset = people


class EndLeadForm(forms.Form):
    """Until when a post leads a risk."""

    ends_on = DayField(label="To the end of", initial=timezone.localdate)


class ControlForm(forms.Form):
    """Something that keeps a risk down."""

    text = WordsField(label="What is done", max_words=REASON_WORDS, rows=3, help_text=NOBODY)
    owner = LineField(
        label="Who answers for it", help_text=A_POST, max_length=200, error_messages={"required": "Name the post."}
    )
    assurance = WordsField(
        label="How it is known that it works", max_words=REASON_WORDS, rows=3, required=False, help_text=NOBODY
    )


class ReasonForm(forms.Form):
    """Why something is taken back or ended."""

    because = WordsField(
        label="Why?", max_words=REASON_WORDS, rows=3, help_text=NOBODY, error_messages={"required": "Say why."}
    )


class AssessmentForm(forms.Form):
    """Where a risk lies before its controls and after them."""

    assessed_on = DayField(label="As at", initial=timezone.localdate)
    likelihood_before = forms.TypedChoiceField(label="Likelihood before controls", coerce=int)
    impact_before = forms.TypedChoiceField(label="Impact before controls", coerce=int)
    likelihood = forms.TypedChoiceField(label="Likelihood after controls", coerce=int)
    impact = forms.TypedChoiceField(label="Impact after controls", coerce=int)
    because = WordsField(
        label="What the assessment rests on",
        max_words=REASON_WORDS,
        rows=4,
        help_text=NOBODY,
        error_messages={"required": "Say what the assessment rests on."},
    )

    def __init__(self, *args: Any, scale: Scale, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        for name in ("likelihood_before", "impact_before", "likelihood", "impact"):
            names = scale.impact if name.startswith("impact") else scale.likelihood
            points = [(str(point), f"{point} {names[point - 1]}") for point in POINTS]
            boxes[name].choices = [("", "Choose"), *points]
            boxes[name].error_messages |= {"required": "Choose one.", "invalid_choice": "Choose one of the list."}

    @property
    def judgement(self) -> Judgement:
        """What was judged, once the form is valid."""
        said = self.cleaned_data
        before = Place(said["likelihood_before"], said["impact_before"])
        return Judgement(before, Place(said["likelihood"], said["impact"]), said["because"])


class MinutedForm(forms.Form):
    """At which meeting the Board decided, where its minutes say so, and why."""

    meeting = forms.ModelChoiceField(
        label="Meeting",
        queryset=BoardMeeting.objects.none(),
        empty_label="Choose a meeting",
        error_messages={"required": "Choose the meeting.", "invalid_choice": "Choose one of the meetings listed."},
    )
    minute = LineField(
        label="Minute",
        help_text="Where the minutes say it, such as 4.2",
        max_length=40,
        error_messages={"required": "Say where the minutes have it."},
    )
    because = WordsField(
        label="Why the Board decided so",
        max_words=REASON_WORDS,
        rows=4,
        help_text=NOBODY,
        error_messages={"required": "Say why the Board decided so."},
    )
    field_order = ["decision"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["meeting"].queryset = BoardMeeting.objects.filter(held_on__lte=timezone.localdate())

    @property
    def minute_said(self) -> Minute:
        """The minute, once the form is valid."""
        said = self.cleaned_data
        return Minute(said["meeting"], said["minute"], said["because"])


class DecisionForm(MinutedForm):
    """What the Board decided of a risk: of its status, or of how it moves."""

    TREND = "trend-"
    TAKEN_BACK = "trend-taken-back"

    decision = forms.ChoiceField(
        label="What the Board decided",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the Board decided.", "invalid_choice": "Choose one of the decisions."},
    )

    def __init__(self, *args: Any, decisions: Choices, has_own_trend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        trends = [(f"{self.TREND}{one}", f"The trend is “{one}”, whatever the assessments say") for one in Direction]
        if has_own_trend:
            trends.append((self.TAKEN_BACK, "The trend follows from the assessments again"))
        boxes["decision"].choices = [*decisions, *trends]

    @property
    def direction(self) -> Direction | None:
        """The Board’s own trend, where that is what was decided."""
        said = str(self.cleaned_data["decision"])
        return (
            Direction(said.removeprefix(self.TREND))
            if said.startswith(self.TREND) and said != self.TAKEN_BACK
            else None
        )

    @property
    def is_of_the_trend(self) -> bool:
        return str(self.cleaned_data["decision"]).startswith(self.TREND)


class AcceptForm(MinutedForm):
    """How a proposed risk enters the register."""

    reference = forms.RegexField(
        label="Reference",
        help_text="A number, or one with its parts, such as 35 or 3a-d",
        regex=REFERENCE,
        max_length=10,
        error_messages={
            "required": "Give the risk a reference.",
            "invalid": "A reference is a number, with letters for its parts if it has any: 35, 3a or 3a-d.",
        },
    )
    status = forms.ChoiceField(
        label="It enters as",
        choices=[(RiskStatus.EMERGING, "Emerging"), (RiskStatus.OPEN, "Open")],
        initial=RiskStatus.EMERGING,
        widget=forms.RadioSelect,
    )
    lead = LineField(
        label="Post that leads it", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."}
    )
    field_order = ["reference", "status", "lead"]


class UpdateForm(forms.Form):
    """How a risk stands, for a meeting of the Board."""

    meeting = forms.ModelChoiceField(
        label="For the meeting",
        queryset=BoardMeeting.objects.none(),
        empty_label="Choose a meeting",
        error_messages={"required": "Choose the meeting.", "invalid_choice": "Choose one of the meetings listed."},
    )
    text = WordsField(
        label="How the risk stands",
        max_words=UPDATE_WORDS,
        help_text=NOBODY,
        error_messages={"required": "Write how the risk stands."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["meeting"].queryset = BoardMeeting.objects.all()


class MeetingForm(forms.Form):
    """A meeting of the Board."""

    held_on = DayField(label="Held on")
    name = LineField(
        label="What it is called",
        help_text="Such as August 2019 Board",
        max_length=100,
        error_messages={"required": "Say what the meeting is called."},
    )
