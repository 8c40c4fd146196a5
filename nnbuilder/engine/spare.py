"""A warm worker that waits for a job on its standard input; used where processes cannot be forked."""

from __future__ import annotations

import json
import os
import signal
import sys

from nnbuilder.engine.jobs import perform
from nnbuilder.engine.process import be_modest, die_with_parent
from nnbuilder.engine.warm import warm_up


def main() -> int:
    """Get warm, answer questions until there is a run to do, do it; when the input ends the parent is gone."""
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(int(sys.argv[1]), signal.SIGTERM)
    be_modest()
    warm_up()
    for line in sys.stdin:
        job = json.loads(line)
        code = perform(job)
        if job["kind"] == "run":
            return code
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Without the interpreter's own way out: a thread may still wait for commands.
    os._exit(code)
