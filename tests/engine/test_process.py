from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from nnbuilder.engine.process import describe_exit

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel offers this on Linux only")


@pytest.mark.parametrize(
    ("code", "memory_kill", "words"),
    [
        (3, False, "ended by itself with exit code 3"),
        (-9, False, "was killed (SIGKILL)"),
        (-11, True, "was killed (SIGSEGV)"),
        (-9, True, "was stopped by the system because memory ran out"),
        (-63, False, "was killed (signal 63)"),
    ],
)
def test_an_exit_is_put_into_words(code, memory_kill, words):
    assert describe_exit(code, memory_kill) == words


@linux
def test_a_child_ends_with_its_parent():
    child = (
        "import sys, time; from nnbuilder.engine.process import die_with_parent;"
        "die_with_parent(int(sys.argv[1])); print('set', flush=True); time.sleep(60)"
    )
    parent = (
        "import os, subprocess, sys;"
        f"p = subprocess.Popen([sys.executable, '-c', {child!r}, str(os.getpid())], stdout=subprocess.PIPE);"
        "p.stdout.readline(); print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    answer = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    pid = int(answer.stdout)
    end = time.monotonic() + 60
    while time.monotonic() < end and _runs(pid):
        time.sleep(0.01)
    assert not _runs(pid)


@linux
def test_memory_and_priority_are_limited():
    script = (
        "import os; from nnbuilder.engine.process import be_modest, limit_memory\n"
        "before = os.nice(0); be_modest(); limit_memory(256)\n"
        "print(os.nice(0) - before)\n"
        "try: bytearray(2**29)\n"
        "except MemoryError: print('refused')"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout.split() == ["5", "refused"]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
