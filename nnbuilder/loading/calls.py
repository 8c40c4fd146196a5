"""What the functions and classes are that a pickle names: which are understood, and what is said of the others."""

from __future__ import annotations

import io
import pickletools
import re
from _compat_pickle import IMPORT_MAPPING
from collections.abc import Iterator
from itertools import islice
from typing import Any

from nnbuilder.loading.limits import LARGEST_PICKLE, LONGEST_NAME, shown

STORAGES = {
    "FloatStorage": ("float32", 4),
    "DoubleStorage": ("float64", 8),
    "HalfStorage": ("float16", 2),
    "BFloat16Storage": ("bfloat16", 2),
    "LongStorage": ("int64", 8),
    "IntStorage": ("int32", 4),
    "ShortStorage": ("int16", 2),
    "CharStorage": ("int8", 1),
    "ByteStorage": ("uint8", 1),
    "BoolStorage": ("bool", 1),
}
"""Storages torch writes, each with what torch calls its numbers and the bytes of one."""
DTYPES = {f"torch.{name}" for name, _ in STORAGES.values()}
MADE = {"collections.OrderedDict", "collections.Counter", "torch.Size", "torch.device"}
"""What may be made from plain values."""
REBUILT = {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter"}
KINDS = {
    "sparse": "a sparse tensor",
    "qtensor": "a quantized tensor",
    "meta_tensor": "a tensor without numbers (of the meta device)",
    "nested_tensor": "a nested tensor",
    "njt": "a nested tensor",
    "wrapper_subclass": "a tensor of a class of its own",
    "from_type": "a tensor of a class of its own",
    "parameter_with_state": "a parameter of a class of its own",
    "device_tensor": "a tensor of another device",
    "tensor_v3": "a tensor of a type that is not known here",
}
OBJECTS = {
    "_codecs.encode": "bytes",
    "builtins.bytearray": "bytes",
    "builtins.set": "a set",
    "builtins.frozenset": "a set",
    "builtins.complex": "a complex number",
    "builtins.slice": "a slice",
    "builtins.range": "a range",
    "collections.defaultdict": "a defaultdict",
    "argparse.Namespace": "settings of the command line",
    "datetime.datetime": "a date",
    "datetime.date": "a date",
    "datetime.timedelta": "a span of time",
    "pathlib.PosixPath": "a path",
    "pathlib.PurePosixPath": "a path",
    "pathlib.WindowsPath": "a path",
    "pathlib.PureWindowsPath": "a path",
}
"""What programs put beside weights without any harm in mind, in words."""
ARRAYS = re.compile(r"numpy\.(ndarray|dtype|(_core|core)\.(multiarray\.(_reconstruct|scalar)|numeric\._frombuffer))")
"""What NumPy's arrays and numbers are made with."""
NAME = re.compile(r"[A-Za-z_][\w.<>]*")
"""What a module or a function may be called: what is no such name was read out of numbers or text."""
SEARCHED = 200_000
"""Opcodes looked through for the name of a call."""
SHORTEST = 3
"""Opcodes of the shortest pickle that anybody keeps: what it is, and around it the first and the last one."""
CURE = "save only the weights, torch.save(model.state_dict(), …), and open that file."


def refusal(full: str) -> str:
    """What is said of a file that names something else than tensors and plain values."""
    name = shown(_common(full))
    if full.startswith(("torch._utils.", "torch._tensor.", "torch.nested.")):
        for word, kind in KINDS.items():
            if word in full:
                return f"holds {kind}, which is not opened; convert it to an ordinary tensor and save it again."
    if ".nn.modules." in full or (full.startswith(("torch.nn.", "torch.optim.")) and _class(full)):
        return f"holds a whole model ({name}), and opening one means running what is in the file; {CURE}"
    if full.startswith("torch.") and full.endswith("Storage"):
        return f"holds numbers of a type that is not opened ({name}); convert them to float32 and save it again."
    if ARRAYS.fullmatch(full):
        return f"holds a NumPy object ({name}), and opening one means running what is in the file; {CURE}"
    if full.startswith("sklearn.") and _class(full):
        return f"holds a model of scikit-learn ({name}), and opening one means running what is in the file; {CURE}"
    if (common := _common(full)) in OBJECTS:
        return f"holds {OBJECTS[common]} ({name}) beside tensors, numbers and texts, which is not opened; {CURE}"
    return f"wants to run {name} while it is opened, which was not done; {CURE}"


def _class(full: str) -> bool:
    """Whether a name is written as those of classes are."""
    return full.rpartition(".")[2].lstrip("_")[:1].isupper()


def unknown_opcode(data: bytes, code: int) -> str:
    """What is said of a pickle with an opcode that torch.save never writes."""
    name = first_call(data)
    return refusal(name) if name else f"is no file of weights as torch.save writes it (opcode {code:#x}); {CURE}"


def senseless(data: bytes) -> str:
    """What is said of a pickle whose opcodes do not go together."""
    name = first_call(data)
    if name:
        return refusal(name)
    return "is damaged or was forged (the description of its content makes no sense); download or save it again."


def _common(full: str) -> str:
    """The name under which people know a function, rather than that of Python 2 or of the module of the system."""
    module, _, rest = full.rpartition(".")
    return f"{ {'posix': 'os', 'nt': 'os', **IMPORT_MAPPING}.get(module, module) }.{rest}"


def understood(full: str) -> bool:
    """Whether a name is one that tensors and plain values need."""
    storage = full.startswith("torch.") and full.removeprefix("torch.") in STORAGES
    return storage or full in MADE | REBUILT | DTYPES


def first_call(data: bytes) -> str:
    """The first function that pickles of any protocol, one behind the other, name; "" if none is found.

    Those that make tensors and plain values do not count.
    """
    file, found = io.BytesIO(data[:LARGEST_PICKLE]), ""
    try:
        while not found and file.tell() < len(file.getbuffer()):
            found = next((full for full in _named(file) if not understood(full)), "")
    except Exception:
        # What can be read until there is enough to name; the file is refused in any case.
        return ""
    return found


def is_pickle(data: bytes, whole: bool) -> bool:
    """Whether bytes without the mark of a protocol are a pickle from their beginning on, as those of protocol 0 and 1.

    `whole` says whether these are all bytes of the file: else the end of the pickle may lie behind them.
    """
    count = 0
    try:
        for opcode, _, _ in islice(pickletools.genops(data), SEARCHED):
            count += 1
            if opcode.name == "STOP":
                return count >= SHORTEST
    except Exception:
        return False
    return not whole and count >= SEARCHED


def _named(file: io.BytesIO) -> Iterator[str]:
    """What one pickle names, in the order it does, with texts followed through its stack and memory."""
    stack: list[str | None] = []
    memory: dict[int, str | None] = {}
    for opcode, argument, _ in islice(pickletools.genops(file), SEARCHED):
        full = ""
        if opcode.name in ("GLOBAL", "INST"):
            full = str(argument).replace(" ", ".", 1)
        elif opcode.name == "STACK_GLOBAL":
            full = ".".join(text or "" for text in stack[-2:])
        _follow(opcode, argument, stack, memory)
        if NAME.fullmatch(full):
            yield full


def _follow(opcode: Any, argument: Any, stack: list[str | None], memory: dict[int, str | None]) -> None:
    """Do with the stack what an opcode does: texts are kept, marks are None, anything else is an empty text."""
    top = stack[-1] if stack else ""
    if opcode.name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
        memory[len(memory) if argument is None else argument] = top
        return
    if opcode.name == "MARK":
        stack.append(None)
        return
    if pickletools.markobject in opcode.stack_before:
        while stack and stack.pop() is not None:
            pass
        taken = opcode.stack_before.index(pickletools.markobject)
    else:
        taken = len(opcode.stack_before)
    del stack[len(stack) - min(taken, len(stack)) :]
    if opcode.name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memory.get(argument, ""))
    elif opcode.name == "DUP":
        stack.extend((top, top))
    else:
        # Of what an opcode puts there only a text may become part of a name.
        stack.extend(argument[:LONGEST_NAME] if isinstance(argument, str) else "" for _ in opcode.stack_after)
