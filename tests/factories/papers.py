"""Papers for tests, and roll-ups for them to draw on with figures written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf

from assurance.models import Rollup
from assurance.rollup import Figures, QuarterCoverage, ThemeDistribution, ThemeFacts, UnitReading
from organisation.models import BusinessGroup, User
from organisation.periods import HalfYear
from organisation.roles import Role
from papers import templatefile
from papers.contents.blocks import KINDS
from papers.contents.redaction import Redaction
from papers.models import Paper, PaperTemplate, PublicVersion, SectionComment
from papers.services import comments, papers, public_versions, templates
from papers.templatefile import TemplateFile
from records.edits import Edit
from records.models import Blob, Job
from records.services import blobs, jobs
from tests.factories.organisation import make_group, make_person, make_unit

HALF = HalfYear.parse("2025/26-H1")
FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)
BUILT_AT = datetime(2025, 10, 6, 8, 0, tzinfo=UTC)
LEVEL_NAMES = ("Failing", "Reactive", "Compliant", "Proactive", "Resilient")
THEMES = (
    ThemeFacts("leadership", "Leadership", 1, True),
    ThemeFacts("wellbeing", "Wellbeing", 2, False),
    ThemeFacts("audit", "Assurance and Audit", 3, True),
)
_numbers = count(1)
# What a page carries with an answer of version 0 that was something else.
FIRST = "0.000000000000"


def figures(
    *,
    coverage: Sequence[tuple[int, int, int, int, int]] = ((2, 2, 2, 0, 0), (2, 2, 1, 0, 0)),
    units: Sequence[UnitReading] = (),
    distribution: Sequence[ThemeDistribution],
    themes: Sequence[ThemeFacts] = THEMES,
) -> dict[str, Any]:
    """A roll-up's figures as they lie in the database. `coverage`: expected, signed, accepted, late, missing."""
    rows = [QuarterCoverage(str(quarter), *row) for quarter, row in zip(HALF.quarters, coverage, strict=True)]
    stored: dict[str, Any] = as_stored(
        Figures(
            half=str(HALF),
            level_names=LEVEL_NAMES,
            coverage=tuple(rows),
            themes=tuple(themes),
            units=tuple(units),
            distribution=tuple(distribution),
        )
    )
    return stored


def as_stored(value: Any) -> Any:
    """Dataclasses and tuples as JSON gives them back."""
    if isinstance(value, Figures):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {key: as_stored(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_stored(item) for item in value]
    return value


def reading(name: str, levels: Mapping[str, int | None] | None, **kwargs: Any) -> UnitReading:
    """A unit of a roll-up: accepted in the second quarter with these levels, or (None) with nothing signed."""
    number = next(_numbers)
    if levels is None:
        return UnitReading(number, name, f"unit-{number}")
    taken: dict[str, Any] = {"quarter": "2025/26-Q2", "revision": 1, "status": "accepted"} | kwargs
    return UnitReading(number, name, f"unit-{number}", levels=dict(levels), **taken)


def north() -> dict[str, Any]:
    """Three units of which one signed nothing: leadership 3 and 4, audit 2 and no level."""
    return figures(
        coverage=((3, 2, 2, 1, 1), (3, 2, 1, 0, 1)),
        units=(
            reading("Alder Unit", {"leadership": 3, "audit": 2}),
            reading("Beech Unit", {"leadership": 4, "audit": None}, quarter="2025/26-Q1", status="signed"),
            reading("Cedar Unit", None),
        ),
        distribution=(
            ThemeDistribution("leadership", "Leadership", True, (0, 0, 1, 1, 0), 0, 1, "3–4", 3),
            ThemeDistribution("wellbeing", "Wellbeing", False),
            ThemeDistribution("audit", "Assurance and Audit", True, (0, 1, 0, 0, 0), 1, 1, "2", 2),
        ),
    )


def south() -> dict[str, Any]:
    """One unit: leadership 5, audit 3; a later statement awaits acceptance."""
    return figures(
        coverage=((1, 1, 1, 0, 0), (1, 1, 0, 1, 0)),
        units=(reading("Dogwood Unit", {"leadership": 5, "audit": 3}, later_awaits_acceptance=True),),
        distribution=(
            ThemeDistribution("leadership", "Leadership", True, (0, 0, 0, 0, 1), 0, 0, "5", 5),
            ThemeDistribution("wellbeing", "Wellbeing", False),
            ThemeDistribution("audit", "Assurance and Audit", True, (0, 0, 1, 0, 0), 0, 0, "3", 3),
        ),
    )


def make_rollup(name: str, built: Mapping[str, Any], *, built_at: datetime = BUILT_AT) -> Rollup:
    """A group with a unit and a built roll-up of the half."""
    group = make_group(name)
    make_unit(f"{name} {next(_numbers)}", group=group)
    return Rollup.objects.create(
        group=group, half=HALF, figures=built, figures_digest="0" * 64, built_at=built_at, pdf=make_blob()
    )


def make_awaited_group(name: str) -> BusinessGroup:
    """A group with a unit and no roll-up."""
    group = make_group(name)
    make_unit(f"{name} {next(_numbers)}", group=group)
    return group


def make_blob(content: bytes = b"%PDF-1.7 not a real one") -> Blob:
    return blobs.store(content=content, media_type="application/pdf", at=NOW)


def blank_pdf(title: str) -> bytes:
    """An empty page, in a file of its own by its title."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.docinfo["/Title"] = title
        document.save(out, deterministic_id=True)
    return out.getvalue()


def read_template(code: str = "panel") -> TemplateFile:
    """A shipped template as its file says it."""
    return templatefile.read((FIXTURES / f"paper-{code}.toml").read_text(encoding="utf-8"), kinds=KINDS)


def make_template(code: str = "panel") -> PaperTemplate:
    """A shipped template, loaded once a test."""
    if not PaperTemplate.objects.filter(code=code).exists():
        templates.load(read_template(code), at=NOW)
    return PaperTemplate.objects.get(code=code)


def make_draft(
    *,
    by: User | None = None,
    title: str = "Safety culture",
    meeting_on: date = date(2025, 11, 18),
    template: PaperTemplate | None = None,
) -> Paper:
    """A draft with everything it needs but a roll-up."""
    by = by or make_person(Role.SHRMT)
    paper = papers.create(
        template=template or make_template(), half=HALF, meeting_on=meeting_on, title=title, by=by, at=NOW
    )
    if "contacts" in paper.structure.prose:
        papers.save_section(paper=paper, key="contacts", edit=Edit(0, "The safety team"), by=by, at=NOW)
    return paper


def make_final(*, by: User | None = None, with_document: bool = True, **draft: Any) -> Paper:
    """A final paper on one roll-up. Its document is a PDF of one empty page, not a printed one."""
    by = by or make_person(Role.SHRMT)
    if not Rollup.objects.exists():
        make_rollup("North", north())
    paper = papers.finalise(paper=make_draft(by=by, **draft), by=by, at=NOW)
    return give_document(paper) if with_document else paper


def give_document(paper: Paper) -> Paper:
    """Put an empty page in the place of a final paper's document, as if the worker had made it."""
    paper.pdf = make_blob(blank_pdf(f"Paper {paper.pk}"))
    paper.save()
    Job.objects.filter(key=paper.job_key).update(state="done", finished_at=NOW)
    return paper


def make_published(*, by: User | None = None, draft_by: User | None = None, **draft: Any) -> Paper:
    """A published paper; `by` publishes it, somebody else (`draft_by`) made it final."""
    paper = make_final(by=draft_by, **draft)
    head = by or make_person(Role.HEAD)
    return papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=NOW)


