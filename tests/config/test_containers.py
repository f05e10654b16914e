"""The container files, as far as they can be checked without an engine: what the linters do not see."""

import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import fields
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from ruamel.yaml import YAML

from config import retention, single_sign_on

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
OPTIONAL_SECRETS = {"DATABASE_READER_PASSWORD", "SECRET_KEY_FALLBACKS", "OIDC_CLIENT_SECRET", "LOCAL_PASSWORDS"}
BOTH_OURS = ("web", "worker", "beat", "prepare")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    # Through JSON: merged keys become plain ones.
    return dict(json.loads(json.dumps(YAML(typ="safe").load(text))))


@pytest.fixture(scope="module")
def dockerfile() -> list[list[str]]:
    """The instructions, one a row, continued lines joined and comments dropped."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    return [shlex.split(line) for line in joined.splitlines() if line.strip()]


def test_the_compose_file_keeps_to_its_schema() -> None:
    command = [str(TOOLS / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_dockerfile_passes_its_linter() -> None:
    result = subprocess.run(
        [str(TOOLS / "hadolint"), "Dockerfile"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_there_is_a_service_for_each_part(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"database", "broker", "prepare", "web", "worker", "beat"}


def test_services_wait_only_for_services_that_exist_and_can_become_ready(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"], f"{name} waits for {other}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other], f"{name} waits for the health of {other}"
            else:
                assert how["condition"] == "service_completed_successfully"
                # A service that is restarted without end never completes.
                assert compose["services"][other]["restart"].startswith("on-failure")


@pytest.mark.parametrize("kind", ["volumes", "networks"])
def test_every_volume_and_network_is_declared_and_used(compose: dict[str, Any], kind: str) -> None:
    used = {entry.split(":")[0] for service in compose["services"].values() for entry in service.get(kind, [])}
    assert used == set(compose[kind])


def test_every_lasting_service_reports_its_health(compose: dict[str, Any]) -> None:
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert without == {"prepare"}


@pytest.mark.django_db(transaction=True)  # the web server is another process and reads the tables too
def test_the_web_servers_health_check_passes_where_it_answers_and_nowhere_else(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    """The product answers for its own names and over TLS only, so the check has to ask as the proxy does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    environment = os.environ | {
        "TRUELEVEL_PROFILE": "production",
        "SECRET_KEY": "Zx3vN6cQm1gP0yKsB8dHf2LrT5wUoJ9aVeI7iXnCqRb4MhGkDtYpSjEuWlOzFA",  # made for this test
        "ALLOWED_HOSTS": "truelevel.example.org,other.example.org",
        "BEHIND_PROXY": "true",
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}",
        "DATA_DIR": str(tmp_path),
        "PORT": port,
    }
    _, _, option, script = compose["services"]["web"]["healthcheck"]["test"]
    assert option == "-c"
    assert "8000" in script
    check = [sys.executable, "-c", script.replace("8000", port)]

    def healthy() -> bool:
        return subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0

    assert not healthy()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=PROJECT,
        env=environment,
        check=True,
    )
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True) as web:
        try:
            deadline = time.monotonic() + 60
            while not (well := healthy()) and time.monotonic() < deadline:
                time.sleep(0.2)
            page = as_the_proxy_asks(port) if well else None
        finally:
            web.terminate()
        _, said = web.communicate(timeout=30)
    assert page is not None, said
    assert "ERROR" not in said
    # Browsers keep to TLS from then on, and what proves who somebody is never travels without it.
    assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Secure" in page["Set-Cookie"].split("; ")


def as_the_proxy_asks(port: str) -> Message:
    """Return the headers of the sign-in page."""
    headers = {"Host": "other.example.org", "X-Forwarded-Proto": "https"}
    with closing(http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)) as asking:
        asking.request("GET", "/account/sign-in/", headers=headers)
        return asking.getresponse().headers


def test_our_processes_share_one_environment_that_production_accepts(compose: dict[str, Any]) -> None:
    environments = [compose["services"][name]["environment"] for name in BOTH_OURS]
    owners_own = {"DATABASE_URL", "DATABASE_APPLICATION_PASSWORD", "DATABASE_READER_PASSWORD"}
    shared = [
        {name: value for name, value in environment.items() if name not in owners_own} for environment in environments
    ]
    assert all(environment == shared[0] for environment in shared)
    assert all(environment == environments[0] for environment in environments[:-1])
    settings = (PROJECT / "config" / "settings.py").read_text(encoding="utf-8")
    required = set(re.findall(r'_required\("(\w+)"\)', settings))
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"} <= required
    assert required <= set(environments[0])
    assert environments[0]["TRUELEVEL_PROFILE"] == "production"


