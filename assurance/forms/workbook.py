"""A workbook that comes back: the file itself, its answers by the same rules as on the pages, and what is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from actions.models import ActionStatus
from assurance import workbooks
from assurance.forms.statement import CANNOT_SAY, MOST_ACTIONS, ActionForm, DetailsForm, EntryForm
from assurance.services.workbooks import ACTION, DETAILS, MINE, NEW, THEIRS, THEME, Asked, Change, Decision, OnRecord
from assurance.workbooks import ActionRow, Answer, Filled, Problem
from records.edits import Edit

TEXTS = ("evidence", "no_level_reason", "not_sure_note", "criteria_note")
ACTION_ANSWERS = ("title", "lead", "due_on")
FIELDS: dict[str, forms.Field] = {
    **{name: EntryForm.base_fields[name] for name in TEXTS},
    **{name: ActionForm.base_fields[name] for name in ACTION_ANSWERS},
    **{name: DetailsForm.base_fields[name] for name in DetailsForm.answers},
}


class UploadForm(forms.Form):
    """The workbook that somebody has filled in."""

    workbook = forms.FileField(
        label="The workbook you have filled in",
        help_text=f"An Excel workbook (.xlsx) of at most {workbooks.MOST_BYTES // 1024 // 1024} MB. Nothing is saved "
        "before you have seen every change.",
        max_length=200,
        error_messages={
            "required": "Choose the workbook that you have filled in.",
            "empty": "The file is empty. Choose the workbook that you have filled in.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )

    def clean_workbook(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["workbook"]
        if (file.size or 0) > workbooks.MOST_BYTES:
            most = workbooks.MOST_BYTES // 1024 // 1024
            raise ValidationError(f"The file is larger than {most} MB. A statement’s workbook is far smaller.")
        return file


# --- Its answers --------------------------------------------------------------------------------------------------


def asked_for(filled: Filled, standing: OnRecord) -> tuple[list[Asked], list[Problem]]:
    """Return the edits that the workbook asks for, and every fault by its cell. Answers left alone are no edits."""
    return _Asking(filled, standing).all()


class _Asking:
    def __init__(self, filled: Filled, standing: OnRecord) -> None:
        self.filled = filled
        self.standing = standing
        self.asked: list[Asked] = []
        self.problems = list(filled.problems)

    def all(self) -> tuple[list[Asked], list[Problem]]:
        for identity, answers in self.filled.themes.items():
            self._theme(identity, answers)
        for row in self.filled.actions:
            self._action(row)
        self._refuse_too_many_actions()
        for name, answer in self.filled.details.items():
            self._ask(DETAILS, "", "", name, answer)
        return self.asked, self.problems

    def _clean(self, name: str, answer: Answer) -> tuple[Any, bool]:
        """Return the answer as the pages would take it, and whether they would."""
        field = FIELDS.get(name)
        if field is None:
            return answer.value, True
        try:
            return field.clean(answer.value), True
        except ValidationError as error:
            for message in error.messages:
                self.problems.append(Problem(answer.cell, f"{workbooks.LABELS[name]}: {message}"))
            return None, False

    def _ask(self, kind: str, of: str, theme: str, name: str, answer: Answer) -> bool:
        """Ask for the answer where it was given; return whether it was."""
        if answer.is_left_alone(answer.value) or self._is_faulty(answer):
            return False
        value, is_good = self._clean(name, answer)
        if not is_good or answer.is_left_alone(value):
            return False
        self.asked.append(Asked(kind, of, theme, name, Edit(answer.version, value)))
        return True

    def _is_faulty(self, answer: Answer) -> bool:
        """Whether the cell has been found at fault in reading: then what it is read as says nothing."""
        return any(problem.cell == answer.cell for problem in self.problems)

    def _theme(self, identity: str, answers: Mapping[str, Answer]) -> None:
        for name, answer in answers.items():
            self._ask(THEME, "", identity, name, answer)
        level, reason = answers.get("level_answer"), answers.get("no_level_reason")
        if level and reason and level.value == CANNOT_SAY and not reason.value:
            self.problems.append(Problem(reason.cell, "Say why you cannot give a level."))

    def _action(self, row: ActionRow) -> None:
        if row.id is None:
            self._new_action(row)
            return
        action = self.standing.actions.get(row.id)
        if action is None or action.theme != row.theme:
            self.problems.append(
                Problem(
                    f"Actions!C{row.row}",
                    "This action is not one of this theme. An action cannot move to another theme: put the theme back, "
                    "or remove it here and write it into an empty row.",
                )
            )
            return
        id_ = str(row.id)
        if row.is_removed:
            self._status(row, ActionStatus.WITHDRAWN)
            return
        given = [self._ask(ACTION, id_, row.theme, name, answer) for name, answer in row.answers.items()]
        if any(given):  # so that changing an action that somebody has withdrawn since is a conflict
            self._status(row, row.status)

    def _status(self, row: ActionRow, status: str) -> None:
        self.asked.append(Asked(ACTION, str(row.id), row.theme, "status", Edit(row.status_version, str(status))))

    def _new_action(self, row: ActionRow) -> None:
        edits = {}
        for name, answer in row.answers.items():
            value, is_good = self._clean(name, answer)
            if is_good and not self._is_faulty(answer):
                edits[name] = Edit(0, value)
        if len(edits) == len(ACTION_ANSWERS):
            edits["status"] = Edit(0, ActionStatus.OPEN.value)
            self.asked += [Asked(NEW, str(row.token), row.theme, name, edit) for name, edit in edits.items()]

    def _refuse_too_many_actions(self) -> None:
        stand = Counter(one.theme for one in self.standing.actions.values() if one.values["status"] != "withdrawn")
        new = [row for row in self.filled.actions if row.token and row.token not in self.standing.raised_by_token]
        for row in new:
            stand[row.theme] += 1
            if stand[row.theme] == MOST_ACTIONS + 1:
                message = f"A theme takes at most {MOST_ACTIONS} actions. Put some together, or remove some."
                self.problems.append(Problem(f"Actions!C{row.row}", message))


# --- What is decided ----------------------------------------------------------------------------------------------


class DecisionsForm(forms.Form):
    """For each answer that two people have changed: which of the two is to stand."""

    def __init__(self, data: Any = None, *, conflicts: Sequence[Change], labels: Iterable[str]) -> None:
        """`labels` name the conflicts, in their order."""
        super().__init__(data)
        self.conflicts = list(conflicts)
        for number, (conflict, label) in enumerate(zip(self.conflicts, labels, strict=True)):
            self.fields[f"keep-{number}"] = forms.ChoiceField(
                label=f"Which is to stand? {label}",
                widget=forms.RadioSelect,
                choices=[(THEIRS, "What stands now"), (MINE, "What is in the workbook")],
                error_messages={"required": f"{label}: say which of the two is to stand."},
            )
            self.fields[f"seen-{number}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=self._seen(conflict)
            )

    def is_up_to_date(self) -> bool:
        """Whether the answers that were decided on stand as their author has seen them, and there are no others."""
        seen = [self.data.get(f"seen-{number}") for number in range(len(self.conflicts))]
        return seen == [self._seen(conflict) for conflict in self.conflicts]

    @staticmethod
    def _seen(conflict: Change) -> str:
        return f"{conflict.version}.{conflict.asked.key}"

    def decisions(self) -> dict[str, Decision]:
        """Return the decisions by the keys of the edits."""
        return {
            conflict.asked.key: Decision(self.cleaned_data[f"keep-{number}"], conflict.version)
            for number, conflict in enumerate(self.conflicts)
        }
