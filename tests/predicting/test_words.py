"""What an answer is called, for every way in which a loss reads the outputs of a network."""

import pytest
import torch

from nnbuilder.catalog.losses import LOSSES
from nnbuilder.predicting.asked import Asked, Feature, Target, date_words, remarks
from nnbuilder.predicting.words import answer_words, number_words, output_names
from nnbuilder.training.metrics import classes, probabilities

NAMES = ("first", "second")


def asked(names=NAMES, features=(), target=None):
    return Asked(tuple(features), target or Target("y"), "binary" if names else "regression", names)


MEANINGS = sorted({row.meaning for row in LOSSES.values()})


@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize("value", [-2.0, 0.3, 0.8, 2.5])
def test_title_and_sentence_name_the_class_that_torch_finds(meaning, value):
    width = 2 if meaning in ("logits", "log_probabilities", "margins") else 1
    outputs = torch.tensor([[value, 0.5]] if width == 2 else [[value]])
    if meaning == "log_probabilities":
        outputs = outputs.log_softmax(dim=1)
    chosen = NAMES[int(classes(outputs, meaning)[0])]
    answer = {
        "outputs": outputs.tolist(),
        "probabilities": probabilities(outputs, meaning).tolist(),
        "classes": [chosen],
    }
    shown = answer_words(asked(), meaning, answer)
    assert shown["title"] == chosen == NAMES[shown["chosen"]]
    assert f"“{chosen}”" in shown["sentence"]
    assert len(shown["names"]) == len(shown["outputs"]) == width
    assert shown["names"] == output_names(meaning, "binary", NAMES)


def test_softmax_is_told_to_sum_to_one():
    logits = torch.tensor([[1.0, 3.0, -2.0]])
    answer = {"outputs": logits.tolist(), "probabilities": logits.softmax(1).tolist(), "classes": ["b"]}
    shown = answer_words(asked(("a", "b", "c")), "logits", answer)
    assert shown["sentence"] == (
        "The largest logit, 3, is that of “b” (argmax). Softmax makes probabilities of the logits; they sum to 1."
    )


def test_a_logit_is_told_with_its_sigmoid():
    logit = torch.tensor([[-17.7]])
    answer = {"outputs": logit.tolist(), "probabilities": probabilities(logit, "logit").tolist(), "classes": ["first"]}
    assert answer_words(asked(), "logit", answer)["sentence"] == (
        "The logit −17.7 is ≤ 0, so the class is “first”. The sigmoid makes 2.05583e−8 of it, the probability of "
        "“second”."
    )


def test_outputs_that_are_no_numbers_are_said_to_be_none():
    answer = {"outputs": [[float("nan")]], "probabilities": [[float("nan")] * 2], "classes": ["first"]}
    assert "diverged" in answer_words(asked(), "logit", answer)["sentence"]


def test_a_value_is_shown_in_the_unit_of_the_target():
    assert answer_words(asked(()), "value", {"outputs": [[-1234.5]]})["title"] == "−1234.5"
    dated = answer_words(asked((), target=Target("day", "date")), "value", {"outputs": [[19_000.25]]})
    assert dated["title"] == "2022-01-08 06:00:00"
    assert date_words(1e12) == "1e+12"


@pytest.mark.parametrize(
    ("value", "text"), [(5.01234567, "5.01235"), (-2.1e-8, "−2.1e−8"), (1e20, "1e20"), (float("-inf"), "−∞")]
)
def test_numbers_have_real_minus_signs(value, text):
    assert number_words(value) == text


def test_what_lies_outside_is_named_with_the_range():
    features = (
        Feature("age", low=18.0, high=80.0),
        Feature("city", "category", categories=("Bern", "Oslo"), seen=(0,)),
        Feature("when", "date", low=0.0, high=10.0),
    )
    known = asked(features=features)
    assert remarks(known, [18.0, 0.0, 10.0]) == []
    assert remarks(known, [300.0, 1.0, 11.0]) == [
        "age 300 is outside 18 to 80",
        "city: no training row has “Oslo”",
        "when 1970-01-12 is outside 1970-01-01 to 1970-01-11",
    ]
    assert remarks(known, [float("nan")] * 3) == []
