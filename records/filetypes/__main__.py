"""Look at one file in a process of its own: `python -m records.filetypes PATH NAME`.

Prints a line of JSON: what was recognised, or {"refused": …}. The limits end the process where a file is made to keep
its reader busy; whoever started it takes an end without a line as a refusal.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from records.filetypes import NotTaken, recognise

MOST_CPU_SECONDS = 20
MOST_MEMORY = 1536 * 1024 * 1024


def main() -> None:
    path, name = sys.argv[1:3]
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = recognise(Path(path), name).as_json()
    except NotTaken as refusal:
        answer = json.dumps({"refused": str(refusal)})
    sys.stdout.write(answer + "\n")


if __name__ == "__main__":
    main()
