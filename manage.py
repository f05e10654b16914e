#!/usr/bin/env python
"""Run a management command. `make manage ARGS="…"` runs it against the project's own servers."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

import config.celery  # noqa: F401  # commands ring the worker too; says what setting is missing

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")  # a setting that is missing or wrong, in words: no traceback for it
