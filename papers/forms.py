"""Turning what is typed about a paper into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from organisation.formfields import DayField, LineField, WordsField
from organisation.periods import HalfYear
from papers.models import OutcomeKind, PanelOutcome, Paper, PaperTemplate
from papers.services.outcomes import Said
from papers.services.papers import DETAIL_FIELDS
from records.edits import Edit

LONGEST_TEXT = 50_000  # characters; rendering.markdown reads up to 60,000 as Markdown


class DetailsForm(forms.Form):
    """The title block of a paper, each field with the version it was shown in."""

    title = LineField(max_length=200, label="Title")
    panel = LineField(max_length=200, label="Panel", help_text="As it is to stand above the title")
    meeting_on = DayField(label="Date of the meeting")
    report_by = LineField(max_length=200, label="Report by", help_text="A post, such as Head of Safety")

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(paper, name) for name in DETAIL_FIELDS})
        super().__init__(*args, **kwargs)
        for name in DETAIL_FIELDS:
            self.fields[f"{name}_version"] = forms.IntegerField(
                min_value=0, widget=forms.HiddenInput, initial=paper.field_versions.get(name, 0)
            )

    @property
    def edits(self) -> dict[str, Edit]:
        """What was typed, with the versions it was made on."""
        return {name: Edit(self.cleaned_data[f"{name}_version"], self.cleaned_data[name]) for name in DETAIL_FIELDS}


class NewPaperForm(forms.Form):
    """What a paper needs to begin with."""

    template = forms.ModelChoiceField(
        PaperTemplate.objects.filter(is_offered=True),
        label="Template",
        to_field_name="code",
        empty_label=None,
        help_text="Which parts the paper has. A template is loaded by an operator and can be added to without code",
    )
    title = LineField(max_length=200, label="Title")
    meeting_on = DayField(label="Date of the meeting")
    half = forms.TypedChoiceField(
        label="Half-year", coerce=HalfYear.parse, help_text="The paper draws its figures from this half-year’s roll-ups"
    )

    def __init__(self, *args: Any, halves: Sequence[HalfYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["half"].choices = [(str(half), half.name) for half in halves]  # type: ignore[attr-defined]


class SectionForm(forms.Form):
    """The text of one section and the version it was made on."""

    text = forms.CharField(
        required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 14}), label="Text"
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, hint

    @property
    def edit(self) -> Edit:
        return Edit(self.cleaned_data["version"], self.cleaned_data["text"])


class OutcomeForm(forms.Form):
    """What the panel made of a recommendation. `standing` is what was recorded before, None the first time."""

    kind = forms.ChoiceField(label="What the panel decided", choices=OutcomeKind.choices, widget=forms.RadioSelect)
    note = WordsField(
        max_words=300, rows=4, required=False, label="What the panel said", help_text="Or the action that it asked for"
    )
    owner = LineField(max_length=120, required=False, label="Who answers for the action", help_text="A post")
    due_on = DayField(required=False, label="When the action is due")
    because = WordsField(max_words=300, rows=4, label="Why the outcome recorded before is put right")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, standing: PanelOutcome | None, **kwargs: Any) -> None:
        names = ("kind", "note", "owner", "due_on")
        known = {name: getattr(standing, name) for name in names} | {"seen": standing.pk} if standing else {}
        kwargs.setdefault("initial", known)
        super().__init__(*args, **kwargs)
        if standing is None:
            del self.fields["because"]

    @property
    def cleaned(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "said": Said(OutcomeKind(said["kind"]), said["note"], said["owner"], said["due_on"]),
            "seen": said["seen"],
            "because": said.get("because", ""),
        }


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), label="Reason")

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class PublishForm(forms.Form):
    """That somebody has read exactly this paper and lets the panel have it."""

    seen_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirmed = forms.BooleanField(label="I have read this paper and it may go to the panel", required=False)

    def clean_confirmed(self) -> bool:
        if not self.cleaned_data["confirmed"]:
            raise ValidationError("Tick the box to say that you have read the paper and that it may go to the panel.")
        return True
