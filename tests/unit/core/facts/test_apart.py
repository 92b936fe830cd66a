"""Questions that others wrote, in a process of its own."""

from core.facts import apart


def test_a_process_that_was_killed_between_two_questions_is_replaced() -> None:
    assert apart.answer(None, {}, "SELECT 1 AS n", [], 60).to_pylist() == [{"n": 1}]
    for idle in apart._idle:
        idle._popen.kill()
        idle._popen.wait()
    assert apart.answer(None, {}, "SELECT 2 AS n", [], 60).to_pylist() == [{"n": 2}]
