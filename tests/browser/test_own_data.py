"""A student's own table, from the file to a trained network."""

import json
import math
import re
import time
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.cli import main
from nnbuilder.spec import read_text


def test_penguins_from_a_file_to_a_trained_network(serve, visit, tmp_path):
    person = visit(serve().url)
    page = person.page
    page.get_by_role("button", name="Your own table").click()
    page.locator("input[type=file]").set_input_files(SAMPLES["penguins"].path)
    expect(page.get_by_text("344 rows, 8 columns")).to_be_visible()
    expect(page.get_by_text("“sex”: “NA” counts as missing, first in line 5")).to_be_visible()
    expect(page.get_by_text("Learns 3 classes from 10 inputs")).to_be_visible()
    page.get_by_role("button", name="Propose").click()
    page.get_by_role("button", name="Use this network").click()
    expect(page.get_by_text("206 train · 69 validation · 69 test rows")).to_be_visible()
    page.get_by_role("button", name="Network").first.click()
    person.sees_state("Ready")
    untrained = person.picture()
    page.get_by_role("radio", name="Confusion").check()
    table = page.get_by_role("table", name="Confusion of classes")
    expect(table.get_by_role("rowheader")).to_have_text(["Adelie", "Chinstrap", "Gentoo"])
    expect(page.get_by_text("validation rows: 69")).to_be_visible()
    seen = [confused(page)]
    assert seen[0] > 20, "an untrained network guesses"
    # Slowly, so that there is something to see; then to the end.
    page.get_by_role("combobox", name="Speed").select_option(label="5 epochs/s")
    person.trains()
    deadline = time.monotonic() + 60
    while seen[-1] > seen[0] / 4:
        assert time.monotonic() < deadline, f"the mistakes do not fall: {seen}"
        seen.append(confused(page))
    assert len({wrong for wrong in seen if wrong < seen[0]}) >= 2, f"they fall step by step: {seen}"
    page.get_by_role("combobox", name="Speed").select_option(label="max speed")
    person.sees_state("Done")
    wrong = confused(page)
    assert wrong < 7
    accuracy = re.search(r"accuracy\s+([\d.]+)", person.transport().inner_text())
    assert accuracy
    assert float(accuracy[1]) == pytest.approx(100 * (1 - wrong / 69), abs=0.06)
    page.get_by_role("radio", name="Boundary").check()
    assert person.picture() != untrained

    # The same project beside its table gives the same bits where the app never was.
    checkpoint = torch.load(person.downloads("Checkpoint", tmp_path), weights_only=True)
    project = tmp_path / "penguins.json"
    project.write_text(read_text(checkpoint["project"]).to_text())
    (tmp_path / "penguins.csv").write_bytes(SAMPLES["penguins"].path.read_bytes())
    assert main(["train", str(project), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    ours = torch.load(tmp_path / "out" / "model.pth", weights_only=True)["state_dict"]
    assert all(torch.equal(ours[name], tensor) for name, tensor in checkpoint["state_dict"].items())
    assert json.loads(checkpoint["preprocessing"])["columns"][0]["categories"] == ["Biscoe", "Dream", "Torgersen"]


def confused(page):
    """The mistakes as the line over the matrix counts them; the cells say the same."""
    # Both at once: a picture may come in between.
    read = page.locator(".nn-board.nn-output").evaluate(
        """(board) => ({ said: board.querySelector(".nn-wrong").textContent,
            cells: [...board.querySelectorAll(".nn-cell")].map((cell) => Number(cell.textContent)) })"""
    )
    wrong, rows = map(int, re.findall(r"\d+", read["said"]))
    side = math.isqrt(len(read["cells"]))
    assert rows == sum(read["cells"]) == 69
    assert wrong == rows - sum(read["cells"][:: side + 1])
    return wrong


def test_a_file_that_is_no_table_is_refused_and_the_data_stay(serve, visit, tmp_path):
    person = visit(serve().url)
    page = person.page
    page.get_by_role("button", name="Your own table").click()
    broken = Path(tmp_path / "broken.csv")
    broken.write_bytes(b"a,b\n1,\xff\xfe\x00\x01\x02\n" * 5)
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.locator(".nn-sentence.nn-error")).to_contain_text("broken.csv")
    page.get_by_role("button", name="Network").first.click()
    person.sees_state("Ready")
    expect(page.get_by_role("radio", name=re.compile("^Circle,"))).to_be_checked()


def test_two_crescents_are_drawn_with_the_mouse_and_learned(serve, visit):
    person = visit(serve().url)
    page = person.page
    page.get_by_role("button", name="Your own table").click()
    page.get_by_text("Draw points", exact=True).click()
    page.get_by_role("radio", name="Brush").click()
    plane = page.locator(".nn-draw-top")
    expect(plane).to_be_visible()
    classes = page.get_by_role("radiogroup", name="Class to draw").get_by_role("radio")
    for number, middle, turn in ((0, 0.42, 1), (1, 0.58, -1)):
        classes.nth(number).click()
        box = plane.bounding_box()
        assert box
        side = min(box["width"], box["height"])

        def at(step, middle=middle, turn=turn, box=box, side=side):
            angle = math.pi * step / 24
            across = box["width"] * middle + 0.24 * side * math.cos(angle)
            down = box["height"] * 0.5 - turn * (0.24 * side * math.sin(angle) - 0.06 * side)
            return box["x"] + across, box["y"] + down

        page.mouse.move(*at(0))
        page.mouse.down()
        for step in range(1, 25):
            page.mouse.move(*at(step), steps=2)
        page.mouse.up()
    page.get_by_role("button", name="Use these points").click()
    person.sees_state("Ready")
    expect(page.get_by_text("rows of drawn points.csv")).to_be_visible()
    page.get_by_role("button", name="Propose").click()
    page.get_by_role("button", name="Use this network").click()
    person.trains()
    person.sees_state("Done")
    accuracy = re.search(r"accuracy\s+([\d.]+)", person.transport().inner_text())
    assert accuracy
    assert float(accuracy[1]) > 85
