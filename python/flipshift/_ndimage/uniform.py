"""`uniform_filter` and `uniform_filter1d` of `flipshift.ndimage`: means over boxes."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import FLOAT64, Array, DType
from . import arguments as nd
from .correlate import of_complex
from .passes import FEW, as_planes, exact_in, in_pairs, store, writable

__all__ = ["uniform", "uniform_along"]

#: A mean along an axis: the axis, the size of the window, the place of the first one's end, and
#: what the image continues with.
Mean = tuple[int, int, int, str]

_ONE = np.ones(1)

_FLOATS = frozenset("fd")
_PIXELS = frozenset("bBhHi")


def uniform(
    input: Any,
    size: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    axes: Any,
    workers: Any,
) -> Array:
    """`uniform_filter`."""
    x = nd.image(input)
    y = nd.result_array(output, x, x.dtype.kind == "c")
    at = nd.axes_of(axes, x.ndim)
    count = len(at)
    sizes = nd.each(size, count, "size")
    origins = nd.each(origin, count, "origin")
    modes = nd.each(mode, count, "mode")
    means = [
        _mean(axis, int(n), o, name)
        for axis, n, o, name in zip(at, sizes, origins, modes, strict=True)
        if n > 1
    ]
    _filter(x, means, cval, y, workers)
    return y


def uniform_along(
    input: Any,
    size: Any,
    axis: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    workers: Any,
) -> Array:
    """`uniform_filter1d`."""
    x = nd.image(input)
    at = nd.axis_of(axis, x.ndim)
    if size < 1:
        raise RuntimeError(f"incorrect filter size: size must be at least 1, not {size!r}")
    y = nd.result_array(output, x, x.dtype.kind == "c")
    _filter(x, [_mean(at, size, origin, mode)], cval, y, workers)
    return y


def _mean(axis: int, size: Any, origin: Any, mode: Any) -> Mean:
    try:
        n = operator.index(size)
    except TypeError:
        raise TypeError(f"size must be an integer, not {size!r}") from None
    end = n - 1 - n // 2 - origin
    if not 0 <= end < n:
        raise ValueError(
            f"invalid origin {origin}: for size {n} it must be from {-(n // 2)} to {(n - 1) // 2}"
        )
    return axis, n, operator.index(end), nd.boundary_of(mode)


def _filter(x: Array, means: list[Mean], cval: Any, out: Array, workers: Any) -> None:
    threads = args.threads(workers)
    if x.dtype.kind != "c":
        _real(nd.contiguous(x), means, nd.fill_of(cval), out, threads)
        return
    boundary = "fill" if any(mean[3] == "fill" for mean in means) else "nearest"

    def one(x: Array, _: Array, fill: float, out: Array) -> None:
        _real(x, means, fill, out, threads)

    of_complex(x, _ONE, boundary, cval, out, one)


def _real(x: Array, means: list[Mean], fill: float, out: Array, workers: int) -> None:
    if x.size == 0:
        return
    if not means:
        out[...] = x
        return
    y = writable(out, x)
    if y.dtype.kind == "f" and x.dtype != y.dtype and np.can_cast(x.dtype, y.dtype):
        x = x.astype(y.dtype)  # exact
    if x.dtype == y.dtype and _native(x.dtype, means, fill):
        groups = in_pairs(means)
        scratch = np.empty(x.shape, x.dtype) if len(groups) > 1 else y
        for left, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
            target = y if left % 2 == 0 else scratch
            _along_axes(x, group, fill, target, workers)
            x = target
    else:
        for mean in means:
            wide = x.astype(FLOAT64)
            sums = np.empty_like(wide)
            _along_axes(wide, [mean], fill, sums, workers)
            store(sums, y)
            x = y
    if y is not out:
        out[...] = y


def _native(dtype: DType, means: list[Mean], fill: float) -> bool:
    """Whether the primitive averages such images.

    Of integers sums are exact, and quotients are not rounded to the integer above, if a sum and the
    size fit into a mantissa together.
    """
    if dtype.char in _FLOATS:
        return True
    if dtype.char not in _PIXELS:
        return False
    if any(mean[3] == "fill" for mean in means) and not exact_in(fill, dtype):
        return False
    return max(mean[1] for mean in means) * 2.0 ** (8 * dtype.itemsize) < 2.0**53


def _along_axes(x: Array, means: list[Mean], fill: float, out: Array, workers: int) -> None:
    """Along one axis, or along two that are neighbours."""
    value: Any = int(fill) if x.dtype.kind in "iu" and exact_in(fill, x.dtype) else fill
    if x.dtype.kind in "iu" and not isinstance(value, int):
        value = 0  # of no use
    axis, n, start, boundary = means[0]
    if len(means) == 2:
        _, m, across, other = means[1]
        four = as_planes(x.shape, axis)
        sizes, starts, boundaries = (n, m), (start, across), (boundary, other)
    else:
        shape = x.shape
        outer, inner = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
        if inner < FEW:
            four = 1, outer, shape[axis], inner
            sizes, starts, boundaries = (1, n), (0, start), ("nearest", boundary)
        else:
            four = outer, shape[axis], inner, 1
            sizes, starts, boundaries = (n, 1), (start, 0), (boundary, "nearest")
    x, out = x.reshape(four), out.reshape(four)
    core.box2d(x, out, sizes, starts, sizes, boundaries, (value, value), workers)
