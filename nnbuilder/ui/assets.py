"""The style sheets and the JavaScript of the components; the app serves them itself."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FRONTEND = Path(__file__).parent / "frontend"


@cache
def style(*names: str) -> str:
    """The text of style sheets, one after another."""
    return "\n".join((FRONTEND / name).read_text(encoding="utf-8") for name in names)


@cache
def loader(module: str) -> str:
    """A component's inline JavaScript: loads the module behind it and hands everything on."""
    content = (FRONTEND / f"{module}.js").read_bytes()
    address = f"/assets/{module}.js?v={hashlib.sha256(content).hexdigest()[:12]}"
    return f"""
const part = import(new URL({address!r}, window.location.origin).href);
export default function (component) {{
  let cleanup, gone = false;
  part.then((module) => {{
    if (!gone) cleanup = module.default(component);
  }}).catch((error) => {{
    console.error("A part of the page could not be loaded.", error);
    component.parentElement.textContent = "This part of the page could not be loaded; reload the page.";
  }});
  return () => {{
    gone = true;
    if (cleanup) cleanup();
  }};
}}
"""
