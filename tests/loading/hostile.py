"""Hostile, damaged and foreign files, each with words that the one sentence on it must have.

`cases` needs torch, and a path that a payload would write to if any of them were run.
"""

from __future__ import annotations

import io
import json
import os
import pickle as pickles
import struct
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.loading import forging as forge
from tests.loading import strangers
from tests.loading.forging import archive, call, mapping, name, one_tensor, pickle, pth, row, safetensors, tensor, text

Case = tuple[bytes, str]


class Runs:
    """Pickles to a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.function, self.arguments


def saved(value: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **how)
    return buffer.getvalue()


def cases(canary: Path) -> dict[str, Case]:
    """Every case by name."""
    touch = f"touch {canary}"
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    good = saved(model.state_dict())
    return {
        **_calls(touch, canary, model),
        **_old(touch, model),
        **_zips(good),
        **_tensors(),
        **_kinds(model),
        **_towers(),
        **_headers(),
        **_plain(good),
        **_bundles(touch, good),
        **strangers.cases(touch, model),
    }


def _calls(touch: str, canary: Path, model: nn.Module) -> dict[str, Case]:
    write = f"open({str(canary)!r}, 'w')"
    hidden = {"0.weight": torch.zeros(3, 2), "extra": Runs(os.system, touch)}
    system, evaluate = name("os", "system"), name("builtins", "eval")
    return {
        "system.pth": (saved(Runs(os.system, touch)), "wants to run os.system"),
        "eval.pth": (saved(Runs(eval, write)), "wants to run builtins.eval"),
        "exec.pth": (saved(Runs(exec, write)), "wants to run builtins.exec"),
        "popen.pth": (saved(Runs(subprocess.Popen, ["touch", str(canary)])), "wants to run subprocess.Popen"),
        "hidden.pth": (saved(hidden), "wants to run os.system"),
        "protocol_4.pth": (saved(hidden, pickle_protocol=4), "wants to run os.system"),
        "inst.pth": (pth(b"(S'" + touch.encode() + b"'\nios\nsystem\n."), "wants to run os.system"),
        "getattr.pth": (pth(pickle(call(name("builtins", "getattr"), system, text("x")))), "run builtins.getattr"),
        "twice.pth": (pth(pickle(b"}") + pickle(call(system, text(touch)))), "goes on behind its end"),
        "key.pth": (pth(pickle(b"}(" + call(system, text(touch)) + b"Nu")), "wants to run os.system"),
        "build.pth": (pth(pickle(name("torch.nn.modules.linear", "Linear") + b")\x81}b")), "a whole model"),
        "newobj.pth": (pth(pickle(name("torch", "Tensor") + b")\x81")), "wants to run torch.Tensor"),
        "storage_call.pth": (pth(pickle(call(name("torch", "FloatStorage"), forge.whole(2**40)))), "makes no sense"),
        "torch_load.pth": (pth(pickle(call(name("torch", "load"), text("x")))), "wants to run torch.load"),
        "hub.pth": (pth(pickle(call(name("torch.hub", "load"), text("x")))), "wants to run torch.hub.load"),
        "bytearray.pth": (pth(pickle(call(name("builtins", "bytearray"), forge.whole(2**40)))), "builtins.bytearray"),
        "encode.pth": (pth(pickle(call(name("_codecs", "encode"), text("x"), text("zip")))), "_codecs.encode"),
        "layout.pth": (pth(pickle(call(name("torch.serialization", "_get_layout"), text("x")))), "_get_layout"),
        "from_numpy.pth": (
            pth(pickle(call(name("torch._utils", "_rebuild_device_tensor_from_numpy"), evaluate))),
            "a tensor of another device",
        ),
        "type_v2.pth": (pth(pickle(name("torch._tensor", "_rebuild_from_type_v2"))), "a class of its own"),
        "nested.pth": (
            saved({"0.weight": torch.zeros(2, 2), "inner": pickles.dumps(Runs(os.system, touch), 2)}),
            "_codecs.encode",
        ),
        "module.pth": (saved(model), "a whole model (torch.nn.modules.container.Sequential)"),
        "no_stop.pth": (pth(b"\x80\x02}"), "makes no sense"),
        "underflow.pth": (pth(b"\x80\x02RRR."), "makes no sense"),
        "below_mark.pth": (pth(pickle(b"N(\x85")), "makes no sense"),
        "memo.pth": (pth(pickle(b"h\x07")), "makes no sense"),
        "extension.pth": (pth(pickle(b"\x82\x01")), "opcode 0x82"),
        "persistent.pth": (pth(pickle(row(text("module"), system) + b"Q")), "wants to run os.system"),
    }


def _legacy_of(value: bytes, keys: bytes = b"]" + text("0") + b"a", little: bytes = b"\x88", stored: int = 1) -> bytes:
    """A file of torch before 1.6 around one tensor over one stored number."""
    machine = mapping({"little_endian": little})
    pickles = (forge.whole(0x1950A86A20F9469CFC6C), b"M\xe9\x03", machine, mapping({"0.weight": value}), keys)
    return b"".join(map(pickle, pickles)) + struct.pack("<q", stored) + forge.ONE


def _old(touch: str, model: nn.Module) -> dict[str, Case]:
    legacy = saved(model.state_dict(), _use_new_zipfile_serialization=False)
    evil = saved(Runs(os.system, touch), _use_new_zipfile_serialization=False)
    wrong = pickles.dumps(0x1950A86A20F9469CFC6D, 2) + legacy.partition(b".")[2]
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as file:
        info = tarfile.TarInfo("pickle")
        file.addfile(info)
    packed = pickles.dumps(Runs(os.system, touch))
    return {
        "legacy_cut.pth": (legacy[:-4], "is damaged or cut off (it ends early)"),
        "legacy_more.pth": (legacy + b"more", "4 bytes at its end belong to no tensor"),
        "legacy_half.pth": (legacy[:150], "makes no sense"),
        "legacy_count.pth": (_legacy_of(forge.tensor([1], [1], view=b"N"), stored=9), "1 numbers where it holds 9"),
        "legacy_order.pth": (_legacy_of(forge.tensor([1], [1], view=b"N"), little=b"\x89"), "the other way round"),
        "legacy_version.pth": (legacy.replace(b"\x80\x02M\xe9\x03.", b"\x80\x02M\xe8\x03."), "its version is 1000"),
        "legacy_expanded.pth": (_legacy_of(forge.tensor([2**40], [0], view=b"N")), f"claims {2**40} numbers"),
        "legacy_view.pth": (_legacy_of(forge.tensor([1], [1], view=forge.numbers([0, 1]))), "makes no sense"),
        "legacy_keys.pth": (_legacy_of(forge.tensor([1], [1], view=b"N"), b"]"), "lists other numbers than"),
        "legacy_evil.pth": (evil, "wants to run os.system"),
        "wrong_magic.pth": (wrong, "a plain pickle"),
        "tar.pth": (tar.getvalue(), "a tar archive"),
        "pickle_0.pth": (pickles.dumps(Runs(os.system, touch), 0), "wants to run os.system"),
        "pickle_5.pt": (packed, "wants to run os.system"),
        "pickle_plain.pth": (pickles.dumps([1, 2, 3]), "a plain pickle"),
        "joblib.pth": (pickles.dumps(np.array([{}], dtype=object)), "a NumPy object"),
        "fake_zip.pth": (b"PK\3\4" + pickles.dumps(Runs(os.system, touch), 2) * 5, "damaged or cut off"),
    }


def _zips(good: bytes) -> dict[str, Case]:
    content, weight = pickle(b"}"), forge.ONE
    inner = "archive/data.pkl"
    bomb = archive({inner: content, "archive/data/0": bytes(64 * 2**20)}, zipfile.ZIP_DEFLATED)
    encrypted = bytearray(archive({inner: content}))
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\1\2") + 8] |= 1
    flipped = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        place = file.getinfo("archive/data/0").header_offset
    flipped[place + 30 + 14 + struct.unpack_from("<H", good, place + 28)[0] + 2] ^= 0x40
    first, second = forge.local(b"a/data.pkl", content), forge.local(b"a/data/0", weight)
    both = forge.central(b"a/data.pkl", content, 0) + forge.central(b"a/data/0", content, 0, size=len(content))
    disagree = forge.central(b"a/data.xyz", content, 0)
    far = forge.central(b"a/data.pkl", content, 0, size=2**30)
    outside = forge.central(b"a/data.pkl", content, 2**20)
    forged = {
        "overlap.pth": (first + both + forge.end(2, len(both), len(first)), "lie over each other"),
        "disagree.pth": (first + disagree + forge.end(1, len(disagree), len(first)), "disagree"),
        "far.pth": (first + far + forge.end(1, len(far), len(first)), "more bytes than there are"),
        "outside.pth": (first + outside + forge.end(1, len(outside), len(first)), "belong to"),
        "many.pth": (first + forge.end(65000, 100, len(first)), "damaged or cut off"),
        "gap.pth": (
            first
            + second
            + forge.central(b"a/data.pkl", content, 0)
            + forge.end(1, len(forge.central(b"a/data.pkl", content, 0)), len(first + second)),
            "belong to no entry",
        ),
    }
    names = {
        "up.pth": "../archive/data.pkl",
        "absolute.pth": "/archive/data.pkl",
        "backslash.pth": "archive\\..\\data.pkl",
        "drive.pth": "C:/archive/data.pkl",
        "inside.pth": "archive/../../data.pkl",
    }
    return {
        **forged,
        **{key: (archive({inner: content, value: b"x"}), "leads out of the file") for key, value in names.items()},
        "bomb.pth": (bomb, "a packed zip file"),
        "bomb_pickle.pth": (archive({inner: bytes(64 * 2**20)}, zipfile.ZIP_DEFLATED), "a packed zip file"),
        "encrypted.pth": (bytes(encrypted), "is encrypted"),
        "flipped.pth": (bytes(flipped), "the checksum of “archive/data/0”"),
        "in_front.pth": (good[:4] + b"junk" + good, "damaged or cut off"),
        "behind.pth": (good + b"junk", "damaged or cut off"),
        "comment.pth": (good[:-2] + b"\4\0junk", "damaged or cut off"),
        "doubled.pth": (good + good, "damaged or cut off"),
        "two_folders.pth": (archive({inner: content, "other/data.pkl": content}), "more than one folder"),
        "script.pth": (archive({inner: content, "archive/code/x.py": b""}), "a TorchScript program"),
        "strange.pth": (archive({inner: content, "archive/notes.txt": b""}), "“archive/notes.txt”"[9:12]),
        "control.pth": (archive({inner: content, "archive/\x1b[2J": b""}), "damaged or cut off"),
        "newer.pth": (pth(content, version=b"99\n"), "by a newer torch (file version 99)"),
        "version.pth": (pth(content, version=b"three"), "its version is no number"),
        "order.pth": (pth(content, byteorder=b"middle"), "its order of bytes"),
        "empty_zip.zip": (archive({}), "neither weights nor a bundle"),
    }


def _tensors() -> dict[str, Case]:
    large = 2**40
    held = {"0": forge.ONE}
    two_types = mapping({"0.weight": tensor([1], [1]), "0.bias": tensor([1], [1], kind="IntStorage")})
    return {
        "expanded.pth": (one_tensor([large], [0]), f"claims {large} numbers, but only 1"),
        "expanded_2d.pth": (one_tensor([2**20, 2**20], [0, 0]), f"claims {large} numbers"),
        "units.pth": (one_tensor([10**9, 2], [0, 0]), "claims 2000000000 numbers"),
        "no_width.pth": (one_tensor([10**9, 0], [0, 1]), "a layer without units"),
        "beyond.pth": (one_tensor([2, 2], [100, 1], numbers_stored=4), "was forged"),
        "offset.pth": (one_tensor([1], [1], offset=1), "was forged"),
        "negative.pth": (one_tensor([2], [-1], numbers_stored=2), "makes no sense"),
        "claims.pth": (one_tensor([large], [1], count=large), f"it claims {large} numbers"),
        "claims_less.pth": (one_tensor([1], [1], numbers_stored=2, count=1), "it claims 1 numbers"),
        "missing_key.pth": (pth(pickle(mapping({"0.weight": tensor([1], [1], key="7")})), held), "are missing"),
        "key_up.pth": (pth(pickle(mapping({"0.weight": tensor([1], [1], key="../0")})), held), "are missing"),
        "two_types.pth": (pth(pickle(two_types), held), "numbers of two types"),
        "dimensions.pth": (one_tensor([1] * 40, [1] * 40), "40 dimensions"),
        "hooks.pth": (one_tensor([1], [1], hooks=mapping({"a": b"N"})), "hooks or attributes"),
        "repeated.pth": (
            pth(
                pickle(
                    b"}("
                    + b"".join(
                        text(f"{place}.weight") + tensor([1024, 1024], [1024, 1], count=2**20) for place in range(80)
                    )
                    + b"u"
                ),
                {"0": bytes(2**22)},
            ),
            "unrolls to more than 256 MiB",
        ),
    }


def _kinds(model: nn.Module) -> dict[str, Case]:
    class Own(torch.Tensor):
        pass

    sparse = torch.eye(3).to_sparse()
    with_nan, with_inf = model.state_dict(), {key: value.clone() for key, value in model.state_dict().items()}
    with_nan = {key: value.clone() for key, value in with_nan.items()}
    with_nan["2.weight"][0, 1] = float("nan")
    with_inf["0.bias"][2] = float("inf")
    huge = {"0.weight": torch.full((2, 2), 1e300, dtype=torch.float64)}
    quantized = torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8)
    objects = np.array([{"a": 1}], dtype=object)
    array, arrays = io.BytesIO(), io.BytesIO()
    np.save(array, objects, allow_pickle=True)
    np.savez(arrays, objects)
    return {
        "sparse.pth": (saved({"0.weight": sparse}), "a sparse tensor"),
        "quantized.pth": (saved({"0.weight": quantized}), "a quantized tensor"),
        "meta.pth": (saved({"0.weight": torch.empty(2**20, 2**20, device="meta")}), "the meta device"),
        "nested_tensor.pth": (saved({"0.weight": torch.nested.nested_tensor([torch.ones(2)])}), "a nested tensor"),
        "complex.pth": (saved({"0.weight": torch.ones(2, 2, dtype=torch.complex64)}), "torch.ComplexFloatStorage"),
        "integers.pth": (saved({"0.weight": torch.ones(2, 2, dtype=torch.int32)}), "0.weight as int32"),
        "nan.pth": (saved(with_nan), "2.weight[0, 1] is NaN"),
        "infinite.pth": (saved(with_inf), "0.bias[2] is infinite"),
        "too_large.pth": (saved(huge), "0.weight[0, 0] is too large for float32"),
        "objects.pth": (saved({"0.weight": objects}), "a NumPy object"),
        "scalar.pth": (saved({"0.weight": torch.ones(1, 1), "best": np.float64(1)}), "a NumPy object"),
        "objects.npy.pth": (array.getvalue(), "a NumPy array"),
        "objects.npz.pth": (arrays.getvalue(), "an archive of NumPy arrays, not weights"),
        "one_tensor.pth": (saved(torch.zeros(3)), "one tensor [3] without a name"),
        "numbers.pth": (saved({"epoch": 3}), "holds no weights by name"),
        "list.pth": (saved([torch.zeros(2)]), "holds no weights by name"),
        "convolution.pth": (
            saved(nn.Conv2d(3, 4, 5).state_dict()),
            "weight, [4, 3, 5, 5], the kernel of a convolution",
        ),
        "recurrent.pth": (saved(nn.LSTM(3, 4).state_dict()), "a recurrent layer"),
        "attention.pth": (saved(nn.TransformerEncoderLayer(8, 2).state_dict()), "attention"),
        "misfit.pth": (
            saved(nn.Sequential(nn.Linear(2, 16), nn.Linear(8, 3)).state_dict()),
            "1.weight [3, 8] takes 8 inputs, but 0.weight before it has 16 outputs",
        ),
        "no_weight.pth": (saved({"0.bias": torch.zeros(3)}), "0.weight is missing, while 0.bias [3] is there"),
        "wide.pth": (saved({"0.weight": torch.zeros(100_001, 1)}), "a layer of 100 001 units"),
        "long_bias.pth": (
            saved({"0.weight": torch.zeros(3, 2), "0.bias": torch.zeros(4)}),
            "0.bias [4] should have the shape [3]",
        ),
    }


def _towers() -> dict[str, Case]:
    lists = forge.tower(b"](", b"", b"e")
    mappings = _numbered(forge.tower(b"}(", b"J@@@@", b"u"))
    rows = forge.tower(b"(", b"", b"t")
    return {
        "lists.pth": (pth(pickle(lists)), "unrolls to more than"),
        "mappings.pth": (pth(pickle(mappings)), "unrolls to more than"),
        "tuples.pth": (pth(pickle(rows)), "unrolls to more than"),
        "tuple_key.pth": (pth(pickle(b"}" + rows + b"Ns")), "neither texts nor whole numbers"),
        "endless.pth": (pth(pickle(b"]q\0h\0a")), "collections 40 deep"),
        "deep.pth": (pth(pickle(b"]" * 100_000 + b"a" * 99_999)), "collections 40 deep"),
        "steps.pth": (pth(pickle(b"](" + b"N" * 5_000_000 + b"e")), "more than 4000000 values"),
        "values.pth": (pth(pickle(b"](" + b"N" * 300_000 + b"e")), "unrolls to more than 200000 values"),
        "huge_integer.pth": (pth(pickle(b"\x8a\xff" + b"\x7f" * 255)), "a whole number too large"),
        "long_4.pth": (pth(pickle(b"\x8b\xff\xff\xff\x7f")), "opcode 0x8b"),
        "long_text.pth": (pth(pickle(b"X\xff\xff\xff\xffabc")), "makes no sense"),
        "long_line.pth": (pth(pickle(b"c" + b"a" * 100_000 + b"\nb\n")), "wants to run aaaa"),
        "large_pickle.pth": (pth(pickle(b"X\0\0\0\1" + bytes(2**24))), "more than any weights need"),
    }


def _numbered(tower: bytes) -> bytes:
    """A tower of mappings in which every key is another number."""
    parts = tower.split(b"@@@@")
    return b"".join(part + struct.pack("<i", place) for place, part in enumerate(parts[:-1])) + parts[-1]


def _headers() -> dict[str, Case]:
    def entry(start: int, end: int, shape: str = "[1]", kind: str = "F32") -> str:
        return f'{{"dtype":"{kind}","shape":{shape},"data_offsets":[{start},{end}]}}'

    one, digits = forge.ONE, "9" * 6000
    pair = f'{{"0.weight":{entry(0, 4)},"0.bias":{entry(2, 6)}}}'
    return {
        "huge_header.safetensors": (safetensors("{}", length=2**63), "its header claims"),
        "cut.safetensors": (safetensors('{"a":' + entry(0, 4), length=4000), "its header claims 4000 bytes"),
        "overlap.safetensors": (safetensors(pair, bytes(6)), "overlaps another one"),
        "hole.safetensors": (safetensors(f'{{"a":{entry(4, 8)}}}', bytes(8)), "leaves a gap"),
        "outside.safetensors": (safetensors(f'{{"a":{entry(0, 400, "[100]")}}}', one), "lies outside of the file"),
        "more.safetensors": (safetensors(f'{{"a":{entry(0, 4)}}}', one + b"more"), "4 bytes at its end"),
        "shape.safetensors": (safetensors(f'{{"a":{entry(0, 4, "[1000000000, 4]")}}}', one), "has 4 bytes"),
        "kind.safetensors": (safetensors(f'{{"a":{entry(0, 4, kind="F8_E4M3")}}}', one), "of type F8_E4M3"),
        "minus.safetensors": (safetensors(f'{{"a":{entry(0, 4, "[-1]")}}}', one), "is not described"),
        "twice.safetensors": (
            safetensors(f'{{"a":{entry(0, 4)},"a":{entry(0, 4)}}}', one),
            "“a” stands in its header twice",
        ),
        "deep.safetensors": (safetensors('{"a":' * 5000 + "1" + "}" * 5000), "nested deeper than any"),
        "digits.safetensors": (safetensors(f'{{"a":{entry(0, 4, f"[{digits}]")}}}', one), "thousands of digits"),
        "cut.json.safetensors": (safetensors('{"a":{"dtype":'), "its header is no JSON"),
        "long_header.safetensors": (safetensors("{" + " " * 2**24 + "}"), "a header of 16777218 bytes"),
        "metadata.safetensors": (safetensors('{"__metadata__":{"a":1}}'), "are not texts"),
        "nan.safetensors": (
            safetensors(f'{{"weight":{entry(0, 4, "[1,1]")}}}', struct.pack("<f", float("nan"))),
            "weight[0, 0] is NaN",
        ),
        "project.safetensors": (
            safetensors(f'{{"__metadata__":{{"project":"{{}}"}},"weight":{entry(0, 4, "[1,1]")}}}', one),
            "a project that cannot be used",
        ),
    }


def _plain(good: bytes) -> dict[str, Case]:
    here = Path(__file__).parents[1] / "formats"
    project = json.loads((here / "project-1.json").read_text())
    wide = json.loads(json.dumps(project))
    wide["network"]["layers"][0]["units"] = 10**9
    return {
        "empty.pth": (b"", "is empty"),
        "text.pth": (b"These are my weights: 1, 2, 3.\n", "is plain text"),
        "page.pth": (b"<!DOCTYPE html><html></html>", "a web page, as a download that failed leaves"),
        "pointer.pth": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        "zeros.pth": (bytes(1000), "is no file of weights"),
        "keras.pth": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
        "gzip.pth": (b"\x1f\x8b\x08" + bytes(100), "packed with gzip"),
        "half.pth": (good[: len(good) // 2], "damaged or cut off"),
        "start.pth": (good[:40], "damaged or cut off"),
        "half.json": (json.dumps(project)[:300].encode(), "its JSON breaks off"),
        "deep.json": (b'{"a":' * 100_000, "nested deeper than any project"),
        "other.json": (b'{"hello": "world"}', "says nothing of data, network or training (it has hello)"),
        "newer.json": (json.dumps({**project, "version": 99}).encode(), "made by a newer program (format 99"),
        "units.json": (json.dumps(wide).encode(), "Units must be a whole number"),
        "digits.json": (b'{"version": ' + b"9" * 10_000 + b"}", "thousands of digits"),
        "list.json": (b"[1, 2]", "JSON that holds a list, not a project"),
        "deep_list.json": (b"[" * 100_000, "nested deeper than any project"),
        "people.csv": (b"name;age\nAda;36\nAlan;41\n", "is a table, not weights or a project; tables are opened on"),
        "minutes.pth": (b"[1] Opening\n[2] Anything else", "is plain text"),
        "damaged.json": (b'{"version": 2, "name": "a\0b"}', "its JSON is damaged at line 1, column 26"),
        "latin.json": ('{"name": "é"}'.encode("latin-1"), "is not UTF-8 from byte 10 on"),
    }


def _bundles(touch: str, good: bytes) -> dict[str, Case]:
    evil = saved(Runs(os.system, touch))
    return {
        "evil.zip": (
            archive({"a/model.pth": evil, "a/README.md": b""}),
            "a file a/model.pth that wants to run os.system",
        ),
        "program.pt2": (archive({"x/archive_format": b"pt2", "x/version": b"0"}), "an exported program"),
        "packed.zip": (archive({"a/model.pth": good}, zipfile.ZIP_DEFLATED), "a packed zip file"),
        "other.zip": (archive({"a/photo.jpg": b"", "a/notes.txt": b""}), "neither weights nor a bundle"),
        "weights.zip": (archive({"a/state.pth": good}), "unpack it and open the one you mean"),
        "slip.zip": (archive({"a/model.pth": good, "../../evil.sh": b""}), "leads out of the file"),
    }
