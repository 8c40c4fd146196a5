"""A seeded sample of the second corpus: no value is misread in silence. All: ``python -m tests.tables.pollution2``."""

import random

import pytest

from tests.tables.judge import judge
from tests.tables.pollution2 import cases, pairs, single

SINGLE, PAIRED = 160, 90


@pytest.mark.parametrize("part", range(4))
def test_one_fault_is_never_silent(part, tmp_path):
    drafts = single(random.Random(41 + part).sample(cases(), SINGLE // 4))
    silent = {
        draft.label: verdict.why for draft in drafts if (verdict := judge(draft, tmp_path / "file")).word == "SILENT"
    }
    assert silent == {}


@pytest.mark.parametrize("part", range(3))
def test_two_faults_are_never_silent(part, tmp_path):
    drafts = pairs(PAIRED // 3, seed=71 + part)
    silent = {
        draft.label: verdict.why for draft in drafts if (verdict := judge(draft, tmp_path / "file")).word == "SILENT"
    }
    assert silent == {}


def test_the_judge_sees_what_is_silent(tmp_path):
    # A judge that finds fault with nothing would prove nothing.
    (draft,) = single(case for case in cases() if (case[0].label, case[1]) == ("sums", "one column: thousands comma"))
    assert judge(draft, tmp_path / "file").word == "exact"
    column = next(column for column in draft.columns if column.name == "amount")
    assert isinstance(column.truth[3], float)
    column.truth[3] += 1.0
    assert judge(draft, tmp_path / "file").word == "SILENT"
    (draft,) = single(case for case in cases() if (case[0].label, case[1]) == ("survey", "all quoted"))
    assert judge(draft, tmp_path / "file").word == "exact"
    draft.shaken = 3
    assert judge(draft, tmp_path / "file").word == "SILENT"


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("laboratory", "cells moved"),
        ("small", "cells moved"),
        ("survey", "most gaps '-999'"),
        ("small", "most gaps '9999'"),
    ],
)
def test_faults_that_only_the_values_show_are_told(table, fault, tmp_path):
    (draft,) = single(case for case in cases() if (case[0].label, case[1]) == (table, fault))
    verdict = judge(draft, tmp_path / "file")
    assert verdict.word == "told", verdict.why
