"""Filters along one axis."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from .. import peers
from .case import RNG, Case, numbers


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for shape, axis in (((48000,), 0), ((1000, 300), 0), ((300, 1000), 1)):
        for m in (7, 31, 301):
            for dtype in ("float32", "float64"):
                yield from _two(shape, axis, m, dtype, threads)


def _two(shape: tuple[int, ...], axis: int, m: int, dtype: str, threads: int) -> Iterator[Case]:
    item = 4 if dtype == "float32" else 8
    label = "x".join(map(str, shape)) + f" axis {axis}"
    total, quick = prod(shape), m == 31
    setup = (
        f"{RNG}\n{numbers('x', shape if len(shape) > 1 else shape[0], dtype)}\n"
        f"{numbers('b', m, dtype)}\na = np.ones(1, {dtype!r})"
    )
    operations = 2.0 * total * m
    empty = "out = np.empty_like(x)\n"
    yield Case(
        "filter",
        "lfilter",
        f"lfilter {m}, {label}",
        dtype,
        m,
        setup,
        (
            peers.flipshift(f"flipshift.signal.lfilter(b, a, x, {axis})", threads),
            peers.scipy("signal", f"scipy.signal.lfilter(b, a, x, {axis})", name="scipy lfilter"),
            peers.scipy(
                "ndimage",
                f"scipy.ndimage.convolve1d(x, b, {axis}, out, 'constant', origin={-(m // 2)})",
                name="scipy ndimage",
                setup=empty,
            ),
        ),
        operations=operations,
        work=f"work.convolution(x, b, 'same', {operations}, {axis})",
        bytes=float((2 * total + m) * item),
        growth=max(m, 32) ** 1.5,
        exact=f"exact.along(x, b, {axis}, 'first')",
        axis="taps",
        quick=quick,
    )
    yield Case(
        "filter",
        "moving average",
        f"moving_average {m}, {label}",
        dtype,
        m,
        setup,
        (
            peers.flipshift(f"flipshift.signal.moving_average(x, {m}, {axis}, 'same')", threads),
            peers.scipy(
                "ndimage",
                f"scipy.ndimage.uniform_filter1d(x, {m}, {axis}, out, 'constant')",
                name="scipy ndimage",
                setup=empty,
            ),
        ),
        # However long the window, each result needs a sum, a difference and a division.
        operations=3.0 * total,
        bytes=float(2 * total * item),
        # SciPy's error grows along the line, as it adds to and takes from one sum.
        growth=float(max(shape)),
        exact=f"exact.along(x, np.ones({m}), {axis}, 'same') / {m}",
        axis="samples in the window",
        quick=quick,
    )
