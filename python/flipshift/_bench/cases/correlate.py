"""Correlation: integers, lines of an array, several dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from .. import peers
from .case import RNG, Call, Case, numbers


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for n, m, dtype in (
        (12, 3, "float64"),
        (1000, 50, "int16"),
        (1000, 50, "int32"),
        (30000, 1000, "int64"),
    ):
        yield _case(
            "correlate, lines",
            (n,),
            (m,),
            dtype,
            f"{n} * {m}",
            (
                peers.flipshift("flipshift.signal.correlate(x, h)", threads),
                peers.scipy("signal", "scipy.signal.correlate(x, h)", threads),
                Call("numpy", "np.correlate(x, h, 'full')"),
            ),
            n + m - 1,
            quick=n in (12, 1000),
        )
    images: tuple[tuple[int, ...], ...] = ((1000, 300), (8, 12))
    for shape in images:
        for axis in (0, 1):
            for dtype in ("float32", "float64"):
                yield _case(
                    "correlate, along an axis",
                    shape,
                    (7,),
                    dtype,
                    f"{shape[0]}x{shape[1]} * 7 along {axis}",
                    (
                        peers.flipshift(
                            f"flipshift.signal.correlate(x, h, 'same', axis={axis})", threads
                        ),
                        peers.scipy(
                            "ndimage",
                            f"scipy.ndimage.correlate1d(x, h, {axis}, out, 'constant')",
                            name="scipy ndimage",
                            setup="out = np.empty_like(x)\n",
                        ),
                    ),
                    prod(shape),
                    quick=shape[0] == 1000,
                    axis=axis,
                )
    kernels: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
        ((8, 8), (3, 3)),
        ((5, 6, 7), (2, 2, 2)),
        ((20, 20, 20), (3, 3, 3)),
    )
    for shape, kernel in kernels:
        label = f"{'x'.join(map(str, shape))} * {'x'.join(map(str, kernel))}"
        yield _case(
            "correlate, several dimensions",
            shape,
            kernel,
            "float64",
            label,
            (
                peers.flipshift("flipshift.signal.correlate(x, h, 'same')", threads),
                peers.scipy("signal", "scipy.signal.correlate(x, h, 'same')", threads),
                peers.scipy(
                    "ndimage",
                    "scipy.ndimage.correlate(x, h, out, 'constant')",
                    name="scipy ndimage",
                    setup="out = np.empty_like(x)\n",
                ),
            ),
            prod(shape),
            quick=shape == (8, 8),
        )


def _case(
    group: str,
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    dtype: str,
    label: str,
    calls: tuple[Call, ...],
    n_out: int,
    quick: bool,
    axis: int | None = None,
) -> Case:
    floats = dtype.startswith("float")
    operations = 2.0 * prod(shape) * prod(kernel)
    if axis is None:
        mode = "full" if len(shape) == 1 else "same"
        exact = f"scipy.signal.correlate(x.astype('g'), h.astype('g'), {mode!r}, 'direct')"
    else:
        mode, exact = "same", f"exact.along(x, h[::-1], {axis}, 'same')"
    return Case(
        "correlate",
        group,
        label,
        dtype,
        prod(shape),
        f"{RNG}\n{numbers('x', shape if len(shape) > 1 else shape[0], dtype)}\n"
        f"{numbers('h', kernel if len(kernel) > 1 else kernel[0], dtype)}",
        calls,
        operations=operations,
        work=f"work.convolution(x, h, {mode!r}, {operations}, {axis})" if floats else "",
        bytes=float((prod(shape) + prod(kernel) + n_out) * np.dtype(dtype).itemsize),
        growth=max(prod(kernel), 32) ** 1.5 if floats else 0.0,
        exact=exact if floats else "",
        axis="samples",
        quick=quick,
    )
