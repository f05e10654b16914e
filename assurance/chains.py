"""Every unit's chain of signed revisions, read from the database to be held against itself, its rows and the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from assurance import circumstances
from assurance.models import Entry, EvidenceItem, Redaction, RedactionState, Review, ReviewComment, Revision
from assurance.services import redactions
from assurance.services.content import criteria_by_cell
from assurance.signatures import DETAILS, REDACTED, SIGNED, Act, Link, differences
from maturity.models import Criterion
from records.models import TrailEntry

AT_A_TIME = 200  # revisions read together: some megabytes of content
REVISION = Revision._meta.label
Criteria = Mapping[tuple[int, int], Sequence[Criterion]]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link of a unit's chain that is not as it was signed."""

    unit: str
    quarter: str
    revision: int
    what: tuple[str, ...]


def count_signed() -> int:
    """Return how many signed revisions there are to check."""
    return Revision.objects.filter(signed_at__isnull=False).count()


def broken_chains(*, progress: Callable[[int], None]) -> Iterator[Broken]:
    """Check every signed revision of every unit against itself, its neighbours, its rows and the trail.

    Yields the first broken link of each chain. Reads some hundred revisions at a time, however many there are;
    `progress` is told after each how many have been checked.
    """
    known: dict[int, Criteria] = {}
    checked, unit, previous, is_broken = 0, None, None, False
    signed = in_chain_order(Revision.objects.all()).order_by(
        "statement__unit__name", "statement__unit_id", "signed_at", "pk"
    )
    places = signed.values_list("pk", "statement__unit_id").iterator(chunk_size=10 * AT_A_TIME)
    while batch := list(islice(places, AT_A_TIME)):
        units = dict(batch)
        for pk, link in _links([pk for pk, _ in batch], known):
            if units[pk] != unit:
                unit, previous, is_broken = units[pk], None, False
            if not is_broken and (what := differences(link, previous=previous)):
                is_broken = True
                yield Broken(link.unit, link.quarter, link.number, tuple(what))
            previous = link.digest
        checked += len(batch)
        progress(checked)


def lost_signatures() -> Iterator[str]:
    """Yield what the trail says was signed and is not there, or not signed, any more."""
    there = Revision.objects.filter(pk=OuterRef("thing_id"), signed_at__isnull=False)
    lost = TrailEntry.objects.filter(~Exists(there), thing_type=REVISION, act=SIGNED)
    yield from lost.order_by("pk").values_list("thing_name", flat=True).iterator(chunk_size=AT_A_TIME)


def changed_redactions() -> Iterator[int]:
    """Yield the numbers of redactions that are not what the trail says was proposed, decided and taken out."""
    told: dict[int, list[Act]] = defaultdict(list)
    acts = TrailEntry.objects.filter(act__in=[redactions.PROPOSED, redactions.REFUSED, REDACTED]).order_by("pk")
    for thing, act, at, by, detail in acts.values_list("thing_id", "act", "at", "actor", "detail"):
        number = detail.get("redaction") if act == REDACTED else thing
        told[number or 0].append(Act(act, at, by, str(thing), detail))
    found = {one.pk: one for one in Redaction.objects.all()}
    for number in sorted(found.keys() | told.keys()):
        if number not in found or not _is_as_told(found[number], told[number]):
            yield number


def _is_as_told(redaction: Redaction, acts: Sequence[Act]) -> bool:
    proposed = [act for act in acts if act.act == redactions.PROPOSED]
    decided = [act for act in acts if act.act != redactions.PROPOSED]
    grounds = redactions.grounds(redaction)
    if [(act.at, act.by, act.detail.get("grounds_digest")) for act in proposed] != [
        (redaction.proposed_at, redaction.proposed_by_id, grounds)
    ]:
        return False
    if any((act.at, act.by) != (redaction.decided_at, redaction.decided_by_id) for act in decided):
        return False
    if redaction.state != RedactionState.DONE:
        expected = [redactions.REFUSED] if redaction.state == RedactionState.REFUSED else []
        return [act.act for act in decided] == expected
    digests = {"before": redaction.digest_before, "after": redaction.digest_after, "grounds_digest": grounds}
    return all(act.act == REDACTED and act.detail.get("grounds_digest") == grounds for act in decided) and any(
        act.thing == str(redaction.revision_id) and digests.items() <= act.detail.items() for act in decided
    )


