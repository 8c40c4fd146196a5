from __future__ import annotations

from nnbuilder.engine.fair_queue import FairQueue


def filled() -> FairQueue:
    queue = FairQueue()
    for run_id in ("a1", "a2", "a3", "b1", "c1", "c2"):
        queue.add(run_id, run_id[0])
    return queue


def drain(queue: FairQueue) -> list[str]:
    taken = []
    while (run_id := queue.take()) is not None:
        taken.append(run_id)
    return taken


def test_owners_take_turns():
    assert drain(filled()) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_places_foretell_the_order_at_every_moment():
    queue = filled()
    for _ in range(6):
        foretold = [run_id for run_id, _ in sorted(queue.places().items(), key=lambda item: item[1])]
        assert list(queue.places().values()) == list(range(1, len(queue) + 1)) or sorted(
            queue.places().values()
        ) == list(range(1, len(queue) + 1))
        assert queue.take() == foretold[0]
    assert queue.places() == {}


def test_a_newcomer_comes_before_the_second_run_of_another():
    queue = filled()
    queue.add("d1", "d")
    assert queue.places()["d1"] == 4
    assert queue.places()["a2"] == 5


def test_who_was_served_goes_to_the_end_of_the_line():
    queue = FairQueue()
    queue.add("a1", "a")
    queue.add("a2", "a")
    queue.add("b1", "b")
    assert queue.take() == "a1"
    assert drain(queue) == ["b1", "a2"]


def test_added_twice_waits_once_and_removed_is_gone():
    queue = filled()
    queue.add("a1", "a")
    assert len(queue) == 6
    assert queue.remove("b1")
    assert not queue.remove("b1")
    assert "b1" not in queue
    assert "a1" in queue
    assert drain(queue) == ["a1", "c1", "a2", "c2", "a3"]
