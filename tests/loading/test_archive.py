"""The directory of a zip file: torch's own are taken, every damaged one is refused, whatever was damaged."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from nnbuilder.loading.archive import Archive
from nnbuilder.loading.calls import MADE, REBUILT
from nnbuilder.loading.content import content_of
from nnbuilder.loading.limits import RefusedFile
from nnbuilder.loading.pickled import plan
from nnbuilder.loading.reading import read_file
from tests.loading.harness import read_here, saved

CHECKPOINT = Path(__file__).parents[1] / "formats" / "checkpoint-1.pth"


@pytest.fixture(scope="module")
def good() -> bytes:
    return saved(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict())


def opened(content: bytes) -> Archive:
    return Archive.open(io.BytesIO(content), len(content))


def test_torch_s_own_files_are_read_as_zipfile_reads_them(good: bytes) -> None:
    for content in (good, CHECKPOINT.read_bytes()):
        archive = opened(content)
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            assert {name: archive.read(name) for name in archive.entries} == {
                name: file.read(name) for name in file.namelist()
            }


def test_a_large_entry_written_piece_by_piece_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, file.open("a/data.pkl", "w", force_zip64=True) as entry:
        entry.write(b"abc")
    assert opened(buffer.getvalue()).read("a/data.pkl") == b"abc"


def test_a_file_cut_off_anywhere_is_refused(good: bytes) -> None:
    for length in range(4, len(good), 7):
        with pytest.raises(RefusedFile):
            read_file(io.BytesIO(good[:length]), length)


def test_a_file_with_any_byte_changed_is_refused_or_means_the_same(good: bytes) -> None:
    """Bytes that nothing reads may change; a weight or a name never changes unnoticed."""
    chance, same = random.Random(0), 0
    wanted = read_here(good).structure
    for _ in range(400):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        try:
            found = read_here(bytes(changed))
            content_of(found)
        except RefusedFile as error:
            assert str(error).endswith(".")
            continue
        same += 1
        assert found.structure.keys() == wanted.keys()
        assert all(torch.equal(found.structure[name], wanted[name]) for name in wanted)
    assert 0 < same < 200


def test_an_old_file_with_any_byte_changed_is_refused_or_means_numbers_that_are_there() -> None:
    state = {"0.weight": torch.ones(3, 2), "0.bias": torch.ones(3)}
    good = saved(state, _use_new_zipfile_serialization=False)
    chance = random.Random(2)
    same = 0
    for _ in range(1500):
        changed = bytearray(good)
        for _ in range(chance.randrange(1, 3)):
            changed[chance.randrange(len(good))] = chance.randrange(256)
        try:
            content_of(read_here(bytes(changed)))
        except RefusedFile as error:
            assert str(error).endswith(".")
            continue
        same += 1
    assert 0 < same < 500


def test_a_pickle_with_any_byte_changed_is_refused_or_describes_tensors_within_their_storage(good: bytes) -> None:
    archive = opened(good)
    data = archive.read("archive/data.pkl")
    records = {str(key): archive.size(f"archive/data/{key}") for key in range(4)}
    chance = random.Random(1)
    for _ in range(3000):
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(data))] = chance.randrange(256)
        try:
            found = plan(bytes(changed), records)
        except RefusedFile:
            continue
        for value in found.values() if isinstance(found, dict) else ():
            if hasattr(value, "reach"):
                assert value.reach <= value.storage.count


def test_torch_gives_the_names_that_are_understood_no_other_meaning() -> None:
    from torch._utils import IMPORT_MAPPING, NAME_MAPPING

    for full in MADE | REBUILT:
        module, _, rest = full.rpartition(".")
        assert module not in IMPORT_MAPPING
        assert (module, rest) not in NAME_MAPPING
