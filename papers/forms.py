"""Turning what is typed about a paper into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from organisation.formfields import DayField, LineField, WordsField
from organisation.periods import HalfYear
from organisation.versioned import VersionedForm, initial_of, stamp, version_name
from papers import abbreviations
from papers.contents.choices import Choices
from papers.contents.redaction import Misplaced, Redaction
from papers.models import RELEASED, OutcomeKind, PanelOutcome, Paper, PaperSection, PaperState, PaperTemplate, Settled
from papers.options import LONGEST_CODE, Codes, Endings, Name, Named, Number, OnOff, Option, chosen
from papers.services.outcomes import Said
from papers.services.papers import DETAIL_FIELDS, LONGEST_TEXT
from records.canonical import normal
from records.edits import Conflict, Edit
from records.marking import Marking
from rendering.formats import day

MOST_REDACTIONS = 50
LONGEST_HANDLING = 100  # what fits beside the marking at the head of a page
LONGEST_QUOTED = 2_000
LONGEST_LIST = 25_000  # characters: a hundred abbreviations at their longest
LONGEST_SEARCH = 200


class FollowedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Another paper, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Paper.objects.none(),
            required=False,
            empty_label="None",
            error_messages={
                "invalid_choice": "This paper is not published any more. Choose one from the list, or none."
            },
            **kwargs,
        )

    def label_from_instance(self, paper: Paper) -> str:
        return f"{paper.title} ({paper.panel}, {day(paper.meeting_on)})"


class DetailsForm(VersionedForm):
    """The title block of a paper and its abbreviations, each field with the version it was shown in."""

    title = LineField(max_length=200, label="Title")
    panel = LineField(max_length=200, label="Panel", help_text="As it is to stand above the title")
    meeting_on = DayField(label="Date of the meeting")
    report_by = LineField(max_length=200, label="Report by", help_text="A post, such as Head of Safety")
    marking = forms.ChoiceField(
        choices=Marking.choices,
        widget=forms.RadioSelect,
        label="Marking",
        help_text="It stands on every page. What has to be marked SECRET or above must not be written here at all: "
        "it belongs on the force’s secure systems, so ask your information security officer",
    )
    handling = LineField(
        max_length=LONGEST_HANDLING,
        required=False,
        label="How a sensitive paper is handled",
        help_text="Who may be given it, such as “for members of the panel only”. It is printed beside the marking",
    )
    abbreviations = forms.CharField(
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 8}),
        label="Abbreviations",
        help_text="One a line, with a colon, such as HSE: Health and Safety Executive. The first time that prose uses "
        "one, what it stands for is printed before it",
    )
    previous = FollowedField(
        label="Previous paper", help_text="What has changed since that one is told beside this paper"
    )
    replaces = FollowedField(
        label="Paper whose place this one takes",
        help_text="It is superseded when this paper is published, and can still be read. Whoever publishes says why",
    )

    answers = tuple(DETAIL_FIELDS)

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        shown = {name: storable(getattr(paper, name)) for name in DETAIL_FIELDS}
        kwargs.setdefault("initial", initial_of(shown, paper.field_versions))
        super().__init__(*args, **kwargs)
        offered = Paper.objects.exclude(pk=paper.pk).filter(audience=paper.audience).for_lists()
        # What was chosen stays on offer whatever became of it: saving something else does not take it out unasked.
        self._offer("previous", offered.filter(Q(state__in=RELEASED) | Q(pk=paper.previous_id)))
        self._offer("replaces", offered.filter(Q(state=PaperState.PUBLISHED) | Q(pk=paper.replaces_id)))

    def clean(self) -> dict[str, Any]:
        """A handling note and the marking that needs one come together."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_sensitive, note = cleaned.get("marking") == Marking.OFFICIAL_SENSITIVE, cleaned.get("handling")
        if is_sensitive and not note:
            self.add_error("handling", "Say how it is handled: an OFFICIAL-SENSITIVE paper goes with such a note.")
        if note and cleaned.get("marking") == Marking.OFFICIAL:
            self.add_error("handling", "An OFFICIAL paper has no handling note. Leave it empty or change the marking.")
        return cleaned

    def clean_abbreviations(self) -> str:
        """Refuse lines that say no abbreviation, each with what to mend."""
        text: str = self.cleaned_data["abbreviations"]
        if faults := abbreviations.faults_in(text):
            raise ValidationError(faults)
        return text

    def _offer(self, name: str, papers: QuerySet[Paper]) -> None:
        self.fields[name].queryset = papers  # type: ignore[attr-defined]

    def _was_left_alone(self, name: str, edit: Edit) -> bool:
        return super()._was_left_alone(name, Edit(edit.base_version, storable(edit.value)))

    def takes_versions(self, conflicts: Iterable[Conflict]) -> None:
        """Let the next save count as made in the knowledge of the versions that are shown beside one’s own."""
        data: Any = self.data
        data = data.copy()
        for one in conflicts:
            data[version_name(one.field)] = stamp(one.their_version, storable(one.theirs))
        self.data = data


