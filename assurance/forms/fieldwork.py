"""What auditors write in fieldwork, as clean values: verdicts with the versions they were typed on, and the pieces
beside them with the digest of what their page showed. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from assurance.forms.choices import LevelField, level_choices
from assurance.forms.evidence import LIMIT_IN_WORDS
from assurance.forms.statement import EVIDENCE_WORDS
from assurance.models import Priority, Result, SampleKind
from assurance.models.audit import AUDIT_ANSWERS
from assurance.models.verdict import NOT_ENOUGH_EVIDENCE, VERDICT_ANSWERS
from maturity.models import Criterion, Standard
from organisation.formfields import NOBODY, DayField, LineField, OptionLabel, WordsField
from organisation.models import Unit
from organisation.versioned import VersionedForm
from records.filetypes import ENDINGS, IN_WORDS

SUMMARY_WORDS = 1500
FINDING_WORDS = 300
NOTE_WORDS = 100
NOT_HERE = "What you chose is not one of this page. Choose again."
NOT_ENOUGH = OptionLabel(
    "Not enough evidence to say", hint="Say in the reasons what was missing. It is neither too high nor too low."
)


def _level_or_not_enough(value: str) -> int | str:
    return value if value == NOT_ENOUGH_EVIDENCE else int(value)


class VerdictForm(VersionedForm):
    """What is found of one theme. The level claimed is beside it and never in it."""

    answers = VERDICT_ANSWERS

    level_answer = LevelField(label="Which level did you find?", coerce=_level_or_not_enough)
    reasons = WordsField(
        label="Reasons",
        help_text=f"What the level rests on, or what was missing. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=6,
        required=False,
    )
    good_practice = WordsField(
        label="Good practice",
        help_text=f"What others could learn from. {NOBODY}",
        max_words=FINDING_WORDS,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, level_names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(level_names)

    def offer(self, level_names: Sequence[str]) -> None:
        """Set which levels there are to choose from."""
        boxes: dict[str, Any] = self.fields
        boxes["level_answer"].choices = [*level_choices(level_names), (NOT_ENOUGH_EVIDENCE, NOT_ENOUGH)]


class AuditWordsForm(VersionedForm):
    """What is said of the audit as a whole."""

    answers = AUDIT_ANSWERS

    summary = WordsField(
        label="Summary of the report",
        help_text=f"What whoever reads nothing else should know. {NOBODY}",
        max_words=SUMMARY_WORDS,
        rows=10,
        required=False,
    )
    good_practice = WordsField(
        label="Good practice over all themes",
        help_text=f"What others could learn from. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=5,
        required=False,
    )


class SeenForm(forms.Form):
    """A piece that is changed as it was seen: `seen` is the digest of what the page showed.

    `theirs` is what somebody else has saved since, as pairs of a label and a text, where a change was refused for it.
    """

    theirs: Sequence[tuple[str, str]] = ()

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class FindingForm(SeenForm):
    """Something that was found, and which points of the model it bears on."""

    text = WordsField(
        label="What you found",
        help_text=NOBODY,
        max_words=FINDING_WORDS,
        rows=5,
        error_messages={"required": "Write what you found."},
    )
    criteria = forms.ModelMultipleChoiceField(
        label="Points of the model that it bears on",
        queryset=Criterion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NOT_HERE, "invalid_pk_value": NOT_HERE},
    )

    def __init__(self, *args: Any, criteria: QuerySet[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["criteria"].queryset = criteria
        boxes["criteria"].label_from_instance = _criterion_in_words


def _criterion_in_words(criterion: Criterion) -> str:
    return f"Level {criterion.level.number}: {criterion.text}"


class SampleForm(SeenForm):
    """What was looked at: how many, of which documents, roles or places."""

    kind = forms.ChoiceField(
        label="What did you look at?",
        choices=SampleKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you looked at."},
    )
    of = LineField(
        label="Which documents, roles or places",
        help_text="For example, shift sergeants, or risk assessments. No names.",
        max_length=200,
        error_messages={"required": "Say which documents, roles or places."},
    )
    number = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=10_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
        error_messages={
            "required": "Enter how many.",
            "invalid": "Enter a whole number, such as 12.",
            "min_value": "Enter 1 or more.",
            "max_value": "Enter 10,000 or fewer.",
        },
    )


class StandardForm(SeenForm):
    """Whether one standard or KPI was met."""

    result = forms.ChoiceField(choices=Result.choices, widget=forms.RadioSelect)
    note = WordsField(label="Note", max_words=NOTE_WORDS, rows=2, required=False)

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"standard-{standard.pk}"})
        self.standard = standard
        kind = "KPI" if standard.kind == "kpi" else "Standard"
        self.fields["result"].label = f"{kind} {standard.reference}: {standard.text}"
        self.fields["result"].help_text = standard.how_tested


class RecommendationForm(SeenForm):
    """What a unit is asked to do. With the report's issue it becomes an action of the unit."""

    text = WordsField(
        label="What you recommend",
        help_text=f"What is to be done, so that it can be told whether it has been. {NOBODY}",
        max_words=FINDING_WORDS,
        rows=5,
        error_messages={"required": "Write what you recommend."},
    )
    unit = forms.ModelChoiceField(
        label="Who does it",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose the unit that does it.", "invalid_choice": NOT_HERE},
    )
    priority = forms.ChoiceField(
        label="Priority",
        choices=Priority.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how urgent it is."},
    )
    due_on = DayField(label="Due by")

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["unit"].queryset = units


class AuditFileForm(forms.Form):
    """A photo from the camera, or a file; one of them."""

    photo = forms.FileField(
        label="Take a photo",
        help_text="On a phone this opens the camera. Show no face and no name.",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    file = forms.FileField(
        label="Or choose a file",
        help_text=f"{IN_WORDS}. {LIMIT_IN_WORDS} at most.",
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in sorted(ENDINGS))}),
    )
    title = LineField(
        label="What it shows",
        help_text="For example, the briefing board of the night shift. Left empty, the name of the file is used.",
        max_length=200,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (self.errors or cleaned.get("photo") or cleaned.get("file")):
            self.add_error("photo", "Take a photo or choose a file.")
        return cleaned

    @property
    def sent(self) -> list[Any]:
        """What was sent, with the control that it was sent by."""
        return [(name, self.cleaned_data[name]) for name in ("photo", "file") if self.cleaned_data.get(name)]
