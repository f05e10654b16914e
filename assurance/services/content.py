"""What a signature on a revision freezes, gathered from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q

from actions.models import Action, ActionStatus
from actions.reading import action_content
from assurance.models import Entry, EvidenceItem, Revision
from maturity.models import Criterion

# 2: criteria, links and files, what was carried forward, and all of an action. Digests of the first kind stand as they
# were given: they are checked against the stored content, never against content gathered again.
FORMAT = 2


def content_of(revision: Revision) -> dict[str, Any]:
    """Return what a signature on this revision freezes: all it says, its actions’ text included.

    Dates are ISO texts. `previous` is the digest of the unit’s signed revision before this one, so that a change
    anywhere in the chain shows.
    """
    statement = revision.statement
    entries = list(
        revision.entries.select_related("theme", "carried_from__revision__statement")
        .prefetch_related(
            Prefetch("actions", Action.objects.prefetch_related("tasks").order_by("pk")),
            Prefetch("evidence_items", EvidenceItem.objects.select_related("file__blob")),
        )
        .order_by("theme__number")
    )
    criteria = criteria_by_cell(statement.edition_id) if any(entry.criteria_met for entry in entries) else {}
    return {
        "format": FORMAT,
        "unit": statement.unit.name,
        "quarter": str(statement.quarter),
        "edition": statement.edition.code,
        "revision": revision.number,
        "completer_name": revision.completer_name,
        "completer_position": revision.completer_position,
        "meeting_on": _iso(revision.meeting_on),
        "no_meeting_reason": revision.no_meeting_reason,
        "entries": [_entry_content(entry, criteria) for entry in entries],
        "previous": _digest_before(revision),
    }


def criteria_by_cell(edition_id: int) -> Mapping[tuple[int, int], Sequence[Criterion]]:
    """Return an edition’s criteria by theme id and level number, in their order: one query."""
    found: dict[tuple[int, int], list[Criterion]] = defaultdict(list)
    criteria = Criterion.objects.filter(theme__edition=edition_id).select_related("level").order_by("number")
    for criterion in criteria:
        found[criterion.theme_id, criterion.level.number].append(criterion)
    return found


def _digest_before(revision: Revision) -> str | None:
    signed = Revision.objects.filter(statement__unit=revision.statement.unit_id, signed_at__isnull=False)
    signed = signed.exclude(pk=revision.pk)
    if revision.signed_at is not None:  # of a revision signed long ago, as of one about to be signed
        signed = signed.filter(
            Q(signed_at__lt=revision.signed_at) | Q(signed_at=revision.signed_at, pk__lt=revision.pk)
        )
    return signed.order_by("-signed_at", "-pk").values_list("content_digest", flat=True).first()


def _entry_content(entry: Entry, criteria: Mapping[tuple[int, int], Sequence[Criterion]]) -> dict[str, Any]:
    items = list(entry.evidence_items.all())
    source = entry.carried_from
    return {
        "theme": entry.theme.identity,
        "name": entry.theme.name,
        "scored": entry.theme.scored,
        "level": entry.level,
        "no_level": entry.no_level,
        "not_sure_note": entry.not_sure_note,
        "held_without_shrmt": entry.held_without_shrmt,
        "criteria": _criteria_content(entry, criteria),
        "criteria_note": entry.criteria_note,
        "evidence": entry.evidence,
        "no_level_reason": entry.no_level_reason,
        "carried": entry.carried,
        "carried_from": str(source.revision.statement.quarter) if source else None,
        "links": [
            {"title": item.title, "url": item.url, "of_on": _iso(item.of_on)} for item in items if item.file is None
        ],
        "files": [_file_content(item) for item in items if item.file is not None],
        "actions": [
            action_content(action) for action in entry.actions.all() if action.status != ActionStatus.WITHDRAWN
        ],
    }


def _criteria_content(entry: Entry, criteria: Mapping[tuple[int, int], Sequence[Criterion]]) -> list[dict[str, Any]]:
    """The points of the level that is claimed, ticked or not; none where nothing of that level was ticked."""
    if entry.level is None:
        return []
    of_the_level = criteria.get((entry.theme_id, entry.level), ())
    ticked = set(entry.criteria_met)
    if not any(criterion.pk in ticked for criterion in of_the_level):
        return []
    return [{"level": entry.level, "text": criterion.text, "met": criterion.pk in ticked} for criterion in of_the_level]


def _file_content(item: EvidenceItem) -> dict[str, Any]:
    assert item.file is not None  # noqa: S101  # the caller has asked
    blob = item.file.blob
    return {
        "title": item.title,
        "name": item.file.name,
        "size": blob.size,
        "sha256": blob.sha256,
        "media_type": blob.media_type,
        "of_on": _iso(item.of_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
