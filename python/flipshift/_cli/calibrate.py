"""``python -m flipshift calibrate``: measure what the choice of a convolution's method rests on.

The result is the text that ``cpp/engine/convolve_cost_tables.cpp`` has for each instruction set;
its comment says what the lines mean. The library reads a file of it that the environment variable
FLIPSHIFT_COSTS names.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import _backend
from .common import CommandError

__all__ = ["run"]

#: Transform lengths: powers of two, and one and a half of them for all others.
POWERS = [2**k for k in range(5, 22)]
BETWEEN = [3 * 2**k for k in range(4, 20)]
#: Lengths up to this are timed as several blocks against one; beyond, one block alone is.
SEVERAL = 2**17


def seconds(call: Callable[[], Any], total: float) -> float:
    """The shortest time of a call: of many short rounds, some are not disturbed."""
    call()
    begin = time.perf_counter()
    call()
    number = max(1, int(0.0003 / max(time.perf_counter() - begin, 1e-7)))
    best = float("inf")
    end = time.perf_counter() + total
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        begin = time.perf_counter()
        for _ in range(number):
            call()
        best = min(best, (time.perf_counter() - begin) / number)
        rounds += 1
    return best


class Measurement:
    """The costs for one dtype; ``total`` seconds for each call that is timed."""

    def __init__(self, dtype: str, total: float) -> None:
        self.dtype = np.dtype(dtype)
        self.total = total
        self.rng = np.random.default_rng(0)

    def _sample(self, n: int) -> Any:
        x = self.rng.standard_normal(n)
        return (x + 1j * x[::-1] if self.dtype.kind == "c" else x).astype(self.dtype)

    def direct(self) -> list[float]:
        """Nanoseconds of a call, an output, a multiply-add, and a tap beyond an end of x."""
        core = _backend.core
        rows, times = [], []
        for m in (17, 32, 50, 80, 128, 200, 350):
            for n in sorted({m, 2 * m, 600, 5000, 40000}):
                if n < m:
                    continue
                x, h = self._sample(n), self._sample(m)
                for start, n_out in ((0, n + m - 1), (m - 1, n - m + 1)):
                    if n_out < 16:
                        continue
                    out = np.empty(n_out, self.dtype)
                    call = lambda: core.convolve(x, h, out, (start,), "direct", 1)  # noqa: B023, E731
                    times.append(seconds(call, self.total) * 1e9)
                    beyond = 2 * (m - 1) if start == 0 else 0
                    rows.append([1.0, n_out, n * m if start == 0 else n_out * m, beyond])
        a, t = np.array(rows), np.array(times)
        # Least squares of the relative errors.
        found = np.linalg.lstsq(a / t[:, None], np.ones(len(t)), rcond=None)[0]
        return [max(float(v), 0.0) for v in found]

    def _blocks(self, size: int, count: int) -> float:
        core = _backend.core
        m = size // 4 + 1
        step = size - m + 1
        x, h = self._sample(step * count + m - 1), self._sample(m)
        out = np.empty(step * count, self.dtype)
        call = lambda: core.convolve_blocks(x, h, out, m - 1, size, 1)  # noqa: E731
        return seconds(call, self.total) * 1e9

    def transforms(self) -> tuple[list[float], dict[int, float]]:
        """Nanoseconds of a call, the kernel's spectrum in blocks, and a block by its length."""
        each: dict[int, float] = {}
        rows, rest = [], []
        ones = {}
        for size in sorted(POWERS + BETWEEN):
            one = self._blocks(size, 1)
            ones[size] = one
            if size <= SEVERAL:
                count = min(40, max(3, 2**17 // size))
                each[size] = max((self._blocks(size, count) - one) / (count - 1), 0.2 * one)
                rows.append([1.0, each[size]])
                rest.append(one - each[size])
        a, t = np.array(rows), np.maximum(np.array(rest), 1.0)
        weight = 1 / (t + a[:, 1])
        call, kernel = np.linalg.lstsq(a * weight[:, None], t * weight, rcond=None)[0]
        call, kernel = max(float(call), 0.0), max(float(kernel), 0.1)
        for size, one in ones.items():
            if size > SEVERAL:
                each[size] = (one - call) / (1 + kernel)
        return [call, kernel], each

    def lines(self) -> Iterator[str]:
        """The lines of the table."""
        name = self.dtype.name
        yield f"{name} direct " + " ".join(f"{v:.4g}" for v in self.direct())
        general, each = self.transforms()
        yield f"{name} transforms " + " ".join(f"{v:.3g}" for v in general)
        for label, sizes in (("powers", POWERS), ("between", BETWEEN)):
            yield f"{name} {label} " + " ".join(f"{each[size]:.4g}" for size in sizes)


def run(path: str | None, quick: bool) -> int:
    """Measure, print the table, and write it to a file.

    Parameters
    ----------
    path : str or None
        The file; None to print only.
    quick : bool
        A tenth of the time, for trying it out.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If the backend is NumPy's, whose choice has nothing to measure, or the file cannot be
        written.
    """
    if _backend.name != "native":
        raise CommandError("the NumPy backend has no costs to measure; it takes the native one")
    lines = [f"flipshift-costs 1 {_backend.core.isa}"]
    print(lines[0])
    for dtype in ("float32", "float64", "complex64", "complex128"):
        for line in Measurement(dtype, 0.005 if quick else 0.08).lines():
            lines.append(line)
            print(line)
            sys.stdout.flush()
    if path is not None:
        try:
            Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"cannot write {path!r}: {error.strerror}") from error
        print(f"\nwritten to {path}; to use it: export FLIPSHIFT_COSTS={path}")
    return 0
