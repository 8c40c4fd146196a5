"""A script that is put together: imports gathered on the way, sections of paragraphs, definitions before them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nnbuilder.source.layout import LINE, STEP, Part, after, before, flat, lay_out, values
from nnbuilder.source.literals import literal, shown_in_comment, width

NAME = "\0"
"""Stands for the name of a column in statements; no literal holds it, as unseen characters are escaped there."""


@dataclass(frozen=True)
class Section:
    """A part of a script for one purpose.

    `title` is a plain line, `explanation` Markdown that tells a beginner what happens here, and `code` Python source
    with neither empty lines around it nor the comment that names the section in the whole.
    """

    title: str
    explanation: str
    code: str


@dataclass
class _Draft:
    """A section while it is written; `blocks` are definitions and paragraphs, definitions first."""

    title: str
    explanation: str = ""
    definitions: list[list[str]] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)

    @property
    def blocks(self) -> list[list[str]]:
        return [lines for lines in (*self.definitions, *self.paragraphs) if lines]


class Script:
    """Collects what a script is made of; `text` is the whole.

    A script may have sections: ``script.section(title, explanation)`` begins one, and all that is written after it
    (paragraphs, statements, definitions) belongs to it. `sections` gives them one by one, for a notebook or for a view
    that shows model and training apart: first the imports, then each section that has code. The whole is their codes,
    one after the other, with a comment above each that says its title. A script without sections is one piece.

    Examples
    --------
    >>> script = Script("Circles")
    >>> script.section("The data", "Points in **two rings**.")
    >>> script.use("torch")
    >>> script.line("x = torch.zeros(2)")
    >>> [section.title for section in script.sections]
    ['Imports', 'The data']
    >>> print(script.text)
    # Circles
    <BLANKLINE>
    import torch
    <BLANKLINE>
    # --- The data ---
    <BLANKLINE>
    x = torch.zeros(2)
    <BLANKLINE>
    """

    def __init__(self, head: str = "") -> None:
        """A script, with a comment of one or more lines at its very top: its `head`, which may be set later, too.

        No text that a person gave may stand in its first two lines, where Python looks for the name of an encoding.
        """
        self.head = head
        self._modules: set[str] = set()
        self._imports: dict[str, set[str]] = {}
        self._defined: set[str] = set()
        self._drafts: list[_Draft] = [_Draft("")]

    def use(self, module: str, *names: str) -> None:
        """Import names from a module, or the module itself (``"numpy as np"``)."""
        if names:
            self._imports.setdefault(module, set()).update(names)
        else:
            self._modules.add(module)

    def section(self, title: str, explanation: str = "") -> None:
        """Begin a new section.

        Parameters
        ----------
        title
            One line of plain text.
        explanation
            Markdown for a notebook; names that a person gave are to be escaped in it.
        """
        self._drafts.append(_Draft(title, explanation))

    def function(self, name: str, lines: Iterable[str]) -> None:
        """Define a function or class, once; it stands at the head of the section."""
        if name not in self._defined:
            self._defined.add(name)
            self._drafts[-1].definitions.append(list(lines))

    def paragraph(self, comment: str = "") -> None:
        """Begin a new paragraph, with a comment that says what it does."""
        self._drafts[-1].paragraphs.append([])
        if comment:
            self.comment(comment)

    def comment(self, text: str, indent: str = "") -> None:
        """A comment, broken where it is too long for a line."""
        for line in comment_lines(text, indent):
            self.line(line)

    def line(self, text: str) -> None:
        """A line as it is."""
        paragraphs = self._drafts[-1].paragraphs
        if not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(text)

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
    def sections(self) -> list[Section]:
        """The imports, and all sections that have code."""
        imports = "\n".join(self._import_lines())
        first = [Section("Imports", "", imports)] if imports else []
        return [
            *first,
            *(
                Section(draft.title, draft.explanation, _joined(draft.blocks).strip("\n"))
                for draft in self._drafts
                if draft.blocks
            ),
        ]

    @property
    def text(self) -> str:
        """The script."""
        blocks = [[line for text in self.head.splitlines() for line in comment_lines(text)], self._import_lines()]
        for draft in self._drafts:
            if draft.title and draft.blocks:
                blocks.append([f"# --- {shown_in_comment(draft.title)} ---"])
            blocks += draft.blocks
        return _joined([lines for lines in blocks if lines]) + "\n"

    def _import_lines(self) -> list[str]:
        standard: list[str] = []
        others: list[str] = []
        for section, chosen in ((standard, True), (others, False)):
            section += [f"import {module}" for module in sorted(self._modules) if _is_standard(module) == chosen]
            section += [
                f"from {module} import {', '.join(sorted(names))}"
                for module, names in sorted(self._imports.items())
                if _is_standard(module) == chosen
            ]
        return [*standard, *([""] if standard and others else []), *others]


def _is_standard(module: str) -> bool:
    """Whether a module comes with Python: its import stands first."""
    return module.split(" ")[0].split(".")[0] in sys.stdlib_module_names


def comment_lines(text: str, indent: str = "") -> list[str]:
    """The lines of a comment, broken where it is too long for one."""
    lines: list[str] = []
    line = f"{indent}#"
    for word in shown_in_comment(text).split():
        if width(f"{line} {word}") > LINE and line != f"{indent}#":
            lines.append(line)
            line = f"{indent}#"
        line += f" {word}"
    return [*lines, line]


def _joined(blocks: Sequence[Sequence[str]]) -> str:
    """Blocks one below the other: two empty lines around definitions, one between all else."""
    text = ""
    for place, lines in enumerate(blocks):
        if place:
            text += "\n\n\n" if _defines(lines) or _defines(blocks[place - 1]) else "\n\n"
        text += "\n".join(lines)
    return text


def _defines(lines: Sequence[str]) -> bool:
    """Whether a block is a definition."""
    return lines[0].startswith(("def ", "class ", "@"))
