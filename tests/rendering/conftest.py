"""Fonts and the one document that uses everything the house style has."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from rendering import fonts, pdf, stylesheet
from rendering.charts.distribution import DistributionRow, sentence, stacked_bars
from rendering.markdown import paragraphs

LEVEL_NAMES = (
    "Negative culture and failing",
    "Reactive culture",
    "Compliant culture",
    "Proactive culture",
    "Resilient and self-driven culture",
)
THEMES = (
    "Leadership",
    "Policy / Governance",
    "Capability & Competence",
    "Communication",
    "H&S Risk Management",
    "Reactive / Proactive Monitoring",
    "Infra-structure and asset management (including equipment)",
    "Partnerships, Contracts & Shared Risks",
    "Change Management",
    "Performance Benchmarking",
    "Assurance and Audit",
    "Wellbeing",
)
DISTRIBUTION = (
    DistributionRow("Leadership", (1, 13, 23, 4, 2), 22),
    DistributionRow("Wellbeing", ()),
    DistributionRow("Infra-structure and asset management (including equipment)", (0, 8, 22, 11, 3), 21),
)


@pytest.fixture(scope="session")
def assets() -> Mapping[str, pdf.Asset]:
    return stylesheet.assets()


@pytest.fixture(scope="session")
def few_assets() -> Mapping[str, pdf.Asset]:
    """The house style with plain letters only, for tests that print often."""
    return stylesheet.assets_with(
        tuple(font for font in fonts.font_assets() if "-latin-" in font.name and "ext" not in font.name)
    )


def document(body: str, *, title: str = "Health and safety maturity", marking: str = "OFFICIAL") -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        '<link rel="stylesheet" href="asset:document.css"></head><body>'
        f'<p class="marking">{marking}</p><p class="running-title">Running title</p>'
        f'<p class="running-note">Digest of the content</p><main>{body}</main></body></html>'
    )


@pytest.fixture(scope="session")
def everything() -> str:
    return everything_about(units=50)


def everything_about(units: int) -> str:
    """A document with every element the house style knows, and a table with a row for each unit."""
    rows = "".join(
        f'<tr><th scope="row">Unit {number}</th>'
        + "".join(
            f'<td class="level level-{1 + (number + theme) % 5}">{1 + (number + theme) % 5}</td>' for theme in range(11)
        )
        + '<td class="level level-unscored">–</td></tr>'
        for number in range(1, units + 1)
    )
    themes = "".join(f'<th scope="col">{name}</th>' for name in THEMES)
    narrative = "".join(
        f'<div class="numbered"><span class="number">2.{number}</span>{piece.html}</div>'
        for number, piece in enumerate(
            paragraphs("First **paragraph**.\n\n- one\n- two\n  1. inner\n\nSecond, *with* a note.\n\n> Quoted words."),
            1,
        )
    )
    chart = stacked_bars(DISTRIBUTION, chart_id="levels", title="Units by level", level_names=LEVEL_NAMES)
    key = "".join(
        f'<li><span class="level level-{level}">{level}</span> {name}</li>'
        for level, name in enumerate(LEVEL_NAMES, start=1)
    )
    return document(
        '<h1>Health and safety maturity</h1><p class="lead">For the audit panel.</p>'
        '<ol class="contents"><li><a href="#position">The position</a></li><li><a href="#data">The data</a></li></ol>'
        '<div class="box"><p>Members are asked to note the position.</p></div>'
        f'<h2 id="position">The position</h2>{narrative}'
        f"<h3>Distribution</h3><p>{sentence(DISTRIBUTION)}</p><figure>{chart}"
        "<figcaption>Units by level and theme</figcaption></figure>"
        '<section class="landscape"><h2 id="data">The data</h2>'
        f'<ul class="level-key">{key}</ul>'
        '<table class="levels"><caption>Levels by unit</caption>'
        f'<thead><tr><th scope="col" class="wide">Unit</th>{themes}</tr></thead><tbody>{rows}</tbody></table></section>'
        '<p>Called<sup><a href="#note_1" id="note_1_called">1</a></sup>.</p><h2>Notes</h2>'
        '<article class="numbered" id="note_1"><span class="number"><a href="#note_1_called">1</a></span>'
        "<p>A note.</p></article>"
        '<h2>Appendix</h2><table class="facts"><caption>The paper</caption><tbody>'
        '<tr><th scope="row">Prepared for</th><td>Panel</td></tr>'
        '<tr><th scope="row">Contact</th><td><a href="mailto:safety@demo.example">safety@demo.example</a></td></tr>'
        "</tbody></table>"
        '<div class="signature"><p>For and on behalf of the unit</p><p class="digest">0f1e2d3c4b5a</p></div>'
    )


@pytest.fixture(scope="session")
def figures() -> pdf.Attachment:
    return pdf.Attachment(
        name="levels.csv",
        media_type="text/csv",
        content=b"Unit,Level\r\nUnit 1,3\r\n",
        description="The figures behind the table of levels",
        modified_at=datetime(2026, 3, 6, 14, 14, tzinfo=UTC),
    )


@pytest.fixture(scope="session")
def printed(everything: str, assets: Mapping[str, pdf.Asset], figures: pdf.Attachment) -> bytes:
    moment = datetime(2026, 3, 6, 14, 14, tzinfo=UTC)
    return pdf.render(everything, assets=assets, attachments=[figures], created_at=moment)