def storable(value: Any) -> Any:
    """Return a detail as a page carries it: of another paper its number."""
    return value.pk if isinstance(value, Paper) else value


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


class SectionForm(VersionedForm):
    """The text of one section, which several people may have open."""

    answers = ("text",)
    text = forms.CharField(
        required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 18}), label="Text"
    )

    def __init__(self, *args: Any, label: str, hint: str, stored: PaperSection | None = None, **kwargs: Any) -> None:
        if stored is not None:
            kwargs.setdefault("initial", initial_of({"text": stored.text}, {"text": stored.version}))
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, hint


class CommentForm(forms.Form):
    """What a reviewer says of a section. A suggestion names words of it, and others for their place."""

    text = WordsField(max_words=500, rows=4, required=False, label="Comment")
    quoted = forms.CharField(
        required=False,
        max_length=LONGEST_QUOTED,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Words it is about",
        help_text="Copied from the section exactly as they stand there",
    )
    is_suggestion = forms.BooleanField(required=False, label="I suggest other words for these")
    instead = forms.CharField(
        required=False,
        max_length=LONGEST_QUOTED,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Suggested words",
        help_text="What is to stand in their place. Leave it empty to suggest leaving them out",
    )


class SettleForm(forms.Form):
    """What becomes of a comment or suggestion."""

    how = forms.ChoiceField(choices=Settled.choices)
    answer = forms.CharField(required=False, max_length=2000, label="Answer")


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


class EndingsField(LineField):
    """Words on one line, with commas between them, as a list."""

    def clean(self, value: Any) -> Any:
        line = super().clean(value)
        return [word for part in line.split(",") if (word := part.strip())]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or ())


class OptionsForm(forms.Form):
    """What a block is told, by the options that it declares, and the version of them that was shown."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        declared: Sequence[Option],
        choices: Mapping[Named, Choices],
        options: Mapping[str, Any],
        version: int,
        **kwargs: Any,
    ) -> None:
        kept = {option.name: option.of(options) for option in declared}
        kwargs.setdefault("initial", {**kept, "version": version})
        super().__init__(*args, **kwargs)
        self.declared = declared
        for option in declared:
            self.fields[option.name] = _field_of(option, choices, kept[option.name])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for option in self.declared:
            if option.name in said and (fault := option.fault(said[option.name])):
                self.add_error(option.name, f"{option.label} {fault}")
        return said

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, as far as it is not the usual."""
        return chosen(self.cleaned_data, self.declared)

    @property
    def edit(self) -> Edit:
        return Edit(self.cleaned_data["version"], self.chosen)

    def takes_version(self, version: int) -> None:
        """Let the next save of this form count as made in the knowledge of what it shows now."""
        said: Any = self.data.copy()  # type: ignore[attr-defined]  # of a request
        said["version"] = str(version)
        self.data = said


def _field_of(option: Option, choices: Mapping[Named, Choices], kept: Any) -> forms.Field:
    """Return the field of an option. What is kept stays a choice, also where the force has it no longer."""
    named: dict[str, Any] = {"label": option.label, "help_text": option.hint}
    if isinstance(option, Codes):
        offered = _with_kept(choices[option.named], kept)
        return forms.MultipleChoiceField(choices=offered, required=False, widget=forms.CheckboxSelectMultiple, **named)
    if isinstance(option, Name):
        offered = [("", "None"), *_with_kept(choices[option.named], filter(None, [kept]))]
        return forms.ChoiceField(choices=offered, required=False, **named)
    if isinstance(option, OnOff):
        return forms.BooleanField(required=False, **named)
    if isinstance(option, Number):
        told = f"{option.label}: write a whole number from {option.least} to {option.most}."
        return forms.IntegerField(
            min_value=option.least,
            max_value=option.most,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), told),
            **named,
        )
    if isinstance(option, Endings):
        return EndingsField(required=False, max_length=LONGEST_SEARCH, **named)
    return LineField(max_length=LONGEST_CODE, **named)


