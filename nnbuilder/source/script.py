"""A script that is put together: imports gathered on the way, paragraphs of statements, functions before them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nnbuilder.source.layout import LINE, STEP, Part, after, before, flat, lay_out, values
from nnbuilder.source.literals import literal, shown_in_comment, width

NAME = "\0"
"""Stands for the name of a column in statements; no literal holds it, as unseen characters are escaped there."""
STANDARD = ("csv", "datetime", "math", "re")
"""Modules of the standard library, whose imports stand first."""


class Script:
    """Collects what a script is made of; `text` is the whole."""

    def __init__(self) -> None:
        self._imports: dict[str, set[str]] = {}
        self._functions: dict[str, list[str]] = {}
        self._paragraphs: list[list[str]] = []

    def use(self, module: str, *names: str) -> None:
        """Import names from a module, or the module itself (``"numpy as np"``)."""
        self._imports.setdefault(module, set()).update(names)

    def function(self, name: str, lines: Iterable[str]) -> None:
        """Define a function, once."""
        self._functions.setdefault(name, list(lines))

    def paragraph(self, comment: str = "") -> None:
        """Begin a new paragraph, with a comment that says what it does."""
        self._paragraphs.append([])
        if comment:
            self.comment(comment)

    def comment(self, text: str) -> None:
        """A comment, broken where it is too long for a line."""
        line = "#"
        for word in shown_in_comment(text).split():
            if width(f"{line} {word}") > LINE and line != "#":
                self.line(line)
                line = "#"
            line += f" {word}"
        self.line(line)

    def line(self, text: str) -> None:
        """A line as it is."""
        if not self._paragraphs:
            self._paragraphs.append([])
        self._paragraphs[-1].append(text)

    def put(self, part: Part, indent: str = "") -> None:
        """A statement."""
        for line in lay_out(part, indent):
            self.line(line)

    def set(self, name: str, part: Part, indent: str = "") -> None:
        """An assignment."""
        line = f"{indent}{name} = {flat(part)}"
        if isinstance(part, str) and width(line) > LINE >= width(f"{indent}{STEP}{part}"):
            self.put(f"{name} = (", indent)
            self.put(part, indent + STEP)
            self.put(")", indent)
            return
        self.put(before(f"{name} = ", part), indent)

    def columns(self, names: Sequence[str], lines: Iterable[str]) -> None:
        """Statements about one column of the table after the other, in which `NAME` stands for its name.

        One short name is written out, several are gone through in a loop.
        """
        statements = list(lines)
        one = literal(names[0])
        written = [line.replace(NAME, one) for line in statements]
        if len(names) == 1 and all(width(line) <= LINE for line in written):
            for line in written:
                self.line(line)
            return
        self.put(after(before("for name in ", values(names)), ":"))
        for line in statements:
            self.line(STEP + line.replace(NAME, "name"))

    @property
    def text(self) -> str:
        """The script."""
        parts: list[str] = []
        imports = self._import_lines()
        if imports:
            parts.append("\n".join(imports))
        body = "\n\n".join("\n".join(lines) for lines in self._paragraphs if lines)
        if self._functions:
            parts += [_apart(lines) + "\n".join(lines) for lines in self._functions.values()]
            body = "\n" + body
        return "\n\n".join([*parts, body]) + "\n"

    def _import_lines(self) -> list[str]:
        standard: list[str] = []
        others: list[str] = []
        for section, chosen in ((standard, True), (others, False)):
            modules = [module for module in self._imports if (module.split()[0] in STANDARD) == chosen]
            section += [f"import {module}" for module in sorted(modules) if not self._imports[module]]
            section += [
                f"from {module} import {', '.join(sorted(self._imports[module]))}"
                for module in sorted(modules)
                if self._imports[module]
            ]
        return [*standard, *([""] if standard and others else []), *others]


def _apart(lines: Sequence[str]) -> str:
    """What a definition needs above it, beside an empty line."""
    return "\n" if lines[0].startswith("def ") else ""
