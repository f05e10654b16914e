"""Measure printing papers: `python -m benchmarks.printing SIZE OUT`, with the database's servers at hand.

What the worker does to print a frozen paper (laying it out, HTML, the files it carries, printing, making it keep to
both standards) stands against bare WeasyPrint on the very same HTML, with the same assets from the same fetcher. Each
runs in a process of its own, in turns: after a short document, as in a worker that has printed before, its seconds of
processor time are counted, and the peak of its memory.
"""

from __future__ import annotations

import cProfile
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import django

RUNS = 3
VARIANT = "pdf/a-3a"
NOW = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)
SHORT = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Short</title>'
    '<link rel="stylesheet" href="asset:document.css"></head><body><h1>Short</h1></body></html>'
)
WORDS = (
    "Inspections of the last quarter found **fewer** hazards in custody and at training sites than in the year before. "
    "Units report what they have changed, and who answers for what is left; *nothing here was typed by hand*, and each "
    "figure can be followed to the statements that it was counted from. "
)
LIST = "\n\n- one action was completed\n- two are due by the end of the year\n- none is overdue\n\n"


# --- What is printed ----------------------------------------------------------------------------------------------


def prepare(size: int) -> dict[str, Any]:
    """Make a final paper of so many business groups of ten units, with as many pieces of prose; return its content."""
    from django.core.management import call_command

    from organisation.roles import Role
    from papers.services import papers
    from records.edits import Edit
    from tests.factories import papers as made
    from tests.factories.organisation import make_person

    call_command("migrate", verbosity=0)
    for number in range(size):
        made.make_rollup(f"Group {number:03}", figures(10))
    by = make_person(Role.SHRMT)
    draft = made.make_draft(by=by, title=f"The papers of a year, {size} groups")
    prose = ["background", "equality-and-diversity", "financial", "legal", "risk"]
    for position, key in enumerate(prose):
        pieces = range(position, size, len(prose))
        text = "\n\n".join(f"{WORDS * 4}{LIST}{WORDS * 3}\n\n{WORDS * 3}" for _ in pieces) or WORDS
        version = draft.sections.get(key=key).version if draft.sections.filter(key=key).exists() else 0
        papers.save_section(paper=draft, key=key, edit=Edit(version, text), by=by, at=NOW)
    content: dict[str, Any] = papers.finalise(paper=draft, by=by, at=NOW).content
    return content


def figures(units: int) -> dict[str, Any]:
    """Return a group's figures with so many units at all levels of three themes."""
    from assurance.rollup import ThemeDistribution
    from tests.factories import papers as made

    by_level = tuple(sum(1 + number % 5 == level for number in range(units)) for level in range(1, 6))
    return made.figures(
        coverage=((units, units, units, 0, 0), (units, units, units, 0, 0)),
        units=[
            made.reading(f"Unit {number:03}", {"leadership": 1 + number % 5, "audit": 1 + (number + 2) % 5})
            for number in range(units)
        ],
        distribution=[
            ThemeDistribution("leadership", "Leadership", True, by_level, 0, 0, "3", 3),
            ThemeDistribution("wellbeing", "Wellbeing", False),
            ThemeDistribution("audit", "Assurance and Audit", True, by_level, 0, 0, "3", 3),
        ],
    )


# --- How it is printed --------------------------------------------------------------------------------------------


def paper_of(content: Mapping[str, Any]) -> Any:
    """Return a final paper with this content that no database knows."""
    from papers.models import Paper, PaperState

    return Paper(state=PaperState.FINAL, content=content, content_digest="0" * 64, finalised_at=NOW)


def ours(content: Mapping[str, Any]) -> bytes:
    """Print the content and check the document, as the worker does before it stores it."""
    from papers import documents
    from papers.contents import layout
    from rendering import checking, pdf

    paper = paper_of(content)
    document = layout.laid_out(content)
    printed = pdf.render(
        documents.paper_html(paper, document),
        assets=documents.assets(),
        attachments=documents.paper_tables(paper, document),
        created_at=paper.finalised_at,
    )
    checking.check(printed)
    return printed


def bare(html: str) -> bytes:
    """Print HTML with WeasyPrint and nothing else."""
    import weasyprint

    from papers import documents
    from rendering.fetching import AssetFetcher

    served = {f"asset:{name}": asset for name, asset in documents.assets().items()}
    with warnings.catch_warnings():
        # It leaves its colour profile to the garbage collector to close.
        warnings.filterwarnings("ignore", message=".*sRGB2014", category=ResourceWarning)
        content: bytes = weasyprint.HTML(string=html, url_fetcher=AssetFetcher(served)).write_pdf(pdf_variant=VARIANT)
    return content


def one_print(kind: str, file: Path) -> dict[str, float]:
    """Print the content in the file in this process; return seconds, megabytes and pages."""
    from papers import documents
    from papers.contents import layout

    content = json.loads(file.read_text(encoding="utf-8"))
    html = documents.paper_html(paper_of(content), layout.laid_out(content)) if kind == "bare" else ""
    bare(SHORT)
    work: Callable[[], bytes] = (lambda: bare(html)) if kind == "bare" else (lambda: ours(content))
    began = time.process_time()
    printed = work()
    seconds = time.process_time() - began
    return {"seconds": seconds, "megabytes": peak_of_memory(), "pages": pages_of(printed)}


def peak_of_memory() -> float:
    """Return the most memory in megabytes that this program has held; ru_maxrss begins with that of who started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None  # noqa: S101  # every Linux says so
    return int(found[1]) / 1024


def pages_of(printed: bytes) -> int:
    from io import BytesIO

    import pikepdf

    with pikepdf.open(BytesIO(printed)) as document:
        return len(document.pages)


# --- Measuring ----------------------------------------------------------------------------------------------------


def in_a_process_of_its_own(kind: str, file: Path) -> dict[str, float]:
    """Return what one print took where nothing else has used memory."""
    work = [sys.executable, "-m", "benchmarks.printing", "--one", kind, str(file)]
    answer = subprocess.run(work, check=True, capture_output=True, text=True)  # noqa: S603  # this very program
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def measure(content: Mapping[str, Any], *, runs: int = RUNS) -> dict[str, Any]:
    """Return the median seconds and megabytes of both, the pages, and where our time goes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "content.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        turns = [{kind: in_a_process_of_its_own(kind, file) for kind in ("ours", "bare")} for _ in range(runs)]
    found = {
        kind: {key: median(turn[kind][key] for turn in turns) for key in ("seconds", "megabytes", "pages")}
        for kind in ("ours", "bare")
    }
    return found | {"profile": profile(content)}


def profile(content: Mapping[str, Any]) -> str:
    """Return where the time of printing as the worker does goes."""
    from benchmarks.measure import told

    bare(SHORT)
    profiler = cProfile.Profile()
    profiler.runcall(ours, content)
    return told(profiler)


def main(arguments: list[str]) -> None:
    """Measure, and write what was found; or, of a content alone, print it and say what it took."""
    django.setup()
    if arguments[0] == "--one":
        sys.stdout.write(json.dumps(one_print(arguments[1], Path(arguments[2]))))
        return
    Path(arguments[1]).write_text(json.dumps(measure(prepare(int(arguments[0])))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
