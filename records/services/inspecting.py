"""Looking at a file that somebody sent, in a process of its own with limits on time and memory."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from records import filetypes

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0
TOO_HEAVY = (
    "It takes too long or too much memory to look through, as files do that are made to bring computers to a stand. "
    "Print it to a new PDF, and add that."
)


def inspect(path: Path, *, name: str) -> filetypes.Recognised:
    """Return what the file at `path`, called `name` by its owner, is. Raises NotTaken with the reason and the mend.

    A file that kills its reader, or keeps it busy for longer than `PATIENCE_SECONDS`, harms nobody else.
    """
    filetypes.refuse_size(path.stat().st_size)
    command = [sys.executable, "-X", "utf8", "-m", "records.filetypes", str(path), filetypes.safe_name(name)]
    try:
        run = subprocess.run(  # noqa: S603  # our own module, on a path of our own
            command,
            cwd=settings.BASE_DIR,
            env={},  # it needs no address and no secret of ours
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise filetypes.NotTaken(TOO_HEAVY) from error
    if run.returncode != 0 or not run.stdout:
        logger.error("A file could not be looked through (status %s): %s", run.returncode, run.stderr[-2000:])
        raise filetypes.NotTaken(TOO_HEAVY)
    if refusal := json.loads(run.stdout).get("refused"):
        raise filetypes.NotTaken(refusal)
    return filetypes.Recognised.from_json(run.stdout)
