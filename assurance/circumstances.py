"""What stands in a signed revision's rows beside its text: who wrote last and when, and how often. Pure.

The signed content is what people read; this is the rest of the rows. The trail keeps its digest with the signature, and
with the review, so that no column of either can be changed unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from records.canonical import content_digest

OF_THE_REVISION = ("opened_because", "field_versions", "details_changed_at", "details_changed_by")
# The content has the theme's identity, the quarter that was carried forward and the file's bytes; these are the rows.
OF_AN_ENTRY = ("theme", "criteria_met", "carried_from", "first_opened_at", "field_versions", "changed_at", "changed_by")
OF_AN_ITEM = ("file", "added_at", "added_by")
OF_A_REVIEW = (
    "decision",
    "appropriately_completed",
    "appropriately_completed_note",
    "reflects_performance",
    "reflects_performance_note",
    "identifies_improvement",
    "identifies_improvement_note",
    "reasons",
    "decided_by",
    "decider_name",
    "decided_at",
    "content_digest",
)
OF_A_COMMENT = ("theme", "text")


def of_a_signature(
    revision: Mapping[str, Any],
    entries: Mapping[str, Mapping[str, Any]],
    items: Mapping[str, Sequence[Mapping[str, Any]]],
) -> str:
    """Return the digest of what a revision's rows say beside its text.

    `entries` are by theme identity, `items` the links and files of each in their order; people are ids.
    """
    return content_digest(
        {
            **_of(revision, OF_THE_REVISION),
            "entries": {
                theme: _of(entry, OF_AN_ENTRY) | {"items": [_of(item, OF_AN_ITEM) for item in items.get(theme, ())]}
                for theme, entry in entries.items()
            },
        }
    )


def of_a_review(review: Mapping[str, Any], comments: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the digest of all that a review's row says, and its comments on themes, whatever their order.

    Without a comment it is what it was before there were any, so that reviews of that time still have theirs.
    """
    said = [_of(comment, OF_A_COMMENT) for comment in sorted(comments, key=lambda comment: int(comment["theme"]))]
    return content_digest(_of(review, OF_A_REVIEW) | ({"comments": said} if said else {}))


def _of(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(row[name]) for name in names}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
