"""Loading templates, and what papers of every shipped one print: both standards, and every heading in order."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organisation.models import Unit
from organisation.roles import Role
from papers.contents import layout, panel_paper
from papers.contents.pieces import Numbers, NumbersRow, Table
from papers.models import Paper, PaperTemplate
from papers.services import papers, templates
from records.edits import Edit
from records.models import TrailEntry
from risks.models import Objective
from tests.factories import blocks, injuries, maturity, risks
from tests.factories.actions import make_action
from tests.factories.conformance import failures
from tests.factories.organisation import make_person, make_user
from tests.factories.papers import (
    FIXTURES,
    HALF,
    NOW,
    build_document,
    make_published,
    make_rollup,
    make_template,
    north,
    read_template,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "table1_fixture.json"
pytestmark = pytest.mark.django_db
CODES = sorted(path.stem.removeprefix("paper-") for path in FIXTURES.glob("paper-*.toml"))
WRITTEN = "Written by hand.^[With a *note* of the UK’s.]\n\n- with a list\n- of two lines"
PLAN = "New services"


def test_loading_again_changes_nothing_and_another_content_replaces_it() -> None:
    said = read_template()
    assert [str(templates.load(said, at=NOW)) for _ in range(2)] == ["created", "unchanged"]
    draft = papers.create(
        template=PaperTemplate.objects.get(), half=HALF, meeting_on=date(2025, 11, 18), title="Kept",
        by=make_person(Role.SHRMT), at=NOW,
    )  # fmt: skip
    other = read_template("force-summary")
    changed = type(said)(said.code, other.name, other.meaning, other.skeleton)
    assert str(templates.load(changed, at=NOW)) == "replaced"
    assert PaperTemplate.objects.get().name == other.name
    draft.refresh_from_db()
    assert draft.structure == said.skeleton  # a paper that has been begun stays as it is
    assert TrailEntry.objects.filter(act="paper-template.loaded").count() == 2


def test_the_command_loads_all_of_them_or_none(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("format = 1")
    with pytest.raises(CommandError, match=r"wrong\.toml: The file: code is missing\.") as refusal:
        call_command("load_paper_templates", str(FIXTURES / "paper-panel.toml"), str(wrong))
    assert str(refusal.value).endswith("\nNothing was loaded.")
    assert "has no parts" in str(refusal.value)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_paper_templates", str(tmp_path / "none.toml"))
    assert not PaperTemplate.objects.exists()
    said = StringIO()
    call_command("load_paper_templates", str(FIXTURES / "paper-panel.toml"), stdout=said)
    assert said.getvalue() == "Template panel (Panel paper): created.\n"


# --- What is printed --------------------------------------------------------------------------------------------------


@pytest.fixture
def everything() -> None:
    """A force with everything that a block can draw on: the source's figures of 2019, and risks as they are shipped."""
    maturity.shipped("2017", "2019")
    make_rollup("North", blocks.north_moved())
    make_rollup("South", blocks.south_moved())
    blocks.make_force_summary()
    units = list(Unit.objects.order_by("name"))
    blocks.make_audited(units)
    blocks.make_plan(PLAN, units[0])
    make_action(units[0], at=datetime(2019, 5, 1, 9, tzinfo=UTC))
    objective = Objective(year=2019, title="Fewer assaults", owner="A director", set_at=NOW, set_by=make_user())
    Objective.objects.bulk_create([objective])
    make_published(title="The paper before", meeting_on=date(2019, 3, 20))
    source = json.loads(REFERENCE.read_text(encoding="utf-8"))["rows"]
    injuries.load_indicators()
    injuries.table_1(source, {"police": "police-officers", "pcso": "pcsos", "ddo": "ddos"})
    injuries.the_sources_custody()
    injuries.working_time(date(2019, 6, 30), 30_000, 1_200, 750)
    injuries.working_time_target("98", date(2019, 4, 1))
    risks.load_risks()
    for day in (date(2019, 2, 26), date(2019, 5, 21), date(2030, 8, 5)):  # the last one is planned
        risks.make_item(risks.make_meeting(day), title=f"Item of {day:%B}")
    risks.load_kinds()
    risks.make_liaison_meeting(date(2019, 5, 9))
    risks.make_notice(date(2019, 3, 4), date(2019, 9, 1))
    risks.make_notification(date(2019, 3, 1))
    risks.complete(risks.make_investigation(title="A security barrier", on=date(2019, 2, 1)), on=date(2019, 6, 3))


