"""Files as torch saved them before 1.6: pickles one behind the other, then the numbers of every storage.

They are read without torch: what the pickles describe is worked out as for newer files, and the tensors are made of the
numbers behind them, once there are exactly as many as the pickles say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnbuilder.loading.calls import CURE, STORAGES
from nnbuilder.loading.limits import LARGEST_PICKLE, RefusedFile, shown
from nnbuilder.loading.pickled import Plan, Planned, Storage

if TYPE_CHECKING:
    from torch import Tensor

MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How they begin: protocol 2, torch's magic number 0x1950a86a20f9469cfc6c, end of that pickle."""
PROTOCOL = 1001
"""The version of this format; there was no other one."""
DAMAGED = "is damaged or cut off ({}); download or copy it again."
WIDTHS = dict(STORAGES.values())


@dataclass(frozen=True)
class Legacy:
    """What a file holds: its structure with `Planned` in the place of tensors, and where each storage begins in it."""

    content: bytes
    planned: Any
    starts: dict[str, int]
    made: dict[str, Tensor] = field(default_factory=dict)

    def tensor(self, planned: Planned) -> Tensor:
        """The tensor that is described, on the CPU."""
        flat = self._numbers(planned.storage)
        return flat.as_strided(planned.shape, planned.stride, planned.offset).contiguous()

    def _numbers(self, storage: Storage) -> Tensor:
        """The numbers of a storage, copied once however many tensors take some of them."""
        import torch

        if storage.key not in self.made:
            start, dtype = self.starts[storage.key], getattr(torch, storage.dtype)
            numbers = bytearray(self.content[start : start + storage.count * WIDTHS[storage.dtype]])
            self.made[storage.key] = torch.frombuffer(numbers, dtype=dtype) if numbers else torch.empty(0, dtype=dtype)
        return self.made[storage.key]


def read_legacy(content: bytes) -> Legacy:
    """What a file holds that begins with the magic number.

    Raises
    ------
    RefusedFile
        If its pickles ask for anything but tensors and plain values, or the numbers behind them are not as they say.
    """
    version, place, _ = _run(content, len(MAGIC))
    if version != PROTOCOL:
        raise RefusedFile(f"was forged: its version is {shown(str(version))}; it was not opened.")
    machine, place, _ = _run(content, place)
    if not isinstance(machine, dict) or machine.get("little_endian") is not True:
        raise RefusedFile(f"was saved on a machine that writes numbers the other way round; {CURE}")
    planned, place, storages = _run(content, place)
    keys, place, _ = _run(content, place)
    if not isinstance(keys, list) or len(set(map(str, keys))) != len(keys) or set(keys) != set(storages):
        raise RefusedFile("is damaged or was forged (it lists other numbers than its tensors take); save it again.")
    return Legacy(content, planned, _starts(content, place, [storages[key] for key in keys]))


def _run(content: bytes, place: int) -> tuple[Any, int, dict[str, Storage]]:
    """What the pickle at a place describes, where it ends, and its storages."""
    plan = Plan(content, None, place)
    planned = plan.run()
    if plan.place - place > LARGEST_PICKLE:
        raise RefusedFile(f"describes its content in {plan.place - place} bytes, more than any weights need; {CURE}")
    return planned, plan.place, plan.storages


def _starts(content: bytes, place: int, storages: list[Storage]) -> dict[str, int]:
    """Where the numbers of each storage begin, one behind the other up to the end of the file."""
    starts = {}
    for storage in storages:
        count = int.from_bytes(content[place : place + 8], "little")
        starts[storage.key] = place + 8
        place += 8 + storage.count * WIDTHS[storage.dtype]
        if place > len(content):
            raise RefusedFile(DAMAGED.format("it ends early"))
        if count != storage.count:
            raise RefusedFile(
                f"was forged or damaged: it claims {storage.count} numbers where it holds {count}; it was not opened."
            )
    if place != len(content):
        raise RefusedFile(DAMAGED.format(f"{len(content) - place} bytes at its end belong to no tensor"))
    return starts
