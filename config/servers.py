"""The launcher: starts the embedded PostgreSQL and Valkey, and with `run` the whole demo product.

    python -m config.servers run
    python -m config.servers exec [--throwaway] -- COMMAND…

Standard library only, Linux only. `run` keeps the servers, the web server, the worker and beat in the
foreground until Ctrl-C. `exec` runs one command with the servers at hand: those of a `run` on the same data
folder if there is one, its own otherwise. DATABASE_URL and REDIS_URL, where set, name servers that are used
instead of the embedded ones; DATA_DIR and PORT choose other places.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from config.data_folder import DataFolder
from config.processes import (
    POLL_SECONDS,
    LauncherError,
    StopRequestedError,
    StopSwitch,
    die_with_parent,
    say,
    under_launcher,
    wait_until,
)
from config.server_pair import ServerPair, await_named_servers, environment_with, take_or_attach
from config.supervisor import Supervisor

__all__ = ["die_with_parent", "execute", "main", "run"]

PROJECT_DIR = Path(__file__).resolve().parent.parent
DEFAULT_PORT = "8000"
COMMAND_STOP_SECONDS = 10


def run(folder: DataFolder, *, port: str) -> int:
    """Run the demo product in the foreground until it is told to stop; return the exit status."""
    switch = StopSwitch()
    switch.install()
    return Supervisor(folder, switch, project_dir=PROJECT_DIR, port=port).run()


def execute(command: Sequence[str], folder: DataFolder, *, durable: bool = True) -> int:
    """Run one command with the servers at hand and return its exit status.

    Attaches to servers that are up, or starts its own and stops them when nobody else uses them any more.
    """
    switch = StopSwitch()
    folder.prepare()
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        await_named_servers(switch)
        become(command, environment_with(folder.path, os.environ["DATABASE_URL"], os.environ["REDIS_URL"]))
    running = take_or_attach(folder, switch)
    if running is not None:
        become(command, environment_with(folder.path, running.database_url, running.redis_url))
    switch.install()
    servers = ServerPair(folder, switch, durable=durable)
    try:
        servers.start(command=" ".join(command).replace("\n", " "))
        status = run_in_foreground(command, servers.environment(), switch)
        folder.withdraw_addresses()
        _wait_for_other_users(folder, switch)
        return status
    finally:
        servers.stop()


def become(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Turn this process into the command."""
    try:
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - typed by the user
    except OSError as error:
        raise LauncherError(f"{command[0]} cannot be started: {error.strerror}.") from error


def run_in_foreground(command: Sequence[str], environment: Mapping[str, str], switch: StopSwitch) -> int:
    """Run a command that owns the terminal and return its exit status.

    Ctrl-C has reached the command already and is its own affair (a shell just drops the line); a SIGTERM
    came to this process alone and is passed on.
    """
    process = subprocess.Popen(under_launcher(command, death_signal=signal.SIGKILL), env=dict(environment))
    while process.poll() is None and not switch.terminations:
        time.sleep(POLL_SECONDS)
    if process.poll() is None:
        process.terminate()
        wait_until(lambda: process.poll() is not None, seconds=COMMAND_STOP_SECONDS)
        process.kill()
    status = process.wait()
    if not switch.terminations:
        switch.forget()
    return status if status >= 0 else 128 - status


def _wait_for_other_users(folder: DataFolder, switch: StopSwitch) -> None:
    if switch.requests or not folder.in_use_by_others():
        return
    say("Another command still uses these servers; they end with it. Ctrl-C ends them now.")
    wait_until(lambda: switch.requests > 0 or not folder.in_use_by_others(), seconds=float("inf"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, do what it says, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.servers", description="Starts the product's servers.")
    parser.add_argument("--parent", type=int, help="process number of the caller, to end when it ends")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="run the whole demo product in the foreground")
    execute_parser = commands.add_parser("exec", help="run one command with the servers at hand")
    execute_parser.add_argument("--throwaway", action="store_true", help="the data may be lost in a power cut")
    execute_parser.add_argument("words", nargs="+", metavar="COMMAND")
    for subparser in (run_parser, execute_parser):
        subparser.add_argument("--data-dir", help="where the data lies (default: DATA_DIR, else var/)")
    chosen = parser.parse_args(arguments)
    die_with_parent(chosen.parent, death_signal=signal.SIGTERM)
    folder = DataFolder(Path(chosen.data_dir or os.environ.get("DATA_DIR") or PROJECT_DIR / "var").resolve())
    try:
        if chosen.command == "run":
            return run(folder, port=os.environ.get("PORT") or DEFAULT_PORT)
        return execute(chosen.words, folder, durable=not chosen.throwaway)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1
    except (StopRequestedError, KeyboardInterrupt):
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
