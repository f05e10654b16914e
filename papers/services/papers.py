"""Preparing, releasing and withdrawing panel papers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from organisation.models import Force, User
from organisation.periods import HalfYear, london_day
from papers import abbreviations, documents, skeleton
from papers.contents import layout, panel_paper
from papers.contents.blocks import BLOCKS
from papers.contents.panel_paper import Missing
from papers.contents.words import summary_of, words_of
from papers.models import Paper, PaperSection, PaperState, PaperTemplate
from papers.options import chosen, faults_in
from papers.services import panel_notices, succession
from papers.skeleton import Audience
from records.canonical import content_digest, normal
from records.edits import Conflict, Edit, next_versions, reconcile, write_onto
from records.marking import Marking
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import checking, pdf
from rendering.formats import day

BUILD = "papers.build_paper"
THE_BOARD = "Health, Safety and Wellbeing Board"
LONGEST_TEXT = 50_000  # characters; rendering.markdown reads up to 60,000 as Markdown
# What stands in the title block and around it, and what the trail calls it.
DETAIL_FIELDS = {
    "title": "title",
    "panel": "panel",
    "meeting_on": "meeting",
    "report_by": "report by",
    "marking": "marking",
    "handling": "handling",
    "abbreviations": "abbreviations",
    "previous": "previous paper",
    "replaces": "paper it replaces",
}
FROZEN = ("state", "finalised_at", "finalised_by", "content", "content_digest", "words", "summary")
CHANGED = "The paper has changed since you opened this page. Read it again, then publish."
NOT_A_DRAFT = "This paper is {state} now, so it was not changed. Copy what you typed, or take the paper back to draft."
WHY_REPLACED = "Say why this paper takes the place of “{title}”: whoever reads the older one is told."


class Refused(Exception):
    """The act is not possible as things stand; the text says why and what to do."""


class NotReady(Refused):
    """Something is missing; `missing` says what and where."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__("The paper cannot be made final yet. " + " ".join(lack.message for lack in missing))
        self.missing = list(missing)


@dataclass(frozen=True)
class LastChange:
    """Who changed a section last before a save, and when: whose version a conflict is with."""

    by: User | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Saved:
    """How a section's save went: what somebody else had changed, who that was, and the text's version now."""

    conflicts: tuple[Conflict, ...] = ()
    before: LastChange = LastChange()
    stamps: Mapping[str, int] = field(default_factory=dict)


class _Overtaken(Exception):
    """The paper was taken back, or made final afresh, while its document was being made."""


# --- Writing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    template: PaperTemplate,
    half: HalfYear,
    meeting_on: date,
    title: str,
    by: User,
    at: datetime,
    panel: str | None = None,
    report_by: str | None = None,
) -> Paper:
    """Start a paper on a half-year, with words to begin from in every section that can have some.

    The paper that it follows is the one that the panel had before; the details of the draft may name another.
    """
    begun_from = skeleton.of_json(template.skeleton)
    if begun_from.audience is Audience.BOARD:
        panel = panel or THE_BOARD
    named = {name: normal(value) for name, value in {"panel": panel, "report_by": report_by}.items() if value}
    paper = Paper(
        audience=begun_from.audience.value,
        template=template,
        skeleton=template.skeleton,
        half=half,
        meeting_on=meeting_on,
        title=normal(title),
        abbreviations=abbreviations.as_lines(begun_from.abbreviations),
        author=by,
        created_at=at,
        **named,
    )
    paper.previous = succession.usual_previous(paper)
    paper.save()
    texts = paper.structure.first_texts(half.name)
    PaperSection.objects.bulk_create([PaperSection(paper=paper, key=key, text=text) for key, text in texts.items()])
    trail.record(act="paper.created", thing=paper, by=by, at=at, half=str(half), template=template.code)
    return paper


def _locked(paper: Paper) -> Paper:
    return Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)


def locked_draft(paper: Paper) -> Paper:
    current = _locked(paper)
    if not current.is_draft:
        raise Refused(NOT_A_DRAFT.format(state=current.get_state_display().lower()))
    return current


