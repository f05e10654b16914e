"""Which two texts of a unit's statements to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class CompareForm(forms.Form):
    """Two of the unit's revisions. `options` are (value, label), the newest first."""

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A field may not be called “from” in a class body, and the address reads best so.
        self.fields["from"] = forms.ChoiceField(label="From", choices=options)
        self.fields["to"] = forms.ChoiceField(label="To", choices=options)