def printed(code: str, **texts: str) -> Paper:
    """A final paper of the template, everything written that it needs, for the meeting of the source."""
    by = make_person(Role.SHRMT)
    paper = papers.create(
        template=make_template(code), half=HALF, meeting_on=date(2019, 9, 18), title=f"A paper: {code}", by=by, at=NOW
    )
    for section in paper.sections.all():
        text = texts.get(section.key.replace("-", "_"), section.text or WRITTEN)
        papers.save_section(paper=paper, key=section.key, edit=Edit(section.version, text), by=by, at=NOW)
    for key, block in paper.structure.blocks.items():
        if block.kind == "services":
            papers.save_options(paper=paper, key=key, edit=Edit(0, {"plan": PLAN}), by=by, at=NOW)
    paper = papers.finalise(paper=paper, by=by, at=NOW)
    assert build_document(paper).error == ""
    paper.refresh_from_db()
    return paper


def structure_of(paper: Paper) -> str:
    """What a screen reader gets: element by element."""
    assert paper.pdf is not None
    command = ["pdfinfo", "-struct-text", str(paper.pdf.path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def words_in(structure: str) -> str:
    return " ".join(" ".join(re.findall(r'^\s*"(.*)"$', structure, re.MULTILINE)).split())


def words_in_reading_order(paper: Paper) -> str:
    return words_in(structure_of(paper))


def stand_in_order(words: str, wanted: Iterable[str]) -> None:
    at = 0
    for one in wanted:
        found = words.find(one, at)
        assert found >= 0, f"“{one}” does not stand after “{words[max(0, at - 60) : at]}”"
        at = found + len(one)


def as_laid_out(document: layout.Document) -> Iterator[str]:
    """Every piece of text of the paper in its order: headings, numbers, paragraphs, captions, cells, notes."""
    yield document.title
    appendices = [part for part in document.parts if part.appendix]
    for part in document.parts:
        if part not in appendices:
            yield from part_as_laid_out(part)
    if document.notes:
        yield "Notes"
    for note in document.notes:
        yield from (str(note.number), *texts_of(note.html))
    for part in appendices:
        yield from part_as_laid_out(part)
    if document.abbreviations:
        yield from ("Abbreviations", *(word for pair in document.abbreviations for word in pair))


def part_as_laid_out(part: layout.LaidPart) -> Iterator[str]:
    yield part.heading
    for section in part.sections:
        yield section.heading
        for piece in section.pieces:
            yield from (piece.number, *texts_of(piece.html or ""))
            yield from (word for level in piece.levels for word in (level.text, level.note))
            if piece.table:
                yield from cells_of(piece.table, piece.table.caption)
            if piece.numbers:
                yield from cells_of(piece.numbers, piece.numbers.caption)
            if piece.chart:
                yield piece.chart.caption
                yield from cells_of(piece.chart.numbers, piece.chart.numbers.caption)


def cells_of(table: Table | Numbers, caption: str) -> Iterator[str]:
    yield from (caption, table.corner, *table.columns)
    for row in table.rows:
        yield row.heading
        if isinstance(row, NumbersRow):
            yield from row.figures
        else:
            yield from (row.statement, *(word for cell in row.cells for word in (cell.text, cell.note)))


def texts_of(html: str) -> list[str]:
    return [unescape(text) for text in re.split(r"<[^>]*>", html)]


def pressed(text: str) -> str:
    """The text without blanks, and without the hyphens that lines may end in."""
    return re.sub(r"[\s-]", "", text)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("code", CODES)
def test_a_paper_of_every_template_keeps_to_both_standards_and_is_read_in_its_order(code: str) -> None:
    paper = printed(code)
    assert paper.pdf is not None
    assert failures(paper.pdf.path.read_bytes()) == []
    structure = structure_of(paper)
    document = layout.laid_out(paper.content)
    stand_in_order(pressed(words_in(structure)), map(pressed, as_laid_out(document)))
    assert len(re.findall(r"^ *Note\b", structure, re.MULTILINE)) == len(document.notes) > 0
    wanted = [
        heading
        for part in paper.structure.parts
        for heading in (part.heading, *(section.heading for section in part.sections))
        if heading
    ]
    stand_in_order(words_in(structure), wanted)


@pytest.mark.usefixtures("everything")
def test_the_shape_of_2019_has_the_changes_table_1_custody_and_the_risks() -> None:
    paper = printed(
        "safety-performance",
        increases="DDO assaults {{ ddos.rate_change }}: {{ ddos.number }} after {{ ddos.number_before }}, as "
        "{{ table.assaults }} has it; custody {{ custody.interventions.number }}, {{ working_time.share }} complying.",
    )
    words = words_in_reading_order(paper)
    stand_in_order(
        words,
        [
            "1.1", "have changed as follows", "rose by 4.2%", "fell by 12.6%", "rose by 75.1%",  # the source's changes
            "DDO assaults +75.1%: 80 after 40, as Table 1 has it; custody 258, 97.5% complying.",
            "Table 1: injuries by number",
            "1,890", "4.96", "1,851", "4.76", "19", "1.28", "23", "1.46", "80", "9.81", "40", "5.60",  # its Table 1
            "26 February 2019", "21 May 2019", "Item of February", "Item of May",
            "Risk 2,", "Risk 17,", "Risk 34,",
            "97.5%", "9 May 2019", "HSE national lead", "Volunteers", "A security barrier",
            "59,177 custody records", "70,044 detainees", "258", "387",
            "2.1", "3.1", "4.1", "5.1", "6.1",
            "Figure 2: the Board’s risks by likelihood and impact",
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("everything")
def test_the_shape_of_2017_numbers_its_paragraphs_in_one_run() -> None:
    words = words_in_reading_order(printed("culture-project", supporting_projects="One.\n\n- a\n- b\n\nTwo."))
    stand_in_order(words, ["01.", "02.", "03.", "04.", "05.", "One.", "Two.", "2.1", "3.1", "4.1", "5.1", "5.2", "6.1"])
    assert "1.1" not in words.partition("Equality and diversity impact")[0].rpartition("Half-year")[2]


def test_a_paper_whose_prose_names_what_is_not_there_is_not_made_final() -> None:
    make_rollup("North", north())
    by = make_person(Role.SHRMT)
    paper = papers.create(
        template=make_template("panel"), half=HALF, meeting_on=date(2025, 11, 18), title="Named", by=by, at=NOW
    )
    for key, text in (("contacts", "The team"), ("risk", "All well.\n\nSee {{ table.mediums }}.")):
        version = paper.sections.get(key=key).version
        papers.save_section(paper=paper, key=key, edit=Edit(version, text), by=by, at=NOW)
    with pytest.raises(papers.NotReady, match=r"Risk, line 3: Nothing in this paper is called “table\.mediums”"):
        papers.finalise(paper=paper, by=by, at=NOW)


def test_a_board_meeting_that_is_only_planned_has_not_been_held() -> None:
    for day in (date(2025, 10, 1), date(2025, 11, 1)):
        risks.make_meeting(day)
    paper = papers.create(
        template=make_template("safety-performance"), half=HALF, meeting_on=date(2025, 11, 18), title="Two",
        by=make_person(Role.SHRMT), at=NOW,
    )  # fmt: skip

    def held(today: date) -> list[str]:
        return [one["held_on"] for one in panel_paper.gather(paper, today=today)["data"]["board_meetings"]["meetings"]]

    assert held(date(2025, 10, 20)) == ["2025-10-01"]
    assert held(date(2026, 1, 1)) == ["2025-10-01", "2025-11-01"]
