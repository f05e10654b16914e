"""How the web server runs, in the demo and in production; see docs/running.md for the variables."""

import os
from pathlib import Path
from typing import Any

from config.celery import app  # noqa: F401  # says what setting is missing once, before any process is forked
from config.processes import die_with_parent

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A page takes a fraction of a second: what takes longer is the worker's. Ten seconds let a slow upload
# finish.
graceful_timeout = 10
keepalive = 5
# The heartbeat file must not wait for a busy disk.
_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes a private file there
worker_tmp_dir = _MEMORY if Path(_MEMORY).is_dir() else None
control_socket_disable = True


def post_fork(_server: Any, worker: Any) -> None:
    """End the new web process with the one that forked it, without waiting for its next look round."""
    die_with_parent(worker.ppid)
