"""How much of anything a file may hold, and what a file is told that holds more or something else."""

from __future__ import annotations

from nnbuilder.errors import NNBuilderError

MIB = 2**20
LARGEST_FILE = 256 * MIB
LARGEST_BUNDLE = 1024 * MIB
"""A bundle holds a table beside the model."""
LARGEST_PROJECT = 10 * MIB
LARGEST_PICKLE = 16 * MIB
LARGEST_HEADER = 16 * MIB
LARGEST_TREE = 64 * MIB
"""Bytes of the plain JSON a confined process hands back."""
MOST_TENSOR_BYTES = 256 * MIB
"""Of all tensors of a file together, each counted as often as it is named."""
MOST_ENTRIES = 60_000
MOST_STEPS = 4_000_000
"""Opcodes of a pickle."""
MOST_NODES = 200_000
"""Values in a file, a list that lies at two places counted twice."""
MOST_TENSORS = 50_000
DEEPEST = 40
MOST_DIMENSIONS = 8
LONGEST_NAME = 500
"""Letters of a tensor's or an entry's name."""
LARGEST_INTEGER = 2**63

MEMORY = 768 * MIB
"""What a confined process may take beyond what the libraries it has loaded take."""
PROCESSOR_SECONDS = 60
WALL_SECONDS = 90.0


class RefusedFile(NNBuilderError):
    """A file that is not opened; the message is what a sentence says of it after its name."""


def sentence(name: str, error: RefusedFile) -> str:
    """The whole sentence on a file that was refused, for a person."""
    return f"{shown(name)} {error}"


def shown(name: str) -> str:
    """A file's, tensor's or function's name as it is quoted: one short line without control characters."""
    text = "".join(letter if letter.isprintable() else "�" for letter in name[:200])
    return text if len(text) <= 80 else f"{text[:50]}…{text[-25:]}"
