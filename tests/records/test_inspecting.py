"""Looking at a file in a process of its own: what it says comes back, and one that is killed harms nobody."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from records.filetypes import NotTaken
from records.services import inspecting
from tests.factories import files


def received(folder: Path, content: bytes) -> Path:
    path = folder / "received"
    path.write_bytes(content)
    return path


def test_what_the_process_finds_comes_back(tmp_path: Path) -> None:
    found = inspecting.inspect(received(tmp_path, files.pdf()), name="Café “minutes” –.pdf")
    assert (found.kind.media_type, found.name) == ("application/pdf", "Café “minutes” –.pdf")


def test_its_refusal_comes_back_word_for_word(tmp_path: Path) -> None:
    with pytest.raises(NotTaken, match=r"^It carries macros .* Save it as \.docx without macros"):
        inspecting.inspect(
            received(tmp_path, files.office("docx", {"word/vbaProject.bin": b"vba"})), name="--help; rm -rf /.docx"
        )


def test_nothing_is_started_for_a_file_of_the_wrong_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(NotTaken, match="It is empty"):
        inspecting.inspect(received(tmp_path, b""), name="a.pdf")


def _python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("sys.executable", str(program))


def test_a_file_that_keeps_its_reader_busy_is_refused_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _python(tmp_path, monkeypatch, "exec sleep 20")
    monkeypatch.setattr(inspecting, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(NotTaken, match="takes too long"):
        inspecting.inspect(received(tmp_path, files.pdf()), name="a.pdf")


def test_a_file_that_kills_its_reader_is_refused_and_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _python(tmp_path, monkeypatch, "echo it hurts >&2; kill -9 $$")
    with pytest.raises(NotTaken, match="takes too long or too much memory"):
        inspecting.inspect(received(tmp_path, files.pdf()), name="a.pdf")
    assert "it hurts" in caplog.text


def test_the_process_knows_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _python(tmp_path, monkeypatch, f'env > {tmp_path}/environment; echo \'{{"refused": "It is."}}\'')
    with pytest.raises(NotTaken, match="It is"):
        inspecting.inspect(received(tmp_path, files.pdf()), name="a.pdf")
    assert "DATABASE_URL" not in (tmp_path / "environment").read_text()
