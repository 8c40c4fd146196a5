"""The transport bar: what buttons and keys trigger, how the bar answers at once, what it says."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from fake_board import COLUMNS, Circles, FakeBoard, FakeRun
from playwright.sync_api import Page, expect
from test_live import until

TRAIN = "#transport .nn-train"


def actions(page: Page) -> list[str]:
    """What was triggered so far; the numbers must grow."""
    triggers: list[tuple[str, dict[str, Any]]] = page.evaluate("window.triggers")
    assert all(name == "action" for name, _ in triggers)
    numbers = [value["n"] for _, value in triggers]
    assert numbers == sorted(set(numbers))
    return [value["do"] for _, value in triggers]


@pytest.fixture
def page(open_page, circles: Circles) -> Page:
    opened: Page = open_page(parts="transport")
    expect(opened.locator("#transport .nn-state")).to_have_text("Ready")
    return opened


def test_every_button_triggers_its_action(page: Page, run: FakeRun) -> None:
    page.get_by_label("Train one batch").click()
    page.get_by_label("Train one epoch").click()
    page.get_by_label("Reset with new initial weights").click()
    page.get_by_label("Reset to the same initial weights").click()
    page.locator(TRAIN).click()
    run.set_status(state="training", epoch=2)
    page.locator(TRAIN).click()
    run.set_status(state="paused", epoch=3)
    expect(page.locator("#transport .nn-epochs")).to_have_text("epoch 0003 / 200")
    page.get_by_label("Stop").click()
    expected = ["step_batch", "step_epoch", "reset_new", "reset_same", "train", "pause", "stop"]
    assert actions(page) == expected


def test_the_button_flips_at_once_and_old_news_does_not_flip_it_back(page: Page, run: FakeRun) -> None:
    page.locator(TRAIN).click()
    expect(page.locator(TRAIN)).to_have_text("Pause", timeout=300)
    run.set_status(state="ready", learning_rate=0.1)
    page.wait_for_timeout(200)
    expect(page.locator(TRAIN)).to_have_text("Pause", timeout=100)
    run.set_status(state="training", epoch=5)
    expect(page.locator("#transport .nn-epochs")).to_have_text("epoch 0005 / 200")
    page.locator(TRAIN).click()
    expect(page.locator(TRAIN)).to_have_text("Train", timeout=300)
    run.set_status(state="training", epoch=6)
    page.wait_for_timeout(200)
    expect(page.locator("#transport .nn-state")).to_have_text("Paused", timeout=100)


def test_the_status_corrects_the_button(page: Page, run: FakeRun) -> None:
    page.locator(TRAIN).click()
    run.set_status(state="queued", place=3, message="Two runs are before this one.")
    expect(page.locator("#transport .nn-state")).to_have_text("Queued – place 3")
    run.set_status(state="ready", place=0, message="")
    expect(page.locator(TRAIN)).to_have_text("Train")
    page.locator(TRAIN).click()
    # Nothing answers: after a while the page believes the status again.
    expect(page.locator(TRAIN)).to_have_text("Pause", timeout=300)
    expect(page.locator(TRAIN)).to_have_text("Train", timeout=5000)


def test_a_training_that_is_over_at_once_is_shown_as_done(page: Page, run: FakeRun) -> None:
    page.locator(TRAIN).click()
    run.set_status(state="done", epoch=200)
    expect(page.locator("#transport .nn-state")).to_have_text("Done")
    page.locator(TRAIN).click()
    run.set_status(state="done", epoch=400, epochs=400)
    expect(page.locator("#transport .nn-state")).to_have_text("Done", timeout=15000)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "training"}, "Training"),
        ({"state": "paused"}, "Paused"),
        ({"state": "queued", "place": 3}, "Queued – place 3"),
        ({"state": "done"}, "Done"),
        ({"state": "diverged", "epoch": 12}, "Diverged in epoch 13"),
        ({"state": "lost"}, "Worker lost"),
        ({"state": "failed", "message": "No more memory."}, "Failed"),
        ({"state": "asleep"}, "Asleep"),
    ],
)
def test_states_in_words(page: Page, run: FakeRun, changes: dict[str, Any], words: str) -> None:
    run.set_status(**changes)
    expect(page.locator("#transport .nn-state")).to_have_text(words)


def test_why_a_training_ended_early_stands_below_the_bar(page: Page, run: FakeRun) -> None:
    message = "Stopped early in epoch 57: no gain for 50 epochs. The weights of epoch 7 are back."
    run.set_status(state="done", epoch=57, message=message)
    expect(page.locator("#transport .nn-left")).to_have_text(message)
    expect(page.locator("#transport .nn-epochs")).to_be_visible()
    run.set_status(state="training", message="")
    expect(page.locator("#transport .nn-left")).not_to_contain_text("Stopped")


def test_a_lost_worker_offers_to_go_on(page: Page, run: FakeRun) -> None:
    run.set_status(state="lost", message="The worker ended unexpectedly.")
    page.get_by_role("button", name="Go on from the last checkpoint", exact=True).click()
    assert actions(page) == ["train"]


def test_a_project_with_errors_cannot_be_trained(page: Page) -> None:
    sentence = "The last layer has 1 output but there are 3 classes; set its units to 3."
    page.evaluate("(blocked) => window.renderPart('transport', { blocked })", sentence)
    train = page.locator(TRAIN)
    expect(train).to_be_disabled()
    expect(train).to_have_attribute("title", sentence)
    expect(page.locator("#transport .nn-detail")).to_have_text(sentence)
    # Ready is what it is not.
    expect(page.locator("#transport .nn-state")).to_have_text("Cannot train yet")
    page.keyboard.press("Space")
    page.keyboard.press("s")
    assert actions(page) == []
    page.evaluate("window.renderPart('transport', { blocked: null })")
    expect(train).to_be_enabled()


def test_keys(page: Page, run: FakeRun) -> None:
    for key in ("Space", "s", "e", "r"):
        expect(page.get_by_role("button", name="Train one epoch (e)")).to_be_enabled()
        page.keyboard.press(key)
        if key == "Space":
            run.set_status(state="training", epoch=1)
            expect(page.locator(TRAIN)).to_have_text("Pause")
            page.keyboard.press(key)
            run.set_status(state="paused")
            expect(page.locator("#transport .nn-state")).to_have_text("Paused")
    assert actions(page) == ["train", "pause", "step_batch", "step_epoch", "reset_same"]


def test_keys_are_left_alone_while_typing_and_with_modifiers(page: Page) -> None:
    page.focus("#field")
    page.keyboard.type("s e r?")
    assert page.input_value("#field") == "s e r?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+s")
    assert actions(page) == []
    page.evaluate("window.renderPart('transport', { keys: false })")
    page.keyboard.press("s")
    assert actions(page) == []


def test_space_on_a_button_presses_that_button(page: Page) -> None:
    page.get_by_label("Train one epoch").focus()
    page.keyboard.press("Space")
    assert actions(page) == ["step_epoch"]


def test_the_page_does_not_hear_keys_that_mean_something_here(page: Page) -> None:
    page.evaluate("window.heard = []; document.addEventListener('keydown', (e) => window.heard.push(e.key))")
    page.keyboard.press("r")
    page.keyboard.press("x")
    assert page.evaluate("window.heard") == ["x"]


def test_the_list_of_keys(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.locator("#transport dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("reset to the same weights")
    page.keyboard.press("s")
    assert actions(page) == [], "no key works behind the list"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_speed_is_asked_of_the_worker_and_kept_over_a_reload(page: Page, run: FakeRun) -> None:
    page.get_by_label("Speed").select_option("20 epochs/s")
    until(lambda: run.actions("view") == [{"pace": 20}])
    page.reload()
    page.wait_for_function("window.ready")
    expect(page.get_by_label("Speed")).to_have_value("20")
    until(lambda: len(run.actions("view")) == 2)
    page.get_by_label("Speed").select_option("max speed")
    until(lambda: run.actions("view")[-1] == {"pace": None})


def test_figures_and_progress(page: Page, run: FakeRun) -> None:
    latest = dict(zip(COLUMNS, [128, 0.1, 0.0832, 3.4e-5, 0.95, 0.96], strict=True))
    run.set_status(state="training", epoch=128, batch=6, latest=latest, seconds_left=3.2, steps_per_second=2900.0)
    bar = page.locator("#transport")
    expect(bar.locator(".nn-figure-value")).to_have_text(["0.0832", "3.4e−5", "96.0\u202f%"])
    expect(bar.locator(".nn-part")).to_have_text("64\u202f%")
    expect(bar.locator(".nn-left")).to_have_text("0:04 left")
    expect(bar.locator(".nn-speed")).to_have_text("2900 steps/s")
    expect(bar.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "64")


def test_tab_leads_into_an_open_menu_and_back(page: Page) -> None:
    # As the page lays a menu: its button somewhere, the menu at the end of the document, a component within it.
    page.evaluate("""() => {
        const opener = '<button data-testid="stPopoverButton" aria-expanded="true">Menu</button><button>Next</button>';
        document.body.insertAdjacentHTML("afterbegin", opener);
        const inside = '<button disabled>No</button><button>One</button><div></div>';
        document.body.insertAdjacentHTML("beforeend", `<div data-testid="stPopoverBody">${inside}</div>`);
        const host = document.querySelector("[data-testid=stPopoverBody] div");
        host.attachShadow({ mode: "open" }).innerHTML = "<button>Two</button>";
    }""")
    focused = """() => {
        const active = document.activeElement;
        return (active.shadowRoot ? active.shadowRoot.activeElement : active).textContent;
    }"""
    page.get_by_role("button", name="Menu").focus()
    walked = []
    for key in ("Tab", "Tab", "Tab", "Tab", "Shift+Tab"):
        page.keyboard.press(key)
        walked.append(page.evaluate(focused))
    assert walked == ["One", "Two", "Menu", "One", "Menu"]
    page.evaluate("document.querySelector('[data-testid=stPopoverButton]').ariaExpanded = 'false'")
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Next", "a closed menu leads nowhere"


def test_figures_do_not_move_when_their_values_change(page: Page, run: FakeRun) -> None:
    places = """[...window.roots.transport.querySelectorAll(".nn-figure, .nn-progress")]
        .map((node) => node.getBoundingClientRect().x)"""
    seen = []
    for value in (0.1111, 12.41, 1e-7, 99999.0):
        run.set_status(state="training", epoch=int(value) % 200, latest={"train_loss": value, "validation_loss": value})
        expect(page.locator("#transport .nn-figure-value").nth(2)).to_have_text("–")
        page.wait_for_timeout(60)
        seen.append(page.evaluate(places))
    assert all(place == seen[0] for place in seen)


def test_a_lost_connection_locks_the_buttons_until_it_is_back(page: Page, board: FakeBoard, run: FakeRun) -> None:
    run.refuse = True
    board.drop(run)
    expect(page.locator("#transport .nn-state")).to_have_text("Connection lost")
    expect(page.locator(TRAIN)).to_be_disabled()
    run.refuse = False
    expect(page.locator("#transport .nn-state")).to_have_text("Ready")
    expect(page.locator(TRAIN)).to_be_enabled()


def test_every_control_has_a_name_and_the_state_is_spoken(page: Page, run: FakeRun) -> None:
    unnamed = """[...window.roots.transport.querySelectorAll('.nn-transport-row button, select')]
        .filter((node) => !node.getAttribute('aria-label') || !node.title).length"""
    assert page.evaluate(unnamed) == 0
    live = page.locator("#transport [aria-live=polite]")
    expect(live).to_have_text("Ready, epoch 0 of 200")
    page.evaluate("""() => {
        window.spoken = [];
        const heard = new MutationObserver(() => window.spoken.push(performance.now()));
        const everything = { childList: true, characterData: true, subtree: true };
        heard.observe(window.roots.transport.querySelector("[aria-live]"), everything);
    }""")
    for epoch in range(0, 200, 10):
        run.set_status(state="training", epoch=epoch)
        page.wait_for_timeout(60)
    expect(live).to_have_text("Training, epoch 180 of 200")
    times = page.evaluate("window.spoken")
    assert all(after - before > 900 for before, after in itertools.pairwise(times))
