"""Filters and the level tag as templates use them, and the level colours of the style sheet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template

from rendering import levels

# 2:14pm by the clock in London, which was not on summer time yet on 6 March 2026, and is on 6 June.
WINTER = datetime(2026, 3, 6, 14, 14, tzinfo=UTC)
SUMMER = datetime(2026, 6, 6, 13, 14, tzinfo=UTC)


def shown(source: str, **context: Any) -> str:
    return Template("{% load display %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ value|day }}", date(2026, 3, 6), "6 March 2026"),
        ("{{ value|day }}", datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026"),
        ("{{ value|clock }}", WINTER, "2:14pm"),
        ("{{ value|clock }}", time(0, 5), "12:05am"),
        ("{{ value|moment }}", WINTER, "6 March 2026 at 2:14pm"),
        ("{{ value|moment }}", SUMMER, "6 June 2026 at 2:14pm"),
        ("{{ value|count }}", 1890, "1,890"),
        ("{{ value|count }}", 0, "0"),
        ("{{ value|signed_change }}", 0.042, "+4.2%"),
        ("{{ value|signed_change }}", -0.126, "−12.6%"),
    ],
)
def test_values_are_printed_as_people_write_them(source: str, value: Any, text: str) -> None:
    assert shown(source, value=value) == text


@pytest.mark.parametrize("name", ["day", "clock", "moment", "count", "signed_change"])
def test_nothing_is_printed_for_what_is_not_known(name: str) -> None:
    assert shown("{{ value|" + name + " }}", value=None) == ""


@pytest.mark.parametrize(
    ("source", "css", "text"),
    [
        ("{% level_tag level %}", "level-3", "3 Compliant &amp; kept"),
        ("{% level_tag 4 %}", "level-4", "Level 4"),
        ("{% level_tag None %}", "level-none", "Not given"),
        ("{% level_tag None scored=False %}", "level-unscored", "Not scored"),
    ],
)
def test_a_level_is_always_said_in_words(source: str, css: str, text: str) -> None:
    level = SimpleNamespace(number=3, name="Compliant & kept")
    assert shown(source, level=level) == f'<strong class="app-level level {css}">{text}</strong>'


def rules_of(selector: str) -> dict[str, str]:
    """The declarations of a rule of the site's style sheet."""
    sheet = (settings.BASE_DIR / "static/css/site.css").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", sheet, re.DOTALL | re.MULTILINE)
    assert found, f"no rule for {selector}"
    return dict(line.strip(" ;").split(": ", 1) for line in found[1].strip().splitlines())


@pytest.mark.parametrize("style", [*levels.STYLES.values(), levels.NOT_SUBMITTED, levels.NOT_SCORED])
def test_pages_and_documents_draw_levels_in_the_same_colours(style: levels.LevelStyle) -> None:
    rule = rules_of(f".level-{style.key}")
    assert (rule["background-color"], rule["color"]) == (style.fill, style.text)


@pytest.mark.parametrize("number", levels.STYLES)
def test_pages_and_documents_draw_the_same_gauge(number: int) -> None:
    assert rules_of(f".level-{number}")["background-image"] == f'url("../images/level-{number}.svg")'
    gauge = settings.BASE_DIR / "static/images" / f"level-{number}.svg"
    assert gauge.read_text(encoding="utf-8").strip() == levels.gauge(number)


def test_areas_have_the_same_outline_on_pages_and_in_documents() -> None:
    assert rules_of(":root")["--app-edge"] == levels.OUTLINE


def test_the_forces_colour_can_be_read_under_white_text() -> None:
    colour = rules_of(":root")["--govuk-brand-colour"].split(";")[0]
    assert levels.contrast(colour, "#ffffff") >= 4.5
