"""Files that have just arrived: kept for a day by the digest of their bytes, until it is clear what becomes of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from pathlib import Path
from typing import IO

from platformdirs import user_data_path

from nnbuilder.loading.limits import LARGEST_BUNDLE, MIB, RefusedFile
from nnbuilder.store.files import whole_file, write_atomically
from nnbuilder.store.weights import Weights

WEIGHTS = "weights.safetensors"
"""The weights of a file as they were found sound, until they are used."""
KEPT_SECONDS = 24 * 3600
NAME = re.compile(r"[0-9a-f]{64}")


class Arrivals:
    """Folders under `home`, one for each file: its bytes, the table that came with it, and what was made of it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @classmethod
    def default(cls) -> Arrivals:
        """The arrivals beside the store: under ``NNBUILDER_HOME``, else in the user's data folder."""
        home = Path(os.environ.get("NNBUILDER_HOME") or user_data_path("nnbuilder", appauthor=False))
        return cls(home / "arrivals")

    def keep(self, file: IO[bytes], name: str) -> str:
        """Keep the bytes of a file that a person calls `name`; their digest. Older ones are let go.

        Raises
        ------
        RefusedFile
            If it is too large.
        StoreError
            If the disk is full.
        """
        self._forget_old()
        digest, size = hashlib.sha256(), 0
        file.seek(0)
        while piece := file.read(MIB):
            digest.update(piece)
            size += len(piece)
            if size > LARGEST_BUNDLE:
                raise RefusedFile(
                    f"{name} has more than {LARGEST_BUNDLE // MIB} MiB, which is not opened; save less in it."
                )
        folder = self.folder(digest.hexdigest())
        folder.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        with whole_file(folder / "original") as kept:
            while piece := file.read(MIB):
                kept.write(piece)
        os.utime(folder)
        return digest.hexdigest()

    def folder(self, arrival: str) -> Path:
        """The folder of a file.

        Raises
        ------
        RefusedFile
            If that is no name of one.
        """
        if not NAME.fullmatch(arrival):
            raise RefusedFile("That file is no longer here; open it again.")
        return self.home / arrival

    def original(self, arrival: str) -> Path:
        """The bytes of a file.

        Raises
        ------
        RefusedFile
            If they are no longer here.
        """
        path = self.folder(arrival) / "original"
        if not path.exists():
            raise RefusedFile("That file is no longer here; open it again.")
        return path

    def use_weights(self, arrival: str, sha256: str) -> None:
        """Put the weights of a file among those that networks start from.

        Raises
        ------
        RefusedFile
            If they are no longer here.
        StoreError
            If the disk is full.
        """
        weights, path = Weights.default(), self.folder(arrival) / WEIGHTS
        if weights.has(sha256):
            weights.use(sha256)
            return
        if not path.exists():
            raise RefusedFile("That file is no longer here; open it again.")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise RefusedFile("The weights of that file have changed on the disk; open it again.")
        weights.home.mkdir(parents=True, exist_ok=True)
        write_atomically(weights.path(sha256), content)

    def _forget_old(self) -> None:
        now = time.time()
        # Another page may be letting go of the same ones.
        with contextlib.suppress(OSError):
            for folder in self.home.iterdir():
                if now - folder.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
