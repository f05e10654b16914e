"""What became of a paper, in order: the acts, and who changed which section from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from organisation.models import User
from papers.acts import ACTS
from papers.models import Paper, PaperSection
from records.histories import Item, ShownField, changes, in_one_go, item_of, kept_by_row, latest_first
from records.timelines import NOBODY, acts_about


def timeline(paper: Paper) -> list[Item]:
    """Return everything that became of the paper and its sections, the latest first."""
    return latest_first([*acts_about("papers.Paper", paper.pk, acts=ACTS), *_changes(paper)])


def text_at(section: PaperSection, version: int) -> str | None:
    """Return what the section said in this version of its text; None where that is not known."""
    if section.pk is None or version == section.version:
        return section.text
    kept = section.history.filter(version=version).order_by("-pgh_id")
    text: str | None = kept.values_list("text", flat=True).first()
    return text


def _changes(paper: Paper) -> Iterator[Item]:
    sections = {section.pk: section for section in paper.sections.all()}
    kept_rows: Any = PaperSection.history.rel.related_model
    events = kept_rows.objects.select_related("pgh_context").filter(pgh_obj__in=sections)
    kept = kept_by_row(events, ("text",))
    found = [
        (change, sections[pk].key)
        for pk, rows in kept.items()
        for change in in_one_go(changes(pk, rows, now={"text": sections[pk].text}))
    ]
    people = dict(User.objects.filter(pk__in={change.by for change, _ in found}).values_list("pk", "name"))
    structure = paper.structure
    for change, key in found:
        fields = [ShownField("Text", str(one.before), str(one.after), is_long=True) for one in change.fields]
        yield item_of(
            change,
            "a section",
            people=people,
            fields=fields,
            system=NOBODY,
            place=structure.name_of(key),
        )
