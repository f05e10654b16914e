"""Issuing a roll-up or a force summary: what is frozen, its versions, its document, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from assurance import documents, rollup_rules
from assurance.models import IssuedRevision, IssuedRollup, Revision, Rollup
from assurance.rollup_changes import Changes, UnitChange, Used, report_changes, unit_changes, word_changes
from assurance.rules import Blocked, Refused
from assurance.services import printing
from assurance.services.figures import statements_taken
from assurance.services.rollup_words import words_of
from assurance.services.rollups import groups_with_units
from organisation.models import User
from organisation.periods import HalfYear, london_day
from records.canonical import content_digest, normal
from records.models import Job
from records.services import blobs, jobs, trail

# The shape of what is frozen. A version that was issued is read by its own format for ever.
FORMAT = 1
PRINT = "assurance.print_issued_rollup"
NOT_YET = "The roll-up cannot be issued yet."
BUILT_SINCE = (
    "The figures have been built again since you opened this page, so nothing was issued. Read them as they are now, "
    "then issue the roll-up."
)
WRITTEN_SINCE = (
    "The words have changed since you opened this page, so nothing was issued. Read them as they are now, then issue "
    "the roll-up."
)
NOT_ON_RECORD = (
    "The statement that the figures count for {unit} is not on record, so nothing was issued. Have the figures built "
    "again; if that does not help, tell the administrator."
)
SAY_WHY = "Say why another version is issued. It is printed in it."
NO_REASON_FOR_THE_FIRST = "This is the first version, so there is no reason to give for another."
CANNOT_PRINT = (
    "Its document could not be printed; what was issued is unchanged. Show this to the administrator: {error}"
)


# --- What is frozen -----------------------------------------------------------------------------------------------


def facts_of(rollup: Rollup, words: Mapping[str, Any], *, today: date) -> rollup_rules.IssueFacts:
    """Return the roll-up as `rollup_rules.py` sees it, with `words` as they are written now."""
    return rollup_rules.IssueFacts(
        today=today,
        of_the_force=rollup.is_of_the_force,
        is_built=rollup.figures is not None,
        themes=tuple(
            rollup_rules.AssessmentFacts(theme["identity"], theme["name"], theme["level"], theme["evidence"])
            for theme in words["themes"]
        ),
        board_meeting_on=rollup.board_meeting_on,
        group_meeting_on=rollup.group_meeting_on,
        reported_at_meeting=rollup.reported_at_meeting,
        reported_at_meeting_note=rollup.reported_at_meeting_note,
        opinion_level=rollup.opinion_level,
        opinion=rollup.opinion,
    )


def newest_issue(rollup: Rollup) -> IssuedRollup | None:
    """Return the newest version of the roll-up that was issued."""
    return rollup.issued.newest_first().first() if rollup.pk else None


def reports_of(half: HalfYear) -> list[dict[str, Any]]:
    """Return each business group with units in the half, and the newest version that it has issued: two queries."""
    issued = IssuedRollup.objects.filter(rollup__half=half, rollup__group__isnull=False).newest_of_each()
    newest = {one.rollup.group_id: one for one in issued}
    return [_report(group.name, group.slug, newest.get(group.pk)) for group in groups_with_units(half)]


def _report(group: str, slug: str, issued: IssuedRollup | None) -> dict[str, Any]:
    return {
        "group": group,
        "slug": slug,
        "number": issued and issued.number,
        "issued_on": issued and london_day(issued.issued_at).isoformat(),
        "digest": issued.content_digest if issued else "",
    }


def _used(figures: Mapping[str, Any]) -> list[Used]:
    """Return the statement that the figures count for each unit."""
    return [
        Used(unit["unit_id"], unit["name"], unit["quarter"], unit["revision"], unit["status"])
        for unit in (*figures["units"], *figures.get("statements", ()))
    ]


def _revisions_used(figures: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Return the id of each revision that the figures count, and what of it is frozen: one query."""
    used = [one for one in _used(figures) if one.quarter]
    rows = Revision.objects.filter(_any_of(used)).values_list(
        "statement__unit_id", "statement__quarter", "number", "pk", "content_digest"
    )
    found = {(unit, str(quarter), number): (pk, digest) for unit, quarter, number, pk, digest in rows}
    revisions = []
    for one in used:
        if (one.unit_id, one.quarter, one.revision) not in found:
            raise Refused(NOT_ON_RECORD.format(unit=one.unit))
        pk, digest = found[one.unit_id, str(one.quarter), one.revision or 0]
        frozen = {"unit": one.unit, "quarter": one.quarter, "revision": one.revision, "status": one.status}
        revisions.append((pk, frozen | {"digest": digest}))
    return revisions


def _any_of(used: Iterable[Used]) -> Q:
    """Revisions of these units and quarters: more than the ones used, so that the condition stays short."""
    used = list(used)
    units, quarters = {one.unit_id for one in used}, {one.quarter for one in used}
    return Q(statement__unit__in=units, statement__quarter__in=quarters)


