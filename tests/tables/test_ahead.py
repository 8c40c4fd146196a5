"""Results come in order, a few ahead, and what goes wrong in one comes out where it would."""

import threading

import pytest

from nnbuilder.tables.ahead import ahead


def test_results_come_in_order_whatever_takes_longest():
    gates = [threading.Event() for _ in range(3)]

    def work(item: int) -> int:
        if item < 2:
            gates[item + 1].wait(10)
        gates[item].set()
        return 10 * item

    assert list(ahead(work, range(3), threads=3)) == [0, 10, 20]


def test_only_a_few_are_made_ahead():
    made: list[int] = []

    def work(item: int) -> int:
        made.append(item)
        return item

    results = ahead(work, range(100), threads=2)
    assert next(results) == 0
    results.close()
    assert len(made) <= 4


def test_an_error_comes_where_its_item_is():
    results = ahead(lambda item: 1 // item, [2, 1, 0, 3], threads=2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_nothing_to_do():
    assert list(ahead(str, [])) == []
