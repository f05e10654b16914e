"""Loading templates of papers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from papers import skeleton
from papers.models import PaperTemplate
from papers.templatefile import TemplateFile
from records.services import trail


class Outcome(StrEnum):
    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@transaction.atomic
def load(said: TemplateFile, *, at: datetime) -> Outcome:
    """Make the template what the file says; papers that were begun from it stay as they are.

    The same content again changes nothing and leaves no trail.
    """
    wanted = {"name": said.name, "meaning": said.meaning, "skeleton": skeleton.as_json(said.skeleton)}
    there = PaperTemplate.objects.select_for_update().filter(code=said.code).first()
    if there is not None and {name: getattr(there, name) for name in wanted} == wanted:
        return Outcome.UNCHANGED
    template, is_new = PaperTemplate.objects.update_or_create(code=said.code, defaults=wanted | {"loaded_at": at})
    outcome = Outcome.CREATED if is_new else Outcome.REPLACED
    trail.record(act="paper-template.loaded", thing=template, by=None, at=at, code=said.code, outcome=outcome.value)
    return outcome
