"""The system packages the project needs: read packages.debian, see what is missing, install it or say what to type.

    python3 config/system_packages.py run test

Standard library only, and runs before the virtual environment exists. `manage.py doctor` uses the same list.
"""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES_FILE = Path(__file__).resolve().parent.parent / "packages.debian"
PURPOSES = ("build", "run", "test")

# What a package is wanted for may be there without it: another release's name for a library, a program installed by
# hand, a Python that brings its own venv. Each entry names what to look for in that case.
_COMMANDS = {
    "util-linux": ("setpriv",),
    "poppler-utils": ("pdftotext", "pdfinfo"),
    "qpdf": ("qpdf",),
    "git": ("git",),
}
_LIBRARIES = {
    "libpango-1.0-0": "pango-1.0",
    "libpangoft2-1.0-0": "pangoft2-1.0",
    "libharfbuzz-subset0": "harfbuzz-subset",
}


class PackagesFileError(ValueError):
    """packages.debian has a line that cannot be read."""


@dataclass(frozen=True)
class SystemPackage:
    """One line of packages.debian."""

    name: str
    purpose: str
    why: str


def read_packages(path: Path = PACKAGES_FILE) -> list[SystemPackage]:
    """Return the packages in the file's order; raise PackagesFileError naming the line that is wrong."""
    packages = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(maxsplit=2)
        if len(words) < 3 or words[1] not in PURPOSES:
            raise PackagesFileError(
                f"{path.name}, line {number}: expected a name, one of {', '.join(PURPOSES)}, and why; "
                f"found: {line.strip()}"
            )
        packages.append(SystemPackage(*words))
    return packages


def missing_packages(packages: Iterable[SystemPackage]) -> list[SystemPackage]:
    """Return those that are neither installed by Debian's tools nor there in another way."""
    wanted = list(packages)
    installed = _installed_by_dpkg([package.name for package in wanted])
    return [package for package in wanted if package.name not in installed and not _is_there(package.name)]


def _installed_by_dpkg(names: Sequence[str]) -> set[str]:
    if shutil.which("dpkg-query") is None or not names:
        return set()
    answer = subprocess.run(  # noqa: S603 - names come from the project's own file
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n", *names],  # noqa: S607 - on PATH
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (line.split() for line in answer.stdout.splitlines())
    return {row[0] for row in rows if row[1:] == ["installed"]}


def _is_there(name: str) -> bool:
    if name == "chromium":
        return browser() is not None
    if name == "python3-venv":
        return importlib.util.find_spec("ensurepip") is not None
    if name in _LIBRARIES:
        return ctypes.util.find_library(_LIBRARIES[name]) is not None
    commands = _COMMANDS.get(name, ())
    return bool(commands) and all(shutil.which(command) for command in commands)


def browser() -> str | None:
    """Return the browser for the tests: what CHROMIUM names, else the one on the path, else None."""
    named = os.environ.get("CHROMIUM", "")
    return shutil.which(named or "chromium")


def install(packages: Collection[SystemPackage]) -> bool:
    """Install the packages if this user may, or print the command that does; return whether they are there now."""
    names = [package.name for package in packages]
    for package in packages:
        _say(f"Missing system package: {package.name} ({package.why})")
    if shutil.which("apt-get") is None:
        _say("This is no Debian system: install what provides these with its own tools. Going on without.")
        return True
    rights = _rights_to_install()
    if rights is None:
        _say("Type this, then try again:")
        _say(f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(names)}")
        return False
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    _say("Installing: " + " ".join(names))
    for step in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *names]):
        command = [*rights, *quiet, "apt-get", *step]
        finished = subprocess.run(  # noqa: S603 - names come from the project's own file
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if finished.returncode != 0:
            _say(finished.stdout.rstrip())
            _say("That did not work. Mend what it says, then try again: " + " ".join(command))
            return False
    return True


def _rights_to_install() -> list[str] | None:
    """Return what to put before apt-get, or None if this user may not install."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)  # noqa: S607 - on PATH
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - a step of make


def main(purposes: Sequence[str]) -> int:
    """Make sure of the packages for these purposes; return the exit status for make."""
    unknown = set(purposes) - set(PURPOSES)
    if unknown or not purposes:
        _say(f"Name what the packages are for: {', '.join(PURPOSES)}.")
        return 2
    try:
        wanted = [package for package in read_packages() if package.purpose in purposes]
    except PackagesFileError as error:
        _say(str(error))
        return 2
    missing = missing_packages(wanted)
    if "test" in purposes and os.environ.get("CHROMIUM") and browser() is None:
        _say(f"CHROMIUM names {os.environ['CHROMIUM']}, which is no program that can be started.")
        return 1
    return 0 if not missing or install(missing) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
