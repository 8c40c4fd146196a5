"""What a store does where opening or writing fails: damage, full disks, folders of others, wrong addresses."""

import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from nnbuilder.store import Store, StoreError
from nnbuilder.store.migrations import SCHEMA_VERSION


def child(code, *arguments, ends_with=0):
    """What a child process printed that runs `code` with the store's names at hand."""
    start = "import os, sys\nfrom pathlib import Path\nfrom nnbuilder.store import Store, StoreError\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code, *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == ends_with, done.stderr
    return done.stdout


def test_a_file_that_is_no_database_is_moved_aside_and_kept(tmp_path):
    (tmp_path / "nnbuilder.db").write_bytes(b"no database at all" * 500)
    store = Store.open(home=tmp_path)
    assert store.project(store.create_project({"a": 1}).id) is not None
    store.close()
    (kept,) = tmp_path.glob("nnbuilder.damaged-*")
    assert kept.read_bytes().startswith(b"no database")
    assert str(kept) in store.notice


def test_a_log_that_another_server_still_writes_stays_with_the_damaged_database(tmp_path):
    code = (
        "import sys; from pathlib import Path; from nnbuilder.store import Store\n"
        "store = Store.open(home=Path(sys.argv[1])); store.create_project({}); print('open', flush=True)\n"
        "sys.stdin.read()"
    )
    # Closed once, its tables lie in the file itself; else they lie in the log, and the file would not be missed.
    Store.open(home=tmp_path).close()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        file = tmp_path / "nnbuilder.db"
        with file.open("r+b") as content:
            content.write(b"\xff" * file.stat().st_size)
        store = Store.open(home=tmp_path)
        (kept,) = tmp_path.glob("nnbuilder.damaged-*.db")
        assert kept.with_name(f"{kept.name}-wal").exists()
        assert store.project(store.create_project({"a": 1}).id).spec == {"a": 1}
        store.close()


@pytest.mark.parametrize("place", [0, 8192], ids=["at its head", "in its middle"])
def test_a_damaged_database_is_moved_aside(tmp_path, place):
    # The child ends without closing, as a killed server does, so that the log stays beside the database.
    child(
        "store = Store.open(home=Path(sys.argv[1]))\n"
        "for number in range(200): store.create_project({'text': 'x' * 2000})\n"
        "store._reading.connect().exec_driver_sql('PRAGMA wal_checkpoint')\n"
        "store.create_project({}); os._exit(0)",
        tmp_path,
    )
    file = tmp_path / "nnbuilder.db"
    assert (tmp_path / "nnbuilder.db-wal").exists()
    with file.open("r+b") as content:
        content.seek(place)
        content.write(b"\xff" * 200_000)
    store = Store.open(home=tmp_path)
    assert "damaged" in store.notice
    made = store.create_project({"a": 1})
    store.close()
    second = Store.open(home=tmp_path)
    assert second.notice == ""
    assert second.project(made.id) == made
    second.close()
    (kept,) = tmp_path.glob("nnbuilder.damaged-*.db")
    assert kept.stat().st_size > 200_000


def test_what_a_killed_server_had_saved_is_there(tmp_path):
    made = child(
        "store = Store.open(home=Path(sys.argv[1]))\n"
        "print(store.create_project({'name': 'kept'}).id, flush=True); os.kill(os.getpid(), 9)",
        tmp_path,
        ends_with=-9,
    )
    store = Store.open(home=tmp_path)
    assert store.notice == ""
    assert store.project(made.strip()).spec == {"name": "kept"}
    store.close()


def test_damage_at_another_address_leaves_the_database_at_home_alone(tmp_path):
    home = Store.open(home=tmp_path)
    made = home.create_project({"name": "mine"})
    home.close()
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all" * 500)
    Store.open(url=f"sqlite:///{other}", home=tmp_path).close()
    assert [file.name.split(".")[0] for file in tmp_path.glob("*.damaged-*")] == ["other"]
    again = Store.open(home=tmp_path)
    assert again.project(made.id) == made
    again.close()


def test_a_database_of_a_newer_program_is_left_alone(tmp_path):
    Store.open(home=tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'nnbuilder.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema SET version = :version"), {"version": SCHEMA_VERSION + 1})
    engine.dispose()
    before = (tmp_path / "nnbuilder.db").read_bytes()
    with pytest.raises(StoreError, match="newer program"):
        Store.open(home=tmp_path)
    assert (tmp_path / "nnbuilder.db").read_bytes() == before


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="NNBUILDER_HOME"):
        Store.open(home=tmp_path / "file" / "home")


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://localhost/x", "sqlite:////nowhere/at/all/x.db"])
def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path, url):
    with pytest.raises(StoreError, match="NNBUILDER_DATABASE_URL") as caught:
        Store.open(url=url, home=tmp_path)
    assert "\n" not in str(caught.value)


def test_a_driver_that_is_not_installed_is_named_without_the_password(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"psycopg.*; install that driver") as caught:
        Store.open(url="postgresql+psycopg://me:s3cret@localhost/x", home=tmp_path)
    assert "s3cret" not in str(caught.value)


def test_a_database_file_that_cannot_be_opened_is_left_as_it_is(tmp_path):
    (tmp_path / "nnbuilder.db").mkdir()
    with pytest.raises(StoreError, match="set NNBUILDER_HOME"):
        Store.open(home=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nnbuilder.db", "runs"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of a folder are another matter there")
def test_a_home_that_cannot_be_written_is_named_and_left_as_it_is(tmp_path):
    # Rights do not bind root, so root's child becomes nobody, in a folder of its own: tmp_path is closed to others.
    code = """
import shutil, tempfile
home = Path(tempfile.mkdtemp())
os.chmod(home, 0o755)
first = Store.open(home=home)
made = first.create_project({"name": "kept"})
first.close()
for folder in (home, home / "runs"):
    os.chmod(folder, 0o555)
os.chmod(home / "nnbuilder.db", 0o444)
root = os.geteuid() == 0
if root:
    os.seteuid(65534)
try:
    Store.open(home=home)
except StoreError as error:
    print(error)
if root:
    os.seteuid(0)
for folder in (home, home / "runs"):
    os.chmod(folder, 0o755)
os.chmod(home / "nnbuilder.db", 0o644)
assert Store.open(home=home).project(made.id) == made
shutil.rmtree(home)
"""
    assert "cannot be written" in (said := child(code))
    assert "NNBUILDER_HOME" in said


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on a file's size to play a full disk with")
def test_on_a_full_disk_nothing_is_lost_and_saving_goes_on_when_there_is_room(tmp_path):
    code = """
import resource
home = Path(sys.argv[1])
store = Store.open(home=home)
made = store.create_project({"name": "kept"})
run = store.create_run(made.id, {})
most = max(file.stat().st_size for file in home.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
try:
    store.save_project(made.id, {"name": "x" * 300_000}, made.revision)
except StoreError as error:
    print(error)
assert store.project(made.id).spec == made.spec
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
newer = store.save_project(made.id, {"name": "y" * 300_000}, made.revision)
store.close()
store = Store.open(home=home)
assert store.project(made.id) == newer
assert store.current_run(made.id) == run
"""
    said = child(code, tmp_path)
    assert "make room on the disk" in said
    assert said.count("\n") == 1
