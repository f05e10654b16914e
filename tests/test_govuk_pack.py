"""The form pack: what hints, errors, labels and the error summary point at exists, for every kind of field.

Browsers and axe pass over dangling references in silence, so they are looked for here.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import URLPattern
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from organisation.formfields import DayField, OptionLabel, WordsField

LEVELS = [
    ("2", OptionLabel("2 Reactive", hint="After the event", criteria=["Accidents are written down"])),
    ("3", OptionLabel("3 Compliant", tag="Last quarter", criteria=["Rules are known", "Rules are kept"])),
]


class Everything(forms.Form):
    level = forms.ChoiceField(choices=LEVELS, widget=forms.RadioSelect, help_text="Choose one")
    evidence = WordsField(max_words=5, help_text="What shows it")
    title = forms.CharField(max_length=10, label="Title of the action", help_text="Short")
    email = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": "you@force"}))
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    unit = forms.ChoiceField(choices=[("", "Choose a unit"), ("a", "Harbour")], help_text="Yours")
    present = forms.MultipleChoiceField(
        choices=[("x", OptionLabel("Officers", hint="Sworn")), ("y", "Staff")],
        widget=forms.CheckboxSelectMultiple,
        help_text="All that apply",
    )
    sure = forms.BooleanField(label="I am sure", help_text="You cannot undo this")
    due = DayField()
    file = forms.FileField(help_text="PDF")
    version = forms.IntegerField(widget=forms.HiddenInput)


class Action(forms.Form):
    title = forms.CharField()
    due = DayField(label="Due date")


class Actions(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic when it runs
    row_name = "Action"


ActionSet = forms.formset_factory(Action, formset=Actions, extra=2, can_delete=True, max_num=3, validate_max=True)


def two_rows(**typed: str) -> dict[str, str]:
    return {"actions-TOTAL_FORMS": "2", "actions-INITIAL_FORMS": "0"} | {
        f"actions-{name.replace('__', '-')}": value for name, value in typed.items()
    }


def page(template: str, **context: Any) -> html.HtmlElement:
    source = "{% load crispy_forms_tags crispy_forms_filters govuk %}" + template
    return html.fromstring(f"<div>{Template(source).render(Context(context))}</div>")


def one(element: html.HtmlElement, xpath: str) -> html.HtmlElement:
    found = element.xpath(xpath)
    assert len(found) == 1, f"{len(found)} of {xpath}"
    return found[0]


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def ids(element: html.HtmlElement) -> list[str]:
    return list(element.xpath("//@id"))


def assert_nothing_dangles(element: html.HtmlElement) -> None:
    """Every reference inside the page leads to exactly one element."""
    known = ids(element)
    assert len(known) == len(set(known)), "an id is used twice"
    wanted = [
        *element.xpath("//label/@for"),
        *[part for value in element.xpath("//@aria-describedby | //@aria-labelledby") for part in value.split()],
        *[href[1:] for href in element.xpath("//a[starts-with(@href, '#')]/@href")],
        *element.xpath("//@aria-controls"),
    ]
    assert wanted
    assert set(wanted) <= set(known)
    assert "" not in wanted


WHOLE_PAGE = "{% include 'components/error_summary.html' %}{{ form|crispy }}{{ formset|crispy }}"


def empty_page() -> html.HtmlElement:
    return page(WHOLE_PAGE, form=Everything(), formset=ActionSet(prefix="actions"))


def page_of_errors() -> html.HtmlElement:
    form = Everything({"evidence": "one two three four five six", "due": "soon", "email": "x"})
    return page(WHOLE_PAGE, form=form, formset=ActionSet(two_rows(**{"0__due": "1 1 2026"}), prefix="actions"))


@pytest.mark.parametrize("made", [empty_page, page_of_errors])
def test_every_reference_leads_somewhere(made: Any) -> None:
    assert_nothing_dangles(made())


@pytest.mark.parametrize("made", [empty_page, page_of_errors])
def test_every_control_has_a_label(made: Any) -> None:
    element = made()
    controls = element.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert len(controls) == 10 + 2 + 6  # a first one of each field; the second radio and tick box; two rows of three
    for control in controls:
        assert words_of(one(element, f"//label[@for='{control.get('id')}']"))


def test_a_page_without_errors_has_no_summary_and_no_error_marks() -> None:
    element = empty_page()
    assert not element.xpath("//*[contains(@class, 'error')]")
    assert not element.xpath("//*[@aria-invalid]")


def test_the_summary_lists_every_error_in_the_order_of_the_page() -> None:
    links = page_of_errors().xpath("//*[@data-module='govuk-error-summary']//li")
    assert [words_of(link) for link in links] == [
        "Choose an answer for “Level”.",
        "This has 6 words and the limit is 5. Take out at least 1 word.",
        "Fill in “Title of the action”.",
        "Enter a valid email address.",
        "Fill in “Password”.",
        "Choose “Unit”.",
        "Choose at least one of “Present”.",
        "Tick “I am sure”.",
        "“soon” is not a date. Write the day, month and year, for example 31 3 2026.",
        "Choose a file for “File”.",
        "Fill in “Version”.",
        "Action 1: Fill in “Title”.",
    ]


def test_the_summary_leads_to_the_first_option_of_a_group() -> None:
    element = page_of_errors()
    hrefs = element.xpath("//*[@data-module='govuk-error-summary']//a/@href")
    for name, kind in (("level", "radio"), ("present", "checkbox")):
        first = element.xpath(f"//input[@type='{kind}'][@name='{name}']")[0]
        assert f"#{first.get('id')}" in hrefs


def test_the_summary_says_what_is_wrong_with_a_hidden_field_without_a_link_to_it() -> None:
    assert not page_of_errors().xpath("//a[contains(., 'Version')]")


def test_the_message_at_the_field_is_that_of_the_summary() -> None:
    element = page_of_errors()
    at_fields = [words_of(message) for message in element.xpath("//p[@class='govuk-error-message']")]
    assert at_fields[0] == "Error: Choose an answer for “Level”."
    assert at_fields[-1] == "Error: Fill in “Title”."
    assert len(at_fields) == 11  # twelve in the summary, one of them of a hidden field


def test_errors_and_hints_describe_their_control_or_their_group() -> None:
    element = page_of_errors()
    for name in ("title", "unit", "sure", "file"):
        control = one(element, f"//*[@id='id_{name}']")
        assert control.get("aria-describedby") == f"id_{name}_helptext id_{name}_error"
        assert control.get("aria-invalid") == "true"
    for name in ("level", "present"):
        group = one(element, f"//fieldset[.//input[@name='{name}']]")
        assert group.get("aria-describedby") == f"id_{name}_helptext id_{name}_error"
        assert words_of(group.find("legend")) == name.capitalize()


def test_an_option_is_described_by_its_own_hint_and_criteria() -> None:
    element = empty_page()
    reactive, compliant = element.xpath("//input[@name='level']")
    described = [words_of(one(element, f"//*[@id='{part}']")) for part in reactive.get("aria-describedby").split()]
    assert described == ["After the event", "Accidents are written down"]
    criteria = one(element, f"//ul[@id='{compliant.get('aria-describedby')}']")
    assert [words_of(item) for item in criteria] == ["Rules are known", "Rules are kept"]
    assert words_of(one(element, f"//label[@for='{compliant.get('id')}']")) == "3 Compliant Last quarter"


@pytest.mark.parametrize("made", [empty_page, page_of_errors])
def test_a_text_area_keeps_its_word_count_also_with_an_error(made: Any) -> None:
    element = made()
    wrapper = one(element, "//*[@data-module='govuk-character-count']")
    assert (wrapper.get("data-maxlength"), wrapper.get("data-count-type")) == ("5", "words")
    area = one(wrapper, ".//textarea")
    assert "govuk-js-character-count" in area.get("class").split()
    assert area.get("aria-describedby").split()[-1] == "id_evidence-info"
    assert words_of(one(element, "//*[@id='id_evidence-info']")) == "You can enter up to 5 words"


def test_what_was_typed_and_chosen_is_shown_again() -> None:
    form = Everything({"level": "3", "evidence": "a <b> c", "present": ["y"], "unit": "a", "sure": "on"})
    element = page("{{ form|crispy }}", form=form)
    assert one(element, "//textarea").text_content().strip() == "a <b> c"
    assert element.xpath("//input[@checked]/@value") == ["3", "y", *element.xpath("//input[@name='sure']/@value")]
    assert words_of(one(element, "//option[@selected]")) == "Harbour"


def test_a_placeholder_is_not_used_for_what_a_label_should_say() -> None:
    assert not empty_page().xpath("//@placeholder")


def test_a_password_keeps_its_autocomplete_and_never_its_text() -> None:
    element = page("{{ form|crispy }}", form=Everything({"password": "hunter2 hunter2"}))
    control = one(element, "//input[@type='password']")
    assert control.get("autocomplete") == "current-password"
    assert control.get("value") is None


def test_one_field_can_be_drawn_by_itself() -> None:
    element = page("{{ form.evidence|as_crispy_field }}", form=Everything())
    assert_nothing_dangles(element)
    assert element.xpath("//@name") == ["evidence"]


@pytest.fixture
def no_pages(settings: Settings) -> None:
    """The crispy tag looks for its form's action among the project's addresses; none is needed here."""

    class NoPages:
        urlpatterns: ClassVar[list[URLPattern]] = []

    settings.ROOT_URLCONF = NoPages


@pytest.mark.usefixtures("no_pages")
def test_the_crispy_tag_draws_the_form_around_its_fields() -> None:
    helper = FormHelper()
    helper.add_input(Submit("save", "Save and continue"))
    element = page("{% crispy form helper %}", form=Everything(), helper=helper, csrf_token="token-for-this-test")
    around = one(element, "//form[@method='post'][@novalidate]")
    assert around.get("enctype") == "multipart/form-data"
    assert one(around, ".//input[@name='csrfmiddlewaretoken']").get("value") == "token-for-this-test"
    assert words_of(one(around, ".//button[@type='submit']")) == "Save and continue"
    assert_nothing_dangles(element)


def test_a_formset_has_its_management_form_and_a_named_group_for_each_row() -> None:
    element = page("{{ formset|crispy }}", formset=ActionSet(prefix="actions"))
    assert one(element, "//input[@name='actions-TOTAL_FORMS']").get("value") == "2"
    rows = element.xpath("//fieldset")
    assert [(row.get("id"), words_of(row.find("legend"))) for row in rows] == [
        ("actions-0", "Action 1"),
        ("actions-1", "Action 2"),
    ]
    assert [words_of(label) for label in element.xpath("//label[contains(@for, 'DELETE')]")] == [
        "Remove action 1",
        "Remove action 2",
    ]


@pytest.mark.usefixtures("no_pages")
def test_the_crispy_tag_draws_a_formset_too() -> None:
    element = page("{% crispy formset %}", formset=ActionSet(prefix="actions"))
    assert len(element.xpath("//form//fieldset")) == 2
    assert_nothing_dangles(element)


def test_what_is_wrong_with_a_form_or_formset_as_a_whole_is_in_the_summary() -> None:
    class Agreeing(forms.Form):
        first = forms.CharField()

        def clean(self) -> None:
            raise forms.ValidationError("The two dates overlap.")

    too_many = two_rows() | {"actions-TOTAL_FORMS": "4"} | {f"actions-{n}-title": "x" for n in range(4)}
    too_many |= {f"actions-{n}-due": "1 1 2026" for n in range(4)}
    form, formset = Agreeing({"first": "x"}), ActionSet(too_many, prefix="actions")
    element = page(
        "{% include 'components/error_summary.html' %}{{ forms.0|crispy }}{{ forms.1|crispy }}", forms=[form, formset]
    )
    links = element.xpath("//*[@data-module='govuk-error-summary']//a")
    assert [(words_of(link), link.get("href")) for link in links] == [
        ("The two dates overlap.", "#id_first"),
        ("Please submit at most 3 forms.", "#actions-0"),
    ]
    assert_nothing_dangles(element)


def test_two_forms_on_a_page_share_one_summary() -> None:
    first, second = Action({}, prefix="one"), Action({}, prefix="two")
    element = page(
        "{% include 'components/error_summary.html' %}{{ forms.0|crispy }}{{ forms.1|crispy }}", forms=[first, second]
    )
    assert element.xpath("//*[@data-module='govuk-error-summary']//a/@href") == [
        "#id_one-title",
        "#id_one-due",
        "#id_two-title",
        "#id_two-due",
    ]
    assert_nothing_dangles(element)


def test_a_message_the_field_brings_itself_is_kept() -> None:
    class Kind(forms.Form):
        title = forms.CharField(error_messages={"required": "Say what is to be done."})

    element = page("{{ form|as_crispy_errors }}{{ form|crispy }}", form=Kind({}))
    assert words_of(one(element, "//li")) == "Say what is to be done."


def test_a_widget_of_several_boxes_is_refused_rather_than_drawn_without_labels() -> None:
    class Split(forms.Form):
        when = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="“when” is drawn in several boxes"):
        page("{{ form|crispy }}", form=Split())


def test_text_from_people_cannot_become_markup() -> None:
    class Hostile(forms.Form):
        level = forms.ChoiceField(
            choices=[("1", OptionLabel("<b>one", hint="<i>two", tag="<u>three", criteria=["<s>four"]))],
            widget=forms.RadioSelect,
            label="<h1>five",
        )

    element = page("{{ form|as_crispy_errors }}{{ form|crispy }}", form=Hostile({"level": "<script>"}))
    assert not element.xpath("//b | //i | //u | //s | //h1 | //script")
    assert "<s>four" in element.text_content()


def test_a_conflict_shows_both_versions() -> None:
    conflict = {"label": "Evidence", "theirs": "Their text", "mine": "My <text>", "who": "The SLT lead", "when": None}
    element = page("{% include 'components/conflict.html' %}", conflicts=[conflict])
    sides = element.xpath("//*[@class='app-compare__side']")
    assert [words_of(one(side, ".//h4")) for side in sides] == ["Their version", "Your version"]
    assert [words_of(side) for side in sides] == [
        "Their version Saved by The SLT lead Their text",
        "Your version Not saved My <text>",
    ]
    assert_nothing_dangles(element)


def test_a_page_without_conflicts_says_nothing_of_them() -> None:
    assert words_of(page("{% include 'components/conflict.html' %}", conflicts=[])) == ""


@pytest.mark.usefixtures("no_pages")
class TestBase:
    """The frame of every page, rendered for somebody not signed in."""

    def render(self, **context: Any) -> html.HtmlElement:
        template = "{% extends 'base.html' %}{% block title %}Theme 3{% endblock %}{% block content %}x{% endblock %}"
        request = RequestFactory().get("/")
        return html.document_fromstring(Template(template).render(Context({"request": request} | context)))

    def test_the_title_names_the_page_first(self) -> None:
        assert self.render().findtext(".//title") == "Theme 3 – Truelevel"

    @pytest.mark.parametrize(
        "context", [{"form": Action({})}, {"form_has_errors": True}, {"conflicts": [{"label": "Evidence"}]}]
    )
    def test_the_title_of_a_page_with_errors_says_so_first(self, context: dict[str, Any]) -> None:
        assert self.render(**context).findtext(".//title") == "Error: Theme 3 – Truelevel"

    def test_the_errors_of_the_pages_form_are_above_its_content(self) -> None:
        main = one(self.render(form=Action({})), "//main")
        assert len(main.xpath(".//*[@data-module='govuk-error-summary']//a")) == 2

    def test_a_page_without_a_form_has_no_summary(self) -> None:
        assert not self.render().xpath("//*[@data-module='govuk-error-summary']")

    def test_nothing_in_it_needs_an_inline_script_or_style(self) -> None:
        root = self.render()
        assert not root.xpath("//script[not(@src)] | //style | //@style")
        assert not [name for element in root.iter("*") for name in element.attrib if name.startswith("on")]

    def test_its_links_within_the_page_lead_somewhere(self) -> None:
        assert_nothing_dangles(self.render(form_has_errors=True))

    def test_htmx_is_told_what_the_security_policy_asks_of_it(self) -> None:
        rules = json.loads(one(self.render(), "//meta[@name='htmx-config']").get("content"))
        switches = ("includeIndicatorStyles", "allowEval", "allowScriptTags", "selfRequestsOnly", "historyCacheSize")
        assert [rules[switch] for switch in switches] == [False, False, False, True, 0]
        swapped = [rule["code"] for rule in rules["responseHandling"] if rule["swap"]]
        assert swapped == ["[23]..", "409", "422"]
