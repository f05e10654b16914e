"""What stands behind a digest: which statement, document, evidence or roll-up, and whether it still counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from assurance import issued_audits
from assurance.chains import in_chain_order, link_of
from assurance.issued_audits import IssuedAudit
from assurance.issued_versions import ISSUED, PRINTED, Told, Version
from assurance.issued_versions import differences as differences_of_issue
from assurance.models import (
    Audit,
    BlankForm,
    EvidenceItem,
    IssuedRollup,
    Revision,
    RevisionState,
    Rollup,
    Statement,
    StatementDocument,
)
from assurance.signatures import differences, digest_of, redactions
from organisation.permissions import Person
from records.canonical import content_digest
from records.models import TrailEntry
from records.verification import Finding, Match, Matched, finding_on_bytes
from rendering import formats

# How many of the places where a file is given as evidence are named on a page.
PLACES = 5


def find_by_digest(digest: str, *, reader: Person) -> list[Match]:
    """Return everything of this room that has the digest and that `reader` may see.

    What they may not see is filtered in the same queries, so that it is answered like what is not there.
    """
    statements = Statement.objects.visible_to(reader)
    rollups = Rollup.objects.visible_to(reader).select_related("group", "pdf")
    issued = IssuedRollup.objects.visible_to(reader).filter(Q(content_digest=digest) | Q(pdf__sha256=digest))
    audits = Audit.objects.visible_to(reader).out().filter(Q(content_digest=digest) | Q(pdf__sha256=digest))
    return [
        *(_statement(revision) for revision in _revisions(statements).filter(content_digest=digest)),
        *(_printed(document) for document in _documents(statements, digest)),
        *(_blank(form) for form in _blank_forms(statements, digest)),
        *_evidence(statements, digest),
        *(_rollup(rollup, digest) for rollup in rollups.filter(Q(figures_digest=digest) | Q(pdf__sha256=digest))),
        *(_issued(version, digest) for version in issued.select_related("rollup__group", "pdf").order_by("pk")),
        *(_audit(audit, digest) for audit in audits.select_related("unit", "group", "pdf").order_by("pk")),
    ]


def _revisions(statements: QuerySet[Statement]) -> QuerySet[Revision]:
    return Revision.objects.filter(statement__in=statements).select_related("statement__unit", "review")


def _documents(statements: QuerySet[Statement], digest: str) -> Iterable[StatementDocument]:
    found = StatementDocument.objects.filter(blob__sha256=digest, revision__statement__in=statements)
    return found.select_related("blob", "revision__statement__unit", "revision__review")


def _blank_forms(statements: QuerySet[Statement], digest: str) -> Iterable[BlankForm]:
    found = BlankForm.objects.filter(blob__sha256=digest, statement__in=statements)
    return found.select_related("blob", "statement__unit")


def _statement(revision: Revision) -> Match:
    standing, stands = _standing(revision)
    return Match(
        matched=Matched.CONTENT,
        thing=f"The health and safety statement of {revision}",
        address=_address(revision),
        facts=_facts(revision),
        standing=standing,
        stands=stands,
        findings=tuple(_findings(revision)),
    )


def _printed(document: StatementDocument) -> Match:
    revision = document.revision
    standing, stands = _standing(revision)
    content = ("Content digest of the statement", revision.content_digest)
    return Match(
        matched=Matched.FILE,
        thing=f"The PDF of the health and safety statement of {revision}",
        address=_address(revision),
        facts=(*_facts(revision), ("Printed", _moment(document.printed_at)), content),
        standing=standing,
        stands=stands,
        findings=(finding_on_bytes(document.blob), *_findings(revision)),
    )


def _blank(form: BlankForm) -> Match:
    statement = form.statement
    return Match(
        matched=Matched.FILE,
        thing=f"A blank form of {form.unit_name}, {statement.quarter}, to be filled in by hand",
        address=reverse("assurance:statement", args=[statement.unit.slug, statement.quarter]),
        facts=(("Unit", form.unit_name), ("Quarter", statement.quarter.name), ("Printed", _moment(form.printed_at))),
        standing="Nobody has signed anything in it: what is written into it by hand is not on record here.",
        stands=False,
        findings=(finding_on_bytes(form.blob),),
    )


def _evidence(statements: QuerySet[Statement], digest: str) -> Iterator[Match]:
    items = (
        EvidenceItem.objects.filter(file__blob__sha256=digest, entry__revision__statement__in=statements)
        .select_related("file__blob", "file__uploaded_by", "entry__theme", "entry__revision__statement__unit")
        .order_by("file", "-entry__revision__statement__quarter", "-entry__revision__number", "entry__theme__number")
    )
    for _, found in groupby(items, key=lambda item: item.file_id):
        yield _evidence_file(list(found))


def _evidence_file(items: Sequence[EvidenceItem]) -> Match:
    newest = items[0]
    assert newest.file is not None  # noqa: S101  # found by its file's digest
    places = [f"{item.entry.revision}, {item.entry.theme.name}" for item in items]
    more = f", and {formats.count(len(places) - PLACES)} more" if len(places) > PLACES else ""
    signed = sum(item.entry.revision.is_frozen for item in items)
    return Match(
        matched=Matched.FILE,
        thing=f"The file “{newest.file.name}”, given as evidence by {newest.entry.revision.statement.unit}",
        address=_address(newest.entry.revision),
        facts=(
            ("Given as evidence in", "; ".join(places[:PLACES]) + more),
            ("Uploaded", f"{_moment(newest.file.uploaded_at)} by {newest.file.uploaded_by}"),
            ("Evidence of", formats.day(newest.of_on) if newest.of_on else "no day given"),
        ),
        standing=(
            "It belongs to a signed statement, and cannot be changed or removed."
            if signed
            else "No statement that names it has been signed yet."
        ),
        stands=bool(signed),
        findings=(finding_on_bytes(newest.file.blob),),
    )


def _rollup(rollup: Rollup, digest: str) -> Match:
    is_of_figures = rollup.figures_digest == digest
    found = content_digest(rollup.figures)
    figures = (
        Finding("The digest, worked out again from the stored figures, is the one on record.", is_well=True)
        if found == rollup.figures_digest
        else Finding(f"The stored figures have another digest than is on record: {found}.", is_well=False)
    )
    return Match(
        matched=Matched.CONTENT if is_of_figures else Matched.FILE,
        thing=f"{'The figures' if is_of_figures else 'The PDF'} of the roll-up of {rollup}",
        address=reverse("assurance:rollup", args=[rollup.slug, rollup.half]),
        facts=(
            ("Business group", rollup.name),
            ("Half-year", rollup.half.name),
            ("Built", _moment(rollup.built_at) if rollup.built_at else ""),
        ),
        standing="It is the newest build. It is a draft: a later build replaces it.",
        stands=True,
        findings=(figures, *([finding_on_bytes(rollup.pdf)] if rollup.pdf else [])),
    )


def changed_rollups() -> Iterator[tuple[str, str]]:
    """Yield (which, what is wrong) of roll-ups whose stored figures are not what their digest was taken of."""
    for rollup in Rollup.objects.exclude(figures=None).select_related("group").order_by("pk").iterator(chunk_size=20):
        if (found := content_digest(rollup.figures)) != rollup.figures_digest:
            yield str(rollup), f"its figures have the digest {found}, and {rollup.figures_digest} is stored with them"


# --- Issued roll-ups ----------------------------------------------------------------------------------------------


def _issued(issued: IssuedRollup, digest: str) -> Match:
    is_of_content = issued.content_digest == digest
    newest = issued.rollup.issued.newest_first().values_list("number", "issued_at").first()
    assert newest is not None  # noqa: S101  # there is at least this one
    stands = newest[0] == issued.number
    return Match(
        matched=Matched.CONTENT if is_of_content else Matched.FILE,
        thing=f"{'What was issued as' if is_of_content else 'The PDF of'} the roll-up {issued}",
        address=reverse("assurance:issued_rollup", args=[issued.rollup.slug, issued.rollup.half, issued.number]),
        facts=(
            ("Business group", issued.rollup.name),
            ("Half-year", issued.rollup.half.name),
            ("Version", str(issued.number)),
            ("Issued", f"{_moment(issued.issued_at)} by {issued.issuer_name}"),
            ("Figures as at", formats.day(issued.as_at)),
        ),
        standing="It stands: it is the newest version."
        if stands
        else f"It does not stand any more: version {newest[0]} was issued on {formats.day(newest[1])}.",
        stands=stands,
        findings=tuple(_findings_on_issue(issued)),
    )


def _findings_on_issue(issued: IssuedRollup) -> Iterator[Finding]:
    wrong = list(differences_of_issue(_version(issued)))
    yield from (Finding(f"{what[0].upper()}{what[1:]}.", is_well=False) for what in wrong)
    if not wrong:
        yield Finding(
            "The digest, worked out again from the stored content, is the one that was issued, and its rows and the "
            "trail agree with it.",
            is_well=True,
        )
    if issued.pdf is not None:
        yield finding_on_bytes(issued.pdf)


def _version(issued: IssuedRollup) -> Version:
    """Return an issued version as it is checked: three queries."""
    before = issued.rollup.issued.filter(number__lt=issued.number).order_by("-number")
    acts = TrailEntry.objects.filter(
        thing_type=IssuedRollup._meta.label, thing_id=issued.pk, act__in=[ISSUED, PRINTED]
    ).order_by("pk")
    return Version(
        content=issued.content,
        digest=issued.content_digest,
        row={
            "group": issued.rollup.slug,
            "half": str(issued.rollup.half),
            "number": issued.number,
            "because": issued.because,
            "figures_digest": issued.figures_digest,
            "as_at": issued.as_at.isoformat(),
            "issued_at": issued.issued_at.isoformat(),
            "issuer_name": issued.issuer_name,
        },
        issued=(issued.issued_at, issued.issued_by_id),
        used=list(issued.used.values_list("revision__content_digest", flat=True)),
        previous=before.values_list("content_digest", flat=True).first(),
        pdf=issued.pdf.sha256 if issued.pdf else None,
        told=[Told(*row) for row in acts.values_list("act", "at", "actor", "detail")],
    )


def changed_issues() -> Iterator[tuple[str, str]]:
    """Yield (which, what is wrong) of issued roll-ups that are not, or not all of them, as they were issued."""
    versions = IssuedRollup.objects.select_related("rollup__group", "pdf").defer("rollup__figures").order_by("pk")
    for issued in versions.iterator(chunk_size=20):
        for what in differences_of_issue(_version(issued)):
            yield str(issued), what
    there = IssuedRollup.objects.filter(pk=OuterRef("thing_id"))
    lost = TrailEntry.objects.filter(~Exists(there), thing_type=IssuedRollup._meta.label, act=ISSUED).order_by("pk")
    for name in lost.values_list("thing_name", flat=True):
        yield name, "the trail says that it was issued, and it is not there any more"


# --- Audits ------------------------------------------------------------------------------------------------------


def _audit(audit: Audit, digest: str) -> Match:
    assert audit.issued_at is not None  # noqa: S101  # only issued ones have a digest
    is_of_content = audit.content_digest == digest
    what = "What was issued as the report" if is_of_content else "The PDF of the report"
    return Match(
        matched=Matched.CONTENT if is_of_content else Matched.FILE,
        thing=f"{what} of audit {audit.reference}",
        address=reverse("assurance:audit_report", args=[audit.pk]),
        facts=(
            ("Of", audit.scope.name),
            ("Issued", f"{_moment(audit.issued_at)} by {audit.issuer_name}"),
            ("State", audit.get_state_display()),
        ),
        standing="It stands: an issued report is never changed.",
        stands=True,
        findings=tuple(_findings_on_audit(audit)),
    )


def _findings_on_audit(audit: Audit) -> Iterator[Finding]:
    wrong = list(issued_audits.differences(_issued_audit(audit)))
    yield from (Finding(f"{what[0].upper()}{what[1:]}.", is_well=False) for what in wrong)
    if not wrong:
        yield Finding(
            "The digest, worked out again from the stored content, is the one that was issued, and its rows and the "
            "trail agree with it.",
            is_well=True,
        )
    if audit.pdf is not None:
        yield finding_on_bytes(audit.pdf)


def _issued_audit(audit: Audit) -> IssuedAudit:
    """Return an issued audit as it is checked: four queries."""
    assert audit.issued_at is not None and audit.issued_by_id is not None  # noqa: S101, PT018  # a constraint
    acts = TrailEntry.objects.filter(
        thing_type=Audit._meta.label, thing_id=audit.pk, act__in=[issued_audits.ISSUED, issued_audits.PRINTED]
    ).order_by("pk")
    verdicts = audit.verdicts.order_by("theme__number")
    validated = audit.revision or audit.claimed_in
    return IssuedAudit(
        content=audit.content,
        digest=audit.content_digest,
        row={
            "reference": audit.reference,
            "summary": audit.summary,
            "good_practice": audit.good_practice,
            "issued_at": audit.issued_at.isoformat(),
            "issuer_name": audit.issuer_name,
        },
        verdicts=list(verdicts.values_list("theme__identity", "level", "not_enough_evidence")),
        validated=validated.content_digest if validated else None,
        issued=(audit.issued_at, audit.issued_by_id),
        pdf=audit.pdf.sha256 if audit.pdf else None,
        told=[Told(*row) for row in acts.values_list("act", "at", "actor", "detail")],
    )


def changed_audits() -> Iterator[tuple[str, str]]:
    """Yield (which, what is wrong) of issued audits that are not, or not all of them, as they were issued."""
    audits = Audit.objects.out().select_related("unit", "group", "revision", "claimed_in", "pdf")
    audits = audits.defer("revision__content", "claimed_in__content").order_by("pk")
    for audit in audits.iterator(chunk_size=20):
        for what in issued_audits.differences(_issued_audit(audit)):
            yield str(audit), what
    there = Audit.objects.out().filter(pk=OuterRef("thing_id"))
    lost = TrailEntry.objects.filter(~Exists(there), thing_type=Audit._meta.label, act=issued_audits.ISSUED)
    for name in lost.order_by("pk").values_list("thing_name", flat=True):
        yield name, "the trail says that it was issued, and it is not there as issued any more"


# --- Statements ---------------------------------------------------------------------------------------------------


def _address(revision: Revision) -> str:
    statement = revision.statement
    if not revision.is_frozen:
        return reverse("assurance:statement", args=[statement.unit.slug, statement.quarter])
    return reverse("assurance:revision", args=[statement.unit.slug, statement.quarter, revision.number])


def _facts(revision: Revision) -> tuple[tuple[str, str], ...]:
    assert revision.signed_at is not None  # noqa: S101  # only what is signed has a content digest
    return (
        ("Unit", revision.statement.unit.name),
        ("Quarter", revision.statement.quarter.name),
        ("Revision", str(revision.number)),
        ("Signed by", f"{revision.signer_name}, {revision.signer_position}"),
        ("Signed", _moment(revision.signed_at)),
    )


def _standing(revision: Revision) -> tuple[str, bool]:
    """Return whether the revision counts, in a sentence or two and in a word."""
    later = list(revision.statement.revisions.filter(number__gt=revision.number).order_by("number"))
    signed = [one for one in later if one.is_frozen]
    # Each takes the place of the one before when it is signed, returned or not: the last of them says how it stands.
    followed = ""
    if signed:
        followed = (
            f"Revision {signed[-1].number} has been signed since, {formats.day(signed[-1].signed_at or date.min)}."
        )
    elif later:
        followed = f"Revision {later[-1].number} has been begun and is not signed yet."
    if revision.state == RevisionState.RETURNED:
        review = revision.review
        returned = f"It does not stand: {review.decider_name} returned it on {formats.day(review.decided_at)}."
        return f"{returned} {followed}".strip(), False
    if signed:
        return f"It does not stand any more. {followed}", False
    judged = "It is signed; the Chief Officer Group (COG) lead has not reviewed it yet."
    if revision.state == RevisionState.ACCEPTED:
        review = revision.review
        judged = f"It is signed, and {review.decider_name} accepted it on {formats.day(review.decided_at)}."
    newest = followed or "It is the newest revision of the statement."
    return f"It stands. {judged} {newest}", True


def _findings(revision: Revision) -> Iterator[Finding]:
    """Hold what is stored of a signed revision against its digest and its neighbours in the chain, now."""
    link = link_of(revision.pk)
    found, taken_out = digest_of(revision.content), redactions(link)
    as_signed = found == revision.content_digest
    as_left = bool(taken_out) and found == taken_out[-1].detail.get("after")
    if as_signed:
        yield Finding("The digest, worked out again from the stored text, is the one that was signed.", is_well=True)
    elif as_left:
        since = formats.day(taken_out[-1].at)
        yield Finding(
            "Something was taken out of the text since, because the law asked for it, last on "
            f"{since}. What is stored has the digest that was recorded then: {found}.",
            is_well=True,
        )
    else:
        yield Finding(f"The stored text is not the one that was signed: its digest is {found}.", is_well=False)
    chain = list(
        in_chain_order(Revision.objects.filter(statement__unit=revision.statement.unit_id)).values_list(
            "pk", "content_digest", "content__previous"
        )
    )
    place = next(number for number, (pk, _, _) in enumerate(chain) if pk == revision.pk)
    before = chain[place - 1][1] if place else None
    if chain[place][2] != before:
        yield Finding("It does not name the digest of the unit’s signed revision before it.", is_well=False)
    elif before is None:
        yield Finding("It is the first that the unit has signed, and names none before it.", is_well=True)
    else:
        yield Finding("It names the digest of the unit’s signed revision before it.", is_well=True)
    if place + 1 < len(chain):
        follows = chain[place + 1][2] == revision.content_digest
        yield Finding(
            f"The unit’s next signed revision {'names' if follows else 'does not name'} this digest.", is_well=follows
        )
    yield from (
        Finding(f"{what[0].upper()}{what[1:]}.", is_well=False)
        for what in differences(link, previous=chain[place][2])
        if as_signed or as_left
    )


def _moment(moment: datetime) -> str:
    return f"{formats.day(moment)} at {formats.clock(moment)}"
