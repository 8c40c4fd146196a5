"""Terms: what they compute, what they are called, and what is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from nnbuilder.data.terms import KINDS, MOST_TERMS, Term, available, finite, term_problems
from nnbuilder.errors import NNBuilderError, apply_edits

NAMES = ["x1", "x2", 'a, "b"', "(sin x)", "=1+2", "🦊", "x1,x2"]


def test_terms_are_what_polynomial_features_makes_and_the_sine() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 2)) * 3
    made = {term.kind: term.compute(*rows.T[: len(term.columns)]) for term in available(["x1", "x2"])}
    oracle = PolynomialFeatures(degree=5, include_bias=False).fit(rows)
    wanted = dict(zip(oracle.get_feature_names_out(["a", "b"]), oracle.transform(rows).T, strict=True))
    for kind, column in (
        ("square", "a^2"),
        ("product", "a b"),
        ("power3", "a^3"),
        ("power4", "a^4"),
        ("power5", "a^5"),
    ):
        values = Term(kind, ("x1", "x2")[: KINDS[kind].columns]).compute(*rows.T[: KINDS[kind].columns])
        np.testing.assert_allclose(values, wanted[column], rtol=1e-14)
    sine = Term("sine", ("x1",)).compute(rows[:, 0])
    np.testing.assert_allclose(sine, [math.sin(value) for value in rows[:, 0]], rtol=1e-14)
    assert set(made) == set(KINDS)


def test_a_row_alone_gets_the_bits_it_gets_among_many() -> None:
    rows = np.random.default_rng(1).normal(size=(131, 2)) * 100
    for term in available(["x1", "x2"]):
        columns = [rows[:, place] for place in range(len(term.columns))]
        whole = term.compute(*columns)
        for start in range(0, 131, 7):
            for length in (1, 2, 3, 5, 8, 13):
                part = term.compute(*(column[start : start + length] for column in columns))
                np.testing.assert_array_equal(part, whole[start : start + length])


def test_available_lists_each_term_once() -> None:
    terms = available(["x", "y", "z"])
    assert len(set(terms)) == len(terms) == 5 * 3 + 3
    assert [term.label for term in available(["x", "y"])] == [
        "x²", "y²", "sin x", "sin y", "x·y", "x³", "y³", "x⁴", "y⁴", "x⁵", "y⁵",
    ]  # fmt: skip
    assert available([]) == []


@pytest.mark.parametrize("name", NAMES)
def test_terms_come_back_from_json_whatever_the_names(name: str) -> None:
    for term in available([name, "other"]):
        assert Term.from_json(json.loads(json.dumps(term.to_json()))) == term
        assert term_problems([term.to_json()], [name, "other"]) == []


def test_labels_cannot_be_misread() -> None:
    assert Term("square", ("bill length",)).label == "(bill length)²"
    assert Term("product", ("a·b", "size_mm")).label == "(a·b)·size_mm"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ("square(x1)", "must be a list such as"),
        (["square(x1)"], "A term is a list of a kind"),
        ([[]], "A term is a list"),
        ([["square", 3]], "A term is a list"),
        ([None], "A term is a list"),
        ([["squares", "x1"]], "did you mean square"),
        ([["square", "x1", "x2"]], "one column, but 2 are given"),
        ([["product", "x1"]], "2 columns, but 1 are given"),
        ([["product", "x1", "x1"]], "is its square"),
        ([["square", "x9"]], "needs the column 'x9'"),
        ([["product", "x1", "x2"], ["product", "x2", "x1"]], "x2·x1 is chosen twice"),
        ([["square", "x1"]] * (MOST_TERMS + 1), "at most 500"),
    ],
)
def test_what_is_wrong_is_said_with_the_repair(terms: Any, words: str) -> None:
    problems = term_problems(terms, ["x1", "x2"])
    assert problems and words in problems[0].message
    for problem in problems:
        assert problem.path.startswith("data.terms")
        if problem.repair:
            document = apply_edits({"data": {"terms": terms}}, problem.repair.edits)
            assert len(term_problems(document["data"]["terms"], ["x1", "x2"])) < len(problems)


def test_every_bad_term_is_told_at_once() -> None:
    problems = term_problems([["square", "x9"], ["sine", "x1"], ["cube", "x1"]], ["x1"])
    assert [problem.path for problem in problems] == ["data.terms[0]", "data.terms[2]"]


@pytest.mark.parametrize("document", [None, "square", ["square"], ["cube", "x"], {"kind": "square"}])
def test_from_json_refuses_what_is_no_term(document: Any) -> None:
    with pytest.raises(NNBuilderError):
        Term.from_json(document)


def test_what_is_too_large_becomes_infinite_quietly_and_is_found() -> None:
    values = Term("power5", ("x",)).compute(np.array([1e100, 2.0]))
    assert values.tolist() == [math.inf, 32.0]
    assert not finite(values)
    assert finite(values[1:])
    assert finite(np.array([1.7e308, 1.7e308, 1.7e308]))
    assert not finite(np.array([1.0, math.nan]))
    assert finite(np.array([]))