def in_chain_order(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    return revisions.filter(signed_at__isnull=False).order_by("signed_at", "pk")


def link_of(pk: int) -> Link:
    """Return one signed revision as the chain is checked."""
    return next(link for _, link in _links([pk], {}))


def _links(pks: Sequence[int], known: dict[int, Criteria]) -> Iterator[tuple[int, Link]]:
    """Yield revisions as the chain is checked, in the order of `pks`. Six queries, and one for each new edition.

    `known` keeps the criteria of the editions met so far.
    """
    rows = {row["pk"]: row for row in _rows(pks)}
    entries, acts, reviews, comments = _entries(pks, known), _acts(pks), _reviews(pks), _comments(pks)
    for pk in pks:
        yield pk, _link(rows[pk], entries[pk], acts[pk], reviews.get(pk), comments.get(pk, ()))


def _rows(pks: Sequence[int]) -> Any:  # whose type would repeat the columns below
    return Revision.objects.filter(pk__in=pks).values(
        "pk",
        "number",
        "state",
        *DETAILS,
        "completed_at",
        "completed_by",
        "signed_at",
        "signed_by",
        "signer_name",
        "signer_position",
        "content",
        "content_digest",
        "opened_because",
        "field_versions",
        "details_changed_at",
        "details_changed_by",
        "statement__unit__name",
        "statement__quarter",
        "statement__edition",
        "statement__edition__code",
    )


def _link(
    row: Mapping[str, Any],
    entries: Mapping[str, Mapping[str, Any]],
    acts: Sequence[Act],
    review: Mapping[str, Any] | None,
    comments: Sequence[Mapping[str, Any]],
) -> Link:
    return Link(
        unit=row["statement__unit__name"],
        quarter=str(row["statement__quarter"]),
        edition=row["statement__edition__code"],
        number=row["number"],
        state=row["state"],
        decision=review["decision"] if review else None,
        details={**{name: row[name] for name in DETAILS}, "meeting_on": _iso(row["meeting_on"])},
        entries=entries,
        completed=(row["completed_at"], row["completed_by"]),
        signed=(row["signed_at"], row["signed_by"]),
        signer=(row["signer_name"], row["signer_position"]),
        content=row["content"],
        digest=row["content_digest"],
        acts=acts,
        circumstances=_circumstances(row, entries),
        review=circumstances.of_a_review(review, comments) if review else None,
    )


def circumstances_of(revision: Revision) -> str:
    """Return the digest that the trail is to keep of a revision's rows as they are signed."""
    (row,), entries = _rows([revision.pk]), _entries([revision.pk], {})[revision.pk]
    return _circumstances(row, entries)


def _circumstances(row: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> str:
    as_rows = {theme: {**one, "carried_from": one["carried_from_id"]} for theme, one in entries.items()}
    return circumstances.of_a_signature(row, as_rows, {theme: one["items"] for theme, one in entries.items()})


def _reviews(pks: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    rows = Review.objects.filter(revision__in=pks).values("revision", *circumstances.OF_A_REVIEW)
    return {row["revision"]: row for row in rows}


def _comments(pks: Sequence[int]) -> Mapping[int, list[Mapping[str, Any]]]:
    """Return the comments on themes by the revision that was reviewed."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    rows = ReviewComment.objects.filter(review__revision__in=pks)
    for row in rows.values("review__revision", *circumstances.OF_A_COMMENT):
        found[row["review__revision"]].append(row)
    return found


def _entries(pks: Sequence[int], known: dict[int, Criteria]) -> Mapping[int, Mapping[str, Mapping[str, Any]]]:
    """Return the answers of each revision's themes by theme identity, in the form that signed content has."""
    items = _evidence_items(pks)
    found: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    rows = Entry.objects.filter(revision__in=pks).values(
        "pk",
        "revision",
        "theme",
        "theme__identity",
        "theme__edition",
        "level",
        "no_level",
        "not_sure_note",
        "held_without_shrmt",
        "criteria_met",
        "criteria_note",
        "evidence",
        "no_level_reason",
        "carried",
        "carried_from_id",
        "carried_from__revision__statement__quarter",
        "first_opened_at",
        "field_versions",
        "changed_at",
        "changed_by",
    )
    for row in rows:
        links, files, added = items.get(row["pk"], ((), (), ()))
        if row["theme__edition"] not in known:
            known[row["theme__edition"]] = criteria_by_cell(row["theme__edition"])
        criteria = _ticked(row, known[row["theme__edition"]])
        source = row["carried_from__revision__statement__quarter"]
        found[row["revision"]][row["theme__identity"]] = {
            **row,
            "criteria": criteria,
            "carried_from": str(source) if source else None,
            "links": list(links),
            "files": list(files),
            "items": list(added),
        }
    return found


def _ticked(row: Mapping[str, Any], criteria: Criteria) -> list[dict[str, Any]]:
    """Return the criteria of the level that is claimed as signed content has them: all, where any is ticked."""
    of_the_level = criteria.get((row["theme"], row["level"] or 0), ())
    ticked = set(row["criteria_met"])
    if not any(criterion.pk in ticked for criterion in of_the_level):
        return []
    return [
        {"level": row["level"], "text": criterion.text, "met": criterion.pk in ticked} for criterion in of_the_level
    ]


def _evidence_items(pks: Sequence[int]) -> Mapping[int, tuple[list[dict[str, Any]], ...]]:
    """Return (links, files, which file each is and who added it when) by entry.

    The first two are in the form that signed content has.
    """
    found: dict[int, tuple[list[dict[str, Any]], ...]] = defaultdict(lambda: ([], [], []))
    items = EvidenceItem.objects.filter(entry__revision__in=pks).order_by("pk")
    for entry, title, url, of_on, added_at, added_by, file, name, size, sha256, media_type in items.values_list(
        "entry",
        "title",
        "url",
        "of_on",
        "added_at",
        "added_by",
        "file",
        "file__name",
        "file__blob__size",
        "file__blob__sha256",
        "file__blob__media_type",
    ):
        links, files, added = found[entry]
        added.append({"file": file, "added_at": added_at, "added_by": added_by})
        if file is None:
            links.append({"title": title, "url": url, "of_on": _iso(of_on)})
        else:
            about = {"name": name, "size": size, "sha256": sha256, "media_type": media_type}
            files.append({"title": title, **about, "of_on": _iso(of_on)})
    return found


def _acts(pks: Sequence[int]) -> Mapping[int, list[Act]]:
    found: dict[int, list[Act]] = defaultdict(list)
    lines = TrailEntry.objects.filter(thing_type=REVISION, thing_id__in=pks).order_by("pk")
    for pk, *line in lines.values_list("thing_id", "act", "at", "actor", "thing_name", "detail"):
        found[pk or 0].append(Act(*line))
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
