"""The buttons of the files to take home, with a server that does what the test says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_board import FakeBoard
from playwright.sync_api import Browser, Locator, Page, Route, expect

FILES = [
    {"kind": "checkpoint", "label": "Checkpoint", "help": "Everything."},
    {"kind": "project", "label": "Project", "help": "As JSON."},
]
MOUNT = """
async ([theme, data]) => {
  const page = document.getElementById("page");
  page.className = theme;
  for (const id of ["row", "transport"]) document.getElementById(id).remove();
  const module = await import("/assets/downloads.js");
  const sheets = ["base.css", "downloads.css"].map(async (name) => (await fetch(`/assets/${name}`)).text());
  const css = (await Promise.all(sheets)).join(" ");
  window.open_menu = () => {
    const host = document.createElement("div");
    host.id = "downloads";
    page.append(host);
    const root = host.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = css;
    root.append(style);
    window.mount = (data) => void (window.cleanup = module.render({
      parentElement: root, data, key: "downloads", setStateValue() {}, setTriggerValue() {},
    }));
    window.mount(data);
  };
  // As Streamlit does when a menu is closed.
  window.close_menu = () => { window.cleanup(); document.getElementById("downloads").remove(); };
  window.clicks = 0;
  document.addEventListener("click", (event) => {
    if (!event.composedPath().some((node) => node.id === "downloads")) window.clicks += 1;
  });
  window.open_menu();
}
"""


BREAKING_OFF = """
() => void (window.fetch = async () => {
  const begun = new ReadableStream({
    start(control) { control.enqueue(new Uint8Array(10)); setTimeout(() => control.error(new TypeError("gone")), 20); },
  });
  return new Response(begun, { headers: { "Content-Disposition": 'attachment; filename="net.pth"' } });
})
"""


class Menu:
    """The mounted menu, and the answers of its server."""

    def __init__(self, page: Page, theme: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.held: list[Route] = []
        self.words = ""
        self.answer: Callable[[Route], None] = self.held.append
        page.route("**/download/**", self._answer)
        page.evaluate(MOUNT, [theme, {"path": "/download", "token": "t", "files": FILES}])

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith("?progress"):
            route.fulfill(json={"words": self.words})
            return
        self.asked.append(route.request.url.partition("/download")[2])
        self.answer(route)

    def waiting(self) -> Route:
        """The first request that has no answer yet; it may be a moment on its way."""
        for _ in range(200):
            if self.held:
                break
            self.page.wait_for_timeout(25)
        return self.held[0]

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def alerts(self) -> list[str]:
        return [text for text in self.page.get_by_role("alert").all_inner_texts() if text]

    def update(self, **changes: Any) -> None:
        data = {"path": "/download", "token": "t", "files": FILES, **changes}
        self.page.evaluate("(data) => window.mount(data)", data)

    def fails(self, kind: str, sentence: str, **answer: Any) -> None:
        """A click on a file is answered so, and says this."""
        self.answer = lambda route: route.fulfill(**answer) if answer else route.abort()
        self.button(kind).click()
        expect(self.page.get_by_role("alert").filter(has_text=re.compile("."))).to_contain_text(sentence)


def a_file(body: bytes = b"weights", name: str = 'filename="net.pth"') -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, headers={"Content-Disposition": f"attachment; {name}"})


@pytest.fixture
def menu(open_page: Callable[..., Page]) -> Iterator[Callable[..., Menu]]:
    def opened(theme: str = "light") -> Menu:
        return Menu(open_page(parts=""), theme)

    yield opened


@pytest.fixture
def timed(browser: Browser, board: FakeBoard) -> Iterator[Menu]:
    """A menu whose clock stands still until it is moved; in a context of its own, as a clock is a context's."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{board.url}/?parts=")
    page.wait_for_function("window.ready")
    shown = Menu(page, "light")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    yield shown
    context.close()


def test_a_click_saves_the_file_under_the_name_the_server_says(menu: Callable[..., Menu], tmp_path: Path) -> None:
    shown = menu()
    shown.answer = a_file(bytes(range(256)), "filename=\"H_.pth\"; filename*=UTF-8''H%C3%A4%20%281%29.pth")
    with shown.page.expect_download() as caught:
        shown.button("Checkpoint").click()
    assert caught.value.suggested_filename == "Hä (1).pth"
    caught.value.save_as(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == bytes(range(256))
    assert shown.asked == ["/t/checkpoint"]
    expect(shown.page.get_by_role("status").first).to_have_text("Hä (1).pth is downloaded.")
    assert shown.alerts() == []
    # A menu that closes on a click beside it stays open.
    assert shown.page.evaluate("window.clicks") == 0


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a.pth"', "a.pth"),
        ("attachment; filename=\"a.pth\"; filename*=UTF-8''%E2%82%AC.pth", "€.pth"),
        ("attachment; filename*=utf-8''x.pth; filename=\"a.pth\"", "x.pth"),
        ("attachment; filename=\"a.pth\"; filename*=UTF-8''%E2%28.pth", "a.pth"),
        ("attachment", None),
        ('attachment; filename=""', None),
        (None, None),
    ],
)
def test_the_name_in_the_header(blank: Page, header: str | None, name: str | None) -> None:
    read = "async (header) => (await import('/assets/download_job.js')).fileName(header)"
    assert blank.evaluate(read, header) == name


