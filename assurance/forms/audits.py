"""Planning audits and saying who does them, as clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from assurance.forms.statement import REASON_WORDS
from assurance.models import Audit, AuditKind, AuditState
from maturity.models import Theme
from organisation.formfields import NOBODY, DayField, WordsField
from organisation.models import BusinessGroup, Unit, User

PURPOSE_WORDS = 300
UNIT, GROUP = "unit", "group"


class PlanForm(forms.Form):
    """What is audited, in which themes, why and when."""

    scope = forms.ChoiceField(
        label="What is audited",
        help_text="A unit, or a business group as a whole.",
        error_messages={"required": "Choose a unit or a business group."},
    )
    kind = forms.ChoiceField(
        label="Who audits",
        choices=AuditKind.choices,
        widget=forms.RadioSelect,
        initial=AuditKind.SHRMT,
        error_messages={"required": "Choose who audits."},
    )
    themes = forms.MultipleChoiceField(
        label="Themes",
        help_text="Those whose levels it validates.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one theme."},
    )
    purpose = WordsField(
        label="Why this audit, and what it looks at",
        help_text=f"Whoever reads the audit reads this first. {NOBODY}",
        max_words=PURPOSE_WORDS,
        rows=5,
        required=False,
    )
    planned_from = DayField(label="First day")
    planned_to = DayField(label="Last day of fieldwork")
    repeat_of = forms.ModelChoiceField(
        queryset=Audit.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "The audit to repeat is not there. Plan it from its recommendation’s page."},
    )

    def __init__(
        self,
        *args: Any,
        units: Iterable[Unit],
        groups: Iterable[BusinessGroup],
        themes: Iterable[Theme],
        repeatable: QuerySet[Audit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["repeat_of"].queryset = repeatable  # type: ignore[attr-defined]  # a choice of rows
        self._units = {f"{UNIT}-{unit.slug}": unit for unit in units}
        self._groups = {f"{GROUP}-{group.slug}": group for group in groups}
        boxes: dict[str, Any] = self.fields
        boxes["scope"].choices = [
            ("", "Choose what is audited"),
            ("Business groups", [(key, group.name) for key, group in self._groups.items()]),
            ("Units", [(key, unit.name) for key, unit in self._units.items()]),
        ]
        boxes["themes"].choices = [(theme.identity, f"{theme.number}. {theme.name}") for theme in themes]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("planned_from"), cleaned.get("planned_to")
        if first and last and last < first:
            self.add_error("planned_to", "The last day lies before the first. Check the dates.")
        return cleaned

    @property
    def unit(self) -> Unit | None:
        """The unit that was chosen, if it is one."""
        return self._units.get(self.cleaned_data["scope"])

    @property
    def group(self) -> BusinessGroup | None:
        """The business group that was chosen, if it is one."""
        return self._groups.get(self.cleaned_data["scope"])


class AuditFilterForm(forms.Form):
    """Which audits to list. Anything unreadable in the address is left out rather than refused."""

    MINE = "mine"
    GOING_ON = "going-on"

    scope = forms.CharField(label="Unit’s or group’s name contains", max_length=200, required=False)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), (GOING_ON, "Not issued yet"), *AuditState.choices],
    )
    whose = forms.ChoiceField(
        label="Who audits",
        required=False,
        choices=[("", "Anybody"), (MINE, "You"), *AuditKind.choices],
    )


class AssignForm(forms.Form):
    """Who is to do an audit."""

    auditor = forms.ModelChoiceField(
        label="Auditor",
        help_text="Somebody of SHRMT, or an external auditor. Whether they are independent is checked when you assign "
        "them.",
        queryset=User.objects.none(),
        empty_label="Choose an auditor",
        error_messages={
            "required": "Choose an auditor.",
            "invalid_choice": "They do not audit, or do this audit already. Choose somebody else.",
        },
    )

    def __init__(self, *args: Any, auditors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["auditor"].queryset = auditors


class AllowForm(AssignForm):
    """Whom the Head lets audit although they mentored it, and why."""

    because = WordsField(
        label="Why they audit it all the same",
        help_text="It is printed in the report, beside their name.",
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why they audit it all the same."},
    )


class StartForm(forms.Form):
    """Which of the claims is validated: a signed revision, or an issued roll-up."""

    claim = forms.ChoiceField(
        label="What it validates",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it validates."},
    )

    def __init__(self, *args: Any, claims: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["claim"].choices = list(claims)
        boxes["claim"].initial = claims[0][0] if claims else None


class WithdrawForm(forms.Form):
    """Why an audit is given up."""

    because = WordsField(
        label="Why it is withdrawn",
        help_text=f"Whoever reads the audit reads this first. {NOBODY}",
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why the audit is withdrawn."},
    )
