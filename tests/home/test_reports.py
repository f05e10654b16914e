"""Reports of violations: logged short, inert and seldom; anything else is turned away."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from home.throttle import Throttle
from home.views import reports

OLD = "application/csp-report"
NEW = "application/reports+json"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "throttle", Throttle(of_one=3, of_all=5))


class Log:
    """What the endpoint has logged so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog

    def __call__(self) -> list[str]:
        return [record.getMessage() for record in self.caplog.records if record.name == "home.views.reports"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Log:
    caplog.set_level(logging.WARNING, logger="home.views.reports")
    return Log(caplog)


def send(body: Any, media_type: str = OLD, **more: Any) -> int:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post(reverse("csp_report"), text, content_type=media_type, **more).status_code


def old(**changed: Any) -> dict[str, Any]:
    """A report as browsers have sent it since 2012: W3C, Content Security Policy Level 2, section 4.4."""
    return {
        "csp-report": {
            "document-uri": "https://truelevel.example.org/actions/?text=what+somebody+searched",
            "violated-directive": "script-src-elem",
            "effective-directive": "script-src-elem",
            "blocked-uri": "https://elsewhere.example/x.js?token=1",
            "line-number": 12,
        }
        | changed
    }


def test_a_report_of_the_older_kind_is_one_line_in_the_log(lines: Log) -> None:
    assert send(old()) == 204
    [line] = lines()
    assert "directive='script-src-elem'" in line
    assert "blocked='https://elsewhere.example/x.js'" in line
    assert "page='https://truelevel.example.org/actions/'" in line
    assert "line='12'" in line
    assert "searched" not in line
    assert "token" not in line


def test_reports_of_the_newer_kind_come_several_at_a_time(lines: Log) -> None:
    """W3C, Reporting API: a list of reports with a body each."""
    body = {"documentURL": "https://truelevel.example.org/", "effectiveDirective": "img-src", "blockedURL": "inline"}
    assert send([{"type": "csp-violation", "body": body}] * 2, NEW) == 204
    assert len(lines()) == 2
    assert "blocked='inline'" in lines()[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\n2026-11-22 00:00:00 WARNING home: somebody signed in",
        "\x1b[31mred",
        "a\u2028b\u202eabc",
        "%s %d {0} ${x}",
        "w" * 3500,
        "https://[broken/",
        "data:text/html;base64," + "A" * 3500,
    ],
)
def test_what_it_says_stays_on_one_short_line_that_does_nothing(hostile: str, lines: Log) -> None:
    changed = {"document-uri": hostile, "blocked-uri": hostile, "effective-directive": hostile, "source-file": hostile}
    assert send(old(**changed)) == 204
    [line] = lines()
    assert line.isprintable()
    assert len(line) < 1000


@pytest.mark.parametrize("body", [{}, [], [1, "x", None], {"csp-report": 1}, {"csp-report": {"line-number": []}}, 7])
def test_a_report_that_is_none_does_no_harm(body: Any) -> None:
    assert send(body) == 204


@pytest.mark.parametrize("body", ["{", "[" * 15_000, b"\xff\xfe"])
def test_what_cannot_be_read_is_a_bad_request(body: str | bytes, lines: Log) -> None:
    assert send(body) == 400
    assert lines() == []


def test_what_is_large_or_of_another_kind_is_not_read(lines: Log) -> None:
    assert send(old(**{"blocked-uri": "x" * 17_000})) == 413
    assert send(old(), "text/plain") == 415
    assert send("a=b", "application/x-www-form-urlencoded") == 415
    assert Client().get(reverse("csp_report")).status_code == 405
    assert lines() == []


def test_nobody_fills_the_log(lines: Log) -> None:
    for _ in range(4):
        assert send([{"body": {"blockedURL": "inline"}}] * 2, NEW) == 204
    assert len(lines()) == 3


def test_a_minute_has_so_many_lines_and_one_sender_not_all_of_them() -> None:
    throttle, at = Throttle(of_one=2, of_all=3), datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
    asked = ["a", "a", "a", "b", "b", "c"]
    assert [throttle.lets_through(sender, now=at) for sender in asked] == [True, True, False, True, False, False]
    assert throttle.lets_through("a", now=at + timedelta(seconds=30))
