import os
import stat
import subprocess
import sys

import pytest

from nnbuilder.store.files import StoreError, write_atomically


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


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(StoreError, match="gone"):
        write_atomically(tmp_path / "gone" / "model.pth", b"x")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_a_file_is_readable_by_whom_the_umask_lets(tmp_path):
    path = tmp_path / "model.pth"
    code = (
        "import os, sys; from pathlib import Path; from nnbuilder.store.files import write_atomically\n"
        "os.umask(0o027); write_atomically(Path(sys.argv[1]), b'x')"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "checkpoint.pth"
    size = 2_000_000
    write_atomically(path, b"a" * size)
    code = (
        "import sys; from pathlib import Path; from nnbuilder.store.files import write_atomically\n"
        "for letter in 'bcdefghij': write_atomically(Path(sys.argv[1]), letter.encode() * int(sys.argv[2]))"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(path), str(size)])
    while writer.poll() is None:
        content = path.read_bytes()
        assert len(content) == size
        assert content == content[:1] * size
    assert writer.returncode == 0
    assert path.read_bytes() == b"j" * size
