"""A trained network is asked, taken home as a bundle, trained anew there by its own script, and brought back."""

import csv
import re
import subprocess
import sys
import zipfile

import torch
from playwright.sync_api import expect

from tests.browser.person import PATIENCE


def to_build(page):
    page.get_by_role("button", name="Network").first.click()


def test_a_network_is_asked_goes_home_and_comes_back(serve, visit, tmp_path):
    server = serve()
    person = visit(server.url)
    page = person.page
    person.chooses("Circles")
    person.sees_state("Ready")
    person.trains()
    person.sees_state("Done")
    epoch = person.epoch()

    # What does it say of the middle? The inner ring.
    page.get_by_role("button", name="Predict").click()
    for name in ("x1", "x2"):
        field = page.get_by_role("textbox", name=name, exact=True)
        field.fill("0")
        field.press("Enter")
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("inner")
    expect(answer).to_contain_text(re.compile(r"The logit .* is > 0"))
    to_build(page)
    person.sees_state("Done")

    page.get_by_role("button", name=re.compile("Download$")).first.click()
    page.get_by_role("button", name="All files and how to use them").click()
    with page.expect_download(timeout=4 * PATIENCE) as caught:
        page.get_by_role("button", name="Download Bundle").click()
    bundle = tmp_path / caught.value.suggested_filename
    caught.value.save_as(bundle)

    # Its script gives the same weights where the app never was.
    home = tmp_path / "home"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(home)
    (script,) = home.rglob("train.py")
    (checkpoint,) = home.rglob("checkpoint.pth")
    ours = torch.load(checkpoint, weights_only=True)
    run = tmp_path / "run"
    run.mkdir()
    for path in script.parent.glob("*"):
        if path.is_file() and path.suffix in (".py", ".csv"):
            (run / path.name).write_bytes(path.read_bytes())
    done = subprocess.run([sys.executable, "-I", "train.py"], cwd=run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs = torch.load(run / "state_dict.pth", weights_only=True)
    assert all(torch.equal(theirs[name], weight) for name, weight in ours["state_dict"].items())
    with (run / "history.csv").open() as file:
        assert len(list(csv.DictReader(file))) == epoch

    # Another visitor opens the bundle and goes on from there.
    other = visit(server.url)
    other.page.get_by_role("button", name=re.compile("Open$")).first.click()
    other.page.locator("input[type=file]").first.set_input_files(bundle)
    other.page.get_by_role("button", name="Go on training").click()
    other.sees_state("Done")
    assert other.epoch() == epoch
    other.trains()
    other.sees_state("Training|Done")
    other.waits_for_epoch(epoch + 1)
