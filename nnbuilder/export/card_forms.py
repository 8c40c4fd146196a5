"""A short document and its two forms: a page in one file, and Markdown. Every word of a person's data is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from nnbuilder.export.plotting import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list."""

    items: list[str]


@dataclass(frozen=True)
class Words:
    """A small table."""

    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Code:
    """Lines of Python."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A picture with its words; of Markdown the file ``pictures/<name>.png`` is meant."""

    name: str
    words: str
    figure: Figure | None


Block = Text | Items | Words | Code | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what is under it."""

    title: str
    blocks: Sequence[Block]


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """The document as Markdown."""
    parts = [f"# {_marked(title)}"]
    for section in sections:
        parts.append(f"## {_marked(section.title)}")
        parts += [_markdown(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def as_page(title: str, sections: Sequence[Section]) -> str:
    """The document as a page that loads nothing."""
    body = []
    for section in sections:
        body.append(f"<section>\n<h2>{escape(section.title)}</h2>")
        body += [_html(block) for block in section.blocks]
        body.append("</section>")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{_shown(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{_shown(title)}</h1>
<main>
{chr(10).join(body)}
</main>
</body>
</html>
"""


STYLE = """
:root { --ink: #1f2430; --soft: #5d6672; --line: #e0e3e7; --tint: #f5f7f9; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
main { columns: 2 30rem; column-gap: 2.5rem; }
section { break-inside: avoid; margin: 0 0 1.75rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line); }
p { margin: .5rem 0; overflow-wrap: break-word; }
ul { margin: .5rem 0; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; }
pre { background: var(--tint); border-radius: 6px; padding: .75rem 1rem; font-size: .8rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: .75rem 0; }
figure svg { width: 100%; height: auto; max-height: 19rem; }
figcaption { color: var(--soft); font-size: .85rem; }
@media print { body { padding: 0; font-size: 11px; } }
"""


def _markdown(block: Block) -> str:
    match block:
        case Text(text):
            return _marked(text)
        case Items(items):
            return "\n".join(f"- {_marked(item)}" for item in items)
        case Words(head, rows):
            lines = [[_marked(cell) for cell in row] for row in (head, *rows)]
            rule = " | ".join("---" for _ in head)
            written = [f"| {' | '.join(line)} |" for line in lines]
            return "\n".join([written[0], f"| {rule} |", *written[1:]])
        case Code(text):
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
            return f"{fence}python\n{text.rstrip()}\n{fence}"
        case Picture(name, words, _):
            return f"![{_marked(words)}](pictures/{name}.png)"


def _html(block: Block) -> str:
    match block:
        case Text(text):
            return f"<p>{_shown(text)}</p>"
        case Items(items):
            return "<ul>\n" + "\n".join(f"<li>{_shown(item)}</li>" for item in items) + "\n</ul>"
        case Words(head, rows):
            top = "".join(f"<th>{_shown(cell)}</th>" for cell in head)
            lines = "\n".join("<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"
        case Code(text):
            return f"<pre><code>{escape(text.rstrip())}</code></pre>"
        case Picture(name, words, figure):
            drawn = inline_svg(figure, words, name) if figure is not None else ""
            return f"<figure>\n{drawn}\n<figcaption>{escape(words)}</figcaption>\n</figure>"


def _shown(text: str) -> str:
    """A text for a page; what is not to be seen becomes a blank."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))


def _marked(text: str) -> str:
    """A text without any meaning for Markdown, on one line."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return re.sub(r"([\\`*_{}\[\]<>|#~$])", r"\\\1", plain)
