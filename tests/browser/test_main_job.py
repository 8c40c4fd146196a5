"""The main job, done as a person does it, and the files loaded where only torch is."""

import json
import re
import subprocess
import sys

import torch
from playwright.sync_api import expect

from nnbuilder.cli import main
from nnbuilder.spec import read_text

LOADER = """
import json, sys
import torch
from torch import nn
assert not any(name.startswith("nnbuilder") for name in sys.modules)
checkpoint, state_dict, whole, row = *sys.argv[1:4], json.loads(sys.argv[4])
loaded = torch.load(checkpoint, weights_only=True)
shapes = [tensor.shape for name, tensor in loaded["state_dict"].items() if name.endswith("weight")]
answers = []
for weights in (loaded["state_dict"], torch.load(state_dict, weights_only=True)):
    layers, widths = [], [(shape[1], shape[0]) for shape in shapes]
    for place, layer in enumerate(json.loads(loaded["project"])["network"]["layers"]):
        kind = layer["kind"]
        layers.append(nn.Linear(*widths.pop(0)) if kind == "linear" else {"relu": nn.ReLU, "tanh": nn.Tanh}[kind]())
    model = nn.Sequential(*layers)
    model.load_state_dict(weights)
    answers.append(model)
answers.append(torch.load(whole, weights_only=False))
with torch.no_grad():
    print(json.dumps([model.eval()(torch.tensor([row])).item() for model in answers]))
"""


def test_from_an_empty_screen_to_a_trained_pth(serve, visit, tmp_path):
    server = serve()
    person = visit(server.url)
    page = person.page
    person.chooses("Circles")
    person.sees_state("Ready")
    switches = page.get_by_role("switch", name=re.compile("^Use layer"))
    before = switches.count()
    person.button(r"(\+ Layer|Add a hidden layer|Add Linear)").click()
    expect(switches).to_have_count(before + 2)
    person.sees_state("Ready")
    untrained = person.picture()
    page.get_by_label("Speed").select_option(label="20 epochs/s")
    person.trains()
    person.waits_for_epoch(5)
    assert person.picture() != untrained
    person.button("Pause").click()
    person.sees_state("Paused")
    paused = person.rests()
    page.wait_for_timeout(500)
    assert person.epoch() == paused
    person.trains()
    person.waits_for_epoch(paused + 5)
    person.button("Pause").click()
    person.sees_state("Paused")

    files = [person.downloads(label, tmp_path) for label in ("Checkpoint", "State dict", "Whole model")]
    box = person.plane().bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.4)
    answer = page.locator(".nn-answer")
    expect(answer).to_contain_text("raw output")
    shown = answer.inner_text()
    row = [float(number) for number in re.findall(r"x\d = (-?[\d.e-]+)", shown)]
    app = float(re.search(r"raw output (-?[\d.e+-]+)", shown)[1])

    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADER, *map(str, files), json.dumps(row)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    # Nine digits name a float32 exactly.
    assert [torch.tensor(value).item() for value in answers] == [torch.tensor(app).item()] * 3


def test_data_of_another_task_bring_their_loss_and_metric_along(serve, visit):
    person = visit(serve().url)
    person.chooses("Linear regression")
    person.sees_state("MAE")
    person.sees_state("Ready")
    expect(person.button("Train")).to_be_enabled()
    person.trains()
    person.waits_for_epoch(5)


def test_page_and_command_line_give_the_same_bits(serve, visit, tmp_path):
    person = visit(serve().url)
    person.chooses("Circles")
    person.sees_state("Ready")
    person.trains()
    person.sees_state("Done")
    path = person.downloads("Checkpoint", tmp_path)
    ours = torch.load(path, weights_only=True)
    file = tmp_path / "project.json"
    file.write_text(read_text(ours["project"]).to_text())
    weights = []
    for number in range(2):
        out = tmp_path / f"out{number}"
        assert main(["train", str(file), "--out", str(out), "--quiet"]) == 0
        weights.append(torch.load(out / "model.pth", weights_only=True)["state_dict"])
    for other in weights:
        assert all(torch.equal(ours["state_dict"][name], other[name]) for name in other)


def test_what_lies_behind_more_keeps_its_values_and_the_project_downloads_as_it_is(serve, visit, tmp_path):
    person = visit(serve().url)
    page = person.page
    before = json.loads(person.downloads("Project", tmp_path).read_text())
    person.trains()
    person.sees_state("Done")
    page.get_by_role("button", name=re.compile("More$")).first.click()
    expect(page.get_by_role("spinbutton", name="Beta 1")).to_have_value("0.9")
    expect(page.get_by_role("switch", name="Shuffle")).to_be_checked()
    page.keyboard.press("Escape")
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("300")
    epochs.press("Enter")
    person.sees_state("/ 300")
    after = json.loads(person.downloads("Project", tmp_path).read_text())
    before["training"]["epochs"] = 300
    assert after == before
