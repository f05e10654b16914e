"""What this room holds about a person. What a paper says is the force's, and is not repeated here."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from papers.models import BoardPack, PanelOutcome, Paper, PaperSection, PublicVersion, SectionComment
from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass

WHY = "A paper says who prepared it, and who let the panel have it."
HELD = (
    Held(
        "papers",
        "Panel papers that you began, changed, made final, published or withdrew",
        WHY,
        AS_THE_RECORD,
        RecordClass.REPORTS,
        Paper,
        ("author", "changed_by", "finalised_by", "published_by", "withdrawn_by"),
        {
            "paper": "pk",
            "title": "title",
            "begun at": "created_at",
            "changed at": "changed_at",
            "made final at": "finalised_at",
            "published at": "published_at",
            "withdrawn at": "withdrawn_at",
        },
    ),
    Held(
        "paper-sections",
        "Sections of panel papers whose newest text is yours",
        WHY,
        AS_THE_RECORD,
        RecordClass.REPORTS,
        PaperSection,
        ("changed_by",),
        {"paper": "paper", "title": "paper__title", "section": "key", "changed at": "changed_at"},
    ),
    Held(
        "earlier-paper-texts",
        "Earlier texts of yours in panel papers",
        WHY,
        AS_THE_RECORD,
        RecordClass.REPORTS,
        apps.get_model("papers", "PaperSectionEvent"),
        ("changed_by",),
        {"paper": "pgh_obj__paper", "title": "pgh_obj__paper__title", "section": "key", "changed at": "changed_at"},
    ),
    Held(
        "paper-comments",
        "Comments and suggestions on drafts of panel papers that you wrote or settled",
        "Who prepares a paper sees who said what about it.",
        AS_THE_RECORD,
        RecordClass.REPORTS,
        SectionComment,
        ("written_by", "settled_by"),
        {"paper": "paper__title", "section": "key", "written at": "written_at", "settled at": "settled_at"},
    ),
    Held(
        "public-versions",
        "Public versions of panel papers that you made or published",
        WHY,
        AS_THE_RECORD,
        RecordClass.REPORTS,
        PublicVersion,
        ("made_by", "published_by"),
        {"paper": "paper__title", "version": "number", "made at": "made_at", "published at": "published_at"},
    ),
    Held(
        "panel-outcomes",
        "Outcomes of panel papers’ recommendations that you recorded",
        "What the panel made of a recommendation says who recorded it.",
        AS_THE_RECORD,
        RecordClass.REPORTS,
        PanelOutcome,
        ("recorded_by",),
        {"paper": "paper__title", "recommendation": "number", "outcome": "kind", "recorded at": "recorded_at"},
    ),
    Held(
        "board-packs",
        "Agenda packs of the Board that you had made",
        "An agenda pack says who had it made.",
        AS_THE_RECORD,
        RecordClass.REPORTS,
        BoardPack,
        ("made_by",),
        {"meeting": "meeting__name", "version": "number", "made at": "made_at"},
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
