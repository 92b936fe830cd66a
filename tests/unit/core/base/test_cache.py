"""One computation however many ask; bounds; failures remembered."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from core.base.cache import Cache, OfFrame


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def numbers(entries: int = 100, bytes_: int = 1000, clock: Clock | None = None) -> Cache[int]:
    """A cache of whole numbers, each as large as it is great."""
    return Cache(entries, bytes_, lambda value: value, failures_kept=5, clock=clock or Clock())


def fail() -> int:
    raise ValueError("no")


def test_it_computes_once_and_then_remembers() -> None:
    cache, fresh = numbers(), iter([1, 2, 3])
    assert [cache.get("a", lambda: next(fresh)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("failing", [False, True])
def test_sixteen_threads_asking_at_once_cause_one_computation(failing: bool) -> None:
    cache, calls, together = numbers(), [], threading.Barrier(16)

    def compute() -> int:
        calls.append(1)
        time.sleep(0.05)
        return fail() if failing else 7

    def ask() -> int | str:
        together.wait()
        try:
            return cache.get("a", compute)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(16) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(16)]]
    assert answers == ["no" if failing else 7] * 16
    assert len(calls) == 1


def test_a_failure_is_remembered_for_some_seconds() -> None:
    clock = Clock()
    cache = numbers(clock=clock)
    with pytest.raises(ValueError, match="no"):
        cache.get("a", fail)
    clock.now = 4.9
    with pytest.raises(ValueError, match="no"):
        cache.get("a", lambda: 1)
    clock.now = 5.1
    assert cache.get("a", lambda: 1) == 1


def test_when_the_one_computing_is_stopped_another_takes_over() -> None:
    cache, begun, stop = numbers(), threading.Event(), threading.Event()

    def stopped() -> int:
        begun.set()
        stop.wait()
        raise KeyboardInterrupt

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            cache.get("a", stopped)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        begun.wait()
        other = pool.submit(cache.get, "a", lambda: 2)
        stop.set()
        one.result()
        assert other.result() == 2


def test_the_least_recently_used_gives_way() -> None:
    cache = numbers(entries=2)
    cache.get("a", lambda: 1)
    cache.get("b", lambda: 2)
    cache.get("a", fail)
    cache.get("c", lambda: 3)
    assert cache.get("a", lambda: 10) == 1
    assert cache.get("b", lambda: 20) == 20


def test_it_holds_no_more_bytes_than_it_may() -> None:
    cache = numbers(bytes_=100)
    cache.get("a", lambda: 60)
    cache.get("b", lambda: 60)
    assert cache.get("b", lambda: 1) == 60
    assert cache.get("a", lambda: 1) == 1
    assert cache.get("too large", lambda: 101) == 101
    assert cache.get("too large", lambda: 1) == 1


def test_what_is_made_of_a_frame_is_made_once_and_goes_with_it() -> None:
    kept, made = OfFrame[int](entries=10), []
    frame = pd.DataFrame({"a": [1]})

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get(frame, "x", make), kept.get(frame, "x", make), kept.get(frame, "y", make)] == [1, 1, 2]
    assert kept.get(frame.copy(), "x", make) == 3
    del frame
    assert len(kept) == 0


def test_of_many_frames_the_oldest_gives_way() -> None:
    kept = OfFrame[int](entries=2)
    frames = [pd.DataFrame({"a": [number]}) for number in range(3)]
    assert [kept.get(frame, "x", lambda: 0) for frame in frames] == [0, 0, 0]
    assert [kept.get(frame, "x", lambda: 1) for frame in reversed(frames)] == [0, 0, 1]


def test_what_was_dropped_or_forgotten_takes_no_room_any_more() -> None:
    cache, computed = numbers(bytes_=100), list[str]()

    def get(key: str, size: int) -> None:
        cache.get(key, lambda: (computed.append(key), size)[1])

    for turn in range(5):
        get(f"first {turn}", 60)
        get(f"second {turn}", 60)  # drops the first
        cache.clear()
    get("a", 50)
    get("b", 50)
    computed.clear()
    for key in ("a", "b"):
        get(key, 50)
    assert computed == []
