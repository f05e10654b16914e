"""Browsers in the words of people."""

import pytest

from organisation.devices import device


@pytest.mark.parametrize(
    ("said", "words"),
    [
        # What the programs sent in 2024, from their makers' documentation.
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari on a Mac"),
        ("curl/8.5.0", "A browser on a device of unknown kind"),
        ("", "A browser on a device of unknown kind"),
    ],
)
def test_a_browser_is_named_by_what_people_call_it(said: str, words: str) -> None:
    assert device(said) == words
