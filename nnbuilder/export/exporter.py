"""What a kind of file is: what it is for, what it needs, what it is called, who writes and who checks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from nnbuilder.export.snippets import Net

Group = Literal["model", "code", "data", "all"]
GROUPS: Mapping[Group, tuple[str, str]] = {
    "model": ("Take the model", "The trained weights, for PyTorch and for programs without it."),
    "code": (
        "Take the code",
        "Plain PyTorch that a person can read, run and change; it needs nothing of this program.",
    ),
    "data": ("Take the data and pictures", "What went in and what came out, for spreadsheets, reports and slides."),
    "all": ("Everything", "One file to hand in, to keep, or to open here again."),
}
"""The groups of the page: their titles, and what is in them."""
Need = Literal["trained", "classes"]
Choices = Callable[[Net], list[tuple[str, str]]]
"""What can be chosen of an export: keys and labels, the usual one first."""


@dataclass(frozen=True)
class Exporter:
    """A kind of file.

    `write` and `check` name functions as ``module:function`` inside this package: ``write(trained, choice) -> bytes``
    and ``check(trained, choice, content) -> str``, what was checked in one sentence. `file_name` may hold ``{choice}``,
    and ``{reads}`` for the name of the data that the code reads. `shown` is what a person reads while it is checked.
    `packages` may be missing on a machine, the rest may not. `only` says of which networks there is such a file at all.
    """

    key: str
    label: str
    group: Group
    file_name: str
    help: str
    write: str
    check: str
    needs: tuple[Need, ...] = ()
    packages: tuple[str, ...] = ()
    choices: Choices | None = None
    load: Callable[[Net, str], str] | None = None
    shown: str = "Loading it back…"
    media_type: str = "application/octet-stream"
    prefixed: bool = False
    """Whether the project's name is put before the file's; files that code names are not renamed."""
    only: Callable[[Net], bool] = lambda net: True

    def named(self, choice: str, net: Net | None = None, project: str = "") -> str:
        """What the file is called: of a choice ("": the usual one of a picture), a network, and a project's name."""
        usual = choice or ("png" if "{choice}" in self.file_name else "")
        own = self.file_name.format(choice=usual, reads=net.reads if net else "table.csv")
        return f"{project}-{own}" if self.prefixed and project else own

    def usage(self, net: Net, choice: str, project: str = "") -> str:
        """How the file is used, as a person has it after saving it; "" where there is nothing to say."""
        return self.load(net, choice).replace("{file}", self.named(choice, net, project)) if self.load else ""

    def missing(self, net: Net) -> str:
        """Why the file cannot be made now, in one sentence; or ""."""
        if not self.only(net):
            return "The code of this project reads no such file, so there is nothing to save."
        for need in self.needs:
            sentence = _MISSING[need](net)
            if sentence:
                return sentence
        return ""


_MISSING: Mapping[Need, Callable[[Net], str]] = {
    "trained": lambda net: "" if net.epoch else "Nothing was learned yet; press Train first.",
    "classes": lambda net: "" if net.facts.classes else "It compares classes, and this project predicts a number.",
}
