"""What the assets package brings: no font or crest that is GOV.UK's own, no address, a sign for every figure."""

import json
import re
from pathlib import Path

import pytest
import truelevel_assets
from fontTools.ttLib import TTFont

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path(truelevel_assets.__file__).parent
STYLE_SHEET = PACKAGE / "static" / "govuk" / "govuk-frontend.min.css"
SCRIPT = PACKAGE / "static" / "govuk" / "govuk-frontend.min.js"
TEXT_STYLES = ("400-normal", "400-italic", "600-normal", "700-normal")


def characters(name: str) -> set[str]:
    return {chr(point) for point in TTFont(truelevel_assets.FONTS[name]).getBestCmap()}


@pytest.fixture(scope="module")
def css() -> str:
    return STYLE_SHEET.read_text(encoding="utf-8")


def test_the_style_sheet_fetches_nothing(css: str) -> None:
    assert "url(" not in css
    assert "@import" not in css
    # The one place with an address in it is a selector: links whose address is printed on paper.
    assert set(re.findall(r'.{0,8}https?://[^"]*', css)) == {'[href^="http://', '[href^="https://'}
    assert "sourceMappingURL" not in css


def test_the_style_sheet_has_neither_font_nor_crest_of_govuk(css: str) -> None:
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    assert "crest" not in css
    assert "font-family:arial" in css


@pytest.mark.parametrize("component", ["generic-header", "radios", "error-summary", "task-list", "summary-list", "tag"])
def test_the_style_sheet_has_the_components_pages_use(css: str, component: str) -> None:
    assert f".govuk-{component}" in css


def test_the_script_starts_by_itself_and_names_no_other_file() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    assert script.endswith("\ninitAll();\n")
    assert "sourceMappingURL" not in script
    assert not re.search(r"\bimport\b[^;]{0,80}\bfrom\b", script)


def test_no_image_or_web_font_reaches_the_browser() -> None:
    kinds = {path.suffix for path in (PACKAGE / "static").rglob("*") if path.is_file()}
    assert kinds == {".css", ".js"}


@pytest.mark.parametrize("style", TEXT_STYLES)
def test_every_text_style_has_the_letters_of_names_and_figures(style: str) -> None:
    scripts = ("latin", "latin-ext", "greek")
    have = set().union(*(characters(f"source-sans-3-{script}-{style}") for script in scripts))
    assert not set("AZaz09 £€§°±×÷½–—‘’“”…•−²³ÀéŵŷŁńσκμχ↑↓") - have


def test_signs_that_the_text_faces_lack_are_there_once() -> None:
    symbols = characters("noto-sans-math-symbols-400-normal")
    assert not set("←→↔↗↘≤≥≈≠√■□▲△▼▽●○◆◇◐★☆✓") - symbols
    for script in ("latin", "latin-ext", "greek"):
        # Otherwise a digit or a dash could be printed from the symbols' font.
        assert not symbols & characters(f"source-sans-3-{script}-400-normal")


def test_each_publishers_terms_are_beside_its_files() -> None:
    terms = {path.stem: path.read_text(encoding="utf-8") for path in (PACKAGE / "licenses").iterdir()}
    assert set(terms) == {"govuk-frontend", "noto-sans-math", "source-sans-3"}
    assert "MIT License" in terms["govuk-frontend"]
    assert "SIL Open Font License" in terms["noto-sans-math"]
    assert "SIL Open Font License" in terms["source-sans-3"]


def test_the_lock_has_a_hash_for_every_package_and_no_address() -> None:
    text = (PROJECT / "assets" / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    wanted = json.loads((PROJECT / "assets" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name.removeprefix("node_modules/") for name in packages if name} == set(wanted)
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)
    assert "resolved" not in text
    assert "://" not in text


def test_the_build_leaves_nothing_beside_its_sources() -> None:
    left = [path.name for path in (PROJECT / "assets").iterdir() if path.name in {"build", "node_modules"}]
    left += [path.name for path in (PROJECT / "assets").glob("*.egg-info")]
    assert left == []
