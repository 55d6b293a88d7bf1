"""``python -m flipshift calibrate``: measure what the choice of a convolution's method rests on.

The result is the text that ``cpp/engine/convolve_cost_tables.cpp`` has for each instruction set;
its comment says what the lines mean. The library reads a file of it that the environment variable
FLIPSHIFT_COSTS names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import _backend
from .common import CommandError

__all__ = ["run"]

#: Transform lengths by their odd factor: the shortest, and how many, each twice the one before.
ROWS = {1: (32, 17), 3: (48, 16), 5: (40, 12), 7: (56, 12), 9: (72, 11), 15: (60, 11)}
LENGTHS = {odd: [first << k for k in range(count)] for odd, (first, count) in ROWS.items()}
ALL_LENGTHS = [size for sizes in LENGTHS.values() for size in sizes]
#: Lengths at which one block of few outputs is timed too.
COPIED = (1024, 2048, 4096)
#: Lengths up to this are timed as several blocks against one; beyond, one block alone is.
SEVERAL = 2**17
#: Rounds over all calls: what disturbs one of them has often gone by the next.
PASSES = 5


def seconds(call: Callable[[], Any], total: float) -> float:
    """The shortest time of a call in short rounds, of which some are not disturbed."""
    call()
    begin = time.perf_counter()
    call()
    number = max(1, int(0.0003 / max(time.perf_counter() - begin, 1e-7)))
    best = float("inf")
    end = time.perf_counter() + total
    while time.perf_counter() < end or best == float("inf"):
        begin = time.perf_counter()
        for _ in range(number):
            call()
        best = min(best, (time.perf_counter() - begin) / number)
    return best


class Measurement:
    """The costs for one dtype."""

    def __init__(self, dtype: str, longest: int = 2**21) -> None:
        self.longest = longest  # transforms beyond are not timed
        self.dtype = np.dtype(dtype)
        x = np.random.default_rng(0).standard_normal(10_000)
        self.noise = (x + 1j * x[::-1] if self.dtype.kind == "c" else x).astype(self.dtype)
        self.direct: dict[tuple[int, int, int, int], float] = {}
        self.blocks: dict[tuple[int, int], float] = {}
        self.few: dict[int, float] = {}

    def _arrays(self, n: int, m: int, n_out: int) -> tuple[Any, Any, Any]:
        return np.resize(self.noise, n), np.resize(self.noise, m), np.empty(n_out, self.dtype)

    def run(self, total: float) -> None:
        """Time each call once more, for `total` seconds, and keep what is shorter."""
        core = _backend.core
        for m in (17, 24, 32, 50, 80, 128, 200, 350):
            for n in sorted({m, 2 * m, 400, 1000, 5000, 40_000}):
                for start, n_out in ((0, n + m - 1), (m - 1, n - m + 1)):
                    if n_out < 16:
                        continue
                    x, h, out = self._arrays(n, m, n_out)
                    call = partial(core.convolve, x, h, out, (start,), "direct", 1)
                    self._keep(self.direct, (n, m, n_out, start), seconds(call, total))
        for size in ALL_LENGTHS:
            for count in (1, min(40, max(3, 2**17 // size))):
                if size > self.longest or (size > SEVERAL and count > 1):
                    continue
                m = size // 4 + 1
                n_out = count * (size - m + 1)
                x, h, out = self._arrays(n_out + m - 1, m, n_out)
                call = partial(core.convolve_blocks, x, h, out, (m - 1,), size, 1)
                self._keep(self.blocks, (size, count), seconds(call, total))
        for size in COPIED:  # a quarter of the outputs instead of three
            m = 3 * size // 4 + 1
            x, h, out = self._arrays(size, m, size - m + 1)
            call = partial(core.convolve_blocks, x, h, out, (m - 1,), size, 1)
            self._keep(self.few, size, seconds(call, total))

    @staticmethod
    def _keep(times: dict[Any, float], key: Any, found: float) -> None:
        times[key] = min(times.get(key, float("inf")), 1e9 * found)

    def _direct(self) -> list[float]:
        """Nanoseconds of a call, an output, a multiply-add, a tap, and a tap beyond an end of x."""
        rows, times = [], []
        for (n, m, n_out, start), time_ in self.direct.items():
            work = _backend.core.convolve_work(n, m, n_out, start, self.dtype)
            products, beyond, edges = work
            rows.append([1.0, n_out, products, m, beyond])
            times.append(time_ - edges)
        a, t = np.array(rows), np.array(times)
        return _fit(a, t, np.maximum(t, 1.0))

    def _transforms(self) -> tuple[list[float], dict[int, float]]:
        """Nanoseconds of a call, of an output, of a block by its length; a spectrum in blocks."""
        copied = max(
            float(np.median([(self.blocks[s, 1] - self.few[s]) / (s / 2) for s in COPIED])), 0.0
        )
        each: dict[int, float] = {}
        for (size, count), time_ in self.blocks.items():
            if count > 1:
                one = self.blocks[size, 1]
                block = (time_ - one) / (count - 1) - copied * 0.75 * size
                each[size] = max(block, 0.2 * one)
        # A call of one block is the call, a block and the kernel's spectrum, about half a block.
        rest = {s: self.blocks[s, 1] - each[s] - copied * 0.75 * s for s in each}
        call = max(min(rest[size] - 0.5 * each[size] for size in LENGTHS[1][:4]), 0.0)
        shares = [(rest[size] - call) / each[size] for size in each if 1024 <= size <= 2**15]
        kernel = min(max(float(np.median(shares)), 0.3), 1.0)
        for (size, _), time_ in self.blocks.items():
            if size > SEVERAL:
                block = time_ - call - copied * 0.75 * size
                each[size] = max(block, 0.5 * time_) / (1 + kernel)
        for size in ALL_LENGTHS:
            if size > self.longest:
                each[size] = 2.2 * each[size // 2]
        return [call, kernel, copied], each

    def lines(self) -> Iterator[str]:
        """The lines of the table."""
        name = self.dtype.name
        yield f"{name} direct " + " ".join(f"{v:.4g}" for v in self._direct())
        general, each = self._transforms()
        yield f"{name} transforms " + " ".join(f"{v:.3g}" for v in general)
        for odd, sizes in LENGTHS.items():
            yield f"{name} {odd} " + " ".join(f"{each[size]:.4g}" for size in sizes)


def _fit(a: Any, t: Any, scale: Any) -> list[float]:
    """Not negative numbers v with a @ v near t, errors being counted in units of `scale`."""
    free = list(range(a.shape[1]))
    found = np.zeros(a.shape[1])
    while free:
        v = np.linalg.lstsq(a[:, free] / scale[:, None], t / scale, rcond=None)[0]
        if (v >= 0).all():
            found[free] = v
            break
        free = [c for c, value in zip(free, v, strict=True) if value >= 0]
    return [float(v) for v in found]


def run(path: str | None, quick: bool) -> int:
    """Measure, print the table, and write it to a file.

    Parameters
    ----------
    path : str or None
        The file; None to print only.
    quick : bool
        In a tenth of the time, for trying it out.

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
    longest = 2**13 if quick else LENGTHS[1][-1]
    names = ("float32", "float64", "complex64", "complex128")
    measurements = [Measurement(name, longest) for name in names]
    for _ in range(1 if quick else PASSES):
        for measurement in measurements:
            measurement.run(0.002 if quick else 0.01)
    lines = [f"flipshift-costs 2 {_backend.core.isa}"]
    lines += [line for measurement in measurements for line in measurement.lines()]
    print("\n".join(lines))
    if path is not None:
        try:
            Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"cannot write {path!r}: {error.strerror}") from error
        print(f"\nwritten to {path}; to use it: export FLIPSHIFT_COSTS={path}")
    return 0
