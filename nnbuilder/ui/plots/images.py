"""Pictures of a table's rows as a grid, pixel by pixel, each with its label."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Mapping
from typing import Any

TILE = 72
"""Width of a picture on the page, in pixels of the page."""
STYLE = """
<style>
.nn-images { display: flex; flex-direction: column; gap: 10px; }
.nn-images-line { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; }
.nn-images figure { margin: 0; width: %(tile)dpx; text-align: center; }
.nn-images img { display: block; width: %(tile)dpx; height: auto; border-radius: 4px; image-rendering: pixelated;
  outline: 1px solid rgb(128 128 128 / 0.35); outline-offset: -1px; }
.nn-images img.nn-inverted { filter: invert(1); }
.nn-images figcaption { overflow: hidden; padding-top: 2px; font-size: 12px; line-height: 16px; opacity: 0.75;
  text-overflow: ellipsis; white-space: nowrap; }
</style>
"""


def grid(view: Mapping[str, Any], dark: bool) -> str:
    """The pictures of a view as HTML, a line for each class; the paper is as light or dark as the page.

    Parameters
    ----------
    view
        As `nnbuilder.views.images.look_at_images` gives it.
    """
    height, width = view["height"], view["width"]
    pixels = base64.b64decode(view["pixels"])
    size, place = height * width, 0
    # Ink on paper: what is mostly black is shown mostly white on a light page, and the other way round.
    inverted = ' class="nn-inverted"' if view["dark"] != dark else ""
    lines = []
    for group in view["groups"]:
        name = group["name"]
        figures = []
        for row in group["rows"]:
            picture = base64.b64encode(png(pixels[place : place + size], height, width)).decode("ascii")
            place += size
            label = html.escape(f"row {row}" if name is None else name)
            whole = html.escape(f"row {row}" if name is None else f"{name}, row {row}", quote=True)
            figures.append(
                f'<figure title="{whole}"><img{inverted} alt="{whole}" src="data:image/png;base64,{picture}">'
                f"<figcaption>{label}</figcaption></figure>"
            )
        lines.append(f'<div class="nn-images-line">{"".join(figures)}</div>')
    return f'{STYLE % {"tile": TILE}}<div class="nn-images">{"".join(lines)}</div>'


def png(shades: bytes, height: int, width: int) -> bytes:
    """A grayscale PNG of one byte a pixel, row after row from the top."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    # Each row begins with a byte that says that it is not filtered.
    rows = b"".join(b"\0" + shades[start : start + width] for start in range(0, height * width, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
