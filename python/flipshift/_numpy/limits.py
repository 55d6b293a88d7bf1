"""What NumPy can do at most: its products of matrices and its copies."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np


def peak_operations(dtype: np.dtype[Any], seconds: float, workers: int) -> float:
    """Floating-point operations a second of a product of matrices; NumPy chooses the threads."""
    n = 256
    a = np.full((n, n), 0.5, dtype)
    out = np.empty_like(a)
    return 2.0 * n**3 / _least_time(lambda: np.matmul(a, a, out), seconds)


def copy_bandwidth(bytes: int, seconds: float, workers: int) -> float:
    """Bytes read and written a second by a copy; NumPy copies with one thread."""
    x = np.ones(max(bytes // 16, 1))
    y = np.empty_like(x)
    return 2.0 * x.nbytes / _least_time(lambda: np.copyto(y, x), seconds)


def _least_time(call: Callable[[], Any], seconds: float) -> float:
    """The seconds of a call, at the best of short rounds."""
    best, repeats, end = float("inf"), 1, perf_counter() + seconds
    while best == float("inf") or perf_counter() < end:
        begin = perf_counter()
        for _ in range(repeats):
            call()
        taken = perf_counter() - begin
        if taken < 2e-4:
            repeats *= 2
        else:
            best = min(best, taken / repeats)
    return best
