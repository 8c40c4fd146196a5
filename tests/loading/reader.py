"""Reads many files: some as the launcher has them read, then all of them here, as confined as such a reader is.

Takes a folder; prints a line of JSON for each file. One process for all, as loading torch takes longer than the rest.
"""

from __future__ import annotations

import io
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from nnbuilder.loading import child
from nnbuilder.loading.child import Limits
from nnbuilder.loading.confined import read
from nnbuilder.loading.content import Loaded, content_of
from nnbuilder.loading.limits import MIB, RefusedFile, sentence
from nnbuilder.loading.reading import read_file
from nnbuilder.loading.tree import unpack

OUTSIDE = ("system.pth", "cuda.pth", "expanded.pth", "lists.pth", "bomb.pth", "empty.pth")
"""Files that are read in both ways."""


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def by_another(path: Path, limits: Limits | None = None, way: str = "other") -> None:
    try:
        found = read(path, path.name, limits=limits)
        tell(way=way, file=path.name, refused="", grown=found.memory[1] - found.memory[0], values=values(found))
    except RefusedFile as error:
        tell(way=way, file=path.name, refused=str(error))


def values(found: Any) -> dict[str, Any]:
    content = content_of(found)
    return {name: item.tolist() for name, item in content.tensors.items()} if isinstance(content, Loaded) else {}


def here(name: str, content: bytes) -> None:
    """What is said of a file, read by this process."""
    made: dict[str, Any] = {}
    try:
        found = read_file(io.BytesIO(content), len(content))
        if found.form != "project":
            found.structure = unpack(found.tree, found.tensors)  # type: ignore[attr-defined]
        made = values(found)
        refused = ""
    except RefusedFile as error:
        refused = sentence(name, error)
    tell(way="here", file=name, refused=refused, peak=child._peak(), values=made)


def doors() -> dict[str, str]:
    """What a confined process meets when it tries to get out."""
    met = {}
    ways = (("disk", lambda: os.open(os.devnull, os.O_RDONLY)), ("socket", socket.socket), ("pipe", os.pipe))
    for name, way in ways:
        try:
            way()
            met[name] = "open"
        except OSError as error:
            met[name] = type(error).__name__
    return met


def main() -> None:
    child._warm_up()
    paths = sorted(Path(sys.argv[1]).iterdir())
    for path in paths:
        if path.name in OUTSIDE:
            by_another(path)
    large = next(path for path in paths if path.name == "large.safetensors")
    by_another(large, Limits(memory=8 * MIB), way="little memory")
    by_another(large, Limits(wall=0.0), way="little time")
    contents = {path.name: path.read_bytes() for path in paths}
    limits = Limits()
    child._confine(limits)
    tell(way="doors", peak=child._peak(), **doors())
    for name, content in contents.items():
        here(name, content)


if __name__ == "__main__":
    main()