def test_whatever_can_be_set_reaches_our_processes(compose: dict[str, Any]) -> None:
    """A setting that stands in .env and is not handed on would be believed to hold, and not hold."""
    settings = (PROJECT / "config" / "settings.py").read_text(encoding="utf-8")
    read_there = set(re.findall(r"""(?:env\.\w+|_[a-z_]+)\("([A-Z][A-Z_]+)\"""", settings))
    elsewhere = {*single_sign_on.NEEDED, *single_sign_on.OPTIONAL, "LOCAL_PASSWORDS"}
    periods = {f"KEEP_{field.name.upper()}" for field in fields(retention.Retention)}
    of_the_demo = {"TRUELEVEL_DEBUG", "PORT"}
    handed_on = set(compose["services"]["web"]["environment"])
    assert len(read_there) > 15
    assert (read_there | elsewhere | periods) - of_the_demo - handed_on == set()


def test_only_the_preparing_step_comes_to_the_database_as_its_owner(compose: dict[str, Any]) -> None:
    """docs/database-roles.md: whoever answers requests can neither change the trail nor make tables."""
    owner = compose["services"]["database"]["environment"]["POSTGRES_USER"]
    roles = {
        name: service["environment"]["DATABASE_URL"].removeprefix("postgres://").partition(":")[0]
        for name, service in compose["services"].items()
        if "DATABASE_URL" in service.get("environment", {})
    }
    assert roles == dict.fromkeys(("web", "worker", "beat"), "truelevel_application") | {"prepare": owner}
    steps = compose["services"]["prepare"]["command"][-1].split("\n")
    assert steps.index("python manage.py migrate --no-input") < steps.index("python manage.py prepare_database_roles")
    assert steps.index("python manage.py createcachetable") < steps.index("python manage.py prepare_database_roles")


def test_addresses_name_services(compose: dict[str, Any]) -> None:
    environment = compose["services"]["web"]["environment"]
    for name in ("DATABASE_URL", "REDIS_URL"):
        host = re.search(r"(?:@|//)([a-z]+):\d+/", environment[name])
        assert host is not None
        assert host[1] in compose["services"]


def test_no_secret_stands_in_the_compose_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "SECRET" in name or "PASSWORD" in name:
                # What an installation may do without is empty unless it says otherwise.
                demand = r"\$\{\w+:-\}" if name in OPTIONAL_SECRETS else r"\$\{\w+:\?[^}]+\}"
                assert re.fullmatch(demand, value), f"{name} has no demand for a value"


def test_only_the_web_server_is_published_and_only_on_this_machine(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert set(published) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert compose["networks"]["inside"] == {"internal": True}


def test_what_the_image_copies_is_there_and_let_through(dockerfile: list[list[str]]) -> None:
    ignore = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    stages = {row[3] for row in dockerfile if row[0] == "FROM" and len(row) > 3}
    for row in dockerfile:
        if row[0] != "COPY":
            continue
        if row[1].startswith("--from="):
            assert row[1].removeprefix("--from=") in stages
            continue
        for source in row[1:-1]:
            assert (PROJECT / source).exists(), source
            assert source == "." or source.split("/")[0] in allowed, f"{source} is kept out by .dockerignore"


def test_every_room_goes_into_the_image(dockerfile: list[list[str]]) -> None:
    assert ["COPY", ".", "."] in dockerfile
    allowed = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rooms = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert {"config", "records"} <= rooms
    assert {f"!{room}" for room in rooms} <= set(allowed)


def test_the_image_uses_the_installer_that_make_uses(dockerfile: list[list[str]]) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    version = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    assert version is not None
    assert any(f"uv=={version[1]}" in row for row in dockerfile)


def test_the_image_does_not_run_as_root(dockerfile: list[list[str]]) -> None:
    users = [row[1] for row in dockerfile if row[0] == "USER"]
    assert users
    assert users[-1].isdigit()
    assert users[-1] != "0"
