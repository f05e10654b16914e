"""What of the trail a person asks for: by whom, about what, which act, when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from home import acts
from organisation.formfields import DayField, LineField
from organisation.models import Unit, User
from organisation.periods import LONDON
from records.models import TrailEntry
from records.models.trail import TrailQuerySet
from rendering import formats

MOST_PEOPLE = 100
ACCOUNT = "organisation.User"
LARGEST_ID = 2**63 - 1
_ACCOUNT_NUMBER = re.compile(r"(?:account\s+)?(?P<number>[0-9]{1,18})", re.IGNORECASE)
_THING = re.compile(r"(?P<type>[a-z_]+\.[A-Za-z]+)-(?P<id>[0-9]{1,18})")


class TrailFilters(forms.Form):
    """The boxes above the trail. Nothing has to be filled in; what is filled in has to hold."""

    person = LineField(
        label="Person",
        required=False,
        max_length=200,
        help_text="Who did it, or whose account it was done to: part of a name or e-mail address, or a number",
    )
    act = forms.ChoiceField(label="What was done", required=False)
    unit = forms.ModelChoiceField(
        label="Unit", queryset=Unit.objects.none(), to_field_name="slug", required=False, empty_label="Any"
    )
    called = LineField(
        label="Thing", required=False, max_length=200, help_text="Part of what it was called at the time"
    )
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)
    thing = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, sees_all: bool) -> None:
        super().__init__(data)
        families = None if sees_all else acts.SIGN_INS
        self.fields["act"].choices = [("", "Anything"), *acts.choices(families)]  # type: ignore[attr-defined]
        if sees_all:
            self.fields["unit"].queryset = Unit.objects.order_by("name", "opened_on")  # type: ignore[attr-defined]
        else:
            for name in ("unit", "called", "thing"):
                del self.fields[name]

    def clean_person(self) -> list[int]:
        """Return the numbers of the accounts that fit; none where nothing was asked."""
        text = self.cleaned_data["person"]
        if not text:
            return []
        if found := _ACCOUNT_NUMBER.fullmatch(text):
            fits = Q(pk=int(found["number"]))
        else:
            fits = Q(name__icontains=text) | Q(email__icontains=text)
        people = list(User.objects.filter(fits).order_by("pk").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
        if not people:
            raise ValidationError(f"No account fits “{text}”. Try part of the name, or the number of the account.")
        if len(people) > MOST_PEOPLE:
            raise ValidationError(f"More than {MOST_PEOPLE} accounts fit “{text}”. Write more of the name.")
        return people

    def clean_thing(self) -> tuple[str, int] | None:
        """Return the thing that a link of the list names, by type and number."""
        text = self.cleaned_data["thing"]
        if not text:
            return None
        found = _THING.fullmatch(text)
        if not found:
            raise ValidationError("The address of this page names no thing. Follow a link of the list again.")
        return found["type"], int(found["id"])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", f"The last day is before the first, {formats.day(since)}. Enter a later one.")
        return said

    def chosen(self, entries: TrailQuerySet) -> TrailQuerySet:
        """Narrow the entries to what was asked for. To be called once the form is valid."""
        said = self.cleaned_data
        if people := said["person"]:
            entries = entries.filter(Q(actor__in=people) | Q(thing_type=ACCOUNT, thing_id__in=people))
        if act := said["act"]:
            entries = entries.filter(act__startswith=act) if act.endswith(".") else entries.filter(act=act)
        if unit := said.get("unit"):
            entries = entries.filter(pk__in=_of_unit(unit))
        if called := said.get("called"):
            entries = entries.filter(thing_name__icontains=called)
        if thing := said.get("thing"):
            entries = entries.filter(thing_type=thing[0], thing_id=thing[1])
        if since := said["since"]:
            entries = entries.filter(at__gte=_begins(since))
        if until := said["until"]:
            entries = entries.filter(at__lt=_begins(until + timedelta(days=1)))
        return entries

    def in_words(self) -> list[str]:
        """Say what is chosen, for the line above the list. To be called once the form is valid."""
        said = self.cleaned_data
        words = []
        if said["person"]:
            words.append(f"person is “{self.data.get('person', '').strip()}”")
        if said["act"]:
            words.append(f"act is “{self._label_of(said['act'])}”")
        if said.get("unit"):
            words.append(f"unit is {said['unit']}")
        if said.get("called"):
            words.append(f"thing’s name has “{said['called']}” in it")
        if said.get("thing"):
            words.append("thing is the one you chose")
        if said["since"]:
            words.append(f"day is {formats.day(said['since'])} or later")
        if said["until"]:
            words.append(f"day is {formats.day(said['until'])} or earlier")
        return words

    def for_the_trail(self) -> dict[str, Any]:
        """Return what is chosen as the trail keeps it: accounts by number, and no words that somebody typed."""
        said = self.cleaned_data
        kept: dict[str, Any] = {
            "accounts": said["person"],
            "act": said["act"],
            "unit": said["unit"].slug if said.get("unit") else "",
            "thing": "-".join(map(str, said.get("thing") or ())),
            "by_words_in_its_name": bool(said.get("called")),
            "since": said["since"].isoformat() if said["since"] else "",
            "until": said["until"].isoformat() if said["until"] else "",
        }
        return {name: value for name, value in kept.items() if value}

    def _label_of(self, act: str) -> str:
        groups = self.fields["act"].choices[1:]  # type: ignore[attr-defined]
        return str(next(label for _, options in groups for value, label in options if value == act))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)


def _of_unit(unit: Unit) -> TrailQuerySet:
    """Return the entries about a unit: a query a sort of thing, so that each finds its few by the trail's index."""
    queries = [
        TrailEntry.objects.order_by().filter(thing_type=sort, thing_id__in=things.order_by().values("pk")).values("pk")
        for sort, things in acts.things_of_unit(unit.pk).items()
    ]
    first, *others = queries
    found: TrailQuerySet = first.union(*others, all=True)  # type: ignore[assignment]  # of ids, for a subquery
    return found
