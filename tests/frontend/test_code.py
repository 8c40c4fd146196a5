"""The code view: colors, what changed, choosing and copying."""

from __future__ import annotations

import difflib
import io
import keyword
import random
import tokenize
from collections.abc import Iterator
from typing import Any

import pytest
from fake_board import FakeBoard
from playwright.sync_api import BrowserContext, Page, expect

MODEL = "import torch\nfrom torch import nn\n\nmodel = nn.Sequential(\n    nn.Linear(2, 4),\n    nn.ReLU(),\n)\n"
MOUNT = """
async () => {
  const page = document.getElementById("page");
  for (const id of ["row", "transport"]) document.getElementById(id)?.remove();
  const module = await import("/assets/code.js");
  const css = await Promise.all(["base.css", "code.css"].map(async (name) => (await fetch(`/assets/${name}`)).text()));
  const host = document.createElement("div");
  page.append(host);
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = css.join(" ");
  root.append(style);
  const given = { parentElement: root, key: "code", setStateValue() {}, setTriggerValue() {} };
  window.show = (data) => void module.render({ ...given, data });
}
"""


@pytest.fixture
def view(context: BrowserContext, board: FakeBoard) -> Iterator[Page]:
    page = context.new_page()
    page.goto(f"{board.url}/?parts=&charts=none")
    page.wait_for_function("window.ready")
    page.evaluate(MOUNT)
    yield page
    page.close()


def show(page: Page, model: str | None, message: str = "", project: str = "one", train: str = "EPOCHS = 3\n") -> None:
    files: list[dict[str, Any]] = []
    if model is not None:
        files = [
            {"key": "model", "label": "Model", "text": model, "note": ""},
            {"key": "train", "label": "Training", "text": train, "note": "Put “a.csv” beside it."},
        ]
    page.evaluate("(data) => window.show(data)", {"files": files, "message": message, "project": project})


def call(page: Page, module: str, name: str, *arguments: Any) -> Any:
    script = "async ([module, name, given]) => (await import(`/assets/${module}.js`))[name](...given)"
    return page.evaluate(script, [module, name, list(arguments)])


def fresh(page: Page) -> list[str]:
    return [line.rstrip("\n") for line in page.locator(".nn-line.nn-fresh").all_text_contents()]


def test_the_lines_are_the_source_and_are_counted_beside_it(view: Page) -> None:
    show(view, MODEL)
    assert "".join(view.locator(".nn-line").all_text_contents()) == MODEL
    assert fresh(view) == []
    expect(view.get_by_role("region", name="Model")).to_be_visible()


def test_what_a_click_changed_is_marked_and_said(view: Page) -> None:
    show(view, MODEL)
    show(view, MODEL.replace("2, 4", "2, 12"))
    assert fresh(view) == ["    nn.Linear(2, 12),"]
    assert view.locator(".nn-part").all_text_contents() == ["12"]
    expect(view.get_by_text("1 line changed")).to_be_visible()
    show(view, MODEL.replace("    nn.ReLU(),\n", ""))
    expect(view.get_by_text("1 line changed, 1 line gone")).to_be_visible()
    assert view.locator(".nn-gone").get_attribute("title") == "A line has gone here."


def test_the_marks_stay_until_the_file_changes_again(view: Page) -> None:
    show(view, MODEL)
    show(view, MODEL.replace("ReLU", "Tanh"))
    show(view, MODEL.replace("ReLU", "Tanh"), train="EPOCHS = 4\n")
    assert fresh(view) == ["    nn.Tanh(),"]
    view.get_by_role("radio", name="Training").click()
    assert fresh(view) == ["EPOCHS = 4"]
    expect(view.get_by_text("Put “a.csv” beside it.")).to_be_visible()


def test_another_project_begins_without_marks(view: Page) -> None:
    show(view, MODEL)
    show(view, MODEL.replace("ReLU", "Tanh"), project="two")
    assert fresh(view) == []


def test_the_last_code_stays_while_something_is_to_be_repaired(view: Page) -> None:
    show(view, MODEL)
    show(view, None, "Repair it first.")
    expect(view.get_by_text("Repair it first.")).to_be_visible()
    assert "".join(view.locator(".nn-line").all_text_contents()) == MODEL
    show(view, MODEL.replace("2, 4", "2, 5"))
    expect(view.get_by_text("Repair it first.")).to_be_hidden()
    assert fresh(view) == ["    nn.Linear(2, 5),"]


def test_files_are_chosen_by_keys_and_copied(view: Page) -> None:
    show(view, MODEL)
    view.get_by_role("radio", name="Model").focus()
    view.keyboard.press("ArrowRight")
    expect(view.get_by_role("radio", name="Training")).to_be_checked()
    expect(view.get_by_role("radio", name="Training")).to_be_focused()
    view.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    view.get_by_role("button", name="Copy").click()
    expect(view.get_by_role("button", name="Copied")).to_be_visible()
    assert view.evaluate("window.copied") == "EPOCHS = 3\n"


def test_names_from_the_data_are_never_html(view: Page) -> None:
    show(view, 'names = ["<img src=x onerror=window.hurt=1>", "</code>"]\n')
    assert view.locator("img").count() == 0
    assert view.evaluate("window.hurt") is None


def test_marks_are_those_of_difflib(view: Page) -> None:
    chance = random.Random(3)
    for _ in range(60):
        before = [chance.choice("abcdefg") + str(chance.randrange(9)) for _ in range(chance.randrange(1, 12))]
        after = [line for line in before if chance.random() < 0.8]
        for _ in range(chance.randrange(4)):
            after.insert(chance.randrange(len(after) + 1), f"new{chance.randrange(100)}")
        found = call(view, "code_diff", "marks", "\n".join(before), "\n".join(after))
        kept = [line for line, mark in zip(after or [""], found, strict=False) if not mark["fresh"]]
        # What is not marked comes from before, in its order, and is as long as it can be.
        rest = iter(before)
        assert all(line in rest for line in kept if after)
        longest = sum(block.size for block in difflib.SequenceMatcher(None, before, after, False).get_matching_blocks())
        assert len(kept) >= (longest if after else 0)
        if after:
            gone = sum(mark["gone"] for mark in found)
            assert gone >= len(before) - len(after)


def test_colors_are_those_of_pythons_tokenizer(view: Page) -> None:
    source = (
        'import torch  # "no string"\n\n\ndef f(x: int = 0x1F, *, größe=1_000.5e-3) -> None:\n'
        '    """Says\n    \'more\'.\n'
        '    """\n    return not x or f"{x!r} # {x:>4}" + r"\\d" + \'it\\\'s\' + "\\"" if x is None else .5\n'
    )
    lines = call(view, "code_colors", "colored", source)
    assert "\n".join("".join(piece["text"] for piece in line) for line in lines) == source
    pieces = [(piece["kind"], piece["text"]) for line in lines for piece in line]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            assert ("comment", token.string) in pieces
        elif token.type == tokenize.NUMBER:
            assert ("number", token.string) in pieces
        elif token.type == tokenize.NAME and keyword.iskeyword(token.string):
            assert ("keyword", token.string) in pieces
        elif token.type == tokenize.STRING and "\n" not in token.string:
            assert ("string", token.string) in pieces
