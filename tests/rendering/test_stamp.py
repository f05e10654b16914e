"""Stamped copies: every page says the words, nothing that was there is lost, and both standards are kept."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from rendering import stamp
from rendering.errors import RenderingFailed
from tests.factories.conformance import failures
from tests.factories.papers import blank_pdf

WORDS = "Not published"


@pytest.fixture(scope="module")
def stamped(printed: bytes) -> bytes:
    return stamp.stamped(printed, WORDS)


def text_of(content: bytes, folder: Path) -> str:
    file = folder / "document.pdf"
    file.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


def darkest_above(content: bytes, folder: Path, page: int) -> int:
    """The darkest grey, 0 to 255, in the upper twentieth of a page."""
    file = folder / "document.pdf"
    file.write_bytes(content)
    command = ["pdftoppm", "-gray", "-r", "36", "-f", str(page), "-l", str(page), str(file)]
    kind, size, _, pixels = subprocess.run(command, capture_output=True, check=True).stdout.split(b"\n", 3)
    assert kind == b"P5"
    width, height = map(int, size.split())
    return min(pixels[: width * (height // 20)])


def test_a_stamped_copy_keeps_to_both_standards_and_qpdf_finds_it_sound(stamped: bytes, tmp_path: Path) -> None:
    assert failures(stamped) == []
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(stamped)
    found = subprocess.run(["qpdf", "--check", copy], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_file_is_in_the_copy_byte_for_byte_and_its_text_reads_as_before(
    printed: bytes, stamped: bytes, tmp_path: Path
) -> None:
    assert stamped.startswith(printed)
    assert len(stamped) > len(printed)
    text = text_of(printed, tmp_path)
    assert text_of(stamped, tmp_path) == text
    assert WORDS not in text


def test_every_page_upright_or_not_has_the_words_below_all_else_as_an_artifact(stamped: bytes) -> None:
    with pikepdf.open(BytesIO(stamped)) as document:
        sizes = {tuple(map(float, page.mediabox)) for page in document.pages}
        assert len(sizes) == 2
        for page in document.pages:
            first = page.Contents[0].read_bytes().decode()
            assert first.startswith("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\n")
            assert first.endswith("EMC\n")
            assert re.findall(r"/(\w+) Do", first) == [stamp.NAME] * 2
            assert first.count("q ") == first.count(" Q")
            drawing = page.Resources.XObject[f"/{stamp.NAME}"].read_bytes()
            assert drawing.count(b"h\n") >= len(WORDS.replace(" ", ""))  # each letter is an outline or more


def test_the_words_are_seen_in_the_upper_margin(printed: bytes, stamped: bytes, tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(printed)) as document:
        pages = len(document.pages)
    assert pages > 2
    for page in (1, pages):
        assert darkest_above(printed, tmp_path, page) == 255
        assert darkest_above(stamped, tmp_path, page) < 160


def test_the_same_file_and_words_are_the_same_bytes_and_other_words_others(printed: bytes, stamped: bytes) -> None:
    assert stamp.stamped(printed, WORDS) == stamped
    assert stamp.stamped(printed, "Withdrawn") != stamped


def test_a_copy_can_be_stamped_again(stamped: bytes) -> None:
    assert failures(stamp.stamped(stamped, "Withdrawn")) == []


def test_a_page_without_anything_is_stamped_too() -> None:
    with pikepdf.open(BytesIO(stamp.stamped(blank_pdf("Empty"), WORDS))) as document:
        assert stamp.NAME.encode() in document.pages[0].Contents[0].read_bytes()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a real one", b"\x00" * 1000])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RenderingFailed, match="the document cannot be read"):
        stamp.stamped(content, WORDS)
