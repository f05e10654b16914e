"""Days, limited texts and explained options, as people type and meet them."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from organisation.formfields import DayField, LineField, OptionLabel, WordsField


@pytest.mark.parametrize(
    "typed",
    [
        "31/3/2026",
        "31 3 2026",
        "31-03-2026",
        "31.3.2026",
        "31 / 03 / 2026",
        "2026-03-31",
        "31 March 2026",
        "31 march 2026",
        "31st Mar 2026",
        "  31   March  2026 ",
    ],
)
def test_a_day_is_read_however_people_write_it(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 3, 31)


def test_the_day_comes_first() -> None:
    assert DayField().clean("4/5/2026") == date(2026, 5, 4)


@pytest.mark.parametrize("typed", ["tomorrow", "31 3 26", "March 2026", "2026/3/31", "31 Marchember 2026", "313 2026"])
def test_what_is_not_a_day_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert refused.value.messages == [f"“{typed}” is not a date. Write the day, month and year, for example 31 3 2026."]


@pytest.mark.parametrize("typed", ["31 4 2026", "29/2/2025", "0 1 2026", "1 13 2026", "1 1 0000"])
def test_a_day_the_calendar_has_not_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert refused.value.messages == [f"There is no “{typed}” in the calendar. Check the day and the month."]


def test_a_missing_day_says_how_to_write_one() -> None:
    with pytest.raises(ValidationError, match="for example 31 3 2026"):
        DayField().clean("  ")
    assert DayField(required=False).clean("") is None


def test_a_known_day_is_shown_as_it_would_be_typed_and_has_not_changed() -> None:
    class Meeting(forms.Form):
        held_on = DayField()

    form = Meeting(initial={"held_on": date(2026, 3, 6)})
    assert form["held_on"].value() == "6 3 2026"
    assert not Meeting({"held_on": "6 March 2026"}, initial={"held_on": date(2026, 3, 6)}).has_changed()


def test_what_was_typed_stays_in_the_box_when_it_is_no_day() -> None:
    class Meeting(forms.Form):
        held_on = DayField()

    assert Meeting({"held_on": "next Tuesday"})["held_on"].value() == "next Tuesday"


def test_a_text_within_its_words_is_kept_as_typed() -> None:
    assert WordsField(max_words=3).clean("one  two\nthree") == "one  two\nthree"


def test_a_text_over_its_words_says_how_many_must_go() -> None:
    with pytest.raises(ValidationError) as refused:
        WordsField(max_words=3).clean("one two three four five")
    assert refused.value.messages == ["This has 5 words and the limit is 3. Take out at least 2 words."]


def test_one_word_over_is_one_word() -> None:
    with pytest.raises(ValidationError, match=r"Take out at least 1 word\."):
        WordsField(max_words=1).clean("one two")


def test_a_text_without_words_is_limited_in_characters() -> None:
    assert len(WordsField(max_words=2).clean("x" * 80)) == 80
    with pytest.raises(ValidationError) as refused:
        WordsField(max_words=2).clean("x" * 2_000_000)
    assert refused.value.messages == [
        "This has 2,000,000 characters and the limit is 80. Take out what is not text for people to read."
    ]


def test_a_line_is_as_long_as_what_will_be_stored() -> None:
    """U+0958 is two characters in NFC (Unicode's composition exclusions), e with an acute accent is one."""
    assert LineField(max_length=2).clean("\u0958") == "\u0915\u093c"
    assert LineField(max_length=1).clean("e\u0301") == "\u00e9"
    with pytest.raises(ValidationError, match="at most 1 character"):
        LineField(max_length=1).clean("\u0958")


@pytest.mark.parametrize("text", ["Inspec\x00tor", "\x00"])
def test_what_the_database_cannot_keep_is_refused(text: str) -> None:
    for line in (LineField(), WordsField(max_words=5)):
        with pytest.raises(ValidationError, match="Null characters"):
            line.clean(text)


def test_an_option_label_is_text_with_more_to_say() -> None:
    label = OptionLabel("Compliant", hint="Rules are followed", tag="Last quarter", criteria=["Audits happen"])
    assert label == "Compliant"
    assert (label.hint, label.tag, label.criteria) == ("Rules are followed", "Last quarter", ("Audits happen",))
    assert forms.ChoiceField(choices=[("3", label)]).clean("3") == "3"
