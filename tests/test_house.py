"""The house stands as docs say: imports run one way, nothing is missing from the migrations, no back stairs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[1]
ROOMS = (
    "config",
    "home",
    "papers",
    "insight",
    "assurance",
    "injuries",
    "risks",
    "maturity",
    "actions",
    "organisation",
    "records",
    "rendering",
)


def python_files(*folders: str) -> list[Path]:
    found = [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]
    assert found, f"no Python files below {folders}: has the house moved?"
    return found


def test_imports_run_down_the_house() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.django_db
def test_the_models_need_no_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("path", python_files(*ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_imports_from_another_room(path: Path) -> None:
    """An import inside a function hides a door that the contract would refuse. Lazy imports of libraries are fine."""
    room = path.relative_to(ROOT).parts[0]
    hidden = [
        f"line {node.lineno}"
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
        if name.split(".")[0] in set(ROOMS) - {room}
    ]
    assert not hidden, f"{path.relative_to(ROOT)}: {hidden}"


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if node.module and not node.level else []


def test_nothing_defines_signals() -> None:
    """Wiring by signals is invisible at the call site. The worker's own process signals are the one exception."""
    users = [
        str(path.relative_to(ROOT))
        for path in python_files(*ROOMS)
        if "django.dispatch" in (text := path.read_text(encoding="utf-8")) or "db.models.signals" in text
    ]
    assert users == []
