"""Timing two implementations of one call, fairly: interleaved, minimum of several rounds."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

Call = Callable[[], Any]


def once(call: Call, repeats: int = 1) -> float:
    """Return the seconds that one of `repeats` calls in a row took."""
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats


def race(
    calls: Mapping[str, Call], rounds: int = 5, sample: float = 0.0, budget: float = 3.0
) -> dict[str, float]:
    """Time calls against each other in this process.

    Every call runs once to warm up; then each runs in turn, round after round, with the garbage
    collector off. The order is reversed in every second round.

    Parameters
    ----------
    calls : mapping of str to callable
        Without arguments.
    rounds : int
        At most so many.
    sample : float
        Least seconds of a measurement; shorter calls are repeated.
    budget : float
        No further round begins after so many seconds.

    Returns
    -------
    dict of str to float
        The least time of one call, in seconds.

    Examples
    --------
    >>> sorted(race({"a": lambda: None, "b": lambda: None}))
    ['a', 'b']
    """
    repeats = {}
    for name, call in calls.items():
        seconds = once(call)
        if seconds < 0.1:  # the first call may have been slow
            seconds = once(call)
        repeats[name] = max(1, int(sample / max(seconds, 1e-9)))
    best = dict.fromkeys(calls, float("inf"))
    collecting = gc.isenabled()
    gc.disable()
    try:
        start = perf_counter()
        for turn in range(rounds):
            if turn and perf_counter() - start > budget:
                break
            order = list(calls)[:: 1 - 2 * (turn % 2)]
            for name in order:
                best[name] = min(best[name], once(calls[name], repeats[name]))
    finally:
        if collecting:
            gc.enable()
    return best


def in_words(seconds: float) -> str:
    """Return a duration with its unit.

    Examples
    --------
    >>> in_words(1.5e-6), in_words(0.0123)
    ('1.50 µs', '12.3 ms')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return (
                f"{seconds / size:.3g} {unit}"
                if seconds / size >= 10
                else (f"{seconds / size:.2f} {unit}")
            )
    return f"{seconds * 1e9:.0f} ns"
