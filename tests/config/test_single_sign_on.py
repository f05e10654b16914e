"""What the environment may say of single sign-on: a whole and safe provider, or none; anything else is named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.single_sign_on import local_passwords, read

ISSUER = "https://login.example.org/tenant/v2.0"
WHOLE = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "truelevel", "OIDC_CLIENT_SECRET": "kept to ourselves"}


def refused(environment: dict[str, str], *, production: bool = True) -> str:
    with pytest.raises(ImproperlyConfigured) as said:
        read(environment, production=production)
    return str(said.value)


def test_without_a_word_about_it_there_is_none() -> None:
    assert read({"OIDC_ISSUER": "", "PORT": "8000"}, production=True) is None


def test_three_settings_are_enough() -> None:
    found = read(WHOLE, production=True)
    assert found is not None
    assert (found.name, found.issuer) == ("your work account", ISSUER)
    assert (found.trusts_email, found.second_factor, found.allowed_domains) == (False, False, frozenset())
    (app,) = found.providers["openid_connect"]["APPS"]
    assert (app["client_id"], app["secret"]) == ("truelevel", "kept to ourselves")
    assert app["settings"] == {"server_url": ISSUER, "oauth_pkce_enabled": True}


def test_everything_that_may_be_said_is_read() -> None:
    more = {
        "OIDC_NAME": "Force ID",
        "OIDC_TRUST_EMAIL": "true",
        "OIDC_ALLOWED_DOMAINS": "Police.example.org, staff.example.org",
        "OIDC_SECOND_FACTOR": "Yes",
    }
    found = read(WHOLE | more, production=True)
    assert found is not None
    assert (found.name, found.trusts_email, found.second_factor) == ("Force ID", True, True)
    assert found.allowed_domains == {"police.example.org", "staff.example.org"}


def test_the_secret_is_not_in_what_a_log_would_print() -> None:
    assert "kept to ourselves" not in repr(read(WHOLE, production=True))


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_half_a_provider_is_refused_and_says_what_is_missing(missing: str) -> None:
    said = refused({name: value for name, value in WHOLE.items() if name != missing})
    assert said.startswith(f"{missing} is not set, but ")
    assert "docs/signing-in.md" in said


def test_a_name_alone_is_half_a_provider_too() -> None:
    said = refused({"OIDC_NAME": "Force ID"})
    assert said.startswith("OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET are not set, but OIDC_NAME is.")


@pytest.mark.parametrize(
    "issuer",
    ["http://login.example.org", "login.example.org", "ftp://login.example.org", "http://localhost:8080", "https://"],
)
def test_in_production_the_issuer_answers_over_tls(issuer: str) -> None:
    assert refused(WHOLE | {"OIDC_ISSUER": issuer}).startswith(f"OIDC_ISSUER is {issuer!r}; write")


def test_a_provider_on_this_machine_will_do_for_a_trial_and_one_elsewhere_will_not() -> None:
    found = read(WHOLE | {"OIDC_ISSUER": "http://localhost:8080/"}, production=False)
    assert found is not None
    assert found.issuer == "http://localhost:8080"
    assert "begins with https://" in refused(WHOLE | {"OIDC_ISSUER": "http://10.0.0.1:8080"}, production=False)


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers"])
def test_an_issuer_for_people_of_every_organisation_is_refused(tenant: str) -> None:
    assert "every organisation" in refused(WHOLE | {"OIDC_ISSUER": f"https://login.microsoftonline.com/{tenant}/v2.0"})


def test_the_address_of_the_configuration_is_not_the_issuer() -> None:
    said = refused(WHOLE | {"OIDC_ISSUER": f"{ISSUER}/.well-known/openid-configuration"})
    assert "write the issuer alone" in said


@pytest.mark.parametrize("domain", ["*.example.org", "me@example.org", "org"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    assert f"has {domain!r}" in refused(WHOLE | {"OIDC_ALLOWED_DOMAINS": f"police.example.org,{domain}"})


@pytest.mark.parametrize("name", ["OIDC_TRUST_EMAIL", "OIDC_SECOND_FACTOR"])
def test_a_switch_is_on_or_off_and_never_guessed(name: str) -> None:
    assert refused(WHOLE | {name: "flase"}) == f"{name} is 'flase'; write true or false."


def test_passwords_are_switched_off_only_where_there_is_another_way_in() -> None:
    provider = read(WHOLE, production=True)
    assert local_passwords({}, None)
    assert local_passwords({"LOCAL_PASSWORDS": "true"}, provider)
    assert not local_passwords({"LOCAL_PASSWORDS": "false"}, provider)
    with pytest.raises(ImproperlyConfigured, match="nobody could sign in"):
        local_passwords({"LOCAL_PASSWORDS": "false"}, None)
    with pytest.raises(ImproperlyConfigured, match="write true or false"):
        local_passwords({"LOCAL_PASSWORDS": "flase"}, provider)
