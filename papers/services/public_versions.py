"""The public version of a paper: made by one person, its document printed, published by another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from organisation.models import Force, User
from papers import documents
from papers.contents import layout
from papers.contents.blocks import BLOCKS
from papers.contents.redaction import Misplaced, Redaction, misplaced, redacted
from papers.models import Paper, PublicVersion
from papers.services import frozen, succession
from papers.services.papers import Refused
from records.canonical import content_digest, normal
from records.models import Job
from records.services import jobs, trail
from rendering.assets import Attachment

BUILD = "papers.build_public_version"
NOTHING_TAKEN = "Say what is to be taken out. A paper of which nothing is taken out is published as it is."


class NotRedacted(Refused):
    """Something to take out is not there; `faults` says which."""

    def __init__(self, faults: Sequence[Misplaced]) -> None:
        super().__init__("Nothing was made: " + " ".join(sorted({fault.message for fault in faults})))
        self.faults = list(faults)


def content_of(paper: Paper, redactions: Sequence[Redaction]) -> dict[str, object]:
    """Return what a public version with these redactions says. Raises NotRedacted with every misplaced one."""
    faults = list(misplaced(paper.content, redactions))
    if faults:
        raise NotRedacted(faults)
    return redacted(paper.content, redactions, blocks=BLOCKS)


@transaction.atomic
def make(*, paper: Paper, redactions: Sequence[Redaction], by: User, at: datetime) -> PublicVersion:
    """Freeze the next public version of a published paper and ask the worker for its PDF.

    Raises Refused where the paper is not published, nothing is taken out, or (NotRedacted) it does not stand there.
    """
    current = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if not current.is_released:
        raise Refused("Only a published paper has a public version beside it.")
    if not redactions:
        raise Refused(NOTHING_TAKEN)
    said = [Redaction(one.key, normal(one.words).strip(), normal(one.why).strip()) for one in redactions]
    newest = current.public_versions.first()
    number = newest.number + 1 if newest else 1
    content = normal(content_of(current, said) | {"public_version": number})
    version = PublicVersion.objects.create(
        paper=current,
        number=number,
        content=content,
        content_digest=content_digest(content),
        redactions=content["taken_out"],
        made_at=at,
        made_by=by,
    )
    digest = version.content_digest
    trail.record(act="public-version.made", thing=version, by=by, at=at, number=number, content_digest=digest)
    _request(version, by=by, at=at)
    return version


def _request(version: PublicVersion, *, by: User, at: datetime) -> Job:
    return jobs.request(task=BUILD, key=version.job_key, by=by, at=at, version_id=version.pk)


def request_document(*, version: PublicVersion, by: User, at: datetime) -> Job | None:
    """Ask the worker again for the PDF, after it has failed or was called off; None where it is there."""
    act = "public-version.document_requested"
    return frozen.request_document(
        version=version, request=lambda current: _request(current, by=by, at=at), act=act, by=by, at=at
    )


def cancel_document(*, version: PublicVersion, by: User, at: datetime) -> bool:
    """Call off the making of the PDF; return whether it was being made."""
    return frozen.cancel_document(version=version, act="public-version.document_cancelled", by=by, at=at)


def build(claim: jobs.Claim) -> None:
    """Print what was frozen of a public version and keep the file for good."""
    version = PublicVersion.objects.select_related("paper").get(pk=claim.arguments["version_id"])
    frozen.build(claim, version, _laid_out, act="public-version.built", what="the version")


def _laid_out(version: PublicVersion) -> tuple[str, Sequence[Attachment]]:
    document = layout.laid_out(version.content)
    return documents.public_html(version, document), documents.tables(document, modified_at=version.made_at)


def blocks_publishing(version: PublicVersion, *, by: User) -> str:
    """Return why this person cannot publish the version as it stands; empty where nothing blocks it."""
    if version.published_at is not None:
        return "This version is published already."
    if not version.paper.is_released:
        return "The paper itself is not published any more, so there is nothing to publish beside it."
    if reason := succession.why_it_cannot_tell_of(version.paper):
        return reason
    if version.paper.public_versions.filter(number__gt=version.number, published_at__isnull=False).exists():
        return "A newer public version is published already."
    if version.made_by_id == by.pk and not Force.objects.all().lets_one_person_release_papers():
        return "You made this version, so somebody else has to publish it: two people release what is read outside."
    if version.pdf_id is None:
        return "The document is not ready yet. Wait until it is made, read it, then publish."
    return ""


@transaction.atomic
def publish(*, version: PublicVersion, seen_digest: str, by: User, at: datetime) -> PublicVersion:
    """Put exactly the version that was on the publisher's screen beside its paper."""
    Paper.objects.select_for_update(no_key=True).get(pk=version.paper_id)
    current = PublicVersion.objects.select_for_update(of=("self",)).select_related("paper").get(pk=version.pk)
    if reason := blocks_publishing(current, by=by):
        raise Refused(reason)
    if current.content_digest != seen_digest:
        raise Refused("This is not the version that you were shown. Open it again, read it, then publish.")
    current.published_at, current.published_by = at, by
    current.save(update_fields=["published_at", "published_by"])
    digest = current.content_digest
    trail.record(act="public-version.published", thing=current, by=by, at=at, content_digest=digest)
    return current


@transaction.atomic
def record_download(*, version: PublicVersion, copy: bytes, by: User, at: datetime) -> None:
    """Keep who took the document of a version that only writers can read, and the digest of their stamped copy."""
    digests = {"sha256": version.pdf.sha256 if version.pdf else "", "sha256_of_copy": hashlib.sha256(copy).hexdigest()}
    trail.record(act="public-version.downloaded", thing=version, by=by, at=at, number=version.number, **digests)
