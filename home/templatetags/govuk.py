"""What the form templates of templates/govuk need to ask of a field: what it is, what is wrong with it, its control."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.utils import flatatt
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

if TYPE_CHECKING:
    FormSet = forms.BaseFormSet[Any]
    FormLike = forms.BaseForm | FormSet

# The first kind whose widget class fits; subclasses stand before their parents.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
)


@register.filter
def kind(field: BoundField) -> str:
    """Name the template in govuk/fields that draws this field."""
    widget = field.field.widget
    if isinstance(widget, (forms.MultiWidget, forms.SelectDateWidget)):
        raise TypeError(
            f"“{field.name}” is drawn in several boxes without a label each. "
            "Use fields of one box (DayField for a day)."
        )
    return next((name for widget_class, name in _KINDS if isinstance(widget, widget_class)), "input")


@register.filter
def problems(field: BoundField) -> list[str]:
    """What is wrong with a field. Django's bare “required” becomes a sentence that names the field and what to do."""
    return [message for error in field.errors.as_data() for message in _messages(error, field)]


def _messages(error: ValidationError, field: BoundField) -> list[str]:
    if error.code != "required" or error.message != forms.Field.default_error_messages["required"]:
        return list(error.messages)
    asked = {"checkbox": "Tick", "radios": "Choose an answer for", "checkboxes": "Choose at least one of"} | {
        "select": "Choose", "file": "Choose a file for"
    }  # fmt: skip
    return [f"{asked.get(kind(field), 'Fill in')} “{field.label}”."]


@register.filter
def max_words(field: BoundField) -> int | None:
    """The word limit of a text area that has one (its widget's `data-maxwords`)."""
    limit = field.field.widget.attrs.get("data-maxwords")
    return None if limit is None else int(limit)


@register.simple_tag
def control(field: BoundField, *classes: str) -> SafeString:
    """Draw the field's own input with the classes of the design, and what describes it."""
    widget = field.field.widget
    attrs: dict[str, Any] = {
        "class": " ".join(filter(None, [widget.attrs.get("class"), *classes])),
        # A placeholder goes away when it is needed and is too pale to read: hints do its work.
        "placeholder": False,
    }
    if max_words(field) is not None:
        described_by = [widget.attrs.get("aria-describedby"), field.aria_describedby, f"{field.auto_id}-info"]
        attrs |= {"aria-describedby": " ".join(filter(None, described_by)), "data-maxwords": False}
    if isinstance(widget, forms.ClearableFileInput):
        # Files are never replaced in place, so there is no present file to show or to clear.
        return field.as_widget(widget=forms.FileInput(attrs=widget.attrs), attrs=attrs)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def option_control(option: BoundWidget, css_class: str, level: int | str = "") -> SafeString:
    """Draw one radio button or tick box of several, described by its own hint and list of criteria.

    `level` is the level that a criterion belongs to, for the page's scripts.
    """
    attrs = dict(option.data["attrs"])
    # Whether the answer is right is a matter of the whole group: its fieldset carries the error.
    attrs.pop("aria-invalid", None)
    label = option.data["label"]
    described_by = [
        f"{attrs['id']}_{part}" for part in ("hint", "criteria") if attrs.get("id") and getattr(label, part, None)
    ]
    if described_by:
        attrs["aria-describedby"] = " ".join(described_by)
    if level:
        attrs["data-level"] = str(level)
    attrs |= {
        "class": css_class,
        "type": option.data["type"],
        "name": option.data["name"],
        "value": str(option.data["value"]),
    }
    return format_html("<input{}>", flatatt(attrs))


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary. `href` is empty where there is no field to go to."""

    text: str
    href: str


@register.simple_tag(takes_context=True)
def problems_on_page(context: Context) -> list[Problem]:
    """Everything wrong with the forms and formsets of the page, in the order in which they are shown.

    The page hands over `forms` (a list); without it, its `form` and its `formset` are taken.
    """
    found = context.get("forms") or [context.get("form"), context.get("formset")]
    return [
        problem
        for form in found
        if isinstance(form, (forms.BaseForm, forms.BaseFormSet))
        for problem in _problems_of(form)
    ]


@register.simple_tag
def problems_of(form: FormLike) -> list[Problem]:
    """Everything wrong with one form or formset."""
    return list(_problems_of(form))


def _problems_of(form: FormLike, prefix: str = "") -> Iterator[Problem]:
    if isinstance(form, forms.BaseFormSet):
        yield from _problems_of_rows(form)
        return
    first = next(iter(form.visible_fields()), None)
    for message in form.non_field_errors():
        yield Problem(prefix + str(message), _address(first) if first else "")
    for field in form:
        for message in problems(field):
            yield Problem(prefix + message, "" if field.is_hidden else _address(field))


def _problems_of_rows(formset: FormSet) -> Iterator[Problem]:
    for message in formset.non_form_errors():
        yield Problem(str(message), f"#{formset.forms[0].prefix}" if formset.forms else "")
    for number, form in enumerate(formset.forms, start=1):
        yield from _problems_of(form, prefix=f"{row_name(formset)} {number}: ")


def _address(field: BoundField) -> str:
    """Where a link to a field goes: to its control, or to the first of several."""
    parts = list(field.subwidgets)
    first = parts[0].data if parts and kind(field) in {"radios", "checkboxes"} else None
    if first is not None:
        return f"#{first['attrs']['id']}"
    return f"#{field.id_for_label}"


@register.filter
def row_name(formset: FormSet) -> str:
    """What one row of a formset is called, such as “Action”: the formset class says it in `row_name`."""
    return str(getattr(formset, "row_name", "Row"))
