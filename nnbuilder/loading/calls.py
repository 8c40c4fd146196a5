"""What the functions and classes are that a pickle names: which are understood, and what is said of the others."""

from __future__ import annotations

import io
import pickletools
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
SEARCHED = 200_000
"""Opcodes looked through for the name of a call."""
CURE = "save only the weights, torch.save(model.state_dict(), …), and open that file."


def refusal(full: str) -> str:
    """What is said of a file that names something else than tensors and plain values."""
    name = shown(_common(full))
    if full.startswith(("torch._utils.", "torch._tensor.", "torch.nested.")):
        for word, kind in KINDS.items():
            if word in full:
                return f"holds {kind}, which is not opened; convert it to an ordinary tensor and save it again."
    if full.startswith(("torch.nn.", "torch.optim.")) or ".nn.modules." in full:
        return f"holds a whole model ({name}), and opening one means running what is in the file; {CURE}"
    if full.startswith("torch.") and full.endswith("Storage"):
        return f"holds numbers of a type that is not opened ({name}); convert them to float32 and save it again."
    if full.startswith("numpy"):
        return f"holds a NumPy object ({name}), and opening one means running what is in the file; {CURE}"
    return f"wants to run {name} while it is opened, which was not done; {CURE}"


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
    texts: list[str] = []
    file = io.BytesIO(data[:LARGEST_PICKLE])
    try:
        for opcode, argument, _ in islice(_opcodes(file), SEARCHED):
            found = ""
            if opcode.name in ("GLOBAL", "INST"):
                found = str(argument).replace(" ", ".", 1)
            elif opcode.name == "STACK_GLOBAL":
                found = ".".join(texts[-2:])
            elif isinstance(argument, str):
                texts = [*texts[-1:], argument[:LONGEST_NAME]]
            if found and not understood(found):
                return found
    except Exception:
        # What can be read until there is enough to name; the file is refused in any case.
        return ""
    return ""


def _opcodes(file: io.BytesIO) -> Iterator[tuple[Any, Any, Any]]:
    while file.tell() < len(file.getbuffer()):
        yield from pickletools.genops(file)