def make_withdrawn(**draft: Any) -> Paper:
    """A paper that was published once."""
    return withdraw(make_published(**draft))


def withdraw(paper: Paper) -> Paper:
    return papers.withdraw(paper=paper, reason="A figure was wrong.", by=make_person(Role.HEAD), at=NOW)


def make_comment(paper: Paper, *, by: User | None = None, key: str = "risk", **said: Any) -> SectionComment:
    """Something said about a section of a draft."""
    by = by or make_person(Role.SHRMT)
    return comments.add(paper=paper, key=key, by=by, at=NOW, **({"text": "Say more about this."} | said))


def make_public_version(
    paper: Paper, *redactions: Redaction, by: User | None = None, with_document: bool = True
) -> PublicVersion:
    """A public version of a published paper, its risk section taken out unless said otherwise."""
    taken = redactions or (Redaction("risk", "", "It names a place."),)
    by = by or make_person(Role.SHRMT)
    version = public_versions.make(paper=paper, redactions=taken, by=by, at=NOW)
    if with_document:
        version.pdf = make_blob(blank_pdf(f"Public version {version.pk}"))
        version.save(update_fields=["pdf"])
        Job.objects.filter(key=version.job_key).update(state="done", finished_at=NOW)
    return version


def supersede(paper: Paper, *, reason: str = "A figure was wrong.", **draft: Any) -> Paper:
    """Publish another paper in the place of this one; return that."""
    by = make_person(Role.SHRMT)
    successor = make_draft(by=by, **{"title": f"{paper.title}, again", **draft})
    papers.save_details(paper=successor, edits={"replaces": Edit(0, paper)}, by=by, at=NOW)
    final = give_document(papers.finalise(paper=successor, by=by, at=NOW))
    head = make_person(Role.HEAD)
    return papers.publish(paper=final, seen_digest=final.content_digest, because=reason, by=head, at=NOW)


def make_superseded(**draft: Any) -> Paper:
    """A published paper whose place another one has taken."""
    paper = make_published(**draft)
    supersede(paper)
    paper.refresh_from_db()
    return paper


def publish_public_version(version: PublicVersion) -> PublicVersion:
    """Publish it, by somebody who did not make it."""
    seen, by = version.content_digest, make_person(Role.HEAD)
    return public_versions.publish(version=version, seen_digest=seen, by=by, at=NOW)


def build_document(paper: Paper) -> Job:
    """Do the worker's part for the paper's newest job, in this process; return the job as it ended."""
    job = Job.objects.filter(key=paper.job_key).latest("pk")
    jobs.perform(job.pk, papers.build)
    job.refresh_from_db()
    return job
