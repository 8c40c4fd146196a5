"""What a pickle would make, worked out without making it: its opcodes are read, none is carried out.

Only the few opcodes and names are understood that tensors, numbers, texts, lists and mappings need; whatever else a
pickle asks for is refused by name. So torch gets to see only files of which everything is known beforehand: how many
values, and of which storage each tensor takes which numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nnbuilder.loading.calls import CURE, STORAGES, refusal, senseless, understood, unknown_opcode
from nnbuilder.loading.limits import (
    LARGEST_INTEGER,
    LARGEST_PICKLE,
    LONGEST_NAME,
    MOST_STEPS,
    MOST_TENSORS,
    RefusedFile,
)

LOCATIONS = 40
"""Letters of the name of a device."""


@dataclass(frozen=True, eq=False)
class Storage:
    """The numbers of an entry of the file, as one flat array."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True, eq=False)
class Planned:
    """A tensor as the file describes it: from which storage it takes which numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def reach(self) -> int:
        """How many numbers of its storage it needs, from the first on."""
        if 0 in self.shape:
            return 0
        steps = zip(self.shape, self.stride, strict=True)
        return self.offset + 1 + sum((size - 1) * step for size, step in steps)


@dataclass(frozen=True, eq=False)
class Named:
    """Something of torch or Python that a pickle names."""

    name: str


class Plan:
    """One pickle: `run` works out what it would make; `records` are the bytes of each storage by key.

    Without `records` the pickle begins at `place`, more follows behind it, and what its storages claim is still to be
    compared with what there is: so torch wrote its files before 1.6.
    """

    def __init__(self, data: bytes, records: Mapping[str, int] | None, place: int = 0) -> None:
        if records is not None and len(data) > LARGEST_PICKLE:
            raise RefusedFile(f"describes its content in {len(data)} bytes, more than any weights need; {CURE}")
        self.data, self.records, self.start, self.place = data, records, place, place
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, Storage] = {}
        self.tensors = 0

    def run(self) -> Any:
        """The structure the pickle describes, with `Planned` in the place of tensors.

        Raises
        ------
        RefusedFile
            If it asks for anything but tensors and plain values.
        """
        steps = _STEPS
        try:
            for _ in range(MOST_STEPS):
                code = self.data[self.place]
                self.place += 1
                if code == STOP:
                    return self._end()
                step = steps.get(code)
                if step is None:
                    raise RefusedFile(unknown_opcode(self.data, code))
                step(self)
        except (IndexError, struct.error, UnicodeDecodeError, KeyError, TypeError, ValueError):
            raise RefusedFile(senseless(self.data)) from None
        raise RefusedFile(f"describes more than {MOST_STEPS} values, more than any weights need; {CURE}")

    def _end(self) -> Any:
        if self.records is not None and self.place != len(self.data):
            raise RefusedFile("goes on behind its end, as only a forged file does; it was not opened.")
        (result,) = self.stack
        if self.marks:
            raise ValueError
        return result

    # Reading on

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        start, self.place = self.place, self.place + count
        if self.place > len(self.data):
            raise IndexError
        return self.data[start : self.place]

    def number(self, form: str) -> Any:
        """The next number."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        """The next line."""
        end = self.data.index(b"\n", self.place)
        if end - self.place > 4 * LONGEST_NAME:
            raise ValueError
        return self.take(end + 1 - self.place)[:-1].decode("utf-8")

    def above_mark(self) -> list[Any]:
        """Everything above the last mark, which is taken away."""
        mark = self.marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items

    def pop(self) -> Any:
        """The value on top; not one below the last mark."""
        if self.marks and len(self.stack) <= self.marks[-1]:
            raise ValueError
        return self.stack.pop()

    # Opcodes

    def name(self) -> None:
        """Something of torch or Python."""
        full = f"{self.line()}.{self.line()}"
        if understood(full):
            self.stack.append(Named(full))
            return
        raise RefusedFile(refusal(full))

    def call(self) -> None:
        """A call: of the few functions that make a tensor or a mapping, which are known here."""
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, Named) or not isinstance(arguments, tuple):
            raise ValueError
        self.stack.append(_CALLS[function.name](self, *arguments))

    def build(self) -> None:
        """The attributes of a mapping, which torch writes there and nothing needs."""
        state, target = self.pop(), self.pop()
        if not isinstance(state, dict) or not isinstance(target, dict):
            raise ValueError
        self.stack.append(target)

    def append(self) -> None:
        """One more item of a list."""
        item, target = self.pop(), self.stack[-1]
        if not isinstance(target, list):
            raise ValueError
        target.append(item)

    def extend(self) -> None:
        """More items of a list."""
        items = self.above_mark()
        if not isinstance(self.stack[-1], list):
            raise ValueError
        self.stack[-1].extend(items)

    def set_item(self) -> None:
        """One more pair of a mapping."""
        value, key = self.pop(), self.pop()
        self._set(key, value)

    def set_items(self) -> None:
        """More pairs of a mapping."""
        items = self.above_mark()
        if len(items) % 2:
            raise ValueError
        for place in range(0, len(items), 2):
            self._set(items[place], items[place + 1])

    def _set(self, key: Any, value: Any) -> None:
        if not isinstance(self.stack[-1], dict):
            raise ValueError
        # Anything else as a key may take for ever to be hashed.
        if type(key) not in (str, int):
            raise RefusedFile(f"has a mapping whose keys are neither texts nor whole numbers; {CURE}")
        self.stack[-1][key] = value

    def storage(self) -> None:
        """The numbers of an entry of the file: as many as the entry holds, no more."""
        word, kind, key, location, count, *view = self.pop()
        # Old files had room for a part of a storage, which torch has not written for long.
        if view != ([] if self.records is not None else [None]):
            raise ValueError
        if word != "storage" or not isinstance(kind, Named) or not isinstance(key, str) or not _counted(count):
            raise ValueError
        if not isinstance(location, str) or len(location) > LOCATIONS:
            raise ValueError
        if kind.name.removeprefix("torch.") not in STORAGES:
            raise ValueError
        dtype, size = STORAGES[kind.name.removeprefix("torch.")]
        if self.records is not None and key not in self.records:
            raise RefusedFile("is damaged or was forged (the numbers of a tensor are missing); save it again.")
        if self.records is not None and self.records[key] != count * size:
            raise RefusedFile(
                f"was forged or damaged: it claims {count} numbers of type {dtype} where it holds {self.records[key]} "
                "bytes; it was not opened."
            )
        known = self.storages.setdefault(key, Storage(key, dtype, count))
        if known.dtype != dtype or known.count != count:
            raise RefusedFile("takes the same bytes for numbers of two types, as only a forged file does.")
        self.stack.append(known)

    def tensor(self, storage: Any, offset: Any, shape: Any, stride: Any, *rest: Any) -> Planned:
        """A tensor, once its numbers are known to lie within its storage."""
        if not isinstance(storage, Storage) or not _counted(offset) or not _all_counted(shape, stride):
            raise ValueError
        if len(rest) not in (2, 3) or type(rest[0]) is not bool or rest[1] != {} or rest[2:] not in ((), (None,)):
            raise RefusedFile(f"has a tensor with hooks or attributes of its own; {CURE}")
        made = Planned(storage, offset, shape, stride)
        count = 1
        for size in shape:
            count *= size
        if count > storage.count or made.reach > storage.count:
            raise RefusedFile(
                f"was forged: a tensor of shape {list(shape)[:8]} claims {count} numbers, but only {storage.count} are "
                "stored; it was not opened."
            )
        self.tensors += 1
        if self.tensors > MOST_TENSORS:
            raise RefusedFile(f"holds more than {MOST_TENSORS} tensors; {CURE}")
        return made


def _parameter(plan: Plan, tensor: Any, requires_grad: Any, hooks: Any) -> Planned:
    if not isinstance(tensor, Planned) or hooks != {}:
        raise ValueError
    return tensor


def _mapping(plan: Plan, *content: Any) -> dict[Any, Any]:
    if len(content) > 1 or (content and not isinstance(content[0], dict)):
        raise ValueError
    return dict(*content)


def _size(plan: Plan, numbers: Any) -> tuple[int, ...]:
    if not _all_counted(numbers, numbers):
        raise ValueError
    return numbers


def _device(plan: Plan, *words: Any) -> Named:
    if not 1 <= len(words) <= 2 or not isinstance(words[0], str) or len(words[0]) > LOCATIONS:
        raise ValueError
    return Named("torch.device")


_CALLS: dict[str, Callable[..., Any]] = {
    "torch._utils._rebuild_tensor_v2": Plan.tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "collections.OrderedDict": _mapping,
    "collections.Counter": _mapping,
    "torch.Size": _size,
    "torch.device": _device,
}


def _counted(value: Any) -> bool:
    return type(value) is int and 0 <= value < LARGEST_INTEGER


def _all_counted(shape: Any, stride: Any) -> bool:
    if not isinstance(shape, tuple) or not isinstance(stride, tuple) or len(shape) != len(stride):
        return False
    return len(shape) <= 64 and all(_counted(number) for number in (*shape, *stride))


def _text(plan: Plan, size: int) -> str:
    return plan.take(size).decode("utf-8", "surrogatepass")


def _whole(plan: Plan) -> int:
    value = int.from_bytes(plan.take(plan.take(1)[0]), "little", signed=True)
    if abs(value) >= LARGEST_INTEGER:
        raise RefusedFile("holds a whole number too large for any weights; it was not opened.")
    return value


def _value(read: Callable[[Plan], Any]) -> Callable[[Plan], None]:
    return lambda plan: plan.stack.append(read(plan))


def _tuple(count: int) -> Callable[[Plan], None]:
    def step(plan: Plan) -> None:
        plan.stack.append(tuple([plan.pop() for _ in range(count)][::-1]))

    return step


def _remember(form: str) -> Callable[[Plan], None]:
    def step(plan: Plan) -> None:
        plan.memo[plan.number(form)] = plan.stack[-1]

    return step


def _protocol(plan: Plan) -> None:
    if plan.take(1)[0] != 2 or plan.place != plan.start + 2:
        raise ValueError


STOP = ord(".")

_STEPS: dict[int, Callable[[Plan], None]] = {
    0x80: _protocol,
    ord("c"): Plan.name,
    ord("R"): Plan.call,
    ord("b"): Plan.build,
    ord("a"): Plan.append,
    ord("e"): Plan.extend,
    ord("s"): Plan.set_item,
    ord("u"): Plan.set_items,
    ord("("): lambda plan: plan.marks.append(len(plan.stack)),
    ord("t"): _value(lambda plan: tuple(plan.above_mark())),
    ord(")"): _value(lambda plan: ()),
    ord("]"): _value(lambda plan: []),
    ord("}"): _value(lambda plan: {}),
    0x85: _tuple(1),
    0x86: _tuple(2),
    0x87: _tuple(3),
    ord("N"): _value(lambda plan: None),
    0x88: _value(lambda plan: True),
    0x89: _value(lambda plan: False),
    ord("J"): _value(lambda plan: plan.number("<i")),
    ord("K"): _value(lambda plan: plan.take(1)[0]),
    ord("M"): _value(lambda plan: plan.number("<H")),
    0x8A: _value(_whole),
    ord("G"): _value(lambda plan: plan.number(">d")),
    ord("X"): _value(lambda plan: _text(plan, plan.number("<I"))),
    ord("U"): _value(lambda plan: _text(plan, plan.take(1)[0])),
    ord("q"): _remember("<B"),
    ord("r"): _remember("<I"),
    ord("h"): _value(lambda plan: plan.memo[plan.take(1)[0]]),
    ord("j"): _value(lambda plan: plan.memo[plan.number("<I")]),
    ord("Q"): Plan.storage,
}


def plan(data: bytes, records: Mapping[str, int]) -> Any:
    """The structure a pickle describes; see `Plan.run`."""
    return Plan(data, records).run()
