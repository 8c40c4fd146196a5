"""The network canvas in a tab: what it is shown, what it sent, and its cards."""

from __future__ import annotations

from typing import Any

from fake_page import network
from playwright.sync_api import Page

MIXED = network(5, "relu", "batch_norm", 1, inputs=["x", "y"])


def show(tab: Page, data: dict[str, Any]) -> None:
    """Hands data to the canvas, as a rerun of the page does."""
    tab.evaluate("data => window.show('network', data)", data)


def sent(tab: Page) -> list[dict[str, Any]]:
    """The actions so far without their numbers, which must grow."""
    triggers = tab.evaluate("window.triggers")
    assert all(name == "action" for name, _ in triggers)
    numbers = [value["n"] for _, value in triggers]
    assert numbers == sorted(set(numbers))
    return [{key: value for key, value in action.items() if key != "n"} for _, action in triggers]


def card(tab: Page, index: int) -> Any:
    return tab.locator(".nn-card").nth(index)


def altered(data: dict[str, Any], index: int, **changes: Any) -> dict[str, Any]:
    """The data with one layer changed."""
    layers = [{**layer, **changes} if layer["index"] == index else layer for layer in data["layers"]]
    return {**data, "layers": layers}


def arranged(data: dict[str, Any], order: list[int]) -> dict[str, Any]:
    """The data with its layers in another order; those not named are gone."""
    return {**data, "layers": [{**data["layers"][old], "index": new} for new, old in enumerate(order)]}
