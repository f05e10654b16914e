"""The printed pack: conformance, structure, and that it says what was frozen and nothing else."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date

import pikepdf
import pytest
from django.utils import timezone

from organisation.models import Force, User
from organisation.roles import Role
from papers import documents
from papers.models import BoardPack
from records.models import JobState
from rendering import pdf
from risks.models import BoardMeeting, Risk, Standing
from risks.services import assessing, board, group_risks, objectives
from tests.factories import packs, risks
from tests.factories.conformance import failures
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db
SHIPPED_ON = date(2019, 8, 5)
TRENDS = {
    "2": "↔ Unchanged",
    "3a-d": "↔ Unchanged",
    "17": "↔ Unchanged",
    "27": "↓ Improved",
    "28": "↓ Improved",
    "32": "↑ Worsened",
    "34": "↔ Unchanged",
}
HOSTILE = (
    "<script>alert(1)</script>\n\n# A heading that jumps\n\n![picture](file:///etc/passwd)\n\n"
    '<img src="file:///etc/passwd" onerror="alert(2)">\n\n[press](javascript:alert(3))\n\n'
    "<table><tr><td colspan=1000000>wide</td></tr></table>\n\n\x07bell \ue000 private \U0001f600 face {{ 7|add:7 }}"
)


@pytest.fixture
def secretary() -> User:
    return make_person(Role.BOARD_SECRETARY)


@pytest.fixture
def meeting() -> BoardMeeting:
    """A meeting with the shipped risks, one thing of each sort, and agenda items as shipped."""
    Force.objects.create(name="Fictional Police", short_name="FP")
    risks.load_risks()
    return risks.make_meeting(timezone.localdate())


def fill(meeting: BoardMeeting, by: User, words: str) -> None:
    """Write the words wherever people write something that the pack prints."""
    now = timezone.now()
    group = make_group("North")
    make_unit("Alder", group=group)
    board.add_item(meeting=meeting, title=words[:200], lead=words[:120], by=by, at=now)
    risks.make_paper(meeting, title=words[:200])
    risks.make_record(BoardMeeting.objects.get(held_on=SHIPPED_ON), text=words)
    risk = Risk.objects.get(reference="17")
    risks.make_control(risk, text=words)
    assessing.tell(risk=risk, meeting=meeting, text=words, by=by, at=now)
    risks.make_proposal(title=words[:200])
    own = risks.make_group_risk(group, title=words[:200])
    group_risks.escalate(risk=own, because=words, by=by, at=now)
    objective = risks.make_objective(title=words[:200])
    objectives.say_progress(objective=objective, standing=Standing.BEHIND, text=words, by=by, at=now)
    sub_group = risks.make_sub_group(name=words[:120])
    objectives.report(sub_group=sub_group, meeting=meeting, text=words, by=by, at=now)


def printed(meeting: BoardMeeting) -> BoardPack:
    pack = packs.make_pack(meeting)
    job = packs.build_document(pack)
    assert (job.state, job.error) == (JobState.DONE, "")
    pack.refresh_from_db()
    return pack


def content_of(pack: BoardPack) -> bytes:
    assert pack.pdf is not None
    return pack.pdf.path.read_bytes()


def text_of(pack: BoardPack, *options: str) -> str:
    assert pack.pdf is not None
    command = ["pdftotext", *options, str(pack.pdf.path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def headings_of(content: bytes) -> list[tuple[str, list[str]]]:
    """The bookmarks below the title: each part with its sections."""
    with pikepdf.open(io.BytesIO(content)) as document, document.open_outline() as outline:
        (title,) = outline.root
        return [(str(part.title), [str(section.title) for section in part.children]) for part in title.children]


def test_the_pack_keeps_to_both_standards_and_says_everything_in_order(meeting: BoardMeeting, secretary: User) -> None:
    fill(meeting, secretary, "Seen to at the pier")
    for reference, before, now in (("2", (4, 5), (3, 5)), ("17", (4, 3), (4, 4))):
        risk = Risk.objects.get(reference=reference)
        risks.make_assessment(risk, *before, on=date(2020, 1, 1))
        risks.make_assessment(risk, *now)
    pack = printed(meeting)
    content = content_of(pack)
    assert failures(content) == []
    year = pack.content["objectives"]["year"]
    assert headings_of(content) == [
        ("Agenda", []),
        ("Papers for the meeting", []),
        ("The meeting before", []),
        ("Risk register", ["Heat map", "Open and emerging risks one by one", "Controlled risks"]),
        (
            "New and emerging risks",
            ["Proposed, waiting for the Board", "Business groups’ own risks, put before the Board"],
        ),
        ("Assurance of health and safety culture maturity", []),
        ("Sub-groups", ["Seen to at the pier"]),
        (f"Objectives of the Board, {year}", []),
    ]
    text = text_of(pack)
    words = " ".join(text.split())
    assert [words.find(f"{number} {title}") > 0 for number, title in enumerate(shipped_items(), start=1)] == [True] * 14
    # The heat map in words: where the two that were assessed lie, and where each lay before.
    for cell in (
        "15, high. Risk 2.",
        "20, very high. Risk 2 was here before.",
        "16, very high. Risk 17.",
        "12, high. Risk 17 was here before.",
    ):
        assert cell in words, cell
    assert "Very high: risk 17; High: risk 2." in words
    assert "Not assessed yet, so not in the grid: risks 3a-d, 27, 28, 32, 34." in words
    table = text_of(pack, "-layout").partition("Table 2")[2].partition("Open and emerging risks one by one")[0]
    expected = TRENDS | {"2": "↓ Improved", "17": "↑ Worsened"}
    assert dict(re.findall(r"^ *(\d+[a-d-]*) +([↓↑↔] \w+)", table, re.MULTILINE)) == expected
    # What is written of a risk: for this meeting, or for the last that heard of it; its controls; what the Board said.
    of_17 = words.partition("Risk 17: Compliance")[2].partition("Risk 27: Health")[0]
    assert "For this meeting Seen to at the pier" in of_17
    assert "Likely (4) and major (4): 16, very high" in of_17
    assert "Without controls Almost certain (5) and severe (5): 25, very high" in of_17
    assert re.search(r"Controls of risk 17 .* Seen to at the pier Duty officer", of_17)
    of_27 = words.partition("Risk 27: Health")[2].partition("Risk 28: Wellbeing")[0]
    assert "↓ Improved (the Board’s own)" in of_27
    assert "Told last For the August 2019 Board, 5 August 2019: Guidance on controlling contractors" in of_27
    controlled = words.rpartition("Controlled risks")[2].partition("Proposed, waiting for the Board")[0]
    assert "Risk 29: Digital Policing" in controlled
    assert "Risk 29" not in words.partition("Open and emerging risks one by one")[0].partition("Heat map")[2]
    pages = text.split("\f")[:-1]
    for number, one in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in one
        assert "OFFICIAL" in one
        assert pack.content_digest in re.sub(r"\s", "", one)


def shipped_items() -> list[str]:
    """The agenda's items as the file that is shipped lists them, in the type that the document prints."""
    text = risks.SHIPPED.read_text(encoding="utf-8").partition("items = [")[2].partition("]")[0]
    return re.findall(r'"([^"]+)"', text)