def _with_kept(choices: Choices, kept: Iterable[str]) -> Choices:
    known = {code for code, _ in choices}
    return [*choices, *((code, f"{code} (the force has it no longer)") for code in kept if code not in known)]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), label="Reason")

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class RedactionForm(forms.Form):
    """Something to take out of a paper for its public version."""

    key = forms.ChoiceField(label="Section", required=False)
    words = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Words to take out",
        help_text="Copied from the section’s text as it is shown below. Leave it empty to take out the whole section",
    )
    why = LineField(max_length=300, required=False, label="Why", help_text="Printed at the end of the public version")

    def __init__(self, *args: Any, sections: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [("", "Choose a section"), *sections]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A row that is begun names its section and its reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.has_changed() and not self.errors:
            if not cleaned["key"]:
                self.add_error("key", "Choose the section that it is to be taken out of.")
            if not cleaned["why"]:
                self.add_error("why", "Say why it is taken out: readers of the public version are told.")
        return cleaned


class RedactionRows(forms.BaseFormSet[RedactionForm]):
    """What is to be taken out, a row for each thing."""

    def tell(self, faults: Sequence[Misplaced]) -> None:
        """Say at its row what is wrong with each redaction that was given."""
        given = [form for form in self.forms if form.has_changed()]
        for fault in faults:
            given[fault.number].add_error("words", fault.message)

    def with_room(self) -> RedactionRows:
        """Return the same rows with a blank one behind them, where the last one is not blank."""
        data: Any = self.data
        data = data.copy()
        total = self.total_form_count()
        if (not self.forms or self.forms[-1].has_changed()) and total < MOST_REDACTIONS:
            data[f"{self.prefix}-TOTAL_FORMS"] = str(total + 1)
        return type(self)(data, form_kwargs=self.form_kwargs, prefix=self.prefix)

    @property
    def redactions(self) -> list[Redaction]:
        """What valid rows ask to be taken out, in their order."""
        given = [form.cleaned_data for form in self.forms if form.has_changed()]
        return [Redaction(one["key"], normal(one["words"]).strip(), one["why"]) for one in given]


_RedactionRows = forms.formset_factory(
    RedactionForm, formset=RedactionRows, extra=1, max_num=MOST_REDACTIONS, validate_max=True
)


def redaction_rows(data: Any, *, sections: Sequence[tuple[str, str]]) -> RedactionRows:
    """Return the rows as they were sent, or a blank one. `sections` are the keys and names to choose from."""
    rows = _RedactionRows(data, form_kwargs={"sections": sections}, prefix="rows")
    assert isinstance(rows, RedactionRows)  # noqa: S101  # the factory makes a class of it
    return rows


class SearchForm(forms.Form):
    """What to look for in papers."""

    q = LineField(
        required=False,
        max_length=LONGEST_SEARCH,
        label="Search the papers",
        help_text="Words that all have to be in it, or “a phrase” in quotation marks. OR between words, - before one "
        "that must not be in it",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "max_length": "Search for at most %(limit_value)s characters: you sent %(show_value)s. A few words will do."
        },
    )

    def __init__(self, sent: QueryDict | None) -> None:
        if sent is not None:  # what nobody can type is no fault of whoever pasted it
            sent = sent.copy()
            sent["q"] = "".join(letter if letter.isprintable() else " " for letter in str(sent["q"]))
        super().__init__(sent)


class PublishForm(forms.Form):
    """That somebody has read exactly this paper, or its public version, and lets others have it."""

    seen_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    because = WordsField(max_words=300, rows=4, label="Why it takes the place of the other paper")
    confirmed = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        label: str = "I have read this paper and it may go to the panel",
        replaced: Paper | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"].label = label
        if replaced is None:
            del self.fields["because"]
        else:
            self.fields["because"].help_text = f"“{replaced.title}” will be superseded. The trail keeps the reason"

    def clean_confirmed(self) -> bool:
        if not self.cleaned_data["confirmed"]:
            raise ValidationError("Tick the box to say that you have read it and that it may be published.")
        return True
