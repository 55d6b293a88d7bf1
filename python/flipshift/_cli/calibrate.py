"""``python -m flipshift calibrate``: measure what the choice of a convolution's method rests on.

The result is the text that ``cpp/engine/convolve_cost_tables.cpp`` has for each instruction set;
its comment says what the lines mean. The library reads a file of it that the environment variable
FLIPSHIFT_COSTS names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import _backend
from .common import CommandError
from .fit import Transform, robust_fit, transform_costs

__all__ = ["run"]

#: Transform lengths by their odd factor: the shortest, and how many, each twice the one before.
ROWS = {1: (32, 17), 3: (48, 16), 5: (40, 12), 7: (56, 12), 9: (72, 11), 15: (60, 11)}
LENGTHS = {odd: [first << k for k in range(count)] for odd, (first, count) in ROWS.items()}
ALL_LENGTHS = [size for sizes in LENGTHS.values() for size in sizes]
#: Many blocks have so many samples, or are 40; lengths from LONG on are timed with few of them.
SAMPLES, LONG = 2**16, 2**17
#: Rounds over all calls: what disturbs one of them has often gone by the next.
PASSES = 5


@dataclass(frozen=True)
class Direct:
    """A measured direct sum: its lengths, and where its outputs begin."""

    n: int
    m: int
    outputs: int
    start: int


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


def direct_calls(count: int = 150) -> list[Direct]:
    """Sums of all lengths that compete with transforms, at random: tiles are not always full."""
    rng = np.random.default_rng(1)
    calls: list[Direct] = []
    while len(calls) < count:
        n = int(np.exp(rng.uniform(np.log(20), np.log(40_000))))
        m = int(np.exp(rng.uniform(np.log(11), np.log(500))))
        start, outputs = [(0, n + m - 1), ((m - 1) // 2, n), (m - 1, n - m + 1)][rng.integers(3)]
        if m <= n and outputs > 16 and m * outputs < 4e6:
            calls.append(Direct(n, m, outputs, start))
    return calls


def transform_calls(longest: int) -> list[tuple[Transform, Direct]]:
    """Each length of a transform with one block, a few, and many; kernels short and long."""
    calls: list[tuple[Transform, Direct]] = []
    for size in ALL_LENGTHS:
        if size > longest:
            continue
        many = min(40, max(4, SAMPLES // size))
        plans = [(1, 4), (2, 4), (1, 1.6)]
        if size <= LONG:
            plans += [(1, 8), (2, 8), (3, 4), (many, 4), (many, 1.6)]
        for blocks, part in plans:
            m = int(size / part)
            outputs = blocks * (size - m + 1)
            n = outputs + m - 1
            calls.append((Transform(size, blocks, outputs, 0), Direct(n, m, outputs, m - 1)))
        # One transform of everything, padded with zeros.
        m = size // 3
        n = size - m + 1
        calls.append((Transform(size, 1, size, size), Direct(n, m, size, 0)))
    return calls


class Measurement:
    """The costs for one dtype."""

    def __init__(self, dtype: str, longest: int = 2**21) -> None:
        self.longest = longest  # transforms beyond are not timed
        self.dtype = np.dtype(dtype)
        x = np.random.default_rng(0).standard_normal(10_000)
        self.noise = (x + 1j * x[::-1] if self.dtype.kind == "c" else x).astype(self.dtype)
        self.direct: dict[Direct, float] = {}
        self.transforms: dict[Transform, float] = {}

    def run(self, total: float) -> None:
        """Time each call once more, for `total` seconds, and keep what is shorter."""
        core = _backend.core
        calls: list[tuple[Transform | None, Direct]] = [(None, c) for c in direct_calls()]
        calls += transform_calls(self.longest)
        for transform, c in calls:
            x, h = np.resize(self.noise, c.n), np.resize(self.noise, c.m)
            out = np.empty(c.outputs, self.dtype)
            if transform is None:
                call = partial(core.convolve, x, h, out, (c.start,), "direct", 1)
                _keep(self.direct, c, seconds(call, total))
            else:
                call = partial(core.convolve_blocks, x, h, out, (c.start,), transform.size, 1)
                _keep(self.transforms, transform, seconds(call, total))

    def direct_costs(self) -> list[float]:
        """Nanoseconds of a call, an output, a tap, and what `convolve_work` counts."""
        parts = [
            (
                *(1.0, c.outputs, c.m),
                *_backend.core.convolve_work(c.n, c.m, c.outputs, c.start, self.dtype),
            )
            for c in self.direct
        ]
        return [float(v) for v in robust_fit(parts, list(self.direct.values()))]

    def lines(self) -> Iterator[str]:
        """The lines of the table."""
        name, costs = self.dtype.name, transform_costs(self.transforms)
        for size in ALL_LENGTHS:
            if size > self.longest:
                for each in (costs.block, costs.kernel):
                    each[size] = 2.2 * each[size // 2]
        general = (costs.call, costs.copied, costs.filled)
        yield f"{name} direct {_numbers(self.direct_costs())}"
        yield f"{name} transforms {_numbers(general)}"
        for what, each in (("block", costs.block), ("kernel", costs.kernel)):
            for odd, sizes in LENGTHS.items():
                yield f"{name} {what}-{odd} {_numbers(each[size] for size in sizes)}"


def _keep(times: dict[Any, float], key: Any, found: float) -> None:
    times[key] = min(times.get(key, float("inf")), 1e9 * found)


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{v:.4g}" for v in values)


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
            measurement.run(0.001 if quick else 0.006)
    lines = [f"flipshift-costs 3 {_backend.core.isa}"]
    lines += [line for measurement in measurements for line in measurement.lines()]
    print("\n".join(lines))
    if path is not None:
        try:
            Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")
        except OSError as error:
            raise CommandError(f"cannot write {path!r}: {error.strerror}") from error
        print(f"\nwritten to {path}; to use it: export FLIPSHIFT_COSTS={path}")
    return 0