def test_a_file_that_takes_its_time_says_so_and_is_asked_for_once(timed: Menu) -> None:
    shown = timed
    button, preparing = shown.button("Checkpoint"), shown.page.get_by_text("Preparing…").first
    expect(button).to_have_attribute("aria-busy", "false")
    before = button.bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    shown.page.clock.run_for(250)
    expect(preparing).to_be_hidden()
    shown.page.clock.run_for(100)
    expect(preparing).to_be_visible()
    expect(shown.page.get_by_role("status").first).to_have_text("Preparing…")
    # Nothing moves, the name stays, and a second click is none.
    assert button.bounding_box() == before
    button.click()
    with shown.page.expect_download():
        a_file()(shown.waiting())
    expect(button).to_have_attribute("aria-busy", "false")
    expect(preparing).to_be_hidden()
    assert shown.asked == ["/t/checkpoint"]


def test_what_the_server_does_is_told_and_what_it_checked(timed: Menu) -> None:
    shown = timed
    shown.words = "Checking with onnxruntime…"
    shown.button("Checkpoint").click()
    shown.waiting()
    shown.page.clock.run_for(800)
    expect(shown.page.get_by_role("status").first).to_have_text("Checking with onnxruntime…")
    expect(shown.page.get_by_text("Checking with onnxruntime…").first).to_be_visible()
    headers = {"Content-Disposition": 'attachment; filename="net.pth"', "X-Checked": "200%20rows%20%E2%80%93%20alike."}
    with shown.page.expect_download():
        shown.held[0].fulfill(body=b"weights", headers=headers)
    expect(shown.page.get_by_text("200 rows – alike.")).to_be_visible()
    shown.button("Checkpoint").click()
    expect(shown.page.get_by_text("200 rows – alike.")).to_be_hidden()


def test_two_files_come_side_by_side(menu: Callable[..., Menu]) -> None:
    shown = menu()
    shown.button("Checkpoint").click()
    shown.button("Project").click()
    expect(shown.button("Project")).to_have_attribute("aria-busy", "true")
    with shown.page.expect_download() as caught:
        a_file(name='filename="p.json"')(shown.held[1])
    assert caught.value.suggested_filename == "p.json"
    expect(shown.button("Checkpoint")).to_have_attribute("aria-busy", "true")
    with shown.page.expect_download():
        a_file()(shown.waiting())


REFUSALS = [
    ("There are no weights yet.", {"status": 409, "json": {"message": "There are no weights yet."}}),
    ("reload it and click", {"status": 404, "json": {"message": "The server is new; reload it and click again."}}),
    ("something else than the file (502)", {"status": 502, "body": "<html>Bad Gateway</html>"}),
    ("something else than the file (500)", {"status": 500, "json": {"detail": "no"}}),
    ("something else than the file;", {"status": 200, "body": "<html>Log in</html>"}),
    ("<b>bold</b>", {"status": 409, "json": {"message": "<b>bold</b>"}}),
    ("The server does not answer", {}),
]


@pytest.mark.parametrize(("sentence", "answer"), REFUSALS, ids=range(len(REFUSALS)))
def test_why_a_file_does_not_come_stands_there_until_the_next_click(
    menu: Callable[..., Menu], sentence: str, answer: dict[str, Any]
) -> None:
    shown = menu()
    shown.fails("Checkpoint", sentence, **answer)
    assert len(shown.alerts()) == 1
    expect(shown.button("Checkpoint")).to_have_attribute("aria-busy", "false")
    # It belongs to its button, and a rerun of the page does not take it away.
    shown.update()
    assert len(shown.alerts()) == 1
    alert = shown.page.get_by_role("alert").filter(has_text=re.compile(".")).bounding_box()
    first, second = shown.button("Checkpoint").bounding_box(), shown.button("Project").bounding_box()
    assert alert and first and second
    assert first["y"] + first["height"] <= alert["y"] < second["y"]
    shown.answer = shown.held.append
    shown.button("Checkpoint").click()
    expect(shown.button("Checkpoint")).to_have_attribute("aria-busy", "true")
    assert shown.alerts() == []
    with shown.page.expect_download():
        a_file()(shown.waiting())
    assert shown.alerts() == []


