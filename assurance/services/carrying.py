"""Carrying a theme forward from an earlier quarter: copied when first opened, then confirmed or changed by people.

Carried text is not evidence of this quarter until somebody has said so: `rules.nothing_is_merely_copied`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from assurance.models import Carried, Entry, EvidenceItem
from assurance.models.entry import ENTRY_ANSWERS
from assurance.models.statement import FROZEN
from assurance.rules import Refused
from assurance.services.opening import copy_of_item, let_open_actions_follow
from assurance.services.statements import locked_entry, refuse_unless_open
from maturity.models import NotComparable
from organisation.models import User
from organisation.periods import Quarter
from records.edits import next_versions
from records.models import Verdict

ONE_EDITIONS_CRITERIA = {"criteria_met", "criteria_note"}
BLANK: dict[str, object] = {
    "level_answer": None,
    "not_sure_note": "",
    "held_without_shrmt": None,
    "criteria_met": [],
    "criteria_note": "",
    "evidence": "",
    "no_level_reason": "",
}


def newest_signed(entry: Entry) -> Entry | None:
    """Return what the unit’s newest signed revision of an earlier quarter says about the theme, if it is comparable.

    Signed includes returned: of a quarter whose statement was returned and never signed again it is all there is.
    """
    newest = with_newest_signed(Entry.objects.filter(pk=entry.pk)).get().newest  # type: ignore[attr-defined]  # annotated
    if newest is None:
        return None
    return Entry.objects.select_related("revision__statement", "theme").get(pk=newest["pk"])


@transaction.atomic
def open_entry(*, entry: Entry, by: User, at: datetime) -> bool:
    """Open a theme for the first time: start from the newest signed revision. Return whether anything was written.

    What somebody has written already is left alone. The unit’s open actions of this theme follow in any case.
    """
    current = locked_entry(entry, by=by)
    if current.first_opened_at is not None or not current.revision.is_open:
        return False
    current.first_opened_at = at
    source = newest_signed(current) if current.changed_at is None else None
    if source is not None:
        _copy(source, onto=current)
    current.save()
    let_open_actions_follow(current.revision, entries=[current])
    return True


@transaction.atomic
def confirm(*, entry: Entry, by: User, at: datetime) -> None:
    """Say that what was carried forward is still true: as it is, or with what has been changed since."""
    current = locked_entry(entry, by=by)
    refuse_unless_open(current.revision)
    if current.carried != Carried.UNCONFIRMED or current.carried_from is None:
        return
    source = current.carried_from
    same_edition = source.theme.edition_id == current.theme.edition_id
    is_a_copy = all(
        getattr(current, name) == getattr(source, name)
        for name in ENTRY_ANSWERS
        if same_edition or name not in ONE_EDITIONS_CRITERIA
    )
    current.carried = Carried.CONFIRMED if is_a_copy else Carried.CHANGED
    current.changed_at, current.changed_by = at, by
    current.save(update_fields=["carried", "changed_at", "changed_by"])


def offer(entry: Entry, *, newest: Entry | None) -> Entry | None:
    """Return `newest` where it was signed after this entry was opened, so that it may be taken over."""
    if newest is None or newest.revision.signed_at is None:
        return None
    return newest if _is_news(entry, newest.pk, signed_at=newest.revision.signed_at) else None


def _is_news(entry: Entry, newest: int, *, signed_at: datetime) -> bool:
    """Whether the signed entry with the id `newest` is another than the one carried, signed since this was opened."""
    return newest != entry.carried_from_id and entry.first_opened_at is not None and signed_at > entry.first_opened_at


def with_newest_signed(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Add to each entry, as `newest`, what `newest_signed` is of it: a page that lists entries asks once."""
    not_comparable = NotComparable.objects.filter(
        edition=OuterRef(OuterRef("theme__edition")),
        identity=OuterRef(OuterRef("theme__identity")),
        earlier=OuterRef("theme__edition"),
    )
    newest = (
        Entry.objects.filter(
            ~Exists(not_comparable),
            revision__statement__unit=OuterRef("revision__statement__unit"),
            revision__statement__quarter__lt=OuterRef("revision__statement__quarter"),
            revision__state__in=FROZEN,
            theme__identity=OuterRef("theme__identity"),
        )
        .order_by("-revision__statement__quarter", "-revision__number")
        .values(
            json=JSONObject(pk="pk", signed_at="revision__signed_at", quarter="revision__statement__quarter"),
        )
    )
    return entries.annotate(newest=Subquery(newest[:1]))


def offered_quarter(entry: Any) -> Quarter | None:
    """Return the quarter of what `offer` offers; the entry was read `with_newest_signed`."""
    newest = entry.newest
    if newest is None or not _is_news(entry, newest["pk"], signed_at=datetime.fromisoformat(newest["signed_at"])):
        return None
    return Quarter.parse(newest["quarter"])


@transaction.atomic
def take(*, entry: Entry, by: User, at: datetime) -> None:
    """Start the theme again from the newest signed revision. The texts this replaces are kept in the entry’s history.

    Raises Refused where nothing newer has been signed.
    """
    current = locked_entry(entry, by=by)
    refuse_unless_open(current.revision)
    source = offer(current, newest=newest_signed(current))
    if source is None:
        raise Refused("There is nothing newer to carry forward. Reload the page.")
    _copy(source, onto=current)
    current.first_opened_at = current.changed_at = at
    current.changed_by = by
    current.save()
    let_open_actions_follow(current.revision, entries=[current])


def _copy(source: Entry, *, onto: Entry) -> None:
    """Set the answers of `source` on an entry, and give it the same links and files. The entry is not saved."""
    answers = {name: getattr(source, name) for name in ENTRY_ANSWERS}
    if source.theme.edition_id != onto.theme.edition_id:
        answers |= {name: BLANK[name] for name in ONE_EDITIONS_CRITERIA}
    if not onto.theme.scored:
        answers = BLANK | {"evidence": answers["evidence"]}
    items = list(EvidenceItem.objects.filter(entry=source).exclude(file__blob__verdict=Verdict.INFECTED))
    if answers == BLANK and not items:
        return
    changed = {name: value for name, value in answers.items() if value != getattr(onto, name)}
    for name, value in changed.items():
        setattr(onto, name, value)
    onto.field_versions = next_versions(onto.field_versions, changed)
    onto.carried, onto.carried_from = Carried.UNCONFIRMED, source
    known = set(EvidenceItem.objects.filter(entry=onto).values_list("file", "url"))
    EvidenceItem.objects.bulk_create(
        [copy_of_item(item, entry=onto) for item in items if (item.file_id, item.url) not in known]
    )