@transaction.atomic
def save_section(*, paper: Paper, key: str, edit: Edit, by: User, at: datetime) -> Saved:
    """Write the section's text unless somebody has changed it since `edit` was begun; say what is in conflict.

    Raises Refused where the paper is no longer a draft.
    """
    if key not in paper.structure.prose:
        raise ValueError(f"A paper has no section {key} that can be written.")
    current = locked_draft(paper)
    section, _ = PaperSection.objects.select_related("changed_by").get_or_create(paper=current, key=key)
    before = LastChange(section.changed_by, section.changed_at)
    result = reconcile(
        values={"text": section.text},
        versions={"text": section.version},
        edits={"text": Edit(edit.base_version, normal(edit.value))},
    )
    if result.accepted:
        section.text = result.accepted["text"]
        section.version += 1
        section.changed_at, section.changed_by = at, by
        section.save(update_fields=["text", "version", "changed_at", "changed_by"])
    return Saved(result.conflicts, before, {"text": section.version})


@transaction.atomic
def save_details(*, paper: Paper, edits: Mapping[str, Edit], by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write the edits of what stands in `DETAIL_FIELDS` that nobody has overtaken; return the others.

    Raises Refused where the paper is no longer a draft, or where it cannot follow those papers.
    """
    unknown = set(edits) - set(DETAIL_FIELDS)
    if unknown:
        raise ValueError(f"A paper has no detail {', '.join(sorted(unknown))}.")
    current = locked_draft(paper)
    before = {name: getattr(current, name) for name in DETAIL_FIELDS}
    result = write_onto(
        current,
        names=DETAIL_FIELDS,
        edits={
            name: Edit(edit.base_version, normal(edit.value) if isinstance(edit.value, str) else edit.value)
            for name, edit in edits.items()
        },
    )
    if (current.marking == Marking.OFFICIAL_SENSITIVE) != bool(current.handling):
        raise Refused("Somebody else has changed the marking meanwhile. Reload the page and set both anew.")
    if reason := succession.what_it_cannot_follow(current, changed=result.accepted):
        raise Refused(reason)
    if result.accepted:
        current.changed_at, current.changed_by = at, by
        current.save(update_fields=[*result.accepted, "field_versions", "changed_at", "changed_by"])
        words = {
            DETAIL_FIELDS[name]: f"{_in_words(before[name])} → {_in_words(value)}"
            for name, value in result.accepted.items()
        }
        changed = sorted(result.accepted)
        trail.record(act="paper.details_changed", thing=current, by=by, at=at, words=words, changed=changed)
    return result.conflicts


def _in_words(value: object) -> str:
    """Return a detail as the trail tells it."""
    return day(value) if isinstance(value, date) else str(value or "none")


@transaction.atomic
def save_options(*, paper: Paper, key: str, edit: Edit, by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write what a block is told unless somebody has changed it since `edit` was begun; return what is in conflict.

    Raises Refused where the paper is no longer a draft.
    """
    current = locked_draft(paper)
    block = current.structure.blocks.get(key)
    if block is None or block.kind not in BLOCKS:
        raise ValueError(f"A paper has no block {key}.")
    declared = BLOCKS[block.kind].options
    if faults := faults_in(edit.value, declared):
        raise ValueError(f"The options of {key} cannot be kept: {' '.join(faults)}")
    name = version_of_options(key)
    result = reconcile(
        values={name: chosen(block.options, declared)},
        versions=current.field_versions,
        edits={name: Edit(edit.base_version, chosen(edit.value, declared))},
    )
    if result.accepted:
        current.skeleton = skeleton.with_options(current.skeleton, key, result.accepted[name])
        current.field_versions = next_versions(current.field_versions, result.accepted)
        current.changed_at, current.changed_by = at, by
        current.save(update_fields=["skeleton", "field_versions", "changed_at", "changed_by"])
        trail.record(act="paper.options_changed", thing=current, by=by, at=at, block=key, kind=block.kind)
    return result.conflicts


def version_of_options(key: str) -> str:
    """Return the name under which a paper keeps how often the options of a block have changed."""
    return f"options.{key}"


# --- Making final, and the document -------------------------------------------------------------------------------


@transaction.atomic
def finalise(*, paper: Paper, by: User, at: datetime) -> Paper:
    """Freeze all the paper says, figures as they stand now, and ask the worker for its PDF.

    Raises NotReady with what is missing, Refused where it is no draft.
    """
    current = locked_draft(paper)
    content = normal(panel_paper.gather(current, today=london_day(at)))
    if missing := panel_paper.what_is_missing(current.structure, content):
        raise NotReady(missing)
    current.state, current.finalised_at, current.finalised_by = PaperState.FINAL, at, by
    current.content, current.content_digest = content, content_digest(content)
    document = layout.laid_out(content)
    current.words, current.summary = words_of(document), summary_of(document)
    current.save(update_fields=FROZEN)
    _request_document(current, by=by, at=at)
    trail.record(act="paper.finalised", thing=current, by=by, at=at, content_digest=current.content_digest)
    return current


def _request_document(paper: Paper, *, by: User, at: datetime) -> Job:
    return jobs.request(task=BUILD, key=paper.job_key, by=by, at=at, paper_id=paper.pk)


@transaction.atomic
def request_document(*, paper: Paper, by: User, at: datetime) -> Job:
    """Ask the worker again for the PDF of a final paper, after it has failed or was called off."""
    current = _locked(paper)
    if not current.is_final or current.pdf_id is not None:
        raise Refused("The document of this paper does not have to be made again.")
    trail.record(act="paper.document_requested", thing=current, by=by, at=at)
    return _request_document(current, by=by, at=at)


@transaction.atomic
def cancel_document(*, paper: Paper, by: User, at: datetime) -> bool:
    """Call off the making of the PDF; return whether it was being made. The paper stays final."""
    job = jobs.cancel(key=paper.job_key, at=at)
    if job is not None:
        trail.record(act="paper.document_cancelled", thing=paper, by=by, at=at, job=job.pk)
    return job is not None


@transaction.atomic
def reopen(*, paper: Paper, reason: str, by: User, at: datetime) -> Paper:
    """Take a final paper back to draft; what was frozen and its document are let go."""
    current = _locked(paper)
    if not current.is_final:
        raise Refused(
            f"This paper is {current.get_state_display().lower()}; only one that is final and not published can be "
            "taken back to draft."
        )
    if not reason.strip():
        raise Refused("Say why the paper is taken back to draft.")
    digest = current.content_digest
    current.state, current.finalised_at, current.finalised_by = PaperState.DRAFT, None, None
    current.content, current.content_digest, current.pdf = None, "", None
    current.words, current.summary = "", ""
    current.save(update_fields=[*FROZEN, "pdf"])
    words = {"reason": normal(reason)}
    trail.record(act="paper.reopened", thing=current, by=by, at=at, words=words, content_digest=digest)
    return current


def build(claim: jobs.Claim) -> None:
    """Print the frozen content and put the PDF in place; does nothing for a paper that is a draft again."""
    finished = False
    while not finished:
        try:
            _build_once(claim)
            finished = True
        except _Overtaken:
            jobs.progress(claim, percent=5, step="Starting again: the paper has changed")


def _build_once(claim: jobs.Claim) -> None:
    paper = Paper.objects.get(pk=claim.arguments["paper_id"])
    content = None
    if paper.is_final:
        jobs.progress(claim, percent=20, step="Laying out the paper")
        document = layout.laid_out(paper.content)
        html = documents.paper_html(paper, document)
        jobs.progress(claim, percent=50, step="Printing the document")
        try:
            # The moment of freezing, so that the same content gives the same file.
            content = pdf.render(
                html,
                assets=documents.assets(),
                attachments=documents.paper_tables(paper, document),
                created_at=paper.finalised_at,
            )
            jobs.progress(claim, percent=85, step="Checking the document")
            checking.check(content)
        except pdf.PrintingError as error:
            raise jobs.JobFailed(f"{error} The paper itself is unchanged.") from error
    with jobs.finishing(claim) as now:
        current = _locked(paper)
        if (current.state, current.content_digest) != (paper.state, paper.content_digest):
            raise _Overtaken
        if content is not None and current.is_final:
            current.pdf = blobs.store(content=content, media_type="application/pdf", at=now)
            current.save(update_fields=["pdf"])
            digests = {"content_digest": current.content_digest, "sha256": current.pdf.sha256}
            trail.record(act="paper.built", thing=current, by=None, at=now, **digests)


# --- Release ------------------------------------------------------------------------------------------------------


def blocks_publishing(paper: Paper, *, by: User) -> str:
    """Return why this person cannot publish the paper as it stands; empty where nothing blocks it."""
    if not paper.is_final:
        return f"This paper is {paper.get_state_display().lower()}; only a final one can be published."
    if paper.finalised_by_id == by.pk and not Force.objects.all().lets_one_person_release_papers():
        return (
            "You made this paper final, so somebody else has to publish it: two people release what the panel reads. "
            "Ask another Head of Safety, Health and Wellbeing, or let a colleague take it back to draft and "
            "make it final."
        )
    if paper.pdf_id is None:
        return "The document is not ready yet. Wait until it is made, read it, then publish."
    return succession.why_it_cannot_tell_of(paper) or succession.why_it_cannot_replace(paper)


@transaction.atomic
def publish(*, paper: Paper, seen_digest: str, by: User, at: datetime, because: str = "") -> Paper:
    """Let the panel read exactly the paper that was on the publisher's screen (`seen_digest`, of its content).

    The paper that it replaces, if any, is superseded `because` of something.
    """
    current = succession.locked_with_the_replaced(paper)
    if reason := blocks_publishing(current, by=by):
        raise Refused(reason)
    if current.content_digest != seen_digest:
        raise Refused(CHANGED)
    if current.replaces is not None and not because.strip():
        raise Refused(WHY_REPLACED.format(title=current.replaces.title))
    current.state, current.published_at, current.published_by = PaperState.PUBLISHED, at, by
    current.released_by_one = current.finalised_by_id == by.pk
    current.save(update_fields=["state", "published_at", "published_by", "released_by_one"])
    panel_notices.published(current, at=at)
    trail.record(act="paper.published", thing=current, by=by, at=at, content_digest=current.content_digest)
    if current.replaces is not None:
        succession.supersede(current.replaces, by_paper=current, because=normal(because), by=by, at=at)
    return current


@transaction.atomic
def withdraw(*, paper: Paper, reason: str, by: User, at: datetime) -> Paper:
    """Take a published paper out of everybody's reach but SHRMT's and the Head's."""
    current = _locked(paper)
    if not current.is_released:
        raise Refused(f"This paper is {current.get_state_display().lower()}; only a published one can be withdrawn.")
    if not reason.strip():
        raise Refused("Say why the paper is withdrawn.")
    current.state, current.withdrawn_at, current.withdrawn_by = PaperState.WITHDRAWN, at, by
    current.withdrawn_because = normal(reason)
    current.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because"])
    panel_notices.withdrawn(current, at=at)
    trail.record(act="paper.withdrawn", thing=current, by=by, at=at, words={"reason": current.withdrawn_because})
    return current


@transaction.atomic
def record_download(*, paper: Paper, copy: bytes, by: User, at: datetime) -> None:
    """Keep who took the document of a paper that the panel cannot read, and the digest of their stamped copy."""
    digests = {"sha256": paper.pdf.sha256 if paper.pdf else "", "sha256_of_copy": hashlib.sha256(copy).hexdigest()}
    trail.record(act="paper.downloaded", thing=paper, by=by, at=at, state=paper.state, **digests)


@transaction.atomic
def record_tables(*, paper: Paper, by: User, at: datetime) -> None:
    """Keep who took the tables of a paper that the panel cannot read."""
    trail.record(act="paper.tables_downloaded", thing=paper, by=by, at=at, state=paper.state)


@transaction.atomic
def record_docx(*, paper: Paper, content: bytes, by: User, at: datetime) -> None:
    """Keep who took a paper away as text, in which state it was, and the digest of that very file."""
    sha256 = hashlib.sha256(content).hexdigest()
    trail.record(act="paper.docx_downloaded", thing=paper, by=by, at=at, state=paper.state, sha256=sha256)
