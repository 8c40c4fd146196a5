import json
import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, text

from nnbuilder.store import Conflict, Store, StoreError
from nnbuilder.store.files import write_atomically
from nnbuilder.store.store import RUNS_KEPT
from nnbuilder.store.tables import SCHEMA_VERSION

URLS = [None, *([os.environ["NNBUILDER_TEST_DATABASE_URL"]] if "NNBUILDER_TEST_DATABASE_URL" in os.environ else [])]


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


def test_two_processes_share_one_store(tmp_path):
    store = Store.open(home=tmp_path)
    code = (
        "import sys; from pathlib import Path; from nnbuilder.store import Store\n"
        "store = Store.open(home=Path(sys.argv[1]))\n"
        "for number in range(20): print(store.create_project({'number': number}).id)"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    found = [line for child in children for line in child.communicate()[0].split()]
    assert len(set(found)) == 40
    assert all(store.project(project_id) is not None for project_id in found)
    store.close()


def test_runs_keep_what_was_told_of_them(store):
    made = store.create_project({})
    assert store.current_run(made.id) is None
    run = store.create_run(made.id, {"version": 1})
    store.update_run(run.id, state="training", epoch=3, latest={"train_loss": 0.5}, message="x")
    found = store.current_run(made.id)
    assert (found.state, found.epoch, found.latest, found.message) == ("training", 3, {"train_loss": 0.5}, "x")
    assert found.spec == {"version": 1}
    assert store.run_folder(run.id).is_dir()


@pytest.mark.parametrize("wrong", ["../outside", "a/b" * 8, "", "." * 20])
def test_a_run_folder_is_never_outside(store, wrong):
    with pytest.raises(StoreError):
        store.run_folder(wrong)


def test_old_runs_go_with_their_files(store):
    made = store.create_project({})
    first = store.create_run(made.id, {})
    folder = store.run_folder(first.id)
    (folder / "checkpoint.pth").write_bytes(b"x")
    for _ in range(RUNS_KEPT):
        store.create_run(made.id, {})
    assert len(store.runs(made.id, 100)) == RUNS_KEPT
    assert store.run(first.id) is None
    assert not folder.exists()


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


def test_a_damaged_database_is_moved_aside_and_kept(tmp_path):
    (tmp_path / "nnbuilder.db").write_bytes(b"no database at all" * 500)
    store = Store.open(home=tmp_path)
    assert store.project(store.create_project({"a": 1}).id) is not None
    store.close()
    (kept,) = tmp_path.glob("nnbuilder.damaged-*")
    assert kept.read_bytes().startswith(b"no database")


def test_a_database_of_a_newer_program_is_left_alone(tmp_path):
    Store.open(home=tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'nnbuilder.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema SET version = :version"), {"version": SCHEMA_VERSION + 1})
    engine.dispose()
    with pytest.raises(StoreError, match="newer program"):
        Store.open(home=tmp_path)


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="NNBUILDER_HOME"):
        Store.open(home=tmp_path / "file" / "home")


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://localhost/x", "sqlite:////nowhere/at/all/x.db"])
def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path, url):
    with pytest.raises(StoreError, match="NNBUILDER_DATABASE_URL"):
        Store.open(url=url, home=tmp_path)


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "model.pth"
    write_atomically(path, b"first")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_atomically(path, b"second")
    assert path.read_bytes() == b"first"
    assert [file.name for file in tmp_path.iterdir()] == ["model.pth"]


def test_specs_come_back_as_they_were(store):
    spec = json.loads('{"text": "– ′ 日本 \\u0000 <b>", "numbers": [1, 2.5, 1e-300], "nothing": null}')
    if store._engine.dialect.name == "postgresql":
        spec["text"] = spec["text"].replace("\0", "")
    assert store.project(store.create_project(spec).id).spec == spec