def test_a_file_that_breaks_off_is_not_saved(menu: Callable[..., Menu]) -> None:
    shown = menu()
    saved: list[object] = []
    shown.page.on("download", lambda download: saved.append(download))
    shown.page.evaluate(BREAKING_OFF)
    shown.button("Checkpoint").click()
    expect(shown.page.get_by_role("alert").first).to_contain_text("broke off")
    assert saved == []


def test_an_alert_is_in_the_tree_before_it_speaks(menu: Callable[..., Menu]) -> None:
    shown = menu()
    shown.page.evaluate(
        "window.alert_node = document.getElementById('downloads').shadowRoot.querySelector('[role=alert]')"
    )
    shown.fails("Checkpoint", "does not answer")
    assert "does not answer" in shown.page.evaluate("window.alert_node.textContent")


def test_a_server_that_never_answers_is_given_up(timed: Menu) -> None:
    shown = timed
    shown.button("Checkpoint").click()
    shown.page.clock.run_for(120_000)
    expect(shown.button("Checkpoint")).to_have_attribute("aria-busy", "true")
    shown.page.clock.run_for(60_000)
    expect(shown.page.get_by_role("alert").first).to_contain_text("took too long")


def test_a_closed_menu_still_saves_and_an_opened_one_still_says_why(menu: Callable[..., Menu]) -> None:
    shown = menu()
    shown.button("Checkpoint").click()
    shown.button("Project").click()
    expect(shown.button("Project")).to_have_attribute("aria-busy", "true")
    shown.page.evaluate("window.close_menu()")
    shown.page.wait_for_timeout(200)
    with shown.page.expect_download() as caught:
        a_file()(shown.waiting())
    assert caught.value.suggested_filename == "net.pth"
    shown.page.evaluate("window.open_menu()")
    expect(shown.button("Project")).to_have_attribute("aria-busy", "true")
    expect(shown.button("Checkpoint")).to_have_attribute("aria-busy", "false")
    shown.page.evaluate("window.close_menu()")
    shown.held[1].fulfill(status=409, json={"message": "Not now."})
    shown.page.wait_for_timeout(100)
    shown.page.evaluate("window.open_menu()")
    expect(shown.page.get_by_role("alert").filter(has_text="Not now.")).to_be_visible()


def test_another_token_is_asked_with_and_begins_anew(menu: Callable[..., Menu]) -> None:
    shown = menu()
    shown.fails("Checkpoint", "does not answer")
    shown.update(token="new/one")
    assert shown.alerts() == []
    shown.answer = a_file()
    with shown.page.expect_download():
        shown.button("Checkpoint").click()
    assert shown.asked[-1] == "/new%2Fone/checkpoint"


def test_files_come_and_go(menu: Callable[..., Menu]) -> None:
    shown = menu()
    more = {"kind": "module", "label": "Whole model", "help": "All of it."}
    shown.update(files=[more, FILES[1]])
    assert shown.page.get_by_role("button").evaluate_all("(all) => all.map((one) => one.ariaLabel)") == [
        "Whole model",
        "Project",
    ]


def test_the_keyboard_reaches_every_file_and_its_help_describes_it(menu: Callable[..., Menu]) -> None:
    shown = menu()
    expect(shown.button("Project")).to_have_accessible_description("As JSON.")
    shown.page.keyboard.press("Tab")
    expect(shown.button("Checkpoint")).to_be_focused()
    outline = "(node) => getComputedStyle(node).outlineStyle"
    assert shown.button("Checkpoint").evaluate(outline) == "solid"
    shown.page.keyboard.press("Tab")
    shown.answer = a_file()
    with shown.page.expect_download():
        shown.page.keyboard.press("Enter")
    assert shown.asked == ["/t/project"]
    expect(shown.button("Project")).to_be_focused()


def luminance(color: list[int]) -> float:
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PAINTED = """
([node, background]) => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const layers = background ? [background, ...node] : node;
  for (const color of layers) { context.fillStyle = color; context.fillRect(0, 0, 1, 1); }
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
"""


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", "#0e1117")])
def test_words_stand_out_in_either_theme(menu: Callable[..., Menu], theme: str, paper: str) -> None:
    shown = menu(theme)
    shown.fails("Checkpoint", "does not answer")
    problem = shown.page.get_by_role("alert").first
    style = "(node, name) => getComputedStyle(node)[name]"
    ground = shown.page.evaluate(PAINTED, [[problem.evaluate(style, "backgroundColor")], paper])
    bare = shown.page.evaluate(PAINTED, [[paper], None])
    for place, below in ((problem, ground), (shown.page.get_by_text("As JSON."), bare)):
        words = shown.page.evaluate(PAINTED, [[place.evaluate(style, "color")], paper])
        light, dark = sorted((luminance(words), luminance(below)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
