"""How the columns of files of incidents are read: loaded from what an operator has written, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from injuries import mapping
from injuries.mapping import ColumnRules, NotAMapping
from injuries.models import ColumnMapping, Indicator, StaffGroup
from organisation.models import Unit
from records.canonical import normal
from records.services import trail


@transaction.atomic
def load(text: str, *, at: datetime) -> ColumnMapping:
    """Load a mapping, in the place of the one of its code. Raises NotAMapping with every fault."""
    rules = mapping.read(str(normal(text)))
    faults = list(_unknown(rules))
    if faults:
        raise NotAMapping(faults)
    try:
        with transaction.atomic():
            loaded, _ = ColumnMapping.objects.update_or_create(
                code=rules.code, defaults={"name": rules.name, "text": normal(text), "loaded_at": at}
            )
    except IntegrityError as error:
        raise NotAMapping([f"Another mapping is called “{rules.name}”. Give this one another name."]) from error
    trail.record(act="injury-figures.mapping_loaded", thing=None, by=None, at=at, mapping=rules.code)
    return loaded


def rules_of(loaded: ColumnMapping) -> ColumnRules:
    """Return what a loaded mapping says."""
    return mapping.read(loaded.text)


def _unknown(rules: ColumnRules) -> Iterator[str]:
    """Yield what the mapping names and the database does not have: three queries."""
    asked = {
        "indicator": (rules.indicators, Indicator.objects.values_list("code", flat=True)),
        "staff group": (
            set(rules.staff_group.values.values()) if rules.staff_group else (),
            StaffGroup.objects.values_list("code", flat=True),
        ),
        "unit": (
            set(rules.unit.values.values()) if rules.unit else (),
            Unit.objects.values_list("slug", flat=True),
        ),
    }
    for what, (named, there) in asked.items():
        known = set(there)
        yield from (f"There is no {what} “{one}”." for one in sorted(set(named)) if one and one not in known)