def test_the_same_content_gives_the_same_bytes_and_what_changes_later_does_not_reach_it(meeting: BoardMeeting) -> None:
    pack = packs.make_pack(meeting)
    risk = Risk.objects.get(reference="2")
    risks.make_assessment(risk, 5, 5)
    Risk.objects.filter(pk=risk.pk).update(title="Renamed afterwards")
    assert packs.build_document(pack).error == ""
    pack.refresh_from_db()
    first = content_of(pack)
    words = " ".join(text_of(pack).split())
    assert "Unsafe handling of non-police firearms" in words
    assert "Renamed afterwards" not in words
    assert "No risk is on the map." in words
    again = pdf.render(documents.pack_html(pack), assets=documents.assets(), created_at=pack.made_at)
    assert again == first


def test_hostile_text_is_printed_as_words_and_breaks_neither_standard(meeting: BoardMeeting, secretary: User) -> None:
    fill(meeting, secretary, HOSTILE)
    pack = printed(meeting)
    content = content_of(pack)
    assert failures(content) == []
    for forbidden in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"root:x:"):
        assert forbidden not in content
    words = " ".join(text_of(pack).split())
    assert words.count("<script>alert(1)</script>") >= 10
    assert "{{ 7|add:7 }}" in words
    assert "# A heading that jumps" in words  # no Markdown: it is printed as it was typed
    parts = [part for part, _ in headings_of(content)]
    assert len(parts) == 8
    assert not any("heading that jumps" in part for part in parts)


def test_an_empty_board_has_a_pack_that_says_what_there_is_not() -> None:
    meeting = risks.make_meeting(timezone.localdate())
    pack = printed(meeting)
    assert failures(content_of(pack)) == []
    words = " ".join(text_of(pack).split())
    for said in (
        "The agenda has no items yet.",
        "No paper is awaited.",
        "No earlier meeting is on record.",
        "so there is no map",
        "No risk is open or emerging.",
        "The force summary has not been issued.",
        "The Board has no sub-groups.",
        "The Board has set itself none for this year.",
    ):
        assert said in words, said
