"""The list of system packages: read by make before anything is installed, and by doctor."""

import re
import subprocess
from pathlib import Path

import pytest

from config import system_packages
from config.system_packages import PackagesFileError, SystemPackage, missing_packages, read_packages

PANGO = SystemPackage("libpango-1.0-0", "run", "lays out text")
UNHEARD_OF = SystemPackage("no-such-package-anywhere", "run", "nothing")


def test_the_projects_list_has_what_the_platform_needs() -> None:
    by_purpose: dict[str, set[str]] = {}
    for package in read_packages():
        by_purpose.setdefault(package.purpose, set()).add(package.name)
    assert by_purpose == {
        "build": {"python3-venv"},
        "run": {"util-linux", "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"},
        "test": {"chromium", "poppler-utils", "qpdf", "git"},
    }


def test_a_line_keeps_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "packages.debian"
    file.write_text("# why each is here\n\nqpdf   test   checks that files are sound\n")
    assert read_packages(file) == [SystemPackage("qpdf", "test", "checks that files are sound")]


@pytest.mark.parametrize("line", ["qpdf", "qpdf test", "qpdf sometimes checks files"])
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "packages.debian"
    file.write_text(f"git test lists files\n{line}\n")
    with pytest.raises(PackagesFileError, match=re.escape("packages.debian, line 2: expected a name")):
        read_packages(file)


def test_a_package_that_nobody_has_is_missing() -> None:
    assert missing_packages([UNHEARD_OF]) == [UNHEARD_OF]


def test_everything_the_tests_need_is_here() -> None:
    assert missing_packages(read_packages()) == []


def test_a_browser_named_by_hand_is_as_good_as_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    chromium = SystemPackage("chromium", "test", "the browser")
    monkeypatch.setattr(system_packages, "_installed_by_dpkg", lambda _names: set())
    monkeypatch.setenv("CHROMIUM", "/bin/true")
    assert missing_packages([chromium]) == []
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert missing_packages([chromium]) == [chromium]


def test_who_may_not_install_is_told_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages, "_rights_to_install", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert system_packages.install([PANGO, UNHEARD_OF]) is False
    typed = capsys.readouterr().err
    assert "apt-get install -y --no-install-recommends libpango-1.0-0 no-such-package-anywhere" in typed
    assert "lays out text" in typed


def test_who_may_install_gets_it_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def note(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(system_packages, "_rights_to_install", lambda: ["sudo", "-n"])
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("subprocess.run", note)
    assert system_packages.install([PANGO]) is True
    assert [command[command.index("apt-get") + 1] for command in commands] == ["update", "install"]
    assert all(command[:2] == ["sudo", "-n"] for command in commands)
    assert commands[1][-1] == "libpango-1.0-0"


def test_a_system_without_apt_goes_on_with_a_word_of_advice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert system_packages.install([PANGO]) is True
    assert "no Debian system" in capsys.readouterr().err


def test_an_installation_that_fails_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 100, stdout="E: no space left\n")

    monkeypatch.setattr(system_packages, "_rights_to_install", list)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("subprocess.run", fail)
    assert system_packages.install([PANGO]) is False
    assert "no space left" in capsys.readouterr().err


def test_an_unknown_purpose_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_packages.main(["everything"]) == 2
    assert "build, run, test" in capsys.readouterr().err
