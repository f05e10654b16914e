"""What production does not start with, and what it does."""

from __future__ import annotations

import pytest

from config import refusals

# `openssl rand -base64 48` printed the first; the second is what Django's own generator makes.
GOOD_SECRETS = [
    "Zx3vN6cQm1gP0yKsB8dHf2LrT5wUoJ9aVeI7iXnCqRb4MhGkDtYpSjEuWlOzFA+/",
    "w7^k!z2q)m9v#c4x@r8b$n1t&y6u(e3o-i5p=a0s+d_fghjl%*",
]


@pytest.mark.parametrize("secret", GOOD_SECRETS)
def test_a_long_random_secret_will_do(secret: str) -> None:
    assert refusals.of_secret(secret) == ""


@pytest.mark.parametrize(
    "secret",
    [
        "django-insecure-" + GOOD_SECRETS[1],
        "a long random text, the same for every process, and then some more of it",
        "change-me" * 8,
        "Change Me " * 8,
        "your_secret_key_goes_here_and_is_very_long_and_varied_1234567890",
    ],
)
def test_the_text_of_an_example_is_no_secret(secret: str) -> None:
    assert "is the text of an example" in refusals.of_secret(secret)


@pytest.mark.parametrize("secret", ["short", GOOD_SECRETS[0][:49], "ab" * 40, "0123456789" * 6])
def test_a_short_or_monotonous_secret_can_be_guessed(secret: str) -> None:
    said = refusals.of_secret(secret)
    assert said.startswith("SECRET_KEY can be guessed")
    assert secret not in said


@pytest.mark.parametrize(
    "hosts",
    [["truelevel.example.org"], ["a.example.org", "b.example.org"], ["127.0.0.1"], ["[::1]"], ["truelevel"]],
)
def test_hosts_by_name_will_do(hosts: list[str]) -> None:
    assert refusals.of_hosts(hosts) == ""


@pytest.mark.parametrize("host", ["*", ".", ".org", ".example.org", "*.example.org", "truelevel.*"])
def test_a_host_that_stands_for_others_is_refused_wherever_it_stands(host: str) -> None:
    for hosts in ([host], ["truelevel.example.org", host]):
        assert refusals.of_hosts(hosts).startswith(f"ALLOWED_HOSTS may not be {host}, which stands for other names")


@pytest.mark.parametrize(
    "host", ["", "https://a.example.org", "a.example.org:443", "a b", "a.example.org/", "-a", "a..b"]
)
def test_what_is_not_the_name_of_a_host_is_refused(host: str) -> None:
    assert "is not the name of a host" in refusals.of_hosts(["truelevel.example.org", host])


@pytest.mark.parametrize(
    "origin",
    ["http://a.example.org", "https://*.example.org", "a.example.org", "https://", "https://.example.org", "*"],
)
def test_an_origin_that_is_not_one_https_host_is_refused(origin: str) -> None:
    assert repr(origin) in refusals.of_origins(["https://a.example.org", origin])


def test_origins_and_a_site_over_https_will_do() -> None:
    assert refusals.of_origins(["https://a.example.org", "https://a.example.org:8443"]) == ""
    assert refusals.of_site("https://a.example.org") == ""
    assert "begins with https://" in refusals.of_site("http://a.example.org")


def test_debugging_is_refused() -> None:
    assert refusals.of_debug(False) == ""
    assert refusals.of_debug(True).startswith("TRUELEVEL_DEBUG is on")
