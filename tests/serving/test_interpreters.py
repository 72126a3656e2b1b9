"""The pool of interpreters, with words in their place."""

from __future__ import annotations

from siamese.serving import interpreters
from siamese.serving.interpreters import InterpreterPool


def test_interpreters_in_use_are_not_dropped(monkeypatch):
    """One that was used within the last minute stays, also beyond the size of the pool."""
    now = 1000.0
    monkeypatch.setattr(interpreters.time, "monotonic", lambda: now)
    pool = InterpreterPool(size=1, idle_seconds=60)
    for name in ("first", "second", "third"):
        pool.put(name)
    now += 59
    pool.put("fourth")
    now += 2
    pool.shrink()
    assert [pool.take(), pool.take()] == ["fourth", None]


def test_an_idle_interpreter_is_used_again():
    """One is made where none is idle, and two where two are needed at once."""
    made = iter(("first", "second"))
    pool = InterpreterPool(size=2)
    with pool.lease(lambda: next(made)) as interpreter:
        assert interpreter == "first"
    with pool.lease(lambda: next(made)) as again, pool.lease(lambda: next(made)) as another:
        assert (again, another) == ("first", "second")
    assert len(pool) == 2
