"""What the options of blocks can name: the rows there are, by code and by name."""

from __future__ import annotations

from collections.abc import Iterable

from actions.models import Plan
from injuries.models import Indicator
from organisation.models import BusinessGroup
from papers.options import Codes, Name, Named, Option

Choices = list[tuple[str, str]]


def choices_for(declared: Iterable[Option]) -> dict[Named, Choices]:
    """Return what these options can name: a query for each kind of thing."""
    wanted = {option.named for option in declared if isinstance(option, Codes | Name)}
    return {named: _all_of(named) for named in wanted}


def _all_of(named: Named) -> Choices:
    if named is Named.INDICATORS:
        return list(Indicator.objects.values_list("code", "name"))
    if named is Named.GROUPS:
        return list(BusinessGroup.objects.values_list("slug", "name"))
    return [(name, name) for name in Plan.objects.values_list("name", flat=True)]
