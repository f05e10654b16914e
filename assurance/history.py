"""Earlier texts of answers, as the database's own triggers keep them: of a statement's theme, a roll-up or an audit."""

from __future__ import annotations

from django.db.models import Q

from assurance.models import Audit, Entry, Rollup, ThemeAssessment, ThemeVerdict


def text_at(thing: Entry | Rollup | ThemeAssessment | Audit | ThemeVerdict, name: str, version: int) -> str | None:
    """Return what the answer `name` said in its `version`; None where that is not known."""
    key = f"field_versions__{name}"
    was_at = Q(**{key: version}) if version else ~Q(field_versions__has_key=name)
    kept = thing.history.filter(was_at).order_by("-pgh_id")
    text = kept.values_list(name, flat=True).first()
    return text if isinstance(text, str) else None