# --- Issuing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def issue(
    *,
    rollup: Rollup,
    seen_figures_digest: str,
    seen_words_digest: str | None = None,
    because: str = "",
    by: User,
    at: datetime,
) -> IssuedRollup:
    """Freeze exactly the build and the words that were on the issuer's screen as the next version.

    Raises Refused where a newer build or other words have landed since, and Blocked with what is still missing.
    """
    current = Rollup.objects.select_for_update(of=("self",), no_key=True).select_related("group").get(pk=rollup.pk)
    if current.figures_digest != seen_figures_digest:
        raise Refused(BUILT_SINCE)
    words = words_of(current)
    if seen_words_digest is not None and content_digest(words) != seen_words_digest:
        raise Refused(WRITTEN_SINCE)
    if blockers := rollup_rules.blocks_issuing(facts_of(current, words, today=london_day(at))):
        raise Blocked(blockers, NOT_YET)
    previous, because = newest_issue(current), normal(because).strip()
    if previous is not None and not because:
        raise Refused(SAY_WHY)
    if previous is None and because:
        raise Refused(NO_REASON_FOR_THE_FIRST)
    issued = _freeze(current, words, previous=previous, because=because, by=by, at=at)
    trail.record(
        act="rollup.issued",
        thing=issued,
        by=by,
        at=at,
        number=issued.number,
        content_digest=issued.content_digest,
        figures_digest=issued.figures_digest,
    )
    request_document(issued=issued, by=by, at=at)
    return issued


def _freeze(
    rollup: Rollup,
    words: Mapping[str, Any],
    *,
    previous: IssuedRollup | None,
    because: str,
    by: User,
    at: datetime,
) -> IssuedRollup:
    assert rollup.built_at is not None  # noqa: S101  # what is not built is not issued
    revisions = _revisions_used(rollup.figures)
    as_at = london_day(rollup.built_at)
    frozen = {
        "number": previous.number + 1 if previous else 1,
        "because": because,
        "as_at": as_at,
        "figures_digest": rollup.figures_digest,
        "issued_at": at,
        "issuer_name": by.name,
    }
    content = normal(
        {
            "format": FORMAT,
            "name": rollup.name,
            "group": rollup.slug,
            "half": str(rollup.half),
            **frozen,
            "as_at": as_at.isoformat(),
            "issued_at": at.isoformat(),
            "figures": rollup.figures,
            "words": words,
            "reports": reports_of(rollup.half) if rollup.is_of_the_force else [],
            "revisions": [revision for _, revision in revisions],
            "previous": previous.content_digest if previous else None,
        }
    )
    issued = IssuedRollup.objects.create(
        rollup=rollup, content=content, content_digest=content_digest(content), issued_by=by, **frozen
    )
    IssuedRevision.objects.bulk_create(
        [IssuedRevision(issued=issued, revision_id=pk) for pk, _ in revisions], batch_size=5000
    )
    return issued


# --- What has changed since ---------------------------------------------------------------------------------------


def changes_since(issued: IssuedRollup, *, today: date) -> Changes:
    """Return what is different now from what was issued: five queries, however many units.

    Units by the statement that would be taken now; the words by the draft's.
    """
    rollup = issued.rollup
    reports = report_changes(issued.content["reports"], reports_of(rollup.half)) if rollup.is_of_the_force else []
    return Changes(
        units=[*reports, *_unit_changes(rollup, issued.content["figures"], today=today)],
        words=word_changes(issued.content["words"], words_of(rollup)),
        is_built_again=rollup.figures_digest != issued.figures_digest,
    )


def changes_since_build(rollup: Rollup, *, today: date) -> Sequence[UnitChange]:
    """Return the units whose statement counts differently now than in the figures that are there: three queries."""
    return _unit_changes(rollup, rollup.figures, today=today)


def _unit_changes(rollup: Rollup, figures: Mapping[str, Any], *, today: date) -> Sequence[UnitChange]:
    then = _used(figures)
    if rollup.is_of_the_force and not then:
        return []  # its figures are of groups: what has changed there is which versions they have issued
    now = [
        Used(unit.id, unit.name)
        if revision is None
        else Used(unit.id, unit.name, str(revision.quarter), revision.number, revision.state)
        for unit, revision in statements_taken(rollup.group, rollup.half, as_at=today)
    ]
    counts = {one.unit_id: one.which for one in now}
    overtaken = [one for one in then if one.quarter and counts.get(one.unit_id) != one.which]
    rows = Revision.objects.filter(_any_of(overtaken)).values_list(
        "statement__unit_id", "statement__quarter", "number", "state"
    )
    states = {(unit, str(quarter), number): state for unit, quarter, number, state in rows} if overtaken else {}
    return unit_changes(then, now, states=states)


# --- Its document -------------------------------------------------------------------------------------------------


@transaction.atomic
def request_document(*, issued: IssuedRollup, by: User | None, at: datetime) -> Job | None:
    """Ask for the document of an issued version; None where it exists. Two requests, one document."""
    if issued.pdf_id is not None:
        return None
    return jobs.request(task=PRINT, key=issued.job_key, by=by, at=at, issued_id=issued.pk)


def build_document(claim: jobs.Claim) -> None:
    """Print what was issued and keep the file for good. Does nothing where that has been done."""
    issued = IssuedRollup.objects.get(pk=claim.arguments["issued_id"])
    if issued.pdf_id is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Laying out the document")
    html = documents.issued_rollup_html(issued)
    jobs.progress(claim, percent=50, step="Printing the document")
    # The moment of issue, so that the same content gives the same file.
    content = printing.printed(html, created_at=issued.issued_at, failing=CANNOT_PRINT)
    with jobs.finishing(claim) as now:
        blob = blobs.store(content=content, media_type="application/pdf", at=now)
        # Another claim on the same version may have finished in the meantime: the first file stands.
        if IssuedRollup.objects.filter(pk=issued.pk, pdf=None).update(pdf=blob):
            digests = {"content_digest": issued.content_digest, "sha256": blob.sha256}
            trail.record(act="rollup.printed", thing=issued, by=None, at=now, **digests)


@transaction.atomic
def record_download(*, issued: IssuedRollup, form: str, sha256: str, by: User, at: datetime) -> None:
    """Keep who took an issued version with them, in which form, and which bytes."""
    trail.record(act="rollup.taken", thing=issued, by=by, at=at, form=form, sha256=sha256)
