"""The launcher against real processes: what it starts ends, whatever happens to it, and what was saved stays."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import server_pair
from config.embedded import Postgres, answers, make_socket_folder, socket_path
from config.processes import LauncherError, StopSwitch
from config.supervisor import DeathCount, port_number
from tests.config.launchers import PATIENCE_SECONDS, PROJECT, WAIT_FOR_GO, Launchers, eventually, first_line, query


def test_a_command_gets_both_servers_and_nothing_is_left_afterwards(launchers: Launchers) -> None:
    process = launchers.execute("sh", "-c", f'echo "$REDIS_URL"; {WAIT_FOR_GO}')
    redis_url, database_url = first_line(process), first_line(process)
    assert answers(redis_url)
    assert query(database_url, "SHOW server_encoding") == [("UTF8",)]
    assert query(database_url, "SHOW listen_addresses") == [("",)]
    socket_folder = (socket_path(database_url) or Path()).parent
    assert socket_folder.stat().st_mode & 0o777 == 0o700
    assert (launchers.data_dir / "run.env").stat().st_mode & 0o777 == 0o600
    (launchers.data_dir / "go").touch()
    assert process.wait(PATIENCE_SECONDS) == 0
    assert launchers.running() == []
    assert not socket_folder.exists()
    assert not (launchers.data_dir / "run.env").exists()


def test_the_exit_status_is_the_commands_own(launchers: Launchers) -> None:
    assert launchers.run("sh", "-c", "exit 7")[0] == 7


def test_a_second_command_attaches_to_the_servers_at_work(launchers: Launchers) -> None:
    first = launchers.execute("sh", "-c", WAIT_FOR_GO)
    url = first_line(first)
    status, output, _ = launchers.run("sh", "-c", 'echo "$DATABASE_URL"')
    assert (status, output.strip()) == (0, url)
    assert query(url, "SELECT 1") == [(1,)]
    (launchers.data_dir / "go").touch()
    assert first.wait(PATIENCE_SECONDS) == 0
    assert launchers.running() == []


def test_the_servers_stay_until_the_last_command_has_ended(launchers: Launchers) -> None:
    first = launchers.execute("sh", "-c", 'until [ -e "$DATA_DIR/first" ]; do sleep 0.05; done')
    assert eventually((launchers.data_dir / "run.env").exists)
    second = launchers.execute("sh", "-c", WAIT_FOR_GO)
    url = first_line(second)
    (launchers.data_dir / "first").touch()
    assert "Another command still uses" in first_line(first)
    assert query(url, "SELECT 1") == [(1,)]
    (launchers.data_dir / "go").touch()
    assert second.wait(PATIENCE_SECONDS) == 0
    assert first.wait(PATIENCE_SECONDS) == 0
    assert launchers.running() == []


def test_a_killed_launcher_leaves_no_orphan_and_loses_nothing(launchers: Launchers) -> None:
    first = launchers.execute("sh", "-c", WAIT_FOR_GO)
    query(first_line(first), "CREATE TABLE kept AS SELECT 42 AS answer")
    first.kill()
    assert launchers.nothing_left(), launchers.running()
    second = launchers.execute("sh", "-c", WAIT_FOR_GO)
    assert query(first_line(second), "SELECT answer FROM kept") == [(42,)]


def test_the_launcher_ends_with_the_shell_that_started_it(launchers: Launchers) -> None:
    shell = subprocess.Popen(
        [
            "sh",
            "-c",
            f'"{sys.executable}" -m config.servers --parent $$ exec --data-dir "$0" -- sleep 600; true',
            str(launchers.data_dir),
        ],
        cwd=PROJECT,
        env=launchers.environment(),
        start_new_session=True,
    )
    launched = eventually((launchers.data_dir / "run.env").exists, PATIENCE_SECONDS)
    shell.kill()
    shell.wait()
    assert launched
    assert launchers.nothing_left(), launchers.running()


def test_sigterm_ends_the_command_and_then_the_servers(launchers: Launchers) -> None:
    process = launchers.execute(
        "sh", "-c", 'trap "echo asked to end; exit 3" TERM; echo ready; while :; do sleep 0.1; done'
    )
    first_line(process)
    process.terminate()
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert "asked to end" in output
    assert process.returncode == 3


def test_a_number_left_in_the_postmasters_file_does_not_block(ordinary_launchers: Launchers) -> None:
    # The number of a live process of the same user is the case that PostgreSQL itself refuses.
    assert ordinary_launchers.run("true")[0] == 0
    other = subprocess.Popen([*ordinary_launchers.before, "sleep", "600"])
    try:
        cluster = ordinary_launchers.data_dir / "postgres"
        (cluster / "postmaster.pid").write_text(f"{other.pid}\n{cluster}\n1\n5432\n/tmp\n\n")
        status, output, messages = ordinary_launchers.run("sh", "-c", 'echo "$DATABASE_URL"')
    finally:
        other.kill()
        other.wait()
    assert status == 0, messages
    assert output.startswith("postgres://")


def test_a_postmaster_left_behind_is_stopped(launchers: Launchers) -> None:
    assert launchers.run("true")[0] == 0
    sockets = make_socket_folder()
    logs = launchers.data_dir / "log"
    left_behind = Postgres(launchers.data_dir, sockets=sockets, logs=logs).start(StopSwitch())
    try:
        status, _, messages = launchers.run("true")
        assert status == 0, messages
        assert not left_behind.running
    finally:
        left_behind.stop(seconds=5, switch=StopSwitch())
        shutil.rmtree(sockets)


def test_a_database_of_another_postgresql_is_refused_with_advice(launchers: Launchers) -> None:
    assert launchers.run("true")[0] == 0
    (launchers.data_dir / "postgres" / "PG_VERSION").write_text("14\n")
    status, _, messages = launchers.run("true")
    assert status == 1
    assert "was made by PostgreSQL 14" in messages
    assert f"mv {launchers.data_dir}/postgres {launchers.data_dir}/postgres-14" in messages
    assert "Traceback" not in messages
    assert launchers.running() == []


def test_an_ordinary_user_can_start_the_servers(ordinary_launchers: Launchers) -> None:
    process = ordinary_launchers.execute("sh", "-c", f"id -u; {WAIT_FOR_GO}")
    assert first_line(process) != "0"
    assert answers(first_line(process))
    owners = {path.stat().st_uid for path in ordinary_launchers.data_dir.iterdir()}
    assert owners == {ordinary_launchers.data_dir.stat().st_uid}
    process.kill()
    assert ordinary_launchers.nothing_left(), ordinary_launchers.running()


def test_a_long_data_folder_name_is_no_obstacle(launchers: Launchers) -> None:
    launchers.data_dir = launchers.data_dir.joinpath(*["a-folder-with-a-long-name"] * 5)
    status, output, messages = launchers.run("sh", "-c", 'echo "$DATABASE_URL"')
    assert status == 0, messages
    assert len(output) < 100


def test_a_data_folder_that_cannot_be_written_is_named(ordinary_launchers: Launchers) -> None:
    ordinary_launchers.data_dir.chmod(0o500)
    status, _, messages = ordinary_launchers.run("true")
    ordinary_launchers.data_dir.chmod(0o700)
    assert status == 1
    assert str(ordinary_launchers.data_dir) in messages
    assert "DATA_DIR=" in messages
    assert "Traceback" not in messages


def test_run_refuses_a_port_in_use_before_it_starts_anything(launchers: Launchers) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = launchers.start("run", "--data-dir", str(launchers.data_dir), PORT=port)
        output, messages = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in messages
    assert output == ""
    assert not (launchers.data_dir / "postgres").exists()


def test_run_refuses_a_folder_whose_servers_are_at_work(launchers: Launchers) -> None:
    first = launchers.execute("sh", "-c", WAIT_FOR_GO)
    first_line(first)
    process = launchers.start("run", "--data-dir", str(launchers.data_dir), PORT="1")
    _, messages = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert f"already at work (process {first.pid}" in messages


@pytest.mark.parametrize("text", ["", "0", "65536", "http", "80 80", "８０００"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LauncherError, match="PORT"):
        port_number(text)


def test_a_named_server_that_is_silent_is_reported_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_pair, "REACH_SECONDS", 0.1)
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@127.0.0.1:1/product")
    with pytest.raises(LauncherError) as error:
        server_pair.await_named_servers(StopSwitch())
    assert "DATABASE_URL names (postgres://me:…@127.0.0.1:1/product)" in str(error.value)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("redis+socket:///run/x/valkey.sock", "/run/x/valkey.sock"),
        ("unix:///run/x/valkey.sock?db=1", "/run/x/valkey.sock"),
        ("postgres://postgres@//run/x/truelevel", "/run/x/.s.PGSQL.5432"),
        ("postgres://postgres@%2Frun%2FX/truelevel", "/run/X/.s.PGSQL.5432"),
        ("postgres://me:secret@db.example:5432/product", None),
        ("redis://:secret@cache.example/0", None),
    ],
)
def test_an_address_names_a_socket_or_a_host(url: str, path: str | None) -> None:
    assert socket_path(url) == (Path(path) if path else None)


def test_a_service_that_keeps_dying_is_given_up_at_the_fifth_death_in_a_minute() -> None:
    deaths = DeathCount()
    assert [deaths.pause_after_death(now) for now in (0, 10, 20, 30, 40)] == [0.5, 1, 2, 4, None]


def test_deaths_far_apart_are_forgiven() -> None:
    deaths = DeathCount()
    assert [deaths.pause_after_death(now) for now in (0, 100, 200, 300, 400, 500)] == [0.5] * 6
