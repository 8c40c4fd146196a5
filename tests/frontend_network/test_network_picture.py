"""What the network canvas draws of the live picture: links, neurons, and what they tell."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_tab import altered, card, show
from fake_page import FakePage, network, picture_frame, picture_of, weights_of
from playwright.sync_api import Page, expect


def live(data: dict[str, Any], token: str) -> dict[str, Any]:
    return {**data, "live": {"path": "/live", "token": token}}


def pixel(tab: Page, script: str) -> list[int]:
    """Red, green, blue and alpha of the canvas at the place that `script` returns, in pixels of the stage."""
    return tab.evaluate(
        f"""() => {{
            const canvas = roots.network.querySelector('.nn-canvas');
            const origin = roots.network.querySelector('.nn-stage').getBoundingClientRect();
            const boxes = (column) => [...column.querySelectorAll('.nn-neuron')].map(one => {{
                const box = one.getBoundingClientRect();
                const y = box.top - origin.top + box.height / 2;
                return {{left: box.left - origin.left, right: box.right - origin.left, y, side: box.width}};
            }});
            const inputs = boxes(roots.network.querySelector('.nn-inputs'));
            const cards = [...roots.network.querySelectorAll('.nn-card')].map(boxes);
            const [x, y] = ({script})(inputs, cards);
            return [...canvas.getContext('2d').getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
        }}"""
    )


# The middle of the only link between one input and one unit.
ONLY_LINK = "(inputs, cards) => [(inputs[0].right + cards[0][0].left) / 2, inputs[0].y]"


def is_gray(color: list[int]) -> bool:
    return max(color[:3]) - min(color[:3]) < 20 and color[3] > 0


def is_blue(color: list[int]) -> bool:
    return color[2] - color[0] > 80 and color[3] > 0


def is_orange(color: list[int]) -> bool:
    return color[0] - color[2] > 80 and color[3] > 0


def until(tab: Page, script: str, wanted: Any) -> list[int]:
    """The color at a place once it is `wanted`; a fault after two seconds."""
    for _ in range(40):
        color = pixel(tab, script)
        if wanted(color):
            return color
        tab.wait_for_timeout(50)
    raise AssertionError(f"The color stayed {color}.")


def send(server: FakePage, token: str, data: dict[str, Any], weights: list[Any], serial: int = 1) -> None:
    server.send(token, picture_frame(serial, *picture_of(data, weights)))


@pytest.mark.parametrize(("value", "wanted"), [(2.0, is_blue), (-2.0, is_orange)])
def test_links_take_the_color_of_their_sign(tab: Page, server: FakePage, value: float, wanted: Any) -> None:
    token = f"sign{value}"
    data = live(network(1, inputs=["x"]), token)
    show(tab, data)
    assert is_gray(pixel(tab, ONLY_LINK))
    weights = weights_of(data)
    weights[0][:] = value
    send(server, token, data, weights)
    until(tab, ONLY_LINK, wanted)


def test_a_link_is_as_thick_as_its_weight(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x"]), "thick")
    show(tab, data)
    weights = weights_of(data)
    painted = []
    for value in (0.2, 1.0, 6.0):
        weights[0][:] = value
        send(server, "thick", data, weights)
        until(tab, ONLY_LINK, lambda color: color[2] > color[0])
        tab.wait_for_timeout(100)
        above = [
            pixel(tab, f"(inputs, cards) => [(inputs[0].right + cards[0][0].left) / 2, inputs[0].y + {offset}]")[3]
            for offset in range(-5, 6)
        ]
        painted.append(sum(alpha > 127 for alpha in above))
    assert painted == sorted(set(painted))


def test_links_pass_an_activation_by_and_skip_a_layer_that_is_off(tab: Page, server: FakePage) -> None:
    data = live(altered(network(1, "relu", 1, "tanh", 1, inputs=["x"]), 2, enabled=False), "chain")
    show(tab, data)
    weights = weights_of(data)
    assert len(weights) == 2
    weights[0][:], weights[1][:] = 3.0, -3.0
    send(server, "chain", data, weights)
    until(tab, ONLY_LINK, is_blue)
    # From Tanh (the fourth card) to the last Linear layer.
    last = "(inputs, cards) => [(cards[3][0].right + cards[4][0].left) / 2, cards[4][0].y]"
    until(tab, last, is_orange)
    straight = "(inputs, cards) => [(cards[0][0].right + cards[1][0].left) / 2, cards[0][0].y]"
    assert is_gray(pixel(tab, straight))


def test_a_neuron_shows_what_it_answers(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x", "y"]), "map")
    show(tab, data)
    middle = "(inputs, cards) => [cards[0][0].left + {} * cards[0][0].side, cards[0][0].y]"
    assert is_gray(pixel(tab, middle.format(0.85)))
    header, arrays = picture_of(data, weights_of(data))
    arrays["neurons"][0, :, :8] = 1
    arrays["neurons"][0, :, 8:] = 255
    server.send("map", picture_frame(1, header, arrays))
    until(tab, middle.format(0.85), is_blue)
    until(tab, middle.format(0.15), is_orange)
    # Inputs show their own slope: x grows to the right, y upward.
    until(tab, "(inputs) => [inputs[0].right - 4, inputs[0].y]", is_blue)
    until(tab, "(inputs) => [(inputs[1].left + inputs[1].right) / 2, inputs[1].y - inputs[1].side / 2 + 4]", is_blue)
    until(tab, "(inputs) => [(inputs[1].left + inputs[1].right) / 2, inputs[1].y + inputs[1].side / 2 - 4]", is_orange)


def test_the_picture_of_another_network_is_not_taken(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x"]), "other")
    show(tab, data)
    weights = weights_of(data)
    weights[0][:] = 3.0
    send(server, "other", data, weights)
    until(tab, ONLY_LINK, is_blue)
    larger = network(3, "relu", 1, inputs=["x"])
    negative = weights_of(larger)
    for matrix in negative:
        matrix[:] = -3.0
    acknowledged = server.acknowledged["other"]
    send(server, "other", larger, negative)
    for _ in range(40):
        tab.wait_for_timeout(50)
        if server.acknowledged["other"] > acknowledged:
            break
    assert is_blue(pixel(tab, ONLY_LINK)), "the last picture that fits stays"
    show(tab, live(larger, "other"))
    first = "(inputs, cards) => [(inputs[0].right + cards[0][1].left) / 2, inputs[0].y]"
    until(tab, first, is_orange)


def test_a_frame_draws_once_and_leaves_the_document_alone(tab: Page, server: FakePage) -> None:
    data = live(network(8, "tanh", 8, "tanh", 1), "many")
    weights = weights_of(data)
    send(server, "many", data, weights)
    show(tab, data)
    tab.wait_for_timeout(200)
    tab.evaluate(
        """() => {
            window.changes = 0; window.draws = 0;
            new MutationObserver(list => { window.changes += list.length; })
                .observe(roots.network, {subtree: true, childList: true, characterData: true, attributes: true});
            const brush = CanvasRenderingContext2D.prototype;
            const clear = brush.clearRect;
            brush.clearRect = function (...all) { window.draws += 1; clear.apply(this, all); };
        }"""
    )
    before = server.acknowledged["many"]
    for number in range(1, 11):
        send(server, "many", data, weights)
        for _ in range(100):
            tab.wait_for_timeout(10)
            if server.acknowledged["many"] >= before + number:
                break
    assert tab.evaluate("[window.draws, window.changes]") == [10, 0]


def test_hovering_a_link_tells_its_weight(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["age"]), "hover")
    show(tab, data)
    weights = weights_of(data)
    weights[0][:] = -1.25
    send(server, "hover", data, weights)
    until(tab, ONLY_LINK, is_orange)
    box, neuron = tab.locator(".nn-inputs .nn-neuron").bounding_box(), card(tab, 0).locator(".nn-neuron").bounding_box()
    tab.mouse.move((box["x"] + box["width"] + neuron["x"]) / 2, neuron["y"] + neuron["height"] / 2)
    expect(tab.locator(".nn-tip")).to_have_text("age → unit 1: weight −1.25")
    tab.mouse.move(1200, 800)
    expect(tab.locator(".nn-tip")).to_be_hidden()


def test_the_colors_follow_the_theme(tab: Page) -> None:
    data = network(1, inputs=["x"])
    show(tab, data)
    inside = "(inputs) => [inputs[0].left + 10, inputs[0].y]"
    light = pixel(tab, inside)
    tab.evaluate("window.setTheme('dark')")
    show(tab, data)
    assert max(pixel(tab, inside)[:3]) < 100 < min(light[:3])
