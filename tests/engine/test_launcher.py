"""The launcher: what happens when it, or the web process above it, is killed; and its other way, spare workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from nnbuilder.engine.settings import Settings
from tests.engine.harness import LONG, alive, project, request, running_engine, until

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
    import asyncio, json, sys
    from pathlib import Path
    from nnbuilder.engine.local import LocalEngine
    from nnbuilder.engine.protocol import RunRequest
    from nnbuilder.engine.settings import Settings

    async def main():
        engine = LocalEngine(Settings(grace=600, fork=sys.argv[2] == "fork"))
        await engine.open()
        folder = Path(sys.argv[1])
        engine.submit(RunRequest("run", sys.stdin.read(), folder, None, "me", train=True))
        while engine.status("run")["epoch"] == 0:
            await asyncio.sleep(0.02)
        print("learning", flush=True)
        await asyncio.sleep(60)

    asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["fork", "spare"])
def test_nothing_outlives_a_killed_web_process_and_the_checkpoint_is_there(tmp_path, way):
    server = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(tmp_path), way],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        server.stdin.write(json.dumps(project(LONG)))
        server.stdin.close()
        assert server.stdout.readline() == "learning\n"
        family = set(psutil.Process(server.pid).children(recursive=True))
        assert len(family) >= 2
        (tmp_path / "checkpoint.pth").unlink(missing_ok=True)
        server.kill()
    until(lambda: not alive(family), "nothing is left", 6)
    assert (tmp_path / "checkpoint.pth").exists()


def test_a_killed_launcher_is_replaced_and_its_runs_are_lost(tmp_path):
    with running_engine(Settings(grace=600)) as harness:
        harness.engine.submit(request("run", tmp_path, project(LONG), train=True))
        harness.wait("run", "training")
        until(lambda: harness.engine.status("run")["epoch"] > 0, "something is learned")
        family = harness.family()
        os.kill(harness.engine.launcher.pid, signal.SIGKILL)
        assert "its launcher was lost" in harness.wait("run", "lost")["message"]
        until(lambda: not alive(family), "the old family is gone")
        path = tmp_path / "run" / "checkpoint.pth"
        assert path.exists()
        harness.engine.submit(request("run", tmp_path, project(LONG), checkpoint=path, train=True))
        assert harness.wait("run", "training")["epoch"] > 0


def test_the_launcher_bears_a_ctrl_c_in_the_terminal(shared_engine):
    launcher = psutil.Process(shared_engine.engine.launcher.pid)
    assert os.getpgid(launcher.pid) != os.getpgid(0)
    assert len(shared_engine.engine.devices(60)) > 1
    launcher.send_signal(signal.SIGINT)
    with pytest.raises(psutil.TimeoutExpired):
        launcher.wait(0.2)


def test_where_and_token_are_not_among_the_arguments(shared_engine):
    launcher = psutil.Process(shared_engine.engine.launcher.pid)
    token = shared_engine.engine.launcher.token
    assert token
    assert not any(token in word for word in launcher.cmdline())
    assert token not in launcher.environ().values()


def test_a_worker_shares_nothing_of_the_launcher_but_its_pages(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    worker = psutil.Process(engine.pid("run"))
    assert len(worker.net_connections()) == 1
    assert worker.nice() > psutil.Process().nice()
    assert worker.memory_full_info().uss < 60e6


def test_spare_workers_do_it_without_fork(tmp_path):
    with running_engine(Settings(grace=600, fork=False)) as harness:
        engine = harness.engine
        for run_id in ("one", "two"):
            engine.submit(request(run_id, tmp_path, project(LONG), train=True))
        for run_id in ("one", "two"):
            harness.wait(run_id, "training")
        assert engine.devices()[0].key == "cpu"
        os.kill(harness.pid("one"), signal.SIGKILL)
        assert "was killed (SIGKILL)" in harness.wait("one", "lost")["message"]
        assert engine.control("two", {"do": "checkpoint"}, 10)["epoch"] > 0
        engine.export(tmp_path / "two" / "checkpoint.pth", "state_dict", tmp_path / "state_dict.pth")
        assert (tmp_path / "state_dict.pth").stat().st_size > 500
