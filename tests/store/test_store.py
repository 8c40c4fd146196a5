import os
import subprocess
import sys
import threading

import pytest

from nnbuilder.store import Conflict, Store, StoreError
from nnbuilder.store.store import RUNS_KEPT

# A database of its own for the tests; what they write into it stays there.
URLS = [None, *filter(None, [os.environ.get("NNBUILDER_TEST_POSTGRES_URL")])]


@pytest.fixture(params=URLS, ids=lambda url: "sqlite" if url is None else url.split(":")[0])
def store(request, tmp_path):
    opened = Store.open(url=request.param, home=tmp_path)
    yield opened
    opened.close()


def test_a_project_is_found_again_after_a_restart(tmp_path):
    first = Store.open(home=tmp_path)
    made = first.create_project({"name": "Übung", "version": 1})
    first.close()
    second = Store.open(home=tmp_path)
    assert second.project(made.id) == made
    second.close()


def test_ids_cannot_be_guessed_and_others_find_nothing(store):
    ids = {store.create_project({}).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 20
    for wrong in ("", "x", "../../etc/passwd", "a" * 22, "' OR 1=1 --"):
        assert store.project(wrong) is None


def test_a_save_with_an_old_revision_gets_the_newer_project(store):
    made = store.create_project({"name": "a"})
    newer = store.save_project(made.id, {"name": "b"}, made.revision)
    assert newer.revision == made.revision + 1
    with pytest.raises(Conflict) as caught:
        store.save_project(made.id, {"name": "c"}, made.revision)
    assert caught.value.newer == newer
    assert store.project(made.id) == newer


def test_of_many_saves_at_once_with_one_revision_exactly_one_wins(store):
    made = store.create_project({"name": "start"})
    outcomes = []

    def save(number):
        try:
            outcomes.append(store.save_project(made.id, {"name": number}, made.revision).spec["name"])
        except Conflict:
            outcomes.append(None)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [outcome for outcome in outcomes if outcome is not None]
    assert len(outcomes) == 8
    assert store.project(made.id).spec["name"] == winner


def test_processes_that_start_together_share_one_store(tmp_path):
    code = (
        "import sys; from pathlib import Path; from nnbuilder.store import Store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "store = Store.open(home=Path(sys.argv[1]))\n"
        "for number in range(5): print(store.create_project({'number': number}).id)"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    found = [line for child in children for line in child.communicate(timeout=60)[0].split()]
    assert [child.returncode for child in children] == [0] * 4
    store = Store.open(home=tmp_path)
    assert len(set(found)) == 20
    assert all(store.project(project_id) is not None for project_id in found)
    store.close()


def test_runs_made_at_once_get_numbers_of_their_own(store):
    made, other = store.create_project({}), store.create_project({})
    runs = []
    threads = [threading.Thread(target=lambda: runs.append(store.create_run(made.id, {}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.serial for run in runs) == list(range(1, 9))
    assert [run.serial for run in store.runs(made.id)] == list(range(8, 0, -1))
    assert store.current_run(made.id).serial == 8
    assert store.create_run(other.id, {}).serial == 1


def test_a_run_of_no_project_is_refused_and_leaves_no_folder(store):
    with pytest.raises(StoreError, match="no longer stored"):
        store.create_run("x" * 22, {})
    assert list((store.home / "runs").iterdir()) == []


def test_runs_keep_what_was_told_of_them(store):
    made = store.create_project({})
    assert store.current_run(made.id) is None
    run = store.create_run(made.id, {"version": 1, "training": {"epochs": 20}})
    assert (run.state, run.epoch, run.epochs) == ("starting", 0, 20)
    store.update_run(run.id, state="training", epoch=3, latest={"train_loss": 0.5}, message="x", epochs=40)
    found = store.current_run(made.id)
    assert (found.state, found.epoch, found.latest, found.message) == ("training", 3, {"train_loss": 0.5}, "x")
    assert found.epochs == 40
    assert found.spec == {"version": 1, "training": {"epochs": 20}}
    assert store.run_folder(run.id).is_dir()


@pytest.mark.parametrize("wrong", ["../outside", "a/b" * 8, "", "." * 20])
def test_a_run_folder_is_never_outside(store, wrong):
    with pytest.raises(StoreError):
        store.run_folder(wrong)


def test_old_runs_go_with_their_files(store, monkeypatch):
    made = store.create_project({})
    first = store.create_run(made.id, {})
    folder = store.run_folder(first.id)
    (folder / "checkpoint.pth").write_bytes(b"x")
    for _ in range(RUNS_KEPT):
        store.create_run(made.id, {})
    assert len(store.runs(made.id, 100)) == RUNS_KEPT
    assert store.run(first.id) is None
    assert not folder.exists()
    monkeypatch.setattr("nnbuilder.store.store.RUNS_KEPT", 3)
    assert store.create_run(made.id, {}).serial == RUNS_KEPT + 2
    left = store.runs(made.id, 100)
    assert [run.serial for run in left] == [RUNS_KEPT + 2, RUNS_KEPT + 1, RUNS_KEPT]
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted(run.id for run in left)


def test_runs_of_a_killed_server_sleep_or_are_lost(store):
    made = store.create_project({})
    saved, unsaved, done = (store.create_run(made.id, {}) for _ in range(3))
    (store.run_folder(saved.id) / "checkpoint.pth").write_bytes(b"x")
    store.update_run(done.id, state="done")
    store.recover()
    assert store.run(saved.id).state == "asleep"
    assert store.run(unsaved.id).state == "lost"
    assert store.run(done.id).state == "done"
    assert store.run(saved.id).message.endswith(".")


@pytest.mark.parametrize("name", ["– ′ 日本 <b>", "nul \0", "half a pair \ud800"])
def test_specs_come_back_as_they_were(store, name):
    spec = {"name": name, "numbers": [1, 2.5, 1e-300], "nothing": None}
    made = store.create_project(spec)
    assert store.project(made.id).spec == spec
    run = store.create_run(made.id, spec)
    store.update_run(run.id, message=name, latest=spec)
    assert store.run(run.id).latest == spec
    assert made.name[:4] == store.run(run.id).message[:4] == name[:4]


def test_recent_projects_are_those_asked_for_last_opened_first(store, monkeypatch):
    now = 1_800_000_000.0
    monkeypatch.setattr("nnbuilder.store.store.time.time", lambda: now)
    first, second, third, foreign = (store.create_project({"name": name}) for name in ("a", "b", "c", "d"))
    now += 10_000
    assert store.project(second.id).opened == second.opened  # Read before it is noted.
    now += 10
    store.save_project(third.id, {"name": "C"})
    asked = [first.id, second.id, third.id, "x" * 22, "../x"]
    found = store.recent_projects(asked)
    assert [record.name for record in found] == ["C", "b", "a"]
    assert foreign.id not in {record.id for record in found}
    assert [record.opened for record in found] == [now, now - 10, first.opened]
    store.project(third.id)
    assert store.project(third.id).opened == now
    assert store.recent_projects([]) == []


def test_a_run_that_is_taken_up_is_the_current_one_and_is_not_dropped_first(store, monkeypatch):
    made = store.create_project({"name": "a"})
    first, second = (store.create_run(made.id, {}) for _ in range(2))
    store.take_up(first.id)
    assert store.current_run(made.id).id == first.id
    assert [run.id for run in store.runs(made.id)] == [first.id, second.id]
    monkeypatch.setattr("nnbuilder.store.store.RUNS_KEPT", 2)
    third = store.create_run(made.id, {})
    assert (third.serial, store.current_run(made.id).id) == (3, third.id)
    assert {run.id for run in store.runs(made.id)} == {first.id, third.id}
    store.take_up("x" * 22)
    assert store.current_run(made.id).id == third.id
