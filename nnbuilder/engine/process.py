"""What a process of the engine does to itself: lower priority, limits, and an end when its parent ends."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Ask the kernel for signal `number` when the parent with this pid ends; Linux only.

    Elsewhere the end of the connection to the engine does the same, a little later.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        # The parent ended before the kernel was asked.
        os.kill(os.getpid(), number)


def be_modest(niceness: int = 5) -> None:
    """Take lower priority than the web process, and be killed before it when memory runs out. To be called once."""
    if sys.platform == "win32":
        return
    os.nice(niceness)
    if sys.platform.startswith("linux"):
        try:
            Path("/proc/self/oom_score_adj").write_text("600")
        except OSError as error:
            print(f"The worker's score for the out-of-memory killer was not raised: {error}", file=sys.stderr)


def step_back(niceness: int = 5) -> None:
    """Take lower priority than the runs, too: a bar that moves may wait, a click may not. To be called once."""
    if sys.platform != "win32":
        os.nice(niceness)


def be_modest_together(niceness: int = 5) -> None:
    """Take lower priority than the web process with all children, where sessions share the time (Linux's autogroup).

    There the niceness of a process counts only among those of its own session, and the launcher has one of its own.
    """
    path = Path("/proc/self/autogroup")
    if path.exists():
        with contextlib.suppress(OSError):
            path.write_text(str(niceness))


def limit_memory(mebibytes: int) -> None:
    """Be refused more than this much private memory (0: no limit), as a MemoryError in place of a dead machine."""
    if sys.platform == "win32" or not mebibytes:
        return
    import resource

    # Not RLIMIT_AS: CUDA reserves address space by the terabyte.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def machine_kills() -> int:
    """How often the kernel has killed a process for memory so far; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def describe_exit(code: int, memory_kill: bool) -> str:
    """How a process ended, as the end of "The worker …"; negative codes are signals."""
    if code >= 0:
        return f"ended by itself with exit code {code}"
    if memory_kill and -code == signal.SIGKILL:
        return "was stopped by the system because memory ran out"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was killed ({name})"
